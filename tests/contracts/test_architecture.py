"""What the architecture promises of lifecycles, tasks and rules, read from the code itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

from centres.reference_data import rules
from qa_portal.celery import QUEUES, app
from qa_portal.jobs import TenantTask
from qa_portal.lifecycle import Lifecycle
from qa_portal.lifecycle_page import all_lifecycles

ROOT = Path(__file__).resolve().parents[2]
APPS = ("centres", "verification", "sampling", "reports")
LIFECYCLES = [lifecycle for _, lifecycle in all_lifecycles()]
# A table's triggers carry the short noun of its constraints.
SHORT = {"import": "import_job"}
# An invitation may have no centre (the awarding organisation's own people); its link is used once, under a lock.
WITHOUT_TRIGGERS = {"invitation"}
# Steps that other operations make on their way; the tests of those show them: a verifier's absence, an answered fact
# check, a block that goes on into the next year.
ON_THE_WAY = {"activity.release_date", "activity.take_back_facts", "release.hold_over"}
GUARDED = [each for each in LIFECYCLES if each.noun not in WITHOUT_TRIGGERS]


def _sources(*kinds: str) -> str:
    """Everything written in these modules and packages of the apps, and in the kernel's tasks."""
    found = [path for name in APPS for kind in kinds for path in (ROOT / name).glob(f"{kind}/**/*.py")]
    found += [path for name in APPS for kind in kinds for path in (ROOT / name).glob(f"{kind}.py")]
    return "\n".join(path.read_text() for path in found)


def _tests() -> str:
    here = Path(__file__)
    return "\n".join(path.read_text() for path in (ROOT / "tests").rglob("*.py") if path != here)


def _edges_in_the_database() -> dict[str, set[tuple[str, str]]]:
    """The changes of status that each trigger lets through, by the trigger's noun."""
    found = {}
    for model in apps.get_models():
        for trigger in getattr(model._meta, "triggers", []):
            if trigger.name.endswith("_status_edge"):
                pairs = re.findall(r"\('(\w+)', '(\w+)'\)", str(trigger.condition.sql))
                found[trigger.name.removesuffix("_status_edge")] = set(pairs)
    return found


@pytest.mark.parametrize("lifecycle", GUARDED, ids=lambda lifecycle: lifecycle.noun)
def test_the_database_allows_the_changes_of_the_lifecycle_and_no_other(lifecycle: Lifecycle):
    in_database = _edges_in_the_database()[SHORT.get(lifecycle.noun, lifecycle.noun)]
    assert in_database == lifecycle.edges()


def test_every_status_that_triggers_guard_has_its_lifecycle():
    assert set(_edges_in_the_database()) == {SHORT.get(each.noun, each.noun) for each in GUARDED}


def _functions_that_name(text: str) -> dict[str, set[str]]:
    """Every quoted word of the operations with the functions it stands in."""
    found: dict[str, set[str]] = {}
    inside = ""
    for line in text.splitlines():
        if begins := re.match(r"def (\w+)", line):
            inside = begins[1].strip("_")
        for word in re.findall(r'"(\w+)"', line):
            found.setdefault(word, set()).add(inside)
    return found


def test_every_transition_is_made_by_an_operation_and_tried_by_a_test():
    made_in, tests = (
        _functions_that_name(_sources("operations", "tasks")),
        set(re.findall(r"[a-z_.]+", _tests())),
    )
    unused, untried = [], []
    for lifecycle in LIFECYCLES:
        for name, transition in lifecycle.transitions.items():
            if name not in made_in:
                unused.append(f"{lifecycle.noun}.{name}")
            words = {name, transition.event, *made_in.get(name, ())}
            if not any(word in tests or any(t.endswith("." + word) for t in tests) for word in words):
                untried.append(f"{lifecycle.noun}.{name}")
    assert unused == []
    assert set(untried) <= ON_THE_WAY


def test_every_event_of_a_transition_names_a_noun_and_a_verb():
    events = [t.event for each in LIFECYCLES for t in each.transitions.values()]
    assert [event for event in events if not re.fullmatch(r"[a-z_]+\.[a-z_]+", event)] == []


def _names_of_tasks() -> set[str]:
    """Every name of a task that code asks for: written out, or in a constant of that module's kind."""
    text = _sources("operations", "queries", "views", "tasks")
    asked = set(re.findall(r'enqueue\(\s*"([a-z_.]+)"', text))
    asked |= set(re.findall(r'^_?(?:[A-Z_]*TASK)(?:: Final)? = "([a-z_.]+)"', text, re.M))
    return asked


def test_every_task_that_is_asked_for_exists_and_runs_in_a_centres_scope():
    app.loader.import_default_modules()
    asked = _names_of_tasks()
    assert len(asked) > 8
    assert asked - set(app.tasks) == set()
    assert [name for name in asked if not isinstance(app.tasks[name], TenantTask)] == []


def test_every_route_and_every_sweep_names_a_task_that_exists():
    app.loader.import_default_modules()
    scheduled = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert (set(app.conf.task_routes) | scheduled) - set(app.tasks) == set()
    assert {route["queue"] for route in app.conf.task_routes.values()} <= set(QUEUES)


def test_every_rule_that_is_enforced_has_a_test_with_its_number():
    tried = set(re.findall(r"_r(\d+)(?=_)", " ".join(re.findall(r"def (test_\w+)", _tests()))))
    enforced = {rule.number[1:] for rule in rules() if rule.enforced is True}
    assert len(enforced) > 50
    assert enforced - tried == set()


def test_a_rule_that_a_refusal_names_is_not_called_planned():
    named = set(re.findall(r'rule="(R\d+)"', _sources("rules", "operations", "views", "queries")))
    planned = {rule.number for rule in rules() if rule.enforced is not True}
    assert named & planned == set()

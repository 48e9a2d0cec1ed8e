"""The history of a centre and of each thing at it: in words, with its way there, for who may read it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
from django.urls import reverse

from qa_portal.event_words import WORDS, words_of
from tests.cast import teach
from tests.conftest import NOW
from tests.story.samples import sample_concluded
from tests.story.self_assessments import submitted_self_assessment
from tests.story.visits import visit_report_issued, visit_under_way
from verification.models import Action

ROOT = Path(__file__).resolve().parents[2]
APPS = ("qa_portal", "centres", "verification", "sampling", "reports")
EVENT = re.compile(r"^[a-z_]+\.[a-z_]+$")


def _names(tree: ast.Module, *, everything: bool) -> set[str]:
    """The events that a module names: in calls of ``record``, in transitions, or anywhere when it passes them on."""
    found = set()
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        place = {"record": 0, "Transition": 4}.get(name)
        if place is not None and len(node.args) > place:
            found |= {c.value for c in ast.walk(node.args[place]) if isinstance(c, ast.Constant)}
    if everything:
        found |= {c.value for c in ast.walk(tree) if isinstance(c, ast.Constant) and isinstance(c.value, str)}
    events = {name for name in found if isinstance(name, str) and EVENT.match(name)}
    return {name for name in events if name.split(".")[0] not in APPS}  # the others are tasks


# These hand an event's name on to a function that records it.
PASSED_ON = {"centres/sign_in_events.py", "centres/operations/centres.py", "centres/operations/roles.py",
             "verification/operations/conflicts.py"}  # fmt: skip


def events_in_the_code() -> set[str]:
    found: set[str] = set()
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                passed_on = str(path.relative_to(ROOT)) in PASSED_ON
                found |= _names(ast.parse(path.read_text()), everything=passed_on)
    return found


def test_every_event_of_the_audit_trail_has_words():
    named = events_in_the_code()
    assert len(named) > 150
    assert {name for name in named if name not in WORDS} == set()


def test_words_read_as_sentences_begin():
    assert all(words[0].isupper() and "_" not in words for words in WORDS.values())
    assert words_of("thing.no_longer_written") == "Thing no longer written"


@pytest.fixture
def read(client, sign_in, scope):
    def get(person, address):
        return sign_in(person).get(address)

    return get


def history_link(response, thing) -> bool:
    target = f"target={thing._meta.label_lower}%3A{thing.pk}"
    return target in response.content.decode()


def test_r97_a_centres_history_is_in_words_and_without_what_is_kept_from_it(cast, read, scope):
    activity = visit_under_way(cast)
    scope()
    for who in ("qn", "head"):
        page = read(cast.northgate[who], f"/centres/{cast.northgate.centre.number}/history/").content.decode()
        assert "Activity begun" in page
        assert f'href="/activities/{activity.pk}/"' in page
    assert (
        read(cast.northgate["leader"], f"/centres/{cast.northgate.centre.number}/history/").status_code == 403
    )


def test_r97_each_things_page_leads_to_its_history(cast, read, scope):
    report = visit_report_issued(cast)
    activity, programme = report.activity, cast.northgate.programmes[0]
    action = Action.objects.filter(centre_id=report.centre_id).first()
    scope()
    for thing, name in (
        (activity, "activity"),
        (report, "report"),
        (programme, "programme"),
        (action, "action"),
    ):
        address = reverse(name, args=[thing.pk])
        assert history_link(read(cast["qn"], address), thing), name
        assert history_link(read(cast["manager"], address), thing), name
        assert not history_link(read(cast["lsv"], address), thing), name
        there = read(cast["qn"], f"/centres/10101/history/?target={thing._meta.label_lower}:{thing.pk}")
        assert there.status_code == 200
        assert "History of this" in there.content.decode()


def test_r97_the_history_of_a_sample_counts_its_items(cast, read, scope):
    sample = sample_concluded(cast)
    scope()
    address = f"/centres/10101/history/?target=sampling.sample:{sample.pk}"
    theirs = read(cast["qn"], address).content.decode()
    assert "Sample concluded" in theirs
    assert "Evidence sent for an item" in theirs or "Evidence received" in theirs
    assert "Item judged" not in theirs
    assert "Item judged" in read(cast["manager"], address).content.decode()
    assert history_link(read(cast["qn"], f"/samples/{sample.pk}/"), sample)


def test_r97_a_self_assessment_and_a_learner_lead_to_their_history(cast, read, scope):
    form = submitted_self_assessment(cast)
    learner = next(iter(teach(cast.northgate, cast.northgate.programmes[0]))).learner
    scope()
    assert history_link(read(cast["qn"], "/centres/10101/self-assessment/"), form)
    assert history_link(read(cast["qn"], f"/learners/{learner.pk}/"), learner)


@pytest.mark.parametrize("target", ["sampling.sample:abc", "nothing", "no.such:1", ":", "sampling.sample:"])
def test_a_history_of_nonsense_is_a_page(cast, read, scope, target):
    scope()
    assert read(cast["qn"], f"/centres/10101/history/?target={target}").status_code == 200


def test_staff_find_mail_and_history_and_centres_their_calendar_and_history(cast, read, scope):
    scope()
    admin = read(cast["admin"], "/").content.decode()
    assert 'href="/staff/mail/"' in admin
    assert 'href="/staff/history/"' in admin
    home = read(cast["qn"], "/").content.decode()
    assert 'href="/calendar/"' in home
    assert 'href="/centres/10101/history/"' in home
    assert 'href="/centres/10101/history/"' not in read(cast["assessor"], "/").content.decode()


def test_a_change_that_is_no_change_of_status_is_told_without_one(cast, read, scope):
    from qa_portal import audit

    programme = cast.northgate.programmes[0]
    audit.record(
        "programme.approval_changed", by=cast["planner"], target=programme, at=NOW, before={"a": 1}, after={}
    )
    scope()
    assert "Approval changed" in read(cast["qn"], "/centres/10101/history/").content.decode()

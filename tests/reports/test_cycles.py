"""The cycle of a report: open while an action is that blocks closing, and said so where reports are read (R81)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from reports.models import Report
from reports.queries.documents import cycle_of, with_open_actions
from tests.story import visits as story
from verification.models import Action
from verification.operations import actions

AT = datetime(2026, 12, 10, 9, 0, tzinfo=UTC)


@pytest.fixture
def report(cast) -> Report:
    """A visit's report with an essential action and a recommendation."""
    visit = story.visit_under_way(cast)
    story.write_action(cast, visit, level="RECOMMENDED")
    return story.visit_report_issued(cast, activity=visit)


def cycle(report, person) -> str:
    found = with_open_actions(Report.objects.filter(pk=report.pk)).get()
    return cycle_of(found, person).replace("\N{NO-BREAK SPACE}", " ")


def close(cast, level: str) -> None:
    for action in Action.objects.filter(level=level):
        actions.close(action_id=action.pk, note="Seen.", by=cast["lsv"], at=AT)


def test_r81_only_essential_actions_keep_the_cycle_of_a_report_open(cast, report):
    assert {action.level for action in Action.objects.all()} == {"ESSENTIAL", "RECOMMENDED"}
    assert cycle(report, cast["qn"]) == "Open: 1 essential action"
    close(cast, "ESSENTIAL")
    assert Action.objects.exclude(status="CLOSED").exists()
    assert cycle(report, cast["qn"]) == "Closed"


def test_r81_an_answered_action_still_keeps_it_open(cast, report):
    action = Action.objects.get(level="ESSENTIAL")
    actions.answer(action_id=action.pk, text="Done.", by=cast["qn"], at=AT)
    assert cycle(report, cast["qn"]) == "Open: 1 essential action"


def test_r81_whoever_left_the_centre_is_told_nothing_of_its_cycle(cast, report):
    assert cycle(report, cast["outsider"]) == ""


def test_r81_list_and_page_say_whether_the_cycle_is_closed(cast, report, sign_in, clock_at):
    clock_at(AT)
    client = sign_in(cast["qn"])
    pages = [reverse("reports", args=["10101"]), reverse("report", args=[report.pk])]
    for page in pages:
        assert "Open: 1\N{NO-BREAK SPACE}essential action" in client.get(page).content.decode()
    close(cast, "ESSENTIAL")
    for page in pages:
        assert "Open: 1" not in client.get(page).content.decode()

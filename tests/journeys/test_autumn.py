"""The autumn at Northgate: people, time asked for, the LSV's questions, the calendar, and the planner's work."""

from __future__ import annotations

import re
from datetime import date

import pytest

pytestmark = pytest.mark.journey

HEAD, QN = "head@northgate.example", "qn@northgate.example"
LSV, SV = "lsv@verifiers.example", "sv@verifiers.example"
MANAGER, PLANNER = "manager@awarding.example", "planner@awarding.example"
CENTRE = "/centres/10101/"


def answer_yes(one) -> None:
    """Choose Yes for every question of the section that is open."""
    for group in one.page.locator("main fieldset").all():
        group.get_by_label("Yes", exact=True).check()


def wait_for(one, path: str, words: str) -> None:
    """Open a page again until the worker has done what it asked for."""
    for _ in range(60):
        one.open(path)
        if words in one.page.inner_text("main"):
            return
        one.page.wait_for_timeout(1000)
    one.sees(words)


def test_head_of_centre_signed_what_the_quality_nominee_reads(visitor):
    one = visitor(HEAD)
    one.open(f"{CENTRE}declaration/")
    one.sees("Signed")
    other = visitor(QN)
    other.open(f"{CENTRE}declaration/")
    other.sees("Margaret Oduya")


def test_more_time_is_asked_for_and_given(visitor):
    one = visitor(QN)
    one.open(f"{CENTRE}self-assessment/")
    one.follow("Ask for more time")
    one.page.get_by_role("textbox", name="Until").fill("2026-11-10")
    one.page.get_by_role("textbox", name="Why the centre needs more time").fill("Two leaders are away.")
    one.press("Ask for more time")
    one.sees("10 November")
    lead = visitor(LSV)
    lead.open(f"{CENTRE}self-assessment/")
    lead.follow("Give or refuse the time")
    lead.press("Give the time")
    one.open(f"{CENTRE}self-assessment/")
    one.sees("Due by 10 November 2026")


def test_a_programme_leader_answers_what_was_passed_on(visitor):
    one = visitor("leader2@northgate.example")
    one.follow("Answer “Childrens Activities” in the self-assessment")
    answer_yes(one)
    one.press("Save and continue")
    centre = visitor(QN)
    centre.open(f"{CENTRE}self-assessment/")
    centre.go(centre.page.get_by_role("link", name="Recreation Assistant").last)
    centre.follow("Ask somebody to answer it")
    centre.page.get_by_label("Who answers this section").select_option(label="Daniel Reyes, Programme leader")
    centre.press("Ask this person")
    centre.sees("Daniel Reyes")


def test_the_form_is_submitted_returned_with_remarks_and_submitted_again(visitor):
    one = visitor(QN)
    for section in ("Learner support", "Gym Environment", "Recreation Assistant"):
        one.open(f"{CENTRE}self-assessment/")
        one.go(one.page.get_by_role("link", name=section).last)
        answer_yes(one)
        one.press("Save and continue")
    one.open(f"{CENTRE}self-assessment/2026/submit/")
    one.press("Submit")
    lead = visitor(LSV)
    lead.open(f"{CENTRE}self-assessment/")
    lead.follow("Return it")
    lead.page.get_by_role("textbox").first.fill("Say which awarding systems the reader software serves.")
    lead.press("Return")
    one.open(f"{CENTRE}self-assessment/")
    one.sees("Say which awarding systems")
    one.open(f"{CENTRE}self-assessment/2026/submit/")
    one.press("Submit")
    lead.open(f"{CENTRE}self-assessment/")
    lead.follow("Accept")
    lead.press("Accept")


def test_centre_and_verifier_write_to_each_other(visitor):
    one = visitor(QN)
    one.open(f"{CENTRE}messages/")
    one.page.get_by_label("Your message").fill("May two learners join the visit by video?")
    one.press("Send")
    lead = visitor(LSV)
    lead.open(f"{CENTRE}messages/")
    lead.sees("May two learners join the visit by video?")
    lead.page.get_by_label("Your message").fill("Yes, please send their names to nobody but me.")
    lead.press("Send")
    one.open(f"{CENTRE}messages/")
    one.sees("send their names to nobody but me")


def test_dates_are_seen_in_a_calendar_of_ones_own(visitor):
    one = visitor(LSV)
    one.open("/calendar/")
    one.press("Make an address")
    address = re.search(r"https?://\S+[.]ics", one.page.inner_text("main"))
    assert address
    stranger = visitor()
    feed = stranger.page.context.request.get(address.group())
    assert feed.ok
    assert "LSV visit" in feed.text()
    one.press("Remove the address")
    assert stranger.page.context.request.get(address.group()).status == 404


def test_the_centre_proposes_another_day_and_the_verifier_agrees(visitor):
    one = visitor(QN)
    one.open(f"{CENTRE}activities/")
    one.follow("LSV visit")
    address = one.page.url
    one.follow("Propose another day")
    one.page.get_by_role("textbox", name="Day").fill("2026-11-19")
    one.press("Propose this day")
    lead = visitor(LSV)
    lead.open(address)
    lead.follow("Confirm")
    lead.press("Confirm")
    one.open(address)
    one.sees("Thursday 19 November 2026")


def test_the_number_of_samples_is_proposed_and_confirmed(visitor):
    one = visitor(LSV)
    one.open(f"{CENTRE}activity-counts/")
    row = one.page.get_by_role("row", name=re.compile("Circuit Training"))
    row.locator("summary").click()
    row.get_by_label("Samples this year").fill("2")
    row.get_by_label("Why this number").fill("A new assessor.")
    one.go(row.get_by_role("button"))
    other = visitor(SV)
    other.open(f"{CENTRE}activity-counts/")
    other.press("Confirm")
    one.open(f"{CENTRE}activities/")
    this_year = one.page.locator("table").first
    assert this_year.get_by_role("link", name="Circuit Training, second time").count() == 1


def test_head_of_centre_appoints_another_quality_nominee(visitor, portal):
    one = visitor(HEAD)
    one.open(f"{CENTRE}people/appoint/")
    one.page.get_by_label("New Quality Nominee").select_option(label="Sophie Lindqvist")
    one.page.get_by_label("First day").fill("2026-11-02")
    one.press("Appoint")
    one.sees("Sophie Lindqvist")
    portal.move_to(date(2026, 11, 2))
    new = visitor("leader2@northgate.example")
    new.sees("waits for Priya Nair")
    new.sees("Upload 9 documents for the visit")
    visitor(QN).open(f"{CENTRE}self-assessment/", status=404)


def test_planner_fills_an_empty_place_by_a_plan_for_all_centres(visitor):
    one = visitor(PLANNER)
    one.open("/staff/allocation/20202/lsv/")
    one.follow("end the allocation")
    one.page.get_by_role("textbox").last.fill("On leave until the summer.")
    one.press("End")
    one.open("/staff/allocation/plan/")
    one.press("Work out a plan")
    wait_for(one, "/staff/allocation/plan/", "Confirm this proposal")
    one.follow("Confirm this proposal")
    one.press("Confirm")
    wait_for(one, "/staff/allocation/", "Every centre and programme has a verifier this year")

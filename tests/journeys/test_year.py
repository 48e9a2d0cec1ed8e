"""One year of Northgate College in the browser, from 20 October to the new year; the steps run in order."""

from __future__ import annotations

import io
import os
import re
from datetime import date
from pathlib import Path

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from tests import database

pytestmark = pytest.mark.journey

QN, LEAD_IV = "qn@northgate.example", "leadiv@northgate.example"
LSV, SV = "lsv@verifiers.example", "sv@verifiers.example"
MANAGER, PLANNER = "manager@awarding.example", "planner@awarding.example"
CENTRE = "/centres/10101/"
PICTURES = database.ROOT / "docs" / "pictures" if os.environ.get("TAKE_PICTURES") == "1" else None


def pdf(name: str) -> dict:
    """A small real PDF to choose in a file field."""
    writer, out = PdfWriter(), io.BytesIO()
    page = writer.add_blank_page(width=595, height=842)
    words = DecodedStreamObject()
    words.set_data(f"% {name}".encode())
    page[NameObject("/Contents")] = words
    writer.write(out)
    return {"name": f"{name}.pdf", "mimeType": "application/pdf", "buffer": out.getvalue()}


def picture(one, name: str) -> None:
    """Keep the page as a picture of the README, when pictures are asked for."""
    if PICTURES:
        PICTURES.mkdir(parents=True, exist_ok=True)
        one.page.evaluate("window.scrollTo(0, 0)")
        one.page.screenshot(path=PICTURES / f"{name}.png")


def rows(one) -> int:
    return one.page.locator("main tbody tr").count()


def answer_yes(one) -> None:
    """Choose Yes for every question of the section that is open."""
    for group in one.page.locator("main fieldset").all():
        group.get_by_label("Yes", exact=True).check()


def open_activity(one, name: str) -> str:
    """Open this year's activity with this name from the centre's list; its address."""
    one.open(f"{CENTRE}activities/")
    one.follow(name)
    return one.page.url


def test_quality_nominee_finds_the_overdue_action_first(visitor):
    one = visitor(QN)
    first = one.page.locator("main li, main tr").first
    assert "11 days overdue" in first.inner_text().replace("\N{NO-BREAK SPACE}", " ")
    picture(one, "home")


def test_no_without_a_comment_is_refused_and_what_was_typed_stays(visitor):
    one = visitor(QN)
    one.open(f"{CENTRE}self-assessment/")
    one.follow("Continue with “Learner support”")
    page = one.page
    page.get_by_role("group", name="3.3").get_by_label("No", exact=True).check()
    page.get_by_role("group", name="3.4").get_by_label("Yes", exact=True).check()
    picture(one, "self-assessment")
    one.press("Save and continue")
    summary = page.get_by_role("alert")
    summary.get_by_role("link", name="3.3").click()
    assert page.evaluate("document.activeElement.getAttribute('aria-invalid')") == "true"
    assert page.get_by_role("group", name="3.3").get_by_label("No", exact=True).is_checked()
    assert page.get_by_role("group", name="3.4").get_by_label("Yes", exact=True).is_checked()
    page.get_by_label("What you will do about it").fill("Readers and large print from 30 November.")
    for question in ("3.5", "3.6"):
        page.get_by_role("group", name=question).get_by_label("Yes", exact=True).check()
    one.press("Save and continue")
    assert not page.get_by_role("alert").count()


def test_writing_survives_a_session_that_ended(visitor):
    one = visitor(QN)
    one.open(f"{CENTRE}self-assessment/")
    one.go(one.page.get_by_role("link", name="Recreation Assistant").last)
    one.page.get_by_role("group", name="5.1").get_by_label("Yes", exact=True).check()
    one.page.get_by_role("textbox").first.fill("Half a sentence that must not get lost")
    cookies = [c for c in one.page.context.cookies() if "session" in c["name"]]
    assert cookies
    for cookie in cookies:
        one.page.context.clear_cookies(name=cookie["name"])
    one.press("Save and come back later")
    assert "/account/login/" in one.page.url
    one.page.fill("[name=login]", QN)
    one.page.fill("[name=password]", "portal-demo-2026")
    one.press("Sign in")
    one.sees("We kept what you had written")
    one.sees("Half a sentence that must not get lost")
    one.press("Send it now")
    one.open(f"{CENTRE}self-assessment/")
    one.go(one.page.get_by_role("link", name="Recreation Assistant").last)
    assert "Half a sentence" in one.page.get_by_role("textbox").first.input_value()


def test_quality_nominee_submits_once(visitor):
    one = visitor(QN)
    for section in ("Childrens Activities", "Gym Environment", "Recreation Assistant"):
        one.open(f"{CENTRE}self-assessment/")
        one.go(one.page.get_by_role("link", name=section).last)
        answer_yes(one)
        one.press("Save and continue")
    one.open(f"{CENTRE}self-assessment/check/")
    one.sees("Every question is answered")
    one.follow("Submit")
    other_tab = one.page.context.new_page()
    other_tab.goto(one.page.url)
    one.press("Submit")
    one.sees("Submitted 20 October 2026")
    with other_tab.expect_navigation() as second:
        other_tab.get_by_role("button", name="Submit").click()
    assert second.value.status == 409
    one.page.go_back()
    one.sees("Not now. Nothing you entered is lost.")
    one.open(f"{CENTRE}self-assessment/")
    one.sees("Readers and large print from 30 November.")


def test_quality_nominee_accepts_the_day_and_sends_documents(visitor):
    one = visitor(QN)
    address = open_activity(one, "LSV visit")
    one.follow("Accept the date")
    one.press("Accept")
    one.open(f"{address}documents/")
    field, file = one.page.get_by_label("Document", exact=True), one.page.locator("input[type=file]")
    titles = field.locator("option").all_inner_texts()[1:]
    assert len(titles) == 9
    field.select_option(label=titles[0])
    program = {"name": "plan.pdf", "mimeType": "application/pdf", "buffer": b"MZ" + bytes(range(200))}
    file.set_input_files(program)
    send = one.page.locator("main form").get_by_role("button").last
    one.go(send)
    assert "plan.pdf" in one.page.locator(".govuk-error-summary").inner_text()
    for title in titles:
        field.select_option(label=title)
        file.set_input_files(pdf(re.sub(r"\W+", "-", title)))
        one.go(send)
    one.sees("9 of 9 documents received")

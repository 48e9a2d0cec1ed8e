"""One year of Northgate College in the browser, from 20 October to the new year; the steps run in order."""

from __future__ import annotations

import io
import os
import re
from datetime import date

import pytest
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, NameObject

from tests import database

pytestmark = pytest.mark.journey

QN = "qn@northgate.example"
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


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """Addresses that one step finds and later steps open again."""
    return {}


def rows(one) -> int:
    return one.page.locator("main tbody tr").count()


def answer_yes(one) -> None:
    """Choose Yes for every question of the section that is open."""
    for group in one.page.locator("main fieldset").all():
        group.get_by_label("Yes", exact=True).check()


def open_activity(one, name: str) -> str:
    """Open this year's activity with this name from the centre's list; its address."""
    one.open(f"{CENTRE}activities/")
    one.go(one.page.get_by_role("link", name=name, exact=True).first)
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
    one.press("Send it again")
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


def test_lead_verifier_writes_what_was_found(visitor, portal):
    portal.move_to(date(2026, 11, 18))
    one = visitor(LSV)
    address = open_activity(one, "LSV visit")
    one.open(f"{address}visit/")
    one.follow("Begin the visit")
    one.press("Begin the visit")
    one.follow("Roles and responsibilities")
    page = one.page
    for _ in range(7):
        missed = "standardisation" in page.url
        page.get_by_label("Not met" if missed else "Met", exact=True).check()
        page.get_by_label("What you saw").fill("Records of both terms; two learners and two assessors asked.")
        if missed:
            picture(one, "visit")
        one.press("Save and continue")
    one.follow("Write one")
    page.get_by_label("Essential", exact=True).check()
    page.get_by_label("What the centre does").fill("Hold the autumn session and send the minutes.")
    page.get_by_label("Who", exact=True).select_option(label="Priya Nair")
    one.press("Save the action")
    one.open(f"{address}visit/report/")
    for name in ("Seen at the centre", "Summary", "What happens next", "Why this rating"):
        page.get_by_role("textbox", name=name).fill(f"{name}: as the records show.")
    page.get_by_role("radio", name="Medium").check()
    one.press("Save and continue")
    one.follow("Send the facts")
    one.press("Send the facts")


def test_facts_are_confirmed_and_the_report_is_issued_with_its_pdf(visitor):
    centre = visitor(QN)
    centre.follow("Check the facts")
    centre.press("Send to the LSV")
    centre.sees("Facts checked: no corrections")
    one = visitor(LSV)
    one.open(f"{open_activity(one, 'LSV visit')}visit/issue/")
    one.press("Issue the report")
    one.sees("issued")
    one.page.get_by_role("link", name="Download the PDF").wait_for(timeout=60_000)
    one.open(one.page.url)
    picture(one, "report")
    address = one.page.get_by_role("link", name="Download the PDF").get_attribute("href")
    answer = one.page.context.request.get(one.portal.url + address)
    assert answer.ok
    reader = PdfReader(io.BytesIO(answer.body()))
    assert "Northgate College" in "".join(each.extract_text() for each in reader.pages)
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert "/StructTreeRoot" in root


def test_answered_action_is_closed_and_direct_claims_return(visitor, portal):
    centre = visitor(QN)
    centre.sees("Suspended")
    centre.follow("Complete essential action 1")
    address = centre.page.url
    centre.page.get_by_label("What was done").fill("Callum Reid took part in the session of 20 October.")
    centre.page.locator("input[type=file]").set_input_files(pdf("minutes"))
    centre.press("Send to the verifier")
    centre.sees("Action 1 answered")
    one = visitor(LSV)
    one.open(address)
    one.press("Close the action")
    portal.move_to(date(2026, 11, 19))
    centre.open("/")
    assert "Suspended" not in centre.page.inner_text("main")


def test_planner_replaces_a_verifier_who_is_ill(visitor):
    one = visitor(PLANNER)
    one.open("/staff/")
    picture(one, "dashboard")
    one.open("/staff/allocation/?show=all")
    one.page.get_by_role("link", name=re.compile("LSV, Harbour Training")).wait_for()
    one.go(one.page.get_by_role("link", name=re.compile("LSV, Harbour Training")))
    one.sees("4 people can do this")
    picture(one, "allocation")
    one.page.get_by_role("radio", name="Gareth Bowen").check()
    one.page.get_by_label("Why the person before is replaced").fill("Ill until the end of the term.")
    one.press("Replace by this person")
    one.sees("Gareth Bowen is Lead Standards Verifier of Harbour Training")


def test_sample_is_drawn_agreed_and_requested(visitor, portal, known):
    portal.move_to(date(2027, 1, 18))
    one = visitor(SV)
    one.follow("Conclude the second sample of Childrens Activities")
    address = one.page.url
    one.open(f"{address}sample/")
    one.press("Draw the sample")
    one.sees("The date of this sample is not agreed yet")
    sample = known["sample"] = one.page.url
    one.open(f"{address}date/")
    one.page.get_by_role("textbox", name="Day").fill("2027-02-24")
    one.page.get_by_label("Why outside the window").fill("The centre had no assessor in the autumn.")
    one.page.get_by_role("radio", name="Remote").check()
    one.press("Propose this date")
    centre = visitor("qn@harbour.example")
    centre.open(address)
    centre.follow("Accept the date")
    centre.press("Accept")
    one.open(sample)
    one.follow("Request the work")
    one.press("Request the work")
    centre.open(sample)
    centre.page.get_by_label("Lead IV for this sample").select_option(label="Farah Aziz")
    centre.press("Name the Lead IV")


def test_lead_internal_verifier_sends_the_work(visitor, known):
    one = visitor("leadiv@harbour.example")
    address = known["sample"]
    one.open(address)
    for position in range(1, rows(one) + 1):
        one.open(f"{address}items/{position}/")
        one.page.locator("input[type=file]").first.set_input_files(pdf(f"item-{position}"))
        one.press("Send")
    one.open(address)
    one.sees("Answered for every item")


def test_standards_verifier_judges_by_keyboard(visitor, portal, known):
    portal.move_to(date(2027, 2, 24))
    one = visitor(SV)
    one.open(known["sample"])
    one.go(one.page.get_by_role("link", name=re.compile("^1[.] ")))
    page = one.page
    for position in range(1, 6):
        assert page.url.endswith(f"/items/{position}/")
        for number in range(1, page.locator("[data-criterion]").count() + 1):
            page.keyboard.press(str(number))
            page.keyboard.press("a")
        if position == 2:
            picture(one, "judgement")
        with page.expect_navigation():
            page.keyboard.press("Control+Enter")
        one.check()
    one.sees("Every item is judged")


def test_sample_is_concluded_and_a_manager_decides(visitor, known):
    one = visitor(SV)
    one.open(known["sample"])
    page = one.page
    one.follow("Compliance, staffing and resources")
    for choice in page.get_by_role("radio", name="Met", exact=True).all():
        choice.check()
    for field in page.get_by_role("textbox", name="What you saw").all():
        field.fill("Seen in the records of the centre.")
    one.press("Save")
    one.follow("Report and direct claims status")
    for name in ("Summary", "Staffing", "Resources", "What happens next"):
        page.get_by_role("textbox", name=name, exact=True).fill(f"{name}: as the record shows.")
    page.get_by_role("radio", name="Not yet").check()
    page.get_by_role("textbox", name="Why", exact=True).fill("One review so far.")
    one.press("Save")
    one.follow("Conclude the sample")
    one.press("Conclude and issue the report")
    one.open("/staff/decisions/", status=403)
    manager = visitor(MANAGER)
    manager.open("/staff/decisions/")
    manager.follow("Childrens Activities")
    manager.page.get_by_role("radio", name="Accept the recommendation").check()
    manager.press("Record the decision")
    manager.open("/staff/decisions/")
    assert not manager.page.get_by_role("link", name="Childrens Activities").count()


def test_final_report_says_what_stands_in_the_way_then_closes_the_year(visitor, portal):
    portal.move_to(date(2027, 7, 5))
    one = visitor(LSV)
    one.open(f"{CENTRE}final-report/2026/issue/", status=409)
    one.sees("The sample of Instructing Circuit Training is not concluded")
    one.sees("The summary is empty")
    for name in ("Circuit Training", "Gym Environment", "Childrens Activities", "Recreation Assistant"):
        # The visit was rated medium, so each programme has a sample more (R12).
        for which in ("", ", second time"):
            one.open(f"{open_activity(one, f'Standards verification: {name}{which}')}waive/")
            one.page.get_by_label("Why no sample is needed").fill("No work was assessed this year.")
            one.press("Waive this sample")
    one.open(f"{CENTRE}final-report/")
    page = one.page
    for name in ("Summary", "Why this rating", "What happens next"):
        page.get_by_role("textbox", name=name).fill(f"{name}: as the year's record shows.")
    page.get_by_role("radio", name="Low").check()
    for choice in page.locator("main").get_by_role("combobox").all():
        choice.select_option(label="Standard, 1 sample")
    one.press("Save and go on to issue")
    one.go(page.locator("main").get_by_role("button").first)
    one.sees("Final annual report")


def test_the_new_year_begins_and_last_year_can_be_read(visitor, portal):
    portal.move_to(date(2027, 9, 1))
    one = visitor(QN)
    one.sees("2027-28")
    one.open(f"{CENTRE}self-assessment/")
    one.sees("Self-assessment 2027-28")
    one.open(f"{CENTRE}self-assessment/2026/")
    one.sees("Readers and large print from 30 November.")


def test_head_of_centre_signs_the_declaration_of_the_new_year(visitor):
    one = visitor("head@northgate.example")
    one.follow("Sign the annual declaration 2027-28")
    one.press("Sign as Margaret Oduya")
    assert one.page.get_by_role("alert").count() == 1
    for box in one.page.get_by_role("checkbox").all():
        box.check()
    one.press("Sign as Margaret Oduya")
    one.open(f"{CENTRE}declaration/")
    one.sees("Signed")

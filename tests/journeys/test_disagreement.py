"""A sample of Northgate with a decision that is not accurate: pending, an action, a second sample, released."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date

import pytest

from tests.journeys.test_year import pdf

pytestmark = pytest.mark.journey

QN, LEAD_IV = "qn@northgate.example", "leadiv@northgate.example"
LSV, SV = "lsv@verifiers.example", "sv@verifiers.example"
MANAGER = "manager@awarding.example"
CENTRE = "/centres/10101/"
PROGRAMME = "Circuit Training"


@pytest.fixture(scope="module")
def known() -> dict[str, str]:
    """Addresses that one step finds and later steps open again."""
    return {}


def items(one) -> int:
    return one.page.locator("main tbody tr").count()


def judge(one, *, disagree: str = "") -> None:
    """Agree with every criterion of the item that is open, but for the first where a reason is given."""
    page = one.page
    for number in range(1, page.locator("[data-criterion]").count() + 1):
        page.keyboard.press(str(number))
        page.keyboard.press("d" if disagree and number == 1 else "a")
    if disagree:
        page.get_by_label(re.compile("^Why you disagree")).locator("visible=true").fill(disagree)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    one.check()


def write_up(one, sample: str, *, recommend: str) -> None:
    """Compliance checked, the report written, something recommended about direct claims status."""
    page = one.page
    one.open(f"{sample}compliance/")
    for choice in page.get_by_role("radio", name="Met", exact=True).all():
        choice.check()
    for field in page.get_by_role("textbox", name="What you saw").all():
        field.fill("Seen in the records of the centre.")
    one.press("Save")
    one.open(f"{sample}report/")
    for name in ("Summary", "Staffing", "Resources", "What happens next"):
        page.get_by_role("textbox", name=name, exact=True).fill(f"{name}: as the record shows.")
    page.get_by_role("radio", name=recommend).check()
    page.get_by_role("textbox", name="Why", exact=True).fill("What this sample has shown.")
    one.press("Save")


def agree_a_date(visitor, activity: str, day: str) -> None:
    """The SV proposes a day for a remote sample, and the Quality Nominee accepts it."""
    one = visitor(SV)
    one.open(f"{activity}date/")
    one.page.get_by_role("textbox", name="Day").fill(day)
    one.page.get_by_role("radio", name="Remote").check()
    one.press("Propose this date")
    centre = visitor(QN)
    centre.open(activity)
    centre.follow("Accept the date")
    centre.press("Accept")


def test_standards_verifier_draws_and_requests_the_work(visitor, portal, known):
    portal.move_to(date(2027, 1, 8))
    one = visitor(SV)
    one.open(f"{CENTRE}activities/")
    one.follow(f"Standards verification: {PROGRAMME}")
    known["activity"] = activity = one.page.url
    agree_a_date(visitor, activity, "2027-02-09")
    one.open(f"{activity}sample/")
    one.press("Draw the sample")
    known["sample"] = one.page.url
    one.sees("Unit 4")
    one.open(f"{known['sample']}draw/")
    one.sees("Decisions in the frame")
    one.open(f"{known['sample']}request/")
    one.press("Request the work")


def test_the_centre_sends_work_and_says_what_is_missing(visitor, known):
    one = visitor(QN)
    sample = known["sample"]
    one.open(sample)
    one.sees("Helen Cartwright")
    count = items(one)
    lead = visitor(LEAD_IV)
    for position in range(1, count):
        lead.open(f"{sample}items/{position}/")
        lead.page.locator("input[type=file]").first.set_input_files(pdf(f"item-{position}"))
        lead.press("Send")
    lead.open(f"{sample}items/{count}/")
    lead.page.get_by_label("Why there is no evidence").fill("The folder was lost when the learner moved.")
    lead.press("Say so")
    one.open(sample)
    one.sees("Answered for every item")


def test_one_decision_is_not_accurate_so_certification_is_pending(visitor, portal, known):
    portal.move_to(date(2027, 2, 9))
    one, sample = visitor(SV), known["sample"]
    one.open(sample)
    count = items(one)
    with one.page.expect_download() as download:
        one.page.get_by_role("button", name="Download all evidence").click()
    content = download.value.path().read_bytes()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len([name for name in archive.namelist() if name.endswith(".pdf")]) == count - 1
    one.open(f"{sample}items/1/")
    judge(one, disagree="The record stops after the warm-up: nothing shows the main activity.")
    for position in range(2, count):
        one.open(f"{sample}items/{position}/")
        judge(one)
    centre = visitor(QN)
    centre.open(f"{sample}items/1/")
    assert "warm-up" not in centre.page.inner_text("main")


def test_the_report_needs_an_essential_action_and_then_tells_the_centre(visitor, known):
    one, centre, sample = visitor(SV), visitor(QN), known["sample"]
    write_up(one, sample, recommend="Suspend")
    one.open(f"{sample}conclude/")
    one.sees("There is no essential action yet")
    one.open(f"{sample}actions/")
    one.page.get_by_role("radio", name="Essential").check()
    one.page.get_by_label("What it comes from").select_option(label="Assessment decisions")
    one.page.get_by_label("What the centre does").fill(
        "Assess the main activity again, for the whole cohort."
    )
    one.page.get_by_label("Who", exact=True).select_option(label="Priya Nair")
    one.press("Add this action")
    one.open(f"{sample}conclude/")
    one.press("Conclude and issue the report")
    centre.open(sample)
    centre.sees("this programme cannot claim yet")
    centre.open(f"{sample}items/1/")
    centre.sees("warm-up")


def test_the_quality_manager_decides_what_the_verifier_recommended(visitor):
    assert visitor(SV).page.context.request.get("/staff/decisions/").status == 403
    one = visitor(MANAGER)
    one.open("/staff/decisions/")
    one.follow(PROGRAMME)
    one.page.get_by_role("radio", name="Accept the recommendation").check()
    one.press("Record the decision")
    one.open(CENTRE)
    one.sees("Suspended")


def test_the_centre_acts_and_the_second_sample_releases(visitor, portal, known):
    centre = visitor(QN)
    centre.open(f"{CENTRE}actions/")
    centre.follow("2. Assessment decisions")
    action = centre.page.url
    centre.page.get_by_label("What was done").fill("All eight were observed again on 22 February.")
    centre.page.locator("input[type=file]").set_input_files(pdf("observations"))
    centre.press("Send to the verifier")
    portal.move_to(date(2027, 3, 1))
    one = visitor(SV)
    one.open(action)
    one.press("Close the action")
    one.open(f"{CENTRE}activities/")
    one.follow(f"Standards verification: {PROGRAMME}, second time")
    activity = one.page.url
    agree_a_date(visitor, activity, "2027-03-24")
    one.open(f"{activity}sample/")
    one.press("Draw the sample")
    sample = one.page.url
    one.open(f"{sample}request/")
    one.press("Request the work")
    count = items(one)
    for position in range(1, count + 1):
        centre.open(f"{sample}items/{position}/")
        centre.page.locator("input[type=file]").first.set_input_files(pdf(f"second-{position}"))
        centre.press("Send")
    portal.move_to(date(2027, 3, 24))
    for position in range(1, count + 1):
        one.open(f"{sample}items/{position}/")
        judge(one)
    write_up(one, sample, recommend="Not yet")
    one.open(f"{sample}conclude/")
    one.press("Conclude and issue the report")
    centre.open(sample)
    centre.sees("This programme may claim this year")

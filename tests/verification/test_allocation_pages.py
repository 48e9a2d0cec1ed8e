"""Pages of allocation, schedule, register, messages and calendar, as their people open them."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.urls import reverse
from icalendar import Calendar

from centres.models import Centre
from qa_portal.models import Deadline, Mail
from qa_portal.tenancy import ALL_CENTRES, Side, scoped_to
from tests.conftest import NOW
from tests.story.allocations import allocated, opened, sampling_agreed, visit_agreed
from verification.models import (
    Activity,
    Allocation,
    ConflictDeclaration,
    Message,
    Verifier,
    VerifierAbsence,
)
from verification.operations import allocations, date_proposals, messages

BUDGET = 12


@pytest.fixture(autouse=True)
def _now(clock_at):
    clock_at(NOW)


def _place(cast):
    return reverse("allocate-lsv", args=[cast.northgate.centre.number])


def _verifier(cast, name):
    return Verifier.objects.get(person=cast[name])


def test_the_planner_sees_places_then_candidates_then_allocates(cast, sign_in, django_assert_max_num_queries):
    opened(cast)
    client = sign_in(cast["planner"])
    with django_assert_max_num_queries(BUDGET):
        page = client.get(reverse("allocation"))
    assert "Northgate College" in page.content.decode()
    with django_assert_max_num_queries(BUDGET):
        page = client.get(_place(cast)).content.decode()
    assert "2 people can do this" in page
    assert "No LSV qualification (R7)" in page
    answer = client.post(_place(cast), {"verifier": str(_verifier(cast, "lsv").pk)})
    assert answer.status_code == 302
    with scoped_to(ALL_CENTRES):
        allocation = Allocation.objects.get(kind="LSV")
    assert allocation.status == "ACTIVE"
    assert allocation.facts["facts"]["candidates"] == 2


def test_an_sv_is_allocated_to_several_programmes_at_once(cast, sign_in):
    opened(cast)
    first, *others = cast.northgate.programmes
    url = reverse("allocate-sv", args=[cast.northgate.centre.number, first.pk])
    answer = sign_in(cast["planner"]).post(
        url, {"verifier": str(_verifier(cast, "sv").pk), "also": [str(p.pk) for p in others]}
    )
    assert answer.status_code == 302
    assert Allocation.objects.filter(kind="SV", status="ACTIVE").count() == 4
    assert Mail.objects.filter(kind="introduction", to=cast["qn"]).count() == 1


def test_r13_the_page_asks_for_the_reason_and_keeps_the_choice(cast, sign_in):
    from tests.verification.test_allocations import _long_service

    _long_service(cast, range(2022, 2026))
    opened(cast)
    client = sign_in(cast["planner"])
    choice = {"verifier": str(_verifier(cast, "lsv").pk)}
    answer = client.post(_place(cast), choice)
    assert answer.status_code == 422
    assert "Record this first: why year 5 in a row" in answer.content.decode()
    answer = client.post(_place(cast), choice | {"long_stay_reason": "Nobody else until spring"})
    assert answer.status_code == 302


def test_somebody_who_cannot_do_it_is_refused_whatever_is_posted(cast, sign_in):
    opened(cast)
    answer = sign_in(cast["planner"]).post(_place(cast), {"verifier": str(_verifier(cast, "sv").pk)})
    assert answer.status_code == 422
    assert not Allocation.objects.filter(status="ACTIVE").exists()


def test_a_replacement_needs_its_reason(cast, sign_in):
    visit_agreed(cast)
    client = sign_in(cast["planner"])
    choice = {"verifier": str(_verifier(cast, "lsv2").pk)}
    assert client.post(_place(cast), choice).status_code == 422
    assert client.post(_place(cast), choice | {"reason": "Illness"}).status_code == 302
    assert Allocation.objects.get(kind="LSV", status="ACTIVE").verifier == _verifier(cast, "lsv2")


def test_r24_a_countersignature_is_asked_for_and_given_by_the_quality_manager(cast, sign_in):
    from tests.verification.test_allocations import _declare

    _declare(cast, "lsv2")
    opened(cast)
    client = sign_in(cast["planner"])
    page = client.get(_place(cast)).content.decode()
    assert "Declared conflict: family" in page
    assert "brother" not in page
    ask = reverse("allocation-ask", args=[cast.northgate.centre.number])
    person = {"verifier": str(_verifier(cast, "lsv2").pk)}
    assert "Why nobody else can do it" in client.post(ask, person).content.decode()
    assert not Allocation.objects.exists()
    client.post(ask, person | {"reason": "Everybody else is ill"})
    proposal = Allocation.objects.get()
    assert proposal.facts["facts"]["unavoidable_because"] == "Everybody else is ill"
    assert "Declared conflict" in proposal.facts["facts"]["in_the_way"][0]
    assert Mail.objects.filter(kind="countersign", to=cast["manager"]).exists()
    assert Deadline.objects.get(kind="countersignature", state="OPEN").owner_role == "quality_manager"
    url = reverse("allocation-countersign", args=[proposal.pk])
    assert client.post(url).status_code == 403
    assert sign_in(cast["manager"]).post(url).status_code == 302
    proposal.refresh_from_db()
    assert proposal.status == "ACTIVE"
    assert not Deadline.objects.filter(kind="countersignature", state="OPEN").exists()


def test_r24_without_a_quality_manager_of_the_centre_all_of_them_are_asked(cast, sign_in):
    from tests.verification.test_allocations import _declare

    _declare(cast, "lsv2")
    opened(cast)
    Centre.objects.filter(pk=cast.northgate.centre.pk).update(quality_manager=None)
    ask = reverse("allocation-ask", args=[cast.northgate.centre.number])
    choice = {"verifier": str(_verifier(cast, "lsv2").pk), "reason": "Everybody else is ill"}
    assert sign_in(cast["planner"]).post(ask, choice).status_code == 302
    assert Mail.objects.filter(kind="countersign", to=cast["manager"]).exists()


def test_the_centre_opens_no_staff_page(cast, sign_in):
    opened(cast)
    client = sign_in(cast["qn"])
    for name in ("allocation", "allocation-plan", "schedule", "verifiers", "verifier-add"):
        assert client.get(reverse(name)).status_code == 403
    assert client.get(_place(cast)).status_code == 403
    assert client.get(reverse("conflicts")).status_code == 403


def test_a_plan_is_asked_for_corrected_and_confirmed(cast, sign_in):
    from tests.verification.test_allocation_planning import _run

    opened(cast)
    client = sign_in(cast["planner"])
    url = reverse("allocation-plan")
    client.post(url)
    assert client.post(url).status_code == 409
    assert client.get(url)["Refresh"]
    _run("verification.plan_allocations")
    page = client.get(url).content.decode()
    assert "Confirm all 5" in page
    drop = Allocation.objects.filter(kind="SV").first()
    client.post(reverse("allocation-drop", args=[drop.pk]))
    client.post(reverse("allocation-plan-confirm"))
    _run("verification.confirm_allocations")
    assert Allocation.objects.filter(status="ACTIVE").count() == 4


def test_r24_r25_a_verifier_declares_and_ends_an_interest_without_access_there(cast, sign_in, scope):
    client = sign_in(cast["lsv"])
    data = {
        "number": "10101",
        "category": "FAMILY",
        "starts_on": "2026-10-01",
        "details": "A brother teaches there.",
    }
    assert client.post(reverse("conflicts"), data | {"number": "99999"}).status_code == 422
    assert client.post(reverse("conflicts"), data).status_code == 302
    first = ConflictDeclaration.objects.get()
    page = client.get(reverse("conflicts")).content.decode()
    assert "Northgate College (10101)" in page
    end = reverse("conflict-end", args=[first.pk])
    assert sign_in(cast["lsv2"]).get(end).status_code == 404
    assert sign_in(cast["lsv"]).post(end, {"ends_on": "2026-10-15"}).status_code == 302
    versions = ConflictDeclaration.objects.order_by("version")
    assert [row.version for row in versions] == [1, 2]
    assert versions[0].replaced_at is not None
    manager_page = sign_in(cast["planner"]).get(reverse("verifier", args=[_verifier(cast, "lsv").pk]))
    assert "Family or close relationship" in manager_page.content.decode()
    assert "brother" not in manager_page.content.decode()
    scope(cast.northgate.centre.pk, side=Side.CENTRE, person_id=cast["qn"].pk)
    assert not ConflictDeclaration.objects.exists()


def test_the_register_is_kept_by_planners(cast, sign_in, django_assert_max_num_queries):
    client = sign_in(cast["planner"])
    sector = _verifier(cast, "lsv").sectors.get().sector
    entry = {
        "name": "Nadia Rahman", "email": "nadia@verifiers.example", "days_a_year": "22", "town": "Bradford",
        "sector_ids": [str(sector.pk)], "is_lsv": "on",
    }  # fmt: skip
    assert client.post(reverse("verifier-add"), entry).status_code == 302
    assert client.post(reverse("verifier-add"), entry).status_code == 409
    nadia = Verifier.objects.get(person__email="nadia@verifiers.example")
    client.get(reverse("verifier-add"))
    with django_assert_max_num_queries(BUDGET):
        assert "Nadia Rahman" in client.get(reverse("verifiers")).content.decode()
    absence = {"starts_on": "2026-11-02", "ends_on": "2026-11-06"}
    assert client.post(reverse("verifier-absence-add", args=[nadia.pk]), absence).status_code == 302
    assert VerifierAbsence.objects.filter(verifier=nadia).exists()
    client.get(reverse("verifiers"))
    with django_assert_max_num_queries(BUDGET):
        assert client.get(reverse("verifier", args=[nadia.pk])).status_code == 200
    assert sign_in(cast["viewer"]).get(reverse("verifier-change", args=[nadia.pk])).status_code == 403


def test_verifier_and_centre_agree_a_date_on_the_activitys_page(cast, sign_in, django_assert_max_num_queries):
    allocated(cast)
    visit = Activity.objects.get(kind="VISIT")
    client = sign_in(cast["lsv"])
    page = reverse("activity", args=[visit.pk])
    assert "Propose a date" in client.get(page).content.decode()
    url = reverse("activity-date", args=[visit.pk])
    late = client.post(url, {"day": "2026-12-08", "mode": "ON_SITE"})
    assert late.status_code == 422
    assert "A later day needs a reason" in late.content.decode()
    assert (
        client.post(url, {"day": "2026-11-18", "starts_at": "9.30am", "mode": "ON_SITE"}).status_code == 302
    )
    client = sign_in(cast["qn"])
    with django_assert_max_num_queries(BUDGET):
        text = client.get(page).content.decode()
    assert text.index("Accept the date") < text.index("Propose another day") < text.index("Cancel the date")
    accept = reverse("activity-accept", args=[visit.pk])
    told = f"The date is agreed, and {cast['lsv'].name} is told by e-mail"
    assert told in client.get(accept).content.decode()
    assert client.post(accept).status_code == 302
    assert client.post(accept).status_code == 409
    visit.refresh_from_db()
    assert visit.status == "AGREED"
    assert sign_in(cast["outsider"]).get(page).status_code == 404


def test_lists_of_activities_stay_within_their_budget(cast, sign_in, django_assert_max_num_queries):
    visit_agreed(cast)
    sampling_agreed(cast)
    for who, url in (
        ("qn", reverse("activities", args=["10101"])),
        ("lsv", reverse("caseload")),
        ("planner", reverse("schedule") + "?show=agreed"),
        ("lsv", reverse("calendar")),
    ):
        client = sign_in(cast[who])
        with django_assert_max_num_queries(BUDGET):
            assert client.get(url).status_code == 200, url


def test_messages_are_written_and_the_other_side_is_told(cast, sign_in, django_assert_max_num_queries):
    allocated(cast)
    url = reverse("messages", args=["10101"])
    client = sign_in(cast["qn"])
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "May we move the visit to <b>Riverside</b>?"}).status_code == 302
    message = Message.objects.get()
    assert message.written_as == "Quality Nominee"
    assert set(Mail.objects.filter(kind="message").values_list("to__email", flat=True)) == {
        cast["lsv"].email, cast["sv"].email,
    }  # fmt: skip
    assert "Riverside" not in Mail.objects.filter(kind="message").first().body
    client = sign_in(cast["lsv"])
    with django_assert_max_num_queries(BUDGET):
        page = client.get(url).content.decode()
    assert "&lt;b&gt;Riverside" in page
    client.post(url, {"text": "Yes."})
    assert Mail.objects.filter(kind="message", to=cast["qn"]).count() == 1
    assert sign_in(cast["outsider"]).get(url).status_code == 404
    assert sign_in(cast["assessor"]).get(url).status_code == 403


def test_the_newest_messages_come_first_page_by_page(cast, sign_in):
    year = allocated(cast)
    for number in range(60):
        messages.post(centre_year_id=year.pk, by=cast["qn"], at=NOW, text=f"Message number {number:03}.")
    client, url = sign_in(cast["lsv"]), reverse("messages", args=["10101"])
    newest = client.get(url).content.decode()
    assert "number 059" in newest
    assert newest.index("number 010") < newest.index("number 059")
    assert "number 009" not in newest
    assert "number 009" in client.get(f"{url}?page=2").content.decode()


def test_a_message_reaches_the_quality_manager_when_asked_for_and_other_verifiers_as_they_like(cast, sign_in):
    allocated(cast)
    url = reverse("messages", args=["10101"])
    sign_in(cast["qn"]).post(url, {"text": "Please look at this.", "to_quality_manager": "on"})
    assert Mail.objects.filter(kind="message", to=cast["manager"]).count() == 1
    assert "also to the quality manager" in sign_in(cast["manager"]).get(url).content.decode()
    lead = sign_in(cast["lsv"])
    lead.post(url, {"text": "I do."})
    assert Mail.objects.filter(kind="message", to=cast["sv"]).count() == 2
    sign_in(cast["sv"]).post(
        reverse("account-mail"),
        {"reminders": "yes", "escalations": "yes", "copies": "yes", "verifiers": "no"},
    )
    sign_in(cast["lsv"]).post(url, {"text": "Done."})
    assert Mail.objects.filter(kind="message", to=cast["sv"]).count() == 2


def test_an_attachment_is_opened_by_the_other_side_only(cast, sign_in):
    from django.core.files.uploadedfile import SimpleUploadedFile

    allocated(cast)
    url = reverse("messages", args=["10101"])
    upload = SimpleUploadedFile("plan.txt", b"Assessment plan for the autumn", content_type="text/plain")
    assert sign_in(cast["qn"]).post(url, {"text": "The plan", "file": upload}).status_code == 302
    file = Message.objects.get().file
    link = reverse("evidence-file", args=[file.pk])
    assert sign_in(cast["lsv"]).get(link).status_code == 200
    assert sign_in(cast["assessor"]).get(link).status_code == 404
    assert sign_in(cast["outsider"]).get(link).status_code == 404


def test_a_calendar_feed_needs_only_its_secret_and_shows_only_ones_own(cast, sign_in, client):
    visit_agreed(cast)
    sampling_agreed(cast)
    allocated(cast, cast.harbour)
    person = cast["lsv"]
    signed_in = sign_in(person)
    assert "LSV visit, Northgate College" in signed_in.get(reverse("calendar")).content.decode()
    signed_in.post(reverse("calendar-address"))
    person.refresh_from_db()
    first = person.calendar_secret
    signed_in.logout()
    feed = client.get(reverse("calendar-feed", args=[first]))
    assert feed["Content-Type"].startswith("text/calendar")
    events = Calendar.from_ical(feed.content).walk("VEVENT")
    summaries = [str(event["summary"]) for event in events]
    assert "LSV visit, Northgate College" in summaries
    assert not any("Standards verification:" in summary for summary in summaries)
    visits = [event for event in events if str(event["uid"]).startswith("activity-")]
    assert visits[0]["dtstart"].dt == date(2026, 11, 18)
    sign_in(person).post(reverse("calendar-address"))
    client.logout()
    assert client.get(reverse("calendar-feed", args=[first])).status_code == 404
    assert client.get("/calendar/.ics").status_code == 404


def test_a_centres_calendar_covers_its_own_centre(cast, sign_in):
    visit_agreed(cast)
    page = sign_in(cast["qn"]).get(reverse("calendar")).content.decode()
    assert "LSV visit" in page
    assert "LSV visit" not in sign_in(cast["outsider"]).get(reverse("calendar")).content.decode()


def test_after_the_end_of_an_allocation_its_pages_are_gone(cast, sign_in, clock_at):
    visit = visit_agreed(cast)
    allocations.end(allocation_id=visit.allocation_id, by=cast["planner"], at=NOW, reason="Moved away")
    client = sign_in(cast["lsv"])
    assert client.get(reverse("activity", args=[visit.pk])).status_code == 404
    assert client.get(reverse("messages", args=["10101"])).status_code == 404
    visit.refresh_from_db()
    assert visit.status == "PLANNED"


def test_a_centre_cancels_on_its_page(cast, sign_in):
    visit = visit_agreed(cast)
    url = reverse("activity-cancel-date", args=[visit.pk])
    client = sign_in(cast["qn"])
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "Fire in the hall"}).status_code == 302
    date_proposals.propose_for_centre(centre_id=visit.centre_id, by=cast["planner"], at=NOW)
    visit.refresh_from_db()
    assert visit.status == "PROPOSED"


def test_the_quality_manager_finds_agreed_dates_of_their_centres_in_the_centres_time_zone(
    cast, sign_in, client
):
    Centre.objects.filter(pk=cast.northgate.centre.pk).update(
        quality_manager=cast["manager"], time_zone="Europe/Lisbon"
    )
    visit = visit_agreed(cast)
    Activity.objects.filter(pk=visit.pk).update(starts_at=time(9, 30))
    signed_in = sign_in(cast["manager"])
    assert "LSV visit, Northgate College" in signed_in.get(reverse("calendar")).content.decode()
    feed = _feed(sign_in, client, cast["manager"])
    event = next(each for each in Calendar.from_ical(feed).walk("VEVENT") if "visit" in each["SUMMARY"])
    assert str(event["DTSTART"].dt.tzinfo) == "Europe/Lisbon"
    assert not Calendar.from_ical(_feed(sign_in, client, cast["viewer"])).walk("VEVENT")


def _feed(sign_in, client, person):
    sign_in(person).post(reverse("calendar-address"))
    person.refresh_from_db()
    return client.get(reverse("calendar-feed", args=[person.calendar_secret])).content

"""The staff register: entries, development, who keeps it, and the list as a file."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import StaffDevelopment, StaffMember
from centres.operations import staff_register
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from qa_portal.tenancy import ALL_CENTRES, scoped_to
from tests.conftest import NOW, TODAY


@pytest.fixture
def member(cast):
    return cast.northgate.assessors[0]


def test_an_entry_is_added_and_noted_without_the_name(cast):
    made = staff_register.add(
        centre_id=cast.northgate.centre.pk, name="Robin Ashe", roles=["assessor"], by=cast["qn"], at=NOW
    )
    event = AuditEvent.objects.get(event="staff_member.added", target_id=made.pk)
    assert "Robin" not in str(event.details)


@pytest.mark.parametrize(
    ("who", "allowed"),
    [("qn", True), ("leader", True), ("head", False), ("exams", False), ("outsider", False)],
)
def test_r20_the_quality_nominee_and_programme_leaders_keep_it(cast, who, allowed):
    def add():
        return staff_register.add(
            centre_id=cast.northgate.centre.pk, name="Robin Ashe", roles=["assessor"], by=cast[who], at=NOW
        )

    if allowed:
        assert add().pk
    else:
        with pytest.raises(NotPermitted):
            add()


def test_the_same_name_at_the_same_site_is_refused(cast, member):
    with pytest.raises(RuleViolation, match="already"):
        staff_register.add(
            centre_id=member.centre_id, name=member.name.upper(), roles=["assessor"], site_id=member.site_id,
            by=cast["qn"], at=NOW,
        )  # fmt: skip


def test_whoever_left_stays_on_the_register(cast, member):
    staff_register.change(
        staff_member_id=member.pk, name=member.name, roles=member.roles, sector_id=None, site_id=member.site_id,
        started_on=member.started_on, left_on=date(2026, 10, 1), by=cast["qn"], at=NOW,
    )  # fmt: skip
    member.refresh_from_db()
    assert member.left_on == date(2026, 10, 1)


def test_nobody_leaves_before_starting(cast, member):
    with pytest.raises(RuleViolation, match="cannot leave before"):
        staff_register.change(
            staff_member_id=member.pk, name=member.name, roles=member.roles, sector_id=None, site_id=None,
            started_on=TODAY, left_on=date(2026, 1, 1), by=cast["qn"], at=NOW,
        )  # fmt: skip


def test_development_is_recorded_after_it_took_place(cast, member):
    line = {
        "staff_member_id": member.pk,
        "kind": "CPD",
        "title": "Assessing at distance",
        "by": cast["qn"],
        "at": NOW,
    }
    made = staff_register.add_development(on_date=date(2026, 10, 2), hours=3, **line)
    assert (made.centre_id, made.hours) == (member.centre_id, 3)
    with pytest.raises(RuleViolation, match="not come yet"):
        staff_register.add_development(on_date=date(2026, 12, 2), **line)


def test_the_pages_add_change_and_remove(cast, sign_in, scope, clock_at):
    clock_at(NOW)
    client = sign_in(cast["qn"])
    scope()
    base = "/centres/10101/people/staff/"
    answer = client.post(base + "add/", {"name": "Robin Ashe", "roles": ["assessor"]}, follow=True)
    assert "Robin Ashe is on the staff register" in answer.content.decode()
    entry = f"{base}{answer.context['entry'].pk}/"
    line = {"kind": "QUALIFICATION", "title": "Assessor award", "on_date": "2025-06-01"}
    answer = client.post(entry, line, follow=True)
    assert "Assessor award" in answer.content.decode()
    with scoped_to(ALL_CENTRES):
        pk = StaffDevelopment.objects.get(title="Assessor award").pk
    assert "Remove “Assessor award”" in client.get(f"{entry}development/{pk}/remove/").content.decode()
    client.post(f"{entry}development/{pk}/remove/")
    answer = client.post(
        entry + "change/", {"name": "Robin A. Ashe", "roles": ["internal_verifier"]}, follow=True
    )
    assert "Robin A. Ashe" in answer.content.decode()
    with scoped_to(ALL_CENTRES):
        assert not StaffDevelopment.objects.filter(title="Assessor award").exists()


def test_wrong_input_says_what_to_do(cast, sign_in, scope):
    client = sign_in(cast["qn"])
    scope()
    page = client.post("/centres/10101/people/staff/add/", {"name": ""}).content.decode()
    assert "Enter the name" in page
    assert "Choose at least one role" in page


def test_the_file_has_a_line_for_each_thing_and_runs_nothing(cast, sign_in, scope):
    StaffMember.objects.create(centre=cast.northgate.centre, name="=HYPERLINK(1)", roles=["assessor"])
    client = sign_in(cast["lsv"])
    from centres.permissions import RoleCode as R
    from tests.factories.centres import AccessGrantFactory

    AccessGrantFactory(person=cast["lsv"], role=R.LEAD_STANDARDS_VERIFIER, centre=cast.northgate.centre)
    scope()
    answer = client.get("/centres/10101/people/staff.csv")
    text = answer.content.decode("utf-8-sig")
    assert "attachment" in answer["Content-Disposition"]
    assert "Assessor A,Assessor" in text
    assert "Standardisation,Autumn,2026-09-15" in text
    assert "'=HYPERLINK" in text


def test_r23_another_centres_register_is_not_found(cast, sign_in, scope, member):
    client = sign_in(cast["outsider"])
    scope()
    assert client.get(f"/centres/10101/people/staff/{member.pk}/").status_code == 404
    assert client.get(f"/centres/20202/people/staff/{member.pk}/").status_code == 404

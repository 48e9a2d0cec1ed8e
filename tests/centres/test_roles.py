"""Roles: who may give which, one Quality Nominee at a time without a gap, one Lead IV per subject area."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction

from centres.models import AccessGrant
from centres.operations import centres, roles
from centres.operations.centres import CentreDetails
from centres.operations.imports import centres as centres_import
from centres.operations.vacancies import VACANCY
from centres.permissions import RoleCode as R
from centres.queries import people as queries
from centres.rules import people as rules
from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent, Deadline, Mail
from tests.cast import SUITE
from tests.conftest import TODAY
from tests.factories.centres import AccessGrantFactory, PersonFactory

LATER = date(2026, 11, 2)


@pytest.fixture
def alex():
    return PersonFactory(name="Alex Hart", email="alex@northgate.example")


def holders(centre, role, day):
    grants = AccessGrant.objects.filter(centre=centre, role=role, delegated_by=None).active_on(day)
    return [grant.person.name for grant in grants]


def test_r17_the_head_appoints_and_the_role_passes_without_a_gap(cast, now, alex):
    house = cast.northgate
    roles.appoint_quality_nominee(
        centre_id=house.centre.pk, person_id=alex.pk, starts_on=LATER, by=cast["head"], at=now
    )
    assert holders(house.centre, R.QUALITY_NOMINEE, LATER - timedelta(days=1)) == [cast["qn"].name]
    assert holders(house.centre, R.QUALITY_NOMINEE, LATER) == ["Alex Hart"]
    mails = Mail.objects.filter(centre=house.centre).values_list("to__name", "kind")
    assert ("Alex Hart", "role.granted") in mails
    assert (cast["qn"].name, "role.ended") in mails
    events = set(AuditEvent.objects.filter(chain=house.centre.pk).values_list("event", flat=True))
    assert {"role.ended", "role.granted", "quality_nominee.appointed"} <= events


def test_r17_a_successor_who_was_appointed_for_later_is_replaced(cast, now, alex):
    centre = cast.northgate.centre
    by = {"by": cast["head"], "at": now}
    roles.appoint_quality_nominee(centre_id=centre.pk, person_id=alex.pk, starts_on=LATER, **by)
    roles.appoint_quality_nominee(
        centre_id=centre.pk, person_id=cast["leader"].pk, starts_on=date(2026, 10, 25), **by
    )
    assert holders(centre, R.QUALITY_NOMINEE, LATER) == [cast["leader"].name]


def test_r17_a_second_quality_nominee_is_refused_in_words_and_by_the_database(cast, now, alex):
    centre = cast.northgate.centre
    wanted = {"person_id": alex.pk, "role": R.QUALITY_NOMINEE, "centre_id": centre.pk, "starts_on": LATER}
    with pytest.raises(RuleViolation, match="since 1.September 2023") as refused:
        roles.grant(**wanted, by=cast["head"], at=now)
    assert refused.value.rule == "R17"
    with pytest.raises(IntegrityError, match="one_quality_nominee_at_a_time"), transaction.atomic():
        AccessGrantFactory(person=alex, role=R.QUALITY_NOMINEE, centre=centre, starts_on=LATER)


def test_r17_only_whoever_may_grant_it_appoints(cast, now, alex):
    for who in ("qn", "exams", "leader", "planner", "outsider"):
        with pytest.raises(NotPermitted):
            roles.appoint_quality_nominee(
                centre_id=cast.northgate.centre.pk, person_id=alex.pk, starts_on=LATER, by=cast[who], at=now
            )


def test_r17_a_vacancy_alerts_the_head_until_somebody_is_appointed(cast, now, alex):
    centre = cast.northgate.centre
    grant = AccessGrant.objects.get(centre=centre, role=R.QUALITY_NOMINEE)
    roles.end(grant_id=grant.pk, on=TODAY, by=cast["head"], at=now)
    duty = Deadline.objects.get(kind=VACANCY)
    assert (duty.title, duty.owner_role, duty.due_on) == (
        "Appoint a Quality Nominee",
        R.HEAD_OF_CENTRE,
        TODAY,
    )
    assert [vacancy.label for vacancy in queries.vacancies(centre, TODAY)] == ["Quality Nominee"]
    roles.appoint_quality_nominee(
        centre_id=centre.pk, person_id=alex.pk, starts_on=TODAY, by=cast["head"], at=now
    )
    duty.refresh_from_db()
    assert duty.state == "MET"
    assert queries.vacancies(centre, TODAY) == []


def test_r17_a_centre_without_a_head_is_for_the_administrator(cast, now):
    grant = AccessGrant.objects.get(centre=cast.northgate.centre, role=R.HEAD_OF_CENTRE)
    roles.end(grant_id=grant.pk, on=TODAY, by=cast["admin"], at=now)
    assert Deadline.objects.get(kind=VACANCY).owner_role == R.ADMINISTRATOR


def test_r18_one_lead_internal_verifier_for_each_subject_area(cast, now):
    wanted = {
        "person_id": cast["iv"].pk,
        "role": R.LEAD_INTERNAL_VERIFIER,
        "centre_id": cast.northgate.centre.pk,
        "starts_on": TODAY,
        "by": cast["qn"],
        "at": now,
    }
    with pytest.raises(RuleViolation, match=f"for {SUITE}, since") as refused:
        roles.grant(**wanted, subject_area=SUITE)
    assert refused.value.rule == "R18"
    assert roles.grant(**wanted, subject_area="Hospitality").subject_area == "Hospitality"


def test_r18_two_at_the_same_moment_meet_the_constraint(cast, now, monkeypatch):
    """The check came too early for the other one's row: the database refuses, in the same words."""
    monkeypatch.setattr(rules, "one_at_a_time", lambda row: None)
    with pytest.raises(RuleViolation, match="has a Lead Internal Verifier for"):
        roles.grant(
            person_id=cast["iv"].pk, role=R.LEAD_INTERNAL_VERIFIER, centre_id=cast.northgate.centre.pk,
            subject_area=SUITE, starts_on=TODAY, by=cast["qn"], at=now,
        )  # fmt: skip


def test_r19_quality_nominee_and_examinations_officer_in_one_person_is_a_warning(cast, now):
    centre = cast.northgate.centre
    exams = cast["exams"]
    assert "R19" in rules.warnings(exams.pk, R.QUALITY_NOMINEE, centre.pk, TODAY)[0]
    roles.appoint_quality_nominee(
        centre_id=centre.pk, person_id=exams.pk, starts_on=TODAY, by=cast["head"], at=now
    )
    event = AuditEvent.objects.filter(event="role.granted").latest("seq")
    assert event.details["warning"] == "R19"
    assert rules.warnings(cast["leader"].pk, R.QUALITY_NOMINEE, centre.pk, TODAY) == []


@pytest.mark.parametrize(
    ("who", "role", "allowed"),
    [
        ("qn", R.ASSESSOR, True), ("qn", R.EXAMINATIONS_OFFICER, False), ("qn", R.QUALITY_NOMINEE, False),
        ("exams", R.ASSESSOR, True), ("exams", R.EXAMINATIONS_OFFICER, True), ("exams", R.HEAD_OF_CENTRE, False),
        ("head", R.ASSESSOR, False), ("leader", R.ASSESSOR, False), ("admin", R.EXAMINATIONS_OFFICER, True),
        ("outsider", R.ASSESSOR, False), ("planner", R.ASSESSOR, False),
    ],
)  # fmt: skip
def test_r20_only_the_may_grant_column_counts(cast, now, alex, who, role, allowed):
    def give():
        return roles.grant(
            person_id=alex.pk,
            role=role,
            centre_id=cast.northgate.centre.pk,
            starts_on=TODAY,
            by=cast[who],
            at=now,
        )

    if allowed:
        assert give().granted_by == cast[who]
    else:
        with pytest.raises(NotPermitted):
            give()


def test_r20_the_examinations_officer_gives_what_they_do_not_hold(cast, now, alex):
    centre = cast.northgate.centre
    assert not cast["exams"].may("assessment.decide", centre.pk)
    roles.grant(
        person_id=alex.pk, role=R.ASSESSOR, centre_id=centre.pk, starts_on=TODAY, by=cast["exams"], at=now
    )
    assert AccessGrant.objects.filter(person=alex, role=R.ASSESSOR).exists()


@pytest.mark.parametrize("who", ["qn", "exams", "admin"])
def test_r20_nobody_widens_their_own_access(cast, now, who):
    with pytest.raises(NotPermitted, match="themselves access"):
        roles.grant(
            person_id=cast[who].pk, role=R.ASSESSOR, centre_id=cast.northgate.centre.pk, starts_on=TODAY,
            by=cast[who], at=now,
        )  # fmt: skip


def test_a_role_fits_its_side(cast, now, alex):
    give = {"person_id": alex.pk, "starts_on": TODAY, "by": cast["admin"], "at": now}
    with pytest.raises(RuleViolation, match="of the awarding organisation"):
        roles.grant(role=R.PLANNER, centre_id=cast.northgate.centre.pk, **give)
    with pytest.raises(RuleViolation, match="at one centre"):
        roles.grant(role=R.ASSESSOR, centre_id=None, **give)
    assert roles.grant(role=R.PLANNER, centre_id=None, **give).centre is None


def test_the_same_role_twice_is_refused(cast, now):
    with pytest.raises(RuleViolation, match="here already"):
        roles.grant(
            person_id=cast["assessor"].pk, role=R.ASSESSOR, centre_id=cast.northgate.centre.pk, starts_on=TODAY,
            by=cast["qn"], at=now,
        )  # fmt: skip


def test_the_last_administrator_stays(cast, now):
    grant = AccessGrant.objects.get(person=cast["admin"])
    with pytest.raises(RuleViolation, match="only administrator"):
        roles.end(grant_id=grant.pk, on=TODAY, by=SYSTEM, at=now)


def test_the_head_of_centre_is_told_of_new_people(cast, now, alex):
    roles.grant(
        person_id=alex.pk,
        role=R.ASSESSOR,
        centre_id=cast.northgate.centre.pk,
        starts_on=TODAY,
        by=cast["qn"],
        at=now,
    )
    mail = Mail.objects.get(to=cast["head"])
    assert "Alex Hart" in mail.body
    assert mail.url == f"/centres/{cast.northgate.centre.number}/people/"


def test_r17_a_new_centre_asks_for_its_head_and_its_quality_nominee(cast, now, alex):
    details = CentreDetails(name="Quayside Training", approved_on=TODAY)
    added = centres.add(number="30303", details=details, by=cast["planner"], at=now)
    file = "number,name,approved_on\n30304,Weir Training,2026-10-01\n"
    (imported,) = centres_import.save(text=file, only_good_rows=False, by=cast["planner"], at=now)
    for centre in (added, imported):
        duties = Deadline.objects.open().filter(centre=centre, kind=VACANCY).order_by("owner_role")
        assert [(duty.title, duty.owner_role, duty.due_on) for duty in duties] == [
            ("Record a Head of Centre", R.ADMINISTRATOR, TODAY),
            ("Appoint a Quality Nominee", R.HEAD_OF_CENTRE, TODAY),
        ]
    roles.grant(
        person_id=alex.pk,
        role=R.HEAD_OF_CENTRE,
        centre_id=added.pk,
        starts_on=TODAY,
        by=cast["admin"],
        at=now,
    )
    left = Deadline.objects.open().filter(centre=added, kind=VACANCY)
    assert [duty.title for duty in left] == ["Appoint a Quality Nominee"]

"""Programmes, cohorts, sites and centres: approving, dating, closing, and what is refused."""

from __future__ import annotations

from datetime import date

import pytest

from centres.models import Centre, Cohort, Programme, Qualification, Site, Unit
from centres.operations import centres, cohorts, programmes, sites
from centres.operations.centres import CentreDetails
from centres.queries.programmes import approval_of, is_work_based, number_warnings
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import AuditEvent
from tests.factories.programmes import CohortFactory


@pytest.fixture
def programme(cast) -> Programme:
    return cast.northgate.programmes[0]


def _other(cast) -> Qualification:
    has = [programme.qualification_id for programme in cast.northgate.programmes]
    return Qualification.objects.exclude(pk__in=has).first()


def _approve(cast, now, **more):
    values = {
        "centre_id": cast.northgate.centre.pk, "qualification_id": _other(cast).pk, "by": cast["planner"], "at": now,
        "approved_from": date(2026, 9, 1),
    }  # fmt: skip
    return programmes.approve(**(values | more))


def test_the_awarding_organisation_approves_a_programme_once(cast, now):
    made = _approve(cast, now, approved_to=date(2028, 8, 31))
    assert approval_of(made, date(2026, 10, 20)).word == "Approved"
    with pytest.raises(RuleViolation, match="already"):
        _approve(cast, now, qualification_id=made.qualification_id)
    with pytest.raises(NotPermitted):
        _approve(cast, now, by=cast["qn"])
    with pytest.raises(RuleViolation, match="cannot end before"):
        _approve(cast, now, approved_to=date(2026, 8, 31))


def test_a_closed_programme_is_reopened_by_the_awarding_organisation(cast, programme, now):
    programmes.close(programme_id=programme.pk, by=cast["manager"], at=now)
    closed = Programme.objects.get(pk=programme.pk)
    assert (closed.status, closed.approved_to) == ("CLOSED", date(2026, 10, 20))
    with pytest.raises(RuleViolation):
        programmes.close(programme_id=programme.pk, by=cast["manager"], at=now)
    programmes.reopen(programme_id=programme.pk, by=cast["manager"], at=now)
    assert Programme.objects.get(pk=programme.pk).approved_to is None
    assert AuditEvent.objects.filter(event="programme.reopened").exists()


def test_the_programme_leader_has_a_role_at_the_centre(cast, programme, now):
    made = programmes.name_leader(programme_id=programme.pk, leader_id=cast["head"].pk, by=cast["qn"], at=now)
    assert made.leader == cast["head"]
    with pytest.raises(RuleViolation, match="no role at the centre"):
        programmes.name_leader(
            programme_id=programme.pk, leader_id=cast["outsider"].pk, by=cast["qn"], at=now
        )


def _cohort(cast, programme, now, **more) -> Cohort:
    values = {
        "programme_id": programme.pk, "site_id": cast.northgate.sites[0].pk, "name": "January 2027",
        "delivery_pattern": "ACADEMIC_YEAR", "starts_on": date(2027, 1, 4), "ends_on": date(2027, 7, 1),
        "by": cast["leader"], "at": now,
    }  # fmt: skip
    return cohorts.add(**(values | more))


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"ends_on": date(2027, 1, 4)}, "cannot end"),
        ({"ends_on": date(2034, 1, 4)}, "six years"),
        ({"certification_needed_by": date(2026, 12, 1)}, "before the cohort has started"),
        ({"starts_on": date(2001, 1, 1), "ends_on": date(2002, 1, 1)}, "is approved from"),
    ],
)
def test_a_cohort_with_bad_dates_is_refused(cast, programme, now, wrong, message):
    with pytest.raises(RuleViolation, match=message):
        _cohort(cast, programme, now, **wrong)
    assert not Cohort.objects.filter(name="January 2027").exists()


def test_a_cohort_is_at_an_open_site_and_its_name_is_its_own(cast, programme, now):
    _cohort(cast, programme, now)
    with pytest.raises(RuleViolation, match="called January 2027"):
        _cohort(cast, programme, now)
    site = cast.northgate.sites[1]
    sites.change(site_id=site.pk, name=site.name, address="", is_main=False, closed_on=date(2026, 12, 31),
                 by=cast["qn"], at=now)  # fmt: skip
    with pytest.raises(RuleViolation, match="closed on"):
        _cohort(cast, programme, now, site_id=site.pk, name="Later")


def test_a_site_of_another_centre_is_no_site(cast, programme, now):
    with pytest.raises(Site.DoesNotExist):
        _cohort(cast, programme, now, site_id=cast.harbour.sites[0].pk)


def test_a_changed_cohort_records_before_and_after(cast, programme, now):
    cohort = CohortFactory(programme=programme, site=cast.northgate.sites[0])
    cohorts.change(cohort_id=cohort.pk, site_id=cohort.site_id, name="New name", by=cast["exams"], at=now,
                   delivery_pattern="SHORT_COURSE", starts_on=date(2026, 9, 8), ends_on=date(2026, 12, 1))  # fmt: skip
    details = AuditEvent.objects.get(event="cohort.changed").details
    assert details["before"]["starts_on"] == "2026-09-07"
    assert details["after"]["starts_on"] == "2026-09-08"


def test_there_is_one_main_site(cast, now):
    new = sites.add(
        centre_id=cast.northgate.centre.pk, name="Annexe", address="", is_main=True, by=cast["qn"], at=now
    )
    assert list(Site.objects.filter(centre=cast.northgate.centre, is_main=True)) == [new]


def test_non_wbl_programmes_are_known_by_date(cast):
    assert is_work_based(cast.northgate.programmes[0].qualification_id, date(2026, 10, 20))
    btec = Qualification.objects.filter(qa_models__model="BTEC").exclude(qa_models__model="WBL").first()
    assert not is_work_based(btec.pk, date(2026, 10, 20))


def test_r33_a_doubtful_qualification_number_is_a_warning(cast):
    good = cast.northgate.programmes[0].qualification
    assert number_warnings(good, []) == []
    assert "usually" in number_warnings(Qualification(qan="603/6136/1"), [])[0]


def test_r34_a_doubtful_unit_reference_is_a_warning(cast):
    warnings = number_warnings(cast.northgate.programmes[0].qualification, [Unit(number=1, urn="A/617/1234")])
    assert len(warnings) == 1
    assert "letter" in warnings[0]


def _details(name: str = "Quayside Training") -> CentreDetails:
    return CentreDetails(name=name, approved_on=date(2026, 9, 1))


@pytest.mark.parametrize("number", ["1234", "123456", "12A45", ""])
def test_r35_a_centre_number_has_five_digits(cast, now, number):
    with pytest.raises(RuleViolation) as refused:
        centres.add(number=number, details=_details(), by=cast["planner"], at=now)
    assert refused.value.rule == "R35"


def test_r35_a_centre_number_is_one_centres(cast, now):
    centre = centres.add(number="30 303", details=_details(), by=cast["planner"], at=now)
    assert centre.number == "30303"
    with pytest.raises(RuleViolation, match="Another centre"):
        centres.add(number="30303", details=_details("Other"), by=cast["planner"], at=now)
    assert Centre.objects.filter(number="30303").count() == 1


def test_the_register_of_centres_is_the_planners(cast, now):
    with pytest.raises(NotPermitted):
        centres.add(number="30303", details=_details(), by=cast["qn"], at=now)
    centre = centres.change(
        centre_id=cast.harbour.centre.pk, details=_details("Harbour Skills"), by=cast["admin"], at=now
    )
    assert centre.name == "Harbour Skills"
    centres.close(centre_id=centre.pk, by=cast["admin"], at=now)
    with pytest.raises(RuleViolation, match="takes no new programme"):
        _approve(cast, now, centre_id=centre.pk)

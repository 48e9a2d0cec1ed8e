"""The register of the demonstration: people, two centres, sites, programmes, staff, verifiers, learners."""

from __future__ import annotations

from datetime import date

from faker import Faker

from centres import identifiers
from centres.models import (
    Centre,
    Cohort,
    Person,
    Programme,
    Qualification,
    Site,
    StaffDevelopment,
    StaffMember,
)
from centres.operations import centres, cohorts, learners, programmes, registrations, roles, sites
from centres.operations.centres import CentreDetails
from qa_portal.actors import SYSTEM
from reports.demo.people import HARBOUR, NORTHGATE, PASSWORD, PEOPLE, VERIFIERS
from reports.demo.stage import Stage
from verification.models import Verifier, VerifierSector

SUITE = "Sport Industry Skills"
# Learners of this year by qualification: 34 at Northgate, as its tracker shows.
LEARNERS = {"603/6136/0": 8, "603/6135/9": 12, "603/6134/7": 9, "603/6137/2": 5}
ROLL_ON = "603/6137/2"


def people_and_centres(stage: Stage) -> None:
    """Everybody with an account, the two centres, and who holds which role."""
    for one in PEOPLE:
        Person.objects.create_user(one.email, one.name, PASSWORD, details_confirmed_on=stage.today)
    for one in PEOPLE:
        for role, number in one.roles:
            if number is None:
                _grant(stage, one.email, role, None)
    manager = stage.person("manager@awarding.example")
    for number, name, town in (
        (NORTHGATE, "Northgate College", "Leeds"),
        (HARBOUR, "Harbour Training", "Hull"),
    ):
        details = CentreDetails(
            name=name, approved_on=date(stage.year - 6, 9, 1), town=town, quality_manager_id=manager.pk
        )
        centres.add(number=number, details=details, by=SYSTEM, at=stage.at)
    for one in PEOPLE:
        for role, number in one.roles:
            if number is not None:
                _grant(stage, one.email, role, Centre.objects.get(number=number), one.subject_area)


def _grant(stage: Stage, email: str, role: str, centre: Centre | None, area: str = "") -> None:
    roles.grant(
        person_id=stage.person(email).pk,
        role=role,
        centre_id=centre.pk if centre else None,
        subject_area=area,
        starts_on=stage.today,
        by=SYSTEM,
        at=stage.at,
    )


def verifiers(stage: Stage) -> None:
    """The verifier register."""
    sector = Qualification.objects.filter(suite=SUITE).first().sector
    for one in VERIFIERS:
        verifier = Verifier.objects.create(
            person=stage.person(one.email), is_lsv=one.is_lsv, days_a_year=one.days, town=one.town
        )
        if one.email != "rahman@verifiers.example":
            VerifierSector.objects.create(verifier=verifier, sector=sector, starts_on=stage.today)


def delivery(
    stage: Stage, number: str, qans: list[str], staff: list[tuple[str, str | None, list[str]]]
) -> Centre:
    """Sites, staff and approved programmes of one centre."""
    centre = Centre.objects.get(number=number)
    names = ["Castle Road", "Riverside"] if number == NORTHGATE else ["Dock Street"]
    for position, name in enumerate(names):
        sites.add(centre_id=centre.pk, name=name, address="", is_main=position == 0, by=SYSTEM, at=stage.at)
    site = Site.objects.get(centre=centre, is_main=True)
    sector = Qualification.objects.filter(suite=SUITE).first().sector
    for name, email, held in staff:
        person = stage.person(email) if email else None
        StaffMember.objects.create(
            centre=centre,
            person=person,
            name=name,
            roles=held,
            sector=sector,
            site=site,
            started_on=stage.today,
        )
    for qan in qans:
        approved = programmes.approve(
            centre_id=centre.pk,
            qualification_id=Qualification.objects.get(qan=qan).pk,
            approved_from=stage.today,
            by=SYSTEM,
            at=stage.at,
        )
        if number == NORTHGATE:
            leader = "leader@northgate.example" if qan < "603/6135/0" or qan > "603/6134/9" else ""
            leader = (
                "leader2@northgate.example" if qan == "603/6134/7" else leader or "leader@northgate.example"
            )
            programmes.name_leader(
                programme_id=approved.pk, leader_id=stage.person(leader).pk, by=SYSTEM, at=stage.at
            )
    return centre


def standardise(stage: Stage, centre: Centre, names: list[str], title: str) -> None:
    """Note that these members of staff took part in a standardisation event today."""
    for member in StaffMember.objects.filter(centre=centre, name__in=names):
        StaffDevelopment.objects.create(
            centre=centre,
            staff_member=member,
            kind="STANDARDISATION",
            title=title,
            on_date=stage.today,
            hours="3.0",
        )


class Intake:
    """Takes learners on, with Faker's names from a fixed seed and synthetic unique learner numbers."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.faker = Faker("en_GB")
        self.faker.seed_instance(10101)
        self._next = 410_000_000

    def cohort(self, programme: Programme, site: Site, *, year: int, short: bool = False) -> Cohort:
        """The September cohort of a programme, or a roll-on roll-off group."""
        pattern = "ROLL_ON_ROLL_OFF" if short else "ACADEMIC_YEAR"
        name = f"Roll-on {year}" if short else f"September {year}"
        return cohorts.add(
            programme_id=programme.pk, site_id=site.pk, name=name, delivery_pattern=pattern,
            starts_on=date(year, 9, 7), ends_on=date(year + 1, 6, 25),
            certification_needed_by=date(year + 1, 5, 28) if short else None,
            by=SYSTEM, at=self.stage.at,
        )  # fmt: skip

    def take_on(self, cohort: Cohort, number: int, *, enrolled: date, left_unregistered: int = 0) -> None:
        """Enrol learners and register all but the last few."""
        taken = []
        for _ in range(number):
            learner = learners.add(
                centre_id=cohort.centre_id,
                given_name=self.faker.first_name(),
                family_name=self.faker.last_name(),
                date_of_birth=self.faker.date_of_birth(minimum_age=16, maximum_age=24),
                uln=self._uln(),
                by=SYSTEM,
                at=self.stage.at,
            )
            taken.append(
                registrations.enrol(
                    learner_id=learner.pk,
                    cohort_id=cohort.pk,
                    enrolled_on=enrolled,
                    by=SYSTEM,
                    at=self.stage.at,
                )
            )
        for registration in taken[: number - left_unregistered]:
            registrations.register(registration_id=registration.pk, by=SYSTEM, at=self.stage.at)

    def _uln(self) -> str:
        while True:
            self._next += 1
            for digit in range(10):
                if identifiers.check_uln(f"{self._next}{digit}") is None:
                    return f"{self._next}{digit}"

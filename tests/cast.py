"""The cast of the tests: Northgate with one person per role, Harbour as the outsider, verifiers and staff."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from centres.models import (
    AssessmentDecision,
    Assignment,
    Centre,
    Cohort,
    Learner,
    Person,
    Programme,
    Qualification,
    Registration,
    Sector,
    Site,
    StaffDevelopment,
    StaffMember,
    Unit,
)
from centres.permissions import RoleCode as R
from tests.factories.centres import AccessGrantFactory, PersonFactory
from verification.models import Verifier, VerifierSector

SUITE = "Sport Industry Skills"
# Valid by the check of R32; synthetic.
_FIRST_NINE = range(100000000, 100000400)


def ulns() -> list[str]:
    """Synthetic unique learner numbers with valid check digits."""
    found = []
    for first in _FIRST_NINE:
        digits = [int(d) for d in str(first)]
        remainder = sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        if remainder:
            found.append(f"{first}{10 - remainder}")
    return found


@dataclass
class House:
    """One centre with its people, sites, staff and programmes."""

    centre: Centre
    people: dict[str, Person] = field(default_factory=dict)
    sites: list[Site] = field(default_factory=list)
    assessors: list[StaffMember] = field(default_factory=list)
    internal_verifiers: list[StaffMember] = field(default_factory=list)
    programmes: list[Programme] = field(default_factory=list)
    cohorts: list[Cohort] = field(default_factory=list)

    def __getitem__(self, role: str) -> Person:
        return self.people[role]


@dataclass
class Cast:
    """Everybody."""

    northgate: House
    harbour: House
    people: dict[str, Person]

    def __getitem__(self, name: str) -> Person:
        """``cast["qn"]``, ``cast["lsv"]``, ``cast["planner"]``, ``cast["outsider"]`` ..."""
        return self.people[name]


_CENTRE_ROLES = {
    "head": R.HEAD_OF_CENTRE, "qn": R.QUALITY_NOMINEE, "exams": R.EXAMINATIONS_OFFICER, "leader": R.PROGRAMME_LEADER,
    "leadiv": R.LEAD_INTERNAL_VERIFIER, "iv": R.INTERNAL_VERIFIER, "assessor": R.ASSESSOR,
}  # fmt: skip
_AO_ROLES = {"manager": R.QUALITY_MANAGER, "planner": R.PLANNER, "viewer": R.VIEWER, "admin": R.ADMINISTRATOR}


def make_cast(*, since: date = date(2023, 9, 1)) -> Cast:
    """Create the whole cast; call it in the scope of the staff role.

    The LSV and the SV exist on the verifier register, with no allocation and no access: operations give both.
    """
    people = {
        name: PersonFactory(name=f"{R(role).label} Person", email=f"{name}@awarding.example")
        for name, role in _AO_ROLES.items()
    }
    for name, role in _AO_ROLES.items():
        AccessGrantFactory(person=people[name], role=role, centre=None, starts_on=since)
    northgate = make_house("10101", "Northgate College", since=since, quality_manager=people["manager"])
    harbour = make_house(
        "20202", "Harbour Training", since=since, quality_manager=people["manager"], programmes=1
    )
    people |= northgate.people
    people["outsider"] = harbour.people["qn"]
    sector = Sector.objects.get(code=Qualification.objects.filter(suite=SUITE).first().sector.code)
    for name, lead in (("lsv", True), ("sv", False), ("lsv2", True)):
        people[name] = PersonFactory(name=f"{name.upper()} Person", email=f"{name}@verifiers.example")
        verifier = Verifier.objects.create(person=people[name], is_lsv=lead, days_a_year=24, town="York")
        VerifierSector.objects.create(verifier=verifier, sector=sector, starts_on=since)
    return Cast(northgate, harbour, people)


def make_house(number: str, name: str, *, since: date, quality_manager: Person, programmes: int = 4) -> House:
    """A centre with one person per role, two sites, three assessors, two internal verifiers and programmes."""
    centre = Centre.objects.create(
        number=number, name=name, town="Leeds", approved_on=since, quality_manager=quality_manager
    )
    house = House(centre)
    domain = name.split()[0].lower()
    for key, role in _CENTRE_ROLES.items():
        house.people[key] = PersonFactory(name=f"{R(role).label} of {name}", email=f"{key}@{domain}.example")
        area = SUITE if role == R.LEAD_INTERNAL_VERIFIER else ""
        AccessGrantFactory(
            person=house.people[key], role=role, centre=centre, starts_on=since, subject_area=area
        )
    house.sites = [
        Site.objects.create(centre=centre, name=site, is_main=not i)
        for i, site in enumerate(("Castle Road", "Riverside"))
    ]
    house.assessors = [_staff(house, f"Assessor {letter}", ["assessor"], since) for letter in "ABC"]
    house.internal_verifiers = [
        _staff(house, f"Verifier {letter}", ["internal_verifier"], since) for letter in "DE"
    ]
    for qualification in Qualification.objects.filter(suite=SUITE).order_by("qan")[:programmes]:
        house.programmes.append(
            Programme.objects.create(
                centre=centre, qualification=qualification, approved_from=since, leader=house.people["leader"]
            )
        )
    return house


def _staff(house: House, name: str, roles: list[str], since: date) -> StaffMember:
    member = StaffMember.objects.create(
        centre=house.centre, name=name, roles=roles, site=house.sites[0], started_on=since
    )
    StaffDevelopment.objects.create(
        centre=house.centre,
        staff_member=member,
        kind="STANDARDISATION",
        title="Autumn",
        on_date=date(2026, 9, 15),
    )
    return member


def teach(
    house: House,
    programme: Programme,
    *,
    learners: int = 8,
    first_uln: int = 0,
    decided: date | None = None,
    year: int = 2026,
) -> list[Registration]:
    """Give a programme a September cohort with registered learners; with ``decided``, decisions on every unit."""
    cohort = Cohort.objects.create(
        centre=house.centre, programme=programme, site=house.sites[0], name=f"September {year}",
        delivery_pattern="ACADEMIC_YEAR", starts_on=date(year, 9, 7), ends_on=date(year + 1, 6, 30),
    )  # fmt: skip
    house.cohorts.append(cohort)
    numbers = ulns()
    registrations = []
    for i in range(learners):
        learner = Learner.objects.create(
            centre=house.centre, given_name=f"Learner{i}", family_name=f"Of{programme.pk}",
            uln=numbers[first_uln + i], date_of_birth=date(2008, 1, 1),
        )  # fmt: skip
        registrations.append(
            Registration.objects.create(
                centre=house.centre, learner=learner, programme=programme, cohort=cohort, status="REGISTERED",
                enrolled_on=date(year, 9, 7), registered_on=date(year, 10, 1), certificate_name=learner.name,
                specification_version="1", fee_multiplier="1.00",
            )
        )  # fmt: skip
    if decided:
        _decide(house, programme, registrations, decided)
    return registrations


def _decide(house: House, programme: Programme, registrations: list[Registration], on: date) -> None:
    grades = ["P", "M", "D"]
    for unit in Unit.objects.filter(qualification=programme.qualification):
        assignment, _ = Assignment.objects.get_or_create(
            centre=house.centre,
            programme=programme,
            unit=unit,
            number=1,
            defaults={"title": f"Assignment {unit.number}"},
        )
        for i, registration in enumerate(registrations):
            AssessmentDecision.objects.create(
                centre=house.centre, registration=registration, programme=programme, assignment=assignment,
                site=house.sites[i % 2], assessor=house.assessors[i % 3], decided_on=on, grade=grades[i % 3],
                criteria={criterion["code"]: True for criterion in unit.criteria},
            )  # fmt: skip

"""Who appears in the demonstration, and the sign-ins that it prints."""

from __future__ import annotations

from dataclasses import dataclass

from centres.permissions import RoleCode as R

PASSWORD = "portal-demo-2026"  # noqa: S105  (public on purpose: checks.py keeps the demo on this machine)
NORTHGATE, HARBOUR = "10101", "20202"


@dataclass(frozen=True)
class DemoPerson:
    """One person: address, name, and the roles at a centre or on the awarding organisation's side."""

    email: str
    name: str
    roles: tuple[tuple[str, str | None], ...] = ()
    subject_area: str = ""


PEOPLE = (
    DemoPerson("admin@awarding.example", "Grace Whitlock", ((R.ADMINISTRATOR, None),)),
    DemoPerson("manager@awarding.example", "Isobel Grant", ((R.QUALITY_MANAGER, None),)),
    DemoPerson("planner@awarding.example", "Owen Marsh", ((R.PLANNER, None),)),
    DemoPerson("viewer@awarding.example", "Hannah Birch", ((R.VIEWER, None),)),
    DemoPerson("head@northgate.example", "Margaret Oduya", ((R.HEAD_OF_CENTRE, NORTHGATE),)),
    DemoPerson("qn@northgate.example", "Priya Nair", ((R.QUALITY_NOMINEE, NORTHGATE),)),
    DemoPerson("exams@northgate.example", "Tom Whitlow", ((R.EXAMINATIONS_OFFICER, NORTHGATE),)),
    DemoPerson("leader@northgate.example", "Daniel Reyes", ((R.PROGRAMME_LEADER, NORTHGATE),)),
    DemoPerson("leader2@northgate.example", "Sophie Lindqvist", ((R.PROGRAMME_LEADER, NORTHGATE),)),
    DemoPerson(
        "leadiv@northgate.example",
        "Helen Cartwright",
        ((R.LEAD_INTERNAL_VERIFIER, NORTHGATE),),
        "Sport Industry Skills",
    ),
    DemoPerson("iv@northgate.example", "James Pike", ((R.INTERNAL_VERIFIER, NORTHGATE),)),
    # One person works at both centres and chooses a context.
    DemoPerson(
        "assessor@northgate.example", "Amira Khalil", ((R.ASSESSOR, NORTHGATE), (R.ASSESSOR, HARBOUR))
    ),
    DemoPerson("assessor2@northgate.example", "Callum Reid", ((R.ASSESSOR, NORTHGATE),)),
    DemoPerson("head@harbour.example", "Anita Bose", ((R.HEAD_OF_CENTRE, HARBOUR),)),
    DemoPerson("qn@harbour.example", "Dean Molloy", ((R.QUALITY_NOMINEE, HARBOUR),)),
    DemoPerson(
        "leadiv@harbour.example",
        "Farah Aziz",
        ((R.LEAD_INTERNAL_VERIFIER, HARBOUR),),
        "Sport Industry Skills",
    ),
    DemoPerson("lsv@verifiers.example", "Ruth Adeyemi"),
    DemoPerson("sv@verifiers.example", "Marcus Feld"),
    DemoPerson("bowen@verifiers.example", "Gareth Bowen"),
    DemoPerson("rahman@verifiers.example", "Nadia Rahman"),
    DemoPerson("achebe@verifiers.example", "Simon Achebe"),
    DemoPerson("wyndham@verifiers.example", "Kate Wyndham"),
)
# The sign-ins that the demo prints, in the order in which the year's story meets them.
SHOWN = (
    ("head@northgate.example", "Head of Centre, Northgate College"),
    ("qn@northgate.example", "Quality Nominee"),
    ("exams@northgate.example", "Examinations Officer"),
    ("leader@northgate.example", "Programme leader"),
    ("leadiv@northgate.example", "Lead Internal Verifier"),
    ("iv@northgate.example", "Internal Verifier"),
    ("assessor@northgate.example", "Assessor, also at Harbour Training"),
    ("assessor2@northgate.example", "Assessor"),
    ("qn@harbour.example", "Quality Nominee, Harbour Training"),
    ("lsv@verifiers.example", "Lead Standards Verifier"),
    ("sv@verifiers.example", "Standards Verifier"),
    ("manager@awarding.example", "Quality manager"),
    ("planner@awarding.example", "Planner"),
    ("viewer@awarding.example", "Viewer"),
    ("admin@awarding.example", "Administrator"),
)


@dataclass(frozen=True)
class DemoVerifier:
    """A verifier of the register: days a year, town, LSV qualification, absence, conflict with Northgate."""

    email: str
    days: int
    town: str
    is_lsv: bool
    conflict: str = ""


VERIFIERS = (
    DemoVerifier("lsv@verifiers.example", 24, "York", True),
    DemoVerifier("sv@verifiers.example", 22, "Leeds", False),
    DemoVerifier("bowen@verifiers.example", 20, "Sheffield", True),
    DemoVerifier("rahman@verifiers.example", 22, "Bradford", True),
    DemoVerifier("achebe@verifiers.example", 20, "Hull", True, "FAMILY"),
    DemoVerifier("wyndham@verifiers.example", 4, "Durham", True),
)

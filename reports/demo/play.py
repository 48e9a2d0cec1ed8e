"""The whole demonstration in one transaction: all of it, or nothing."""

from __future__ import annotations

from datetime import date

from centres import academic_year
from centres.models import AccessGrant, Centre
from centres.operations import accounts
from qa_portal.models import Mail, OutboxEntry
from reports.demo import last_year, register, this_year
from reports.demo.people import HARBOUR, NORTHGATE, PEOPLE
from reports.demo.register import Intake
from reports.demo.stage import Stage

STAFF_NORTHGATE = [
    ("Amira Khalil", "assessor@northgate.example", ["assessor"]),
    ("Callum Reid", "assessor2@northgate.example", ["assessor"]),
    ("Joanna Priestley", None, ["assessor"]),
    ("James Pike", "iv@northgate.example", ["internal_verifier"]),
    ("Helen Cartwright", "leadiv@northgate.example", ["internal_verifier"]),
]
STAFF_HARBOUR = [
    ("Amira Khalil", "assessor@northgate.example", ["assessor"]),
    ("Stuart Lowe", None, ["assessor"]),
    ("Farah Aziz", "leadiv@harbour.example", ["internal_verifier"]),
]


def is_loaded() -> bool:
    """Whether the demonstration is in this database."""
    return Centre.objects.filter(number=NORTHGATE).exists()


def play(today: date) -> Stage:
    """Make everything by the portal's own operations, on a clock that moves from six years ago to 20 October.

    Runs in the staff scope, in one transaction. Mail of the past is noted as sent, not sent.
    """
    stage = Stage(academic_year.year_of(today))
    stage.move_to(9, 1, year=stage.year - 6)
    register.people_and_centres(stage)
    register.verifiers(stage)
    register.delivery(
        stage, NORTHGATE, ["603/6136/0", "603/6135/9", "603/6134/7", "603/6137/2"], STAFF_NORTHGATE
    )
    register.delivery(stage, HARBOUR, ["603/6134/7"], STAFF_HARBOUR)
    intake = Intake(stage)
    last_year.northgate(stage, intake)
    last_year.harbour(stage, intake)
    last_year.new_year(stage)
    _details_confirmed(stage)
    this_year.conflict(stage)
    this_year.northgate(stage, intake)
    this_year.harbour(stage, intake)
    stage.move_to(10, 20)
    Mail.objects.filter(state="DUE", due_at__lt=stage.at).update(state="SENT", sent_at=stage.at)
    assert AccessGrant.objects.exists()
    assert OutboxEntry.objects.exists()
    return stage


def _details_confirmed(stage: Stage) -> None:
    """Everybody looked at their own details when the year began, as they are asked to once a year."""
    for one in PEOPLE:
        person = stage.person(one.email)
        accounts.confirm_details(
            person_id=person.pk, name=person.name, phone=person.phone, by=person, at=stage.at
        )

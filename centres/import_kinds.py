"""The files that can be imported: their columns, who may import them, and an example row for the template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from centres.access import WHOLE_CENTRE
from centres.csv_files import Column, write
from centres.permissions import Permission as P

if TYPE_CHECKING:
    from collections.abc import Collection

    from qa_portal.actors import Actor


@dataclass(frozen=True)
class Kind:
    """One kind of import: a file does what its rows would do one by one, so it asks for the same permissions.

    ``scopes`` are what a system's token needs besides ``imports:run``.
    """

    code: str
    title: str
    what: str
    columns: tuple[Column, ...]
    permissions: tuple[P, ...] = ()
    scopes: tuple[str, ...] = ()

    def may_be_imported(self, by: Actor, centre_id: int | None) -> bool:
        """Whether somebody may import it for a whole centre; a role for one programme is not enough."""
        needed = (P.IMPORT_RUN, *self.permissions)
        return all(by.may(permission, centre_id, WHOLE_CENTRE) for permission in needed)

    def template(self) -> str:
        """The file to fill in: headings and one example row."""
        return write([c.name for c in self.columns], [[c.example for c in self.columns]])


LEARNERS = Kind(
    "learners",
    "Learners and registrations",
    "One row a learner, or a learner and a programme. A learner on two programmes has two rows.",
    (
        Column("uln", "Unique Learner Number, 10 digits; may be empty", "1000000019",
               aliases=("unique learner number", "learner number")),
        Column("given_name", "Given name", "Amira", True, ("first name", "forename", "given names")),
        Column("family_name", "Family name", "Hassan", True, ("surname", "last name")),
        Column("date_of_birth", "Like 2008-05-17 or 17/05/2008", "2008-05-17", aliases=("dob", "birth date")),
        Column("reference", "Your own number for the learner", "L-0042", aliases=("learner reference", "student id")),
        Column("programme", "Qualification number, like 603/6136/0; empty adds the learner only", "603/6136/0",
               aliases=("qan", "qualification", "qualification number")),
        Column("cohort", "Name of the cohort, as in the portal", "September 2026"),
        Column("enrolled_on", "Date of enrolment", "2026-09-07", aliases=("enrolment date", "enrolled")),
        Column("register", "yes registers the learner now; no or empty enrols only", "yes"),
        Column("certificate_name", "Name for certificates; empty takes the learner's name", "",
               aliases=("name on certificate",)),
    ),
    (P.LEARNER_EDIT, P.REGISTRATION_EDIT),
    ("learners:write",),
)  # fmt: skip
DECISIONS = Kind(
    "decisions",
    "Assessment decisions",
    "One row an assessor's decision on one learner's work for one assignment.",
    (
        Column("uln", "ULN of the learner; empty where the reference says who", "1000000019",
               aliases=("unique learner number",)),
        Column("learner_reference", "Your own number for the learner", "L-0042", aliases=("student id",)),
        Column("programme", "Qualification number", "603/6136/0", True, ("qan", "qualification")),
        Column("unit", "Number of the unit", "4", True),
        Column("assignment", "Number of the assignment within the unit; empty is 1", "1"),
        Column("attempt", "first, resubmission or retake; empty is first", "first"),
        Column("assessor", "Name of the assessor, as on the staff register", "Callum Reid", True),
        Column("site", "Name of the site; empty is the cohort's", "Castle Road"),
        Column("decided_on", "Date of the decision", "2026-11-12", True, ("decision date",)),
        Column("grade", "Grade of the qualification's scale, or U", "M", True),
        Column("criteria_met", "Codes of the criteria that were met, with spaces between", "4.P1 4.P2 4.M1"),
        Column("internal_verifier", "Name of the internal verifier, where it was verified", "Hanna Berg"),
        Column("verification", "agreed or corrected", "agreed"),
        Column("verified_on", "Date of the internal verification", "2026-11-20"),
        Column("reference", "Your own number for the decision", "D-1201"),
    ),
    (P.ASSESSMENT_DECIDE,),
    ("assessment:write",),
)  # fmt: skip
STAFF = Kind(
    "staff",
    "Staff register",
    "One row a person who assesses or verifies at the centre. Accounts are given on the people page.",
    (
        Column("name", "Name", "Callum Reid", True),
        Column("roles", "assessor, internal_verifier; several with spaces between", "assessor", True),
        Column("email", "Address of their account here, where they have one", "callum@northgate.example"),
        Column("sector", "Code of the sector", "sport-leisure-recreation"),
        Column("site", "Name of the site", "Castle Road"),
        Column("started_on", "Date of starting", "2022-09-01"),
        Column("qualification", "Assessing or verifying qualification", "Level 3 Award in Assessing"),
        Column("qualified_on", "Date of that qualification", "2021-06-30"),
        Column("standardised_on", "Date of this year's standardisation", "2026-09-15"),
    ),
    (P.STAFF_REGISTER_EDIT,),
)  # fmt: skip
PEOPLE = Kind(
    "people",
    "People with roles",
    "One row a person and a role. Whoever has an account gets the role; the others get an invitation by e-mail.",
    (
        Column("name", "Name", "Hanna Berg", True),
        Column("email", "E-mail address: they sign in with it", "hanna@northgate.example", True, ("e-mail", "mail")),
        Column("role", "Role at the centre, one that you may give", "Internal Verifier", True),
        Column("programme", "Qualification number, for a role for one programme; empty is all", "",
               aliases=("qan", "qualification", "qualification number")),
        Column("subject_area", "Principal subject area of a Lead Internal Verifier", ""),
    ),
    (P.ROLE_GRANT,),
)  # fmt: skip
CENTRES = Kind(
    "centres",
    "Centres",
    "One row a centre.",
    (
        Column("number", "Centre number", "10101", True, ("centre number",)),
        Column("name", "Name", "Northgate College", True, ("centre name", "centre")),
        Column("approved_on", "Date of approval", "2019-09-01", True),
        Column("nation", "England, Wales, Scotland or Northern Ireland; empty is England", "England"),
        Column("town", "Town", "Leeds"),
        Column("address", "Address", "1 Castle Road, Leeds"),
        Column("mainly_btec_qa", "yes where the centre mainly delivers under BTEC QA", "no"),
        Column("quality_manager", "E-mail of its quality manager", "manager@awarding.example"),
    ),
)  # fmt: skip

# The kinds that belong to one centre, in the order in which a new centre needs them.
OF_A_CENTRE = {kind.code: kind for kind in (PEOPLE, STAFF, LEARNERS, DECISIONS)}


def open_to(by: Actor, centre_id: int | None, scopes: Collection[str] | None = None) -> dict[str, Kind]:
    """The kinds that somebody may import at a centre; a system also needs the scopes, a person has none."""
    return {
        code: kind
        for code, kind in OF_A_CENTRE.items()
        if kind.may_be_imported(by, centre_id) and (scopes is None or set(kind.scopes) <= set(scopes))
    }

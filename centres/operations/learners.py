"""Adding learners and changing their details (R31, R32)."""

from __future__ import annotations

import hashlib
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from centres.models import Learner
from centres.permissions import Permission
from centres.queries.schemes import lead_verifier_scheme
from centres.rules import learners as rules
from qa_portal import audit
from qa_portal.actors import Actor
from qa_portal.errors import EditConflict, NotPermitted, RuleViolation

_DETAILS = ("given_name", "family_name", "date_of_birth", "uln", "reference")


def revision_of(learner: Learner) -> str:
    """What a form carries to notice that somebody else changed the learner in between."""
    text = "|".join(str(getattr(learner, field) or "") for field in _DETAILS)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


@transaction.atomic
def add(
    *,
    centre_id: int,
    given_name: str,
    family_name: str,
    date_of_birth: date | None,
    uln: str,
    by: Actor,
    at: datetime,
    reference: str = "",
) -> Learner:
    """Add a learner to a centre.

    A second learner of the same name and date of birth is a warning, which the caller shows
    (``queries.learners.same_person``). Raises NotPermitted, RuleViolation for a mistyped ULN (R32), one that another
    learner of the centre has (R31), or an implausible date of birth.
    """
    _may_edit(by, centre_id)
    details = _checked(given_name, family_name, date_of_birth, uln, reference, at)
    _uln_is_free(centre_id, str(details["uln"]))
    try:
        with transaction.atomic():
            learner = Learner.objects.create(centre_id=centre_id, **details)
    except IntegrityError as clash:
        raise _taken(str(details["uln"])) from clash
    audit.record("learner.added", by=by, target=learner, at=at, details=_digests(details))
    return learner


@transaction.atomic
def change(
    *,
    learner_id: int,
    given_name: str,
    family_name: str,
    date_of_birth: date | None,
    uln: str,
    reference: str,
    revision: str,
    by: Actor,
    at: datetime,
) -> Learner:
    """Change a learner's details; names already printed on a registration stay as they were given there.

    ``revision`` is what the form was opened with. Raises EditConflict when somebody else changed the learner since, and
    what ``add`` raises.
    """
    learner = Learner.objects.select_for_update(of=("self",)).get(pk=learner_id)
    _may_edit(by, learner.centre_id)
    if learner.erased_at is not None:
        raise RuleViolation("This learner's details were erased, so they are not changed any more.")
    if revision != revision_of(learner):
        raise EditConflict("Somebody else changed this learner while you were writing.")
    details = _checked(given_name, family_name, date_of_birth, uln, reference, at)
    changed = [field for field in _DETAILS if getattr(learner, field) != details[field]]
    if not changed:
        return learner
    if "uln" in changed:
        _uln_is_free(learner.centre_id, str(details["uln"]), without=learner.pk)
    before = _digests({field: getattr(learner, field) for field in changed})
    for field in changed:
        setattr(learner, field, details[field])
    try:
        with transaction.atomic():
            learner.save(update_fields=changed)
    except IntegrityError as clash:
        raise _taken(learner.uln) from clash
    after = _digests({field: getattr(learner, field) for field in changed})
    audit.record("learner.changed", by=by, target=learner, at=at, before=before, after=after)
    return learner


def _may_edit(by: Actor, centre_id: int) -> None:
    if not by.may(Permission.LEARNER_EDIT, centre_id):
        raise NotPermitted("Changing learners is the Examinations Officer's.")


def _checked(
    given_name: str, family_name: str, born: date | None, uln: str, reference: str, at: datetime
) -> dict[str, object]:
    today = timezone.localdate(at)
    given_name, family_name = rules.tidy(given_name), rules.tidy(family_name)
    if not (given_name and family_name):
        raise RuleViolation("Enter the learner's given name and family name.")
    rules.plausible_birth(born, today)
    return {
        "given_name": given_name,
        "family_name": family_name,
        "date_of_birth": born,
        "uln": rules.acceptable_uln(uln, lead_verifier_scheme(today).scheme),
        "reference": reference.strip(),
    }


def _uln_is_free(centre_id: int, uln: str, without: int | None = None) -> None:
    if not uln:
        return
    if Learner.objects.filter(centre_id=centre_id, uln=uln).exclude(pk=without).exists():
        raise _taken(uln)


def _taken(uln: str) -> RuleViolation:
    return RuleViolation(
        f"Another learner of this centre has the ULN {uln}. Search for it: it may be the same person.",
        rule="R31",
    )


def _digests(details: dict[str, object]) -> dict[str, str]:
    """Names and numbers of people go into the trail as digests only: erasing a person must leave nothing to read."""
    return {field: audit.text_digest(str(value or "")) for field, value in details.items()}

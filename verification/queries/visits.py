"""What an LSV needs to prepare, write up and rate a visit."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery, TextField, Value
from django.db.models.functions import Coalesce

from centres.models import Centre, Programme, Registration, Site, StaffMember
from centres.permissions import Permission
from centres.queries.holidays import holidays_of
from centres.schemes.verification import Criterion, RiskPolicy, Visit
from centres.working_days import add_working_days
from qa_portal.models import Deadline
from qa_portal.wording import counted, joined
from verification.models import (
    Action,
    Activity,
    ActivityKind,
    DraftAction,
    Escalation,
    FactCheck,
    Finding,
    FindingJudgement,
    ReportDraft,
    RequestedDocument,
)
from verification.queries import years
from verification.queries.years import scheme_of_year

LEVELS = ("low", "medium", "high")


def detailed(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """Add what the pages of a visit name: centre, year, scheme version, verifier, site."""
    return activities.select_related(
        "centre", "centre_year__scheme_version", "centre_year__lsv", "allocation__verifier__person", "site"
    ).defer("centre_year__scheme_version__content")


def for_desk(activities: QuerySet[Activity]) -> QuerySet[Activity]:
    """What every page of the desk shows of a visit beside its findings, in the query of the visit itself."""
    drafts = ReportDraft.objects.filter(activity=OuterRef("pk"), kind="VISIT")
    checks = FactCheck.objects.filter(activity=OuterRef("pk")).order_by("-sent_at", "-pk")
    written = DraftAction.objects.filter(activity=OuterRef("pk")).order_by().values("activity")
    return detailed(activities.filter(kind=ActivityKind.VISIT)).annotate(
        actions_written=Coalesce(Subquery(written.annotate(number=Count("pk")).values("number")), 0),
        rating_written=Coalesce(Subquery(drafts.values("rating")[:1]), Value(""), output_field=TextField()),
        summary_written=Coalesce(Subquery(drafts.values("summary")[:1]), Value(""), output_field=TextField()),
        check_status=Coalesce(Subquery(checks.values("status")[:1]), Value(""), output_field=TextField()),
    )


def visit_of(activity: Activity) -> Visit:
    """The scheme's part about the visit. Raises LookupError where the scheme has none."""
    visit = scheme_of_year(activity.centre_year).verification.visit
    if visit is None:
        raise LookupError("The scheme of this year has no LSV visit.")
    return visit


def writer_of(activity: Activity) -> int | None:
    """Whose activity it is now: the allocated verifier, who may be another than the one who began it."""
    allocation = activity.allocation
    return allocation.verifier.person_id if allocation is not None else None


def findings_of(activity: Activity) -> dict[str, Finding]:
    """The findings of a visit by criterion."""
    rows = Finding.objects.filter(centre_id=activity.centre_id, activity=activity).select_related("saved_by")
    return {finding.criterion: finding for finding in rows}


def draft_of(activity: Activity) -> ReportDraft | None:
    """What has been written of the report so far."""
    drafts = ReportDraft.objects.filter(centre_id=activity.centre_id, activity=activity, kind="VISIT")
    return drafts.select_related("saved_by").first()


def draft_actions_of(activity: Activity) -> list[DraftAction]:
    """The actions being written, essential ones first, then by due date; each knows the centre's last number."""
    last = Action.objects.filter(centre_id=activity.centre_id).order_by("-number").values("number")[:1]
    rows = DraftAction.objects.filter(centre_id=activity.centre_id, activity=activity)
    rows = rows.annotate(last_number=Subquery(last))
    return sorted(
        rows.select_related("owner", "programme__qualification"),
        key=lambda row: (row.level, row.due_on, row.pk),
    )


def revision_of(draft: DraftAction | None) -> str:
    """What tells whether a draft action is as it was when a form was opened."""
    if draft is None:
        return ""
    fields = [
        "level",
        "criterion",
        "text",
        "owner_id",
        "due_on",
        "programme_id",
        "risk_to_valid_certification",
    ]
    words = json.dumps([str(getattr(draft, field)) for field in fields])
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def documents_of(activity: Activity) -> list[RequestedDocument]:
    """The documents asked for before a visit, in the order in which they were asked for."""
    rows = RequestedDocument.objects.filter(centre_id=activity.centre_id, activity=activity)
    return list(rows.select_related("file").order_by("pk"))


def fact_check_of(activity: Activity) -> FactCheck | None:
    """The newest check of the facts."""
    checks = FactCheck.objects.filter(centre_id=activity.centre_id, activity=activity)
    return checks.select_related("sent_by", "answered_by").order_by("-sent_at", "-pk").first()


def escalations_of(activity: Activity) -> list[Escalation]:
    """What was brought to the quality manager from this visit, newest first."""
    rows = Escalation.objects.filter(centre_id=activity.centre_id, activity=activity)
    return list(rows.select_related("raised_by", "answered_by").order_by("-raised_at"))


def answer_due(escalation: Escalation) -> date | None:
    """By when an escalation is to be answered; None once it is."""
    duties = Deadline.objects.open().filter(
        centre_id=escalation.centre_id, kind="escalation", subject_id=escalation.pk
    )
    return duties.values_list("due_on", flat=True).first()


@dataclass(frozen=True)
class Numbers:
    """A centre in numbers, as the cover of a report tells them."""

    programmes: tuple[Programme, ...]
    learners: int
    assessors: int
    internal_verifiers: int
    sites: int

    @property
    def programmes_in_words(self) -> str:
        """ "4 programmes, Sport Industry Skills"."""
        suites = sorted({programme.qualification.suite for programme in self.programmes})
        return f"{counted(len(self.programmes), 'programme')}, {joined(suites)}" if suites else "None"

    @property
    def people_in_words(self) -> str:
        """ "34 learners, 3 assessors, 2 internal verifiers, 2 sites"."""
        return ", ".join(
            (
                counted(self.learners, "learner"),
                counted(self.assessors, "assessor"),
                counted(self.internal_verifiers, "internal verifier"),
                counted(self.sites, "site"),
            )
        )


def programmes_of(centre_id: int, year: int) -> list[Programme]:
    """The work-based programmes of a centre in a year: what a visit is about."""
    return years.work_based(years.active_programmes(centre_id, year), year)


def numbers_of(centre_id: int, year: int) -> Numbers:
    """Work-based programmes of a year with their registered learners, current staff and open sites of the centre."""
    programmes = programmes_of(centre_id, year)
    registrations = Registration.objects.filter(
        centre_id=centre_id, programme_id__in=[p.pk for p in programmes], status="REGISTERED"
    )
    staff = StaffMember.objects.filter(centre_id=centre_id, left_on=None)
    counted = Centre.objects.filter(pk=centre_id).values_list(
        _number_of(registrations, Count("learner_id", distinct=True)),
        _number_of(staff.filter(roles__contains=["assessor"])),
        _number_of(staff.filter(roles__contains=["internal_verifier"])),
        _number_of(Site.objects.filter(centre_id=centre_id, closed_on=None)),
    )
    return Numbers(tuple(programmes), *counted.get())


def _number_of(rows: QuerySet[Any], count: Count | None = None) -> Coalesce:
    """How many rows there are, as a part of another query."""
    of_centre = rows.order_by().values("centre_id").annotate(number=count or Count("pk"))
    return Coalesce(Subquery(of_centre.values("number")), 0)


@dataclass(frozen=True)
class Suggestion:
    """A suggested rating, and the sentences that explain it."""

    level: str
    reasons: tuple[str, ...]


def suggest_rating(
    criteria: Sequence[Criterion], findings: Mapping[str, Finding], risk: RiskPolicy
) -> Suggestion:
    """Suggest an initial rating: the worst risk of the criteria that are not met; the person decides (R12, R80).

    A finding marked as a risk to valid certification makes it high, whatever its criterion is worth.
    """
    levels, reasons = ["low"], []
    for criterion in criteria:
        finding = findings.get(criterion.key)
        if finding is None:
            continue
        if finding.judgement == FindingJudgement.NOT_MET:
            levels.append(criterion.risk)
            reasons.append(f"{criterion.title} is not met ({criterion.risk_colour}: {criterion.risk} risk).")
        if finding.risk_to_valid_certification:
            levels.append("high")
            reasons.append(f"{criterion.title} is marked as a risk to valid certification (red: high risk).")
    if not reasons:
        reasons.append("No criterion is judged as not met, and none as a risk to valid certification.")
    return Suggestion(risk.worst(tuple(levels)), tuple(reasons))


def default_due(activity: Activity, level: str, *, risk: bool, on: date) -> date:
    """When an action falls due unless the LSV says otherwise: the scheme's working days from today (R81).

    An action about a risk to valid certification falls due before the sampling window opens.
    """
    scheme = scheme_of_year(activity.centre_year)
    days = scheme.verification.actions.level(level.lower()).default_due_working_days.value
    holidays = holidays_of(activity.centre.nation, on, on + timedelta(days=days * 2 + 14))
    due = add_working_days(on, days, holidays)
    if not risk:
        return due
    window = scheme.windows[scheme.verification.actions.risk_to_certification_due_before_window]
    latest = window.on(activity.centre_year.year)[0] - timedelta(days=1)
    return min(due, latest) if latest > on else due


def working_days_from(activity: Activity, on: date, days: int) -> date:
    """The day so many working days after another, where the centre is."""
    holidays = holidays_of(activity.centre.nation, on, on + timedelta(days=days * 2 + 14))
    return add_working_days(on, days, holidays)


def facts_to_check(activity: Activity) -> dict[str, Any]:
    """What the centre is asked to check: day, people, and what was seen; no judgement, no rating (R69)."""
    found = findings_of(activity)
    return {
        "day": activity.day.isoformat() if activity.day else None,
        "people_seen": activity.people_seen,
        "criteria": [
            {"key": criterion.key, "title": criterion.title, "seen": found[criterion.key].seen}
            for criterion in visit_of(activity).criteria
            if criterion.key in found and found[criterion.key].seen.strip()
        ],
    }


def documents_wanted(activity: Activity) -> list[tuple[str, str]]:
    """The documents to ask for before a visit, as (key, title): one for each programme where the scheme says so."""
    programmes = programmes_of(activity.centre_id, activity.centre_year.year)
    wanted: list[tuple[str, str]] = []
    for document in visit_of(activity).documents:
        if document.per_programme:
            wanted += [
                (f"{document.key}-{programme.pk}"[:40], f"{document.title}: {programme.qualification.label}")
                for programme in programmes
            ]
        else:
            wanted.append((document.key, document.title))
    return wanted


def files_seen_by(person: Any, file_ids: Collection[int]) -> set[int]:
    """Documents sent for a visit, for those who may read activities at its centre."""
    links = RequestedDocument.objects.visible_to(person).filter(file_id__in=file_ids)
    rows = links.values_list("file_id", "centre_id")
    return {pk for pk, centre_id in rows if person.may(Permission.ACTIVITY_READ, centre_id)}


def files_kept(file_ids: Collection[int]) -> set[int]:
    """Documents that answered a request: they stay."""
    return set(RequestedDocument.objects.filter(file_id__in=file_ids).values_list("file_id", flat=True))

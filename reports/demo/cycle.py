"""Scenes that every year has: declaration, self-assessment, visit, samples, decisions, reports."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from centres.models import Centre, Programme
from centres.queries.holidays import holidays_of
from centres.queries.schemes import scheme_of
from centres.working_days import next_working_day
from reports.demo.stage import Stage
from reports.models import Report
from reports.operations.issue import issue_visit_report
from reports.operations.issue_sample import issue_sample_report
from sampling.models import Sample, SampledItem
from sampling.operations import compliance, evidence, judge, plan, request
from sampling.operations.compliance import Check
from sampling.queries.judgements import Answer, criteria_of_item
from verification.models import (
    Activity,
    Allocation,
    AnnualDeclaration,
    CentreYear,
    DirectClaimsRecommendation,
    RequestedDocument,
    SelfAssessment,
    Verifier,
    VerifierDay,
)
from verification.operations import (
    allocations,
    declarations,
    direct_claims,
    documents,
    fact_checks,
    findings,
    schedule,
    self_assessment_sections,
    self_assessments,
    visits,
)
from verification.operations.self_assessment_sections import Answer as Reply
from verification.queries import self_assessments as sa_queries
from verification.queries import visits as visit_queries
from verification.queries.years import required_statements

PLANNER, MANAGER = "planner@awarding.example", "manager@awarding.example"


@dataclass(frozen=True)
class Players:
    """Who plays the parts at one centre."""

    head: str
    qn: str
    lead_iv: str
    lsv: str = "lsv@verifiers.example"
    sv: str = "sv@verifiers.example"


def sign_declaration(stage: Stage, year: CentreYear, who: Players) -> None:
    """The Head of Centre confirms every statement."""
    declarations.sign(
        declaration_id=AnnualDeclaration.objects.get(centre_year=year).pk,
        accepted=[statement.key for statement in required_statements(year)],
        by=stage.person(who.head),
        at=stage.at,
    )


def answer(
    stage: Stage,
    year: CentreYear,
    section_key: str,
    who: str,
    *,
    programme: Programme | None = None,
    number: int | None = None,
    comments: dict[int, str] | None = None,
    no: Sequence[int] = (),
) -> None:
    """Somebody answers a section: the first ``number`` questions (all by default), Yes but for those in ``no``."""
    assessment = SelfAssessment.objects.get(centre_year=year)
    section = assessment.sections.get(key=section_key, programme=programme)
    said = comments or {}
    replies = {
        row.question: Reply(position not in no, said.get(position, ""))
        for position, row in enumerate(section.answers.order_by("pk")[: number or 99], 1)
    }
    self_assessment_sections.save_section(
        section_id=section.pk, answers=replies, revision=section.revision, by=stage.person(who), at=stage.at
    )


def section_keys(year: CentreYear) -> tuple[list[str], str]:
    """Keys of the centre-wide sections, and of the section that each programme has."""
    sections = list(SelfAssessment.objects.get(centre_year=year).sections.order_by("position"))
    wide = [section.key for section in sections if section.programme_id is None]
    return wide, next(section.key for section in sections if section.programme_id is not None)


def submit(stage: Stage, year: CentreYear, who: Players) -> None:
    """The Quality Nominee submits."""
    assessment = sa_queries.with_year(SelfAssessment.objects).get(centre_year=year)
    self_assessments.submit(self_assessment_id=assessment.pk, by=stage.person(who.qn), at=stage.at)


def accept(stage: Stage, year: CentreYear, who: Players) -> None:
    """The LSV has read it."""
    assessment = SelfAssessment.objects.get(centre_year=year)
    self_assessments.accept(self_assessment_id=assessment.pk, by=stage.person(who.lsv), at=stage.at)


def allocate(stage: Stage, year: CentreYear, who: Players, programmes: Sequence[Programme]) -> None:
    """The planner allocates the LSV and the SV of each programme."""
    places: list[tuple[str, Programme | None, str]] = [("LSV", None, who.lsv)]
    places += [("SV", programme, who.sv) for programme in programmes]
    for kind, programme, email in places:
        allocations.allocate(
            centre_year_id=year.pk,
            kind=kind,
            programme_id=programme.pk if programme else None,
            verifier_id=Verifier.objects.get(person__email=email).pk,
            by=stage.person(PLANNER),
            at=stage.at,
        )


def confirm_proposals(stage: Stage, year: CentreYear) -> None:
    """The planner confirms the verifiers that went on from last year."""
    for proposal in Allocation.objects.filter(centre_year=year, status="PROPOSED"):
        allocations.activate(allocation_id=proposal.pk, by=stage.person(PLANNER), at=stage.at)


def working_day(centre: Centre, day: date) -> date:
    """This day, or the next on which people work."""
    return next_working_day(day, holidays_of(centre.nation, day, day + timedelta(days=14)))


def agree_day(stage: Stage, activity: Activity, who: Players, day: date, *, by: str) -> None:
    """The verifier proposes a day and the centre accepts it."""
    day = working_day(activity.centre, day)
    while VerifierDay.objects.filter(verifier=activity.allocation.verifier, day=day).exists():
        day = working_day(activity.centre, day + timedelta(days=1))
    outside = not activity.window_from <= day <= activity.window_until
    schedule.propose_date(
        activity_id=activity.pk,
        day=day,
        by=stage.person(by),
        at=stage.at,
        late_reason="The cohort finishes outside the usual window." if outside else "",
    )
    schedule.accept(activity_id=activity.pk, by=stage.person(who.qn), at=stage.at)


def send_documents(stage: Stage, activity: Activity, who: Players, *, most: int = 99) -> None:
    """The Quality Nominee sends what the LSV asked for."""
    qn = stage.person(who.qn)
    for document in RequestedDocument.objects.filter(activity=activity, file=None).order_by("pk")[:most]:
        name = document.key.replace("_", "-") + ".pdf"
        file = stage.file(activity.centre, name, qn, f"{document.title}, {activity.centre.name}")
        documents.receive(document_id=document.pk, file_id=file.pk, by=qn, at=stage.at)


def hold_visit(stage: Stage, activity: Activity, who: Players, *, summary: str, reasons: str) -> None:
    """The LSV visits, finds every system met, and the centre confirms the facts; the report is not issued yet."""
    lsv = stage.person(who.lsv)
    visits.begin(activity_id=activity.pk, by=lsv, at=stage.at)
    activity = visit_queries.detailed(Activity.objects).get(pk=activity.pk)
    found = visit_queries.findings_of(activity)
    for criterion in visit_queries.visit_of(activity).criteria:
        findings.save_finding(
            activity_id=activity.pk,
            criterion=criterion.key,
            judgement="MET",
            seen=f"{criterion.title}: records seen for both terms, staff and learners confirmed them.",
            risk_to_valid_certification=False,
            revision=findings.finding_revision(found.get(criterion.key)),
            by=lsv,
            at=stage.at,
        )
    visits.save_texts(
        activity_id=activity.pk,
        by=lsv,
        at=stage.at,
        revision=0,
        people_seen="Quality Nominee, programme leaders, Lead Internal Verifier, 4 learners",
        summary=summary,
        good_practice="Learners film their own sessions and mark them against the criteria before assessment.",
        next_steps="The standards verifier samples each programme in the new year.",
        rating="LOW",
        rating_reasons=reasons,
    )
    check = fact_checks.send(activity_id=activity.pk, by=lsv, at=stage.at)
    fact_checks.answer(fact_check_id=check.pk, by=stage.person(who.qn), at=stage.at, corrections={})


def issue_visit(stage: Stage, activity: Activity, who: Players) -> Report:
    """The LSV issues the report of the visit."""
    return issue_visit_report(activity_id=activity.pk, by=stage.person(who.lsv), at=stage.at)


def draw(stage: Stage, activity: Activity, who: Players) -> Sample:
    """The SV draws the sample and asks the centre for the work; the Quality Nominee names the Lead IV."""
    sv = stage.person(who.sv)
    sample = plan.plan(activity_id=activity.pk, by=sv, at=stage.at)
    request.request(sample_id=sample.pk, by=sv, at=stage.at)
    request.name_lead_iv(
        sample_id=sample.pk, person_id=stage.person(who.lead_iv).pk, by=stage.person(who.qn), at=stage.at
    )
    return sample


def send_work(stage: Stage, sample: Sample, who: Players, *, most: int = 99) -> None:
    """The Lead IV sends a file for each item."""
    sender = stage.person(who.lead_iv)
    for item in sample.items.select_related("decision__registration__learner").order_by("position")[:most]:
        name = f"assignment-{item.position}.pdf"
        file = stage.file(sample.centre, name, sender, f"Assessed work, item {item.position}")
        evidence.add_evidence(
            item_id=item.pk,
            file_ids=[file.pk],
            description="Assignment with assessor's record",
            by=sender,
            at=stage.at,
        )


def judge_items(stage: Stage, sample: Sample, who: Players, *, disagree: int = 0) -> None:
    """The SV judges every item; the first ``disagree`` are not agreed."""
    sv = stage.person(who.sv)
    items = SampledItem.objects.filter(sample=sample).select_related("decision__assignment__unit")
    for number, item in enumerate(items.order_by("position")):
        answers = {criterion.code: Answer(True) for criterion in criteria_of_item(item)}
        if number < disagree:
            first = next(iter(answers))
            answers[first] = Answer(
                False, "The observation record stops after the warm-up: nothing shows the rest."
            )
        judge.judge(item_id=item.pk, revision=0, answers=answers, by=sv, at=stage.at)


_WRITTEN = {
    "staffing": "Assessors and internal verifiers are qualified in the sector; their training is on the register.",
    "resources": "Both sites have the equipment that the specification asks for; checks are dated and signed.",
    "good_practice": "Observation records name the minute at which each criterion was seen.",
    "next_steps": "Keep the work of this cohort until the certificates have arrived.",
}


@dataclass(frozen=True)
class WantedAction:
    """An action that a sample's report asks for."""

    text: str
    criterion: str
    owner: str
    due_on: date
    risk: bool = False


def conclude(
    stage: Stage,
    sample: Sample,
    who: Players,
    *,
    recommend: str,
    reasons: str,
    action: WantedAction | None = None,
) -> Report:
    """The SV checks compliance, writes up, recommends on direct claims, and issues the report."""
    sv, scheme = stage.person(who.sv), scheme_of(sample.scheme_version)
    form = scheme.verification.reports["standards_verification"]
    written = {
        section.key: _WRITTEN.get(section.key, "") for section in form.sections if section.filled == "written"
    }
    written["summary"] = reasons
    checks = {
        criterion.key: Check("MET", "Seen in the centre's records.")
        for criterion in scheme.verification.standards_verification.criteria
    }
    compliance.save(
        sample_id=sample.pk, revision=0, checks=checks, texts=written,
        direct_claims=(recommend, reasons), by=sv, at=stage.at,
    )  # fmt: skip
    if action is not None:
        compliance.add_action(
            sample_id=sample.pk, level="ESSENTIAL", criterion=action.criterion, text=action.text,
            owner_id=stage.person(action.owner).pk, due_on=action.due_on, risk_to_valid_certification=action.risk,
            by=sv, at=stage.at,
        )  # fmt: skip
    return issue_sample_report(sample_id=sample.pk, by=sv, at=stage.at)


def decide_direct_claims(stage: Stage, programme: Programme, reasons: str) -> None:
    """The quality manager accepts what the SV recommends."""
    waiting = DirectClaimsRecommendation.objects.get(programme=programme, status="WAITING")
    direct_claims.accept(recommendation_id=waiting.pk, reasons=reasons, by=stage.person(MANAGER), at=stage.at)

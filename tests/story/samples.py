"""Steps of stage 4 that other tests start from: a sample planned, requested, sent, judged, concluded."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from centres.operations import evidence as files
from centres.queries.schemes import scheme_of
from sampling.models import Sample, SampledItem
from sampling.operations import compliance, evidence, judge, plan, request
from sampling.operations.compliance import Check
from sampling.queries.judgements import Answer, criteria_of_item
from tests.cast import Cast, House, teach
from tests.story.allocations import agreed, forget_access, sampling_agreed
from verification.models import Activity, DirectClaimsStatus
from verification.queries.actions import DECISIONS

PLANNED_AT = datetime(2026, 12, 14, 9, 0, tzinfo=UTC)
DECIDED_ON = date(2026, 12, 4)
SENT_AT = datetime(2027, 1, 20, 9, 0, tzinfo=UTC)
JUDGED_AT = datetime(2027, 1, 27, 9, 0, tzinfo=UTC)
CONCLUDED_AT = datetime(2027, 1, 28, 9, 0, tzinfo=UTC)
# One SV serves all programmes, so each sample has a day of its own.
DAYS = (date(2027, 1, 27), date(2027, 1, 28), date(2027, 1, 29), date(2027, 1, 26))
ACTION_DUE = date(2027, 2, 26)
SECOND_AT = datetime(2027, 3, 1, 9, 0, tzinfo=UTC)
SECOND_DAY = date(2027, 3, 22)
WORK = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def assessed(
    cast: Cast, programme=None, house: House | None = None, *, learners: int = 8, decided: date = DECIDED_ON
) -> None:
    """Learners of a September cohort with decisions on every unit."""
    house = house or cast.northgate
    programme = programme or house.programmes[0]
    start = (house.programmes.index(programme) if programme in house.programmes else 5) * 40
    teach(house, programme, learners=learners, first_uln=start, decided=decided)


def sample_planned(
    cast: Cast,
    programme=None,
    house: House | None = None,
    *,
    learners: int = 8,
    at: datetime = PLANNED_AT,
    **agreement,
) -> Sample:
    """Learners assessed, a day agreed, and the sample drawn by the SV."""
    house = house or cast.northgate
    programme = programme or house.programmes[0]
    agreement.setdefault("day", DAYS[house.programmes.index(programme) % len(DAYS)])
    activity = sampling_agreed(cast, programme, house, **agreement)
    assessed(cast, programme, house, learners=learners)
    forget_access(cast["sv"])
    return plan.plan(activity_id=activity.pk, by=cast["sv"], at=at)


def sample_requested(
    cast: Cast, programme=None, house: House | None = None, *, at=PLANNED_AT, **how
) -> Sample:
    """The work requested from the centre."""
    sample = sample_planned(cast, programme, house, at=at, **how)
    return request.request(sample_id=sample.pk, by=cast["sv"], at=at)


def work(name: str = "work.pdf") -> SimpleUploadedFile:
    """A small file as somebody would send it."""
    return SimpleUploadedFile(name, WORK, content_type="application/pdf")


def evidence_sent(
    cast: Cast, sample: Sample, house: House | None = None, *, at: datetime = SENT_AT, missing: int = 0
) -> Sample:
    """A file for every item but the last ``missing``, of which the centre says why there is none."""
    by = (house or cast.northgate)["qn"]
    items = list(sample.items.order_by("position"))
    for item in items[: len(items) - missing]:
        file = files.store(centre_id=sample.centre_id, upload=work(f"item-{item.position}.pdf"), by=by, at=at)
        evidence.add_evidence(item_id=item.pk, file_ids=[file.pk], description="Assignment", by=by, at=at)
    for item in items[len(items) - missing :]:
        evidence.say_missing(item_id=item.pk, reason="Lost when the learner moved.", by=by, at=at)
    return Sample.objects.get(pk=sample.pk)


def sample_sent(cast: Cast, *args, missing: int = 0, **how) -> Sample:
    """Requested, and answered by the centre."""
    house = how.get("house") or (args[1] if len(args) > 1 else None)
    return evidence_sent(cast, sample_requested(cast, *args, **how), house, missing=missing)


def judge_item(cast: Cast, item: SampledItem, *, disagree: bool = False, at: datetime = JUDGED_AT) -> None:
    """Agree with every criterion of an item, or disagree with its first."""
    item = SampledItem.objects.select_related("decision__assignment__unit").get(pk=item.pk)
    judgement = item.judgements.first()
    answers = {each.code: Answer(True) for each in criteria_of_item(item)}
    if disagree:
        first = next(iter(answers))
        answers[first] = Answer(False, "The evidence stops after the warm-up.")
    judge.judge(
        item_id=item.pk,
        revision=judgement.revision if judgement else 0,
        answers=answers,
        by=cast["sv"],
        at=at,
    )


def judge_all(cast: Cast, sample: Sample, *, disagree: int = 0, at: datetime = JUDGED_AT) -> Sample:
    """Every item that is not missing judged; the first ``disagree`` of them as inaccurate."""
    items = sample.items.exclude(status="MISSING").order_by("position")
    for number, item in enumerate(items):
        judge_item(cast, item, disagree=number < disagree, at=at)
    return Sample.objects.get(pk=sample.pk)


def sample_judged(
    cast: Cast, programme=None, house: House | None = None, *, disagree: int = 0, **how
) -> Sample:
    """Every item judged; the first ``disagree`` of them as inaccurate."""
    return judge_all(cast, sample_sent(cast, programme, house, **how), disagree=disagree)


def written_up(
    cast: Cast,
    sample: Sample,
    *,
    house: House | None = None,
    action: bool = False,
    action_due: date = ACTION_DUE,
    recommend: str = "",
    at: datetime = CONCLUDED_AT,
) -> Sample:
    """Compliance checked, the report written, a recommendation made, and with ``action`` an essential action."""
    house = house or cast.northgate
    scheme = scheme_of(sample.scheme_version)
    form = scheme.verification.reports["standards_verification"]
    status = DirectClaimsStatus.objects.get(programme_id=sample.programme_id)
    kind = recommend or ("KEEP" if status.status == "ACTIVE" else "NOT_YET")
    compliance.save(
        sample_id=sample.pk,
        revision=0,
        checks={
            each.key: Check("MET", "Seen in the records.")
            for each in scheme.verification.standards_verification.criteria
        },
        texts={each.key: f"{each.title} as seen." for each in form.sections if each.filled == "written"},
        direct_claims=(kind, "What this sample has shown."),
        by=cast["sv"],
        at=at,
    )
    if action:
        compliance.add_action(
            sample_id=sample.pk, level="ESSENTIAL", criterion=DECISIONS,
            text="Assess the main activity again and verify the whole cohort.", owner_id=house["qn"].pk,
            due_on=action_due, risk_to_valid_certification=True, by=cast["sv"], at=at,
        )  # fmt: skip
    return sample


def sample_concluded(
    cast: Cast, programme=None, house: House | None = None, *, disagree: int = 0, recommend: str = "", **how
) -> Sample:
    """Concluded, with its report issued: released, or certification pending after ``disagree`` inaccurate items."""
    sample = sample_judged(cast, programme, house, disagree=disagree, **how)
    return conclude(cast, sample, house=house, action=disagree > 0, recommend=recommend)


def conclude(cast: Cast, sample: Sample, *, at: datetime = CONCLUDED_AT, **how) -> Sample:
    """Write a judged sample up and issue its report."""
    from reports.operations.issue_sample import issue_sample_report

    written_up(cast, sample, at=at, **how)
    issue_sample_report(sample_id=sample.pk, by=cast["sv"], at=at)
    return Sample.objects.get(pk=sample.pk)


def second_sample_sent(
    cast: Cast,
    first: Sample,
    house: House | None = None,
    *,
    day: date = SECOND_DAY,
    at: datetime = SECOND_AT,
) -> Sample:
    """The second sample after a block: a day agreed, drawn, requested and answered by the centre."""
    house = house or cast.northgate
    activity = Activity.objects.get(
        centre_id=first.centre_id, programme_id=first.programme_id, number=first.round + 1
    )
    agreed(cast, activity, "sv", house, day=day, at=at)
    sample = plan.plan(activity_id=activity.pk, by=cast["sv"], at=at)
    request.request(sample_id=sample.pk, by=cast["sv"], at=at)
    return evidence_sent(cast, sample, house, at=at)

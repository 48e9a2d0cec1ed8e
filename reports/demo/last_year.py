"""Last year: Northgate's, from September to its final annual report; Harbour's, which ends with a blocked programme."""

from __future__ import annotations

from datetime import date

from centres.models import Centre, Programme, Site
from qa_portal.actors import SYSTEM
from reports.demo import cycle, register, teaching
from reports.demo.cycle import Players, WantedAction
from reports.demo.people import HARBOUR, NORTHGATE
from reports.demo.stage import Stage
from reports.operations import final_reports
from reports.queries import final as final_queries
from verification.models import Activity, CentreYear, Release
from verification.operations import activity_counts, roll_over, years

AT_NORTHGATE = Players("head@northgate.example", "qn@northgate.example", "leadiv@northgate.example")
AT_HARBOUR = Players("head@harbour.example", "qn@harbour.example", "leadiv@harbour.example")
CIRCUIT, GYM, CHILDREN, RECREATION = "603/6136/0", "603/6135/9", "603/6134/7", "603/6137/2"


def northgate(stage: Stage, intake: register.Intake) -> None:
    """A good year: three programmes earn direct claims status; one essential action stays open."""
    last = stage.year - 1
    centre = Centre.objects.get(number=NORTHGATE)
    programmes = {p.qualification.qan: p for p in Programme.objects.filter(centre=centre)}
    year = _autumn(stage, centre, AT_NORTHGATE, list(programmes.values()), intake, size=7)
    rounds = {CIRCUIT: 2, GYM: 2, CHILDREN: 3, RECREATION: 1}
    _agree_counts(stage, year, programmes, rounds, AT_NORTHGATE)
    _first_round(stage, year, programmes, AT_NORTHGATE)
    for qan in (CIRCUIT, GYM, CHILDREN):
        _round(
            stage, year, programmes[qan], 2, AT_NORTHGATE, plan_on=(4, 6), judge_on=(5, 6), recommend="GRANT"
        )
    stage.move_to(5, 14, year=last)
    for qan in (CIRCUIT, GYM, CHILDREN):
        cycle.decide_direct_claims(
            stage, programmes[qan], "Two clean reviews within the year, nothing outstanding."
        )
    action = WantedAction(
        "Show that Callum Reid took part in standardisation before he decides more work. Send the signed minutes.",
        "standardisation",
        AT_NORTHGATE.qn,
        date(stage.year, 10, 9),
    )
    _round(
        stage, year, programmes[CHILDREN], 3, AT_NORTHGATE, plan_on=(5, 18), judge_on=(6, 10), recommend="KEEP",
        action=action,
    )  # fmt: skip
    stage.move_to(6, 16, year=last)
    cycle.decide_direct_claims(
        stage, programmes[CHILDREN], "Kept: the action concerns one assessor, no decision was wrong."
    )
    _final(stage, year, AT_NORTHGATE)


def harbour(stage: Stage, intake: register.Intake) -> None:
    """A hard year: two decisions were not agreed, so certification is pending and a second sample is due."""
    centre = Centre.objects.get(number=HARBOUR)
    programme = Programme.objects.get(centre=centre)
    year = _autumn(stage, centre, AT_HARBOUR, [programme], intake, size=6)
    action = WantedAction(
        "Assess the main activity of the two learners again, and verify the whole cohort's decisions on this unit.",
        "assessment_decisions",
        AT_HARBOUR.qn,
        date(stage.year, 9, 4),
        risk=True,
    )
    activity = Activity.objects.get(centre_year=year, kind="SAMPLING", programme=programme, number=1)
    sample = _sampled(stage, activity, AT_HARBOUR, plan_on=(5, 11), judge_on=(6, 22), disagree=2)
    cycle.conclude(
        stage,
        sample,
        AT_HARBOUR,
        recommend="NOT_YET",
        reasons="Two decisions are not supported by evidence.",
        action=action,
    )


def new_year(stage: Stage) -> None:
    """1 September: both centres' years follow on the last."""
    stage.move_to(9, 1)
    for number in (NORTHGATE, HARBOUR):
        centre = Centre.objects.get(number=number)
        roll_over.roll_over(centre_id=centre.pk, year=stage.year, by=SYSTEM, at=stage.at)


def _autumn(
    stage: Stage,
    centre: Centre,
    who: Players,
    programmes: list[Programme],
    intake: register.Intake,
    *,
    size: int,
) -> CentreYear:
    last = stage.year - 1
    stage.move_to(9, 1, year=last)
    year = years.open_year(centre_id=centre.pk, year=last, by=SYSTEM, at=stage.at)
    stage.move_to(9, 16, year=last)
    _staff_trained(stage, centre)
    sites = list(Site.objects.filter(centre=centre).order_by("pk"))
    for position, programme in enumerate(programmes):
        cohort = intake.cohort(programme, sites[position % len(sites)], year=last)
        intake.take_on(cohort, size, enrolled=date(last, 9, 7))
    stage.move_to(10, 6, year=last)
    cycle.sign_declaration(stage, year, who)
    cycle.allocate(stage, year, who, programmes)
    stage.move_to(10, 20, year=last)
    visit = Activity.objects.get(centre_year=year, kind="VISIT", number=1)
    cycle.agree_day(stage, visit, who, date(last, 11, 18), by=who.lsv)
    stage.move_to(10, 28, year=last)
    wide, own = cycle.section_keys(year)
    for key in wide:
        cycle.answer(stage, year, key, who.qn)
    for programme in programmes:
        _last_answers(stage, year, own, programme, who)
    cycle.submit(stage, year, who)
    stage.move_to(11, 4, year=last)
    cycle.accept(stage, year, who)
    cycle.send_documents(stage, visit, who)
    visit.refresh_from_db()
    stage.move_to(11, visit.day.day, year=last)
    cycle.hold_visit(
        stage, visit, who,
        summary="The centre's systems work and certificates are safe.",
        reasons="All systems are met; staff are settled and records are complete.",
    )  # fmt: skip
    stage.move_to(12, 1, year=last, hour=11, minute=4)
    cycle.issue_visit(stage, visit, who)
    return year


def _last_answers(stage: Stage, year: CentreYear, key: str, programme: Programme, who: Players) -> None:
    """As the second mock year has it: two sessions of standardisation, one self-verified case that was corrected."""
    children = programme.qualification.qan == CHILDREN
    comments = {1: "One session in January.", 3: "All units and both sites."}
    no: tuple[int, ...] = ()
    if children:
        comments |= {4: "One case when J. Pike was on leave; corrected in March."}
        no = (4,)
    cycle.answer(stage, year, key, who.qn, programme=programme, comments=comments, no=no)


def _staff_trained(stage: Stage, centre: Centre) -> None:
    names = [name for name in centre_staff(centre) if name != "Callum Reid"]
    register.standardise(stage, centre, names, "Standardisation of units 1 to 4")


def centre_staff(centre: Centre) -> list[str]:
    """Names on the staff register."""
    from centres.models import StaffMember

    return list(StaffMember.objects.filter(centre=centre).values_list("name", flat=True))


def _agree_counts(
    stage: Stage, year: CentreYear, programmes: dict[str, Programme], rounds: dict[str, int], who: Players
) -> None:
    stage.move_to(12, 7, year=year.year)
    for qan, count in rounds.items():
        if count == 1:
            continue
        row = activity_counts.propose(
            centre_year_id=year.pk, programme_id=programmes[qan].pk, count=count,
            reason="Direct claims status can be granted after two clean reviews.", by=stage.person(who.sv), at=stage.at,
        )  # fmt: skip
        activity_counts.confirm(activity_count_id=row.pk, by=stage.person(who.lsv), at=stage.at)


def _first_round(stage: Stage, year: CentreYear, programmes: dict[str, Programme], who: Players) -> None:
    for qan in (CIRCUIT, GYM, CHILDREN, RECREATION):
        _round(stage, year, programmes[qan], 1, who, plan_on=(1, 11), judge_on=(2, 22), recommend="NOT_YET")
        stage.move_to(2, 26, year=year.year)
        cycle.decide_direct_claims(stage, programmes[qan], "One review so far.")


def _round(
    stage: Stage,
    year: CentreYear,
    programme: Programme,
    number: int,
    who: Players,
    *,
    plan_on: tuple[int, int],
    judge_on: tuple[int, int],
    recommend: str,
    action: WantedAction | None = None,
) -> None:
    activity = Activity.objects.get(centre_year=year, kind="SAMPLING", programme=programme, number=number)
    sample = _sampled(stage, activity, who, plan_on=plan_on, judge_on=judge_on)
    reasons = "Every decision in the sample is supported by its evidence."
    cycle.conclude(stage, sample, who, recommend=recommend, reasons=reasons, action=action)


def _sampled(stage, activity, who, *, plan_on, judge_on, disagree=0):
    last = activity.centre_year.year
    stage.move_to(*plan_on, year=last)
    assert activity.programme is not None
    teaching.assess(activity.programme, units=teaching.ASSESSED_ON, at=stage.at)
    cycle.agree_day(stage, activity, who, date(last + 1, *judge_on), by=who.sv)
    sample = cycle.draw(stage, activity, who)
    cycle.send_work(stage, sample, who)
    activity.refresh_from_db()
    stage.move_to(activity.day.month, activity.day.day, year=last)
    cycle.judge_items(stage, sample, who, disagree=disagree)
    return sample


def _final(stage: Stage, year: CentreYear, who: Players) -> None:
    stage.move_to(7, 3, year=year.year)
    lsv = stage.person(who.lsv)
    programmes = Release.objects.filter(centre_year=year).values_list("programme_id", flat=True)
    final_reports.save_draft(
        centre_year_id=year.pk,
        texts={
            "summary": "A settled year: three programmes hold direct claims status and no decision had to be changed.",
            "rating": "LOW",
            "rating_reasons": "Systems are met and all samples were agreed; one assessor still has to standardise.",
            "good_practice": "Learners' own films as evidence of planning.",
            "next_steps": "One essential action goes on into the new year.",
        },
        recommended_cycle={str(pk): "enhanced" for pk in programmes},
        revision=0,
        by=lsv,
        at=stage.at,
    )
    assert final_queries.draft_of(year)
    final_reports.issue_final_report(centre_year_id=year.pk, by=lsv, at=stage.at)

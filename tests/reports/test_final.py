"""The final annual report: refused with every reason, issued once, last year's after the new one has begun."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from qa_portal.actors import SYSTEM
from qa_portal.errors import NotPermitted, RuleViolation
from qa_portal.models import Deadline, Mail
from reports.models import Report
from reports.operations import corrections, final_reports
from reports.operations.corrections import Decided
from reports.operations.issue import issue_visit_report
from reports.operations.issue_sample import issue_sample_report
from reports.queries import final as queries
from sampling.operations import waive
from tests.conftest import NOW
from tests.story.allocations import allocated, forget_access, opened
from tests.story.final_reports import JULY, draft_written, everything_waived, final_report_issued
from tests.story.samples import CONCLUDED_AT, sample_concluded
from tests.story.visits import visit_report_issued
from verification.models import Activity, ActivityCount, CentreYear, Release, RiskRating
from verification.operations import cancellations, roll_over, waivers

NOVEMBER = datetime(2027, 11, 20, 9, 0, tzinfo=UTC)
SEPTEMBER = datetime(2027, 9, 1, 7, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _july(clock_at):
    clock_at(NOW)


def _issue(cast, centre_year, who="lsv", at=JULY) -> Report:
    return final_reports.issue_final_report(centre_year_id=centre_year.pk, by=cast[who], at=at)


def _refused(cast, centre_year) -> list[tuple[str, str]]:
    with pytest.raises(RuleViolation) as refusal:
        _issue(cast, centre_year)
    return [(reason.rule, reason.what) for reason in refusal.value.reasons]


def test_r10_the_final_report_is_refused_until_every_sample_is_concluded_or_waived_with_a_reason(
    cast, clock_at
):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast)
    centre_year = sample.activity.centre_year
    forget_access(cast["lsv"])
    draft_written(cast, centre_year)
    rest = Activity.objects.filter(centre_year=centre_year, kind="SAMPLING", status="PLANNED")
    visit = Activity.objects.get(centre_year=centre_year, kind="VISIT")
    waivers.waive_visit(activity_id=visit.pk, reason="Flooded.", by=cast["manager"], at=JULY)
    assert [rule for rule, _ in _refused(cast, centre_year)] == ["R10", "R10", "R10"]

    with pytest.raises(RuleViolation, match="Say why"):
        waive.waive(activity_id=rest[0].pk, reason="", by=cast["lsv"], at=JULY)
    for activity in rest:
        waive.waive(activity_id=activity.pk, reason="No learners left.", by=cast["lsv"], at=JULY)

    report = _issue(cast, centre_year)
    assert "No learners left. Waived by LSV Person." in str(report.content)
    assert "Flooded. Waived by Quality manager Person." in str(report.content)


def test_r11_the_final_report_carries_a_recommended_cycle_for_every_programme(cast):
    centre_year = everything_waived(cast)
    draft_written(cast, centre_year, cycle="")
    assert ("R11", "A programme has no recommended cycle for next year") in _refused(cast, centre_year)

    draft_written(cast, centre_year, cycle="enhanced_two")
    report = _issue(cast, centre_year)

    section = next(each for each in report.content["sections"] if each["key"] == "next_cycle")
    assert [row["cells"][1]["text"] for row in section["rows"]] == ["Enhanced, 2 samples"] * 4
    centre_year.refresh_from_db()
    assert set(centre_year.next_cycle.values()) == {"enhanced_two"}
    assert (centre_year.risk, centre_year.final_report_state) == ("LOW", "DONE")
    assert RiskRating.objects.get(centre_year=centre_year).kind == "FINAL"


def test_r11_the_record_suggests_two_enhanced_samples_where_decisions_were_not_agreed(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast, disagree=1)

    record = queries.record_of(sample.activity.centre_year)
    suggested = queries.suggested_cycle(record, ["standard", "enhanced", "enhanced_two"])

    assert suggested[str(sample.programme_id)] == "enhanced_two"
    assert suggested[str(cast.northgate.programmes[1].pk)] == "enhanced"


def test_r69_a_second_press_leads_to_the_report_and_issues_nothing(cast):
    report = final_report_issued(cast)
    mails = Mail.objects.count()

    with pytest.raises(RuleViolation, match="LSV Person issued report FAR-10101-2026-1 on 3.July 2027") as no:
        _issue(cast, report.centre_year)

    assert no.value.reasons[0].url == reverse("report", args=[report.pk])
    assert (Report.objects.count(), RiskRating.objects.count(), Mail.objects.count()) == (1, 1, mails)


def test_r69_the_page_leads_to_the_report_on_a_second_press(cast, sign_in, clock_at):
    report = final_report_issued(cast)
    clock_at(JULY)
    client = sign_in(cast["lsv"])

    for name in ("final-report-of-year", "final-report-issue"):
        assert client.get(reverse(name, args=["10101", 2026])).url == reverse("report", args=[report.pk])
    answer = client.post(reverse("final-report-issue-now", args=["10101", 2026]), follow=True)

    assert answer.redirect_chain[0][0] == reverse("report", args=[report.pk])
    assert "LSV Person issued it on 3\xa0July 2027" in answer.content.decode()


def test_only_the_lsv_issues_it(cast):
    centre_year = everything_waived(cast)
    for who in ("sv", "manager", "qn", "planner"):
        with pytest.raises(NotPermitted):
            _issue(cast, centre_year, who)


def test_r11_a_report_issued_after_the_roll_over_sets_the_year_that_is_open(cast, clock_at):
    centre_year = everything_waived(cast)
    roll_over.roll_over(centre_id=centre_year.centre_id, year=2027, by=SYSTEM, at=SEPTEMBER)
    assert not ActivityCount.objects.filter(centre_year__year=2027).exists()
    clock_at(NOVEMBER)
    forget_access(cast["lsv"])

    draft_written(cast, centre_year, cycle="enhanced_two", at=NOVEMBER)
    _issue(cast, centre_year, at=NOVEMBER)

    counts = ActivityCount.objects.filter(centre_year__year=2027)
    assert set(counts.values_list("minimum", flat=True)) == {2}
    facts = Release.objects.filter(centre_year__year=2027).values_list("control_facts__rule", flat=True)
    assert set(facts) == {"R11"}


def test_after_1_november_last_years_lsv_writes_last_years_report_and_no_other(cast, sign_in, clock_at):
    centre_year = everything_waived(cast)
    roll_over.roll_over(centre_id=centre_year.centre_id, year=2027, by=SYSTEM, at=SEPTEMBER)
    clock_at(NOVEMBER)
    client = sign_in(cast["lsv"])

    entry = client.get(reverse("final-report", args=["10101"]))
    assert entry.url == reverse("final-report-of-year", args=["10101", 2026])
    page = client.get(entry.url)
    assert reverse("final-report-of-year", args=["10101", 2027]) in page.content.decode()
    draft_written(cast, centre_year, at=NOVEMBER)
    issued = client.post(reverse("final-report-issue-now", args=["10101", 2026]))

    report = Report.objects.get()
    assert issued.url == reverse("report", args=[report.pk])
    assert (report.centre_year_id, report.number) == (centre_year.pk, "FAR-10101-2026-1")
    assert client.get(issued.url).status_code == 200
    clock_at(datetime(2027, 11, 21, 9, 0, tzinfo=UTC))
    client = sign_in(cast["lsv"])
    assert client.get(reverse("centre", args=["10101"])).status_code in (403, 404)
    assert client.get(issued.url).status_code == 200


def test_an_address_of_a_year_that_is_not_there_is_not_found(cast, sign_in):
    allocated(cast)
    client = sign_in(cast["lsv"])
    for year in (2025, 2027):
        assert client.get(reverse("final-report-of-year", args=["10101", year])).status_code == 404


def test_r10_a_visit_is_waived_by_a_quality_manager_and_not_by_its_own_lsv(cast):
    centre_year = allocated(cast)
    forget_access(cast["lsv"])
    visit = Activity.objects.get(centre_year=centre_year, kind="VISIT")
    for who in ("lsv", "planner", "qn"):
        with pytest.raises(NotPermitted):
            waivers.waive_visit(activity_id=visit.pk, reason="Flooded.", by=cast[who], at=JULY)
    with pytest.raises(RuleViolation, match="Say why"):
        waivers.waive_visit(activity_id=visit.pk, reason=" ", by=cast["manager"], at=JULY)

    waived = waivers.waive_visit(activity_id=visit.pk, reason="Flooded.", by=cast["manager"], at=JULY)

    centre_year.refresh_from_db()
    assert (waived.status, centre_year.visit_state) == ("WAIVED", "DONE")
    assert centre_year.stage_facts["visit"] == ["Waived by Quality manager Person"]
    assert set(Mail.objects.filter(kind="visit_waived").values_list("to__name", flat=True)) == {
        cast["lsv"].name,
        cast["qn"].name,
    }
    assert not Deadline.objects.filter(subject_id=visit.pk, kind="lsv_visit", state="OPEN").exists()


def test_r10_a_year_whose_visit_was_cancelled_is_waived_all_the_same(cast, sign_in, scope):
    centre_year = allocated(cast)
    visit = Activity.objects.get(centre_year=centre_year, kind="VISIT")
    with pytest.raises(RuleViolation, match="on record"):
        waivers.waive_year_without_visit(
            centre_year_id=centre_year.pk, reason="Flooded.", by=cast["manager"], at=JULY
        )
    cancellations.cancel(activity_id=visit.pk, by=cast["planner"], at=JULY, reason="Flooded.")
    url = reverse("visit-waive", args=["10101", 2026])
    assert url in sign_in(cast["manager"]).get(reverse("activities", args=["10101"])).content.decode()
    assert url not in sign_in(cast["planner"]).get(reverse("activities", args=["10101"])).content.decode()

    waivers.waive_year_without_visit(
        centre_year_id=centre_year.pk, reason="Flooded.", by=cast["manager"], at=JULY
    )

    centre_year.refresh_from_db()
    assert centre_year.visit_state == "DONE"
    assert queries.record_of(centre_year).visit_waived == "Flooded. Waived by Quality manager Person."


def test_r9_a_programme_without_an_sv_is_waived_with_a_reason_on_its_page(cast, sign_in):
    centre_year = opened(cast)
    programme = cast.northgate.programmes[0]
    url = reverse("programme-waive", args=["10101", 2026, programme.pk])
    client = sign_in(cast["manager"])
    assert "Waive this sample" in client.get(url).content.decode()
    assert "Say why no sample is needed" in client.post(url, {"reason": " "}).content.decode()

    client.post(url, {"reason": "Nobody enrolled."})

    activity = Activity.objects.get(centre_year=centre_year, programme=programme)
    assert (activity.status, activity.ended_reason, activity.allocation) == (
        "WAIVED",
        "Nobody enrolled.",
        None,
    )
    record = queries.record_of(CentreYear.objects.get(pk=centre_year.pk))
    assert programme.pk not in {release.programme_id for release in record.without_activity}
    assert client.post(url, {"reason": "Again."}).status_code == 409


def test_the_page_to_waive_a_visit_is_the_quality_managers(cast, sign_in):
    centre_year = allocated(cast)
    visit = Activity.objects.get(centre_year=centre_year, kind="VISIT")
    url = reverse("activity-waive", args=[visit.pk])
    assert sign_in(cast["lsv"]).get(url).status_code == 403
    client = sign_in(cast["manager"])
    assert url in client.get(reverse("activity", args=[visit.pk])).content.decode()

    answer = client.post(url, {"reason": "The centre was flooded."}, follow=True)

    assert "Visit waived" in answer.content.decode()
    sampling = Activity.objects.filter(centre_year=centre_year, kind="SAMPLING").first()
    assert "Waive this visit" not in client.get(reverse("activity", args=[sampling.pk])).content.decode()


def _correct(
    cast, report, *, rating="LOW", cycle="enhanced", changes=None, reason="The second sample failed."
):
    programmes = report.content["record"]["recommended_cycle"]
    return corrections.issue_correction(
        report_id=report.pk,
        by=cast["lsv"],
        at=JULY,
        reason=reason,
        changes=changes or {},
        decided=Decided(rating, dict.fromkeys(programmes, cycle)),
    )


def test_r69_a_correction_of_the_final_report_may_rate_and_recommend_otherwise(cast):
    report = final_report_issued(cast)

    new = _correct(
        cast, report, rating="HIGH", cycle="enhanced_two", changes={"rating_reasons": "Decisions were wrong."}
    )

    figures = {each["label"]: each["word"] for each in new.content["outcome"]["figures"]}
    assert (new.version, figures["Final risk rating"]) == (2, "High")
    assert "Enhanced, 2 samples" in str(new.content["sections"])
    report.refresh_from_db()
    assert report.content["record"]["rating"] == "LOW"
    year = CentreYear.objects.get(pk=report.centre_year_id)
    assert (year.risk, set(year.next_cycle.values())) == ("HIGH", {"enhanced_two"})
    rating = RiskRating.objects.filter(centre_year=year).order_by("pk").last()
    assert (rating.level, rating.reasons) == ("HIGH", "Decisions were wrong.")
    assert rating.facts["facts"]["corrects"] == "LOW"


def test_r11_a_corrected_cycle_changes_the_year_that_has_begun(cast):
    report = final_report_issued(cast, cycle="enhanced_two")
    roll_over.roll_over(centre_id=report.centre_id, year=2027, by=SYSTEM, at=SEPTEMBER)
    assert set(ActivityCount.objects.values_list("minimum", flat=True)) == {2}

    _correct(cast, report, cycle="standard")

    assert set(ActivityCount.objects.values_list("minimum", flat=True)) == {1}
    after = Release.objects.filter(centre_year__year=2027)
    assert set(after.values_list("control_measure", flat=True)) == {"STANDARD"}


def test_r69_a_correction_that_changes_nothing_or_is_incomplete_is_refused(cast):
    report = final_report_issued(cast)
    with pytest.raises(RuleViolation, match="Nothing was changed"):
        _correct(cast, report)
    with pytest.raises(RuleViolation, match="low, medium or high"):
        _correct(cast, report, rating="")
    with pytest.raises(RuleViolation, match="cycle for each programme"):
        _correct(cast, report, cycle="weekly")
    with pytest.raises(RuleViolation, match="Say why"):
        _correct(cast, report, rating="HIGH", reason=" ")


def test_the_page_of_a_correction_asks_for_rating_and_cycles(cast, sign_in, clock_at):
    report = final_report_issued(cast)
    clock_at(NOW)
    client = sign_in(cast["lsv"])
    url = reverse("report-correct", args=[report.pk])
    form = client.get(url).context["form"]
    data = {name: field.initial or "" for name, field in form.fields.items()}

    answer = client.post(url, data | {"reason": "Wrong rating.", "rating": "MEDIUM"})

    new = Report.objects.get(version=2)
    assert answer.url == reverse("report", args=[new.pk])
    assert CentreYear.objects.get(pk=report.centre_year_id).risk == "MEDIUM"


def test_r69_a_second_press_on_a_samples_report_names_the_first(cast, clock_at):
    clock_at(CONCLUDED_AT)
    sample = sample_concluded(cast)
    report = Report.objects.get(kind="SAMPLE")

    with pytest.raises(
        RuleViolation, match=f"SV Person issued report {report.number} on 28.January 2027"
    ) as no:
        issue_sample_report(sample_id=sample.pk, by=cast["sv"], at=CONCLUDED_AT)

    assert no.value.reasons[0].url == reverse("report", args=[report.pk])
    assert Report.objects.count() == 1


def test_r69_a_second_press_on_a_visits_report_names_the_first(cast, clock_at):
    clock_at(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
    report = visit_report_issued(cast)

    with pytest.raises(RuleViolation, match="LSV Person issued report LSV-10101-2026-1 on 1.December 2026"):
        issue_visit_report(activity_id=report.activity_id, by=cast["lsv"], at=datetime.now(tz=UTC))

    assert Report.objects.count() == 1

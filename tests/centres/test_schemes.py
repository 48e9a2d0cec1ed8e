"""Schemes are read whole or refused with paths; the shipped ones carry the published figures."""

import copy
import csv
import json
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from centres import schemes
from centres.schemes import Scheme, SchemeContentInvalid, SchemeFile, scheme_errors
from centres.schemes.deadlines import Step
from centres.schemes.year import MonthDay

DATA = Path(schemes.__file__).parent.parent / "data"
FILES = {file.code: file for file in schemes.shipped()}
WBL, BTEC = FILES["wbl"].content, FILES["btec"].content
RAW = json.loads((DATA / "schemes" / "wbl-1.json").read_text("utf-8"))["content"]


def changed(path: str, value) -> dict:
    """Copy the shipped content with one value replaced; a path like "claims.gap.value"."""
    content = copy.deepcopy(RAW)
    *parents, last = path.split(".")
    thing = content
    for name in parents:
        thing = thing[int(name)] if name.isdigit() else thing[name]
    thing[int(last) if last.isdigit() else last] = value
    return content


def paths(content) -> list[str]:
    return [error.path for error in scheme_errors(content)]


def test_the_shipped_schemes_are_valid_and_know_their_name_and_version():
    assert (WBL.code, WBL.version, BTEC.code) == ("wbl", 1, "btec")
    assert FILES["wbl"].effective_from == date(2020, 9, 1)
    assert WBL.has_lead_verifier
    assert not BTEC.has_lead_verifier
    assert BTEC.self_assessment is None
    assert BTEC.verification.visit is None


def test_every_wbl_qualification_has_a_suite_of_the_wbl_scheme_and_the_rest_fall_to_btec():
    with (DATA / "qa_models.csv").open(encoding="utf-8", newline="") as file:
        wbl = {row["qan"] for row in csv.DictReader(file) if row["model"] == "WBL" and not row["ends_on"]}
    with (DATA / "qualifications.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert (row["qan"] in wbl) == (row["suite"] in FILES["wbl"].suites), row["qan"]
    assert FILES["btec"].suites == (), "the empty list stands for every other suite"


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        ("claims.gap_days_after_registration.value", "seventy", "$.claims.gap_days_after_registration.value"),
        ("claims.gap_days_after_registration.value", True, "$.claims.gap_days_after_registration.value"),
        ("claims.gap_days_after_registration.value", -1, "$.claims.gap_days_after_registration.value"),
        ("claims.gap_days_after_registration.rule", "thirty", "$.claims.gap_days_after_registration.rule"),
        ("claims.gap_dais", 70, "$.claims.gap_dais"),
        ("windows.lsv_visit.first", "31-12", "$.windows.lsv_visit.first"),
        ("windows.lsv_visit.last", "02-29", "$.windows.lsv_visit.last"),
        ("windows.lsv_visit.who", "somebody", "$.windows.lsv_visit.who"),
        ("windows.lsv_visit.title", " ", "$.windows.lsv_visit.title"),
        ("qa_model", "NVQ", "$.qa_model"),
        ("sampling.random_share.value", "1/0", "$.sampling.random_share.value"),
        ("sampling.random_share.value", "4/3", "$.sampling.random_share.value"),
        ("sampling.table", "other", "$.sampling.table"),
        (
            "sampling.tables.moderation_2026.rows.1.learners_from",
            17,
            "$.sampling.tables.moderation_2026.rows",
        ),
        ("registration.tariff_for.short_course", "other", "$.registration.tariff_for.short_course"),
        (
            "registration.tariffs.academic_year.bands.0.multiplier",
            "much",
            "$.registration.tariffs.academic_year.bands[0].multiplier",
        ),
        (
            "registration.tariffs.roll_on_roll_off.bands.1.to_days",
            40,
            "$.registration.tariffs.roll_on_roll_off.bands",
        ),
        (
            "registration.tariffs.academic_year.bands.3.to_days",
            40,
            "$.registration.tariffs.academic_year.bands",
        ),
        ("verification.risk.combined.low", {"low": "low"}, "$.verification.risk.combined.low.medium"),
        ("self_assessment", None, "$.self_assessment"),
        ("self_assessment.sections.1.key", "learner_support", "$.self_assessment.sections"),
        ("people", [], "$.people"),
        ("deadlines.report.to", "quality_nominee", "$.deadlines.report.to"),
    ],
)
def test_a_mistake_is_named_by_its_path_with_a_way_to_mend_it(path, value, where):
    content = changed(path, value)
    errors = scheme_errors(content)
    assert where in [error.path for error in errors]
    assert all(error.mend and error.problem for error in errors)
    with pytest.raises(SchemeContentInvalid) as refusal:
        Scheme.parse(content)
    assert refusal.value.errors == errors


def test_an_unknown_key_is_refused_with_the_nearest_known_one():
    (error,) = scheme_errors(changed("claims.gap_day_after_registration", 70))
    assert error.mend == "Did you mean “gap_days_after_registration”?"


def test_all_mistakes_are_reported_at_once():
    content = changed("qa_model", "NVQ")
    del content["claims"]
    content["people"]["account_unused_months"]["value"] = 0
    assert paths(content) == ["$.qa_model", "$.claims", "$.people.account_unused_months.value"]


@pytest.mark.parametrize("content", [None, [], "text", 3, {}])
def test_something_that_is_no_scheme_at_all_is_refused(content):
    assert scheme_errors(content)


LEAVES = st.none() | st.booleans() | st.integers() | st.text(max_size=5)


@settings(max_examples=40, deadline=None)
@given(
    key=st.sampled_from(sorted(RAW)),
    junk=LEAVES | st.lists(LEAVES) | st.dictionaries(st.text(max_size=5), LEAVES),
)
def test_reading_never_fails_in_another_way_than_with_errors(key, junk):
    content = {**RAW, key: junk}
    errors = scheme_errors(content)
    assert all(error.path.startswith("$") for error in errors)
    if not errors:
        assert Scheme.parse(content)


def test_a_scheme_file_names_the_path_inside_its_content():
    document = json.loads((DATA / "schemes" / "btec-1.json").read_text("utf-8"))
    document["content"]["claims"]["kinds"] = ["half"]
    with pytest.raises(SchemeContentInvalid, match=r"\$\.content\.claims\.kinds\[0\]"):
        SchemeFile.parse(document)


@pytest.mark.parametrize(
    ("window", "first", "last"),
    [
        ("annual_declaration", date(2026, 9, 1), date(2026, 10, 14)),
        ("self_assessment", date(2026, 9, 1), date(2026, 11, 3)),
        ("allocation", date(2026, 9, 15), date(2026, 10, 31)),
        ("lsv_visit", date(2026, 10, 1), date(2026, 11, 30)),
        ("standards_verification", date(2027, 1, 15), date(2027, 5, 15)),
        ("continuous_verification", date(2026, 9, 1), date(2027, 8, 31)),
        ("urgent_claims", date(2027, 8, 1), date(2027, 9, 15)),
        ("final_annual_report", date(2027, 6, 1), date(2027, 8, 31)),
    ],
)
def test_the_year_planner_has_its_published_days(window, first, last):
    assert WBL.windows[window].on(2026) == (first, last)
    assert WBL.windows[window].deadline(2026) == last
    assert WBL.windows[window].is_open(2026, last)
    assert not WBL.windows[window].is_open(2026, last + timedelta(days=1))
    assert not WBL.windows[window].is_open(2026, first - timedelta(days=1))


def test_r3_the_declaration_may_be_signed_from_1_september_to_14_october_inclusive():
    window = WBL.windows["annual_declaration"]
    assert window.is_open(2026, date(2026, 9, 1))
    assert window.is_open(2026, date(2026, 10, 14))
    assert not window.is_open(2026, date(2026, 10, 15))
    assert window.late == "with_reason"


def test_a_window_narrows_to_its_working_days():
    assert WBL.windows["standards_verification"].working_bounds(2026) == (
        date(2027, 1, 15),
        date(2027, 5, 14),
    )


@given(
    st.integers(2000, 2100),
    st.dates(date(2025, 1, 1), date(2025, 12, 31)),
    st.dates(date(2025, 1, 1), date(2025, 12, 31)),
)
def test_a_window_never_ends_before_it_begins(year, first, last):
    window = replace(
        WBL.windows["lsv_visit"], first=MonthDay(first.month, first.day), last=MonthDay(last.month, last.day)
    )
    begins, ends = window.on(year)
    assert begins <= ends < begins + timedelta(days=366)


def test_r4_the_wbl_declaration_is_required_only_with_an_active_wbl_programme():
    with_wbl = {s.key for s in WBL.annual_declaration.required(has_active_wbl_programme=True)}
    without = {s.key for s in WBL.annual_declaration.required(has_active_wbl_programme=False)}
    assert with_wbl - without == {"work_based_learning"}
    assert "terms_and_conditions" in without
    assert "account_confirmation" not in with_wbl


def test_r1_a_centre_with_four_programmes_answers_38_questions():
    form = WBL.self_assessment
    assert form.answers_needed("full", programmes=4) == 38
    assert [len(section.questions) for section in form.sections_for("full")] == [8, 6, 6]
    assert form.answers_needed("short", programmes=4) == len(form.questions_for("short")) == 8
    assert [
        question.number for question in form.section("assessment_and_internal_verification").questions
    ] == [f"5.{n}" for n in range(1, 7)]


# learners, control measure, pieces of work, every learner
SIZES = [
    (0, "standard", 0, True), (1, "standard", 1, True), (5, "standard", 5, True), (6, "standard", 6, False),
    (25, "standard", 6, False), (26, "standard", 9, False), (100, "standard", 9, False),
    (101, "standard", 12, False),
    (200, "standard", 12, False), (201, "standard", 24, False), (300, "standard", 24, False),
    (301, "standard", 36, False), (400, "standard", 36, False), (401, "standard", 48, False),
    (1, "enhanced", 9, True), (5, "enhanced", 9, True), (6, "enhanced", 9, False), (25, "enhanced", 9, False),
    (26, "enhanced", 12, False), (34, "enhanced", 12, False), (100, "enhanced", 12, False),
    (101, "enhanced", 15, False), (200, "enhanced", 15, False), (201, "enhanced", 30, False),
    (300, "enhanced", 30, False), (301, "enhanced", 45, False),
]  # fmt: skip


@pytest.mark.parametrize(("learners", "control", "items", "every"), SIZES)
def test_r55_r56_r57_the_smallest_sample_follows_the_table_at_every_boundary(learners, control, items, every):
    size = WBL.sample_size(learners, control)
    assert (size.items, size.every_learner) == (items, every)


@pytest.mark.parametrize(
    ("learners", "items"), [(1, 1), (15, 15), (16, 15), (100, 15), (101, 20), (200, 20), (201, 25), (900, 25)]
)
def test_r55_the_moderation_table_at_every_boundary(learners, items):
    assert WBL.sample_size(learners, "standard", table="moderation_2026").items == items


def test_a_table_without_a_control_measure_says_so():
    with pytest.raises(KeyError, match="enhanced control"):
        WBL.sample_size(10, "enhanced", table="moderation_2026")


@given(st.integers(0, 5000))
def test_r55_more_learners_never_mean_a_smaller_sample_and_enhanced_is_never_smaller(learners):
    for control in ("standard", "enhanced"):
        assert WBL.sample_size(learners, control).items <= WBL.sample_size(learners + 1, control).items
    assert WBL.sample_size(learners, "standard").items <= WBL.sample_size(learners, "enhanced").items


def test_r58_r60_sport_industry_skills_starts_enhanced_with_unit_4_and_one_of_the_others():
    rule = WBL.sampling.units("Sport Industry Skills")
    assert rule.initial_control_measure.value == "enhanced"
    assert rule.mandatory_units.value == ("4",)
    assert (rule.rotating_units.value, rule.rotating_units_each_time.value) == (("1", "2", "3"), 1)
    assert WBL.sampling.units("Teamwork and Personal Development").initial_control_measure.value == "standard"


BY_DAY = [
    ("2026-09-01", "1.00"), ("2026-11-01", "1.00"), ("2026-11-02", "1.05"), ("2026-12-23", "1.05"),
    ("2026-12-24", "1.10"), ("2027-01-31", "1.10"), ("2027-02-01", "1.25"), ("2027-08-31", "1.25"),
    ("2027-09-10", "1.25"), ("2026-08-20", "1.00"),
]  # fmt: skip


@pytest.mark.parametrize(("registered", "multiplier"), BY_DAY)
def test_r28_the_academic_year_tariff_at_every_boundary(registered, multiplier):
    fee = WBL.registration.fee(
        "academic_year", enrolled_on=date(2026, 9, 7), registered_on=date.fromisoformat(registered)
    )
    assert (fee.multiplier, fee.rule) == (Decimal(multiplier), "R28")


BY_AGE = [
    (0, "1.00"),
    (60, "1.00"),
    (61, "1.25"),
    (90, "1.25"),
    (91, "1.50"),
    (120, "1.50"),
    (121, "2.00"),
    (400, "2.00"),
]


@pytest.mark.parametrize(("days", "multiplier"), BY_AGE)
def test_r27_the_roll_on_roll_off_tariff_at_every_boundary(days, multiplier):
    enrolled = date(2026, 10, 5)
    registered = enrolled + timedelta(days=days)
    fee = WBL.registration.fee("roll_on_roll_off", enrolled_on=enrolled, registered_on=registered)
    assert (fee.multiplier, fee.rule, fee.days_after_enrolment) == (Decimal(multiplier), "R27", days)
    assert WBL.registration.is_late(enrolled_on=enrolled, registered_on=registered) == (days > 60)


def test_r28_the_next_rise_of_the_fee_is_known():
    tariff = WBL.registration.tariffs["academic_year"]
    assert tariff.next_rise(enrolled_on=date(2026, 9, 7), today=date(2026, 10, 20)) == (
        date(2026, 11, 1),
        Decimal("1.05"),
    )
    assert tariff.next_rise(enrolled_on=date(2026, 9, 7), today=date(2027, 3, 1)) is None
    roll_on = WBL.registration.tariffs["roll_on_roll_off"]
    assert roll_on.next_rise(enrolled_on=date(2026, 9, 1), today=date(2026, 10, 31)) == (
        date(2026, 10, 31),
        Decimal("1.25"),
    )


@given(st.integers(0, 500), st.integers(0, 500))
def test_r27_waiting_never_makes_a_registration_cheaper(days, more):
    enrolled = date(2026, 9, 1)
    for pattern in ("academic_year", "roll_on_roll_off"):
        sooner = WBL.registration.fee(
            pattern, enrolled_on=enrolled, registered_on=enrolled + timedelta(days=days)
        )
        later = WBL.registration.fee(
            pattern, enrolled_on=enrolled, registered_on=enrolled + timedelta(days=days + more)
        )
        assert sooner.multiplier <= later.multiplier


def test_reminders_go_before_and_escalations_after_the_deadline():
    assert WBL.reminders("self_assessment").steps(date(2026, 11, 3)) == (
        Step(date(2026, 10, 6), -28, ("quality_nominee",), "reminder"),
        Step(date(2026, 10, 20), -14, ("quality_nominee",), "reminder"),
        Step(date(2026, 10, 31), -3, ("quality_nominee",), "reminder"),
        Step(date(2026, 11, 3), 0, ("quality_nominee",), "reminder"),
        Step(date(2026, 11, 6), 3, ("head_of_centre",), "escalation"),
        Step(date(2026, 11, 13), 10, ("quality_manager",), "escalation"),
    )


def test_the_visit_reviews_seven_systems_and_asks_for_six_documents():
    visit = WBL.verification.visit
    assert len(visit.criteria) == 7
    assert len(visit.documents) == 6
    assert {criterion.risk_colour for criterion in visit.criteria} == {"red", "amber", "green"}
    assert all(criterion.risk == "high" for criterion in visit.criteria if criterion.threatens_certification)


def test_r68_the_sv_checks_staffing_resources_and_the_specification():
    keys = {criterion.key for criterion in WBL.verification.standards_verification.criteria}
    assert {"staffing", "resources", "specification"} <= keys
    sections = {s.key: s for s in WBL.verification.reports["standards_verification"].sections}
    assert all(sections[key].required for key in ("staffing", "resources", "compliance"))


def test_r12_a_medium_or_high_rating_brings_an_extra_activity():
    risk = WBL.verification.risk
    assert [risk.rating(key).extra_activities for key in ("low", "medium", "high")] == [0, 1, 1]


def test_r80_the_worst_failed_criterion_is_the_centres_risk():
    risk = WBL.verification.risk
    assert risk.worst(()) == "low"
    assert risk.worst(("low", "high", "medium")) == "high"
    assert risk.overall(centre="medium", qualification="high") == "high"


def test_figures_that_decisions_rest_on_have_their_published_values_and_rules():
    figures = {
        "R13": (WBL.allocation.max_consecutive_years, 4),
        "R30": (WBL.claims.gap_days_after_registration, 70),
        "R48": (WBL.assessment.resubmission_working_days, 15),
        "R62": (WBL.sampling.horizon_years, 4),
        "R67": (WBL.sampling.samples_in_first_year, 2),
        "R71": (WBL.direct_claims.review_months, 12),
        "R73": (WBL.direct_claims.lapse_months_without_claim, 12),
        "R75": (WBL.direct_claims.regain_reviews, 2),
        "R99": (WBL.verification.reports["lsv_visit"].due_working_days, 10),
    }
    for rule, (parameter, value) in figures.items():
        assert (parameter.value, parameter.rule) == (value, rule)


def test_the_work_of_a_visit_grows_with_programmes():
    assert WBL.allocation.days_needed("lsv_visit", programmes=4, sites=2) == 2


def test_an_outcome_records_scheme_version_rule_and_facts():
    assert WBL.basis("R30", days_since_registration=41) == {
        "scheme": "wbl",
        "version": 1,
        "rule": "R30",
        "facts": {"days_since_registration": 41},
    }


def test_units_and_criteria_of_the_four_diplomas_are_complete():
    with (DATA / "units.csv").open(encoding="utf-8", newline="") as file:
        units = {(row["qan"], row["unit"]) for row in csv.DictReader(file)}
    with (DATA / "criteria.csv").open(encoding="utf-8", newline="") as file:
        criteria = list(csv.DictReader(file))
    assert len(units) == 16
    assert {(row["qan"], row["unit"]) for row in criteria} == units
    assert all(row["code"].startswith(f"{row['unit']}.{row['grade']}") for row in criteria)
    for unit in units:
        passes = [row for row in criteria if (row["qan"], row["unit"]) == unit and row["grade"] == "P"]
        assert 4 <= len(passes) <= 6

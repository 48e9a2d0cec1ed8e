"""The reference data that comes with the portal is whole and consistent."""

from datetime import date

import pytest

from centres import reference_data
from centres.schemes import shipped

QUALIFICATIONS = {record.qan: record for record in reference_data.qualifications()}
SPORT = ("603/6136/0", "603/6135/9", "603/6134/7", "603/6137/2")


def test_fifteen_published_qualifications_and_three_marked_as_the_portals_own():
    own = [record for record in QUALIFICATIONS.values() if record.is_sample_data]
    assert len(QUALIFICATIONS) == 18
    assert len(own) == 3
    assert all(record.source == "portal" and record.title.startswith("Sample ") for record in own)


@pytest.mark.parametrize("qan", SPORT)
def test_each_sport_industry_skills_diploma_has_four_units_of_the_portals_own(qan):
    record = QUALIFICATIONS[qan]
    assert [unit.number for unit in record.units] == [1, 2, 3, 4]
    assert {unit.source for unit in record.units} == {"portal"}
    assert (record.suite, record.grades) == ("Sport Industry Skills", ("P", "M", "D"))
    for unit in record.units:
        codes = [criterion.code for criterion in unit.criteria]
        assert len(set(codes)) == len(codes)
        assert 4 <= sum(criterion.grade == "P" for criterion in unit.criteria) <= 6
        assert {criterion.grade for criterion in unit.criteria} <= set(record.grades)


def test_sport_industry_skills_moved_to_wbl_with_the_academic_year_2021_22():
    before, after = QUALIFICATIONS["603/6136/0"].qa_models
    assert (before.model, before.ends_on) == ("BTEC", date(2021, 8, 31))
    assert (after.model, after.starts_on, after.ends_on) == ("WBL", date(2021, 9, 1), None)


def test_quality_assurance_models_follow_each_other_without_gap_or_overlap():
    for record in QUALIFICATIONS.values():
        *earlier, last = record.qa_models
        assert last.ends_on is None
        for period, following in zip(earlier, record.qa_models[1:], strict=True):
            assert (following.starts_on - period.ends_on).days == 1


def test_names_fit_and_sectors_exist():
    sectors = dict(reference_data.sectors())
    for record in QUALIFICATIONS.values():
        assert len(record.short_title) <= 80
        assert len(record.title) <= 200
        assert record.sector in sectors


def test_the_scottish_qualification_says_its_framework():
    assert QUALIFICATIONS["R589"].level == "4 (SCQF)"


def test_the_catalogue_holds_r1_to_r100_once_each_in_whole_sentences():
    rules = reference_data.rules()
    assert [rule.number for rule in rules] == [f"R{n}" for n in range(1, 101)]
    for rule in rules:
        assert rule.explanation.endswith(".")
        assert not rule.title.endswith(".")
        assert rule.concerns
        assert rule.sources
        assert rule.enforced in (True, False, "planned")


def test_every_rule_number_in_a_scheme_is_in_the_catalogue():
    def numbers(value):
        if isinstance(value, dict):
            yield from ([value["rule"]] if "rule" in value else [])
            for each in value.values():
                yield from numbers(each)
        elif isinstance(value, list):
            for each in value:
                yield from numbers(each)

    known = {rule.number for rule in reference_data.rules()}
    for file in shipped():
        assert set(numbers(file.raw_content)) <= known
    assert reference_data.rule("R15").concerns[0] == "Internal Verifier"

"""Numbers of learners, qualifications, units and centres, and their check characters (R32 to R36)."""

import csv
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from centres import identifiers

DATA = Path(identifiers.__file__).parent / "data"
DIGITS = st.text("0123456789", min_size=9, max_size=9)


def test_r32_a_uln_whose_weighted_sum_leaves_ten_is_accepted():
    assert identifiers.check_uln("9276308686") is None
    assert identifiers.check_uln(" 927 630 8686 ") is None


@pytest.mark.parametrize(
    "uln", ["9700000001", "0123456789", "927630868", "92763086861", "", "927630868X", "٩٢٧٦٣٠٨٦٨٦"]
)
def test_r32_a_uln_that_is_mistyped_blocks(uln):
    finding = identifiers.check_uln(uln)
    assert finding
    assert finding.blocks
    assert finding.rule == "R32"


def test_r32_ten_nines_pass_only_where_the_scheme_accepts_the_placeholder():
    assert identifiers.check_uln("9999999999") is not None
    assert identifiers.check_uln("9999999999", accepts_placeholder=True) is None


@given(DIGITS, st.integers(0, 9), st.integers(1, 9))
def test_r32_any_single_wrong_digit_is_found(first_nine, place, shift):
    check = identifiers.uln_check_digit(first_nine)
    assume(check is not None and first_nine[0] != "0")
    uln = first_nine + str(check)
    assert identifiers.check_uln(uln) is None
    wrong = uln[:place] + str((int(uln[place]) + shift) % 10) + uln[place + 1 :]
    assert identifiers.check_uln(wrong) is not None


@pytest.mark.parametrize("number", ["603/6136/0", "603/6452/X", "603/6452/x", "R589", "PORTAL-001"])
def test_r33_a_number_that_fits_or_has_another_shape_passes(number):
    assert identifiers.check_qualification_number(number) is None


def test_r33_a_mismatch_warns_and_does_not_block():
    finding = identifiers.check_qualification_number("603/6136/1")
    assert finding
    assert finding.rule == "R33"
    assert not finding.blocks
    assert "usually 0" in finding.message


def test_r33_every_shipped_qualification_number_fits():
    with (DATA / "qualifications.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            assert identifiers.check_qualification_number(row["qan"]) is None, row["code"]


@pytest.mark.parametrize("reference", ["A/000/0000", "J/617/2480", "F/617/2428", "H/617/2423", "J/601/1434"])
def test_r34_a_unit_reference_whose_letter_fits_passes(reference):
    assert identifiers.check_unit_reference(reference) is None


def test_r34_a_mismatch_warns_and_does_not_block():
    finding = identifiers.check_unit_reference("K/617/2480")
    assert finding
    assert finding.rule == "R34"
    assert not finding.blocks
    assert identifiers.check_unit_reference("unit 4") is None


def test_r35_a_centre_number_has_five_digits_unless_the_scheme_says_otherwise():
    assert identifiers.check_centre_number("10101") is None
    for wrong in ("1010", "101010", "1010A", ""):
        finding = identifiers.check_centre_number(wrong)
        assert finding
        assert finding.blocks
        assert "5 digits" in finding.message
    assert identifiers.check_centre_number("101010", digits=6) is None


def test_r36_a_uci_is_checked_by_its_letter():
    assert identifiers.check_uci("681990012058G") is None
    assert identifiers.check_uci("68199 0 01 2058 G") is None
    finding = identifiers.check_uci("681990012058H")
    assert finding
    assert finding.rule == "R36"
    assert finding.blocks
    assert identifiers.check_uci("68199B012058G") is None
    assert identifiers.check_uci("68199C012058G") is not None

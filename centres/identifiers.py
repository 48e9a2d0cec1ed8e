"""The field's numbers and their check characters: learners, qualifications, units, centres (R32 to R36)."""

import re
from dataclasses import dataclass
from typing import Literal

_ULN = re.compile(r"[1-9][0-9]{9}")
_QUALIFICATION = re.compile(r"([0-9]{3})/([0-9]{4})/([0-9X])")
_UNIT = re.compile(r"([A-Z])/([0-9]{3})/([0-9]{4})")
_UCI = re.compile(r"([0-9]{5})([0B])([0-9]{2})([0-9]{4})([A-Z])")

_UNIT_LETTERS = "ADFHJKLMRTY"
_UCI_LETTERS = "ABCDEFGHKLMRTVWXY"
_NO_ULN = "9999999999"


@dataclass(frozen=True)
class Finding:
    """What is wrong with a number: the rule, whether it blocks, and a message for the person who typed it."""

    rule: str
    level: Literal["error", "warning"]
    message: str

    @property
    def blocks(self) -> bool:
        return self.level == "error"


def squeeze(value: str) -> str:
    """Take out spaces and raise letters, as people paste numbers with both."""
    return "".join(value.split()).upper()


def _weighted(digits: str, heaviest: int) -> int:
    return sum(int(digit) * (heaviest - place) for place, digit in enumerate(digits))


def uln_check_digit(first_nine: str) -> str | None:
    """Give the tenth digit of a Unique Learner Number, or None when none fits these nine (R32)."""
    remainder = _weighted(first_nine, 10) % 11
    return str(10 - remainder) if remainder else None


def check_uln(value: str, *, accepts_placeholder: bool = False) -> Finding | None:
    """Say what is wrong with a Unique Learner Number, or None (R32).

    Ten digits, the first not 0, and the digits weighted 10 to 1 leave 10 when divided by 11. The placeholder
    of ten nines fails unless the scheme accepts it.
    """
    number = squeeze(value)
    if accepts_placeholder and number == _NO_ULN:
        return None
    if not _ULN.fullmatch(number):
        return Finding(
            "R32", "error", "A ULN has 10 digits and does not begin with 0. Check it and enter it again."
        )
    if uln_check_digit(number[:9]) != number[9]:
        return Finding(
            "R32",
            "error",
            "This ULN is mistyped: its last digit does not fit the others. Check it with the learner.",
        )
    return None


def qualification_check_character(seven_digits: str) -> str:
    """Give the last character of a qualification number: 0 to 9, or X for ten (R33)."""
    remainder = _weighted(seven_digits, 8) % 11
    return "X" if remainder == 10 else str(remainder)


def check_qualification_number(value: str) -> Finding | None:
    """Warn when a qualification number's check character does not fit; other shapes pass unchecked (R33).

    Scottish and other codes do not follow the pattern 603/6136/0, so only that pattern is checked.
    """
    found = _QUALIFICATION.fullmatch(squeeze(value))
    if not found:
        return None
    expected = qualification_check_character(found[1] + found[2])
    if found[3] == expected:
        return None
    return Finding(
        "R33",
        "warning",
        f"The last character of {squeeze(value)} is usually {expected}. Check it against the register.",
    )


def unit_check_letter(seven_digits: str) -> str:
    """Give the first letter of a unit reference number (R34)."""
    return _UNIT_LETTERS[_weighted(seven_digits, 8) % 11]


def check_unit_reference(value: str) -> Finding | None:
    """Warn when a unit reference number's letter does not fit; other shapes pass unchecked (R34)."""
    found = _UNIT.fullmatch(squeeze(value))
    if not found:
        return None
    expected = unit_check_letter(found[2] + found[3])
    if found[1] == expected:
        return None
    return Finding(
        "R34",
        "warning",
        f"The letter of {squeeze(value)} is usually {expected}. Check it against the specification.",
    )


def check_centre_number(value: str, *, digits: int = 5) -> Finding | None:
    """Say what is wrong with a centre number: `digits` digits, as the scheme says (R35)."""
    if re.fullmatch(rf"[0-9]{{{digits}}}", squeeze(value)):
        return None
    return Finding(
        "R35", "error", f"A centre number has {digits} digits, for example {'10101'[:digits]:0<{digits}}."
    )


def uci_check_letter(twelve_digits: str) -> str:
    """Give the last letter of a Unique Candidate Identifier from its twelve digits (R36)."""
    return _UCI_LETTERS[_weighted(twelve_digits, 16) % 17]


def check_uci(value: str) -> Finding | None:
    """Say what is wrong with a Unique Candidate Identifier, or None (R36).

    Centre (5), 0 or B, year (2), candidate (4) and a letter. The letter is checked for the 0 form only: how
    the B of international centres is weighted is not published, so those are checked for shape.
    """
    number = squeeze(value)
    found = _UCI.fullmatch(number)
    if not found:
        return Finding(
            "R36",
            "error",
            "A UCI has 13 characters: centre, 0 or B, year, candidate and a letter. Enter it again.",
        )
    if found[2] == "0" and uci_check_letter(number[:12]) != found[5]:
        return Finding(
            "R36", "error", "This UCI is mistyped: its last letter does not fit the digits. Check it again."
        )
    return None

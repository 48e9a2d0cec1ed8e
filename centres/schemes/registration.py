"""When a registration is late and what it then costs (R27, R28), and the other rules of registering."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal

from centres import academic_year
from centres.schemes.reading import Count, Key, Parameter, Positive, Rule
from centres.schemes.terms import DeliveryPattern, Problem
from centres.schemes.year import MonthDay


@dataclass(frozen=True)
class Band:
    """One line of a tariff: up to and including a day of the year, or a number of days, this multiplier.

    The last line of a tariff has neither bound.
    """

    multiplier: Decimal
    to_day: MonthDay | None = None
    to_days: Count | None = None


@dataclass(frozen=True)
class Fee:
    """What a registration costs as a multiple of the basic fee, and why."""

    multiplier: Decimal
    tariff: str
    rule: str
    days_after_enrolment: int

    @property
    def is_late(self) -> bool:
        """Say whether the fee is above the basic one."""
        return self.multiplier > 1


@dataclass(frozen=True)
class Tariff:
    """How the fee rises: by the day of the academic year, or by the days since enrolment."""

    title: str
    counted: Literal["by_day_of_year", "by_days_after_enrolment"]
    bands: tuple[Band, ...]
    rule: Rule
    source: str

    def multiplier(self, *, enrolled_on: date, registered_on: date) -> Decimal:
        """Give the multiple of the basic fee (R27, R28).

        A tariff by day of year looks at the academic year of enrolment, so a registration made after that
        year has ended costs the highest multiple.
        """
        if self.counted == "by_days_after_enrolment":
            days = (registered_on - enrolled_on).days
            return next(
                band.multiplier for band in self.bands if band.to_days is None or days <= band.to_days
            )
        year = academic_year.year_of(enrolled_on)
        return next(
            band.multiplier
            for band in self.bands
            if band.to_day is None or registered_on <= band.to_day.in_year(year)
        )

    def next_rise(self, *, enrolled_on: date, today: date) -> tuple[date, Decimal] | None:
        """Give the last day at today's fee and the multiple that follows it, or None at the highest fee."""
        for band, after in pairwise(self.bands):
            last = self.last_day(band, enrolled_on)
            if last is not None and today <= last:
                return last, after.multiplier
        return None

    def last_day(self, band: Band, enrolled_on: date) -> date | None:
        """Give the last day of a band for somebody enrolled on a day; None for the last band."""
        if band.to_days is not None:
            return date.fromordinal(enrolled_on.toordinal() + band.to_days)
        return band.to_day.in_year(academic_year.year_of(enrolled_on)) if band.to_day else None

    def problems(self) -> list[Problem]:
        """Refuse bands of the wrong kind, out of order, or without an open end."""
        field, other = ("to_day", "to_days") if self.counted == "by_day_of_year" else ("to_days", "to_day")
        if not self.bands or any(getattr(band, other) is not None for band in self.bands):
            return [
                (
                    ".bands",
                    f"This tariff is counted {self.counted}.",
                    f"Give each line but the last a {field}.",
                )
            ]
        bounds = [getattr(band, field) for band in self.bands]
        if bounds[-1] is not None or None in bounds[:-1]:
            return [(".bands", "Only the last line has no upper bound.", f"Set or take out {field}.")]
        if field == "to_day":
            bounds = [None if day is None else day.in_year(2000) for day in bounds]
        if bounds[:-1] != sorted(set(bounds[:-1])):
            return [
                (".bands", "The lines are not in order.", "Put them in the order in which the days come.")
            ]
        return []


@dataclass(frozen=True)
class Registration:
    """What a scheme says about registering learners (R27 to R38)."""

    late_after_days: Parameter[Positive]
    tariffs: Mapping[Key, Tariff]
    tariff_for: Mapping[DeliveryPattern, Key]
    deletion_within_days: Parameter[Count]
    uln_required: Parameter[bool]
    uln_placeholder_accepted: Parameter[bool]
    centre_number_digits: Parameter[Positive]

    def fee(self, pattern: str, *, enrolled_on: date, registered_on: date) -> Fee:
        """Give the fee of a registration by the programme's delivery pattern (R27, R28). Raises KeyError."""
        name = self.tariff_for[pattern.lower()]  # type: ignore[index]
        tariff = self.tariffs[name]
        multiplier = tariff.multiplier(enrolled_on=enrolled_on, registered_on=registered_on)
        return Fee(multiplier, name, tariff.rule, (registered_on - enrolled_on).days)

    def is_late(self, *, enrolled_on: date, registered_on: date) -> bool:
        """Say whether a registration comes more than the allowed days after enrolment (R27)."""
        return (registered_on - enrolled_on).days > self.late_after_days.value

    def problems(self) -> list[Problem]:
        """Refuse a pattern that names a tariff which is not there."""
        return [
            (
                f".tariff_for.{pattern}",
                f"There is no tariff “{name}”.",
                f"Choose from: {', '.join(self.tariffs)}.",
            )
            for pattern, name in self.tariff_for.items()
            if name not in self.tariffs
        ]

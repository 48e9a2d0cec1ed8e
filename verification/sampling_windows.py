"""When a programme's work should be sampled, from its cohorts' own dates and the scheme's window."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

ACADEMIC_YEAR = "academic year"
ROLL_ON_ROLL_OFF = "roll-on roll-off"
SHORT_COURSE = "short course"

#: A window has at least a fortnight where the cohort and the year allow it.
SHORTEST_WINDOW = timedelta(days=13)


@dataclass(frozen=True)
class SchemeWindow:
    """A scheme's dates for one academic year, and what holds for cohorts with dates of their own.

    ``share_done`` is the share of a cohort's time after which there is enough assessed work to sample;
    ``days_to_release`` is how long before certification is needed the sample must be concluded.
    """

    year_first: date
    year_last: date
    first: date
    last: date
    share_done: Fraction = Fraction(1, 2)
    days_to_release: int = 21


@dataclass(frozen=True)
class CohortDates:
    """A cohort's delivery pattern and dates; ``certification_needed_by`` where the centre has said so."""

    id: str
    name: str
    pattern: str
    start: date
    end: date
    certification_needed_by: date | None = None


@dataclass(frozen=True)
class SamplingWindow:
    """Days within which one sample serves the named cohorts, with the facts that it follows from."""

    first: date
    last: date
    cohorts: tuple[str, ...]
    facts: tuple[str, ...]


@dataclass(frozen=True)
class NoWindow:
    """A cohort whose work is not sampled this year, and why."""

    cohort: str
    reason: str


def sampling_windows(
    cohorts: Sequence[CohortDates], scheme: SchemeWindow
) -> tuple[tuple[SamplingWindow, ...], tuple[NoWindow, ...]]:
    """Find the fewest windows that serve all of a programme's cohorts in time, earliest first (R9).

    Academic-year cohorts are sampled in the scheme's window; roll-on roll-off and short-course cohorts from
    their own dates: once enough is assessed, and early enough for certification. Windows that share days
    become one, so that one sample serves several cohorts. A programme none of whose cohorts is ripe this
    year is sampled in the scheme's window all the same, if a cohort is under way then.
    """
    found: list[SamplingWindow] = []
    none: list[NoWindow] = []
    ordered = sorted(cohorts, key=lambda cohort: (cohort.start, cohort.id))
    for cohort in ordered:
        if reason := _why_none(cohort, scheme):
            none.append(NoWindow(cohort.id, reason))
        elif cohort.pattern == ACADEMIC_YEAR and _runs_in_scheme_window(cohort, scheme):
            found.append(_by_scheme(cohort, scheme))
        else:
            found.append(_by_own_dates(cohort, scheme))
    if not found and (under_way := [cohort for cohort in ordered if _runs_in_scheme_window(cohort, scheme)]):
        found = [_by_scheme(cohort, scheme) for cohort in under_way]
        none = [one for one in none if one.cohort not in {cohort.id for cohort in under_way}]
    return _joined(found), tuple(none)


def _why_none(cohort: CohortDates, scheme: SchemeWindow) -> str:
    needed = cohort.certification_needed_by
    if cohort.end < scheme.year_first and not (needed and needed >= scheme.year_first):
        return f"{cohort.name} ended on {_day(cohort.end)}, before this year."
    if cohort.start > scheme.year_last:
        return f"{cohort.name} starts on {_day(cohort.start)}, after this year."
    if cohort.pattern == ACADEMIC_YEAR and _runs_in_scheme_window(cohort, scheme):
        return ""
    if (enough := _enough_assessed_from(cohort, scheme)) > scheme.year_last:
        return f"{cohort.name} has enough assessed from {_day(enough)} only: its sample belongs to next year."
    return ""


def _runs_in_scheme_window(cohort: CohortDates, scheme: SchemeWindow) -> bool:
    return cohort.start <= scheme.last and cohort.end >= scheme.first


def _enough_assessed_from(cohort: CohortDates, scheme: SchemeWindow) -> date:
    return cohort.start + timedelta(days=int((cohort.end - cohort.start).days * scheme.share_done))


def _by_scheme(cohort: CohortDates, scheme: SchemeWindow) -> SamplingWindow:
    fact = f"the scheme's window is {_day(scheme.first)} to {_day(scheme.last)}"
    return _in_time(cohort, scheme, scheme.first, scheme.last, fact)


def _by_own_dates(cohort: CohortDates, scheme: SchemeWindow) -> SamplingWindow:
    enough = _enough_assessed_from(cohort, scheme)
    last = cohort.end
    if needed := cohort.certification_needed_by:
        last = max(last, needed)  # the sample may follow the course, as long as certification is in time
    return _in_time(cohort, scheme, enough, last, f"enough is assessed from {_day(enough)}")


def _in_time(cohort: CohortDates, scheme: SchemeWindow, first: date, last: date, fact: str) -> SamplingWindow:
    """Bring a window forward for certification and into this year; it never begins before the cohort."""
    facts = [f"{cohort.name}: {cohort.pattern}, {_day(cohort.start)} to {_day(cohort.end)}", fact]
    begin = max(cohort.start, scheme.year_first)
    if needed := cohort.certification_needed_by:
        concluded_by = needed - timedelta(days=scheme.days_to_release)
        facts.append(
            f"certification is needed by {_day(needed)}, so the sample is due by {_day(concluded_by)}"
        )
        if concluded_by < begin:
            facts.append("that is too early for any assessed work, so the window is the first possible day")
        last = min(last, concluded_by)
    last = max(min(last, scheme.year_last), begin)
    return SamplingWindow(max(min(first, last - SHORTEST_WINDOW), begin), last, (cohort.id,), tuple(facts))


def _joined(windows: Sequence[SamplingWindow]) -> tuple[SamplingWindow, ...]:
    """Join windows that share days, first closing first: no smaller number of samples serves them all."""
    joined: list[SamplingWindow] = []
    for window in sorted(windows, key=lambda window: (window.last, window.first, window.cohorts)):
        if joined and window.first <= joined[-1].last:
            before = joined[-1]
            joined[-1] = SamplingWindow(
                max(before.first, window.first),
                before.last,
                before.cohorts + window.cohorts,
                before.facts + window.facts,
            )
        else:
            joined.append(window)
    return tuple(joined)


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"

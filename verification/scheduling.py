"""Proposing dates for visits and samples: working days, inside the window, clear of what is agreed."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from verification.eligibility import Absence

MORNING = "am"
AFTERNOON = "pm"
PARTS = (MORNING, AFTERNOON)
SATURDAY = 5
LONG_GAP = 10  # days between two pieces of work beyond which more makes no difference

#: A half day of somebody's time: the date and "am" or "pm".
Slot = tuple[date, str]


@dataclass(frozen=True)
class Diary:
    """A verifier's time that is taken already: slots with other work, and absences."""

    verifier: str
    name: str
    busy: frozenset[Slot] = frozenset()
    absences: tuple[Absence, ...] = ()

    def away_on(self, day: date) -> bool:
        """Whether the verifier is away on that day."""
        return any(absence.first <= day <= absence.last for absence in self.absences)


@dataclass(frozen=True)
class ToSchedule:
    """An activity that needs dates: ``half_days`` of work in a row on working days of its ``nation``.

    ``agreed`` slots are never touched. ``earlier_proposal`` is kept where it still fits, so that proposing
    again moves nothing without need. ``weekday`` (0 is Monday) is the centre's preference.
    """

    id: str
    verifier: str
    first: date
    last: date
    nation: str
    half_days: int = 2
    agreed: tuple[Slot, ...] = ()
    earlier_proposal: tuple[Slot, ...] = ()
    weekday: int | None = None


@dataclass(frozen=True)
class Proposal:
    """The slots proposed for an activity, in order."""

    activity: str
    slots: tuple[Slot, ...]
    reason: str


@dataclass(frozen=True)
class Unplaced:
    """An activity for which no date was found, and why."""

    activity: str
    reason: str


@dataclass(frozen=True)
class Schedule:
    """What was proposed, what could not be placed, and agreed dates that no longer stand."""

    proposals: tuple[Proposal, ...]
    unplaced: tuple[Unplaced, ...]
    clashes: tuple[Unplaced, ...]


def propose_dates(
    activities: Iterable[ToSchedule],
    diaries: Iterable[Diary],
    *,
    holidays: Mapping[str, frozenset[date]],
    earliest: Mapping[str, date],
) -> Schedule:
    """Propose dates for every activity that has none agreed; the same input gives the same proposals.

    Dates lie on working days inside each window and not before its nation's ``earliest`` (today plus the working
    days of notice that a centre is owed, R99), spread over the verifier's weeks. Where one activity is in the way of
    another it moves, unless it is agreed. Activities and diaries are matched by verifier; ``holidays`` are by nation.
    """
    by_verifier: dict[str, list[ToSchedule]] = {}
    for activity in activities:
        by_verifier.setdefault(activity.verifier, []).append(activity)
    known = {diary.verifier: diary for diary in diaries}
    proposals: list[Proposal] = []
    unplaced: list[Unplaced] = []
    clashes: list[Unplaced] = []
    for verifier in sorted(by_verifier):
        listed = sorted(by_verifier[verifier], key=lambda activity: activity.id)
        if verifier not in known:
            unplaced += [Unplaced(a.id, "No verifier is allocated yet.") for a in listed if not a.agreed]
            continue
        week = _Calendar(known[verifier], listed, holidays, earliest)
        week.place_all()
        proposals += week.proposals()
        unplaced += week.unplaced()
        clashes += week.clashes()
    return Schedule(tuple(proposals), tuple(unplaced), tuple(clashes))


def working_days(first: date, last: date, holidays: frozenset[date]) -> Iterator[date]:
    """Mondays to Fridays from ``first`` to ``last``, both included, without the holidays."""
    day = first
    while day <= last:
        if day.weekday() < SATURDAY and day not in holidays:
            yield day
        day += timedelta(days=1)


class _Calendar:
    """One verifier's time while proposals are being made."""

    def __init__(
        self,
        diary: Diary,
        activities: Sequence[ToSchedule],
        holidays: Mapping[str, frozenset[date]],
        earliest: Mapping[str, date],
    ) -> None:
        self.diary, self.holidays, self.earliest = diary, holidays, earliest
        self.agreed = [activity for activity in activities if activity.agreed]
        self.open = [activity for activity in activities if not activity.agreed]
        self.fixed: set[Slot] = set(diary.busy).union(*(activity.agreed for activity in self.agreed))
        self.placed: dict[str, tuple[Slot, ...]] = {}
        self.holder: dict[Slot, str] = {}
        self.by_id = {activity.id: activity for activity in self.open}
        self.options = {activity.id: self._options(activity) for activity in self.open}

    def _options(self, activity: ToSchedule) -> list[tuple[Slot, ...]]:
        """Every run of slots that only other open activities could be in the way of."""
        if activity.nation not in self.holidays:
            return []
        days = list(
            working_days(
                max(activity.first, self.earliest[activity.nation]),
                activity.last,
                self.holidays[activity.nation],
            )
        )
        slots = [(day, part) for day in days for part in PARTS]
        step = 1 if activity.half_days == 1 else 2  # whole days begin in the morning
        runs = (tuple(slots[at : at + activity.half_days]) for at in range(0, len(slots), step))
        return [run for run in runs if len(run) == activity.half_days and all(map(self._is_possible, run))]

    def _is_possible(self, slot: Slot) -> bool:
        return slot not in self.fixed and not self.diary.away_on(slot[0])

    def place_all(self) -> None:
        for activity in self.open:
            before = activity.earlier_proposal
            if before in self.options[activity.id] and not any(slot in self.holder for slot in before):
                self._put(activity.id, before)
        tightest_first = sorted(self.open, key=lambda a: (len(self.options[a.id]), a.last, a.id))
        for activity in tightest_first:
            if activity.id not in self.placed:
                self._place(activity.id, tried=set())

    def _place(self, activity_id: str, tried: set[tuple[Slot, ...]]) -> bool:
        """Put an activity on its best free run, or move others along until there is one.

        Runs that were tried for this activity or any that it displaced are not tried again, so this ends.
        """
        free = [run for run in self.options[activity_id] if not any(slot in self.holder for slot in run)]
        if free:
            self._put(activity_id, self._best(activity_id, free))
            return True
        for run in self.options[activity_id]:
            if run in tried:
                continue
            tried.add(run)
            in_the_way = {self.holder[slot] for slot in run if slot in self.holder}
            kept = dict(self.placed)
            for other in in_the_way:
                self._lift(other)
            self._put(activity_id, run)
            if all(self._place(other, tried) for other in sorted(in_the_way)):
                return True
            self._restore(kept)
        return False

    def _best(self, activity_id: str, runs: Sequence[tuple[Slot, ...]]) -> tuple[Slot, ...]:
        """The run on the preferred weekday, in the emptiest week, far from other work, and the earliest."""
        weekday = self.by_id[activity_id].weekday
        taken = sorted({day.toordinal() for day, _ in (*self.fixed, *self.holder)})
        weeks = Counter(map(_week, taken))

        def preference(run: tuple[Slot, ...]) -> tuple[bool, int, int, tuple[Slot, ...]]:
            day = run[0][0].toordinal()
            at = bisect_left(taken, day)
            gap = min((abs(day - other) for other in taken[max(at - 1, 0) : at + 1]), default=LONG_GAP)
            off_weekday = weekday is not None and run[0][0].weekday() != weekday
            return off_weekday, weeks[_week(day)], -min(gap, LONG_GAP), run

        return min(runs, key=preference)

    def _put(self, activity_id: str, run: tuple[Slot, ...]) -> None:
        self.placed[activity_id] = run
        self.holder.update(dict.fromkeys(run, activity_id))

    def _lift(self, activity_id: str) -> None:
        for slot in self.placed.pop(activity_id):
            del self.holder[slot]

    def _restore(self, placed: Mapping[str, tuple[Slot, ...]]) -> None:
        self.placed = dict(placed)
        self.holder = {slot: activity_id for activity_id, run in placed.items() for slot in run}

    def proposals(self) -> list[Proposal]:
        return [
            Proposal(activity.id, self.placed[activity.id], self._why_here(activity))
            for activity in self.open
            if activity.id in self.placed
        ]

    def _why_here(self, activity: ToSchedule) -> str:
        run = self.placed[activity.id]
        if run == activity.earlier_proposal:
            return "As proposed before."
        day = run[0][0]
        weekday = ", on the weekday that the centre prefers" if day.weekday() == activity.weekday else ""
        window = _span(max(activity.first, self.earliest[activity.nation]), activity.last)
        return f"Within {window}, clear of {self.diary.name}'s other work and absences{weekday}."

    def unplaced(self) -> list[Unplaced]:
        return [Unplaced(a.id, self._why_not(a)) for a in self.open if a.id not in self.placed]

    def _why_not(self, activity: ToSchedule) -> str:
        name, window = self.diary.name, _span(activity.first, activity.last)
        if activity.nation not in self.holidays:
            return f"The bank holidays of {activity.nation} are not known, so working days cannot be told."
        first = max(activity.first, self.earliest[activity.nation])
        if first > activity.last:
            return f"The window {window} is over, or too close to give the centre notice."
        days = list(working_days(first, activity.last, self.holidays[activity.nation]))
        if not days:
            return f"The window {window} has no working day."
        away = sum(map(self.diary.away_on, days))
        if away == len(days):
            return f"{name} is away for the whole window {window}."
        taken = {day for day, _ in (*self.fixed, *self.holder)}
        full = sum(not self.diary.away_on(day) and day in taken for day in days)
        wanted = "half a day" if activity.half_days == 1 else _days(activity.half_days)
        counted = f"Of {len(days)} working days, {away} absent, {full} with other work"
        return f"{name} has no {wanted} free in the window {window}. {counted}."

    def clashes(self) -> list[Unplaced]:
        """Agreed dates that the verifier cannot keep; they stay until the people concerned move them."""
        held = Counter(slot for activity in self.agreed for slot in activity.agreed)
        found: list[Unplaced] = []
        for activity in self.agreed:
            for day in sorted({day for day, _ in activity.agreed}):
                slots = [slot for slot in activity.agreed if slot[0] == day]
                if self.diary.away_on(day):
                    text = f"{self.diary.name} is away on {_short(day)}, which was agreed."
                elif any(held[slot] > 1 or slot in self.diary.busy for slot in slots):
                    text = f"{self.diary.name} has other work on {_short(day)}, which was agreed."
                else:
                    continue
                found.append(Unplaced(activity.id, text))
        return found


def _week(ordinal: int) -> int:
    """Number of the week, Monday to Sunday, counted from the beginning of the calendar."""
    return (ordinal - 1) // 7


def _days(half_days: int) -> str:
    whole, half = divmod(half_days, 2)
    number = f"{whole}.5" if half else str(whole)
    return "day" if half_days == 2 else f"{number} days in a row"


def _span(first: date, last: date) -> str:
    return f"{_short(first)} to {_short(last)}"


def _short(day: date) -> str:
    return f"{day.day} {day:%b}"

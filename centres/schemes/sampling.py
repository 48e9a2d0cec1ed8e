"""How much work a scheme samples, of which units, and what follows from a block (R55 to R67)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from centres.schemes.reading import Count, Key, Parameter, Positive, Rule
from centres.schemes.terms import ControlMeasure, Problem


@dataclass(frozen=True)
class SampleSize:
    """The least a sample may hold: pieces of work, and whether every learner must appear in it."""

    items: int
    every_learner: bool
    table: str
    rule: str


@dataclass(frozen=True)
class SizeRow:
    """One line of a size table; both learner bounds inclusive, no upper bound on the last line.

    `items` null means one piece of work for each learner. `extra_items_per_further_100` is added for each
    further 100 learners, or part of 100, above the line's lower bound.
    """

    control_measure: ControlMeasure
    learners_from: Count
    items: Positive | None
    rule: Rule
    learners_to: Count | None = None
    every_learner: bool = False
    extra_items_per_further_100: Count = 0
    note: str | None = None

    def holds(self, learners: int) -> bool:
        """Say whether this line is the one for a number of learners."""
        return self.learners_from <= learners and (self.learners_to is None or learners <= self.learners_to)

    def items_for(self, learners: int) -> int:
        """Count the pieces of work for a number of learners that this line holds."""
        if self.items is None:
            return learners
        further = -(-(learners - self.learners_from + 1) // 100) if self.extra_items_per_further_100 else 0
        return self.items + self.extra_items_per_further_100 * further

    def as_text(self) -> str:
        """Name the line as a person would."""
        if self.learners_to is None:
            return f"{self.learners_from} learners or more"
        return f"{self.learners_from} to {self.learners_to} learners"


@dataclass(frozen=True)
class SizeTable:
    """Minimum sample sizes by registered learners and control measure."""

    title: str
    source: str
    rows: tuple[SizeRow, ...]

    def row(self, learners: int, control_measure: str) -> SizeRow:
        """Find the line for a programme. Raises KeyError when the table does not have the control measure."""
        for row in self.rows:
            if row.control_measure == control_measure and row.holds(learners):
                return row
        raise KeyError(f"{self.title} has no line for {learners} learners under {control_measure} control.")

    def problems(self) -> list[Problem]:
        """Refuse gaps and overlaps between the lines of one control measure."""
        found: list[Problem] = []
        for measure in {row.control_measure for row in self.rows}:
            rows = [row for row in self.rows if row.control_measure == measure]
            for before, after in pairwise(rows):
                if before.learners_to is None or after.learners_from != before.learners_to + 1:
                    lines = f"{measure}: {before.as_text()} and {after.as_text()} do not join."
                    found.append(
                        (".rows", lines, "Let each line begin one above the end of the line before.")
                    )
            if rows[-1].learners_to is not None:
                found.append(
                    (".rows", f"The last {measure} line ends.", "Leave out learners_to on the last line.")
                )
            if rows[0].learners_from > 1:
                found.append((".rows", f"The first {measure} line begins too late.", "Begin it at 0 or 1."))
        return found


@dataclass(frozen=True)
class UnitRule:
    """Which units of a suite are sampled: some always, some taking turns (R60)."""

    initial_control_measure: Parameter[ControlMeasure]
    mandatory_units: Parameter[tuple[str, ...]]
    rotating_units: Parameter[tuple[str, ...]]
    rotating_units_each_time: Parameter[Count]

    def problems(self) -> list[Problem]:
        """Refuse a unit that is both always sampled and taking turns, or more turns than units."""
        both = set(self.mandatory_units.value) & set(self.rotating_units.value)
        found = [
            (".rotating_units", f"Unit {unit} is in both lists.", "Keep it in one.") for unit in sorted(both)
        ]
        if self.rotating_units_each_time.value > len(self.rotating_units.value):
            found.append((".rotating_units_each_time", "More than there are rotating units.", "Lower it."))
        return found


@dataclass(frozen=True)
class SecondSample:
    """What a block at the first sample leads to (R59, R65, R66)."""

    control_measure: Parameter[ControlMeasure]
    same_assessor_items: Parameter[Positive]
    due_days_after_corrective_action: Parameter[Positive]
    sanction_level_when_failed: Parameter[str]


@dataclass(frozen=True)
class Sampling:
    """A scheme's whole sampling policy."""

    table: Key
    tables: Mapping[Key, SizeTable]
    suites: Mapping[str, UnitRule]
    other_suites: UnitRule
    samples_each_year: Parameter[Positive]
    samples_in_first_year: Parameter[Positive]
    every_learner_up_to: Parameter[Count]
    horizon_years: Parameter[Positive]
    random_share: Parameter[Fraction]
    every_grade: Parameter[bool]
    planned_power: Parameter[Fraction] | None
    planned_wrong_rate: Parameter[Fraction] | None
    second_sample: SecondSample

    def units(self, suite: str) -> UnitRule:
        """Give the unit rule of a suite, or the scheme's general one."""
        return self.suites.get(suite, self.other_suites)

    def size(self, learners: int, control_measure: str, *, table: str | None = None) -> SampleSize:
        """Give the least a programme's sample may hold (R55, R56, R57).

        The number of pieces may exceed the work that exists; the caller caps it at the frame.
        """
        name = table or self.table
        row = self.tables[name].row(learners, control_measure)
        few = 0 < learners <= self.every_learner_up_to.value
        return SampleSize(
            row.items_for(learners), row.every_learner or row.items is None or few, name, row.rule
        )

    def problems(self) -> list[Problem]:
        """Refuse a table that is not there and a share that is not a share."""
        found: list[Problem] = []
        if self.table not in self.tables:
            found.append(
                (".table", f"There is no table “{self.table}”.", f"Choose from: {', '.join(self.tables)}.")
            )
        for name in ("random_share", "planned_power", "planned_wrong_rate"):
            share = getattr(self, name)
            if share is not None and not 0 <= share.value <= 1:
                found.append((f".{name}.value", "A share lies between 0 and 1.", "Write it like “1/3”."))
        return found

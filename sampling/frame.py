"""The frame of a sample: its items, what earlier years sampled, and the units in scope this time."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date
from fractions import Fraction

NEVER = -1  # sorts before every year


@dataclass(frozen=True)
class Item:
    """One piece of assessed work: an assessor's decision on one learner's work for one unit."""

    id: str
    learner: str
    unit: str
    assessor: str
    internal_verifier: str
    site: str
    cohort: str
    grade: str
    attempt: str
    decided_on: date

    def as_record(self) -> dict[str, str]:
        """The item as text to text, for the canonical lines of the draw."""
        return {name: str(value) for name, value in asdict(self).items()}


@dataclass(frozen=True)
class Ledger:
    """The academic year (2023 for 2023-24) in which each attribute value was last sampled.

    ``years`` maps an attribute ("assessor", "site", "unit", "cohort") to its values and their years;
    ``last_rotating_unit`` is the rotating unit of the most recent sample, or empty.
    """

    years: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    last_rotating_unit: str = ""

    def last(self, attribute: str, value: str) -> int:
        """Year in which the value was last sampled, NEVER if it was not."""
        return self.years.get(attribute, {}).get(value, NEVER)


@dataclass(frozen=True)
class Rules:
    """What a scheme says about choosing; no mandatory and no rotating unit puts every unit in scope."""

    mandatory_units: tuple[str, ...] = ()
    rotating_units: tuple[str, ...] = ()
    random_share: Fraction = Fraction(1, 3)
    horizon_years: int = 4


@dataclass(frozen=True)
class Finding:
    """Something the planner must know: an ``error`` leaves no plan, a ``warning`` leaves one with a gap."""

    level: str
    code: str
    text: str
    rule: str = ""


@dataclass(frozen=True)
class Scope:
    """The units that are sampled this time, each with the reason for it. No units named: all of them."""

    units: tuple[str, ...]
    rotating_unit: str
    reasons: Mapping[str, str]
    findings: tuple[Finding, ...]


Namer = Callable[[str, str], str]


def plain_name(attribute: str, value: str) -> str:
    """Name an attribute value where nobody gave it a better name: "unit 4", "assessor 17"."""
    return f"{attribute} {value}"


def units_in_scope(items: Iterable[Item], *, rules: Rules, ledger: Ledger, name: Namer = plain_name) -> Scope:
    """Pick the units of this sample: every mandatory one and exactly one rotating unit (R60).

    The rotating unit is the one least recently sampled among those with assessed work, and not the one used
    last time unless no other has any. Ties go to the unit with most decisions: chance may not decide here,
    because the frame is committed to before the seed exists.
    """
    decisions: dict[str, int] = {}
    for item in items:
        decisions[item.unit] = decisions.get(item.unit, 0) + 1
    if not rules.mandatory_units and not rules.rotating_units:
        return Scope(tuple(sorted(decisions)), "", {}, ())
    findings = [
        _mandatory_unit_missing(name("unit", unit)) for unit in rules.mandatory_units if unit not in decisions
    ]
    units = [unit for unit in rules.mandatory_units if unit in decisions]
    reasons = {unit: f"{sentence(name('unit', unit))} is always sampled" for unit in units}
    taken = sorted(
        (unit for unit in rules.rotating_units if unit in decisions),
        key=lambda unit: (
            unit == ledger.last_rotating_unit,
            ledger.last("unit", unit),
            -decisions[unit],
            unit,
        ),
    )
    rotating_unit = taken[0] if taken else ""
    if rotating_unit:
        units.append(rotating_unit)
        when = last_sampled(ledger.last("unit", rotating_unit))
        reasons[rotating_unit] = f"{sentence(name('unit', rotating_unit))} has its turn this year: {when}"
    findings += _rotation_findings(rotating_unit, rules, ledger, name)
    return Scope(tuple(units), rotating_unit, reasons, tuple(findings))


def frame_of(items: Iterable[Item], scope: Scope) -> tuple[Item, ...]:
    """The frame: the eligible items on the units in scope, sorted by id. This is what is committed to."""
    return tuple(sorted((item for item in items if item.unit in scope.units), key=lambda item: item.id))


def sentence(text: str) -> str:
    """Begin with a capital letter and change nothing else."""
    return text[:1].upper() + text[1:]


def last_sampled(year: int) -> str:
    """Say when a value was last sampled: "last sampled 2023-24"."""
    return "not sampled before" if year == NEVER else f"last sampled {year}-{(year + 1) % 100:02d}"


def _mandatory_unit_missing(unit: str) -> Finding:
    text = f"{sentence(unit)} must be in every sample, and no decision on it can be sampled yet."
    return Finding("warning", "mandatory_unit_not_taken", text, "R60")


def _rotation_findings(chosen: str, rules: Rules, ledger: Ledger, name: Namer) -> list[Finding]:
    if not rules.rotating_units:
        return []
    if not chosen:
        units = ", ".join(name("unit", unit) for unit in rules.rotating_units)
        text = f"One of {units} must be in the sample, and no decision on any of them can be sampled yet."
        return [Finding("warning", "rotating_units_not_taken", text, "R60")]
    if chosen == ledger.last_rotating_unit and len(rules.rotating_units) > 1:
        unit = sentence(name("unit", chosen))
        text = f"{unit} was used last time as well: no other rotating unit has decisions yet."
        return [Finding("warning", "rotating_unit_repeated", text, "R60")]
    return []

"""Which pieces of work are sampled: chance first, then what must be there, then the longest unseen."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from sampling import draw
from sampling.frame import (
    NEVER,
    Finding,
    Item,
    Ledger,
    Namer,
    Rules,
    Scope,
    last_sampled,
    plain_name,
    sentence,
)

#: What has to be seen over the years (R62), in the order in which ties are explained. The internal verifier
#: is left out on purpose: a reason that names one would show, before the item is judged, that it was
#: internally verified.
COVERED_OVER_YEARS = ("assessor", "site", "unit", "cohort")

SEEN_NOW = 10**6  # sorts after every year

MOST_NAMES_LISTED = 5

Key = tuple[int, ...]


@dataclass(frozen=True)
class Reason:
    """Why an item is in the sample, with the rule and the attribute value that it rests on."""

    code: str
    text: str
    rule: str = ""
    attribute: str = ""
    value: str = ""


@dataclass(frozen=True)
class Choice:
    """A chosen item; ``part`` is "random" for what chance drew from the whole frame, else "aimed"."""

    item: Item
    part: str
    ticket_number: int
    reasons: tuple[Reason, ...]


@dataclass(frozen=True)
class Plan:
    """The chosen items in the order of choosing, and everything that did not work out."""

    choices: tuple[Choice, ...]
    scope: Scope
    size: int
    frame_size: int
    findings: tuple[Finding, ...]

    @property
    def random_part(self) -> tuple[str, ...]:
        """Ids of the items that chance drew, in ticket order: the part that a power statement holds for."""
        drawn = sorted((c for c in self.choices if c.part == "random"), key=lambda c: c.ticket_number)
        return tuple(choice.item.id for choice in drawn)


def random_size(size: int, rules: Rules) -> int:
    """How many of ``size`` places chance fills: the scheme's share, rounded up."""
    return -(-size * rules.random_share // 1)


def choose(
    frame: Sequence[Item],
    *,
    scope: Scope,
    size: int,
    rules: Rules,
    ledger: Ledger,
    seed: bytes,
    year: int,
    every_learner: bool = False,
    keep: Sequence[Choice] = (),
    name: Namer = plain_name,
) -> Plan:
    """Choose a sample of ``size`` items, each with its reasons; the same input gives the same sample.

    The smallest tickets of the whole frame come first (``rules.random_share``). What is left completes the
    scheme's rules: every unit in scope (R60), every learner if ``every_learner`` (R56), every grade while
    there is room (R61). Then assessors, sites, units and cohorts unsampled the longest (R62), and last the
    next tickets. ``size`` is a minimum: units and learners that must appear may take it further. ``year``
    is the academic year's first calendar year; ``keep`` are the choices of an earlier, smaller plan, all of
    which stay.

    Raises ValueError for items outside the scope, repeated ids, a seed that has not 32 bytes, or an earlier
    plan that was drawn from another frame, with another seed, or larger.
    """
    if any(item.unit not in scope.units for item in frame):
        raise ValueError("The frame holds items on units that are not in scope.")
    draft = _Draft(
        frame, scope=scope, size=min(size, len(frame)), rules=rules, ledger=ledger, seed=seed, name=name
    )
    draft.keep(keep)
    draft.draw_by_chance()
    draft.complete_rules("unit" if rules.mandatory_units or rules.rotating_units else None, every_learner)
    draft.cover_the_longest_unsampled()
    draft.fill_by_ticket()
    findings = (*scope.findings, *_frame_findings(len(frame), size), *draft.findings(year))
    return Plan(tuple(draft.choices.values()), scope, size, len(frame), findings)


class _Draft:
    """A sample while it is being chosen: what is in it, and which attribute values that covers."""

    def __init__(
        self,
        frame: Sequence[Item],
        *,
        scope: Scope,
        size: int,
        rules: Rules,
        ledger: Ledger,
        seed: bytes,
        name: Namer,
    ) -> None:
        by_id = {item.id: item for item in frame}
        self.order = [by_id[item_id] for item_id in draw.by_ticket(seed, [item.id for item in frame])]
        self.number = {item.id: number for number, item in enumerate(self.order, start=1)}
        self.scope, self.size, self.rules, self.ledger, self.name = scope, size, rules, ledger, name
        self.choices: dict[str, Choice] = {}
        self.covered: set[tuple[str, str]] = set()

    @property
    def room(self) -> int:
        return self.size - len(self.choices)

    def take(self, item: Item, part: str, *reasons: Reason) -> None:
        if in_scope_because := self.scope.reasons.get(item.unit):
            reasons = (*reasons, Reason("unit_in_scope", in_scope_because, "R60", "unit", item.unit))
        self._add(Choice(item, part, self.number[item.id], reasons))

    def _add(self, choice: Choice) -> None:
        self.choices[choice.item.id] = choice
        for attribute in (*COVERED_OVER_YEARS, "learner", "grade"):
            self.covered.add((attribute, getattr(choice.item, attribute)))

    def keep(self, choices: Sequence[Choice]) -> None:
        for choice in choices:
            if self.number.get(choice.item.id) != choice.ticket_number:
                raise ValueError("The earlier plan was drawn from another frame or with another seed.")
            self._add(choice)

    def draw_by_chance(self) -> None:
        drawn = self.order[: random_size(self.size, self.rules)]
        if any(c.part == "random" and c.ticket_number > len(drawn) for c in self.choices.values()):
            raise ValueError("The earlier plan's random part is larger than this one's.")
        for item in drawn:
            kept = self.choices.get(item.id)
            if kept and kept.part == "random":
                continue
            text = f"Drawn by chance, ticket {self.number[item.id]} of {len(self.order)}"
            earlier = kept.reasons if kept else ()
            if (
                kept
            ):  # aimed at first, drawn now that the random part is larger: chance counts it from here on
                self._add(Choice(item, "random", self.number[item.id], (Reason("random", text), *earlier)))
            else:
                self.take(item, "random", Reason("random", text))

    def complete_rules(self, unit_rule: str | None, every_learner: bool) -> None:
        must = [attribute for attribute in (unit_rule, "learner" if every_learner else None) if attribute]

        def missing(item: Item) -> Key:
            musts = sum((attribute, getattr(item, attribute)) not in self.covered for attribute in must)
            grades = ("grade", item.grade) not in self.covered
            return -musts, -grades, *self._ages(item)

        def wanted(key: Key) -> bool:
            return key[0] < 0 or (key[1] < 0 and self.room > 0)

        for item in self._best_first(missing, wanted):
            self.take(item, "aimed", *self._rule_reasons(item, must), *self._coverage_reasons(item))

    def _rule_reasons(self, item: Item, must: Sequence[str]) -> list[Reason]:
        reasons = []
        if "learner" in must and ("learner", item.learner) not in self.covered:
            text = "Every learner is sampled, because there are so few"
            reasons.append(Reason("every_learner", text, "R56", "learner", item.learner))
        if "unit" in must and ("unit", item.unit) not in self.covered:
            text = f"Chance had brought nothing on {self.name('unit', item.unit)}"
            reasons.append(Reason("unit_missing", text, "R60", "unit", item.unit))
        if ("grade", item.grade) not in self.covered:
            text = f"Every grade is shown: this is {self.name('grade', item.grade)}"
            reasons.append(Reason("grade_missing", text, "R61", "grade", item.grade))
        return reasons

    def cover_the_longest_unsampled(self) -> None:
        def wanted(key: Key) -> bool:
            return self.room > 0 and key[0] < SEEN_NOW

        for item in self._best_first(self._ages, wanted):
            self.take(item, "aimed", *self._coverage_reasons(item))

    def _ages(self, item: Item) -> Key:
        """Years in which the item's attribute values were last sampled, oldest first."""
        values = [(attribute, getattr(item, attribute)) for attribute in COVERED_OVER_YEARS]
        return tuple(
            sorted(SEEN_NOW if value in self.covered else self.ledger.last(*value) for value in values)
        )

    def _coverage_reasons(self, item: Item) -> list[Reason]:
        reasons = []
        for attribute in COVERED_OVER_YEARS:
            value = getattr(item, attribute)
            if (attribute, value) in self.covered:
                continue
            last = last_sampled(self.ledger.last(attribute, value))
            text = f"{sentence(self.name(attribute, value))}: {last}"
            reasons.append(Reason("longest_unsampled", text, "R62", attribute, value))
        return reasons

    def fill_by_ticket(self) -> None:
        for item in self.order:
            if self.room <= 0:
                return
            if item.id not in self.choices:
                text = (
                    f"Everything is covered, so the next ticket: {self.number[item.id]} of {len(self.order)}"
                )
                self.take(item, "aimed", Reason("next_ticket", text))

    def _best_first(self, key_of: Callable[[Item], Key], wanted: Callable[[Key], bool]) -> Iterator[Item]:
        """Yield the item with the smallest key while it is wanted; the caller takes each before asking on.

        Keys only ever grow as more is covered, so a key that is still the smallest after a second look is
        right: thousands of items cost a few looks per pick. Equal keys go by ticket.
        """
        heap = [(key_of(item), self.number[item.id]) for item in self.order if item.id not in self.choices]
        heapq.heapify(heap)
        while heap:
            key, number = heap[0]
            item = self.order[number - 1]
            if (now := key_of(item)) != key:
                heapq.heapreplace(heap, (now, number))
                continue
            if not wanted(key):
                return
            heapq.heappop(heap)
            yield item

    def findings(self, year: int) -> list[Finding]:
        return [*self._grade_findings(), *self._size_findings(), *self._coverage_findings(year)]

    def _grade_findings(self) -> list[Finding]:
        present = {item.grade for item in self.order}
        missing = sorted(grade for grade in present if ("grade", grade) not in self.covered)
        if not missing:
            return []
        names = _listed([self.name("grade", grade) for grade in missing])
        text = f"There was no place left to show every grade: {names} not in the sample."
        return [Finding("warning", "grades_do_not_fit", text, "R61")]

    def _size_findings(self) -> list[Finding]:
        if self.room >= 0:
            return []
        more = f"{-self.room} more than the {self.size} asked for"
        text = f"The sample holds {len(self.choices)} items, {more}: a unit or learner would be missing."
        return [Finding("note", "larger_than_asked", text, "R56")]

    def _coverage_findings(self, year: int) -> list[Finding]:
        findings = []
        for attribute in COVERED_OVER_YEARS:
            values = {getattr(item, attribute) for item in self.order}
            gaps = [
                self.name(attribute, value)
                for value in sorted(values)
                if (attribute, value) not in self.covered
                and self._is_due(self.ledger.last(attribute, value), year)
            ]
            if gaps:
                since = (
                    f"not sampled in the last {self.rules.horizon_years} years, and not in this sample either"
                )
                text = f"{sentence(_listed(gaps))}: {since}."
                findings.append(Finding("warning", f"{attribute}_overdue", text, "R62"))
        return findings

    def _is_due(self, last: int, year: int) -> bool:
        return last == NEVER or year - last >= self.rules.horizon_years


def _frame_findings(frame_size: int, size: int) -> list[Finding]:
    if frame_size == 0:
        return [
            Finding(
                "error", "empty_frame", "No assessed work on the units in scope can be sampled yet.", "R55"
            )
        ]
    if frame_size < size:
        text = f"Only {frame_size} of the {size} items needed can be sampled yet: the sample holds them all."
        return [Finding("warning", "frame_smaller_than_size", text, "R55")]
    return []


def _listed(names: Sequence[str]) -> str:
    if len(names) <= MOST_NAMES_LISTED:
        return ", ".join(names)
    return f"{', '.join(names[:MOST_NAMES_LISTED])} and {len(names) - MOST_NAMES_LISTED} more"

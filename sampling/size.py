"""How many pieces of work a sample must hold at least, read from a scheme's size table."""

from collections.abc import Sequence
from dataclasses import dataclass

from centres.schemes.sampling import SizeRow


class SizeTableError(ValueError):
    """A scheme's size table does not answer the question that was put to it."""


@dataclass(frozen=True)
class MinimumSize:
    """The least number of items a plan may hold, and what it follows from.

    ``table_items`` is the number before the frame limits it; ``every_learner`` says that each learner must
    appear at least once; ``facts`` are name and value pairs for the record.
    """

    items: int
    table_items: int
    every_learner: bool
    limited_by_frame: bool
    rule: str
    explanation: str
    facts: tuple[tuple[str, int | str], ...]


def minimum_size(
    rows: Sequence[SizeRow],
    *,
    learners: int,
    control_measure: str,
    frame_size: int,
    every_learner_up_to: int = 5,
    items_for_power: int = 0,
) -> MinimumSize:
    """Say how many items a sample must hold at least, and by which rule.

    ``learners`` registered on the programme and ``frame_size`` eligible items are counts. The result is the
    larger of the table's number and ``items_for_power`` (what the scheme's planned power asks for, 0 if it
    sets none), never above the frame. With ``every_learner_up_to`` learners or fewer each of them must
    appear.

    Raises SizeTableError if the table has no row for the learners and the control measure (R55, R56, R57).
    """
    if learners < 0 or frame_size < 0:
        raise ValueError("Numbers of learners and items are never negative.")
    row = _row_for(rows, learners, control_measure)
    every_learner = learners <= every_learner_up_to or (
        row is not None and (row.every_learner or row.items is None)
    )
    table_items = row.items_for(learners) if row else 0
    if every_learner:
        table_items = max(table_items, learners)
    wanted = max(table_items, items_for_power)
    items = min(wanted, frame_size)
    return MinimumSize(
        items=items,
        table_items=table_items,
        every_learner=every_learner,
        limited_by_frame=wanted > frame_size,
        rule=_rule(row, every_learner, by_power=items_for_power > table_items),
        explanation=_explanation(
            row, learners, control_measure, frame_size, every_learner, table_items, wanted
        ),
        facts=(
            ("control measure", control_measure),
            ("registered learners", learners),
            ("items in the frame", frame_size),
            ("items by the table", table_items),
            ("items for the planned power", items_for_power),
        ),
    )


def _row_for(rows: Sequence[SizeRow], learners: int, control_measure: str) -> SizeRow | None:
    measures = [row for row in rows if row.control_measure == control_measure]
    if not measures:
        raise SizeTableError(f"The size table has no rows for {control_measure} control.")
    for row in measures:
        if row.holds(learners):
            return row
    if learners == 0:  # some tables begin at one learner: nobody registered needs no row
        return None
    raise SizeTableError(f"The size table has no row for {learners} learners on {control_measure} control.")


def _rule(row: SizeRow | None, every_learner: bool, *, by_power: bool) -> str:
    if by_power:
        return "planned power"
    return "R56" if every_learner or row is None else str(row.rule)


def _explanation(
    row: SizeRow | None,
    learners: int,
    control_measure: str,
    frame_size: int,
    every_learner: bool,
    table_items: int,
    wanted: int,
) -> str:
    if row is None:
        return "No learner is registered, so there is nothing to sample."
    who = "1 registered learner" if learners == 1 else f"{learners} registered learners"
    parts = [f"{who} on {control_measure} control ({row.as_text()}): at least {table_items}."]
    if every_learner and learners:
        parts.append("Every learner is sampled at least once.")
    if wanted > table_items:
        parts.append(f"The planned power needs {wanted}.")
    if wanted > frame_size:
        parts.append(f"Only {frame_size} can be sampled now, so the sample holds all of them.")
    return " ".join(parts)

"""What the database itself enforces about change: allowed statuses, and rows that never change."""

from __future__ import annotations

from collections.abc import Iterable

import pgtrigger

# generate_data sets this inside its own transaction: it writes finished states directly, with constraints on.
_BULK = "current_setting('qa.bulk_load', true) = 'on'"


def status_triggers(
    noun: str, *, initial: Iterable[str], edges: Iterable[tuple[str, str]], field: str = "status"
) -> list[pgtrigger.Trigger]:
    """An UPDATE may only follow an edge, an INSERT may only start at an initial status.

    An UPDATE trigger alone would let a row be inserted in a final status. What is forbidden stands in the triggers'
    WHEN, so that an allowed change calls no function: the call cost an import of many rows most of its time.
    """
    pairs = ", ".join(f"('{a}', '{b}')" for a, b in sorted({(str(a), str(b)) for a, b in edges}))
    starts = ", ".join(f"'{start}'" for start in sorted(str(s) for s in initial))
    changes = f"OLD.{field} IS DISTINCT FROM NEW.{field}"
    return [
        pgtrigger.Trigger(
            name=f"{noun}_{field}_edge",
            when=pgtrigger.Before,
            operation=pgtrigger.UpdateOf(field),
            condition=pgtrigger.Condition(
                f"{changes} AND (OLD.{field}, NEW.{field}) NOT IN ({pairs})" if pairs else changes
            ),
            func=(
                f"IF NOT ({_BULK}) IS TRUE THEN"
                f" RAISE EXCEPTION '{noun}: % to % is not an allowed change', OLD.{field}, NEW.{field}"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
            ),
        ),
        pgtrigger.Trigger(
            name=f"{noun}_{field}_start",
            when=pgtrigger.Before,
            operation=pgtrigger.Insert,
            condition=pgtrigger.Condition(f"NEW.{field} NOT IN ({starts})"),
            func=(
                f"IF NOT ({_BULK}) IS TRUE THEN"
                f" RAISE EXCEPTION '{noun}: % is not a status to start at', NEW.{field}"
                " USING ERRCODE = 'check_violation'; END IF; RETURN NEW;"
            ),
        ),
    ]


def unchanging_once(noun: str, status: str) -> list[pgtrigger.Trigger]:
    """A row that neither changes nor goes once it has reached a status: what was signed stays as it was signed (R4)."""
    reached = f"OLD.status = '{status}'"
    return [
        pgtrigger.Protect(
            name=f"{noun}_unchanging_once_{status.lower()}",
            operation=pgtrigger.Update,
            condition=pgtrigger.Condition(f"{reached} AND OLD.* IS DISTINCT FROM NEW.*"),
        ),
        pgtrigger.Protect(
            name=f"{noun}_undeletable_once_{status.lower()}",
            operation=pgtrigger.Delete,
            condition=pgtrigger.Condition(reached),
        ),
    ]


def immutable(
    noun: str, *, except_fields: Iterable[str] = (), deletable: bool = False
) -> list[pgtrigger.Trigger]:
    """Rows that are only ever added (R69, R97); ``except_fields`` may still be filled in by a worker."""
    triggers: list[pgtrigger.Trigger] = []
    allowed = tuple(except_fields)
    if allowed:
        strip = " - ".join(["to_jsonb({row})", *(f"'{column}'" for column in allowed)])
        func = (
            f"IF {strip.format(row='OLD')} IS DISTINCT FROM {strip.format(row='NEW')} THEN"
            f" RAISE EXCEPTION '{noun}: this record does not change' USING ERRCODE = 'check_violation';"
            " END IF; RETURN NEW;"
        )
        triggers.append(
            pgtrigger.Trigger(
                name=f"{noun}_unchanging", when=pgtrigger.Before, operation=pgtrigger.Update, func=func
            )
        )
    else:
        triggers.append(pgtrigger.Protect(name=f"{noun}_unchanging", operation=pgtrigger.Update))
    if not deletable:
        triggers.append(pgtrigger.Protect(name=f"{noun}_undeletable", operation=pgtrigger.Delete))
    return triggers

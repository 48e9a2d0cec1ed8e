"""The random draw: a frame committed to first, a seed made afterwards, and a ticket for every item."""

import hashlib
import hmac
import json
from collections.abc import Collection, Iterable, Mapping, Sequence

SEED_BYTES = 32


def canonical_lines(records: Iterable[Mapping[str, str]]) -> tuple[str, ...]:
    """Write a frame as sorted lines, one item a line, the same for the same items in any order.

    Each record is a mapping of text to text with a unique, opaque ``id``; names do not belong in it, because
    the lines are published. Raises ValueError if two items share an id or an id is missing.
    """
    listed = list(records)
    if not all(record.get("id") for record in listed):
        raise ValueError("Every item of a frame needs an id.")
    _refuse_repeats([record["id"] for record in listed])
    return tuple(
        sorted(
            json.dumps(dict(record), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
            for record in listed
        )
    )


def ids_in(lines: Iterable[str]) -> tuple[str, ...]:
    """Read the item ids back from canonical lines."""
    return tuple(json.loads(line)["id"] for line in lines)


def commitment(lines: Iterable[str]) -> str:
    """Fingerprint a frame: SHA-256, in hexadecimal, over its canonical lines, each ended by a line feed."""
    digest = hashlib.sha256()
    for line in lines:
        digest.update(line.encode("ascii") + b"\n")
    return digest.hexdigest()


def ticket(seed: bytes, item_id: str) -> str:
    """Give an item its ticket: HMAC-SHA256 of its id under the seed, in hexadecimal.

    Raises ValueError unless the seed has 32 bytes.
    """
    if len(seed) != SEED_BYTES:
        raise ValueError(f"A seed has {SEED_BYTES} bytes, this one has {len(seed)}.")
    return hmac.new(seed, item_id.encode(), hashlib.sha256).hexdigest()


def by_ticket(seed: bytes, item_ids: Iterable[str]) -> tuple[str, ...]:
    """Order items by their tickets, smallest first. Raises ValueError if an id comes twice."""
    listed = list(item_ids)
    _refuse_repeats(listed)
    return tuple(sorted(listed, key=lambda item_id: (ticket(seed, item_id), item_id)))


def random_part(seed: bytes, item_ids: Iterable[str], size: int) -> tuple[str, ...]:
    """Draw ``size`` items with equal chances: the smallest tickets of the whole frame.

    A larger part drawn with the same seed begins with the smaller one. Raises ValueError if ``size`` is
    negative or larger than the frame.
    """
    ordered = by_ticket(seed, item_ids)
    if not 0 <= size <= len(ordered):
        raise ValueError(f"{size} items cannot be drawn from {len(ordered)}.")
    return ordered[:size]


def next_tickets(
    seed: bytes, item_ids: Iterable[str], *, already: Collection[str], count: int
) -> tuple[str, ...]:
    """Draw up to ``count`` further items, in ticket order, leaving out those that were drawn ``already``.

    To replace missing work, pass the ids of its stratum only.
    """
    taken = frozenset(already)
    return tuple(item_id for item_id in by_ticket(seed, item_ids) if item_id not in taken)[:count]


def faults_in_draw(
    lines: Sequence[str], *, committed: str, seed: bytes, claimed_random_part: Sequence[str]
) -> tuple[str, ...]:
    """Recompute a published draw and list what does not agree; an empty list means it holds."""
    faults = []
    if list(lines) != sorted(lines):
        faults.append("The lines of the frame are not in order.")
    if commitment(lines) != committed:
        faults.append("The frame is not the one that was committed to before the draw.")
    ids = ids_in(lines)
    if len(claimed_random_part) > len(ids):
        faults.append("The random part is larger than the frame.")
    elif tuple(claimed_random_part) != random_part(seed, ids, len(claimed_random_part)):
        faults.append("The random part is not the one that the seed gives for this frame.")
    return tuple(faults)


def _refuse_repeats(item_ids: Sequence[str]) -> None:
    if len(set(item_ids)) != len(item_ids):
        raise ValueError("An item comes twice in the frame.")

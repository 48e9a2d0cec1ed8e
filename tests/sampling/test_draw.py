"""The draw: committed to, reproducible, fair, and checkable by anyone."""

import hashlib
import hmac
import json
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling import draw

SEED = bytes(range(32))

seeds = st.binary(min_size=32, max_size=32)
id_lists = st.lists(st.integers(min_value=1, max_value=10**6).map(str), min_size=1, max_size=40, unique=True)


def record(item_id, **more):
    return {"id": item_id, "unit": "4", **more}


@given(ids=id_lists, data=st.data())
def test_the_same_frame_in_any_order_has_one_fingerprint(ids, data):
    records = [record(item_id) for item_id in ids]
    shuffled = data.draw(st.permutations(records))

    assert draw.commitment(draw.canonical_lines(records)) == draw.commitment(draw.canonical_lines(shuffled))


def test_any_changed_attribute_changes_the_fingerprint():
    before = draw.canonical_lines([record("1", grade="Pass"), record("2", grade="Pass")])
    after = draw.canonical_lines([record("1", grade="Pass"), record("2", grade="Merit")])

    assert draw.commitment(before) != draw.commitment(after)


def test_the_fingerprint_is_plain_sha_256_over_the_lines():
    lines = draw.canonical_lines([record("2", site="Île\nde"), record("1")])

    assert all("\n" not in line and line.isascii() for line in lines)
    assert (
        draw.commitment(lines) == hashlib.sha256("".join(f"{line}\n" for line in lines).encode()).hexdigest()
    )
    assert json.loads(lines[0])["unit"] == "4"


def test_an_item_comes_once_and_has_an_id():
    with pytest.raises(ValueError, match="twice"):
        draw.canonical_lines([record("1"), record("1")])
    with pytest.raises(ValueError, match="needs an id"):
        draw.canonical_lines([{"unit": "4"}])
    with pytest.raises(ValueError, match="twice"):
        draw.by_ticket(SEED, ["1", "1"])


def test_a_ticket_is_hmac_sha_256_of_the_id():
    assert draw.ticket(SEED, "17") == hmac.new(SEED, b"17", hashlib.sha256).hexdigest()


def test_a_short_seed_is_refused():
    with pytest.raises(ValueError, match="32 bytes"):
        draw.ticket(b"short", "17")


@given(ids=id_lists, seed=seeds, data=st.data())
def test_a_larger_random_part_begins_with_the_smaller_one(ids, seed, data):
    small = data.draw(st.integers(min_value=0, max_value=len(ids)))
    large = data.draw(st.integers(min_value=small, max_value=len(ids)))

    assert draw.random_part(seed, ids, large)[:small] == draw.random_part(seed, ids, small)


@given(ids=id_lists, seed=seeds, data=st.data())
def test_the_order_in_which_items_are_listed_does_not_matter(ids, seed, data):
    assert draw.by_ticket(seed, data.draw(st.permutations(ids))) == draw.by_ticket(seed, ids)


@given(ids=id_lists, seed=seeds, data=st.data())
def test_an_items_chances_rest_on_tickets_alone(ids, seed, data):
    """An item is drawn exactly if fewer than ``size`` others have smaller tickets."""
    size = data.draw(st.integers(min_value=0, max_value=len(ids)))
    drawn = set(draw.random_part(seed, ids, size))

    for item_id in ids:
        smaller = sum(draw.ticket(seed, other) < draw.ticket(seed, item_id) for other in ids)
        assert (item_id in drawn) == (smaller < size)


def test_over_every_order_of_tickets_each_item_is_drawn_equally_often(monkeypatch):
    """Tickets are exchangeable, so going through all their orders is the exact argument for equal chances."""
    ids = ["a", "b", "c", "d"]
    drawn = dict.fromkeys(ids, 0)
    for tickets in permutations("0123"):
        order = dict(zip(ids, tickets, strict=True))
        monkeypatch.setattr(draw, "ticket", lambda _, item_id, order=order: order[item_id])
        for item_id in draw.random_part(SEED, ids, 2):
            drawn[item_id] += 1

    assert set(drawn.values()) == {12}  # half of the 24 orders


@pytest.mark.parametrize("size", [-1, 4])
def test_a_size_outside_the_frame_is_refused(size):
    with pytest.raises(ValueError, match="cannot be drawn"):
        draw.random_part(SEED, ["1", "2", "3"], size)


@given(ids=id_lists, seed=seeds, data=st.data())
def test_replacements_are_the_next_tickets_not_drawn_before(ids, seed, data):
    size = data.draw(st.integers(min_value=0, max_value=len(ids)))
    already = draw.random_part(seed, ids, size)

    following = draw.next_tickets(seed, ids, already=already, count=3)

    assert already + following == draw.by_ticket(seed, ids)[: size + 3]


def test_a_published_draw_can_be_checked_and_tampering_shows():
    ids = [str(number) for number in range(1, 31)]
    lines = draw.canonical_lines([record(item_id) for item_id in ids])
    committed = draw.commitment(lines)
    drawn = draw.random_part(SEED, ids, 6)

    def faults(**changes):
        published = {"committed": committed, "seed": SEED, "claimed_random_part": drawn, **changes}
        return draw.faults_in_draw(published.pop("lines", lines), **published)

    assert faults() == ()
    assert "not the one that was committed" in faults(lines=lines[1:])[0]
    assert "not in order" in faults(lines=lines[::-1])[0]
    assert "not the one that the seed gives" in faults(claimed_random_part=drawn[::-1])[0]
    assert "not the one that the seed gives" in faults(seed=bytes(32))[0]
    assert "larger than the frame" in faults(claimed_random_part=ids * 2)[0]

"""The numbers by which rows stand in their order where that is not the order of their ids."""

from __future__ import annotations

from itertools import pairwise
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from docrel.store.ranking import new_ranks


class Ranks:
    """Ranks of an array as a database keeps them, by id."""

    def __init__(self) -> None:
        self.of: dict[int, float] = {}
        self.highest = 0

    def order(self, ids: list[int]) -> int:
        changed = new_ranks([(number, self.of.get(number)) for number in ids])
        for n, rank in changed.items():
            if rank is None:
                del self.of[ids[n]]
            else:
                self.of[ids[n]] = rank
        self.of = {number: rank for number, rank in self.of.items() if number in ids}
        keys = [self.of.get(number, number) for number in ids]
        assert all(a < b for a, b in pairwise(keys))
        self.highest = max([self.highest, *ids])
        assert not ids or max(keys) < self.highest + 1
        assert not any(float(rank).is_integer() for rank in self.of.values())
        return len(changed)


def test_rows_in_the_order_of_their_ids_need_none() -> None:
    assert Ranks().order(list(range(1, 2001))) == 0


def test_a_row_put_first_is_the_only_one_that_is_ranked() -> None:
    ranks = Ranks()
    assert ranks.order([2001, *range(1, 2001)]) == 1
    assert list(ranks.of) == [2001]


def test_a_row_that_moves_is_the_only_one_that_is_ranked() -> None:
    assert Ranks().order([1, 2, 4, 5, 3]) == 1
    assert Ranks().order([5, 1, 2, 3, 4]) == 1
    assert Ranks().order([1, 4, 3, 2, 5]) == 2


def test_ranks_go_where_ids_tell_the_order_again() -> None:
    ranks = Ranks()
    ranks.order([3, 1, 2])
    assert ranks.order([1, 2, 3]) == 1
    assert ranks.of == {}


def test_a_row_put_first_ever_anew_is_the_only_one_that_is_written() -> None:
    ranks = Ranks()
    ids = [1]
    for number in range(2, 500):
        ids = [number, *ids]
        assert ranks.order(ids) == 1


def test_rows_put_into_one_gap_ever_anew_find_room() -> None:
    for at in (1, -1):
        ranks, ids, written = Ranks(), [1, 2], 0
        for number in range(3, 300):
            ids.insert(at, number)
            written += ranks.order(ids)
        assert written < 300 * 8


def test_moving_the_first_row_to_the_end_ever_anew_finds_room() -> None:
    ranks, ids, written = Ranks(), list(range(1, 20)), 0
    for _ in range(3000):
        ids = [*ids[1:], ids[0]]
        written += ranks.order(ids)
    assert written < 3000 * 2


def test_ids_at_the_limit_of_doubles_are_put_in_order() -> None:
    ranks = Ranks()
    high = 2**62
    changed = new_ranks([(high + 2, None), (high, None), (high + 1, None)])
    keys = [changed.get(0, high + 2), changed.get(1, high), changed.get(2, high + 1)]
    assert all(a < b for a, b in pairwise(keys) if a is not None and b is not None)
    assert ranks.of == {}


@given(st.integers(0, 10_000))
def test_any_change_of_order_is_told(seed: int) -> None:
    random, ranks, ids, next_id = Random(seed), Ranks(), list[int](), 1
    for _ in range(60):
        match random.randint(0, 4):
            case 0 if ids:
                ids.pop(random.randrange(len(ids)))
            case 1 if ids:
                ids.insert(random.randrange(len(ids) + 1), ids.pop(random.randrange(len(ids))))
            case 2 if random.random() < 0.2:
                random.shuffle(ids)
            case _:
                ids.insert(random.randrange(len(ids) + 1), next_id)
                next_id += 1
        ranks.order(ids)

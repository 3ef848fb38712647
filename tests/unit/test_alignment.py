"""Which stored row a new row continues."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from docrel.store.alignment import aligned

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 3)), max_size=8)


def rows(text: str) -> list[tuple[str, str]]:
    return [("t", letter) for letter in text]


def test_an_appended_row_is_the_only_new_one() -> None:
    assert aligned(rows("abc"), rows("abcd"), ordered=True) == [0, 1, 2, None]


def test_a_row_taken_from_the_middle_leaves_the_others_alone() -> None:
    assert aligned(rows("abcde"), rows("abde"), ordered=True) == [0, 1, 3, 4]


def test_two_rows_taken_from_different_places_leave_the_others_alone() -> None:
    assert aligned(rows("abcdefg"), rows("acdfg"), ordered=True) == [0, 2, 3, 5, 6]


def test_a_row_put_in_front_moves_contents_where_ids_tell_the_order() -> None:
    assert aligned(rows("ab"), rows("xab"), ordered=True) == [0, 1, None]


def test_a_row_put_in_front_is_new_where_a_position_tells_the_order() -> None:
    assert aligned(rows("ab"), rows("xab"), ordered=False) == [None, 0, 1]


def test_a_changed_row_keeps_its_identity() -> None:
    assert aligned(rows("abc"), rows("axc"), ordered=True) == [0, 1, 2]


def test_rows_change_places_without_being_rewritten_where_a_position_tells_the_order() -> None:
    assert aligned(rows("abc"), rows("cab"), ordered=False) == [2, 0, 1]


def test_from_the_first_row_of_another_table_on_all_are_new() -> None:
    assert aligned([("t", 1), ("u", 2), ("t", 3)], [("t", 1), ("t", 3)], ordered=True) == [0, 2]
    assert aligned([("t", 1), ("u", 2)], [("u", 1), ("u", 2)], ordered=True) == [None, None]


@given(ROWS, ROWS)
def test_ordered_pairs_rise_and_new_rows_come_last(old: list[tuple[str, int]], new: list[tuple[str, int]]) -> None:
    pairs = aligned(old, new, ordered=True)
    kept = [n for n in pairs if n is not None]
    assert len(pairs) == len(new)
    assert kept == sorted(set(kept))
    assert pairs[: len(kept)] == kept
    assert all(old[place][0] == row[0] for place, row in zip(pairs, new, strict=True) if place is not None)


@given(ROWS, ROWS)
def test_unordered_pairs_are_distinct_and_keep_every_equal_row(
    old: list[tuple[str, int]], new: list[tuple[str, int]]
) -> None:
    pairs = aligned(old, new, ordered=False)
    kept = [n for n in pairs if n is not None]
    assert len(kept) == len(set(kept))
    assert all(old[place][0] == row[0] for place, row in zip(pairs, new, strict=True) if place is not None)
    unmoved = sum(min(old.count(row), new.count(row)) for row in set(new))
    assert sum(place is not None and old[place] == row for place, row in zip(pairs, new, strict=True)) == unmoved


@given(ROWS)
def test_nothing_changes_where_nothing_changed(old: list[tuple[str, int]]) -> None:
    assert aligned(old, old, ordered=True) == list(range(len(old)))
    assert aligned(old, old, ordered=False) == list(range(len(old)))

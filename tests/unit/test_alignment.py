"""Which stored row a new row continues."""

from __future__ import annotations

import time
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from docrel.store.alignment import Content, aligned

ROWS = st.lists(st.tuples(st.sampled_from(["a", "b"]), st.tuples(st.integers(0, 3))), max_size=8)


def rows(text: str) -> list[Content]:
    return [("t", (letter,)) for letter in text]


def items(*values: tuple[object, ...]) -> list[Content]:
    return [("t", value) for value in values]


def test_an_appended_row_is_the_only_new_one() -> None:
    assert aligned(rows("abc"), rows("abcd")) == [0, 1, 2, None]


def test_a_row_put_in_front_is_the_only_new_one() -> None:
    assert aligned(rows("ab"), rows("xab")) == [None, 0, 1]
    assert aligned(rows("aaa"), rows("aaaa")).count(None) == 1


def test_rows_taken_from_anywhere_leave_the_others_alone() -> None:
    assert aligned(rows("abcde"), rows("abde")) == [0, 1, 3, 4]
    assert aligned(rows("abcdefg"), rows("acdfg")) == [0, 2, 3, 5, 6]


def test_a_row_that_changes_in_its_place_keeps_its_identity() -> None:
    assert aligned(rows("abc"), rows("axc")) == [0, 1, 2]
    assert aligned(rows("abc"), rows("xyz")) == [0, 1, 2]


def test_rows_that_change_places_keep_their_identity() -> None:
    assert aligned(rows("abc"), rows("cab")) == [2, 0, 1]
    assert aligned(rows("abcd"), rows("dcba")) == [3, 2, 1, 0]


def test_a_row_that_is_gone_lends_its_identity_to_none_elsewhere() -> None:
    assert aligned(rows("abcd"), rows("xabc")) == [None, 0, 1, 2]
    assert aligned(rows("abcd"), rows("bcdx")) == [1, 2, 3, None]


def test_equal_rows_are_told_by_what_stands_beside_them() -> None:
    assert aligned(rows("-a-b-"), rows("-a-x-b-y")) == [0, 1, 2, None, None, 3, 4, None]


def test_a_row_that_moved_and_changed_is_known_by_most_of_its_values() -> None:
    old = items(("T1", "write", 3), ("T2", "read", 3))
    assert aligned(old, items(("T9", "sing", 3), ("T1", "write", 4), ("T2", "read", 5))) == [None, 0, 1]
    assert aligned(old, items(("T2", "read", 1), ("T1", "write", 2))) == [1, 0]


def test_a_number_in_common_does_not_make_another_row_the_same() -> None:
    old = items(("T1", "write", 1), ("T2", "read", 2), ("T3", "mend", 3))
    assert aligned(old, items(("T9", "sing", 3), ("T1", "write", 1), ("T2", "read", 2))) == [None, 0, 1]


def test_marks_tell_rows_of_equal_content_apart() -> None:
    old, new = rows("--"), rows("---")
    assert aligned(old, new, finer=(["a", "b"], ["x", "a", "b"])) == [None, 0, 1]


def test_marks_find_rows_of_other_content() -> None:
    old, new = items((1,), (2,)), items((3,), (4,))
    assert aligned(old, new, coarser=[(["a", "b"], ["b", "a"])]) == [1, 0]
    assert aligned(old, new, coarser=[([None, "b"], [None, "a"])]) == [0, 1]


def test_rows_of_another_table_are_not_continued() -> None:
    assert aligned([("t", ("a",)), ("u", ("b",)), ("t", ("c",))], [("t", ("a",)), ("t", ("c",))]) == [0, 2]
    assert aligned([("t", ("a",)), ("u", ("b",))], [("u", ("a",)), ("u", ("b",))]) == [None, 1]


@given(ROWS, ROWS)
def test_pairs_are_distinct_of_one_kind_and_keep_every_equal_row(old: list[Content], new: list[Content]) -> None:
    pairs = aligned(old, new)
    assert len(pairs) == len(new)
    kept = [n for n in pairs if n is not None]
    assert len(kept) == len(set(kept))
    assert all(old[place][0] == row[0] for place, row in zip(pairs, new, strict=True) if place is not None)
    unmoved = sum(min(old.count(row), new.count(row)) for row in set(new))
    assert sum(place is not None and old[place] == row for place, row in zip(pairs, new, strict=True)) == unmoved


@given(ROWS)
def test_nothing_changes_where_nothing_changed(old: list[Content]) -> None:
    assert aligned(old, old) == list(range(len(old)))


def test_many_rows_take_no_more_than_their_share_of_time() -> None:
    old = [("t", (f"T{n}", n % 7)) for n in range(20_000)]
    changed = [("t", (f"T{n}", -1)) for n in range(20_000)]
    Random(1).shuffle(changed)
    start = time.perf_counter()
    assert aligned(old, changed).count(None) == 0
    assert aligned(rows("a") * 20_000, rows("ab") * 10_000).count(None) < 10_000
    assert time.perf_counter() - start < 5

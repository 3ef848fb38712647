"""Ranking: the numbers by which rows stand in their order where that is not the order of their ids.

In: the rows of one array or object in the order wanted, each with its id and the rank it has. Out: the ranks to change,
as few as may be. A row without a rank stands by its id. Pure; knows neither tables nor SQL.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from itertools import pairwise

Number = int | float
Ranked = tuple[int, float | None]  # (id, rank)

_END_STEPS = 1024  # moves to the end go by small steps: there is no more room than up to the next id
_LARGEST = 2**50  # up to here a half can be told from its neighbours


def new_ranks(rows: Sequence[Ranked]) -> dict[int, float | None]:
    """Return by place the ranks that change; None: the row stands by its id again.

    Order: afterwards the numbers rise strictly. None of the last row's is as high as the next whole number, so a row
    with a later id comes last.
    """
    keys: list[Number] = [number if rank is None else rank for number, rank in rows]
    if _rises(keys):
        return {}
    ids = [number for number, _ in rows]
    wanted: list[float | None] = [None] * len(rows)
    if not _rises(ids):
        wanted = _between(rows, keys) or _anew(ids)
        _settle(ids, wanted)
    return {n: rank for n, (rank, (_, before)) in enumerate(zip(wanted, rows, strict=True)) if rank != before}


def _rises(keys: Sequence[Number]) -> bool:
    return all(a < b for a, b in pairwise(keys))


def _between(rows: Sequence[Ranked], keys: Sequence[Number]) -> list[float | None] | None:
    """Keep the most rows that stand right, rank the others between them; None: there is no room."""
    kept = _longest_rise(keys)
    wanted = [rank for _, rank in rows]
    bounds: list[int | None] = [None, *kept, None]
    for before, after in pairwise(bounds):
        low = None if before is None else keys[before]
        high = None if after is None else keys[after]
        start = 0 if before is None else before + 1
        stop = len(rows) if after is None else after
        ranks = _spread(low, high, stop - start)
        if ranks is None:
            return None
        wanted[start:stop] = ranks
    return wanted


def _longest_rise(keys: Sequence[Number]) -> list[int]:
    """Return the places of a longest strictly rising subsequence."""
    ends: list[Number] = []
    places: list[int] = []
    before: list[int] = []
    for n, key in enumerate(keys):
        length = bisect_left(ends, key)
        before.append(places[length - 1] if length else -1)
        ends[length : length + 1] = [key]
        places[length : length + 1] = [n]
    found, n = [], places[-1]
    while n >= 0:
        found.append(n)
        n = before[n]
    return found[::-1]


def _spread(low: Number | None, high: Number | None, count: int) -> list[float] | None:
    """Return so many rising numbers between two, none of them whole; None: doubles have no room for them."""
    if not count:
        return []
    if low is None:
        top = math.ceil(high or 0)
        found = [top - count + n - 0.5 for n in range(count)]
    else:
        end = math.floor(low) + 1 if high is None else high
        step = (end - low) / (max(_END_STEPS, 2 * count) if high is None else count + 1)
        found = [_fraction(low + step * (n + 1), step) for n in range(count)]
    around: list[Number] = [*([] if low is None else [low]), *found, *([] if high is None else [high])]
    return found if _rises(around) else None


def _fraction(number: float, step: float) -> float:
    """Return a number near by that is no id."""
    return number - min(step, 1) / 4 if number.is_integer() else number


def _anew(ids: Sequence[int]) -> list[float | None]:
    top = min(max(ids), _LARGEST) + 0.5
    return [top - n for n in reversed(range(len(ids)))]


def _settle(ids: Sequence[int], wanted: list[float | None]) -> None:
    """Take the rank from each row that stands right by its id."""
    again = True
    while again:
        again = False
        keys: list[Number] = [number if rank is None else rank for number, rank in zip(ids, wanted, strict=True)]
        for n, number in enumerate(ids):
            fits = (n == 0 or keys[n - 1] < number) and (n + 1 == len(ids) or number < keys[n + 1])
            if wanted[n] is not None and fits:
                wanted[n], keys[n], again = None, number, True

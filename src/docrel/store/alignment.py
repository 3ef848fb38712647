"""Alignment: which stored row a new row continues.

In: the old and the new rows of one parent, by content, in order. Out: for each new row the old one whose identity it
keeps, so that little is written and ids stay. Pure; knows neither tables nor SQL.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence

Content = tuple[Hashable, Hashable]  # (kind, what the row says): only rows of one kind can continue each other


def aligned(old: Sequence[Content], new: Sequence[Content], *, ordered: bool) -> list[int | None]:
    """Return for each new row the number of the old row that it continues, None for a row that is new.

    Order: where ids tell the order (`ordered`) the numbers rise, and every None comes after them, because new ids
    are the highest.
    Law: minimal writes, `tests/laws/test_minimal_writes.py`.
    """
    prefix = _common(old, new)
    if not ordered:
        return [*range(prefix), *(n if n is None else n + prefix for n in _free(old[prefix:], new[prefix:]))]
    suffix = 0
    if len(new) <= len(old):
        suffix = _common(old[prefix:][::-1], new[prefix:][::-1])
    inner = _rising(old[prefix : len(old) - suffix], new[prefix : len(new) - suffix])
    result: list[int | None] = [*range(prefix), *(n if n is None else n + prefix for n in inner)]
    result += range(len(old) - suffix, len(old))
    return _cut(old, new, result)


def _common(old: Sequence[Content], new: Sequence[Content]) -> int:
    count = 0
    for a, b in zip(old, new, strict=False):
        if a != b:
            break
        count += 1
    return count


def _rising(old: Sequence[Content], new: Sequence[Content]) -> list[int | None]:
    """Pair equal rows in rising order where enough old rows lie between for those in between; then by place."""
    places: dict[Content, list[int]] = {}
    for n, content in enumerate(old):
        places.setdefault(content, []).append(n)
    result: list[int | None] = [None] * len(new)
    last_old, last_new = -1, -1
    for n, content in enumerate(new):
        for place in places.get(content, ()):
            room_before = place - last_old >= n - last_new
            room_after = len(old) - place >= len(new) - n
            if place > last_old and room_before and room_after:
                _by_place(result, last_old + 1, last_new + 1, n, len(old))
                result[n] = place
                last_old, last_new = place, n
                break
    _by_place(result, last_old + 1, last_new + 1, len(new), len(old))
    return result


def _by_place(result: list[int | None], old: int, start: int, stop: int, limit: int) -> None:
    for n in range(start, stop):
        result[n] = old if old < limit else None
        old += 1


def _free(old: Sequence[Content], new: Sequence[Content]) -> list[int | None]:
    """Pair equal rows wherever they are, then what is left of one kind in order."""
    equal: dict[Content, list[int]] = {}
    for n in range(len(old) - 1, -1, -1):
        equal.setdefault(old[n], []).append(n)
    result: list[int | None] = [equal[c].pop() if equal.get(c) else None for c in new]
    left: dict[Hashable, list[int]] = {}
    for n in sorted((n for rest in equal.values() for n in rest), reverse=True):
        left.setdefault(old[n][0], []).append(n)
    for n, place in enumerate(result):
        if place is None and left.get(new[n][0]):
            result[n] = left[new[n][0]].pop()
    return result


def _cut(old: Sequence[Content], new: Sequence[Content], result: list[int | None]) -> list[int | None]:
    """From the first pair of different kinds on, all rows are new: an id cannot change its table."""
    for n, place in enumerate(result):
        if place is None or old[place][0] != new[n][0]:
            return [*result[:n], *[None] * (len(result) - n)]
    return result

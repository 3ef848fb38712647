"""Alignment: which stored row a new row continues.

In: the old and the new rows of one parent, by content, in order. Out: for each new row the old one whose identity it
keeps: that of the same element wherever it stands now, else of one like it, else of the one in its place. Pure; knows
neither tables nor SQL.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence

Content = tuple[Hashable, tuple[Hashable, ...]]  # (kind, values): only rows of one kind can continue each other
Marks = Sequence[Hashable]
"""What each of some rows is recognised by; None: nothing."""


def aligned(
    old: Sequence[Content],
    new: Sequence[Content],
    *,
    finer: tuple[Marks, Marks] | None = None,
    coarser: Iterable[tuple[Marks, Marks]] = (),
) -> list[int | None]:
    """Return for each new row the number of the old row that it continues, None for a row that is new.

    `finer` marks of the old and the new rows tell more than contents do; `coarser` ones, each made only as it is
    needed, tell less.
    Law: minimal writes, `tests/laws/test_minimal_writes.py`.
    """
    if finer is None and old == new:
        return list(range(len(new)))
    pairs = _Pairs(len(old), len(new))
    pairs.ends(*(finer or (old, new)))
    if finer:
        pairs.equal(*finer)
    pairs.equal(old, new)
    for marks in coarser if pairs.are_open else ():
        pairs.equal(*marks)
    pairs.similar(old, new)
    pairs.by_place([kind for kind, _ in old], [kind for kind, _ in new])
    return pairs.result


class _Pairs:
    """Pairs under way; `result` has for each new row its old one."""

    def __init__(self, old: int, new: int) -> None:
        self.result: list[int | None] = [None] * new
        self._taken = [False] * old
        self._count = 0

    @property
    def are_open(self) -> bool:
        """Whether there are rows left on both sides."""
        return self._count < min(len(self._taken), len(self.result))

    def _pair(self, old: int, new: int) -> None:
        self.result[new], self._taken[old] = old, True
        self._count += 1

    def _old(self) -> list[int]:
        return [n for n, taken in enumerate(self._taken) if not taken]

    def _new(self) -> list[int]:
        return [n for n, place in enumerate(self.result) if place is None]

    def ends(self, old: Marks, new: Marks) -> None:
        """Pair equal rows from both ends on."""
        shorter = min(len(old), len(new))
        start = next((n for n in range(shorter) if old[n] != new[n]), shorter)
        rest = range(1, shorter - start + 1)
        end = next((n for n in rest if old[-n] != new[-n]), shorter - start + 1) - 1
        for n in range(start):
            self._pair(n, n)
        for n in range(end, 0, -1):
            self._pair(len(old) - n, len(new) - n)

    def equal(self, old: Marks, new: Marks) -> None:
        """Pair equal rows wherever they are: what is there once, then what is beside such, then the rest in order."""
        if not self.are_open:
            return
        once = self._alike(old, new)
        for of_old, of_new in once:
            if len(of_old) == len(of_new) == 1:
                self._pair(of_old[0], of_new[0])
        for n in self._new():
            self._beside(old, new, n, -1)
        for n in reversed(self._new()):
            self._beside(old, new, n, 1)
        for of_old, of_new in self._alike(old, new) if self.are_open else ():
            for a, b in zip(of_old, of_new, strict=False):
                self._pair(a, b)

    def _alike(self, old: Marks, new: Marks) -> list[tuple[list[int], list[int]]]:
        """Return the old and the new rows of each mark, of those that are left."""
        places: dict[Hashable, tuple[list[int], list[int]]] = {}
        for n in self._old():
            places.setdefault(old[n], ([], []))[0].append(n)
        for n in self._new():
            if (alike := places.get(new[n])) is not None:
                alike[1].append(n)
        places.pop(None, None)
        return [alike for alike in places.values() if alike[1]]

    def _beside(self, old: Marks, new: Marks, n: int, step: int) -> None:
        """Pair a new row with the old one that stands to its neighbour's as it does to its neighbour."""
        neighbour = self.result[n + step] if 0 <= n + step < len(new) else None
        place = -1 if neighbour is None else neighbour - step
        if 0 <= place < len(old) and not self._taken[place] and new[n] is not None and old[place] == new[n]:
            self._pair(place, n)

    def similar(self, old: Sequence[Content], new: Sequence[Content]) -> None:
        """Pair rows of one kind that have most of what no other row of the two sides has, the likest first."""
        if not self.are_open or self._is_one_for_one():
            return
        votes: Counter[tuple[int, int]] = Counter()
        for (_, _, value), (of_old, of_new) in self._values(old, new).items():
            if len(of_old) == len(of_new) == 1 and not self._taken[of_old[0]] and self.result[of_new[0]] is None:
                votes[of_new[0], of_old[0]] += _weight(value)
        for (n, place), weight in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0])):
            both = [a for a, b in zip(old[place][1], new[n][1], strict=True) if a is not None and b is not None]
            if self.result[n] is None and not self._taken[place] and 2 * weight >= sum(map(_weight, both)):
                self._pair(place, n)

    def _is_one_for_one(self) -> bool:
        """Whether one row is left on each side, in the same place."""
        old, new = self._old(), self._new()
        return len(old) == len(new) == 1 and old[0] in self._gap(new[0], new[0] + 1)

    def _values(self, old: Sequence[Content], new: Sequence[Content]) -> dict[_Value, tuple[list[int], list[int]]]:
        """Return where the values of the new rows that are left stand, two places of each side at most."""
        wanted: dict[_Value, tuple[list[int], list[int]]] = {}
        for n in self._new():
            wanted.update((value, ([], [])) for value in _telling(new[n]))
        for side, rows in enumerate((old, new)):
            for n, content in enumerate(rows):
                for value in _telling(content):
                    if (places := wanted.get(value)) is not None and len(places[side]) < 2:
                        places[side].append(n)
        return wanted

    def by_place(self, old_kinds: Marks, new_kinds: Marks) -> None:
        """Pair rows of one kind between the same neighbours, in order."""
        if not self.are_open:
            return
        for start, stop in _runs(self._new()):
            left: dict[Hashable, list[int]] = {}
            for place in reversed(self._gap(start, stop)):
                left.setdefault(old_kinds[place], []).append(place)
            for n in range(start, stop):
                if places := left.get(new_kinds[n]):
                    self._pair(places.pop(), n)

    def _gap(self, start: int, stop: int) -> Sequence[int]:
        """Return the old rows left that lie behind the row before some new ones, or before the row behind them."""
        before = self.result[start - 1] if start else None
        low = high = 0 if before is None else before + 1
        while high < len(self._taken) and not self._taken[high]:
            high += 1
        if low < high:
            return range(low, high)
        after = self.result[stop] if stop < len(self.result) else None
        low = high = len(self._taken) if after is None else after
        while low > 0 and not self._taken[low - 1]:
            low -= 1
        return range(low, high)


_Value = tuple[Hashable, int, Hashable]  # (kind, number of the column, value)


def _telling(content: Content) -> Iterator[_Value]:
    """Yield the values of a row that may tell it from others."""
    kind, values = content
    return ((kind, n, value) for n, value in enumerate(values) if _weight(value))


def _weight(value: object) -> int:
    """Return how much a value tells of a row: text more than a number."""
    return 2 if isinstance(value, str | bytes) else 1 if isinstance(value, int | float) else 0


def _runs(numbers: Sequence[int]) -> list[tuple[int, int]]:
    """Return the runs of numbers that follow each other, each with where it ends."""
    found: list[tuple[int, int]] = []
    for n in numbers:
        if found and found[-1][1] == n:
            found[-1] = (found[-1][0], n + 1)
        else:
            found.append((n, n + 1))
    return found

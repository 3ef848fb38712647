"""The order of an object's members: what `rebuild` would give by itself, and when that has to be noted.

In: the names of an object in order. Out: the names that nobody claims, and the order where it is not the expected
one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

_LONGEST, _LARGEST = 128, 2048


class MemberNames(dict[tuple[str, ...], "tuple[tuple[str, ...] | None, list[str] | None] | None"]):
    """What an object's member names mean, learnt once for each: None for what is expected.

    Else `(names nobody claims or None, names in order if unexpected or None)`.
    """

    def __init__(self, known: Sequence[str], claimed: Iterable[str], *, ordered: bool) -> None:
        super().__init__()
        self._rank = {name: position for position, name in enumerate(known)}
        self._claimed = frozenset(claimed)
        self._ordered = ordered

    def __missing__(self, names: tuple[str, ...]) -> tuple[tuple[str, ...] | None, list[str] | None] | None:
        extra = tuple(name for name in names if name not in self._claimed) or None
        order = list(names) if self._ordered and _expected(names, self._rank) != list(names) else None
        found = None if extra is None and order is None else (extra, order)
        if len(names) <= _LONGEST:
            if len(self) >= _LARGEST:
                self.clear()
            self[names] = found
        return found


def _expected(names: Iterable[str], rank: dict[str, int]) -> list[str]:
    """Return the names as `rebuild` orders those that are no rows: the known ones by rank, others as they come."""
    last = len(rank)
    return sorted(names, key=lambda name: rank.get(name, last))


class MapOrder:
    """Tells whether the members of an object with rows among them stand as `rebuild` would put them.

    That is: what is claimed or kept in the rest, then the rows; these as they come (`by_name`: sorted).
    """

    def __init__(self, known: Sequence[str], claimed: Iterable[str], *, by_name: bool) -> None:
        self._rank = {name: position for position, name in enumerate(known)}
        self._claimed = frozenset(claimed)
        self._by_name = by_name

    def __call__(self, names: Iterable[str], kept: Collection[str]) -> list[str] | None:
        """Return the names in order where that has to be noted."""
        written = list(names)
        rows = [name for name in written if name not in self._claimed and name not in kept]
        others = [name for name in written if name in self._claimed or name in kept]
        usual = _expected(others, self._rank) + (sorted(rows) if self._by_name else rows)
        return None if usual == written else written

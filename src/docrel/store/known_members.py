"""Known members: whether a stored document has a member that the mapping does not name, so that it is no news.

In: a place in a table's rows and a name, or what `flatten` tells of a document. Out: yes or no, asked of the database
once for each name, before an import writes the first document that has it; an empty database is not asked. Where it
would take too long the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

from docrel.diagnostics import DocumentError
from docrel.engine import Flattened, Place, Unnamed, path_of
from docrel.plan import Rest, Table
from docrel.rows import complement
from docrel.store.named_members import NamedMembers, Steps
from docrel.store.store import Store
from docrel.values import NOTHING, jsontext, value_at

_ASKED = 200
"""So many names are looked for in one import; each may take a look at all rows."""
_LOOKED_AT = 50
"""So many rests that hold the name anywhere are looked into."""

_SETTLED = 2000


class KnownMembers:
    """What one import knows of the rest of documents that are stored before it."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._known: dict[Place, dict[str, bool]] = {}
        self._settled: dict[int, tuple[str, ...]] = {}  # names, by identity
        self._named = NamedMembers(store.plan)
        self._asides: dict[tuple[int, tuple[str, ...]], bool] = {}
        self._left = 0 if store.is_empty() else _ASKED

    def settle(self, unnamed: Iterable[Unnamed]) -> None:
        """Find out, before they are written, which names are known."""
        for place, names, _ in unnamed:
            if id(names) not in self._settled:
                if len(self._settled) >= _SETTLED:
                    self._settled.clear()
                self._settled[id(names)] = names
                for name in names:
                    self(place, name)

    def new_of(self, found: Flattened) -> Iterator[tuple[int, Steps]]:
        """Yield the members of a document that neither the mapping nor a document of before has, set aside or not.

        Each with the number of its table.
        """
        for place, names, at in found.unnamed:
            yield from ((place[0], (*path_of(at), name)) for name in names if not self(place, name))
        for aside in found.asides:
            unnamed = self._named.unnamed(aside)
            yield from ((aside.table, steps) for steps in unnamed if not self._is_aside(aside.table, steps))

    def __call__(self, place: Place, name: str) -> bool:
        """Say whether a stored document has this member there."""
        known = self._known.setdefault(place, {})
        if name not in known:
            if self._left <= 0:
                return False
            self._left -= 1
            known[name] = any(value_at(rest, (*place[1], name)) is not NOTHING for rest in self._rests(place[0], name))
        return known[name]

    def _is_aside(self, number: int, steps: Steps) -> bool:
        """Say whether a stored document has this member in what it has set aside there."""
        names = tuple(step for step in steps if isinstance(step, str))
        if (number, names) not in self._asides:
            if self._left <= 0:
                return False
            self._left -= 1
            self._asides[number, names] = any(_has(rest, names) for rest in self._set_aside(number, names[-1]))
        return self._asides[number, names]

    def _set_aside(self, number: int, name: str) -> Iterator[Any]:
        """Yield what rows of a table, and those that it hangs below, keep beside their columns and has the name."""
        tables = self._store.plan.tables
        above = {source.parent for source in tables[number].sources} - {None, tables[number].name}
        for table in (tables[number], *(t for t in tables if t.name in above)):
            yield from self._in_columns(table, name)
            yield from self._in_notes(table, name)

    def _rests(self, number: int, name: str) -> Iterator[Any]:
        """Yield rests of rows of a table that hold the name somewhere."""
        table = self._store.plan.tables[number]
        has_rest = self._store.layout.tables[number].rest is not None
        return self._in_columns(table, name) if has_rest else self._in_notes(table, name)

    def _in_columns(self, table: Table, name: str) -> Iterator[Any]:
        rest = next((column.name for column in table.columns if isinstance(column.role, Rest)), None)
        for text in () if rest is None else self._texts(self._store.dml.select_rests(table, rest), name):
            with suppress(ValueError):  # edited by SQL into something that is none
                yield jsontext.loads_text(text)

    def _in_notes(self, table: Table, name: str) -> Iterator[Any]:
        for text in self._texts(self._store.dml.select_rests(table, None), name, table.name):
            with suppress(ValueError, DocumentError):
                yield from complement.load(None, text).left()

    def _texts(self, sql: str, name: str, *of: str) -> Iterator[str]:
        part = jsontext.dumps(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return (text for (text,) in self._store.backend.execute(sql, (*of, f"%{part}:%", _LOOKED_AT)))


def _has(value: Any, names: Sequence[str]) -> bool:
    """Say whether something lies at names, of which the first ones may lead to what has the value.

    >>> _has({"b": [{"c": 1}]}, ["a", "b", "c"]), _has({"b": {}}, ["a", "b", "c"])
    (True, False)
    """
    return any(_reaches(value, names[n:]) for n in range(len(names)))


def _reaches(value: Any, names: Sequence[str]) -> bool:
    inner = [value]
    for name in names:
        objects = [node for node in _through_arrays(inner) if isinstance(node, dict)]
        inner = [node[name] for node in objects if name in node]
    return bool(inner)


def _through_arrays(values: Iterable[Any]) -> Iterator[Any]:
    pending = list(values)
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        else:
            yield value

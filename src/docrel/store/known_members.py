"""Known members: whether a stored document has a member that the mapping does not name, so that it is no news.

In: a place in a table's rows and a name. Out: yes or no, asked of the database once for each name, before an import
writes the first document that has it; an empty database is not asked. Where it would take too long the answer is no.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from docrel.diagnostics import DocumentError
from docrel.engine import Place, Unnamed
from docrel.rows import complement
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

    def new_of(self, unnamed: Iterable[Unnamed]) -> Iterator[tuple[Unnamed, str]]:
        """Yield the members that no document of before has."""
        return ((one, name) for one in unnamed for name in one[1] if not self(one[0], name))

    def __call__(self, place: Place, name: str) -> bool:
        """Say whether a stored document has this member there."""
        known = self._known.setdefault(place, {})
        if name not in known:
            if self._left <= 0:
                return False
            self._left -= 1
            known[name] = any(value_at(rest, (*place[1], name)) is not NOTHING for rest in self._rests(place[0], name))
        return known[name]

    def _rests(self, number: int, name: str) -> Iterable[Any]:
        """Yield rests of rows of a table that hold the name somewhere."""
        store, table = self._store, self._store.plan.tables[number]
        rest = store.layout.tables[number].rest
        sql = store.dml.select_rests(table, None if rest is None else table.columns[rest].name)
        part = jsontext.dumps(name).replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        of_table = () if rest is not None else (table.name,)
        for (text,) in store.backend.execute(sql, (*of_table, f"%{part}:%", _LOOKED_AT)):
            try:
                yield jsontext.loads_text(text) if rest is not None else complement.load(None, text).rest
            except (ValueError, DocumentError):
                continue  # edited by SQL into something that is none

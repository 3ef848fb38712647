"""Stored notes: rows of the complement as a database has them, held against the plan before anybody relies on them.

In: what the columns of the complement hold. Out: which row a note is on, its texts, and the note; or S445 with table
and row. A note that speaks of what the plan does not have would be overlooked, and the document be another one.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any, assert_never

from docrel.diagnostics import StoreError
from docrel.layout import Pointer, constant_of, is_constant, layout_of, speller
from docrel.plan import JoinedKey, MemberKey, Plan, Table, Value
from docrel.rows import (
    Edge,
    Empty,
    Explicit,
    Filled,
    Integer,
    Null,
    Order,
    Override,
    Rest,
    RowComplement,
    RowKey,
    RowNote,
    Spelling,
    Strays,
    Via,
    complement,
)
from docrel.store.errors import damaged_note
from docrel.values import CODECS

StoredNote = tuple[str | None, str | None, float | None]  # (shape, body, rank)
Spot = tuple[int, RowKey]  # (number of the table, the row's key)


class StoredNotes:
    """Reads the notes of one database, which is at `path`."""

    def __init__(self, plan: Plan, path: str) -> None:
        self._plan, self._path = plan, path
        self._known: dict[int, _Known] = {}

    def held(self, spot: Spot, identity: Any, shape: str | None, body: Any, rank: Any) -> StoredNote:
        """Return what is stored of a note; `shape` is what is interned as `identity`, None for nothing.

        Raises:
            StoreError: S445, the shape is missing, the body is no text or the rank no number.
        """
        if identity is not None and shape is None:
            raise self._damaged(spot, "its shape is missing or another one")
        if body is not None and not isinstance(body, str):
            raise self._damaged(spot, "its body is no text")
        if rank is not None and not (isinstance(rank, float) and math.isfinite(rank)):
            raise self._damaged(spot, "its rank is no number")
        return shape, body, rank

    def load(self, notes: Mapping[Spot, StoredNote]) -> dict[Spot, RowComplement]:
        """Return the notes that are stored.

        Raises:
            StoreError: S445, they are none, or speak of what the plan does not have.
        """
        found = {}
        for spot, note in notes.items():
            try:
                found[spot] = complement.load(*note)
                for part in found[spot]:
                    self._of(spot[0]).hold(part)
            except ValueError as e:
                raise self._damaged(spot, str(e)) from e
        return found

    def _of(self, number: int) -> _Known:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = _Known(self._plan, self._plan.tables[number])
        return found

    def _damaged(self, spot: Spot, why: str) -> StoreError:
        return damaged_note(self._path, self._plan.tables[spot[0]].name, spot[1], why)


class _Known:
    """What notes on rows of one table may speak of."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self._plan, self._table = plan, table
        self._names = {c.name for c in table.columns if isinstance(c.role, MemberKey | JoinedKey)}
        self._sources = {source.name for source in table.sources}
        self._alternatives = {
            c.name: max(len(dict(source.values).get(c.name, c.role.paths)) for source in table.sources)
            for c in table.columns
            if isinstance(c.role, Value)
        }

    @cached_property
    def _forms(self) -> set[str]:
        """The columns whose values have several spellings."""
        return {name for name in self._alternatives if CODECS[self._table.column(name).type].spell is not None}

    @cached_property
    def _arrays(self) -> set[Pointer]:
        """The arrays within a row's node whose elements are rows."""
        layout = layout_of(self._plan)
        sources = layout.tables[layout.number(self._table.name)].sources
        return {claim.pointer for source in sources for claim in source.claim.walk() if claim.elements}

    def hold(self, note: RowNote) -> None:
        """Raise ValueError where a note speaks of what is not there."""
        match note:
            case Override(name, _, value) if name in self._names:
                if not isinstance(value, str):
                    raise ValueError("a member's name that is no text")
            case Null(name) | Integer(name) | Explicit(name) | Override(name) | Filled(name) | Via(name):
                if name not in self._alternatives:
                    raise ValueError(f"there is no column {name!a} that the document fills")
                if isinstance(note, Via) and not 1 <= note.alternative < self._alternatives[name]:
                    raise ValueError(f"{name!a} has no alternative {note.alternative}")
            case Spelling(name, form):
                if name not in self._forms:
                    raise ValueError(f"there is no column {name!a} whose values have several spellings")
                speller(self._table.column(name), form)(None)
            case Edge(source):
                if source not in self._sources:
                    raise ValueError(f"rows do not come by {source!a}")
            case Strays(pointer):
                if pointer not in self._arrays:
                    raise ValueError("elements of an array that has no rows")
            case Order() | Empty() | Rest():
                pass
            case _:
                assert_never(note)


def is_stale(note: RowNote, table: Table, row: Sequence[Any]) -> bool:
    """Say whether a note was taken for another value than a column has in a row, as far as the row tells."""
    match note:
        case Override(name) | Filled(name) | Null(name) | Integer(name):
            return not note.holds(row[table.index_of(name)])
        case Explicit(name):
            column = table.column(name)
            return is_constant(column) and row[table.index_of(name)] != constant_of(column)
        case Spelling() | Via() | Edge() | Order() | Strays() | Empty() | Rest():
            return False
        case _:
            assert_never(note)

"""The complement of one row: all notes on what its columns cannot say.

In: notes that `flatten` takes about a row. Out: a `RowComplement`, which answers what is noted of what; as texts, and
back, for a database (`docrel.rows.note_json`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, TypeVar

from docrel.layout import Pointer
from docrel.rows import note_json
from docrel.rows.notes import (
    Edge,
    Empty,
    Filled,
    Filler,
    Order,
    Override,
    Rest,
    RowNote,
    Strays,
    ValueNote,
    Via,
)
from docrel.values import NOTHING

_N = TypeVar("_N", bound=RowNote)
NotesByUse = tuple[dict[str, list[ValueNote]], dict[str, int], list[Rest | Empty], dict[Pointer, Strays], list[Order]]
"""The notes on what each column says; the numbers of alternatives; what is added to the rest, in turn; the strays of
each array; the orders of members."""


class RowComplement(list[RowNote]):
    """The notes on one row, in the order in which they were taken."""

    rank: float | None = None
    """Where the row stands, if not by its id."""

    def of(self, kind: type[_N]) -> list[_N]:
        """Return the notes of a kind."""
        return [note for note in self if isinstance(note, kind)]

    def by_column(self) -> dict[str, list[ValueNote]]:
        """Return the notes on what each column says."""
        found: dict[str, list[ValueNote]] = {}
        for note in self:
            if isinstance(note, ValueNote):
                found.setdefault(note.column, []).append(note)
        return found

    def by_use(self) -> NotesByUse:
        """Return the notes but that on the edge, sorted by what a rebuild asks for, in one go."""
        said: dict[str, list[ValueNote]] = {}
        via: dict[str, int] = {}
        rests: list[Rest | Empty] = []
        empty: list[Rest | Empty] = []
        strays: dict[Pointer, Strays] = {}
        orders: list[Order] = []
        for note in self:
            match note:
                case Order():
                    orders.append(note)
                case Rest():
                    rests.append(note)
                case Empty():
                    empty.append(note)
                case Strays(pointer):
                    strays.setdefault(pointer, note)
                case Via(column, alternative):
                    via[column] = alternative
                case Edge():
                    pass
                case _:
                    said.setdefault(note.column, []).append(note)
        return said, via, rests + empty, strays, orders

    @property
    def edge(self) -> str | None:
        """The name of the source that the row came by, where no column tells."""
        return next((note.source for note in self if isinstance(note, Edge)), None)

    @property
    def rest(self) -> Any:
        """What nobody claimed of the row's node, as far as it is noted; NOTHING: nothing."""
        return next((note.value for note in self if isinstance(note, Rest)), NOTHING)

    def left(self) -> Iterator[Any]:
        """Yield what nobody claimed of the row's node, each as it lies within that."""
        if self.rest is not NOTHING:
            yield self.rest
        for strays in self.of(Strays):
            inner: Any = [value for _, value in strays.elements]
            for name in reversed(strays.pointer):
                inner = {str(name): inner}
            yield inner

    def alternatives(self) -> dict[str, int]:
        """Return the numbers of the alternatives that columns' values come from, where that is not the first."""
        return {note.column: note.alternative for note in self if isinstance(note, Via)}

    def overriding(self, column: str) -> Override | None:
        """Return the override of a column."""
        return next((note for note in self.of(Override) if note.column == column), None)

    def filled(self, column: str) -> Filled | None:
        """Return the note on what filled a column."""
        return next((note for note in self.of(Filled) if note.column == column), None)

    def replace(self, note: Override | Filled) -> None:
        """Take a note on what a column holds, in place of another one."""
        other = self.overriding(note.column) or self.filled(note.column)
        if other is None:
            self.append(note)
        else:
            self[self.index(other)] = note

    def set_aside(self, column: str, value: Any, by: Filler) -> None:
        """Note that a column is NULL, as its rules forbid what it would hold for `value`.

        NOTHING or null: they forbid its default, which `by` has told if nothing else is noted.
        """
        if value is not NOTHING and value is not None:
            self.replace(Override(column, None, value))
            return
        before = self.filled(column)
        self.replace(Filled(column, None, by if before is None else before.by, null=value is None))

    def keep(self, pointer: Pointer, value: Any) -> None:
        """Add `value` to the rest at `pointer`."""
        rest = self.rest
        if rest is NOTHING:
            rest = [] if isinstance(pointer[0], int) else {}
            self.append(Rest(rest))
        for step, following in pairwise(pointer):
            inner = _member(rest, step)
            if inner is None:
                inner = [] if isinstance(following, int) else {}
                _set_member(rest, step, inner)
            rest = inner
        _set_member(rest, pointer[-1], value)

    def set_order(self, pointer: Pointer, names: list[str]) -> None:
        """Note the order of the members of the object at `pointer`, in place of what was noted."""
        self[:] = [note for note in self if not (isinstance(note, Order) and note.pointer == pointer)]
        self.append(Order(pointer, names))

    def dump(self) -> tuple[str | None, str | None]:
        """Return `(shape, body)`, None for what is empty."""
        return note_json.dump(self)


def _member(container: Any, step: str | int) -> Any:
    if isinstance(step, int):
        return container[step] if len(container) > step else None
    return container.get(step)


def _set_member(container: Any, step: str | int, value: Any) -> None:
    if isinstance(step, int):
        container.extend([None] * (step + 1 - len(container)))
    container[step] = value


def shape_id(shape: str) -> bytes:
    """Return the key under which a shape is interned: a digest, so that it needs no look-up (16 bytes)."""
    return hashlib.blake2b(shape.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def load(shape: str | None, body: str | None, rank: float | None = None) -> RowComplement:
    """Return the complement that `dump` wrote.

    Raises:
        ValueError: The texts are not such, whoever wrote them.
    """
    found = RowComplement(note_json.load(shape, body))
    if rank is not None:
        found.rank = rank
    return found

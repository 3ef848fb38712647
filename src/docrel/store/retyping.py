"""Retyping: columns of a database of format 2 come to hold what columns of their types hold from format 3 on.

In: a database and its plan, in a transaction. Out: the same documents. Times got one width, decimals became numbers,
and numbers within strings, which were NULL beside a note, are in their columns. What rest columns had at places of
others, as some of format 1 do, is in notes. Row by row, each with its notes; a value that the rules of its column
forbid now stays NULL. Called by the upgrade alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from docrel.backends import Backend, ForbiddenError
from docrel.diagnostics import StoreError
from docrel.layout import (
    Pointer,
    column_decoder,
    constant_of,
    is_constant,
    is_volatile,
    layout_of,
    misplaced,
    scalar_encoder,
)
from docrel.plan import OWN, Column, Plan, Table, Value
from docrel.rows import Explicit, Integer, Override, RowComplement, Spelling, complement, shape_id
from docrel.sql import Dml, ddl, row_name
from docrel.values import CODECS, jsontext

_ASIDE = f"{OWN}_old_"
_PAGE_ROWS = 1000
_REMADE = {"timestamp", "decimal"}
_FILLED = {"integer", "real"}
Row = Sequence[Any]
Cell = Callable[[Any, RowComplement], Any]
"""Gives the new content of a column for the old, and brings the notes on it along."""


def retype(backend: Backend, plan: Plan) -> None:
    """Bring all rows to what their columns hold from format 3 on.

    Raises:
        StoreError: S410, two rows that a UNIQUE told apart have one value now.
    """
    for table in plan.tables:
        types = {column.type for column in table.columns}
        retyping = _Retyping(backend, plan, table)
        if types & _REMADE:
            retyping.remake()
        if types & (_REMADE | _FILLED):
            retyping.fill()
        retyping.clear_rests()
    backend.execute(f"DROP VIEW {backend.dialect.quote_identifier(plan.complement)}")
    backend.execute(next(s.sql for s in ddl(plan, backend.dialect) if s.name == plan.complement))


class _Retyping:
    """The rows of one table and their notes."""

    def __init__(self, backend: Backend, plan: Plan, table: Table) -> None:
        self._backend, self._plan, self._table = backend, plan, table
        self._dml, self._quote = Dml(plan, backend.dialect), backend.dialect.quote_identifier
        self._key = [table.index_of(name) for name in table.primary_key]
        cells = ((n, _cell(column)) for n, column in enumerate(table.columns))
        self._cells = [(n, cell) for n, cell in cells if cell is not None]

    def remake(self) -> None:
        """Make the table anew, for its columns have other types; what is on it comes back."""
        backend, name, dialect = self._backend, self._table.name, self._backend.dialect
        statements = ddl(self._plan, dialect)
        own = {s.name for s in statements}
        around = [o for o in backend.objects() if o.table == name and o.kind in ("index", "trigger") and o.sql]
        again = [s.sql for s in statements if s.table == name and s.kind in ("index", "trigger")]
        again += [o.sql for o in around if o.name not in own]
        aside = _ASIDE + name
        for sql in dialect.renamed([(name, aside)]):
            backend.execute(sql)
        backend.execute(next(s.sql for s in statements if s.kind == "table" and s.name == name))
        insert = f"INSERT INTO {self._quote(name)} VALUES ({', '.join('?' * len(self._table.columns))})"
        for page in self._pages(aside, "LEFT JOIN"):
            for row, note in page:
                values, kept = self._retyped(row, note)
                try:
                    backend.execute(insert, values)
                except ForbiddenError as e:
                    raise self._not_held(values, e) from e
                self._keep(row, note, values, kept)
        if self._table.surrogate is not None:
            for sql in dialect.numbered_on(aside, name):
                backend.execute(sql)
        backend.execute(f"DROP TABLE {self._quote(aside)}")
        for sql in again:
            backend.execute(sql)

    def fill(self) -> None:
        """Fill columns of which only a note had the value, as far as their rules let it."""
        updates = {n: self._dml.update(self._table, [self._table.columns[n].name]) for n, _ in self._cells}
        for page in self._pages(self._table.name, "JOIN"):
            for row, before in page:
                values, notes = list(row), before
                for n, cell in self._cells:
                    kept = _copied(notes)
                    value = cell(None, kept) if row[n] is None else None
                    if value is None:
                        continue
                    try:
                        self._backend.execute(updates[n], [value, *(row[n] for n in self._key)])
                    except ForbiddenError:
                        continue
                    values[n], notes = value, kept
                self._keep(row, before, values, notes)

    def clear_rests(self) -> None:
        """Take out of the rest column what gives way to columns or rows, which is in notes."""
        layout = layout_of(self._plan).tables[self._plan.tables.index(self._table)]
        if layout.rest is None:
            return
        update = self._dml.update(self._table, [self._table.columns[layout.rest].name])
        for page in self._pages(self._table.name, "LEFT JOIN"):
            for row, before in page:
                notes = _copied(before)
                rest: Any = None if row[layout.rest] is None else jsontext.loads_text(row[layout.rest])
                places = {at for source in layout.sources for at in misplaced(rest, source.claim)}
                for at in places:
                    value, rest = _taken_out(rest, at)
                    notes.keep(at, value)
                if places:
                    text = None if rest is None else jsontext.dumps(rest)
                    self._backend.execute(update, [text, *(row[n] for n in self._key)])
                    self._keep(row, RowComplement(), row, notes)

    def _pages(self, source: str, join: str) -> Iterator[list[tuple[Row, RowComplement]]]:
        """Yield the rows of a table by their keys, each with its notes; `JOIN`: those alone that have some."""
        table, quote = self._table, self._quote
        columns = ", ".join(f"t.{quote(column.name)}" for column in table.columns)
        named = row_name(table, lambda name: f"t.{quote(name)}", self._plan, self._backend.dialect)
        label = self._backend.dialect.quote_literal(table.name)
        sql = (
            f'SELECT {columns}, s."body", n."body", n."rank" FROM {quote(source)} AS t '
            f'{join} {quote(self._plan.notes)} AS n ON n."table" = {label} AND n."row" = {named} '
            f'LEFT JOIN {quote(self._plan.shapes)} AS s ON s."id" = n."shape"'
        )
        key = ", ".join(f"t.{quote(name)}" for name in table.primary_key)
        end = f"ORDER BY {key} LIMIT {_PAGE_ROWS}"
        behind = f"WHERE ({key}) > ({', '.join('?' * len(self._key))})"
        page = self._backend.execute(f"{sql} {end}")
        while page:
            yield [(row[:-3], complement.load(*row[-3:])) for row in page]
            page = self._backend.execute(f"{sql} {behind} {end}", [page[-1][n] for n in self._key])

    def _retyped(self, row: Row, notes: RowComplement) -> tuple[Row, RowComplement]:
        """Return what a row holds now in columns that are not NULL, and its notes."""
        values, kept = list(row), _copied(notes)
        for n, cell in self._cells:
            if row[n] is not None:
                values[n] = cell(row[n], kept)
        return values, kept

    def _keep(self, row: Row, before: RowComplement, values: Row, after: RowComplement) -> None:
        """Put the notes on a row in place of those before, which a row of another key may have had."""
        own = [values[n] for n in self._key]
        if own == [row[n] for n in self._key] and list(before) == list(after):
            return
        self._backend.execute(self._dml.delete_note(self._table), [row[n] for n in self._key])
        if not after and after.rank is None:
            return
        shape, body = after.dump()
        identity = None if shape is None else shape_id(shape)
        if shape is not None:
            self._backend.execute(self._dml.insert_shape, [identity, shape])
        self._backend.execute(self._dml.insert_note(self._table), [*own, after.rank, identity, body])

    def _not_held(self, values: Row, error: ForbiddenError) -> StoreError:
        """Return S410: a row has the value of another one now, or none where there has to be one."""
        key = ", ".join(str(values[n]) for n in self._key)
        message = f"the row {key} of {self._table.name} cannot be as its columns hold values in this format: {error}"
        advice = "change that row by SQL, and try again; nothing was changed"
        return StoreError.one("S410", message, subject=self._backend.name, help=advice)


def _taken_out(rest: Any, at: Pointer) -> tuple[Any, Any]:
    """Return what is at a place of a rest, and the rest without it: None where that leaves it empty."""
    chain: list[Any] = [rest]
    for step in at:
        chain.append(chain[-1][step])
    value = chain.pop()
    for around, step in zip(reversed(chain), reversed(at), strict=True):
        if isinstance(step, int):
            around[step] = None
            while around and around[-1] is None:
                around.pop()
        else:
            del around[step]
        if around:
            return value, rest
    return value, None


def _copied(notes: RowComplement) -> RowComplement:
    copy = RowComplement(notes)
    copy.rank = notes.rank
    return copy


def _cell(column: Column) -> Cell | None:
    """Return what retypes a column; None: it stays as it is."""
    if column.type not in _REMADE | _FILLED:
        return None
    codec = CODECS[column.type]
    is_remade = column.type in _REMADE
    if not isinstance(column.role, Value):
        return (lambda held, notes: _or(codec.encode(held), held) if held is not None else None) if is_remade else None
    encode = scalar_encoder(column)
    explicit = Explicit(column.name)
    said = column_decoder(replace(column, type="text", quoted=None, scale=None))  # both were held as texts

    def give(held: Any, notes: RowComplement) -> Any:
        over, filled = notes.overriding(column.name), notes.filled(column.name)
        if filled is not None and filled.holds(held):
            stored = codec.encode(held) if is_remade and held is not None else held
            notes.replace(replace(filled, held=stored))
            return stored
        if over is not None and over.holds(held):
            if not is_remade and not (held is None and isinstance(over.value, str)):
                return held
            value = over.value
        elif held is None or not is_remade:
            return held
        else:
            value = said(held)
        stored, note = encode(value)
        if stored is None and not is_remade:
            return held
        notes[:] = [one for one in notes if one is not over]
        _take(notes, column, note)
        if (over is not None or _is_respelled(column, held)) and _may_be_silent(column, stored):
            notes[:] = [*(one for one in notes if one != explicit), explicit]
        return stored

    return give


def _may_be_silent(column: Column, stored: Any) -> bool:
    """Say whether the column could hold this value for a silent document; where it could not, a note does no harm."""
    if column.default is None or is_volatile(column) or stored is None:
        return False
    return stored == constant_of(column) if is_constant(column) else True


def _is_respelled(column: Column, held: Any) -> bool:
    """Say whether a decimal was spelled otherwise than its constant default, which a silent document had plainly."""
    constant = column.default.constant if column.default is not None and is_constant(column) else None
    if column.type != "decimal" or constant is None:
        return False
    return bool(held != format(Decimal(constant if isinstance(constant, str) else repr(constant)), "f"))


def _or(value: Any, other: Any) -> Any:
    return other if value is None else value


def _take(notes: RowComplement, column: Column, note: tuple[Any, ...] | None) -> None:
    """Take a note as `scalar_encoder` gives it."""
    if note == ():
        notes.append(Integer(column.name))
    elif note is not None:
        if len(note) != 2:
            notes.append(Spelling(column.name, note[0]))
        if len(note) > 1:
            notes.append(Override(column.name, *note[-2:]))

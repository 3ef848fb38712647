"""Retyping: columns of a database of an earlier format come to hold what columns of their types hold now.

In: a database and its plan, in a transaction. Out: the same documents. In format 3 times got one width, decimals became
numbers, and numbers within strings, which were NULL beside a note, are in their columns; what rest columns had at
places of others, as some of format 1 do, is in notes. In format 4 the numbers of scalar columns, which were texts,
became numbers. Row by row, each with its notes; a value that the rules of its column forbid now stays as it was, with a
note. Called by the upgrade alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
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
    mapped_constant,
    misplaced,
    scalar_encoder,
)
from docrel.plan import OWN, Column, EdgeName, JoinedKey, MemberKey, ParentKey, Plan, Table, Value
from docrel.rows import Explicit, Integer, Override, RowComplement, Spelling, complement, shape_id
from docrel.sql import Dml, ddl, note_triggers, row_name
from docrel.values import CODECS, encode_text, jsontext, same_scalar

_ASIDE = f"{OWN}_old_"
_PAGE_ROWS = 1000
_REMADE = {"timestamp": 3, "decimal": 3, "scalar": 4}
"""Types whose columns hold another type of value from a format on."""
_FILLED = {"integer": 3, "real": 3}
"""Types whose columns hold more from a format on."""
_CLEAR_RESTS = 3
Row = Sequence[Any]
Cell = Callable[[Any, RowComplement], Any]
"""Gives the new content of a column for the old, and brings the notes on it along."""


def retype(backend: Backend, plan: Plan, before: int) -> None:
    """Bring all rows of a database of the format `before` to what their columns hold now.

    Raises:
        StoreError: S410, two rows that a UNIQUE told apart have one value now.
    """
    remade, filled = ({type_ for type_, since in of.items() if before < since} for of in (_REMADE, _FILLED))
    renamed: list[_Renamed] = []
    for table in plan.tables:
        types = {column.type for column in table.columns}
        retyping = _Retyping(backend, plan, table, remade, filled)
        if types & remade:
            renamed += retyping.remake()
        if types & filled or types & remade - {"scalar"}:
            retyping.fill()
        if before < _CLEAR_RESTS:
            retyping.clear_rests()
    _rename(backend, plan, renamed)
    backend.execute(f"DROP VIEW {backend.dialect.quote_identifier(plan.complement)}")
    backend.execute(next(s.sql for s in ddl(plan, backend.dialect) if s.name == plan.complement))


class _Retyping:
    """The rows of one table and their notes."""

    def __init__(self, backend: Backend, plan: Plan, table: Table, remade: Set[str], filled: Set[str]) -> None:
        self._backend, self._plan, self._table = backend, plan, table
        self._dml, self._quote = Dml(plan, backend.dialect), backend.dialect.quote_identifier
        self._key = [table.index_of(name) for name in table.primary_key]
        cells = ((n, _cell(column, table, remade, filled)) for n, column in enumerate(table.columns))
        self._cells = [(n, cell) for n, cell in cells if cell is not None]
        self._texts = [n for n, column in enumerate(table.columns) if column.type == "scalar"]
        self._copies = {n: copied for n in self._texts if (copied := _copied_columns(table, n))}

    def remake(self) -> Iterator[_Renamed]:
        """Make the table anew, for its columns have other types; what is on it comes back.

        Yields the keys that rows below would not find by their own content.
        """
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
                values, kept = self._inserted(insert, row, note)
                self._keep(row, note, values, kept)
                usual = tuple(_usual(row[n]) if n in self._texts else values[n] for n in self._key)
                key = tuple(values[n] for n in self._key)
                if usual != key:
                    yield _Renamed(self._table.name, usual, key)
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

    def _inserted(self, insert: str, row: Row, note: RowComplement) -> tuple[Row, RowComplement]:
        """Insert a row; where a rule forbids a number that was a text, it stays a text."""
        values, kept = self._retyped(row, note)
        try:
            self._backend.execute(insert, values)
            return values, kept
        except ForbiddenError as e:
            forbidden = e
        changed = [n for n in self._texts if row[n] != values[n] and isinstance(self._table.columns[n].role, Value)]
        for columns in (*([n] for n in changed), changed):
            texts, notes = self._as_texts(columns, row, values, kept)
            try:
                self._backend.execute(insert, texts)
                return texts, notes
            except ForbiddenError:
                continue
        raise self._not_held(values, forbidden) from forbidden

    def _as_texts(
        self, columns: Sequence[int], row: Row, values: Row, notes: RowComplement
    ) -> tuple[Row, RowComplement]:
        """Return a row and its notes with the texts that some of its columns held."""
        texts, kept = list(values), _copied(notes)
        for n in columns:
            column = self._table.columns[n]
            texts[n], filled = row[n], kept.filled(column.name)
            if filled is not None:
                kept.replace(replace(filled, held=row[n]))
            elif (over := kept.overriding(column.name)) is not None:
                kept[kept.index(over)] = replace(over, held=row[n])
            elif values[n] is not None:
                kept.append(Override(column.name, row[n], values[n]))
        return texts, kept

    def _retyped(self, row: Row, notes: RowComplement) -> tuple[Row, RowComplement]:
        """Return what a row holds now in columns that are not NULL, and its notes."""
        values, kept = list(row), _copied(notes)
        for n, cell in self._cells:
            if row[n] is not None:
                values[n] = cell(row[n], kept)
        for n in self._copies:
            self._retype_copy(n, row, notes, values, kept)
        return values, kept

    def _retype_copy(self, n: int, row: Row, before: RowComplement, values: list[Any], notes: RowComplement) -> None:
        """Let a column whose default is another column's text, of which the document is silent, hold that text."""
        column, held = self._table.columns[n], row[n]
        over = before.overriding(column.name)
        if values[n] == held or Explicit(column.name) in before or (over is not None and over.holds(held)):
            return
        for other in self._copies[n]:
            above = before.overriding(self._table.columns[other].name)
            if row[other] is not None and not (above is not None and above.holds(row[other])):
                return  # it is no text that spells a number
            if above is not None and above.value == held:
                values[n], filled = held, notes.filled(column.name)
                notes[:] = [one for one in notes if one != notes.overriding(column.name)]
                if filled is not None:
                    notes.replace(replace(filled, held=held))
                return

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


def _cell(column: Column, table: Table, remade: Set[str], filled: Set[str]) -> Cell | None:
    """Return what retypes a column; None: it stays as it is."""
    if column.type not in remade | filled:
        return None
    codec = CODECS[column.type]
    is_remade = column.type in remade
    if column.type == "scalar":
        return _scalar_cell(column, table)
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
        is_said = over is not None and over.holds(held)
        if over is not None and is_said:
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
        if (is_said or _is_respelled(column, held)) and _may_be_silent(column, stored):
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


# -- numbers that were texts -----------------------------------------------------------------------------------

_SPELLED = re.compile(r"(-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?|true|false)\Z", re.ASCII)


def _meant(text: Any) -> Any:
    """Return what a scalar column meant by a text before format 4: what JSON spells so, else the text."""
    if not isinstance(text, str) or not _SPELLED.match(text):
        return text
    try:
        return jsontext.loads_text(text)
    except ValueError:
        return text


def _usual(text: Any) -> Any:
    """Return what a scalar column holds from format 4 on for a text of before that nothing else is said of."""
    return _or(CODECS["scalar"].encode(_meant(text)), text) if isinstance(text, str) else text


def _scalar_cell(column: Column, table: Table) -> Cell:
    """Return what retypes a scalar column: numbers were texts, and notes told texts that spell numbers from these."""
    if isinstance(column.role, MemberKey | JoinedKey | EdgeName):
        return lambda held, notes: held
    constants = {encode_text(value): value for value in _constants(column, table)}
    allowed = {encode_text(value): mapped_constant(column, value) for value in column.one_of or ()}
    encode, said = scalar_encoder(column), column_decoder(column)

    def give(held: Any, notes: RowComplement) -> Any:
        over, filled = notes.overriding(column.name), notes.filled(column.name)
        if filled is not None and filled.holds(held):
            stored = held if filled.by in {"given", "clock"} else of_default(held)
            notes.replace(replace(filled, held=stored))
            return stored
        if not isinstance(held, str) or not isinstance(column.role, Value):
            return of_default(held)
        if over is None or not over.holds(held):
            if held in constants and Explicit(column.name) not in notes:
                return of_default(held)
            over = None
        value = over.value if over is not None else _meant(held)
        if over is None and column.map and not same_scalar(said(usual := _usual(held)), usual):
            value = said(usual)
        stored, note = encode(value)
        if held in allowed and stored not in allowed.values():
            stored, note = allowed[held], (allowed[held], value)
        notes[:] = [one for one in notes if one is not over]
        _take(notes, column, note)
        return stored

    def of_default(held: Any) -> Any:
        return CODECS["scalar"].encode(constants[held]) if held in constants else _usual(held)

    return give


def _copied_columns(table: Table, n: int) -> list[int]:
    """Return the scalar columns whose values are the default of another one, in the order in which they are tried."""
    default = table.columns[n].default
    if default is None:
        return []
    own = {c.role.paths[:1]: m for m, c in enumerate(table.columns) if isinstance(c.role, Value) and c.type == "scalar"}
    reads = [own.get((read.path,)) for read in default.reads if table.parent is None or not read.root]
    return [m for m in reads if m is not None]


def _constants(column: Column, table: Table) -> Iterator[Any]:
    """Yield the constants that the mapping says of a column."""
    yield from (value for source in table.sources for name, value in source.constants if name == column.name)
    if column.default is not None:
        given = (column.default.constant, *(case.then for case in column.default.cases))
        yield from (value for value in given if value is not None)


@dataclass(frozen=True, slots=True)
class _Renamed:
    """A key of which rows below its row hold `usual`, as their own content tells, and which is `key`."""

    table: str
    usual: tuple[Any, ...]
    key: tuple[Any, ...]


def _rename(backend: Backend, plan: Plan, renamed: list[_Renamed]) -> None:
    """Let rows below hold the keys of their rows above."""
    quote = backend.dialect.quote_identifier
    moves = [trigger for trigger in note_triggers(plan, backend.dialect) if trigger.event == "move"] if renamed else []
    for trigger in moves:  # they would put the rows last among those below the row above, where they are already
        backend.execute(f"DROP TRIGGER {quote(trigger.name)}")
    for one in renamed:  # grows on the way
        for table, names in _below(plan, one.table):
            at = [plan.table(one.table).primary_key.index(role) for role, _ in names]
            usual, key = ([values[n] for n in at] for values in (one.usual, one.key))
            where = " AND ".join(f"{quote(name)} = ?" for _, name in names)
            own = [column for column in table.primary_key if table.surrogate is None]
            if any(name in own for _, name in names):
                taken = dict(zip((name for _, name in names), key, strict=True))
                for row in backend.execute(
                    f"SELECT {', '.join(map(quote, own))} FROM {quote(table.name)} WHERE {where}", usual
                ):
                    new = tuple(taken.get(name, value) for name, value in zip(own, row, strict=True))
                    renamed.append(_Renamed(table.name, row, new))
            changes = ", ".join(f"{quote(name)} = ?" for _, name in names)
            backend.execute(f"UPDATE {quote(table.name)} SET {changes} WHERE {where}", [*key, *usual])
    for trigger in moves:
        backend.execute(trigger.sql)


def _below(plan: Plan, above: str) -> Iterator[tuple[Table, list[tuple[str, str]]]]:
    """Yield the tables whose rows hold keys of a table, each with the columns of those and its own for them."""
    for table in plan.tables:
        names = [
            (c.role.column, c.name) for c in table.columns if isinstance(c.role, ParentKey) and c.role.table == above
        ]
        if names:
            yield table, names


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

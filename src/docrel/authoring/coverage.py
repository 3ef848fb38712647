"""Coverage: where the values of documents live: in typed columns, JSON and rest columns, or the complement.

In: a document with its rows and notes. Out: counts that add up over documents. Counts scalars: strings,
numbers, booleans and nulls; arrays, objects and names of members are not counted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from docrel.engine import flattener_of
from docrel.layout import TableLayout
from docrel.plan import Column, Plan, Rest, Table, Unsourced, Value
from docrel.rows import FILLERS, Filled, Null, Override, RowComplement, RowKey, Strays, shape_id
from docrel.values import CODECS, NOTHING, jsontext

KINDS = (
    "nulls",
    "integers",
    "spellings",
    "overrides",
    "defaults",
    "explicit",
    "via",
    "edge",
    "order",
    "empty",
    "strays",
    "rest",
)
"""The kinds of notes in the complement, in the order in which they are told."""

_NAMES: dict[str, tuple[str, ...]] = {kind: (kind,) for kind in KINDS} | {
    "nulls": ("null",), "integers": ("integer",), "spellings": ("spelling",),
    "overrides": ("override",), "defaults": FILLERS, "strays": ("stray",),
}  # fmt: skip
"""What each is called in a note."""
_REFERENCE_BYTES = 16


@dataclass(slots=True)
class Share:
    """How many scalars live where."""

    typed: int = 0
    json: int = 0
    rest: int = 0
    complement: int = 0

    @property
    def total(self) -> int:
        """All scalars."""
        return self.typed + self.json + self.rest + self.complement


@dataclass(slots=True)
class Use:
    """How many documents need a kind of note, and the bytes that it takes."""

    documents: int = 0
    bytes: int = 0


@dataclass(slots=True)
class Coverage:
    """What has been counted so far.

    Attributes:
        all: Over everything. Its `typed` has what a table or source says by itself too (`when`, constants).
        tables: By table.
        kinds: By kind of note.
        row_bytes: Of the values in rows.
        complement_bytes: Of the complement, each shape counted once.
    """

    all: Share = field(default_factory=Share)
    tables: dict[str, Share] = field(default_factory=dict)
    kinds: dict[str, Use] = field(default_factory=lambda: {kind: Use() for kind in KINDS})
    row_bytes: int = 0
    complement_bytes: int = 0
    shapes: set[bytes] = field(default_factory=set)


class Counter:
    """Counts documents of one plan."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.coverage = Coverage(tables={table.name: Share() for table in plan.tables})
        self._silent = flattener_of(without_defaults(plan))

    def add(
        self,
        document: Any,
        key: str | None,
        rows: Sequence[Sequence[Sequence[Any]]],
        notes: Mapping[tuple[int, RowKey], RowComplement],
    ) -> None:
        """Count one document, which has been flattened to `rows` and `notes`."""
        shares = [Share() for _ in self.plan.tables]
        for share, table, own in zip(shares, self.plan.tables, rows, strict=True):
            _count_rows(share, table, own)
            self.coverage.row_bytes += sum(_size(value) for row in own for value in row)
        needed: set[str] = set()
        for (number, _), note in notes.items():
            _count_note(shares[number], note)
            self._weigh(note, needed)
        for kind in needed:
            self.coverage.kinds[kind].documents += 1
        self._count_typed(shares, document, key)
        for share, table in zip(shares, self.plan.tables, strict=True):
            _join(self.coverage.tables[table.name], share)
            _join(self.coverage.all, share)
        told = sum(share.total for share in shares)
        self.coverage.all.typed += max(0, scalars(document) - told)

    def _count_typed(self, shares: list[Share], document: Any, key: str | None) -> None:
        """Count what scalar columns hold of the document, by a plan whose columns have no defaults."""
        to = self._silent.start()
        notes = self._silent.add(document, to, given=key, now="").notes
        for share, table, own in zip(shares, self._silent.layout.tables, to.rows, strict=True):
            columns = self.plan.tables[table.number].columns
            share.typed += sum(_filled(columns, table, row) for row in own)
        for (number, _), note in notes.items():
            names = {c.name for c in self.plan.tables[number].columns if _is_scalar(c)}
            kept = [o for o in note if isinstance(o, Override | Filled) and o.column in names and o.held is not None]
            shares[number].typed -= len(kept)

    def _weigh(self, note: RowComplement, needed: set[str]) -> None:
        shape, body = note.dump()
        new = False
        if shape is not None:
            identity = shape_id(shape)
            new = identity not in self.coverage.shapes
            self.coverage.shapes.add(identity)
            self.coverage.complement_bytes += _REFERENCE_BYTES + (len(shape.encode()) if new else 0)
        if body is not None:
            self.coverage.complement_bytes += len(body.encode())
        for text, counted in ((shape, new), (body, True)):
            members = jsontext.loads_text(text) if text is not None else {}
            assert isinstance(members, dict)
            for kind, name in ((k, name) for k in KINDS for name in _NAMES[k] if name in members):
                needed.add(kind)
                self.coverage.kinds[kind].bytes += len(jsontext.dumps_bytes(members[name])) if counted else 0


def without_defaults(plan: Plan) -> Plan:
    """Return the plan with columns that stay NULL where the document says nothing."""

    def silent(column: Column) -> Column:
        if column.default is None or not isinstance(column.role, (Value, Unsourced)):
            return column
        return replace(column, default=None, required=False)

    tables = (replace(t, columns=tuple(silent(c) for c in t.columns)) for t in plan.tables)
    return replace(plan, tables=tuple(tables))


def scalars(value: Any) -> int:
    """Return the number of scalars in a JSON value."""
    count, pending = 0, [value]
    while pending:
        inner = pending.pop()
        if isinstance(inner, dict):
            pending.extend(inner.values())
        elif isinstance(inner, list):
            pending.extend(inner)
        else:
            count += 1
    return count


def _is_scalar(column: Column) -> bool:
    return isinstance(column.role, Value) and not CODECS[column.type].container


def _filled(columns: Sequence[Column], table: TableLayout, row: Sequence[Any]) -> int:
    """Return how many scalar columns have a value that is the document's, not its source's."""
    source = table.source_of(row, None)
    told = set() if source is None else {n for n, _ in table.sources[source].constants}
    return sum(row[n] is not None for n, column in enumerate(columns) if n not in told and _is_scalar(column))


def _count_rows(share: Share, table: Table, rows: Sequence[Sequence[Any]]) -> None:
    for number, column in enumerate(table.columns):
        if isinstance(column.role, Rest):
            share.rest += sum(scalars(jsontext.loads_text(row[number])) for row in rows if row[number] is not None)
        elif isinstance(column.role, Value) and CODECS[column.type].container:
            texts = [row[number] for row in rows if row[number] is not None]
            share.json += sum(scalars(jsontext.loads_text(t)) if isinstance(t, str) else 1 for t in texts)


def _count_note(share: Share, note: RowComplement) -> None:
    share.typed += len(note.of(Null))  # a NULL says null; that it does not mean silence is all that is noted
    share.complement += sum(scalars(o.value) for o in note.of(Override)) + sum(f.null for f in note.of(Filled))
    share.complement += sum(scalars(element) for strays in note.of(Strays) for _, element in strays.elements)
    share.complement += 0 if note.rest is NOTHING else scalars(note.rest)


def _join(into: Share, more: Share) -> None:
    into.typed += more.typed
    into.json += more.json
    into.rest += more.rest
    into.complement += more.complement


def _size(value: Any) -> int:
    if isinstance(value, str):
        return len(value.encode("utf-8", "surrogatepass"))
    if isinstance(value, bytes):
        return len(value)
    return 0 if value is None else 8

"""Validating: whether a database is as its plan says.

In: an open store. Out: checks, table by table. Reads only; repairs nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from docrel.diagnostics import StoreError, cause, command
from docrel.documents import SetAside, SetAsides, shown_key
from docrel.plan import Column, ParentKey, Plan
from docrel.sql import NOTE_KEY, Difference, Missing, difference, schema, schema_of
from docrel.store import Agreement, Reader, Refusals, Store, StoredDocuments

_SHOWN_FAULTS = 20
_PAGE_ROWS = 1000


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: whether it is well, what was found, and what to do if it is not.

    `damage` is what only a backup mends; `set_aside` has what of the documents the tables do not show, which is no
    fault of theirs.
    """

    ok: bool
    text: str
    advice: str = ""
    damage: bool = False
    set_aside: SetAside | None = None


@dataclass(frozen=True, slots=True)
class RowFault(Check):
    """What is wrong with one row, and the `cause` that it shares with others."""

    row: Any = None
    cause: tuple[str, ...] = ()


def validate(store: Store) -> list[Check]:
    """Return what was found: version, tables, foreign keys, indexes, integrity, difference to the plan."""
    with store.snapshot():
        actual = store.backend.catalogue()
        wanted = schema_of(store.plan, store.backend.dialect)
        return [
            _version(wanted, actual),
            *_tables(store.plan, actual),
            *_foreign_keys(store),
            _indexes(store, wanted, actual),
            *_integrity(store),
            *_notes(store),
            *_documents(store),
            *_lost_rows(store),
            *_differences(store, difference(wanted, actual)),
        ]


def _version(wanted: schema.Schema, actual: schema.Schema) -> Check:
    good = wanted.version == actual.version
    return Check(good, f"Schema version: {actual.version}" + ("" if good else f", not {wanted.version}"))


def _tables(plan: Plan, actual: schema.Schema) -> Iterator[Check]:
    there = {table.name: len(table.columns) for table in actual.tables}
    for table in plan.tables:
        wanted, count = len(table.columns), there.get(table.name)
        if count is None:
            yield Check(False, f"Table '{table.name}' is missing")
        else:
            other = "" if count == wanted else f", not {wanted}"
            yield Check(count == wanted, f"Table '{table.name}' exists ({count} columns{other})")


def _foreign_keys(store: Store) -> Iterator[Check]:
    enabled = store.backend.dialect.foreign_keys != "none"
    yield Check(enabled, "Foreign keys enabled" if enabled else "Foreign keys are off")
    broken: dict[tuple[str, str], list[Any]] = {}
    for table, row, parent in store.backend.broken_links():
        broken.setdefault((table, parent), []).append(row)
    if not broken:
        yield Check(True, "Every row that is referred to exists")
    for (table, parent), rows in broken.items():
        link = _link(store.plan, table, parent)
        yield Check(False, f"Table '{table}', {_rows(rows)}: {link} names a row of '{parent}' that does not exist")


def _link(plan: Plan, table: str, parent: str) -> str:
    """Return the columns of a table that refer to another one."""
    columns = next((t.columns for t in plan.tables if t.name == table), ())
    named = [c.name for c in columns if _refers(c) == parent]
    return f"column {' or '.join(named)}" if named else "it"


def _refers(column: Column) -> str | None:
    if isinstance(column.role, ParentKey):
        return column.role.table
    return column.references[0] if column.references is not None else None


def _rows(keys: Sequence[Any]) -> str:
    """Name rows, the first ones only where there are many."""
    shown, left = keys[:_SHOWN_FAULTS], len(keys[_SHOWN_FAULTS:])
    words = ", ".join(map(str, shown)) + (f" and {left} more" if left else "")
    return f"row{'s' if len(shown) + left > 1 else ''} {words}"


def _indexes(store: Store, wanted: schema.Schema, actual: schema.Schema) -> Check:
    there = {index.name for index in actual.indexes}
    missing = [index.name for index in wanted.indexes if index.name not in there]
    if missing:
        return Check(False, f"Indexes missing: {', '.join(missing)}", _mends(store, "makes them again"))
    return Check(True, f"All indexes present ({len(wanted.indexes)} indexes)")


def _integrity(store: Store) -> Iterator[Check]:
    faults = store.backend.check()
    if not faults:
        yield Check(True, "Integrity check passed")
    for fault in faults[:_SHOWN_FAULTS]:
        yield Check(False, f"Integrity check: {fault.text}", damage=fault.is_damage)


def _notes(store: Store) -> Iterator[Check]:
    try:
        faults = list(islice(_note_faults(store), _SHOWN_FAULTS))
    except StoreError as e:  # no such table, say
        faults = [e.diagnostics[0].message]
    if not faults:
        yield Check(True, "Every note on a row can be read")
    yield from (Check(False, f"Notes: {fault}", damage=True) for fault in faults)


def _note_faults(reader: Reader) -> Iterator[str]:
    """Yield which notes are not what docrel writes, in constant memory; those on rows that are gone do no harm."""
    number = {table.name: n for n, table in enumerate(reader.plan.tables)}
    for table, row, *note in _note_rows(reader):
        if table not in number:
            yield f"notes on row {row!a} of table {table!a}, which there is not"
            continue
        try:
            spot = number[table], row
            reader.notes.load({spot: reader.stored_note(spot, *note)})
        except StoreError as e:
            yield e.diagnostics[0].message


def _note_rows(reader: Reader) -> Iterator[tuple[Any, ...]]:
    """Yield table, row, shape, body and rank of each note in the order of the key, some at a time."""
    quote = reader.backend.dialect.quote_identifier
    key = ", ".join(map(quote, NOTE_KEY))
    select, end = (
        f'SELECT {key}, "shape", "body", "rank" FROM {quote(reader.plan.notes)}',
        f"ORDER BY {key} LIMIT {_PAGE_ROWS}",
    )
    page = reader.backend.execute(f"{select} {end}")
    while page:
        yield from page
        page = reader.backend.execute(f"{select} WHERE ({key}) > (?, ?) {end}", page[-1][:2])


def _documents(store: Store) -> Iterator[Check]:
    """Say which documents cannot be read, or have rows that they do not give: by table and row, every one."""
    rows, refusals, asides = (
        StoredDocuments(store.backend, store.plan),
        Refusals(store.backend.name, store.plan),
        SetAsides(store.plan, filled=store.count_filled),
    )
    twice, wrong = store.named_twice(refusals), 0
    for key, found in (one for page in rows.examined(Agreement(store.plan, asides.add)) for one in page):
        if isinstance(found, StoreError):
            wrong += 1
            yield from map(_fault, _all_faults(found, rows.faults(key)))
    for key in twice:
        yield Check(False, f"Documents: {shown_key(key[1], store.plan)} is the key of rows of several root tables")
    if not wrong and not twice:
        yield Check(True, "Every document comes back from its rows")
    yield from (Check(True, f"Not in the tables: {one.text}", set_aside=one) for one in asides)


def _all_faults(found: StoreError, faults: Iterable[StoreError]) -> Iterator[StoreError]:
    """Yield what is wrong with a document: what its reading came upon, and all else."""
    yield found
    one = found.diagnostics[0]
    for e in faults:
        other = e.diagnostics[0].facts
        is_same = all(one.facts.get(name) == other[name] for name in ("table", "row"))
        if not (is_same and one.message.endswith(other["reason"])):
            yield e


def _fault(e: StoreError) -> RowFault:
    found = e.diagnostics[0]
    return RowFault(False, f"Documents: {found.message}", row=found.facts.get("row"), cause=cause(found))


def _lost_rows(store: Store) -> Iterator[Check]:
    lost: dict[str, list[str]] = {}
    for table, row in store.lost_rows(_SHOWN_FAULTS):
        lost.setdefault(table, []).append(", ".join(map(str, row)))
    for table, rows in lost.items():
        verb = "lies" if len(rows) == 1 else "lie"
        yield Check(False, f"Table '{table}', {_rows(rows)}, {verb} below no document", _mends(store, _REMOVED))
    if not lost:
        yield Check(True, "Every row lies below a document")


_REMOVED = "removes what is below a row that is gone, and is not referred to"


def _mends(store: Store, how: str) -> str:
    return f"{command('doctor', store.backend.name, '--fix')} {how}"


def _differences(store: Store, differences: list[Difference]) -> Iterator[Check]:
    """Say what is not as the plan has it; what users added beside the mapped tables is no fault."""
    faults = [d for d in differences if not d.extra]
    if not faults:
        yield Check(True, "No difference to the plan")
    gone: dict[str, list[str]] = {}
    for fault in faults:
        if not isinstance(fault, Missing) or fault.kind in {"table", "column"}:
            yield Check(False, f"Difference: {fault}")
        elif fault.kind != "index":  # told already
            gone.setdefault(fault.kind, []).append(fault.name)
    for kind, names in gone.items():
        shown = ", ".join(names[:_SHOWN_FAULTS]) + " …" * (len(names) > _SHOWN_FAULTS)
        missing = f"Difference: {kind} {shown} is missing" if len(names) == 1 else f"Missing {kind}s: {shown}"
        yield Check(False, missing, _mends(store, "makes what is missing again"))
    yield from (Check(True, f"Beside the plan: {d}") for d in differences if d.extra)

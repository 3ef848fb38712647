"""Validating: whether a database is as its plan says.

In: an open store. Out: findings, in the manner of the seed plan's validator. Reads only; repairs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from docrel.backends import introspect
from docrel.diagnostics import StoreError
from docrel.plan import Plan
from docrel.sql import SQLITE, Difference, difference, schema, schema_of
from docrel.store import Store
from docrel.upkeep.note_faults import note_faults

_SHOWN_FAULTS = 20


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, and whether it is as it should be; `damage` is what only a backup mends."""

    ok: bool
    text: str
    damage: bool = False


def validate(store: Store) -> list[Finding]:
    """Return what was found: version, tables, foreign keys, indexes, integrity, difference to the plan."""
    with store.snapshot():
        found = introspect(store.backend.connection)
        wanted = schema_of(store.plan, SQLITE)
        return [
            _version(wanted, found),
            *_tables(store.plan, found),
            *_foreign_keys(store),
            _indexes(wanted, found),
            *_integrity(store),
            *_notes(store),
            *_differences(difference(wanted, found)),
        ]


def _version(wanted: schema.Schema, found: schema.Schema) -> Finding:
    good = wanted.version == found.version
    return Finding(good, f"Schema version: {found.version}" + ("" if good else f", not {wanted.version}"))


def _tables(plan: Plan, found: schema.Schema) -> Iterator[Finding]:
    there = {table.name: len(table.columns) for table in found.tables}
    for table in plan.tables:
        wanted, count = len(table.columns), there.get(table.name)
        if count is None:
            yield Finding(False, f"Table '{table.name}' is missing")
        else:
            other = "" if count == wanted else f", not {wanted}"
            yield Finding(count == wanted, f"Table '{table.name}' exists ({count} columns{other})")


def _foreign_keys(store: Store) -> Iterator[Finding]:
    enabled = store.backend.execute("PRAGMA foreign_keys")[0][0] == 1
    yield Finding(enabled, "Foreign keys enabled" if enabled else "Foreign keys are off")
    broken = store.backend.execute("PRAGMA foreign_key_check")
    if not broken:
        yield Finding(True, "Every row that is referred to exists")
    for table, row, parent, _ in broken[:_SHOWN_FAULTS]:
        yield Finding(False, f"Table '{table}', row {row}, refers to a row of '{parent}' that does not exist")
    if len(broken) > _SHOWN_FAULTS:
        yield Finding(False, f"{len(broken) - _SHOWN_FAULTS} more rows refer to rows that do not exist")


def _indexes(wanted: schema.Schema, found: schema.Schema) -> Finding:
    there = {index.name for index in found.indexes}
    missing = [index.name for index in wanted.indexes if index.name not in there]
    if missing:
        return Finding(False, f"Indexes missing: {', '.join(missing)}")
    return Finding(True, f"All indexes present ({len(wanted.indexes)} indexes)")


def _integrity(store: Store) -> Iterator[Finding]:
    faults = [text for (text,) in store.backend.execute(f"PRAGMA integrity_check({_SHOWN_FAULTS})")]
    if faults == ["ok"]:
        yield Finding(True, "Integrity check passed")
    else:
        yield from (Finding(False, f"Integrity check: {fault}", damage=True) for fault in faults)


def _notes(store: Store) -> Iterator[Finding]:
    try:
        faults = list(islice(note_faults(store), _SHOWN_FAULTS))
    except StoreError as e:  # no such table, say
        faults = [e.diagnostics[0].message]
    if not faults:
        yield Finding(True, "Every note on a row can be read")
    yield from (Finding(False, f"Notes: {fault}", damage=True) for fault in faults)


def _differences(found: list[Difference]) -> Iterator[Finding]:
    """Say what is not as the plan has it; what users added beside the mapped tables is no fault."""
    faults = [d for d in found if not d.extra]
    if not faults:
        yield Finding(True, "No difference to the plan")
    yield from (Finding(False, f"Difference: {fault}") for fault in faults)
    yield from (Finding(True, f"Beside the plan: {d}") for d in found if d.extra)

"""The honest opponent: the best loader and exporter for the missions v2 tables that we can write by hand.

In: JSON lines and an open SQLite connection (`sqlite3` or `apsw`) whose tables exist. Out: rows; documents.
It keeps unmapped content in `missions.metadata`, as the plan asks, and has no complement: a `null` in a
column of its own, the order of keys, `5` in a REAL column and the like do not come back.

What makes it fast: `orjson`; exact-shape fast paths (`itemgetter`) for child elements; one flat parameter
list a table and 50 rows a `VALUES`; mission ids given out here; one transaction; indexes afterwards; garbage
collection off; on the way back one ordered range scan a table and `orjson.Fragment` for stored JSON.
"""

from __future__ import annotations

import gc
import itertools
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import orjson

from bench.handwritten_flatten import CHILDREN, COLUMNS, Document, Rows
from bench.handwritten_rebuild import elements, rebuild

Connection = Any
"""`sqlite3.Connection` or `apsw.Connection`: only `execute` is used."""

ROWS_PER_STATEMENT: Final = 50

_dumps = orjson.dumps
_loads = orjson.loads


@dataclass
class Report:
    """What a load did."""

    documents: int = 0
    refused: list[tuple[int, str]] = field(default_factory=list)
    """(0-based number of the line, why)."""


def _insert_sql(table: str, rows: int) -> str:
    columns = COLUMNS[table]
    values = f"({', '.join('?' * len(columns))})"
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {', '.join([values] * rows)}"


_INSERTS: Final = {
    table: tuple(_insert_sql(table, rows) for rows in range(ROWS_PER_STATEMENT + 1)) for table in COLUMNS
}
_UPDATE: Final = f"UPDATE missions SET {', '.join(f'{name} = ?' for name in COLUMNS['missions'][1:])} WHERE id = ?"


@contextmanager
def garbage_kept() -> Iterator[None]:
    """Keep the cyclic garbage collector off: documents have no cycles and there are many of them."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def load(
    connection: Connection,
    lines: Iterable[bytes],
    *,
    batch_documents: int = 1_000,
    indexes: Sequence[str] = (),
) -> Report:
    """Load documents in one transaction, then run the statements that make the indexes.

    A batch that a constraint refuses is tried again document by document; the refused ones are reported.
    """
    report = Report()
    execute = connection.execute
    next_id = (execute("SELECT max(id) FROM missions").fetchone()[0] or 0) + 1
    rows = Rows()
    numbered = enumerate(lines)
    with garbage_kept():
        execute("BEGIN IMMEDIATE")
        try:
            while batch := list(itertools.islice(numbered, batch_documents)):
                execute("SAVEPOINT batch")
                try:
                    flatten = rows.flatten
                    for mission, (_, line) in enumerate(batch, next_id):
                        flatten(_loads(line), mission)
                    _insert(connection, rows)
                    report.documents += len(batch)
                except Exception:
                    execute("ROLLBACK TO batch")
                    _load_singly(connection, batch, next_id, report)
                execute("RELEASE batch")
                rows.clear()
                next_id += len(batch)
            for statement in indexes:
                execute(statement)
            execute("COMMIT")
        except BaseException:
            execute("ROLLBACK")
            raise
    return report


def _load_singly(connection: Connection, batch: list[tuple[int, bytes]], first_id: int, report: Report) -> None:
    for mission, (number, line) in enumerate(batch, first_id):
        rows = Rows()
        connection.execute("SAVEPOINT one")
        try:
            rows.flatten(_loads(line), mission)
            _insert(connection, rows)
            report.documents += 1
        except Exception as error:
            connection.execute("ROLLBACK TO one")
            report.refused.append((number, f"{type(error).__name__}: {error}"))
        connection.execute("RELEASE one")


def _insert(connection: Connection, rows: Rows) -> None:
    execute = connection.execute
    for table, values in rows.by_table.items():
        statements = _INSERTS[table]
        width = len(COLUMNS[table])
        step = width * ROWS_PER_STATEMENT
        whole = len(values) // step * step
        statement = statements[ROWS_PER_STATEMENT]
        for start in range(0, whole, step):
            execute(statement, values[start : start + step])
        if whole < len(values):
            execute(statements[(len(values) - whole) // width], values[whole:])


def _select_sql(table: str, where: str) -> str:
    return f"SELECT {', '.join(COLUMNS[table])} FROM {table} WHERE {where}"


# Within one mission the rows stand in the order of their ids.
_SELECT_RANGE: Final = {
    table: _select_sql(table, "mission_id BETWEEN ? AND ? ORDER BY mission_id, id") for table in CHILDREN
}
_SELECT_ONE: Final = {table: _select_sql(table, "mission_id = ? ORDER BY id") for table in CHILDREN}


def export(connection: Connection, *, batch_documents: int = 500) -> Iterator[bytes]:
    """Give all documents back, in the order of their ids, one compact JSON text each."""
    last = -1
    select = f"SELECT {', '.join(COLUMNS['missions'])} FROM missions WHERE id > ? ORDER BY id LIMIT ?"
    while missions := connection.execute(select, (last, batch_documents)).fetchall():
        first, last = missions[0][0], missions[-1][0]
        with garbage_kept():
            children = [elements(table, connection.execute(_SELECT_RANGE[table], (first, last))) for table in CHILDREN]
            texts = [_dumps(rebuild(mission, children)) for mission in missions]
        yield from texts


def read_one(connection: Connection, uuid: str) -> bytes | None:
    """Give one document by its `mission_uuid`, or None."""
    execute = connection.execute
    select = f"SELECT {', '.join(COLUMNS['missions'])} FROM missions WHERE mission_uuid = ?"
    mission = execute(select, (uuid,)).fetchone()
    if mission is None:
        return None
    key = mission[:1]
    children = [elements(table, execute(_SELECT_ONE[table], key)) for table in CHILDREN]
    return _dumps(rebuild(mission, children))


def write_one(connection: Connection, document: bytes | Document) -> None:
    """Insert a document, or replace the stored one with the same identifier, in one transaction."""
    document = _loads(document if isinstance(document, bytes) else _dumps(document))  # ours to take apart
    rows = Rows()
    execute = connection.execute
    execute("BEGIN IMMEDIATE")
    try:
        uuid = ((document.get("manifest") or {}).get("metadata") or {}).get("projectId")
        uuid = uuid or (document.get("active_mission") or {}).get("mission_id")
        found = execute("SELECT id FROM missions WHERE mission_uuid = ?", (uuid,)).fetchone()
        if found is None:
            mission = (execute("SELECT max(id) FROM missions").fetchone()[0] or 0) + 1
        else:
            mission = found[0]
            for table in CHILDREN:
                execute(f"DELETE FROM {table} WHERE mission_id = ?", found)
        rows.flatten(document, mission)
        if found is not None:  # the row itself is updated: deleting it would look through every child table
            values = rows.by_table["missions"]
            execute(_UPDATE, [*values[1:], mission])
            values.clear()
        _insert(connection, rows)
        execute("COMMIT")
    except BaseException:
        execute("ROLLBACK")
        raise

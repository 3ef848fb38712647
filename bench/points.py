"""Point reads and writes of one mission of about 30 rows: through the store, and by hand.

In: a database of missions. Out: seconds of each call, by kind. By hand means: the same tables and
transactions; rows are read into dictionaries, with their JSON parsed. A document is written as such
programs do it: the mission's row updated, its child rows deleted and inserted again. One field is written
by an UPDATE. No complement, no check, no comparison.
"""

from __future__ import annotations

import json
import random
import sqlite3
import time
from pathlib import Path
from typing import Any

from docrel.store import Store

TIMES = 300
CHILDREN = (
    "tool_calls", "decisions", "playbook_runs", "agent_memory", "session_narrative", "domain_concepts",
    "domain_concerns",
    "trajectory", "artifacts", "quality_gates",
)  # fmt: skip
JSON_COLUMNS = {
    "args",
    "result",
    "context",
    "metrics",
    "value",
    "completed_phases",
    "blockers",
    "metadata",
    "details",
    "cost_breakdown",
}


def by_store(store: Store) -> list[tuple[str, list[float]]]:
    """Time get, put with one change, put_part, append."""
    keys = _keys(store)
    read, write, part, append, field = [], [], [], [], []
    for n, key in enumerate(keys):
        began = time.perf_counter()
        document = store.get(key)
        read.append(time.perf_counter() - began)
        document["manifest"]["status"]["message"] = f"changed {n}"
        document["manifest"]["metadata"]["owner"] = f"owner {n}"
        began = time.perf_counter()
        store.put(document)
        write.append(time.perf_counter() - began)
        began = time.perf_counter()
        store.put_part(key, "session_handoff", {"n": n})
        part.append(time.perf_counter() - began)
        call = {"tool_name": "lint", "args": {"n": n}, "timestamp": "2025-11-20T00:00:00Z", "success": True}
        began = time.perf_counter()
        store.append(key, "$.records.tool_calls", call)
        append.append(time.perf_counter() - began)
        row = store.rows("missions", key)[0].id
        began = time.perf_counter()
        store.update_row("missions", row, {"owner": f"field {n}"})
        field.append(time.perf_counter() - began)
    return [
        ("store: get", read), ("store: put", write), ("store: put_part", part), ("store: one field", field),
        ("store: append", append),
    ]  # fmt: skip


def by_hand(path: Path) -> list[tuple[str, list[float]]]:
    """Time the same by hand."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = FULL")
    ids = [row[0] for row in connection.execute("SELECT id FROM missions")]
    chance = random.Random(1)
    read, write, append, field = [], [], [], []
    for n in range(TIMES):
        mission = chance.choice(ids)
        began = time.perf_counter()
        _document(connection, mission)
        read.append(time.perf_counter() - began)
        found = _document(connection, mission)
        began = time.perf_counter()
        _put(connection, mission, found, f"hand {n}")
        write.append(time.perf_counter() - began)
        began = time.perf_counter()
        connection.execute("UPDATE missions SET owner = ? WHERE id = ?", [f"field {n}", mission])
        field.append(time.perf_counter() - began)
        began = time.perf_counter()
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(
            "INSERT INTO tool_calls (mission_id, tool_name, args, timestamp, success) VALUES (?, ?, ?, ?, ?)",
            [mission, "lint", json.dumps({"n": n}), "2025-11-20T00:00:00Z", 1],
        )
        connection.execute("COMMIT")
        append.append(time.perf_counter() - began)
    connection.close()
    return [
        ("by hand: read", read),
        ("by hand: put", write),
        ("by hand: one field", field),
        ("by hand: append", append),
    ]


def _put(connection: sqlite3.Connection, mission: int, found: dict[str, Any], owner: str) -> None:
    connection.execute("BEGIN IMMEDIATE")
    columns = [name for name in found if name not in {"id", *CHILDREN}]
    row = {**found, "owner": owner, "metadata": found["metadata"]}
    connection.execute(
        f"UPDATE missions SET {', '.join(f'{name} = ?' for name in columns)} WHERE id = ?",
        [*(_stored(name, row[name]) for name in columns), mission],
    )
    for table in CHILDREN:
        connection.execute(f"DELETE FROM {table} WHERE mission_id = ?", [mission])
        if found[table]:
            names = list(found[table][0])
            marks = ", ".join("?" * len(names))
            connection.executemany(
                f"INSERT INTO {table} ({', '.join(names)}) VALUES ({marks})",
                [[_stored(name, r[name]) for name in names] for r in found[table]],
            )
    connection.execute("COMMIT")


def _stored(name: str, value: Any) -> Any:
    return json.dumps(value) if name in JSON_COLUMNS and value is not None else value


def _document(connection: sqlite3.Connection, mission: int) -> dict[str, Any]:
    found = _parsed(connection.execute("SELECT * FROM missions WHERE id = ?", [mission]).fetchone())
    for table in CHILDREN:
        rows = connection.execute(f"SELECT * FROM {table} WHERE mission_id = ? ORDER BY id", [mission])
        found[table] = [_parsed(row) for row in rows]
    return found


def _parsed(row: sqlite3.Row) -> dict[str, Any]:
    return {
        name: json.loads(row[name]) if name in JSON_COLUMNS and row[name] is not None else row[name]
        for name in row.keys()  # noqa: SIM118
    }


def _keys(store: Store) -> list[Any]:
    chance = random.Random(0)
    keys = [
        key
        for (key,) in store.backend.execute(
            "SELECT mission_uuid FROM missions WHERE metadata LIKE '%manifest%' LIMIT 50000"
        )
    ]
    chosen = []
    while len(chosen) < TIMES and keys:
        key = chance.choice(keys)
        found = store.get(key)
        if isinstance(found.get("manifest", {}).get("status"), dict) and isinstance(
            found["manifest"].get("metadata"), dict
        ):
            chosen.append(key)
    return chosen

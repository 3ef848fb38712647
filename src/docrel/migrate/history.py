"""History: which migrations a database has been through, and the plans to go back to.

In: a database. Out: `Entry` values, oldest first. The table `_docrel_history` is the engine's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from docrel import plan as plans
from docrel.backends import SQLite
from docrel.plan import Plan

TABLE = "_docrel_history"
Direction = Literal["up", "down"]
_MAKE = f"""CREATE TABLE IF NOT EXISTS {TABLE} (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, direction TEXT NOT NULL, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL, from_checksum TEXT NOT NULL, to_checksum TEXT NOT NULL,
  from_plan TEXT NOT NULL, to_plan TEXT NOT NULL, documents INTEGER NOT NULL, backup TEXT
)"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One migration: when, which way, from and to, how many documents there were, where the backup is."""

    id: int
    at: str
    direction: Direction
    from_version: int
    to_version: int
    from_checksum: str
    to_checksum: str
    documents: int
    backup: str | None


def record(
    backend: SQLite,
    at: str,
    direction: Direction,
    old: Plan,
    new: Plan,
    *,
    documents: int,
    backup: Path | None,
) -> Entry:
    """Add a migration to the history, within a transaction of the caller's."""
    backend.execute(_MAKE)
    sums = plans.checksum(old), plans.checksum(new)
    saved = None if backup is None else str(backup)
    values = [
        at,
        direction,
        old.version,
        new.version,
        *sums,
        plans.dump(old),
        plans.dump(new),
        documents,
        saved,
    ]
    backend.execute(
        f"INSERT INTO {TABLE} (at, direction, from_version, to_version, from_checksum, to_checksum, "
        f"from_plan, to_plan, documents, backup) VALUES ({', '.join('?' * len(values))})",
        values,
    )
    return entries(backend)[-1]


def entries(backend: SQLite) -> list[Entry]:
    """Return the history, oldest first; empty where there was no migration yet."""
    if not backend.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [TABLE]):
        return []
    names = ", ".join(Entry.__slots__)
    return [Entry(*row) for row in backend.execute(f"SELECT {names} FROM {TABLE} ORDER BY id")]


def earlier_plan(backend: SQLite, version: int) -> Plan | None:
    """Return the plan of an earlier version that the database has been at, None where it has not."""
    if not backend.execute("SELECT 1 FROM sqlite_master WHERE name = ?", [TABLE]):
        return None
    found = backend.execute(
        f"SELECT from_plan FROM {TABLE} WHERE from_version = ? ORDER BY id DESC LIMIT 1", [version]
    ) or backend.execute(f"SELECT to_plan FROM {TABLE} WHERE to_version = ? ORDER BY id DESC LIMIT 1", [version])
    return plans.load(found[0][0]) if found else None

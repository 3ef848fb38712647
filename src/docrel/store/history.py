"""History: which migrations a database has been through, and the plans to go back to.

In: a database. Out: `Entry` values, oldest first. The table `_docrel_history` is the engine's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from docrel import plan as plans
from docrel.backends import SQLite
from docrel.compile import load_plan
from docrel.plan import Plan
from docrel.store.errors import damaged_book

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
    """Return the history, oldest first; empty where there was no migration yet.

    Raises:
        StoreError: S412, a row of it is damaged or of a later docrel.
    """
    if not _has_history(backend):
        return []
    names = ", ".join(Entry.__slots__)
    found = []
    for row in backend.execute(f"SELECT {names} FROM {TABLE} ORDER BY id"):
        if not _is_entry(*row):
            raise damaged_book(backend.path, "the history", f"row {ascii(row[0])[:80]} is not one of a migration")
        found.append(Entry(*row))
    return found


def earlier_plan(backend: SQLite, version: int) -> Plan | None:
    """Return the plan of an earlier version that the database has been at, None where it has not.

    Raises:
        StoreError: S412, the plan is damaged or of a later docrel.
    """
    if not _has_history(backend):
        return None
    found = backend.execute(
        f"SELECT from_plan FROM {TABLE} WHERE from_version = ? ORDER BY id DESC LIMIT 1", [version]
    ) or backend.execute(f"SELECT to_plan FROM {TABLE} WHERE to_version = ? ORDER BY id DESC LIMIT 1", [version])
    if not found:
        return None
    what = f"the plan of version {version}"
    try:
        plan = load_plan(found[0][0])
    except ValueError as e:
        raise damaged_book(backend.path, what, e) from e
    if plan.version != version:
        raise damaged_book(backend.path, what, f"it is of version {plan.version}")
    return plan


def _has_history(backend: SQLite) -> bool:
    return TABLE in backend.names()


def _is_entry(*values: Any) -> bool:
    """Say whether values are those of an `Entry`, in its order."""
    number, at, direction, from_version, to_version, from_checksum, to_checksum, documents, backup = values
    return (
        all(type(n) is int and n >= 0 for n in (number, from_version, to_version, documents))
        and all(isinstance(text, str) for text in (at, from_checksum, to_checksum))
        and direction in ("up", "down")
        and (backup is None or isinstance(backup, str))
    )

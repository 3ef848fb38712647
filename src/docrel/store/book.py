"""The book: what a database says of itself: its plan, its format, its migrations with the plans to go back to.

In: a database. Out: its plan and what else it keeps by name, `Entry` values; or an error that says what is damaged. The
tables are the engine's own, and nobody else knows them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from docrel import plan as plans
from docrel.backends import Backend
from docrel.compile import load_plan
from docrel.plan import Plan
from docrel.sql import BOOKKEEPING
from docrel.store.errors import damaged, damaged_book
from docrel.store.format import FORMAT, UNNUMBERED, check_format, is_current

HISTORY = f"{BOOKKEEPING}_history"
Direction = Literal["up", "down"]
_PLAN, _CHECKSUM, _FORMAT, _MAPPING = "plan", "checksum", "format", "mapping"
_VALUE = f'SELECT "value" FROM "{BOOKKEEPING}" WHERE "name" = ?'
_KEEP = (
    f'INSERT INTO "{BOOKKEEPING}" ("name", "value") VALUES (?, ?) '
    'ON CONFLICT ("name") DO UPDATE SET "value" = excluded."value"'
)
_FORGET = f'DELETE FROM "{BOOKKEEPING}" WHERE "name" = ?'
_CURRENT = (
    f'SELECT plan."value", format."value" FROM "{BOOKKEEPING}" AS plan '
    f'LEFT JOIN "{BOOKKEEPING}" AS format ON format."name" = \'{_FORMAT}\' WHERE plan."name" = \'{_CHECKSUM}\''
)
_MAKE_HISTORY = f"""CREATE TABLE IF NOT EXISTS {HISTORY} (
  id INTEGER PRIMARY KEY, at TEXT NOT NULL, direction TEXT NOT NULL, from_version INTEGER NOT NULL,
  to_version INTEGER NOT NULL, from_checksum TEXT NOT NULL, to_checksum TEXT NOT NULL,
  from_plan TEXT NOT NULL, to_plan TEXT NOT NULL, documents INTEGER NOT NULL, backup TEXT
)"""
_RECORD = (
    f"INSERT INTO {HISTORY} (id, at, direction, from_version, to_version, from_checksum, to_checksum, from_plan, "
    f"to_plan, documents, backup) SELECT coalesce(max(id), 0) + 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ? FROM {HISTORY}"
)
_LEFT = f"SELECT from_plan FROM {HISTORY} WHERE from_version = ? ORDER BY id DESC LIMIT 1"
_REACHED = f"SELECT to_plan FROM {HISTORY} WHERE to_version = ? ORDER BY id DESC LIMIT 1"


@dataclass(frozen=True, slots=True)
class CarriedPlan:
    """A plan as a database carries it, and its checksum."""

    plan: Plan
    checksum: str


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


class Book:
    """What one database says of itself; writes are within transactions of the caller's."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend

    def carried(self) -> CarriedPlan | None:
        """Return the plan that the database carries, None where there is none.

        Raises:
            StoreError: S405, the plan does not fit its checksum; S412, it is damaged or of a later docrel; S413, the
                database is of a later format.
        """
        with self._backend.snapshot():
            if BOOKKEEPING not in self._backend.names():
                return None
            self.format()
            text, checksum = self.value(_PLAN), self.value(_CHECKSUM)
        if text is None:
            return None
        plan = self._loaded(text, "the plan")
        if checksum is None or plans.checksum(plan) != checksum:
            message = "the plan in this database is not the one that its checksum was made of"
            raise damaged(self._backend.name, message)
        return CarriedPlan(plan, checksum)

    def is_current(self, checksum: str) -> bool:
        """Say whether the database carries the plan of this checksum, in the format that is read and written."""
        found = self._backend.execute(_CURRENT)
        return bool(found) and found[0][0] == checksum and is_current(found[0][1] or UNNUMBERED)

    def is_of(self, plan: Plan) -> bool:
        """Say whether the database carries this plan, whatever its format."""
        return self.value(_CHECKSUM) == plans.checksum(plan)

    def version(self) -> int | None:
        """Return the version of the plan that the database carries, whatever its format; None where that is hidden."""
        try:
            return int(json.loads(self.value(_PLAN) or "")["version"])
        except (LookupError, TypeError, ValueError, RecursionError):
            return None

    def format(self) -> int:
        """Return the format that the database is of.

        Raises:
            StoreError: S412, what it says is no format; S413, a later docrel wrote it.
        """
        found = self._backend.execute(_VALUE, [_FORMAT])
        number = found[0][0] if found else UNNUMBERED
        check_format(self._backend.name, number)
        return int(number)

    def begin(self, plan: Plan, mapping: str | None = None) -> CarriedPlan:
        """Let a new database carry its first plan, and the mapping's text until that is in a file."""
        self.keep_format()
        if mapping is not None:
            self.keep(_MAPPING, mapping)
        return self.carry(plan)

    def keep_format(self) -> None:
        """Let the database say that it is of the format that is read and written."""
        self.keep(_FORMAT, str(FORMAT))

    def carry(self, plan: Plan) -> CarriedPlan:
        """Let the database carry another plan."""
        carried = CarriedPlan(plan, plans.checksum(plan))
        self.keep(_PLAN, plans.dump(plan))
        self.keep(_CHECKSUM, carried.checksum)
        return carried

    def value(self, name: str) -> str | None:
        """Return what the database keeps under a name, None where there is nothing."""
        found = self._backend.execute(_VALUE, [name])
        return found[0][0] if found else None

    def keep(self, name: str, value: str) -> None:
        """Let the database keep a text under a name."""
        self._backend.execute(_KEEP, [name, value])

    def unwritten_mapping(self) -> str | None:
        """Return the text of the mapping that the database was made by, None where that is in a file."""
        return self.value(_MAPPING)

    def mapping_is_written(self) -> None:
        """Keep the mapping's text no longer, which is in a file now."""
        self._backend.execute(_FORGET, [_MAPPING])

    def history(self) -> list[Entry]:
        """Return the migrations, oldest first.

        Raises:
            StoreError: S412, a row of them is damaged or of a later docrel.
        """
        if HISTORY not in self._backend.names():
            return []
        found = []
        for row in self._backend.execute(f"SELECT {', '.join(Entry.__slots__)} FROM {HISTORY} ORDER BY id"):
            if not _is_entry(*row):
                why = f"row {ascii(row[0])[:80]} is not one of a migration"
                raise damaged_book(self._backend.name, "the history", why)
            found.append(Entry(*row))
        return found

    def record(
        self, at: str, direction: Direction, old: Plan, new: Plan, *, documents: int, backup: Path | None
    ) -> Entry:
        """Add a migration to the history."""
        self._backend.execute(_MAKE_HISTORY)
        sums, texts = ([each(old), each(new)] for each in (plans.checksum, plans.dump))
        saved = None if backup is None else str(backup)
        self._backend.execute(_RECORD, [at, direction, old.version, new.version, *sums, *texts, documents, saved])
        return self.history()[-1]

    def earlier_plan(self, version: int) -> Plan | None:
        """Return the plan of an earlier version that the database has been at, None where it has not.

        Raises:
            StoreError: S412, the plan is damaged or of a later docrel.
        """
        if HISTORY not in self._backend.names():
            return None
        found = self._backend.execute(_LEFT, [version]) or self._backend.execute(_REACHED, [version])
        if not found:
            return None
        what = f"the plan of version {version}"
        plan = self._loaded(found[0][0], what)
        if plan.version != version:
            raise damaged_book(self._backend.name, what, f"it is of version {plan.version}")
        return plan

    def _loaded(self, text: str, what: str) -> Plan:
        try:
            return load_plan(text)
        except ValueError as e:
            raise damaged_book(self._backend.name, what, e) from e


def _is_entry(*values: Any) -> bool:
    """Say whether values are those of an `Entry`, in its order."""
    number, at, direction, from_version, to_version, from_checksum, to_checksum, documents, backup = values
    return (
        all(type(n) is int and n >= 0 for n in (number, from_version, to_version, documents))
        and all(isinstance(text, str) for text in (at, from_checksum, to_checksum))
        and direction in ("up", "down")
        and (backup is None or isinstance(backup, str))
    )

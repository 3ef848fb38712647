"""The ledger: how the verbs on missions reach the store of documents.

In: a mission, by row id or mission_uuid, and what happened on it. Out: an element more in its document, and
the id of the row that it became.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from docrel.diagnostics import MissingError, StoreError
from docrel.missions.places import write_at
from docrel.store import Store, followed

Mission = int | str  # a mission's row id or its mission_uuid


class Ledger:
    """A store of mission documents, for the verbs on them."""

    _store: Store

    @property
    def store(self) -> Store:
        """The store of whole documents that every verb goes through; after a migration that of the new plan."""
        self._store = followed(self._store)
        return self._store

    @contextmanager
    def writing(self) -> Iterator[Store]:
        """Write within one transaction, by the plan that the database has when it has begun."""
        with self._store.backend.transaction():
            yield self.store

    @contextmanager
    def reading(self) -> Iterator[Store]:
        """Read within one snapshot, by the plan that the database has in it."""
        with self._store.backend.snapshot():
            yield self.store

    def _append(self, mission: Mission, records: str, item: dict[str, Any]) -> int:
        with self.writing() as store:
            columns = [c.name for c in store.plan.table(records).columns]
            unknown = [name for name in item if name not in columns]
            if unknown:
                raise TypeError(f"{records} has no {unknown[0]!r}; it has {', '.join(sorted(columns))}")
            order = [name for name in columns if name in item]
            kept = {name: item[name] for name in order if item[name] is not None or name == "args"}
            return self._appended(mission, f"$.records.{records}", kept)

    def _appended(self, mission: Mission, path: str, item: Any) -> int:
        with self.writing() as store:
            row = store.append(self._key(mission), path, item).row
            if row is None:
                message = f"a constraint of the table forbids what was to be appended to {path}"
                advice = "`docrel explain missions` names the constraints"
                raise StoreError.one("S435", message, subject=store.backend.name, help=advice)
        return int(row)

    def _set(self, mission: Mission, values: Mapping[tuple[str, ...], Any]) -> None:
        """Set values of a mission's document, each at a path of names."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            for path, value in values.items():
                write_at(document, path, value)
            return document

        with self.writing() as store:
            store.edit(self._key(mission), change)

    def _key(self, mission: Mission) -> str:
        if isinstance(mission, str):
            return mission
        with self.reading() as store:
            rows = store.backend.execute("SELECT mission_uuid FROM missions WHERE id = ?", [mission])
        if not rows:
            message = f"there is no mission with the id {mission}"
            advice = "the missions there are: `SELECT id, mission_uuid FROM missions`"
            raise MissingError.one("S420", message, subject=store.backend.name, help=advice)
        return str(rows[0][0])

    def _id(self, key: str) -> int:
        with self.reading() as store:
            place = store.locate(key)
        if place is None:
            message = f"there is no mission {key!r}"
            raise MissingError.one("S420", message, subject=store.backend.name, help="insert it first")
        return int(place.row[0])

"""The ledger: how the verbs on missions reach the store of documents.

In: a mission, by row id or mission_uuid, and what happened on it. Out: an element more in its document, and
the id of the row that it became.
"""

from __future__ import annotations

from typing import Any

from docrel.diagnostics import Diagnostic, StoreError
from docrel.store import Store

Mission = int | str  # a mission's row id or its mission_uuid


class Ledger:
    """A store of mission documents, for the verbs on them.

    Attributes:
        store: The store of whole documents that every verb goes through.
    """

    store: Store

    def _append(self, mission: Mission, records: str, item: dict[str, Any]) -> int:
        known = {c.name for c in self.store.plan.table(records).columns}
        unknown = [name for name in item if name not in known]
        if unknown:
            raise TypeError(f"{records} has no {unknown[0]!r}; it has {', '.join(sorted(known))}")
        order = [c.name for c in self.store.plan.table(records).columns if c.name in item]
        kept = {name: item[name] for name in order if item[name] is not None or name == "args"}
        return self._appended(mission, f"$.records.{records}", kept)

    def _appended(self, mission: Mission, path: str, item: Any) -> int:
        with self.store.transaction():
            row = self.store.append(self._key(mission), path, item)
            if row is None:
                raise _no_row(path, self.store)
        return int(row)

    def _key(self, mission: Mission) -> str:
        if isinstance(mission, str):
            return mission
        found = self.store.backend.execute("SELECT mission_uuid FROM missions WHERE id = ?", [mission])
        if not found:
            advice = "the missions there are: `SELECT id, mission_uuid FROM missions`"
            raise error("S420", f"there is no mission with the id {mission}", advice, self.store)
        return str(found[0][0])

    def _id(self, key: str) -> int:
        place = self.store.locate(key)
        if place is None:
            raise error("S420", f"there is no mission {key!r}", "insert it first", self.store)
        return int(place.row[0])


def error(code: str, message: str, advice: str, store: Store) -> StoreError:
    """Return an error about a database."""
    return StoreError(diagnostics=[Diagnostic(code, message, subject=store.backend.path, help=advice)])


def _no_row(path: str, store: Store) -> StoreError:
    message = f"a constraint of the table forbids what was to be appended to {path}"
    return error("S435", message, "`docrel explain missions` names the constraints", store)

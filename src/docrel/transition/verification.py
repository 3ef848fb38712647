"""Verification: whether files and database say the same, and whether the database is whole.

In: a link, with its lock held. Out: every difference, with its path and both values. Changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docrel.diagnostics import DocrelError, shortened
from docrel.documents import shown_key
from docrel.store import Store
from docrel.transition import current
from docrel.transition.agreement import differences
from docrel.transition.link import SQL_LEADS, Link
from docrel.upkeep import faults_of_store
from docrel.values import NOTHING, jsontext


@dataclass(frozen=True, slots=True)
class Verification:
    """What was compared and what was found; `faults` is empty where all is well."""

    members: int
    documents: int
    faults: tuple[str, ...]

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults


def verify(link: Link, *, every_document: bool = False) -> Verification:
    """Compare files with the database (while both are in use), and check the database itself.

    With `every_document` each document is flattened and rebuilt once more: what the tool would do in a
    migration.
    """
    files = link.files.all()
    faults = [f"{member}: {fault.message}" for member, fault in files.broken.items()]
    if link.phase == "json-only":
        return Verification(len(files.values), 0, tuple(faults))
    try:
        store = link.store()
        faults += faults_of_store(store, thorough=True)
        stored = current.read(store)
        if stored.lost:
            faults.append(f"the document {shown_key(stored.key, store.plan)} is not in the database")
        if link.phase not in SQL_LEADS:
            for d in differences(files.values, stored.document, stored.agreed, list(link.files.paths)):
                faults.append(_told(d.member, d.file, d.database))
        count = _round_trips(store, faults) if every_document else int(stored.key is not None)
    except DocrelError as e:
        return Verification(len(files.values), 0, (*faults, str(e)))
    return Verification(len(files.values), count, tuple(faults))


def _round_trips(store: Store, faults: list[str]) -> int:
    count = 0
    for key, document in store.scan():
        count += 1
        try:
            again = round_trip(store, key, document)
        except DocrelError as e:
            faults.append(f"{key}: {e}")
            continue
        if not store.same(document, again):
            faults.append(_told(str(key), document, again))
    return count


def round_trip(store: Store, key: Any, document: Any) -> Any:
    """Return what a document becomes when it is flattened and rebuilt; nothing is written."""
    batch = store.start()
    store.add(document, batch, given=str(key))
    return store.rebuilt(batch)


def _told(name: str, a: Any, b: Any) -> str:
    if a is NOTHING or b is NOTHING:
        return f"{name}: only the {'database' if a is NOTHING else 'file'} has it"
    path, x, y = jsontext.first_difference(a, b) or ("$", a, b)
    file, database = (shortened(jsontext.dumps(value), 200) for value in (x, y))
    return f"{name}: {path} is {file} in the file, {database} in the database"

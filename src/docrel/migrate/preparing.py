"""Preparing: what a migration of one database would do, found out without writing anything.

In: a database and the plan to go to. Out: a `Prepared`: the steps, what of the user's own would be lost; or
why there is no way: another mapping, the wrong direction, a database that is not as its plan says.
"""

from __future__ import annotations

from dataclasses import dataclass

from docrel.backends import Backend
from docrel.diagnostics import StoreError
from docrel.diff import diff
from docrel.migrate.confirming import confirmed
from docrel.migrate.extras import LostExtra, extras_of, lost_extras
from docrel.migrate.guard_checks import failing, guard_words
from docrel.migrate.planning import ASKED, migrate
from docrel.migrate.steps import Migration
from docrel.plan import Plan
from docrel.sql import Difference, difference, schema_of
from docrel.store import Direction, carried_plan


class DriftedError(StoreError):
    """X505: the database is not as its plan says."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a migration of this database would do: its steps, and what of the user's own is lost."""

    migration: Migration
    direction: Direction
    lost: tuple[LostExtra, ...]


def drift_of(backend: Backend, plan: Plan) -> list[Difference]:
    """Return how the database differs from its plan; what users added beside the tables is no drift."""
    found = backend.catalogue()
    return [d for d in difference(schema_of(plan, backend.dialect), found) if not d.extra]


def prepare(backend: Backend, new: Plan, *, back: bool = False, rewrite: bool = False) -> Prepared:
    """Return the steps that would bring the database to `new`, by which a confirmed key stays so; reads only.

    Raises:
        MappingError: X501, a `renamed_from` matches nothing.
        StoreError: X503 another mapping; X504 the wrong direction; X505 the database has drifted.
    """
    with backend.snapshot():
        old = carried_plan(backend)
        check_way(backend, old, new, back=back)
        found = diff(old, confirmed(old, new, back=back), back=back)
        extras = extras_of(backend, old)
        migration = migrate(found, backend.dialect, extras, why=ASKED if rewrite else "")
        if migration.guards and (guard := failing(backend, old, migration.guards)):
            migration = migrate(found, backend.dialect, extras, why=guard_words(guard))
        return Prepared(migration, "down" if back else "up", tuple(lost_extras(backend, old, found.new, extras)))


def check_way(backend: Backend, old: Plan, new: Plan, *, back: bool) -> None:
    """Raise StoreError where there is no way from `old` to `new`: X503, X504, X505 as `prepare`."""
    _check_order(backend, old, new, back=back)
    drifted = drift_of(backend, old)
    if drifted:
        listed = "\n".join(f"    {d}" for d in drifted)
        message = f"the database is not as its plan says (version {old.version}):\n{listed}"
        advice = "put it back as it was, by SQL; `docrel validate` shows the same list"
        raise DriftedError.one("X505", message, subject=backend.name, help=advice)


def _check_order(backend: Backend, old: Plan, new: Plan, *, back: bool) -> None:
    if old.name != new.name:
        message = f"this database is of the mapping {old.name}, not of {new.name}"
        advice = "name a version of the same mapping, or export and import the documents"
        raise StoreError.one("X503", message, subject=backend.name, help=advice)
    if not back and new.version < old.version:
        message = f"the database is at version {old.version}, the mapping is version {new.version}"
        advice = f"to go back: `docrel migrate down --to {new.version}`"
        raise StoreError.one("X504", message, subject=backend.name, help=advice)
    if back and new.version > old.version:
        message = f"the database is at version {old.version} and the mapping is version {new.version}"
        raise StoreError.one("X504", message, subject=backend.name, help="to go there: `docrel migrate apply`")


def lost_error(path: str, lost: tuple[LostExtra, ...]) -> StoreError:
    """Return X506: objects of the user's own do not work with the new tables."""
    listed = "; ".join(f"{one.extra.kind} {one.extra.name} ({one.why})" for one in lost)
    message = f"of your own objects these would not work any more: {listed}"
    advice = "change or drop them first, or give them up with --drop-extra"
    return StoreError.one("X506", message, subject=path, help=advice)

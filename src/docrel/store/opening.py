"""Opening: a database becomes a store, made new or found with the plan that it carries.

In: a path and perhaps a plan. Out: a `Store`, or an error that says why the two do not go together. A
database that is made is made whole, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from docrel import plan as plans
from docrel.backends import SQLite
from docrel.diagnostics import Diagnostic, StoreError
from docrel.plan import Plan
from docrel.sql import BOOKKEEPING, SQLITE, ddl
from docrel.store.errors import NoPlanError, OtherMappingError
from docrel.store.store import Store
from docrel.values import utc_now

_STORED_PLAN = f'SELECT "value" FROM "{BOOKKEEPING}" WHERE "name" = ?'
_STORE_VALUE = f'INSERT OR REPLACE INTO "{BOOKKEEPING}" ("name", "value") VALUES (?, ?)'


def open_store(
    path: str | Path,
    plan: Plan | None = None,
    *,
    create: bool = True,
    timeout_s: float = 30.0,
    clock: Callable[[], str] = utc_now,
) -> Store:
    """Return the store in the database at `path`; without a plan, by the one that the database carries.

    A database that is not there yet, or empty, is made if `create` and a plan is given.

    Raises:
        StoreError: S401 no database; S410 not one of docrel's; S411 built by another mapping; S412 of a later
            docrel; S40x the file cannot be used.
    """
    backend = SQLite(path, timeout_s=timeout_s, create=create and plan is not None)
    try:
        found = stored_plan(backend)
        if found is None:
            if plan is None or not create:
                message, advice = "this database was not made by docrel", "name a mapping: `--mapping`"
                raise NoPlanError(diagnostics=[Diagnostic("S410", message, subject=backend.path, help=advice)])
            found = _make(backend, plan)
        if plan is not None and plans.checksum(plan) != plans.checksum(found):
            raise _other_mapping(backend, found, plan)
        _many_readers(backend)
        return Store(backend, found, clock=clock)
    except BaseException:
        backend.close()
        raise


def open_or_make(
    path: str | Path, mapping: str, *, timeout_s: float = 30.0, clock: Callable[[], str] = utc_now
) -> Store:
    """Return the store at `path` as it is, or a new one for the newest version of a shipped mapping.

    Raises:
        StoreError: As for `open_store`.
    """
    if str(path) != ":memory:" and Path(path).exists():
        try:
            return open_store(path, timeout_s=timeout_s, clock=clock)
        except NoPlanError:
            pass  # it is empty: another program is about to make it
    from docrel.compile import compile
    from docrel.spec import load, mapping_file

    try:
        return open_store(path, compile(load(mapping_file(mapping))), timeout_s=timeout_s, clock=clock)
    except OtherMappingError:
        return open_store(path, timeout_s=timeout_s, clock=clock)


def stored_plan(backend: SQLite) -> Plan | None:
    """Return the plan that the database carries, None where there is none.

    Raises:
        StoreError: S412, the plan is of a later docrel.
    """
    known = backend.execute("SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?", [BOOKKEEPING])
    if not known[0][0]:
        return None
    found = backend.execute(_STORED_PLAN, ["plan"])
    if not found:
        return None
    try:
        return plans.load(found[0][0])
    except ValueError as e:
        raise _error("S412", backend, f"the plan in this database cannot be read: {e}", "update docrel") from e


def kept_value(backend: SQLite, name: str) -> str | None:
    """Return what the database carries under a name beside its plan, None where there is nothing."""
    found = backend.execute(_STORED_PLAN, [name])
    return found[0][0] if found else None


def keep_value(backend: SQLite, name: str, value: str) -> None:
    """Let the database carry a text under a name."""
    backend.execute(_STORE_VALUE, [name, value])


def store_plan(backend: SQLite, plan: Plan) -> None:
    """Let the database carry `plan`, within a transaction of the caller's."""
    backend.execute(_STORE_VALUE, ["plan", plans.dump(plan)])
    backend.execute(_STORE_VALUE, ["checksum", plans.checksum(plan)])


def _make(backend: SQLite, plan: Plan) -> Plan:
    with backend.transaction():
        found = stored_plan(backend)
        if found is not None:
            return found
        clashing = {name for (name,) in backend.execute("SELECT name FROM sqlite_master")}
        if clashing & {table.name for table in plan.tables}:
            message = f"it has tables of the same names already: {', '.join(sorted(clashing))[:200]}"
            raise _error("S410", backend, message, "name another file")
        for statement in ddl(plan, SQLITE):
            backend.execute(statement.sql)
        store_plan(backend, plan)
    return plan


def _many_readers(backend: SQLite) -> None:
    """Bring the database into WAL mode, where a crash kept it from that; not while somebody loads it in bulk."""
    if backend.path != ":memory:" and backend.execute("PRAGMA journal_mode")[0][0] != "wal":
        backend.journal("WAL")


def _other_mapping(backend: SQLite, found: Plan, wanted: Plan) -> OtherMappingError:
    message = (
        f"this database was built by the mapping {found.name} version {found.version}, "
        f"not by {wanted.name} version {wanted.version}" + (" as it is now" if found.version == wanted.version else "")
    )
    advice = "leave the mapping out to use the database as it is, or bring it over with `docrel migrate`"
    return OtherMappingError(diagnostics=[Diagnostic("S411", message, subject=backend.path, help=advice)])


def _error(code: str, backend: SQLite, message: str, advice: str) -> StoreError:
    return StoreError(diagnostics=[Diagnostic(code, message, subject=backend.path, help=advice)])

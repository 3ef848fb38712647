"""Opening: a database becomes a store, made new or found with the plan that it carries.

In: a path and perhaps a plan. Out: a `Store`, or an error that says why the two do not go together. A
database that is made is made whole, in one transaction.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from docrel import plan as plans
from docrel.backends import Backend, NotTakenError, file_of, is_empty, is_file, open_backend
from docrel.diagnostics import AbsentError, StoreError
from docrel.layout import layout_of
from docrel.plan import Plan, is_own
from docrel.sql import ddl
from docrel.store import lost
from docrel.store.book import Book, CarriedPlan
from docrel.store.errors import OtherMappingError, not_taken
from docrel.store.shared_ids import share_ids
from docrel.store.store import Store
from docrel.store.upgrading import upgrade
from docrel.values import utc_now


def open_store(
    path: str | Path,
    plan: Plan | None = None,
    *,
    create: bool = True,
    mapping: str | None = None,
    timeout_s: float = 30.0,
    clock: Callable[[], str] = utc_now,
) -> Store:
    """Return the store in the database at `path`; without a plan, by the one that the database carries.

    A database that is not there yet, or empty, is made if `create` and a plan is given, and it has no backups; it keeps
    the text `mapping` until somebody has written that to a file. One of an earlier format is brought to the one of
    now, after a backup.

    Raises:
        StoreError: S401 no database; S410 not one of docrel's; S411 built by another mapping; S412 damaged or of a
            later docrel; S413 of a later format; S452 gone, but it has backups; S455 empty; S456 it lost its plan; S469
            the mapping's SQL is not the database's; S40x the file cannot be used.
    """
    if plan is None or not create:
        backend, found = _expected(path, timeout_s)
    else:
        backend, found = _open_new(path, plan, mapping, timeout_s=timeout_s)
    try:
        if plan is not None and found.checksum not in {plans.checksum(plan), plans.checksum(_confirmed(plan))}:
            raise _other_mapping(backend, found.plan, plan)
        upgrade(backend, found.plan, clock)
        _many_readers(backend)
        return Store(backend, found.plan, clock=clock, checksum=found.checksum)
    except BaseException:
        backend.close()
        raise


def has_mapping(path: str | Path) -> bool:
    """Say whether there is a database with a mapping; where not, one can be made there, as far as it can be told.

    Raises:
        StoreError: S452, S455, S456, there was a database; S40x, the file cannot be used.
    """
    lost.check_room(path)
    file = file_of(path)
    if file is None or is_empty(file):
        return False
    with closing(open_backend(path)) as backend, backend.snapshot():
        if Book(backend).carried() is not None:
            return True
        lost.check_new(backend)
    return False


def open_expected(path: str | Path) -> tuple[Backend, Plan]:
    """Return the backend of a database that has to be there already, and the plan that it carries.

    Raises:
        StoreError: S401 no database; S410 not one of docrel's; S412 damaged or of a later docrel; S413 of a later
            format; S455 empty; S456 it lost its plan; S40x the file cannot be used. Where there is a backup, the help
            says how it is brought back.
    """
    backend, found = _expected(path)
    try:
        upgrade(backend, found.plan)
    except BaseException:
        backend.close()
        raise
    return backend, found.plan


def _expected(path: str | Path, timeout_s: float = 30.0) -> tuple[Backend, CarriedPlan]:
    try:
        backend = open_backend(path, timeout_s=timeout_s)
    except StoreError as e:
        raise (lost.with_backup(e, Path(path)) if isinstance(e, AbsentError) else e) from e
    try:
        return backend, _carried_at_all(backend)
    except BaseException:
        backend.close()
        raise


def _open_new(path: str | Path, plan: Plan, mapping: str | None, *, timeout_s: float) -> tuple[Backend, CarriedPlan]:
    """Return the backend of a database that is made unless it is there, and the plan that it carries."""
    lost.check_room(path)
    backend = open_backend(path, create=True, timeout_s=timeout_s)
    try:
        return backend, Book(backend).carried() or _make(backend, plan, mapping)
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
    file = file_of(path)
    if file is not None and file.exists():
        try:
            return open_store(path, timeout_s=timeout_s, clock=clock)
        except AbsentError:
            pass  # another program may be about to make it
    from docrel.compile import compile
    from docrel.spec import load, mapping_file

    try:
        return open_store(path, compile(load(mapping_file(mapping))), timeout_s=timeout_s, clock=clock)
    except OtherMappingError:
        return open_store(path, timeout_s=timeout_s, clock=clock)


def followed(store: Store) -> Store:
    """Return the store by the plan that its database carries now, on the same connections; itself if that is its own.

    For owners who name no plan, between two uses: threads that are within one go on with the old store, which refuses.
    """
    if store.is_current():
        return store
    found = store.book.carried()
    if found is None:
        message, advice = "this database carries no plan any more", "restore a backup of it"
        raise StoreError.one("S410", message, subject=store.backend.name, help=advice)
    upgrade(store.backend, found.plan, store.clock)
    return Store(store.backend, found.plan, clock=store.clock, checksum=found.checksum)


def carried_plan(backend: Backend) -> Plan:
    """Return the plan that a database has to carry.

    Raises:
        StoreError: S410, it is not one of docrel's; S412, S413, a later docrel wrote it; S455, the database is empty;
            S456, it lost its plan.
    """
    return _carried_at_all(backend).plan


def _carried_at_all(backend: Backend) -> CarriedPlan:
    with backend.snapshot():  # another program may be about to make it
        found = Book(backend).carried()
        if found is None:
            raise lost.without_plan(backend, "is the path right? `docrel import` makes a database")
    return found


def _make(backend: Backend, plan: Plan, mapping: str | None) -> CarriedPlan:
    with backend.transaction():
        found = Book(backend).carried()
        if found is not None:
            return found
        clashing = backend.names().keys()
        if any(is_own(name, plan.name) for name in clashing):
            raise lost.without_plan(backend, "name another file")
        if (file := file_of(backend.name)) is not None:
            lost.check_backups(file)
        if clashing & {table.name for table in plan.tables}:
            message = f"it has tables of the same names already: {', '.join(sorted(clashing))[:200]}"
            raise StoreError.one("S410", message, subject=backend.name, help="name another file")
        for statement in ddl(plan, backend.dialect):
            try:
                backend.execute(statement.sql)
            except NotTakenError as e:
                raise not_taken(statement, e) from e
        share_ids(backend, layout_of(plan))
        return Book(backend).begin(plan, mapping)


def _confirmed(plan: Plan) -> Plan:
    """Return the plan as a database carries it whose inferred key was confirmed."""
    return replace(plan, key_inferred=False) if plan.key_inferred else plan


def _many_readers(backend: Backend) -> None:
    if is_file(backend):
        backend.share()


def _other_mapping(backend: Backend, found: Plan, wanted: Plan) -> OtherMappingError:
    message = (
        f"this database was built by the mapping {found.name} version {found.version}, "
        f"not by {wanted.name} version {wanted.version}" + (" as it is now" if found.version == wanted.version else "")
    )
    advice = "leave the mapping out to use the database as it is, or bring it over with `docrel migrate`"
    return OtherMappingError.one("S411", message, subject=backend.name, help=advice)

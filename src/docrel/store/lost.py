"""Lost: what to say where a database should be and is not, or no longer knows what it is.

In: a path or an open backend. Out: an error in words, with the newest whole backup and the command that brings
it back. A new database is never made where backups or a log say that there was one.
"""

from __future__ import annotations

import shlex
from collections.abc import Set
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from docrel.backends import Backend, file_of, is_empty, lost_log, open_backend
from docrel.diagnostics import AbsentError, StoreError, command
from docrel.plan import is_own, own_tables
from docrel.store.backup_files import backups, fault_of_file
from docrel.store.book import Book


def check_room(path: str | Path) -> None:
    """Raise where a new database must not be made, as there was one.

    Raises:
        StoreError: S452, it has backups; S455, it has a log.
    """
    file = file_of(path)
    if file is None:
        return
    if log := lost_log(file):
        advice = f"bring the file back that {log.name} belongs to, or remove the log to begin anew"
        raise _empty(str(path), "the database is gone or empty, but its log is not", advice)
    if is_empty(file):
        check_backups(file)


def check_backups(file: Path) -> None:
    """Raise S452 where a database that would be made has backups already."""
    if backups(file):
        advice = f"move the folder {file.parent / 'backups'} away to begin anew"
        raise with_backup(_error("S452", str(file), "the database is gone, and has backups", advice), file)


def check_new(backend: Backend) -> None:
    """Raise where a database without a plan had one once: no other mapping is to be put in its place.

    Raises:
        StoreError: S452, it has backups; S456, its own tables are there.
    """
    if _had_plan(backend.names().keys()):
        raise without_plan(backend, "name another file")
    if backend.path is not None:
        check_backups(backend.path)


def without_plan(backend: Backend, advice: str) -> StoreError:
    """Return why a database without a plan cannot be used: it is empty, lost its plan, or is not docrel's."""
    names = backend.names().keys()
    if "table" not in backend.names().values():
        message = "the database has no tables, where some are expected"
        return with_backup(_empty(backend.name, message, advice), backend.path)
    if _had_plan(names):
        message = "the database has lost the plan that it was built with; its tables are there"
        advice = "bring a copy of the database back; keep this one, its rows are still readable by SQL"
        return with_backup(_error("S456", backend.name, message, advice), backend.path)
    return with_backup(_error("S410", backend.name, "this database was not made by docrel", advice), backend.path)


def _had_plan(names: Set[str]) -> bool:
    beside = (own_tables(name.removesuffix("_complement")) for name in names)
    return any(map(is_own, names)) or any(names >= set(own) for own in beside)


def with_backup(e: StoreError, database: Path | None) -> StoreError:
    """Return an error about a database that is lost, whose help names the newest whole backup if there is one.

    Paths are given as the error's subject is, which is how the user calls the database.
    """
    found = e.diagnostics[0]
    newest = None if database is None else newest_whole(database)
    if database is None or newest is None:
        return e
    written = Path(found.subject).parent / newest.relative_to(database.parent)
    back = command("restore", found.subject, f"--backup {shlex.quote(str(written))}")
    advice = f"{back} brings the newest whole backup back"
    return type(e)(diagnostics=[replace(found, help=advice), *e.diagnostics[1:]])


def newest_whole(database: Path) -> Path | None:
    """Return the newest backup of a database that is whole and has a plan, None where there is none."""
    return next((path for path in reversed(backups(database)) if not fault_of_file(path) and _has_plan(path)), None)


def _has_plan(path: Path) -> bool:
    try:
        with closing(open_backend(path)) as backend:
            return Book(backend).carried() is not None
    except StoreError:
        return False


def _error(code: str, path: str, message: str, advice: str) -> StoreError:
    return StoreError.one(code, message, subject=path, help=advice)


def _empty(path: str, message: str, advice: str) -> AbsentError:
    return AbsentError.one("S455", message, subject=path, help=advice)

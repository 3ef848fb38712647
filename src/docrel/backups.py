"""Backups: whole copies of a database, made while others write, checked, and a few of them kept.

In: an open backend, or a backup file. Out: files `<database>_<time>.db` in the folder `backups` beside the
database. A backup is there whole and checked, or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

from docrel.diagnostics import Diagnostic, DocrelError, StoreError
from docrel.filelock import FileLock
from docrel.same_files import refuse_same
from docrel.sqlite import SQLite
from docrel.timespan import compact
from docrel.writing import utc_now

DAY_S = 86_400.0
KEEP = 7


def folder_of(database: Path) -> Path:
    """Return where the backups of a database are."""
    return database.parent / "backups"


def backups(database: Path) -> list[Path]:
    """Return the backups of a database, oldest first."""
    return sorted(folder_of(database).glob(f"{database.stem}_*.db"))


def backup(
    backend: SQLite,
    *,
    keep: int = KEEP,
    every_s: float = 0.0,
    clock: Callable[[], str] = utc_now,
) -> Path | None:
    """Copy a database that others may be writing to; of older copies the newest `keep` - 1 stay.

    With `every_s` only where the newest backup is older than that; then None is returned.

    Raises:
        StoreError: S441, the copy is damaged, as is then most likely the database; it is not kept.
    """
    database = Path(backend.path)
    now = clock()
    found = backups(database)
    if every_s and found and not _is_due(found[-1], now, every_s):
        return None
    folder_of(database).mkdir(parents=True, exist_ok=True)
    target = _free(folder_of(database) / f"{database.stem}_{compact(now)}.db")
    checking = target.with_name(f".{target.name}.unchecked")
    try:
        backend.backup(checking)
        fault = fault_of(checking)
        if fault:
            raise _damaged(database, fault)
        checking.replace(target)
    finally:
        checking.unlink(missing_ok=True)
    older = [path for path in backups(database) if path != target]
    for path in older[: max(0, len(older) - keep + 1)]:
        path.unlink()
    return target


def restore_backup(database: Path, source: Path, *, clock: Callable[[], str] = utc_now) -> Path | None:
    """Put a backup into the place of a database, which is renamed; returns its new name, None if there was none.

    Raises:
        StoreError: S441, the backup is damaged; S450, it is the database itself; nothing has changed.
    """
    refuse_same(database, source)
    fault = fault_of(source)
    if fault:
        raise _damaged(source, fault)
    with ExitStack() as locks:
        for lock in _locks(database):
            locks.enter_context(lock)
        aside = None
        copy = database.with_name(f".{database.name}.restored")
        backend = SQLite(source, create=False)
        try:
            backend.backup(copy)
        finally:
            backend.close()
        if database.exists():
            aside = _free(database.with_name(f"{database.stem}_before_restore_{compact(clock())}.db"))
            for suffix in ("-wal", "-shm", ""):
                old = Path(f"{database}{suffix}")
                if old.exists():
                    old.replace(f"{aside}{suffix}")
        copy.replace(database)
    return aside


def fault_of(path: Path) -> str:
    """Return what is wrong with a database file, the empty text where nothing is."""
    try:
        backend = SQLite(path, create=False)
        try:
            return "; ".join(str(row[0]) for row in backend.execute("PRAGMA integrity_check(3)") if row[0] != "ok")
        finally:
            backend.close()
    except DocrelError as e:
        return e.diagnostics[0].message


def _locks(database: Path) -> Iterator[FileLock]:
    """The lock of the workspace that a database is in, if it is in one."""
    if (database.parent / "transition.json").exists():
        yield FileLock(database.parent / "transition" / "lock")


def _is_due(newest: Path, now: str, every_s: float) -> bool:
    """Whether a backup is due; also where the newest is from the future, as clocks go back."""
    stamp = newest.stem.rsplit("_", 1)[-1][:15]
    try:
        made = datetime.strptime(stamp, "%Y%m%dT%H%M%S")
        age_s = (datetime.fromisoformat(now).replace(tzinfo=None) - made).total_seconds()
    except ValueError:
        return True
    return not 0 <= age_s < every_s


def _free(path: Path) -> Path:
    number, found = 2, path
    while found.exists():
        found = path.with_name(f"{path.stem}-{number}{path.suffix}")
        number += 1
    return found


def _damaged(path: Path, fault: str) -> StoreError:
    advice = "`docrel doctor` lists the backups that are whole; keep the file for whoever looks into it"
    return StoreError(diagnostics=[Diagnostic("S441", f"damaged: {fault}", subject=str(path), help=advice)])

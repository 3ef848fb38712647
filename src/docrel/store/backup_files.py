"""Backups: whole copies of a database, numbered in one sequence, checked, and a few of each kind kept.

In: an open backend, or a backup file. Out: files `<database>.<number>-<time>-<kind>.db` in the folder `backups`
beside the database. A backup is there whole and checked, or not at all; nothing that is there is ever replaced. A
number is one higher than the highest that is there, so that neither clocks nor other processes change the order.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Literal

from docrel.backends import Backend, Fault, FileBackend, as_file, free_name, open_file, refuse_same, replace_file
from docrel.diagnostics import DamagedError, DocrelError, StoreError
from docrel.files import (
    FileLock,
    FolderLock,
    Scratch,
    clear,
    held,
    identity,
    is_held,
    leftovers_in,
    names_in,
    rename_new,
    sync_folder,
)
from docrel.store.book import Book
from docrel.values import compact, utc_now

Kind = Literal["backup", "import", "delete", "migrate", "upgrade", "mend", "before-restore"]
KEEP = 7
_STAMP = r"(?P<made>\d{8}T\d{6}[0-9A-Z]*)"


class UnsoundError(StoreError):
    """S441: a backup, or what it would be made of, is damaged."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup of a database: what it was made for, when by the clock, and its place in the sequence.

    The number is 0 for those of an earlier docrel, which had other names.
    """

    path: Path
    kind: str
    made: str
    number: int = 0

    def age_s(self, now: str) -> float | None:
        """Return the age in seconds, negative where clocks went back since, None where the name tells no time."""
        try:
            made = datetime.strptime(self.made[:15], "%Y%m%dT%H%M%S")
            return (datetime.fromisoformat(now).replace(tzinfo=None) - made).total_seconds()
        except ValueError:
            return None


class HeldBackup:
    """A backup just made. Until it is released its maker holds it, so that nobody else prunes it."""

    def __init__(self, backend: FileBackend, path: Path, kind: Kind, scratch: Scratch) -> None:
        self.path = path
        self._backend, self._kind, self._scratch = backend, kind, scratch

    def discard(self) -> None:
        """Remove it, as nothing was changed; only if it is still the file that was made, and no history names it."""
        named = _in_history(self._backend)
        if named is None or self.path.name in named:
            return
        with suppress(OSError, DocrelError), FolderLock(self.path.parent):
            if self._scratch.is_at(self.path):
                self.path.unlink()

    def release(self, keep: int) -> None:
        """Let it go; of older ones of its kind the newest stay, so that there are `keep`."""
        # one too many does no harm, an error after a change would
        with suppress(OSError, DocrelError), closing(self._scratch):
            _prune(self._backend, self._kind, keep)


def folder_of(database: Path) -> Path:
    """Return where the backups of a database are."""
    return database.parent / "backups"


def catalogue(database: Path) -> list[Backup]:
    """Return all backups of a database, oldest first: those of an earlier docrel, then by their numbers."""
    return _earlier(database) + sorted(_listed(folder_of(database), _numbered(database)), key=lambda b: b.number)


def backups(database: Path) -> list[Path]:
    """Return the backups that `restore --backup` chooses from, oldest first: not those that a restore has made."""
    return [b.path for b in catalogue(database) if b.kind != "before-restore"]


def databases_put_aside(database: Path) -> list[Path]:
    """Return the damaged databases, and logs, that restores have put aside: nobody's to remove but the user's."""
    pattern = re.compile(rf"{re.escape(database.name)}\.damaged-(?P<made>[0-9A-Za-z]+)(-[0-9a-z]+)*")
    return sorted(backup.path for backup in _listed(database.parent, pattern))


def unfinished_backups(database: Path) -> list[Path]:
    """Return the files that makers of backups left when they were killed; the next backup removes them."""
    return [path for folder in _folders(database) for path in leftovers_in(folder, database.name)]


def backup(
    backend: Backend,
    *,
    keep: int = KEEP,
    every_s: float = 0.0,
    clock: Callable[[], str] = utc_now,
) -> Path | None:
    """Copy a database that others may be writing to; the newest `keep` of such copies stay.

    With `every_s` only where the newest is older than that; then None is returned.

    Raises:
        StoreError: S441, the copy is damaged, as is then most likely the database, and is not kept; S461, it
            cannot be written; S463, it is gone already.
    """
    daily = [b for b in catalogue(as_file(backend).path) if b.kind == "backup"]
    if every_s and daily:
        age_s = daily[-1].age_s(clock())
        if age_s is not None and 0 <= age_s < every_s:  # one from the future says nothing: clocks go back
            return None
    with saved(backend, "backup", keep=keep, clock=clock) as held:
        check_backup(backend, held.path)  # before others may prune it
        return held.path


def check_backup(backend: Backend, made: Path) -> None:
    """See that a backup is still where it was put: its folder may have been moved since.

    Raises:
        StoreError: S463, it is not; what was changed in the database since stays.
    """
    if not made.is_file():
        message = "the backup that was made here is gone: it, or its folder, was moved or removed meanwhile"
        advice = "bring it back from where it was moved to, or make another with `docrel backup`"
        raise StoreError.one("S463", message, subject=as_file(backend).as_written(made), help=advice)


@contextmanager
def saved(
    backend: Backend, kind: Kind, *, keep: int = KEEP, clock: Callable[[], str] = utc_now
) -> Iterator[HeldBackup]:
    """Make a backup before a change; nobody prunes it within. `discard` it where nothing was changed.

    Raises:
        StoreError: As for `backup`.
    """
    held = _make(as_file(backend), kind, clock)
    try:
        yield held
    finally:
        held.release(keep)


def _prune(backend: FileBackend, kind: Kind, keep: int) -> None:
    """Remove all backups of a kind but the newest `keep`.

    Those stay that a migration in the history names, that somebody holds (who makes it, or restores it), or that
    cannot be removed; and all of them where the history cannot be read.
    """
    named = _in_history(backend)
    if named is None:
        return
    with FolderLock(folder_of(backend.path)):
        ours = [b.path for b in catalogue(backend.path) if b.number and b.kind == kind]
        for path in ours[: max(0, len(ours) - keep)]:
            if path.name not in named and not is_held(path):
                with suppress(OSError):
                    path.unlink()


def restore_backup(
    database: Path, source: Path, *, timeout_s: float = 30.0, clock: Callable[[], str] = utc_now
) -> Path | None:
    """Give a database the content of a backup; returns where what was there is kept, None where nothing was.

    At every moment the database has all of the old content or all of the backup's, also for the programs that are
    using it: they go on with the backup's. What they wrote before is in the copy that is returned; what they write
    after is in the database. One that cannot be opened is renamed instead.

    Raises:
        StoreError: S441, the backup is damaged; S450, it is the database itself; S461, the system refuses to write;
            S462, it cannot be replaced while it is in use; S402, another program holds it. Nothing has changed.
    """
    refuse_same(database, source)
    if identity(source) is None:
        advice = "`docrel doctor` lists the backups that there are"
        raise StoreError.one("S401", "there is no such backup", subject=source, help=advice)
    fault = fault_of_file(source)
    if fault:
        raise _damaged(source, fault)
    with ExitStack() as stack:
        stack.enter_context(_told(database))
        for lock in _locks(database):
            stack.enter_context(lock)
        stack.enter_context(held(source))
        if database.exists():
            try:
                return _replace_content(database, source, timeout_s, clock)
            except DamagedError:
                pass  # it cannot be opened
        file = Path(os.path.realpath(database))
        return replace_file(file, source, _damaged_names(file, clock))


def fault_of_file(path: Path) -> str:
    """Return what is wrong with a database file, the empty text where nothing is."""
    try:
        with closing(open_file(path)) as backend:
            return "it is empty: there is no table" if _is_empty(backend) else "; ".join(damages(backend.check())[:3])
    except DocrelError as e:
        return e.diagnostics[0].message


def damages(faults: Iterable[Fault]) -> list[str]:
    """Return what is damaged; content that a rule forbids is for `validate` to name, and no reason to lose a backup."""
    return [fault.text for fault in faults if fault.is_damage]


def _damaged(path: Path, fault: str) -> UnsoundError:
    advice = "`docrel doctor` lists the backups that are whole; keep the file for whoever looks into it"
    return UnsoundError.one("S441", f"damaged: {fault}", subject=path, help=advice)


_MAKE_ROOM = "make room, or mend the permissions of the folder"
_MENDS = {
    errno.ENOENT: "bring the folder back if it is wanted, as it was moved or removed meanwhile",
    errno.ENOTDIR: "move the file away that has the name of the folder",
}
"""What to do, by what the system refuses."""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Tell what the system refuses within as S461."""
    try:
        yield
    except OSError as e:
        message = f"{Path(e.filename or path).name} cannot be written: {e.strerror or e}"
        advice = f"{_MENDS.get(e.errno or 0, _MAKE_ROOM)}, and run the same command again"
        raise StoreError.one("S461", message, subject=path, help=advice) from e


def _make(backend: FileBackend, kind: Kind, clock: Callable[[], str]) -> HeldBackup:
    database = backend.path
    folder = folder_of(database)
    with _told(backend.as_written(folder)):
        if not folder.exists():
            folder.mkdir(exist_ok=True)
            sync_folder(folder.parent)
        for place in _folders(database):
            clear(place, database.name)
        scratch = Scratch(folder, database.name, like=database)
        try:
            fault = _copied(backend, scratch)
            if fault:
                raise _damaged(Path(backend.name), fault)
            return HeldBackup(backend, _published(database, scratch, kind, clock), kind, scratch)
        except BaseException:
            scratch.close()
            raise


def _copied(backend: FileBackend, scratch: Scratch) -> str:
    """Copy a database; returns what is wrong with the copy, the empty text where nothing is."""
    try:
        backend.copy(scratch.path)
        return fault_of_file(scratch.path)
    finally:
        scratch.check()  # whatever went wrong, that it is gone is the reason


def _published(database: Path, scratch: Scratch, kind: Kind, clock: Callable[[], str]) -> Path:
    """Give a finished copy its number and name, which nobody has and which lasts."""
    folder = folder_of(database)
    taken = re.compile(rf"{re.escape(database.name)}\.(\d{{6,}})-.*", re.DOTALL)
    with FolderLock(folder):
        numbers = [int(match[1]) for name in names_in(folder) if (match := taken.fullmatch(name))]
        number = max(numbers, default=0) + 1
        path = folder / _name(database, number, compact(clock()), kind)
        rename_new(scratch.path, path)
        sync_folder(folder)
    return path


def _name(database: Path, number: int, made: str, kind: Kind) -> str:
    """Return the name of a backup, as `_numbered` reads it."""
    return f"{database.name}.{number:06}-{made}-{kind}.db"


def _numbered(database: Path) -> re.Pattern[str]:
    """Return the pattern of the names of backups, as `_name` spells them."""
    return re.compile(rf"{re.escape(database.name)}\.(?P<number>\d{{6,}})-(?P<made>[0-9A-Za-z]+)-(?P<kind>[a-z-]+)\.db")


def _replace_content(database: Path, source: Path, timeout_s: float, clock: Callable[[], str]) -> Path | None:
    """Replace the content of a database in one transaction, which a crash undoes."""
    kept: list[Path | None] = []
    with closing(open_file(database, create=True, timeout_s=timeout_s)) as live:
        live.become(source, lambda: kept.append(_kept(database, clock)))
    return kept[0]


def _kept(database: Path, clock: Callable[[], str]) -> Path | None:
    """Keep what a restore is about to replace, unless it is empty: whole as a backup, else as it is, beside it."""
    with closing(open_file(database, create=True)) as old:
        if _is_empty(old):
            return None
        try:
            with saved(old, "before-restore", clock=clock) as held:
                return old.as_written(held.path)
        except UnsoundError:
            pass
        with closing(Scratch(database.parent, database.name, like=database)) as scratch:
            old.copy(scratch.path)
            aside = free_name(_damaged_names(database, clock))
            rename_new(scratch.path, aside)
            sync_folder(database.parent)
        return aside


def _damaged_names(database: Path, clock: Callable[[], str]) -> Iterator[Path]:
    """Yield names for a damaged database."""
    name = f"{database.name}.damaged-{compact(clock())}"
    yield database.with_name(name)
    yield from (database.with_name(f"{name}-{number}") for number in count(2))


def _locks(database: Path) -> Iterator[FileLock]:
    """The lock of the workspace that a database is in, if it is in one."""
    if (database.parent / "transition.json").exists():
        yield FileLock(database.parent / "transition" / "lock")


def _is_empty(backend: Backend) -> bool:
    return "table" not in backend.names().values()


def _earlier(database: Path) -> list[Backup]:
    """Backups by the names of docrel before its first release.

    The daily ones said the database's name without its suffix: they are taken for those of the database that
    ends in `.db`, lest two databases claim one.
    """
    name, stem = re.escape(database.name), re.escape(database.stem)
    found = _listed(database.parent, re.compile(rf"{name}\.backup-{_STAMP}(-\d+)?"), "import")
    found += _listed(database.parent, re.compile(rf"{name}\.v\d+-{_STAMP}(\.\d+)?\.bak"), "migrate")
    if database.suffix == ".db":
        found += _listed(folder_of(database), re.compile(rf"{stem}_{_STAMP}(-\d+)?\.db"), "backup")
    return sorted(found, key=lambda b: (b.made, len(b.path.name), b.path.name))


def _listed(folder: Path, pattern: re.Pattern[str], kind: str = "") -> list[Backup]:
    matches = ((folder / name, match.groupdict()) for name in names_in(folder) if (match := pattern.fullmatch(name)))
    found = (Backup(path, m.get("kind", kind), m["made"], int(m.get("number", 0))) for path, m in matches)
    return [backup for backup in found if backup.path.is_file()]


def _folders(database: Path) -> tuple[Path, Path]:
    """Where copies of a database are made: backups in their folder, what a restore puts in place beside it."""
    return folder_of(database), database.parent


def _in_history(backend: Backend) -> set[str] | None:
    """Return the names of the backups that the database's migrations speak of, None where they cannot be read."""
    try:
        return {Path(entry.backup).name for entry in Book(backend).history() if entry.backup}
    except DocrelError:
        return None

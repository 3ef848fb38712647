"""The doctor: every check of a database there is, and what to do about what it finds.

In: a database file. Out: checks, the good ones too. Reads only. A check that `validate` makes is added there, and
shows here only if it fails; one of backups, disk or size is a `yield Check(…)` here; one of a workspace is in
`docrel.transition.examined`.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from docrel.diagnostics import DocrelError, command
from docrel.store import Store, backups, catalogue, databases_put_aside, fault_of_file, open_store, unfinished_backups
from docrel.upkeep.archiving import archive_of
from docrel.upkeep.maintaining import ALERT_BYTES
from docrel.upkeep.validating import Check, validate
from docrel.values import span, utc_now

ROOM_BYTES = 200_000_000
BACKUP_S = 2 * 86_400
_KINDS = {
    "backup": "made by `docrel backup`",
    "import": "before an import",
    "migrate": "before a migration",
    "upgrade": "before it came to a later format",
    "mend": "before the doctor mended it",
    "delete": "before documents were deleted",
    "before-restore": "before a restore",
}


def examine_database(database: Path) -> Iterator[Check]:
    """Yield what was found of a database, its backups and its disk."""
    try:
        with open_store(database, create=False) as store:
            yield from _store(store)
    except DocrelError as e:
        reason = e.diagnostics[0]
        yield Check(False, f"{database.name} cannot be used: {reason.message}", reason.help)
    yield from _backups(database)
    if archive_of(database).exists():
        fault = fault_of_file(archive_of(database))
        advice = "restore it from a copy of your own: backups are of the live database"
        yield Check(not fault, f"the archive is {fault or 'whole'}", advice if fault else "")
    yield from _leftovers(database.parent)
    free = shutil.disk_usage(database.parent).free
    room = max(ROOM_BYTES, 2 * database.stat().st_size if database.exists() else 0)
    advice = f"make room: a VACUUM or a backup may need {room / 1e6:,.0f} MB"
    yield Check(free > room, f"{free / 1e6:,.0f} MB free on the disk", "" if free > room else advice)


def _store(store: Store) -> Iterator[Check]:
    path = store.backend.name
    checks = validate(store)
    wrong = [check for check in checks if not check.ok]
    if not wrong:
        version, number = store.plan.version, store.book.format()
        yield Check(True, f"schema and data are as {store.plan.name} version {version} says, in format {number}")
    for check in wrong:
        mend = f"{command('restore', path, '--backup')} brings the newest backup back"
        yield replace(check, advice=mend if check.damage else check.advice or f"{command('validate', path)} tells more")
    yield from (check for check in checks if check.set_aside is not None)
    stale = _stale(store)
    yield Check(
        not stale, f"{stale} notes on rows that are gone" if stale else "no note on a row that is gone",
        f"they do no harm; {command('maintain', path)} removes them" if stale else "",
    )  # fmt: skip
    size = store.backend.size()
    big = size.bytes > ALERT_BYTES
    advice = "`docrel archive` moves what is over and done with into another database"
    yield Check(
        not big, f"{size.bytes / 1e6:,.1f} MB, of these {size.free / 1e6:,.1f} MB unused", advice if big else ""
    )
    long = size.log > ALERT_BYTES
    advice = f"a program keeps reading an old state: end it, then run {command('maintain', path)}"
    yield Check(not long, f"write-ahead log: {size.log / 1e6:,.1f} MB", advice if long else "")


def _stale(store: Store) -> int:
    with store.snapshot():
        counts = [store.backend.execute(store.dml.count_stale(table)) for table in store.plan.tables]
    return sum(int(count) for ((count,),) in counts)


def _backups(database: Path) -> Iterator[Check]:
    again = command("backup", database)
    now, known, eligible = utc_now(), catalogue(database), backups(database)
    ages_s = [backup.age_s(now) for backup in known if backup.path in eligible]
    if not ages_s:
        yield Check(False, "there is no backup", f"{again} makes one; run it daily")
    elif ages_s[-1] is None or not 0 <= ages_s[-1] < BACKUP_S:
        yield Check(False, f"the newest backup is {_age(ages_s[-1])}", f"{again}: run it daily")
    for backup in known:
        fault = fault_of_file(backup.path)
        what = f"backup {backup.path.name}: {_KINDS.get(backup.kind, backup.kind)}, {_age(backup.age_s(now))}"
        advice = f"remove it, and make another: {again}" if fault else ""
        yield Check(not fault, f"{what}, {f'damaged: {fault}' if fault else 'whole'}", advice)
    for path in databases_put_aside(database):
        yield Check(True, f"{path.name}: damaged, put aside by a restore; remove it when nobody needs it")
    unfinished = unfinished_backups(database)
    if unfinished:
        what = f"{len(unfinished)} backups that were never finished, as {unfinished[0].name}"
        yield Check(False, what, f"the next {again} removes them")


def _age(age_s: float | None) -> str:
    """Return an age in words."""
    if age_s is None:
        return "of unknown age"
    if age_s < 0:
        return "of a time to come: the clock went back"
    return f"{span(age_s)} old"


def _leftovers(folder: Path) -> Iterator[Check]:
    old = [
        path
        for pattern in (".*.partial", ".*.part")
        for path in folder.rglob(pattern)
        if path.is_file() and time.time() - path.stat().st_mtime > 3600
    ]
    if old:
        advice = f"remove {old[0]}" + (" …" if old[1:] else "")
        yield Check(False, f"{len(old)} files that a crash left half-written", advice)

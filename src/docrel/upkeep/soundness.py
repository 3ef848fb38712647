"""Soundness: whether a database file is whole.

In: a store. Out: nothing, or an error with what to do. A small database is checked each time it is opened,
a large one once a day.
"""

from __future__ import annotations

from docrel.diagnostics import DamagedError, command
from docrel.store import Store, keep_value, kept_value

ALWAYS_BELOW_BYTES = 4_000_000
_CHECKED = "checked"


def check_on_opening(store: Store) -> None:
    """Check the database if it is small or was not checked today.

    Raises:
        DamagedError: S432, it is damaged.
    """
    today = store.clock()[:10]
    size = store.backend.execute("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size")[0][0]
    if size > ALWAYS_BELOW_BYTES and kept_value(store.backend, _CHECKED) == today:
        return
    check(store)
    if size > ALWAYS_BELOW_BYTES:
        with store.backend.transaction():
            keep_value(store.backend, _CHECKED, today)


def check(store: Store, *, thorough: bool = False) -> None:
    """Run SQLite's own check; `thorough` compares every index with its table as well.

    Raises:
        DamagedError: S432, the database is damaged.
    """
    faults = faults_of(store, thorough=thorough)
    if faults:
        path = store.backend.path
        back, look = command("restore", path, "--backup"), command("doctor", path)
        advice = f"restore the newest backup with {back}, or run {look} to see what is left"
        raise DamagedError.one("S432", f"the database is damaged: {faults[0]}", subject=path, help=advice)


def faults_of(store: Store, *, thorough: bool = False) -> list[str]:
    """Return what SQLite's own check finds, empty where the database is whole."""
    pragma = "PRAGMA integrity_check" if thorough else "PRAGMA quick_check"
    try:
        return [str(row[0]) for row in store.backend.execute(pragma) if row[0] != "ok"]
    except DamagedError as e:
        return [e.diagnostics[0].message]

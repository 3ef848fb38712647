"""Soundness: whether a database file is whole.

In: a store. Out: nothing, or an error with what to do. A small database is checked each time it is opened,
a large one once a day.
"""

from __future__ import annotations

from docrel.diagnostics import DamagedError, command
from docrel.store import Store, damages

ALWAYS_BELOW_BYTES = 4_000_000
_CHECKED = "checked"


def check_on_opening(store: Store) -> None:
    """Check the database if it is small or was not checked today.

    Raises:
        DamagedError: S432, it is damaged.
    """
    today = store.clock()[:10]
    is_large = store.backend.size().bytes > ALWAYS_BELOW_BYTES
    if is_large and store.book.value(_CHECKED) == today:
        return
    faults = faults_of_store(store)
    if faults:
        path = store.backend.name
        back, look = command("restore", path, "--backup"), command("doctor", path)
        advice = f"restore the newest backup with {back}, or run {look} to see what is left"
        raise DamagedError.one("S432", f"the database is damaged: {faults[0]}", subject=path, help=advice)
    if is_large:
        with store.backend.transaction():
            store.book.keep(_CHECKED, today)


def faults_of_store(store: Store, *, thorough: bool = False) -> list[str]:
    """Return what the database's own check finds; `thorough` compares every index with its table as well."""
    try:
        return damages(store.backend.check(thorough=thorough))
    except DamagedError as e:
        return [e.diagnostics[0].message]

"""The link between the files and the database of a workspace: where both are, and which phase rules them.

In: a folder. Out: its files, its store, its state, its log, opened when they are needed and again when
another program has replaced them. Decides nothing about documents.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from docrel.compile import compile
from docrel.diagnostics import AbsentError, DocrelError, StoreError
from docrel.files import FileLock
from docrel.plan import Plan
from docrel.spec import load as load_mapping
from docrel.spec import mapping_file
from docrel.store import Store, followed, open_or_make, open_store
from docrel.transition import state as states
from docrel.transition.files import Files
from docrel.transition.log import FOLDER, Log
from docrel.transition.state import Phase, Settings, State
from docrel.upkeep import check_on_opening

DATABASE = Path(".vibe/state/missions.db")
SQL_LEADS: frozenset[Phase] = frozenset({"sql-primary", "sql-only"})
_SHADOW_TIMEOUT_S, _LEAD_TIMEOUT_S = 2.0, 30.0


class Link:
    """Files, database, state and log of one workspace folder."""

    def __init__(
        self, folder: Path, mapping: str, clock: Callable[[], str], timer: Callable[[], float] = time.monotonic
    ) -> None:
        self.folder, self.mapping, self.clock, self.timer = folder.absolute(), mapping, clock, timer
        self.log = Log(self.folder, clock)
        self.lock = FileLock(self.folder / FOLDER / "lock")
        self._threads = threading.RLock()
        self._stamp: Any = None
        self._state = State(since=clock())
        self._store: Store | None = None
        self._database_stamp: Any = None
        self.files = Files(self.folder, self._plan())

    @property
    def state(self) -> State:
        """The state of the transition; read again where another program has changed it."""
        stamp = _stamp(self.folder / states.STATE_FILE)
        if stamp != self._stamp:
            with self._threads:
                state = states.load(self.folder) or State(since=self._state.since)
                if state.generation != self._state.generation:
                    self.close_store()
                self._stamp, self._state = stamp, state
        return self._state

    def save(self, state: State) -> None:
        """Make this the state of the workspace."""
        states.save(self.folder, state)

    @property
    def phase(self) -> Phase:
        """The phase that the workspace is in."""
        return self.state.phase

    @property
    def settings(self) -> Settings:
        """The settings of the workspace."""
        return self.state.settings

    @property
    def database(self) -> Path:
        """The database file."""
        return self.folder / DATABASE

    def store(self) -> Store:
        """Return the store: opened or made when it is first needed, and again where the file was replaced.

        After a migration by another program it is the store of the new plan.

        Raises:
            StoreError: S432, it is damaged; T611, it leads and is not there, or empty; as for `open_store`.
        """
        stamp = _stamp(self.database, content=False)
        with self._threads:
            if self._store is not None and stamp != self._database_stamp:
                self.close_store()
            if self._store is None:
                self._store = self._opened(missing=stamp is None)
                self._database_stamp = _stamp(self.database, content=False)
            current = followed(self._store)
            if current is not self._store:
                self._store, self.files = current, Files(self.folder, current.plan)
            return current

    def _opened(self, *, missing: bool) -> Store:
        if self.phase in SQL_LEADS:
            store = self._leading()
        else:
            self.database.parent.mkdir(parents=True, exist_ok=True)
            store = open_or_make(self.database, self.mapping, timeout_s=_SHADOW_TIMEOUT_S, clock=self.clock)
            if missing and self.state.generation and self.phase != "json-only":
                self.log.event("error", error="the database was gone; it is made anew from the files")
        try:
            check_on_opening(store)
        except BaseException:
            store.close()
            raise
        return store

    def _leading(self) -> Store:
        try:
            return open_store(self.database, timeout_s=_LEAD_TIMEOUT_S, clock=self.clock)
        except AbsentError as e:
            lost = e.diagnostics[0]
            message = f"{lost.message}, and it leads"
            raise StoreError.one("T611", message, subject=lost.subject, help=lost.help) from e

    def close_store(self) -> None:
        """Close the database, until it is needed again."""
        with self._threads:
            if self._store is not None:
                self._store.close()
                self._store = None

    def close(self) -> None:
        """Write what was counted and close the database."""
        self.log.flush()
        self.close_store()

    def count(self, kind: str, query_ms: float | None = None) -> None:
        """Count something that happened in this phase."""
        self.log.count(self._state.generation, kind, query_ms)

    def trouble(self, kind: str, **facts: Any) -> None:
        """Count and log something that the next phase has to be free of."""
        self.count(kind)
        self.log.event(kind, **facts)

    def _plan(self) -> Plan:
        if self.database.exists() and self.phase != "json-only":
            try:
                return self.store().plan
            except DocrelError:
                pass  # whoever needs the database itself hears of it
        return compile(load_mapping(mapping_file(self.mapping)))


def _stamp(path: Path, *, content: bool = True) -> Any:
    """Return what changes when a file is replaced (or, with `content`, written)."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return (status.st_dev, status.st_ino, *((status.st_mtime_ns, status.st_size) if content else ()))

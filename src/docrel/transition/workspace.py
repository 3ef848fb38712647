"""The workspace: where programs read and write mission state, whatever phase the transition is in.

In: a folder. Out: members of its document, read and written where the phase says. Files are written before
the database; a database that fails never fails a caller while files lead. All programs that use the
workspace take turns to write.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from docrel.transition import current, moves
from docrel.transition.criteria import Status, status_of
from docrel.transition.guard import Guard, told
from docrel.transition.link import SQL_LEADS, Link
from docrel.transition.members import known_member, longer, member_and_names
from docrel.transition.reads import Reads
from docrel.transition.state import Phase, State
from docrel.transition.sync import sync, whole, write_files
from docrel.transition.verification import Verification, verify
from docrel.values import NOTHING, jsontext, utc_now


class Workspace:
    """The live state of one workspace folder. Use it as a context manager, or `close` it.

    Threads may share it; processes open their own. `clock` gives the time as ISO 8601 text, `timer` seconds
    for measuring queries.
    """

    def __init__(
        self,
        folder: str | Path,
        *,
        mapping: str = "missions",
        clock: Callable[[], str] = utc_now,
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self.link = Link(Path(folder), mapping, clock, timer)
        self.guard = Guard(self.link)
        self._reads = Reads(self.link, self.guard)
        with self.link.lock:
            moves.finish(self.link)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Write what was counted and close the database."""
        self.link.close()

    @property
    def phase(self) -> Phase:
        """The phase that the workspace is in."""
        return self.link.phase

    # -- reading ---------------------------------------------------------------------------------------

    def read(self, member: str, default: Any = None) -> Any:
        """Return a member of the document, `default` where there is none.

        Raises:
            DocumentError: In json-only, its file cannot be read.
            StoreError: In sql-primary and sql-only, the database cannot be read.
        """
        known_member(self.link.files, member)
        value = self.guard.guarded(lambda: self._reads.one(member))
        return default if value is NOTHING else value

    def read_mission(self) -> dict[str, Any]:
        """Return the whole document, its members in the mapping's order; raises as `read` does."""
        members = self.guard.guarded(self._reads.all)
        return {member: value for member, value in members.items() if value is not NOTHING}

    # -- writing ---------------------------------------------------------------------------------------

    def write(self, member: str, value: Any) -> None:
        """Replace a member of the document. When this returns, no crash undoes it.

        Raises:
            DocumentError: What leads cannot take it; nothing has changed.
            StoreError: In sql-primary and sql-only, the database cannot be written; nothing has changed.
        """
        known_member(self.link.files, member)
        jsontext.check_value(value)
        self._write({member: value})

    def remove(self, member: str) -> None:
        """Remove a member of the document; raises as `write` does."""
        known_member(self.link.files, member)
        self._write({member: NOTHING})

    def append(self, path: str, item: Any) -> None:
        """Add an element to the array at `path`, `$.records.tool_calls`; made where there is none.

        Raises:
            DocumentError, StoreError: As for `write`; S436, what is there is no array.
        """
        member, names = member_and_names(path, self.link.folder)
        known_member(self.link.files, member)
        jsontext.check_value(item)
        with self.link.lock:
            moves.finish(self.link)
            self.guard.guarded(lambda: self._append_by_phase(path, member, names, item))
        self.link.count("write")

    def update(self, member: str, change: Callable[[Any], Any], default: Any = None) -> Any:
        """Replace a member by what `change` makes of it, with no other program in between; returns that.

        Raises:
            DocumentError, StoreError: As for `write`.
        """
        with self.link.lock:
            value = change(self.read(member, default))
            self.write(member, value)
        return value

    def write_mission(self, document: Mapping[str, Any]) -> None:
        """Replace the whole document; members that it does not have are removed. Raises as `write` does.

        Files are written one by one: a crash in between leaves some of them new.
        """
        for member in document:
            known_member(self.link.files, member)
        jsontext.check_value(dict(document))
        self._write({member: document.get(member, NOTHING) for member in self.link.files.paths})

    def _write(self, values: Mapping[str, Any]) -> None:
        with self.link.lock:
            moves.finish(self.link)
            self.guard.guarded(lambda: self._write_by_phase(values))
        self.link.count("write")

    def _write_by_phase(self, values: Mapping[str, Any]) -> None:
        if self.phase in SQL_LEADS:
            self._write_database(values)
            return
        write_files(self.link, values)
        if self.phase == "json-only":
            return
        try:
            self.guard.timed(lambda: sync(self.link, values))
        except Exception as e:  # a failing database never fails the caller
            member = next(iter(values), None)
            self.link.log.owe(member, told(e))
            self.link.trouble("error", member=member, error=told(e))
            self.guard.alarm(e)

    def _append_by_phase(self, path: str, member: str, names: tuple[str, ...], item: Any) -> None:
        """Append where the database leads: to a row if it can be, else to the whole member."""
        if self.phase not in SQL_LEADS:
            self._write_by_phase({member: longer(self.read(member, NOTHING), names, item, path, self.link.folder)})
            return
        store = self.link.store()
        key = current.key_of(store)
        if key is None:
            self._write_database({member: longer(NOTHING, names, item, path, self.link.folder)})
        else:
            store.append(key, path, item)

    def _write_database(self, values: Mapping[str, Any]) -> None:
        store = self.link.store()
        with store.transaction():
            stored = current.read(store)
            document = whole(self.link, stored, {**stored.document, **values})
            name, verified = current.name_of(self.link.folder), self.link.settings.verify_writes
            key = current.write(store, document, name, verify=verified)
            current.remember(store, key, stored.agreed)  # the files stay as they were

    # -- phases ----------------------------------------------------------------------------------------

    @property
    def state(self) -> State:
        """The state of the transition."""
        return self.link.state

    def status(self) -> Status:
        """Return the phase, what was measured in it, and the criteria of the next one."""
        return status_of(self.link)

    def sync(self) -> None:
        """Bring files and database together now; raises StoreError or DocumentError where that cannot be done."""
        with self.link.lock:
            if self.phase in {"dual-write", "hybrid-read"}:
                sync(self.link, mend=True)

    def verify(self) -> Verification:
        """Compare all that files and database say, and check the database."""
        with self.link.lock:
            return verify(self.link)

    def advance(self, *, force: bool = False, reason: str = "") -> State:
        """Go on to the next phase.

        Raises:
            StoreError: T601, a criterion is unmet (with `force` that is only recorded); T603, there is no
                next phase.
        """
        with self.link.lock:
            return moves.advance(self.link, force=force, reason=reason)

    def rollback(self, target: Phase | None = None, *, reason: str = "") -> State:
        """Go back to an earlier phase, to the one before by default; the files then say what the database did.

        Raises:
            StoreError: T604, that is no earlier phase; T605, the files could not be brought back; nothing
                has changed.
        """
        with self.link.lock:
            return moves.rollback(self.link, target, reason=reason)

"""The workspace: where programs read and write mission state, whatever phase the transition is in.

In: a folder. Out: members of its document, read and written where the phase says. Files are written before
the database; a database that fails never fails a caller while files lead. All programs that use the
workspace take turns to write.
"""

from __future__ import annotations

import sqlite3
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from docrel import jsontext
from docrel.diagnostics import DocrelError, DocumentError, StoreError
from docrel.store import utc_now
from docrel.transition import current, moves
from docrel.transition.agreement import ABSENT, differences
from docrel.transition.criteria import Status, status_of
from docrel.transition.link import SQL_LEADS, Link
from docrel.transition.members import known_member, longer, member_and_names
from docrel.transition.state import Phase, State
from docrel.transition.sync import sync, whole, write_files
from docrel.transition.verification import Verification, verify

UNTRUSTWORTHY = frozenset({"S405", "S406", "S432", "T610"})
"""Codes of a damaged database, or one that loses data: the plan's first two reasons to go back."""
_T = TypeVar("_T")


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
        self._slow: deque[bool] = deque(maxlen=20)
        with self.link.lock:
            moves.finish(self.link)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None
    ) -> None:
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
        found = self._guarded(lambda: self._read(member))
        return default if found is ABSENT else found

    def read_mission(self) -> dict[str, Any]:
        """Return the whole document, its members in the mapping's order; raises as `read` does."""
        found = self._guarded(lambda: {member: self._read(member) for member in self.link.files.paths})
        return {member: value for member, value in found.items() if value is not ABSENT}

    def _read(self, member: str) -> Any:
        match self.phase:
            case "json-only":
                return self._from_file(member)
            case "dual-write":
                try:
                    return self._from_file(member)
                except DocumentError as e:
                    return self._instead(member, e)
            case "hybrid-read":
                return self._hybrid(member)
            case "sql-primary":
                return self._from_database(member, old_files=True)
            case "sql-only":
                return self._from_database(member, old_files=False)

    def _from_file(self, member: str) -> Any:
        try:
            return self.link.files.read(member)
        except KeyError:
            return ABSENT

    def _instead(self, member: str, e: DocumentError) -> Any:
        """Read from the database what a damaged file can no longer say."""
        self.link.trouble("error", member=member, error=e.diagnostics[0].message)
        try:
            found = current.read(self.link.store()).document.get(member, ABSENT)
        except (DocrelError, sqlite3.Error):
            raise e from None
        if found is ABSENT:
            raise e
        return found

    def _from_database(self, member: str, *, old_files: bool) -> Any:
        found = self._timed(lambda: current.read(self.link.store()))
        value = found.document.get(member, ABSENT)
        if value is ABSENT and old_files and member not in found.agreed:
            value = self._from_file(member)
            if value is not ABSENT:
                self.link.trouble("fallback", member=member, error="only a file has it")
                return value
        self.link.count("hit")
        return value

    def _hybrid(self, member: str) -> Any:
        """The database first, the file when it must; where they differ both are brought together."""
        try:
            found = self._timed(lambda: current.read(self.link.store()))
        except Exception as e:  # whatever the database does, the file is there
            self.link.trouble("fallback", member=member, error=_text(e))
            self._alarm(e)
            return self._from_file(member)
        value = found.document.get(member, ABSENT)
        try:
            file = self._from_file(member)
        except DocumentError as e:
            self.link.trouble("error", member=member, error=e.diagnostics[0].message)
            file = value
        if not differences({member: file}, {member: value}, found.agreed, [member]):
            self.link.count("hit")
            return value
        return self._settled(member, file)

    def _settled(self, member: str, file: Any) -> Any:
        """Bring both sides together, when no writer is between the two, and return what they then say."""
        with self.link.lock:
            if self.phase != "hybrid-read":
                return self._read(member)
            try:
                merged = sync(self.link)
            except Exception as e:  # as above
                self.link.trouble("fallback", member=member, error=_text(e))
                self._alarm(e)
                return file
        self.link.count("hit")
        return merged.get(member, ABSENT)

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
        self._write({member: ABSENT})

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
            if self.phase in SQL_LEADS:
                self._guarded(lambda: self._append_row(path, member, names, item))
            else:
                self._write({member: longer(self.read(member, ABSENT), names, item, path, self.link.folder)})
                return
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
        self._write({member: document.get(member, ABSENT) for member in self.link.files.paths})

    def _write(self, values: Mapping[str, Any]) -> None:
        with self.link.lock:
            moves.finish(self.link)
            self._guarded(lambda: self._write_by_phase(values))
        self.link.count("write")

    def _write_by_phase(self, values: Mapping[str, Any]) -> None:
        if self.phase in SQL_LEADS:
            self._write_database(values)
            return
        write_files(self.link, values)
        if self.phase == "json-only":
            return
        try:
            self._timed(lambda: sync(self.link, values))
        except Exception as e:  # a failing database never fails the caller
            member = next(iter(values), None)
            self.link.log.owe(member, _text(e))
            self.link.trouble("error", member=member, error=_text(e))
            self._alarm(e)

    def _append_row(self, path: str, member: str, names: tuple[str, ...], item: Any) -> None:
        """Append where the database leads: to a row if it can be, else to the whole member; also after going back."""
        if self.phase not in SQL_LEADS:
            self._write({member: longer(self.read(member, ABSENT), names, item, path, self.link.folder)})
            return
        store = self.link.store()
        key = current.key_of(store)
        if key is None:
            self._write_database({member: longer(ABSENT, names, item, path, self.link.folder)})
        else:
            store.append(key, path, item)

    def _write_database(self, values: Mapping[str, Any]) -> None:
        store = self.link.store()
        with store.transaction():
            found = current.read(store)
            document = whole(self.link, found, {**found.document, **values})
            name, verified = current.name_of(self.link.folder), self.link.settings.verify_writes
            key = current.write(store, document, name, verify=verified)
            current.remember(store, key, found.agreed)  # the files stay as they were

    # -- the plan's triggers ---------------------------------------------------------------------------

    def _guarded(self, work: Callable[[], _T]) -> _T:
        """Do some work; go back to files where the database that leads turns out to be no good, and do it again."""
        generation = self.link.state.generation
        try:
            result = work()
        except StoreError as e:
            if self.phase in SQL_LEADS and _codes(e) & UNTRUSTWORTHY and self.link.settings.automatic:
                self._go_back("json-only", _text(e))
            elif self.link.state.generation == generation:
                raise
            return work()
        if len(self._slow) == self._slow.maxlen or sum(self._slow) >= self.link.settings.slow_queries:
            self._too_slow()
        return result

    def _alarm(self, e: Exception) -> None:
        """Stop using a database that is damaged or loses data, while files lead."""
        if isinstance(e, StoreError) and _codes(e) & UNTRUSTWORTHY and self.link.settings.automatic:
            self._go_back("json-only", _text(e))

    def _too_slow(self) -> None:
        slow, settings = sum(self._slow), self.link.settings
        if slow < settings.slow_queries:
            return
        self._slow.clear()
        if settings.automatic and self.phase in {"hybrid-read", *SQL_LEADS}:
            self._go_back("dual-write", f"{slow} of the last 20 queries took over {settings.limit_ms:g} ms")

    def _go_back(self, target: Phase, reason: str) -> None:
        with self.link.lock:
            if self.phase in {"json-only", target}:
                return
            self._slow.clear()
            moves.rollback(self.link, target, reason=f"automatic: {reason}")

    def _timed(self, work: Callable[[], _T]) -> _T:
        began = self.link.timer()
        try:
            return work()
        finally:
            took_ms = (self.link.timer() - began) * 1000
            self._slow.append(took_ms > self.link.settings.limit_ms)
            self.link.count("query", took_ms)

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


def _codes(e: StoreError) -> set[str]:
    return {found.code for found in e.diagnostics}


def _text(e: Exception) -> str:
    return e.diagnostics[0].message if isinstance(e, DocrelError) else f"{type(e).__name__}: {e}"

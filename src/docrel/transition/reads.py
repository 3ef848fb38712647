"""Reads: where each phase takes a member of the document from.

In: a link and the guard of its database. Out: values, NOTHING where there is none. While files lead a
database that fails is never heard of by the caller; where both are read, differences are settled first.
"""

from __future__ import annotations

from typing import Any

from docrel.diagnostics import DocrelError, DocumentError
from docrel.transition import current
from docrel.transition.agreement import differences
from docrel.transition.guard import Guard, told
from docrel.transition.link import SQL_LEADS, Link
from docrel.transition.sync import sync
from docrel.values import NOTHING


class Reads:
    """Reads the document of a workspace."""

    def __init__(self, link: Link, guard: Guard) -> None:
        self.link, self.guard = link, guard

    def all(self) -> dict[str, Any]:
        """Read the document: as a whole, where the database has it and nothing is in the way."""
        members = list(self.link.files.paths)
        if self.link.phase in {"hybrid-read", *SQL_LEADS}:
            try:
                stored = self.guard.timed(lambda: current.read(self.link.store()))
            except Exception:
                if self.link.phase != "hybrid-read":
                    raise
            else:
                if self._nothing_else(stored):
                    self.link.count("hit")
                    return {m: stored.document[m] for m in members if m in stored.document}
        return {member: self.one(member) for member in members}

    def _nothing_else(self, stored: current.CurrentDocument) -> bool:
        """Whether no file says anything that the database does not, as far as the phase looks at files."""
        paths = self.link.files.paths
        if self.link.phase == "hybrid-read":
            files = self.link.files.all()
            return not files.broken and not differences(files.values, stored.document, stored.agreed, list(paths))
        if self.link.phase == "sql-primary":
            return all(m in stored.document or m in stored.agreed or not p.exists() for m, p in paths.items())
        return True

    def one(self, member: str) -> Any:
        """Return a member, as the phase has it."""
        match self.link.phase:
            case "json-only":
                return self.link.files.read(member)
            case "dual-write":
                try:
                    return self.link.files.read(member)
                except DocumentError as e:
                    return self._instead(member, e)
            case "hybrid-read":
                return self._hybrid(member)
            case "sql-primary":
                return self._from_database(member, old_files=True)
            case "sql-only":
                return self._from_database(member, old_files=False)

    def _instead(self, member: str, e: DocumentError) -> Any:
        """Read from the database what a damaged file can no longer say."""
        self.link.trouble("error", member=member, error=e.diagnostics[0].message)
        try:
            value = current.read(self.link.store()).document.get(member, NOTHING)
        except DocrelError:
            raise e from None
        if value is NOTHING:
            raise e
        return value

    def _from_database(self, member: str, *, old_files: bool) -> Any:
        stored = self.guard.timed(lambda: current.read(self.link.store()))
        value = stored.document.get(member, NOTHING)
        if value is NOTHING and old_files and member not in stored.agreed:
            value = self.link.files.read(member)
            if value is not NOTHING:
                self.link.trouble("fallback", member=member, error="only a file has it")
                return value
        self.link.count("hit")
        return value

    def _hybrid(self, member: str) -> Any:
        """The database first, the file when it must; where they differ both are brought together."""
        try:
            stored = self.guard.timed(lambda: current.read(self.link.store()))
        except Exception as e:  # whatever the database does, the file is there
            self.link.trouble("fallback", member=member, error=told(e))
            self.guard.alarm(e)
            return self.link.files.read(member)
        value = stored.document.get(member, NOTHING)
        try:
            file = self.link.files.read(member)
        except DocumentError as e:
            self.link.trouble("error", member=member, error=e.diagnostics[0].message)
            file = value
        if not differences({member: file}, {member: value}, stored.agreed, [member]):
            self.link.count("hit")
            return value
        return self._settled(member, file)

    def _settled(self, member: str, file: Any) -> Any:
        """Bring both sides together, when no writer is between the two, and return what they then say."""
        with self.link.lock:
            if self.link.phase != "hybrid-read":
                return self.one(member)
            try:
                merged = sync(self.link)
            except Exception as e:  # as above
                self.link.trouble("fallback", member=member, error=told(e))
                self.guard.alarm(e)
                return file
        self.link.count("hit")
        return merged.get(member, NOTHING)

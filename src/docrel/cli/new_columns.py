"""What `import --new-members column` does when the documents are in: columns for new members, and what it tells."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from docrel.cli.session import Session
from docrel.cli.telling import new_member_lines
from docrel.diagnostics import DocrelError, visible

if TYPE_CHECKING:
    from pathlib import Path

    from docrel.authoring import NewColumns
    from docrel.store import ImportReport, Store


@dataclass(frozen=True, slots=True)
class GivenColumns:
    """What became of an import's new members; `refused`: the database could not be migrated."""

    found: NewColumns
    backup: Path | None = None
    refused: bool = False

    def lines(self, report: ImportReport) -> Iterator[str]:
        """Yield a line for each new member, and the YAML that the mapping file lacks."""
        if self.refused:
            yield from new_member_lines(report.new_members)
            return
        yield from (one.text for one in self.found.given)
        yield from (one.text for one in self.found.left)
        yield from self.found.lines()
        if self.backup is not None:
            yield f"The database as it was before it had {_columns(self.found)}: {self.backup}"

    def facts(self) -> dict[str, Any]:
        """Return the same for programs."""
        given, version = ((), None) if self.refused else (self.found.given, self.found.plan.version)
        return {"version": version, "given": given, "left": self.found.left, "backup": self.backup}


def _columns(found: NewColumns) -> str:
    return visible(", ".join(f"{one.table}.{one.column}" for one in found.given))


def give_columns(store: Store, report: ImportReport, session: Session, *, backup: bool) -> GivenColumns:
    """Give each new member of an import a column, where one can hold it; all of them or none."""
    from docrel.authoring import new_columns
    from docrel.backends import as_file
    from docrel.migrate import apply
    from docrel.store import check_backup

    found = new_columns(store.backend, store.plan, report.new_members)
    if not found.given:
        return GivenColumns(found)
    try:
        with session.watched("rewritten") as watch:
            migrated = apply(store.backend, found.plan, backup=backup, progress=watch)
    except DocrelError as error:
        session.diagnose(error.diagnostics)
        return GivenColumns(found, refused=True)
    saved = None if migrated is None else migrated.backup
    if saved is not None:
        check_backup(store.backend, saved)
        saved = as_file(store.backend).as_written(saved)
    return GivenColumns(found, saved)

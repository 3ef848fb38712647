"""Sources along: from which file each document was imported, brought along by a migration.

In: a database within the migration's transaction. Out: the sources of the same documents by the rows that they have in
the new tables. Where plain SQL migrates, root rows keep their keys; where documents are rewritten, each is told.
"""

from __future__ import annotations

from collections.abc import Iterable

from docrel.backends import Backend
from docrel.diff import Diff
from docrel.migrate.steps import OLD
from docrel.plan import Table
from docrel.sql import (
    SOURCE_ROWS,
    delete_stale_sources,
    move_source,
    renumber_sources,
    source_objects,
    source_tables,
)
from docrel.store import Row

Moved = tuple[Table, Row, Table, Row]
"""An old root table with a row's key, and the new ones."""
_ASIDE = OLD + SOURCE_ROWS


class SourcesAlong:
    """The sources in one migration; nothing where the database has none."""

    def __init__(self, backend: Backend, diff: Diff, *, rewrites: bool) -> None:
        self._backend, self._diff, self._rewrites = backend, diff, rewrites
        self._there = SOURCE_ROWS in backend.names()

    def step_aside(self) -> None:
        """Take away what would see half-made tables."""
        if not self._there:
            return
        backend, quote = self._backend, self._backend.dialect.quote_identifier
        there = backend.names()
        for made in source_objects(self._diff.old, backend.dialect):
            if there.get(made.name) == made.kind:
                backend.execute(f"DROP {made.kind.upper()} {quote(made.name)}")
        if self._rewrites:
            for sql in (*backend.dialect.renamed([(SOURCE_ROWS, _ASIDE)]), *source_tables(backend.dialect)):
                backend.execute(sql)

    def bring(self, moved: Iterable[Moved]) -> None:
        """Note documents that were rewritten."""
        if not self._there:
            return
        by_roots: dict[tuple[str, str], list[Moved]] = {}
        for one in moved:
            by_roots.setdefault((one[0].name, one[2].name), []).append(one)
        for among in by_roots.values():
            old, _, new, _ = among[0]
            sql = move_source((old, self._diff.old), (new, self._diff.new), _ASIDE, self._backend.dialect)
            self._backend.execute_many(sql, [(*before, *after) for _, before, _, after in among])

    def come_back(self) -> None:
        """Make again what stepped aside, for the new tables."""
        if not self._there:
            return
        backend, new = self._backend, self._diff.new
        if self._rewrites:
            backend.execute(f"DROP TABLE {_ASIDE}")
        else:
            self._renumber()
            for root in new.roots:
                backend.execute(delete_stale_sources(root, new, backend.dialect))
        for made in source_objects(new, backend.dialect):
            backend.execute(made.sql)

    def _renumber(self) -> None:
        """Call root tables by their new numbers; the sources of those that are gone go."""
        names = [root.name for root in self._diff.new.roots]
        now = (self._diff.renames.table(root.name) for root in self._diff.old.roots)
        numbers = {was: names.index(name) if name in names else None for was, name in enumerate(now)}
        if any(was != number for was, number in numbers.items()):
            for sql in renumber_sources(numbers):
                self._backend.execute(sql)

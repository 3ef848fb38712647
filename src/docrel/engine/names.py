"""Names in generated code: what a mapping calls things, as far as a traceback should tell.

In: a layout. Out: endings of names, `_status`: of a to z, digits and underscores only, no two alike. This is the one
door for names of a mapping into names of generated code; whatever else it says enters by `literal` or is bound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from docrel.layout import Claim, Feeds, Layout

_LONGEST, _STEPS = 24, 3
_WORD_ENDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_OTHER = re.compile(r"[^a-z0-9]+")


class Names:
    """The endings for one layout's tables, columns and sources."""

    def __init__(self, layout: Layout) -> None:
        self.tables = distinct([word(table.name)] for table in layout.tables)
        self._columns = [distinct([word(column.name)] for column in table.columns) for table in layout.plan.tables]
        sources = [(table, source) for table in layout.tables for source in table.sources]
        wanted = ([word(table.name) + word(source.name) * (len(table.sources) > 1)] for table, source in sources)
        numbers = [(table.number, source.number) for table, source in sources]
        self._sources = dict(zip(numbers, distinct(wanted), strict=True))

    def column(self, table: int, column: int) -> str:
        """Return the ending for a column of a table."""
        return self._columns[table][column]

    def source(self, table: int, source: int) -> str:
        """Return the ending for a source of a table."""
        return self._sources[table, source]

    def slot(self, feeds: Feeds) -> str:
        """Return the ending for feeds that share one array, object or member: that of the first."""
        return self.source(feeds[0].table, feeds[0].source)


def claim_endings(root: Claim) -> dict[int, str]:
    """Return for each claim below a row's, by number, an ending that tells its place; the row's own is `_node`."""
    claims = list(root.walk())
    found = distinct(_places(claim) for claim in claims)
    return {claim.number: ending for claim, ending in zip(claims, found, strict=True)}


def _places(claim: Claim) -> list[str]:
    """The last step of the way to a claim, with ever more of those before it."""
    steps = [word(str(step)) for step in claim.pointer[-_STEPS:]] or ["_node"]
    return ["".join(steps[-count:]) for count in range(1, len(steps) + 1)]


def distinct(wanted: Iterable[Sequence[str]]) -> list[str]:
    """Return for each thing the first ending of those it could have that no other has; all taken: with a number."""
    found: dict[str, None] = {}
    for endings in wanted:
        ending = next((candidate for candidate in endings if candidate not in found), None)
        number = 2
        while ending is None:
            numbered = f"{endings[-1]}_{number}"
            ending, number = None if numbered in found else numbered, number + 1
        found[ending] = None
    return list(found)


def word(name: str) -> str:
    """Return an ending made of a name, whatever is in it."""
    return "_" + _OTHER.sub("_", _WORD_ENDS.sub("_", name).lower())[:_LONGEST].strip("_")

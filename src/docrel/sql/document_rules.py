"""Document rules: what no document can say, as constraints of a table that the database sees to.

In: a table, resolved, and a dialect. Out: `Rules`: what is unique, what is never NULL, and conditions on a row. Holds
for the rows of every document that the mapping takes (`tests/laws/test_forbidden.py`); what SQL may do and a document
can say is not forbidden. Conditions have no names, which would not follow a column that is renamed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from docrel.layout import (
    Claim,
    Layout,
    SourceLayout,
    TableLayout,
    always_filled,
    column_decoder,
    mapped,
    mapped_constant,
)
from docrel.plan import EdgeName, JoinedKey, MemberKey, ParentKey, Position, Rest, Surrogate, Table, Value
from docrel.sql import schema
from docrel.sql.dialect import Dialect
from docrel.sql.tokens import Sql
from docrel.values import CODECS, clean_text

_JSON_SPELLED = re.compile(r"-?[0-9]|true\Z|false\Z")
"""What the text of a value that is no text begins with."""
_STAND_IN = re.compile("[?\ufffd]")
"""What stands in a text for characters that no database can hold."""
MOST_LINKS = 8


@dataclass(frozen=True, slots=True)
class Rules:
    """What is unique, which columns are never NULL, and conditions, beside what the mapping says."""

    uniques: frozenset[tuple[str, ...]] = frozenset()
    present: frozenset[str] = frozenset()
    checks: tuple[schema.Check, ...] = ()


def rules_of(layout: Layout, number: int, dialect: Dialect) -> Rules:
    """Return the rules for a table; none where the mapping wants only what it says itself."""
    if layout.plan.constraints == "declared":
        return Rules()
    return _Ruling(layout, layout.tables[number], dialect).rules()


class _Ruling:
    """One table, and what its columns are called in SQL."""

    def __init__(self, layout: Layout, table: TableLayout, dialect: Dialect) -> None:
        self.layout, self.table, self.dialect = layout, table, dialect
        self.plan: Table = layout.plan.tables[table.number]
        self.columns = self.plan.columns
        self.names = [dialect.quote_identifier(column.name) for column in self.columns]
        self.chosen = {n: found for n in range(len(self.columns)) if (found := self._chosen(n)) is not None}
        self.present = {n for n in range(len(self.columns)) if self._is_present(n)}

    def rules(self) -> Rules:
        named = [tuple(self.columns[n].name for n in columns) for columns in self.table.apart]
        checks = [check for n in range(len(self.columns)) for check in self._of_column(n)]
        checks += [schema.Check(None, Sql.of(text)) for text in (*self._own_parent(), *self._one_kind())]
        checks += self._sources()
        present = {self.columns[n].name for n in self.present}
        return Rules(frozenset(named), frozenset(present), tuple(checks))

    # -- one column ----------------------------------------------------------------------------------------

    def _is_present(self, n: int) -> bool:
        """Say whether rows of documents always hold something."""
        column, sources = self.columns[n], self.table.sources
        if column.required or n in self.table.key or all(n in dict(source.constants) for source in sources):
            return True
        match column.role:
            case Position():
                return self.table.parent is not None
            case MemberKey():
                return all(source.by_name for source in sources)
            case JoinedKey():
                return all(source.kind == "tree" for source in sources)
            case EdgeName():
                return True
            case Value() if CODECS[column.type].container and not column.soft:
                if always_filled(column) or all(_is_node(source, n) for source in sources):
                    return True  # a document's null is the text `null`
        return not column.soft and n in self.chosen and None not in self.chosen[n]

    def _chosen(self, n: int) -> list[Any] | None:
        """Return what `when` lets a column hold; None: anything."""
        found: list[Any] = []
        for source in self.table.sources:
            uses, wanted = source.uses.get(n, ()), dict(source.when)
            if len(uses) != 1 or uses[0][1].pointer not in wanted or uses[0][1].scalar is None:
                return None
            found += [None if v is None else mapped(self.columns[n])(v) for v in wanted[uses[0][1].pointer]]
        return list(dict.fromkeys(found))

    def _of_column(self, n: int) -> Iterator[schema.Check]:
        column = self.columns[n]
        texts = []
        if n in self.chosen:
            texts.append(self._among(n, [v for v in self.chosen[n] if v is not None]))
        elif column.one_of is None and not isinstance(column.role, ParentKey | Surrogate):
            texts.append(self._shape(n))
        texts += [self._not_among(n, values) for values in (self._undone(n), self._named_elsewhere(n))]
        yield from (schema.Check(None, Sql.of(text), column.name) for text in texts if text)

    def _shape(self, n: int) -> str:
        """Return the condition that what a column holds is of its type, as far as the database does not see to that."""
        column, name = self.columns[n], self.names[n]
        shape = self.dialect.shapes.get(column.type, "")
        if column.type == "real" and None not in (column.minimum, column.maximum):
            return ""
        if isinstance(column.role, Rest):
            has_arrays = any(source.claim.is_array for source in self.table.sources)
            shape = self.dialect.shapes.get("rest or array" if has_arrays else "rest", "")
        return shape.replace("{}", name)

    def _undone(self, n: int) -> list[Any]:
        """Return the texts that a value map always turns into others, so that no document gives them."""
        column = self.columns[n]
        default = column.default
        if column.type != "text" or (default is not None and default.given):
            return []
        encode, decode = mapped(column), column_decoder(column)
        constants = [dict(source.constants).get(n) for source in self.table.sources]
        if default is not None:
            constants += [mapped_constant(column, v) for v in (default.constant, *(c.then for c in default.cases))]
        texts = [said for said, _ in column.map if isinstance(said, str) and said not in constants]
        held = column.one_of if column.one_of is not None else texts
        return [said for said in texts if said in held and _is_plain(said) and encode(decode(said)) != said]

    def _named_elsewhere(self, n: int) -> list[str]:
        """Return the names that no row of a map has, because columns and other tables take those members."""
        if not isinstance(self.columns[n].role, MemberKey):
            return []
        names: set[str] | None = None
        for claim in (c for t in self.layout.tables for source in t.sources for c in source.claim.walk()):
            feeds = [feed for group in claim.groups for feed in group if feed.table == self.table.number]
            if feeds:
                taken = set(claim.members) if feeds[0].kind in ("members", "tree") else set()
                names = taken if names is None else names & taken
        return sorted(name for name in names or () if _is_plain(name))

    # -- a row ---------------------------------------------------------------------------------------------

    def _own_parent(self) -> Iterator[str]:
        """A row is not its own parent."""
        for link in self.table.parents:
            if link.table == self.table.number:
                pairs = zip(link.columns, self.table.key, strict=True)
                terms = [(self.names[a], self.names[b]) for a, b in pairs if a != b]
                same = " AND ".join(f"{a} = {b}" for a, b in terms)
                yield f"{terms[0][0]} <> {terms[0][1]}" if len(terms) == 1 else f"NOT ({same})"

    def _one_kind(self) -> Iterator[str]:
        """A place holds a scalar, or an object, or an array: what one of them fills excludes the others."""
        each = [set(self._excluding(source)) for source in self.table.sources]
        left = set.intersection(*each)
        while left:
            n = max(sorted({n for pair in left for n in pair}), key=lambda n: sum(n in pair for pair in left))
            others = sorted({m for pair in left if n in pair for m in pair if m != n})
            left = {pair for pair in left if n not in pair}
            silent = " AND ".join(f"{self.names[m]} IS NULL" for m in others)
            yield f"{self.names[n]} IS NULL OR " + (f"({silent})" if len(others) > 1 else silent)

    def _excluding(self, source: SourceLayout) -> Iterator[frozenset[int]]:
        """Yield the pairs of columns of which a node can fill only one."""
        for claim in source.claim.walk():
            scalar = [] if claim.scalar is None else [claim.scalar.column]
            kinds = [self._plain(source, scalar)]
            for below in (claim.members, claim.indexes):
                kinds.append(self._plain(source, _taking(below.values())))
            for place, one in enumerate(kinds):
                yield from (frozenset((a, b)) for other in kinds[:place] for a in one for b in other)

    def _plain(self, source: SourceLayout, columns: Iterable[int]) -> list[int]:
        """Return the columns that hold nothing where their one place is silent."""
        keyed = () if self.table.parent is not None else self.layout.plan.key_names
        return [
            n
            for n in columns
            if len(source.uses[n]) == 1 and self.columns[n].default is None and self.columns[n].name not in keyed
        ]

    def _sources(self) -> Iterator[schema.Check]:
        """Edge, constants, links and names are those of a source, and what it has no place for is empty."""
        found: dict[tuple[str, ...], dict[tuple[int, ...], list[tuple[Any, ...]]]] = {}
        for source in self.table.sources:
            told = dict(source.constants)
            if self.table.edge is not None:
                told[self.table.edge] = source.name
            of_links = found.setdefault((*self._links(source), *self._places(source)), {})
            of_links.setdefault(tuple(told), []).append(tuple(told.values()))
        cases = [
            " AND ".join(text)
            for links, by_columns in found.items()
            for columns, values in by_columns.items()
            for text in self._told(columns, values, links)
        ]
        if all(cases) and not self._is_always_so(list(found)):
            text = cases[0] if len(cases) == 1 else " OR ".join(f"({c})" if " AND " in c else c for c in cases)
            telling = {n for by_columns in found.values() for columns in by_columns for n in columns}
            links = any(found)
            yield schema.Check(
                None, Sql.of(text), None if links or len(telling) != 1 else self.columns[min(telling)].name
            )

    def _links(self, source: SourceLayout) -> Iterator[str]:
        if source.link is not None and source.parent != self.table.parent:
            yield from (f"{self.names[n]} IS NOT NULL" for n in source.link.columns if n not in self.present)
        yield from (f"{self.names[n]} IS NULL" for n in source.unlinked)

    def _places(self, source: SourceLayout) -> Iterator[str]:
        """Yield which names a source's rows have, and what they never have, as far as sources differ in it."""
        constants = dict(source.constants)
        for n, column in enumerate(self.columns):
            match column.role:
                case MemberKey() if n not in self.present or not source.by_name:
                    yield f"{self.names[n]} IS {'NOT ' * source.by_name}NULL"
                case JoinedKey() if n not in self.present or source.kind != "tree":
                    yield f"{self.names[n]} IS {'NOT ' * (source.kind == 'tree')}NULL"
                case Value() if column.default is None and n not in constants and n not in source.uses:
                    yield f"{self.names[n]} IS NULL"

    def _told(
        self, columns: tuple[int, ...], values: list[tuple[Any, ...]], links: tuple[str, ...]
    ) -> Iterator[tuple[str, ...]]:
        """Yield the conditions of sources that have the same links and are told by the same columns."""
        if len(columns) == 1 and columns[0] in self.present:
            yield self._among(columns[0], [value for (value,) in values]), *links
            return
        for row in values:
            pairs = zip(columns, row, strict=True)
            yield (
                *(f"{self.names[n]} {self.dialect.same} {self._spelt(n, value)}" for n, value in pairs),
                *links,
            )

    def _is_always_so(self, cases: list[tuple[str, ...]]) -> bool:
        """Say whether every row is one of the cases, whatever its links, if nothing else tells its source."""
        if self.table.edge is not None or any(source.constants for source in self.table.sources):
            return False
        terms = {term for case in cases for term in case}
        columns = sorted({term.removesuffix(" IS NOT NULL").removesuffix(" IS NULL") for term in terms})
        if len(columns) > MOST_LINKS:
            return True
        rows = [
            {f"{c} IS {word}" for c, word in zip(columns, words, strict=True)}
            for words in product(("NULL", "NOT NULL"), repeat=len(columns))
        ]
        return all(any(row.issuperset(case) for case in cases) for row in rows)

    # -- SQL -----------------------------------------------------------------------------------------------

    def _spelt(self, n: int, value: Any) -> str:
        return self.dialect.quote_cell(value, self.columns[n].type)

    def _among(self, n: int, values: Sequence[Any]) -> str:
        spelt = list(dict.fromkeys(self._spelt(n, value) for value in values))
        if not spelt:
            return f"{self.names[n]} IS NULL"
        return f"{self.names[n]} = {spelt[0]}" if len(spelt) == 1 else f"{self.names[n]} IN ({', '.join(spelt)})"

    def _not_among(self, n: int, values: Sequence[Any]) -> str:
        spelt = list(dict.fromkeys(self._spelt(n, value) for value in values))
        if len(spelt) < 2:
            return f"{self.names[n]} <> {spelt[0]}" if spelt else ""
        return f"{self.names[n]} NOT IN ({', '.join(spelt)})"


def _is_node(source: SourceLayout, n: int) -> bool:
    """Say whether a column takes the whole node of a row."""
    uses = source.uses.get(n, ())
    return len(uses) == 1 and not uses[0][1].pointer


def _taking(claims: Iterable[Claim]) -> Iterator[int]:
    """Yield the columns that take something at or below some claims."""
    for claim in (inner for outer in claims for inner in outer.walk()):
        yield from (leaf.column for leaf in (claim.scalar, claim.whole) if leaf is not None)


def _is_plain(text: str) -> bool:
    """Say whether only this very text of a document is held as it."""
    return clean_text(text) and not _STAND_IN.search(text) and not _JSON_SPELLED.match(text)

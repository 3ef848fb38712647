"""Table drafts: which tables and columns a graph of shapes becomes.

In: the folded graph of shapes. Out: drafts of tables, parents before children, named, within the budget.
What finds no place in them goes to the rest of its row, so a draft may always hold less, never something
wrong.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_columns import ColumnDraft, column_for
from docrel.authoring.infer_kinds import Kind, kinds_in
from docrel.authoring.infer_orders import usual_order
from docrel.authoring.infer_records import record
from docrel.authoring.infer_shapes import Shape, resolved
from docrel.selectors import SelectorError, nodes, parse

Names = tuple[str, ...]
MAX_INLINE = 8
MAX_OBJECTS = 2000  # within one row: objects that lie in each other have more paths than there are
MAX_NESTING = 8


@dataclass(slots=True, eq=False)
class Place:
    """Where rows of a table come from: below a row of `parent`, at `path`, `many` is "[*]" or ".*".

    `when` is a member and the values that it must have.
    """

    parent: TableDraft
    path: Names
    many: str
    name: str = ""
    when: tuple[str, tuple[str, ...]] | None = None


@dataclass(slots=True, eq=False)
class TableDraft:
    """A table to be. `enclosing` is the table that it is nested in; the root has none.

    Attributes:
        places: All places that its rows come from, those within the table itself aside.
        repeats: Places within the table itself.
        objects: The inlined objects by path, with the shape of each.
        links: Tables further out whose key it needs a column for, because others pass it on.
        label: What its place is called: the last name on the path.
    """

    shape: Shape
    label: str
    enclosing: TableDraft | None = None
    places: list[Place] = field(default_factory=list)
    repeats: list[Place] = field(default_factory=list)
    columns: list[ColumnDraft] = field(default_factory=list)
    objects: dict[Names, Shape] = field(default_factory=dict)
    kind: Kind | None = None
    links: list[tuple[TableDraft, str]] = field(default_factory=list)
    name: str = ""
    row: str = ""
    key_column: str = ""
    edge_column: str = ""
    rest_column: str = ""
    position_column: str = ""

    @property
    def rows(self) -> int:
        """How many rows the samples gave."""
        return self.shape.seen

    @property
    def weight(self) -> int:
        """How many values its own columns hold."""
        return sum(c.seen for c in self.columns) + (self.rows if self.keyed else 0)

    @property
    def keyed(self) -> bool:
        """Whether a member's name leads to its rows."""
        return any(p.many == ".*" for p in (*self.places, *self.repeats))

    @property
    def ordered(self) -> bool:
        """Whether its rows are elements of arrays, which have places."""
        places = (*self.places, *self.repeats)
        return bool(places) and all(p.many == "[*]" for p in places)

    @property
    def ancestors(self) -> Iterator[TableDraft]:
        """Yield the table and those that enclose it, outwards."""
        table: TableDraft | None = self
        while table is not None:
            yield table
            table = table.enclosing


def labels_of(table: TableDraft) -> set[str]:
    """Return the names of the members that the rows of a table are in."""
    return {place.path[-1] for place in table.places if place.path}


def draft_tables(root: Shape, *, max_tables: int, max_columns: int, min_share: float = 0.0) -> list[TableDraft]:
    """Return the drafts, the root first, without names."""
    tables = [TableDraft(resolved(root), "")]
    by_shape: dict[int, list[TableDraft]] = {id(tables[0].shape): []}
    for table in tables:  # grows under way
        nesting = sum(1 for _ in table.ancestors)
        for place, shape in _contents(table, min_share):
            known = by_shape.get(id(shape))
            if known is None and nesting < MAX_NESTING:
                known = by_shape[id(shape)] = _drafts(place, shape, table)
                tables += known
            for inner in known or ():
                if inner is table:
                    table.repeats.append(place)
                else:
                    when = (inner.kind.member, inner.kind.values) if inner.kind is not None else None
                    inner.places.append(replace(place, when=when))
    _prune(tables, max_tables)
    _enclose(tables)
    for table in tables:
        _limit(table, max_columns)
    return list(_in_order(tables))


def _drafts(place: Place, shape: Shape, parent: TableDraft) -> list[TableDraft]:
    label = place.path[-1] if place.path else ""
    kinds = kinds_in(shape) if place.many == "[*]" else []
    if not kinds:
        return [TableDraft(shape, label, parent)]
    return [
        TableDraft(kind.shape, kind.values[0] if len(kind.values) == 1 else label, parent, kind=kind) for kind in kinds
    ]


def _contents(table: TableDraft, min_share: float) -> Iterator[tuple[Place, Shape]]:
    """Fill in the columns of a table; yield the places of rows below it."""
    root = table.shape
    if slots := record(root, row=True) if table.enclosing is not None else []:
        table.columns = [column_for((n,), table.label, slot, root.seen, slot.seen) for n, slot in enumerate(slots)]
        return
    if root.scalars > root.nulls and table.enclosing is not None:
        table.columns.append(column_for((), table.label, root, root.seen, root.seen))
    pending: deque[tuple[Names, Shape, tuple[int, ...]]] = deque([((), root, ())])
    for _ in range(MAX_OBJECTS):
        if not pending:
            break
        path, shape, above = pending.popleft()
        if shape.objects and (shape.members or shape.others is not None):
            table.objects[path] = shape
        for name in usual_order(shape):
            inner = resolved(shape.members[name])
            at = (*path, name)
            presence = table.kind.presence[name] if table.kind is not None and not path else inner.seen
            if not sayable(name) or id(inner) in above or inner is root or presence < min_share * root.seen:
                continue
            if slots := record(inner, row=False):
                table.columns += [
                    column_for((*at, n), name, slot, root.seen, slot.seen) for n, slot in enumerate(slots)
                ]
                continue
            containers = inner.objects + inner.arrays
            if inner.scalars and (not containers or inner.scalars - inner.nulls > limits.STRAY_SCALARS * containers):
                table.columns.append(column_for(at, name, inner, root.seen, presence))
            if containers and len(at) < MAX_INLINE:
                pending.append((at, inner, (*above, id(shape))))
        for many, rows in ((".*", shape.others), ("[*]", shape.elements)):
            if rows is not None:
                yield Place(table, path, many), resolved(rows)
    table.columns = _in_order_of_members(root, table.columns)


def _in_order_of_members(root: Shape, columns: list[ColumnDraft]) -> list[ColumnDraft]:
    """Return the columns as a reader of a row's node meets their places."""
    orders: dict[int, dict[str, int]] = {}

    def place(column: ColumnDraft) -> tuple[int, ...]:
        places, shape = [], root
        for name in column.path:
            if isinstance(name, int):
                places.append(name)
                break
            if id(shape) not in orders:
                orders[id(shape)] = {member: n for n, member in enumerate(usual_order(shape))}
            places.append(orders[id(shape)][name])
            shape = resolved(shape.members[name])
        return tuple(places)

    return sorted(columns, key=place)


@lru_cache(maxsize=4096)
def sayable(name: str) -> bool:
    """Say whether a selector and a YAML file can spell the member's name."""
    if name.isascii() and name.isidentifier():
        return len(name) <= 1000
    selector = nodes.Selector(False, (nodes.Name(name),))
    try:
        return len(name.encode("utf-8", "surrogatepass")) <= 1000 and parse(str(selector)) == selector
    except SelectorError:
        return False


# -- the budget -----------------------------------------------------------------------------------------


def _prune(tables: list[TableDraft], limit: int) -> None:
    """Give up the tables that hold least, until there are no more than `limit`; nest the others anew."""
    while len(tables) > max(1, limit):
        feeding = {id(p.parent) for t in tables for p in t.places}
        leaves = [t for t in tables[1:] if id(t) not in feeding] or tables[1:]
        tables.remove(min(leaves, key=lambda t: t.weight))
        _connect(tables)
    _connect(tables)


def _connect(tables: list[TableDraft]) -> None:
    """Keep the tables that rows can get to, each enclosed by the first one that feeds it."""
    reached = tables[:1]
    for table in reached:
        for inner in tables[1:]:
            if inner not in reached and any(p.parent is table for p in inner.places):
                inner.enclosing = table
                reached.append(inner)
    for table in reached:
        table.places = [p for p in table.places if p.parent in reached]
    tables[:] = reached


def _limit(table: TableDraft, limit: int) -> None:
    """Leave rare columns of a wide table to the rest."""
    if len(table.columns) > limits.WIDE_COLUMNS and table.rows >= limits.SURE_ROWS:
        table.columns = [c for c in table.columns if c.seen >= limits.RARE_COLUMN * table.rows]
    if len(table.columns) > limit:
        keep = {id(c) for c in sorted(table.columns, key=lambda c: -c.seen)[:limit]}
        table.columns = [c for c in table.columns if id(c) in keep]


# -- nesting --------------------------------------------------------------------------------------------


def _enclose(tables: list[TableDraft]) -> None:
    """Nest each table in the nearest one that encloses all places of its rows."""
    changed = True
    while changed:
        changed = False
        for table in tables[1:]:
            chains = [list(p.parent.ancestors) for p in table.places if table not in p.parent.ancestors]
            common = next(t for t in chains[0] if all(t in chain for chain in chains))
            if common is not table.enclosing:
                table.enclosing = common
                changed = True
    for table in tables[1:]:
        for place in table.places:
            for between in place.parent.ancestors:
                if between is table.enclosing or between.enclosing is table.enclosing:
                    break
                if between is not table and table.enclosing not in [t for t, _ in between.links]:
                    assert table.enclosing is not None
                    between.links.append((table.enclosing, ""))


def _in_order(tables: list[TableDraft]) -> Iterator[TableDraft]:
    pending = [tables[0]]
    while pending:
        table = pending.pop()
        yield table
        pending.extend(reversed([t for t in tables if t.enclosing is table]))

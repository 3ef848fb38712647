"""The plan check: whether a plan is one that `docrel.compile` could have made.

In: a plan whose fields have the right types (`docrel.plan.plan_json`), from a database that anybody may have written.
Out: nothing, or a ValueError. What the generators, the DDL and the store rely on is held here: names, keys, links,
paths, types. Never repairs anything, and never runs anything of the plan.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import partial
from pathlib import PurePosixPath

from docrel.layout import Claim, Leaf, claim_trees
from docrel.plan import (
    LIMIT_VERSION,
    MAPPING_LIMIT_BYTES,
    Column,
    Default,
    Derived,
    EdgeName,
    Elapsed,
    Elements,
    Fault,
    JoinedKey,
    MemberKey,
    Members,
    Name,
    ParentKey,
    Path,
    Plan,
    Position,
    Rest,
    Scalar,
    Source,
    Surrogate,
    Table,
    Unsourced,
    Value,
    bound_fault,
    counted_fault,
    decoded,
    file_fault,
    fits,
    is_among,
    key_faults,
    name_fault,
    path_fault,
    quoting_fault,
    range_fault,
    reserved_prefix,
    separator_fault,
    to_text,
)
from docrel.selectors import SelectorError, parse
from docrel.sql import DIALECT_NAMES, SQLITE, check_fault, statement_fault, view_fault
from docrel.values import CODECS

MAX_TABLES = 4096
MAX_TWOFOLD = 64
"""How many places, one within the other, may be an object and something else: generated code asks at each in turn."""
_TYPES = {
    Surrogate: "integer", Position: "integer", MemberKey: "text", JoinedKey: "text", EdgeName: "text", Rest: "json",
}  # fmt: skip
_LIMITED = Value | Unsourced | MemberKey | JoinedKey | EdgeName  # roles that take limits


def load_plan(text: str) -> Plan:
    """Return the plan that `docrel.plan.dump` wrote, as sound as `docrel.compile` makes them, whoever wrote the text.

    Raises:
        ValueError: The text is not a plan, or one of a later program; says what is wrong with it.
    """
    plan: Plan = decoded(text, Plan)
    check(plan)
    return plan


def check(plan: Plan) -> None:
    """Hold a plan against all that a compiled one guarantees.

    Raises:
        ValueError: The first thing that does not hold.
    """
    for fault in _faults(plan):
        raise ValueError(fault)


def _faults(plan: Plan) -> Iterator[str]:
    """Yield what is wrong; who goes on behind a fault may fail."""
    if not 1 <= plan.version <= LIMIT_VERSION:
        yield "the version is out of range"
    if not 1 <= len(plan.tables) <= MAX_TABLES:
        yield f"there are {len(plan.tables):,} tables"
    if set(plan.forget) - {"key-order"}:
        yield "it forgets what nobody knows"
    yield from _names(plan)
    yield from _parts(plan)
    yield from _statements(plan)
    yield from _tree(plan)
    tables = {table.name: table for table in plan.tables}
    for table in plan.tables:
        yield from _within(f"table {table.name!a}", _table(table, tables))
    yield from _roots(plan)
    yield from _links(plan, tables)
    for tree in (tree for trees in claim_trees(plan) for tree in trees):
        for claim in tree.walk():
            yield from _taken_twice(claim)
        if _twofold(tree) > MAX_TWOFOLD:
            yield f"more than {MAX_TWOFOLD} places, one within the other, may be an object and something else"


def _twofold(tree: Claim) -> int:
    """Return how many places on one way down may be an object and a scalar or an array."""
    most, pending = 0, [(tree, 0)]
    while pending:
        claim, above = pending.pop()
        here = above + (claim.is_object and (claim.is_array or claim.scalar is not None))
        most = max(most, here)
        pending += [(inner, here) for inner in claim.below]
    return most


def _taken_twice(claim: Claim) -> Iterator[str]:
    leaves = [taker.whole for taker in claim.takers if isinstance(taker, Leaf)]
    if len(leaves) > len(set(leaves)):
        yield "two columns take one value"
    if len(claim.feeds("tree")) > 1:
        yield "two tables take one tree"


def _said(fault: Fault | None) -> Iterator[str]:
    if fault is not None:
        yield fault[0]


def _within(where: str, faults: Iterable[str]) -> Iterator[str]:
    return (f"{where}: {fault}" for fault in faults)


# -- the mapping as a whole -----------------------------------------------------------------------------------


def _names(plan: Plan) -> Iterator[str]:
    """Names that a database can have, each once, capitals aside; triggers have names of their own."""
    tables = [table.name for table in plan.tables]
    indexes = [index.name for table in plan.tables for index in table.indexes]
    others = [s.name for s in plan.statements if not s.is_trigger]
    yield from _possible("mapping", [plan.name], MAPPING_LIMIT_BYTES)
    named = (("table", tables), ("index", indexes), ("statement", [s.name for s in plan.statements]))
    for what, names in named:
        yield from _possible(what, names)
    for names in ([plan.complement, plan.shapes], *(names for _, names in named)):
        yield from (f"{name!a} is reserved" for name in names if reserved_prefix(name))
    yield from _repeated([plan.complement, plan.shapes, *tables, *indexes, *others], fold=True)
    yield from _repeated([s.name for s in plan.statements], fold=True)


def _possible(what: str, names: Iterable[str], limit: int | None = None) -> Iterator[str]:
    for name in names:
        fault = name_fault(what, name) if limit is None else name_fault(what, name, limit)
        if fault is not None:
            yield fault[0]


def _repeated(names: Sequence[str], *, fold: bool = False) -> Iterator[str]:
    seen: set[str] = set()
    for name in names:
        known = name.lower() if fold else name
        if known in seen:
            yield f"{name!a} is there twice"
        seen.add(known)


def _parts(plan: Plan) -> Iterator[str]:
    yield from _repeated([part.member for part in plan.parts])
    yield from _repeated([str(PurePosixPath(part.file)) for part in plan.parts])
    for part in plan.parts:
        yield from _said(file_fault(part.file))
        yield from (f for names in part.any_of for f in _names_path(names))


def _statements(plan: Plan) -> Iterator[str]:
    fault_of = {"view": view_fault, "statement": statement_fault}
    for statement in plan.statements:
        yield from _sql(statement.sql, partial(fault_of[statement.kind], statement.name))


def _sql(texts: Sequence[tuple[str, str]], fault_of: Callable[[str], Fault | None]) -> Iterator[str]:
    yield from _repeated([dialect for dialect, _ in texts])
    for dialect, text in texts:
        if dialect not in DIALECT_NAMES:
            yield f"{dialect!a} is no dialect"
        yield from _said(fault_of(text))


def _tree(plan: Plan) -> Iterator[str]:
    """The enclosing table comes first, so that no table encloses itself."""
    before: set[str] = set()
    for table in plan.tables:
        if table.parent is not None and table.parent not in before:
            yield f"table {table.name!a} is not behind the table that encloses it"
        before.add(table.name)
    if not plan.roots:
        yield "there is no root table"


def _roots(plan: Plan) -> Iterator[str]:
    """A document has a row in one root table, told apart by `when`, and a key there."""
    for root in plan.roots:
        if len(plan.roots) > 1 and not root.sources[0].when:
            yield f"nothing tells which documents go to {root.name!a}"
        if plan.key is not None:
            yield from _key(plan, root)


def _key(plan: Plan, root: Table) -> Iterator[str]:
    """What identifies a document is read from it, and no two rows share it."""
    names = plan.key_names
    if isinstance(plan.key, tuple) and (len(set(names)) < max(2, len(names))):
        yield f"the key {names!a} is not several columns"
    columns = {c.name: c for c in root.columns}
    for name in names:
        column = columns.get(name)
        if column is None or not isinstance(column.role, Value | Unsourced):
            yield f"{name!a} identifies no document of {root.name!a}"
        elif not column.required:
            yield f"{name!a} is not required in {root.name!a}"
        elif len(names) > 1 and column.default is not None and column.default.given:
            yield f"{name!a} is only a part of the key of {root.name!a}, and no name that a caller gives"
    if not root.is_unique(names):
        yield f"{plan.key!a} is not unique in {root.name!a}"


# -- one table ------------------------------------------------------------------------------------------------


def _table(table: Table, tables: dict[str, Table]) -> Iterator[str]:
    names = [column.name for column in table.columns]
    yield from _possible("column", names)
    yield from _repeated(names, fold=True)
    yield from _possible("check", [check.name for check in table.checks])
    yield from _repeated([check.name for check in table.checks], fold=True)
    for role in (Surrogate, Position, Rest):
        if sum(isinstance(column.role, role) for column in table.columns) > 1:
            yield f"there are two {role.__name__} columns"
    for column in table.columns:
        yield from _within(f"column {column.name!a}", _column(column, table, tables))
    yield from _keys(table)
    for check in table.checks:
        yield from _within(f"check {check.name!a}", _sql(check.sql, check_fault))
    yield from _repeated([repr(path) for path, _ in table.key_order])
    for path, members in table.key_order:
        yield from _names_path(path)
        yield from _repeated(members)
    yield from _repeated([source.name for source in table.sources])
    if not table.sources:
        yield "its rows come from nowhere"
    for source in table.sources:
        yield from _within(f"source {source.name!a}", _source(source, table, tables))


def _keys(table: Table) -> Iterator[str]:
    """The columns of keys and indexes are there; the rest, which is known last, identifies nothing."""
    columns = {column.name: column for column in table.columns}
    indexes = [index.columns for index in table.indexes]
    for names in (table.primary_key, *table.unique, *indexes):
        if not names or not columns.keys() >= set(names):
            yield f"a key or an index is on columns that are not there: {names!a}"
        yield from _repeated(names)
    for names in table.unique_sets:
        yield from (f"{n!a} identifies nothing" for n in names if isinstance(columns[n].role, Rest))
    if table.surrogate is not None and table.primary_key != (table.surrogate,):
        yield "the surrogate is not the primary key"
    for column in (columns[name] for name in table.primary_key):
        lax = not column.required and not isinstance(column.role, ParentKey | Surrogate)
        if lax or column.soft or isinstance(column.role, Derived):
            yield f"{column.name!a} cannot be in the primary key"


# -- one column -----------------------------------------------------------------------------------------------


def _column(column: Column, table: Table, tables: dict[str, Table]) -> Iterator[str]:
    role = column.role
    if column.type not in CODECS:
        yield f"{column.type!a} is not a type"
    if type(role) in _TYPES and column.type != _TYPES[type(role)]:
        yield f"it is of type {column.type}"
    match role:
        case Value(paths):
            yield from _value_paths(paths)
            if not paths:
                yield "it is read from nowhere"
        case JoinedKey(separator):
            yield from _said(separator_fault(separator))
        case ParentKey():
            yield from _parent_key(column, role, tables)
        case Derived(selector):
            yield from _selector(selector)
    yield from _limits(column)
    yield from _default(column, table)
    if column.references is not None:
        name, key = column.references
        if name not in tables or (key,) not in tables[name].keys:
            yield "it refers to a column that is not there or not unique"


def _parent_key(column: Column, role: ParentKey, tables: dict[str, Table]) -> Iterator[str]:
    target = tables.get(role.table)
    if target is None or role.column not in target.primary_key:
        yield "it holds a key that no table has"
    elif column.type != next((c.type for c in target.columns if c.name == role.column), None):
        yield "it is of another type than the key that it holds"


def _selector(text: str) -> Iterator[str]:
    try:
        parse(text)
    except SelectorError as e:
        yield f"{text!a} is no selector: {e.message}"


def _limits(column: Column) -> Iterator[str]:
    limits = (column.one_of, column.minimum, column.maximum, column.references)
    if any(limit is not None for limit in limits) and not isinstance(column.role, _LIMITED):
        yield "its role takes no limits"
    spelled = column.quoted is not None or column.scale is not None
    if (column.map or column.soft or spelled) and not isinstance(column.role, Value):
        yield "its role takes no `map`, no `otherwise`, no `quoted` and no `scale`"
    if column.map and CODECS[column.type].container:
        yield "its type takes no `map`"
    if column.unique and isinstance(column.role, Rest | Surrogate):
        yield "its role takes no `unique`"
    if column.required and column.soft:
        yield "it is required and may be left out"
    if column.one_of is not None and not column.one_of:
        yield "it allows nothing"
    for key, bound in (("min", column.minimum), ("max", column.maximum)):
        if bound is not None:
            yield from _said(bound_fault(key, bound, column.type))
    yield from _said(range_fault(column.minimum, column.maximum))
    yield from _said(quoting_fault(column.type, quoted=column.quoted, scale=column.scale))
    constants = [*(column.one_of or ()), *(held for _, held in column.map)]
    yield from _constants(column, constants)
    if column.one_of is not None and not all(is_among(held, column.one_of) for _, held in column.map):
        yield "`map` leads to a value that `one_of` does not have"
    yield from _repeated([to_text(said) for said, _ in column.map])


def _constants(column: Column, constants: Iterable[Scalar]) -> Iterator[str]:
    """Constants are of the column's type, and SQL can spell what the column holds for them."""
    for constant in constants:
        if not fits(column.type, constant):
            yield f"{constant!a} is not of type {column.type}"
        elif constant is not None:
            SQLITE.quote_literal(CODECS[column.type].encode(constant))


def _default(column: Column, table: Table) -> Iterator[str]:
    default = column.default
    if default is None:
        return
    if not isinstance(column.role, Value | Unsourced):
        yield "its role takes no default"
    constants = [default.constant, *(case.then for case in default.cases)]
    yield from _constants(column, constants)
    if column.one_of is not None and not all(c is None or is_among(c, column.one_of) for c in constants):
        yield "its default is a value that `one_of` does not have"
    conditions = [condition for case in default.cases for condition in case.conditions]
    for read in (*default.reads, *(read for read, _ in conditions)):
        yield from _path(read.path, many=False)
    if default.elapsed is not None:
        if default != Default(elapsed=default.elapsed):
            yield "a time counted from a column is the whole default"
        yield from _counted_from(column, default.elapsed, table)


def _counted_from(column: Column, elapsed: Elapsed, table: Table) -> Iterator[str]:
    """The columns that a time is counted from are filled before it, for these defaults come last."""
    columns = {other.name: other for other in table.columns}
    for key, name in (("time", elapsed.time), ("plus_seconds", elapsed.seconds)):
        if name in columns:
            yield from _said(counted_fault(column, key, columns[name], table))
        else:
            yield f"it is counted from {name!a}, which is not there"


# -- paths and sources ----------------------------------------------------------------------------------------


def _path(path: Path, *, many: bool) -> Iterator[str]:
    """Names and indexes; with `many` the last step may be a wildcard."""
    yield from _said(path_fault(path))
    if any(isinstance(step, Elements | Members) for step in (path[:-1] if many else path)):
        yield "a path leads to many values"


def _names_path(names: Sequence[str]) -> Iterator[str]:
    return _path(tuple(map(Name, names)), many=False)


def _value_paths(paths: Collection[Path]) -> Iterator[str]:
    for path in paths:
        yield from _path(path, many=False)


def _source(source: Source, table: Table, tables: dict[str, Table]) -> Iterator[str]:
    if table.parent is None:
        if source.parent is not None or source.each or source.tree or len(table.sources) > 1:
            yield "a root table has one row a document"
    elif source.parent not in tables or not source.each:
        yield "it lies nowhere"
    yield from _path(source.each, many=True)
    yield from _way_down(source, table)
    for path, values in source.when:
        yield from _path(path, many=False)
        if not all(isinstance(step, Name) for step in path) or not values:
            yield "`when` looks at no member, or allows no value"
    yield from _repeated([repr(path) for path, _ in source.when])
    columns = {column.name: column for column in table.columns}
    yield from _repeated([name for name, _ in (*source.constants, *source.values)])
    for name, constant in source.constants:
        column = columns.get(name)
        if column is None or not isinstance(column.role, Value | Unsourced):
            yield f"it has no column {name!a} to fill"
            continue
        yield from _constants(column, [constant])
    for name, paths in source.values:
        if name not in columns or not isinstance(columns[name].role, Value):
            yield f"it has no column {name!a} to fill"
        yield from _value_paths(paths)


def _way_down(source: Source, table: Table) -> Iterator[str]:
    """A tree of objects has rows among them and a column for the names passed; maps have one for the names."""
    roles = [column.role for column in table.columns]
    last = source.each[-1] if source.each else None
    if source.tree and (not source.row_if or isinstance(last, Elements) or source.parent == table.name):
        yield "its tree has no rows"
    if source.tree != any(isinstance(role, JoinedKey) for role in roles):
        yield "a column for names passed on the way down, and no such way, or the other way about"
    if isinstance(last, Members) and not source.tree and not any(isinstance(role, MemberKey) for role in roles):
        yield "the names of its members would be lost"
    if source.parent == table.name and not isinstance(last, Elements | Members):
        yield "it repeats what is there once"


# -- links between tables -------------------------------------------------------------------------------------


def _links(plan: Plan, tables: dict[str, Table]) -> Iterator[str]:
    """Each row names all of the key of the row that encloses it, of the same document."""
    root: dict[str, str] = {}
    for table in plan.tables:
        root[table.name] = table.name if table.parent is None else root[table.parent]
    for table in plan.tables:
        held = {c.role for c in table.columns if isinstance(c.role, ParentKey)}
        above = {table.parent, *(source.parent for source in table.sources)} - {None}
        wanted = {ParentKey(name, key) for name in above if name for key in tables[name].primary_key}
        if not held >= wanted:
            yield f"table {table.name!a} lacks the key of a table above"
        below = _above(table, tables)
        if any(role.table not in below for role in held):
            yield f"table {table.name!a} has the key of a table that its rows never lie below"
        if any(root[name] != root[table.name] for name in above if name):
            yield f"table {table.name!a} lies below two root tables"
    for table, _, fault in key_faults(tables):
        yield from _within(f"table {table.name!a}", _said(fault))


def _above(table: Table, tables: dict[str, Table]) -> set[str]:
    """Return the tables whose rows may hold, directly or not, rows of a table; itself where these repeat."""
    found: set[str] = set()
    pending = [table]
    while pending:
        for source in pending.pop().sources:
            if source.parent is not None and source.parent not in found:
                found.add(source.parent)
                pending.append(tables[source.parent])
    return found

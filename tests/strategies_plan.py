"""Random small plans, with hostile names and constants, for tests of what reads a plan and no document."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from hypothesis import strategies as st

from docrel.plan import (
    CheckConstraint,
    Column,
    Default,
    Elements,
    IndexDefinition,
    Name,
    ParentKey,
    Plan,
    Position,
    Rest,
    Scalar,
    Source,
    Statement,
    Surrogate,
    Table,
    Value,
)

HOSTILE_NAMES = (
    'a"b',
    "it's",
    "line\nbreak",
    '"; DROP TABLE x; --',
    "'); DROP TABLE x; --",
    "two words",
    "größe",
    "表",
    "select",
    "order",
    "check",
    "CONSTRAINT",
    "without rowid",
    "[a]",
    "`b`",
    "a.b",
    "-- c",
    "/* d",
    "%s %d {0}",
    "{{ name }}",
    "{% raw %}",
    "tab\there",
    "$ref",
    "*",
    "a|b",
    "null",
    "0",
    " lead and trail ",
    "autoincrement",
    "PK",
)

names = st.sampled_from(HOSTILE_NAMES) | st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=8
)
texts = st.sampled_from(HOSTILE_NAMES) | st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=8)
integers = st.integers(-(2**63), 2**63 - 1)
reals = st.floats(allow_nan=False, allow_infinity=False)

CONSTANTS: dict[str, st.SearchStrategy[Scalar]] = {
    "text": texts,
    "integer": integers,
    "real": reals,
    "boolean": st.booleans(),
    "json": texts | integers,
    "timestamp": st.just("2025-11-23T10:00:00Z"),
    "base64": st.just("AP8="),
}


def _fresh(draw: Callable[[st.SearchStrategy[str]], str], taken: set[str]) -> str:
    name = draw(
        names.filter(lambda n: n.casefold() not in taken and not n.casefold().startswith(("sqlite_", "_docrel")))
    )
    taken.add(name.casefold())
    return name


@st.composite
def columns(draw: st.DrawFn, name: str) -> Column:
    """Draw a value column with some of the constraints that its type can have."""
    type_name = draw(st.sampled_from(sorted(CONSTANTS)))
    constants = CONSTANTS[type_name]
    column = Column(
        name,
        type_name,
        Value(((Name(name),),)),
        required=draw(st.booleans()),
        unique=draw(st.booleans()),
        soft=draw(st.booleans()),
    )
    if draw(st.booleans()):
        column = replace(column, default=Default(constant=draw(constants)))
    if draw(st.booleans()):
        column = replace(column, one_of=tuple(draw(st.lists(constants | st.none(), max_size=3))))
    if type_name in {"integer", "real"}:
        column = replace(
            column,
            minimum=draw(st.none() | integers | reals),
            maximum=draw(st.none() | st.integers() | reals),
        )
    return column


@st.composite
def tables(draw: st.DrawFn, name: str, parent: Table | None, taken: set[str]) -> Table:
    """Draw a table, below `parent` where there is one; `taken` are the names of tables and indexes so far."""
    used: set[str] = set()
    found: list[Column] = []
    surrogate = draw(st.booleans())
    if surrogate:
        found.append(Column(_fresh(draw, used), "integer", Surrogate()))
    key: tuple[str, ...] = (found[0].name,) if surrogate else ()
    if parent is not None:
        links = [
            Column(_fresh(draw, used), parent.column(k).type, ParentKey(parent.name, k), required=True)
            for k in parent.primary_key
        ]
        position = Column(_fresh(draw, used), "integer", Position(), required=True)
        found += [*links, position]
        key = key or (*(c.name for c in links), position.name)
    values = [draw(columns(_fresh(draw, used))) for _ in range(draw(st.integers(1, 4)))]
    found += values
    if parent is None and not surrogate:
        key = (values[0].name,)
    if surrogate and draw(st.booleans()):
        found.append(Column(_fresh(draw, used), "integer", ParentKey(name, key[0])))
    if draw(st.booleans()):
        found.append(Column(_fresh(draw, used), "json", Rest()))
    some = st.lists(st.sampled_from([c.name for c in found]), min_size=1, max_size=3, unique=True).map(tuple)
    indexes = [
        IndexDefinition(_fresh(draw, taken), draw(some), unique=draw(st.booleans()))
        for _ in range(draw(st.integers(0, 2)))
    ]
    quoted = '"' + values[0].name.replace('"', '""') + '"'
    check = CheckConstraint(draw(names), (("any", f"{quoted} IS NOT NULL OR ')' <> '(' -- odd )"),))
    return Table(
        name,
        tuple(found),
        key,
        (Source("each", parent.name if parent else None, (Name(name), Elements()) if parent else ()),),
        parent=parent.name if parent else None,
        unique=tuple(draw(st.lists(some, max_size=2, unique=True))),
        indexes=tuple(indexes),
        checks=(check,) if draw(st.booleans()) else (),
    )


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan of one to three tables, each below some earlier one or a further root."""
    mapping = draw(st.sampled_from(["m", 'odd "name', "größe"]))
    taken = {f"{mapping}_complement", f"{mapping}_shape"}
    found: list[Table] = []
    for _ in range(draw(st.integers(1, 3))):
        parent = draw(st.none() | st.sampled_from(found)) if found else None
        found.append(draw(tables(_fresh(draw, taken), parent, taken)))
    statements: list[Statement] = []
    if draw(st.booleans()):
        table = '"' + found[0].name.replace('"', '""') + '"'
        statements.append(Statement("view", _fresh(draw, taken), (("any", f"SELECT * FROM {table} -- all"),)))
        trigger = f"create trigger if not exists trg AFTER INSERT ON {table}\nBEGIN SELECT 1; END;"
        statements.append(Statement("statement", "trg", (("sqlite", trigger),)))
    return Plan(mapping, draw(st.integers(1, 99)), tuple(found), None, statements=tuple(statements))

"""SQL-on-FHIR ViewDefinitions, translated to a docrel mapping and one SELECT over its tables.

In: a ViewDefinition and the resources (whether a member is an array is seen there: a view does not say it).
Out: the text of a mapping and an SQL query. What needs more than plain paths, an index, a literal or an
equation is refused with `UntranslatableError`, never guessed; a view that is wrong in itself with
`InvalidViewError`.

    Patient, forEach name  →  a root table `Patient`, below it a table `Patient_name` with `each: name[*]`
    column name.family     →  a two-way column; through an array, a derived column with the list of all values
    nested select, unionAll, forEachOrNull  →  JOIN, UNION ALL, LEFT JOIN
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

import yaml

Json = Any
_NAME = r"[A-Za-z_][A-Za-z0-9_]*"
_PATH = re.compile(rf"{_NAME}(\[\d+\])?(\.{_NAME}(\[\d+\])?)*")
_STEP = re.compile(rf"({_NAME})(?:\[(\d+)\])?")
_LITERAL = re.compile(r"'[^'\\]*'|\d+|true|false")
_EQUATION = re.compile(rf"({_PATH.pattern})\s*=\s*({_LITERAL.pattern})")
_TYPES = {"boolean": "boolean", "integer": "integer", "positiveInt": "integer", "unsignedInt": "integer"}


class UntranslatableError(Exception):
    """The view needs FHIRPath functions or operators."""


class InvalidViewError(Exception):
    """The view is not a ViewDefinition, or does not fit the resources."""


@dataclass
class Level:
    """A table to be: the nodes of the resources that are its rows, its columns and the tables below it."""

    name: str
    each: str
    nodes: list[Json]
    columns: dict[str, dict[str, str]] = field(default_factory=dict)
    below: dict[str, Level] = field(default_factory=dict)

    def mapping(self) -> dict[str, Any]:
        """Return the table as a mapping file has it."""
        table: dict[str, Any] = {"each": self.each, "row": self.name, "columns": dict(self.columns)}
        if self.below:
            table["tables"] = {level.name: level.mapping() for level in self.below.values()}
        return table


@dataclass(frozen=True)
class Column:
    """A column of the view: its expression in SQL, and how its value is read."""

    name: str
    sql: str
    type: str
    collection: bool = False
    listed: bool = False


@dataclass(frozen=True)
class Branch:
    """One SELECT of the union that the view is."""

    joins: tuple[str, ...] = ()
    columns: tuple[Column, ...] = ()

    def times(self, other: Branch) -> Branch:
        """Return the product of the two."""
        return Branch(self.joins + other.joins, self.columns + other.columns)


@dataclass(frozen=True)
class Translation:
    """A mapping, the query over its tables, and the columns of its result."""

    mapping: str
    sql: str
    columns: tuple[Column, ...]

    def row(self, values: tuple[Any, ...]) -> dict[str, Any]:
        """Return a row of the result as the view means it.

        Raises:
            InvalidViewError: A column has several values and is no collection.
        """
        return {c.name: _read(c, value) for c, value in zip(self.columns, values, strict=True)}


def translate(view: Json, resources: list[Json]) -> Translation:
    """Translate a ViewDefinition.

    Raises:
        UntranslatableError: It needs more than plain paths.
        InvalidViewError: It is wrong in itself.
    """
    if not isinstance(view, dict) or not isinstance(view.get("resource"), str) or not view.get("select"):
        raise InvalidViewError("a view names its resource and what to select")
    rows = [r for r in resources if r["resourceType"] == view["resource"]]
    return _Translator(_constants(view), Level(view["resource"], "$", rows)).view(view)


def _constants(view: Json) -> dict[str, Json]:
    found = {}
    for constant in view.get("constant", ()):
        values = [value for name, value in constant.items() if name.startswith("value")]
        if len(values) != 1:
            raise InvalidViewError(f"the constant {constant['name']} has no value")
        found[constant["name"]] = values[0]
    return found


@dataclass
class _Translator:
    constants: dict[str, Json]
    root: Level
    aliases: int = 0

    def view(self, view: Json) -> Translation:
        branches = self.selects(view["select"], self.root, "r")
        wheres = [self.condition(self.text(w["path"])) for w in view.get("where", ())]
        if {tuple(c.name for c in b.columns) for b in branches} != {tuple(c.name for c in branches[0].columns)}:
            raise InvalidViewError("the branches of a union have the same columns")
        where = f" WHERE {' AND '.join(wheres)}" if wheres else ""
        selects = [
            f"SELECT {', '.join(f'{c.sql} AS {_quoted(c.name)}' for c in b.columns)}"
            f" FROM {_quoted(self.root.name)} AS r{''.join(b.joins)}{where}"
            for b in branches
        ]
        key = {"unsourced": True, "required": True, "unique": True, "default": {"given": True}}
        root = self.root.mapping() | {"when": {"resourceType": self.root.name}}
        root["columns"] = {"document": key} | root["columns"]
        mapping = {"mapping": "view", "document": {"key": "document"}, "tables": {self.root.name: root}}
        text = yaml.safe_dump(mapping, sort_keys=False, allow_unicode=True)
        return Translation(text, " UNION ALL ".join(selects), branches[0].columns)

    def selects(self, selects: Json, level: Level, alias: str) -> list[Branch]:
        """Return the product of sibling selects."""
        branches = [Branch()]
        for select in selects:
            found = self.select(select, level, alias)
            branches = [left.times(right) for left in branches for right in found]
        return branches

    def select(self, select: Json, level: Level, alias: str) -> list[Branch]:
        if unknown := select.keys() - {"column", "select", "unionAll", "forEach", "forEachOrNull"}:
            raise UntranslatableError(f"select.{', '.join(sorted(unknown))}")
        joins: tuple[str, ...] = ()
        for key, join in (("forEach", "JOIN"), ("forEachOrNull", "LEFT JOIN")):
            if key in select:
                level, alias, joins = self.for_each(self.text(select[key]), level, alias, join)
        columns = tuple(self.column(column, level, alias) for column in select.get("column", ()))
        branches = [Branch(joins, columns).times(b) for b in self.selects(select.get("select", ()), level, alias)]
        union = [b for inner in select.get("unionAll", ()) for b in self.select(inner, level, alias)]
        return [left.times(right) for left in branches for right in union] if union else branches

    def text(self, path: Json) -> str:
        """Return a path with its constants put in."""
        if not isinstance(path, str):
            raise InvalidViewError(f"{path!r} is no path")
        return re.sub(rf"%({_NAME})", self.constant, path)

    def constant(self, found: re.Match[str]) -> str:
        """Return a constant as a path writes it; what is no number or boolean stays a `%name`."""
        if found[1] not in self.constants:
            raise InvalidViewError(f"there is no constant {found[1]}")
        value = self.constants[found[1]]
        return str(value).lower() if isinstance(value, int) else found[0]

    def for_each(self, path: str, level: Level, alias: str, join: str) -> tuple[Level, str, tuple[str, ...]]:
        """Go down: a table for each array on the way, and the joins that lead there."""
        joins: list[str] = []
        prefix: list[str] = []
        nodes = level.nodes
        steps = _steps(path)
        for number, (name, index) in enumerate(steps):
            if index is not None:
                raise UntranslatableError(f"an index in forEach: {path}")
            prefix.append(name)
            nodes, listed = _members(nodes, name)
            last = number == len(steps) - 1
            if listed or last:
                if joins and join != "JOIN":
                    raise UntranslatableError(f"forEachOrNull through several arrays: {path}")
                level = _below(level, prefix, nodes, listed=listed or not nodes)
                joins.append(self.join(level, alias, join))
                alias, prefix = f"t{self.aliases}", []
        return level, alias, tuple(joins)

    def join(self, level: Level, parent: str, join: str) -> str:
        self.aliases += 1
        alias = f"t{self.aliases}"
        above = level.name.rpartition("/")[0]
        return f" {join} {_quoted(level.name)} AS {alias} ON {alias}.{_quoted(above + '_id')} = {parent}.id"

    def column(self, column: Json, level: Level, alias: str) -> Column:
        path = self.text(column["path"])
        found = Column(column["name"], "", column.get("type", ""), bool(column.get("collection")))
        if _LITERAL.fullmatch(path):
            return replace(found, sql=path)
        name, listed = _value(level, path, found.type)
        return replace(found, sql=f"{alias}.{_quoted(name)}", listed=listed)

    def condition(self, path: str) -> str:
        """Translate a condition on the resource: a boolean, or an equation with a literal."""
        equation = _EQUATION.fullmatch(path)
        subject, literal = (equation[1], equation[equation.lastindex or 0]) if equation else (path, "true")
        kind = "boolean" if literal in {"true", "false"} else "integer" if literal.isdigit() else "string"
        name, listed = _value(self.root, subject, kind)
        values = [v for r in self.root.nodes for v in _reach(r, _steps(subject))]
        if equation is None and not all(isinstance(value, bool) for value in values):
            raise InvalidViewError(f"{path} is not a boolean")
        if listed:
            raise UntranslatableError(f"a condition on an array: {path}")
        return f"r.{_quoted(name)} = {literal}"


def _value(level: Level, path: str, kind: str) -> tuple[str, bool]:
    """Give a level a column for a path; return its name, and whether it holds a list of all values."""
    if path == "$this":
        level.columns["this"] = {"from": "@", "type": _TYPES.get(kind, "text")}
        return "this", False
    nodes, selector, listed = level.nodes, "", False
    for name, index in _steps(path):
        nodes, many = _members(nodes, name, index)
        if index is not None and listed:
            raise UntranslatableError(f"an index into a list of lists: {path}")
        listed = listed or (many and index is None)
        selector += f".{name}" + (f"[{index}]" if index is not None else "[*]" if many else "")
    if any(isinstance(node, dict) for node in nodes):
        raise UntranslatableError(f"{path} is an object")
    if not listed and "[" not in selector:
        column = {"from": selector[1:], "type": _TYPES.get(kind, "text")}
    else:
        column = {"derived": selector[1:], "type": "json" if listed else _TYPES.get(kind, "text")}
    name = f"its {path}"  # `id` is what docrel numbers
    if level.columns.get(name, column) != column:
        name += f" as {column['type']}"
    if "from" in column and name != f"its {path}":  # a place has one column: the second is a copy
        column = {"derived": column["from"], "type": column["type"]}
    level.columns[name] = column
    return name, listed


def _below(level: Level, prefix: list[str], nodes: list[Json], *, listed: bool) -> Level:
    each = ".".join(prefix)
    if each not in level.below:
        if not listed and not all(isinstance(node, dict) for node in nodes):
            raise UntranslatableError(f"forEach over the scalar {each}")
        name = f"{level.name}/{each}"
        level.below[each] = Level(name, f"{each}[*]" if listed else each, nodes)
    return level.below[each]


def _steps(path: str) -> list[tuple[str, int | None]]:
    if not re.search(r"[\w'$%]", path):
        raise InvalidViewError(f"{path!r} is no FHIRPath")
    if not _PATH.fullmatch(path):
        raise UntranslatableError(path)
    return [(name, int(index) if index else None) for name, index in _STEP.findall(path)]


def _members(nodes: list[Json], name: str, index: int | None = None) -> tuple[list[Json], bool]:
    """Return the values of a member, arrays laid out, and whether any is an array.

    Raises:
        UntranslatableError: It is one of several types (`valueString` for `value`).
    """
    objects = [node for node in nodes if isinstance(node, dict)]
    choice = re.compile(rf"{name}[A-Z]")
    if any(choice.match(member) for node in objects if name not in node for member in node):
        raise UntranslatableError(f"{name} has a type in its name")
    found = [node[name] for node in objects if name in node]
    listed = any(isinstance(value, list) for value in found)
    if index is not None and found and not listed:
        raise UntranslatableError(f"an index into what is no array: {name}[{index}]")
    wanted = slice(None) if index is None else slice(index, index + 1)
    return [v for value in found for v in (value if isinstance(value, list) else [value])[wanted]], listed


def _reach(node: Json, steps: list[tuple[str, int | None]]) -> list[Json]:
    nodes = [node]
    for name, index in steps:
        nodes, _ = _members(nodes, name, index)
    return nodes


def _read(column: Column, value: Any) -> Any:
    if column.listed:
        values = yaml.safe_load(value) if value is not None else []
        if column.collection:
            return values
        if len(values) > 1:
            raise InvalidViewError(f"{column.name} has {len(values)} values and is no collection")
        return values[0] if values else None
    if column.collection and value is not None:
        return [value]
    return bool(value) if column.type == "boolean" and value is not None else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'

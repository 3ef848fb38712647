"""Random mappings, nearly all of them valid, as the YAML text that an author would write (in its JSON spelling).

In: a `random.Random`. Out: text for `docrel.spec.loads`. Covers every construct of the language that moves content,
with hostile names; places are handed out so that no two selectors claim one value.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

from docrel.selectors import Elements, Index, Members, Name, Path, path_text
from docrel.testing.documents import NAMES

COLUMN_NAMES = (
    "a", "b", "c", "order", "select", "größe", "it's", 'say "x"', "line\nbreak", "'); DROP TABLE x; --", "{}", "%s",
    "__import__('os')", "😀", "$ref", "*", " lead", "x.y", "self", "None", "表", "key", "n", "x", "M", "import os",
)  # fmt: skip
TYPES = (
    "text", "text", "integer", "real", "boolean", "json", "scalar", "timestamp", "date", "decimal", "uuid", "base64",
    "text",
)  # fmt: skip
CONSTANTS: dict[str, tuple[Any, ...]] = {
    "text": ("a", "b", "it's", "", "😀", "c"),
    "integer": (0, 1, -7, 2**63 - 1),
    "real": (0.0, 0.5, 1.0, -2.25),
    "boolean": (True, False),
    "json": ("a", 1, 0.5),
    "scalar": ("a", "", 1, 0.5, True),
    "timestamp": ("2025-11-23T10:00:00Z", "2025-11-23T10:00:00+01:00"),
    "date": ("2025-11-23", "1999-01-01"),
    "decimal": ("1.50", "0", "-3"),
    "uuid": ("6ba7b810-9dad-11d1-80b4-00c04fd430c8",),
    "base64": ("AAEC", ""),
}


@dataclass
class Place:
    """An object within a row's node, whose members are handed out once each."""

    path: Path = ()
    taken: set[str] = field(default_factory=set)
    inner: list[Place] = field(default_factory=list)


@dataclass
class Table:
    """A table as it is made: its YAML, and what nested tables need to know of it."""

    name: str
    yaml: dict[str, Any]
    node: Place
    parent: Table | None
    key: tuple[str, ...] = ("id",)
    paths: dict[str, Path] = field(default_factory=dict)  # value columns with one path, for defaults to look at
    tabled: set[Path] = field(default_factory=set)


class Mappings:
    """Makes one mapping."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: set[str] = {"m_complement", "m_shape"}
        self.tables: list[Table] = []
        self.left = random.randint(1, 6)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def text(self) -> str:
        """Return the mapping."""
        roots = 2 if self.chance(0.15) else 1
        mapping: dict[str, Any] = {"mapping": "m", "document": {"key": "k"}, "tables": {}}
        if self.chance(0.05):
            mapping["document"]["forget"] = ["key-order"]
        for number in range(roots):
            table = self.root(f"kind{number}" if roots > 1 else None)
            mapping["tables"][table.name] = table.yaml
        return json.dumps(mapping, ensure_ascii=False)

    # -- tables -----------------------------------------------------------------------------------------

    def fresh(self) -> str:
        name = self.random.choice(COLUMN_NAMES)
        while name.casefold() in self.names:
            name = f"t{len(self.names)}{name}"
        self.names.add(name.casefold())
        return name

    def new(self, parent: Table | None) -> Table:
        table = Table(self.fresh(), {"columns": {}}, Place(), parent)
        self.tables.append(table)
        return table

    def root(self, kind: str | None) -> Table:
        table = self.new(None)
        key: dict[str, Any] = {"from": self.value_paths(table, 0.3), "type": "text", "required": True, "unique": True}
        if self.chance(0.6):
            key["default"] = {"given": True}
        columns = table.yaml["columns"]
        columns["k"] = key
        if self.chance(0.2):
            table.yaml["primary_key"] = ["k"]
            table.key = ("k",)
        if kind is not None:
            table.yaml["when"] = {"kind": kind if self.chance(0.7) else [kind, kind + "'"]}
            if "kind" not in table.node.taken:
                table.node.taken.add("kind")
                if self.chance(0.4):
                    columns["kind"] = {"type": "text"}
        self.columns(table)
        self.nested(table, 0)
        self.finish(table)
        return table

    def nested(self, table: Table, depth: int) -> None:
        """Nest some tables of random sorts."""
        if depth > 3:
            return
        sorts = (
            self.array, self.array, self.scalars, self.map, self.single, self.tree, self.switch, self.sourced,
            self.recursive, self.mutual, self.arrays, self.one_or_many,
        )  # fmt: skip
        for _ in range(self.random.choice((0, 1, 2, 3) if depth else (1, 2, 3))):
            if self.left <= 0:
                return
            self.left -= 1
            self.random.choice(sorts)(table, depth)

    def below(self, table: Table, depth: int, each: Path | None, *, columns: bool = True, key: bool = True) -> Table:
        """Make a table nested in `table`, with columns and tables of its own; without `each` it has sources."""
        child = self.new(table)
        table.yaml.setdefault("tables", {})[child.name] = child.yaml
        if each is not None:
            child.yaml["each"] = path_text(each)
        if self.chance(0.6):
            child.yaml["otherwise"] = "rest"
        if self.chance(0.2):
            child.yaml["row"] = f"row{len(self.names)}"
        if key:
            self.own_key(child, many=each is not None and isinstance(each[-1], Elements | Members))
        if columns:
            self.columns(child)
        return child

    def own_key(self, child: Table, *, many: bool) -> None:
        if many and self.chance(0.3):
            child.yaml["columns"]["position"] = {"position": True}
            if self.chance(0.5) and child.parent is not None:
                links = [self.link(child.parent, column) for column in child.parent.key]
                child.key = (*links, "position")
                child.yaml["primary_key"] = [*links, "position"]
        elif self.chance(0.2):
            child.key = ("number",)
            child.yaml["columns"]["number"] = {"surrogate": True}

    def link(self, parent: Table, column: str) -> str:
        row = parent.yaml.get("row", parent.name)
        return f"{row}_{'id' if len(parent.key) == 1 else column}"

    def complete(self, child: Table, depth: int) -> None:
        self.nested(child, depth + 1)
        self.finish(child)

    def array(self, table: Table, depth: int) -> None:
        self.complete(self.below(table, depth, (*self.feed_path(table), Elements())), depth)

    def scalars(self, table: Table, depth: int) -> None:
        child = self.below(table, depth, (*self.path(table), Elements()), columns=False)
        self.value(child, ["@"])
        if self.chance(0.3):
            self.columns(child)
        self.finish(child)

    def map(self, table: Table, depth: int) -> None:
        each: Path = (*self.feed_path(table), Members())
        if self.chance(0.3):
            each = (*self.random.choice(self.objects(table)).path, Members())
            if each in table.tabled:
                return
        table.tabled.add(each)
        child = self.below(table, depth, each)
        self.member_key(child)
        if self.chance(0.3):
            self.value(child, ["@"])
        self.complete(child, depth)

    def member_key(self, child: Table) -> None:
        column: dict[str, Any] = {"key": "each"}
        if self.chance(0.5):
            column["required"] = True
        child.yaml["columns"]["member"] = column

    def single(self, table: Table, depth: int) -> None:
        child = self.below(table, depth, self.feed_path(table), columns=False)
        if self.chance(0.2):
            child.yaml["columns"]["whole"] = {"from": "@", "type": "json"}
        else:
            self.columns(child)
            self.nested(child, depth + 1)
        self.finish(child)

    def tree(self, table: Table, depth: int) -> None:
        place = self.path(table)
        if self.chance(0.15):
            place = self.random.choice(self.objects(table)).path
            if (*place, Members()) in table.tabled:
                return
            table.tabled.add((*place, Members()))
        by_key = self.chance(0.6) or not place
        child = self.below(table, depth, (*place, Members()) if by_key else place)
        child.yaml["repeat"] = "*"
        child.yaml["row_if"] = self.random.sample(["ref", "it's", "", "a.b"], self.random.randint(1, 3))
        for name in child.yaml["row_if"]:
            if name not in child.node.taken and self.chance(0.7):
                child.node.taken.add(name)
                self.value(child, [path_text((Name(name),))])
        if by_key and self.chance(0.8):
            self.member_key(child)
        child.yaml["columns"]["names"] = {"key": "repeat", "join": self.random.choice([".", "/", "::"])}
        self.complete(child, depth)

    def switch(self, table: Table, depth: int) -> None:
        """Two or three tables over one array, object or member, told apart by `when`."""
        each = self.path(table)
        each = self.random.choice([(*each, Elements()), (*each, Elements()), (*each, Members()), each])
        with_position = self.chance(0.4) and isinstance(each[-1], Elements | Members)
        for number in range(self.random.randint(2, 3)):
            child = self.below(table, depth, each, columns=False, key=False)
            if with_position:
                child.yaml["columns"]["position"] = {"position": True}
            value = self.random.choice([f"k{number}", number, [f"k{number}", f"q{number}"]])
            child.yaml["when"] = {"kind": value}
            child.node.taken.add("kind")
            if self.chance(0.3):
                child.yaml["columns"]["kind"] = {"type": "json" if isinstance(value, int) else "text"}
            if isinstance(each[-1], Members):
                self.member_key(child)
            self.columns(child)
            self.complete(child, depth)

    def sourced(self, table: Table, depth: int) -> None:
        """One table fed from two or three places, told apart by constants or an edge column."""
        child = self.below(table, depth, None, key=False)
        sources = child.yaml["sources"] = {}
        by_edge = self.chance(0.3)
        shared = (*self.path(table), Elements()) if self.chance(0.2) else None
        constants = CONSTANTS["text"]
        for number in range(self.random.randint(1, 3)):
            each = self.path(table)
            kind = self.random.random()
            source: dict[str, Any] = {"each": path_text((*each, Elements()) if kind < 0.6 else each)}
            if shared is not None:
                source = {"each": path_text(shared), "when": {"kind": number}}
                child.node.taken.add("kind")
            if not by_edge and (number or self.chance(0.4)):
                source["columns"] = {"told": {"value": constants[number]}}
                if kind > 0.8 and shared is None:
                    source["columns"]["whole"] = "@"
            sources[f"s'{number}"] = source
        self.own_key(child, many=all(source["each"].endswith("[*]") for source in sources.values()))
        if by_edge:
            child.yaml["columns"]["came by"] = {"edge": True}
        if any("told" in s.get("columns", {}) for s in sources.values()):
            child.yaml["columns"]["told"] = {"from": self.value_paths(child, 0), "type": "text"}
        if any("whole" in s.get("columns", {}) for s in sources.values()):
            child.yaml["columns"]["whole"] = {"from": self.value_paths(child, 0), "type": "json"}
        elif self.chance(0.5):
            self.nested(child, depth + 1)
        self.finish(child)

    def recursive(self, table: Table, depth: int) -> None:
        child = self.below(table, depth, (*self.path(table), Elements()), key=False)
        edges = []
        for _ in range(self.random.randint(1, 2)):
            many: Elements | Members = Elements() if self.chance(0.7) else Members()
            edges.append(path_text((*self.path(child), many)))
            if isinstance(many, Members) and "member" not in child.yaml["columns"]:
                self.member_key(child)
        child.yaml["repeat"] = edges
        if self.chance(0.5):
            child.yaml["columns"]["edge"] = {"edge": True}
        if self.chance(0.2):
            child.yaml["columns"]["position"] = {"position": True}
        self.complete(child, depth)

    def mutual(self, table: Table, depth: int) -> None:
        """Rows of one table below rows of another, and the other way round."""
        one = self.below(table, depth, None, key=False)
        other = self.below(one, depth + 1, (*self.path(one), Elements()), key=False)
        inner = self.path(other)
        within = self.random.choice([(*inner, Elements()), inner])
        one.yaml["sources"] = {
            "top": {"each": path_text((*self.path(table), Elements()))},
            "in": {"each": path_text(within), "within": other.name},
        }
        self.finish(other)
        self.complete(one, depth + 1)

    def arrays(self, table: Table, depth: int) -> None:
        child = self.below(table, depth, (*self.path(table), Elements()), columns=False)
        inner = self.below(child, depth + 1, (Elements(),), columns=False)
        if self.chance(0.6):
            self.value(inner, ["@"])
        if self.chance(0.6):
            self.columns(inner)
        elif self.left > 0 and self.chance(0.5):
            self.left -= 1
            deep = self.below(inner, depth + 2, (Elements(),), columns=False)
            self.value(deep, ["@"])
            self.finish(deep)
        self.finish(inner)
        self.finish(child)

    def one_or_many(self, table: Table, depth: int) -> None:
        """A member that is one thing or a list of them, or a scalar."""
        place = self.path(table)
        if self.chance(0.5):
            self.value(table, [path_text(place)], scalar=True)
        child = self.below(table, depth, (*place, Elements()))
        self.complete(child, depth)
        if self.chance(0.5):
            only = self.below(table, depth, place)
            self.complete(only, depth)

    # -- places -----------------------------------------------------------------------------------------

    def objects(self, table: Table) -> list[Place]:
        found = [table.node]
        for place in found:
            found.extend(place.inner)
        return found

    def path(self, table: Table) -> Path:
        """Hand out a place for a value or for rows, at any depth."""
        place = self.random.choice(self.objects(table))
        while len(place.path) < 3 and self.chance(0.25):
            inner = Place((*place.path, Name(self.member(place))))
            place.inner.append(inner)
            place = inner
        return (*place.path, Name(self.member(place)))

    def feed_path(self, table: Table) -> Path:
        """Hand out a place for rows, sometimes an element of an array."""
        path = self.path(table)
        return (*path, Index(self.random.randint(0, 2))) if self.chance(0.1) else path

    def member(self, place: Place) -> str:
        name = self.random.choice(NAMES)
        while name in place.taken or "\0" in name:
            name = f"m{len(place.taken)}{name.replace(chr(0), '')}"
        place.taken.add(name)
        return name

    def value_paths(self, table: Table, alternatives: float) -> list[str]:
        paths = [self.path(table)]
        while len(paths) < 3 and self.chance(alternatives):
            paths.append(self.path(table))
        return [path_text(path) for path in paths]

    # -- columns ----------------------------------------------------------------------------------------

    def columns(self, table: Table) -> None:
        for _ in range(self.random.randint(0, 4)):
            if self.chance(0.1):
                array = self.path(table)
                for index in self.random.sample(range(3), self.random.randint(1, 2)):
                    self.value(table, [path_text((*array, Index(index)))])
            elif self.chance(0.1) and table.node.inner:
                place = self.random.choice(self.objects(table)[1:])
                if f"scalar {place.path}" not in table.paths:
                    table.paths[f"scalar {place.path}"] = (place.path, "scalar")  # type: ignore[assignment]
                    self.value(table, [path_text(place.path)], scalar=True)
            else:
                self.value(table, None)

    def value(self, table: Table, paths: list[str] | None, *, scalar: bool = False) -> None:
        """Add a value column."""
        columns = table.yaml["columns"]
        name = self.random.choice(COLUMN_NAMES)
        while name.casefold() in {n.casefold() for n in columns} or name == "id":
            name = f"c{len(columns)}{name}"
        given = paths is not None
        paths = paths if paths is not None else self.value_paths(table, 0.2)
        type_name = self.random.choice(TYPES)
        if scalar or given and type_name == "json":
            type_name = self.random.choice(("text", "integer", "real"))
        column: dict[str, Any] = {"from": paths[0] if len(paths) == 1 else paths, "type": type_name}
        self.limits(column, type_name)
        if self.chance(0.35):
            column["default"] = self.default(table, type_name, column)
        columns[name] = column
        if len(paths) == 1 and not given:
            table.paths[name] = ()

    def limits(self, column: dict[str, Any], type_name: str) -> None:
        constants = CONSTANTS[type_name]
        if self.chance(0.2) and type_name not in ("json", "base64"):
            column["one_of"] = list(dict.fromkeys(self.random.sample(constants, min(len(constants), 2))))
        if type_name in ("text", "integer", "real", "boolean", "timestamp") and self.chance(0.2):
            keys = self.random.sample(["a", "old", "1", 1, 1.5, True, "0", 0], self.random.randint(1, 3))
            allowed = column.get("one_of") or constants
            column["map"] = {}
            for key in keys:
                column["map"].setdefault(key, self.random.choice(allowed))
            column["map"] = {k: v for k, v in column["map"].items() if isinstance(k, str)}
            if not column["map"]:
                del column["map"]
        if type_name in ("integer", "real", "decimal") and "one_of" not in column and self.chance(0.25):
            column["min"] = self.random.choice((0, -1, 0.5 if type_name != "integer" else 1))
            if self.chance(0.5):
                column["max"] = self.random.choice((1, 10, 2**40))
        if self.chance(0.15):
            column["required"] = True
        elif self.chance(0.2):
            column["otherwise"] = "rest"

    def default(self, table: Table, type_name: str, column: dict[str, Any]) -> Any:
        low, high = column.get("min", -math.inf), column.get("max", math.inf)
        constants = column.get("one_of") or CONSTANTS[type_name]
        if type_name in ("integer", "real", "decimal"):
            constants = [c for c in constants if low <= float(c) <= high] or [low]
        constant = self.random.choice(constants)
        kind = self.random.random()
        if kind < 0.45:
            return constant
        if type_name in ("text", "timestamp") and kind < 0.55 and "one_of" not in column:
            return {"now": True}
        found: dict[str, Any] = {}
        if kind < 0.8:
            found["from"] = [self.look(table) for _ in range(self.random.randint(1, 2))]
        if kind > 0.7:
            found["cases"] = [
                {"when": self.condition(table), "then": self.random.choice(constants)}
                for _ in range(self.random.randint(1, 2))
            ]
            if self.chance(0.3):
                found["cases"].append({"then": constant})
        if self.chance(0.4):
            found["value"] = constant
        elif type_name == "text" and self.chance(0.2) and "one_of" not in column:
            found["now"] = True
        return found or constant

    def look(self, table: Table) -> str:
        """Return a place that a default looks at: a free one, of the row or of the document, or a column's."""
        root = table
        while root.parent is not None and self.chance(0.7):
            root = root.parent
        values = [
            c["from"] for c in root.yaml["columns"].values()
            if isinstance(c, dict) and isinstance(c.get("from"), str) and c["from"] != "@" and c.get("type") != "json"
        ]  # fmt: skip
        if root.parent is not None:
            root, values = table, []
        if values and self.chance(0.6):
            selector: str = self.random.choice(values)
        else:
            selector = path_text(self.path(root))
        if root is not table or (self.chance(0.3) and root.parent is None):
            return "$" + (selector if selector.startswith("[") else "." + selector)
        return selector

    def condition(self, table: Table) -> Any:
        if self.chance(0.5):
            return self.look(table)
        return {self.look(table): self.random.choice(["a", 1, True, ["a", "b"], 0.0])}

    def finish(self, table: Table) -> None:
        """Add what looks at the whole table: rest, unsourced and derived columns, keys and orders."""
        columns = table.yaml["columns"]
        if self.chance(0.4):
            columns["the rest"] = {"rest": True}
        if self.chance(0.15):
            columns["computed"] = {"derived": self.random.choice(["$..a", "@[*]", "a", "$.a", "b[?@.a == 1]"])}
        if self.chance(0.15):
            columns["extra"] = {"unsourced": True, "type": "text", "default": self.random.choice(["a", {"now": True}])}
        if table.parent is not None and self.chance(0.25):
            names = [n for n, c in columns.items() if isinstance(c, dict) and ("from" in c or c.get("key") == "each")]
            if names:
                table.yaml["unique"] = [self.random.sample(names, self.random.randint(1, min(2, len(names))))]
                if self.chance(0.6):
                    table.yaml["unique"][0].append(self.link(table.parent, table.parent.key[0]))
        if self.chance(0.15):
            types = [
                n for n, c in columns.items() if isinstance(c, dict) and c.get("type") == "integer" and "from" in c
            ]
            texts = [n for n, c in columns.items() if isinstance(c, dict) and c.get("type") == "text" and "from" in c]
            if types and texts:
                columns["until"] = {
                    "from": self.value_paths(table, 0), "type": "text",
                    "default": {"time": texts[0], "plus_seconds": types[0]},
                }  # fmt: skip
        if self.chance(0.3):
            place = self.random.choice(self.objects(table))
            if all(isinstance(step, Name) for step in place.path):
                names = sorted(place.taken)[:3] + [n for n in NAMES[:6] if n not in place.taken][:2]
                names = [n for n in names if n.isprintable()]
                self.random.shuffle(names)
                table.yaml["key_order"] = {path_text(place.path): names}

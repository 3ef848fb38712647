"""The columns of random mappings: their places, types, constraints and defaults, and what looks at a whole table.

In: a `random.Random` and tables as they are made. Out: their YAML, filled in. Places are handed out so that no two
selectors claim one value.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from random import Random
from typing import Any

from docrel.selectors import Index, Name, Path, path_text
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


class Columns:
    """Makes columns; `left` says how many more tables there may be."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.names: set[str] = {"m_complement", "m_shape"}
        self.tables: list[Table] = []
        self.left = random.randint(1, 6)

    def chance(self, p: float) -> bool:
        return self.random.random() < p

    def link(self, parent: Table, column: str) -> str:
        row = parent.yaml.get("row", parent.name)
        return f"{row}_{'id' if len(parent.key) == 1 else column}"

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
        if type_name in ("integer", "real", "decimal") and self.chance(0.3):
            column |= self.random.choice(
                ({"quoted": True}, {"quoted": False}, {"scale": 2} if type_name != "integer" else {})
            )
        if self.chance(0.15):
            column["required"] = True
        elif self.chance(0.2):
            column["otherwise"] = "rest"

    def default(self, table: Table, type_name: str, column: dict[str, Any]) -> Any:
        found = self.own_default(table, type_name, column)
        if not isinstance(found, dict) and self.chance(0.3):
            return {"value": found, "written": True}
        if table.parent is not None and "one_of" not in column and "min" not in column and self.chance(0.3):
            return self.same_as(table, type_name) or found
        return found

    def same_as(self, table: Table, type_name: str) -> Any:
        """The default of a column of the root table; None where none is of this type."""
        root = table
        while root.parent is not None:
            root = root.parent
        names = [
            name for name, column in root.yaml["columns"].items()
            if isinstance(column, dict) and column.get("type") == type_name and "from" in column and name.isidentifier()
        ]  # fmt: skip
        return {"same_as": f"{root.name}.{self.random.choice(names)}"} if names and root.name.isidentifier() else None

    def own_default(self, table: Table, type_name: str, column: dict[str, Any]) -> Any:
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
        self.reference(table, columns)
        self.ancestor(table, columns)
        self.check(table, columns)

    def reference(self, table: Table, columns: dict[str, Any]) -> None:
        known = [t for t in self.tables if "sku" in t.yaml["columns"] and t.name.isidentifier()]
        if known and self.chance(0.5):
            refers: dict[str, Any] = {"from": self.value_paths(table, 0), "type": "text"}
            columns["for"] = refers | {"references": f"{self.random.choice(known).name}.sku"}
        elif table.parent is not None and self.chance(0.2):
            columns["sku"] = {"from": self.value_paths(table, 0), "type": "text", "unique": True}

    def ancestor(self, table: Table, columns: dict[str, Any]) -> None:
        """A column with the key of a row further up, or another name for the link to the row above."""
        above = [table.parent] if table.parent is not None else []
        for one in above:
            above.extend([one.parent] if one.parent is not None else [])
        above = [one for one in above[1:] if len(one.key) == 1]
        if above and "sources" not in table.yaml and "repeat" not in table.yaml and self.chance(0.4):
            columns["of"] = {"parent": self.random.choice(above).name}

    def check(self, table: Table, columns: dict[str, Any]) -> None:
        """A condition in SQL."""
        texts = [n for n, c in columns.items() if isinstance(c, dict) and c.get("type") == "text" and n.isidentifier()]
        if texts and self.chance(0.15):
            table.yaml["checks"] = {f"check {table.name}": f"\"{self.random.choice(texts)}\" <> 'forbidden'"}

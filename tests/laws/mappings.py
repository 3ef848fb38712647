"""Random mappings, nearly all of them valid, as the YAML text that an author would write (in its JSON spelling).

In: a `random.Random`. Out: text for `docrel.spec.loads`. Covers every construct of the language that moves content,
with hostile names; places are handed out so that no two selectors claim one value.
"""

from __future__ import annotations

import json
from copy import copy
from random import Random
from typing import Any

from mapping_columns import COLUMN_NAMES, CONSTANTS, Columns, Place, Table

from docrel.selectors import Elements, Members, Name, Path, path_text

KEY_TYPES = ("text", "text", "text", "integer", "uuid")


class Mappings(Columns):
    """Makes one mapping."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.key_type = random.choice(KEY_TYPES)
        apart = copy(random)  # so that a seed's other mappings stay what they are
        self.second_type = apart.choice(("text", "integer", "date")) if apart.random() < 0.15 else None

    def text(self) -> str:
        """Return the mapping."""
        roots = 2 if self.chance(0.15) else 1
        key = "k" if self.second_type is None else ["k", "k2"]
        mapping: dict[str, Any] = {"mapping": "m", "document": {"key": key}, "tables": {}}
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
        key: dict[str, Any] = {"from": self.value_paths(table, 0.3), "type": self.key_type}
        key |= {"required": True, "unique": self.second_type is None}
        if self.key_type == "text" and self.second_type is None and self.chance(0.6):
            key["default"] = {"given": True}
        columns = table.yaml["columns"]
        columns["k"] = key
        if self.second_type is not None:
            columns["k2"] = {"from": self.value_paths(table, 0), "type": self.second_type, "required": True}
            if self.chance(0.3):
                table.yaml["primary_key"] = ["k", "k2"]
                table.key = ("k", "k2")
        elif self.chance(0.2):
            table.yaml["primary_key"] = ["k"]
            table.key = ("k",)
        elif self.chance(0.3):
            self.wider_key(table)
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

    def wider_key(self, table: Table) -> None:
        """A key with a column beside the document's, or of that one alone."""
        org = {"from": self.value_paths(table, 0), "type": self.random.choice(("text", "integer")), "required": True}
        table.yaml["columns"]["org"] = org
        table.key = ("org", "k") if self.chance(0.7) else ("org",)
        table.yaml["primary_key"] = list(table.key)

    def nested(self, table: Table, depth: int) -> None:
        """Nest some tables of random sorts."""
        if depth > 3:
            return
        sorts = (
            self.array, self.array, self.scalars, self.map, self.keyed_map, self.single, self.tree, self.switch,
            self.sourced, self.recursive, self.mutual, self.arrays, self.one_or_many,
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

    def complete(self, child: Table, depth: int) -> None:
        self.nested(child, depth + 1)
        self.finish(child)
        if child.parent is not None and "each" in child.yaml and self.chance(0.2 if depth else 0.5):
            self.within(child.parent, child, depth)

    def within(self, table: Table, among: Table, depth: int) -> None:
        """A table of `table` whose rows also, or only, come from below the rows of another one beside it."""
        child = self.below(table, depth, None)
        sources = child.yaml["sources"] = {
            "inner": {"each": path_text((*self.path(among), Elements())), "within": among.name}
        }
        if self.chance(0.7):
            sources["top"] = {"each": path_text((*self.path(table), Elements()))}
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

    def keyed_map(self, table: Table, depth: int) -> None:
        """A map whose rows are known by their member's name."""
        child = self.below(table, depth, (*self.path(table), Members()), key=False)
        child.yaml["columns"]["member"] = {"key": "each", "required": True}
        child.key = (*(self.link(table, column) for column in table.key), "member")
        child.yaml["primary_key"] = list(child.key)
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

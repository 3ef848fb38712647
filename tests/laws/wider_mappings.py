"""Random mappings with what `mappings` leaves out: keys of other kinds, rows that come from within others, ancestors'
keys, references, checks, and defaults that are written or another column's.
"""

from __future__ import annotations

from random import Random
from typing import Any

from mappings import Mappings, Table

from docrel.selectors import Elements, Members, path_text

KEY_TYPES = ("text", "text", "text", "integer", "uuid")


class WiderMappings(Mappings):
    """Makes one mapping; `text` returns it."""

    def __init__(self, random: Random) -> None:
        super().__init__(random)
        self.key_type = random.choice(KEY_TYPES)

    def root(self, kind: str | None) -> Table:
        table = super().root(kind)
        key = table.yaml["columns"]["k"]
        key["type"] = self.key_type
        if self.key_type != "text":
            key.pop("default", None)
        return table

    def columns(self, table: Table) -> None:
        columns = table.yaml["columns"]
        if table.parent is None and not table.yaml.get("primary_key") and self.chance(0.3):
            columns["org"] = {"from": self.value_paths(table, 0), "type": self.random.choice(("text", "integer"))}
            columns["org"]["required"] = True
            table.key = ("org", "k") if self.chance(0.7) else ("org",)
            table.yaml["primary_key"] = list(table.key)
        super().columns(table)

    def map(self, table: Table, depth: int) -> None:
        if not self.chance(0.3):
            super().map(table, depth)
            return
        child = self.below(table, depth, (*self.path(table), Members()), key=False)
        child.yaml["columns"]["member"] = {"key": "each", "required": True}
        child.key = (*(self.link(table, column) for column in table.key), "member")
        child.yaml["primary_key"] = list(child.key)
        self.complete(child, depth)

    def complete(self, child: Table, depth: int) -> None:
        super().complete(child, depth)
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

    def default(self, table: Table, type_name: str, column: dict[str, Any]) -> Any:
        found = super().default(table, type_name, column)
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

    def finish(self, table: Table) -> None:
        super().finish(table)
        columns = table.yaml["columns"]
        self.reference(table, columns)
        self.ancestor(table, columns)
        texts = [n for n, c in columns.items() if isinstance(c, dict) and c.get("type") == "text" and n.isidentifier()]
        if texts and self.chance(0.15):
            name = self.random.choice(texts)
            table.yaml["checks"] = {f"check {table.name}": f"\"{name}\" <> 'forbidden'"}

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

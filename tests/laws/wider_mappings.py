"""Random mappings with what `mappings` leaves out: root keys of several columns, rows that come from within others,
references.
"""

from __future__ import annotations

from typing import Any

from mappings import Mappings, Table

from docrel.selectors import Elements, path_text


class WiderMappings(Mappings):
    """Makes one mapping; `text` returns it."""

    def columns(self, table: Table) -> None:
        columns = table.yaml["columns"]
        if table.parent is None and not table.yaml.get("primary_key") and self.chance(0.3):
            columns["org"] = {"from": self.value_paths(table, 0), "type": self.random.choice(("text", "integer"))}
            columns["org"]["required"] = True
            table.key = ("org", "k") if self.chance(0.7) else ("org",)
            table.yaml["primary_key"] = list(table.key)
        super().columns(table)

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

    def finish(self, table: Table) -> None:
        super().finish(table)
        columns = table.yaml["columns"]
        known = [t for t in self.tables if "sku" in t.yaml["columns"] and t.name.isidentifier()]
        if known and self.chance(0.5):
            refers: dict[str, Any] = {"from": self.value_paths(table, 0), "type": "text"}
            columns["for"] = refers | {"references": f"{self.random.choice(known).name}.sku"}
        elif table.parent is not None and self.chance(0.2):
            columns["sku"] = {"from": self.value_paths(table, 0), "type": "text", "unique": True}

"""Names: what tables and columns are called after the keys of documents.

In: drafts of tables. Out: names for them and their columns that do not collide: a name that is taken gets more of its
path in front, then `_2`, `_3`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from docrel.authoring.infer_columns import Steps
from docrel.authoring.infer_tables import TableDraft, labels_of
from docrel.authoring.infer_text import repeat_name
from docrel.authoring.infer_words import joined, singular, snake
from docrel.plan import own_tables


class Names:
    """The names of one name space; no two of them differ by case only."""

    def __init__(self, reserved: Sequence[str] = ()) -> None:
        self._taken = {name.casefold() for name in reserved}

    def reserve(self, name: str) -> None:
        """Keep a name from being given."""
        self._taken.add(name.casefold())

    def free(self, name: str) -> bool:
        """Say whether nothing has this name yet."""
        return name.casefold() not in self._taken

    def give(self, *wanted: str) -> str:
        """Return and take the first name that is free; the last one with a number if none is."""
        name = next((n for n in wanted if self.free(n)), None)
        number = 1
        while name is None:
            number += 1
            name = f"{wanted[0]}_{number}"
            name = name if self.free(name) else None
        self._taken.add(name.casefold())
        return name


def name_tables(tables: list[TableDraft], mapping: str) -> None:
    """Name tables after the member that their rows are in; on a clash, with the parent's name in front."""
    names, rows = Names(own_tables(mapping)), Names()
    root = tables[0]
    direct = [t for t in tables[1:] if not t.places[0].path and t.places[0].parent is root and not root.columns]
    for table in sorted(tables, key=lambda t: sum(1 for _ in t.ancestors)):
        if table is root:
            wanted = ["documents", f"{mapping}_documents"] if direct else [mapping]
        else:
            wanted = [mapping] if table in direct[:1] else _table_names(table)
        table.name = names.give(*wanted)
        table.row = rows.give(singular(table.name), table.name)


def _table_names(table: TableDraft) -> list[str]:
    place = table.places[0]
    owner = singular(place.parent.name)
    if len(labels_of(table)) > 2:
        base = "values" if any(c.path == ("value",) for c in table.columns) else "entries"
        return [base, joined([owner, base])]
    if not table.label:
        return [joined([owner, "members" if place.many == ".*" else "items"])]
    base = snake(table.label)
    if table.kind is not None:
        return [base, joined([base, snake(place.path[-1] if place.path else "row")])]
    above = [singular(snake(n)) for n in reversed(place.path[:-1])]
    return [base, *(joined([a, base]) for a in above), joined([owner, base])]


def name_columns(tables: list[TableDraft], key: Sequence[tuple[str, ...]]) -> list[str]:
    """Name all columns and places; returns the names of the root's columns that hold the paths of the `key`.

    Without any the one of a column for the name that the caller gives.
    """
    for table in tables:
        table.links = [(other, f"{other.row}_id") for other, _ in table.links]
    for table in tables:
        taken = [f"{t.row}_id" for t in (table.enclosing, *(p.parent for p in table.places)) if t is not None]
        taken += [name for _, name in table.links]
        names = Names([*taken, *([f"parent_{table.row}_id"] if table.repeats else []), "row_id"])
        wanted = {column.path: _column_names(column.path, table) for column in table.columns}
        uses = Counter(name for given in wanted.values() for name in given)
        for column in sorted(table.columns, key=lambda c: len(c.path)):
            given = wanted[column.path]
            column.name = names.give(*(n for n in given if uses[n] == 1), *given)
        if not any(c.name == "id" for c in table.columns):
            names.reserve("id")
        if table.ordered:
            table.position_column = names.give("position", "place", "nth")
        if table.keyed:
            table.key_column = names.give("name", "key", "member")
        if len(table.places) > 1 or len(table.repeats) > 1 or (table.repeats and table.keyed and _mixed(table)):
            table.edge_column = names.give("found_in", "place")
        if table.shape.objects or table.shape.arrays or table.enclosing is None:
            table.rest_column = names.give("rest", "other_members")
        _name_places(table)
        if table is tables[0]:
            of_path = {column.path: column.name for column in table.columns}
            key_names = [of_path[path] for path in key] or [names.give("document", "document_name")]
    return key_names


def _mixed(table: TableDraft) -> bool:
    return len({p.many for p in (*table.places, *table.repeats)}) > 1


def _column_names(path: Steps, table: TableDraft) -> list[str]:
    if not path:
        only = not table.columns[1:] and not table.keyed
        return [singular(snake(table.label or table.name)), "value"] if only else ["value", "scalar"]
    if isinstance(path[0], int):
        return [f"{singular(snake(table.label or table.name))}_{path[0]}"]
    return path_names([str(step) if isinstance(step, int) else snake(step) for step in path])


def path_names(parts: Sequence[str]) -> list[str]:
    """Return what a column may be called after the parts of its path, the best first.

    >>> path_names(["ship", "to", "address"]), path_names(["name"])
    (['to_address', 'ship_to_address'], ['name'])
    """
    candidates = [joined(parts[-n:]) for n in range(min(2, len(parts)), len(parts) + 1)]
    return [name for name in dict.fromkeys(candidates) if name != parts[-1]] or candidates


def _name_places(table: TableDraft) -> None:
    """Name the places so that the edge column says where a row was found."""
    names = Names(["each", *(repeat_name(place) for place in table.repeats)])
    several = len(labels_of(table)) > 1
    paths = Counter((id(place.parent), place.path) for place in table.places)
    for place in table.places:
        inner = [snake(n) for n in (place.path if several else place.path[:-1])]
        ending = "members" if place.many == ".*" else "items"
        label = [snake(place.path[-1])] if place.path else []
        if paths[id(place.parent), place.path] > 1:
            inner = [*inner, *label, ending]
        place.name = names.give(
            *([joined(inner)] if inner else []),
            joined([place.parent.name, *inner]),
            joined([*label, ending]),
            joined([place.parent.name, *inner, *label, ending]),
        )

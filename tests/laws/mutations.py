"""Edits of a mapping as people make them: from one version to the next.

In: the JSON text of a mapping and a `random.Random`. Out: the text of a version 2, some of them not valid.
Tables and columns are added, dropped, renamed, moved, retyped; rules, defaults, indexes, orders change.
"""

from __future__ import annotations

import json
from random import Random
from typing import Any

from mapping_columns import CONSTANTS, TYPES

Table = dict[str, Any]


def next_version(text: str, random: Random) -> str:
    """Return the mapping with one to three edits, as version 2."""
    mapping = json.loads(text)
    mapping["version"] = 2
    for _ in range(random.choice((1, 1, 2, 3))):
        random.choice(EDITS)(mapping, random)
    return json.dumps(mapping, ensure_ascii=False)


def _tables(mapping: Table) -> list[tuple[dict[str, Table], str]]:
    found, pending = [], [mapping["tables"]]
    while pending:
        among = pending.pop()
        for name, table in among.items():
            found.append((among, name))
            if "tables" in table:
                pending.append(table["tables"])
    return found


def _table(mapping: Table, random: Random) -> tuple[dict[str, Table], str]:
    return random.choice(_tables(mapping))


def _column(mapping: Table, random: Random) -> tuple[Table, str] | None:
    among, name = _table(mapping, random)
    columns = among[name].get("columns", {})
    names = [c for c in columns if c != "k"]
    return (among[name], random.choice(names)) if names else None


def _renamed(among: dict[str, Any], old: str, new: str) -> None:
    items = [(new if name == old else name, value) for name, value in among.items()]
    among.clear()
    among.update(items)


def add_column(mapping: Table, random: Random) -> None:
    among, name = _table(mapping, random)
    type_name = random.choice(TYPES)
    column: dict[str, Any] = {
        "from": random.choice(("new", "a.new", "b", "x.y", "deep.er.new")),
        "type": type_name,
    }
    if type_name in CONSTANTS and random.random() < 0.5:
        column["default"] = {"value": random.choice(CONSTANTS[type_name])}
        if random.random() < 0.2:
            column["required"] = True
    if random.random() < 0.2:
        del column["from"]
        column["unsourced"] = True
    columns = among[name].setdefault("columns", {})
    if random.random() < 0.3:
        items = list(columns.items())
        items.insert(random.randint(0, len(items)), ("added", column))
        columns.clear()
        columns.update(items)
    else:
        columns["added"] = column


def drop_column(mapping: Table, random: Random) -> None:
    found = _column(mapping, random)
    if found is not None and "key" not in found[0]["columns"][found[1]]:  # what names a member is needed
        table, name = found
        del table["columns"][name]
        table.get("indexes", {}).clear()


def rename_column(mapping: Table, random: Random) -> None:
    found = _column(mapping, random)
    if found is not None and isinstance(found[0]["columns"][found[1]], dict):
        table, name = found
        column = table["columns"][name]
        if not {"from", "unsourced", "surrogate", "parent", "position", "key", "edge", "rest"} & column.keys():
            column["from"] = name if name.isidentifier() else column.get("from", [])
        column["renamed_from"] = name
        _renamed(table["columns"], name, "renamed")


def retype_column(mapping: Table, random: Random) -> None:
    found = _column(mapping, random)
    if found is not None and isinstance(found[0]["columns"][found[1]], dict):
        found[0]["columns"][found[1]]["type"] = random.choice(TYPES)


def change_rules(mapping: Table, random: Random) -> None:
    found = _column(mapping, random)
    if found is None or not isinstance(found[0]["columns"][found[1]], dict):
        return
    column = found[0]["columns"][found[1]]
    match random.randint(0, 5):
        case 0:
            column["required"] = not column.get("required", False)
        case 1:
            column["one_of"] = list(CONSTANTS.get(column.get("type", "text"), ("a",)))
        case 2:
            column.pop("one_of", None)
        case 3:
            column["default"] = random.choice(CONSTANTS.get(column.get("type", "text"), ("a",)))
        case 4:
            column.pop("default", None)
        case 5:
            column["otherwise"] = "rest"


def change_table(mapping: Table, random: Random) -> None:
    among, name = _table(mapping, random)
    table = among[name]
    columns = list(table.get("columns", {}))
    match random.randint(0, 4):
        case 0:
            table["otherwise"] = "refuse" if table.get("otherwise") == "rest" else "rest"
        case 1 if columns:
            table.setdefault("indexes", {})[f"idx_{random.randint(0, 9)}"] = random.choice(columns)
        case 2 if columns:
            table["indexes"] = {"idx_new": {"columns": [random.choice(columns)], "unique": random.random() < 0.3}}
        case 3:
            table["key_order"] = {"@": random.sample(["a", "b", "c", "new", "k"], 3)}
        case _:
            random.shuffle(columns)
            table["columns"] = {c: table["columns"][c] for c in columns}


def drop_table(mapping: Table, random: Random) -> None:
    among, name = _table(mapping, random)
    if among is not mapping["tables"]:
        del among[name]


def rename_table(mapping: Table, random: Random) -> None:
    among, name = _table(mapping, random)
    among[name]["renamed_from"] = name
    _renamed(among, name, "renamed table")


def add_table(mapping: Table, random: Random) -> None:
    among, name = _table(mapping, random)
    each = random.choice(("news[*]", "a.news[*]", "b[*]", "x.*", "one"))
    columns: Table = (
        {"value": {"from": "@", "type": "text"}} if random.random() < 0.4 else {"n": "integer", "b": "text"}
    )
    table = {"each": each, "columns": columns, "otherwise": "rest"}
    if each == "x.*":
        table["columns"] = {"name": {"key": "each"}, **columns}
    among[name].setdefault("tables", {})["added table"] = table


def change_views(mapping: Table, random: Random) -> None:
    _, name = _table(mapping, random)
    quoted = name.replace('"', '""')
    mapping["views"] = {"seen": f'SELECT * FROM "{quoted}"'}


EDITS = (
    add_column, add_column, add_column, drop_column, drop_column, rename_column, retype_column,
    change_rules, change_rules, change_table, change_table, drop_table, rename_table, add_table, add_table,
    change_views,
)  # fmt: skip

"""Edits of rows by SQL, each with the documents that it must lead to.

In: a `DocumentModel` and a random. Out: SQL statements and `Wanted`: the documents that a change may show as, UNSAID
where no document has such rows (a constraint must keep it out, or the document be refused), UNSURE where the model
cannot tell: then only what holds for every edit is asked.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any, Literal

from document_model import NOWHERE, At, DocumentModel, Node, places_of, steps_of, value_at
from edited_database import Statement
from row_model import Row
from row_trees import key_in
from spelled_values import held, said, usual

from docrel.plan import (
    Column,
    Derived,
    EdgeName,
    Elements,
    MemberKey,
    Members,
    ParentKey,
    Position,
    Rest,
    Source,
    Surrogate,
    Table,
    Unsourced,
    Value,
)
from docrel.values import jsontext

VALUES: dict[str, tuple[Any, ...]] = {
    "text": ("new", "ü 😀", "", "it's", "007"),
    "integer": (5, -(2**63), 11, 2**53 + 1),
    "real": (2.5, 4.25, -1e300, 1e-7),
    "boolean": (0, 1),
    "timestamp": ("2024-02-29T12:00:00.000000000Z", "2024-02-29T12:00:00.250000000Z"),
    "date": ("2024-02-29", "1999-12-31"),
    "decimal": (9.99, -7),
    "uuid": ("11111111-2222-3333-4444-555555555555",),
    "base64": (b"\x01\xff", b"xyz"),
    "scalar": ("word", "12", 12, "true", "-1.5", -1.5, 2.0),
    "json": ('{"z":1,"a":[null,2.5]}', "[]", '"s"', "7", "null", '{"":{"":[]}}'),
}
ODD = ("wild", "", None, 3, -1, 2.5, "2", b"\x00\xff", float("inf"), "{}", "[1]", 2**62)


@dataclass
class Says:
    """By key the documents that one may be now; below the places of `loose` members may be in any order."""

    documents: dict[Any, list[Any]]
    loose: list[At] = field(default_factory=list)


Wanted = Says | Literal["unsaid", "unsure"]


@dataclass
class Edit:
    """What is done, and what must come of it."""

    kind: str
    statements: list[Statement]
    wanted: Wanted


def an_edit(random: Random, model: DocumentModel) -> Edit | None:
    """Return a random edit; None where the one that was drawn does not apply."""
    return random.choice(EDITS)(random, model)


# -- columns ------------------------------------------------------------------------------------------------------


def _change(random: Random, model: DocumentModel) -> Edit | None:
    """Give one column of one row another value."""
    table, row = _a_row(random, model)
    column = random.choice(table.columns)
    node = model.node(table.name, row)
    match column.role:
        case Value():
            return _set_value(random, model, table, row, column, node)
        case Surrogate():
            return _renumber(random, model, table, row, node)
        case MemberKey():
            return _rename(random, model, table, row, column, node)
        case ParentKey():
            return _move(random, model, table, row, node)
        case Position():
            return _reorder(random, model, table, row, node)
        case EdgeName():
            name = random.choice([*(source.name for source in table.sources), "no edge"])
            return Edit("edge", [_update(table, row, {column.name: name})], "unsure")
        case Rest():
            return _set_rest(random, model, table, row, column, node)
        case Derived() | Unsourced():
            return Edit("silent", [_update(table, row, {column.name: "by SQL"})], _untouched(model, node))
    return _wild(random, model)


def _untouched(model: DocumentModel, node: Node | None) -> Wanted:
    if node is None or any(
        name == c.name for c in node.table.columns for s in node.table.sources for name, _ in s.constants
    ):
        return "unsure"
    return Says({})


def _wild(random: Random, model: DocumentModel) -> Edit:
    """Set any column to anything."""
    table, row = _a_row(random, model)
    return Edit("wild", [_update(table, row, {random.choice(table.columns).name: random.choice(ODD)})], "unsure")


def _set_value(
    random: Random, model: DocumentModel, table: Table, row: Row, column: Column, node: Node | None
) -> Edit | None:
    stored = None if random.random() < 0.25 else _stored_value(random, column)
    if stored == row[column.name] and type(stored) is type(row[column.name]):
        return None
    if column.name in model.plan.key_names and stored is None:
        return Edit("null key", [_update(table, row, {column.name: None})], "unsure")
    statement = _update(table, row, {column.name: stored})
    if node is None:
        return Edit("value", [statement], "unsure")
    wanted = _with_value(model, [node], column, stored)
    return Edit("clear" if stored is None else "value", [statement], wanted)


def _set_all(random: Random, model: DocumentModel) -> Edit | None:
    """Give one column of all rows of a table one value."""
    table, _ = _a_row(random, model)
    columns = [c for c in table.columns if isinstance(c.role, Value) and c.name not in table.primary_key]
    if not columns:
        return None
    column = random.choice(columns)
    stored = _stored_value(random, column)
    nodes = [model.node(table.name, row) for row in model.rows[table.name]]
    known = [node for node in nodes if node is not None]
    wanted = _with_value(model, known, column, stored) if len(known) == len(nodes) else "unsure"
    return Edit("all", [(f"UPDATE {quoted(table.name)} SET {quoted(column.name)} = ?", [stored])], wanted)


def _with_value(model: DocumentModel, nodes: list[Node], column: Column, stored: Any) -> Wanted:
    """Return the documents with a column's new value in these nodes."""
    documents: dict[Any, list[Any]] = {}
    loose: list[At] = []
    for node in nodes:
        found = _one_value(model, node, column, stored, documents.get(node.document))
        if isinstance(found, str):
            return found
        documents.update(found.documents)
        loose.extend(found.loose)
    if column.name in model.plan.key_names and stored is not None:
        (old, variants), *others = documents.items()
        if others or stored in model.documents:
            return "unsure"
        (root, row), *_ = [(node.table, node.row) for node in nodes]
        documents = {old: [], key_in(model.plan, root, {**row, column.name: stored}): variants}
    return Says(documents, loose)


def _one_value(model: DocumentModel, node: Node, column: Column, stored: Any, bases: list[Any] | None) -> Wanted:
    places = places_of(node.source, column)
    looking = _looking(model, node, column)
    if not places or looking is None:
        return "unsure"
    old = model.documents[node.document]
    here = value_at(old, node.at)
    taking = next((p for p in places if value_at(here, p) not in (NOWHERE, None)), places[0])
    if any(isinstance(step, int) for step in taking):
        return "unsure"
    value = _decoded(column, stored)
    if (stored is None or value is None) and len(places) > 1:
        others = [value_at(here, p) for p in places if p != taking]
        if any(other is None or isinstance(other, dict | list) for other in others) or column.default is not None:
            return "unsure"
        if any(other is not NOWHERE for other in others):
            return "unsaid"  # it would be the column's
    if stored is None and column.default is not None and column.type == "json":
        return "unsure"  # silence has the default, and null is the text `null`
    tells = [(steps_of(path), values) for path, values in node.source.when]
    for pointer, values in tells:
        if pointer == taking and not any(type(v) is type(value) and v == value for v in values):
            return "unsaid"
        if pointer != taking and (pointer[: len(taking)] == taking or taking[: len(pointer)] == pointer):
            return "unsure"
    if value is NOWHERE:
        return "unsaid"
    if node.source.tree and stored is None:
        return "unsure"
    way = [value_at(here, taking[:n]) for n in range(len(taking))]
    there = value_at(here, taking)
    if any(v is not NOWHERE and not isinstance(v, dict) for v in way):
        return "unsure"
    if isinstance(there, dict | list) and column.type != "json":
        return "unsure"
    if not taking and node.at and stored is None:
        return "unsure"
    before = node.row[column.name]
    is_as_it_was = before == stored and type(before) is type(stored)  # so that what is noted of it stands
    variants: list[Any] = []
    for base in [old] if bases is None else bases:
        if is_as_it_was:
            variants.append(base)
        if stored is None:
            variants.extend(_cleared(base, node.at, taking))
        else:
            is_usual = value == usual(column, stored) and not isinstance(value, bool)
            once = [value_at(earlier.get(node.document), (*node.at, *taking)) for earlier in model.earlier]
            spelled = [one for was in (there, *once) for one in said(column, stored, was)] if is_usual else [value]
            variants.extend(_set(base, (*node.at, *taking), one) for one in spelled)
        if column.type == "real" and isinstance(value, float) and value == int(value):
            variants.append(_set(base, (*node.at, *taking), int(value)))  # whole ones may have been written so
        if column.default is not None and stored is not None:
            variants.extend(_cleared(base, node.at, taking))
        if column.default is not None and stored is None:
            variants.append(_set(base, (*node.at, *taking), None))
    loose = [(*node.at, *taking[:n]) for n in range(1, len(taking) + 1)]
    for one, other in looking:
        place = places_of(one.source, other)[0]
        variants = [said for variant in variants for said in _said_or_silent(variant, one, other, place)]
        loose += [(*one.at, *place[:n]) for n in range(1, len(place) + 1)]
    return Says({node.document: variants}, loose)


def _said_or_silent(document: Any, node: Node, column: Column, place: At) -> Iterator[Any]:
    """Yield what a document may say where a column holds what it held, but another default may be told for silence."""
    yield document
    stored, at = node.row[column.name], (*node.at, *place)
    if _is_blocked(document, at):
        return
    value = None if stored is None else _decoded(column, stored)
    if value is not NOWHERE:
        yield _set(document, at, value)
    if value_at(document, at) is not NOWHERE:
        yield from _cleared(document, node.at, place)


def _cleared(document: Any, at: At, place: At) -> Iterator[Any]:
    """Yield the document without a member: null, or absent, with or without the objects that it leaves empty."""
    if value_at(document, (*at, *place)) is NOWHERE:
        yield document
    elif place:
        yield _set(document, (*at, *place), None)
        for n in range(len(place), 0, -1):
            document = _without(document, (*at, *place[:n]))
            yield document
            if value_at(document, (*at, *place[: n - 1])) != {}:
                break


MOST_LOOKING = 3
"""At how many columns that look at others the model looks."""


def _looking(model: DocumentModel, node: Node, column: Column) -> list[tuple[Node, Column]] | None:
    """Return the columns whose defaults look at a place, or at one of theirs, with their nodes; None: unsure."""
    found: list[tuple[Node, Column]] = []
    pending: list[tuple[Node, Column]] = [(node, column)]
    while pending:
        one, looked = pending.pop()
        for table, other, is_root in _lookers(model, one.table, looked):
            nodes = [n for n in model.nodes if n.table is table and n.document == node.document] if is_root else [one]
            new = [(n, other) for n in nodes if not any(n is a and other is b for a, b in found)]
            plain = all(
                len(p := places_of(n.source, other)) == 1 and not any(isinstance(s, int) for s in p[0]) for n in nodes
            )
            counted = other.default is not None and other.default.elapsed is not None
            if other is column or counted or not plain or other.type == "json" or not model.is_complete:
                return None
            found += new
            pending += new
            if len(found) > MOST_LOOKING:
                return None
    return found


def _lookers(model: DocumentModel, table: Table, column: Column) -> Iterator[tuple[Table, Column, bool]]:
    """Yield the columns whose defaults look at a column or count from it, and whether they look from the document."""
    places = [place for source in table.sources for place in places_of(source, column)]
    for other in model.plan.tables:
        for looking in other.columns:
            default = looking.default
            if default is None:
                continue
            if default.elapsed is not None and other is table:
                yield other, looking, False
            for read in [*default.reads, *(read for case in default.cases for read, _ in case.conditions)]:
                if table.parent is None if read.root else other is table:
                    pointer = steps_of(read.path)
                    if any(pointer[: len(p)] == p or p[: len(pointer)] == pointer for p in places):
                        yield other, looking, read.root


def _set_rest(
    random: Random, model: DocumentModel, table: Table, row: Row, column: Column, node: Node | None
) -> Edit | None:
    """Add a member to the rest, or take one away."""
    old = {} if row[column.name] is None else jsontext.loads_text(row[column.name])
    if not isinstance(old, dict):
        return None
    taken = {p[:1] for source in table.sources for c in table.columns for p in places_of(source, c)}
    plain = [name for name, value in old.items() if not isinstance(value, dict | list) and (name,) not in taken]
    name = random.choice([*plain, "by SQL"])
    value = random.choice((1, "x", None, {"q": [1]}, NOWHERE))
    new: Any = {n: v for n, v in old.items() if n != name} if value is NOWHERE else {**old, name: value}
    if new == old and name != "by SQL":
        return None
    statement = _update(table, row, {column.name: jsontext.dumps(new) if new else None})
    wanted: Wanted = "unsure"
    takes_all = any(s.parent == table.name and s.each[:1] == (Members(),) for t in model.plan.tables for s in t.sources)
    if node is not None and not node.source.tree and not node.source.when and not takes_all:
        place = (*node.at, name)
        document = model.documents[node.document]
        if not isinstance(value_at(document, node.at), dict):
            wanted = "unsaid" if new and value_at(document, node.at) is not None else "unsure"
        elif name in old or name == "by SQL":
            document = _without(document, place) if value is NOWHERE else _set(document, place, value)
            wanted = Says({node.document: [document]}, [place])
    return Edit("rest", [statement], wanted)


# -- keys, links and places ---------------------------------------------------------------------------------------


def _renumber(random: Random, model: DocumentModel, table: Table, row: Row, node: Node | None) -> Edit:
    """Give a row another id, and tell the rows that refer to it."""
    old = row[str(table.surrogate)]
    new = random.choice((9000, 9001, -5)) if random.random() < 0.7 else old + 1
    statements = [_update(table, row, {str(table.surrogate): new})]
    for other in model.plan.tables:
        for column in other.columns:
            if column.role == ParentKey(table.name, str(table.surrogate)):
                name = quoted(column.name)
                statements.append((f"UPDATE {quoted(other.name)} SET {name} = ? WHERE {name} = ?", [new, old]))
    wanted: Wanted = "unsure"
    if node is not None and (table.position is not None or node.above is None):
        wanted = Says({})
    elif node is not None and isinstance(_many(node.source), Elements):
        array = value_at(model.documents[node.document], node.at[:-1])  # a stray stands behind an id
        wanted = Says({}) if len(array) == 1 else "unsure"
    return Edit("id", statements, wanted)


def _rename(
    random: Random, model: DocumentModel, table: Table, row: Row, column: Column, node: Node | None
) -> Edit | None:
    name = random.choice(("fresh name", "it's new", "n.e.w", "", "a"))
    statement = _update(table, row, {column.name: name})
    if node is None or not isinstance(_many(node.source), Members) or name == row[column.name]:
        return Edit("rename", [statement], "unsure")
    around, document = node.at[:-1], model.documents[node.document]
    members = value_at(document, around)
    if name in members or name in ("", "a") or node.source.tree:
        return Edit("rename onto another", [statement], "unsure")
    renamed = {name if n == node.at[-1] else n: value for n, value in members.items()}
    return Edit("rename", [statement], Says({node.document: [_set(document, around, renamed)]}))


def _reorder(random: Random, model: DocumentModel, table: Table, row: Row, node: Node | None) -> Edit | None:
    """Give a row another position: behind all, or that of another one, which gets its own."""
    position = str(table.position)
    is_named = position in table.primary_key and _has_rows_below(model, table)  # these would not follow
    if node is None or is_named:
        return Edit("position", [_update(table, row, {position: 99})], "unsure")
    siblings = _siblings(model, node)
    others = [other for other in siblings if other is not node]
    if random.random() < 0.5 or not others:
        statements = [_update(table, row, {position: 99})]
        order = [*others, node]
    else:
        other = random.choice(others)
        place = str(other.table.position)
        statements = [
            _update(table, row, {position: -1}),
            _update(other.table, other.row, {place: row[position]}),
            _update(table, {**row, position: -1}, {position: other.row[place]}),
        ]
        order = [{id(node): other, id(other): node}.get(id(one), one) for one in siblings]
    return Edit("position", statements, _in_order(model, node, order))


def _has_rows_below(model: DocumentModel, table: Table) -> bool:
    return any(source.parent == table.name for other in model.plan.tables for source in other.sources)


def _in_order(model: DocumentModel, node: Node, order: list[Node]) -> Wanted:
    around, document = node.at[:-1], model.documents[node.document]
    array = value_at(document, around)
    if not isinstance(_many(node.source), Elements) or len(order) != len(array):
        return "unsure"
    return Says({node.document: [_set(document, around, [value_at(document, one.at) for one in order])]})


def _move(random: Random, model: DocumentModel, table: Table, row: Row, node: Node | None) -> Edit | None:
    """Hang a row below another row of the table that it hangs below, in its own document or another."""
    parent = model.reader.parent(table, row)
    if parent is None:
        return None
    above = model.plan.table(parent[0])
    to = random.choice(model.rows[above.name])
    links = {
        c.name: to[c.role.column] for c in table.columns if isinstance(c.role, ParentKey) and c.role.table == above.name
    }
    statement = _update(table, row, links)
    target = model.node(above.name, to)
    if model.reader.key(above, to) == parent[1]:
        return None
    return Edit("move", [statement], "unsure" if node is None or target is None else _moved(model, node, target))


def _moved(model: DocumentModel, node: Node, target: Node) -> Wanted:
    """Return the documents with a row's node taken out of one array and put into another."""
    if node.document == target.document and target.at[: len(node.at)] == node.at:
        return "unsaid"
    if not isinstance(_many(node.source), Elements) or len(node.table.sources) > 1:
        return "unsure"
    if any(isinstance(c.role, ParentKey) and c.role.table != target.table.name for c in node.table.columns):
        return "unsure"
    if node.document != target.document and any(c.default is not None for t in model.plan.tables for c in t.columns):
        return "unsure"  # a default that looks at the document may differ
    if target.source.when or any(not isinstance(step, str) for step in steps_of(node.source.each)):
        return "unsure"
    siblings = _siblings(model, node)
    old, new = node.at[:-1], (*target.at, *steps_of(node.source.each[:-1]))
    moving = value_at(model.documents[node.document], node.at)
    there = [one for one in model.nodes if one.document == target.document and one.at[:-1] == new]
    array = value_at(model.documents[target.document], new)
    if len(siblings) != len(value_at(model.documents[node.document], old)) or len(there) != (
        0 if array is NOWHERE else len(array) if isinstance(array, list) else -1
    ):
        return "unsure"
    if _feeds_at(model, target, new) != 1 or _is_blocked(model.documents[target.document], new):
        return "unsure"
    position = node.table.position
    named = node.table.surrogate is None and _has_rows_below(model, node.table)
    tie = position is not None and any(one.row[position] == node.row[position] for one in there)
    if named or tie or (position is None and node.table.surrogate is None):
        return "unsure"  # rows below may name their parent by what changes
    place = len(there) if position is None else sum(one.row[position] < node.row[position] for one in there)
    elements = [] if array is NOWHERE else list(array)
    elements.insert(place, moving)
    documents = dict(model.documents)
    marker: list[Any] = ["here"]
    documents[target.document] = _set(documents[target.document], new, marker)
    variants = []
    for emptied in _without_element(documents[node.document], node):
        whole = documents | {node.document: emptied}
        whole[target.document] = _replaced(whole[target.document], marker, elements)
        variants.append(whole)
    loose = [new[:n] for n in range(len(target.at) + 1, len(new) + 1)]
    keys = {node.document, target.document}
    return Says({key: [variant[key] for variant in variants] for key in keys}, loose)


def _replaced(value: Any, marker: Any, by: Any) -> Any:
    if value is marker:
        return by
    if isinstance(value, dict):
        return {name: _replaced(inner, marker, by) for name, inner in value.items()}
    return [_replaced(inner, marker, by) for inner in value] if isinstance(value, list) else value


# -- rows ---------------------------------------------------------------------------------------------------------


def _delete(random: Random, model: DocumentModel) -> Edit | None:
    """Delete a row; where it has a position, those behind it may close up."""
    table, row = _a_row(random, model, nested=True)
    if table.parent is None:
        return None
    statement = f"DELETE FROM {quoted(table.name)} WHERE {_named(table, row)}", _keys(table, row)
    node = model.node(table.name, row)
    if node is None:
        return Edit("delete", [statement], "unsure")
    statements = [statement]
    behind = [one for one in _siblings(model, node) if one.table is table and table.position is not None]
    if behind and table.position not in table.primary_key and random.random() < 0.5:
        place = str(table.position)
        later = [one for one in behind if one.row[place] > row[place]]
        statements += [_update(table, one.row, {place: one.row[place] - 1}) for one in later]
    document = model.documents[node.document]
    variants = list(_without_element(document, node))
    if _many(node.source) is None:
        variants.append(_set(document, node.at, {}))  # it may have been there before the row
        if isinstance(node.at[-1], int):
            variants.append(_set(document, node.at, None))  # those behind it keep their places
    return Edit("delete", statements, Says({node.document: variants}))


def _without_element(document: Any, node: Node) -> Iterator[Any]:
    """Yield the document without a node; with or without the array or object that it leaves empty."""
    at, above = node.at, 0 if node.above is None else len(node.above.at)
    document = _without(document, at)
    yield document
    for n in range(len(at) - 1, 0, -1):
        is_fixed = isinstance(at[n - 1], int) and n > above  # an element by its index, which is no row
        if value_at(document, at[:n]) not in ({}, []) or not (isinstance(at[n - 1], str) or is_fixed):
            return
        if is_fixed and at[n - 1] != len(value_at(document, at[: n - 1])) - 1:
            yield _set(document, at[:n], None)  # those behind it keep their places
            return
        document = _without(document, at[:n])
        yield document


def _delete_all(random: Random, model: DocumentModel) -> Edit | None:
    """Delete all rows of a table."""
    table, _ = _a_row(random, model, nested=True)
    statement: Statement = f"DELETE FROM {quoted(table.name)}", []
    if table.parent is None:
        return Edit("delete all", [statement], Says({key: [] for key in model.documents if _is_of(model, key, table)}))
    return Edit("delete all", [statement], "unsure")


def _is_of(model: DocumentModel, key: Any, root: Table) -> bool:
    return any(key_in(model.plan, root, row) == key for row in model.rows[root.name])


def _delete_document(random: Random, model: DocumentModel) -> Edit | None:
    root = random.choice(model.plan.roots)
    if not model.rows[root.name]:
        return None
    row = random.choice(model.rows[root.name])
    statement = f"DELETE FROM {quoted(root.name)} WHERE {_named(root, row)}", _keys(root, row)
    return Edit("delete document", [statement], Says({key_in(model.plan, root, row): []}))


def _insert_document(random: Random, model: DocumentModel) -> Edit | None:
    root = random.choice(model.plan.roots)
    made = _new_row(random, root, root.sources[0])
    if made is None or model.plan.key is None:
        return None
    row, is_sure = made
    for name in model.plan.key_of(root):
        made_up = {"integer": 987654, "uuid": "99999999-9999-9999-9999-999999999999"}
        row[name] = made_up.get(root.column(name).type, "made")
    key = key_in(model.plan, root, row)
    return Edit("insert document", [_insertion(root, row)], _new_document(root, row, key) if is_sure else "unsure")


def _new_document(root: Table, row: Row, key: Any) -> Wanted:
    node = _node_of(root, root.sources[0], row)
    return "unsure" if node is NOWHERE else Says({key: [node]}, [()])


def _insert(random: Random, model: DocumentModel) -> Edit | None:
    """Add a row below another."""
    if not model.nodes:
        return None
    above = random.choice(model.nodes)
    feeds = [
        (table, source) for table in model.plan.tables for source in table.sources
        if source.parent == above.table.name and not source.tree
    ]  # fmt: skip
    if not feeds:
        return None
    table, source = random.choice(feeds)
    made = _new_row(random, table, source)
    if made is None or any(other.constants and not source.constants for other in table.sources):
        return None
    row, is_sure = made
    for column in table.columns:
        match column.role:
            case ParentKey(name, key):
                holder: Node | None = above
                while holder is not None and (holder.table.name != name or holder.table is table is not above.table):
                    holder = holder.above
                row[column.name] = None if holder is None else holder.row[key]
                if table.name == name and above.table is not table:
                    row[column.name] = None
            case Position():
                row[column.name] = 99
            case EdgeName():
                row[column.name] = source.name
    untold = [s for s in table.sources if not s.constants and s.parent == source.parent]
    has_edge = any(isinstance(c.role, EdgeName) for c in table.columns)
    is_told = bool(source.constants) or has_edge or untold == [source]
    wanted = _with_row(model, above, table, source, row) if is_sure and is_told else "unsure"
    return Edit("insert", [_insertion(table, row)], wanted)


def _with_row(model: DocumentModel, above: Node, table: Table, source: Source, row: Row) -> Wanted:
    """Return the document with a node for a new row: the last element, a new member, or the only one."""
    node, document = _node_of(table, source, row), model.documents[above.document]
    steps = steps_of(source.each)
    many = _many(source)
    if len(steps) != len(source.each) - (many is not None) or any(isinstance(step, int) for step in steps):
        return "unsure"
    around = (*above.at, *steps)
    there = value_at(document, around)
    if node is NOWHERE or _is_blocked(document, around) or _feeds_at(model, above, around) != 1:
        return "unsure"
    if isinstance(many, Elements):
        if there is NOWHERE:
            return Says({above.document: [_set(document, around, [node])]}, _way(above, around))
        known = [one for one in model.nodes if one.document == above.document and one.at[:-1] == around]
        if not isinstance(there, list) or len(known) != len(there):
            return "unsure"
        return Says({above.document: [_set(document, around, [*there, node])]}, [(*around, len(there))])
    if isinstance(many, Members):
        name = next((row[c.name] for c in table.columns if isinstance(c.role, MemberKey)), None)
        if name is None or not (there is NOWHERE or isinstance(there, dict)) or value_at(there, (name,)) is not NOWHERE:
            return "unsure"
        place = (*around, name)
        return Says({above.document: [_set(document, place, node)]}, _way(above, place))
    if there in (None, {}, []):
        return "unsure"
    here = above.table.name, model.reader.key(above.table, above.row)
    if any(model.reader.parent(table, other) == here for other in model.rows[table.name]):
        return "unsaid" if len(table.sources) == 1 else "unsure"
    return Says({above.document: [_set(document, around, node)]}, [around, *_way(above, around)])


def _way(above: Node, place: At) -> list[At]:
    return [place[:n] for n in range(len(above.at) + 1, len(place) + 1)]


def _new_row(random: Random, table: Table, source: Source) -> tuple[Row, bool] | None:
    """Return values for a new row, and whether its node is plain to see."""
    row: Row = {}
    whole = [c for c in table.columns if () in places_of(source, c)]
    is_scalar = bool(whole) and (len(whole) == len(table.columns) or random.random() < 0.5)
    for column in table.columns:
        row[column.name] = None
        constants = {name: _stored(table.column(name), value) for name, value in source.constants}
        if column.name in constants:
            row[column.name] = constants[column.name]
        elif isinstance(column.role, Surrogate):
            del row[column.name]
        elif isinstance(column.role, MemberKey) and isinstance(_many(source), Members):
            row[column.name] = random.choice(("inserted", "x.y", "it's in"))
        elif isinstance(column.role, Value):
            places = places_of(source, column)
            when = next((v for p, v in source.when if steps_of(p) in places[:1]), None)
            if when is not None:
                row[column.name] = _stored(column, when[0])
            elif places and (column in whole) == is_scalar and not any(isinstance(s, int) for s in places[0]):
                is_set = column.required or column.default is not None or is_scalar or random.random() < 0.7
                row[column.name] = _stored_value(random, column) if is_set else None
            if row[column.name] is None and column.required:
                return None
    return row, all(c.default is None or c.default.given for c in table.columns)


def _node_of(table: Table, source: Source, row: Row) -> Any:
    """Return the node that a row is made of."""
    node: Any = {}
    for path, values in source.when:
        node = _set(node, steps_of(path), values[0])
    for column in table.columns:
        for place in places_of(source, column)[:1]:
            if row.get(column.name) is not None:
                value = _decoded(column, row[column.name])
                if value is NOWHERE or _is_blocked(node, place):
                    return NOWHERE
                node = value if not place else _set(node, place, value)
    firsts = [place[:1] for column in table.columns for place in places_of(source, column)]
    return NOWHERE if node == {} and not any(first and isinstance(first[0], str) for first in firsts) else node


# -- documents ----------------------------------------------------------------------------------------------------


def _set(document: Any, at: At, value: Any) -> Any:
    """Return a copy with a value at a place, objects on the way made."""
    if not at:
        return value
    if isinstance(at[0], int):
        return [*document[: at[0]], _set(document[at[0]], at[1:], value), *document[at[0] + 1 :]]
    inner = document.get(at[0], {}) if isinstance(document, dict) else {}
    return {**(document if isinstance(document, dict) else {}), at[0]: _set(inner, at[1:], value)}


def _without(document: Any, at: At) -> Any:
    around = value_at(document, at[:-1])
    if isinstance(around, list):
        return _set(document, at[:-1], [value for n, value in enumerate(around) if n != at[-1]])
    return _set(document, at[:-1], {name: value for name, value in around.items() if name != at[-1]})


def _is_blocked(document: Any, at: At) -> bool:
    """Whether something that is no object is on the way to a place."""
    return any(
        not (v is NOWHERE or isinstance(v, dict | list)) for v in (value_at(document, at[:n]) for n in range(len(at)))
    )


def _siblings(model: DocumentModel, node: Node) -> list[Node]:
    """Return the nodes of the same array or object, in its order."""
    around = value_at(model.documents[node.document], node.at[:-1])
    order = list(around) if isinstance(around, dict) else list(range(len(around or ())))
    found = [one for one in model.nodes if one.document == node.document and one.at[:-1] == node.at[:-1] and one.at]
    return sorted(found, key=lambda one: order.index(one.at[-1]))


def _feeds_at(model: DocumentModel, above: Node, at: At) -> int:
    """Return how many sources and columns are about a place of a node, or anything on the way there."""
    relative = at[len(above.at) :]
    sources = [
        steps_of(source.each) for table in model.plan.tables for source in table.sources
        if source.parent == above.table.name
    ]  # fmt: skip
    columns = [p for c in above.table.columns for p in places_of(above.source, c)]
    return sum(steps[: len(relative)] == relative[: len(steps)] for steps in [*sources, *columns] if steps) + sum(
        not steps for steps in sources
    )


def _many(source: Source) -> Elements | Members | None:
    last = source.each[-1] if source.each else None
    return last if isinstance(last, Elements | Members) else None


# -- values -------------------------------------------------------------------------------------------------------


def _stored_value(random: Random, column: Column) -> Any:
    if column.one_of is not None and random.random() < 0.9:
        return _stored(column, random.choice(column.one_of))
    return random.choice(VALUES[column.type])


def _stored(column: Column, constant: Any) -> Any:
    """Return a constant of the plan as a column holds it."""
    match column.type:
        case "boolean" if isinstance(constant, bool):
            return int(constant)
        case "base64":
            return base64.b64decode(constant)
        case "timestamp" | "real" | "decimal":
            return held(column, constant)
        case "scalar":
            return json.dumps(constant) if isinstance(constant, bool) else constant
        case "text" | "json" if not isinstance(constant, str) or column.type == "json":
            return json.dumps(constant)
    return constant


def _decoded(column: Column, stored: Any) -> Any:
    """Return what a document says for a stored value; NOWHERE: nothing."""
    value = usual(column, _plain(column.type, stored))
    came_from = [a for a, b in column.map if type(b) is type(value) and b == value]
    if came_from:
        return came_from[0]
    mapped_away = any(type(a) is type(value) and a == value for a, _ in column.map)
    return NOWHERE if mapped_away else value


def _plain(type_name: str, stored: Any) -> Any:
    match type_name:
        case "boolean":
            return bool(stored) if stored is not None else None
        case "base64":
            return base64.b64encode(stored).decode() if stored is not None else None
        case "json":
            return jsontext.loads_text(stored) if stored is not None else None
    return stored


# -- SQL ----------------------------------------------------------------------------------------------------------


def quoted(name: str) -> str:
    """Return a name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _named(table: Table, row: Row) -> str:
    return " AND ".join(f"{quoted(name)} IS ?" for name in table.primary_key)


def _keys(table: Table, row: Row) -> list[Any]:
    return [row[name] for name in table.primary_key]


def _update(table: Table, row: Row, values: Row) -> Statement:
    sets = ", ".join(f"{quoted(name)} = ?" for name in values)
    return f"UPDATE {quoted(table.name)} SET {sets} WHERE {_named(table, row)}", [*values.values(), *_keys(table, row)]


def _insertion(table: Table, row: Row) -> Statement:
    if not row:
        return f"INSERT INTO {quoted(table.name)} DEFAULT VALUES", []
    names, marks = ", ".join(map(quoted, row)), ", ".join("?" * len(row))
    return f"INSERT INTO {quoted(table.name)} ({names}) VALUES ({marks})", list(row.values())


def _a_row(random: Random, model: DocumentModel, *, nested: bool = False) -> tuple[Table, Row]:
    tables = [t for t in model.plan.tables if model.rows[t.name]]
    inner = [t for t in tables if t.parent is not None]
    table = random.choice(inner if nested and inner else tables)
    return table, random.choice(model.rows[table.name])


EDITS: tuple[Callable[[Random, DocumentModel], Edit | None], ...] = (
    _change, _change, _change, _change, _set_all, _wild, _delete, _delete, _delete_all, _delete_document,
    _insert, _insert, _insert, _insert_document,
)  # fmt: skip

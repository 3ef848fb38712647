"""Widening: edits of a mapping that make room for what its tables set aside, where they can be derived.

In: a database, the text of a mapping for its documents. Out: the text with the edits, each in words, and what is
still set aside. An edit is kept only if the mapping checks clean with it, refuses no document, and sets less aside.
Reads only; each try goes once through the documents.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from docrel.authoring.survey_of_rest import documents_of
from docrel.authoring.yaml_edits import not_required, of_elements, raised, retyped, with_words
from docrel.backends import Backend
from docrel.compile import compile
from docrel.diagnostics import MappingError, visible
from docrel.documents import SetAside, SetAsides
from docrel.engine import Aside, flattener_of
from docrel.mapping import refused_sql
from docrel.plan import Name, Plan, Scalar, Table, is_among
from docrel.selectors import path_text
from docrel.spec import loads
from docrel.values import jsontext, utc_now

MOST_WORDS = 50
"""More words than this that a `one_of` lacks are data: it is not for them."""

_PLACES = ("place", "kind")
_ROUNDS = 4
"""A column's type may have to be widened again for what it held before."""


@dataclass(frozen=True, slots=True)
class Edit:
    """What makes room: `type`, `one_of`, `required` or `each`, of a column, or of the source of a table."""

    what: str
    table: str
    name: str
    values: tuple[Scalar, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Widening:
    """A mapping's text with edits, and what is set aside all the same."""

    text: str
    edits: tuple[Edit, ...]
    left: tuple[SetAside, ...]


@dataclass(slots=True)
class _Found:
    """What a plan sets aside of the documents.

    Attributes:
        asides: All of it.
        count: How much, without what is only held inexactly.
        rows: How many rows there are.
        words: Those that a `one_of` lacks, by table and column.
        objects: Tables that take no row from an object, where they look for an array.
        refused: Whether it refuses a document.
    """

    asides: SetAsides
    count: int = 0
    rows: int = 0
    words: dict[tuple[int, int], list[Scalar]] = field(default_factory=dict)
    objects: set[int] = field(default_factory=set)
    refused: bool = False

    def see(self, one: Aside) -> None:
        """Count what is set aside of a document."""
        self.count += one.rule != "inexact"
        if one.rule in _PLACES and one.is_row and isinstance(one.value, dict):
            self.objects.update([one.table] if one.path and isinstance(one.path[-1], str) else [])
        if one.rule == "one_of" and isinstance(one.value, str | int | float):
            words = self.words.setdefault((one.table, one.columns[0]), [])
            if len(words) <= MOST_WORDS and not is_among(one.value, words):
                words.append(one.value)


def widened(backend: Backend, plan: Plan, text: str) -> Widening:
    """Return the mapping's text with room for what it sets aside of the documents of a database of plan `plan`.

    Raises:
        MappingError: The text is no mapping.
    """
    before, edits = text, list[Edit]()
    found = _found(backend, plan, _compiled(text))
    for _ in range(_ROUNDS):
        tried = list(_edits(_compiled(text), found))
        new = _tried(backend, plan, text, tried, found)
        for one in tried if new is None else ():
            alone = _tried(backend, plan, text, [one], found)
            if alone is not None:
                text, found = alone
                edits.append(one)
                new = alone
        if new is None:
            break
        if new[0] != text:
            text, found = new
            edits += tried
    left = tuple(one for one in found.asides if one.rule != "inexact")
    return Widening(raised(text, plan.version + 1) if text != before else text, _last(edits), left)


def _last(edits: Sequence[Edit]) -> tuple[Edit, ...]:
    """Return the edits without those that a later one of the same place has replaced."""
    by_place = {(e.what, e.table, e.name, e.values if e.what == "one_of" else ()): e for e in edits}
    return tuple(by_place.values())


def _compiled(text: str) -> Plan:
    spec = loads(text)
    plan = compile(spec)
    found = refused_sql(plan, spec)
    if found:
        raise MappingError(diagnostics=found)
    return plan


def _found(backend: Backend, stored: Plan, plan: Plan) -> _Found:
    """Return what `plan` sets aside of the documents that are stored by another."""
    rows = dict.fromkeys((table.name for table in plan.tables), 0)
    found = _Found(SetAsides(plan, filled=lambda table, _: rows[table.name]))
    flattener, now = flattener_of(plan), utc_now()
    for one in documents_of(backend, stored):
        to = flattener.start()
        flattened = flattener.add(one.document, to, given=str(one.key), now=now)
        for table, added in zip(plan.tables, to.rows, strict=True):
            rows[table.name] += len(added)
        found.rows = sum(rows.values())
        found.refused |= bool(flattened.problems)
        found.asides.add(flattened)
        for aside in flattened.asides:
            found.see(aside)
    return found


def _tried(
    backend: Backend, stored: Plan, text: str, edits: Sequence[Edit], found: _Found
) -> tuple[str, _Found] | None:
    """Return the text with the edits and what is set aside then; None where that is no gain, or no mapping."""
    edited, before = text if edits else None, _compiled(text)
    for one in edits:
        edited = None if edited is None else _edited(edited, before, one)
    if edited is None:
        return None
    try:
        plan = _compiled(edited)
    except MappingError:
        return None
    new = _found(backend, stored, plan)
    gains = (new.count, -new.rows) < (found.count, -found.rows) and new.objects <= found.objects
    return (edited, new) if gains and not new.refused else None


def _edited(text: str, plan: Plan, edit: Edit) -> str | None:
    match edit.what:
        case "type":
            return retyped(text, plan, edit.table, edit.name, str(edit.values[0]))
        case "one_of":
            return with_words(text, plan, edit.table, edit.name, edit.values)
        case "required":
            return not_required(text, plan, edit.table, edit.name)
    return of_elements(text, plan, edit.table, edit.name)


def _edits(plan: Plan, found: _Found) -> Iterator[Edit]:
    """Yield what may make room for what is set aside."""
    for one in found.asides:
        table = plan.table(one.table)
        name = one.columns[0] if one.columns else ""
        where = visible(f"{table.name}.{name}")
        if one.rule == "type" and one.widen.startswith("type: "):
            type_name = one.widen.removeprefix("type: ")
            yield Edit("type", table.name, name, (type_name,), f"{where}: type: {type_name}")
        elif one.rule == "required" and one.is_row:
            yield Edit("required", table.name, name, (), f"{where}: no `required`")
        elif one.rule == "one_of":
            words = tuple(found.words.get((plan.tables.index(table), table.index_of(name)), ()))
            if 0 < len(words) <= MOST_WORDS:
                said = ", ".join(jsontext.dumps(word) for word in words)
                yield Edit("one_of", table.name, name, words, visible(f"{where}: `one_of` has {said}"))
        elif one.rule in _PLACES and one.is_row and (source := _array(table, one)) is not None:
            yield Edit("each", table.name, source, (), visible(f"{table.name}: `each` names the elements of an array"))


def _array(table: Table, one: SetAside) -> str | None:
    """Return the source whose `each` is an array in the documents."""
    if not one.widen.endswith("[*]`"):
        return None
    name = one.widen.split("`")[1]
    return next((s.name for s in table.sources if s.each and _ends(s.each[-1], name)), None)


def _ends(step: Any, name: str) -> bool:
    return isinstance(step, Name) and path_text((step,)) == name

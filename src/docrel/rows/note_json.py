"""Notes as JSON: how the notes on a row are spelled in a database, and read again.

In: notes. Out: two JSON texts, `shape` (structure, the same for whole fleets of documents, so it is interned) and
`body` (values of this document); and back, held against what each kind may say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from docrel.diagnostics import DocumentError
from docrel.rows.notes import (
    FILLERS,
    Edge,
    Empty,
    Explicit,
    Filled,
    Filler,
    Integer,
    Null,
    Order,
    Override,
    Rest,
    RowNote,
    Spelling,
    Stored,
    Strays,
    Via,
    portable,
)
from docrel.values import NOTHING, jsontext

DEEP = '{"text":'
"""What the text of a body begins with where values are texts within it, so that names in them are spelled otherwise."""

_SHAPE = {
    "null": Null,
    "integer": Integer,
    "spelling": Spelling,
    "explicit": Explicit,
    "via": Via,
    "edge": Edge,
    "order": Order,
    "empty": Empty,
}
_BODY = ("override", *FILLERS, "stray", "rest")


def dump(notes: Sequence[RowNote]) -> tuple[str | None, str | None]:
    """Return `(shape, body)`, None for what is empty."""
    shape, body = _written(notes, tuple(_SHAPE)), _written(notes, _BODY)
    return (jsontext.dumps_known(shape) if shape else None, _dump_body(notes, body) if body else None)


def load(shape: str | None, body: str | None) -> list[RowNote]:
    """Return the notes that `dump` wrote.

    Raises:
        ValueError: The texts are not such, whoever wrote them.
    """
    found = [] if shape is None else list(_shape_notes(shape))
    if body is not None:
        content: Any = jsontext.loads_text(body)
        if isinstance(content, dict) and content.keys() == {"text"}:
            found += (_with_values(note, _value_of) for note in _body_notes(content["text"]))
        else:
            found += _body_notes(content)
    return found


@lru_cache(maxsize=4096)
def _shape_notes(shape: str) -> tuple[RowNote, ...]:
    content: Any = jsontext.loads_text(shape)
    known = isinstance(content, dict) and content.keys() <= _SHAPE.keys()
    _hold(known, "a shape has members that no shape has")
    return tuple(note for kind in _SHAPE if kind in content for note in _read(kind, content[kind]))


def _body_notes(content: Any) -> list[RowNote]:
    known = isinstance(content, dict) and content.keys() <= set(_BODY)
    _hold(known, "a body has members that no body has")
    return [note for kind in _BODY if kind in content for note in _read(kind, content[kind])]


# -- values at the limit of depth ------------------------------------------------------------------------------


def _dump_body(notes: Sequence[RowNote], body: dict[str, Any]) -> str:
    """Return the text of a body; values at the limit of depth, which the body would exceed, are texts within it."""
    try:
        return jsontext.dumps_known(body)
    except DocumentError:
        texts = [_with_values(note, jsontext.dumps) for note in notes]
        return jsontext.dumps({"text": _written(texts, _BODY)})


def _with_values(note: RowNote, change: Callable[[Any], Any]) -> RowNote:
    """Return the note with each value of the document changed."""
    match note:
        case Override(column, held, value):
            return Override(column, held, change(value))
        case Strays(pointer, elements):
            return Strays(pointer, [(anchor, change(value)) for anchor, value in elements])
        case Rest(value):
            return Rest(change(value))
    return note


def _value_of(text: Any) -> Any:
    _hold(isinstance(text, str), "a value at the limit of depth is no text")
    return jsontext.loads_text(text)


# -- as JSON ---------------------------------------------------------------------------------------------------


_KINDS: dict[type[Any], str] = {
    **{of_kind: kind for kind, of_kind in _SHAPE.items()}, Override: "override", Strays: "stray", Rest: "rest",
}  # fmt: skip


def _written(notes: Sequence[RowNote], kinds: Sequence[str]) -> dict[str, Any]:
    """Return notes of some kinds as JSON, by kind."""
    found: dict[str, list[Any]] = {}
    for note in notes:
        kind = note.kind if isinstance(note, Filled) else _KINDS[note.__class__]
        found.setdefault(kind, []).append(note)
    return {kind: _json_of(kind, found[kind]) for kind in kinds if kind in found}


def _json_of(kind: str, notes: list[Any]) -> Any:
    match kind:
        case "null" | "integer" | "explicit":
            return [note.column for note in notes]
        case "via":
            return {note.column: note.alternative for note in notes}
        case "spelling":
            return {note.column: note.form for note in notes}
        case "edge":
            return notes[0].source
        case "order":
            return [[list(note.pointer), note.names] for note in notes]
        case "empty":
            return [[list(note.pointer), note.value] for note in notes]
        case "stray":
            return [[list(note.pointer), [list(pair) for pair in note.elements]] for note in notes]
        case "rest":
            return notes[0].value
    said = ((n.column, portable(n.held), [] if n.value is NOTHING else [n.value]) for n in notes)
    return {column: [held, *value] for column, held, value in said}


def _read(kind: str, content: Any) -> Iterator[RowNote]:
    """Yield the notes of a kind that JSON spells."""
    match kind:
        case "null" | "integer" | "explicit":
            _hold(_are_names(content), f"`{kind}` does not list columns")
            yield from map(_SHAPE[kind], content)
        case "via":
            numbered = isinstance(content, dict) and all(type(n) is int for n in content.values())
            _hold(numbered, "`via` does not number alternatives")
            yield from (Via(column, alternative) for column, alternative in content.items())
        case "spelling":
            formed = isinstance(content, dict) and all(type(form) in (int, str) for form in content.values())
            _hold(formed, "`spelling` does not name forms")
            yield from (Spelling(column, form) for column, form in content.items())
        case "edge":
            _hold(isinstance(content, str), "`edge` names no source")
            yield Edge(content)
        case "order":
            _hold(_are_pairs(content), "`order` does not list objects")
            for pointer, names in content:
                listed = _is_pointer(pointer) and _are_names(names) and len(set(names)) == len(names)
                _hold(listed, "`order` does not list names, each once")
                yield Order(tuple(pointer), names)
        case "empty":
            _hold(_are_pairs(content), "`empty` does not list places")
            for pointer, value in content:
                _hold(
                    _is_pointer(pointer) and value in ([], {}, None), "`empty` says where nothing is, and of what kind"
                )
                yield Empty(tuple(pointer), value)
        case "stray":
            _hold(_are_pairs(content), "`stray` does not list arrays")
            _hold(len({repr(pointer) for pointer, _ in content}) == len(content), "`stray` lists an array twice")
            yield from (Strays(tuple(pointer), elements) for pointer, elements in map(_strays, content))
        case "rest":
            yield Rest(content)
        case _:
            _hold(isinstance(content, dict), f"`{kind}` does not name columns")
            for column, said in content.items():
                _hold(_is_held(said), f"`{kind}` does not say what a column held")
                yield _held(kind, column, *said)


def _held(kind: str, column: str, held: Stored, value: Any = NOTHING) -> Override | Filled:
    """Return the note on what a column holds; of format 1 are silence and null that are no kind of their own."""
    if kind == "override" and value is not NOTHING and value is not None:
        return Override(column, held, value)
    _hold(value is NOTHING or value is None, f"`{kind}` says more than null")
    by: Filler = next((filler for filler in FILLERS if filler == kind), "untold")
    return Filled(column, held, by, null=value is None)


def _strays(pair: list[Any]) -> tuple[Any, list[Any]]:
    pointer, elements = pair
    _hold(_is_pointer(pointer) and _are_pairs(elements), "`stray` does not list elements")
    _hold(all(type(a) in (type(None), int, float, str) for a, _ in elements), "`stray` names no row that one follows")
    return pointer, [(anchor, value) for anchor, value in elements]


def _hold(condition: bool, fault: str) -> None:
    if not condition:
        raise ValueError(fault)


def _is_held(said: Any) -> bool:
    return isinstance(said, list) and len(said) in (1, 2) and type(said[0]) in (type(None), int, float, str)


def _are_pairs(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(pair, list) and len(pair) == 2 for pair in value)


def _are_names(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(name, str) for name in value)


def _is_pointer(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(step, str) or (type(step) is int and step >= 0) for step in value)

"""Records: the documents within a file, which is an array of them, or holds one in an envelope.

In: files, and the path of the records in them. Out: each record by itself, as it is read, and what surrounds them once
a file. Memory stays constant, but for what surrounds them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError, counted
from docrel.documents.lines import moved
from docrel.documents.record_texts import RecordTexts
from docrel.documents.refusals import shown_members
from docrel.selectors import Elements, Index, Members, Name, Path, SelectorError, parse, path_text
from docrel.values import DuplicateKeys, jsontext

TOP = "$[*]"
"""The path of records that are the elements of the top-level array."""
_SEARCHED = 1000
_SHOWN = 8


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What surrounds the records of one file.

    Attributes:
        file: The file, as it was named.
        path: The path of its records.
        pieces: The JSON text without them: each piece with how many records stand behind it.
        names: What the file has beside the way to the records, each by the way to it.
        place: The name that the database knows the file by, if there is one.
    """

    file: str
    path: str
    pieces: tuple[tuple[str, int], ...]
    names: tuple[str, ...] = ()
    place: str = ""

    @property
    def records(self) -> int:
        """How many records the file has."""
        return sum(count for _, count in self.pieces)

    @property
    def text(self) -> str:
        """All this in a line."""
        names = [*self.names[:_SHOWN], *(["…"] if len(self.names) > _SHOWN else [])]
        around = f"; what surrounds them is in no document: {', '.join(names)}" if names else ""
        return f"{self.file}: {counted(self.records, 'record')} at {self.path}{around}"


OnSurroundings = Callable[[Surroundings], None]


def path_of_records(text: str) -> Path:
    """Return the path of the records that a file is made of.

    Raises:
        ValueError: It leads to no elements of an array.
    """
    try:
        path = parse(text).path
    except SelectorError as error:
        raise ValueError(f"{text!r} is no path: {error}") from error
    if path is None:
        can = "names, [*], .* and indexes from 0 on lead there"
        raise ValueError(f"{text!r} has steps that a path of records cannot have: {can}")
    if not path or path[-1] != Elements():
        shown = text.removesuffix(".*").rstrip(".")
        raise ValueError(f"records are the elements of an array: write '{shown}[*]'")
    return path


def array_of_objects(content: Any, origin: str) -> str | None:
    """Return what to say of a document that is an array of objects, each of which is meant to be one."""
    if not isinstance(content, list) or not content or not all(isinstance(one, dict) for one in content):
        return None
    return f"{origin} is an array of {counted(len(content), 'object')}: each as a document of its own with --records"


def surroundings(texts: RecordTexts, file: str, path: Path, duplicate_keys: DuplicateKeys) -> Surroundings:
    """Return what surrounds the records of a file that was read.

    Raises:
        DocumentError: D30x, the file is no JSON there; D328, it has no array at the path.
    """
    try:
        content = jsontext.loads(texts.around, file=file, duplicate_keys=duplicate_keys)
    except DocumentError as error:
        told = tuple(moved(one, texts.moved) for one in error.diagnostics)
        raise DocumentError(diagnostics=told if texts.ended else cut_off(told)) from error
    if len(texts.pieces) == 1:
        raise DocumentError(diagnostics=[_no_array(content, file, path)])
    pieces = tuple((text.decode(), count) for text, count in texts.pieces)
    return Surroundings(file, path_text(path, "$"), pieces, tuple(_names(content, path)))


def cut_off(diagnostics: Sequence[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Return diagnostics of what ended the reading of a file, which say so."""
    return tuple(replace(one, message=f"{one.message}; what is behind it was not read") for one in diagnostics)


def lines_are_documents(file: str) -> Diagnostic:
    """Return D329: the records of JSON Lines are its lines."""
    message = "this is JSON Lines: each line is a document already"
    return Diagnostic("D329", message, subject=file, help="leave --records out for it")


def _names(content: Any, path: Path) -> Iterator[str]:
    """Yield each name and place once that leads to no record, though the file has it beside the way to them."""
    yield from dict.fromkeys(
        taken[0].name if len(taken) == 1 and isinstance(taken[0], Name) else path_text(taken)
        for taken in _beside(content, path, ())
    )


def _beside(value: Any, path: Path, taken: Path) -> Iterator[Path]:
    match path[0], value:
        case Elements(), list():
            inner = value if len(path) > 1 else ()
            steps: Iterator[tuple[Name | Index | Elements, Any]] = ((Elements(), one) for one in inner)
        case Index(), list():
            steps = ((Index(number), one) for number, one in enumerate(value))
        case Name() | Members(), dict():
            steps = ((Name(name), one) for name, one in value.items())
        case _:
            yield taken
            return
    for step, one in steps:
        if isinstance(path[0], Elements | Members) or step == path[0]:
            yield from _beside(one, path[1:], (*taken, step))
        else:
            yield (*taken, step)


def _no_array(content: Any, file: str, path: Path) -> Diagnostic:
    there = next(_arrays_of_objects(content), None)
    if there is not None:
        option = "--records" if not there else f"--records '{jsontext.json_path(there)}[*]'"
        advice = f"there is one elsewhere: {option}"
    else:
        advice = "leave --records out if the file is one document, or name the path of its records"
    where = path_text(path[:-1], "$")
    message = f"there is no array of records at {where}: this is {shown_members(content)}"
    return Diagnostic("D328", message, subject=file, help=advice)


def _arrays_of_objects(content: Any) -> Iterator[tuple[str, ...]]:
    """Yield the names that lead to arrays of objects, the nearest first; not all of a large document is looked at."""
    level: list[tuple[tuple[str, ...], Any]] = [((), content)]
    looked = 0
    while level and looked < _SEARCHED:
        looked += len(level)
        yield from (names for names, value in level if array_of_objects(value, "") is not None)
        level = [
            ((*names, name), inner)
            for names, value in level
            if isinstance(value, dict)
            for name, inner in list(value.items())[:_SEARCHED]
        ]

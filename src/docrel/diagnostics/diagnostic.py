"""Diagnostics: what is wrong, where, and how to mend it.

In: facts found by the other stages. Out: frozen `Diagnostic` values, the exceptions that carry them, and one
renderer. Never prints and never decides what is an error.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, Self

Severity = Literal["error", "note"]


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a text file; `line` and `column` count from 1, columns in characters."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding: a code of `docrel.diagnostics.codes`, a message in the user's words, and one action as help.

    `position` is a place in a mapping or document file; `subject` stands in its place where there is no file
    (a JSON path, a table, a database). `excerpt` is the source line the caret points into, `caret` the words
    behind the caret.
    """

    code: str
    message: str
    severity: Severity = "error"
    position: Position | None = None
    subject: str = ""
    help: str = ""
    caret: str = ""
    excerpt: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def render(diagnostic: Diagnostic) -> str:
    """Return the diagnostic as a compiler would print it; the first line is `where: severity[code]: message`."""
    where = str(diagnostic.position) if diagnostic.position else diagnostic.subject
    head = f"{diagnostic.severity}[{diagnostic.code}]: {diagnostic.message}"
    lines = [f"{where}: {head}" if where else head]
    if diagnostic.position and diagnostic.excerpt:
        number = str(diagnostic.position.line)
        shown = diagnostic.excerpt.rstrip("\r\n")
        lines.append(f"  {number} | {shown}")
        before = "".join("\t" if c == "\t" else " " for c in shown[: diagnostic.position.column - 1])
        lines.append(f"  {' ' * len(number)} | {before}^ {diagnostic.caret}".rstrip())
    if diagnostic.help:
        lines.append(f"  help: {diagnostic.help}")
    return "\n".join(lines)


def command(name: str, database: object, options: str = "") -> str:
    """Return a command on a database as a help has it, ready to be run.

    >>> command("restore", "my books.db", "--backup")
    "`docrel restore --db 'my books.db' --backup`"
    """
    return f"`docrel {name} --db {shlex.quote(str(database))} {options}".rstrip() + "`"


def as_json(diagnostic: Diagnostic) -> dict[str, Any]:
    """Return the diagnostic as a JSON object for programs (`--format json`)."""
    position = diagnostic.position
    return {
        "severity": diagnostic.severity,
        "code": diagnostic.code,
        "message": diagnostic.message,
        "file": position.file if position else None,
        "line": position.line if position else None,
        "column": position.column if position else None,
        "subject": diagnostic.subject or None,
        "help": diagnostic.help or None,
        **({"facts": dict(diagnostic.facts)} if diagnostic.facts else {}),
    }


class DocrelError(Exception):
    """Base of every error that docrel raises on purpose; carries its diagnostics, sorted by place."""

    def __init__(self, *, diagnostics: Iterable[Diagnostic]) -> None:
        def place(diagnostic: Diagnostic) -> tuple[str, int, int]:
            at = diagnostic.position
            return (at.file, at.line, at.column) if at else ("", 0, 0)

        self.diagnostics = tuple(sorted(diagnostics, key=place))
        super().__init__("\n".join(render(d) for d in self.diagnostics))

    @classmethod
    def one(cls, code: str, message: str, *, subject: object = "", help: str = "") -> Self:
        """Return the error of a single diagnostic; `subject` may be a path."""
        return cls(diagnostics=[Diagnostic(code, message, subject=str(subject), help=help)])


class MappingError(DocrelError):
    """A mapping file that cannot be used as it is written."""


class DocumentError(DocrelError):
    """A document that is refused: not JSON, or forbidden by a constraint of the mapping."""


class StoreError(DocrelError):
    """A database that cannot be opened, read or written as asked."""


class ArgumentError(DocrelError, ValueError):
    """What a program hands in is none of what is possible there; a `ValueError` too."""


class MissingError(StoreError, KeyError):
    """S420: there is no document of a key; a `KeyError` too."""

    __str__ = Exception.__str__  # a KeyError shows its text as Python writes it


class AbsentError(StoreError):
    """A database that is not there, or has nothing in it."""


class DamagedError(StoreError):
    """A database that is damaged, or that does not give back what was written; nothing in it is to be trusted."""

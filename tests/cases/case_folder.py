"""Case folder: one folder of `tests/cases`, its files, and what a run of it gives, as text.

In: a folder. Out: the files as they are asked for, so that one which nobody asked for is known; rows and
complements as JSON that a person can read.
"""

from __future__ import annotations

import base64
import bz2
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docrel.documents import InputDocument, read_documents
from docrel.plan import Plan
from docrel.sql import SQLITE
from docrel.values import jsontext

CASES = Path(__file__).parent
Rows = dict[str, list[dict[str, Any]]]


@dataclass(slots=True)
class CaseFolder:
    """A case; `update` writes goldens in place of comparing them."""

    path: Path
    update: bool = False
    asked: set[str] = field(default_factory=set)

    def has(self, name: str) -> bool:
        """Say whether the case has the file, which then counts as read."""
        self.asked.add(name)
        return (self.path / name).is_file()

    @property
    def refused(self) -> bool:
        """Whether the case is about what is refused."""
        return self.has("error.txt") or self.path.parent.name == "errors"

    def text(self, name: str) -> str:
        """Return the text of a file."""
        self.asked.add(name)
        return (self.path / name).read_bytes().decode()

    def documents(self, plan: Plan, key: str | None) -> Iterator[InputDocument]:
        """Yield the documents of `doc.json` or `docs.jsonl`, read as `docrel import` reads them."""
        names = [name for name in ("doc.json", "docs.jsonl") if self.has(name)]
        return read_documents(names, plan, part="$" if plan.parts else None, key=key)

    def golden(self, name: str, text: str, *, optional: bool = False) -> None:
        """Assert that the file holds `text`; an optional one may be missing."""
        there = self.has(name)
        if optional and not there:
            return
        if self.update:
            (self.path / name).write_bytes(text.encode())
        assert there or self.update, f"{self.path.name} lacks {name}; --update-golden writes it"
        assert text == self.text(name), f"{self.path.name}/{name}: --update-golden writes it anew"

    def unread(self) -> list[str]:
        """Return the files that nobody asked for."""
        there = {p.name for p in self.path.iterdir() if p.is_file()}
        return sorted(there - self.asked)

    def mapping(self, scratch: Path) -> Path:
        """Return the mapping's path, relative to the folder; a packed one is unpacked into `scratch`."""
        self.has("mapping.yaml")
        if not self.has("mapping.yaml.bz2"):
            return Path("mapping.yaml")
        (scratch / "mapping.yaml").write_bytes(bz2.decompress((self.path / "mapping.yaml.bz2").read_bytes()))
        return scratch / "mapping.yaml"


def folders() -> list[Path]:
    """Return every folder that is a case."""
    return sorted(p for p in CASES.rglob("*") if p.is_dir() and any(f.is_file() for f in p.iterdir()) and _is_case(p))


def _is_case(path: Path) -> bool:
    return not any(part.startswith(("_", ".")) for part in path.relative_to(CASES).parts)


def spaced(value: Any) -> str:
    """Return a value as JSON on one line, with a space behind each comma and colon; bytes as base64."""
    match value:
        case dict():
            return "{" + ", ".join(f"{jsontext.dumps(k)}: {spaced(v)}" for k, v in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(spaced(v) for v in value) + "]"
        case bytes():
            return spaced({"base64": base64.b64encode(value).decode()})
    return jsontext.dumps(value)


def laid_out(value: Any, indent: str = "", width: int = 90) -> str:
    """Return a value as JSON for a person: what fits into a line is on one."""
    line = spaced(value)
    if len(indent) + len(line) <= width or not value or not isinstance(value, dict | list):
        return line
    inner = indent + "  "
    if isinstance(value, dict):
        parts = [f"{inner}{jsontext.dumps(k)}: {laid_out(v, inner, width)}" for k, v in value.items()]
        return "{\n" + ",\n".join(parts) + f"\n{indent}}}"
    return "[\n" + ",\n".join(inner + laid_out(v, inner, width) for v in value) + f"\n{indent}]"


def rows_text(rows: Rows, notes: list[dict[str, Any]]) -> str:
    """Return tables and complement as `rows.json` has them: a row a line."""
    tables = [f"    {jsontext.dumps(name)}: {_lines(found, '    ')}" for name, found in rows.items()]
    return '{\n  "tables": {\n' + ",\n".join(tables) + f'\n  }},\n  "complement": {_lines(notes, "  ")}\n}}\n'


def _lines(found: list[dict[str, Any]], indent: str) -> str:
    if not found:
        return "[]"
    return "[\n" + ",\n".join(f"{indent}  {spaced(row)}" for row in found) + f"\n{indent}]"


def stored_rows(connection: sqlite3.Connection, plan: Plan) -> Rows:
    """Return all rows of the mapped tables, in the order in which they were stored."""
    quote = SQLITE.quote_identifier
    found: Rows = {}
    for table in plan.tables:
        names = [column.name for column in table.columns]
        columns = ", ".join(map(quote, names))
        rows = connection.execute(f"SELECT {columns} FROM {quote(table.name)} ORDER BY rowid")
        found[table.name] = [dict(zip(names, row, strict=True)) for row in rows]
    return found


def stored_notes(connection: sqlite3.Connection, plan: Plan) -> list[dict[str, Any]]:
    """Return the complement as its view shows it, its shapes put in, by document, table and row."""
    quote = SQLITE.quote_identifier
    order = {table.name: number for number, table in enumerate(plan.tables)}
    sql = (
        f'SELECT "document", "table", "row", s."body", c."body" FROM {quote(plan.complement)} AS c '
        f'LEFT JOIN {quote(plan.shapes)} AS s ON s."id" = c."shape"'
    )
    found = sorted(connection.execute(sql).fetchall(), key=lambda n: (repr(n[0]), order[n[1]], n[2]))
    return [
        {"document": document, "table": table, "row": row} | _parsed("shape", shape) | _parsed("body", body)
        for document, table, row, shape, body in found
    ]


def _parsed(name: str, text: str | None) -> dict[str, Any]:
    return {} if text is None else {name: jsontext.loads_text(text)}

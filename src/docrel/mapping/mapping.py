"""A mapping, loaded: what a Python program uses.

In: a mapping's file or the name of a shipped one. Out: its plan, its DDL, documents as rows and rows as
documents; or a database opened as a store.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from docrel.compile import compile
from docrel.diagnostics import ArgumentError, DocumentError, MappingError, check_choice
from docrel.documents import problem_diagnostic
from docrel.engine import flattener_of, rebuilder_of
from docrel.mapping.trial import refused_sql
from docrel.plan import Plan
from docrel.rows import Note, Rows, complement
from docrel.spec import STDIN, Spec, mapping_file
from docrel.spec import load as load_spec
from docrel.spec import loads as loads_spec
from docrel.values import jsontext, utc_now

if TYPE_CHECKING:
    from docrel.store import Store


def load(path_or_name: str | Path) -> Mapping:
    """Return the mapping of a file, or the shipped one of a name: `missions`, `missions@1`; `"-"` is standard input.

    Raises:
        MappingError: There is none, or something is wrong with it; with every problem found.

    >>> load("missions@2").plan.version
    2
    """
    return _mapping(load_spec(STDIN if path_or_name == STDIN else mapping_file(path_or_name)))


def loads(text: str) -> Mapping:
    """Return the mapping that a text is, in YAML.

    Raises:
        MappingError: Something is wrong with it; with every problem found.

    >>> loads("{mapping: m, document: {key: id}, tables: {t: {columns: {id: {required: true, unique: true}}}}}")
    <Mapping m@1>
    """
    if not isinstance(text, str):
        raise TypeError(f"a mapping is loaded from text, not from {type(text).__name__}")
    return _mapping(loads_spec(text))


def _mapping(spec: Spec) -> Mapping:
    plan = compile(spec)
    found = refused_sql(plan, spec)
    if found:
        raise MappingError(diagnostics=found)
    return Mapping(plan, "\n".join(spec.text.lines))


def open(db: str | Path, mapping: Mapping | Plan | str | Path | None = None, *, timeout_s: float = 30.0) -> Store:
    """Open a database as a store; one that is not there yet is made, if the mapping is given.

    Without a mapping it is opened by the plan that it carries. `db` is a file, or `:memory:`; `timeout_s` is how many
    seconds to wait for other programs that hold the database.

    Raises:
        MappingError: There is no such mapping, or something is wrong with it.
        StoreError: The database cannot be used, or was built by another mapping.
    """
    from docrel.store import open_store

    if isinstance(mapping, (str, Path)):
        mapping = load(mapping)
    if not isinstance(mapping, Mapping | Plan | None):
        raise TypeError(f"a mapping is a path, a name, or what `docrel.load` returns, no {type(mapping).__name__}")
    return open_store(db, mapping.plan if isinstance(mapping, Mapping) else mapping, timeout_s=timeout_s)


class Mapping:
    """A mapping that has been checked.

    Attributes:
        plan: What the mapping means.
        yaml: The text that it was made from, with comments; None where it was made from a plan.
    """

    def __init__(self, plan: Plan, yaml: str | None = None) -> None:
        self.plan, self.yaml = plan, yaml

    def __repr__(self) -> str:
        return f"<Mapping {self.plan.name}@{self.plan.version}>"

    def explain(self) -> str:
        """Return the plan in words: which way each column travels, and what needs the complement."""
        from docrel.pages import explain

        return explain(self.plan)

    def ddl(self, dialect: str = "sqlite") -> str:
        """Return the SQL script that makes an empty database.

        Raises:
            ArgumentError: S490, there is no such dialect.
        """
        from docrel.sql import DIALECTS, ddl, script

        check_choice("dialect", dialect, DIALECTS)
        return script(ddl(self.plan, DIALECTS[dialect]))

    def flatten(self, document: Any, *, key: str | None = None, now: str | None = None) -> Rows:
        """Return the rows of a document.

        `key` names a document that does not name itself, `now` is the time for defaults that need one.

        Raises:
            DocumentError: It is not JSON, or a constraint forbids it; with every problem found.

        Law: GetPut, `tests/laws/test_getput.py`.
        """
        jsontext.check_value(document)
        flattener = flattener_of(self.plan)
        to = flattener.start()
        flattened = flattener.add(document, to, given=key, now=utc_now() if now is None else now)
        if flattened.problems:
            raise DocumentError(diagnostics=[problem_diagnostic(p, self.plan, "") for p in flattened.problems])
        tables = self.plan.tables
        return Rows(
            MappingProxyType({t.name: tuple(rows) for t, rows in zip(tables, to.rows, strict=True)}),
            MappingProxyType({t.name: tuple(c.name for c in t.columns) for t in tables}),
            tuple(Note(tables[number].name, row, *x.dump()) for (number, row), x in flattened.notes.items()),
        )

    def rebuild(self, rows: Rows) -> Any:
        """Return the document that rows are of, exactly.

        Raises:
            ArgumentError: S491, they are not the rows of one document.
        """
        number = {table.name: n for n, table in enumerate(self.plan.tables)}
        with _of_one_document():
            notes = {(number[n.table], n.row): complement.load(n.shape, n.body) for n in rows.complement}
            by_table = [list(rows.tables.get(table.name, ())) for table in self.plan.tables]
            documents = rebuilder_of(self.plan).documents(by_table, notes)
            if len(documents) != 1:
                raise ValueError(f"they are the rows of {len(documents)} documents, not of one")
        return documents[0][2]


@contextmanager
def _of_one_document() -> Iterator[None]:
    """Make a document within of rows that somebody hands in; what Python raises where they are none is S491."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as e:
        advice = "give what `flatten` returned for one document; values may be others of the same types"
        raise ArgumentError.one("S491", f"these rows make no document: {e}", help=advice) from e

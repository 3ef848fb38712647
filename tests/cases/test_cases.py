"""A folder is a test: what a mapping makes of a document, and back, in memory and through a SQLite database.

Files of a case (any other fails it):

- `mapping.yaml` (or `mapping.yaml.bz2`, where it is huge), `codec.py` that registers column types of its own.
- `doc.json` or `docs.jsonl`, and `given.txt`, the name that the caller gives a document.
- `rows.json` and `sqlite.sql`: goldens of the rows with the complement, and of the DDL.
- `rebuilt.json`: the document as it comes back, only where the mapping declares a loss.
- `edit.sql` with `edited.json` (or `editeds.jsonl`): edits of the rows, and the document that then comes out.
- `refused.sql`: statements that the database has to refuse, each of them.
- `query.sql` with `answer.json`: one SELECT and its rows.
- `error.txt`: what is said of a mapping, or of documents, that are refused.
"""

from __future__ import annotations

import runpy
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, cast

import pytest
from case_folder import (
    CASES,
    CaseFolder,
    Rows,
    folders,
    laid_out,
    rows_text,
    spaced,
    stored_notes,
    stored_rows,
)

from docrel import plan as plans
from docrel import spec
from docrel.backends.sqlite.introspection import introspect
from docrel.compile import compile, load_plan
from docrel.diagnostics import DocrelError, DocumentError, render
from docrel.diagnostics.codes import codes
from docrel.engine import Flattener, Rebuilder
from docrel.plan import ParentKey, Plan, Surrogate
from docrel.rows import complement
from docrel.sql import SQLITE, ddl, schema_of, script
from docrel.store import Store, open_store
from docrel.values import codecs, jsontext

NOW = "2026-01-01T00:00:00Z"
FOLDERS = folders()
NAMES = [str(path.relative_to(CASES)) for path in FOLDERS]


@pytest.fixture
def case(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[CaseFolder]:
    """The case of a test, its folder the working one; every file of it has to be asked for."""
    folder = CaseFolder(request.param, request.config.getoption("--update-golden"))
    monkeypatch.chdir(request.param)
    known = dict(codecs.CODECS)
    if folder.has("codec.py"):
        runpy.run_path("codec.py")
    yield folder
    registered = cast("dict[str, codecs.Codec]", codecs.CODECS)
    for name in set(registered) - set(known):
        del registered[name]


@pytest.mark.parametrize("case", FOLDERS, ids=NAMES, indirect=True)
def test_a_case_holds(case: CaseFolder, tmp_path: Path) -> None:
    try:
        plan = compile(spec.load(case.mapping(tmp_path)))
        assert load_plan(plans.dump(plan)) == plan
        said = run(case, plan, tmp_path)
    except DocrelError as refused:
        said = f"{refused}\n"
    said = said.replace(f"{tmp_path}/", "")
    if case.refused:
        case.golden("error.txt", said)
    else:
        assert not said, said
    assert not case.unread(), "the runner does not read these files"


def run(case: CaseFolder, plan: Plan, scratch: Path) -> str:
    """Run the documents of a case; returns what is said of those that are refused."""
    case.golden("sqlite.sql", script(ddl(plan, SQLITE)), optional=case.refused)
    if case.has("sqlite.sql"):
        check_sql(case.text("sqlite.sql"), plan)
    given = case.text("given.txt").rstrip("\n") if case.has("given.txt") else None
    said: list[str] = []
    documents: list[tuple[Any, Any]] = []
    with open_store(scratch / "case.db", plan, clock=lambda: NOW) as store:
        for found in case.documents(plan, given):
            said.extend(map(render, found.diagnostics))
            try:
                if found.readable:
                    with store.transaction():
                        key = store.write(found.document, given, clean=found.clean, origin=found.origin).key
                    documents.append((key, found.document))
            except DocumentError as refused:
                said.append(str(refused))
        check_documents(case, store, documents, given)
        check_memory(case, plan, documents, given)
        check_later(case, store, given)
        check_sql_sides(case, store, given)
    return "\n".join(said) + "\n" if said else ""


def check_sql(sql: str, plan: Plan) -> None:
    """Law 5: the golden DDL, executed, is the schema that the plan asks for."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(sql)
        assert introspect(connection) == schema_of(plan, SQLITE)


def check_documents(case: CaseFolder, store: Store, documents: list[tuple[Any, Any]], given: str | None) -> None:
    """The rows are the golden ones, each document comes back, and is then nothing to write."""
    with closing(sqlite3.connect(store.backend.name)) as connection:
        text = rows_text(stored_rows(connection, store.plan), stored_notes(connection, store.plan))
    case.golden("rows.json", text, optional=case.refused)
    for key, document in documents:
        back = store.get(key)
        if "key-order" in store.plan.forget:
            assert back == document
            case.golden("rebuilt.json", jsontext.dumps(back) + "\n")
        else:
            assert jsontext.same(back, document), jsontext.first_difference(document, back)
        assert store.put(back, given).kind == "unchanged"


def check_memory(case: CaseFolder, plan: Plan, documents: list[tuple[Any, Any]], given: str | None) -> None:
    """Without a database the same rows and the same documents come out."""
    flattener = Flattener(plan)
    state = flattener.start()
    for _, document in documents:
        assert flattener.add(document, state, given=given, now=NOW).problems == ()
    if case.has("rows.json"):
        golden = jsontext.loads_text(case.text("rows.json"))
        assert isinstance(golden, dict)
        names = {table.name: [c.name for c in table.columns] for table in plan.tables}
        found = {
            table.name: [dict(zip(names[table.name], map(_stored, row), strict=True)) for row in rows]
            for table, rows in zip(plan.tables, state.rows, strict=True)
        }
        assert jsontext.loads_text(spaced(found)) == golden["tables"]
    notes = {place: complement.load(*note.dump()) for place, note in state.notes.items()}
    back = [found for _, _, found in Rebuilder(plan).documents(state.rows, notes)]
    wanted = [document for _, document in documents]
    if len(plan.roots) == 1:
        same = jsontext.same if "key-order" not in plan.forget else lambda a, b: bool(a == b)
        assert same(back, wanted)


def check_later(case: CaseFolder, store: Store, given: str | None) -> None:
    """A later version of the document is put over it, and comes back."""
    if case.has("later.json"):
        later = jsontext.loads_text(case.text("later.json"))
        key = store.put(later, given).key
        assert jsontext.same(store.get(key), later)


def _stored(value: Any) -> Any:
    return int(value) if isinstance(value, bool) else value


def check_sql_sides(case: CaseFolder, store: Store, given: str | None) -> None:
    """What SQL reads, what it is refused, and what a document shows of an edit (law 2)."""
    with closing(sqlite3.connect(store.backend.name)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        if case.has("query.sql"):
            cursor = connection.execute(case.text("query.sql"))
            names = [part[0] for part in cursor.description]
            rows = [spaced(dict(zip(names, row, strict=True))) for row in cursor]
            case.golden("answer.json", "[\n  " + ",\n  ".join(rows) + "\n]\n" if rows else "[]\n")
        for statement in statements(case.text("refused.sql")) if case.has("refused.sql") else ():
            with pytest.raises(sqlite3.IntegrityError):
                connection.execute(statement)
            connection.rollback()
        if not case.has("edit.sql"):
            return
        connection.executescript(f"BEGIN; {case.text('edit.sql')}\n; COMMIT")
        edited = [found for _, found in store.scan()]
        if case.has("docs.jsonl"):
            case.golden("editeds.jsonl", "".join(f"{spaced(found)}\n" for found in edited))
        else:
            case.golden("edited.json", "".join(f"{laid_out(found)}\n" for found in edited))
        before = without_ids(stored_rows(connection, store.plan), store.plan)
        for found in edited:
            store.put(found, given)
        after = without_ids(stored_rows(connection, store.plan), store.plan)
        assert after == before, "flattened again, the edited rows stay"
        assert jsontext.same([found for _, found in store.scan()], edited)


def without_ids(rows: Rows, plan: Plan) -> list[str]:
    """Return the rows as text, in no order, without what docrel numbers."""
    engine = {(t.name, c.name) for t in plan.tables for c in t.columns if isinstance(c.role, Surrogate | ParentKey)}
    return sorted(
        table + spaced({name: value for name, value in row.items() if (table, name) not in engine})
        for table, found in rows.items()
        for row in found
    )


def statements(sql: str) -> Iterator[str]:
    """Yield each statement of a script."""
    text = ""
    for line in sql.splitlines():
        text += line + "\n"
        if sqlite3.complete_statement(text):
            yield text
            text = ""


ELSEWHERE = {
    "D306": "a Python value: tests/unit/test_jsontext.py",
    "D321": "two documents of one import: a case puts them one by one",
    "D326": "a document of another root table is stored: tests/unit/test_look_alike_keys.py",
    "D327": "an option of import: tests/unit/test_asides.py",
    "D328": "the records of a file: tests/unit/test_records.py",
    "D329": "the records of a file: tests/unit/test_records.py",
    **{f"D33{n}": "files and folders, which a case does not read" for n in range(1, 10)},
    "M230": "it needs thousands of tables: tests/unit/test_compile.py",
    "M231": "SQLite says it, in words of its own: tests/unit/test_odd_arguments.py",
    "D341": "verify",
    "D342": "verify",
    "D343": "a quarantine, which a case does not have: tests/unit/test_same_files.py",
    "D351": "packed files: tests/unit/test_files.py",
    "D352": "packed files: tests/unit/test_files.py",
    "D361": "documents to infer from: tests/unit/test_first_mapping.py",
}


def test_every_code_has_a_case() -> None:
    """Every code of a mapping file, and of a document that it refuses, is said in some case."""
    said = "\n".join(path.read_text() for path in CASES.rglob("error.txt"))
    wanted = {code for code in codes() if code[:2] in ("Y1", "M2", "D3")} - set(ELSEWHERE)
    assert [code for code in sorted(wanted) if f"[{code}]" not in said] == []


def test_the_runner_fails_on_a_file_that_it_does_not_read(tmp_path: Path) -> None:
    (tmp_path / "doc.jsn").write_text("{}")
    folder = CaseFolder(tmp_path)
    assert not folder.has("doc.json")
    assert folder.unread() == ["doc.jsn"]


def test_a_golden_that_differs_fails_and_is_not_written(tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text("[1]\n")
    with pytest.raises(AssertionError, match="--update-golden"):
        CaseFolder(tmp_path).golden("rows.json", "[2]\n")
    assert (tmp_path / "rows.json").read_text() == "[1]\n"

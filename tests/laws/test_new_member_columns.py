"""`import --new-members`: a member that nobody had seen before is told, refused, or a column as if it had always been.

Random mappings, documents with members unseen, at the top and wherever hostile documents have them. What the lines for
the mapping file make of it, a new database for the edited file shows. DOCREL_FAULTS=all tries more.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from dataclasses import replace
from importlib import import_module
from random import Random
from typing import Any

import pytest
import yaml
from edited_documents import quoted
from mappings import Mappings
from row_trees import first_difference
from same_rows import rows_of
from test_minimal_writes import a_store

from docrel import compile, spec
from docrel.authoring import NewColumns, new_columns
from docrel.diagnostics import DocumentError, MappingError
from docrel.documents import InputDocument, UnnamedMembers
from docrel.migrate import applying
from docrel.plan import Column, Members, Plan, checksum
from docrel.store import ImportReport, Store
from docrel.store.known_members import KnownMembers
from docrel.testing.documents import SCALARS, Documents, junk
from docrel.values import jsontext

ROUNDS = 1500 if os.environ.get("DOCREL_FAULTS") == "all" else 40
CLOCK = "2030-01-01T00:00:00Z"
UNSEEN = ("unseen", "un seen", "Größe, neu", "it's new", "k", "id", "a.b", "'); DROP TABLE x; --", "SELECT", "unseen")
TOLD = UNSEEN[:4]
"""Those that no mapping has."""


def a_mapping(random: Random) -> tuple[dict[str, Any], Plan]:
    """Return a mapping as it is written, and compiled."""
    while True:
        text = Mappings(random).text()
        try:
            plan = compile.compile(spec.loads(text))
        except MappingError:
            continue
        if not plan.forget:
            return json.loads(text), plan


class Round:
    """Documents of before and of now, for one mapping."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.written, self.plan = a_mapping(random)
        made = Documents(self.plan)
        found = [InputDocument(f"{n}", self.unseen(made.one(random)), key=f"given {n}") for n in range(8)]
        good = [document for document in found if _is_json(document.document)]
        self.before, self.now = good[: random.choice((0, 1, 3))], good[3:]

    def unseen(self, document: Any) -> Any:
        """Return a document with members that the mapping has not, at the top."""
        if not isinstance(document, dict) or self.random.random() < 0.2:
            return document
        more = self.random.sample(UNSEEN, self.random.randint(0, 3))
        kind = self.random.random()
        values = [junk(self.random, 2) if kind < 0.5 else self.random.choice(SCALARS) for _ in more]
        return {**dict(zip(more, values, strict=True)), **document}

    def run(self, ends: Counter[str]) -> None:
        """Import the documents in each of the three ways."""
        with self.store(self.plan) as store, self.store(self.plan) as strict:
            report = store.import_(self.now)
            self.check_told(store, report)
            self.check_refusals(strict, ends)
            found = new_columns(store.backend, store.plan, report.new_members)
            before = {key: jsontext.dumps(document) for key, document in store.scan()}
            self.check_all_decided(found, report)
            ends.update(Counter(given=len(found.given), left=len(found.left), told=len(report.new_members)))
            if found.given:
                applying.apply(store.backend, found.plan, backup=False, clock=lambda: CLOCK)
                self.check_columns(found, before, Store(store.backend, found.plan, clock=lambda: CLOCK))

    def store(self, plan: Plan) -> Store:
        """Return a store with the documents of before."""
        store = a_store(plan)
        store.import_(self.before)
        return store

    def check_told(self, store: Store, report: ImportReport) -> None:
        """Check that members at the top of documents are told where no document of before has them, and once."""
        told = [(one.table, one.pointer, one.name) for one in report.new_members]
        assert len(set(told)) == len(told)
        takes_all = any(s.each[:1] == (Members(),) for t in self.plan.tables for s in t.sources if s.parent is not None)
        if takes_all or len(self.plan.roots) > 1:
            return
        with self.store(self.plan) as earlier:
            known = [name for _, document in earlier.scan() if isinstance(document, dict) for name in document]
        there = [name for _, document in store.scan() if isinstance(document, dict) for name in document]
        for name in TOLD:
            is_told = (self.plan.roots[0].name, (), name) in told
            assert is_told == (name in there and name not in known), f"{name!r} is {'' if is_told else 'not '}told"

    def check_refusals(self, strict: Store, ends: Counter[str]) -> None:
        """Check that exactly the documents stay out that have a member which nobody had seen before the import."""
        new, others = [], []
        for document in self.now:
            report = strict.import_([document], dry_run=True)
            new += [document.origin] * bool(report.new_members)
            others += [document.origin] * bool(report.refused or report.set_aside)  # in which there may be new members
        refused: list[str] = []

        def hear(document: InputDocument, diagnostics: Any) -> None:
            if diagnostics[0].code == "D327":
                refused.append(document.origin)

        report = strict.import_(self.now, new_members="refuse", on_refused=hear)
        assert report.new_members == ()
        assert set(new) <= set(refused) <= {*new, *others}, f"refused {refused}, new members have {new}"
        with self.store(self.plan) as fresh:
            fresh.import_([document for document in self.now if document.origin not in refused])
            difference = first_difference(rows_of(strict), rows_of(fresh))
            assert difference is None, f"something of a refused document is there: {difference}"
        ends["refused"] += len(refused)

    def check_all_decided(self, found: NewColumns, report: ImportReport) -> None:
        """Check that each member has a column, or it is said why it has none."""
        assert len(found.given) + len(found.left) == len(report.new_members)
        assert all(one.why for one in found.left)
        assert (found.plan.version == self.plan.version + 1) is bool(found.given)

    def check_columns(self, found: NewColumns, before: dict[Any, str], store: Store) -> None:
        """Check that the database is as if the mapping had had the columns from the start."""
        plan = compile.compile(spec.loads(self.edited(found)))
        assert checksum(plan) == checksum(found.plan)
        assert {key: jsontext.dumps(document) for key, document in store.scan()} == before
        with self.store(plan) as fresh:
            fresh.import_(self.now)
            difference = first_difference(rows_of(store), rows_of(fresh))
            assert difference is None, f"with the column: {difference}"
            for one in found.given:
                assert answers(store, one.table, one.column) == answers(fresh, one.table, one.column)

    def edited(self, found: NewColumns) -> str:
        """Return the mapping with what was told of it."""
        written = json.loads(json.dumps(self.written))
        written["version"] = found.plan.version
        tables = list(written["tables"].items())
        for name, table in tables:
            tables.extend(table.get("tables", {}).items())
            for one in found.given:
                if one.table == name:
                    table["columns"] |= yaml.safe_load(one.line)
        return json.dumps(written, ensure_ascii=False)


def answers(store: Store, table: str, column: str) -> list[Any]:
    """Return what SQL says of a column."""
    c, t = quoted(column), quoted(table)
    sql = f"SELECT typeof({c}), {c}, count(*), total({c}) FROM {t} GROUP BY 1, 2 ORDER BY 1, 2"
    return store.backend.execute(sql)


def _is_json(document: Any) -> bool:
    try:
        jsontext.check_value(document)
    except DocumentError:
        return False
    return True


def one_round(seed: int, ends: Counter[str]) -> None:
    Round(Random(seed)).run(ends)


def test_a_new_member_is_told_refused_or_a_column() -> None:
    ends: Counter[str] = Counter()
    for seed in range(ROUNDS):
        one_round(seed, ends)
    assert all(ends[kind] >= ROUNDS // 8 for kind in ("given", "left", "refused"))


# -- negative controls: what is broken is caught -----------------------------------------------------------------


def _first(plan: Plan, table: str, column: Column) -> Plan:
    tables = (replace(t, columns=(column, *t.columns)) if t.name == table else t for t in plan.tables)
    return replace(plan, tables=tuple(tables))


_NEW_COLUMNS = import_module("docrel.authoring.new_columns")
BROKEN: dict[str, tuple[int, Any, str, Any]] = {
    "members of a document that was taken out are told": (0, UnnamedMembers, "take_back", lambda *_: None),
    "members that others have are new": (0, KnownMembers, "__call__", lambda *_: False),
    "members that nobody has seen are known": (0, KnownMembers, "__call__", lambda *_: True),
    "nothing is refused": (0, KnownMembers, "new_of", lambda *_: iter(())),
    "the file is told another type": (0, _NEW_COLUMNS, "type_of", lambda _: "json"),
    "the column is put first": (0, _NEW_COLUMNS, "with_column", _first),
    "what has no column is not told": (0, _NEW_COLUMNS, "_left", lambda found, *_: found),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *broken = BROKEN[name]
    monkeypatch.setattr(*broken)
    with pytest.raises(AssertionError):
        for seed in range(first, first + 60):
            one_round(seed, Counter())

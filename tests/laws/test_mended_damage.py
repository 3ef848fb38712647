"""`doctor --fix`: after damage that SQL can do, what nobody has to judge is mended, and nothing else is touched.

Which rows lie below a document is read from the links alone (`damages.reached`), which shares nothing with the engine.
DOCREL_FAULTS=all tries more.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import pytest
from damages import Damages, reached
from edited_database import EditedDatabase, owed
from mappings import Mappings
from row_trees import first_difference, rows_by_table

from docrel import compile, spec
from docrel.diagnostics import DocumentError, MappingError, StoreError, counted
from docrel.documents import spelt
from docrel.mapping import Mapping
from docrel.plan import Plan, Table
from docrel.sql import Dml
from docrel.testing.documents import Documents
from docrel.upkeep import mend, mending, validate
from docrel.values import jsontext

ROUNDS = 1500 if os.environ.get("DOCREL_FAULTS") == "all" else 25
NOTES = 'SELECT "table", "row" FROM {}'
OBJECTS = "SELECT type, name FROM sqlite_master WHERE type IN ('index', 'trigger', 'view')"


def a_plan(random: Random) -> Plan:
    """Return a plan with an index and a view of the author's, whose constraints forbid much or little."""
    while True:
        mapping = json.loads(Mappings(random).text())
        mapping["constraints"] = random.choice(("all", "all", "declared"))
        root = next(iter(mapping["tables"].values()))
        root["indexes"] = {"of the author": {"columns": ["k"], "unique": random.random() < 0.5}}
        mapping["views"] = {"seen": "SELECT 1 AS one"}
        try:
            return compile.compile(spec.loads(json.dumps(mapping, ensure_ascii=False)))
        except MappingError:
            continue


@dataclass(frozen=True, slots=True)
class State:
    """What is in a database: the text of each document or None, rows by table, notes, indexes, triggers and views."""

    documents: dict[Any, str | None]
    rows: dict[str, list[Any]]
    notes: set[Any]
    objects: set[Any]


class Round:
    """One database, its damage and its mending."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.random, self.plan = random, a_plan(random)
        self.database = EditedDatabase(folder / "damaged.db", self.plan)
        made = Documents(self.plan)
        with self.database.store() as store:
            for n in range(random.choice((1, 3, 8))):
                document = made.one(random)
                try:
                    jsontext.check_value(document)
                    store.put(document, f"given {n}")
                except DocumentError:
                    continue

    def run(self, ends: Counter[str]) -> None:
        """Damage it, mend it, and see that only what is damaged has changed."""
        whole = self.state()
        if not whole.documents:
            return
        assert not [check for check in self.checks() if not check.ok]
        for _ in range(self.random.choice((1, 2, 3, 6))):
            damages = Damages(self.random, self.database)
            if any(damages.rows.values()):
                self.database.edit(*damages.one(), foreign_keys=False)
        before = self.state()
        done = self.mend()
        after = self.state()
        self.check_told(before, after, done)
        self.check_documents(before, after, done)
        self.check_rows(before, after)
        assert self.mend() == [], "mended twice"
        faults = self.faults(after)
        assert not faults, f"not sound: {faults}"
        ends.update(
            kind for kind in ("removed", "trigger", "index", "view", "note") if any(kind in one for one in done)
        )
        ends["none"] += not done
        ends["unreadable"] += None in after.documents.values()
        ends["readable again"] += any("read again" in one for one in done)

    def mend(self) -> list[str]:
        with self.database.store() as store, owed("mending"):
            done, backup = mend(store)
            assert bool(done) == (backup is not None)
            return done

    def checks(self) -> list[Any]:
        with self.database.store() as store, owed("validating"):
            return validate(store)

    def state(self) -> State:
        documents: dict[Any, str | None] = {}
        with self.database.store() as store:
            for key in list(store.keys()):
                try:
                    documents[key] = jsontext.dumps(store.get(key))
                except StoreError:
                    documents[key] = None
        query = self.database.query
        notes = set(query(NOTES.format(f'"{self.plan.notes}"')))
        return State(documents, rows_by_table(self.plan, query), notes, set(query(OBJECTS)))

    def check_told(self, before: State, after: State, done: list[str]) -> None:
        """Check that what was done is told, and nothing else."""
        told = Counter(one for one in done if "can be read again" not in one)
        wanted = Counter[str]()
        for name, rows in before.rows.items():
            gone = len(rows) - len(after.rows[name])
            wanted[f"{counted(gone, 'row')} of {name} removed, as the row above was gone"] += gone > 0
        assert not before.objects - after.objects
        for kind, name in after.objects - before.objects:
            wanted[f"{kind} {name} was missing, and is made"] += 1
        removed = {(n, str(row[k])) for n, k in self.numbered() for row in before.rows[n] if row not in after.rows[n]}
        stale = [note for note in before.notes - after.notes if (note[0], str(note[1])) not in removed]
        others = [one for one in told - wanted if one.startswith("trigger ")]  # of another text before
        notes = [one for one in told - wanted if " on rows that are gone" in one]
        assert not wanted - told, f"not told: {wanted - told}, but {done}"
        assert sum((told - wanted).values()) == len(others) + len(notes), f"not done: {told - wanted}"
        if len(self.numbered()) == len(self.plan.tables):
            assert notes == [f"{counted(len(stale), 'note')} on rows that are gone, removed"] * bool(stale)

    def numbered(self) -> list[tuple[str, str]]:
        return [(table.name, table.surrogate) for table in self.plan.tables if table.surrogate is not None]

    def check_documents(self, before: State, after: State, done: list[str]) -> None:
        """Check that documents are as they were; one that could not be read can be now only if that is told."""
        assert before.documents.keys() == after.documents.keys()
        for key, text in before.documents.items():
            if text is not None:
                assert after.documents[key] == text, f"{key!r} was {text}, is {after.documents[key]}"
            elif after.documents[key] is not None:
                assert any(spelt(key) in one and "can be read again" in one for one in done), f"{key!r} is not told"

    def check_rows(self, before: State, after: State) -> None:
        """Check that rows of whole documents stay, and none that lies below no document."""
        below, left = reached(self.plan, before.rows), reached(self.plan, after.rows)
        if None not in before.documents.values():
            difference = first_difference(below, after.rows)
            if not self.referred(below):
                assert difference is None, f"rows of whole documents, or others: {difference}"
        lost = {name: [row for row in rows if row not in left[name]] for name, rows in after.rows.items()}
        if any(lost.values()):
            assert self.referred(left) & self.targets(lost), f"rows below no document are left: {lost}"
        assert self.broken(left) <= self.broken(below), "a reference leads nowhere now"

    def referred(self, rows: dict[str, list[Any]]) -> set[Any]:
        """Return to what rows refer: tables, columns, values."""
        refers = [(t.name, c.name, c.references) for t in self.plan.tables for c in t.columns if c.references]
        return {(*target, row[name]) for table, name, target in refers for row in rows[table]}

    def targets(self, rows: dict[str, list[Any]]) -> set[Any]:
        return {(table, name, value) for table, among in rows.items() for row in among for name, value in row.items()}

    def broken(self, rows: dict[str, list[Any]]) -> set[Any]:
        return {one for one in self.referred(rows) - self.targets(rows) if one[2] is not None}

    def faults(self, state: State) -> list[str]:
        """Return what is not sound, but for what a person has to judge: that is named."""
        wrong = [check.text for check in self.checks() if not check.ok]
        for key, text in state.documents.items():
            if text is None:
                assert any(spelt(key) in one for one in wrong), f"{key!r} is not named in {wrong}"
        known = ["Documents: "] * (None in state.documents.values())
        left = reached(self.plan, state.rows)
        known += [" lies below no document", " lie below no document"] * (left != state.rows)
        known += ["does not exist"] * bool(self.broken(state.rows) or left != state.rows)
        known += ["but would not be written as it is"] * any(map(self.is_forbidden, state.documents.values()))
        return [one for one in wrong if not any(words in one for words in known)]

    def is_forbidden(self, text: str | None) -> bool:
        """Say whether a document can be read, and has by now what a rule of the mapping forbids."""
        if text is None:
            return False
        try:
            Mapping(self.plan).flatten(jsontext.loads_text(text), key="given")
        except DocumentError:
            return True
        return False


def one_round(seed: int, ends: Counter[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="docrel-mend-") as folder:
        Round(Path(folder), Random(seed)).run(ends)


def test_what_is_damaged_is_mended_or_named() -> None:
    ends: Counter[str] = Counter()
    for seed in range(ROUNDS):
        one_round(seed, ends)


# -- negative controls: what is broken is caught -----------------------------------------------------------------


def _right_below_documents(self: Dml, table: Table) -> Iterator[str]:
    is_top = table.parent is not None and self.plan.table(table.parent).parent is None
    return _WAYS(self, table) if is_top else iter(())


def _rows_without_a_link_too(self: Dml, table: Table) -> Iterator[str]:
    return (sql.replace("IS NOT NULL", "IS NOT 0") for sql in _WAYS(self, table))


_WAYS = Dml.delete_orphans
BROKEN: dict[str, tuple[int, Any, str, Any]] = {
    "rows far below stay": (6, Dml, "delete_orphans", _right_below_documents),
    "rows that name no second row above go": (2, Dml, "delete_orphans", _rows_without_a_link_too),
    "what was dropped is not made again": (1, mending, "_objects", lambda _: ()),
    "notes on rows that are gone stay": (5, mending, "_stale", lambda _: ()),
    "what was removed is not told": (6, mending, "_counts", lambda _: {}),
    "a document that can be read again is not told": (21, mending, "_readable_again", lambda *_: ()),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_doctor_is_caught(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *broken = BROKEN[name]
    monkeypatch.setattr(*broken)
    with pytest.raises(AssertionError):
        for seed in range(first, first + 60):
            one_round(seed, Counter())

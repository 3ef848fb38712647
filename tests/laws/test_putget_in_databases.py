"""Law 2, PutGet, through real databases: a client that knows only SQL edits rows of all tables.

Whatever the database allows, each document afterwards either has those rows when it is flattened again, or is
refused by name; no other document is touched; `get`, `scan` and `export` agree. Where the model of
`document_model` can say what the edit means, the document shows that and nothing else.
"""

from __future__ import annotations

import os
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import edited_documents
import pytest
from document_model import DocumentModel, same_but_for
from edited_database import CLOCK, EditedDatabase, Refused
from edited_documents import Edit, Says, an_edit
from mappings import Mappings
from own_keys import with_own_key
from row_model import Row
from row_trees import first_difference, rows_by_table, trees_of
from same_rows import rows_of

from docrel import compile, spec
from docrel.diagnostics import DocumentError, MappingError
from docrel.plan import Plan
from docrel.store import open_store
from docrel.testing.documents import Documents
from docrel.values import jsontext

ROUNDS = int(os.environ.get("DOCREL_PUTGET", "60"))


def a_plan(random: Random) -> Plan:
    while True:
        try:
            return compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue


class Round:
    """One database, and the edits that it goes through."""

    def __init__(self, folder: Path, random: Random) -> None:
        self.random, self.plan = random, a_plan(random)
        self.forget = bool(self.plan.forget)
        self.database = EditedDatabase(folder / "edited.db", self.plan)
        self.folder = folder
        self.documents: dict[Any, Any] = {}
        self.states: list[tuple[dict[str, list[Row]], dict[Any, Any]]] = []
        made = Documents(self.plan)
        with self.database.store() as store:
            count = random.choice((1, 2, 3, 20))
            for n in range(count):
                document = made.one(random)
                if count > 3 and n % 4:
                    document = with_own_key(self.plan, document, n)
                try:
                    jsontext.check_value(document)
                    self.documents[store.put(document, f"given {n}").key] = document
                except DocumentError:
                    continue

    def run(self, ends: Counter[str]) -> None:
        """Make one to three edits, one after the other."""
        for _ in range(self.random.choice((1, 2, 4, 6))):
            if not self.documents or not self.edit(ends):
                return
        self.check_put_back()

    def edit(self, ends: Counter[str]) -> bool:
        model = self.model()
        edit = an_edit(self.random, model)
        if edit is None:
            return True
        if not self.database.edit(*edit.statements):
            ends[f"{edit.kind}: forbidden"] += 1
            return True
        self.states.append((model.rows, self.documents))
        found = self.database.documents()
        if isinstance(found, Refused):
            ends[f"{edit.kind}: refused"] += 1
            self.check_refused(edit, found)
            return False
        ends[f"{edit.kind}: {'shown' if isinstance(edit.wanted, Says) else 'read'}"] += 1
        if isinstance(edit.wanted, Says):
            self.check_shown(edit.wanted, found)
        if not self.may_let_in(model):
            self.check_rows(found)
        assert edit.wanted != "unsaid", f"no document says it, but there are {found}"
        self.documents = found
        return True

    def model(self) -> DocumentModel:
        return DocumentModel(self.plan, self.rows(), self.documents, [documents for _, documents in self.states])

    def rows(self) -> dict[str, list[Row]]:
        """Return what a client sees."""
        return rows_by_table(self.plan, self.database.query)

    def check_shown(self, wanted: Says, found: dict[Any, Any]) -> None:
        """Check that the edited documents are as wanted, and the others as before."""
        variants = {key: [document] for key, document in self.documents.items()} | wanted.documents
        assert found.keys() == {key for key, those in variants.items() if those}
        rows = self.rows()
        for _, documents in [state for state in self.states if state[0] == rows]:  # an edit that is undone is no edit
            variants = {key: [*variants[key], *([documents[key]] if key in documents else [])] for key in variants}
        for key, document in found.items():
            loose = wanted.loose if key in wanted.documents else []
            assert any(same_but_for(one, document, loose, self.forget) for one in variants[key]), (
                f"{key!r} is {jsontext.dumps(document)}, wanted {' or '.join(map(jsontext.dumps, variants[key]))}"
            )

    def check_refused(self, edit: Edit, found: Refused) -> None:
        """Check that what a document can say is not refused, and that no other document suffers."""
        assert not isinstance(edit.wanted, Says), f"refused: {found.words}"
        assert any(table.name in found.words for table in self.plan.tables), found.words
        refused = self.documents.keys() - found.readable.keys()
        assert len(refused) <= 2 or "all" in edit.kind, f"one row makes all of {refused} unreadable"
        readable = found.readable.keys() & self.documents.keys()
        pairs = {key: (self.documents[key], found.readable[key]) for key in readable}
        changed = [key for key, (one, other) in pairs.items() if not same_but_for(one, other, [], self.forget)]
        most = len(readable) if edit.kind == "all" else int(edit.kind == "move")  # to one of them a row may have gone
        assert len(changed) <= most, f"{changed} are others"

    def may_let_in(self, model: DocumentModel) -> bool:
        """Whether an edit may let in what a UNIQUE kept out: that is in the document, and a row only after a put."""
        return not model.is_complete and any(t.keys - {t.primary_key} or not t.surrogate for t in self.plan.tables)

    def check_rows(self, found: dict[Any, Any]) -> None:
        """Check that the documents have these rows."""
        wanted = trees_of(self.plan, self.rows())
        with open_store(":memory:", self.plan, clock=lambda: CLOCK) as again:
            with again.transaction():  # they may refer to each other
                for key, document in found.items():
                    assert again.put(document, key if isinstance(key, str) else None).key == key
            rows = rows_by_table(self.plan, again.backend.execute)
        difference = first_difference(wanted, trees_of(self.plan, rows))
        assert difference is None, f"{difference}, in {[jsontext.dumps(document) for document in found.values()]}"

    def check_put_back(self) -> None:
        """Check that putting back what was read changes nothing, and once it is written, leaves what a put would."""
        if self.may_let_in(self.model()):
            return
        before = trees_of(self.plan, self.rows())
        with self.database.store() as store, open_store(":memory:", self.plan, clock=lambda: CLOCK) as fresh:
            for key, document in self.documents.items():
                name = key if isinstance(key, str) else None
                store.put(document, name)
                assert same_but_for(document, store.get(key), [], self.forget)
            after = trees_of(self.plan, rows_by_table(self.plan, store.backend.execute))
            difference = first_difference(before, after)
            assert difference is None, f"putting back: {difference}"
            with fresh.transaction():
                for key, document in self.documents.items():
                    name = key if isinstance(key, str) else None
                    if isinstance(document, dict):
                        store.put({**document, "one more": 1}, name)
                    store.put(document, name)
                    fresh.put(document, name)
            difference = first_difference(rows_of(store), rows_of(fresh))
            assert difference is None, f"written again: {difference}"


def one_round(seed: int, ends: Counter[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="docrel-putget-") as folder:
        Round(Path(folder), Random(seed)).run(ends)


def test_edits_are_kept_or_refused() -> None:
    ends: Counter[str] = Counter()
    for seed in range(ROUNDS):
        one_round(seed, ends)


# -- negative controls: what the model is sure of, it sees alone -------------------------------------------------

HEAD = "mapping: {}\ndocument: {{key: k}}\ntables:\n  t:\n    columns:\n      k: {{required: true, unique: true}}\n"
SURE: dict[str, tuple[str, str, Any]] = {
    "what a default looks at": (
        "      other: text\n      of: {default: {from: other}}\n      by: {default: {from: of}}\n",
        "engine.rebuilding.say",
        lambda node, steps, value: {**node, steps[0][0]: "wrong"},
    ),
    "a column of two places": (
        "      of: {from: [a, b]}\n      more: {rest: true}\n",
        "engine.rebuild_values.write_choice_checks",
        lambda scope: None,
    ),
    "a move of a row with a position": (
        (
            "      size: integer\n    tables: {boxes: {each: 'boxes[*]', columns: {label: text}, tables: {"
            "things: {each: 'things[*]', columns: {place: {position: true}, what: text}}}}}\n"
        ),
        "engine.rebuilder.itemgetter",
        lambda *_: lambda row: 0,
    ),
}


@pytest.mark.parametrize("name", SURE)
def test_what_the_model_is_sure_of_it_sees(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    columns, part, broken = SURE[name]
    for check in ("check_rows", "check_put_back"):
        monkeypatch.setattr(Round, check, lambda *_: None)
    monkeypatch.setattr(edited_documents, "EDITS", (edited_documents._change,))

    def rounds(mapping: str) -> None:
        plan = compile.compile(spec.loads(HEAD.format(mapping) + columns))
        monkeypatch.setitem(globals(), "a_plan", lambda _: plan)
        for seed in range(80):
            one_round(seed, Counter())

    rounds("whole")
    monkeypatch.setattr(f"docrel.{part}", broken)
    with pytest.raises(AssertionError):
        rounds("broken")

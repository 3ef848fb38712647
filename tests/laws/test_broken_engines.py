"""Negative controls: engines that are broken on purpose, one for each kind of known fault, are seen to be caught.

Each breaks one thing and names the law, in its smallest form, that must fail then. Those that random documents and
edits catch stand beside their laws: `test_getput.py`, `test_putget.py`, `test_minimal_writes.py`, `test_append.py`,
`test_migration_square.py`.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import test_append
import test_known_faults as laws

from docrel.diagnostics import DocrelError
from docrel.engine import Rebuilder
from docrel.plan import Plan, Table
from docrel.rows import RowComplement
from docrel.store import appending
from docrel.values import jsontext

Patch = pytest.MonkeyPatch
Control = tuple[Callable[[Patch], None], Callable[[Path], None]]


def a_page_without_notes(patch: Patch) -> None:
    whole = Rebuilder.documents

    def forgetful(self: Rebuilder, rows: Any, notes: Any, *more: Any) -> Any:
        return whole(self, rows, {} if sum(map(len, rows)) > 1 else notes, *more)

    patch.setattr(Rebuilder, "documents", forgetful)


def a_key_by_its_first_column(patch: Patch) -> None:
    def first(_: Plan, root: Table) -> str:
        return root.primary_key[0]

    patch.setattr(Plan, "key_of", first)


def an_append_among_nested_tables(patch: Patch) -> None:
    patch.setattr(appending, "layout_of", test_append._nested)


def notes_as_deep_as_documents(patch: Patch) -> None:
    whole = RowComplement.dump

    def shallow(self: RowComplement) -> tuple[str | None, str | None]:
        shape, body = whole(self)
        if body is not None:
            jsontext.check_value([jsontext.loads_text(body)])
        return shape, body

    patch.setattr(RowComplement, "dump", shallow)


CONTROLS: dict[str, Control] = {
    "a page of documents loses its notes": (
        a_page_without_notes,
        laws.test_roots_with_keys_of_two_kinds_keep_their_notes_in_a_scan,
    ),
    "a document is known by the first column of its key": (
        a_key_by_its_first_column,
        laws.test_a_key_of_two_columns_tells_documents_apart,
    ),
    "an append looks at nested tables only": (
        an_append_among_nested_tables,
        laws.test_rows_from_within_others_are_not_lost_by_an_append,
    ),
    "notes may be no deeper than documents": (
        notes_as_deep_as_documents,
        partial(laws.test_a_document_is_kept_or_refused_by_its_depth_alone, depth=255, column={}),
    ),
}


@pytest.mark.parametrize("name", CONTROLS)
def test_a_broken_engine_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, law = CONTROLS[name]
    (tmp_path / "whole").mkdir()
    law(tmp_path / "whole")
    broken(monkeypatch)
    with pytest.raises((AssertionError, DocrelError)):
        law(tmp_path)

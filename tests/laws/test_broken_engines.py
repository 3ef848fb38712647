"""Negative controls: engines that are broken on purpose, one for each kind of known fault, are seen to be caught.

Each takes out what mends one kind of fault, and names the law, in its smallest form, that must fail then. Where the
database forbids what rebuild refuses as well, both are taken out. Engines that random documents and edits catch stand
beside their laws: `test_getput.py`, `test_putget.py`, `test_minimal_writes.py`, `test_append.py`,
`test_migration_square.py`, `test_forbidden.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
import test_append
import test_known_faults as laws

from docrel.engine import Rebuilder, rebuild_places
from docrel.plan import Plan
from docrel.rows import Filled, RowComplement
from docrel.sql import notes
from docrel.store.reading import Reader
from docrel.store.turns import Turning, Turns
from docrel.values import CODECS, jsontext

Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]
Law = Callable[[Path], None]


def put(where: str, by: Any) -> Break:
    """Return what puts `by` in the place of a part of the engine."""
    return lambda patch: patch.setattr(f"docrel.{where}", by)


def without_events(*events: str) -> Break:
    """Return what leaves the triggers out that follow some changes of a row."""
    return put("sql.notes.EVENTS", tuple(event for event in notes.EVENTS if event not in events))


def over_what_is_there(kind: str) -> Break:
    """Return what puts a row's node where it belongs, whatever is there."""
    _, code = rebuild_places._PUT[kind]
    return lambda patch: patch.setitem(rebuild_places._PUT, kind, ("False if True else False", code))


NOTHING_FORBIDDEN = put("plan.Plan.constraints", property(lambda _: "declared", lambda _, __: None))
ANY_VALUE = put("engine.rebuild_columns.fitting", lambda _: "{0} is not None")


def a_page_without_notes() -> Any:
    whole = Rebuilder.documents
    return lambda self, rows, noted, *more: whole(self, rows, {} if sum(map(len, rows)) > 1 else noted, *more)


def notes_that_end_with_any_change(plan: Plan, dialect: Any) -> Any:
    for trigger in _TRIGGERS(plan, dialect):
        if trigger.event == "delete":
            sql = trigger.sql.replace("AFTER DELETE", "AFTER UPDATE").replace("_delete", "_update")
            yield replace(trigger, name=notes.trigger_name(trigger.table, "update"), event="update", sql=sql)
        if trigger.event != "update":
            yield trigger


_TRIGGERS = notes.note_triggers


def notes_as_deep_as_documents() -> Any:
    whole = RowComplement.dump

    def shallow(self: RowComplement) -> tuple[str | None, str | None]:
        shape, body = whole(self)
        if body is not None:
            jsontext.check_value([jsontext.loads_text(body)])
        return shape, body

    return shallow


def a_page_at_once(self: Reader, places: Any) -> Any:
    found = dict(self._documents(places[0], places[-1].row))
    return [(place, found[place.row]) for place in places]


def updates_as_they_come(self: Turning, rows: Any) -> Turns:
    return Turns([self.update(*pair) for pair in rows])


def what_was_held(_: Any, stored: Any, fresh: Any, __: str) -> None:
    number, *_, held = row = stored.rows[0][0]
    fresh.rows[0] = [row]
    fresh.documents[0].notes[0, number].replace(Filled("dusted", held, "clock"))


CONTROLS: dict[str, tuple[Law, list[Break]]] = {
    "a page of documents loses its notes": (
        laws.test_roots_with_keys_of_two_kinds_keep_their_notes_in_a_scan,
        [put("engine.Rebuilder.documents", a_page_without_notes())],
    ),
    "a document is known by the first column of its key": (
        laws.test_a_key_of_two_columns_tells_documents_apart,
        [put("plan.Plan.key_of", lambda _, root: root.primary_key[:1])],
    ),
    "an append looks at nested tables only": (
        laws.test_rows_from_within_others_are_not_lost_by_an_append,
        [put("store.appending.layout_of", test_append._nested)],
    ),
    "notes stay where a position was": (
        laws.test_a_note_goes_with_its_row_when_positions_shift,
        [without_events("update")],
    ),
    "notes stay under the key that a document had": (
        laws.test_a_note_goes_with_a_document_that_is_renamed,
        [without_events("update")],
    ),
    "notes end as a row changes its document": (
        laws.test_a_note_goes_with_a_row_to_another_document,
        [put("sql.definition.note_triggers", notes_that_end_with_any_change)],
    ),
    "notes outlive their row": (
        partial(laws.test_a_note_ends_with_its_row, foreign_keys=False),
        [without_events("insert", "delete")],
    ),
    "notes stay under the id that a row had": (
        laws.test_a_note_goes_with_a_row_whose_id_changes,
        [without_events("update")],
    ),
    "a second row takes a member": (
        laws.test_two_rows_for_one_member,
        [NOTHING_FORBIDDEN, over_what_is_there("members")],
    ),
    "a row takes the member of a column": (
        laws.test_a_row_renamed_to_the_member_of_a_column,
        [NOTHING_FORBIDDEN, over_what_is_there("members")],
    ),
    "a second row takes the place of an object": (
        laws.test_two_rows_for_one_object,
        [NOTHING_FORBIDDEN, over_what_is_there("single")],
    ),
    "rows may lie below themselves": (
        laws.test_two_rows_below_each_other,
        [put("engine.rebuild_links.Links.__call__", lambda *_: None)],
    ),
    "an object takes the place of a scalar": (
        laws.test_a_scalar_and_an_object_at_one_place,
        [
            NOTHING_FORBIDDEN,
            put(
                "engine.rebuild_values._write_found",
                lambda scope, _, target, found, __="": scope.code.line(f"{target} = {found}"),
            ),
        ],
    ),
    "one row makes a page unreadable": (
        laws.test_a_row_without_a_position_hides_no_document,
        [NOTHING_FORBIDDEN, put("store.reading.Reader._at", a_page_at_once)],
    ),
    "references are not looked at": (
        laws.test_a_broken_reference_refuses_its_document,
        [put("store.references.References.__bool__", lambda _: False)],
    ),
    "keys are what encodes them": (
        partial(laws.test_keys_that_only_encode_alike_are_two, one="\udc80", other="?"),
        [put("engine.flatten_columns.write_inexact_key", lambda *_: None)],
    ),
    "the first root table that has a key has the document": (
        laws.test_one_key_in_two_root_tables_is_refused,
        [put("store.reading.Reader._only", lambda self, key: next((p for _, p in self._places([key])), None))],
    ),
    "rows are updated in any order": (
        laws.test_unique_values_that_change_places,
        [put("store.turns.Turning.turns", updates_as_they_come)],
    ),
    "tables of one array count for themselves": (
        laws.test_a_row_added_to_a_switch_is_last,
        [without_events("insert", "update")],
    ),
    "NULL is not said": (
        partial(laws.test_what_sql_clears_stays_clear, place="flags[0]", default=laws.CASES),
        [put("engine.rebuilding.say", lambda node, *_: node)],
    ),
    "notes may be no deeper than documents": (
        partial(laws.test_a_document_is_kept_or_refused_by_its_depth_alone, depth=255, column={}),
        [put("rows.RowComplement.dump", notes_as_deep_as_documents())],
    ),
    "code is indented as deep as a selector": (
        partial(laws.test_a_selector_of_many_names_is_built_or_refused, steps=150, more={}),
        [put("engine.flatten_nested.INDENTED", 1000)],
    ),
    "a migration takes what a column held for the time": (
        laws.test_a_written_default_is_not_the_time,
        [put("migrate.first_times.FirstTimes.hold", what_was_held)],
    ),
    "a renamed member is a new one": (
        laws.test_a_renamed_member_keeps_its_place,
        [put("rows.notes._with_new_names", lambda names, *_: names)],
    ),
    "a column may hold what its type has not": (
        partial(laws.test_a_value_that_the_type_has_not, value="'five'"),
        [NOTHING_FORBIDDEN, ANY_VALUE],
    ),
    "bytes are a document's": (
        partial(laws.test_bytes_are_no_text, type_name="text"),
        [NOTHING_FORBIDDEN, ANY_VALUE],
    ),
    "a rest that is no object is passed over": (
        partial(laws.test_a_rest_that_is_no_object, value="'5'"),
        [NOTHING_FORBIDDEN, put("engine.rebuild_values._write_whole_rest", lambda *_: None)],
    ),
    "a migration takes the documents for all that there is": (
        laws.test_a_migration_drops_no_row,
        [NOTHING_FORBIDDEN, over_what_is_there("members"), put("store.Agreement.see", lambda *_: None)],
    ),
    "a view may be any text": (
        partial(laws.test_a_view_that_is_no_select_is_refused, sql="SELECT (SELECT 1"),
        [put("compile.document.view_fault", lambda *_: None), put("compile.plan_check.view_fault", lambda *_: None)],
    ),
    "a time is held whatever was there": (
        partial(laws.test_a_member_that_is_gone_does_not_stay_as_the_time, value=1),
        [put("store.held_clock.HeldClock._is_held", lambda *_: True)],
    ),
}


def broken(patch: Patch, name: str, breaks: Iterable[Break]) -> None:
    patch.setitem(CODECS, name, replace(CODECS["text"], name=name))  # so that code for a plan is written anew
    for one in breaks:
        one(patch)


def folder(around: Path) -> Path:
    return Path(mkdtemp(dir=around))


@pytest.mark.parametrize("name", CONTROLS)
def test_a_broken_engine_is_caught(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    law, breaks = CONTROLS[name]
    law(folder(tmp_path))
    for whole in breaks if len(breaks) > 1 else ():  # each alone would do
        with monkeypatch.context() as patch:
            broken(patch, f"{name}, {whole}", [one for one in breaks if one is not whole])
            law(folder(tmp_path))
    broken(monkeypatch, name, breaks)
    with pytest.raises((AssertionError, pytest.fail.Exception)):  # the law says so, not the engine by an error
        law(folder(tmp_path))

"""Diff: each kind of change by its value, its class and its words; renames asked about and never assumed."""

from __future__ import annotations

import pytest
from versions import V1, edited, plan

from docrel import plan as plans
from docrel.diagnostics import MappingError
from docrel.diff import Diff, diff, effect, on_data, question_diagnostic, sentence
from docrel.plan import Plan

OLD = plan(V1)


def changes(new: Plan) -> dict[str, str]:
    """Return the effect of each change by its words, the version's own left out."""
    found = diff(OLD, new)
    assert all(on_data(change) for change in found.changes)
    return {sentence(c): effect(c) for c in found.changes if type(c).__name__ != "ChangeVersion"}


def test_a_plan_does_not_differ_from_itself() -> None:
    assert diff(OLD, OLD) == Diff(OLD, OLD, OLD, diff(OLD, OLD).renames, (), ())
    assert plans.checksum(OLD) == plans.checksum(plan(V1))


NOTE = "note: text"
STATE = "      state: {type: text, one_of: [open, paid]}\n"
MOVES, LAYOUT, NARROW, WIDE = "content moves", "layout only", "narrowing", "widening"


@pytest.mark.parametrize(
    ("old", "new", "words", "wanted"),
    [
        (NOTE, f"{NOTE}\n      price: real", "add column orders.price (real from @.price)", MOVES),
        (
            NOTE,
            f"{NOTE}\n      price: {{type: real, required: true}}",
            "add column orders.price (real from @.price)",
            NARROW,
        ),
        (
            NOTE,
            f"{NOTE}\n      kind: {{unsourced: true, type: text, default: web}}",
            'add column orders.kind (text, unsourced, default "web")',
            WIDE,
        ),
        ("      note: text\n", "", "drop column orders.note", MOVES),
        (NOTE, "note: json", "orders.note becomes json, was text", MOVES),
        (NOTE, "note: {from: remark, type: text}", "orders.note is from @.remark, was from @.note", MOVES),
        (NOTE, "note: {type: text, default: x}", 'default of orders.note is "x", was none', MOVES),
        (
            NOTE,
            "note: {type: text, required: true}",
            "orders.note: required is required, was optional",
            NARROW,
        ),
        (
            "[open, paid]",
            "[open, paid, lost]",
            'orders.state: one_of is "open", "paid", "lost", was "open", "paid"',
            WIDE,
        ),
        ("[open, paid]", "[open]", 'orders.state: one_of is "open", was "open", "paid"', NARROW),
        (
            "sku: {type: text, required: true}",
            "sku: text",
            "lines.sku: required is optional, was required",
            MOVES,
        ),
        ("        otherwise: rest\n", "", "lines: otherwise is refuse, was rest", MOVES),
        (
            "idx_state: state",
            "idx_state: state, idx_note: {columns: note, unique: true}",
            "add unique index idx_note on orders (note)",
            NARROW,
        ),
        ("    indexes: {idx_state: state}\n", "", "drop index idx_state of orders", LAYOUT),
        (
            f"{STATE}      note: text\n",
            f"      note: text\n{STATE}",
            "columns of orders stand in the order id, number, note, state, rest",
            LAYOUT,
        ),
        ("each: lines[*]", "each: items[*]", "rows of lines come from @.items[*], not @.lines[*]", MOVES),
        ("WHERE state = 'open'", "", "view open_orders has another text", LAYOUT),
        (
            "    indexes:",
            "    key_order: {'@': [number, lines]}\n    indexes:",
            "another usual order of members in nodes of orders",
            LAYOUT,
        ),
        (
            "mapping: shop",
            "mapping: shop\ndescription: Orders.",
            "other words or order: the mapping",
            LAYOUT,
        ),
    ],
)
def test_each_change_has_its_class_and_its_words(old: str, new: str, words: str, wanted: str) -> None:
    assert changes(edited((old, new))) == {words: wanted}


def test_tables_come_and_go_with_all_that_is_in_them() -> None:
    new = edited(("views:", "      tags: {each: 'tags[*]', columns: {tag: {from: '@', type: text}}}\nviews:"))
    assert list(changes(new)) == ["add table tags: @.tags[*]"]
    assert [sentence(c) for c in diff(new, OLD).changes][1:] == ["drop table tags"]


def test_renames_are_taken_from_renamed_from() -> None:
    new = edited(("note: text", "remark: {from: note, type: text, renamed_from: note}"))
    found = diff(OLD, new)
    assert [sentence(c) for c in found.changes][1] == "rename column orders.note to remark"
    assert found.before.table("orders").column("remark").role == new.table("orders").column("remark").role
    back = diff(new, OLD, back=True)
    assert "rename column orders.remark to note" in [sentence(c) for c in back.changes]
    table = diff(OLD, edited(("      lines:\n", "      items:\n        renamed_from: lines\n")))
    assert "rename table lines to items" in [sentence(c) for c in table.changes]


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        (("note: text", "remark: {from: note, type: text, renamed_from: nope}"), "`nope` is not there"),
        (("note: text", "note: {type: text, renamed_from: remark}"), "has `orders.note` already"),
        (
            ("    columns:\n      number", "    renamed_from: order\n    columns:\n      number"),
            "`orders` already",
        ),
    ],
)
def test_a_renamed_from_that_matches_nothing_is_an_error(edit: tuple[str, str], words: str) -> None:
    with pytest.raises(MappingError) as caught:
        diff(OLD, edited(edit))
    (found,) = caught.value.diagnostics
    assert found.code == "X501" and words in found.message and found.subject.startswith("mapping.yaml:")


def test_a_likely_rename_is_asked_about_and_not_assumed() -> None:
    new = edited(("note: text", "remark: {from: note, type: text}"), ("      lines:", "      items:"))
    found = diff(OLD, new)
    words = [sentence(c) for c in found.changes]
    assert "drop column orders.note" in words and "drop table lines" in words
    asked = [question_diagnostic(q, new) for q in found.questions]
    assert {q.code for q in asked} == {"X502"} and {q.severity for q in asked} == {"note"}
    assert any("is the column orders.remark the old `note`?" in q.message for q in asked)
    assert any("renamed_from: lines" in q.help for q in asked)


def test_ids_and_positions_are_never_told_as_lost_values() -> None:
    head = (
        "mapping: m\ndocument: {key: k}\ntables:\n  t:\n    columns: {k: {required: true, unique: true}}\n    tables:\n"
    )
    old = plan(head + "      c: {each: 'c[*]', columns: {cid: {surrogate: true}, at: {position: true}, v: text}}\n")
    new = plan(head + "      c: {each: 'c[*]', columns: {v: text}}\n")
    found = {sentence(change): on_data(change) for change in diff(old, new).changes}
    assert found["drop column c.cid"] == "its numbers are docrel's own, and stand in no document"
    assert "documents stay the same" in found["drop column c.at"] and "rest" not in found["drop column c.at"]

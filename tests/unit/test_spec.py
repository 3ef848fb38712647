"""The mapping file as written: short forms, and each misspelt, missing or misplaced key."""

from __future__ import annotations

import json

import pytest
from pydantic import BaseModel

from docrel import spec
from docrel.diagnostics import MappingError
from docrel.diagnostics.codes import codes

MARK = "⟦"
HEAD = "mapping: m\ntables:\n  books:\n    each: $\n    columns:\n"

MISTAKES = [
    # misspelt keys
    (HEAD.replace("each", "⟦eech") + "      a: text\n",
     "M201", "`eech` is not a key of a table", "did you mean `each`?"),
    (HEAD + "      a: {⟦typ: text}\n", "M201", "`typ` is not a key of a column", "did you mean `type`?"),
    (HEAD + "      a: {default: {⟦form: b}}\n", "M201", "not a key of a default", "did you mean `from`?"),
    ("mapping: m\n⟦tabels: {}\ntables: {t: {}}\n",
     "M201", "not a key of a mapping", "did you mean `tables`?"),
    (HEAD + "      a: {⟦zzzzz: 1}\n", "M201", "`zzzzz`", "use one of: from, type"),
    *(
        (f"{HEAD}      a: {{⟦{key}: 1}}\n", "M201", f"`{key}` is not a key of a column", help_)
        for key, help_ in {
            "path": "write `from` for `path`", "source": "write `from`", "enum": "write `one_of`",
            "comment": "write `description`", "nullable": "`required: true`", "not-null": "write `required`",
            "primary_key": "`primary_key: [column, …]`", "pk": "a key is the table's", "index": "`indexes: {name: [",
            "JSONPath": "write `from`", "foreign_key": "write `references`",
        }.items()
    ),
    *(
        (f"{HEAD}      a: text\n    ⟦{key}: [a]\n", "M201", f"`{key}` is not a key of a table", help_)
        for key, help_ in {
            "source": "write `each`", "path": "write `each`", "pk": "write `primary_key`", "index": "write `indexes`",
            "comment": "write `description`", "fields": "write `columns`", "children": "write `tables`",
        }.items()
    ),
    # wrong indentation
    (HEAD + "      a: text\n    ⟦title: text\n",
     "M201", "not a key of a table", "indent it below `columns:`"),
    (HEAD + "      a:\n        type: text\n        ⟦year: {type: integer}\n",
     "M201", "not a key of a column", "exactly like `a`"),
    (HEAD + "      ⟦a:\n      type: text\n", "M229", "the column `a` is empty", "indent `type`"),
    (HEAD + "      ⟦a:\n      b: text\n", "M229", "the column `a` is empty", "give it a type: `a: text`"),
    # forgotten keys
    ("⟦version: 1\ntables: {t: {}}\n", "M202", "the mapping lacks the key `mapping`", "`mapping: orders`"),
    ("⟦mapping: m\n", "M202", "the mapping lacks the key `tables`", "add `tables:`"),
    ("mapping: m\ntables: ⟦{}\n", "M202", "`tables` is empty", "at least one"),
    (HEAD + "      a: text\n    indexes: {⟦i: {unique: true}}\n",
     "M202", "the index `i` lacks the key `columns`", "columns: [name]"),
    # another kind of value
    (HEAD + "      a: {required: ⟦'yes'}\n",
     "M204", "`required` is the text 'yes'", "write `true` or `false`"),
    ("mapping: ⟦5\ntables: {t: {}}\n", "M204", "`mapping` is the number 5, where a text", "put quotes"),
    ("mapping: m\nversion: ⟦0\ntables: {t: {}}\n", "M204", "less than 1", "from 1 upwards"),
    ("mapping: m\nversion: ⟦'2'\ntables: {t: {}}\n",
     "M204", "where a whole number is expected", "without quotes"),
    (HEAD + "      ⟦1: text\n", "M204", "the number 1 stands where a name", "put quotes around it"),
    (HEAD + "      a: ⟦[text]\n", "M204", "a column is expected here, not a list", "write its type"),
    (HEAD + "      a: {from: ⟦{b: c}}\n", "M204", "a text or a list of texts", "[name, name]"),
    (HEAD + '      a: text\n    unique: ⟦["\\ud800"]\n', "M204", "list of lists", r"`unique: [[\ud800]]`"),
    (HEAD + '      a: ⟦{"\\ud800": 1}\n', "M204", r"the text '\ud800' holds a character", "remove it"),
    (HEAD + '      a: {otherwise: ⟦"\\ud800"}\n', "M204", r"the text '\ud800' holds a character", "remove it"),
    (HEAD + "      a: ⟦{from: null}\n", "M204", "`from` is empty", "unsourced: true"),
    (HEAD + "      a: {map: ⟦[x, z]}\n", "M204", "`map` is a list", "{active: in_progress}"),
    (HEAD + "      a: {default: {cases: [⟦{is: 1, then: 2}]}}\n",
     "M204", "no `when` beside it", "`when: selector`"),
    (HEAD + "      a: {key: ⟦eech}\n", "M204", "not one of `each`, `repeat`", "write `each`"),
    (HEAD + "      a: text\n    unique: ⟦[a, b]\n", "M204", "list of lists", "write `unique: [[a, b]]`"),
    (HEAD + "      a: text\n    otherwise: ⟦rset\n", "M204", "not one of `rest`, `refuse`", "write `rest`"),
    ("⟦- a\n", "M204", "the file is a list", "write `key: value`"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "code", "message", "help_"), MISTAKES)
def test_a_mistake_is_reported_once_where_it_is_with_one_action(
    marked: str, code: str, message: str, help_: str
) -> None:
    before = marked[: marked.index(MARK)]
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    with pytest.raises(MappingError) as caught:
        spec.loads(marked.replace(MARK, ""))
    found = caught.value.diagnostics
    assert [(d.code, d.position and (d.position.line, d.position.column)) for d in found] == [(code, place)], found
    assert message in found[0].message
    assert help_ in found[0].help
    assert "pydantic" not in str(caught.value) and "Input should" not in str(caught.value)
    assert code in codes()


def test_all_problems_of_a_file_come_at_once_sorted_by_place() -> None:
    with pytest.raises(MappingError) as caught:
        spec.loads("mapping: 1\ntabels: {}\ntables: {t: {columns: {a: {typ: text}}, ecah: $}}\n")
    assert [d.code for d in caught.value.diagnostics] == ["M204", "M201", "M201", "M201"]


def test_short_forms_are_written_out() -> None:
    table = spec.loads(
        HEAD + "      a: integer\n      b: {from: x, default: 5, one_of: 1, map: {1: one, 'yes': 2}}\n"
        "    indexes: {i: a, j: [a, b], k: {columns: a, unique: true}}\n    when: {k: v}\n"
    ).mapping.tables["books"]
    assert table.columns["a"].type == "integer"
    assert table.columns["b"].from_ == ("x",)
    assert table.columns["b"].one_of == (1,)
    assert table.columns["b"].map == ((1, "one"), ("yes", 2))
    assert table.columns["b"].default is not None and table.columns["b"].default.value == 5
    assert [(i.columns, i.unique) for i in table.indexes.values()] == [
        (("a",), False),
        (("a", "b"), False),
        (("a",), True),
    ]
    assert table.when == {"k": ("v",)}


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_positions_hold_behind_tabs_wide_characters_and_either_line_ending(ending: str) -> None:
    text = HEAD + "      a: {description: 'é\t漢', typ: text}\n"
    with pytest.raises(MappingError) as caught:
        spec.loads(text.replace("\n", ending), "x.yaml")
    assert str(caught.value.diagnostics[0].position) == f"x.yaml:6:{text.splitlines()[5].index('typ') + 1}"


def _keys(node: object, inside: str = "") -> list[tuple[str, dict[str, object]]]:
    if isinstance(node, dict):
        own = [(f"{inside}.{k}", v) for k, v in node.get("properties", {}).items()]
        return own + [found for key, value in node.items() for found in _keys(value, key)]
    return []


def test_the_published_schema_describes_every_key_and_is_always_the_same() -> None:
    schema = spec.json_schema()
    assert json.dumps(schema) == json.dumps(spec.json_schema())
    keys = _keys(schema)
    assert len(keys) > 60
    assert [key for key, value in keys if not value.get("description")] == []
    models: list[type[BaseModel]] = [
        spec.MappingSpec,
        spec.TableSpec,
        spec.ColumnSpec,
        spec.DefaultSpec,
        spec.CaseSpec,
        spec.SourceSpec,
    ]
    for model in models:
        fields = model.model_fields
        here = schema if model is spec.MappingSpec else schema["$defs"][model.__name__]
        assert set(here["properties"]) == {field.alias or name for name, field in fields.items()}
        assert here["additionalProperties"] is False

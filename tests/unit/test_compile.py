"""The mapping's meaning: what compiles to which plan, and each mistake's code, place and help."""

from __future__ import annotations

import json
import os
import pathlib
import re
from typing import Any

import pytest
from test_spec import MISTAKES as WRITTEN

from docrel import plan as p
from docrel import spec
from docrel.compile import check, compile, load_plan
from docrel.diagnostics import MappingError
from docrel.diagnostics.codes import codes
from docrel.engine import rebuilder_of
from docrel.plan import Name

MISSIONS = pathlib.Path(__file__).parents[2] / "mappings" / "missions"
MARK = "⟦"
TWO_ROOTS = "mapping: m\ntables:\n  a: {when: {t: 1}, columns: {k: {required: true, unique: true}}}\n"

HEAD = "mapping: m\ntables:\n  books:\n    each: $\n    columns:\n      isbn: {required: true, unique: true}\n"


def problems(text: str) -> list[tuple[str, str, str, str]]:
    """Each problem as (line:column, code, message, help)."""
    try:
        found = tuple(check(spec.loads(text)))
    except MappingError as error:
        found = error.diagnostics
    return [(f"{d.position.line}:{d.position.column}", d.code, d.message, d.help) for d in found if d.position]


def plan_of(text: str) -> p.Plan:
    return compile(spec.loads(text))


def column(line: str) -> str:
    """A mapping with one more column of the root table."""
    return HEAD + f"      {line}\n"


def nested(lines: str, columns: str = "") -> str:
    """A mapping with a nested table `lines`, its keys given one a line."""
    inner = "".join(f"        {line}\n" for line in lines.splitlines())
    return HEAD + "".join(f"      {c}\n" for c in columns.splitlines()) + "    tables:\n      lines:\n" + inner


def root(lines: str) -> str:
    """A mapping whose root table has more keys."""
    return HEAD + "".join(f"    {line}\n" for line in lines.splitlines())


MISTAKES = [
    # M203: a selector's syntax, at the character
    (column("a: {from: 'x[0]..y[⟦'}"), "M203", None, None),
    (nested("each: 'items[*⟦'\ncolumns: {a: text}"), "M203", None, None),
    # M205: one-way selectors
    (column("a: {from: ⟦'items[?@.qty > 1].sku'}"),
     "M205", "not written back", "write `derived: 'items[?@.qty > 1].sku'`"),
    (nested("each: ⟦'items[?@.kind == \"a\"]'\ncolumns: {a: text}"),
     "M205", "chooses by what", "`when: {kind: \"a\"}`"),
    (column("a: {from: ⟦..x}"), "M205", "every depth", "`derived: '..x'`"),
    (column("a: {from: ⟦'x[-1]'}"), "M205", "counts from the end", "derived"),
    (column("a: {default: {from: ⟦'x[*]'}}"), "M205", "a default looks at one", "names and fixed indexes"),
    # M206: types people first try
    (column("a: {type: ⟦string}"), "M206", "`string` is not a type", "write `text`"),
    (column("a: {type: ⟦int}"), "M206", "`int`", "write `integer`"),
    (column("a: {type: ⟦varchar(20)}"), "M206", "`varchar(20)`", "write `text`"),
    (column("a: ⟦number"), "M206", "`number`", "`integer` for whole numbers, `real`"),
    (column("a: {type: ⟦tetx}"), "M206", "`tetx`", "write `text`"),
    (column("a: ⟦book.title"), "M206", "`book.title`", "write `{from: 'book.title'}`"),
    (column("a: {type: ⟦zzz}"), "M206", "`zzz`", "use one of: text, integer"),
    # M207: filled two ways
    (column("⟦a: {from: b, rest: true}"), "M207", "`from` and `rest`", "keep `from`"),
    (column("a: {rest: true}\n      ⟦b: {rest: true}"), "M207", "two rest columns, `a` and `b`", "keep one"),
    (column("a: {from: ⟦[]}"), "M207", "from nowhere", "unsourced: true"),
    # M208: keys without meaning
    (column("a: {rest: true, ⟦required: true}"), "M208", "no `required`", "remove `required`"),
    (column("a: {rest: true, type: ⟦text}"), "M208", "always json", "leave `type` out"),
    (column("a: {type: json, ⟦map: {x: w}}"), "M208", "has no `map`", "type: scalar"),
    (nested("each: 'a[*]'\ncolumns: {a: {position: true, ⟦map: {a: b}}}"), "M208", "no `map`", "remove"),
    (nested("sources:\n  s: {each: 'a[*]', columns: {⟦p: x}}\ncolumns: {p: {position: true}}"),
     "M208", "docrel", "remove"),
    # M209: unknown tables and columns
    (root("indexes: {i: ⟦isnb}"), "M209", "no column `isnb`", "did you mean `isbn`?"),
    (root("indexes: {i: [isbn, ⟦zzz]}"), "M209", "no column `zzz`", "use one of: id, isbn"),
    (root("unique: [[⟦isnb]]"), "M209", "no column `isnb`", "did you mean `isbn`?"),
    (nested("each: 'a[*]'\ncolumns: {k: {parent: ⟦boks}}"),
     "M209", "no table `boks`", "did you mean `books`?"),
    (nested("each: 'a[*]'\ncolumns: {k: {references: ⟦books.isnb}}"),
     "M209", "no column `isnb`", "`books.isbn`"),
    (nested("each: 'a[*]'\ncolumns: {k: {references: ⟦books.x}}", "x: text"),
     "M209", "same `x`", "add `unique: true`"),
    (nested("sources:\n  s: {each: 'a[*]', within: ⟦book}\ncolumns: {a: text}"),
     "M209", "`book`", "did you mean `books`?"),
    (nested("sources:\n  s: {each: 'a[*]', columns: {⟦tilte: x}}\ncolumns: {title: text}"),
     "M209", "`tilte`", "`title`?"),
    (column("a: {default: {time: ⟦isnb, plus_seconds: s}}\n      s: integer"), "M209", "`isnb`", "`isbn`?"),
    # M210: names taken
    (column("⟦ISBN: text"), "M210", "SQLite does not tell capitals apart", "another name"),
    (root("indexes: {⟦Books: isbn}"), "M210", "a table is named `Books` already as `books`", "another name"),
    (nested("each: 'a[*]'\ncolumns: {a: text}\ntables: {⟦lines: {each: 'b[*]', columns: {b: text}}}"),
     "M210", "`lines`", ""),
    (nested("each: 'a[*]'\ncolumns: {⟦books_id: text}"),
     "M210", "should hold the key", "`books_key: {parent: books}`"),
    ("mapping: m\ntables: {⟦m_shape: {columns: {k: {required: true, unique: true}}}}",
     "M210", "docrel's table", ""),
    (HEAD + "views: {v: SELECT 1}\n"
     "statements: {⟦v: {sqlite: CREATE TRIGGER v AFTER DELETE ON books BEGIN SELECT 1; END}}\n",
     "M210", "a view is named `v`", "another name"),
    (HEAD.replace("books:", "books:\n    row: row") + "    tables: {lines: {each: 'a[*]', columns: ⟦{id: text}}}\n",
     "M210", "`row_id` should hold the key", "`row_key: {parent: books}`"),
    (HEAD + "    tables:\n      a:\n        columns: ⟦{c: text}\n"
     "        sources: {s: {each: 'a[*]'}, t: {each: 'a[*]', within: b}}\n"
     "        tables: {b: {each: 'b[*]', row: books, columns: {c: text}}}\n",
     "M210", "`books_id` should hold the key", "parent: b"),
    (nested("sources: {a: {each: 'x[*]'}, 'a[*]': {each: 'z[*]'}}\nrepeat: ⟦'a[*]'\ncolumns: {e: {edge: true}}"),
     "M210", "`a[*]` is named as a source", "rename"),
    # M211: impossible names
    (root("indexes: {⟦sqlite_i: isbn}"), "M211", "begin with `sqlite_`", "call the index otherwise"),
    (column(f"⟦{'é' * 40}: text"), "M211", "80 bytes", "at most 63 bytes"),
    (column("⟦'': text"), "M211", "without a name", "give the column a name"),
    (column("⟦xmin: text"), "M211", "PostgreSQL", "`from: xmin`"),
    # M212: two selectors take one value
    (column("a: {from: x.y}\n      b: {from: ⟦x.y}"),
     "M212", "column `a` and the column `b` both take `x.y`", '{"x": {"y": 1}}'),
    (column("a: {from: [x, w]}\n      b: {from: [z, ⟦w]}"), "M212", "both take `w`", '{"w": 1}'),
    (column("a: {from: x, type: json}\n      b: {from: ⟦x.y}"), "M212", "both take `x.y`", '{"x": {"y": 1}}'),
    (column("a: {from: x}\n      b: {from: ⟦x, type: json}"), "M212", "both take `x`", '{"x": 1}'),
    (column("a: {from: [x, ⟦x]}"), "M212", "twice", "remove one"),
    (nested("each: ⟦'a[*]'\ncolumns: {b: text}", "x: {from: 'a[0]'}"),
     "M212", "both take `a[0]`", '{"a": [1]}'),
    (nested("each: ⟦a\ncolumns: {b: text}", "x: {from: a.c}"), "M212", "both take `a.c`", '{"a": {"c": 1}}'),
    (nested("each: ⟦'a[*]'\ncolumns: {b: text}", "x: {from: a, type: json}"),
     "M212", "both take `a`", '{"a": [1]}'),
    (
        nested("each: 'a[*]'\ntables: {c: {each: 'x[*]', columns: {d: {from: e}, f: {from: ⟦e}}}}"),
        "M212", "both take `e`", '{"a": [{"x": [{"e": 1}]}]}',
    ),
    (HEAD + "    tables:\n      s: {each: 'a[*]'}\n      t: {each: ⟦'a[*]'}\n",
     "M212", "table `s` and the table `t`", '{"a": [1]}'),
    # M213, M214, M215: where selectors may lead
    (column("a: {from: ⟦'tags[*]'}"), "M213", "many values", "`each: 'tags[*]'`"),
    (column("a: {from: ⟦'x.*.y'}"), "M213", "many values", "`each: 'x.*'`"),
    ("mapping: m\ntables:\n  t: {each: ⟦'a[*]', columns: {k: {required: true, unique: true}}}\n",
     "M214", "one row a document", "`each: $`"),
    (nested("each: ⟦'a[*].b[*]'\ncolumns: {c: text}"),
     "M214", "two levels at once", "in it one with `each: 'b[*]'`"),
    (nested("each: ⟦'a[*].b'\ncolumns: {c: text}"), "M214", "goes on behind", "write `each: 'a[*]'`"),
    (nested("each: ⟦'@'\ncolumns: {c: text}"), "M214", "the very node", "into the enclosing table"),
    (nested("⟦each: 'a[*]'\nsources: {s: {each: 'a[*]'}}\ncolumns: {c: text}").replace("⟦each: ", "each: ⟦"),
     "M214", "not both", "move"),
    (nested("each: 'lines[*]'\ncolumns: {a: {from: ⟦'$.lines[*].sku'}}"),
     "M215", "starts at its row", "write `sku`"),
    (nested("each: 'lines[*]'\ncolumns: {a: {from: ⟦$.sku}}"),
     "M215", "starts at the document", "`derived: $.sku`"),
    (
        nested("each: 'a[*]'\ncolumns: {b: text}\ntables: {c: {each: ⟦'$.x[*]', columns: {d: text}}}"),
        "M215", "lies within rows of another", "without `$.`",
    ),
    # M216, M217: constants and limits
    (column("a: {one_of: [x, w], default: ⟦z}"), "M216", "not in `one_of`", "add it"),
    (column("a: {type: integer, default: ⟦x}"), "M216", "not a value of type integer", "type integer"),
    (column("a: {type: integer, one_of: [1, ⟦'2']}"),
     "M216", "'2' is not a value of type integer", "type: text"),
    (column("a: {one_of: [done], map: {x: ⟦doen}}"), "M216", "not in `one_of`", "did you mean `done`?"),
    (column("a: {type: real, min: 0, default: ⟦-1}"), "M216", "outside `min` and `max`", "another default"),
    (nested("sources:\n  s: {each: x, columns: {k: ⟦{value: 1}}}\ncolumns: {k: text}"),
     "M216", "cannot hold 1", "text"),
    (column("a: {type: integer, min: ⟦3, max: 1}"), "M217", "above `max`", "exchange"),
    (column("a: {min: ⟦3}"), "M217", "no meaning for a column of type text", "checks"),
    (column("a: {one_of: ⟦[]}"), "M217", "allows nothing", "list the values"),
    (column("a: {required: true, otherwise: ⟦rest}"), "M217", "would be NULL", "remove"),
    (column("a: {type: real, max: ⟦1.5e308}"), "M217", "beyond what databases can compare", "leave `max` out"),
    (column("a: {type: real, min: ⟦-1" + "0" * 400 + "}"), "M217", "beyond what databases can compare", "leave `min`"),
    (column("a: {type: scalar, one_of: [1], default: ⟦true}"), "M216", "the default True is not in `one_of`", "add it"),
    (column("a: {type: scalar, one_of: [1], map: {x: ⟦1.0}}"), "M216", "into 1.0, which is not in `one_of`", "add it"),
    (column("a: {type: real, default: ⟦1" + "0" * 400 + "}"), "M216", "not a value of type real", "type real"),
    # M218, M219: keys
    ("⟦mapping: m\ntables: {t: {columns: {a: text}}}",
     "M218", "nothing says what identifies", "add `document: {key: a}`"),
    ("mapping: m\ndocument: {key: ⟦isnb}\ntables: {t: {columns: {isbn: {required: true, unique: true}}}}",
     "M218", "`isnb`", "`isbn`?"),
    ("mapping: m\ndocument: {key: a}\ntables: {t: {columns: {⟦a: {required: true}}}}",
     "M218", "is not unique", "add `unique: true`"),
    ("mapping: m\ndocument: {key: ⟦id}\ntables: {t: {columns: {id: {surrogate: true}, a: text}}}",
     "M218", "docrel fills it", "read from"),
    (nested("each: 'a[*]'\nprimary_key: ⟦[b]\ncolumns: {b: text}"),
     "M219", "order of the rows", "`position: {position: true}`"),
    (root("primary_key: ⟦[isbn]").replace("isbn: {r", "id: {surrogate: true}\n      isbn: {r"),
     "M219", "already", "unique: [[isbn]]"),
    (nested("each: a.*\nrepeat: b.*\nprimary_key: [p, q]\ncolumns: {q: {key: each}, ⟦p: {parent: lines.q}}"),
     "M219", "`p` is a part of the key that it holds", "leave it out"),
    (HEAD.replace("each: $", "each: $\n    primary_key: [a, isbn]").replace("isbn: {", "a: integer\n      isbn: {")
     + "    tables: {s: {each: 's[*]', tables: {t: {each: 't[*]', columns: {⟦c: {parent: books.isbn}}}}}}\n",
     "M219", "`c` is not all of the key of `books`", "`{parent: books.a}`"),
    # M220: defaults
    (nested("each: 'a[*]'\ncolumns: {b: text}", "x: {default: {from: ⟦'a[0].b'}}"),
     "M220", "which the table `lines` takes", "no nested"),
    (nested("each: 'a[*]'\ncolumns: {b: {default: {from: ⟦'$.a'}}}"),
     "M220", "which the table `lines` takes", "no nested"),
    (column("a: {default: ⟦{time: isbn}}"), "M220", "no `plus_seconds`", "add `plus_seconds:"),
    (column("a: {default: {time: ⟦a, plus_seconds: s}}\n      s: integer"),
     "M220", "needs `a` itself", "count from"),
    (column("a: {default: {time: isbn, plus_seconds: ⟦b}}\n      b: text"),
     "M220", "not an integer column", "type: integer"),
    (column("a: {default: {time: ⟦r, plus_seconds: s}}\n      s: integer\n      r: {rest: true}"),
     "M220", "needs `r`, which is filled after it", "stands before"),
    (column("a: {default: {time: ⟦b, plus_seconds: s}}\n      s: integer\n"
            "      b: {default: {time: isbn, plus_seconds: s}}"),
     "M220", "needs `b`, which is filled after it", "stands before"),
    (column("a: {default: {cases: [⟦{then: x}, {then: z}]}}"),
     "M220", "ever looked at", "move it to the end"),
    (nested("each: 'a[*]'\ncolumns: {b: {default: {same_as: ⟦books.isnb}}}", "x: {from: z}"),
     "M220", "not a column of the root", ""),
    # M221, M222, M223: recursion, sources, switches
    (nested("each: a.*\nrepeat: ⟦'*'\ncolumns: {name: {key: repeat}}"),
     "M221", "which nodes are rows", "row_if"),
    (nested("each: a.*\nrepeat: ⟦'*'\nrow_if: [b]\ncolumns: {b: text}"),
     "M221", "names passed", "`name: {key: repeat"),
    (nested("each: ⟦'a[*]'\nrepeat: '*'\nrow_if: [b]\ncolumns: {name: {key: repeat}}"),
     "M221", "not through arrays", "`.*`"),
    (nested("each: ⟦'a[ *]'\nrepeat: '*'\nrow_if: [b]\ncolumns: {name: {key: repeat}}"),
     "M221", "not through arrays", "`.*`"),
    (nested("each: a.*\nrepeat: '*'\nrow_if: [b]\ncolumns: {name: {key: repeat, join: ⟦\"\\ud800\"}}"),
     "M221", "cannot be told apart", "join by"),
    (nested("each: 'a[*]'\nrow_if: ⟦[b]\ncolumns: {b: text}"), "M221", "there is none", "add `repeat: '*'`"),
    (nested("each: a\ncolumns: {p: {position: ⟦true}}"), "M221", "no place among others", "end `each` in"),
    (nested("each: 'a[*]'\ncolumns: {name: {key: ⟦each}}"), "M221", "have no name", "`position: true`"),
    (nested("each: 'a[*]'\nrepeat: ⟦b\ncolumns: {c: text}"), "M221", "leads to one node", "`b[*]`"),
    (nested("sources:\n  s: {each: 'a[*]'}\n  ⟦t: {each: 'b[*]'}\ncolumns: {c: text}"),
     "M222", "came from `s` or `t`", "edge: true"),
    (
        TWO_ROOTS + "  ⟦b: {columns: {k: {required: true, unique: true}}}\n",
        "M223", "which documents go to `b`", "when: {kind: value}",
    ),
    (
        TWO_ROOTS + "  b: {when: ⟦{t: [1, 2]}, columns: {k: {required: true, unique: true}}}\n",
        "M223", "could go to `a` and to `b`", "different values",
    ),
    (HEAD + "    tables:\n      s: {each: 'a[*]', when: {k: 1}, columns: {p: {position: true}}}\n"
     "      ⟦t: {each: 'a[*]', when: {k: 2}, columns: {c: text}}\n",
     "M223", "only some have a position", "to all of them"),
    (nested("each: 'a[*]'\nwhen: {kind: a, ⟦'@.kind': b}\ncolumns: {c: text}"),
     "M223", "`@.kind` is looked at already", "one list"),
    # M224, M225: SQL
    (HEAD + "views: {v: ⟦DELETE FROM books}\n", "M224", "not a SELECT", "begin the text with SELECT"),
    (HEAD + "views: {v: ⟦SELECT 1; SELECT 2}\n", "M224", "more than one statement", "keep one"),
    (HEAD + "statements: {s: {sqlite: ⟦DROP TABLE books}}\n", "M224", "neither a trigger", "CREATE TRIGGER"),
    (HEAD + "statements: {s: {sqlite: ⟦CREATE VIEW t AS SELECT 1}}\n", "M224", "creates `t`", "`CREATE … s`"),
    (HEAD + "statements: {s: {sqlite: ⟦'CREATE VIEW s AS SELECT 1; DROP TABLE books'}}\n",
     "M224", "more than one", "entry"),
    (root("checks: {c: ⟦'a < 1; DROP TABLE books'}"), "M224", "one SQL condition", "without `;`"),
    (HEAD + "views: {v: {⟦postgres: SELECT 1}}\n", "M225", "`postgres` is not a dialect", "`postgresql`"),
    (root('checks: {c: ⟦"isbn > 0 /* \\ud800 */"}'), "M224", "no database takes", "remove it"),
    (HEAD + 'views: {v: ⟦"SELECT 1 -- \\ud800"}\n', "M224", "no database takes", "remove it"),
    (HEAD + 'statements: {s: ⟦"CREATE VIEW s AS SELECT \'\\0\'"}\n', "M224", "no database takes", "remove it"),
    # M226, M227, M228
    (HEAD + "document: {parts: {a: s.json, b: ⟦s.json}}\n", "M226", "file of `a` already", "of its own"),
    (HEAD + "document: {parts: {a: ⟦../s.json}}\n", "M226", "not a file within", "relative path"),
    *((HEAD + f'document: {{parts: {{a: ⟦"{file}"}}}}\n', "M226", "not a file within", "relative path")
      for file in (".", "./", "a\\0b", "a\\ud800", "a\\\\b", " ")),
    (HEAD + "document: {parts: {a: x/s.json, b: ⟦x//./s.json}}\n", "M226", "file of `a` already", "of its own"),
    (column("a: {renamed_from: ⟦isbn}"), "M227", "still there", "remove"),
    (root("renamed_from: ⟦books"), "M227", "this name still", "remove"),
    (root("key_order: {'@': ⟦[a, a]}"), "M228", "`a` is listed twice", "remove one"),
    (root("key_order: {a: [b], ⟦'@.a': [c]}"), "M228", "said already", "remove one"),
    (root("key_order: {'a[*]': ⟦[a, b]}"), "M228", "not a path of names", "joined by dots"),
    # M230: what no rule of its own sees
    (re.sub(r"(mapping: )\w+", r"\1⟦sqlite_x", HEAD), "M211", "`sqlite_` are reserved", "call the mapping otherwise"),
    ("⟦" + HEAD + "    tables:\n" + "".join(f"      t{n}: {{each: 't{n}[*]'}}\n" for n in range(4096)),
     "M230", "there are 4,097 tables", "write otherwise"),
]  # fmt: skip


@pytest.mark.parametrize(("marked", "code", "message", "help_"), MISTAKES)
def test_a_mistake_is_reported_once_where_it_is_with_one_action(
    marked: str, code: str, message: str | None, help_: str | None
) -> None:
    before = marked[: marked.index(MARK)]
    place = f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"
    found = problems(marked.replace(MARK, ""))
    assert [(f[0], f[1]) for f in found] == [(place, code)], found
    assert (message or "") in found[0][2]
    assert (help_ or "") in found[0][3]
    assert found[0][3], "every problem has an action"
    assert code in codes()


def test_every_code_of_a_mapping_has_a_test() -> None:
    wanted = {code for code in codes() if code.startswith("M2")}
    wanted.remove("M231")  # it takes a database: tests/unit/test_odd_arguments.py
    assert {code for _, code, _, _ in [*MISTAKES, *WRITTEN]} == wanted


def test_all_problems_come_at_once_sorted_by_place() -> None:
    text = column("a: {type: string, from: '..x'}\n      b: {rest: true, required: true}")
    assert [code for _, code, _, _ in problems(text)] == ["M206", "M205", "M208"]


ALLOWED = {
    "a scalar or an object": nested("each: a\ncolumns: {b: text}", "a: text"),
    "one or many": nested("each: 'a[*]'\ncolumns: {b: text}", "a: text"),
    "named members beside the others": nested("each: a.*\ncolumns: {name: {key: each}}", "x: {from: a.x}"),
    "a scalar and what lies below it": column("a: {from: x}\n      b: {from: x.y}"),
    "one object or many": HEAD + "    tables:\n      s: {each: a}\n      t: {each: 'a[*]'}\n",
    "an array split by kind": HEAD
    + "    tables:\n      s: {each: 'a[*]', when: {k: 1}}\n      t: {each: 'a[*]', when: {k: [2, '1']}}\n",
    "a node of scalars or objects": nested("each: 'a[*]'\ncolumns: {v: {from: '@'}, b: text}"),
    "a constant of a source that is written as another number": nested(
        "sources: {s: {each: 'a[*]', columns: {v: {value: 1}}}, t: {each: 'b[*]'}}\n"
        "columns: {v: {unsourced: true, type: real, one_of: [1, 2]}}"
    ),
    "a discriminator in a column": column("k: integer").replace("each: $", "each: $\n    when: {k: [1, 2]}"),
}  # fmt: skip


@pytest.mark.parametrize("text", ALLOWED.values(), ids=ALLOWED.keys())
def test_kinds_that_never_meet_may_share_a_place(text: str) -> None:
    assert problems(text) == []


def test_keys_are_added_where_the_mapping_names_none() -> None:
    plan = plan_of(nested("each: 'a[*]'\ncolumns: {x: text}").replace("  books:", "  books:\n    row: book"))
    lines = plan.table("lines")
    assert [(c.name, c.type, c.role, c.required) for c in lines.columns] == [
        ("id", "integer", p.Surrogate(), False),
        ("book_id", "integer", p.ParentKey("books", "id"), True),
        ("x", "text", p.Value(((Name("x"),),)), False),
    ]
    assert lines.primary_key == ("id",)
    assert plan.key == "isbn"


def test_a_taken_id_and_a_composite_key_get_names_of_their_own() -> None:
    plan = plan_of(
        "mapping: m\ntables:\n  t:\n    primary_key: [a, b]\n    columns: {a: {unique: true}, b: integer}\n"
        "    tables:\n      u: {each: 'x[*]', columns: {id: text}}\n"
    )
    assert [(c.name, c.type) for c in plan.table("u").columns] == [
        ("row_id", "integer"), ("t_a", "text"), ("t_b", "integer"), ("id", "text"),
    ]  # fmt: skip
    assert plan.table("u").columns[2].role == p.ParentKey("t", "b")


def test_a_repeat_links_rows_to_rows_of_the_same_table() -> None:
    keys = "each: 'item[*]'\nrow: item\nrepeat: ['item[*]', 'answer.item[*]']\ncolumns: {t: text}"
    table = plan_of(nested(keys)).table("lines")
    assert [(c.name, c.required) for c in table.columns][:3] == [
        ("id", False),
        ("books_id", True),
        ("parent_item_id", False),
    ]
    assert [(s.name, s.parent) for s in table.sources] == [
        ("each", "books"), ("item", "lines"), ("answer.item", "lines"),
    ]  # fmt: skip


def test_tables_can_lie_within_one_another() -> None:
    plan = plan_of(
        nested(
            "row: item\nsources:\n  top: {each: 'item[*]'}\n  inner: {each: 'item[*]', within: answers}\n"
            "columns: {t: text}\ntables: {answers: {each: 'answer[*]', row: answer, columns: {v: text}}}"
        )
    )
    assert [(c.name, c.required) for c in plan.table("lines").columns][1:3] == [
        ("books_id", True),
        ("answer_id", False),
    ]
    assert plan.table("lines").sources[1].parent == "answers"


def test_sources_with_constants_come_before_the_one_without() -> None:
    table = plan_of(
        nested(
            "sources:\n  all: {each: 'a[*]'}\n  one: {each: b, columns: {k: {value: one}, v: '@'}}\n"
            "columns: {k: text, v: json, t: text}"
        )
    ).table("lines")
    assert [s.name for s in table.sources] == ["one", "all"]
    assert table.sources[0].constants == (("k", "one"),)
    assert table.sources[0].values == (("v", ((),)), ("t", ()))


def test_a_default_can_be_that_of_a_column_of_the_root_table() -> None:
    plan = plan_of(
        nested(
            "each: 'a[*]'\ncolumns: {b: {unsourced: true, default: {same_as: books.at}}}",
            "at: {from: [x.yy, z], default: {from: w, now: true}}",
        )
    )
    default = plan.table("lines").column("b").default
    assert default is not None and default.now
    assert [read.path[-1] for read in default.reads] == [Name("yy"), Name("z"), Name("w")]
    assert all(read.root for read in default.reads)


def test_cases_with_alternatives_are_cases_one_after_the_other() -> None:
    plan = plan_of(column("a: {default: {cases: [{when: [x, w], is: [1, 2], then: b}, {then: c}]}}"))
    default = plan.table("books").column("a").default
    assert default is not None
    assert [(len(case.conditions), case.then) for case in default.cases] == [(1, "b"), (1, "b"), (0, "c")]
    assert default.cases[1].conditions == ((p.Read(False, (Name("w"),)), (1, 2)),)


def test_constants_have_the_type_of_their_column() -> None:
    found = plan_of(column("a: {type: real, min: 0, one_of: [1, 2], default: 1}")).table("books").column("a")
    assert found.default is not None
    assert [type(v) for v in (found.minimum, found.default.constant, *(found.one_of or ()))] == [float] * 4


def test_a_plan_knows_where_each_column_was_written() -> None:
    assert plan_of(column("a: text")).table("books").column("a").origin == "mapping.yaml:7:7"


def test_plans_come_back_from_their_json() -> None:
    for file in sorted(MISSIONS.glob("v*.yaml")):
        plan = compile(spec.load(file))
        assert load_plan(p.dump(plan)) == plan


@pytest.mark.parametrize(("version", "tables", "indexes", "columns"), [(1, 5, 12, 7), (2, 11, 28, 17)])
def test_the_missions_have_the_tables_and_indexes_of_the_first_plan(
    version: int, tables: int, indexes: int, columns: int
) -> None:
    plan = compile(spec.load(MISSIONS / f"v{version}.yaml"))
    assert (plan.name, plan.version, plan.key) == ("missions", version, "mission_uuid")
    assert len(plan.tables) == tables
    assert sum(len(t.indexes) for t in plan.tables) == indexes
    assert len(plan.table("missions").columns) == columns
    assert [s.name for s in plan.statements] == [
        "active_missions", "tool_usage_stats", "playbook_performance", "compute_memory_expiration",
    ]  # fmt: skip


SHARED = pathlib.Path(os.environ.get("DOCREL_SHARED") or MISSIONS.parents[2] / "shared")
FACTS = SHARED / "data" / "vibe-agency" / "schema_facts_v1_v2.json"


@pytest.mark.skipif(not FACTS.exists(), reason=f"{FACTS} is absent")
@pytest.mark.parametrize("version", [1, 2])
def test_the_missions_have_the_columns_and_indexes_of_the_reference(version: int) -> None:
    facts = next(f for name, f in json.loads(FACTS.read_text()).items() if name.startswith(f"v{version}_"))
    plan = compile(spec.load(MISSIONS / f"v{version}.yaml"))
    assert sorted(t.name for t in plan.tables) == sorted(facts["tables"])
    for table in plan.tables:
        theirs = facts["tables"][table.name]
        names = [c.name for c in table.columns if (version, table.name, c.name) != (2, "missions", "name")]
        assert names == [c["name"] for c in theirs["columns"]]
        needed = {c.name for c in table.columns if c.required}
        assert needed == {c["name"] for c in theirs["columns"] if c["notnull"]}
        left_out = "idx_agent_memory_mission_key"
        indexes = {i["name"]: i["cols"] for i in theirs["indexes"] if i["origin"] == "c" and i["name"] != left_out}
        assert {i.name: list(i.columns) for i in table.indexes} == indexes


@pytest.mark.parametrize(("levels", "is_refused"), [(60, False), (65, True), (200, True)])
def test_places_that_are_two_things_lie_in_each_other_to_a_limit(levels: int, is_refused: bool) -> None:
    columns: dict[str, Any] = {"k": {"required": True, "unique": True}, "o": {}}
    for level in range(1, levels + 1):
        place = ".".join(["a"] * level)
        columns[f"c{level}"] = {"from": place}
        columns[f"d{level}"] = {"from": f"{place}.x", "default": {"from": "o", "value": "1"}}
    text = json.dumps({"mapping": "m", "document": {"key": "k"}, "tables": {"r": {"columns": columns}}})
    if is_refused:
        with pytest.raises(MappingError, match="M230"):
            compile(spec.loads(text))
    else:
        assert rebuilder_of(compile(spec.loads(text)))

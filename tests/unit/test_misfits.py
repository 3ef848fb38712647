"""Rows that make no document: each kind is told by table, row and reason, and hides no other document.

The mappings say `constraints: declared`: where the database forbids such rows is in tests/laws/test_forbidden.py.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from docrel import compile, spec
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.migrate import applying as migration
from docrel.plan import Plan
from docrel.store import UnreadableError, open_store
from docrel.upkeep import RowFault, move, open_archive, validate

TABLES = """\
    columns:
      k: {required: true, unique: true}
      p: text
      pn: {from: p.name}
      url: {from: q.url}
      i: integer
      r: real
      b: boolean
      j: json
      u: {type: uuid}
      only: {one_of: [a, b]}
      first: {from: 'f[2]'}
      more: {rest: true}
    tables:
      o: {each: o, columns: {s: text}}
      q: {each: 'q.*', columns: {name: {key: each}, v: text}}
      s: {each: 's[*]', columns: {place: {position: true}, t: text}}
      c: {each: 'c[*]', repeat: 'c[*]', columns: {t: text}}
      e: {each: 'e[*]', repeat: ['a[*]', 'b[*]'], columns: {way: {edge: true}, t: text}}
      w1: {each: 'w[*]', when: {kind: X}, columns: {kind: text}}
      w2: {each: 'w[*]', when: {kind: V}, columns: {t: text}}
      tree:
        each: tree.*
        repeat: '*'
        row_if: [ref]
        columns: {kind: {key: each}, name: {key: repeat, join: '.'}, ref: text}
"""
DOCUMENT = {
    "k": "a",
    "p": "Elm",
    "o": {"s": "one"},
    "q": {"url": "u", "m": {"v": "1"}, "n": {"v": "2"}},
    "s": [{"t": "1"}, {"t": "2"}],
    "c": [{"t": "top", "c": [{"t": "below"}]}, {"t": "other"}],
    "e": [{"t": "top", "a": [{"t": "below"}]}],
    "w": [{"kind": "X"}, {"kind": "V", "t": "y"}],
    "tree": {"api": {"v1": {"ref": "r1"}, "v2": {"ref": "r2"}}},
    "left": {"over": 1},
}
OTHER = {"k": "z", "s": [{"t": "9"}]}

KINDS: dict[str, tuple[str, str]] = {
    "a member twice": ("UPDATE q SET name = 'm'", "q, row 2: the member 'm' is taken"),
    "a member that a column names": ("UPDATE q SET name = 'url' WHERE id = 1", "q, row 1: the member 'url' is taken"),
    "an unused member that a column names": (
        "UPDATE r SET url = NULL WHERE id = 1; UPDATE q SET name = 'url' WHERE id = 1",
        "q, row 1: the member 'url' is taken",
    ),
    "a member of the rest": (
        """UPDATE r SET more = '{"q":{"m":5}}' WHERE id = 1""",
        "q, row 1: the member 'm' is taken",
    ),
    "a member without a name": ("UPDATE q SET name = NULL WHERE id = 1", "q, row 1: column name holds NULL"),
    "two single objects": ("INSERT INTO o (r_id, s) VALUES (1, 'two')", "o, row 2: its place is taken"),
    "a single object and the rest": (
        """UPDATE r SET more = '{"o":5}' WHERE id = 1""",
        "r, row 1: the rest has @.o",
    ),
    "a scalar and an object": (
        "UPDATE r SET pn = 'Oak' WHERE id = 1",
        "r, row 1: what stands at @.p is said twice",
    ),
    "a column and the rest": ("""UPDATE r SET more = '{"p":[1]}' WHERE id = 1""", "r, row 1: the rest has @.p"),
    "a scalar in the rest that is a column's": (
        """UPDATE r SET p = NULL, more = '{"i":1}' WHERE id = 1""",
        "r, row 1: the rest has @.i, which belongs into column i",
    ),
    "an object in the rest in a column's place": (
        """UPDATE r SET i = NULL, more = '{"i":{"a":1}}' WHERE id = 1""",
        "r, row 1: the rest has @.i, which is the place of a column or of rows",
    ),
    "an empty array in the rest in a column's place": (
        """UPDATE r SET i = NULL, more = '{"i":[]}' WHERE id = 1""",
        "r, row 1: the rest has @.i, which is the place of a column or of rows",
    ),
    "a scalar in the rest where rows are looked for": (
        """UPDATE r SET more = '{"q":5}' WHERE id = 1; UPDATE r SET url = NULL; DELETE FROM q""",
        "r, row 1: the rest has @.q, which is the place of a column or of rows",
    ),
    "an array in the rest that is rows": (
        """UPDATE r SET more = '{"s":[{"t":"3"}]}' WHERE id = 1; DELETE FROM s WHERE r_id = 1""",
        "r, row 1: the rest has @.s, which belongs into table s",
    ),
    "an object in the rest that is a row": (
        """UPDATE r SET more = '{"o":{"s":"3"}}' WHERE id = 1; DELETE FROM o""",
        "r, row 1: the rest has @.o, which belongs into table o",
    ),
    "a member in the rest that is a row": (
        """UPDATE r SET more = '{"q":{"other":{"v":"3"}}}' WHERE id = 1""",
        "r, row 1: the rest has members of @.q that belong into table q",
    ),
    "a rest that is no object": (
        "UPDATE r SET more = '5' WHERE id = 1",
        "r, row 1: the rest has @, where a column",
    ),
    "a rest that is no JSON": (
        "UPDATE r SET more = 'no' WHERE id = 1",
        "r, row 1: column more holds 'no', which is no JSON",
    ),
    "no JSON": ("UPDATE r SET j = '{' WHERE id = 1", "r, row 1: column j holds '{', which is no JSON"),
    "bytes as JSON": (
        "UPDATE r SET j = x'00' WHERE id = 1",
        "r, row 1: column j holds b'\\x00', which is no JSON",
    ),
    "bytes in a text": (
        "UPDATE r SET p = x'00ff' WHERE id = 1",
        "r, row 1: column p holds b'\\x00\\xff', which is no text",
    ),
    "text in an integer": (
        "UPDATE r SET i = 'five' WHERE id = 1",
        "r, row 1: column i holds 'five', which is no integer",
    ),
    "infinity": ("UPDATE r SET r = 9e999 WHERE id = 1", "r, row 1: column r holds inf, which is no real"),
    "neither true nor false": (
        "UPDATE r SET b = 7 WHERE id = 1",
        "r, row 1: column b holds 7, which is no boolean",
    ),
    "what no UUID is held as": ("UPDATE r SET u = 'no' WHERE id = 1", "r, row 1: column u holds 'no', which no uuid"),
    "a gap in an array": (
        """UPDATE r SET first = '1', more = '{"f":[5,null]}' WHERE id = 1""",
        "r, row 1: the rest ends with null at @.f",
    ),
    "no position": ("INSERT INTO s (r_id, t) VALUES (1, 'b')", "s, row 4: its position is no number"),
    "only one, and no position": (
        "DELETE FROM s WHERE id = 1; UPDATE s SET place = NULL WHERE id = 2",
        "s, row 2: column place holds NULL, which is no position",
    ),
    "a position that is a word": ("UPDATE s SET place = 'x' WHERE id = 1", "s, row 1: its position is no number"),
    "a row above itself": ("UPDATE c SET parent_c_id = 1 WHERE id = 1", "c, row 1: it lies below itself"),
    "a circle": ("UPDATE c SET parent_c_id = 3 WHERE id = 1", "c, row 1: it lies below itself"),
    "an edge of no name": ("UPDATE e SET way = 'c' WHERE id = 2", "e, row 2: no document gives such a row"),
    "an edge of another parent": ("UPDATE e SET way = 'a' WHERE id = 1", "e, row 1: no document gives such a row"),
    "another table's kind": ("UPDATE w1 SET kind = 'V'", "w1, row 1: what tells the tables of its place apart"),
    "nobody's kind": ("UPDATE w1 SET kind = NULL", "w1, row 1: what tells the tables of its place apart"),
    "a name in a tree twice": ("UPDATE tree SET name = 'v1'", "tree, row 2: the member api.v1 is taken"),
    "a row within a row of a tree": ("UPDATE tree SET name = 'v1.x' WHERE id = 2", "tree, row 2: the member api.v1.x"),
    "a row of a tree that is none": ("UPDATE tree SET ref = NULL WHERE id = 2", "tree, row 2: the member api.v2"),
}  # fmt: skip


def plan(version: int = 1, tables: str = TABLES) -> Plan:
    head = f"mapping: m\nversion: {version}\nconstraints: declared\ndocument: {{key: k}}"
    return compile.compile(spec.loads(f"{head}\ntables:\n  r:\n    row: r\n{tables}"))


def sql(path: Path, text: str) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    connection.execute("PRAGMA ignore_check_constraints=ON")
    connection.executescript(text)
    connection.close()


def dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with open_store(tmp_path / "m.db", plan()) as store:
        store.put(DOCUMENT)
        store.put(OTHER)
    return tmp_path / "m.db"


@pytest.fixture(params=KINDS)
def broken(db: Path, request: pytest.FixtureRequest) -> Iterator[tuple[Path, str]]:
    edit, reason = KINDS[request.param]
    sql(db, edit)
    yield db, reason


def fails(action: Callable[[], Any]) -> str:
    with pytest.raises(UnreadableError) as caught:
        action()
    assert all(d.code == "S439" for d in caught.value.diagnostics)
    return str(caught.value)


def test_nobody_reads_it_and_all_others_are_read(broken: tuple[Path, str]) -> None:
    path, reason = broken
    with open_store(path) as store:
        assert f"the document 'a' cannot be read: {reason}" in fails(lambda: store.get("a"))
        assert store.get("z") == OTHER
        for read in (store.scan, lambda: store.find("TRUE")):
            seen: list[Any] = []
            message = fails(lambda: seen.extend(read()))  # noqa: B023
            assert seen == [("z", OTHER)] and f"the document 'a' cannot be read: {reason}" in message
        assert list(store.keys()) == ["a", "z"] and len(store) == 2
        assert any(reason in check.text for check in validate(store) if not check.ok)


NO_OBJECT = (
    "column j holds '{', which is no JSON: 1:2: the end of the text stands where an object's next name is expected"
)


def test_validate_tells_all_of_it_and_each_cause_once(db: Path) -> None:
    with open_store(db) as store:
        for edit in (
            "PRAGMA ignore_check_constraints = ON",
            "UPDATE r SET r = 'much', u = '6BA7', only = 'c' WHERE id = 1",
            "UPDATE s SET place = 'x', t = x'00'",
            "UPDATE q SET name = 'm'",
            "UPDATE c SET parent_c_id = id",
            "UPDATE r SET j = '{' WHERE id = 2",
        ):
            store.backend.execute(edit)
        wrong = [check for check in validate(store) if isinstance(check, RowFault)]
    texts = [check.text.partition("cannot be read: ")[2] for check in wrong]
    assert sorted(texts) == sorted([
        "r, row 1: column r holds 'much', which is no real",
        "r, row 1: column u holds '6BA7', which no uuid is held as",
        "r, row 1: column only holds 'c', which is not one of a, b",
        *(text for row in (1, 2) for text in (
            f"s, row {row}: its position is no number: column place holds 'x'",
            f"s, row {row}: column t holds b'\\x00', which is no text",
        )),
        *(f"c, row {row}: it lies below itself: its row above, which parent_c_id names, is one of those below it"
          for row in (1, 2, 3)),
        "q, row 2: the member 'm' is taken: by another row, a column or the rest (column name)",
        f"r, row 2: {NO_OBJECT}",
        *(f"s, row 3: {what}" for what in (
            "its position is no number: column place holds 'x'", "column t holds b'\\x00', which is no text",
        )),
    ])  # fmt: skip
    said = CliRunner().invoke(main, ["validate", "--db", str(db)]).output
    assert said.count("which is no text") == 1 and "… and 2 more like it: rows 2, 3" in said, said


def test_a_rule_that_a_row_far_below_breaks_is_told_of_that_row(tmp_path: Path) -> None:
    tables = """\
    columns: {k: {required: true, unique: true}}
    tables: {s: {each: 's[*]', columns: {num: {type: integer, min: 0}}}}
"""
    with open_store(tmp_path / "m.db", plan(tables=tables)) as store:
        store.put({"k": "1", "s": [{"num": 1}, {"num": 2}]})
        store.backend.execute("PRAGMA ignore_check_constraints = ON")
        store.backend.execute("UPDATE s SET num = -5 WHERE id = 2")
        (wrong,) = [check.text for check in validate(store) if isinstance(check, RowFault)]
    rule = "$.s[1].num of the document, -5, breaks the rule `minimum`"
    assert f"s, row 2: {rule}: column num holds -5, which is less than 0, the least allowed" in wrong


def test_nothing_that_would_drop_its_rows_changes_anything(broken: tuple[Path, str], tmp_path: Path) -> None:
    path, reason = broken
    before = dump(path)
    migrated = fails(lambda: migration.apply(path, plan(2), rewrite=True, backup=False))
    assert f"the document 'a' cannot be read: {reason}" in migrated
    with open_store(path) as store, open_archive(store) as archive:
        assert reason in fails(lambda: move(["z", "a"], store, archive))
        assert len(archive) == 0
    assert dump(path) == before
    out = tmp_path / "out.jsonl"
    result = CliRunner().invoke(main, ["export", "--all", "--db", str(path), "--output", str(out)])
    assert (result.exit_code, out.read_text()) == (1, '{"k":"z","s":[{"t":"9"}]}\n')
    assert reason in result.output


def test_put_and_import_replace_it_wholly(broken: tuple[Path, str], tmp_path: Path) -> None:
    path, _ = broken
    copied = tmp_path / "copy.db"
    copied.write_bytes(path.read_bytes())
    with open_store(path) as store, open_store(copied) as other:
        assert store.put(DOCUMENT).kind == "updated"
        report = other.import_([DOCUMENT, OTHER, {"k": "new"}])
        assert (report.refused, report.inserted, report.updated, report.unchanged) == (0, 1, 1, 1)
        for one in (store, other):
            assert one.get("a") == DOCUMENT
            assert [check.text for check in validate(one) if "ocument" in check.text] == [
                "Every document comes back from its rows",
                "Every row lies below a document",
            ]


@pytest.mark.parametrize("kind", ["a member twice", "a circle", "no position", "no JSON"])
def test_delete_takes_it_out(db: Path, kind: str) -> None:
    sql(db, KINDS[kind][0])
    with open_store(db) as store:
        store.delete("a")
        assert dict(store.scan()) == {"z": OTHER}


def test_ten_are_told_the_others_counted(tmp_path: Path) -> None:
    with open_store(tmp_path / "m.db", plan()) as store:
        store.import_([{"k": str(n), "i": n} for n in range(500)])
        store.backend.execute("UPDATE r SET i = 'x' WHERE id % 25 = 0")
        seen: list[Any] = []
        message = fails(lambda: seen.extend(store.scan()))
    assert len(seen) == 480
    assert message.count("cannot be read:") == 10 and "10 more documents cannot be read" in message


def test_rows_below_no_document_are_named_and_not_dropped(db: Path) -> None:
    sql(db, "UPDATE s SET r_id = 99 WHERE id = 1; UPDATE c SET r_id = 99 WHERE id = 3")
    with open_store(db) as store:
        wrong = [check.text for check in validate(store) if not check.ok]
    assert "Table 's', row 1, lies below no document" in wrong
    assert "Table 'c', row 3, lies below no document" in wrong
    assert "rows lie below no document: s, row 1, c, row 3" in fails(
        lambda: migration.apply(db, plan(2), rewrite=True, backup=False)
    )


def test_a_parent_in_another_document_is_refused_and_does_not_hurt_that(db: Path) -> None:
    sql(db, "INSERT INTO c (id, r_id, t) VALUES (7, 2, 'z'); UPDATE c SET parent_c_id = 7 WHERE id = 3")
    with open_store(db) as store:
        assert "c, row 3: its row of c, 7, is not there" in fails(lambda: store.get("a"))
        assert store.get("z") == {**OTHER, "c": [{"t": "z"}]}
        assert "c, row 3" in fails(lambda: list(store.scan()))


def test_links_to_two_branches_are_refused(tmp_path: Path) -> None:
    tables = """\
    columns:
      k: {required: true, unique: true}
    tables:
      a: {each: 'a[*]', columns: {t: text}, tables: {b: {each: 'b[*]', columns: {top: {parent: r}, t: text}}}}
      inn:
        sources:
          top: {each: 'n[*]'}
          inner: {each: 'n[*]', within: a}
        columns: {t: text}
"""
    with open_store(tmp_path / "m.db", plan(tables=tables)) as store:
        store.put({"k": "1", "n": [{"t": "x"}], "a": [{"t": "y", "b": [{"t": "z"}], "n": [{"t": "w"}]}]})
        store.put({"k": "2", "a": [{"t": "y"}]})
    sql(tmp_path / "m.db", "UPDATE b SET top = 2")
    with open_store(tmp_path / "m.db") as store:
        fails(lambda: store.get("2"))
        seen: list[Any] = []
        assert "b, row 1" in fails(lambda: seen.extend(store.scan()))
        store.backend.execute("UPDATE b SET top = 1")
        store.backend.execute("UPDATE inn SET a_id = 2 WHERE a_id = 1")
        assert "inn, row " in fails(lambda: list(store.scan()))


def test_a_key_of_two_root_tables_is_nobodys(tmp_path: Path) -> None:
    text = """\
mapping: m
constraints: declared
document: {key: k}
tables:
  a: {when: {kind: A}, columns: {k: {required: true, unique: true}}}
  b: {when: {kind: B}, columns: {k: {required: true, unique: true}}}
"""
    with open_store(tmp_path / "m.db", compile.compile(spec.loads(text))) as store:
        store.put({"k": "1", "kind": "A"})
        store.put({"k": "2", "kind": "B"})
        store.backend.execute("INSERT INTO b (k) VALUES ('1')")
        twice = "the document '1' cannot be read: a has a row of this key, and so has b"
        seen: list[Any] = []
        for action in (
            lambda: store.get("1"),
            lambda: store.delete("1"),
            lambda: store.put({"k": "1", "kind": "B"}),
            lambda: seen.extend(store.scan()),
        ):
            assert twice in fails(action)
        assert seen == [("2", {"k": "2", "kind": "B"})]
        assert any("'1' is the key of rows of several root tables" in check.text for check in validate(store))
        report = store.import_([{"k": "1", "kind": "A", "new": 1}, {"k": "3", "kind": "A"}])
        assert (report.refused, report.inserted) == (1, 1)


def test_rows_of_it_can_be_looked_at(db: Path) -> None:
    sql(db, "UPDATE s SET place = NULL WHERE id = 2; UPDATE r SET j = '{' WHERE id = 1")
    with open_store(db) as store:
        assert [row.id for row in store.rows("s", "a")] == [1, 2]
        with pytest.raises(StoreError, match="S439"):
            store.rows("r", "a")


def test_a_value_that_another_spelling_means_is_no_misfit(db: Path) -> None:
    sql(db, """UPDATE r SET j = '{ "a" : 1 }', more = '{ "left": {"over": 1.0} }' WHERE id = 1""")
    with open_store(db) as store:
        assert store.get("a")["j"] == {"a": 1} and store.get("a")["left"] == {"over": 1.0}
        assert all(check.ok for check in validate(store))
    migration.apply(db, plan(2), rewrite=True, backup=False)


def test_what_does_not_come_back_as_it_is_stops_a_rewriting(db: Path) -> None:
    sql(db, "UPDATE r SET only = 'c' WHERE id = 1")
    reason = "r, row 1: $.only of the document, 'c', breaks the rule `one_of"
    with open_store(db) as store:
        assert store.get("a")["only"] == "c"
        assert any(reason in check.text for check in validate(store) if not check.ok)
    assert reason in fails(lambda: migration.apply(db, plan(2), rewrite=True, backup=False))


@pytest.mark.parametrize(
    ("table", "node"),
    [
        (
            "sources: {plain: {each: a}, told: {each: b, columns: {by: {value: x}}}}, columns: {by: text, v: text}",
            {"by": "x", "v": "1"},
        ),
        ("each: a.*, columns: {name: {key: each}, v: text}", {f"m{c}": {"v": "1"} for c in "\ud800\udfff"}),
    ],
    ids=["it would be read as another source's", "its name is another row's as far as a database can tell"],
)
def test_what_became_no_row_by_chance_is_no_misfit(table: str, node: Any) -> None:
    text = f"""{{mapping: m, document: {{key: k}}, tables: {{m: {{
        columns: {{k: {{required: true, unique: true}}, more: {{rest: true}}}}, tables: {{one: {{{table}}}}}}}}}}}"""
    with open_store(":memory:", compile.compile(spec.loads(text))) as store:
        store.put({"k": "1", "a": node})
        assert store.get("1") == {"k": "1", "a": node}
        assert all(check.ok for check in validate(store))

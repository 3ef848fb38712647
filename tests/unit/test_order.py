"""Ids stay with their elements; where ids do not tell the order of rows, ranks do; and rows may swap unique values."""

from __future__ import annotations

import itertools
import sqlite3
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel.migrate import apply
from docrel.store import Store, open_store

ROOT = """
mapping: m
document: {key: k}
tables:
  r:
    columns: {k: {required: true, unique: true}}
    tables:
"""
ITEMS = ROOT + "      c: {each: 'c[*]', columns: {v: text}}\n"
SWITCH = ROOT + (
    "      a: {each: 'o[*]', when: {type: a}, columns: {v: text}}\n"
    "      b: {each: 'o[*]', when: {type: b}, columns: {v: text}}\n"
)
NESTED = ROOT + "      c:\n        each: 'm[*]'\n        tables: {d: {each: '@[*]', columns: {v: {from: '@'}}}}\n"


def opened(mapping: str, path: Path | str = ":memory:") -> Store:
    return open_store(path, compile.compile(spec.loads(mapping)))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "m.db"


def items(*values: Any) -> dict[str, Any]:
    return {"k": "1", "c": [{"v": str(value)} for value in values]}


def ids(store: Store, table: str = "c") -> dict[Any, Any]:
    return {v: number for number, v in store.backend.execute(f"SELECT id, v FROM {table}")}


def ranks(store: Store) -> int:
    return int(store.backend.execute("SELECT count(*) FROM m_note WHERE rank IS NOT NULL")[0][0])


def written(store: Store, table: str = "c") -> tuple[int, int, int]:
    counts = store.written[table]
    return counts.inserted, counts.updated, counts.deleted


class TestIds:
    def test_an_element_put_first_is_one_row_and_one_rank(self) -> None:
        with opened(ITEMS) as store:
            store.put(items(*range(2000)))
            before = ids(store)
            store.put(items("first", *range(2000)))
            assert written(store) == (2001, 0, 0)
            assert ids(store) | before == ids(store)
            assert ranks(store) == 1
            assert store.get("1") == items("first", *range(2000))
            assert store.put(items("first", *range(2000))).kind == "unchanged"

    def test_an_element_that_moves_keeps_its_id(self) -> None:
        with opened(ITEMS) as store:
            store.put(items(*"abcdef"))
            before = ids(store)
            for order in ("fabcde", "fabdec", "abcdef", "fedcba", "badcfe"):
                store.put(items(*order))
                assert store.get("1") == items(*order)
                assert dict(store.scan())["1"] == items(*order)
                assert [row.v for row in store.rows("c", "1")] == list(order)
                assert ids(store) == before
            assert written(store) == (6, 0, 0)

    def test_an_order_that_ids_tell_again_needs_no_ranks(self) -> None:
        with opened(ITEMS) as store:
            store.put(items(*"abc"))
            store.put(items(*"cab"))
            assert ranks(store) == 1
            store.put(items(*"abc"))
            assert ranks(store) == 0

    def test_elements_put_first_or_into_one_gap_ever_anew_find_room(self) -> None:
        with opened(ITEMS) as store:
            for at in (0, 1):
                order: list[Any] = ["a", "b"]
                store.put(items(*order))
                for n in range(200):
                    order.insert(at, n)
                    store.put(items(*order))
                    assert store.get("1") == items(*order)

    @pytest.mark.parametrize("seed", range(20))
    def test_any_changes_of_order_are_kept(self, seed: int) -> None:
        random, names = Random(seed), itertools.count()
        order: list[str] = []
        with opened(ITEMS) as store:
            known: dict[Any, Any] = {}
            for _ in range(30):
                match random.randint(0, 5):
                    case 0 if order:
                        order.pop(random.randrange(len(order)))
                    case 1 if order:
                        order.insert(random.randrange(len(order)), order.pop(random.randrange(len(order))))
                    case 2 if random.random() < 0.3:
                        random.shuffle(order)
                    case _:
                        order.insert(random.randrange(len(order) + 1), str(next(names)))
                store.put(items(*order))
                assert store.get("1") == items(*order)
                stay = {v: number for v, number in known.items() if v in order and v in ids(store)}
                assert stay == {v: number for v, number in ids(store).items() if v in stay}
                known = ids(store)

    def test_rows_that_say_nothing_themselves_are_known_by_what_is_below(self) -> None:
        with opened(NESTED) as store:
            store.put({"k": "1", "m": [["a"], ["b"], ["c"]]})
            before = store.backend.execute("SELECT id, c_id, v FROM d")
            store.put({"k": "1", "m": [["x"], ["c"], ["a"], ["b"]]})
            assert set(store.backend.execute("SELECT id, c_id, v FROM d")) >= set(before)
            assert written(store, "d") == (4, 0, 0)
            assert store.get("1") == {"k": "1", "m": [["x"], ["c"], ["a"], ["b"]]}

    def test_positions_shift_and_ids_stay(self) -> None:
        with opened(ITEMS.replace("{v: text}", "{v: text, place: {position: true}}")) as store:
            store.put(items(*"abc"))
            before = ids(store)
            store.put(items(*"xcab"))
            assert ids(store) | before == ids(store)
            assert ranks(store) == 0
            assert store.get("1") == items(*"xcab")

    def test_a_table_of_the_users_own_goes_on_pointing_at_its_element(self, path: Path) -> None:
        with opened(ITEMS, path) as store:
            store.put(items(*"abc"))
        with sqlite3.connect(path) as db:
            db.execute("CREATE TABLE mine (c_id INTEGER REFERENCES c (id) ON DELETE CASCADE)")
            db.execute("INSERT INTO mine SELECT id FROM c WHERE v = 'b'")
        db.close()
        with open_store(path) as store:
            for order in ("xabc", "cb", "bc", "xyzcba"):
                store.put(items(*order))
                found = store.backend.execute("SELECT v FROM mine JOIN c ON c.id = c_id")
                assert found == [("b",)]

    def test_members_of_a_map_stay_in_order(self) -> None:
        with opened(ROOT + "      p: {each: 'p.*', columns: {name: {key: each}, v: text}}\n") as store:
            for names in ("abc", "cab", "xcab", "bxa"):
                document = {"k": "1", "p": {name: {"v": name} for name in names}}
                store.put(document)
                assert list(store.get("1")["p"]) == list(names)
            assert len(store.backend.execute("SELECT * FROM p")) == 3

    def test_elements_that_are_no_rows_stay_where_they_are(self) -> None:
        with opened(ITEMS) as store:
            store.put({"k": "1", "c": [{"v": "a"}, 1, {"v": "b"}, 2, {"v": "c"}]})
            later = {"k": "1", "c": [5, {"v": "c"}, 2, {"v": "x"}, 3, {"v": "a"}, {"v": "b"}, 4]}
            store.put(later)
            assert store.get("1") == later
            store.backend.execute("DELETE FROM c WHERE v = 'x'")
            assert store.get("1") == {"k": "1", "c": [5, {"v": "c"}, 2, 3, {"v": "a"}, {"v": "b"}, 4]}
            store.backend.execute("DELETE FROM c WHERE v = 'c'")
            assert store.get("1") == {"k": "1", "c": [5, 2, 3, {"v": "a"}, {"v": "b"}, 4]}


class TestMigrations:
    """The order and the ids are those of before, by plain SQL and by rewriting, up and down."""

    ORDER = ("d", "b", "a", "c")

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("{v: text}", "{v: text, w: {type: text, default: x}}"),
            ("{v: text}", "{v: text, more: {rest: true}}"),
            ("{v: text}", "{v: text, place: {position: true}}"),
            ("{v: text, place: {position: true}}", "{v: text}"),
            ("{v: text}", "{v: {required: true}}"),
        ],
    )
    def test_they_keep_ids_and_order(self, path: Path, old: str, new: str) -> None:
        before, after = (compile.compile(spec.loads(ITEMS.replace("{v: text}", to))) for to in (old, new))
        after = replace(after, version=2)
        with open_store(path, before) as store:
            store.put(items(*"abcd"))
            store.put(items(*self.ORDER))
            known = ids(store)
        for plan, back in ((after, False), (before, True)):
            apply(path, plan, back=back, backup=False)
            with open_store(path) as store:
                assert store.get("1") == items(*self.ORDER)
                assert ids(store) == known
                assert store.put(items(*self.ORDER)).kind == "unchanged"
                store.put(items(*self.ORDER, "e"))
                store.put(items(*self.ORDER))
                assert ids(store) == known


class TestLast:
    def test_a_row_that_sql_inserts_is_last(self) -> None:
        with opened(ITEMS) as store:
            store.put(items(*"abc"))
            store.put(items(*"bca"))
            store.backend.execute("DELETE FROM c WHERE v = 'c'")
            store.backend.execute("INSERT INTO c (r_id, v) VALUES (1, 'x')")
            assert store.get("1") == items(*"bax")

    def test_it_is_last_among_the_rows_of_several_tables(self, path: Path) -> None:
        elements = [{"type": "b", "v": "0"}, *({"type": "a", "v": str(n)} for n in range(1, 5))]
        with opened(SWITCH, path) as store:
            store.put({"k": "1", "o": elements})
        db = sqlite3.connect(path, isolation_level=None)
        for table in "bba":
            db.execute(f"INSERT INTO {table} (r_id, v) VALUES (1, 'new')")
            elements.append({"v": "new", "type": table})
        db.execute("DELETE FROM a WHERE id = (SELECT max(id) FROM a)")
        db.execute("INSERT INTO b (r_id, v) VALUES (1, 'newest')")
        elements[-1] = {"v": "newest", "type": "b"}
        db.execute("UPDATE b SET id = 50 WHERE v = '0'")
        elements.append(elements.pop(0))
        db.execute("INSERT INTO a (r_id, v) VALUES (1, 'end')")
        elements.append({"v": "end", "type": "a"})
        db.close()
        with open_store(path) as store:
            assert store.get("1") == {"k": "1", "o": elements}
            store.append("1", "o", {"type": "b", "v": "appended"})
            assert store.get("1")["o"][-1] == {"type": "b", "v": "appended"}

    def test_it_is_last_after_a_bulk_load(self) -> None:
        with opened(SWITCH) as store:
            store.import_([b'{"k": "1", "o": [{"type": "b", "v": "0"}, {"type": "a", "v": "1"}]}'])
            store.backend.execute("INSERT INTO b (r_id, v) VALUES (1, 'new')")
            assert [element["v"] for element in store.get("1")["o"]] == ["0", "1", "new"]

    def test_a_row_that_sql_moves_below_another_is_last_there(self, path: Path) -> None:
        comments = ROOT + "      c: {each: 'c[*]', repeat: 'c[*]', columns: {v: text}}\n"
        with opened(comments, path) as store:
            store.put({"k": "1", "c": [{"v": "a", "c": [{"v": "aa"}]}, {"v": "b"}, {"v": "c"}]})
        db = sqlite3.connect(path, isolation_level=None)
        for moved, to in (("b", "a"), ("c", "a"), ("a", "b")):
            db.execute("UPDATE c SET parent_c_id = (SELECT id FROM c WHERE v = ?) WHERE v = ?", [to, moved])
            if moved == "c":
                db.execute("INSERT INTO c (r_id, parent_c_id, v) SELECT r_id, id, 'new' FROM c WHERE v = 'a'")
                with open_store(path) as store:
                    below = [{"v": v} for v in ("aa", "b", "c", "new")]
                    assert store.get("1") == {"k": "1", "c": [{"v": "a", "c": below}]}
                for v in ("aa", "b"):
                    db.execute("UPDATE c SET parent_c_id = NULL WHERE v = ?", [v])
        db.close()
        with open_store(path) as store:
            top = [{"v": "aa"}, {"v": "b", "c": [{"v": "a", "c": [{"v": "c"}, {"v": "new"}]}]}]
            assert store.get("1") == {"k": "1", "c": top}

    def test_an_appended_element_is_last_where_ranks_are_higher_than_ids(self) -> None:
        with opened(ITEMS) as store:
            store.put(items(*"abc"))
            store.put(items(*"bca"))
            store.append("1", "c", {"v": "x"})
            assert store.get("1") == items(*"bcax")
            assert written(store) == (4, 0, 0)


class TestMembers:
    MAP = ROOT + "      p: {each: 'p.*', columns: {name: {key: each}, v: text}}\n"
    NATURAL = ROOT + "      p: {each: 'p.*', columns: {name: {key: each}, v: text}, primary_key: [r_id, name]}\n"

    @pytest.mark.parametrize("mapping", [MAP, NATURAL])
    @pytest.mark.parametrize(("old", "new"), [("a", "A"), ("a", "zz"), ("c", "0"), ("c", "C")])
    def test_a_renamed_member_keeps_its_place(self, mapping: str, old: str, new: str) -> None:
        document: dict[str, Any] = {"k": "1", "p": {"a": {"v": "1"}, "b": 5, "c": {"v": "3"}, "d": 6}}
        with opened(mapping) as store:
            store.put(document)
            store.backend.execute("UPDATE p SET name = ? WHERE name = ?", [new, old])
            wanted = [new if name == old else name for name in document["p"]]
            assert list(store.get("1")["p"]) == wanted

    def test_a_member_that_sql_inserts_takes_no_place_of_one_that_went(self) -> None:
        with opened(self.MAP) as store:
            store.put({"k": "1", "p": {"a": {"v": "1"}, "b": 5, "c": {"v": "3"}}})
            store.backend.execute("DELETE FROM p WHERE name = 'a'")
            store.backend.execute("INSERT INTO p (r_id, name) VALUES (1, 'z')")
            assert list(store.get("1")["p"]) == ["b", "c", "z"]

    def test_a_renamed_node_of_a_tree_keeps_its_place(self) -> None:
        mapping = ROOT + (
            "      t: {each: 't.*', repeat: '*', row_if: [ref], columns: {name: {key: repeat, join: '.'}, ref: text}}\n"
        )
        document = {"k": "1", "t": {"x": {"a": {"ref": "1"}, "b": 5, "c": {"ref": "3"}}}}
        with opened(mapping) as store:
            store.put(document)
            column = "name"
            (name,) = next(iter(store.backend.execute(f"SELECT {column} FROM t WHERE ref = '1'")))
            store.backend.execute(f"UPDATE t SET {column} = ? WHERE ref = '1'", [name.replace("a", "A")])
            assert list(store.get("1")["t"]["x"]) == ["A", "b", "c"]


PLACED = """
      c:
        each: 'c[*]'
        columns: {{{columns}}}
        primary_key: {key}
        unique: {unique}
"""
PERMUTATIONS = [
    *(("abcd", "".join(order)) for order in itertools.permutations("abcd")),
    ("abcd", "xabcd"),
    ("abcd", "bcde"),
    ("abc", "cbda"),
]


class TestUnique:
    @pytest.mark.parametrize(("before", "after"), PERMUTATIONS)
    def test_rows_with_natural_keys_swap_unique_places(self, before: str, after: str) -> None:
        columns = "sku: {required: true}, place: {position: true}"
        mapping = ROOT + PLACED.format(columns=columns, key="[r_id, sku]", unique="[[r_id, place]]")
        self._put_over(mapping, [{"sku": name} for name in before], [{"sku": name} for name in after])

    @pytest.mark.parametrize(("before", "after"), PERMUTATIONS)
    @pytest.mark.parametrize("kind", ["text", "integer", "{one_of: [a, b, c, d, e, x], required: true}"])
    def test_rows_with_ids_swap_unique_values(self, before: str, after: str, kind: str) -> None:
        columns = f"id: {{type: integer, surrogate: true}}, sku: {kind}, label: {{unique: true}}"
        mapping = ROOT + PLACED.format(columns=columns, key="[id]", unique="[[sku]]")
        value = {"integer": ord}.get(kind, str)
        old = [{"sku": value(name), "label": f"l{n}"} for n, name in enumerate(before)]
        new = [{"sku": value(name), "label": f"l{n}"} for n, name in enumerate(after)]
        self._put_over(mapping, old, new)

    def test_rows_that_cannot_give_up_a_value_come_again_with_all_below(self) -> None:
        mapping = ROOT + (
            "      c:\n        each: 'c[*]'\n"
            "        columns:\n          sku: {required: true}\n          place: {position: true}\n"
            "          kind: {one_of: [a, b], unique: true, required: true}\n"
            "        primary_key: [r_id, sku]\n"
            "        tables: {d: {each: 'd[*]', columns: {v: {from: '@'}}}}\n"
        )
        old = [{"sku": "1", "kind": "a", "d": ["x", 1]}, {"sku": "2", "kind": "b", "d": ["y"], "more": 1}]
        new = [{"sku": "1", "kind": "b", "d": ["x", 1]}, {"sku": "2", "kind": "a", "d": ["y", "z"], "more": 1}]
        self._put_over(mapping, old, new)

    def _put_over(self, mapping: str, old: Any, new: Any) -> None:
        with opened(mapping) as store:
            store.put({"k": "1", "c": old})
            store.put({"k": "1", "c": new})
            assert store.get("1") == {"k": "1", "c": new}
            assert store.put({"k": "1", "c": new}).kind == "unchanged"


def test_a_rank_that_sql_gives_to_a_row_without_an_id_of_its_own_tells_nothing() -> None:
    mapping = ROOT + "      c: {each: 'c.*', primary_key: [r_id, key], columns: {key: {key: each}, v: text}}\n"
    document = {"k": "1", "c": {"a": {"v": "x", "more": 1}, "b": {"v": "y"}}}
    with opened(mapping) as store:
        store.put(document)
        store.backend.execute("UPDATE m_note SET rank = 1")
        assert store.get("1") == document

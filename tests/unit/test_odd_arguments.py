"""Odd arguments: names that no file can have, keys that nothing has, values that are no JSON: an error of ours each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

import docrel
from docrel import compile, spec
from docrel.diagnostics import DocrelError, StoreError
from docrel.documents import read_documents
from docrel.store import Store, open_store, restore_backup
from docrel.upkeep import examine_database
from docrel.values import jsontext

MAPPING = """\
mapping: m
document: {key: k}
tables:
  t:
    columns: {k: {required: true, unique: true}, whole: integer, text: text, more: {rest: true}}
    tables: {items: {each: 'items[*]', columns: {name: text}}}
"""
PLAN = compile.compile(spec.loads(MAPPING))
NAMES = (
    "a" * 300, "a/" * 3000, "loop", "loop/x", "dangling", "dangling/x", "folder", "empty/x", "binary", "nul\0",
    "\ud800", "nowhere/x", ".", "/", "/dev/null", "",
)  # fmt: skip


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store(":memory:", PLAN) as opened:
        opened.put({"k": "a"})
        yield opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("loop").symlink_to("loop")
    Path("dangling").symlink_to("gone")
    Path("folder").mkdir()
    Path("empty").touch()
    Path("binary").write_bytes(bytes(range(256)))
    return tmp_path


def a_database(name: str) -> None:
    docrel.open(name).close()


def a_new_database(name: str) -> None:
    open_store(name, PLAN).close()


def a_backup(name: str) -> None:
    with open_store("whole.db", PLAN) as opened:
        opened.backup(name)


USES: dict[str, Callable[[str], object]] = {
    "open": a_database,
    "make": a_new_database,
    "backup": a_backup,
    "load": docrel.load,
    "read": lambda name: list(read_documents([name], PLAN)),
    "doctor": lambda name: examine_database(Path(name)),
    "restore": lambda name: restore_backup(Path("new.db"), Path(name)),
}


@pytest.mark.parametrize("use", USES)
def test_a_name_that_no_file_has(folder: Path, use: str) -> None:
    for name in NAMES:
        try:
            USES[use](name)
        except DocrelError as e:
            assert str(e)


@pytest.mark.parametrize("name", ["a" * 300, "loop", "nul\0", "\ud800"])
def test_a_database_that_no_file_can_be(folder: Path, name: str) -> None:
    with pytest.raises(StoreError, match="S407"):
        a_new_database(name)


@pytest.mark.parametrize("name", ["a" * 300, "folder", "nowhere/x", "loop/x", "."])
def test_a_backup_that_cannot_be_written(folder: Path, name: str) -> None:
    with pytest.raises(StoreError, match=r"S4(61|07)"):
        a_backup(name)


def test_a_shipped_mapping_of_a_version_beyond_all_numbers() -> None:
    with pytest.raises(docrel.MappingError, match="not in version"):
        docrel.load(f"missions@{'9' * 5000}")
    assert docrel.load("missions@02").plan.version == 2


# -- documents -----------------------------------------------------------------------------------------------------


def deep(levels: int, wrap: Callable[[Any], Any]) -> Any:
    value: Any = 1
    for _ in range(levels):
        value = wrap(value)
    return value


LOOP: list[Any] = []
LOOP.append(LOOP)
ODD = (
    *(deep(n, wrap) for n in (253, 254, 255, 256, 257, 1000) for wrap in (lambda x: [x], lambda x: {"a": x})),
    math.nan, math.inf, -math.inf, Decimal("NaN"), Decimal("sNaN"), Decimal("Infinity"), Decimal("1e400"),
    Decimal("1E+999999"), Decimal("1.0"), Decimal("1" * 5000), 10**400, 10**4300, 10**100_000, -(10**100_000), (1, 2),
    {1}, b"x", LOOP, object(), ..., {1: 2}, {None: 1}, {(1,): 1}, {"": {"": 1}}, "\ud800", "\0", {"\ud800": 1}, 3 + 4j,
    "9" * 100_000, {"a" * 100_000: 1}, [[]] * 1000,
)  # fmt: skip


@pytest.mark.parametrize("member", ["odd", "whole", "text", "k", "items"])
def test_an_odd_value_is_kept_or_refused_wherever_it_comes_in(store: Store, member: str) -> None:
    for value in ODD:
        try_odd(store, member, value)


def try_odd(store: Store, member: str, value: Any) -> None:
    document: Any = {"k": "b"} | {member: value}

    def kept(key: Any, wanted: Any) -> None:
        assert jsontext.same(store.get(key), wanted)

    def put() -> None:
        kept(store.put(document).key, document)

    def part() -> None:
        store.put_part("a", member, value)
        kept("a", {"k": "a", member: value})

    def append() -> None:
        store.put({"k": "c"})
        store.append("c", "$.list", value)
        kept("c", {"k": "c", "list": [value]})

    def whole() -> None:
        kept(store.put(value, "d", on_conflict="replace").key, value)

    for use in (put, part, append, whole, lambda: store.import_([document, value])):
        try:
            use()
        except DocrelError as e:
            assert str(e)


def test_a_signalling_nan_is_no_number(store: Store) -> None:
    with pytest.raises(docrel.DocumentError, match="not a finite number"):
        store.put({"k": "b", "x": Decimal("sNaN")})


KEYS: tuple[Any, ...] = (
    None,
    [],
    math.nan,
    b"x",
    (1, 2),
    "\ud800",
    "\0",
    1.5,
    2**63,
    10**5000,
    Decimal(1),
    "x" * 100_000,
    object(),
)


@pytest.mark.parametrize("key", KEYS, ids=lambda key: type(key).__name__)
def test_a_key_that_nothing_has(store: Store, key: Any) -> None:
    for use in (store.get, store.delete, store.etag, lambda k: store.edit(k, lambda document: document)):
        with pytest.raises(StoreError, match="S420"):
            use(key)
    assert key not in store
    with pytest.raises(StoreError, match=r"S4(37|09)"):
        store.update_row("t", key, {"text": "x"})


@pytest.mark.parametrize("value", ["\ud800", 2**63])
def test_what_no_database_can_hold(store: Store, value: Any) -> None:
    with pytest.raises(StoreError, match="S409"):
        list(store.find("k = ?", [value]))


@pytest.mark.parametrize(
    ("column", "value"), [("text", "\ud800"), ("text", "a\0"), ("whole", "five"), ("whole", 1.5), ("whole", 2**63)]
)
def test_what_a_column_cannot_hold(store: Store, column: str, value: Any) -> None:
    store.update_row("t", 1, {"text": "before", "whole": 1})
    with pytest.raises(StoreError, match=rf"S470.*t\.{column} cannot hold"):
        store.update_row("t", 1, {column: value})
    assert store.get("a") == {"k": "a", "text": "before", "whole": 1}


def test_what_a_column_of_the_rest_cannot_hold(store: Store) -> None:
    with pytest.raises(docrel.DocumentError, match="D306"):
        store.update_row("t", 1, {"more": {"a": object()}})


def test_a_member_of_what_is_no_object(store: Store) -> None:
    with open_store(":memory:", compile.compile(spec.loads(KEYLESS))) as words:
        words.put("hello", "w")
        with pytest.raises(StoreError, match="S468"):
            words.put_part("w", "title", "Hello")
        assert words.get("w") == "hello"


KEYLESS = "mapping: m\ndocument: {key: k}\ntables: {t: {columns: {k: {unsourced: true, required: true, unique: true, default: {given: true}}}}}"  # noqa: E501


@pytest.mark.parametrize("path", ["", "$", "@", "[", "$.a[0]", "$..a", "$.items[*]", "\0", "$['\ud800", "$.k", "$.k.x"])
def test_a_path_to_no_array(store: Store, path: str) -> None:
    with pytest.raises(StoreError, match="S436"):
        store.append("a", path, 1)


@pytest.mark.parametrize(
    "sql",
    ["checks: {c: nowhere > 0}", "checks: {c: 1 >}", "checks: {c: '$.a'}", "views: {v: SELECT FROM WHERE}",
     "views: {v: SELECT 1 1}", "views: {v: SELECT 'a' ->}", "statements: {s: CREATE INDEX s ON nowhere(x)}",
     "statements: {s: CREATE VIEW s AS nonsense}"],
)  # fmt: skip
def test_sql_of_the_mapping_that_the_database_refuses(sql: str, tmp_path: Path) -> None:
    text = (
        MAPPING.replace("    tables:", f"    {sql}\n    tables:") if sql.startswith("checks") else f"{MAPPING}{sql}\n"
    )
    plan = compile.compile(spec.loads(text))
    with pytest.raises(StoreError, match=r"S469.*of the mapping"):
        open_store(":memory:", plan)
    file = tmp_path / "mapping.yaml"
    file.write_text(text)
    with pytest.raises(docrel.MappingError, match=r"mapping\.yaml:[4-9]:.*M231.*of the mapping"):
        docrel.load(file)

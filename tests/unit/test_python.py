"""docrel as Python programs expect it: a dict's manners, our own errors whatever goes wrong, what is refused, told."""

from __future__ import annotations

import inspect
import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import docrel
from docrel.diagnostics import DocrelError, StoreError
from docrel.missions import MissionStore
from docrel.store import Store
from docrel.testing import assert_laws

MAPPING = """\
mapping: m
document: {key: k}
tables:
  t:
    columns: {k: {required: true, unique: true}, whole: integer, text: text, more: {rest: true}}
    tables: {items: {each: 'items[*]', columns: {name: text}}}
"""
GUIDE = (Path(__file__).parents[2] / "docs/python.md").read_text(encoding="utf-8")
ODD: tuple[Any, ...] = (
    None, 5, 1.5, "x", "", "\0", "\ud800", "a\nb", b"x", [], {}, ["x"], {"x": 1}, [None], object(), Path("nowhere/x"),
    Path("folder"), Path("m.yaml"), "m.yaml", MAPPING, lambda *_: None, "1; DROP TABLE t", [{"k": "b"}],
    docrel.Rows({}, {}, ()),
)  # fmt: skip
RAISED = (DocrelError, TypeError)
"""What may be raised: a TypeError where an argument is of a type that makes no sense, as anywhere in Python."""


@pytest.fixture(params=["file", "memory"])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Store]:
    with docrel.open(":memory:" if request.param == "memory" else "m.db", docrel.loads(MAPPING)) as opened:
        opened.put({"k": "a", "items": [{"name": "x"}]})
        opened.put({"k": "b"})
        yield opened


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "m.yaml").write_text(MAPPING)
    return tmp_path


# -- a store as a dict ---------------------------------------------------------------------------------------------


def test_a_store_is_read_as_a_dict_is(store: Store) -> None:
    assert list(store) == list(store.keys()) == ["a", "b"]
    assert len(store) == 2 and "a" in store and "z" not in store
    assert store["b"] == {"k": "b"}
    assert dict(store.items()) == dict(store) == {"a": {"k": "a", "items": [{"name": "x"}]}, "b": {"k": "b"}}
    assert list(store.values()) == [store["a"], store["b"]]
    assert store.get("z", None) is None and store.get("z", default=5) == 5 and store.get("a", 5) == store["a"]


def test_a_missing_key_is_a_key_error_and_ours(store: Store) -> None:
    for use in (store.__getitem__, store.get):
        with pytest.raises(KeyError, match=r"error\[S420\]: there is no document 'z'\n  help: ") as caught:
            use("z")
        assert isinstance(caught.value, docrel.MissingError) and isinstance(caught.value, docrel.StoreError)


# -- errors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "parameters", "words"),
    [("nope = 1", (), "no column `nope`"), ("txt = 1", (), "did you mean `text`"), ("k = ?", (), "no value for the"),
     ("k = :z", {}, "no value for the parameter `:z`"), ("k = ?", [{}], "not supported"),
     ("1; DROP TABLE t", (), "more than"),
     ("", (), "ends before"), ("k = ? AND", ["a"], "ends before"), ("k = 'a", (), "makes no sense from `'a` on"),
     ("1) UNION SELECT 1", (), r"from `\)` on"), ("abs(-9223372036854775808) = 1", (), "overflow"), ("\0", (), "null"),
     ("k = ?", ["a", "b"], "bindings"), ("k IN (SELECT x FROM zz)", (), "no table `zz`")],
)  # fmt: skip
def test_a_condition_that_the_database_does_not_understand(
    store: Store, condition: str, parameters: Any, words: str
) -> None:
    for use in (lambda: store.find(condition, parameters), lambda: store.rows_where("t", condition, parameters)):
        with pytest.raises(StoreError, match=rf"(?s)error\[S481\].*{words}"):
            use()


def test_the_place_of_a_fault_is_that_in_the_condition(store: Store) -> None:
    with pytest.raises(StoreError) as caught:
        store.find("k = 'a'\n  AND nope = 1")
    (told,) = caught.value.diagnostics
    assert told.position is not None and (told.position.line, told.position.column) == (2, 7)


def test_names_of_parameters(store: Store) -> None:
    assert [key for key, _ in store.find("k = :k", {"k": "b"})] == ["b"]


def test_the_choices_that_there_are(store: Store) -> None:
    uses: tuple[Callable[[], object], ...] = (
        lambda: store.put({"k": "a"}, on_conflict="refuze"),  # type: ignore[arg-type]
        lambda: store.import_([{"k": "a"}], on_conflict="refuze"),  # type: ignore[arg-type]
        lambda: store.import_([{"k": "a"}], new_members="x"),  # type: ignore[arg-type]
        lambda: store.import_files("folder", duplicate_keys="x"),  # type: ignore[arg-type]
        lambda: store.import_files("folder", records="x"),
        lambda: store.import_files("folder", part="x"),
        lambda: store.import_({"k": "a"}),
        lambda: store.import_("m.yaml"),
        lambda: docrel.loads(MAPPING).ddl("oracle"),
    )
    for use in uses:
        with pytest.raises(ValueError, match=r"error\[S490\]") as caught:
            use()
        assert isinstance(caught.value, docrel.ArgumentError)
    assert len(store["a"]) == 2


def test_a_change_that_forgets_to_return_changes_nothing(store: Store) -> None:
    with pytest.raises(TypeError, match="has to return the document"):
        store.edit("a", lambda document: document.clear())
    assert len(store["a"]) == 2


def test_a_row_that_gets_no_values_stays(store: Store) -> None:
    store.update_row("t", 1, {})
    with pytest.raises(StoreError, match="S437"):
        store.update_row("t", 99, {})


def methods(owner: type) -> list[str]:
    names = [name for name, value in inspect.getmembers(owner, callable) if not name.startswith("_")]
    return [*names, *(name for name in ("__contains__", "__getitem__", "__iter__", "__len__") if hasattr(owner, name))]


INTERNAL = {
    "add", "count_filled", "count_rows", "document_at", "documents_at", "drop_stale", "insert", "insert_some",
    "key_of", "name_of", "named_twice", "notes_on", "rebuilt", "rebuilt_rows", "remove", "root_content", "row_exists",
    "rows_at", "set_columns", "start", "stored_note", "table_named", "write", "write_flattened", "alike", "edited",
    "lost_rows", "locate_all", "savepoint", "transaction", "snapshot", "importing", "names_itself", "has_notes",
    "check_plan", "is_current", "is_empty", "close", "same", "size_of",
}  # fmt: skip
"""What the packages of docrel say to a store, not its callers; and what takes no argument."""


def each_use(use: Callable[..., Any], odd: Any) -> Iterator[Callable[[], object]]:
    """Yield calls with an odd value, alone and in each place behind sensible ones."""
    yield lambda: use(odd)
    yield lambda: use(odd, odd)
    for sensible in (("a",), ("t",), ("a", "$.items"), ("t", 1), ("t", "TRUE")):
        yield lambda sensible=sensible: use(*sensible, odd)  # type: ignore[misc]


def drained(result: Any) -> None:
    if isinstance(result, Iterator):
        for _ in result:
            pass
    if isinstance(result, Store | MissionStore):
        result.close()


def try_all(use: Callable[..., Any]) -> None:
    for odd in ODD:
        for call in each_use(use, odd):
            try:
                drained(call())
            except RAISED as e:
                assert str(e)


@pytest.mark.parametrize("name", [name for name in methods(Store) if name not in INTERNAL])
def test_whatever_a_store_is_given_the_error_is_ours(folder: Path, name: str) -> None:
    with docrel.open(":memory:", docrel.loads(MAPPING)) as store:
        store.put({"k": "a", "items": [{"name": "x"}]})
        try_all(getattr(store, name))


@pytest.mark.parametrize("name", [name for name in methods(docrel.Mapping) if name[0] != "_"])
def test_whatever_a_mapping_is_given_the_error_is_ours(folder: Path, name: str) -> None:
    try_all(getattr(docrel.loads(MAPPING), name))


@pytest.mark.parametrize("name", ["load", "loads", "open", "infer"])
def test_whatever_a_function_is_given_the_error_is_ours(folder: Path, name: str) -> None:
    assert {one for one in docrel.__all__ if one.islower() and one[0] != "_"} - {"register_codec"} == {
        "load", "loads", "open", "infer"
    }  # fmt: skip
    try_all(getattr(docrel, name))


@pytest.mark.parametrize(
    "name", [name for name in methods(MissionStore) if name not in {"close", "reading", "writing"}]
)
def test_whatever_a_store_of_missions_is_given_the_error_is_ours(folder: Path, name: str) -> None:
    with MissionStore() as missions:
        missions.insert_mission("a", "PLANNING", "in_progress")
        try_all(getattr(missions, name))


@pytest.mark.parametrize("use", [MissionStore, MissionStore.open])
def test_a_folder_that_cannot_be_is_told_as_ours(folder: Path, use: Callable[[Any], MissionStore]) -> None:
    for path in ("m.yaml/x", "\0", "x" * 5000):
        with pytest.raises(StoreError):
            use(path)


@pytest.mark.parametrize("name", [name for name in methods(Store) if name not in INTERNAL | {"export", "backup"}])
def test_a_closed_store_says_so(store: Store, name: str) -> None:
    given: dict[str, tuple[Any, ...]] = {
        "append": ("a", "$.items", 1), "edit": ("a", lambda d: d), "find": ("TRUE",), "import_": ([{"k": "c"}],),
        "import_files": (["m.yaml"],), "put": ({"k": "c"},), "put_part": ("a", "x", 1), "query": ("SELECT 1",),
        "rows": ("t", "a"), "rows_where": ("t",), "table": ("t",), "update_row": ("t", 1, {"text": "x"}),
        **dict.fromkeys(("keys", "items", "values", "scan", "__iter__", "__len__"), ()),
    }  # fmt: skip
    store.close()
    store.close()
    with pytest.raises(StoreError, match="the store is closed"):
        drained(getattr(store, name)(*given.get(name, ("a",))))


def test_what_others_do_to_the_database_is_told_as_ours(folder: Path) -> None:
    plan = docrel.loads(MAPPING)
    docrel.open("m.db", plan).close()
    with docrel.open("m.db", timeout_s=0.05) as store, sqlite3.connect("m.db", isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreError, match="S402"):
            store.put({"k": "a"})
        other.execute("ROLLBACK")
        store.backend.execute("PRAGMA query_only = ON")
        with pytest.raises(StoreError, match="S403"):
            store.put({"k": "a"})
        store.backend.execute("PRAGMA query_only = OFF")
        store.backend.execute("PRAGMA max_page_count = 1")
        with pytest.raises(StoreError, match="S404"):
            store.import_({"k": f"{n}", "text": "x" * 1000} for n in range(1000))
        other.execute("DROP TABLE items")
        with pytest.raises(StoreError):
            store.get("a")


def test_rows_that_make_no_document(folder: Path) -> None:
    mapping = docrel.loads(MAPPING)
    rows = mapping.flatten({"k": "a"})
    for odd in (docrel.Rows({"t": ((1,),)}, {}, ()), docrel.Rows({"t": rows.tables["t"] * 2}, {}, ()), None):
        with pytest.raises(docrel.ArgumentError, match="S491"):
            mapping.rebuild(odd)  # type: ignore[arg-type]


# -- mappings ------------------------------------------------------------------------------------------------------


def test_a_text_is_no_path_of_a_mapping(folder: Path) -> None:
    for text in (MAPPING, "mapping: m", "{}\n"):
        with pytest.raises(docrel.MappingError, match=r"Y101.*text of a mapping(.|\n)*docrel\.loads"):
            docrel.load(text)
    with pytest.raises(docrel.MappingError, match="Y101"):
        docrel.load("folder")
    assert docrel.load("m.yaml").yaml == docrel.loads(MAPPING).yaml == MAPPING


def test_documents_say_what_their_mapping_is(folder: Path) -> None:
    documents = [{"id": n, "name": f"n{n}", "lines": [{"sku": "x"}]} for n in range(30)]
    (folder / "orders").mkdir()
    for document in documents:
        (folder / "orders" / f"{document['id']}.json").write_text(json.dumps(document))
    texts = [json.dumps(document).encode() for document in documents]
    for given in ("orders", Path("orders"), ["orders"], documents, iter(documents), texts):
        mapping = docrel.infer(given, name="orders", key="id")
        assert [table.name for table in mapping.plan.tables] == ["orders", "lines"]
        assert mapping.yaml is not None and docrel.loads(mapping.yaml).plan.key == "id"
        with docrel.open(":memory:", mapping) as store:
            assert store.import_(documents).inserted == 30
            assert list(store.values()) == documents
    assert docrel.infer("orders").plan.name == "orders"


def test_what_no_mapping_can_be_inferred_from(folder: Path) -> None:
    (folder / "broken.json").write_text("{")
    for given in list[Any]([[], {"id": 1}]):
        with pytest.raises(docrel.ArgumentError, match="S490"):
            docrel.infer(given)
    with pytest.raises(docrel.DocumentError, match="D334"):
        docrel.infer("folder")
    for key in ("nope", "", "$..x"):
        with pytest.raises(docrel.ArgumentError, match="S490"):
            docrel.infer([{"id": 1}], key=key)
    with pytest.raises(docrel.DocumentError, match="D301"):
        docrel.infer("broken.json")
    told: list[Any] = []
    assert docrel.infer([b"{", None, {"id": 1}], on_unreadable=told.append).yaml
    assert [one.origin for one in told] == ["#1"]


# -- what is refused -----------------------------------------------------------------------------------------------


def test_a_report_names_what_was_refused_where_and_why(store: Store) -> None:
    Path("folder/lines.jsonl").write_text('{"k": "c"}\n{"text": 1}\n{\n')
    report = store.import_([{"k": "d"}, b"{", {"text": "no key"}, object()])
    assert (report.inserted, report.refused) == (1, 3)
    assert [(r.origin, r.diagnostics[0].code) for r in report.refusals] == [
        ("#2", "D301"),
        ("#3", "D311"),
        ("#4", "D306"),
    ]
    assert "error[D301]" in "".join(map(str, report.refusals))
    report = store.import_files("folder")
    assert [r.origin for r in report.refusals] == ["folder/lines.jsonl:2", "folder/lines.jsonl:3"]
    heard: list[Any] = []
    report = store.import_([{}], on_refused=lambda one, _: heard.append(one.origin))
    assert heard == [r.origin for r in report.refusals] == ["#1"]


# -- the laws for your own mapping ---------------------------------------------------------------------------------


def test_laws_that_nothing_was_held_to_do_not_pass(folder: Path) -> None:
    for documents in ([], iter(()), [{"text": "no key"}]):
        with pytest.raises(AssertionError, match="not one document was tried"):
            assert_laws("m.yaml", documents)
    for one in ({"k": "a"}, "m.yaml", b"{}"):
        with pytest.raises(docrel.ArgumentError):
            assert_laws("m.yaml", one)
    assert_laws("m.yaml", [{"k": "a"}])


# -- the guide -----------------------------------------------------------------------------------------------------


def test_the_guide_is_run_as_it_is_written(folder: Path) -> None:
    names: dict[str, object] = {}
    for block in re.findall(r"^```python\n(.*?)^```", GUIDE, re.MULTILINE | re.DOTALL):
        exec(block, names)


def test_the_guide_names_all_that_is_public() -> None:
    public = [name for name in docrel.__all__ if name[0] != "_"]
    assert [name for name in public if name not in GUIDE] == []
    assert [name for name in methods(Store) if name not in INTERNAL and name[0] != "_" and f"{name}" not in GUIDE] == []


def test_every_option_has_a_type() -> None:
    for owner in (Store, docrel.Mapping, MissionStore):
        for name in methods(owner):
            for parameter in inspect.signature(getattr(owner, name)).parameters.values():
                assert parameter.kind != parameter.VAR_KEYWORD or str(parameter.annotation).startswith("Unpack["), name

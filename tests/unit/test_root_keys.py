"""The identity of a document's root row: its whole primary key, of whatever kind, wherever rows and notes are found."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, spec
from docrel.diagnostics import DocumentError
from docrel.layout import typed_key
from docrel.migrate import applying as migration
from docrel.plan import Plan
from docrel.store import Store, open_store
from docrel.store.reading import PAGE_DOCUMENTS
from docrel.values import jsontext

COUNT = PAGE_DOCUMENTS + 50
KEYS: dict[str, Any] = {
    "numbered": "",
    "text": "    primary_key: [k]\n",
    "integer": "      id: {required: true, type: integer}\n    primary_key: [id]\n",
    "real": "      id: {required: true, type: real}\n    primary_key: [id]\n",
    "decimal": "      id: {required: true, type: decimal}\n    primary_key: [id]\n",
    "bytes": "      id: {required: true, type: base64}\n    primary_key: [id]\n",
    "two": "      org: {required: true}\n    primary_key: [org, k]\n",
    "three": "      org: {required: true}\n      id: {required: true, type: integer}\n    primary_key: [id, org, k]\n",
}
LINES = "    tables:\n      {root}_line:\n        each: lines[*]\n        columns: {{text: text}}\n"


def mapping(*kinds: str, version: int = 1) -> Plan:
    """Return a plan with a root table for each kind of key, or a single one."""
    text = f"mapping: m\nversion: {version}\ndocument: {{key: k}}\ntables:\n"
    for n, kind in enumerate(kinds):
        when = f"    when: {{kind: {kind}}}\n" if len(kinds) > 1 else ""
        columns = "    columns:\n      k: {required: true, unique: true}\n"
        columns += "      more: {from: keep, type: json}\n" if version > 1 else ""
        text += f"  r{n}:\n    row: r{n}\n{when}{columns}{KEYS[kind]}{LINES.format(root=f'r{n}')}"
    return compile.compile(spec.loads(text))


def document(kind: str, n: int, **more: Any) -> dict[str, Any]:
    ids = {"real": n / 7 + 0.1, "decimal": f"{n}.5", "bytes": "AAA" + "ABCDEFGH"[n % 8] if n < 8 else _base64(n)}
    return {
        "k": f"{kind} {n}", "kind": kind, "org": f"o{n % 3}", "id": ids.get(kind, n), "keep": {"n": n},
        "lines": [{"text": str(n), "by": n}, n], **more,
    }  # fmt: skip


def _base64(n: int) -> str:
    return f"{n:04d}"  # four digits are base64 of three bytes


def the_same(store: Store, wanted: dict[str, Any]) -> None:
    """Assert that every way to read gives exactly these documents."""
    assert len(store) == len(wanted)
    for key, found in store.scan():
        assert jsontext.same(found, wanted[key]), key
    assert sorted(store.keys()) == sorted(wanted)
    assert sorted(store.export()) == sorted(map(jsontext.dumps_bytes, wanted.values()))
    for key in list(wanted)[::17]:
        assert jsontext.same(store.get(key), wanted[key]), key
        (line, *_) = store.rows(_table(store, key), key)
        assert line.text == wanted[key]["lines"][0]["text"]
        assert [(k, jsontext.same(d, wanted[k])) for k, d in store.find("k = ?", [key])] == [(key, True)]
    places = store.locate_all(list(wanted))
    found = dict(store.documents_at(places.values()))
    assert all(jsontext.same(found[places[typed_key(key)]], wanted[key]) for key in wanted)


def _table(store: Store, key: str) -> str:
    place = store.locate(key)
    assert place is not None
    return f"{store.plan.tables[place.root].name}_line"


@pytest.fixture(params=[*((kind,) for kind in KEYS), tuple(KEYS), ("numbered", "integer"), ("text", "real")], ids=str)
def kinds(request: pytest.FixtureRequest) -> tuple[str, ...]:
    found: tuple[str, ...] = request.param
    return found


def _filled(path: Path, kinds: tuple[str, ...]) -> tuple[Store, dict[str, Any]]:
    count = COUNT if len(kinds) == 1 else 40
    documents = [document(kind, n) for n in range(count) for kind in kinds]
    store = open_store(path, mapping(*kinds))
    assert store.import_(documents).inserted == len(documents)
    return store, {d["k"]: d for d in documents}


def test_every_way_to_read_and_write_finds_a_document_with_its_notes(kinds: tuple[str, ...], tmp_path: Path) -> None:
    store, wanted = _filled(tmp_path / "db", kinds)
    with store:
        the_same(store, wanted)
        assert store.import_(list(wanted.values())).unchanged == len(wanted)
        for n, key in enumerate(list(wanted)[::13]):
            wanted[key] = {**wanted[key], "keep": [n], "lines": [{"text": "new", "at": n}]}
            assert store.put(wanted[key]).kind == "updated"
            assert store.put(wanted[key]).kind == "unchanged"
        for key in list(wanted)[5::29]:
            store.delete(key)
            del wanted[key]
        the_same(store, wanted)
        ((notes,),) = store.backend.execute("SELECT count(*) FROM m_complement")
        for key in list(wanted):
            store.delete(key)
        assert notes > 0
        assert store.backend.execute("SELECT count(*) FROM m_complement") == [(0,)]


def test_a_migration_keeps_every_document(kinds: tuple[str, ...], tmp_path: Path) -> None:
    store, wanted = _filled(tmp_path / "db", kinds)
    store.close()
    for version, rewrite in ((2, False), (1, True)):
        plan = mapping(*kinds, version=version)
        migration.apply(tmp_path / "db", plan, back=version == 1, rewrite=rewrite, backup=False)
        with open_store(tmp_path / "db") as store:
            the_same(store, wanted)


def test_a_document_whose_root_row_gets_another_key_keeps_its_notes(tmp_path: Path) -> None:
    with open_store(tmp_path / "db", mapping("two")) as store:
        first, other = document("two", 1), document("two", 2)
        store.put(first)
        store.put(other)
        moved = {**first, "org": "elsewhere"}
        assert store.put(moved).kind == "updated"
        the_same(store, {first["k"]: moved, other["k"]: other})
        store.edit(first["k"], lambda d: {**d, "org": "again"})
        the_same(store, {first["k"]: {**moved, "org": "again"}, other["k"]: other})
        store.append(first["k"], "$.lines", {"text": "last", "by": 9})
        assert store.get(first["k"])["lines"][-1] == {"text": "last", "by": 9}


def keyed(key: str, version: int = 1, more: str = "") -> Plan:
    """Return a plan whose documents are identified by one column."""
    column = f"{{{key}, required: true, unique: true}}"
    text = (
        f"mapping: m\nversion: {version}\ndocument: {{key: k}}\ntables:\n  r:\n    columns:\n      k: {column}\n{more}"
    )
    return compile.compile(spec.loads(text))


def _strict() -> Iterator[tuple[str, Any, list[Any]]]:
    yield "text", "7", [7, 7.0, True, None, b"7", "7 ", "a\ud800", ["7"], 2**70]
    yield "integer", 1, ["1", 1.0, True, 2**70, float("nan")]
    yield "real", 7.0, [7, "7.0", "7", True]


@pytest.mark.parametrize(("kind", "key", "others"), list(_strict()))
def test_a_key_is_one_value_of_one_kind(kind: str, key: Any, others: list[Any]) -> None:
    with open_store(":memory:", keyed(f"type: {kind}")) as store:
        store.put({"k": key})
        assert store.get(key) == {"k": key}
        for other in others:
            assert other not in store, other
            assert store.locate(other) is None


UUID = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
INEXACT: list[tuple[str, Any, Any]] = [
    ("type: text", "a?", "a\ud800"),
    ("type: text", "x\ufffd", "x\0"),
    ("type: text", "1", 1),
    ("type: text", "1.0", 1.0),
    ("type: text", "true", True),
    ("type: integer", 1, 1.0),
    ("type: integer", 1, True),
    ("type: integer", 7, "7"),
    ("type: real", 1.0, 1),
    ("type: real", 0.0, -0.0),
    ("type: uuid", UUID, UUID.upper()),
    ("type: timestamp", "2025-11-23T10:00:00Z", "2025-11-23T11:00:00+01:00"),
    ("type: decimal", "1.5", 1.5),
    ("type: decimal", "10", "1E1"),
    ("type: scalar", 1, 1.0),
    ("type: scalar", "true", True),
    ("type: base64", "QQ==", "QR=="),
    ("type: text, map: {active: open, alive: open}", "active", "alive"),
    ("type: text, map: {active: open}", "active", "open"),
    ("type: text, from: [j, k]", "1", 1),
    ("type: text, default: {from: id}", "1", 1),
    ("type: text, default: {from: $.id}", "1", 1),
]


@pytest.mark.parametrize(("key", "exact", "alike"), INEXACT)
def test_a_key_that_its_column_cannot_hold_exactly_is_refused(key: str, exact: Any, alike: Any) -> None:
    name = "id" if "default" in key else "k"
    with open_store(":memory:", keyed(key, more="    tables: {l: {each: 'l[*]', columns: {t: text}}}\n")) as store:
        first = {name: exact, "v": 1}
        stored = store.put(first).key
        report = store.import_([{name: exact, "v": 1}, {name: alike, "v": 2}])
        assert (report.unchanged, report.refused) == (1, 1)
        with pytest.raises(DocumentError, match=r"D318|D311"):
            store.put({name: alike, "v": 2})
        with pytest.raises(DocumentError, match=r"D318|D311"):
            store.edit(stored, lambda d: {**d, name: alike})
        with pytest.raises(DocumentError, match=r"D318|D311"):
            store.put_part(stored, name, alike)
        assert jsontext.same(store.get(stored), first)
        store.append(stored, "$.l", {"t": "x"})
        assert jsontext.same(dict(store.scan())[stored], {**first, "l": [{"t": "x"}]})
        assert len(store) == 1


@pytest.mark.parametrize("given", [UUID.upper(), UUID.replace("-", "")])
def test_a_name_that_the_key_column_cannot_hold_exactly_is_refused(given: str) -> None:
    with open_store(":memory:", keyed("type: uuid, default: {given: true}")) as store:
        assert store.put({"v": 1}, UUID).key == UUID
        with pytest.raises(DocumentError, match="D318"):
            store.put({"v": 2}, given)
        assert store.get(UUID) == {"v": 1}


def test_a_key_that_is_said_as_an_inexact_default_would_say_it_is_kept() -> None:
    with open_store(":memory:", keyed("type: text, default: {from: id}")) as store:
        document = {"k": "1", "id": 1}
        store.put(document)
        assert store.get("1") == document


@pytest.mark.parametrize("rewrite", [False, True])
@pytest.mark.parametrize("new", ["type: uuid", "type: integer", "type: text, from: id"])
def test_a_migration_refuses_a_key_that_cannot_hold_a_stored_one(new: str, rewrite: bool, tmp_path: Path) -> None:
    document = {"k": UUID.upper(), "id": 5}
    with open_store(tmp_path / "db", keyed("type: text")) as store:
        store.put(document)
    with pytest.raises(DocumentError, match=r"D318|D311"):
        migration.apply(tmp_path / "db", keyed(new, version=2), rewrite=rewrite, backup=False)
    with open_store(tmp_path / "db") as store:
        assert store.plan.version == 1
        assert store.get(UUID.upper()) == document


def test_rows_of_a_table_that_is_named_like_a_word_of_python() -> None:
    with open_store(
        ":memory:", keyed("type: text", more="    tables: {None: {each: 'l[*]', columns: {t: text}}}\n")
    ) as store:
        store.put({"k": "1", "l": [{"t": "x"}]})
        assert [row.t for row in store.rows("None", "1")] == ["x"]


@pytest.mark.parametrize(("kind", "name", "refused"), [("text", "7", True), ("integer", 7, False)])
def test_a_migration_refuses_one_key_for_documents_of_two_kinds(
    kind: str, name: Any, refused: bool, tmp_path: Path
) -> None:
    more = "".join(
        f"  r{n}:\n    when: {{kind: {n}}}\n"
        f"    columns: {{k: {{from: j{n}, type: {t}, required: true, unique: true}}}}\n"
        for n, t in enumerate(("text", kind))
    )
    new = compile.compile(spec.loads(f"mapping: m\nversion: 2\ndocument: {{key: k}}\ntables:\n{more}"))
    documents = {"a": {"k": "a", "kind": 0, "j0": "7"}, "b": {"k": "b", "kind": 1, "j1": name}}
    with open_store(tmp_path / "db", keyed("type: text")) as store:
        store.import_(list(documents.values()))
    if refused:
        with pytest.raises(DocumentError, match="two documents would have the key '7', one in r0, one in r1"):
            migration.apply(tmp_path / "db", new, backup=False)
    else:
        migration.apply(tmp_path / "db", new, backup=False)
    with open_store(tmp_path / "db") as store:
        assert sorted(store.export()) == sorted(map(jsontext.dumps_bytes, documents.values()))
        assert store.plan.version == (1 if refused else 2)

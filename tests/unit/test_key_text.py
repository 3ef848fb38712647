"""Keys as people type them: what a document says as its key finds it again, whatever type the key is of."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner, Result

from docrel import compile, register_codec, spec
from docrel.cli import main
from docrel.diagnostics import StoreError
from docrel.store import Store, key_of_text, open_store, text_of_key
from docrel.values import CODECS, Codec, jsontext

MAPPING = """\
mapping: things
document: {key: id}
tables:
  things:
    columns:
      id: {type: %s, required: true, unique: true}
      rest: {rest: true}
"""
UUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
KEYS: dict[str, list[tuple[Any, list[str]]]] = {
    "text": [(text, [text]) for text in ("a", "101", "true", '"', "", "{}", "é\n")],
    "integer": [(101, ["101"]), (-7, ["-7"]), (2**53 + 1, ["9007199254740993"])],
    "real": [(1.5, ["1.5", "15e-1"]), (1.0, ["1.0", "1"])],
    "boolean": [(True, ["true", "1"]), (False, ["false"])],
    "json": [
        ("a", ["a", '"a"']), (101, ["101"]), ("101", ['"101"']), (1.0, ["1.0"]), (True, ["true"]), ("", ["", '""']),
        ({"a": 1, "é": [None]}, ['{"a":1,"é":[null]}', '{ "a": 1, "\\u00e9": [null] }']), ([], ["[]"]), ("{", ["{"]),
        ("true", ['"true"']),
    ],
    "scalar": [("a", ["a"]), (101, ["101"]), (1e30, ["1e+30", "1e30"]), ("true", ["true"]), ('"a"', ['"a"'])],
    "timestamp": [("2025-11-20T10:15:00Z", ["2025-11-20T10:15:00Z", "2025-11-20T11:15:00+01:00"])],
    "date": [("2025-11-20", ["2025-11-20"])],
    "decimal": [("1.5", ["1.5"]), ("7", ["7"])],
    "uuid": [(UUID, [UUID, UUID.upper()])],
    "base64": [("AQID/w==", ["AQID/w=="]), ("", [""]), ("true", ["true"]), ("1234", ["1234"])],
    "text, map: {in progress: busy}": [("in progress", ["in progress", "busy"]), ("done", ["done"])],
    "integer, map: {one: 1}": [("one", ["one", "1"]), (2, ["2"])],
}  # fmt: skip
"""What documents say, by the column's type, each with the texts that mean it; the first is how it is shown."""
CASES = [(kind, value, texts) for kind, pairs in KEYS.items() for value, texts in pairs]


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, done.output
    return done


def bring(kind: str, *documents: Any) -> None:
    Path("m.yaml").write_text(MAPPING % kind)
    Path("d.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    run("import", "d.jsonl", "--db", "d.db", "--mapping", "m.yaml")


@pytest.mark.parametrize(("kind", "value", "texts"), CASES, ids=[f"{k}-{v!r}" for k, v, _ in CASES])
def test_a_document_is_found_by_what_it_says(here: Path, kind: str, value: Any, texts: list[str]) -> None:
    document = {"id": value, "n": [1]}
    others = [{"id": other} for other, _ in KEYS[kind] if other is not value]
    bring(kind, document, *others)
    for text in texts:
        assert json.loads(run("export", "--db", "d.db", f"--key={text}").stdout) == document
    run("archive", "--db", "d.db", f"--key={texts[0]}")
    assert json.loads(run("archive", "--db", "d.db", "--list", "--format=json").stdout)["archived"]
    run("export", "--db", "d.db", f"--key={texts[0]}", status=1)
    run("restore", "--db", "d.db", f"--key={texts[0]}")
    with open_store("d.db") as store:
        for key, found in store.scan():
            shown = text_of_key(store.plan, key)
            assert key_of_text(store, shown) == key
            assert found != document or shown == texts[0]


def test_each_type_is_tried() -> None:
    built_in = {name for name, codec in CODECS.items() if codec.encode.__module__ == "docrel.values.codecs"}
    assert built_in <= KEYS.keys()


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("integer", "x"), ("integer", "1e400"), ("integer", "007"), ("integer", "true"), ("integer", '"1"'),
        ("real", "true"), ("boolean", "yes"), ("boolean", '"true"'), ("boolean", "2"), ("boolean", "{}"),
        ("base64", "=="), ("uuid", "[]"), ("timestamp", "null"), ("decimal", "true"), ("date", "{"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_key_finds_nothing(here: Path, kind: str, text: str) -> None:
    one = [{"id": 1}] if kind == "integer" else []  # which `true` is not
    bring(kind, *({"id": value} for value, _ in KEYS[kind]), *one)
    assert "S420" in run("export", "--db", "d.db", f"--key={text}", status=1).stderr


@pytest.fixture
def own_types() -> Iterator[None]:
    """Types that this program has registered, for as long as a test lasts."""
    registered = cast("dict[str, Codec]", CODECS)
    known = dict(registered)
    register_codec("hex", storage="blob", encode=_hex, decode=bytes.hex)
    register_codec("cents", storage="integer", encode=_cents, decode=lambda stored: stored / 100)
    yield
    registered.clear()
    registered.update(known)


def test_a_type_of_ones_own(own_types: None) -> None:
    for kind, value, text in (("hex", "00ff", "00ff"), ("cents", 1.5, "1.5")):
        with open_store(":memory:", compile.compile(spec.loads(MAPPING % kind))) as store:
            key = store.put({"id": value}).key
            assert (key_of_text(store, text), text_of_key(store.plan, key)) == (key, text)
            assert key_of_text(store, "no such") == "no such"


def _cents(value: Any) -> int | None:
    return None if isinstance(value, str) else int(value * 100)


def _hex(value: Any) -> bytes | None:
    try:
        return bytes.fromhex(value) if isinstance(value, str) else None
    except ValueError:
        return None


# -- roots whose keys are of different types ------------------------------------------------------------------

TWO = """\
mapping: things
document: {key: id}
tables:
  words:
    when: {kind: word}
    columns: {id: {type: %s, required: true, unique: true}}
  numbers:
    when: {kind: number}
    columns: {id: {type: %s, required: true, unique: true}}
"""


@pytest.fixture
def two() -> Iterator[Store]:
    with open_store(":memory:", compile.compile(spec.loads(TWO % ("text", "integer")))) as store:
        store.put({"kind": "word", "id": "a"})
        store.put({"kind": "number", "id": 101})
        yield store


def test_each_kind_of_document_is_found_by_its_own_type(two: Store) -> None:
    assert [key_of_text(two, text) for text in ("a", "101", "b")] == ["a", 101, "b"]
    assert [text_of_key(two.plan, key) for key, _ in two.scan()] == ["a", "101"]


def test_a_text_that_names_two_documents_is_refused(two: Store) -> None:
    two.put({"kind": "word", "id": "101"})
    with pytest.raises(StoreError, match=r"S422.*'101' and 101"):
        key_of_text(two, "101")


ALIKE: list[tuple[str, Any, str, Any, str]] = [
    ("text", "101", "integer", 101, "101"),
    ("text", "1.5", "real", 1.5, "1.5"),
    ("text", "true", "boolean", True, "true"),
]


@pytest.mark.parametrize(("one", "first", "other", "second", "text"), ALIKE)
@pytest.mark.parametrize("turned", [False, True])
def test_a_text_that_names_two_documents_is_told_with_what_names_each(
    here: Path, one: str, first: Any, other: str, second: Any, text: str, turned: bool
) -> None:
    pairs = [(one, first), (other, second)][:: -1 if turned else 1]
    Path("m.yaml").write_text(TWO % (pairs[0][0], pairs[1][0]))
    documents = [{"kind": kind, "id": key} for kind, (_, key) in zip(("word", "number"), pairs, strict=True)]
    Path("d.jsonl").write_text("".join(json.dumps(document) + "\n" for document in documents))
    run("import", "d.jsonl", "--db", "d.db", "--mapping", "m.yaml")
    keys = [f"--key={key}" for key in _told(run("export", "--db", "d.db", "--key", text, status=1).stderr)]
    found = [json.loads(run("export", "--db", "d.db", key).stdout) for key in keys]
    assert sorted(map(jsontext.dumps, found)) == sorted(map(jsontext.dumps, documents))
    run("archive", "--db", "d.db", *keys)
    assert _told(run("restore", "--db", "d.db", "--key", text, status=1).stderr)
    run("restore", "--db", "d.db", keys[0])
    assert json.loads(run("export", "--db", "d.db", "--all").stdout) == found[0]


def _told(error: str) -> list[str]:
    """Return the keys that S422 says to write."""
    assert "S422" in error
    keys = re.findall(r"`--key (.+?)` is", error)
    assert len(keys) == 2, error
    return [shlex.split(key)[0] for key in keys]


@pytest.mark.parametrize("kinds", [("integer", "real"), ("real", "integer")])
def test_a_number_is_that_of_its_own_type(kinds: tuple[str, str]) -> None:
    keys = {"integer": 1, "real": 1.0}
    with open_store(":memory:", compile.compile(spec.loads(TWO % kinds))) as store:
        for kind, name in zip(("word", "number"), kinds, strict=True):
            store.put({"kind": kind, "id": keys[name]})
        assert [repr(key_of_text(store, text)) for text in ("1", "1.0", "1e0")] == ["1", "1.0", "1.0"]


# -- where keys are shown -------------------------------------------------------------------------------------


def test_what_is_shown_can_be_typed(here: Path) -> None:
    bring("base64", {"id": "AQI="}, {"id": "AQM="})
    assert "(there is 'AQI=')" in run("export", "--db", "d.db", status=2).stderr
    run("export", "--db", "d.db", "--all", "--output", "out")
    assert {path.name[:4] for path in Path("out").iterdir()} == {"AQI%", "AQM%"}, "as safe names"
    run("export", "--db", "d.db", "--key", "AQI=", "--output", "one/")
    assert [path.name for path in Path("one").iterdir()] == [path.name for path in Path("out").glob("AQI*")]
    dry = ["archive", "--db", "d.db", "--where", "true", "--dry-run"]
    assert run(*dry).stdout.splitlines()[:2] == ["AQI=", "AQM="]
    assert json.loads(run(*dry, "--format", "json").stdout) == {"would_move": ["AQI=", "AQM="]}
    run("archive", "--db", "d.db", "--where", "true")
    assert run("archive", "--db", "d.db", "--list").stdout.splitlines() == ["AQI=", "AQM="]

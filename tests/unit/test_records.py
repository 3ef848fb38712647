"""Records in a file: each is a document, what surrounds them is kept, and the file comes back."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import tracemalloc
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

import docrel
from docrel.cli import main
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import InputDocument, Surroundings, read_documents
from docrel.documents.lines import moved
from docrel.documents.record_texts import RecordTexts, behind
from docrel.documents.records import surroundings
from docrel.plan import Plan
from docrel.selectors import Elements, Index, Members, Name, parse
from docrel.selectors import Path as SelectorPath
from docrel.values import jsontext

ANY = Plan("documents", 1, (), None)
THINGS = """\
mapping: things
document: {key: id}
tables:
  things:
    columns:
      id: {type: integer, required: true, unique: true}
      m: text
      rest: {rest: true}
"""
TOP: list[dict[str, Any]] = [{"id": 1, "m": "a"}, {"m": "b", "id": 2}, {"id": 3, "x": [1.0, None]}]
INNER: dict[str, Any] = {"page": 1, "next": None, "data": TOP, "end": {"ok": True}}
PATHS = ("$[*]", "$.a[*]", "$.a.b[*]", "$[1][*]", "$.*[*]", "$[*].a[*]", '$["it\'s"][*]')


def path(text: str) -> SelectorPath:
    found = parse(text).path
    assert found is not None
    return found


def read(file: Path | str, at: str = "$[*]", **options: Any) -> tuple[list[InputDocument], list[Surroundings]]:
    around: list[Surroundings] = []
    found = list(read_documents([file], ANY, records=path(at), on_surroundings=around.append, **options))
    return found, around


def put(folder: Path, name: str, text: Any) -> Path:
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else json.dumps(text).encode())
    return file


# -- the texts ----------------------------------------------------------------------------------------


def selected(value: Any, steps: SelectorPath) -> list[Any]:
    values = [value]
    for step in steps:
        found: list[Any] = []
        for one in values:
            match step:
                case Name(name) if isinstance(one, dict) and name in one:
                    found.append(one[name])
                case Index(index) if isinstance(one, list) and index < len(one):
                    found.append(one[index])
                case Elements() if isinstance(one, list):
                    found += one
                case Members() if isinstance(one, dict):
                    found += one.values()
                case _:
                    pass
        values = found
    return values


def cut(text: bytes, size: int, at: str) -> tuple[list[Any], Surroundings | None, list[Diagnostic]]:
    """Return the records that a text has, what surrounds them, and what is wrong."""
    texts = RecordTexts((text[n : n + size] for n in range(0, len(text), size)), path(at))
    found, faults = [], list[Diagnostic]()
    for record in texts:
        try:
            found.append(jsontext.loads(record.text))
        except DocumentError as error:
            faults += [moved(one, behind(record.at)) for one in error.diagnostics]
    around = None
    if texts.whole:
        try:
            around = surroundings(texts, "<json>", path(at), "refuse")
        except DocumentError as error:
            faults += [one for one in error.diagnostics if one.code != "D328"]
    return found, around, faults


def whole(around: Surroundings, records: list[Any]) -> Any:
    rest = iter(records)
    pieces = (text + ",".join(jsontext.dumps(next(rest)) for _ in range(count)) for text, count in around.pieces)
    return jsontext.loads("".join(pieces).encode())


_NAMES = st.sampled_from(["a", "b", "it's", "", 'q"[{'])
_VALUES = st.recursive(
    st.sampled_from([None, True, 1, -2.5, 10**30, "", "a]}", 'é"\\', "\n😀", "\ud800"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_NAMES, inner, max_size=4),
    max_leaves=20,
)


@given(_VALUES, st.sampled_from(PATHS), st.integers(1, 9), st.sampled_from([None, 1]))
def test_records_are_what_the_path_selects_and_the_rest_surrounds_them(
    value: Any, at: str, size: int, indent: int | None
) -> None:
    found, around, faults = cut(json.dumps(value, indent=indent).encode(), size, at)
    assert not faults
    assert jsontext.same(found, selected(value, path(at)))
    if around is not None:
        assert jsontext.same(whole(around, found), value)
        assert around.records == len(found)


@given(
    _VALUES, st.sampled_from(PATHS), st.integers(1, 9), st.integers(0, 400),
    st.sampled_from(['"', "[", "]", "{", "}", ",", ":", "\\", "\n", " x", "1", "é"]), st.booleans(),
)  # fmt: skip
def test_what_is_wrong_is_found_where_reading_the_whole_file_finds_it(
    value: Any, at: str, size: int, where: int, put_in: str, cut_off: bool
) -> None:
    text = json.dumps(value, indent=1)
    text = text[:where] if cut_off else text[:where] + put_in + text[where:]
    if not text.strip():
        return
    _, _, faults = cut(text.encode(), size, at)
    try:
        jsontext.loads(text.encode())
    except DocumentError as error:
        (expected,) = error.diagnostics
        first = min((one.position.line, one.position.column) for one in faults if one.position is not None)
        assert expected.position is not None
        assert first == (expected.position.line, expected.position.column)
    else:
        assert not faults


# -- reading ------------------------------------------------------------------------------------------


def test_records_are_documents_with_their_places(tmp_path: Path) -> None:
    found, around = read(put(tmp_path, "inner.json", INNER), "$.data[*]")
    assert [one.document for one in found] == TOP
    assert [one.name for one in found] == ["inner.data[0]", "inner.data[1]", "inner.data[2]"]
    file = str(tmp_path / "inner.json")
    assert [one.origin for one in found] == [f"{file}.data[{n}]" for n in range(3)]
    assert [one.record for one in found] == [(file, 0), (file, 1), (file, 2)]
    assert [(one.file, one.path, one.records, one.names) for one in around] == [
        (file, "$.data[*]", 3, ("page", "next", "end"))
    ]


def test_a_bad_record_stops_no_other(tmp_path: Path) -> None:
    text = b'[{"id": 1},\n  {"id": 2,}, tru, {"a": 1, "a": 2},\n {"m": 1e999}, "\xff",\n {"id": 3}]'
    found, around = read(put(tmp_path, "x.json", text))
    assert [one.document for one in found if one.readable] == [{"id": 1}, {"id": 3}]
    told = [(d.code, d.position.line, d.position.column) for one in found for d in one.diagnostics if d.position]
    assert told == [("D301", 2, 12), ("D301", 2, 15), ("D302", 2, 29), ("D303", 3, 8), ("D305", 3, 17)]
    assert next(one.broken for one in found if not one.readable) == ((None, b'{"id": 2,}'),)
    assert not any(one.unread for one in found)
    assert around[0].records == 7


@pytest.mark.parametrize(
    ("text", "read_before", "message"),
    [
        ('[{"id": 1}, {"id": 2', 1, "the end of the text"),
        ('[{"id": 1}, {"id": "2}\n, {"id": 3}]', 1, "the control character U+000A"),
        ('[{"id": 1}, {"id": [2}, {"id": 3}]', 1, '"}" stands where a comma or "]"'),
        ('[{"id": 1} {"id": 2}]', 1, '"{" stands where a comma or "]"'),
        ('[{"id": 1},]', 1, '"]" stands where a value is expected'),
        ('[{"id": 1}', 1, "the end of the text stands where a comma"),
        ('[{"id": 1}] [', 1, '"[" stands behind the end'),
    ],
)
def test_where_no_more_can_be_read_that_is_said(tmp_path: Path, text: str, read_before: int, message: str) -> None:
    found, around = read(put(tmp_path, "x.json", text.encode()))
    assert (sum(one.readable for one in found), around) == (read_before, [])
    assert found[-1].unread
    (told,) = found[-1].diagnostics
    assert message in told.message and told.message.endswith("what is behind it was not read")


def test_an_envelope_with_a_name_twice_is_refused_behind_its_records(tmp_path: Path) -> None:
    file = put(tmp_path, "x.json", b'{"data": [1, 2],\n "a": 1, "a": 2}')
    found, around = read(file, "$.data[*]")
    assert [one.document for one in found[:2]] == [1, 2] and not around
    (told,) = found[2].diagnostics
    assert (told.code, str(told.position)) == ("D302", f"{file}:2:10")
    found, around = read(file, "$.data[*]", duplicate_keys="last")
    assert [one.document for one in found] == [1, 2] and around[0].names == ("a",)


def test_a_file_without_such_an_array_says_where_one_is(tmp_path: Path) -> None:
    def advice(content: Any, at: str) -> str:
        (found,), around = read(put(tmp_path, "x.json", content), at)
        assert not around and found.unread
        assert [d.code for d in found.diagnostics] == ["D328"]
        return found.diagnostics[0].help

    assert "--records '$.data[*]'" in advice(INNER, "$[*]")
    assert advice(TOP, "$.data[*]").endswith(": --records")
    assert "leave --records out" in advice({"id": 1}, "$[*]")
    assert "leave --records out" in advice("text", "$[*]")


def test_no_record_is_no_fault(tmp_path: Path) -> None:
    found, around = read(put(tmp_path, "x.json", {"data": []}), "$.data[*]")
    assert found == [] and around[0].records == 0


def test_records_come_from_compressed_files_folders_and_standard_input(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = json.dumps(TOP).encode()
    put(tmp_path, "a.json.gz", gzip.compress(text))
    put(tmp_path, "b.json", TOP[:1])
    put(tmp_path, "c.jsonl", {"id": 1})
    found, around = read(tmp_path)
    assert [one.name for one in found if one.readable] == ["a[0]", "a[1]", "a[2]", "b[0]"]
    assert [d.code for one in found for d in one.diagnostics] == ["D329"]
    assert [one.records for one in around] == [3, 1]
    put(tmp_path, "a.json.gz", gzip.compress(text)[:-12])
    assert [d.code for one in read(tmp_path / "a.json.gz")[0] for d in one.diagnostics] == ["D333"]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text)))
    assert [one.name for one in read("-")[0]] == ["stdin[0]", "stdin[1]", "stdin[2]"]


def test_memory_stays_constant(tmp_path: Path) -> None:
    with (tmp_path / "x.json").open("w") as file:
        file.write('{"data": [0')
        for n in range(30_000):
            file.write(f', {{"id": {n}, "text": "{"lorem ipsum " * 10}"}}')
        file.write("]}")
    tracemalloc.start()
    try:
        count = sum(1 for _ in read_documents([tmp_path / "x.json"], ANY, records=path("$.data[*]")))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 30_001
    assert peak < 3_000_000 < (tmp_path / "x.json").stat().st_size


# -- commands -----------------------------------------------------------------------------------------


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "things.yaml").write_text(THINGS)
    put(tmp_path, "top.json", TOP)
    put(tmp_path, "inner.json", INNER)
    return tmp_path


def run(*arguments: str, status: int = 0) -> Result:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, done.output
    return done


def bring(*arguments: str, status: int = 0) -> Result:
    return run("import", *arguments, "--db", "d.db", "--mapping", "things.yaml", status=status)


def sql(statement: str) -> None:
    connection = sqlite3.connect("d.db", isolation_level=None)
    connection.execute(statement)
    connection.close()


def back(file: str = "inner.json") -> Any:
    done = run("export", "--records", file, "--db", "d.db")
    return jsontext.loads(done.stdout.encode()), done.stderr


@pytest.mark.parametrize("order", ["top.json --records", "--records top.json", "--records=$[*] top.json"])
def test_the_value_of_records_may_be_left_out(here: Path, order: str) -> None:
    assert "3 documents inserted" in bring(*order.split()).stdout
    lines = run("export", "--all", "--db", "d.db").stdout.splitlines()
    assert [json.loads(line) for line in lines] == TOP


def test_infer_and_verify_take_records(here: Path) -> None:
    done = run("infer", "inner.json", "--records", "$.data[*]")
    assert "Inferred by docrel from 3 documents" in done.stdout
    assert "inner.json: 3 records at $.data[*]; what surrounds them is in no document: page, next, end" in done.stderr
    done = run("verify", "things.yaml", "--records", "$.data[*]", "inner.json")
    assert "3 come back exactly" in done.stdout and "page, next, end" in done.stdout
    facts = json.loads(run("verify", "things.yaml", "top.json", "--records", "--format", "json").stdout)
    assert facts["surroundings"] == [{"file": "top.json", "path": "$[*]", "records": 3, "around": []}]


@pytest.mark.parametrize(
    ("value", "message"),
    [("$.data", "write '$.data[*]'"), ("$..data[*]", "has steps"), ("$.a[?@.b][*]", "has steps"), ("$[", "no path")],
)
def test_other_paths_are_refused(here: Path, value: str, message: str) -> None:
    assert message in bring("inner.json", f"--records={value}", status=2).stderr


def test_an_array_of_objects_says_so_when_it_is_read_as_one_document(here: Path) -> None:
    said = "top.json is an array of 3 objects: each as a document of its own with --records"
    assert said in run("infer", "top.json").stderr
    assert said in bring("top.json", status=1).stdout
    assert said in run("verify", "things.yaml", "top.json", status=1).stdout
    assert "with --records" not in bring("top.json", "--records").stdout
    put(here, "numbers.json", [1, 2])
    assert "with --records" not in run("infer", "numbers.json").stderr


def test_a_file_comes_back_whole(here: Path) -> None:
    told = bring("inner.json", "--records", "$.data[*]").stdout
    assert "what surrounds them is in no document: page, next, end" in told
    assert "`docrel export --db d.db --records inner.json`" in told
    assert "nothing to do" in bring("inner.json", "--records", "$.data[*]").stdout
    document, said = back()
    assert jsontext.same(document, INNER) and not said
    run("export", "--records", "inner.json", "--db", "d.db", "--output", "again/")
    assert jsontext.same(jsontext.loads((here / "again/inner.json").read_bytes()), INNER)


def test_an_edit_by_sql_is_in_the_file_and_told(here: Path) -> None:
    bring("inner.json", "--records", "$.data[*]")
    sql("UPDATE things SET m = 'new' WHERE id = 2")
    document, said = back()
    assert document == INNER | {"data": [TOP[0], TOP[1] | {"m": "new"}, TOP[2]]}
    assert "1 record changed since, written as now: 2" in said


def test_a_file_of_which_a_record_is_gone_or_refused_does_not_come_back(here: Path) -> None:
    bring("inner.json", "--records", "$.data[*]")
    sql("DELETE FROM things WHERE id = 2")
    assert "S472" in run("export", "--records", "inner.json", "--db", "d.db", status=1).stderr
    bring("inner.json", "--records", "$.data[*]")
    assert back()[0] == INNER
    put(here, "inner.json", INNER | {"data": [*TOP, {"m": "no id"}]})
    bring("inner.json", "--records", "$.data[*]", status=1)
    assert (
        "1 record of it could not be stored"
        in run("export", "--records", "inner.json", "--db", "d.db", status=1).stderr
    )
    put(here, "inner.json", {"data": []})
    bring("inner.json", "--records", "$.data[*]")
    assert back()[0] == {"data": []}


def test_a_file_that_was_cut_short_does_not_come_back_as_it_was_before(here: Path) -> None:
    bring("inner.json", "--records", "$.data[*]")
    (here / "inner.json").write_text('{"data": [{"id": 9}, {"id"')
    assert "what is behind it was not read" in bring("inner.json", "--records", "$.data[*]", status=1).stderr
    assert "did not come to its end" in run("export", "--records", "inner.json", "--db", "d.db", status=1).stderr


def test_a_record_comes_out_of_the_quarantine_into_its_file(here: Path) -> None:
    put(here, "bad.json", b'[{"id": 7}, {"id": 8,}, {"m": "x"}]')
    bring("bad.json", "--records", "--quarantine", "q.jsonl", status=1)
    kept = [json.loads(line) for line in (here / "q.jsonl").read_text().splitlines()]
    assert [line["origin"] for line in kept] == ["bad.json[1]", "bad.json[2]"]
    mended = (here / "q.jsonl").read_text().replace(r"8,}", "8}").replace('{"m":"x"}', '{"m":"x","id":9}')
    (here / "q.jsonl").write_text(mended)
    bring("q.jsonl", "--quarantine", "q.jsonl")
    assert back("bad.json")[0] == [{"id": 7}, {"id": 8}, {"m": "x", "id": 9}]


def test_a_dry_run_keeps_nothing_of_a_file(here: Path) -> None:
    bring("top.json", "--records")
    bring("inner.json", "--records", "$.data[*]", "--dry-run")
    assert "did you mean top.json?" in run("export", "--records", "inner.json", "--db", "d.db", status=1).stderr


def test_a_file_is_found_by_the_end_of_its_name(here: Path) -> None:
    for folder in ("a", "b"):
        (here / folder).mkdir()
        put(here, f"{folder}/x.json", TOP)
    bring("a/x.json", "b/x.json", "--records")
    assert "a/x.json, b/x.json" in run("export", "--records", "x.json", "--db", "d.db", status=1).stderr
    assert back("a/x.json")[0] == TOP
    bring("a", "--records")
    assert back("b/x.json")[0] == TOP


def test_records_without_a_key_are_named_by_their_place(here: Path) -> None:
    (here / "things.yaml").write_text(
        "mapping: things\ndocument: {key: name}\ntables:\n  things:\n    columns:\n"
        "      name: {type: text, required: true, unique: true, default: {given: true}}\n      m: text\n"
    )
    put(here, "x.json", [{"m": "a"}, {"m": "b"}])
    bring("x.json", "--records")
    put(here, "x.json", [{"m": "a"}, {"m": "b"}, {"m": "c"}])
    assert "1 document inserted, 0 updated, 2 unchanged" in bring("x.json", "--records").stdout
    assert run("export", "--key", "x[2]", "--db", "d.db").stdout == '{\n  "m": "c"\n}\n'
    assert back("x.json")[0] == [{"m": "a"}, {"m": "b"}, {"m": "c"}]


@pytest.mark.parametrize("more", ["--all", "--key=1", "--workspace"])
def test_a_file_of_records_is_asked_for_alone(here: Path, more: str) -> None:
    bring("top.json", "--records")
    run("export", "--records", "top.json", more, "--db", "d.db", status=2)


def test_records_that_refer_to_each_other_come_back_in_their_order(here: Path) -> None:
    (here / "things.yaml").write_text(
        "mapping: things\ndocument: {key: id}\ntables:\n  things:\n    primary_key: [id]\n    columns:\n"
        "      id: {required: true, unique: true}\n      above: {references: things.id}\n"
    )
    records = [{"id": "1", "above": "2"}, {"id": "2"}, {"id": "3", "above": "1"}]
    put(here, "x.json", records)
    bring("x.json", "--records")
    assert back("x.json")[0] == records
    put(here, "x.json", [*records, {"id": "4", "above": "nobody"}])
    bring("x.json", "--records", status=1)
    assert "S472" in run("export", "--records", "x.json", "--db", "d.db", status=1).stderr


def test_files_of_one_name_in_two_folders_are_two_files(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = {name: {"meta": name, "data": [{"id": n, "m": "x"}]} for n, name in enumerate(("p1", "p2"), 1)}
    for name, content in texts.items():
        (here / name).mkdir()
        put(here, f"{name}/env.json", content)
        monkeypatch.chdir(here / name)
        run("import", "env.json", "--records", "$.data[*]", "--db", "../d.db", "--mapping", "../things.yaml")
    for name, content in texts.items():
        monkeypatch.chdir(here / name)
        for said in ("env.json", str(here / name / "env.json"), f"../{name}/env.json"):
            assert json.loads(run("export", "--records", said, "--db", "../d.db").stdout) == content
        monkeypatch.chdir(here)
        assert back(f"{name}/env.json")[0] == content
    assert "p1/env.json, p2/env.json" in run("export", "--records", "env.json", "--db", "d.db", status=1).stderr
    put(here, "env.json", {"meta": "top", "data": [{"id": 3}]})
    bring("env.json", "--records", "$.data[*]")
    monkeypatch.chdir(here / "p2")
    assert json.loads(run("export", "--records", "env.json", "--db", "../d.db").stdout) == texts["p2"]


def test_a_file_is_the_same_from_wherever_it_is_named(here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bring("inner.json", "--records", "$.data[*]")
    put(here, "inner.json", INNER | {"page": 2})
    (here / "deep").mkdir()
    (here / "link").symlink_to(here)
    monkeypatch.chdir(here / "deep")
    for said in ("../inner.json", str(here / "inner.json"), "../link/inner.json"):
        run("import", said, "--records", "$.data[*]", "--db", "../d.db")
    monkeypatch.chdir(here)
    assert back()[0] == INNER | {"page": 2}
    connection = sqlite3.connect("d.db")
    assert connection.execute("SELECT file FROM _docrel_record_file").fetchall() == [("inner.json",)]
    connection.close()


def test_a_record_comes_out_of_the_quarantine_into_its_file_from_another_folder(
    here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (here / "p1").mkdir()
    put(here, "p1/bad.json", [{"id": 7}, {"m": "x"}])
    monkeypatch.chdir(here / "p1")
    kept = ("--db", "../d.db", "--mapping", "../things.yaml", "--quarantine", "../q.jsonl")
    run("import", "bad.json", "--records", *kept, status=1)
    monkeypatch.chdir(here)
    (here / "q.jsonl").write_text((here / "q.jsonl").read_text().replace('{"m":"x"}', '{"m":"x","id":9}'))
    bring("q.jsonl", "--quarantine", "q.jsonl")
    assert back("p1/bad.json")[0] == [{"id": 7}, {"m": "x", "id": 9}]


GUESSED = THINGS.replace("key: id", "key: {column: id, inferred: true}")
NAMED = (
    "mapping: things\ndocument: {key: name}\ntables:\n  things:\n    columns:\n"
    "      name: {type: text, required: true, unique: true, default: {given: true}}\n      m: text\n"
    "      rest: {rest: true}\n"
)
BEFORE: dict[str, Any] = {"meta": "A", "data": [{"id": 1, "m": "x"}, {"id": 2, "m": "y"}]}


@pytest.mark.parametrize(
    ("mapping", "data", "options", "status", "now"),
    [
        (GUESSED, [{"id": 1, "m": "x"}, {"id": 2, "m": "new"}], "", 1, {}),
        (GUESSED, [{"id": 1, "m": "x"}, {"id": 2, "m": "new"}], "--on-conflict skip", 0, {}),
        (GUESSED, [{"id": 3}, {"id": 2, "m": "new"}, {"id": 1, "m": "x"}], "", 1, {}),
        (GUESSED, [{"id": 3}, {"id": 1, "m": "x"}, {"id": 2, "m": "new"}], "--on-conflict skip", 0, {}),
        (THINGS, [{"id": 2, "m": "y"}, {"id": 1, "m": "x"}, {"id": 2, "m": "z"}], "", 1, {}),
        (THINGS, [{"id": 1, "m": "new"}, {"id": 2, "m": "y"}, {"id": 1, "m": "z"}], "", 1, {0: "new"}),
        (THINGS, [{"id": 1, "m": "x"}, {"id": "no integer"}], "", 1, {}),
        (THINGS, [{"id": 1, "m": "x"}, {"id": 2, "m": "new"}], "--on-conflict skip", 0, {}),
        (NAMED, [{"new": 0}, {"id": 1, "m": "x"}, {"id": 2, "m": "y"}], "", 1, {}),
        (NAMED, [{"new": 0}, {"id": 1, "m": "x"}, {"id": 2, "m": "y"}], "--on-conflict skip", 0, {}),
    ],
)
def test_a_file_stays_as_it_is_stored_while_a_record_of_its_next_one_gives_way(
    here: Path, mapping: str, data: list[Any], options: str, status: int, now: dict[int, str]
) -> None:
    (here / "things.yaml").write_text(mapping)
    put(here, "env.json", BEFORE)
    bring("env.json", "--records", "$.data[*]")
    put(here, "env.json", {"meta": "B", "data": data})
    for _ in range(2):
        done = bring("env.json", "--records", "$.data[*]", *options.split(), status=status)
        assert "docrel export" not in done.stdout
        document, said = back("env.json")
        expected = [one | ({"m": now[n]} if n in now else {}) for n, one in enumerate(BEFORE["data"])]
        assert document == BEFORE | {"data": expected}
        assert "the last import of it left 1 record out" in said or mapping == NAMED
        assert "so this is the file as it was before" in said
    put(here, "env.json", BEFORE | {"meta": "C"})
    bring("env.json", "--records", "$.data[*]", "--on-conflict", "replace")
    assert back("env.json") == (BEFORE | {"meta": "C"}, "")


def test_the_next_one_takes_the_place_of_a_file_when_its_last_record_is_stored(here: Path) -> None:
    (here / "things.yaml").write_text(GUESSED)
    put(here, "env.json", BEFORE)
    bring("env.json", "--records", "$.data[*]")
    after = {"meta": "B", "data": [{"id": 3}, {"id": 1, "m": "new"}, {"id": 2, "m": "y"}]}
    put(here, "env.json", after)
    bring("env.json", "--records", "$.data[*]", "--quarantine", "q.jsonl", status=1)
    assert back("env.json")[0] == BEFORE
    bring("q.jsonl", "--quarantine", "q.jsonl", "--on-conflict", "replace")
    assert back("env.json") == (after, "")


def test_what_of_a_file_is_not_stored_is_said_as_it_is(here: Path) -> None:
    put(here, "env.json", {"data": [{"id": 1, "m": "x"}, {"id": 1, "m": "y"}]})
    bring("env.json", "--records", "$.data[*]", status=1)
    said = run("export", "--records", "env.json", "--db", "d.db", status=1).stderr
    assert "1 record of it gave way to another document of its key: 1" in said
    assert "could not be stored" not in said


def test_an_old_record_out_of_the_quarantine_changes_no_file_that_is_whole_by_now(here: Path) -> None:
    put(here, "bad.json", [{"id": 7}, {"m": "x"}])
    bring("bad.json", "--records", "--quarantine", "q.jsonl", status=1)
    put(here, "bad.json", [{"id": 7}, {"id": 8}])
    bring("bad.json", "--records")
    (here / "q.jsonl").write_text((here / "q.jsonl").read_text().replace('{"m":"x"}', '{"m":"x","id":9}'))
    bring("q.jsonl", "bad.json", "--records", "--quarantine", "q.jsonl")
    assert back("bad.json") == ([{"id": 7}, {"id": 8}], "")


@pytest.mark.parametrize(
    ("text", "at", "records"),
    [
        ('{"data": [{"id": 50}], "data": [{"id": 51}]}', "$.data[*]", [{"id": 51}]),
        ('{"data": [{"id": 50}], "d\\u0061ta": [{"id": 51}], "x": 1}', "$.data[*]", [{"id": 51}]),
        ('{"data": [1], "data": [2], "data": [3]}', "$.data[*]", [3]),
        ('{"a": {"b": [1]}, "a": {"b": [2], "b": [3]}}', "$.a.b[*]", [3]),
        ('{"a": {"b": [1]}, "a": {}}', "$.a.b[*]", []),
        ('{"a": [{"b": [1], "b": [2]}, {"b": [3]}]}', "$.a[*].b[*]", [2, 3]),
        ('{"x": [1], "y": [2], "x": [3]}', "$.*[*]", [2, 3]),
        ('{"data": [1], "data": null}', "$.data[*]", []),
        ('{"data": [{"a": [1], "a": [2]}]}', "$.data[*]", [{"a": [2]}]),
    ],
)
def test_the_last_of_two_arrays_of_one_name_has_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str, at: str, records: list[Any]
) -> None:
    found, around = read(put(tmp_path, "x.json", text.encode()), at, duplicate_keys="last")
    assert [one.document for one in found if one.readable] == records
    last = jsontext.loads(text.encode(), duplicate_keys="last")
    assert sorted(map(str, selected(last, path(at)))) == sorted(map(str, records))
    assert [d.code for one in found for d in one.diagnostics] == ([] if around else ["D328"])
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(text.encode())))
    assert [one.document for one in read("-", at, duplicate_keys="last")[0] if one.readable] == records
    if around:
        rest = iter(records)
        pieces = (piece + ",".join(jsontext.dumps(next(rest)) for _ in range(n)) for piece, n in around[0].pieces)
        assert jsontext.loads("".join(pieces).encode(), duplicate_keys="last") == last


@pytest.mark.parametrize(
    ("content", "at", "names"),
    [
        (
            {"pages": [{"n": 1, "data": [1]}, {"n": 2, "to": 3, "data": []}]},
            "$.pages[*].data[*]",
            ["pages[*].n", "pages[*].to"],
        ),
        ({"v": 1, "a": {"n": 1, "b": [1]}}, "$.a.b[*]", ["v", "a.n"]),
        ([{"n": 1, "data": [1]}], "$[*].data[*]", ["[*].n"]),
        ({"a": [1], "b": 1, "c": {"d": 1}}, "$.*[*]", ["b", "c"]),
        ({"x": {"t": 1, "l": [1]}, "y": {"t": 2, "l": [1]}}, "$.*.l[*]", ["x.t", "y.t"]),
        ([0, [1, 2], {"z": 1}], "$[1][*]", ["[0]", "[2]"]),
        ({"pages": [{"data": [1]}, 7, {"data": None}]}, "$.pages[*].data[*]", ["pages[*]", "pages[*].data"]),
        ({"a b": {"it's": 1, "l": [1]}}, '$["a b"].l[*]', ['["a b"]["it\'s"]']),
        ({"page": 1, "data": [1]}, "$.data[*]", ["page"]),
        ({"data": [1]}, "$.data[*]", []),
        ([1], "$[*]", []),
        ({"pages": []}, "$.pages[*].data[*]", None),
    ],
)
def test_what_surrounds_the_records_is_named_wherever_it_stands(
    tmp_path: Path, content: Any, at: str, names: list[str] | None
) -> None:
    around = read(put(tmp_path, "x.json", content), at)[1]
    assert [list(one.names) for one in around] == ([] if names is None else [names])
    if names:
        assert around[0].text.endswith(f"; what surrounds them is in no document: {', '.join(names)}")


def test_a_file_that_ends_too_early_is_told_so(here: Path) -> None:
    ends = (
        '[{"id":10,"m":"x"},{"id":11,',
        "[",
        "[{",
        '[{"id":1},',
        '[{"id"',
        '[{"id":',
        '[{"id":1',
        '[{"id":1}',
        '[{"id":"x',
    )
    for text in ends:
        (here / "cut.json").write_text(text)
        for option in (["--records"], []):
            said = bring("cut.json", *option, status=1).stderr
            assert "put names in double quotes" not in said
            opened = "was opened at" in said or "begins here is not closed" in said
            assert opened or "the text ends too early: get all of it" in said, text
    (here / "cut.json").write_text("[{id: 1}]")
    assert "put names in double quotes" in bring("cut.json", "--records", status=1).stderr


@pytest.mark.parametrize("file", ["env.json", "-"])
def test_another_file_of_the_same_name_tells_what_it_replaces(here: Path, file: str) -> None:
    def came(content: Any) -> str:
        text = put(here, "env.json", content).read_text()
        options = ["--records", "$.data[*]", "--db", "d.db", "--mapping", "things.yaml"]
        return CliRunner().invoke(main, ["import", file, *options], input=text).stdout

    said = "was another file before"
    assert said not in came(BEFORE) + came(BEFORE) + came(BEFORE | {"meta": "B"})
    assert said not in came(BEFORE | {"data": [*BEFORE["data"], {"id": 3}]})
    assert f"{file} {said}: 2 records of that are not in it, and stay; it is not given back any more" in came(
        {"meta": "C", "data": [{"id": 1}, {"id": 4}]}
    )


def test_python_imports_files_of_records_too(here: Path) -> None:
    with docrel.open("d.db", "things.yaml") as store:
        assert store.import_files(["inner.json"], records="$.data[*]").inserted == 3
        assert store.import_files([here / "top.json"], records="$[*]", on_conflict="skip", dry_run=True).written == 0
        with pytest.raises(ValueError, match=r"write '\$\.data\[\*\]'"):
            store.import_files(["inner.json"], records="$.data")
    document, _ = back()
    assert jsontext.same(document, INNER)


def test_standard_input_has_the_name_that_it_is_given(here: Path) -> None:
    def pipe(content: Any, *more: str) -> str:
        arguments = ["import", "-", "--records=$.data[*]", "--db", "d.db", "--mapping", "things.yaml", *more]
        done = CliRunner().invoke(main, arguments, input=json.dumps(content))
        assert done.exit_code == 0, done.output
        return done.stdout

    other = {"page": 9, "data": [{"id": 7}]}
    pipe(INNER, "--document-key", "one.json")
    assert "was another file" not in pipe(other, "--document-key", "two.json")
    assert (back("one.json")[0], back("two.json")[0]) == (INNER, other)
    assert "--document-key" not in pipe(INNER)
    assert (
        "- was another file before" in (told := pipe(other)) and "`--document-key` gives standard input a name" in told
    )

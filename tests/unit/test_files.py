"""Files as they come: what a file holds is told by its content, packed or not, and what is not read is told."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import socket
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from small_mapping import project_plan

from docrel.cli import main
from docrel.documents import FoundFiles, InputDocument, Quarantine, lines, read_documents, unpacking
from docrel.documents.endings import shown_ending
from docrel.documents.globs import Globs
from docrel.plan import Plan

ANY = Plan("documents", 1, (), None)
TWO: list[Any] = [{"id": "a"}, {"id": "b"}]
LINES = b'{"id": "a"}\n{"id": "b"}\n'
ZSTD = unpacking.zstd_of("the tests")
PACKERS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": ZSTD.compress,
    "lzma": lambda data: lzma.compress(data, lzma.FORMAT_ALONE),
}  # fmt: skip


def read(*paths: Path | str, plan: Plan = ANY, **options: Any) -> list[InputDocument]:
    return list(read_documents(paths, plan, **options))


def texts(tmp_path: Path, name: str, data: bytes | str) -> list[InputDocument]:
    file = tmp_path / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(data if isinstance(data, bytes) else data.encode())
    return read(file)


def documents(found: list[InputDocument]) -> list[Any]:
    return [one.document for one in found if one.readable]


def told(found: list[InputDocument]) -> list[tuple[str, str]]:
    return [(d.code, str(d.position or d.subject).rsplit("/", 1)[-1]) for one in found for d in one.diagnostics]


def zipped(path: Path, files: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path


# -- layouts ------------------------------------------------------------------------------------------

_DOCUMENTS = st.lists(
    st.recursive(
        st.sampled_from([None, True, 1, -2.5, "", "a]}{", 'é"\\\n', "x\x1ey"]),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab'"), inner, max_size=3),
        max_leaves=8,
    ).filter(lambda value: isinstance(value, dict | list)),
    min_size=1, max_size=5,
)  # fmt: skip
_INDENTS = st.lists(st.sampled_from([None, None, 0, 1, "\t"]), min_size=5, max_size=5)


@settings(deadline=None)
@given(
    _DOCUMENTS, _INDENTS, st.sampled_from(["", "\n", " ", "\r\n", "\n\n", "\n\x1e", "\r", "\n\ufeff", "\n  "]),
    st.sampled_from(["", "\ufeff", "\n", "\x1e"]), st.sampled_from(["", "\n", " \n\n"]),
    st.sampled_from(["x.json", "x.jsonl", "x.txt"]), st.sampled_from([None, 32]),
)  # fmt: skip
def test_documents_in_any_layout(
    tmp_path_factory: pytest.TempPathFactory, values: list[Any], indents: list[Any], between: str, before: str,
    behind: str, name: str, held: int | None,
) -> None:  # fmt: skip
    text = before + between.join(
        json.dumps(value, indent=indent, ensure_ascii=False) for value, indent in zip(values, indents, strict=False)
    )
    with pytest.MonkeyPatch.context() as patched:
        if held is not None:
            patched.setattr(lines, "_HELD_BYTES", held)
        found = texts(tmp_path_factory.mktemp("layout"), name, text + behind)
    assert not told(found)
    assert [one.document for one in found] == values
    assert len({one.name for one in found}) == len(values)


@pytest.mark.parametrize(
    ("name", "data", "names"),
    [
        ("x.json", LINES, ["x:1", "x:2"]),
        ("x.json", LINES[:12], ["x"]),
        ("x.jsonl", LINES[:12], ["x:1"]),
        ("x.json", b'{"id":\n "a"}', ["x"]),
        ("x.jsonl", b'{"id":\n "a"}', ["x:1"]),
        ("x.geojson", b'{\n"id": "a"\n}\n\n{"id":\n"b"}', ["x:1", "x:5"]),
        ("x.json", b'{"id": "a"}{"id": "b"}', ["x:1", "x:1:12"]),
        ("x.jsonl", b'\n{"id": "a"} {"id": "b"}', ["x:2", "x:2:13"]),
        ("x.json", b'{\n"id": "a"\n}{\n"id": "b"\n}', ["x:1", "x:3:2"]),
        ("x.json-seq", b'\x1e{"id": "a"}\n\x1e\x1e{"id":\n"b"}\n', ["x:1", "x:2"]),
    ],
)
def test_documents_are_called_by_where_they_begin(tmp_path: Path, name: str, data: bytes, names: list[str]) -> None:
    found = texts(tmp_path, name, data)
    assert [one.name for one in found] == names
    assert documents(found) == TWO[: len(names)]
    assert [one.origin for one in found] == [f"{tmp_path}/{name}{n.removeprefix('x')}" for n in names]


@pytest.mark.parametrize("name", ["x.json", "x.jsonl", "x.log"])
def test_one_that_is_cut_short_hides_no_other(tmp_path: Path, name: str) -> None:
    bad = ['{"id": 1', '{"id":', '{"id": "', "[1, {", "{", '{"a": [1,', "tru", '{"id": 1}}', '{"a": {"b":']
    rows = [line for n, broken in enumerate(bad, 1) for line in (f'{{"id": {n}}}', broken, f'{{"id": {n}5}}')]
    found = texts(tmp_path, name, "\n".join(rows))
    assert [one["id"] for one in documents(found)] == [m for n in range(1, len(bad) + 1) for m in (n, 10 * n + 5)]
    assert [int(place.split(":")[1]) for _, place in told(found)] == [3 * n + 2 for n in range(len(bad))]
    assert b"".join(data for one in found for _, data in one.broken) == "".join(f"{b}\n" for b in bad).encode()


def test_a_fault_in_one_of_several_is_told_at_its_place(tmp_path: Path) -> None:
    found = texts(tmp_path, "x.json", '{\n "id": "a"\n}\n{\n "id": tru\n}\n{\n "id": "b"\n}')
    assert documents(found) == TWO
    assert told(found) == [("D301", "x.json:5:8")]
    assert [one.broken for one in found if not one.readable] == [((None, b'{\n "id": tru\n}'),)]
    found = texts(tmp_path, "x.json", '{"id": "a"}{"id": "é", "n": 1,}{"id": "b"}')
    assert documents(found) == TWO
    assert told(found) == [("D301", "x.json:1:31")]


@pytest.mark.parametrize(
    "text",
    ['{"id": 1}, {"id": 2}', '{"id": 1}}', '{"id": 1}\n}', '{"id": 1} x', '{"id": 1\n{"id": 2}\n}', "{\n\n", "x y"],
)
def test_what_is_no_document_and_shows_no_other_is_refused_whole(tmp_path: Path, text: str) -> None:
    (found,) = texts(tmp_path, "x.json", text)
    assert found.broken == ((None, text.encode()),)
    assert found.diagnostics[0].code == "D301"


@pytest.mark.parametrize("between", [b"", b"\n", b"\n\x1e"])
@pytest.mark.parametrize("indent", [None, 1])
def test_memory_stays_constant(tmp_path: Path, between: bytes, indent: int | None) -> None:
    one = json.dumps({"id": "x", "text": "lorem ipsum " * 200, "list": [1, 2]}, indent=indent).encode() + between
    file = tmp_path / "x.json"
    file.write_bytes(one * 15_000)
    tracemalloc.start()
    try:
        count = sum(found.readable for found in read_documents([file], ANY))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 15_000
    assert peak < 30_000_000 < file.stat().st_size


# -- encodings ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("name", ["x.json", "x.jsonl"])
def test_every_encoding_of_unicode(tmp_path: Path, encoding: str, name: str) -> None:
    values = [{"id": "é😀"}, {"id": "b"}]
    text = "".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values)
    assert documents(texts(tmp_path, name, text.encode(encoding))) == values
    found = texts(tmp_path, name, (text + '{"é": tru}\n').encode(encoding))
    assert documents(found) == values
    assert told(found) == [("D301", f"{name}:3:7")]


def test_a_text_that_is_not_in_its_encoding_is_told(tmp_path: Path) -> None:
    (found,) = texts(tmp_path, "x.json", '{"id": "a"}'.encode("utf-16") + b"x")
    assert told([found]) == [("D305", "x.json")]
    assert "UTF-16" in found.diagnostics[0].message


def test_a_quarantine_with_a_mark_is_one_and_is_released(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    with Quarantine(path) as quarantine:
        quarantine.add(InputDocument("a", {"id": "1"}))
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    with Quarantine(path) as quarantine:
        assert documents(read(path, on_read=quarantine.read)) == [{"id": "1"}]
    assert not path.exists()


def test_a_quarantine_that_was_laid_out_by_an_editor_is_released(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    with Quarantine(path) as quarantine:
        for one in TWO:
            quarantine.add(InputDocument("a", one))
    rows = path.read_text().splitlines()
    path.write_text(rows[0] + "\n" + json.dumps(json.loads(rows[1]), indent=2))
    with Quarantine(path) as quarantine:
        assert documents(read(path, on_read=quarantine.read)) == TWO
    assert not path.exists()


# -- packed -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", PACKERS)
@pytest.mark.parametrize("name", ["x.jsonl", "x.json", "x", "x.jsonl.gz", "x.json.zst"])
def test_packed_files_are_known_by_their_first_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, name: str
) -> None:
    found = texts(tmp_path, name, PACKERS[kind](LINES))
    assert [(one.document, one.name) for one in found] == [(TWO[0], "x:1"), (TWO[1], "x:2")]
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(PACKERS[kind](LINES))))
    assert documents(read("-")) == TWO


def test_a_file_that_is_packed_by_name_only_is_read(tmp_path: Path) -> None:
    assert documents(texts(tmp_path, "x.jsonl.gz", LINES)) == TWO
    assert told(texts(tmp_path, "x.jsonl.xz", b"garbage")) == [("D333", "x.jsonl.xz")]


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst"])
def test_a_packed_file_that_is_cut_tells_what_was_read(tmp_path: Path, kind: str) -> None:
    rows = b"".join(b'{"id": "%d", "x": "%s"}\n' % (n, os.urandom(40).hex().encode()) for n in range(20_000))
    data = PACKERS[kind](rows)
    *good, bad = texts(tmp_path, f"x.jsonl.{kind}", data[: len(data) // 2])
    assert len(good) > 1000 and all(one.readable for one in good)
    assert told([bad]) == [("D333", f"x.jsonl.{kind}")]
    assert (
        "ends in the middle" in bad.diagnostics[0].message
        and "could be read and were used" in bad.diagnostics[0].message
    )


def test_faults_in_packed_files_are_told_at_their_place(tmp_path: Path) -> None:
    assert told(texts(tmp_path, "x.jsonl.xz", lzma.compress(LINES + b'{"a": }'))) == [("D301", "x.jsonl.xz:3:7")]
    assert told(texts(tmp_path, "x.json.gz", gzip.compress(gzip.compress(LINES)))) == [("D351", "x.json.gz")]


@pytest.mark.parametrize("kind", ["gz", "zst", "xz"])
@pytest.mark.parametrize("filling", [b" ", b"\n", b"["])
def test_what_grows_beyond_measure_is_not_read_to_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str, filling: bytes
) -> None:
    monkeypatch.setattr(unpacking, "FREE_BYTES", 4_000_000)
    data = PACKERS[kind](LINES + filling * 20_000_000)
    tracemalloc.start()
    try:
        found = texts(tmp_path, f"x.jsonl.{kind}", data)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert documents(found) == TWO
    assert told(found) == [("D352", f"x.jsonl.{kind}")]
    assert peak < 16_000_000


def test_what_is_large_and_in_proportion_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unpacking, "FREE_BYTES", 1_000)
    data = gzip.compress(b"".join(b'{"id": %d}\n' % n for n in range(10_000)))
    assert len(documents(texts(tmp_path, "x.jsonl.gz", data))) == 10_000


def test_zstd_without_its_package_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> Any:
        raise ImportError(name)

    monkeypatch.setattr("docrel.documents.unpacking.import_module", missing)
    (found,) = texts(tmp_path, "x.json.zst", ZSTD.compress(LINES))
    assert told([found]) == [("D351", "x.json.zst")]
    assert "pip install backports.zstd" in found.diagnostics[0].help


@pytest.mark.parametrize(
    ("data", "word"),
    [
        (b"SQLite format 3\0" + b"\0" * 80, "SQLite database"),
        (b"7z\xbc\xaf'\x1c\0\0", "7z"),
        (b"\x04\x22M\x18\0\0\0\0", "lz4"),
    ],
)
def test_what_is_no_text_is_told_as_what_it_is(tmp_path: Path, data: bytes, word: str) -> None:
    (found,) = texts(tmp_path, "x.json", data)
    assert told([found]) == [("D351", "x.json")]
    assert word in found.diagnostics[0].message


@pytest.mark.parametrize(
    ("name", "word"), [("x.json5", "JSON5"), ("x.jsonc", "JSON with comments"), ("x.yaml", "YAML")]
)
def test_a_name_that_says_another_format_is_told(tmp_path: Path, name: str, word: str) -> None:
    (found,) = texts(tmp_path, name, "# a\nb: 1\n")
    assert f"its name says that it is {word}" in found.diagnostics[0].help
    assert documents(texts(tmp_path, name, '{"id": 1}')) == [{"id": 1}]


# -- archives -----------------------------------------------------------------------------------------


def test_an_archive_is_read_like_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "in").mkdir()
    path = zipped(
        tmp_path / "in" / "a.zip",
        {
            "inner/b.json": '{"id": 1}', "../../up.json": '{"id": 2}', "/abs.json": '{"id": 3}', "w\\x.jsonl": LINES,
            "packed.json.gz": gzip.compress(LINES[:12]), "bad.json": '{"id":\n 1,,}', "notes.txt": "x", "d/": "",
            "__MACOSX/._b.json": "x", "more.zip": "x",
        },
    )  # fmt: skip
    left = FoundFiles()
    found = read(path, on_found=left.add)
    assert [one.origin.removeprefix(f"{path}/") for one in found] == [
        "abs.json", "bad.json", "inner/b.json", "packed.json.gz", "up.json", "w/x.jsonl:1", "w/x.jsonl:2",
    ]  # fmt: skip
    assert [one.name for one in found] == ["abs", "bad", "inner/b", "packed", "up", "w/x:1", "w/x:2"]
    assert told(found) == [("D301", "bad.json:2:4")]
    assert [(one.kind, one.files) for one in left.passed] == [(".txt", 1), ("archives within one", 1), ("of macOS", 1)]
    assert [one.name for one in read(tmp_path)][2] == "in/a.zip/inner/b"
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(path.read_bytes())))
    assert len(read("-")) == 7
    assert [one.name for one in read(path, globs=["*.txt", "inner/*"]) if one.readable] == ["inner/b"]


def test_workspaces_in_an_archive_are_documents(tmp_path: Path) -> None:
    path = zipped(
        tmp_path / "a.zip",
        {
            "x/alpha/plan.json": '{"goal": "win", "meta": {"name": "alpha"}}',
            "x/alpha/.state/now.json": '{"phase": 1}',
            "x/alpha/other.json": "{}", "goal of gamma.json": '{"goal": "draw"}',
        },
    )  # fmt: skip
    found = read(path, plan=project_plan())
    assert [(one.name, one.member) for one in found] == [("alpha", None), ("goal of gamma", "plan")]
    assert found[0].document == {"plan": {"goal": "win", "meta": {"name": "alpha"}}, "state": {"phase": 1}}
    assert found[0].files == (("plan", f"{path}/x/alpha/plan.json"), ("state", f"{path}/x/alpha/.state/now.json"))


def test_faults_of_an_archive_stop_no_other_file(tmp_path: Path) -> None:
    data = bytearray(zipped(tmp_path / "a.zip", {"a.json": '{"id": 1}', "b.json": '{"id": 2}'}).read_bytes())
    with zipfile.ZipFile(tmp_path / "plain.zip", "w") as archive:
        archive.writestr("a.json", '{"id": 1}')
        archive.writestr("b.json", '{"id": 2}')
    plain = bytearray((tmp_path / "plain.zip").read_bytes())
    plain[plain.find(b'{"id": 1}') + 7] = ord("9")
    found = texts(tmp_path, "crc.zip", bytes(plain))
    assert (documents(found), told(found)) == ([{"id": 2}], [("D333", "a.json")])
    encrypted = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        encrypted[encrypted.find(signature) + offset] |= 1
    found = texts(tmp_path, "enc.zip", bytes(encrypted))
    assert (documents(found), told(found)) == ([{"id": 2}], [("D351", "a.json")])
    assert told(texts(tmp_path, "cut.zip", bytes(data[:-10]))) == [("D333", "cut.zip")]
    assert told(texts(tmp_path, "empty.zip", zipped(tmp_path / "e.zip", {"a.txt": "x"}).read_bytes())) == [
        ("D334", "empty.zip")
    ]


def test_an_archive_whose_files_lie_over_each_other_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {f"{n}.json": os.urandom(2000).hex() for n in range(2)})
    data = bytearray(path.read_bytes())
    second = data.rfind(b"PK\x01\x02")
    size = second + 20
    data[size : size + 4] = (10**6).to_bytes(4, "little")
    assert told(texts(tmp_path, "a.zip", bytes(data))) == [("D333", "a.zip")]


def test_records_come_from_packed_files_and_archives(tmp_path: Path) -> None:
    from docrel.selectors import parse

    records = parse("$[*]").path
    path = zipped(tmp_path / "a.zip", {"a.json": json.dumps(TWO), "b.json": b"\xef\xbb\xbf" + json.dumps(TWO).encode()})
    assert [one.name for one in read(path, records=records)] == ["a[0]", "a[1]", "b[0]", "b[1]"]
    assert len(read(path, records=records, duplicate_keys="last")) == 4
    (tmp_path / "c.json").write_bytes(lzma.compress(json.dumps(TWO).encode("utf-16")))
    assert documents(read(tmp_path / "c.json", records=records)) == TWO


# -- folders ------------------------------------------------------------------------------------------


def folder_of(tmp_path: Path) -> Path:
    folder = tmp_path / "in"
    for name in ("a.json", "map.geojson", "nb.ipynb", "log.ldjson", "h.har", "w.webmanifest", "t.topojson.xz"):
        texts(folder, name, f'{{"id": "{name}"}}')
    for name in ("notes.txt", "sub/more.txt", "p.png", "README", ".gitignore", "t.tar.gz", "c.json5", "m.yaml", "x.db"):
        texts(folder, name, '{"id": "?"}')
    texts(folder, "._a.json", "x")
    return folder


def test_a_folder_tells_what_it_passes_over(tmp_path: Path) -> None:
    folder, left = folder_of(tmp_path), FoundFiles()
    os.mkfifo(folder / "pipe")
    os.mkfifo(folder / "pipe.json")
    (folder / "gone.txt").symlink_to("nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # names of sockets are short
        listening.bind("s")
        os.chdir(here)
    found = read(folder, on_found=left.add)
    assert len(documents(found)) == 7
    assert told(found) == [("D331", "pipe.json")]
    assert {one.kind: one.files for one in left.passed} == {
        ".txt": 2, ".png": 1, "without an ending": 1, ".gitignore": 1, ".tar.gz": 1, ".json5": 1, ".yaml": 1, ".db": 1,
        "of macOS": 1, "no regular file": 2, "that cannot be read": 1,
    }  # fmt: skip
    read_line, passed_line = left.lines
    assert read_line.startswith("read 7 files: 1 .geojson, 1 .har, ") and "1 .topojson.xz" in read_line
    assert passed_line.startswith(f"passed over 13 files: 2 .txt ({folder}/notes.txt), 2 no regular file (")
    assert passed_line.endswith("; --glob '*.txt' reads such")


def test_patterns_say_what_of_a_folder_is_read(tmp_path: Path) -> None:
    folder, left = folder_of(tmp_path), FoundFiles()
    assert len(documents(read(folder, globs=["*.txt"], on_found=left.add))) == 2
    (passed_line,) = left.lines
    assert "that no --glob names" in passed_line and "reads such" not in passed_line
    assert len(documents(read(folder, globs=["sub/**", "*.json"]))) == 2
    assert told(read(folder, globs=["*.nix"])) == [("D334", "in")]
    assert len(documents(read(folder / "a.json", globs=["*.nix"]))) == 1


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.txt", "a/b.txt", True), ("*.txt", "a.txt/b", False), ("a/*.txt", "a/b/c.txt", False),
        ("**/c.txt", "c.txt", True),
        ("a/**", "a/b/c", True), ("a/**/c", "a/b/d/c", True), ("?.txt", "é.txt", True), ("[!a].txt", "a.txt", False),
        ("[]x].txt", "].txt", True), ("a.b", "axb", False), ("[^a].txt", "^.txt", True), ("x[", "x[", True),
        ("/a", "a", True),
    ],
)  # fmt: skip
def test_patterns(pattern: str, path: str, matches: bool) -> None:
    assert Globs((pattern,)).match(Path(path)) is matches


def test_endings_are_told_as_people_say_them() -> None:
    names = ["a.TXT", "a.csv.gz", "a", ".x", "a.b.c"]
    assert [shown_ending(name) for name in names] == [".txt", ".csv.gz", "", "", ".c"]


# -- commands -----------------------------------------------------------------------------------------


def run(*arguments: str, status: int = 0) -> Any:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == status, done.output
    return done


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in (("a.json", TWO[0]), ("b.txt", TWO[1])):
        texts(tmp_path / "in", name, json.dumps(value))
    return tmp_path


def test_commands_tell_what_they_pass_over(here: Path) -> None:
    said = "passed over 1 file: 1 .txt (in/b.txt); --glob '*.txt' reads such"
    assert said in run("infer", "in", "--name", "things", "--output", "m.yaml").stderr
    assert said in run("verify", "m.yaml", "in").stdout
    assert said in run("import", "in", "--mapping", "m.yaml", "--db", "in/x.db").stdout
    facts = json.loads(
        run("import", "in", "--db", "in/x.db", "--glob", "*.txt", "--no-backup", "--format", "json").stdout
    )
    assert facts["inserted"] == 1
    assert facts["passed_over"] == [{"kind": ".json", "files": 1, "example": "in/a.json"}]


@pytest.mark.parametrize("kind", ["gz", "bz2", "xz", "zst", "lzma"])
def test_what_is_exported_is_read_again(here: Path, kind: str) -> None:
    run("infer", "in/a.json", "--name", "things", "--output", "m.yaml")
    run("import", "in/a.json", "in/b.txt", "--mapping", "m.yaml", "--db", "x.db")
    run("export", "--db", "x.db", "--all", "--output", f"all.jsonl.{kind}")
    assert documents(read(here / f"all.jsonl.{kind}")) == TWO
    assert (here / f"all.jsonl.{kind}").read_bytes() != LINES
    assert "nothing to do" in run("import", f"all.jsonl.{kind}", "--db", "x.db").stdout


def test_keyless_documents_come_back_under_their_names(here: Path) -> None:
    (here / "m.yaml").write_text(
        "mapping: things\nversion: 1\ndocument: {key: name}\ntables:\n  things:\n    columns:\n"
        "      name: {type: text, required: true, unique: true, default: {given: true}}\n      rest: {rest: true}\n"
    )
    zipped(here / "in" / "z.zip", {"c.json": '{"n": 1}{"n": 2}'})
    run("import", "in", "--mapping", "m.yaml", "--db", "x.db")
    run("export", "--db", "x.db", "--all", "--output", "out/")
    assert sorted(path.name for path in (here / "out").iterdir()) == [
        "a.json", "z.zip%2Fc%3A1%3A9.json", "z.zip%2Fc%3A1.json",
    ]  # fmt: skip
    assert "nothing to do" in run("import", "out", "--db", "x.db").stdout

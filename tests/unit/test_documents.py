"""Reading documents: every kind of path and fault, the quarantine, files written safely."""

from __future__ import annotations

import gzip
import io
import os
import tracemalloc
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_mapping import note_plan, project_plan

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import InputDocument, Quarantine, kind_of, read_documents, safe_name, write_file, write_workspace
from docrel.documents.endings import bare_name
from docrel.documents.safe_names import key_meant, whole_names
from docrel.plan import Part, Plan
from docrel.values import jsontext

PROJECTS = project_plan()
NOTES = note_plan()


def put(root: Path, files: dict[str, bytes | str]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def read(*paths: Path | str, plan: Plan = NOTES, **options: Any) -> list[InputDocument]:
    return list(read_documents(paths, plan, **options))


def codes(found: Iterable[InputDocument]) -> list[str]:
    return [d.code for f in found for d in f.diagnostics]


def from_stdin(monkeypatch: pytest.MonkeyPatch, data: bytes, **options: Any) -> list[InputDocument]:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(data)))
    return read("-", **options)


# -- kinds of files -----------------------------------------------------------------------------------


def test_a_json_file_is_one_document(tmp_path: Path) -> None:
    put(tmp_path, {"a b.json": '{"id": "1"}'})
    (found,) = read(tmp_path / "a b.json")
    assert (found.document, found.readable, found.name) == ({"id": "1"}, True, "a b")
    assert (found.origin, found.clean) == (str(tmp_path / "a b.json"), True)


def test_escapes_make_a_text_unclean(tmp_path: Path) -> None:
    put(tmp_path, {"a.jsonl": '{"id": "\\u0041"}\n{"id": "\\n"}\n'})
    assert [found.clean for found in read(tmp_path / "a.jsonl")] == [False, True]


def test_json_lines_skip_blank_lines_and_go_on_after_a_bad_one(tmp_path: Path) -> None:
    lines = '{"id": "1"}\r\n\n{"id": 1\n   \n{"id": "3", "id": "4"}\n{"id": "5"}'
    found = read(put(tmp_path, {"f.jsonl": lines}) / "f.jsonl")
    assert [f.origin.rsplit(":", 1)[1] for f in found] == ["1", "3", "5", "6"]
    assert [f.readable for f in found] == [True, False, False, True]
    assert codes(found) == ["D301", "D302"]
    places = [d.position for f in found for d in f.diagnostics]
    assert [(p.line, p.column) for p in places if p] == [(3, 9), (5, 13)]
    assert found[1].diagnostics[0].help == "the object was opened at 3:1"
    assert found[1].broken == ((None, b'{"id": 1\n'),)


def test_the_last_of_a_repeated_key_on_request(tmp_path: Path) -> None:
    put(tmp_path, {"f.ndjson": '{"id": "3", "id": "4"}'})
    assert read(tmp_path / "f.ndjson", duplicate_keys="last")[0].document == {"id": "4"}


@pytest.mark.parametrize("name", ["f.json.gz", "f.jsonl.gz", "F.NDJSON.GZ"])
def test_compressed_files(tmp_path: Path, name: str) -> None:
    put(tmp_path, {name: gzip.compress(b'{"id": "1"}\n')})
    assert [f.document for f in read(tmp_path / name)] == [{"id": "1"}]


def test_a_truncated_gzip_file_tells_what_was_read(tmp_path: Path) -> None:
    content = b"".join(b'{"id": "%d", "x": "%s"}\n' % (n, os.urandom(40).hex().encode()) for n in range(2000))
    put(tmp_path, {"f.jsonl.gz": gzip.compress(content)[:30_000]})
    *good, bad = read(tmp_path / "f.jsonl.gz")
    assert len(good) > 100
    assert all(f.readable for f in good)
    assert codes([bad]) == ["D333"]
    assert "bytes of it could be read" in bad.diagnostics[0].message


def test_a_damaged_gzip_file(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"a.json.gz": b"no gzip at all", "b.jsonl.gz": gzip.compress(b'{"id": "1"}\n')[:-8] + b"\0" * 8},
    )
    assert codes(read(tmp_path / "a.json.gz")) == ["D333"]
    assert codes(read(tmp_path / "b.jsonl.gz")) == ["D333"]


def test_empty_and_blank_files(tmp_path: Path) -> None:
    put(tmp_path, {"a.json": "", "b.json": " \n", "c.jsonl": "\n\n", "d.txt": ""})
    assert codes(read(tmp_path / "a.json", tmp_path / "b.json", tmp_path / "d.txt")) == ["D332"] * 3
    assert read(tmp_path / "c.jsonl") == []


def test_what_cannot_be_read_never_stops_the_others(tmp_path: Path) -> None:
    put(tmp_path, {"good.json": '{"id": "1"}', "latin.json": b'{"id": "\xe9"}', "deep.json": "[" * 300})
    (tmp_path / "gone.json").symlink_to("nowhere.json")
    (tmp_path / "self.json").symlink_to("self.json")
    found = read(tmp_path, tmp_path / "missing.json", tmp_path / "good.json")
    assert codes(found) == ["D304", "D331", "D305", "D331", "D331"]
    assert [f.document for f in found if f.readable] == [{"id": "1"}, {"id": "1"}]


def test_unreadable_files_and_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, {"a.json": '{"id": "1"}', "b/c.json": '{"id": "2"}', "d.json": '{"id": "3"}'})
    opened, listed = Path.open, Path.iterdir

    def deny(path: Path, *rest: Any, **more: Any) -> Any:
        if path.name == "a.json":
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, *rest, **more)

    def deny_folder(path: Path) -> Any:
        if path.name == "b":
            raise PermissionError(13, "Permission denied", str(path))
        return listed(path)

    monkeypatch.setattr(Path, "open", deny)
    monkeypatch.setattr(Path, "iterdir", deny_folder)
    found = read(tmp_path)
    assert codes(found) == ["D331", "D331"]
    assert "Permission denied" in found[0].diagnostics[0].message
    assert found[2].document == {"id": "3"}


# -- standard input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "origins"),
    [
        (b'{"id": "1"}', ["-"]),
        (b'\n {"id":\n "1"}\n', ["-"]),
        (b'{"id": "1"}\n{"id": "2"}\n', ["-:1", "-:2"]),
        (b'\n{"id": "1"}\n\n{"id": "2"}', ["-:2", "-:4"]),
        (b'{\n"id": "1"\n}', ["-"]),
        (b'{"id": "1", "x": [\n{}\n]}', ["-"]),
        (b'{"id": "1", "x":\n{}\n}', ["-"]),
    ],
)
def test_standard_input_is_told_apart_by_content(
    monkeypatch: pytest.MonkeyPatch, data: bytes, origins: list[str]
) -> None:
    found = from_stdin(monkeypatch, data)
    assert [f.origin for f in found] == origins
    assert codes(found) == []


def test_a_bad_first_line_of_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    found = from_stdin(monkeypatch, b'{"id": "1"\n{"id": "2"}\n')
    assert [(f.origin, f.readable) for f in found] == [("-:1", False), ("-:2", True)]
    duplicate = from_stdin(monkeypatch, b'{"id": 1, "id": 2}\n{"id": "2"}\n')
    assert [(f.origin, f.readable) for f in duplicate] == [("-:1", False), ("-:2", True)]
    assert codes(from_stdin(monkeypatch, b"")) == ["D332"]
    assert codes(from_stdin(monkeypatch, b"{'id': 1,\n'x': 2}")) == ["D301"]


def test_a_file_of_another_name_is_told_apart_too(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": '{"id": "1"}\n{"id": "2"}', "b.json.bak": '{\n"id": "3"}'})
    assert [f.document for f in read(tmp_path / "a.txt", tmp_path / "b.json.bak")] == [
        {"id": "1"}, {"id": "2"}, {"id": "3"},
    ]  # fmt: skip


# -- folders ------------------------------------------------------------------------------------------


def test_a_folder_is_read_by_name_at_any_depth(tmp_path: Path) -> None:
    names = ["b/2.json", "a.json", "b/1.jsonl", "c.json.gz", "b/.hidden/x.json"]
    put(tmp_path, {n: gzip.compress(b"{}") if n.endswith("gz") else "{}" for n in names} | {"no.txt": "x"})
    origins = [f.origin.removeprefix(f"{tmp_path}/") for f in read(tmp_path)]
    assert origins == ["a.json", "b/.hidden/x.json", "b/1.jsonl:1", "b/2.json", "c.json.gz"]


def test_a_folder_without_documents(tmp_path: Path) -> None:
    put(tmp_path, {"a.txt": "x", "json/x": "{}"})
    assert codes(read(tmp_path)) == ["D334"]


def test_links_that_lead_in_circles(tmp_path: Path) -> None:
    put(tmp_path, {"a/x.json": "{}"})
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "again").symlink_to(tmp_path / "a")
    found = read(tmp_path)
    assert codes(found) == ["D335"]
    assert sum(f.readable for f in found) == 1


def test_a_folder_that_is_named_like_a_file(tmp_path: Path) -> None:
    put(tmp_path, {"x.json/y.json": '{"id": "1"}'})
    assert [f.document for f in read(tmp_path)] == [{"id": "1"}]
    assert [f.document for f in read(tmp_path / "x.json")] == [{"id": "1"}]


def test_names_with_anything_in_them(tmp_path: Path) -> None:
    names = ["a\nb.json", "x\x1b[31m.json", "it's; DROP TABLE.json", "é.json"]
    put(tmp_path, dict.fromkeys(names, "{}"))
    if os.name == "posix":
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff.json")).write_bytes(b"{}")
    found = read(tmp_path, key_from_name=True)
    assert len(found) >= 4
    for one in found:
        assert one.origin.isprintable()
        assert one.key
        one.key.encode()


def test_a_deep_tree_of_folders(tmp_path: Path) -> None:
    path = tmp_path.joinpath(*["d"] * 300)
    path.mkdir(parents=True)
    (path / "x.json").write_text("{}")
    assert len(read(tmp_path)) == 1


# -- parts --------------------------------------------------------------------------------------------

WORKSPACE: dict[str, bytes | str] = {
    "plan.json": '{"goal": "win", "meta": {"name": "alpha"}}',
    ".state/now.json": '{"phase": "OPEN"}',
    "notes.json": "[]",
    "other.json": '{"goal": 1}',
}


def test_a_workspace_is_one_document(tmp_path: Path) -> None:
    (found,) = read(put(tmp_path / "alpha", WORKSPACE), plan=PROJECTS)
    assert found.document == {
        "plan": {"goal": "win", "meta": {"name": "alpha"}},
        "state": {"phase": "OPEN"},
        "side_notes": [],
    }
    assert (found.origin, found.name, found.clean) == (str(tmp_path / "alpha"), "alpha", True)


def test_workspaces_at_any_depth_also_within_each_other(tmp_path: Path) -> None:
    put(tmp_path / "x" / "alpha", WORKSPACE)
    put(tmp_path / "x" / "alpha" / "inner" / "beta", {"plan.json": '{"meta": {"name": "beta"}}'})
    put(tmp_path, {"goal of gamma.json": '{"goal": "draw"}'})
    found = read(tmp_path, plan=PROJECTS)
    assert [(f.name, f.member) for f in found] == [("goal of gamma", "plan"), ("alpha", None), ("beta", None)]


def test_the_folder_of_the_state_stands_for_its_workspace(tmp_path: Path) -> None:
    put(tmp_path / "alpha", WORKSPACE)
    (found,) = read(tmp_path / "alpha" / ".state", plan=PROJECTS)
    assert (found.document, found.name) == ({"state": {"phase": "OPEN"}}, "alpha")


def test_one_bad_file_refuses_the_workspace_with_all_its_faults(tmp_path: Path) -> None:
    put(tmp_path, WORKSPACE | {"plan.json": "{", ".state/now.json": ""})
    (found,) = read(tmp_path, plan=PROJECTS)
    assert codes([found]) == ["D301", "D332"]
    assert found.broken == (("plan", b"{"), ("state", b""))
    assert found.document == {"side_notes": []}
    (tmp_path / ".state/now.json").unlink()
    (tmp_path / ".state/now.json").mkdir()
    (again,) = read(tmp_path, plan=PROJECTS)
    assert codes([again]) == ["D331", "D301"]


@pytest.mark.parametrize(
    ("file", "content", "member"),
    [
        ("plan.json", '{"phase": 1}', "plan"),
        ("x/now.json", "{}", "state"),
        ("my-plan-2.json", "{}", "plan"),
        ("side_notes of monday.json", "{}", "side_notes"),
        ("Side Notes.json", "{}", "side_notes"),
        ("planning.json", '{"phase": 1}', "state"),
        ("plans/state/a.json", "{}", "state"),
        ("states/a.json", '{"phase": 1}', "state"),
        ("plan/a.json", '{"phase": 1}', "state"),
        ("x/a.json", '{"meta": {"name": "x"}}', "plan"),
        ("x/plan state.json", '{"goal": 1, "phase": 1}', "plan"),
    ],
)
def test_name_then_content_tell_a_single_file(tmp_path: Path, file: str, content: str, member: str) -> None:
    put(tmp_path, {file: content})
    (found,) = read(tmp_path / file, plan=PROJECTS)
    assert found.member == member
    assert found.document == {member: jsontext.loads(content.encode())}


def test_a_whole_document_and_one_that_nothing_tells(tmp_path: Path) -> None:
    put(tmp_path, {"state x.json": '{"plan": {}, "state": {}}', "y.json": '{"plan": {}, "state": 1, "z": 1}'})
    put(tmp_path, {"z.json": '{"zzz": 1}', "list.json": "[]"})
    assert [f.document for f in read(tmp_path / "state x.json", tmp_path / "y.json", plan=PROJECTS)] == [
        {"plan": {}, "state": {}}, {"plan": {}, "state": 1, "z": 1},
    ]  # fmt: skip
    found = read(tmp_path / "z.json", tmp_path / "list.json", plan=PROJECTS)
    assert codes(found) == ["D336", "D336"]
    assert "--part" in found[0].diagnostics[0].help
    assert read(tmp_path / "z.json", plan=PROJECTS, part="state")[0].document == {"state": {"zzz": 1}}
    assert read(tmp_path / "z.json", plan=PROJECTS, part="$")[0].document == {"zzz": 1}
    with pytest.raises(ValueError, match="no part 'nix'; there are plan, state, side_notes"):
        read(tmp_path / "z.json", plan=PROJECTS, part="nix")


def test_a_part_outside_of_its_folder_is_never_read(tmp_path: Path) -> None:
    hostile = Plan("p", 1, PROJECTS.tables, "name", parts=(Part("plan", "../../etc/passwd"),))
    with pytest.raises(DocumentError, match="not within the document's folder"):
        read(tmp_path, plan=hostile)


# -- keys ---------------------------------------------------------------------------------------------


def test_one_key_names_one_document(tmp_path: Path) -> None:
    put(tmp_path, {"a.jsonl": '{}\n{\n{"id": "2"}\n'})
    found = read(tmp_path / "a.jsonl", key="k")
    assert [f.key for f in found] == ["k", None, None]
    assert codes(found) == ["D301", "D337"]


@pytest.mark.parametrize("name", ["%C3", "100%", "%zz", "a~b", "a~", "%41", "%2e", "~"])
def test_a_name_that_no_export_writes_is_the_key_itself(name: str, tmp_path: Path) -> None:
    put(tmp_path, {f"{name}.json": '{"goal": 1}'})
    key = "A" if name == "%41" else name
    assert [f.key for f in read(tmp_path, plan=PROJECTS, key_from_name=True)] == [key]


def test_keys_from_names(tmp_path: Path) -> None:
    put(tmp_path / "alpha", WORKSPACE)
    put(tmp_path, {"b.json": '{"goal": 1}', "c.jsonl": '{"goal": 1}\n', "%2Fetc.json": '{"goal": 1}'})
    keys = [f.key for f in read(tmp_path, plan=PROJECTS, key_from_name=True)]
    assert keys == ["/etc", "alpha", "b", "c:1"]
    assert read(tmp_path / "alpha/.state/now.json", plan=PROJECTS, key_from_name=True)[0].key == "alpha"


@given(st.text(max_size=300))
def test_safe_names_stay_in_their_folder_and_differ(key: str) -> None:
    name = safe_name(key)
    assert 0 < len(name.encode()) <= 255
    assert name.isascii()
    assert not set(name) & set('/\\:*?"<>|\0\n')
    assert name[0] not in ". -"
    assert name[-1] not in ". "
    assert safe_name(key + "x") != name


@given(st.text(max_size=300) | st.sampled_from(["", "%", "~", "a~/b", "A", "a" * 151, "é" * 100, "\ud800" * 60]))
@example("😀" * 60)
def test_whole_names_mean_their_key_and_no_other(key: str) -> None:
    usual, distinct = whole_names(key)
    for name in (usual, distinct):
        assert key_meant(name) == key
        assert all(0 < len(part) <= 150 and part not in {".", ".."} for part in name.split("/"))
    assert {distinct.casefold()}.isdisjoint(n.casefold() for n in whole_names(key.swapcase()) if key_meant(n) != key)
    assert key_meant(key) == key or key in whole_names(key_meant(key))


@pytest.mark.parametrize("key", ["", ".", "..", "../x", "/etc/passwd", "CON", "nul.txt", "a\0b", "\ud800", "~", "-rf"])
def test_safe_names_of_hostile_keys(key: str, tmp_path: Path) -> None:
    (tmp_path / safe_name(key)).write_text("x")
    assert [p.name for p in tmp_path.iterdir()] == [safe_name(key)]


def test_the_names_of_files() -> None:
    assert [kind_of(n) for n in ["a.json", "A.JSON.GZ", "b.ndjson", ".json", "json", "a.jsonl.bak"]] == [
        "json", "json", "lines", None, None, None,
    ]  # fmt: skip
    assert [bare_name(n) for n in ["a.b.json", "fleet.jsonl.gz", "x.txt", ".json"]] == [
        "a.b",
        "fleet",
        "x",
        ".json",
    ]


# -- the quarantine -----------------------------------------------------------------------------------


def refused_again(path: Path, plan: Plan, found: Iterable[InputDocument]) -> list[InputDocument]:
    with Quarantine(path) as quarantine:
        for one in found:
            quarantine.add(one, one.diagnostics or [Diagnostic("D312", "forbidden")])
    return read(path, plan=plan)


def test_what_is_refused_comes_back_exactly(tmp_path: Path) -> None:
    lines = ['{"id": "\\ud800\\u0000", "n": 1.0, "i": 123456789012345678901}', "[null, -0.0]", "{", '"\\x"']
    put(tmp_path, {"a.jsonl": "\n".join(lines).encode() + b'\n{"x": "\xff"}'})
    before = read(tmp_path / "a.jsonl", key_from_name=True)
    after = refused_again(tmp_path / "q.jsonl", NOTES, before)
    assert len(after) == 5
    for old, new in zip(before, after, strict=True):
        assert jsontext.same(old.document, new.document)
        assert (new.broken, new.key, new.source) == (old.broken, old.key, old.origin)
        assert [d.code for d in new.diagnostics] == [d.code for d in old.diagnostics]
    assert after[2].origin == f"{tmp_path / 'q.jsonl'}:3 ({tmp_path / 'a.jsonl'}:3)"


def test_a_mended_line_is_a_document_again(tmp_path: Path) -> None:
    put(tmp_path, {"plan x.json": '{"goal": 1', "z.json": '{"zzz": 1}'})
    put(tmp_path / "w", WORKSPACE | {"plan.json": "{"})
    before = read(tmp_path / "plan x.json", tmp_path / "z.json", tmp_path / "w", plan=PROJECTS)
    assert not any(f.readable for f in refused_again(tmp_path / "q.jsonl", PROJECTS, before))
    text = (tmp_path / "q.jsonl").read_text()
    (tmp_path / "q.jsonl").write_text(
        text.replace('{\\"goal\\": 1', '{\\"goal\\": 2}').replace('"text":"{"', '"text":"{}"')
    )
    after = read(tmp_path / "q.jsonl", plan=PROJECTS)
    assert [f.document for f in after if f.readable] == [
        {"plan": {"goal": 2}}, {"state": {"phase": "OPEN"}, "side_notes": [], "plan": {}},
    ]  # fmt: skip
    assert codes(after) == ["D336"]
    assert read(tmp_path / "q.jsonl", plan=PROJECTS, part="state")[1].document == {"state": {"zzz": 1}}


def test_a_workspace_of_which_half_is_mended_keeps_that_half(tmp_path: Path) -> None:
    put(tmp_path / "w", WORKSPACE | {"plan.json": "{", "notes.json": "["})
    refused_again(tmp_path / "q.jsonl", PROJECTS, read(tmp_path / "w", plan=PROJECTS))
    text = (tmp_path / "q.jsonl").read_text()
    (tmp_path / "q.jsonl").write_text(text.replace('"text":"{"', '"text":"{}"'))
    refused_again(tmp_path / "r.jsonl", PROJECTS, read(tmp_path / "q.jsonl", plan=PROJECTS))
    (tmp_path / "r.jsonl").write_text((tmp_path / "r.jsonl").read_text().replace('"text":"["', '"text":"[]"'))
    (found,) = read(tmp_path / "r.jsonl", plan=PROJECTS)
    assert found.document == {"plan": {}, "side_notes": [], "state": {"phase": "OPEN"}}


def test_a_damaged_line_of_a_quarantine(tmp_path: Path) -> None:
    put(
        tmp_path,
        {"q.jsonl": '{"quarantine": "docrel", "problems": []}\n{"quarantine": "docrel", "id": "mine"}\n'},
    )
    found = read(tmp_path / "q.jsonl")
    assert codes(found) == ["D339"]
    assert found[1].document == {"quarantine": "docrel", "id": "mine"}


def released(path: Path, *refused: InputDocument, source: Path | None = None) -> Quarantine:
    """Read a quarantine into itself, and refuse documents; it is not closed yet."""
    quarantine = Quarantine(path)
    read(source or path, on_read=quarantine.read)
    for one in refused:
        quarantine.add(one)
    return quarantine


def test_a_quarantine_is_added_to_once_and_released_when_it_was_the_input(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    one, two = InputDocument("a", {"id": "1"}, name="a"), InputDocument("b", {"id": "2"}, name="b")
    refused_again(path, NOTES, [one])
    path.write_bytes(path.read_bytes().rstrip())  # as a program that was killed leaves it
    path.chmod(0o640)
    assert [f.document for f in refused_again(path, NOTES, [one, two])] == [{"id": "1"}, {"id": "2"}]
    quarantine = released(path, two)
    assert len(read(path)) == 2
    quarantine.close()
    assert [f.document for f in read(path)] == [{"id": "2"}]
    assert path.stat().st_mode & 0o777 == 0o640
    released(path).close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kept", [True, False])
def test_what_comes_into_a_quarantine_while_it_is_released_stays(tmp_path: Path, kept: bool) -> None:
    path = tmp_path / "q.jsonl"
    one, two, three = (InputDocument(name, {"id": name}, name=name) for name in "123")
    refused_again(path, NOTES, [one])
    quarantine = released(path, *([three] if kept else []))
    refused_again(path, NOTES, [two])
    quarantine.close()
    assert [f.document["id"] for f in read(path)] == (["2", "3"] if kept else ["2"])


def test_a_quarantine_that_is_mended_by_hand_while_it_is_released_stays_mended(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    refused_again(path, NOTES, [InputDocument("a", {"id": "1"}), InputDocument("b", {"id": "2"})])
    quarantine = released(path)
    path.write_text(path.read_text().replace('"id":"2"', '"id":"mended"'))
    quarantine.close()
    assert [f.document for f in read(path)] == [{"id": "mended"}]


def test_a_quarantine_that_was_read_in_part_keeps_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "q.jsonl"
    refused_again(path, NOTES, [InputDocument(name, {"id": name}) for name in "123"])
    lines = path.read_bytes().splitlines(keepends=True)

    def failing() -> Iterator[bytes]:
        yield lines[0]
        yield lines[1][:20]  # as an editor that is writing shows it
        raise OSError(5, "Input/output error")

    text = failing()
    with monkeypatch.context() as patched:
        patched.setattr("docrel.documents.reader.text_of", lambda *_: SimpleNamespace(readline=lambda size: next(text)))
        quarantine = released(path)
    quarantine.close()
    assert [f.document["id"] for f in read(path)] == ["2", "3"]


def test_a_quarantine_is_known_by_every_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    path, link = tmp_path / "real" / "q.jsonl", tmp_path / "q.jsonl"
    link.symlink_to(path)
    refused_again(link, NOTES, [InputDocument("a", {"id": "1"})])
    assert path.is_file()
    assert link.is_symlink()
    released(link, source=path.parent).close()
    assert not path.exists()


def test_many_programs_share_a_quarantine(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"

    def keep(number: int) -> None:
        with Quarantine(path) as quarantine:
            quarantine.add(InputDocument(str(number), {"id": str(number)}))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(keep, range(40)))
    assert sorted(int(f.document["id"]) for f in read(path)) == list(range(40))
    assert list(tmp_path.iterdir()) == [path]


def test_a_quarantine_is_left_alone_where_the_import_breaks_off(tmp_path: Path) -> None:
    path = tmp_path / "q.jsonl"
    refused_again(path, NOTES, [InputDocument("a", {"id": "1"})])
    before = path.read_bytes()
    with pytest.raises(KeyError), Quarantine(path) as quarantine:
        quarantine.read(path, before)
        quarantine.add(InputDocument("a", 1))
        raise KeyError
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [before]


@pytest.mark.parametrize(
    "content", ['{"id": "1"}\n', "mapping: notes\n", "\n", '{"quarantine": "docrel", "id": "mine"}\n']
)
def test_a_quarantine_takes_no_other_file(tmp_path: Path, content: str) -> None:
    path = put(tmp_path, {"q.jsonl": content}) / "q.jsonl"
    with pytest.raises(DocumentError, match="D343"):
        Quarantine(path)
    path.write_text("")
    assert len(refused_again(path, NOTES, [InputDocument("a", {"id": "1"})])) == 1


def test_a_quarantine_is_not_compressed(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=r"D343.*\n.*leave out `\.gz`"):
        Quarantine(tmp_path / "q.jsonl.GZ")
    refused_again(tmp_path / "q.jsonl", NOTES, [InputDocument("a", {"id": "1"})])
    (tmp_path / "q.jsonl").rename(tmp_path / "q.jsonl.gz")
    with pytest.raises(DocumentError, match="D343"):
        Quarantine(tmp_path / "q.jsonl.gz")


def test_what_was_never_read_is_not_kept(tmp_path: Path) -> None:
    (found,) = read(tmp_path / "missing.json")
    with Quarantine(tmp_path / "q.jsonl") as quarantine:
        assert quarantine.add(found) is False
    assert not (tmp_path / "q.jsonl").exists()
    with pytest.raises(DocumentError, match="cannot be written"):
        Quarantine(tmp_path / "no" / "q.jsonl").add(InputDocument("a", 1))


# -- writing ------------------------------------------------------------------------------------------


def test_a_workspace_written_is_the_workspace_read(tmp_path: Path) -> None:
    document: dict[str, Any] = {"plan": {"b": [1.0, None], "a": "\ud800"}, "side_notes": None, "state": {}}
    written = write_workspace(document, PROJECTS, tmp_path / "new" / "w")
    assert len(written.files) == 3
    (found,) = read(tmp_path / "new" / "w", plan=PROJECTS)
    assert all(jsontext.same(found.document[m], document[m]) for m in document)
    less = write_workspace({"state": 1}, PROJECTS, tmp_path / "new" / "w")
    assert [p.name for p in less.leftover] == ["plan.json", "notes.json"]
    assert not list(tmp_path.rglob("*.partial"))


@pytest.mark.parametrize("document", [{"plan": 1, "unknown": 2}, {}, [], None])
def test_a_document_that_has_no_files_is_refused_before_a_write(tmp_path: Path, document: Any) -> None:
    with pytest.raises(DocumentError, match="D338"):
        write_workspace(document, PROJECTS, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = put(tmp_path, {"a.json": "old"}) / "a.json"

    def pieces() -> Iterable[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(DocumentError, match="No space left"):
        write_file(path, pieces())
    assert [p.read_text() for p in tmp_path.iterdir()] == ["old"]
    link = tmp_path / "link.json"
    link.symlink_to("a.json")
    path.chmod(0o640)
    write_file(link, [b"new"])
    assert (path.read_text(), link.is_symlink(), path.stat().st_mode & 0o777) == ("new", True, 0o640)


def test_memory_does_not_grow_with_the_documents(tmp_path: Path) -> None:
    line = b'{"id": "x", "text": "%s"}\n' % (b"y" * 2000)
    put(tmp_path, {"f.jsonl": line * 4000})
    tracemalloc.start()
    count = sum(f.readable for f in read_documents([tmp_path / "f.jsonl"], NOTES))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 4000
    assert peak < 2_000_000

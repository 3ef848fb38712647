"""Law 6: identity is never guessed silently. No document replaces a different one unless somebody said so."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import docrel
from docrel import plan as plans
from docrel.cli import main
from docrel.compile import check, load_plan
from docrel.compile import compile as compile_spec
from docrel.diff import diff, effect, on_data, sentence
from docrel.documents import InputDocument, read_documents
from docrel.migrate.planning import migrate
from docrel.plan import Plan
from docrel.spec import loads
from docrel.sql import SQLITE
from docrel.store import Store, import_documents, open_store

SAID = """\
mapping: users
document: {key: id}
tables:
  users:
    columns:
      id: {type: text, required: true, unique: true, default: {given: true}}
      name: text
"""
INFERRED = SAID.replace("key: id", "key: {column: id, inferred: true}")
ANN, OTHER = {"id": "a", "name": "Ann"}, {"id": "a", "name": "Amy"}


def plan(text: str) -> Plan:
    return compile_spec(loads(text, "users.yaml"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "said.yaml").write_text(SAID)
    (tmp_path / "inferred.yaml").write_text(INFERRED)
    return tmp_path


@pytest.fixture
def guessing(tmp_path: Path) -> Iterator[Store]:
    with open_store(tmp_path / "d.db", plan(INFERRED)) as store:
        store.put(ANN)
        yield store


def run(*arguments: str, status: int = 0, text: str | None = None) -> Result:
    done = CliRunner().invoke(main, list(arguments), input=text)
    assert done.exit_code == status, done.output
    return done


def put(name: str, *documents: Any) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(document) + "\n" for document in documents))


def stored(db: str = "d.db") -> dict[Any, Any]:
    with open_store(db) as store:
        return dict(store.scan())


# -- the language and the plan ------------------------------------------------------------------------


def test_the_key_has_a_short_form_that_says_so() -> None:
    assert not plan(SAID).key_inferred
    assert not plan(SAID.replace("key: id", "key: {column: id}")).key_inferred
    assert plan(INFERRED).key_inferred
    assert plan(INFERRED).key == "id"
    for odd, code in (("{inferred: true}", "M202"), ("{column: id, infered: true}", "M201"), ("[id]", "M204")):
        with pytest.raises(docrel.MappingError, match=code):
            plan(SAID.replace("key: id", f"key: {odd}"))
    assert [d.code for d in check(loads(INFERRED.replace("column: id", "column: x")))] == ["M218"]


def test_a_stored_plan_says_whether_its_key_is_inferred() -> None:
    one, other = plan(SAID), plan(INFERRED)
    assert [load_plan(plans.dump(p)) for p in (one, other)] == [one, other]
    assert "key_inferred" not in plans.dump(one)  # what earlier versions have stored stays the same
    assert plans.checksum(one) != plans.checksum(other)


def test_to_say_the_key_is_no_heavy_migration() -> None:
    found = diff(plan(INFERRED), plan(SAID))
    (change,) = found.changes
    assert sentence(change) == "the document's key is said by the author, was inferred"
    assert effect(change) == "layout only"
    assert "takes the place" in on_data(change)
    assert migrate(found, SQLITE).steps == ()
    assert "is refused" in on_data(diff(plan(SAID), plan(INFERRED)).changes[0])


# -- put ----------------------------------------------------------------------------------------------


def test_put_does_not_replace_a_different_document_on_a_guess(guessing: Store) -> None:
    with pytest.raises(docrel.DocumentError, match=r'D325.*\$\.name is "Ann" there, "Amy" here'):
        guessing.put(OTHER)
    assert guessing.get("a") == ANN
    assert guessing.put(ANN).kind == "unchanged"
    assert guessing.put({"id": "b"}).kind == "inserted"


def test_put_replaces_what_the_caller_says(guessing: Store) -> None:
    assert guessing.put(OTHER, on_conflict="replace").kind == "updated"
    assert guessing.put(ANN, if_match=guessing.etag("a")).kind == "updated"
    assert guessing.put({"name": "Abe"}, "a").kind == "updated"
    assert guessing.edit("a", lambda document: {**document, "name": "Al"}).kind == "updated"
    assert guessing.put_part("a", "name", "Ada").kind == "updated"


def test_put_replaces_under_a_key_that_the_author_said(tmp_path: Path) -> None:
    with open_store(tmp_path / "d.db", plan(SAID)) as store:
        assert [store.put(d).kind for d in (ANN, OTHER)] == ["inserted", "updated"]


# -- import: an inferred key --------------------------------------------------------------------------


@pytest.mark.parametrize("text", [SAID, INFERRED])
def test_put_and_import_refuse_where_the_caller_says_so(tmp_path: Path, text: str) -> None:
    with open_store(tmp_path / "d.db", plan(text)) as store:
        store.put(ANN, on_conflict="refuse")
        assert store.put(ANN, on_conflict="refuse").kind == "unchanged"
        for key in (None, "a"):
            with pytest.raises(docrel.DocumentError) as e:
                store.put(OTHER, key, on_conflict="refuse")
            assert e.value.diagnostics[0].code == "D325"
        with pytest.raises(docrel.DocumentError):
            store.put(OTHER, if_match=store.etag("a"), on_conflict="refuse")
        assert store.import_([OTHER], on_conflict="refuse").refused == 1
        assert store.import_([OTHER], on_conflict="refuse", key_said=True).refused == 1
        assert store.get("a") == ANN
        assert store.put(OTHER, on_conflict="replace").kind == "updated"


def test_an_import_refuses_a_different_document_under_an_inferred_key(guessing: Store) -> None:
    told: list[str] = []
    report = import_documents(
        guessing,
        [InputDocument("x:1", OTHER), InputDocument("x:2", {"id": "b"}), InputDocument("x:3", ANN)],
        on_refused=lambda found, diagnostics: told.extend(f"{found.origin} {d.code} {d.help}" for d in diagnostics),
    )
    assert (report.inserted, report.updated, report.unchanged, report.refused) == (1, 0, 1, 1)
    assert told[0].startswith("x:1 D325 replace that one with `--on-conflict replace`, or say so for good")
    assert guessing.get("a") == ANN


@pytest.mark.parametrize("how", ["replace", "skip"])
def test_an_import_does_what_the_caller_says(guessing: Store, how: Any) -> None:
    skipped: list[str] = []
    found = [InputDocument("x:1", OTHER), InputDocument("x:2", {"id": "b"})]
    report = import_documents(guessing, found, on_conflict=how, on_skipped=lambda f, _: skipped.append(f.origin))
    assert (report.inserted, report.refused) == (1, 0)
    assert (report.updated, report.skipped, skipped) == ((1, 0, []) if how == "replace" else (0, 1, ["x:1"]))
    assert guessing.get("a") == (OTHER if how == "replace" else ANN)


def test_what_is_stored_stays_with_skip_whoever_said_the_key(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "said.yaml")
    put("a.json", OTHER)
    done = run("import", "a.json", "--db", "d.db", "--on-conflict", "skip")
    assert "note[D325]: another document is stored as 'a': $.name" in done.stderr
    assert stored() == {"a": ANN}


@pytest.mark.parametrize("key", [[], ["--key", "id"]])
@pytest.mark.parametrize("mapping", ["said.yaml", "inferred.yaml"])
def test_who_says_refuse_means_it_whoever_said_the_key(here: Path, mapping: str, key: list[str]) -> None:
    put("a.jsonl", ANN, {"id": "b"})
    run("import", "a.jsonl", "--db", "d.db", "--mapping", mapping)
    put("a.jsonl", OTHER, {"id": "b"}, {"id": "c"})
    for file in ("a.jsonl", "q.jsonl"):
        told = ("import", file, "--db", "d.db", "--quarantine", "q.jsonl", *key, "--on-conflict", "refuse")
        assert "error[D325]" in run(*told, status=1).stderr
        assert stored() == {"a": ANN, "b": {"id": "b"}, "c": {"id": "c"}}
    if mapping == "said.yaml":
        run("import", "q.jsonl", "--db", "d.db", *key, status=1)
    run("import", "q.jsonl", "--db", "d.db", *key, "--on-conflict", "replace")
    assert stored()["a"] == OTHER


def test_who_says_refuse_means_it_for_a_document_that_he_names(here: Path) -> None:
    put("a.json", {"name": "Ann"})
    run("import", "a.json", "--document-key", "a", "--db", "d.db", "--mapping", "said.yaml")
    put("a.json", {"name": "Amy"})
    run("import", "a.json", "--document-key", "a", "--db", "d.db", "--on-conflict", "refuse", status=1)
    assert "1 updated" in run("import", "a.json", "--document-key", "a", "--db", "d.db").stdout


def test_the_key_is_said_by_the_caller_where_he_does_not_say_refuse(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml")
    put("a.json", OTHER)
    assert "1 updated" in run("import", "a.json", "--db", "d.db", "--key", "id").stdout


def test_a_key_that_the_caller_says_is_no_guess(guessing: Store) -> None:
    report = import_documents(guessing, [InputDocument("x", {"name": "Abe"}, key="a")])
    assert report.updated == 1


def test_what_was_refused_can_be_imported_once_the_key_is_confirmed(here: Path) -> None:
    put("a.json", ANN)
    put("b.json", OTHER)
    run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml")
    done = run("import", "b.json", "--db", "d.db", "--quarantine", "q.jsonl", status=1)
    assert "confirm-key" in done.stderr
    assert "1 skipped" in run("import", "b.json", "--db", "d.db", "--on-conflict", "skip").stdout
    done = run("confirm-key", "--db", "d.db")
    assert "`document: {key: id}`" in done.stderr
    assert "already" in run("confirm-key", "--db", "d.db").stdout
    run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", "--mapping", "said.yaml")
    assert stored() == {"a": OTHER}
    assert "1 → 1" in run("migrate", "history", "--db", "d.db").stdout


def test_a_mapping_that_says_the_key_confirms_it_too(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml")
    assert "plain SQL" in run("migrate", "apply", "--db", "d.db", "--to", "said.yaml").stdout
    with open_store("d.db") as store:
        assert not store.plan.key_inferred


def test_the_command_that_confirms_is_told_as_it_can_be_run(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "my d.db", "--mapping", "inferred.yaml")
    put("a.json", OTHER)
    told = run("import", "a.json", "--db", "my d.db", status=1).stderr
    assert "`docrel confirm-key --db 'my d.db'`" in told
    with open_store("my d.db") as store, pytest.raises(docrel.DocumentError, match=r"confirm-key --db 'my d\.db'"):
        store.put(OTHER)


def confirmed(here: Path) -> None:
    """Make d.db of the mapping inferred.yaml, with its key confirmed."""
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml")
    run("confirm-key", "--db", "d.db")


def test_a_mapping_that_infers_does_not_take_back_what_was_confirmed(here: Path) -> None:
    confirmed(here)
    shown = run("migrate", "plan", "--db", "d.db", "--to", "inferred.yaml", "--check")
    assert "nothing to do" in shown.stdout and "stays confirmed" in shown.stderr
    done = run("migrate", "apply", "--db", "d.db", "--to", "inferred.yaml")
    assert "already" in done.stdout and "stays confirmed" in done.stderr and "raise `version`" not in done.stderr
    put("a.json", OTHER)
    assert "1 updated" in run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml").stdout


@pytest.mark.parametrize("rewrite", [[], ["--rewrite"]])
def test_the_key_stays_confirmed_in_later_versions_and_back(here: Path, rewrite: list[str]) -> None:
    first = INFERRED.replace("column: id", "column: code").replace("id: {type", "code: {from: id, type")
    Path("inferred.yaml").write_text(first)
    confirmed(here)
    later = first.replace("users\n", "users\nversion: 2\n", 1) + "      more: integer\n"
    renamed = later.replace("column: code", "column: nr").replace("code: {", "nr: {renamed_from: code, ")
    for text in (later, renamed.replace("version: 2", "version: 3")):
        Path("later.yaml").write_text(text)
        done = run("migrate", "apply", "--db", "d.db", "--to", "later.yaml", *rewrite)
        assert "stays confirmed" in done.stderr
        with open_store("d.db") as store:
            assert not store.plan.key_inferred
    for target in ("2", "inferred.yaml"):
        run("migrate", "down", "--db", "d.db", "--to", target, *rewrite)
        with open_store("d.db", plan(first) if target != "2" else None) as store:
            assert not store.plan.key_inferred
            assert store.put(ANN if target == "2" else OTHER).key == "a"


def test_another_key_is_not_the_one_that_was_confirmed(here: Path) -> None:
    confirmed(here)
    other = INFERRED.replace("id: {type", "id: {from: name, type").replace("name: text", "was: {from: id}")
    named = INFERRED.replace("column: id", "column: name").replace("name: text", "name: {required: true, unique: true}")
    for version, text in enumerate((other, named), 2):
        Path("other.yaml").write_text(text.replace("users\n", f"users\nversion: {version}\n", 1))
        done = run("migrate", "apply", "--db", "d.db", "--to", "other.yaml")
        assert "stays confirmed" not in done.stderr
        with open_store("d.db") as store:
            assert store.plan.key_inferred
        run("confirm-key", "--db", "d.db")


def test_a_plan_without_any_sql_says_so(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "inferred.yaml")
    shown = run("migrate", "plan", "--db", "d.db", "--to", "said.yaml").stdout
    assert "the document's key is said by the author, was inferred" in shown
    assert not shown.rstrip().endswith(":")


# -- import: names made from places -------------------------------------------------------------------


def test_files_of_one_name_in_several_folders_are_several_documents(here: Path) -> None:
    for number, name in enumerate(("in/1/x.json", "in/2/x.json", "in/x.json")):
        put(name, {"name": str(number)})
    for counts in ("3 documents inserted", "nothing to do"):
        assert counts in run("import", "in", "--db", "d.db", "--mapping", "said.yaml").stdout
    assert set(stored()) == {"1/x", "2/x", "x"}


@pytest.mark.parametrize("paths", [["in/1", "in/2"], ["in/1/x.jsonl", "in/2/x.jsonl"]])
def test_what_one_command_names_never_collides(here: Path, paths: list[str]) -> None:
    put("in/1/x.jsonl", {"name": "one"})
    put("in/2/x.jsonl", {"name": "two"})
    for _ in range(2):
        run("import", *paths, "--db", "d.db", "--mapping", "said.yaml")
        assert set(stored()) == {"x:1", "2/x:1"}
    run("import", paths[0], paths[0], "--db", "d.db")
    assert len(stored()) == 2


def test_files_whose_names_differ_in_their_ending_only(here: Path) -> None:
    put("in/x.jsonl", {"name": "one"})
    put("in/x.ndjson", {"name": "two"})
    run("import", "in", "--db", "d.db", "--mapping", "said.yaml")
    assert set(stored()) == {"x:1", "in/x:1"}


@pytest.mark.parametrize("how", ["refuse", "replace", "skip"])
def test_a_made_name_never_replaces_a_different_document(here: Path, how: str) -> None:
    put("monday/x.jsonl", {"name": "m"}, {"name": "same"})
    put("tuesday/x.jsonl", {"name": "t"}, {"name": "same"})
    run("import", "monday", "--db", "d.db", "--mapping", "said.yaml")
    done = run("import", "tuesday", "--db", "d.db", "--on-conflict", how, status=1 if how == "refuse" else 0)
    assert stored() == {"x:1": {"name": "t" if how == "replace" else "m"}, "x:2": {"name": "same"}}
    assert ("D325" in done.stderr) == (how != "replace")
    assert "1 unchanged" in done.stdout


def test_lines_of_standard_input_have_made_names_too(here: Path) -> None:
    text = [f'{{"name": "{n}"}}\n{{"name": "b"}}\n' for n in ("one", "two")]
    run("import", "-", "--db", "d.db", "--mapping", "said.yaml", text=text[0])
    run("import", "-", "--db", "d.db", text=text[1], status=1)
    assert stored() == {"stdin:1": {"name": "one"}, "stdin:2": {"name": "b"}}


def test_a_document_that_names_itself_like_its_file_is_known_by_that(here: Path) -> None:
    put("a.json", ANN)
    run("import", "a.json", "--db", "d.db", "--mapping", "said.yaml")
    put("a.json", OTHER)
    assert "1 updated" in run("import", "a.json", "--db", "d.db", "--key-from-name").stdout


def test_a_made_name_stays_made_in_the_quarantine(here: Path) -> None:
    put("monday/x.json", {"name": "m"})
    put("tuesday/x.json", {"name": "t"})
    run("import", "monday", "--db", "d.db", "--mapping", "said.yaml")
    run("import", "tuesday", "--db", "d.db", "--quarantine", "q.jsonl", status=1)
    run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", status=1)
    text = (here / "q.jsonl").read_text()
    (here / "q.jsonl").write_text(text.replace('"key":"x"', '"key":"y"'))
    run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl")
    assert stored() == {"x": {"name": "m"}, "y": {"name": "t"}}


# -- the same import ----------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [1, 600])
def test_the_same_document_twice_is_no_conflict(tmp_path: Path, size: int) -> None:
    more = [{"id": f"n{n}"} for n in range(size)]
    with open_store(tmp_path / "d.db", plan(SAID)) as store:
        report = store.import_([ANN, *more, ANN, ANN])
        assert (report.inserted, report.unchanged, report.refused) == (size + 1, 2, 0)


@pytest.mark.parametrize("primary", ["", "    primary_key: [id]\n"])
@pytest.mark.parametrize("size", [1, 600])
def test_two_different_ones_in_one_import_are_refused(tmp_path: Path, size: int, primary: str) -> None:
    text = SAID.replace("    columns:\n", f"{primary}    columns:\n")
    more = [{"id": f"n{n}"} for n in range(size)]
    with open_store(tmp_path / "d.db", plan(text)) as store:
        told: list[str] = []
        report = store.import_([ANN, *more, OTHER], on_refused=lambda _, d: told.append(d[0].code))
        assert (report.refused, told, store.get("a")) == (1, ["D321"], ANN)
        assert store.import_([OTHER]).updated == 1


def test_a_number_that_is_the_primary_key_can_be_imported_again(tmp_path: Path) -> None:
    text = SAID.replace("    columns:\n", "    primary_key: [id]\n    columns:\n")
    text = text.replace("text, required: true, unique: true, default: {given: true}", "integer, required: true")
    with open_store(tmp_path / "d.db", plan(text)) as store:
        assert [store.import_([{"id": 101, "name": n}]).written for n in "ab"] == [1, 1]


def test_what_was_refused_for_another_of_its_import_stays_refused(here: Path) -> None:
    put("u.jsonl", ANN, OTHER, {"id": "b"})
    run("import", "u.jsonl", "--db", "d.db", "--mapping", "said.yaml", "--quarantine", "q.jsonl", status=1)
    for again in range(3):
        more = ["--key", "id"] if again == 1 else []
        done = run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", *more, status=1)
        assert "error[D325]" in done.stderr and "--on-conflict replace" in done.stderr
        assert stored()["a"] == ANN
    assert "1 skipped" in run("import", "q.jsonl", "--db", "d.db", "--on-conflict", "skip").stdout
    run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", "--on-conflict", "replace")
    assert stored()["a"] == OTHER and not Path("q.jsonl").exists()


def test_it_stays_refused_also_where_it_was_refused_for_more_meanwhile(here: Path) -> None:
    put("u.jsonl", ANN, OTHER)
    run("import", "u.jsonl", "--db", "d.db", "--mapping", "said.yaml", "--quarantine", "q.jsonl", status=1)
    for old, new in (('"Amy"}', '"Amy","new":1}'), ('"Amy","new":1}', '"Amy"}')):
        Path("q.jsonl").write_text(Path("q.jsonl").read_text().replace(old, new))
        done = run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", "--new-members", "refuse", status=1)
    assert "D325" in done.stderr and stored() == {"a": ANN}


def test_it_goes_in_where_it_has_another_key_or_the_other_one_has_gone(here: Path) -> None:
    put("u.jsonl", ANN, OTHER)
    run("import", "u.jsonl", "--db", "d.db", "--mapping", "said.yaml", "--quarantine", "q.jsonl", status=1)
    Path("mended.jsonl").write_text(Path("q.jsonl").read_text().replace('{"id":"a"', '{"id":"c"'))
    assert "1 document inserted" in run("import", "mended.jsonl", "--db", "d.db").stdout
    with open_store("d.db") as store:
        store.delete("a")
    run("import", "q.jsonl", "--db", "d.db")
    assert stored() == {"c": OTHER | {"id": "c"}, "a": OTHER}


def test_it_waits_with_its_references_and_stays_refused(here: Path) -> None:
    more = "    tables: {more: {each: 'more[*]', columns: {of: {from: '@', references: users.name}}}}\n"
    Path("refers.yaml").write_text(SAID.replace("name: text", "name: {type: text, unique: true}") + more)
    put("u.jsonl", ANN | {"more": ["Ann"]}, OTHER | {"more": ["Amy"]})
    run("import", "u.jsonl", "--db", "d.db", "--mapping", "refers.yaml", "--quarantine", "q.jsonl", status=1)
    for _ in range(2):
        run("import", "q.jsonl", "--db", "d.db", "--quarantine", "q.jsonl", status=1)
    assert stored()["a"]["name"] == "Ann"


# -- keys as people type them -------------------------------------------------------------------------


def test_a_document_is_found_by_its_number(here: Path) -> None:
    put("users.jsonl", {"id": 101, "name": "Ann"}, {"id": -7, "name": "Bob"})
    run("infer", "users.jsonl", "--output", "m.yaml")
    run("import", "users.jsonl", "--db", "d.db", "--mapping", "m.yaml")
    assert json.loads(run("export", "--db", "d.db", "--key", "101").stdout)["name"] == "Ann"
    run("archive", "--db", "d.db", "--key=-7")
    assert set(stored()) == {101}
    run("restore", "--db", "d.db", "--key=-7")
    assert set(stored()) == {101, -7}
    run("export", "--db", "d.db", "--key", "5", status=1)


JSON_KEYS = """\
mapping: users
document: {key: [id, day]}
tables:
  users:
    columns:
      id: {type: json, required: true}
      day: {required: true}
      name: text
    unique: [[id, day]]
"""


def test_a_key_that_is_held_as_json_is_shown_as_its_document_says_it(tmp_path: Path) -> None:
    told: list[str] = []
    alone = SAID.replace(
        "text, required: true, unique: true, default: {given: true}", "json, required: true, unique: true"
    )
    with open_store(tmp_path / "d.db", plan(alone)) as store:
        store.import_([ANN, OTHER], on_refused=lambda _, d: told.append(d[0].message))
        for wrong in ('"b"', "b"):
            with pytest.raises(docrel.StoreError) as missing:
                store.get(wrong)
            told.append(missing.value.diagnostics[0].message)
    with open_store(tmp_path / "e.db", plan(JSON_KEYS)) as store:
        more = {"day": "d"}
        store.import_([ANN | more, OTHER | more], on_refused=lambda _, d: told.append(d[0].message))
    assert 'the key "a" before it' in told[0]
    assert told[1:3] == ['there is no document "b"', "there is no document 'b'"]
    assert 'the key ["a", "d"] before it' in told[3]


# -- infer --key --------------------------------------------------------------------------------------


def test_infer_takes_the_authors_word_for_the_key(here: Path) -> None:
    put("u.jsonl", {"_id": {"$oid": "x"}, "name": "Ann"}, {"_id": {"$oid": "y"}, "name": "Bob"})
    assert "{column: id_oid, inferred: true}" in run("infer", "u.jsonl").stdout
    for member in ("_id.$oid", "$._id['$oid']"):
        assert "document: {key: id_oid}" in run("infer", "u.jsonl", "--key", member).stdout
    assert "document: {key: name}" in run("infer", "u.jsonl", "--key", "name").stdout
    assert "no document has a member nope" in run("infer", "u.jsonl", "--key", "nope", status=2).stderr
    assert "is no path of names" in run("infer", "u.jsonl", "--key", "a[*].b", status=2).stderr


def test_the_names_of_documents_do_not_depend_on_how_often_they_are_read(here: Path) -> None:
    put("in/1/x.json", {})
    put("in/2/x.jsonl", {}, {})
    names = [[f.key for f in read_documents(["in"], plan(SAID))] for _ in range(2)]
    assert names[0] == names[1] == ["1/x", "2/x:1", "2/x:2"]


def test_infer_finds_two_members_that_identify_together(here: Path) -> None:
    put("p.jsonl", *({"symbol": s, "day": f"2024-01-0{d}", "close": 1.5} for s in ("AAA", "BBB") for d in (1, 2)))
    assert "document: {key: {column: [symbol, day], inferred: true}}" in run("infer", "p.jsonl").stdout
    put("v.jsonl", *({"name": n, "version": v} for n, v in (("a", "1"), ("a", "2"), ("b", "1"))))
    assert "document: {key: {column: [name, version], inferred: true}}" in run("infer", "v.jsonl").stdout
    put("o.jsonl", *({"customer": c, "total": t} for c, t in ((1, 5), (1, 6), (2, 5))))
    assert "document: {key: document}" in run("infer", "o.jsonl").stdout
    put("q.jsonl", *({"symbol": "A", "day": "2024-01-01", "n": n} for n in range(4)))
    assert "document: {key: document}" in run("infer", "q.jsonl").stdout


@pytest.mark.parametrize("options", [("--key", "symbol", "--key", "at.day"), ("--key", "symbol, at.day")])
def test_infer_takes_several_members_as_one_key(here: Path, options: tuple[str, ...]) -> None:
    put("p.jsonl", {"symbol": "A", "at": {"day": 1}}, {"symbol": "A", "at": {"day": 2}})
    run("infer", "p.jsonl", *options, "--output", "p.yaml")
    assert "document: {key: [symbol, at_day]}" in Path("p.yaml").read_text()
    run("import", "p.jsonl", "--mapping", "p.yaml", "--db", "p.db")
    assert set(stored("p.db")) == {("A", 1), ("A", 2)}


def test_a_number_and_its_text_are_two_keys_of_one_mapping(here: Path) -> None:
    put("m.jsonl", {"id": 7}, {"id": "7"}, {"id": "x"})
    run("infer", "m.jsonl", "--key", "id", "--output", "m.yaml")
    run("import", "m.jsonl", "--mapping", "m.yaml", "--db", "m.db")
    assert len(stored("m.db")) == 3
    assert json.loads(run("export", "--db", "m.db", "--key", "7").stdout) == {"id": 7}
    assert json.loads(run("export", "--db", "m.db", "--key", '"7"').stdout) == {"id": "7"}


# -- import --key and --document-key ------------------------------------------------------------------


def test_who_names_the_identifying_member_says_that_it_is_the_key(here: Path) -> None:
    put("a.jsonl", ANN)
    put("b.jsonl", OTHER)
    run("import", "a.jsonl", "--mapping", "inferred.yaml", "--db", "d.db")
    assert "nobody has said yet" in run("import", "b.jsonl", "--db", "d.db", status=1).stderr
    run("import", "b.jsonl", "--db", "d.db", "--key", "id")
    assert stored() == {"a": OTHER}
    assert "nobody has said yet" in run("import", "a.jsonl", "--db", "d.db", status=1).stderr  # said for one run


def test_a_member_that_is_not_the_key_is_refused(here: Path) -> None:
    put("a.jsonl", ANN)
    for member in ("name", "nay", "id,name"):
        error = run("import", "a.jsonl", "--mapping", "said.yaml", "--db", "d.db", "--key", member, status=2).stderr
        assert "`id` is the key" in error
        assert "--document-key" in error


def test_a_document_without_a_key_is_named_by_the_caller(here: Path) -> None:
    put("a.json", {"name": "Ann"})
    run("import", "a.json", "--mapping", "said.yaml", "--db", "d.db", "--document-key", "mine")
    assert set(stored()) == {"mine"}
    assert "exact" in run("verify", "said.yaml", "a.json", "--document-key", "mine").stdout


def test_lines_without_a_key_can_be_appended(here: Path) -> None:
    put("in/day.jsonl", {"name": "a"}, {"name": "b"})
    run("import", "in", "--mapping", "said.yaml", "--db", "d.db")
    put("in/day.jsonl", {"name": "a"}, {"name": "b"}, {"name": "c"})
    assert "1 document inserted, 0 updated, 2 unchanged" in run("import", "in", "--db", "d.db").stdout
    put("in/day.jsonl", {"name": "z"}, {"name": "b"}, {"name": "c"}, {"name": "d"})
    refused = run("import", "in", "--db", "d.db", "--quarantine", "q.jsonl", status=1)
    assert "day:1" in refused.stderr
    assert '$.name is "a" there, "z" here' in refused.stderr
    assert set(stored()) == {"day:1", "day:2", "day:3", "day:4"}
    assert stored()["day:1"] == {"name": "a"}
    assert json.loads(Path("q.jsonl").read_text())["document"] == {"name": "z"}

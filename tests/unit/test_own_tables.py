"""Tables that docrel makes by itself: their names are reserved, so that none stands before a mapping's table."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from docrel import compile, spec
from docrel.backends import Backend, open_backend
from docrel.diagnostics import MappingError
from docrel.migrate import applying as migration
from docrel.plan import Plan, is_own
from docrel.store import Store, importing, open_store
from docrel.values import jsontext

NAMES = ("seen", "waiting", "digest", "seen_0", "waiting_0")
_MADE = re.compile(r"CREATE (?:TEMP\w* )?TABLE (?:IF NOT EXISTS )?((?:temp\.)?(?:\"[^\"]*\"|\w+))", re.IGNORECASE)


def plan_of(table: str, version: int = 1) -> Plan:
    """Return a plan whose documents are in one table, and refer to each other."""
    return compile.compile(
        spec.loads(
            f"mapping: m\nversion: {version}\ndocument: {{key: k}}\ntables:\n  {table}:\n    primary_key: [k]\n"
            f"    columns:\n      k: {{required: true, unique: true}}\n      above: {{references: {table}.k}}\n"
            f"      size: {{type: {'integer' if version == 1 else 'json'}}}\n"
        )
    )


def use(path: Path, table: str) -> None:
    """Import, import again and migrate with a rewrite; every document has to be there."""
    documents: list[dict[str, Any]] = [{"k": str(n), "above": str(n // 2), "size": n} for n in range(9)]
    with open_store(path, plan_of(table)) as store:
        for changed in (documents, [{**d, "size": 7} for d in documents]):
            store.import_(changed)
            assert sorted(store.export()) == sorted(map(jsontext.dumps_bytes, changed))
            assert store.backend.execute(f"SELECT count(*) FROM {table}") == [(9,)]
    migration.apply(path, plan_of(table, 2), rewrite=True, backup=False)
    with open_store(path) as store:
        assert len(list(store.scan())) == 9


@pytest.mark.parametrize("table", [f"docrel_{name}" for name in NAMES])
def test_a_table_of_a_mapping_is_never_taken_for_one_of_docrel(table: str, tmp_path: Path) -> None:
    use(tmp_path / "db", table)


def test_whatever_docrel_makes_by_itself_has_a_reserved_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    backend = open_backend(tmp_path / "other", create=True)
    made: set[str] = set()
    execute = type(backend).execute

    def seen(self: Backend, sql: str, parameters: Any = ()) -> Any:
        made.update(_MADE.findall(sql))
        return execute(self, sql, parameters)

    monkeypatch.setattr(type(backend), "execute", seen)
    use(tmp_path / "db", "t")
    backend.close()
    own = {name.removeprefix("temp.").strip('"') for name in made} - {"t"}
    assert len(own) > 5 and all(is_own(name, "m") for name in own), own
    temporary = [name for name in made if name.startswith("temp.")]
    assert len(temporary) > 2 and all(is_own(name[5:].strip('"')) for name in temporary), temporary


@pytest.mark.parametrize("name", NAMES)
def test_no_mapping_has_a_table_of_such_a_name(name: str) -> None:
    with pytest.raises(MappingError, match="M211"):
        plan_of(f"_docrel_{name}")


@pytest.mark.parametrize("more", ["", "      above: {references: t.k}\n"], ids=["alone", "with references"])
def test_an_import_within_an_import_leaves_it_what_it_knows(more: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importing, "BATCH_DOCUMENTS", 1)
    text = "mapping: m\ndocument: {key: k}\ntables:\n  t:\n    primary_key: [k]\n    columns:\n"
    text += "      k: {required: true, unique: true}\n" + more
    with open_store(":memory:", compile.compile(spec.loads(text))) as store:
        store.put({"k": "0"})
        refused: list[str] = []

        def documents() -> Any:
            yield {"k": "1", "v": "first"}
            yield {"k": "0", "above": "1"}
            assert _imported(store, {"k": "2"}, {"k": "2", "v": 2}) == (1, 1)
            yield {"k": "1", "v": "second"}

        report = store.import_(documents(), on_refused=lambda found, why: refused.append(why[0].code))
        assert (report.inserted, report.updated, refused) == (1, 1, ["D321"])
        assert {table: counts.inserted for table, counts in report.tables.items()} == {"t": 1}
        assert dict(store.scan()) == {"0": {"k": "0", "above": "1"}, "1": {"k": "1", "v": "first"}, "2": {"k": "2"}}


def _imported(store: Store, *documents: Any) -> tuple[int, int]:
    report = store.import_(documents)
    return report.inserted, report.refused

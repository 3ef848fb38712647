"""Law 7: the database forbids what no document can say, and nothing else: rows of documents keep every constraint.

References are aside: whether a row is there that another refers to is no matter of one document.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mappings import Mappings

from docrel import compile, spec
from docrel.diagnostics import DocrelError, MappingError
from docrel.engine import flattener_of
from docrel.plan import Plan
from docrel.sql import SQLITE, ddl, document_rules
from docrel.testing.documents import Documents
from docrel.values import jsontext

CLOCK = "2030-01-01T00:00:00Z"
MODEST = settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))


def a_plan(random: Random) -> Plan:
    while True:
        try:
            return compile.compile(spec.loads(Mappings(random).text()))
        except MappingError:
            continue


def one_round(random: Random) -> None:
    plan = a_plan(random)
    flattener, documents = flattener_of(plan), Documents(plan)
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.execute("PRAGMA trusted_schema = OFF")
        for statement in ddl(plan, SQLITE):
            connection.execute(statement.sql)
        for _ in range(5):
            document, rows = documents.one(random), flattener.start()
            try:
                jsontext.check_value(document)
                flattener.add(document, rows, given="given", now=CLOCK)
            except DocrelError:
                continue
            for table, found in zip(plan.tables, rows.rows, strict=True):
                marks = ", ".join("?" * len(table.columns))
                connection.executemany(f"INSERT INTO {SQLITE.quote_identifier(table.name)} VALUES ({marks})", found)
            connection.rollback()


@MODEST
@given(st.integers(0, 2**32))
def test_rows_of_documents_keep_what_the_database_forbids(seed: int) -> None:
    one_round(Random(seed))


@pytest.mark.parametrize(
    ("name", "answer"),
    [
        ("_is_present", lambda ruling, n: True),
        ("_plain", lambda ruling, source, columns: list(columns)),
        ("_undone", lambda ruling, n: [said for said, _ in ruling.columns[n].map]),
        ("_links", lambda ruling, source: [f"{ruling.names[n]} IS NOT NULL" for n in source.unlinked]),
    ],
)
def test_a_rule_that_forbids_too_much_is_caught(name: str, answer: object, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_rules._Ruling, name, answer)
    with pytest.raises(sqlite3.IntegrityError):
        for seed in range(400):
            one_round(Random(seed))

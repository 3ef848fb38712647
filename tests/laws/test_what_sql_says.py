"""Law 7: what SQL counts, sums and sorts equals what the documents say, or the difference is in the report.

For every table and column of random mappings and documents, and of the mappings that `infer` writes for random data
sets. What documents say is read by `plain_reading`, what a value means to SQL by this file alone; what is told is left
out of both, and the report of the import tells exactly that.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

import pytest
from data_sets import DataSet
from document_model import At
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from plain_reading import Truth
from test_getput import a_plan
from test_sorted_by_sql import nanoseconds

from docrel import compile, spec
from docrel.authoring import infer, infer_columns
from docrel.diagnostics import DocumentError
from docrel.documents import InputDocument, SetAside, SetAsides
from docrel.engine import Flattened, Flattener, flatten_columns, path_of
from docrel.plan import Column, Plan, Table, Value
from docrel.store import Store, open_store
from docrel.testing.documents import Documents
from docrel.values import CODECS, jsontext

MODEST = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
NOW = "2026-01-01T00:00:00Z"

# -- what a value of a document means to SQL -----------------------------------------------------------------


def _text(value: Any) -> str:
    return value if isinstance(value, str) else jsontext.dumps(value)


def _number(value: Any) -> Fraction:
    return Fraction(Decimal(value)) if isinstance(value, str) else Fraction(value)


def _double(value: Any) -> Fraction:
    return Fraction(float(Decimal(value) if isinstance(value, str) else value))


def _decimal(value: Any) -> Fraction:
    number = _number(value)
    return number if number.denominator == 1 and -(2**63) <= number < 2**63 else _double(value)


def _scalar(value: Any) -> tuple[int, Any]:
    """Numbers come first, as numbers; then all texts, and the names of true and false among them."""
    if isinstance(value, str | bool):
        return 1, _text(value)
    return 0, _decimal(value)


def _whole(value: Any) -> Any:
    return json.dumps(jsontext.loads(jsontext.dumps(value).encode()), sort_keys=True, default=str)


MEANING: dict[str, Callable[[Any], Any]] = {
    "text": _text,
    "scalar": _scalar,
    "integer": _number,
    "real": _double,
    "decimal": _decimal,
    "boolean": Fraction,
    "timestamp": nanoseconds,
    "date": str,
    "uuid": lambda value: str(UUID(value)),
    "base64": b64decode,
}
NUMBERS = {"integer", "real", "decimal", "boolean"}


def meant(column: Column, value: Any) -> Any:
    """Return what a value of a document means in a column, for counting, summing and sorting."""
    for said, named in column.map:
        if type(said) is type(value) and said == value:
            value = named
    return MEANING[column.type](value)


# -- what the documents say, and what SQL says ---------------------------------------------------------------


@dataclass
class Said:
    """What documents say of each table and column, where it was not told that the tables do not show it."""

    rows: Counter[int] = field(default_factory=Counter)
    values: dict[tuple[int, int], list[Any]] = field(default_factory=dict)
    inexact: Counter[tuple[int, int]] = field(default_factory=Counter)
    told: Counter[Any] = field(default_factory=Counter)
    refused: list[DocumentError] = field(default_factory=list)

    def add(self, plan: Plan, document: Any, found: Flattened) -> None:
        truth = Truth(plan, document, found.root, list(found.asides))
        self.rows.update(number for number, _, _ in truth.nodes)
        for one in found.asides:
            self.told[plan.tables[one.table].name, tuple(one.columns), one.rule, one.is_row] += 1
        for number, table in enumerate(plan.tables):
            for n, column in enumerate(table.columns):
                if _is_compared(plan, table, column):
                    self._add_column((number, n), column, truth, found)

    def _add_column(self, at: tuple[int, int], column: Column, truth: Truth, found: Flattened) -> None:
        number, n = at
        told = {
            one.path: one.rule for one in found.asides if one.table == number and n in one.columns and not one.is_row
        }
        whole = CODECS[column.type].container
        there = [(p, v) for p, v in truth.values(number, n) if whole or not truth.is_taken_apart(at, v)]
        self.values.setdefault(at, []).extend(value for place, value in there if place not in told)
        self.inexact[at] += sum(told.get(place) == "inexact" for place, _ in there)


def _is_compared(plan: Plan, table: Table, column: Column) -> bool:
    has_constant = any(column.name in dict(source.constants) for source in table.sources)
    is_key = column.name == plan.key  # which may be what the caller says
    return isinstance(column.role, Value) and column.default is None and not has_constant and not is_key


def check_sql(store: Store, said: Said) -> None:
    """Hold what SQL says against what the documents say."""
    for number, table in enumerate(store.plan.tables):
        name = _quoted(table.name)
        ((rows,),) = store.backend.execute(f"SELECT count(*) FROM {name}")
        assert rows == said.rows[number], f"{table.name}: {rows} rows, {said.rows[number]} nodes"
        for n, column in enumerate(table.columns):
            if (values := said.values.get((number, n))) is not None:
                check_column(store, table, column, values, said.inexact[number, n])


def check_column(store: Store, table: Table, column: Column, values: list[Any], inexact: int) -> None:
    """Hold a column against its values; `inexact` further ones are told to be held as the next best."""
    name, of = _quoted(column.name), f"FROM {_quoted(table.name)}"
    where = f"{table.name}.{column.name} ({column.type})"
    execute = store.backend.execute
    held = [v for (v,) in execute(f"SELECT {name} {of} WHERE {name} IS NOT NULL ORDER BY {name}")]
    if CODECS[column.type].container:
        assert Counter(map(_whole, values)) == Counter(map(_whole, map(_parsed, held))), where
        return
    wanted, ranked = Counter(meant(column, value) for value in values), [_held(column, value) for value in held]
    assert not wanted - Counter(ranked), f"{where}: {held} for {values}"
    assert len(held) == len(values) + inexact, f"{where}: {held} for {values}, and {inexact} told"
    assert ranked == sorted(ranked), f"{where} is sorted {held}"
    ((distinct, least, most),) = execute(f"SELECT count(DISTINCT {name}), min({name}), max({name}) {of}")
    assert distinct == len({*ranked}), f"{where}: {distinct} distinct of {values}"
    if held:
        assert [_held(column, least), _held(column, most)] == [min(ranked), max(ranked)], where
    if column.type in {*NUMBERS, "scalar"} and not inexact:
        ((total,),) = execute(f"SELECT total({name}) {of} WHERE typeof({name}) <> 'text'")
        numbers = list(_numbers(column, wanted.elements()))
        exact, size = sum(numbers), sum(map(abs, numbers))
        assert size > 10**300 or abs(Fraction(total) - exact) <= size / 10**12, f"{where}: {total} for {values}"


def _numbers(column: Column, meanings: Iterable[Any]) -> Iterator[Fraction]:
    """Yield those of what a column means that are numbers."""
    for value in meanings:
        rank, number = value if column.type == "scalar" else (0, value)
        if not rank:
            yield number


def _parsed(stored: Any) -> Any:
    return jsontext.loads_text(stored) if isinstance(stored, str) else stored


def _held(column: Column, stored: Any) -> Any:
    if column.type == "scalar":
        return (1, stored) if isinstance(stored, str) else (0, Fraction(stored))
    if column.type in NUMBERS:
        return Fraction(stored)
    return nanoseconds(stored) if column.type == "timestamp" else stored


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


# -- the law -------------------------------------------------------------------------------------------------


def check(plan: Plan, documents: list[Any]) -> Said:
    """Import documents and hold every table and column against them, and what the report tells."""
    said, flattener, told = Said(), Flattener(plan), Counter[Any]()
    with open_store(":memory:", plan) as store:
        for number, document in enumerate(documents):
            found = flattener.add(document, flattener.start(), given=f"d{number}", now=NOW)
            try:
                outcome = store.put(document, f"d{number}" if found.given_used or found.problems else None)
            except DocumentError as e:
                said.refused.append(e)
                continue
            assert outcome.kind == "inserted"
            told += _counts(plan, outcome.set_aside)
            said.add(plan, document, found)
        assert told == said.told
        check_sql(store, said)
    return said


def _counts(plan: Plan, report: Iterable[SetAside]) -> Counter[Any]:
    """Return what a report tells as `Said` has it."""
    told: Counter[Any] = Counter()
    for one in report:
        table = plan.table(one.table)
        told[one.table, tuple(table.index_of(name) for name in one.columns), one.rule, one.is_row] += one.count
    return told


def distinct(documents: list[Any], plan: Plan) -> list[Any]:
    """Return documents of different keys."""
    flattener, by_key = Flattener(plan), dict[Any, Any]()
    for number, document in enumerate(documents):
        found = flattener.add(document, flattener.start(), given=f"d{number}", now=NOW)
        by_key.setdefault(json.dumps(found.key, default=str) if not found.problems else number, document)
    return list(by_key.values())


def one_round(seed: int, documents: int = 12) -> Said:
    plan = a_plan(Random(seed))
    made = Documents(plan)
    return check(plan, distinct([made.one(Random(seed * 1000 + n)) for n in range(documents)], plan))


@MODEST
@given(st.integers(0, 2**32))
def test_sql_says_of_random_mappings_what_documents_say(seed: int) -> None:
    one_round(seed)


@MODEST
@given(st.integers(0, 2**32))
def test_sql_says_of_inferred_mappings_what_documents_say(seed: int) -> None:
    inferred_round(seed)


def inferred_round(seed: int) -> None:
    random = Random(seed)
    documents = DataSet(random).documents()
    check_inferred(documents, max(1, len(documents) // random.choice((1, 1, 2, 4))))


def check_inferred(documents: list[Any], samples: int) -> None:
    """Infer a mapping from the first, and hold it, what it makes of all, and what the import reports against them."""
    plan = compile.compile(spec.loads(infer(documents[:samples], name="things")))
    said = check(plan, documents)
    assert samples < len(documents) or not said.refused, said.refused[0]
    for (number, n), values in said.values.items():
        column = plan.tables[number].columns[n]
        is_fit = samples < len(documents) or _is_fit(column, values)
        assert is_fit, f"{plan.tables[number].name}.{column.name} is {column.type} for {values}"
    new = [name for document in documents for name in check_places(plan, document)]
    with open_store(":memory:", plan) as store:
        report = store.import_(InputDocument(f"d{n}", document, key=f"d{n}") for n, document in enumerate(documents))
        assert _counts(plan, report.set_aside) == said.told
        assert {(one.table, one.pointer, one.name) for one in report.new_members} == {*new}


def _is_fit(column: Column, values: list[Any]) -> bool:
    """Say whether SQL can count with what are numbers, and sort what are times."""
    kinds = {bool if isinstance(v, bool) else Decimal if isinstance(v, int | float | Decimal) else str for v in values}
    times = [v for v in values if isinstance(v, str) and re.fullmatch(r"\d{4}-.*T.*(Z|[-+]\d\d:?\d\d)", v)]
    if kinds == {Decimal}:
        return column.type in NUMBERS
    if kinds == {bool}:
        return column.type == "boolean"
    return len(times) < max(2, len(values)) or column.type == "timestamp"


def check_places(plan: Plan, document: Any) -> Iterator[tuple[str, Any, str]]:
    """Say that each scalar of a document is in a column, or told; yields the members that the mapping does not name."""
    flattener = Flattener(plan)
    found = flattener.add(document, flattener.start(), given="g", now=NOW)
    if found.problems:
        return
    truth = Truth(plan, document, found.root, list(found.asides))
    known = {one.path for one in found.asides}
    known |= {(*path_of(at), name) for _, names, at in found.unnamed for name in names}
    rests = {number for number, table in enumerate(plan.tables) if _is_rest_alone(plan, table)}
    known |= {at for number, _, at in truth.nodes if number in rests}
    for number, table in enumerate(plan.tables):
        for n, column in enumerate(table.columns):
            if isinstance(column.role, Value):
                whole = CODECS[column.type].container
                known |= {at for at, v in truth.values(number, n) if whole or not isinstance(v, dict | list)}
    silent = [at for at in leaves(document, ()) if not any(at[:n] in known for n in range(len(at) + 1))]
    assert not silent, f"{silent[0]} of {document} is in no column, and nobody tells it"
    yield from ((plan.tables[table].name, place, name) for (table, place), names, _ in found.unnamed for name in names)


def _is_rest_alone(plan: Plan, table: Table) -> bool:
    """Say whether the mapping has nothing of the table's objects but their rest, which then is all of them."""
    values = [column for column in table.columns if isinstance(column.role, Value) and column.role.paths]
    return not values and not any(source.parent == table.name for t in plan.tables for source in t.sources)


def leaves(value: Any, at: At) -> Iterator[At]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, one in inner:
        yield from leaves(one, (*at, step))
    if not isinstance(value, dict | list) and value is not None:
        yield at


# -- what breaks it is seen ----------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["type", "kind", "place", "unnamed"])
def test_an_engine_that_does_not_tell_is_caught(monkeypatch: pytest.MonkeyPatch, rule: str) -> None:
    whole = Flattener.add

    def silent(self: Flattener, *arguments: Any, **named: Any) -> Flattened:
        found = whole(self, *arguments, **named)
        unnamed = () if rule == "unnamed" else found.unnamed
        return found._replace(asides=[one for one in found.asides if one.rule != rule], unnamed=unnamed)

    monkeypatch.setattr(Flattener, "add", silent)
    with pytest.raises(AssertionError):
        for seed in range(200):
            inferred_round(seed)


def test_an_import_that_counts_less_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = SetAsides.add
    monkeypatch.setattr(SetAsides, "add", lambda self, found: whole(self, found._replace(asides=found.asides[1:])))
    with pytest.raises(AssertionError):
        for seed in range(200):
            inferred_round(seed)


def test_times_whose_offset_is_forgotten_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    codec = CODECS["timestamp"]
    monkeypatch.setitem(CODECS, "timestamp", replace(codec, encode=lambda value: codec.encode(f"{value[:19]}Z")))
    times = ("2024-03-30T23:30:00+01:00", "2024-03-31T04:00:00+02:00", "2024-03-31T02:30:00Z")
    with pytest.raises(AssertionError, match="timestamp"):
        check_inferred([{"id": f"k{n}", "at": time} for n, time in enumerate(times)], 3)


def test_an_inference_that_takes_numbers_for_texts_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(infer_columns, "type_of", lambda shape, name: "text")
    with pytest.raises(AssertionError):
        for seed in range(200):
            inferred_round(seed)


def test_numbers_that_are_held_as_texts_are_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CODECS, "scalar", replace(CODECS["scalar"], encode=_text))
    monkeypatch.setattr(flatten_columns, "_exact", lambda column, value, **_: None)
    with pytest.raises(AssertionError, match=r"\(scalar\)"):
        check_inferred([{"id": f"k{n}", "size": size} for n, size in enumerate((10, "n/a", 9, "?"))], 4)

"""Guard checks: whether the data in a database lets plain SQL make a change.

In: a database, its plan and guards. Out: the guard that fails, None if all hold. Reads
only. The look at JSON is two-fold: SQL finds the rows that spell a name at all, Python says whether it is
really at that place.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, assert_never

from docrel.backends import Backend
from docrel.layout import layout_of
from docrel.migrate.guards import AllDefault, Guard, NoRows, NotHeld, NotNoted
from docrel.plan import Plan
from docrel.rows import DEEP, complement
from docrel.values import CODECS, NOTHING, jsontext, value_at


def failing(backend: Backend, plan: Plan, guards: tuple[Guard, ...]) -> Guard | None:
    """Return the first guard that the data does not keep."""
    return next((guard for guard in guards if not _holds(backend, plan, guard)), None)


def guard_words(guard: Guard) -> str:
    """Return what fails when the guard does, in words."""
    match guard:
        case NotHeld(table, pointer):
            return f"a row of {table} has {'.'.join(pointer)} in its rest"
        case NotNoted(table, name):
            return f"a note on a row of {table} speaks of {name}"
        case NoRows(table):
            return f"{table} has rows"
        case AllDefault(table, column):
            return f"{table}.{column} holds more than its default"
        case _:
            assert_never(guard)


def _holds(backend: Backend, plan: Plan, guard: Guard) -> bool:
    quote, same = backend.dialect.quote_identifier, backend.dialect.same
    match guard:
        case NotHeld(table, pointer):
            return not any(_held(text, pointer, body) for text, body in _spelling(backend, plan, table, pointer))
        case NotNoted(table, name):
            return not _noted(backend, plan, table, name)
        case NoRows(table):
            return not backend.execute(f"SELECT 1 FROM {quote(table)} LIMIT 1")
        case AllDefault(table, name):
            column = plan.table(table).column(name)
            constant = None if column.default is None else column.default.constant
            stored = None if constant is None else CODECS[column.type].encode(constant)
            sql = f"SELECT 1 FROM {quote(table)} WHERE NOT ({quote(name)} {same} ?) LIMIT 1"
            return not backend.execute(sql, [stored])
        case _:
            assert_never(guard)


def _marks(name: str) -> list[str]:
    """Texts of which JSON holds one wherever it spells the name: as it is, or with an escape somewhere."""
    return [jsontext.dumps(name), "\\u"]


def _spelling(backend: Backend, plan: Plan, table: str, pointer: tuple[str, ...]) -> Iterator[tuple[str, bool]]:
    """Yield the JSON texts that may hold the pointer's last name; True with those of the complement."""
    quote, at = backend.dialect.quote_identifier, backend.dialect.position
    resolved = layout_of(plan).tables[layout_of(plan).number(table)]
    if resolved.rest is not None:
        column = quote(plan.tables[resolved.number].columns[resolved.rest].name)
        sql = f"SELECT {column} FROM {quote(table)} WHERE {at}({column}, ?) > 0 OR {at}({column}, ?) > 0"
        yield from ((str(text), False) for (text,) in backend.execute(sql, _marks(pointer[-1])))
    held = f'({at}("body", ?) > 0 OR {at}("body", ?) > 0)'
    sql = f'SELECT "body" FROM {quote(plan.notes)} WHERE "table" = ? AND {held}'
    marks = [jsontext.dumps(pointer[-1]), DEEP]
    yield from ((str(text), True) for (text,) in backend.execute(sql, [table, *marks]))


def _held(text: str, pointer: tuple[str, ...], body: bool) -> bool:
    try:
        value: Any = complement.load(None, text).rest if body else jsontext.loads_text(text)
    except ValueError:
        return True
    return value_at(value, pointer) is not NOTHING


def _noted(backend: Backend, plan: Plan, table: str, name: str) -> bool:
    """Whether a note spells the name, anywhere: only the engine writes notes, and spells a name one way."""
    at = backend.dialect.position
    notes, shapes = map(backend.dialect.quote_identifier, (plan.notes, plan.shapes))
    mark = jsontext.dumps(name)
    sql = (
        f'SELECT 1 FROM {notes} AS c LEFT JOIN {shapes} AS s ON s."id" = c."shape" WHERE c."table" = ? '
        f'AND ({at}(s."body", ?) > 0 OR {at}(c."body", ?) > 0) LIMIT 1'
    )
    return bool(backend.execute(sql, [table, mark, mark]))

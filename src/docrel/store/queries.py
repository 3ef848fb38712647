"""Queries: SQL that somebody types, which only reads; what is wrong with it is told with its place.

In: SQL and values for its parameters. Out: a `Selection`, or an error that shows where in the text it is, with the
name of a table or column that was probably meant.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from docrel.backends import Backend, NotTakenError, QueryError
from docrel.diagnostics import Diagnostic, Position, StoreError, near, shortened, suggestion, visible
from docrel.plan import Table, is_own
from docrel.sql import placed_tokens
from docrel.store.selection import Selection

Parameters = Sequence[Any] | Mapping[str, Any]
SHOWN_NAMES = 20
_WIDTH = 120
_MARK = "\0"
"""What no statement has."""
_WORDS = (
    "SELECT", "FROM", "WHERE", "GROUP", "ORDER", "HAVING", "LIMIT", "OFFSET", "JOIN", "LEFT", "INNER", "UNION", "WITH",
    "DISTINCT", "BETWEEN", "VALUES", "EXPLAIN",
)  # fmt: skip


def _watch_nothing() -> None:
    """Do nothing now and then."""


def query(
    backend: Backend,
    sql: str,
    parameters: Parameters = (),
    *,
    watch: Callable[[], None] = _watch_nothing,
    table: Table | None = None,
) -> Selection:
    """Return the rows that one statement selects, whatever made the database; nothing that it says changes anything.

    `watch` is called now and then while the database works. `table` is the one all of whose columns are selected.

    Raises:
        StoreError: S481, the database does not understand it, or a parameter has no value; S482, it would not only
            read.
    """

    def refused(e: QueryError) -> StoreError:
        return _refused(e, sql, backend)

    _check_parameters(sql, parameters, backend)
    try:
        return Selection(backend.query(sql, parameters, watch), backend.name, refused, table)
    except QueryError as e:
        raise refused(e) from e


def refused_condition(
    e: NotTakenError, backend: Backend, select: Callable[[str], str], condition: str, parameters: Parameters
) -> StoreError:
    """Return S481 for a statement around somebody's condition that was not taken, with the place in the condition.

    `e`, where it is no fault of the condition: a value that no database can hold, say.
    """
    sql = select(condition)
    if isinstance(e.__cause__, (UnicodeError, OverflowError)):
        return e
    try:
        _check_parameters(condition, parameters, backend)
        for _ in backend.query(sql, parameters, _watch_nothing):
            pass
    except QueryError as fault:
        return _refused(_within(fault, select(_MARK).index(_MARK), condition), sql, backend, condition)
    except StoreError as refused:
        return refused
    return e


def _within(fault: QueryError, begin: int, condition: str) -> QueryError:
    """Return what is wrong with a statement as something that is wrong with the condition that begins there in it."""
    at = None if fault.at is None else fault.at - begin
    if fault.kind == "syntax" and at is not None and at >= len(condition):
        return QueryError("end", "", fault.words, len(condition.rstrip()))
    if at is None or not 0 <= at <= len(condition):
        return QueryError(fault.kind, fault.name, fault.words)
    return QueryError(fault.kind, fault.name[: len(condition) - at], fault.words, at)


def named_parameters(sql: str) -> dict[str, int]:
    """Return the parameters that a statement names, `:name`, each with where it stands first."""
    found: dict[str, int] = {}
    sign, end = "", -1
    for at, token in placed_tokens(sql):
        if sign in {":", "@", "$"} and token.kind == "word" and at == end:
            found.setdefault(token.text, at - 1)
        sign, end = token.text, at + len(token.text)
    return found


def _check_parameters(sql: str, parameters: Parameters, backend: Backend) -> None:
    """Refuse values that do not go with the names in a statement; those without names are the database's to count."""
    named = named_parameters(sql)
    given = parameters if isinstance(parameters, Mapping) else {}
    marks = [at for at, token in placed_tokens(sql) if token == ("sign", "?")]
    if marks and not (parameters and isinstance(parameters, Sequence)):
        advice = "name it, as `:name`, and give `--param name=VALUE`; in Python give a sequence of values"
        raise _error("S481", "there is no value for the parameter `?`", backend, advice, sql, marks[0])
    missing = [name for name in named if name not in given]
    if missing:
        message = f"there is no value for the parameter `:{missing[0]}`"
        advice = f"give one: `--param {missing[0]}=VALUE`, in Python `{{{missing[0]!r}: value}}`"
        raise _error("S481", message, backend, advice, sql, named[missing[0]])
    unknown = [name for name in given if name not in named]
    if unknown:
        message = f"the query has no parameter `:{visible(unknown[0])}`, for which there is a value"
        advice = suggestion(unknown[0], named) if named else f"name it in the SQL: `:{visible(unknown[0])}`"
        raise _error("S481", message, backend, advice)


def _refused(e: QueryError, sql: str, backend: Backend, shown: str | None = None) -> StoreError:
    """Return what is wrong with a statement; `shown` is the part of it that somebody typed, if that is not all."""
    name = visible(shortened(e.name))
    match e.kind:
        case "write":
            advice = (
                "a query sees the database as it is; documents change by `docrel import`, tables by `docrel migrate`"
            )
            return _error("S482", f"a query only reads, and this would {name}", backend, advice)
        case "several":
            return _error("S481", "this is more than one statement", backend, "ask one query at a time")
        case "none":
            return _error("S481", "there is no query here", backend, "begin with SELECT")
        case "column":
            message, advice = f"there is no column `{name}`", _near_column(e.name, sql, backend)
        case "table":
            message, advice = f"there is no table `{name}`", _near(e.name, _tables(backend, e.name))
        case "function":
            message, advice = f"the database has no function `{name}`", "functions are those of the database"
        case "syntax":
            meant = near(e.name, _WORDS) if e.name not in backend.names() else None
            message = f"the SQL makes no sense from `{name}` on"
            advice = f"did you mean `{meant}`?" if meant else "look at what stands there and right before it"
        case "end":
            message, advice = "the SQL ends before the statement does", "is a bracket open, or a name missing?"
        case "other":
            message, advice = f"the database cannot answer this: {visible(shortened(e.words, 300))}", "mend the SQL"
    return _error("S481", message, backend, advice, sql if shown is None else shown, e.at)


def _error(code: str, message: str, backend: Backend, advice: str, sql: str = "", at: int | None = None) -> StoreError:
    """Return an error on a statement; `at` is where in the text it is."""
    if at is None:
        return StoreError.one(code, message, subject=backend.name, help=advice)
    before = sql[:at]
    start = before.rfind("\n") + 1
    line = sql[start:].split("\n", 1)[0].rstrip("\r")
    position = Position("SQL", before.count("\n") + 1, at - start + 1)
    excerpt = "".join(c if c.isprintable() else " " for c in line) if len(line) <= _WIDTH else ""
    return StoreError(
        diagnostics=[Diagnostic(code, message, position=position, subject=backend.name, help=advice, excerpt=excerpt)]
    )


def _near_column(name: str, sql: str, backend: Backend) -> str:
    """Return the help for a column that is not there, from those of the tables that the statement names."""
    said = {token.text.casefold() for _, token in placed_tokens(sql) if token.kind in {"word", "name"}}
    tables = backend.catalogue().tables
    named = [table for table in tables if table.name.casefold() in said]
    own = [table for table in tables if not is_own(table.name)]
    *_, last = name.split(".")
    return _near(last, dict.fromkeys(column.name for table in named or own for column in table.columns))


def _tables(backend: Backend, name: str) -> list[str]:
    """Return the names of tables and views, the engine's where such a one is asked for."""
    found = (table for table, kind in backend.names().items() if kind in {"table", "view"})
    return [table for table in found if is_own(name) or not is_own(table)]


def _near(name: str, names: Iterable[str]) -> str:
    known = [visible(one) for one in names]
    more = f" and {len(known) - SHOWN_NAMES:,} more" if len(known) > SHOWN_NAMES else ""
    return suggestion(name, known, f"there are {', '.join(known[:SHOWN_NAMES])}{more}" if known else "there are none")

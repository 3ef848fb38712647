"""Commands that look into a database: query, tables."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from docrel.cli.completing import database_then_table
from docrel.cli.options import also_db_option, database_first
from docrel.cli.progress import Waiting
from docrel.cli.root import Command
from docrel.cli.row_output import row_format_option, show_rows, write_pieces
from docrel.cli.session import current_session, facts_of
from docrel.diagnostics import counted, visible

if TYPE_CHECKING:
    from docrel.store import Store, TextFormat

SHOWN_PLACES = 2


def _parameters(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> dict[str, Any]:
    """Return values by name; what is spelled like a number, true, false, null or a quoted text in JSON is that."""
    found: dict[str, Any] = {}
    for text in values:
        name, is_given, value = text.partition("=")
        name = name.lstrip(":@$")
        if not name or not is_given:
            raise click.BadParameter(f"{text!r} is no NAME=VALUE", context, parameter)
        found[name] = _value(value)
    return found


def _value(text: str) -> Any:
    from docrel.values import is_storable, jsontext

    try:
        value = jsontext.loads_text(text)
    except ValueError:
        return text
    return value if value is None or is_storable(value) else text


@click.command("query", cls=Command)
@click.argument("words", nargs=-1, metavar="DB SQL", shell_complete=database_then_table)
@also_db_option
@click.option(
    "--param", "parameters", multiple=True, metavar="NAME=VALUE", callback=_parameters,
    help="What the SQL has as `:NAME`: a number, true, false and null as such, all else as text; a number within "
    "JSON's quotes is text.",
)  # fmt: skip
@row_format_option(
    "table", "csv", "json", "jsonl",
    text="How the rows are written: a table for a person (the default), CSV, an array of JSON objects, or an object a "
    "line.",
)  # fmt: skip
def query_command(
    words: tuple[str, ...], db: Path | None, parameters: dict[str, Any], format_: TextFormat | Literal["table"] | None
) -> None:
    """Show what one SQL statement selects, and change nothing.

    The database is open for reading only. SQL is a `-` where it stands on standard input. In CSV, NULL is an empty
    field and an empty text is "". Ctrl-C ends a query that takes long.

    Examples:
      $ docrel query orders.db 'SELECT * FROM lines'
      $ docrel query orders.db 'SELECT sku FROM lines WHERE qty > :n' --param n=2 --format csv
    """
    from docrel.backends import open_backend
    from docrel.store import query, text_pieces

    db, (sql,) = database_first(db, words, "SQL", required=1)
    if sql == "-":
        sql = _standard_input()
    session = current_session()
    with (
        session.leaving("nothing was changed"),
        closing(open_backend(db)) as backend,
        Waiting("asking", shown=session.format == "text") as waiting,
        query(backend, sql, parameters, watch=waiting) as rows,
    ):
        if format_ is None or format_ == "table":
            session.remark(counted(show_rows(rows.columns, rows, waiting), "row"))
        else:
            write_pieces(text_pieces(rows, format_), waiting)


def _standard_input() -> str:
    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError as e:
        raise click.UsageError("the SQL on standard input is no text in UTF-8") from e


@click.command("tables", cls=Command)
@click.argument("words", nargs=-1, metavar="DB [TABLE]", shell_complete=database_then_table)
@also_db_option
@click.option("--all", "everything", is_flag=True, help="Also views, docrel's own tables, and those of others.")
def tables_command(words: tuple[str, ...], db: Path | None, *, everything: bool) -> None:
    """Show the tables of a database, with their rows and columns; of one TABLE its columns.

    Of a column: its type, in how many rows there is a value, and where in a document that stands.

    Examples:
      $ docrel tables orders.db
      $ docrel tables orders.db lines
    """
    from docrel.store import open_store

    db, left = database_first(db, words, "[TABLE]")
    if left and everything:
        raise click.UsageError("--all shows all tables: leave the name of the one out")
    with open_store(db, create=False) as store:
        if left:
            _columns(store, left[0])
        else:
            _tables(store, everything=everything)


def _tables(store: Store, *, everything: bool) -> None:
    from docrel.store import table_contents

    session = current_session()
    found = table_contents(store, everything=everything)
    if session.format == "json":
        session.result("", {"tables": [facts_of(one) for one in found]})
        return
    what = {"table": "", "view": "a view", "engine": "docrel's own", "other": "not of the mapping"}
    rows = [(one.name, one.rows, one.columns, _few(one.places) or what[one.kind]) for one in found]
    show_rows(("table", "rows", "columns", "from"), rows)


def _few(places: tuple[str, ...]) -> str:
    """Return places in a document, the first of them where there are many."""
    more = f" and {len(places) - SHOWN_PLACES} more" if len(places) > SHOWN_PLACES else ""
    return " | ".join(places[:SHOWN_PLACES]) + more


def _columns(store: Store, name: str) -> None:
    from docrel.store import column_contents

    session = current_session()
    rows, found = column_contents(store, name)
    if session.format == "json":
        session.result("", {"table": name, "rows": rows, "columns": [facts_of(one) for one in found]})
        return
    show_rows(
        ("column", "type", "filled", "from"),
        [(one.name, one.type, one.filled, _few(one.places)) for one in found],
    )
    session.remark(f"{visible(name)}: {counted(rows, 'row')}")

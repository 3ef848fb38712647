"""Notes: how SQL tells the row that a note is on, and keeps notes with their rows whatever happens to these.

In: a plan and a dialect. Out: the expression for what the table of notes calls a row, the triggers that let a note go
where its row goes, and the view that shows notes by document. A note is found by the name of its row alone: by its
surrogate, else by a text of its whole key that no other key has, whatever types SQL has put there. Both are worked out
where the row is, so that nothing else has to spell a stored key.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from docrel.layout import layout_of
from docrel.plan import OWN, Plan, Table, once_a_plan
from docrel.sql.dialect import Dialect
from docrel.sql.ways import Ways
from docrel.values import CODECS

Event = Literal["insert", "update", "delete", "move"]
EVENTS: tuple[Event, ...] = ("insert", "update", "delete", "move")
NOTE_COLUMNS = ("table", "row", "rank", "shape", "body")
NOTE_KEY = ("table", "row")
NAME_LIMIT_BYTES = 63
"""The longest name that every dialect keeps whole."""
_ARMS = 250
"""How many SELECTs are united at once; SQLite takes 500."""
_ROW_IDS = ("rowid", "_rowid_", "oid")
"""What SQLite calls a surrogate too, where no column is called so."""


@dataclass(frozen=True, slots=True)
class NoteTrigger:
    """A trigger on a mapped table that keeps its notes in step."""

    name: str
    table: str
    event: Event
    sql: str


def is_numbered(plan: Plan) -> bool:
    """Say whether notes call each row by a number: all tables have surrogates."""
    return all(table.surrogate is not None for table in plan.tables)


def row_name(table: Table, of: Callable[[str], str], plan: Plan, dialect: Dialect) -> str:
    """Return the expression for what notes call a row, whose columns `of` spells.

    Law: of two keys of a table no two have one name, and a key that is not written has the same (tests/unit).
    """
    if table.surrogate is not None:
        cell = of(table.surrogate)
        return cell if is_numbered(plan) else f"CAST({cell} AS {dialect.types['text']})"
    return spelled(table, table.primary_key, of, dialect)


def spelled(table: Table, names: Sequence[str], of: Callable[[str], str], dialect: Dialect) -> str:
    """Return the expression for the values of some columns as a JSON array."""
    text = dialect.types["text"]
    terms = [dialect.key_terms[CODECS[table.column(name).type].storage].format(of(name), text=text) for name in names]
    return "'[' || " + " || ', ' || ".join(terms) + " || ']'"


@once_a_plan
def note_triggers(plan: Plan, dialect: Dialect) -> tuple[NoteTrigger, ...]:
    """Return the triggers in the order of tables; none where the dialect has none.

    They stand without foreign keys, in every client. One that inserts removes what a row of the same key has left that
    went without a word, as REPLACE lets it go. Where tables share an array, a row gets a number above all of theirs.
    """
    return tuple(_note_triggers(plan, dialect)) if dialect.note_triggers else ()


def _note_triggers(plan: Plan, dialect: Dialect) -> Iterator[NoteTrigger]:
    from docrel.sql.templating import render  # Jinja2 is slow to import

    quote = dialect.quote_identifier
    layouts = layout_of(plan).tables
    for layout, table in zip(layouts, plan.tables, strict=True):
        key, surrogate = table.primary_key, table.surrogate
        of = (*key, *_ROW_IDS) if surrogate is not None else key
        together = [t.name for t in layouts if t.sequence == layout.sequence] if surrogate is not None else []
        old, new = (_of_row(table, alias, plan, dialect) for alias in ("OLD", "NEW"))
        parents = [table.columns[column].name for link in layout.parents for column in link.columns]
        is_ranked = bool(parents) and surrogate is not None and layout.position is None
        for event in EVENTS:
            if event == "move" and not is_ranked:
                continue
            name = trigger_name(table.name, event)
            sql = render(
                f"{dialect.name}/note_{event}.sql.j2",
                name=quote(name),
                table=quote(table.name),
                key=[quote(column) for column in key],
                columns=[quote(column) for column in of],
                parents=[quote(column) for column in parents],
                notes=quote(plan.notes),
                label=dialect.quote_literal(table.name),
                old=old,
                new=new,
                id="" if surrogate is None else f"NEW.{quote(surrogate)}",
                numbered=[dialect.quote_literal(t) for t in together if event != "insert" or t != table.name],
            )
            yield NoteTrigger(name, table.name, event, sql)


def _of_row(table: Table, alias: str, plan: Plan, dialect: Dialect) -> str:
    return row_name(table, lambda column: f"{alias}.{dialect.quote_identifier(column)}", plan, dialect)


def trigger_name(table: str, event: str) -> str:
    """Return the name of the trigger of a table: docrel's own, short enough, and no other's."""
    name = f"{OWN}_{table}_{event}"
    if len(name.encode()) <= NAME_LIMIT_BYTES:
        return name
    mark = hashlib.sha256(table.encode()).hexdigest()[:8]
    room = NAME_LIMIT_BYTES - len(f"_{mark}_{event}")
    return f"{name.encode()[:room].decode(errors='ignore')}_{mark}_{event}"


def complement_query(plan: Plan, dialect: Dialect) -> str:
    """Return the SELECT of all notes by document, for people: its key, table and row, the shape's id and the body.

    A row without a surrogate is called as JSON in ASCII spells its key, and so is a document whose key is several
    columns.
    """
    quote, ways = dialect.quote_identifier, Ways(plan, dialect)
    selects = []
    for root in plan.roots:
        document = document_name(root, plan, dialect)
        for table in plan.family(root):
            way = [] if table is root else ways.down(table, root)
            last = f"t{len(way) - 1}" if way else "r"
            named = _of_row(table, last, plan, dialect)
            selects.append(
                f'SELECT {document} AS "document", n."table", n."row", n."shape", n."body"\n'
                f"  FROM {quote(root.name)} AS r{ways.joins(way, 'JOIN', 'r')}\n"
                f'  JOIN {quote(plan.notes)} AS n ON n."table" = {dialect.quote_literal(table.name)} '
                f'AND n."row" = {named}\n'
                f'  WHERE n."shape" IS NOT NULL OR n."body" IS NOT NULL'
            )
    query = united(selects)
    if is_numbered(plan):
        return query
    row = dialect.escaped.format('"row"')
    return f'SELECT "document", "table", {row} AS "row", "shape", "body" FROM (\n{query}\n) AS noted'


def document_name(root: Table, plan: Plan, dialect: Dialect) -> str:
    """Return the expression for what people call the document of a root row, which is `r`."""
    names = plan.key_of(root)
    if len(names) > 1:
        return spelled(root, names, lambda name: f"r.{dialect.quote_identifier(name)}", dialect)
    document = f"r.{dialect.quote_identifier(names[0])}"
    types = {dialect.storage_type(one.column(plan.key_of(one)[0]).type) for one in plan.roots}
    return document if len(types) == 1 else f"CAST({document} AS {dialect.types['text']})"


def united(selects: list[str]) -> str:
    """Return one SELECT of all rows of several, however many."""
    while len(selects) > _ARMS:
        some = [selects[at : at + _ARMS] for at in range(0, len(selects), _ARMS)]
        selects = [f"SELECT * FROM (\n{united(few)}\n)" for few in some]
    return "\nUNION ALL\n".join(selects)

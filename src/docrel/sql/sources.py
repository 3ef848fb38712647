"""Sources: from which file, and which line of it, each document was imported, in tables of docrel's own.

In: a plan and a dialect. Out: the tables, which are made by the first import of files; the view that shows them by the
keys of documents; and the triggers that let a document's source go where its root row goes, as notes go with their
rows. Root rows are told by their surrogates, else by the text of their whole key.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from docrel.plan import OWN, Plan, Table
from docrel.sql.dialect import Dialect
from docrel.sql.notes import document_name, spelled, trigger_name, united

SOURCES = f"{OWN}_source"
SOURCE_ROWS, SOURCE_FILES, SOURCE_IMPORTS = f"{SOURCES}_row", f"{SOURCES}_file", f"{SOURCES}_import"
SOURCE_COLUMNS = ("table", "row", "file", "line")
SOURCE_KEY = ("table", "row")
_EVENTS = ("insert", "update", "delete")


@dataclass(frozen=True, slots=True)
class SourceObject:
    """The view, or a trigger on a root table."""

    kind: Literal["view", "trigger"]
    name: str
    sql: str


def source_tables(dialect: Dialect) -> tuple[str, ...]:
    """Return what makes the tables; a root table is called by its number among them."""
    return (
        f"""CREATE TABLE IF NOT EXISTS {SOURCE_IMPORTS} (
  "id" INTEGER PRIMARY KEY, "at" TEXT NOT NULL, "reading" TEXT NOT NULL
)""",
        f"""CREATE TABLE IF NOT EXISTS {SOURCE_FILES} (
  "id" INTEGER PRIMARY KEY, "path" TEXT NOT NULL, "size" INTEGER, "digest" BLOB, "documents" INTEGER NOT NULL,
  "import" INTEGER NOT NULL
)""",
        f"""CREATE TABLE IF NOT EXISTS {SOURCE_ROWS} (
  "table" INTEGER NOT NULL, "row" INTEGER NOT NULL, "file" INTEGER NOT NULL, "line" INTEGER,
  PRIMARY KEY ("table", "row")
) {dialect.small_table}""",
    )


def source_objects(plan: Plan, dialect: Dialect) -> Iterator[SourceObject]:
    """Yield what stands beside the tables of sources."""
    yield SourceObject("view", SOURCES, f"CREATE VIEW {SOURCES} AS\n{_query(plan, dialect)}")
    if not dialect.note_triggers:
        return
    from docrel.sql.templating import render  # Jinja2 is slow to import

    quote = dialect.quote_identifier
    for number, root in enumerate(plan.roots):
        old, new = (source_row(root, _of(alias, dialect), dialect) for alias in ("OLD", "NEW"))
        for event in _EVENTS:
            name = trigger_name(root.name, f"source_{event.rstrip('e')}ed")
            sql = render(
                f"{dialect.name}/note_{event}.sql.j2",
                name=quote(name),
                table=quote(root.name),
                key=[quote(column) for column in root.primary_key],
                columns=[quote(column) for column in root.primary_key],
                notes=SOURCE_ROWS,
                label=str(number),
                old=old,
                new=new,
                id="",
                numbered=[],
            )
            yield SourceObject("trigger", name, sql)


def insert_source(root: Table, plan: Plan, dialect: Dialect) -> str:
    """The source of a document whose root row has no surrogate: file and line, and the row's key."""
    return (
        f'INSERT INTO {SOURCE_ROWS} ("file", "line", "table", "row") SELECT f."file", f."line", '
        f"{plan.roots.index(root)}, {_given(root, dialect)} "
        f'FROM (SELECT ? AS "file", ? AS "line") AS f, ({_given_key(root)}) AS k '
        'WHERE TRUE ON CONFLICT ("table", "row") DO UPDATE SET "file" = excluded."file", "line" = excluded."line"'
    )


def delete_source(root: Table, plan: Plan, dialect: Dialect) -> str:
    """DELETE of the source of the document whose root row has a key."""
    row = f"(SELECT {_given(root, dialect)} FROM ({_given_key(root)}) AS k)"
    return f'DELETE FROM {SOURCE_ROWS} WHERE "table" = {plan.roots.index(root)} AND "row" = {row}'


def insert_there(root: Table, there: str, plan: Plan, dialect: Dialect) -> str:
    """A row in a table of those that are there, by the root row's key."""
    number = plan.roots.index(root)
    row = f"SELECT {number}, {_given(root, dialect)} FROM ({_given_key(root)}) AS k"
    return f'INSERT INTO {there} ("table", "row") {row} WHERE TRUE ON CONFLICT DO NOTHING'


def select_gone(root: Table, there: str, files: str, plan: Plan, dialect: Dialect) -> str:
    """The root row's key, the document's key, path, line and file of documents from `files` that are not `there`."""
    names = ", ".join(map(_of("r", dialect), (*root.primary_key, *plan.key_of(root))))
    same = 't."table" = s."table" AND t."row" = s."row"'
    where = f's."file" IN (SELECT id FROM {files}) AND NOT EXISTS (SELECT 1 FROM {there} AS t WHERE {same})'
    return f'SELECT {names}, f."path", s."line", s."file" {_tables(root, plan, dialect)} WHERE {where}'


def move_source(old: tuple[Table, Plan], new: tuple[Table, Plan], aside: str, dialect: Dialect) -> str:
    """The source, in a table that stepped `aside`, of a document whose root row has another key now: both keys."""
    rows = [_given(root, dialect, alias) for (root, _), alias in ((old, "o"), (new, "k"))]
    numbers = [plan.roots.index(root) for root, plan in (old, new)]
    return (
        f'INSERT INTO {SOURCE_ROWS} ("table", "row", "file", "line") '
        f'SELECT {numbers[1]}, {rows[1]}, s."file", s."line" '
        f"FROM ({_given_key(old[0])}) AS o, ({_given_key(new[0])}) AS k, {aside} AS s "
        f'WHERE s."table" = {numbers[0]} AND s."row" = {rows[0]} ON CONFLICT DO NOTHING'
    )


def renumber_sources(numbers: Mapping[int, int | None]) -> Iterator[str]:
    """What gives root tables other numbers, and lets the sources of those go that have none."""
    gone = [str(was) for was, number in numbers.items() if number is None]
    if gone:
        yield f'DELETE FROM {SOURCE_ROWS} WHERE "table" IN ({", ".join(gone)})'
    cases = " ".join(f"WHEN {was} THEN {-1 - number}" for was, number in numbers.items() if number is not None)
    if cases:
        yield f'UPDATE {SOURCE_ROWS} SET "table" = CASE "table" {cases} END'
        yield f'UPDATE {SOURCE_ROWS} SET "table" = -1 - "table"'


def delete_stale_sources(root: Table, plan: Plan, dialect: Dialect) -> str:
    """DELETE of sources of documents of a root table that are gone, which other programs than SQL let go."""
    there = f"SELECT {source_row(root, _of('r', dialect), dialect)} FROM {dialect.quote_identifier(root.name)} AS r"
    return f'DELETE FROM {SOURCE_ROWS} WHERE "table" = {plan.roots.index(root)} AND "row" NOT IN ({there})'


def _given(root: Table, dialect: Dialect, alias: str = "k") -> str:
    places = {name: f'{alias}."{n}"' for n, name in enumerate(root.primary_key)}
    return source_row(root, places.__getitem__, dialect)


def _given_key(root: Table) -> str:
    return "SELECT " + ", ".join(f'? AS "{n}"' for n in range(len(root.primary_key)))


def source_row(root: Table, of: Callable[[str], str], dialect: Dialect) -> str:
    """Return the expression for what the table of sources calls a root row, whose columns `of` spells."""
    return of(root.surrogate) if root.surrogate is not None else spelled(root, root.primary_key, of, dialect)


def _of(alias: str, dialect: Dialect) -> Callable[[str], str]:
    return lambda name: f"{alias}.{dialect.quote_identifier(name)}"


def _tables(root: Table, plan: Plan, dialect: Dialect) -> str:
    row = source_row(root, _of("r", dialect), dialect)
    return (
        f"FROM {dialect.quote_identifier(root.name)} AS r\n  JOIN {SOURCE_ROWS} AS s "
        f'ON s."table" = {plan.roots.index(root)} AND s."row" = {row}\n  JOIN {SOURCE_FILES} AS f ON f."id" = s."file"'
    )


def _query(plan: Plan, dialect: Dialect) -> str:
    """Return the SELECT of the sources of all documents, for people."""
    selects = []
    for root in plan.roots:
        label = dialect.quote_literal(root.name)
        selects.append(
            f'SELECT {document_name(root, plan, dialect)} AS "document", {label} AS "table", f."path" AS "file", '
            f's."line", i."at" AS "imported_at"\n  {_tables(root, plan, dialect)}\n'
            f'  JOIN {SOURCE_IMPORTS} AS i ON i."id" = f."import"'
        )
    return united(selects)

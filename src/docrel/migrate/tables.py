"""Table steps: plain SQL that turns the tables of one plan into those of another, rows and ids kept.

In: a `Diff` whose changes plain SQL may make. Out: steps, renames first, then tables in plan order, dropped
ones last. What ALTER TABLE cannot do is done by a copy: old table aside, new table, INSERT … SELECT,
old table gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from docrel.diff import Diff
from docrel.migrate.steps import OLD, Step
from docrel.plan import Column, Table, Unsourced
from docrel.sql import Dialect, column_sql, schema, schema_of, table_sql


def table_steps(diff: Diff, dialect: Dialect) -> list[Step]:
    """Return the steps for the tables; indexes, views and triggers are not theirs."""
    quote = dialect.quote_identifier
    before, new = schema_of(diff.before, dialect), schema_of(diff.new, dialect)
    were = {t.name: t for t in before.tables}
    steps = list(_renames(diff, dialect))
    for table in (new.table(t.name) for t in diff.new.tables):
        was = were.get(table.name)
        if was is None:
            sql = (table_sql(table, dialect),)
            undo = f"DROP TABLE {quote(table.name)}"
            steps.append(Step(f"new table {table.name}", sql, makes=(table.name,), reverse=undo))
        elif was != table:
            steps.append(_changed(was, table, diff.before.table(table.name), dialect))
    gone = [t.name for t in diff.before.tables if t.name not in {n.name for n in diff.new.tables}]
    for name in reversed(gone):
        undo = table_sql(before.table(name), dialect)
        drop = f"DROP TABLE {quote(name)}"
        steps.append(Step(f"table {name}, which is empty, goes", (drop,), drops=(name,), reverse=undo))
    return steps


def kept_indexes(diff: Diff, steps: Sequence[Step], dialect: Dialect) -> set[str]:
    """Return the names of indexes that stay as they are: same text, and their table is not made anew."""
    old, before, new = (schema_of(plan, dialect) for plan in (diff.old, diff.before, diff.new))
    names = {i.name for i in old.indexes}
    same = {i.name: i for i in before.indexes}
    anew = {name for step in steps for name in step.makes}
    return {i.name for i in new.indexes if i.name in names and same.get(i.name) == i and i.table not in anew}


def carried_tables(diff: Diff, dialect: Dialect) -> frozenset[str]:
    """Return the tables that mean the same in both plans: a rewriting leaves their rows alone where they are equal."""
    meant = {t.name: _meant(t) for t in diff.before.tables}
    same = {t.name for t in diff.new.tables if meant.get(t.name) == _meant(t)}
    old, new = ({t.name: t for t in schema_of(plan, dialect).tables} for plan in (diff.old, diff.new))
    same -= set(diff.renames.tables.values())  # another table may have had the name
    return frozenset(name for name in same if old.get(name) == new[name])


def _meant(table: Table) -> Table:
    """Return the table without what is only for people, or for indexes."""
    columns = tuple(replace(c, description="", origin="", renamed_from=None) for c in table.columns)
    return replace(table, columns=columns, indexes=(), description="", origin="", renamed_from=None)


def _renames(diff: Diff, dialect: Dialect) -> Iterator[Step]:
    quote = dialect.quote_identifier
    for old, new in diff.renames.tables.items():
        notes = quote(diff.old.notes)
        old_text, new_text = dialect.quote_literal(old), dialect.quote_literal(new)
        yield Step(
            f"table {old} is now called {new}, in its notes too",
            (
                f"ALTER TABLE {quote(old)} RENAME TO {quote(new)}",
                f'UPDATE {notes} SET "table" = {new_text} WHERE "table" = {old_text}',
            ),
            touches=(new, diff.old.notes),
            reverse=f"ALTER TABLE {quote(new)} RENAME TO {quote(old)}, and its notes",
        )
    for table, names in diff.renames.columns.items():
        for old, new in names.items():
            sql = f"ALTER TABLE {quote(table)} RENAME COLUMN {quote(old)} TO {quote(new)}"
            undo = f"ALTER TABLE {quote(table)} RENAME COLUMN {quote(new)} TO {quote(old)}"
            yield Step(f"column {table}.{old} is now called {new}", (sql,), touches=(table,), reverse=undo)


def set_by_sql(columns: Iterable[tuple[str, Column]]) -> str:
    """Return, in words, what is lost with columns (each with its table's name): what no document has a place for."""
    names = [f"{table}.{column.name}" for table, column in columns if isinstance(column.role, Unsourced)]
    return f"what SQL has set in {', '.join(names)}" if names else ""


def _changed(was: schema.Table, table: schema.Table, before: Table, dialect: Dialect) -> Step:
    quote = dialect.quote_identifier
    added = table.columns[len(was.columns) :]
    if added and table.columns[: len(was.columns)] == was.columns and _only_more(was, table, added):
        names = ", ".join(c.name for c in added)
        sql = tuple(f"ALTER TABLE {quote(table.name)} ADD COLUMN {column_sql(c, table, dialect)}" for c in added)
        undo = "; ".join(f"ALTER TABLE {quote(table.name)} DROP COLUMN {quote(c.name)}" for c in added)
        return Step(
            f"{table.name} gets {names}; no document has a value for it yet", sql, touches=(table.name,), reverse=undo
        )
    columns = {c.name for c in table.columns}
    return Step(
        f"{table.name} is made anew with its new columns and rules; rows and ids stay",
        tuple(_copy(was, table, dialect)),
        touches=(table.name,),
        makes=(table.name,),
        drops=(table.name,),
        reverse="the same with the old columns and rules",
        cost="copies a table",
        loses=set_by_sql((table.name, c) for c in before.columns if c.name not in columns),
    )


def _only_more(was: schema.Table, table: schema.Table, added: tuple[schema.Column, ...]) -> bool:
    """Whether ALTER TABLE … ADD COLUMN makes exactly this table."""
    names = {c.name for c in added}
    checks = [check for check in table.checks if check.column not in names]
    linked = any(names & set(key.columns) for key in table.foreign_keys)
    plain = all(
        not c.key and not c.generated and (c.default is not None or not c.not_null)
        and not (c.default is not None and c.default.text.startswith("("))
        for c in added
    )  # fmt: skip
    return (
        plain
        and not linked
        and table.uniques == was.uniques
        and table.foreign_keys == was.foreign_keys
        and sorted(c.sql.normal for c in checks) == sorted(c.sql.normal for c in was.checks)
        and (table.small, table.typed) == (was.small, was.typed)
    )


def _copy(was: schema.Table, table: schema.Table, dialect: Dialect) -> Iterator[str]:
    quote = dialect.quote_identifier
    name, aside = quote(table.name), quote(OLD + table.name)
    kept = [c.name for c in table.columns if c.name in {w.name for w in was.columns}]
    columns = ", ".join(quote(c) for c in kept)
    yield from dialect.renamed([(table.name, OLD + table.name)])
    yield table_sql(table, dialect)
    yield f"INSERT INTO {name} ({columns}) SELECT {columns} FROM {aside}"
    if any(c.generated for c in table.columns):
        yield from dialect.numbered_on(OLD + table.name, table.name)
    yield f"DROP TABLE {aside}"

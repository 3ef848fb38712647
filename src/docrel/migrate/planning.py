"""Migrate: the steps from one plan to another.

In: a `Diff`, and the user's own objects in the database. Out: a `Migration`, its steps in order. Returns SQL,
never runs it. Plain SQL where `docrel.migrate.commuting` proves that it does what rebuild-and-flatten would;
otherwise the tables move aside, the documents stream from the old ones into new ones, and the old ones go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docrel.diff import Diff
from docrel.migrate.commuting import guards_of
from docrel.migrate.steps import OLD, Extra, Migration, Step
from docrel.migrate.tables import carried_tables, kept_indexes, table_steps
from docrel.plan import Plan
from docrel.sql import BOOKKEEPING, SQLITE, SqlStatement, ddl, schema_of

quote = SQLITE.quote_identifier
_KEEP_TEXT = "PRAGMA legacy_alter_table = ON"
_MEND_TEXT = "PRAGMA legacy_alter_table = OFF"


def migrate(found: Diff, extras: Sequence[Extra] = (), *, rewrite: bool = False) -> Migration:
    """Return the steps from `found.old` to `found.new`; with `rewrite` by documents where SQL would do too.

    Law: 4, the migration square commutes (tests/laws/test_migration_square.py).
    """
    guards, why = guards_of(found)
    if rewrite and not why:
        why = "asked for, or a document holds what the new mapping has a place for"
    wanted = schema_of(found.new, SQLITE)
    if why:
        return Migration(found, wanted, tuple(_rewriting(found, extras, why)), (), why)
    return Migration(found, wanted, tuple(_plain(found, extras)), guards)


# -- by documents -----------------------------------------------------------------------------------------


def _rewriting(found: Diff, extras: Sequence[Extra], why: str) -> Iterator[Step]:
    old, new = found.old, found.new
    statements = ddl(new, SQLITE)
    carried = carried_tables(found)
    kept = _kept_indexes(found, carried)
    yield from _dropped_objects(old, extras)
    stale = _stale_indexes(found, carried, kept)
    if stale:
        yield Step("indexes that go or change", tuple(stale), reverse="they are made again")
    aside = [*(t.name for t in old.tables if t.name not in carried), old.complement, old.shapes]
    moved = [f"ALTER TABLE {quote(name)} RENAME TO {quote(OLD + name)}" for name in aside]
    yield Step("old tables step aside", (_KEEP_TEXT, *moved, _MEND_TEXT), reverse="they go back to their names")
    made = [s for s in statements if s.kind in {"table", "complement"} and s.name not in {BOOKKEEPING, *carried}]
    yield Step("the new tables", tuple(s.sql for s in made), reverse="they are dropped")
    left = f", rows of {', '.join(sorted(carried))} that do not change left alone" if carried else ""
    yield Step(
        f"each document: rebuilt from the old tables, flattened into the new ones{left}; because: {why}",
        rewrite=True,
        reverse="the same way back: no document changes on either",
        cost="rewrites every document",
    )
    gone = [f"DROP TABLE {quote(OLD + name)}" for name in reversed(aside)]
    yield Step("the old tables go", tuple(gone), reverse="they are made again from the documents")
    yield from _made_objects(statements, new, extras, indexes=[s for s in statements if s.name not in kept])
    yield _version(found, statements)


def _kept_indexes(found: Diff, carried: frozenset[str]) -> set[str]:
    """Return the indexes of carried tables that stay as they are."""
    old = {i.name: i for i in schema_of(found.old, SQLITE).indexes}
    written = {s.name for s in (*found.old.statements, *found.new.statements)}
    indexes = [i for i in schema_of(found.new, SQLITE).indexes if i.table in carried and i.name not in written]
    return {i.name for i in indexes if old.get(i.name) == i}


def _stale_indexes(found: Diff, carried: frozenset[str], kept: set[str]) -> list[str]:
    indexes = schema_of(found.old, SQLITE).indexes
    return [f"DROP INDEX {quote(i.name)}" for i in indexes if i.table in carried and i.name not in kept]


def _dropped_objects(plan: Plan, extras: Sequence[Extra]) -> Iterator[Step]:
    """Views and triggers would see half-made tables."""
    schema = schema_of(plan, SQLITE)
    sql = [f"DROP TRIGGER {quote(t.name)}" for t in schema.triggers]
    sql += [f"DROP VIEW {quote(v.name)}" for v in schema.views]
    # a user's views first: a trigger of the user's may stand on one
    own = [
        f"DROP {e.kind.upper()} {quote(e.name)}"
        for kind in ("trigger", "view", "index")
        for e in extras
        if e.kind == kind
    ]
    if own or sql:
        yield Step("views and triggers step aside", (*own, *sql), reverse="they are made again, in the end")


def _made_objects(
    statements: Sequence[SqlStatement], plan: Plan, extras: Sequence[Extra], *, indexes: Sequence[SqlStatement]
) -> Iterator[Step]:
    made = [s.sql for s in indexes if s.kind == "index"]
    if made:
        yield Step("the indexes", tuple(made), reverse="they are dropped", cost="reads a table")
    objects = [s.sql for s in statements if s.kind in {"view", "statement"}]
    if objects:
        yield Step(
            f"the views and triggers of {plan.name} {plan.version}",
            tuple(objects),
            reverse="they are dropped",
        )
    own = [e.sql for kind in ("index", "view", "trigger") for e in extras if e.kind == kind]
    if own:
        yield Step("your own indexes, views and triggers again, as they were", tuple(own), reverse="the same")


def _version(found: Diff, statements: Sequence[SqlStatement]) -> Step:
    sql = tuple(s.sql for s in statements if s.kind == "version")
    return Step(
        "the version",
        sql,
        reverse=f"PRAGMA user_version = {found.old.version:d}" if sql else "the old version",
    )


# -- by plain SQL -----------------------------------------------------------------------------------------


def _plain(found: Diff, extras: Sequence[Extra]) -> Iterator[Step]:
    before, new = (schema_of(plan, SQLITE) for plan in (found.old, found.new))
    statements = ddl(found.new, SQLITE)
    tables = table_steps(found)
    touched = bool(found.renames.tables or found.renames.columns) or any(s.cost == "copies a table" for s in tables)
    touched = touched or any("DROP" in sql for s in tables for sql in s.sql)
    kept = kept_indexes(found, tables)
    if touched:
        yield from _dropped_objects(found.old, extras)
    else:
        yield from _changed_objects(found, drop=True)
    stale = [i.name for i in before.indexes if i.name not in kept]
    if stale:
        again = "; ".join(i.sql.text for i in before.indexes if i.name in stale)
        yield Step("indexes that go or change", tuple(f"DROP INDEX {quote(name)}" for name in stale), reverse=again)
    yield from tables
    for index in new.indexes:
        if index.name not in kept and not any(s.name == index.name for s in found.new.statements):
            undo = f"DROP INDEX {quote(index.name)}"
            yield Step(f"index {index.name}", (index.sql.text,), reverse=undo, cost="reads a table")
    if touched:
        yield from _made_objects(statements, found.new, extras, indexes=())
    else:
        yield from _changed_objects(found, drop=False)
    if found.old.version != found.new.version:
        yield _version(found, statements)


def _changed_objects(found: Diff, *, drop: bool) -> Iterator[Step]:
    old, new = ({s.name: s for s in ddl(p, SQLITE) if s.kind in {"view", "statement"}} for p in (found.old, found.new))
    made, other = (old, new) if drop else (new, old)
    for name, statement in made.items():
        if name in other and other[name].sql == statement.sql:
            continue
        kind = _kind(statement)
        if drop:
            yield Step(
                f"{kind} {name} goes or changes",
                (f"DROP {kind.upper()} {quote(name)}",),
                reverse=statement.sql,
            )
        else:
            undo = f"DROP {kind.upper()} {quote(name)}"
            yield Step(f"{kind} {name}", (statement.sql,), reverse=undo)


def _kind(statement: SqlStatement) -> str:
    words = statement.sql.split(None, 3)
    kind = words[1].lower()
    return words[2].lower() if kind in {"unique", "temp", "temporary"} else kind

"""Migrate: the steps from one plan to another.

In: a `Diff`, and the user's own objects in the database. Out: a `Migration`, its steps in order. Returns SQL, never
runs it. Plain SQL where `docrel.migrate.commuting` proves that it does what rebuild-and-flatten would, and the data
keeps the guards (`docrel.migrate.preparing` looks, and asks again with a reason); otherwise the tables move aside,
the documents stream from the old ones into new ones, and the old ones go.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docrel.backends import SqlObject
from docrel.diff import Diff
from docrel.migrate.commuting import guards_of
from docrel.migrate.steps import OLD, Migration, Step
from docrel.migrate.tables import carried_tables, kept_indexes, set_by_sql, table_steps
from docrel.plan import Plan, is_own
from docrel.sql import BOOKKEEPING, Dialect, SqlStatement, ddl, schema_of

ASKED = "asked for"
_OBJECTS = ("view", "trigger", "statement")


def migrate(diff: Diff, dialect: Dialect, extras: Sequence[SqlObject] = (), *, why: str = "") -> Migration:
    """Return the steps from `found.old` to `found.new`; `why` is a reason to go by documents where SQL might do.

    Law: 4, the migration square commutes (tests/laws/test_migration_square.py).
    """
    guards, never = guards_of(diff, dialect)
    why = never or why
    if why:
        return Migration(diff, tuple(_rewriting(diff, extras, dialect)), (), why)
    return Migration(diff, tuple(_plain(diff, extras, dialect)), guards)


# -- by documents -----------------------------------------------------------------------------------------


def _rewriting(diff: Diff, extras: Sequence[SqlObject], dialect: Dialect) -> Iterator[Step]:
    quote = dialect.quote_identifier
    old, new = diff.old, diff.new
    statements = ddl(new, dialect)
    carried = carried_tables(diff, dialect)
    kept = _kept_indexes(diff, carried, dialect)
    yield from _dropped_objects(old, extras, dialect)
    stale = _stale_indexes(diff, carried, kept, dialect)
    if stale:
        yield Step("indexes that go or change", tuple(stale), reverse="they are made again")
    aside = [*(t.name for t in old.tables if t.name not in carried), old.notes, old.shapes]
    moved = tuple(dialect.renamed((name, OLD + name) for name in aside))
    yield Step("old tables step aside", moved, reverse="they go back to their names")
    made = [s for s in statements if s.kind in {"table", "complement"} and s.name not in {BOOKKEEPING, *carried}]
    yield Step("the new tables", tuple(s.sql for s in made), reverse="they are dropped")
    left = f", rows of {', '.join(sorted(carried))} that do not change left alone" if carried else ""
    yield Step(
        f"each document: rebuilt from the old tables, flattened into the new ones{left}",
        rewrite=True,
        reverse="the same way back: no document changes on either",
        cost="rewrites every document",
        loses=_lost(diff),
    )
    gone = [f"DROP TABLE {quote(OLD + name)}" for name in reversed(aside)]
    yield Step("the old tables go", tuple(gone), reverse="they are made again from the documents")
    yield from _made_objects(statements, new, extras, indexes=[s for s in statements if s.name not in kept])
    yield _version(diff, statements, dialect)


def _lost(diff: Diff) -> str:
    """Return, in words, what documents do not carry from the old tables into the new ones."""
    lost = [set_by_sql((t.name, c) for t in diff.old.tables for c in t.columns)]
    if "key-order" in set(diff.new.forget) - set(diff.old.forget):
        lost.append("the order of members, which the new mapping forgets")
    return "; ".join(filter(None, lost))


def _kept_indexes(diff: Diff, carried: frozenset[str], dialect: Dialect) -> set[str]:
    """Return the indexes of carried tables that stay as they are."""
    old = {i.name: i for i in schema_of(diff.old, dialect).indexes}
    written = {s.name for s in (*diff.old.statements, *diff.new.statements)}
    indexes = [i for i in schema_of(diff.new, dialect).indexes if i.table in carried and i.name not in written]
    return {i.name for i in indexes if old.get(i.name) == i}


def _stale_indexes(diff: Diff, carried: frozenset[str], kept: set[str], dialect: Dialect) -> list[str]:
    quote = dialect.quote_identifier
    indexes = schema_of(diff.old, dialect).indexes
    return [f"DROP INDEX {quote(i.name)}" for i in indexes if i.table in carried and i.name not in kept]


def _dropped_objects(plan: Plan, extras: Sequence[SqlObject], dialect: Dialect) -> Iterator[Step]:
    """Views and triggers would see half-made tables."""
    quote = dialect.quote_identifier
    schema = schema_of(plan, dialect)
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
    statements: Sequence[SqlStatement], plan: Plan, extras: Sequence[SqlObject], *, indexes: Sequence[SqlStatement]
) -> Iterator[Step]:
    made = [s.sql for s in indexes if s.kind == "index"]
    if made:
        yield Step("the indexes", tuple(made), reverse="they are dropped", cost="reads a table")
    objects = [s.sql for s in statements if s.kind in _OBJECTS]
    if objects:
        yield Step(
            f"the views and triggers of {plan.name} {plan.version}",
            tuple(objects),
            reverse="they are dropped",
        )
    own = [e.sql for kind in ("index", "view", "trigger") for e in extras if e.kind == kind]
    if own:
        yield Step("your own indexes, views and triggers again, as they were", tuple(own), reverse="the same")


def _version(diff: Diff, statements: Sequence[SqlStatement], dialect: Dialect) -> Step:
    sql = tuple(s.sql for s in statements if s.kind == "version")
    return Step(
        "the version",
        sql,
        reverse=dialect.version.format(diff.old.version) if sql else "the old version",
    )


# -- by plain SQL -----------------------------------------------------------------------------------------


def _plain(diff: Diff, extras: Sequence[SqlObject], dialect: Dialect) -> Iterator[Step]:
    quote = dialect.quote_identifier
    before, new = (schema_of(plan, dialect) for plan in (diff.old, diff.new))
    statements = ddl(diff.new, dialect)
    tables = table_steps(diff, dialect)
    touched = bool(diff.renames.tables or diff.renames.columns) or any(step.drops for step in tables)
    kept = kept_indexes(diff, tables, dialect)
    if touched:
        yield from _dropped_objects(diff.old, extras, dialect)
    else:
        yield from _changed_objects(diff, dialect, drop=True)
    stale = [i.name for i in before.indexes if i.name not in kept]
    if stale:
        again = "; ".join(i.sql.text for i in before.indexes if i.name in stale)
        yield Step("indexes that go or change", tuple(f"DROP INDEX {quote(name)}" for name in stale), reverse=again)
    yield from tables
    for index in new.indexes:
        if index.name not in kept and not any(s.name == index.name for s in diff.new.statements):
            undo = f"DROP INDEX {quote(index.name)}"
            sql = (index.sql.text,)
            yield Step(f"index {index.name}", sql, touches=(index.table,), reverse=undo, cost="reads a table")
    if touched:
        yield from _made_objects(statements, diff.new, extras, indexes=())
    else:
        yield from _changed_objects(diff, dialect, drop=False)
    if diff.old.version != diff.new.version:
        yield _version(diff, statements, dialect)


def _changed_objects(diff: Diff, dialect: Dialect, *, drop: bool) -> Iterator[Step]:
    quote = dialect.quote_identifier
    plans = (diff.old, diff.new) if drop else (diff.new, diff.old)
    made, other = ({s.name: s for s in ddl(p, dialect) if s.kind in _OBJECTS} for p in plans)
    kinds = _kinds(plans[0], dialect)
    changed = {name: s for name, s in made.items() if name not in other or other[name].sql != s.sql}
    own = {name: s for name, s in changed.items() if is_own(name, plans[0].name)}
    if own:
        drops = tuple(f"DROP {kinds[name].upper()} {quote(name)}" for name in own)
        makes = tuple(s.sql for s in own.values())
        what = "docrel's own view and triggers"
        reason = f"{what} go or change" if drop else f"{what}, which keep and show notes"
        yield Step(reason, drops if drop else makes, reverse="they are made again" if drop else "they are dropped")
    for name, statement in changed.items():
        if name in own:
            continue
        kind = kinds[name]
        if drop:
            yield Step(
                f"{kind} {name} goes or changes",
                (f"DROP {kind.upper()} {quote(name)}",),
                reverse=statement.sql,
            )
        else:
            undo = f"DROP {kind.upper()} {quote(name)}"
            yield Step(f"{kind} {name}", (statement.sql,), reverse=undo)


def _kinds(plan: Plan, dialect: Dialect) -> dict[str, str]:
    """Return what each object of a plan is, beside its tables."""
    schema = schema_of(plan, dialect)
    kinds = (("view", schema.views), ("trigger", schema.triggers), ("index", schema.indexes))
    return {made.name: kind for kind, objects in kinds for made in objects}

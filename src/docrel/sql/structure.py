"""The structure that a plan asks of a database.

In: a plan and a dialect. Out: a `Schema`, the one value from which `docrel.sql.definition` writes SQL and against which
`docrel.backends.sqlite.introspection` is held. Decides every constraint; never decides layout.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from docrel import plan as plans
from docrel.layout import layout_of
from docrel.plan import ParentKey, Plan, Surrogate
from docrel.sql import schema
from docrel.sql.bookkeeping import BOOKKEEPING, engine_tables
from docrel.sql.dialect import Dialect
from docrel.sql.document_rules import Rules, rules_of
from docrel.sql.notes import NAME_LIMIT_BYTES, complement_query, note_triggers
from docrel.sql.tokens import Sql, is_one_piece, normal, target, tokens
from docrel.values import CODECS, INTEGER_MAX, INTEGER_MIN


@plans.once_a_plan
def schema_of(plan: Plan, dialect: Dialect) -> schema.Schema:
    """Return the schema that a new database for `plan` has.

    Raises:
        ValueError: A name or constant that the dialect cannot spell, or an unknown column type.

    Law: 5, `introspect(new database) == schema_of(plan)` (tests/unit/test_introspect.py).
    """
    layout = layout_of(plan)
    rules = [rules_of(layout, number, dialect) for number in range(len(plan.tables))]
    tables = [_table(table, found, plan, dialect) for table, found in zip(plan.tables, rules, strict=True)]
    indexes = list(_indexes(plan, rules, dialect))
    views, triggers = [], []
    for statement in plan.statements:
        text = statement_sql(statement, dialect)
        if text is None:
            continue
        words = [token.normal for token in tokens(text)[:3]]
        match words[1:2]:
            case ["view"]:
                views.append(schema.View(statement.name, Sql.of(text)))
            case ["trigger"]:
                triggers.append(schema.Trigger(statement.name, Sql.of(text), target(text)))
            case _:
                indexes.append(schema.Index(statement.name, Sql.of(text), target(text)))
    views.append(schema.View(plan.complement, Sql.of(complement_sql(plan, dialect))))
    triggers += [schema.Trigger(t.name, Sql.of(t.sql), t.table) for t in note_triggers(plan, dialect)]
    version = plan.version if dialect.version else None
    return schema.Schema.of(version, [*tables, *engine_tables(plan, dialect)], indexes, views, triggers)


def statement_sql(statement: plans.Statement, dialect: Dialect) -> str | None:
    """Return the whole CREATE statement in the dialect's words, without a semicolon, or None."""
    text = for_dialect(statement.sql, dialect)
    if text is None or statement.kind == "statement":
        return text
    if not is_one_piece(text):
        raise ValueError(f"view {statement.name!r} is not one SELECT: {text!r}")
    return _rendered("view", dialect, name=dialect.quote_identifier(statement.name), query=text)


def complement_sql(plan: Plan, dialect: Dialect) -> str:
    """Return the CREATE statement of the view that shows the complement."""
    name, query = dialect.quote_identifier(plan.complement), complement_query(plan, dialect)
    return _rendered("view", dialect, name=name, query=query)


def for_dialect(sql: tuple[tuple[str, str], ...], dialect: Dialect) -> str | None:
    """Return the author's SQL for the dialect, else the one for `any`, else None."""
    texts = dict(sql)
    text = texts.get(dialect.name, texts.get("any"))
    return None if text is None else text.strip().rstrip(";").rstrip()


def _table(table: plans.Table, rules: Rules, plan: Plan, dialect: Dialect) -> schema.Table:
    uniques = {(c.name,) for c in table.columns if c.unique} | set(table.unique) | rules.uniques
    checks = [check for column in table.columns for check in _column_checks(column, dialect)] + [*rules.checks]
    for check in table.checks:
        text = for_dialect(check.sql, dialect)
        if text is not None:
            if not is_one_piece(text):
                raise ValueError(f"check {check.name!r} of {table.name!r} is not one condition: {text!r}")
            checks.append(schema.Check(check.name, Sql.of(text)))
    typed = plan.constraints == "all" and bool(dialect.typed_table)
    return schema.Table.of(
        table.name,
        tuple(_column(column, table, rules, dialect, typed=typed) for column in table.columns),
        uniques - {table.primary_key, (table.surrogate or "",)},
        set() if dialect.foreign_keys == "none" else set(_foreign_keys(table, plan)),
        checks,
        typed=typed,
    )


def _column(column: plans.Column, table: plans.Table, rules: Rules, dialect: Dialect, *, typed: bool) -> schema.Column:
    if isinstance(column.role, Surrogate):
        return schema.Column(column.name, dialect.surrogate_type, key=1, generated=True)
    key = table.primary_key.index(column.name) + 1 if column.name in table.primary_key else 0
    return schema.Column(
        column.name,
        dialect.storage_type(column.type, typed=typed),
        not_null=column.required or key > 0 or column.name in rules.present,
        default=_default(column, dialect),
        key=key,
    )


def _default(column: plans.Column, dialect: Dialect) -> Sql | None:
    """Return the DEFAULT of a column whose default is a constant and nothing that SQL cannot look at."""
    default = column.default
    if default is None or default != plans.Default(constant=default.constant) or default.constant is None:
        return None
    stored = CODECS[column.type].encode(default.constant)
    if stored is None:
        return None
    text = dialect.quote_cell(stored, column.type)
    # A database tells an expression without the brackets that DEFAULT wants around it.
    return Sql(text, normal(text[1:-1] if text.startswith("(") else text))


def _column_checks(column: plans.Column, dialect: Dialect) -> Iterator[schema.Check]:
    name, codec = dialect.quote_identifier(column.name), CODECS[column.type]
    allowed = None if column.one_of is None else [codec.encode(v) for v in column.one_of if v is not None]
    if column.type == "boolean" and allowed is None:
        allowed = [0, 1]
    if allowed is not None:
        # NULL never fails a CHECK, and a NULL in the list would let everything pass.
        spelt = dict.fromkeys(dialect.quote_cell(v, column.type) for v in allowed if v is not None)
        text = f"{name} IN ({', '.join(spelt)})" if spelt else f"{name} IS NULL"
        yield schema.Check(None, Sql.of(text), column.name)
    bounds = [_bound(b, dialect) for b in (column.minimum, column.maximum)]
    if bounds != ["", ""]:
        low, high = bounds
        if low and high:
            text = f"{name} BETWEEN {low} AND {high}"
        else:
            text = f"{name} >= {low}" if low else f"{name} <= {high}"
        yield schema.Check(None, Sql.of(text), column.name)


def _bound(bound: int | float | None, dialect: Dialect) -> str:
    if bound is None:
        return ""
    if isinstance(bound, int) and not INTEGER_MIN <= bound <= INTEGER_MAX:
        bound = float(bound)
    return dialect.quote_literal(bound)


def _foreign_keys(table: plans.Table, plan: Plan) -> Iterator[schema.ForeignKey]:
    for columns, name in parent_keys(table, plan):
        targets = tuple(role.column for role in map(_parent_role, columns) if role)
        yield schema.ForeignKey(tuple(c.name for c in columns), name, targets, "CASCADE")
    for column in table.columns:
        if column.references is not None:
            yield schema.ForeignKey((column.name,), column.references[0], (column.references[1],))


def _parent_role(column: plans.Column) -> ParentKey | None:
    return column.role if isinstance(column.role, ParentKey) else None


def parent_keys(table: plans.Table, plan: Plan) -> Iterator[tuple[tuple[plans.Column, ...], str]]:
    """Yield the columns that together name a parent row, with the parent's table; composite keys as one."""
    by_parent: dict[str, list[plans.Column]] = {}
    for column in table.columns:
        if isinstance(column.role, ParentKey):
            by_parent.setdefault(column.role.table, []).append(column)
    for name, columns in by_parent.items():
        key = plan.table(name).primary_key
        wanted = {role.column: c for c in columns if (role := _parent_role(c))}
        if len(key) > 1 and set(wanted) == set(key) and len(columns) == len(key):
            yield tuple(wanted[k] for k in key), name
        else:
            yield from (((column,), name) for column in columns)


def _indexes(plan: Plan, rules: Sequence[Rules], dialect: Dialect) -> Iterator[schema.Index]:
    taken = {t.name.casefold() for t in plan.tables} | {s.name.casefold() for s in plan.statements}
    taken |= {i.name.casefold() for t in plan.tables for i in t.indexes}
    taken |= {plan.complement.casefold(), plan.notes.casefold(), plan.shapes.casefold(), BOOKKEEPING}
    for table, found in zip(plan.tables, rules, strict=True):
        wanted = list(table.indexes)
        leading = [i.columns for i in table.indexes] + [table.primary_key, *table.unique, *found.uniques]
        leading += [(c.name,) for c in table.columns if c.unique]
        for columns, _ in parent_keys(table, plan):
            names = tuple(c.name for c in columns)
            if not any(key[: len(names)] == names for key in leading):
                wanted.append(plans.IndexDefinition(_free_name(table.name, names, taken), names))
        for index in wanted:
            yield schema.Index(index.name, Sql.of(_index_sql(index, table, dialect)), table.name)


def _free_name(table: str, columns: tuple[str, ...], taken: set[str]) -> str:
    """Return a name for the index that makes cascades and reads fast; short enough, and nobody else's."""
    full = "_".join((table, *columns, "idx"))
    name, number = full, 0
    while len(name.encode()) > NAME_LIMIT_BYTES or name.casefold() in taken:
        number += 1
        mark = hashlib.sha256(f"{number} {full}".encode()).hexdigest()[:8]
        name = f"{full.encode()[: NAME_LIMIT_BYTES - 13].decode(errors='ignore')}_{mark}_idx"
    taken.add(name.casefold())
    return name


def _index_sql(index: plans.IndexDefinition, table: plans.Table, dialect: Dialect) -> str:
    quote = dialect.quote_identifier
    columns = [quote(column) for column in index.columns]
    return _rendered(
        "index",
        dialect,
        unique=index.unique,
        name=quote(index.name),
        table=quote(table.name),
        columns=columns,
    )


def _rendered(template: str, dialect: Dialect, **inputs: object) -> str:
    from docrel.sql.templating import render  # Jinja2 is slow to import

    return render(f"{dialect.name}/{template}.sql.j2", **inputs)

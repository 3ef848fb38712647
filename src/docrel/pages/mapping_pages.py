"""Documentation generated from a plan: DDL, data dictionary, diagram, and the plan in words.

In: a plan. Out: text by relative file name; nothing is written. Layout is in `templates/docs`, the words are
from `docrel.plan.wording`, the SQL from `docrel.sql.definition`.
"""

from __future__ import annotations

from typing import Any

from docrel.diagnostics import bare_words, code, fenced, mermaid_text, prose, visible
from docrel.plan import ParentKey, Plan, Surrogate, Table, wording
from docrel.selectors import path_text
from docrel.sql import BOOKKEEPING, DIALECTS, Schema, ddl, for_dialect, parent_keys, render, schema_of, script


def pages(plan: Plan) -> dict[str, str]:
    """Return the pages that document `plan`, by relative file name; the same plan gives the same text.

    Raises:
        ValueError: A name or constant that some dialect cannot spell, or an unknown column type.
    """
    made = {
        f"schema.{dialect.name}.sql": render(
            "docs/schema.sql.j2",
            title=visible(f"{plan.name}, version {plan.version}, for {dialect.name}"),
            script=script(ddl(plan, dialect)),
        )
        for dialect in DIALECTS.values()
    }
    return {**made, "dictionary.md": dictionary(plan), "diagram.md": diagram(plan)}


def dictionary(plan: Plan) -> str:
    """Return the data dictionary as Markdown: each table and column, where it is from, what it forbids."""
    wanted = schema_of(plan, DIALECTS["sqlite"])
    return render(
        "docs/dictionary.md.j2",
        name=prose(plan.name),
        version=plan.version,
        description=prose(plan.description),
        key=" and ".join(map(code, plan.key_names)),
        key_inferred=plan.key_inferred,
        parts=[{"member": code(part.member), "file": code(part.file)} for part in plan.parts],
        tables=[_table_entry(table, plan, wanted) for table in plan.tables],
        views=[{"name": code(s.name), "sql": _sql_blocks(s.sql)} for s in plan.statements if s.kind == "view"],
        statements=[
            {"name": code(s.name), "sql": _sql_blocks(s.sql)} for s in plan.statements if s.kind == "statement"
        ],
        complement=code(plan.complement),
        notes=code(plan.notes),
        shapes=code(plan.shapes),
        bookkeeping=code(BOOKKEEPING),
        forget=[prose(word) for word in plan.forget],
    )


def diagram(plan: Plan) -> str:
    """Return the tables and their links as a Mermaid `erDiagram` in Markdown."""
    words = bare_words(table.name for table in plan.tables)
    links = [
        {"from": words[parent], "to": words[table.name], "label": mermaid_text(", ".join(c.name for c in columns))}
        | {"ends": _ends(table, tuple(c.name for c in columns), required=all(c.required for c in columns))}
        for table in plan.tables
        for columns, parent in parent_keys(table, plan)
    ]
    links += [
        {"from": words[c.references[0]], "to": words[table.name], "label": mermaid_text(c.name)}
        | {"ends": _ends(table, (c.name,), required=c.required)}
        for table in plan.tables
        for c in table.columns
        if c.references is not None and c.references[0] in words
    ]
    entities = [_entity(table, words[table.name]) for table in plan.tables]
    title = prose(f"{plan.name}, version {plan.version}")
    return render("docs/diagram.md.j2", title=title, entities=entities, links=links)


def explain(plan: Plan) -> str:
    """Return the plan in words for a terminal.

    Tells which way each column travels and what a document would have to hold to need the complement.
    """
    tables = []
    for table in plan.tables:
        columns = [
            {
                "name": visible(column.name),
                "type": column.type,
                "way": wording.way(column),
                "place": visible(" | ".join(wording.places(column, table, plan))),
            }
            for column in table.columns
        ]
        columns_by_need: dict[str, list[str]] = {}
        for column in table.columns:
            for need in wording.complement_needs(column):
                columns_by_need.setdefault(need, []).append(visible(column.name))
        needs = [f"{visible(need)}: {', '.join(names)}" for need, names in columns_by_need.items()]
        tables.append(
            {
                "name": visible(table.name),
                "sources": [visible(line) for line in _source_lines(table, plan)],
                "columns": columns,
                "needs": [*needs, *wording.table_needs(table, plan)],
                "widths": [max(len(c[key]) for c in columns) for key in ("name", "type", "way")],
            }
        )
    title = visible(f"{plan.name}, version {plan.version}")
    return render("docs/explain.txt.j2", title=title, tables=tables, complement=visible(plan.complement))


def _sql_blocks(sql: tuple[tuple[str, str], ...]) -> list[str]:
    return [fenced(text.strip() if name == "any" else f"-- {name}\n{text.strip()}", "sql") for name, text in sql]


def _source_lines(table: Table, plan: Plan) -> list[str]:
    lines = []
    for source, place in wording.source_paths(table, plan):
        words = [place]
        if source.tree:
            words.append("and each object below that has one of " + ", ".join(source.row_if))
        for path, values in source.when:
            words.append(f"where {path_text(path, '@')} is {' or '.join(map(wording.scalar, values))}")
        named = f"{source.name}: " if len(table.sources) > 1 else ""
        lines.append(named + ", ".join(words))
    return lines


def _table_entry(table: Table, plan: Plan, wanted: Schema) -> dict[str, Any]:
    return {
        "name": code(table.name),
        "description": prose(table.description),
        "parent": code(table.parent) if table.parent else "",
        "sources": [code(line) for line in _source_lines(table, plan)],
        "columns": [_column_entry(number, table, plan) for number in range(len(table.columns))],
        "keys": [f"primary key {_codes(table.primary_key)}"] * (len(table.primary_key) > 1)
        + [f"unique {_codes(unique)}" for unique in table.unique],
        "checks": [
            {"name": code(check.name), "sql": code(text)}
            for check in table.checks
            if (text := for_dialect(check.sql, DIALECTS["sqlite"])) is not None
        ],
        "indexes": [code(index.sql.text) for index in wanted.indexes if index.table == table.name],
        "refused": table.otherwise,
        "needs": [prose(need) for need in wording.table_needs(table, plan)],
    }


def _column_entry(number: int, table: Table, plan: Plan) -> dict[str, Any]:
    column = table.columns[number]
    never_null = column.required or isinstance(column.role, Surrogate) or column.name in table.primary_key
    return {
        "name": code(column.name),
        "type": column.type,
        "null": "no" if never_null else "yes",
        "way": wording.way(column),
        "places": [_place(text) for text in wording.places(column, table, plan)],
        "constraints": [prose(text) for text in wording.constraints(column, table)],
        "description": prose(column.description),
    }


def _place(text: str) -> str:
    return code(text) if text.startswith(("$", "@")) else prose(text)


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(code(name) for name in names)


def _ends(table: Table, columns: tuple[str, ...], *, required: bool) -> str:
    """Return Mermaid's line between a row and the rows that point to it."""
    single = columns in (table.primary_key, *table.unique) or any(
        (c.name,) == columns and c.unique for c in table.columns
    )
    return f"{'||' if required else '|o'}--{'o|' if single else 'o{'}"


def _entity(table: Table, word: str) -> dict[str, Any]:
    words = bare_words(column.name for column in table.columns)
    attributes = []
    for column in table.columns:
        keys = ["PK"] * (column.name in table.primary_key or isinstance(column.role, Surrogate))
        keys += ["FK"] * (isinstance(column.role, ParentKey) or column.references is not None)
        keys += ["UK"] * column.unique
        comment = mermaid_text(column.name) if words[column.name] != column.name else ""
        type_word = bare_words([column.type])[column.type]
        attributes.append({"type": type_word, "word": words[column.name], "keys": ", ".join(keys), "comment": comment})
    return {"word": word, "title": mermaid_text(table.name) if word != table.name else "", "attributes": attributes}

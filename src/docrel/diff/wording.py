"""Change words: what each change of a mapping is called, and what it does to stored documents.

In: a `Change`. Out: its effect, one sentence, and what happens to data, in the user's words. No markup.
"""

from __future__ import annotations

from typing import assert_never

from docrel.diagnostics import visible
from docrel.diff.changes import (
    AddColumn,
    AddIndex,
    AddStatement,
    AddTable,
    Change,
    ChangeConstraint,
    ChangeDefault,
    ChangeDescription,
    ChangeDocument,
    ChangeKeyOrder,
    ChangeStatement,
    ChangeVersion,
    DropColumn,
    DropIndex,
    DropStatement,
    DropTable,
    Effect,
    LikelyRename,
    MoveColumn,
    MoveTable,
    RenameColumn,
    RenameTable,
    ReorderColumns,
    RetypeColumn,
)
from docrel.plan import Column, Default, Derived, ParentKey, Position, Role, Source, Surrogate, Unsourced, Value, scalar
from docrel.selectors import path_text

_NOTHING = "no stored value changes"


def effect(change: Change) -> Effect:
    """Return what the change does to the documents that are stored."""
    match change:
        case AddTable() | DropTable() | MoveTable() | MoveColumn() | RetypeColumn() | ChangeDefault():
            return "content moves"
        case AddColumn(column=column):
            if column.required and column.default is None:
                return "narrowing"
            return "widening" if isinstance(column.role, Unsourced | Derived) else "content moves"
        case DropColumn(column=column):
            return "widening" if isinstance(column.role, Unsourced | Derived) else "content moves"
        case ChangeConstraint():
            return change.effect
        case AddIndex(index=index):
            return "narrowing" if index.unique else "layout only"
        case DropIndex(index=index):
            return "widening" if index.unique else "layout only"
        case ChangeDocument(what="constraints", new=after):
            return "narrowing" if after.startswith("all") else "widening"
        case ChangeDocument(what=what):
            return "content moves" if what in {"key", "forget"} else "layout only"
        case (
            RenameTable() | RenameColumn() | ReorderColumns() | AddStatement() | DropStatement()
            | ChangeStatement() | ChangeKeyOrder() | ChangeVersion() | ChangeDescription()
        ):  # fmt: skip
            return "layout only"
        case _:
            assert_never(change)


def sentence(change: Change) -> str:
    """Return the change in words, on one line."""
    return visible(_sentence(change))


def _sentence(change: Change) -> str:
    match change:
        case AddTable(table):
            return f"add table {table.name}: {_sources(table.sources)}"
        case DropTable(table):
            return f"drop table {table.name}"
        case RenameTable(old, new):
            return f"rename table {old} to {new}"
        case MoveTable(table, old_sources, new_sources):
            return f"rows of {table} come from {_sources(new_sources)}, not {_sources(old_sources)}"
        case AddColumn(table, column):
            return f"add column {table}.{column.name} ({column.type}{_from(column.role)}{_default(column)})"
        case DropColumn(table, column):
            return f"drop column {table}.{column.name}"
        case RenameColumn(table, old_name, new_name):
            return f"rename column {table}.{old_name} to {new_name}"
        case RetypeColumn(table, name, old_type, new_type):
            return f"{table}.{name} becomes {new_type}, was {old_type}"
        case MoveColumn(table, name, old_role, new_role):
            return f"{table}.{name} is {_role(new_role)}, was {_role(old_role)}"
        case ReorderColumns(table, names):
            return f"columns of {table} stand in the order {', '.join(names)}"
        case ChangeDefault(table, name, old_default, new_default):
            words = (_default_words(new_default), _default_words(old_default))
            return f"default of {table}.{name} is {words[0]}, was {words[1]}"
        case ChangeConstraint(table, name, rule, before, after):
            return f"{table + (f'.{name}' if name else '')}: {rule} is {after}, was {before}"
        case AddIndex(table, index):
            unique = "unique " if index.unique else ""
            return f"add {unique}index {index.name} on {table} ({', '.join(index.columns)})"
        case DropIndex(table, index):
            return f"drop index {index.name} of {table}"
        case AddStatement(statement):
            return f"add {_kind(statement.kind)} {statement.name}"
        case DropStatement(statement):
            return f"drop {_kind(statement.kind)} {statement.name}"
        case ChangeStatement(_, statement):
            return f"{_kind(statement.kind)} {statement.name} has another text"
        case ChangeKeyOrder(table):
            return f"another usual order of members in nodes of {table}"
        case ChangeDocument("constraints", before, after):
            return f"constraints of the database: {after}, were {before}"
        case ChangeDocument("key is", before, after):
            return f"the document's key is {after}, was {before}"
        case ChangeDocument(what, before, after):
            return f"document {what}: {after}, was {before}" if what != "name" else f"mapping {before} becomes {after}"
        case ChangeVersion(before, after):
            return f"version {after}, was {before}"
        case ChangeDescription(of):
            return f"other words or order: {of}"
        case _:
            assert_never(change)


def on_data(change: Change) -> str:
    """Return what the change does to stored data."""
    match change:
        case AddTable():
            return "what documents have there moves out of the rest into rows; documents stay the same"
        case DropTable():
            return "what its rows hold moves into the rest; documents stay the same"
        case MoveTable() | MoveColumn():
            return "values move between columns and the rest; documents stay the same"
        case AddColumn(column=column):
            return _added(column)
        case DropColumn(column=column):
            return _dropped(column)
        case RetypeColumn():
            return "values are held as the new type; what it cannot hold exactly is kept aside as well"
        case ChangeDefault():
            return "rows of documents that are silent there hold the new default; documents stay the same"
        case ChangeConstraint(effect=kind):
            return _constraint(kind)
        case AddIndex(index=index):
            return "two rows with the same values would be refused" if index.unique else _NOTHING
        case RenameTable() | RenameColumn():
            return "rows and ids stay; views and SQL of yours that say the old name do not find it any more"
        case ChangeKeyOrder():
            return "only which orders of members need a note of their own"
        case ChangeDocument(what="forget"):
            return "what is forgotten from now on is not kept for stored documents either"
        case ChangeDocument(what="constraints", new=after) if after.startswith("all"):
            return "rows of which SQL has made what no document can say are refused, each document by its name"
        case ChangeDocument(what="key"):
            return "documents are called by another column"
        case ChangeDocument(what="key is", new="inferred"):
            return "a document that differs from the stored one of its key is refused from now on"
        case ChangeDocument(what="key is"):
            return "a document takes the place of the stored one of its key from now on"
        case (
            DropIndex() | ReorderColumns() | AddStatement() | DropStatement() | ChangeStatement()
            | ChangeVersion() | ChangeDescription() | ChangeDocument()
        ):  # fmt: skip
            return _NOTHING
        case _:
            assert_never(change)


def _dropped(column: Column) -> str:
    match column.role:
        case Unsourced() | Derived():
            return "it had no place in the document"
        case Surrogate():
            return "its numbers are docrel's own, and stand in no document"
        case ParentKey() | Position():
            return "what it says of the rows is said otherwise; documents stay the same"
    return "its values move into the rest; nothing is lost"


def _added(column: Column) -> str:
    if isinstance(column.role, Value):
        words = "values that documents have there move out of the rest into it; documents stay the same"
        required = column.required and column.default is None
        return "a document without a value there would be refused" if required else words
    return "every row gets its value; documents stay the same"


def _constraint(kind: Effect) -> str:
    match kind:
        case "narrowing":
            return "stored data that breaks the rule would be refused: `docrel diff --check --db DB` finds it"
        case "content moves":
            return "what breaks the rule is kept aside, what no longer does comes back; documents stay the same"
        case "widening" | "layout only":
            return _NOTHING
        case _:
            assert_never(kind)


def question(asked: LikelyRename) -> str:
    """Return the question on one line."""
    of = "" if asked.kind == "table" else f"{asked.table}."
    return visible(f"is {asked.kind} {of}{asked.new} the old {of}{asked.old}? {asked.why}")


def _kind(kind: str) -> str:
    return "view" if kind == "view" else "object"


def _sources(sources: tuple[Source, ...]) -> str:
    return " and ".join(path_text(s.each, "$" if s.parent is None else "@") for s in sources)


def _from(role: Role) -> str:
    return f" from {_paths(role)}" if isinstance(role, Value) else f", {_role(role)}"


def _paths(role: Value) -> str:
    return " or ".join(path_text(p, "@") for p in role.paths)


def _role(role: Role) -> str:
    return f"from {_paths(role)}" if isinstance(role, Value) else type(role).__name__.lower()


def _default(column: Column) -> str:
    return "" if column.default is None else f", default {_default_words(column.default)}"


def _default_words(default: Default | None) -> str:
    if default is None:
        return "none"
    words = [read.text for read in default.reads]
    words += ["by cases"] * bool(default.cases) + ["a time elapsed"] * (default.elapsed is not None)
    words += ["the given name"] * default.given + ["the time"] * default.now
    if default.constant is not None:
        words.append(scalar(default.constant))
    return ", else ".join(words) or "NULL"

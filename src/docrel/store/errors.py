"""Store errors: what can go wrong between a caller and a stored document, each with one thing to do.

In: a key, a database, what happened. Out: the exception to raise; what their codes mean is in `docrel.diagnostics`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from docrel.backends import ForbiddenError, NotTakenError
from docrel.diagnostics import (
    DamagedError,
    Diagnostic,
    DocumentError,
    MissingError,
    StoreError,
    command,
    shortened,
    suggestion,
    visible,
)
from docrel.documents import shown_key, spelt
from docrel.engine import MisfitError
from docrel.plan import Column, Plan, key_words
from docrel.sql import SqlStatement
from docrel.store.references import BrokenReference
from docrel.values import jsontext


class MigratedError(StoreError):
    """S440: the database carries another plan than the one that it was opened with; nothing was read or written."""


class OtherMappingError(StoreError):
    """S411: the database carries another plan than the one that was named."""


class UnreadableError(StoreError):
    """S439: a document cannot be read, for what its rows hold; others can."""


_MEND = (
    "an edit by SQL has left it so: mend or delete that row by SQL, or put the whole document again, which replaces "
    "all of its rows; `docrel validate` lists all such rows"
)


def missing(key: Any, plan: Plan, path: str, nearest: str | None = None) -> MissingError:
    """Return S420: no document is called `key`; `nearest` is the text of one that may be meant."""
    advice = "`docrel export --all` lists what is there"
    if isinstance(plan.key, tuple) and not isinstance(key, tuple):
        advice = (
            f"a key is {key_words(plan)} here: `{','.join(f'{name}=…' for name in plan.key)}`, or a JSON array of them"
        )
    elif nearest is not None:
        advice = f"did you mean `{visible(nearest)}`?"
    return MissingError.one("S420", f"there is no document {shown_key(key, plan)}", subject=path, help=advice)


def unknown_table(name: str, path: str, known: list[str]) -> StoreError:
    """Return S431: the plan has no such table."""
    advice = suggestion(str(name), known, f"the tables are {', '.join(known)}")
    return StoreError.one("S431", f"there is no table {name!r}", subject=path, help=advice)


def no_row(table: str, what: Any, path: str) -> StoreError:
    """Return S437: the table has no row of this key, or no column of this name."""
    advice = "`store.rows` and `store.rows_where` give rows with their keys and columns"
    return StoreError.one("S437", f"{table} has no {spelt(what)}", subject=path, help=advice)


def not_held(column: Column, table: str, value: Any, path: str) -> StoreError:
    """Return S470: a column has no spelling for a value."""
    message = f"{table}.{column.name} cannot hold {shortened(spelt(value), 80)}: it is of type {column.type}"
    return StoreError.one("S470", message, subject=path, help="give a value of the column's type, or put the document")


def no_array(at: str, path: str) -> StoreError:
    """Return S436: something that is no array stands where an element is to be added."""
    advice = "append to a path of names that leads to an array, as `$.records.tool_calls`"
    return StoreError.one("S436", f"{at} is no array", subject=path, help=advice)


def no_object(key: Any, member: str, plan: Plan, path: str) -> StoreError:
    """Return S468: a document that is no object has no members."""
    message = f"the document {shown_key(key, plan)} is no object, and can have no member {member!r}"
    return StoreError.one("S468", message, subject=path, help="put the whole document, as it is to be")


def other_identity(key: Any, found: Any, plan: Plan, path: str) -> StoreError:
    """Return S430: a change to a part would give the document another key."""
    message = f"with this change the document {shown_key(key, plan)} would call itself {shown_key(found, plan)}"
    advice = "put the whole document as a new one, or leave what identifies it as it is"
    return StoreError.one("S430", message, subject=path, help=advice)


def changed(key: Any, plan: Plan, path: str) -> StoreError:
    """Return S421: `key` is not what it was when its ETag was taken."""
    message = f"the document {shown_key(key, plan)} has changed since it was read"
    advice = "read it again, apply your change to what it says now, and put it with its new ETag"
    return StoreError.one("S421", message, subject=path, help=advice)


def migrated(path: str, plan: Plan, version: int | None) -> MigratedError:
    """Return S440: the database was brought from `plan` to another one, of `version`, since it was opened."""
    to = "another one" if version is None else f"version {version}" + " as it is now" * (version == plan.version)
    message = f"the database was migrated meanwhile, from {plan.name} version {plan.version} to {to}"
    advice = "open it again, or run the command again; `docrel migrate history` lists what was done to it"
    return MigratedError.one("S440", message, subject=path, help=advice)


def cut_short(e: MigratedError, inserted: int, updated: int, unchanged: int) -> MigratedError:
    """Return S440 of an import: what it had committed, and that running it again continues."""
    message = (
        f"{e.diagnostics[0].message}; before that, this import has committed {inserted:,} new documents and "
        f"{updated:,} changed ones, and left {unchanged:,} as they were"
    )
    advice = "open it again and run the same import again: it leaves alone what is stored already, and does the rest"
    return MigratedError(diagnostics=[replace(e.diagnostics[0], message=message, help=advice)])


def forbidden(key: Any, plan: Plan, origin: str, e: ForbiddenError) -> DocumentError:
    """Return D320: a constraint of the database forbids the document."""
    message = f"the database forbids the document {shown_key(key, plan)}: {e}"
    advice = "another document has the same value, or a condition of the table does not hold; change either"
    return DocumentError.one("D320", message, subject=origin, help=advice)


def broken_references(
    broken: Sequence[BrokenReference], plan: Plan, origin: str, e: ForbiddenError | None = None
) -> DocumentError:
    """Return D320: references of documents lead nowhere; `e` is what the database says of it."""
    advice = "write what is referred to first, or in the same transaction or import; or mend the reference"
    if not broken:
        return DocumentError.one("D320", f"the database forbids what was written: {e}", subject=origin, help=advice)
    return DocumentError(diagnostics=[_broken_reference(one, plan, origin, advice) for one in broken])


def _broken_reference(broken: BrokenReference, plan: Plan, origin: str, advice: str) -> Diagnostic:
    message = f"a reference of the document {shown_key(broken.key, plan)} would lead nowhere: {broken}"
    facts = {"rule": "references", "table": broken.table, "column": broken.column}
    return Diagnostic("D320", message, subject=origin, help=advice, facts=facts)


def unseen_member(number: int, steps: Sequence[str | int], plan: Plan, origin: str) -> Diagnostic:
    """Return D327: a document has a member that neither the mapping nor a stored document has."""
    path, table = jsontext.json_path(steps), plan.tables[number].name
    message = f"no selector of {table} names this member, and no stored document has it"
    advice = "give it a column, or keep it in the rest: `--new-members rest`"
    facts = {"table": table, "member": steps[-1]}
    return Diagnostic("D327", message, subject=f"{origin}: {path}" if origin else path, help=advice, facts=facts)


def not_taken(statement: SqlStatement, e: NotTakenError) -> StoreError:
    """Return S469: the database refuses a statement that makes what the mapping asks for; `e` is what it says of it."""
    (why,) = e.diagnostics
    message = f"the database does not take the {statement.kind} `{statement.name}` of the mapping: {why.message}"
    advice = "mend the SQL that the mapping has for it; `docrel ddl` prints the statement"
    facts = {"kind": statement.kind, "name": statement.name}
    return NotTakenError(diagnostics=[Diagnostic("S469", message, subject=why.subject, help=advice, facts=facts)])


def unreadable(path: str, e: Exception, key: str = "") -> StoreError:
    """Return S439: rows of a document hold what no document could have become; of damaged notes what was said.

    `key` is that of the document as `shown_key` has it, empty where nobody knows which it is.
    """
    message = f"the document {key} cannot be read" if key else "stored rows do not make a document"
    if isinstance(e, StoreError):
        return unreadable(path, e.__cause__, key) if isinstance(e.__cause__, MisfitError) else e
    facts = {"table": e.table, "row": e.row, "reason": e.reason} if isinstance(e, MisfitError) else {}
    why = e if isinstance(e, ValueError) else "a column holds a value of another kind than its own"
    return UnreadableError(diagnostics=[Diagnostic("S439", f"{message}: {why}", subject=path, help=_MEND, facts=facts)])


def disagreeing(path: str, e: MisfitError, key: str) -> StoreError:
    """Return S439: the rows of a document make one, which would become other rows."""
    facts = {"table": e.table, "row": e.row, "reason": e.reason}
    message = f"the document {key} can be read, but would not be written as it is: {e}"
    return UnreadableError(diagnostics=[Diagnostic("S439", message, subject=path, help=_MEND, facts=facts)])


def all_unreadable(path: str, refused: Sequence[StoreError], count: int) -> UnreadableError:
    """Return S439 of `count` documents, of which some are told."""
    told = [d for e in refused for d in e.diagnostics]
    if count > len(refused):
        message = f"{count - len(refused):,} more documents cannot be read; all others can"
        told.append(Diagnostic("S439", message, subject=path, help="`docrel validate` lists them all"))
    return UnreadableError(diagnostics=told)


def rows_of_no_document(path: str, rows: Iterable[tuple[str, Sequence[Any]]]) -> UnreadableError:
    """Return S439: there are rows that nobody would bring along, as they lie below no document."""
    listed = ", ".join(f"{table}, row {', '.join(map(str, key))}" for table, key in rows)
    advice = "give them a row above that is there, or delete them, by SQL; `docrel validate` lists them"
    return UnreadableError.one("S439", f"rows lie below no document: {listed}", subject=path, help=advice)


def one_key_twice(path: str, key: Any, plan: Plan, one: str, other: str) -> UnreadableError:
    """Return S439: two root tables have a document of one key."""
    message = f"the document {shown_key(key, plan)} cannot be read: {one} has a row of this key, and so has {other}"
    advice = "an edit by SQL has made the second: delete the wrong one of the two rows, or give it another key"
    return UnreadableError.one("S439", message, subject=path, help=advice)


@contextmanager
def made_of_stored(path: str) -> Iterator[None]:
    """Compute within from stored rows; what Python raises where a column holds what no document became is S439."""
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as e:
        raise unreadable(path, e) from e  # text that is no JSON in a JSON column, say


def _restored(path: str) -> str:
    return f"restore the newest backup: {command('restore', path, '--backup')}"


def damaged(path: str, message: str) -> DamagedError:
    """Return S405: the database does not hold what it must."""
    return DamagedError.one("S405", message, subject=path, help=_restored(path))


def damaged_book(path: str, what: str, why: object) -> StoreError:
    """Return S412: what the database says of itself, its plan say, cannot be read."""
    message = f"{what} in this database cannot be read, the file is damaged or of a later docrel: {why}"
    return StoreError.one("S412", message, subject=path, help=_restored(path))


def damaged_note(path: str, table: Any, row: Any, why: str) -> DamagedError:
    """Return S445: a row of the complement is not what any version of this program writes for the plan."""
    message = (
        f"the notes on row {_shown(row)} of table {_shown(table)} cannot be read, "
        f"the file is damaged or of a later docrel: {why}"
    )
    return DamagedError.one("S445", message, subject=path, help=_restored(path))


def _shown(value: Any) -> str:
    """Return a value that may be anything, in few characters."""
    return shortened(ascii(value), 80)

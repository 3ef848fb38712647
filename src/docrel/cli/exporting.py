"""The command that gives documents back: export."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.completing import tables
from docrel.cli.options import Decorator, db_option, part_of, stacked
from docrel.cli.progress import Extent
from docrel.cli.root import Command
from docrel.cli.row_output import format_of, row_format_option, write_pieces
from docrel.cli.session import Session, current_session
from docrel.diagnostics import DocrelError, DocumentError, counted, shortened, visible

if TYPE_CHECKING:
    from docrel.plan import Plan
    from docrel.store import Progress, Store, TableFormat

SHOWN_CHANGED = 5
_FILE = re.compile(r"[^/\\.]\.(?=[^/\\.]*[A-Za-z])[A-Za-z0-9_]{1,10}\Z")
"""The end of a name that is a file's: what stands behind its last dot is more than a number."""
_TABLES = re.compile(r"\.(csv|tsv|parquet|feather|arrow|xlsx?|ods)(\.\w+)?\Z", re.IGNORECASE)
"""The end of a file that holds tables."""
LONGEST_NAME = 3000
"""With the folders that a long key has in it; systems take some four thousand characters for a whole path."""


def export_options(*key: str) -> Decorator[Any]:
    """Return what adds all that an export can be told but its database; `key` are the names of `--key`."""
    return stacked(
        click.option(
            *key, "key", metavar="K", help="The document called K, as it says itself; JSON where that is no text."
        ),
        click.option("--all", "everything", is_flag=True, help="Every document."),
        click.option(
            "--records", metavar="FILE", help="The file FILE that was imported with --records: its records within it."
        ),
        click.option(
            "-o",
            "--output",
            default="-",
            show_default=True,
            metavar="FILE|DIR|-",
            help="Where to: a file, a folder, or standard output. For --all: a folder gets a file a document, "
            "a .jsonl file (also .gz, .bz2, .xz, .zst) and standard output get a line a document.",
        ),
        click.option("--workspace", is_flag=True, help="As the files of its workspace folder, which --output names."),
        click.option("--part", metavar="MEMBER", help="Only this member; '$': the whole document in any case."),
    )


@click.command("export", cls=Command)
@db_option
@export_options("--key")
@click.option("--table", metavar="TABLE", shell_complete=tables, help="All rows of this table, not documents.")
@row_format_option(
    "text", "json", "csv", "jsonl", "parquet",
    text="With --table: CSV (the default), an array of JSON objects, an object a line, Parquet; or what the name of "
    "--output ends with. Without: results and errors as text, or as JSON for programs.",
)  # fmt: skip
def export_command(db: Path, table: str | None, format_: Any, **options: Any) -> None:
    """Give documents back, exactly as they were imported, with what was changed by SQL since.

    A document that is only one of its files (a manifest, say) is written as that file's content, if an import
    of the output would know it again; '--part $' writes the whole document. Without --key and --all: the only
    one there is. With --records: a whole file, whose records must all be there; one that was changed since is
    written as it is now, and told. With --table: its rows, booleans and JSON as such.

    Examples:
      $ docrel export --db orders.db --all --output orders/
      $ docrel export --db orders.db --table lines --output lines.csv
    """
    if table is not None:
        _table(db, table, format_, **options)
    elif format_ in {"csv", "jsonl", "parquet"}:
        raise click.UsageError(f"--format {format_} is for the rows of a table: name it with --table")
    else:
        give_back(db, **options)


def _table(db: Path, table: str, format_: TableFormat | None, output: str, **others: Any) -> None:
    """Write the rows of a table."""
    from docrel.backends import refuse_same
    from docrel.documents import packed, safe_name, write_file
    from docrel.store import open_store, table_pieces

    if any(others.values()):
        raise click.UsageError("--table is of rows: leave --key, --all, --records, --workspace and --part out")
    refuse_same(output, db)
    path = None if output == "-" else Path(output)
    if path is not None and _is_folder(output):
        path = path / f"{safe_name(table)}.{format_ or 'csv'}"
    format_ = format_ or ("csv" if path is None else format_of(path))
    if format_ is None:
        raise click.UsageError(
            f"no format has this ending: call {path} .csv, .jsonl, .json or .parquet, or say --format"
        )
    with open_store(db, create=False) as store:
        store.table_named(table)
        pieces = table_pieces(store, table, format_)
        if path is None:
            if format_ == "parquet" and sys.stdout.isatty():
                raise click.UsageError("Parquet is nothing for a terminal: name a file with --output")
            write_pieces(pieces)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, packed(pieces, path))
    current_session().remark(f"{path}: the rows of {visible(table)} written")


def give_back(
    db: Path, key: str | None, output: str, part: str | None, records: str | None, *, everything: bool, workspace: bool
) -> None:
    """Export as the options of `export_options` say."""
    from docrel.backends import refuse_same
    from docrel.store import known_key, open_store

    session = current_session()
    if key is not None and everything:
        raise click.UsageError("--key names one document and --all means every one: give one of them")
    if workspace and (output == "-" or part is not None):
        raise click.UsageError("--workspace writes the files of a document: name their folder with --output")
    if everything and part is not None:
        raise click.UsageError("--part goes with one document: name it with --key")
    if records is not None and (key is not None or everything or workspace or part is not None):
        raise click.UsageError("--records names a file: leave --key, --all, --workspace and --part out")
    refuse_same(output, db)
    with open_store(db, create=False) as store:
        part_of(store.plan, part)
        if records is not None:
            _records(store, db, records, output, session)
        elif everything:
            _all(store, output, session, workspace=workspace)
        else:
            name = _only(store) if key is None else known_key(store, key)
            _one(store, name, output, session, part=part, workspace=workspace)


def _only(store: Store) -> Any:
    """Return the key of the only document."""
    from docrel.store import text_of_key

    keys = iter(store.keys())
    first, second = next(keys, None), next(keys, None)
    if first is None:
        raise click.ClickException("the database has no document yet: `docrel import` brings some in")
    if second is not None:
        there = text_of_key(store.plan, first)
        raise click.UsageError(f"there are several documents: choose one with --key (there is {there!r}), or --all")
    return first


def _one(store: Store, key: Any, output: str, session: Session, *, part: str | None, workspace: bool) -> None:
    from docrel.documents import packed, pretty, write_file
    from docrel.store import text_of_key

    document = store.get(key)
    shown = text_of_key(store.plan, key)
    if workspace:
        _refuse_file(output)
        _workspace(document, store.plan, Path(output), session)
        return
    path = None if output == "-" else Path(output)
    if path is not None and _is_folder(output):
        path = path / f"{_file_name(store, key, document, set())}.json"
    elif _TABLES.search(output):
        raise click.UsageError(_not_written(output, "a document is written as JSON"))
    content, member = _content(document, store.plan, path, part)
    if path is None:
        click.echo(pretty(content), nl=False)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, packed([pretty(content)], path))
    what = f"the document {shown!r}" if member is None else f"{member} of {shown!r}"
    session.remark(f"{path}: {what} written")


def _content(document: Any, plan: Plan, path: Path | None, part: str | None) -> tuple[Any, str | None]:
    """Return what to write of a document, and the member that it is, `None` for the whole document."""
    from docrel.documents import WHOLE, member_of

    members = {p.member for p in plan.parts}
    if part is not None and part != WHOLE:
        if not isinstance(document, dict) or part not in document:
            has = ", ".join(document) if isinstance(document, dict) else "none"
            raise click.BadParameter(f"the document has no {part!r}; its members: {has}", param_hint="--part")
        return document[part], part
    if part is None and isinstance(document, dict) and len(document) == 1:
        only = next(iter(document))
        if only in members and member_of(plan, path, document[only]) == only:
            return document[only], only
    return document, None


def _all(store: Store, output: str, session: Session, *, workspace: bool) -> None:
    from docrel.documents import kind_of, packed, pretty, write_file
    from docrel.store import UnreadableError
    from docrel.values import jsontext

    path = Path(output)
    count = 0
    unreadable: list[DocrelError] = []

    def documents() -> Iterator[tuple[Any, Any]]:
        nonlocal count
        try:
            for of_key in store.scan():
                count += 1
                yield of_key
                watch(1)
        except UnreadableError as e:
            unreadable.append(e)

    def lines() -> Iterator[bytes]:
        for _, document in documents():
            yield jsontext.dumps_bytes(document) + b"\n"

    def left() -> str:
        if output == "-" or kind_of(path.name) == "lines":
            return "the output is cut short" if output == "-" else f"{path} was not written"
        return f"{counted(max(count - 1, 0), 'document')} written into {path}, each of them whole"

    with session.leaving(left), _watched(store, output, session) as watch:
        if output == "-":
            sys.stdout.buffer.writelines(lines())
            sys.stdout.flush()
        elif kind_of(path.name) == "lines" and not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_file(path, packed(lines(), path))
        elif kind_of(path.name) == "json" or path.is_file():
            raise click.UsageError(f"--all writes a folder, or a JSON Lines file: call {path} something.jsonl")
        else:
            _refuse_file(output)
            taken: set[str] = set()
            for key, document in documents():
                try:
                    name = _file_name(store, key, document, taken)
                    if workspace:
                        _workspace(document, store.plan, path / name, session)
                except DocumentError as e:
                    count -= 1
                    unreadable.append(e)
                    continue
                if not workspace:
                    file = path / f"{name}.json"
                    file.parent.mkdir(parents=True, exist_ok=True)
                    write_file(file, [pretty(document)])
    if output != "-":
        session.remark(f"{path}: {counted(count, 'document')} written")
    if unreadable:  # all others are written by now
        raise DocrelError(diagnostics=[d for e in unreadable for d in e.diagnostics])


def _watched(store: Store, output: str, session: Session) -> AbstractContextManager[Progress]:
    """Show a person how many documents were written, where the documents are not shown."""
    if output == "-" and sys.stdout.isatty():
        return nullcontext(lambda more: None)
    return session.watched("written", Extent(len(store)))


def _is_folder(output: str) -> bool:
    return output.endswith(("/", "\\")) or Path(output).is_dir()


def _refuse_file(output: str) -> None:
    """Refuse the name of a file where a folder is to be written."""
    if not _is_folder(output) and _FILE.search(output):
        raise click.UsageError(_not_written(output, "documents are written into a folder, or with --all a .jsonl file"))


def _not_written(output: str, otherwise: str) -> str:
    table = "a table as .csv, .jsonl or .parquet: name it with --table"
    return f"{output} cannot be written: {otherwise}, {table}; `{output}/` is a folder in any case"


def _records(store: Store, db: Path, name: str, output: str, session: Session) -> None:
    from docrel.documents import FilePlaces, packed, write_file
    from docrel.store import record_file, text_of

    file = record_file(store, name, FilePlaces(db).of(name))
    changed: list[Any] = []
    pieces = text_of(store, file, changed.append)
    if output == "-":
        sys.stdout.buffer.writelines(pieces)
        sys.stdout.flush()
    else:
        path = Path(output)
        if path.is_dir() or output.endswith(("/", "\\")):
            path = path / Path(file.file).name
        path.parent.mkdir(parents=True, exist_ok=True)
        write_file(path, packed(pieces, path))
        session.remark(f"{path}: {file.file} with {counted(file.records, 'record')} written")
    if file.left_out:
        left = counted(file.left_out, "record")
        session.remark(f"the last import of it left {left} out, so this is the file as it was before")
    if changed:
        shown = ", ".join(map(str, changed[:SHOWN_CHANGED])) + (", …" if len(changed) > SHOWN_CHANGED else "")
        session.remark(f"{counted(len(changed), 'record')} changed since, written as now: {shown}")


def _workspace(document: Any, plan: Plan, folder: Path, session: Session) -> None:
    from docrel.documents import write_workspace

    if not plan.parts:
        raise click.UsageError(f"the documents of {plan.name} are single files: leave --workspace out")
    written = write_workspace(document, plan, folder)
    session.remark(f"{folder}: {counted(len(written.files), 'file')} written")
    for path in written.leftover:
        session.remark(f"{path}: was there before and is not in the document; remove it if it is not wanted")


def _file_name(store: Store, key: Any, document: Any, taken: set[str]) -> str:
    """Return and take the name of a file after a key, no two alike for any file system.

    From that of a document that does not name itself an import reads the whole key, whatever it is.

    Raises:
        DocumentError: D331, no file can have such a name.
    """
    from docrel.documents import told_apart, whole_names
    from docrel.store import text_of_key

    shown = text_of_key(store.plan, key)
    name = _safe(shown, key)
    is_taken = name.casefold() in taken
    if is_taken or "~" in name:  # which tells those that are cut
        if isinstance(key, tuple) or store.names_itself(document):
            name = told_apart(name, shown) if is_taken else name
        else:
            name = next(name for name in whole_names(shown) if name.casefold() not in taken)
            if len(name) > LONGEST_NAME:
                message = f"the document {shortened(shown)!r} does not name itself, and its name is too long for a file"
                advice = "export it by `--key`, and import it with `--document-key`"
                raise DocumentError.one("D331", message, help=advice)
    taken.add(name.casefold())
    return name


def _safe(shown: str, key: Any) -> str:
    """Return the name of a file after a key; one of several values names each of them."""
    from docrel.documents import joined_name, safe_name
    from docrel.values import jsontext

    if not isinstance(key, tuple):
        return safe_name(shown)
    return joined_name((part if isinstance(part, str) else jsontext.dumps(part) for part in _parts(shown)), shown)


def _parts(shown: str) -> list[Any]:
    """Return what a key of several values says; the text itself where SQL has left one that is no JSON."""
    from docrel.values import jsontext

    try:
        said = jsontext.loads_text(shown)
    except ValueError:
        return [shown]
    return said if isinstance(said, list) else [shown]

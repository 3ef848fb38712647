"""The command that brings documents into a database: import."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click
from click.exceptions import Exit

from docrel.cli import first_mapping
from docrel.cli.completing import mapping_names
from docrel.cli.new_columns import give_columns
from docrel.cli.opening import opened_for
from docrel.cli.options import Decorator, db_option, member_option, part_of, reading_options, stacked
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, Session, current_session, facts_of, table
from docrel.cli.telling import (
    Arrays,
    as_before,
    asides,
    below,
    files_facts,
    new_member_lines,
    nothing,
    strict_option,
    surroundings,
    surroundings_facts,
)
from docrel.diagnostics import command, counted

if TYPE_CHECKING:
    from docrel.diagnostics import Diagnostic
    from docrel.documents import InputDocument, Quarantine, Surroundings
    from docrel.plan import Column, Plan
    from docrel.store import HeldBackup, ImportReport, OnConflict, OnNewMembers, Store


@dataclass(slots=True)
class Refusals:
    """Tells refused documents as they come and puts them into the quarantine."""

    tell: Callable[[Sequence[Diagnostic]], None]
    quarantine: Quarantine | None
    told: int = 0
    kept: int = 0
    skipped: int = 0

    def __call__(self, document: InputDocument, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Hear of a refused document."""
        self.told += 1
        if self.quarantine is not None:
            self.kept += self.quarantine.add(document, diagnostics)
        self.tell(diagnostics)

    def skip(self, document: InputDocument, diagnostics: tuple[Diagnostic, ...]) -> None:
        """Hear of a document that gave way to a stored one."""
        del document
        self.skipped += 1
        self.tell(diagnostics)


_NEW_MEMBERS = (
    "What to do with a member that neither the mapping nor a stored document has. rest: it is kept and told; "
    "refuse: the document is refused"
)


def new_members_option(more: str = "", *choices: str) -> Decorator[Any]:
    """Return what adds `--new-members`; `choices` are those of one command, `more` says what they do."""
    return click.option(
        "--new-members", type=click.Choice(["rest", *choices, "refuse"]), default="rest", show_default=True,
        help=f"{_NEW_MEMBERS}{more}.",
    )  # fmt: skip


def import_options(*own: Decorator[Any], new_members: Decorator[Any], key: tuple[str, ...] = ()) -> Decorator[Any]:
    """Return what adds all that an import can be told; `own` are options of one command.

    `new_members` is its `--new-members`, `key` are more names of `--document-key`.
    """
    return stacked(
        click.argument("paths", nargs=-1, metavar="PATH..."),
        click.option("--input", "inputs", multiple=True, metavar="PATH", help="The same as a PATH."),
        *own,
        reading_options(*key),
        click.option(
            "--again",
            is_flag=True,
            help="Read also the files that are as they were at their import, whose documents are left as SQL has them "
            "now: what they say replaces that.",
        ),
        click.option(
            "--dry-run", is_flag=True, help="Show what would be inserted, updated and deleted, and write nothing."
        ),
        click.option(
            "--quarantine",
            type=click.Path(dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Keep refused documents in this JSON Lines file; when they are mended, import the file.",
        ),
        click.option(
            "--on-conflict",
            type=click.Choice(["refuse", "replace", "skip"]),
            help="What to do with a document where a different one has its key. Unless it is said: refuse it where "
            "that is only inferred, made from the name of a file, or came before in the same import, else replace the "
            "other one. refuse, skip: what is stored stays in any case.",
        ),
        new_members,
        strict_option(),
        click.option("--no-backup", is_flag=True, help="Do not copy a database that exists before the first write."),
    )


@click.command("import", cls=Command)
@import_options(
    db_option,
    click.option(
        "--mapping",
        metavar="MAPPING",
        shell_complete=mapping_names,
        help="What the documents become. A database that exists knows its own; for a new one it is inferred from the "
        "documents, and written beside it.",
    ),
    first_mapping.shape_options(),
    member_option(
        "The member that identifies a document, as you say: in this run a document replaces a different one of "
        "its key also where that is only inferred. A mapping that is inferred takes it for the key."
    ),
    new_members=new_members_option(
        "; column: after the import, and a backup, it gets a column as `docrel promote` would give it, in the database "
        "and told for the mapping file; arrays and names that are taken stay in the rest",
        "column",
    ),
)
def import_command(db: Path, mapping: str | None, **options: Any) -> None:
    """Bring documents into a database; what is there already and the same is left alone.

    A new database needs no mapping: it is inferred from the documents, as by `docrel infer`, kept in the database and
    written beside it, `x.yaml` for `x.db`. For that are --name, --max-tables, --max-columns, --max-depth, --min-share.

    A PATH is a file, a folder, or `-` for standard input. A file holds one document, one a line, or some after
    each other, in any Unicode encoding; packed as .gz, .bz2, .xz or .zst, or many files as .zip. A folder that has the
    files of a document's parts is one document. What of a folder is not read is told. One bad document never
    stops the others: it is told, kept with --quarantine, and the exit status is 1.

    Examples:
      $ docrel import orders/ --db new.db
      $ docrel import orders/ --db written.db --mapping orders.yaml
      $ docrel import orders.jsonl --db orders.db --dry-run
      $ docrel import answer.json --db answer.db --records '$.data[*]'
      $ docrel import - --db orders.db < orders.jsonl
      $ docrel import orders/ --db orders.db --quarantine refused.jsonl
    """
    shape = {name: options.pop(name) for name in first_mapping.SHAPE}
    bring_in(db=db, mapping=mapping, shape=first_mapping.said(shape), **options)


def bring_in(
    paths: tuple[str, ...],
    inputs: tuple[str, ...],
    db: Path,
    mapping: str | None,
    quarantine: Path | None,
    *,
    again: bool,
    dry_run: bool,
    on_conflict: OnConflict | None,
    new_members: Literal[OnNewMembers, "column"],
    strict: bool,
    no_backup: bool,
    members: Sequence[tuple[str, ...]] = (),
    shape: dict[str, Any] | None = None,
    **options: Any,
) -> None:
    """Import as the options of `import_options` say, and end the command with its exit status.

    `shape` are the options for a mapping that has to be inferred; None: it never is.
    """
    from docrel.backends import as_file
    from docrel.documents import FoundFiles, Surroundings, read_documents
    from docrel.store import ImportSources, check_backup, import_documents, keep_surroundings, write_mapping

    session = current_session()
    sources = _sources(paths, inputs)
    _keep_apart(db, mapping, quarantine, sources)
    existed = db.exists()
    reading = {name: options[name] for name in ("part", "records", "duplicate_keys", "globs")}
    with opened_for(db, mapping, shape, sources, session, dry_run=dry_run, members=members, **reading) as opened:
        store, first = opened.store, opened.first
        part_of(store.plan, options["part"])
        _see_key(store.plan, members)
        wanted = existed and not dry_run and not no_backup
        with _backed_up(store, wanted=wanted) as held, _quarantine(None if dry_run else quarantine) as kept:
            on_read = kept.read if kept is not None else None
            around, arrays, files = list[Surroundings](), Arrays(), FoundFiles()
            before = len(store)
            progress = session.reading("read", opened.sources, store.plan, options["globs"])
            with (
                session.leaving(lambda: _left(store, before, db, dry_run=dry_run)),
                session.causes() as tell, progress as (watch, meter),
            ):  # fmt: skip
                refusals = Refusals(tell, kept)
                known = ImportSources(
                    store, _reading(options), records=options["records"] is not None,
                    again=again or strict or on_conflict == "replace",
                )  # fmt: skip
                documents = read_documents(
                    opened.sources,
                    store.plan,
                    database=db,
                    on_read=on_read,
                    on_surroundings=around.append,
                    on_found=files.add,
                    meter=meter,
                    files=known,
                    **options,
                )
                report = import_documents(
                    store, arrays.watch(documents), dry_run=dry_run, on_conflict=on_conflict,
                    key_said=bool(members),
                    on_refused=refusals, on_skipped=refusals.skip,
                    new_members="rest" if new_members == "column" else new_members, progress=watch,
                    sources=known,
                )  # fmt: skip
            replaced = [] if dry_run else keep_surroundings(store, around)
            if held is not None and not report.written:
                held.discard()
        wanted = new_members == "column" and not dry_run and bool(report.new_members)
        columns = give_columns(store, report, session, backup=not no_backup) if wanted else None
        file = None if dry_run else write_mapping(store)
        made = None if first is None else first_mapping.told(first, store, db, file)
    backup = held.path if held is not None and report.written else None
    shown = None if backup is None else as_file(store.backend).as_written(backup)
    new = new_member_lines(report.new_members) if columns is None else columns.lines(report)
    told = [*asides(report.set_aside), *new, *nothing(report.unfilled)]
    told = [
        *files.lines,
        *as_before(report),
        *surroundings(around),
        *(one.text for one in replaced),
        *arrays.lines(),
        *told,
    ]
    text = below(_summary(report, db, dry_run=dry_run), told) + _after(refusals, db, quarantine, shown, around)
    if made is not None:
        text = below(text, made.lines())
    elif file is not None:
        text = below(text, [f"The mapping that {db} was made by is written to {file}"])
    facts = _facts(report, dry_run=dry_run, backup=shown, kept=refusals.kept)
    facts |= {"surroundings": surroundings_facts(around), "arrays": list(arrays.lines())}
    facts["mapping"] = None if made is None else facts_of(made)
    facts |= files_facts(files)
    facts["replaced"] = [one.text for one in replaced]
    session.report(text, facts | {"columns": None if columns is None else columns.facts()})
    if not existed and not dry_run:
        _remark_links(store, db, session)
    if backup is not None:
        check_backup(store.backend, backup)
    if report.refused or (strict and report.set_aside) or (columns is not None and columns.refused):
        raise Exit(ERRORS)


def _left(store: Store, before: int, db: Path, *, dry_run: bool) -> str:
    """Say what an import has left behind that was interrupted."""
    if dry_run:
        return "nothing was written"
    more = counted(len(store) - before, "new document")
    return f"{more} of whole batches kept in {db}; the same command again goes on from there"


def _reading(options: dict[str, Any]) -> dict[str, Any]:
    """Return how files are read, as the database keeps it."""
    from docrel.selectors import path_text
    from docrel.store import reading_of

    records = None if options["records"] is None else path_text(options["records"], "$")
    said = {name: options[name] for name in ("part", "key", "duplicate_keys", "key_from_name")}
    return reading_of(records, **said)


def _remark_links(store: Store, db: Path, session: Session) -> None:
    """Tell of a new database what other programs have to say before they delete rows that have others below."""
    links_on, nested = store.backend.dialect.links_on, [t for t in store.plan.tables if t.parent is not None]
    if links_on and nested:
        left = f"rows of {nested[0].name} stay without their {nested[0].parent}"
        mend = command("doctor", db, "--fix")
        session.remark(f"Other programs: say `{links_on}` before you delete rows, else {left} ({mend} removes such)")


def _see_key(plan: Plan, members: Sequence[tuple[str, ...]]) -> None:
    """Refuse members that are not what identifies a document."""
    from docrel.plan import key_claim

    if not members:
        return
    columns = [plan.roots[0].column(name) for name in plan.key_of(plan.roots[0])]
    named = {column.name for column in columns if any(path in _places(column) for path in members)}
    if len(named) < len(columns) or not all(any(path in _places(c) for c in columns) for path in members):
        said = ", ".join(".".join(path) for path in members)
        message = f"{said} is not what identifies a document of {plan.name}: {key_claim(plan)}"
        advice = "`docrel infer --key` makes a mapping by another one; --document-key names a document without a key"
        raise click.BadParameter(f"{message}. {advice}", param_hint="--key")


def _places(column: Column) -> list[tuple[str, ...]]:
    """Return by what a column may be named: its name, and each path of names that it is read from."""
    from docrel.plan import Name, Value

    paths = column.role.paths if isinstance(column.role, Value) else ()
    named = [tuple(step.name for step in path if isinstance(step, Name)) for path in paths]
    return [(column.name,), *(names for names, path in zip(named, paths, strict=True) if len(names) == len(path))]


def _sources(paths: tuple[str, ...], inputs: tuple[str, ...]) -> list[str]:
    if not paths and not inputs:
        raise click.UsageError("there is nothing to import: name a PATH; `-` is standard input")
    return [*paths, *inputs]


def _keep_apart(db: Path, mapping: str | None, quarantine: Path | None, sources: list[str]) -> None:
    """Refuse to write to what is read; a quarantine may be mended and imported again, into itself."""
    from docrel.backends import refuse_same
    from docrel.documents import is_quarantine, refuse_other

    read = [*sources, *([mapping] if mapping is not None and Path(mapping).suffix else [])]
    refuse_same(db, *read)
    if quarantine is not None:
        refuse_same(quarantine, db, *(() if is_quarantine(quarantine) else read))
        refuse_other(quarantine)


def _backed_up(store: Store, *, wanted: bool) -> AbstractContextManager[HeldBackup | None]:
    from docrel.store import saved

    return saved(store.backend, "import", clock=store.clock) if wanted else nullcontext()


def _quarantine(path: Path | None) -> AbstractContextManager[Quarantine | None]:
    from docrel.documents import Quarantine

    return nullcontext() if path is None else Quarantine(path)


def _summary(report: ImportReport, db: Path, *, dry_run: bool) -> str:
    same = report.unchanged
    if report.files_not_read and not (report.written or report.refused or report.skipped):
        stored = "the one document is stored already"
        return f"{db}: nothing to do, {stored if same == 1 else f'all {same:,} documents are stored already'}"
    if same and not (report.written or report.refused or report.skipped):
        stored = "the one document is stored as it is"
        return f"{db}: nothing to do, {stored if same == 1 else f'all {same:,} documents are stored as they are'}"
    would = "would be " if dry_run else ""
    line = (
        f"{db}: {counted(report.inserted, 'document')} {would}inserted, {report.updated:,} {would}updated, "
        f"{report.unchanged:,} unchanged, {report.refused:,} refused"
    ) + (f", {report.skipped:,} skipped" if report.skipped else "")
    rows = [
        (name, f"{c.inserted:,}", f"{c.updated:,}", f"{c.deleted:,}")
        for name, c in report.tables.items()
        if c.inserted or c.updated or c.deleted
    ]
    return line if not rows else f"{line}\n{table(('table', 'inserted', 'updated', 'deleted'), rows)}"


def _after(
    refusals: Refusals, db: Path, quarantine: Path | None, backup: Path | None, around: Sequence[Surroundings]
) -> str:
    """Say what is left to do, and where the state before can be had."""
    lines = []
    if refusals.kept:
        lines.append(
            f"{counted(refusals.kept, 'refused document')} kept in {quarantine}: mend them there and run "
            f"`docrel import {quarantine} --db {db} --quarantine {quarantine}`"
        )
    if refusals.told > refusals.kept:
        left = counted(refusals.told - refusals.kept, "document")
        keep = "" if quarantine else "; --quarantine FILE keeps them all in a file to mend"
        lines.append(f"{left} not imported: mend what is said above, and run the same command again{keep}")
    if around and not refusals.told and not refusals.skipped:
        lines.append(
            f"A file of records is given back by {command('export', db, f'--records {shlex.quote(around[0].file)}')}"
        )
    if backup is not None:
        lines.append(f"The database as it was before: {backup}")
    return "".join(f"\n{line}" for line in lines)


def _facts(report: ImportReport, *, dry_run: bool, backup: Path | None, kept: int) -> dict[str, Any]:
    return {"dry_run": dry_run, **facts_of(report), "quarantined": kept, "backup": backup}

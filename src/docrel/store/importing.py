"""Importing: a stream of documents into a store, in batches, in constant memory.

In: `InputDocument`s as `docrel.documents` reads them. Out: an `ImportReport`. One bad document never stops the
others; each batch is one transaction, and so is the whole load of an empty database, whose indexes are made last, and
the whole import where the mapping has references: what a document refers to may come after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import TypedDict, Unpack, get_args

from docrel.diagnostics import ArgumentError, check_choice
from docrel.documents import InputDocument, Surroundings, path_of_records, read_documents
from docrel.selectors import Path as SelectorPath
from docrel.sql import ddl, note_triggers
from docrel.store.conflicts import OnConflict
from docrel.store.errors import MigratedError, cut_short
from docrel.store.garbage import garbage_left_alone
from docrel.store.incoming import ImportReport, Incoming, OnNewMembers, OnRefused
from docrel.store.record_files import keep_surroundings
from docrel.store.shared_ids import share_ids
from docrel.store.sources import ImportSources, reading_of
from docrel.store.store import Store
from docrel.values import DuplicateKeys

BATCH_DOCUMENTS = 500
Progress = Callable[[int], None]


class ImportOptions(TypedDict, total=False):
    """The options of `import_documents`."""

    dry_run: bool
    on_conflict: OnConflict | None
    key_said: bool
    on_refused: OnRefused | None
    on_skipped: OnRefused | None
    new_members: OnNewMembers
    progress: Progress | None
    sources: ImportSources | None


class FileOptions(ImportOptions, total=False):
    """The options of `import_files`."""

    records: str | None
    part: str | None
    key: str | None
    key_from_name: bool
    duplicate_keys: DuplicateKeys
    again: bool


class _DryRunEndsError(Exception):
    """Ends the transaction of a dry run; never leaves this module."""


def import_documents(
    store: Store,
    documents: Iterable[InputDocument],
    *,
    dry_run: bool = False,
    on_conflict: OnConflict | None = None,
    key_said: bool = False,
    on_refused: OnRefused | None = None,
    on_skipped: OnRefused | None = None,
    new_members: OnNewMembers = "rest",
    progress: Progress | None = None,
    sources: ImportSources | None = None,
) -> ImportReport:
    """Bring documents into a store; what is there already and the same is left alone.

    With `dry_run` all is done as it would be and then taken back. A document replaces a different one of its key if
    the mapping's author or the caller said what the key is (`key_said`). Where the key was inferred, or made from the
    name of a file, or came before in the same import, it is a conflict, and the document is refused. `on_conflict`
    says what becomes of every different document: it is refused, or skipped, or replaces the stored one. `on_refused`
    hears of every refused document, `on_skipped` of every skipped one, `progress` of how many more were seen. A member
    that neither the mapping nor a stored document has goes to the rest and is told; with `new_members="refuse"` its
    document is refused. `sources` are those that the reader of the documents asks which files are stored as they are;
    without them each is read.

    Law: 6, identity is never guessed silently (tests/unit/test_identity.py).

    Raises:
        StoreError: The database cannot be written, or S440, it was migrated meanwhile; what was committed before
            stays.
    """
    check_choice("on_conflict", on_conflict or "refuse", get_args(OnConflict))
    check_choice("new_members", new_members, get_args(OnNewMembers))
    with store.importing() as number, garbage_left_alone():
        work = Incoming(
            store, number, on_conflict, on_refused, on_skipped, new_members, key_said=key_said, sources=sources
        )
        try:
            _run(work, _batches(documents), progress or (lambda _: None), dry_run=dry_run)
            if not dry_run:
                with store.snapshot():
                    work.tell()
        except MigratedError as e:
            report = work.report
            raise cut_short(e, report.inserted, report.updated, report.unchanged) from e
    return work.report


def import_files(
    store: Store,
    paths: str | Path | Iterable[str | Path],
    *,
    records: str | None = None,
    part: str | None = None,
    key: str | None = None,
    key_from_name: bool = False,
    duplicate_keys: DuplicateKeys = "refuse",
    globs: Iterable[str] = (),
    again: bool = False,
    **options: Unpack[ImportOptions],
) -> ImportReport:
    """Bring in what files, folders and standard input (`-`) hold, as `docrel import` does.

    With `records`, `$[*]` or `$.data[*]`, the elements of an array are the documents; what surrounds them is kept, so
    that `docrel export --records` gives the file back. `part`, `key`, `key_from_name`, `duplicate_keys` and
    `globs` are those of `docrel.documents.read_documents`. Files that are as they were at their import are not read,
    unless `again`, or with `on_conflict="replace"`.

    Raises:
        ArgumentError: S490, `records` is no path of the elements of an array; `part` is no part of the plan's
            documents; another argument is none of its choices.
        StoreError: As `import_documents`.
    """
    check_choice("duplicate_keys", duplicate_keys, get_args(DuplicateKeys))
    around, how = list[Surroundings](), reading_of(records, part, key, duplicate_keys, key_from_name=key_from_name)
    again = again or options.get("on_conflict") == "replace"
    options["sources"] = files = ImportSources(store, how, records=records is not None, again=again)
    documents = read_documents(
        [paths] if isinstance(paths, str | Path) else paths, store.plan, part=part, key=key,
        key_from_name=key_from_name, duplicate_keys=duplicate_keys,
        database=store.backend.path, records=None if records is None else _path(records),
        on_surroundings=around.append, globs=globs, files=files,
    )  # fmt: skip
    report = import_documents(store, documents, **options)
    if not options.get("dry_run"):
        keep_surroundings(store, around)
    return report


def _path(records: str) -> SelectorPath:
    """Return the path of records that a program gives as text."""
    try:
        return path_of_records(records)
    except ValueError as e:
        raise ArgumentError.one("S490", str(e), subject="records", help="write `$[*]`, or `$.data[*]`") from e


def _run(work: Incoming, batches: Iterator[list[InputDocument]], progress: Progress, *, dry_run: bool) -> None:
    """Bring all batches in, each in the transaction that suits; a migration is refused at the beginning of one."""
    store = work.store
    if dry_run:
        with suppress(_DryRunEndsError), store.transaction():
            _bring(work, batches, progress)
            work.settle()
            work.tell()
            raise _DryRunEndsError
    elif len(store) == 0:
        work.all_at_once()
        with _bulk_load(store, work.settle):
            _bring(work, batches, progress)
    elif work.is_one_transaction:
        with store.transaction():
            _bring(work, batches, progress)
            work.settle()
    else:
        for batch in batches:
            with store.transaction():
                _bring(work, [batch], progress)
        if work.leaves_files:
            with store.transaction():
                work.settle()


def _bring(work: Incoming, batches: Iterable[list[InputDocument]], progress: Progress) -> None:
    for batch in batches:
        work.batch(batch)
        progress(len(batch))


def _batches(documents: Iterable[InputDocument]) -> Iterator[list[InputDocument]]:
    """Yield documents some at a time; the next one is read before, so a file that ends with a batch is known to end."""
    rest = iter(documents)
    ahead = list(islice(rest, 1))
    while ahead:
        batch = [*ahead, *islice(rest, BATCH_DOCUMENTS - 1)]
        ahead = list(islice(rest, 1))
        yield batch


@contextmanager
def _bulk_load(store: Store, settle: Callable[[], None]) -> Iterator[None]:
    """One transaction, with the indexes at its end, and the triggers that each new row would wait for.

    These look for notes that a row of the same key has left: there are none where there is no note at all.
    """
    unique = {index.name for table in store.plan.tables for index in table.indexes if index.unique}
    backend = store.backend
    dialect = backend.dialect
    indexes = [s for s in ddl(store.plan, dialect) if s.kind == "index" and s.name not in unique]
    with backend.bulk(), store.transaction():
        triggers = [] if store.has_notes() else [t for t in note_triggers(store.plan, dialect) if t.event == "insert"]
        made = [("INDEX", i.name, i.sql) for i in indexes] + [("TRIGGER", t.name, t.sql) for t in triggers]
        for kind, name, _ in made:
            backend.execute(f"DROP {kind} {dialect.quote_identifier(name)}")
        yield
        share_ids(backend, store.layout)
        for _, _, sql in made:
            backend.execute(sql)
        settle()

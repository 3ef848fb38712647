"""The command for documents that a folder has no longer: prune."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.options import db_option, part_of, reading_options
from docrel.cli.root import Command
from docrel.cli.session import current_session, facts_of
from docrel.diagnostics import DocrelError, counted, visible

if TYPE_CHECKING:
    from docrel.store import Store
    from docrel.upkeep import Survey

SHOWN = 20


@click.command("prune", cls=Command)
@click.argument("paths", nargs=-1, metavar="FOLDER...")
@db_option
@reading_options()
@click.option("--yes", is_flag=True, help="Delete them; without it they are only shown.")
@click.option(
    "--incomplete", is_flag=True,
    help="Go on where a FOLDER is gone or empty, or something in it cannot be read: what is there and cannot be read "
    "keeps its documents.",
)  # fmt: skip
@click.option("--no-backup", is_flag=True, help="Do not copy the database before documents are deleted.")
def prune_command(
    paths: tuple[str, ...], db: Path, *, yes: bool, incomplete: bool, no_backup: bool, **options: Any
) -> None:
    r"""Show the documents that came from a FOLDER, or a file, and are there no longer; delete them with --yes.

    All files there are read as they were at their import. A document that moved to another of them stays, and so does
    what came from elsewhere, or was put by a program since. Nothing is deleted where a folder is gone or empty, as when
    a disk is not there, or a file cannot be read. The database is copied first.

    \b
    Examples:
      $ docrel prune --db orders.db orders/
      $ docrel prune --db orders.db orders/ --yes
    """
    from docrel.store import open_store
    from docrel.upkeep import survey

    session = current_session()
    if not paths:
        raise click.UsageError("which folder? Name it: FOLDER")
    with open_store(db, create=False) as store:
        part_of(store.plan, options["part"])
        globs = options.pop("globs", ())
        is_said = any(value and value != "refuse" for value in options.values())
        with session.watched("read") as watch:
            found = survey(
                store, paths, incomplete=incomplete, progress=watch, globs=globs, reading=options if is_said else None
            )  # fmt: skip
        deleted, backup = _deleted(store, found, wanted=not no_backup) if yes else (0, None)
    session.diagnose(found.faults)
    text = "\n".join([*_lines(store, found), _summary(found, db, paths, deleted, yes=yes, backup=backup)])
    facts = {"gone": [facts_of(one) for one in found.gone], "known": found.known, "kept": found.kept}
    session.result(text, facts | {"deleted": deleted, "backup": backup})


def _deleted(store: Store, found: Survey, *, wanted: bool) -> tuple[int, str | None]:
    """Delete what is gone, after a backup."""
    from docrel.backends import as_file
    from docrel.store import saved
    from docrel.upkeep import prune

    if not found.gone:
        return 0, None
    with saved(store.backend, "delete", clock=store.clock) if wanted else nullcontext() as backup:
        try:
            deleted = prune(store, found)
        except DocrelError:
            if backup is not None:
                backup.discard()
            raise
    return deleted, None if backup is None else str(as_file(store.backend).as_written(backup.path))


def _lines(store: Store, found: Survey) -> list[str]:
    from docrel.store import text_of_key

    lines = []
    for one in found.gone[:SHOWN]:
        line = "" if one.line is None else f":{one.line}"
        lines.append(f"{visible(text_of_key(store.plan, one.key))}: from {visible(one.file)}{line}")
    left = len(found.gone) - SHOWN
    return [*lines, *([f"… and {left:,} more"] if left > 0 else [])]


def _summary(found: Survey, db: Path, paths: tuple[str, ...], deleted: int, *, yes: bool, backup: str | None) -> str:
    where = ", ".join(map(visible, paths))
    if not found.known:
        return f"{db}: no document came from {where}"
    kept = f"; {counted(found.kept, 'document')} of what was not read kept" if found.kept else ""
    if not found.gone:
        return f"{db}: nothing to do, {where} has all {counted(found.known, 'document')} that came from there{kept}"
    if not yes:
        verb, them = ("is", "it") if len(found.gone) == 1 else ("are", "them")
        gone = counted(len(found.gone), "document")
        return f"{db}: {gone} of {found.known:,} {verb} no longer in {where}{kept}; --yes deletes {them}"
    more = f"; the database as it was: {backup}" if backup else ""
    return f"{db}: {counted(deleted, 'document')} deleted{kept}{more}"

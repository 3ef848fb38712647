"""Commands on documents by their keys: get, delete."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

import click

from docrel.cli.exporting import give_back
from docrel.cli.options import db_option
from docrel.cli.root import Command
from docrel.cli.session import current_session
from docrel.diagnostics import DocrelError, counted


@click.command("get", cls=Command)
@click.argument("word", metavar="KEY", required=False)
@db_option
@click.option("--document-key", "key", metavar="K", help="The same as KEY, also for one that begins with a dash.")
@click.option("-o", "--output", default="-", show_default=True, metavar="FILE|DIR|-", help="Where to.")
@click.option("--part", metavar="MEMBER", help="Only this member; '$': the whole document in any case.")
def get_command(db: Path, word: str | None, key: str | None, output: str, part: str | None) -> None:
    """Print the document called KEY, as `export --key` does.

    A KEY is what the document says itself; of several columns a JSON array, or `symbol=ACME,day=2024-01-02`.

    Examples:
      $ docrel get --db orders.db A-1
      $ docrel get --db orders.db A-1 --output A-1.json
    """
    if (word is None) == (key is None):
        raise click.UsageError("which document? Name one: KEY, or --document-key K")
    give_back(db, key if word is None else word, output, part, None, everything=False, workspace=False)


@click.command("delete", cls=Command)
@click.argument("words", nargs=-1, metavar="KEY...")
@db_option
@click.option(
    "--document-key", "keys", multiple=True, metavar="K",
    help="The same as a KEY, also for one that begins with a dash; may be repeated.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Show what would go, and delete nothing.")
@click.option("--no-backup", is_flag=True, help="Do not copy the database first.")
def delete_command(db: Path, words: tuple[str, ...], keys: tuple[str, ...], *, dry_run: bool, no_backup: bool) -> None:
    """Delete documents, each with all its rows; all of them or, where one is not there, none.

    The database is copied first, and `docrel restore` brings the copy back.

    Examples:
      $ docrel delete --db orders.db A-1
    """
    from docrel.backends import as_file
    from docrel.store import delete_documents, known_key, open_store, saved, text_of_key

    session = current_session()
    texts = (*words, *keys)
    if not texts:
        raise click.UsageError("which documents? Name them: KEY, or --document-key K")
    with session.leaving("nothing was deleted"), open_store(db, create=False) as store:
        chosen = [known_key(store, text) for text in texts]
        wanted = not dry_run and not no_backup
        with saved(store.backend, "delete", clock=store.clock) if wanted else nullcontext() as backup:
            try:
                gone = delete_documents(store, chosen, dry_run=dry_run)
            except DocrelError:
                if backup is not None:
                    backup.discard()
                raise
        shown = [(text_of_key(store.plan, key), rows) for key, rows in gone]
        path = None if backup is None else str(as_file(store.backend).as_written(backup.path))
    verb = "would go" if dry_run else "deleted"
    lines = [f"{text}: {counted(rows, 'row')}" for text, rows in shown]
    more = f"; the database as it was: {path}" if path else ""
    facts = {"deleted": [{"key": key, "rows": rows} for key, rows in gone], "dry_run": dry_run, "backup": path}
    session.report("\n".join([*lines, f"{counted(len(gone), 'document')} {verb}{more}"]), facts)

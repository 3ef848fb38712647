"""Commands about a database as a whole: confirm-key, validate."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from docrel.cli.root import Command
from docrel.cli.session import ERRORS, counted, session, tick

if TYPE_CHECKING:
    from docrel.backends import SQLite
    from docrel.plan import Plan

db_option = click.option(
    "--db", required=True, metavar="DB", type=click.Path(path_type=Path), help="The SQLite database.",
)  # fmt: skip


@contextmanager
def opened(db: str | Path) -> Iterator[tuple[SQLite, Plan]]:
    """Open a database that has to be there, for as long as the block lasts."""
    from docrel.store import open_expected

    backend, plan = open_expected(db)
    try:
        yield backend, plan
    finally:
        backend.close()


@click.command("confirm-key", cls=Command)
@db_option
def confirm_key_command(db: Path) -> None:
    """Say that the key which was inferred for a database's documents is their key.

    From then on a document replaces the stored one of its key, as a newer version of it. Until then one that
    differs is refused.
    """
    from docrel.migrate import confirm_key

    with opened(db) as (backend, _):
        plan, changed = confirm_key(backend)
    said = session()
    if changed:
        said.remark(f"say so in the mapping file as well: `document: {{key: {plan.key}}}`, without `inferred: true`")
    words = f"`{plan.key}` is the key of its documents" + ("" if changed else " already: nobody inferred it")
    said.result(f"{db}: {words}", {"key": plan.key, "confirmed": changed})


@click.command("validate", cls=Command)
@db_option
def validate_command(db: Path) -> None:
    """Say whether a database is as its mapping says.

    Its version, each table with its columns, foreign keys, indexes, SQLite's own integrity check, and every
    difference to the plan that it was built with.
    """
    from docrel.store import open_store
    from docrel.upkeep import validate

    said = session()
    with open_store(db, create=False) as store:
        findings = validate(store)
    wrong = sum(not finding.ok for finding in findings)
    text = "\n".join(f"{tick(finding.ok)} {finding.text}" for finding in findings)
    facts = {
        "good": not wrong,
        "findings": [{"ok": finding.ok, "text": finding.text} for finding in findings],
    }
    said.result(text, facts)
    if wrong:
        said.remark(f"{db}: {counted(wrong, 'finding')} of {len(findings)} wrong")
        raise click.exceptions.Exit(ERRORS)

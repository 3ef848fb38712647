"""Commands about a database as a whole, confirm-key and validate; and how every command is told which one.

In: `--db`, or a first argument. Where it is left out, the error names the databases that are near, each with the
command that uses it.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.root import ARGUMENTS, Command
from docrel.cli.session import session

if TYPE_CHECKING:
    from docrel.backends import SQLite
    from docrel.plan import Plan

SHOWN_DATABASES = 5


class _Database(click.Parameter):
    """Names the database of a command; where nobody does, the error says which there are."""

    def process_value(self, ctx: click.Context, value: Any) -> Any:
        """Return the path."""
        try:
            return super().process_value(ctx, value)
        except click.MissingParameter as e:
            raise click.UsageError(_which(ctx, option="--db " if isinstance(self, click.Option) else ""), ctx) from e


class _DatabaseOption(_Database, click.Option):
    """`--db DB`."""


class _DatabaseArgument(_Database, click.Argument):
    """`DB`."""


db_option = click.option(
    "--db", cls=_DatabaseOption, required=True, metavar="DB", type=click.Path(path_type=Path),
    help="The SQLite database.",
)  # fmt: skip
db_argument = click.argument("db", cls=_DatabaseArgument, metavar="DB", type=click.Path(path_type=Path, dir_okay=False))


def _which(ctx: click.Context, *, option: str) -> str:
    """Return the question which database is meant, with the command for each that is near."""
    from docrel.store import databases_below

    question = f"which database? Name it: {option}DB"
    found = list(islice(databases_below(Path()), SHOWN_DATABASES + 1))
    if not found:
        made = "docrel import PATH --mapping MAPPING --db DB"
        return f"{question}. There is none of docrel's in this folder or near below it; `{made}` makes one"
    typed = shlex.join(ctx.meta[ARGUMENTS])
    commands = [f"  {ctx.command_path} {option}{shlex.quote(str(path))} {typed}".rstrip() for path in found]
    more = ["  … and more"] if len(commands) > SHOWN_DATABASES else []
    return "\n".join([f"{question}, as in", *commands[:SHOWN_DATABASES], *more])


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

    with open_store(db, create=False) as store:
        checks = validate(store)
    session().checks(checks)

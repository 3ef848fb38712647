"""Options: those that several commands have, and how a command gets the database that it is told.

In: `--db`, or a first argument, and what else is typed. Out: decorators for commands. Where the database is left out,
the error names those that are near, each with the command that uses it.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from docrel.cli.completing import databases
from docrel.cli.root import ARGUMENTS, PathOption

if TYPE_CHECKING:
    from docrel.backends import Backend
    from docrel.plan import Plan
    from docrel.selectors import Path as SelectorPath

_Decorated = TypeVar("_Decorated", bound=Callable[..., Any])
Decorator = Callable[[_Decorated], _Decorated]
SHOWN_DATABASES = 5
_BRACKETS = frozenset("[]*'\"@")


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
    "--db", cls=_DatabaseOption, required=True, metavar="DB", type=click.Path(path_type=Path), shell_complete=databases,
    help="The SQLite database.",
)  # fmt: skip
also_db_option = click.option(
    "--db", metavar="DB", type=click.Path(path_type=Path), help="The same as DB.", shell_complete=databases
)
db_argument = click.argument(
    "db", cls=_DatabaseArgument, metavar="DB", type=click.Path(path_type=Path, dir_okay=False), shell_complete=databases
)


def _which(ctx: click.Context, *, option: str) -> str:
    """Return the question which database is meant, with the command for each that is near."""
    from docrel.store import databases_below

    question = f"which database? Name it: {option}DB"
    databases = list(islice(databases_below(Path()), SHOWN_DATABASES + 1))
    if not databases:
        made = "docrel import PATH --db DB"
        return f"{question}. There is none of docrel's in this folder or near below it; `{made}` makes one"
    typed = shlex.join(ctx.meta[ARGUMENTS])
    commands = [f"  {ctx.command_path} {option}{shlex.quote(str(path))} {typed}".rstrip() for path in databases]
    more = ["  … and more"] if len(commands) > SHOWN_DATABASES else []
    return "\n".join([f"{question}, as in", *commands[:SHOWN_DATABASES], *more])


def database_first(db: Path | None, words: tuple[str, ...], *names: str, required: int = 0) -> tuple[Path, list[str]]:
    """Return the database and what is typed behind it: `DB WORD`, or `--db DB WORD`; `names` are the words' in help."""
    context = click.get_current_context()
    left = list(words)
    if db is None:
        if not left or (len(left) <= required and not Path(left[0]).exists()):
            raise click.UsageError(_which(context, option="--db "))
        db = Path(left.pop(0))
    if len(left) < required:
        raise click.UsageError(f"{names[len(left)]} is missing: `{context.command_path} {db} {' '.join(names)}`")
    if len(left) > len(names):
        raise click.UsageError(f"there is one word too many: {left[len(names)]!r}; does it need quotes?")
    return db, left


@contextmanager
def opened(db: str | Path) -> Iterator[tuple[Backend, Plan]]:
    """Open a database that has to be there, for as long as the block lasts."""
    from docrel.store import open_expected

    backend, plan = open_expected(db)
    try:
        yield backend, plan
    finally:
        backend.close()


def stacked(*decorators: Decorator[Any]) -> Decorator[Any]:
    """Return what does the same as the decorators, written below each other in this order."""

    def decorated(function: Any) -> Any:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return decorated


def span(text: str) -> float:
    """Return the seconds of a time span, as it is typed."""
    from docrel.values import seconds

    try:
        return seconds(text)
    except ValueError as e:
        raise click.BadParameter(f"{text!r} is no time span: `30d`, `12h`, `10m`") from e


archive_option = click.option(
    "--archive", "archive", metavar="DB", type=click.Path(path_type=Path),
    help="The archive; default: beside the database, `<name>_archive.db`.",
)  # fmt: skip
dry_run_option = click.option("--dry-run", is_flag=True, help="Show what would move, and move nothing.")
workspace_option = click.option(
    "--workspace", "folder", default=".", show_default=True, metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path), help="The folder of the workspace.",
)  # fmt: skip


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a name that no database can hold: bytes that are not UTF-8."""
    from docrel.values import clean_text

    if value is not None and not clean_text(value):
        raise click.BadParameter("this is not text in UTF-8", context, parameter)
    return value


def _members(context: click.Context, parameter: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, ...]]:
    """Return the paths of the members that are named, several of which may stand between commas."""
    texts = [text for value in values for text in ([value] if set(value) & _BRACKETS else value.split(","))]
    return [_names(text.strip(), context, parameter) for text in texts]


def _names(member: str, context: click.Context, parameter: click.Parameter) -> tuple[str, ...]:
    """Return the names of a member's path; what has no brackets may have any names between its dots: `_id.$oid`."""
    from docrel.selectors import parse_names

    bare = tuple(member.removeprefix("$.").split("."))
    if all(bare) and not set(member) & _BRACKETS:
        return bare
    names = parse_names(member)
    if not names:
        raise click.BadParameter(f"{member!r} is no path of names, such as `id` or `meta.id`", context, parameter)
    return names


def member_option(text: str) -> Decorator[Any]:
    """Return what adds `--key MEMBER`, the member that identifies a document."""
    return click.option("--key", "members", multiple=True, metavar="MEMBER", callback=_members, help=text)


def _records(context: click.Context, parameter: click.Parameter, value: str | None) -> SelectorPath | None:
    """Return the path of the records that a file is made of."""
    from docrel.documents import path_of_records

    try:
        return None if value is None else path_of_records(value)
    except ValueError as error:
        raise click.BadParameter(str(error), context, parameter) from error


records_option = click.option(
    "--records", cls=PathOption, is_flag=False, flag_value="$[*]", metavar="[PATH]", callback=_records,
    help="Each element of an array is a document of its own: of the one that a file is, or of the one at PATH, such as "
    "'$.data[*]'. What surrounds them is kept once a file.",
)  # fmt: skip


glob_option = click.option(
    "--glob", "globs", multiple=True, metavar="PATTERN",
    help="Read of folders and archives the files whose name matches, such as '*.txt', or whose path below them does, "
    "such as 'logs/**/*.log'. Unless it is said, those whose name says that they are JSON.",
)  # fmt: skip


def reading_options(*key: str) -> Decorator[Any]:
    """Return what adds `--records`, `--glob`, `--part`, `--document-key` by the names given, and what else reads."""
    return stacked(
        records_option,
        glob_option,
        click.option(
            "--part", metavar="MEMBER", help="Which member of a document each single file is; '$': the whole document."
        ),
        click.option(
            *key,
            "--document-key",
            "key",
            metavar="K",
            callback=_text,
            help="The name of the one document, if it does not name itself; with --records, of standard input.",
        ),
        click.option(
            "--key-from-name", is_flag=True, help="Name documents that do not name themselves after their files."
        ),
        click.option(
            "--duplicate-keys",
            type=click.Choice(["refuse", "last"]),
            default="refuse",
            show_default=True,
            help="For a key twice in one object: refuse the document, or keep the last.",
        ),
    )


def part_of(plan: Plan, member: str | None) -> None:
    """Refuse a `--part` that the mapping does not have."""
    from docrel.documents import WHOLE

    members = [part.member for part in plan.parts]
    if member is not None and member != WHOLE and member not in members:
        known = ", ".join(members) or "none: its documents are single files"
        raise click.BadParameter(
            f"{member!r} is no part of {plan.name}'s documents; it has {known}", param_hint="--part"
        )

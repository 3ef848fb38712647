"""Options about how documents are read, the same for every command that reads some."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from docrel.cli.root import Decorator, stacked

if TYPE_CHECKING:
    from docrel.plan import Plan


def _text(context: click.Context, parameter: click.Parameter, value: str | None) -> str | None:
    """Refuse a name that no database can hold: bytes that are not UTF-8."""
    from docrel.values import clean_text

    if value is not None and not clean_text(value):
        raise click.BadParameter("this is not text in UTF-8", context, parameter)
    return value


def reading_options(*key: str) -> Decorator[Any]:
    """Return what adds `--part`, `--key` by the names given, `--key-from-name` and `--duplicate-keys`."""
    return stacked(
        click.option(
            "--part",
            metavar="MEMBER",
            help="Which member of a document each single file is; '$': the whole document.",
        ),
        click.option(
            *key,
            "key",
            metavar="K",
            callback=_text,
            help="The name of the one document, if it does not name itself.",
        ),
        click.option(
            "--key-from-name",
            is_flag=True,
            help="Name documents that do not name themselves after their files.",
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

"""The page of commands, made from their own help."""

from __future__ import annotations

from collections.abc import Iterator

import click

_WIDTH = 100


def command_page(main: click.Command) -> str:
    """Return the Markdown page that shows the help of every command, as a terminal of 100 columns shows it."""
    parts = [
        "# Commands",
        "Made by `docrel docs` from what `--help` says. Exit status: 0 done, 1 errors or refused documents,",
    ]
    parts[-1] += " 2 wrong usage, 3 `--check` found a difference."
    for name, text in _helps(
        main, click.Context(main, info_name="docrel", terminal_width=_WIDTH, max_content_width=_WIDTH)
    ):
        parts.append(f"## {name}\n\n```text\n{text}\n```")
    return "\n\n".join(parts) + "\n"


def _helps(command: click.Command, context: click.Context) -> Iterator[tuple[str, str]]:
    yield context.command_path, command.get_help(context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                below = click.Context(
                    inner, info_name=name, parent=context, terminal_width=_WIDTH, max_content_width=_WIDTH
                )
                yield from _helps(inner, below)

"""Examples: what a command's docstring shows under `Examples:`, each line of which is run by a test.

In: the text of a docstring. Out: the text without its examples, and these as `--help` shows them, behind the options.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

import click

_HEADING = re.compile(r"\n+(?:(?:\x08|\\b)\n+)?Examples:\n")
PROMPT = "$ "


def divided(docstring: str) -> tuple[str, tuple[str, ...]]:
    r"""Return the text of a docstring, and the lines of its examples.

    >>> divided("Do this.\n\nExamples:\n  $ docrel this")
    ('Do this.', ('$ docrel this',))
    """
    text, *below = _HEADING.split(inspect.cleandoc(docstring), maxsplit=1)
    return text, tuple(line.strip() for lines in below for line in lines.splitlines() if line.strip())


class Exemplified(click.Command):
    """A command whose help ends with its examples.

    Attributes:
        examples: Their lines, those to be typed with a `$ ` before them.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.help, self.examples = divided(self.help or "")

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed, however long."""
        super().format_epilog(ctx, formatter)
        if self.examples:
            with formatter.section("Examples"):
                for line in self.examples:
                    formatter.write(f"{'':{formatter.current_indent}}{line}\n")


def typed(command: Exemplified) -> Iterator[str]:
    """Yield what a person types of the examples."""
    return (line.removeprefix(PROMPT) for line in command.examples if line.startswith(PROMPT))

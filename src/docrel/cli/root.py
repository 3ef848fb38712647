"""The root of the command line: options that every command has, commands by name, errors as diagnostics.

In: arguments. Out: an exit status: 0 done, 1 errors or refused documents, 2 wrong usage, 3 `--check` found a
difference. A traceback is shown with `--debug` only. Commands are imported when they are needed.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Any

import click

from docrel.cli.examples import Exemplified
from docrel.cli.session import ERRORS, INTERRUPTED, Session
from docrel.diagnostics import DocrelError, suggestion


def _keep(context: click.Context, parameter: click.Parameter, value: Any) -> None:
    if value:
        setattr(context.ensure_object(Session), str(parameter.name), value)


def common_options() -> list[click.Option]:
    """Return the options that stand before or behind a command's name."""
    return [
        click.Option(
            ["--format"], type=click.Choice(["text", "json"]), expose_value=False, callback=_keep, is_eager=True,
            help="Results and errors as text (the default), or as JSON for programs.",
        ),
        click.Option(
            ["-q", "--quiet"], is_flag=True, expose_value=False, callback=_keep, is_eager=True,
            help="Say nothing but errors, and what was asked for.",
        ),
        click.Option(
            ["-v", "--verbose"], is_flag=True, expose_value=False, callback=_keep, is_eager=True,
            help="Also say what is done, file by file, and how long it takes.",
        ),
        click.Option(
            ["--debug"], is_flag=True, expose_value=False, callback=_keep, is_eager=True,
            help="Show the traceback of an error.",
        ),
    ]  # fmt: skip


ARGUMENTS = "docrel.cli.arguments"
"""Where a context keeps what was typed behind the command's name."""


def _can_be_typed(argument: str) -> bool:
    """Say whether a system can give a program the argument, as it is in the name of a file."""
    try:
        return b"\0" not in os.fsencode(argument)
    except UnicodeEncodeError:
        return False


class PathOption(click.Option):
    """An option whose value, a JSONPath, may be left out, whatever stands behind it."""

    def is_value(self, argument: str) -> bool:
        """Say whether an argument is the value, and nothing else that stands behind the option."""
        return argument.startswith(("$", "@")) or argument.endswith("[*]")


class Command(Exemplified):
    """A command with the options that all have."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        own = {name for option in self.params for name in option.opts}
        self.params += [option for option in common_options() if own.isdisjoint(option.opts)]

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Keep what was typed, then parse it."""
        odd = [arg for arg in args if not _can_be_typed(arg)]
        if odd:
            ctx.fail(f"no command line can hold the argument {ascii(odd[0])[:80]}")
        ctx.meta[ARGUMENTS] = tuple(args)
        return super().parse_args(ctx, list(self._with_values(args)))

    def _with_values(self, args: list[str]) -> Iterator[str]:
        """Yield the arguments; an option whose value is left out gets it."""
        options = {name: option for option in self.params if isinstance(option, PathOption) for name in option.opts}
        for argument, following in zip(args, [*args[1:], ""], strict=False):
            option = options.get(argument)
            yield argument if option is None or option.is_value(following) else f"{argument}={option.flag_value}"


class Group(Exemplified, click.Group):
    """Commands of one kind, with the options that all have."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params += common_options()


class Root(Group):
    """The `docrel` command; `homes` has the module of each of its commands."""

    def __init__(self, *args: Any, homes: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.homes = dict(homes or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the commands in the order of a user's work."""
        return [*self.homes, *(name for name in super().list_commands(ctx) if name not in self.homes)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, imported now."""
        if cmd_name in self.homes:
            home = import_module(f"docrel.cli.{self.homes[cmd_name]}")
            command = getattr(home, f"{cmd_name.replace('-', '_')}_command")
            assert isinstance(command, click.Command)
            return command
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that the arguments name; for a typo, the error has the nearest."""
        known = self.list_commands(ctx)
        if args and args[0] not in known and not args[0].startswith("-"):
            advice = suggestion(args[0], known, f"there are {', '.join(known)}")
            ctx.fail(f"there is no command `{args[0]}`; {advice}")
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what goes wrong becomes a diagnostic and an exit status."""
        for stream in (sys.stdout, sys.stderr):
            if hasattr(stream, "reconfigure"):
                stream.reconfigure(errors="backslashreplace")
        session, start = ctx.ensure_object(Session), time.monotonic()
        try:
            result = super().invoke(ctx)
            session.detail(f"done in {time.monotonic() - start:.2f} s")
            return result
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo(": ".join(filter(None, ("interrupted", session.left))), err=True)
            ctx.exit(INTERRUPTED)
        except Exception as error:
            if session.debug:
                raise
            _tell(error, session)
            ctx.exit(ERRORS)


def _tell(error: Exception, session: Session) -> None:
    if isinstance(error, DocrelError):
        session.diagnose(error.diagnostics)
        return
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        click.echo(f"{where}error: {error.strerror or error}", err=True)
        return
    click.echo(f"error: {type(error).__name__}: {error}", err=True)
    click.echo("  help: this is a fault of docrel; run it again with --debug and report what it prints", err=True)

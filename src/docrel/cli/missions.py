"""The commands about missions: what the general ones cannot know of the shipped mapping `missions`.

Each is for the database of a workspace, if no other is named.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.completing import databases
from docrel.cli.exporting import export_options, give_back
from docrel.cli.importing import bring_in, import_options, new_members_option
from docrel.cli.options import archive_option, dry_run_option, span, workspace_option
from docrel.cli.root import Group
from docrel.cli.session import current_session
from docrel.cli.upkeep import move_away
from docrel.diagnostics import counted

if TYPE_CHECKING:
    from docrel.store import Store

MAPPING = "missions"
UUID = "--mission-uuid"


def _database() -> Path:
    from docrel.transition import DATABASE

    return DATABASE


live_option = click.option(
    "--db", default=_database, metavar="DB", type=click.Path(path_type=Path), shell_complete=databases,
    help="The SQLite database; default: .vibe/state/missions.db.",
)  # fmt: skip


@click.group("missions", cls=Group)
def missions_command() -> None:
    """Missions, the state of an agent system: its importer, exporter and upkeep.

    All other commands work on their databases as well: `docrel validate --db .vibe/state/missions.db`.

    Examples:
      $ docrel missions import . --db missions.db
      $ docrel missions export --db missions.db --output again.json
    """


@missions_command.command("import")
@import_options(live_option, new_members=new_members_option(), key=(UUID,))
def import_command(db: Path, **options: Any) -> None:
    """Bring mission files into a database, made by the newest version of the mapping where there is none.

    A PATH is a workspace folder, its `.vibe/state`, or files, as for `docrel import`; what is there already and
    the same is left alone.

    Examples:
      $ docrel missions import .
      $ docrel missions import . --db missions.db
    """
    if db.exists():
        _check(db)
    bring_in(db=db, mapping=None if db.exists() else MAPPING, **options)


@missions_command.command("export")
@live_option
@export_options(UUID, "--key")
def export_command(db: Path, **options: Any) -> None:
    """Give missions back as the JSON they were imported from, with what was changed since.

    A mission that is only one of its files is written as that file. Without --mission-uuid and --all: the only one
    there is.

    Examples:
      $ docrel missions import .
      $ docrel missions export --workspace --output again/
    """
    _check(db)
    give_back(db, **options)


@missions_command.command("archive")
@live_option
@archive_option
@click.option(
    "--older-than", default="30d", show_default=True, type=span, metavar="SPAN", help="Completed longer ago than this."
)
@dry_run_option
def archive_command(db: Path, archive: Path | None, older_than: float, *, dry_run: bool) -> None:
    """Move completed missions into the archive database, from which `docrel restore` brings them back.

    Examples:
      $ docrel missions import .
      $ docrel missions archive --older-than 30d --dry-run
    """
    from docrel.missions import completed

    with _opened(db) as store:
        move_away(store, archive, completed(store, older_than_s=older_than), dry_run=dry_run)


@missions_command.command("expire")
@live_option
def expire_command(db: Path) -> None:
    """Forget the memories of agents whose time is over.

    Examples:
      $ docrel missions import .
      $ docrel missions expire
    """
    from docrel.missions import expire

    with _opened(db) as store:
        expired = expire(store)
    current_session().report(f"{counted(expired, 'memory', 'memories')} forgotten", {"expired": expired})


@missions_command.command("doctor")
@workspace_option
def doctor_command(folder: Path) -> None:
    """Run every check on the database of a workspace and on its transition, and say what to do about what is found.

    Examples:
      $ docrel missions import .
      $ docrel backup --db .vibe/state/missions.db
      $ docrel missions doctor
    """
    from docrel.transition import DATABASE, STATE_FILE, Workspace, examine_workspace
    from docrel.upkeep import examine_database

    checks = list(examine_database(folder / DATABASE))
    if (folder / STATE_FILE).exists():
        with Workspace(folder) as workspace:
            if workspace.phase == "json-only":
                checks = []
            checks += examine_workspace(workspace)
    current_session().checks(checks)


def _check(db: Path) -> None:
    with _opened(db):
        pass


@contextmanager
def _opened(db: Path) -> Iterator[Store]:
    """Open a database of missions that has to be there."""
    from docrel.store import open_store

    with open_store(db, create=False) as store:
        if store.plan.name != MAPPING:
            raise click.UsageError(f"{db} is a database of {store.plan.name}, not of missions")
        yield store

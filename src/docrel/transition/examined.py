"""The transition examined: what `doctor` looks at in a workspace besides its database.

In: a workspace. Out: checks, the good ones too.
"""

from __future__ import annotations

from collections.abc import Iterator

from docrel.diagnostics import command
from docrel.transition.link import SQL_LEADS
from docrel.transition.workspace import Workspace
from docrel.upkeep import Check


def examine_workspace(workspace: Workspace) -> Iterator[Check]:
    """Yield what was found of files, database and log of a workspace."""
    status = workspace.status()
    yield Check(True, f"transition: {status.phase} since {status.since or 'ever'}")
    verification = workspace.verify()
    advice = (
        f"restore a backup: {command('restore', workspace.link.database, '--backup')}"
        if status.phase in SQL_LEADS
        else "`docrel transition sync` brings files and database together; the log keeps what is overwritten"
    )
    for fault in verification.faults:
        yield Check(False, fault, advice)
    if verification.ok and status.phase not in {"json-only", "sql-only"}:
        same = "files and database say the same" if status.phase not in SQL_LEADS else "the database is whole"
        yield Check(True, same)
    if status.owed:
        yield Check(False, f"the database has missed {status.owed} writes", "`docrel transition sync`")
    if status.phase in SQL_LEADS:
        yield from _old_files(workspace)
    if workspace.state.finish:
        yield Check(False, "the last change of phase was cut short", "`docrel transition sync` finishes it")


def _old_files(workspace: Workspace) -> Iterator[Check]:
    from docrel.transition.current import read
    from docrel.transition.files import etags

    agreed = read(workspace.link.store()).agreed
    now = etags(workspace.link.files.all().values)
    odd = [member for member, tag in now.items() if workspace.phase == "sql-only" or agreed.get(member) != tag]
    if odd:
        paths = ", ".join(str(workspace.link.files.paths[member]) for member in odd)
        advice = "a program still writes JSON, which nobody reads: bring that program over, then look at the file"
        yield Check(False, f"changed although the database leads: {paths}", advice)

"""Moves: from one phase of the transition to the next, and back.

In: a link, with its lock held. Out: the new state. Each move first does what makes the new phase true, then
writes the state, then what may only be done after (`finish`); killed in between, it is either not begun or
finished later.
"""

from __future__ import annotations

import time
from contextlib import closing
from dataclasses import replace

from docrel.backends import open_backend, set_aside
from docrel.diagnostics import DocrelError, StoreError, command
from docrel.documents import shown_key
from docrel.files import free, rename_new, sync_folder
from docrel.store import fault_of_file
from docrel.transition import current
from docrel.transition.criteria import status_of
from docrel.transition.files import etags
from docrel.transition.link import SQL_LEADS, Link
from docrel.transition.state import PHASES, Phase, State
from docrel.transition.sync import sync
from docrel.values import jsontext


class NotBackError(StoreError):
    """T605: the files could not be brought back from the database."""


def advance(link: Link, *, force: bool = False, reason: str = "") -> State:
    """Go on to the next phase; see `Workspace.advance`."""
    finish(link)
    status = status_of(link)
    if status.next is None:
        advice = "`docrel transition rollback` goes back"
        raise StoreError.one("T603", "this is the last phase", subject=link.folder, help=advice)
    unmet = tuple(f"{c.wanted} ({c.found})" for c in status.unmet)
    if unmet and not force:
        message = f"{status.next} has to wait: {'; '.join(unmet)}"
        advice = "`docrel transition status` shows all criteria; --force goes on all the same"
        raise StoreError.one("T601", message, subject=link.folder, help=advice)
    if status.next != "sql-only":
        _enter(link, status.next)
    state = link.state.turned(status.next, link.clock(), reason, unmet)
    if status.next == "sql-only":
        state = replace(state, finish="archive-files")
    link.save(state)
    link.log.event("phase", source=status.phase, target=status.next, reason=reason, forced=list(unmet))
    finish(link)
    return link.state


def _enter(link: Link, phase: Phase) -> None:
    """Make true what a phase rests on."""
    if phase == "dual-write":
        _bring_back(link)
    sync(link, mend=True)
    if phase == "sql-primary":
        link.files.protect(writable=False)


def _bring_back(link: Link) -> None:
    """Take the database that a rollback put aside, with the missions it has besides this one, if it is whole."""
    copy = link.database.with_name(f".{link.database.name}.partial")
    copy.unlink(missing_ok=True)  # of a try that was cut short, perhaps the second name of the database
    aside = link.database.with_name(link.state.set_aside) if link.state.set_aside else None
    if aside is None or not aside.exists() or (link.database.exists() and not _is_unused(link)):
        return
    fault = fault_of_file(aside)
    if fault:
        link.log.event("error", error=f"{aside.name} stays aside: {fault}")
        return
    with closing(open_backend(aside)) as old:
        old.backup(copy)
    if link.database.exists():
        set_aside(link.database, free(link.database.with_name("missions_unused.db")))
    try:
        rename_new(copy, link.database)
    except FileExistsError as e:
        message = "another program made a database meanwhile"
        raise StoreError.one("T612", message, subject=link.folder, help="run it again") from e
    sync_folder(link.database.parent)


def _is_unused(link: Link) -> bool:
    """Whether the database is one that some program made anew and put nothing into."""
    try:
        return len(link.store()) == 0
    except DocrelError:
        return False
    finally:
        link.close_store()


def rollback(link: Link, target: Phase | None = None, *, reason: str = "") -> State:
    """Go back to an earlier phase; see `Workspace.rollback`."""
    finish(link)
    at = PHASES.index(link.phase)
    target = PHASES[max(at - 1, 0)] if target is None else target
    if PHASES.index(target) >= at:
        message = f"{target} is no earlier phase than {link.phase}"
        advice = "`docrel transition status` shows the phases"
        raise StoreError.one("T604", message, subject=link.folder, help=advice)
    if link.phase in SQL_LEADS:
        _export(link, agreed=target != "json-only")
    else:
        _last_sync(link)
    state = link.state.turned(target, link.clock(), reason)
    if target == "json-only" and link.database.exists():
        aside = free(link.database.with_name(f"missions_rollback_{int(time.time())}.db"))
        state = replace(state, finish="set-database-aside", set_aside=aside.name)
    source = link.phase
    link.save(state)
    link.log.event("phase", source=source, target=target, reason=reason, forced=[])
    finish(link)
    return link.state


def _export(link: Link, *, agreed: bool) -> None:
    """Bring the files back from the database, and read them to see that they say the same.

    Raises:
        NotBackError: T605, they do not, or the database cannot be read.
    """
    try:
        stored = current.read(link.store())
        homeless = [name for name in stored.document if name not in link.files.paths]
        if stored.lost or homeless:
            what = (
                f"{homeless[0]!r} has no file in this mapping"
                if homeless
                else f"{shown_key(stored.key, link.store().plan)} is not in the database"
            )
            advice = "export the document by itself, and put it in order first"
            raise NotBackError.one("T605", what, subject=link.folder, help=advice)
        link.files.protect(writable=True)
        for member in link.files.paths:
            if member in stored.document:
                link.files.write(member, stored.document[member])
            else:
                link.files.remove(member)
        members = {m: stored.document[m] for m in link.files.paths if m in stored.document}  # files have no order
        difference = jsontext.first_difference(members, link.files.all().values)
        if difference is not None:
            message = f"the files differ from the database at {difference[0]}"
            raise NotBackError.one("T605", message, subject=link.folder, help="try again")
        if agreed and stored.key is not None:
            current.remember(link.store(), stored.key, etags(stored.document))
    except NotBackError:
        raise
    except (DocrelError, OSError) as e:
        message = f"the files cannot be brought back from the database: {str(e).splitlines()[0]}"
        back = command("restore", link.database, "--backup")
        advice = f"restore the newest backup with {back}, then roll back; `docrel missions doctor` tells more"
        raise NotBackError.one("T605", message, subject=link.folder, help=advice) from e


def _last_sync(link: Link) -> None:
    """While files lead they have everything, but for what was changed by SQL since the last write."""
    try:
        sync(link, mend=True)
    except Exception as e:  # the database may be what we go back for
        link.log.event("error", error=f"not synchronised before going back: {e}")


def finish(link: Link) -> None:
    """Do what is left of the last move."""
    todo = link.state.finish
    if not todo:
        return
    if todo == "set-database-aside":
        _set_aside(link)
    else:
        link.files.protect(writable=True)
        link.files.archive()
    link.save(replace(link.state, finish=""))


def _set_aside(link: Link) -> None:
    """Rename the database. Where its new name is taken that was done before, and what is there now is another's."""
    link.close_store()
    set_aside(link.database, link.database.with_name(link.state.set_aside))
    link.log.paid()

"""Opening: the database that documents are brought into, and the mapping that a new one is made by.

In: what the options of an import say. Out: an open store; where no mapping is named and none is there, one that was
inferred from the documents. What cannot go together is refused before anything is made.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.first_mapping import infer_first, name_of
from docrel.cli.options import part_of
from docrel.cli.session import Session
from docrel.diagnostics import DocumentError

if TYPE_CHECKING:
    from docrel.authoring import FirstMapping
    from docrel.documents import Again, InputDocument
    from docrel.plan import Plan
    from docrel.store import Store


@dataclass(frozen=True, slots=True)
class Opened:
    """A database, what to bring into it, and the mapping that it was made by if that had to be inferred."""

    store: Store
    sources: Sequence[str]
    first: FirstMapping | None = None


@contextmanager
def opened_for(
    db: Path,
    mapping: str | None,
    shape: dict[str, Any] | None,
    sources: Sequence[str],
    session: Session,
    *,
    dry_run: bool,
    members: Sequence[tuple[str, ...]],
    **reading: Any,
) -> Iterator[Opened]:
    """Open the database; for a dry run into none that has a mapping, one in memory."""
    from docrel.backends import file_of
    from docrel.documents import read_twice
    from docrel.store import has_mapping, open_store

    has = has_mapping(db)
    if shape:
        _refuse_shape(db, mapping, shape, has=has)
    place = ":memory:" if dry_run and not has else db
    if place is db and not db.exists() and not db.parent.is_dir():
        raise click.UsageError(f"the folder {db.parent} of --db does not exist: create it first")
    plan = _plan(db, mapping, session, has=has or bool(shape))
    if plan is not None or has or shape is None:
        with open_store(place, plan, create=plan is not None) as store:
            yield Opened(store, sources)
        return
    _refuse_file(db)
    with read_twice(sources) as again:
        shape = {"name": name_of(sources, db.stem), **shape}
        first = _inferred(again, session, shape, db, members, **reading)
        text = None if file_of(place) is None else first.text
        with open_store(place, first.plan, mapping=text) as store:
            yield Opened(store, again(), first)


def _inferred(
    again: Again,
    session: Session,
    shape: dict[str, Any],
    db: Path,
    members: Sequence[tuple[str, ...]],
    *,
    part: str | None,
    **reading: Any,
) -> FirstMapping:
    """Infer the mapping; what cannot be read is told by the import, or now if there is nothing else."""
    from docrel.authoring import NO_MAPPING
    from docrel.documents import FoundFiles, read_documents

    part_of(NO_MAPPING, part)
    files = FoundFiles()

    def read(**more: Any) -> Iterator[InputDocument]:
        return read_documents(again(), NO_MAPPING, database=db, **reading, **more)

    try:
        with session.leaving("nothing was written"):
            return infer_first(
                lambda meter: read(meter=meter), session, again(), reading["globs"], members=members, **shape
            )
    except DocumentError:
        with session.causes() as tell:
            for document in read(on_found=files.add):
                tell(document.diagnostics)
        for line in files.lines:
            session.remark(line)
        raise


def _refuse_shape(db: Path, mapping: str | None, shape: dict[str, Any], *, has: bool) -> None:
    """Refuse options of a mapping that is inferred where one is there."""
    if mapping is None and not has:
        return
    options = ", ".join(f"--{name.replace('_', '-')}" for name in shape)
    verb, them = ("is", "it") if len(shape) == 1 else ("are", "them")
    there = f"--mapping {mapping} says it" if mapping is not None else f"{db} has its own"
    mend = "change that by editing" if mapping is not None else "change that by `docrel migrate`"
    raise click.UsageError(f"{options} {verb} for a mapping that is inferred, and {there}: leave {them} out, or {mend}")


def _refuse_file(db: Path) -> None:
    """Refuse to infer a mapping whose file could not be written."""
    from docrel.backends import file_of
    from docrel.store import file_beside

    file = file_beside(db)
    if file_of(db) is not None and os.path.lexists(file):
        raise click.UsageError(
            f"the mapping of {db} would be written to {file}, which is there already: say --mapping {file} if the "
            f"documents become what it says, else move it away or choose another name for --db"
        )


def _plan(db: Path, mapping: str | None, session: Session, *, has: bool) -> Plan | None:
    """Return the plan of the mapping that is named, or that a new database's name names; None where neither is."""
    from docrel.mapping import load
    from docrel.spec import shipped

    if mapping is not None:
        return load(mapping).plan
    if has or db.stem not in shipped():
        return None
    plan = load(db.stem).plan
    session.remark(f"{db} is new and called like the mapping {plan.name}: made with its version {plan.version}")
    return plan

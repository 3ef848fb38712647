"""Synchronising: files and database brought together, every difference logged.

In: a link, with its lock held. Out: the document as both then have it. The side that has not changed since
they last agreed gives way; where both have, the files lead. Whatever is overwritten stands in the log.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docrel.transition import current
from docrel.transition.agreement import Difference, differences
from docrel.transition.current import CurrentDocument
from docrel.transition.files import Members, etags
from docrel.transition.link import Link
from docrel.values import NOTHING, jsontext


def sync(link: Link, written: Mapping[str, Any] | None = None, *, mend: bool = False) -> dict[str, Any]:
    """Bring both sides together.

    `written` is what the caller has just put into files, which is no discrepancy. With `mend` files that cannot be
    read are written anew from the database; as they were they are kept beside.

    Raises:
        StoreError, DocumentError: The database cannot take what the files say.
    """
    written = {} if written is None else written
    store, members = link.store(), link.files.all()
    stored = current.read(store)
    if stored.key is None and not stored.lost:
        stored = current.adopted(store, members.values, current.name_of(link.folder))
    files = _readable(link, stored, members, written)
    if mend:
        write_files(link, {m: files[m] for m in members.broken if m in files})
    for difference in differences(files, stored.document, stored.agreed, list(link.files.paths)):
        if difference.member in written:
            continue
        if stored.key is not None:
            _log(link, difference)
        if difference.leader == "database":
            write_files(link, {difference.member: difference.value})
            files[difference.member] = difference.value
    document = whole(link, stored, files)
    if stored.key is None and not document:
        return document
    if stored.lost or etags(document) != stored.agreed or not jsontext.same(document, stored.document):
        current.write(store, document, current.name_of(link.folder), verify=link.settings.verify_writes)
    if link.log.owed():
        link.log.paid()
        link.log.event("caught-up")
    return document


def whole(link: Link, stored: CurrentDocument, members: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document with these members, in the mapping's order, and what the database has that is no file."""
    others = {name: value for name, value in stored.document.items() if name not in link.files.paths}
    present = {m: members[m] for m in link.files.paths if members.get(m, NOTHING) is not NOTHING}
    return {**present, **others}


def write_files(link: Link, values: Mapping[str, Any]) -> None:
    """Write members to their files, or remove these.

    Raises:
        DocumentError: One cannot be written; those before it are.
    """
    for member, value in values.items():
        if value is NOTHING:
            link.files.remove(member)
        else:
            link.files.write(member, value)


def _readable(link: Link, stored: CurrentDocument, members: Members, written: Mapping[str, Any]) -> dict[str, Any]:
    """What the files say; and what the database does, for files that say nothing any more."""
    files = dict(members.values)
    for member, fault in members.broken.items():
        link.trouble("error", member=member, error=fault.message)
        if member in stored.document:
            files[member] = stored.document[member]
    kept = {m: v for m, v in stored.document.items() if m in link.files.paths and m not in written}
    if kept and not members.broken and not any(m not in written for m in files):
        link.trouble("error", member=None, error="all files are gone; they are written anew from the database")
        write_files(link, kept)
        files.update(kept)
    return files


def _log(link: Link, difference: Difference) -> None:
    link.count("discrepancy")
    file, stored = (None if v is NOTHING else v for v in (difference.file, difference.database))
    path, a, b = "$", file, stored
    if NOTHING not in (difference.file, difference.database):
        path, a, b = jsontext.first_difference(file, stored) or (path, a, b)
    link.log.event(
        "discrepancy", member=difference.member, path=f"$.{difference.member}{path[1:]}", file=a, database=b,
        moved=difference.moved, leads=difference.leader,
        overwritten=stored if difference.leader == "file" else file,
    )  # fmt: skip

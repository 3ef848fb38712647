"""Scratch: what a document would become in a database, tried out in memory.

In: a link and the members that its files have. Out: why they would not come back as they are; nothing is
written.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from docrel.compile import compile
from docrel.diagnostics import DocrelError
from docrel.spec import load, mapping_file
from docrel.store import open_store
from docrel.transition.current import name_of
from docrel.transition.link import Link
from docrel.values import jsontext


def fits(link: Link, members: Mapping[str, Any]) -> str:
    """Return why the mapping would not take a document exactly, the empty text where it would."""
    try:
        with open_store(":memory:", compile(load(mapping_file(link.mapping)))) as store:
            outcome = store.put(dict(members), name_of(link.folder))
            difference = jsontext.first_difference(dict(members), store.get(outcome.key))
    except DocrelError as e:
        return str(e).splitlines()[0]
    return "" if difference is None else f"{difference[0]} would not come back as it is"

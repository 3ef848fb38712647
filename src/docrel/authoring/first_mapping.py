"""First mapping: what documents become that no mapping says anything of yet; and its file, beside a database.

In: documents as they are read; a database. Out: a mapping's text and plan, and what a person should know of them; the
file. The text is kept in the database until its file is written: whoever is killed between leaves that to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from docrel import spec
from docrel.authoring.inference import infer
from docrel.backends import as_file, refuse_same
from docrel.compile import compile
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import InputDocument, write_new
from docrel.plan import Plan
from docrel.store import Store
from docrel.values import NOTHING

NO_MAPPING = Plan("documents", 1, (), None)
"""By what documents are read of which no mapping is known."""


@dataclass(frozen=True, slots=True)
class FirstMapping:
    """A mapping that was inferred.

    Attributes:
        text: The mapping, as YAML.
        plan: What it means.
        documents: From how many documents.
        unreadable: How many more could not be read.
        sentences: What a person should know at once.
    """

    text: str
    plan: Plan
    documents: int
    unreadable: int
    sentences: tuple[str, ...]


def first_mapping(
    read: Iterable[InputDocument],
    *,
    name: str,
    on_unreadable: Callable[[Sequence[Diagnostic]], None] = lambda _: None,
    progress: Callable[[int], None] = lambda _: None,
    **options: Any,
) -> FirstMapping:
    """Return a mapping called `name` for documents such as these; options are those of `infer`.

    `on_unreadable` hears of each document that cannot be read, `progress` of each that was looked at.

    Raises:
        DocumentError: D351, none can be read.
        ValueError: None has a member that the options say is the key.
    """
    documents = unreadable = 0
    sentences: list[str] = []

    def readable() -> Iterator[Any]:
        nonlocal documents, unreadable
        for one in read:
            if one.readable:
                documents += 1
                yield one.document
            else:
                unreadable += 1
                on_unreadable(one.diagnostics)
            progress(1)

    left = readable()
    first = next(left, NOTHING)
    if first is NOTHING:
        message = "no document can be read, so there is nothing to infer a mapping from"
        raise DocumentError.one("D351", message, help="name files or folders with JSON; mend what cannot be read")
    text = infer(chain([first], left), name=name, tell=sentences.append, **options)
    plan = compile(spec.loads(text, "inferred.yaml"))
    return FirstMapping(text, plan, documents, unreadable, tuple(sentences))


def file_beside(database: Path) -> Path:
    """Return what the file of a mapping is called that was inferred for a database: as that, with the ending .yaml."""
    file = database.with_suffix(".yaml")
    return file if file != database else database.with_name(f"{database.name}.yaml")


def write_beside(store: Store) -> Path | None:
    """Write the mapping's file that a database still waits for, and return it as the database is called.

    None where it waits for none. Another file is never replaced: the new one then has a number in its name.

    Raises:
        DocumentError: D331, it cannot be written; the next time does.
    """
    text = store.book.unwritten_mapping()
    if text is None:
        return None
    database = as_file(store.backend)
    data, file = text.encode(), file_beside(database.path)
    refuse_same(file, database.path)
    if not (file.is_file() and file.read_bytes() == data):
        file = file.with_name(write_new(file, [data]).name)
    with store.transaction():
        store.book.mapping_is_written()
    return database.as_written(file)

"""First mapping: what documents become that no mapping says anything of yet.

In: documents as they are read. Out: a mapping's text and plan, and what a person should know of them. Writes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from docrel import spec
from docrel.authoring.inference import infer
from docrel.compile import compile
from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import InputDocument
from docrel.plan import Plan
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
        DocumentError: D361, none can be read.
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
        raise DocumentError.one("D361", message, help="name files or folders with JSON; mend what cannot be read")
    text = infer(chain([first], left), name=name, tell=sentences.append, **options)
    plan = compile(spec.loads(text, "inferred.yaml"))
    return FirstMapping(text, plan, documents, unreadable, tuple(sentences))

"""The examples in docstrings say what is so."""

from __future__ import annotations

import doctest
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import docrel
from docrel.authoring.infer_folds import fold
from docrel.authoring.infer_maps import Members, members_of
from docrel.authoring.infer_observer import Observer
from docrel.authoring.infer_shapes import Shape

PACKAGE = Path(docrel.__file__).parent
MODULES = sorted(
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
    for path in PACKAGE.rglob("*.py")
    if ">>>" in path.read_text()
)


def learnt(*documents: Any) -> Shape:
    """What `infer` has seen of some documents, nothing of it folded yet."""
    observer = Observer(fold)
    for document in documents:
        observer.observe(document)
    return observer.root


def seen(*documents: Any) -> Members:
    """The members of these documents, as the rules for maps look at them."""
    return members_of(learnt(*documents))


@pytest.mark.parametrize("name", MODULES)
def test_examples_say_what_is_so(name: str) -> None:
    failed, attempted = doctest.testmod(import_module(name), extraglobs={"seen": seen, "learnt": learnt})
    assert attempted and not failed

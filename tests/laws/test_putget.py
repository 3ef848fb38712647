"""Law 2, PutGet: rows that are changed, added or deleted within the constraints show in the rebuilt document, that
change and nothing else, and flattening it again gives those rows.

Rows are compared without surrogate ids and positions (their order shows in the document), and a rest column without
empty arrays and objects: `[]` in the rest only says that rows could be there, and is gone with the first of them.

Outside the law, because no document can say it, or another row's constraint decides; `docrel.testing.edits` does not
make such edits:

- columns with no place in the document: `derived`, `unsourced`, a source's constant, a column that a source lacks; an
  `edge` that contradicts the row's links;
- a text that the column's type spells otherwise (a timestamp with an offset, JSON with spaces), and a value that `map`
  turns into another;
- NULL where silence means something and null too: a JSON column with a default or of the whole node (null is
  `'null'` there), a computed time (`plus_seconds`), a column while another of its alternatives has a value, an
  element's or a node's own computed default;
- a discriminator that moves the row to another table or source, `when`'s and `row_if`'s last member included;
- a place that is taken: a column or new rows where the rest holds something, a member where the node is a scalar, a
  scalar where rows are, a name twice in one object, a path through another row's node of a tree, a second single row;
- an element beyond the end of an array whose gap nobody claims;
- a row that leaves a UNIQUE free for an element which was set aside for it: that becomes a row at the next put;
- a column that a noted default looks at (the clock's or an element's), and a row made its own ancestor.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docrel.mapping import load
from docrel.rows import Override
from docrel.spec import shipped
from docrel.testing.documents import Documents
from docrel.testing.laws import Laws

MODEST = settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
SHIPPED = [f"{name}@{version}" for name, versions in shipped().items() for version in versions]


def one_round(laws: Laws, seed: int) -> int:
    made, done = Documents(laws.plan), 0
    for number in range(3):
        document = made.one(Random(seed * 1000 + number))
        for turn in range(4):
            done += laws.putget(document, Random(seed * 100_000 + number * 10 + turn)) is not None
    return done


@pytest.mark.parametrize("name", SHIPPED)
def test_edits_are_kept(name: str) -> None:
    laws = Laws(load(name).plan)

    @MODEST
    @given(st.integers(0, 2**20))
    def check(seed: int) -> None:
        one_round(laws, seed)

    check()


def test_edits_are_really_made() -> None:
    laws = Laws(load("missions@2").plan)
    assert sum(one_round(laws, seed) for seed in range(10)) > 60


def test_an_engine_that_trusts_its_notes_blindly_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Overrides must hold only while the column still has the value that they were taken for."""
    monkeypatch.setattr(Override, "holds", lambda override, stored: True)
    laws = Laws(load("missions@2").plan)
    with pytest.raises(AssertionError):
        for seed in range(400):
            one_round(laws, seed)

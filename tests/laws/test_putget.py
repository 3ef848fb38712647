"""Law 2, PutGet: rows changed, added or deleted within the constraints show in the rebuilt document, that change and
nothing else, and flattening it again gives those rows. Over the shipped mappings and documents drawn towards them.

Outside the law: surrogate ids, the density of positions, columns with no place in the document, and edits that no
document can say; `docrel.testing_edits` does not make them.
"""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docrel import rebuilding
from docrel.mapping import load
from docrel.shipped import shipped
from docrel.testing_documents import Documents
from docrel.testing_laws import Laws

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
    monkeypatch.setattr(rebuilding, "holds", lambda override, stored: True)
    laws = Laws(load("missions@2").plan)
    with pytest.raises(AssertionError):
        for seed in range(400):
            one_round(laws, seed)

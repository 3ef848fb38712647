"""For the tests of your own mappings: random documents, and the laws held against them in one line.

In: a mapping — a path, the name of a shipped one, a `Mapping` or a plan. Out: a hypothesis strategy, or nothing
where the laws hold. Needs the extra `testing`.

    def test_my_mapping():
        docrel.testing.assert_laws("orders.yaml", [order])

    @given(docrel.testing.documents("orders.yaml"))
    def test_my_documents(document): ...
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from random import Random
from typing import Any

from hypothesis import strategies as st

from docrel.documents import several
from docrel.mapping import Mapping, load
from docrel.plan import Plan
from docrel.testing.documents import Documents
from docrel.testing.laws import Laws
from docrel.values import jsontext

AnyMapping = Mapping | Plan | str | Path
EDITS = 8


def documents(mapping: AnyMapping) -> st.SearchStrategy[Any]:
    """Return a strategy for documents of a mapping: near enough that every column is met, and hostile in places."""
    made = Documents(_plan(mapping))
    return st.integers(0, 2**32).map(lambda seed: made.one(Random(seed)))


def assert_laws(mapping: AnyMapping, documents: Iterable[Any], *, seed: int = 0) -> None:
    """Hold a mapping to its laws on these documents: nothing is lost, edits of rows are kept, the plan can be carried.

    A document that the mapping's constraints forbid is passed over, but not all of them may be: then nothing was
    tried. `seed` chooses the random edits.

    Raises:
        AssertionError: A law does not hold; the message names the document, the place and the difference. Or no
            document was tried, and the message says what the constraints have against the first.
        ArgumentError: S490, these are no documents but one, or a text.
        DocumentError: A document is no JSON.

    Law: GetPut and PutGet, `tests/laws/test_getput.py`, `tests/laws/test_putget.py`.
    """
    laws = Laws(_plan(mapping))
    laws.plan_text()
    tried, first = 0, "there is none"
    for number, document in enumerate(several(documents)):
        jsontext.check_value(document)
        against = laws.against(document)
        first = first if number else against
        tried += not against
        try:
            laws.getput(document, Random(seed))
            for edit in range(EDITS):
                laws.putget(document, Random(seed + edit))
        except AssertionError as e:
            raise AssertionError(f"document #{number + 1}: {e}") from e
    if not tried:
        raise AssertionError(f"not one document was tried: {first}")


def _plan(mapping: AnyMapping) -> Plan:
    if isinstance(mapping, Plan):
        return mapping
    return (mapping if isinstance(mapping, Mapping) else load(mapping)).plan

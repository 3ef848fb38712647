"""The random mappings draw every type, with constants that it holds."""

from __future__ import annotations

from mapping_columns import CONSTANTS, TYPES

from docrel.plan import fits
from docrel.values.codecs import _BUILT_IN


def test_every_type_is_drawn() -> None:
    names = {codec.name for codec in _BUILT_IN}
    assert set(TYPES) == set(CONSTANTS) == names
    assert not [(name, value) for name in names for value in CONSTANTS[name] if not fits(name, value)]

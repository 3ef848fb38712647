"""Makes the modules of this folder importable from the tests below it; the option that rewrites goldens."""

from __future__ import annotations

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the cases of tests/cases give now into their golden files; never in CI",
    )

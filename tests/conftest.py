"""Makes the modules of this folder importable from the tests below it; the option that rewrites goldens."""

from __future__ import annotations

import os
import signal

import pytest
from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):  # the same examples in every run; elsewhere each run looks further
    settings.load_profile("ci")

signal.signal(signal.SIGINT, signal.default_int_handler)
"""A run in the background ignores Ctrl-C, and so would all the commands that tests start."""


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden",
        action="store_true",
        help="write what the cases of tests/cases give now into their golden files; never in CI",
    )

"""Where the corpora are: `../shared/data` beside the repository, or `$DOCREL_SHARED/data`."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared_data() -> Callable[[str], Path]:
    """Return a function from a corpus name to its folder; it skips the test where the folder is absent."""
    beside = Path(__file__).resolve().parents[2].parent / "shared"
    data = Path(os.environ.get("DOCREL_SHARED") or beside) / "data"

    def find(name: str) -> Path:
        folder = data / name
        if not folder.is_dir():
            pytest.skip(f"{folder} is absent; set DOCREL_SHARED to the folder that holds data/{name}")
        return folder

    return find

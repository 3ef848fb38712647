"""Twice: inputs that give their documents only once, kept to be read again.

In: paths as a user names them. Out: paths that can be read as often as needed, each by its name. What gives its bytes
once, standard input or a pipe, is copied to a temporary file: memory stays constant.
"""

from __future__ import annotations

import shutil
import stat
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import cast

from docrel.documents.files import STDIN, cannot_read

Again = Callable[[], Sequence[str]]


@contextmanager
def read_twice(paths: Sequence[str]) -> Iterator[Again]:
    """Give a function that returns paths to read, from the beginning, before each reading.

    Raises:
        DocumentError: D331, standard input or a pipe cannot be read or copied.
    """
    with ExitStack() as stack:
        rewind = stack.enter_context(_stdin_kept()) if STDIN in paths else lambda: None
        kept = [stack.enter_context(_pipe_kept(path)) if _is_pipe(path) else path for path in paths]

        def again() -> Sequence[str]:
            rewind()
            return kept

        yield again


@contextmanager
def _stdin_kept() -> Iterator[Callable[[], None]]:
    """Put a copy in the place of standard input; gives what goes back to its beginning."""
    before = sys.stdin
    with tempfile.TemporaryFile() as copy:
        try:
            shutil.copyfileobj(before.buffer, copy)
        except OSError as error:
            raise cannot_read(None, error) from error
        sys.stdin = TextIOWrapper(copy)
        try:
            yield lambda: cast("None", copy.seek(0))
        finally:
            sys.stdin.detach()
            sys.stdin = before


@contextmanager
def _pipe_kept(path: str) -> Iterator[str]:
    """Give the path of a copy, which has the same name in another folder; what cannot be read stays for its reader."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, Path(path).name)
        try:
            with Path(path).open("rb") as pipe, copy.open("wb") as kept:
                shutil.copyfileobj(pipe, kept)
        except OSError:
            yield path
            return
        yield str(copy)


def _is_pipe(path: str) -> bool:
    """Whether a path is that of what is no file and no folder: `<(command)`, a named pipe."""
    try:
        mode = Path(path).stat().st_mode
    except (OSError, ValueError):  # its reader says so
        return False
    return not stat.S_ISREG(mode) and not stat.S_ISDIR(mode)

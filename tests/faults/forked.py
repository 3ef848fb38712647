"""Forked trials: work done in a child process that is killed at a chosen point, and what it had acknowledged by then.

In: a function that yields after each acknowledged step. Out: how many steps were acknowledged. The child is
killed by SIGKILL: after so many lines of docrel's own Python (every step of it can be chosen), or after a
time (which also falls into SQLite and the system).
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any

HERE = str(Path(__file__).resolve().parent)
_ASKED = os.environ.get("DOCREL_FAULTS", "24")
TRIALS = 500 if _ASKED == "all" else int(_ASKED)


def _count_lines(limit: int) -> Any:
    """Return a trace function that kills the process at the `limit`-th line executed in docrel."""
    seen = 0

    def lines(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal seen
        if event == "line":
            seen += 1
            if seen >= limit:
                os.kill(os.getpid(), signal.SIGKILL)
        return lines

    def calls(frame: FrameType, event: str, argument: Any) -> Any:
        name = frame.f_code.co_filename
        return lines if "/docrel/" in name and not name.startswith("<") else None

    return calls


def lines_of(work: Callable[[], Iterator[None]]) -> int:
    """Return how many lines of docrel a whole run takes, in a child of its own."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        seen = 0

        def lines(frame: FrameType, event: str, argument: Any) -> Any:
            nonlocal seen
            seen += event == "line"
            return lines

        sys.settrace(
            lambda f, e, a: lines if "/docrel/" in f.f_code.co_filename and f.f_code.co_filename[0] != "<" else None
        )
        for _ in work():
            pass
        sys.settrace(None)
        os.write(writer, str(seen).encode())
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        found = pipe.read()
    os.waitpid(child, 0)
    return int(found)


def killed(
    work: Callable[[], Iterator[None]], *, line: int | None = None, after_s: float | None = None
) -> tuple[int, bool]:
    """Run `work` in a child that is killed; returns `(steps acknowledged, whether the kill came in time)`."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            if line is not None:
                sys.settrace(_count_lines(line))
            for _ in work():
                os.write(writer, b".")
        except BaseException as e:
            os.write(2, f"{type(e).__name__}: {e}\n".encode())
            os._exit(3)
        os._exit(0)
    os.close(writer)
    if after_s is not None:
        time.sleep(after_s)
        os.kill(child, signal.SIGKILL)
    with os.fdopen(reader, "rb") as pipe:
        steps = len(pipe.read())
    _, status = os.waitpid(child, 0)
    assert not (os.WIFEXITED(status) and os.WEXITSTATUS(status)), "the work failed by itself"
    return steps, os.WIFSIGNALED(status)

"""Kill points: a command killed by SIGKILL before each system call that changes a folder.

In: a command, a folder as it is before. Out: copies of the folder, each as the command left it when it was
killed at another call. `strace` counts the calls of a whole run first, then kills one run at each of them:
since only these calls change the folder, every state that a crash of the command can leave is among them.
DOCREL_FAULTS bounds how many, evenly spread over the run (default: `DEFAULT`); `all` kills at every call.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

CALLS = (
    "openat,open,creat,write,writev,pwrite64,pwritev,ftruncate,truncate,fallocate,copy_file_range,sendfile,rename,"
    "renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,mkdir,mkdirat,rmdir,chmod,fchmod,fchmodat,"
    "fsync,fdatasync"
)
"""What changes a folder or makes a change last."""
DOCREL = (sys.executable, "-c", "from docrel.cli import main; main()")
"""The command line, for the beginning of a command."""
DEFAULT = 12
_OPENING = {"openat", "open"}
_LINE = re.compile(r"^(?P<process>\d+) +(?P<call>\w+)\(")


@dataclass(frozen=True, slots=True)
class Kill:
    """A folder as a killed command left it, and the call that it was killed at, as strace prints it."""

    folder: Path
    call: str


def _strace_works() -> bool:
    if shutil.which("strace") is None:
        return False
    tried = subprocess.run(["strace", "-qq", "-o", os.devnull, sys.executable, "-c", ""], capture_output=True)
    return tried.returncode == 0


needs_strace = pytest.mark.skipif(
    "CI" not in os.environ and not _strace_works(), reason="strace is missing, or may not trace here"
)


def kill_points(command: Callable[[Path], Sequence[str | Path]], template: Path, scratch: Path) -> Iterator[Kill]:
    """Yield a copy of `template` for each call that `command(copy)`, a single process, was killed at.

    `command` names files in the copy by absolute paths. A copy is
    removed when the next one is asked for.
    """
    asked = os.environ.get("DOCREL_FAULTS", str(DEFAULT))
    points = _calls(command, template, scratch / "whole-run")
    wanted = len(points) if asked == "all" else min(len(points), int(asked))
    for n in range(wanted):
        name, number, line = points[n * len(points) // wanted]
        copy = _copied(template, scratch / f"killed-{n}")
        injection = ["-e", f"inject={name}:signal=SIGKILL:when={number}"]
        if _traced(command(copy), scratch / "trace", name, *injection).returncode in {-9, 137}:
            yield Kill(copy, line)
        shutil.rmtree(copy)


def _calls(command: Callable[[Path], Sequence[str | Path]], template: Path, copy: Path) -> list[tuple[str, int, str]]:
    """Run the command whole; returns `(call, which of its kind, line of strace)` of those that change the copy."""
    _copied(template, copy)
    trace = copy.with_name("trace")
    done = _traced(command(copy), trace, CALLS, "-y", "-s", "512")
    assert done.returncode == 0, f"the command fails by itself: {done.stderr}"
    seen: Counter[str] = Counter()
    calls: list[tuple[str, int, str]] = []
    for line in trace.read_text(errors="replace").splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        name = match["call"]
        seen[match["process"] + name] += 1
        creates = name not in _OPENING or "O_CREAT" in line or "O_TRUNC" in line
        if str(copy) in line and creates and " = -1 " not in line:
            calls.append((name, seen[match["process"] + name], line))
    assert calls, "the command changes nothing in its folder"
    shutil.rmtree(copy)
    return calls


def _traced(command: Sequence[str | Path], trace: Path, calls: str, *options: str) -> subprocess.CompletedProcess[str]:
    """Run a command under strace; the same files are opened in each run, in the same order."""
    known = ",".join(f"?{name}" for name in calls.split(","))  # `?`: not every machine has every call
    steady = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    line = ["strace", "-f", "-o", trace, "-e", f"trace={known}", *options, *command]
    return subprocess.run(line, env=steady, capture_output=True, text=True, timeout=120)


def _copied(template: Path, copy: Path) -> Path:
    shutil.copytree(template, copy, symlinks=True)
    return copy

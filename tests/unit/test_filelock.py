"""File locks: one at a time among threads and processes, with a limit to the waiting, and let go by the dead."""

import os
import signal
import time
from pathlib import Path

import pytest

from docrel.diagnostics import StoreError
from docrel.files import FileLock, FolderLock


def test_waiting_has_a_limit_and_ends_when_the_holder_does(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "lock"), FileLock(tmp_path / "lock", timeout_s=0.05)
    with first, first, pytest.raises(StoreError, match="S434"), second:
        pass
    with FileLock(tmp_path / "lock", timeout_s=0.5):
        pass


def test_a_waiter_that_gave_up_does_not_keep_the_lock(tmp_path: Path) -> None:
    first = FileLock(tmp_path / "lock")
    with first, pytest.raises(StoreError), FileLock(tmp_path / "lock", timeout_s=0.05):
        pass
    time.sleep(0.05)
    with FileLock(tmp_path / "lock", timeout_s=1):
        pass


def test_the_dead_hold_nothing(tmp_path: Path) -> None:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        with FileLock(tmp_path / "lock"):
            os.write(writer, b".")
            time.sleep(60)
        os._exit(0)
    os.read(reader, 1)
    with pytest.raises(StoreError, match="S434"), FileLock(tmp_path / "lock", timeout_s=0.05):
        pass
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with FileLock(tmp_path / "lock", timeout_s=1):
        pass
    os.close(reader)
    os.close(writer)


def test_a_folder_is_locked_without_a_file(tmp_path: Path) -> None:
    with FolderLock(tmp_path), pytest.raises(StoreError, match="S434"), FolderLock(tmp_path, timeout_s=0.05):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), FolderLock(tmp_path / "folder"):
        pass
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("")
    with pytest.raises(NotADirectoryError), FolderLock(tmp_path / "file"):
        pass

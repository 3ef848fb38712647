"""kill -9 during imports: a file is known as stored only with all of its documents, and the next import ends it."""

from __future__ import annotations

import random
import signal
import sqlite3
import time
from contextlib import closing
from pathlib import Path

from forked import TRIALS
from test_import_killed import importing, lines, missions

from docrel.store import open_store


def test_a_killed_import_leaves_no_file_known_that_is_not_whole(tmp_path: Path) -> None:
    folder, database = tmp_path / "s", tmp_path / "m.db"
    folder.mkdir()
    lines(folder / "0.jsonl", missions(1, 5000))
    assert importing(folder, database).wait() == 0
    for number in range(3):
        lines(folder / f"{number + 1}.jsonl", missions(700, 700 * number))
    for _ in range(max(2, TRIALS // 8)):
        process = importing(folder, database)
        time.sleep(random.uniform(0.3, 1.5))
        process.send_signal(signal.SIGKILL)
        process.wait()
        with closing(sqlite3.connect(database)) as connection:
            known = connection.execute(
                "SELECT f.documents, (SELECT count(*) FROM _docrel_source_row AS r WHERE r.file = f.id) "
                "FROM _docrel_source_file AS f WHERE f.digest IS NOT NULL"
            ).fetchall()
        assert all(documents == there for documents, there in known)
    assert importing(folder, database).wait() == 0
    with open_store(database) as store:
        assert len(store) == 2101
        assert store.backend.execute("SELECT count(*) FROM _docrel_source") == [(2101,)]

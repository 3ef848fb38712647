"""The plan's questions at 100,000 missions: how long each takes, and by which index.

    python -m bench.queries --missions 100000

Every time is the median of several runs in this process, in one database file. Each question is asked for
its first 100 answers, as a program would, for how many there are, and for all of them; where it answers
with thousands of missions, the last is the time to make so many typed rows.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson

from bench.missions import generate
from docrel.documents import InputDocument
from docrel.missions import MissionStore
from docrel.missions.questions import QUERIES
from docrel.store import import_documents, open_or_make
from docrel.values import jsontext

PARAMETERS = {
    "by_owner": "genesis@vibe.agency",
    "in_phase": "CODING",
    "sessions_in_phase": "CODING",
    "by_concept": "kernel",
}
TARGET_MS = 100.0
FIRST = 100


def settle(number: int, document: dict[str, Any]) -> dict[str, Any]:
    """Let most missions be done, as they are where 100,000 of them are kept: one in fifty is under way."""
    if number % 50:
        document.setdefault("records", {})["status"] = "completed"
        trajectory = document.get("memory", {}).get("trajectory")
        if isinstance(trajectory, dict):
            trajectory["blockers"] = []
    else:
        document.setdefault("records", {})["status"] = "in_progress"
    return document


def make(path: Path, count: int) -> None:
    """Load a database with so many missions."""

    def documents() -> Iterator[InputDocument]:
        for number, document in enumerate(generate(count)):
            raw = orjson.dumps(settle(number, document))
            yield InputDocument(str(number), document=jsontext.loads(raw), clean=b"\\u" not in raw)

    with open_or_make(path, "missions") as store:
        report = import_documents(store, documents())
        store.backend.execute("ANALYZE")
    print(f"{report.inserted:,} missions, {path.stat().st_size / 1e6:,.0f} MB")


def median_ms(call: Callable[[], Any], times: int = 7) -> float:
    """Return the median time of a call in milliseconds."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        call()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def questions(store: MissionStore) -> bool:
    """Print each question's times and query plan; says whether all are fast and by an index."""
    good = True
    execute = store.store.backend.execute
    for name, query in QUERIES.items():
        parameters = [PARAMETERS[name]] if "?" in query.condition else []
        condition = query.condition.split(" ORDER BY")[0]
        count_sql = f"SELECT count(*) FROM {query.table} WHERE {condition}"
        count = execute(count_sql, parameters)[0][0]
        first = median_ms(lambda name=name, p=parameters: store.ask(name, *p, limit=FIRST))  # type: ignore[misc]
        counting = median_ms(lambda sql=count_sql, p=parameters: execute(sql, p))  # type: ignore[misc]
        everything = median_ms(lambda name=name, p=parameters: store.ask(name, *p), times=3)  # type: ignore[misc]
        sql = store.store.dml.select_rows(store.store.plan.table(query.table), f"{query.condition} LIMIT {FIRST}")
        steps = [row[3] for row in execute(f"EXPLAIN QUERY PLAN {sql}", parameters)]
        indexed = any("USING INDEX" in step or "USING COVERING INDEX" in step for step in steps)
        good &= first < TARGET_MS and counting < TARGET_MS and indexed
        print(
            f"{name:18} first {FIRST}: {first:7.2f} ms   count: {counting:7.2f} ms"
            f"   all {count:6,}: {everything:8.1f} ms"
        )
        print("".join(f"    {step}\n" for step in steps), end="")
    return good


def points(store: MissionStore, path: Path) -> None:
    """Print the times to read and write one mission, through the store and by hand-written SQL, in turn."""
    from bench.points import by_hand, by_store

    print(f"{'':24}{'p50':>9}{'p99':>9}")
    for name, seconds in (*by_store(store.store), *by_hand(path)):
        cuts = statistics.quantiles(seconds, n=100)
        print(f"{name:24}{cuts[49] * 1000:6.2f} ms{cuts[98] * 1000:6.2f} ms")


def main() -> int:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--missions", type=int, default=100_000)
    parser.add_argument("--db", type=Path, help="keep the database here, and use it again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = given.db or Path(folder) / "missions.db"
        if not path.exists():
            make(path, given.missions)
        with MissionStore(path) as store:
            good = questions(store)
            points(store, path)
    print(
        "every question under 100 ms and by an index" if good else "NOT every question is under 100 ms and by an index"
    )
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())

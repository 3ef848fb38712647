"""The harness: every contender on the same documents, side by side, in turns, in one run.

In: the command line. Out: a Markdown table on standard output; `bench/results.md` and `bench/results.svg`
unless `--quick`. It decides nothing: no test looks at a time.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import random
import resource
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, zip_longest
from pathlib import Path
from statistics import quantiles
from time import perf_counter
from typing import Any, Final

import orjson

from bench.contenders import CONTENDERS, Contender
from bench.missions import generate
from bench.report import Result, markdown, svg

HERE: Final = Path(__file__).resolve().parent
ROOT: Final = HERE.parent
FLATTEN_DOCUMENTS: Final = 2_000
POINT_READS: Final = 1_000
POINT_WRITES: Final = 300
GROWTH: Final = 5


@dataclass
class Run:
    """One run of the benchmark: its settings, its folder, its results so far."""

    folder: Path
    documents: int
    repeat: int
    contenders: list[Contender]
    values: dict[tuple[str, str, str], list[float]] = field(default_factory=dict)
    """(measure, unit, contender) -> one value a repetition."""

    @property
    def corpus(self) -> Path:
        return self.folder / f"missions-{self.documents}.jsonl"

    def database(self, contender: Contender) -> Path:
        return self.folder / f"{list(CONTENDERS).index(contender.name)}.db"

    def turns(self, verb: str) -> Iterator[tuple[int, Contender]]:
        """Give each contender that has the verb once a repetition, another one first each time."""
        able = [contender for contender in self.contenders if contender.can(verb)]
        for repetition in range(self.repeat):
            first = repetition % len(able) if able else 0
            for contender in able[first:] + able[:first]:
                gc.collect()
                yield repetition, contender

    def add(self, measure: str, unit: str, contender: Contender, value: float) -> None:
        self.values.setdefault((measure, unit, contender.name), []).append(value)

    def results(self) -> list[Result]:
        order = [contender.name for contender in self.contenders]
        measures = list(dict.fromkeys(measure for measure, _, _ in self.values))
        return sorted(
            (Result(measure, unit, name, tuple(values)) for (measure, unit, name), values in self.values.items()),
            key=lambda result: (measures.index(result.measure), order.index(result.contender)),
        )


def _lines(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        for line in file:
            yield line.rstrip(b"\n")


def _write_corpus(path: Path, documents: int) -> None:
    with path.open("wb") as file:
        for document in generate(documents):
            file.write(orjson.dumps(document, option=orjson.OPT_APPEND_NEWLINE))


def _remove(database: Path) -> None:
    for suffix in ("", "-wal", "-shm", "-journal"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)


def _timed(action: Callable[[], object]) -> float:
    begin = perf_counter()
    action()
    return perf_counter() - begin


def _exhaust(items: Iterable[object]) -> None:
    for _ in items:
        pass


# ------------------------------------------------------------------------------------------------ measures


def measure_load(run: Run) -> None:
    """Load the whole corpus from its file into a new database, indexes and closing included."""
    for _, contender in run.turns("load"):
        database = run.database(contender)
        _remove(database)
        run.add("load", "s", contender, _timed(lambda: contender.load(database, _lines(run.corpus))))  # noqa: B023


def measure_flatten(run: Run) -> None:
    """Flatten parsed documents into rows, no database, garbage collection off for everyone."""
    lines = list(islice(_lines(run.corpus), FLATTEN_DOCUMENTS))
    for _, contender in run.turns("flatten"):
        documents = [orjson.loads(line) for line in lines]  # anew: a contender may take them apart
        gc.disable()
        seconds = _timed(lambda: contender.flatten(documents))  # noqa: B023
        gc.enable()
        run.add("flatten, a document", "µs", contender, seconds / len(lines) * 1e6)


def measure_export(run: Run) -> None:
    """Give back all documents as JSON text."""
    for _, contender in run.turns("export"):
        database = run.database(contender)
        run.add("export", "s", contender, _timed(lambda: _exhaust(contender.export(database))))  # noqa: B023


def _add_points(run: Run, verb: str, contender: Contender, seconds: list[float]) -> None:
    percentiles = quantiles(seconds, n=100)
    run.add(f"{verb}, p50", "ms", contender, percentiles[49] * 1e3)
    run.add(f"{verb}, p99", "ms", contender, percentiles[98] * 1e3)


def measure_reads(run: Run) -> None:
    """Read single documents by key, in random order."""
    keys = [_key(document) for document in generate(run.documents)]
    for repetition, contender in run.turns("open"):
        chosen = random.Random(repetition).choices(keys, k=POINT_READS)
        session = contender.open(run.database(contender))
        session.read(chosen[0])
        seconds = [_timed(lambda: session.read(key)) for key in chosen]  # noqa: B023
        session.close()
        _add_points(run, "point read", contender, seconds)


def measure_writes(run: Run) -> None:
    """Replace single stored documents by slightly changed ones, one transaction each."""
    for repetition, contender in run.turns("open"):
        changed = [_changed(document, repetition) for document in generate(min(run.documents, POINT_WRITES))]
        session = contender.open(run.database(contender))
        seconds = [_timed(lambda: session.write(document)) for document in changed]  # noqa: B023
        session.close()
        _add_points(run, "point write", contender, seconds)


def _key(document: dict[str, Any]) -> str:
    key: str = document["manifest"]["metadata"]["projectId"]
    return key


def _changed(document: dict[str, Any], repetition: int) -> dict[str, Any]:
    """Change what an agent changes at the end of a session: a message, one more session, one more call."""
    document["manifest"]["status"]["message"] = f"Session {repetition} done."
    if "memory" in document:
        entry = {"session": 900 + repetition, "summary": "One more", "date": "2025-12-01T08:00:00Z"}
        document["memory"]["narrative"].append({**entry, "phase": "CODING"})
    return document


def measure_memory(run: Run) -> None:
    """Load in a process of its own, once at the corpus' size and once at five times that."""
    for count in (run.documents, run.documents * GROWTH):
        corpus = run.folder / f"missions-{count}.jsonl"
        if not corpus.exists():
            _write_corpus(corpus, count)
        for contender in run.contenders:
            if contender.can("load"):
                database = run.folder / "memory.db"
                _remove(database)
                arguments = ["--child", contender.name, str(corpus), str(database)]
                environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
                done = subprocess.run(
                    [sys.executable, "-m", "bench.run", *arguments],
                    env=environment,
                    check=True,
                    capture_output=True,
                )
                _remove(database)
                run.add(f"peak memory, load of {count:,}", "MiB", contender, int(done.stdout) / 2**20)


def _peak_bytes() -> int:
    # Linux hands a parent's ru_maxrss on to the child; VmHWM is this program's alone.
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def fidelity(run: Run) -> list[str]:
    """Say, for each contender that exports, how many documents came back as they were."""
    said = []
    for contender in run.contenders:
        if not contender.can("export"):
            continue
        same_bytes = same_values = total = 0
        for before, after in zip_longest(_lines(run.corpus), contender.export(run.database(contender))):
            total += 1
            if before is None or after is None:
                continue
            text = after.strip()
            same_bytes += before == text
            same_values += before == text or _canonical(before) == _canonical(text)
        said.append(
            f"{contender.name}: of {total:,} documents {same_bytes:,} byte for byte, "
            f"{same_values:,} with every value, the order of keys aside."
        )
    return said


def _canonical(text: bytes) -> bytes:
    return orjson.dumps(orjson.loads(text), option=orjson.OPT_SORT_KEYS)


# -------------------------------------------------------------------------------------------- command line


def _facts(run: Run) -> list[str]:
    mean = run.corpus.stat().st_size / run.documents
    versions = f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, orjson {orjson.__version__}"
    return [
        f"{run.documents:,} documents of `bench.missions`, {mean:,.0f} bytes each, {run.repeat} turns",
        f"{versions}; {platform.system()} {platform.machine()}, {os.cpu_count()} processors",
        "same settings for all: WAL, synchronous=NORMAL, 16 MiB page cache, foreign keys on",
    ]


def benchmark(run: Run) -> tuple[list[Result], list[str], list[str]]:
    """Measure everything; give results, facts and what came back."""
    _write_corpus(run.corpus, run.documents)
    for contender in run.contenders:
        contender.prepare()
    for measure in (measure_load, measure_flatten, measure_export):
        _say(measure.__doc__)
        measure(run)
    _say("Compare what came back.")
    came_back = fidelity(run)
    for measure in (measure_reads, measure_writes, measure_memory):
        _say(measure.__doc__)
        measure(run)
    return run.results(), _facts(run), came_back


def _say(text: str | None) -> None:
    print(f"… {text}", file=sys.stderr, flush=True)


def _child(name: str, corpus: str, database: str) -> None:
    contender = CONTENDERS[name]
    contender.prepare()
    contender.load(Path(database), _lines(Path(corpus)))
    print(_peak_bytes())


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure all contenders side by side."""
    parser = argparse.ArgumentParser(prog="bench.run", description=main.__doc__)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--quick", action="store_true", help="1,000 documents once; writes no files")
    parser.add_argument("--contenders", default=",".join(CONTENDERS), help="comma-separated; default: all")
    parser.add_argument("--child", nargs=3, metavar=("NAME", "CORPUS", "DATABASE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args(arguments)
    if chosen.child:
        _child(*chosen.child)
        return
    names = chosen.contenders.split(",")
    if unknown := [name for name in names if name not in CONTENDERS]:
        parser.error(f"unknown contender {unknown[0]!r}: choose from {', '.join(map(repr, CONTENDERS))}")
    with tempfile.TemporaryDirectory(prefix="docrel-bench-") as folder:
        run = Run(
            folder=Path(folder),
            documents=1_000 if chosen.quick else chosen.documents,
            repeat=1 if chosen.quick else chosen.repeat,
            contenders=[CONTENDERS[name] for name in names],
        )
        results, facts, came_back = benchmark(run)
    text = markdown(results, facts, came_back)
    print(text)
    if not chosen.quick:
        (HERE / "results.md").write_text(text, encoding="utf-8")
        (HERE / "results.svg").write_text(svg(results), encoding="utf-8")


if __name__ == "__main__":
    main()

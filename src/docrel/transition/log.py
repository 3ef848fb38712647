"""The log of a transition: what happened, and how often, as JSON Lines beside the state.

In: events and counts. Out: lines in `.vibe/state/transition/`, and their sums. Trouble is written at once;
mere counts are gathered and written once a second, so that a crash loses at most those. Lines of several
programs never mix.
"""

from __future__ import annotations

import os
import threading
import time
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from docrel.diagnostics import DocumentError
from docrel.values import jsontext

FOLDER = Path(".vibe/state/transition")
LOG, METRICS, PENDING = "log.jsonl", "metrics.jsonl", "pending.jsonl"
MAX_BYTES = 16_000_000
FLUSH_S = 1.0
BUCKETS_MS = (0.1, 0.2, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 75, 100, 150, 200, 300, 500, 1000, 5000, 60_000)
_BUCKETS = {str(bucket) for bucket in range(len(BUCKETS_MS) + 1)}
_MOST = 2**53
TROUBLE = ("fallback", "discrepancy", "error")


@dataclass(slots=True)
class Metrics:
    """Sums over one phase: reads and writes, what went wrong and when last, and how long queries took."""

    counts: Counter[str] = field(default_factory=Counter)
    latency: Counter[int] = field(default_factory=Counter)
    last_trouble: dict[str, str] = field(default_factory=dict)

    @property
    def hit_rate(self) -> float | None:
        """The share of reads that the database answered, None before the first."""
        reads = self.counts["hit"] + self.counts["fallback"]
        return self.counts["hit"] / reads if reads else None

    def percentile_ms(self, share: float) -> float | None:
        """The time that this share of queries stayed below (the upper end of its bucket), None before the first."""
        total = sum(self.latency.values())
        seen = 0
        for bucket in sorted(self.latency):
            seen += self.latency[bucket]
            if seen >= share * total:
                return BUCKETS_MS[min(bucket, len(BUCKETS_MS) - 1)]
        return None


class Log:
    """Events and counts of one workspace, written by this program."""

    def __init__(self, folder: Path, clock: Callable[[], str]) -> None:
        self._folder, self._clock = folder / FOLDER, clock
        self._lock = threading.Lock()
        self._pending = Metrics()
        self._generation = 0
        self._flushed = time.monotonic()

    def event(self, kind: str, **facts: Any) -> None:
        """Write an event at once."""
        self._append(LOG, {"at": self._clock(), "kind": kind, **facts})

    def count(self, generation: int, kind: str, query_ms: float | None = None) -> None:
        """Count a read, a write or some trouble, and how long the database took for it."""
        with self._lock:
            if generation != self._generation:
                self._flush()
                self._generation = generation
            self._pending.counts[kind] += 1
            if query_ms is not None:
                self._pending.latency[bisect_left(BUCKETS_MS, query_ms)] += 1
            if kind in TROUBLE or time.monotonic() - self._flushed >= FLUSH_S:
                self._flush()

    def flush(self) -> None:
        """Write what was counted."""
        with self._lock:
            self._flush()

    def _flush(self) -> None:
        self._flushed = time.monotonic()
        if not self._pending.counts:
            return
        line = {
            "at": self._clock(), "generation": self._generation, "counts": dict(self._pending.counts),
            "latency": {str(bucket): count for bucket, count in self._pending.latency.items()},
        }  # fmt: skip
        self._pending = Metrics()
        self._append(METRICS, line)

    def metrics(self, generation: int) -> Metrics:
        """Return the sums over a phase, of all programs."""
        self.flush()
        metrics = Metrics()
        for line in self._lines(METRICS):
            if _is_measured(line) and line["generation"] == generation:
                metrics.counts.update(line["counts"])
                metrics.latency.update({int(bucket): count for bucket, count in line["latency"].items()})
                for kind in TROUBLE:
                    if kind in line["counts"]:
                        metrics.last_trouble[kind] = max(line["at"], metrics.last_trouble.get(kind, ""))
        return metrics

    def events(self, kind: str | None = None) -> list[dict[str, Any]]:
        """Return the events that the log holds, oldest first."""
        return [line for line in self._lines(LOG) if kind is None or line.get("kind") == kind]

    # -- what the database has yet to learn -----------------------------------------------------------

    def owe(self, member: str | None, error: str) -> None:
        """Note that the database missed a write."""
        self._append(PENDING, {"at": self._clock(), "member": member, "error": error})

    def owed(self) -> list[dict[str, Any]]:
        """Return which writes the database has missed since it last caught up."""
        return list(self._lines(PENDING))

    def paid(self) -> None:
        """Note that the database has caught up."""
        (self._folder / PENDING).unlink(missing_ok=True)

    # -- lines -----------------------------------------------------------------------------------------

    def _append(self, name: str, line: dict[str, Any]) -> None:
        """Add a line; trouble with the log itself (a full disk, say) never reaches the caller."""
        path = self._folder / name
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            if name == LOG and path.exists() and path.stat().st_size > MAX_BYTES:
                path.replace(path.with_suffix(".1.jsonl"))
            file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o644)
            try:
                size = os.fstat(file).st_size
                torn = size and os.pread(file, 1, size - 1) != b"\n"
                os.write(file, (b"\n" if torn else b"") + jsontext.dumps_bytes(line) + b"\n")
            finally:
                os.close(file)
        except OSError:
            pass

    def _lines(self, name: str) -> Iterator[dict[str, Any]]:
        try:
            data = (self._folder / name).read_bytes()
        except OSError:
            return
        for text in data.split(b"\n"):
            try:
                line = jsontext.loads(text) if text.strip() else None
            except DocumentError:
                continue  # a line cut short by a crash
            if isinstance(line, dict):
                yield line


def _is_measured(line: dict[str, Any]) -> bool:
    """Say whether a line is one of `Log.count`; others are passed over, as are those that a crash cut short."""
    counts, latency = line.get("counts"), line.get("latency")
    return (
        type(line.get("generation")) is int
        and isinstance(line.get("at"), str)
        and isinstance(counts, dict)
        and isinstance(latency, dict)
        and latency.keys() <= _BUCKETS
        and all(type(n) is int and 0 <= n < _MOST for n in (*counts.values(), *latency.values()))
    )

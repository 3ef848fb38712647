"""Criteria: what a phase asks for before the next one may begin, checked by the program itself.

In: a link, with its lock held. Out: a `Status` with what was measured, and each criterion, met or not, with
what was found.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from docrel.compile import compile
from docrel.diagnostics import DocrelError
from docrel.spec import load, mapping_file
from docrel.store import open_store
from docrel.transition.current import name_of
from docrel.transition.current import read as read_current
from docrel.transition.files import etags
from docrel.transition.link import Link
from docrel.transition.log import Metrics
from docrel.transition.state import PHASES, Phase, Turn
from docrel.transition.verification import verify
from docrel.values import NOTHING, jsontext, span


@dataclass(frozen=True, slots=True)
class Criterion:
    """One condition for the next phase, and what was found."""

    wanted: str
    met: bool
    found: str


@dataclass(frozen=True, slots=True)
class Status:
    """Where a workspace stands: its phase, what was measured in it, what the next one asks for."""

    phase: Phase
    since: str
    next: Phase | None
    metrics: Metrics
    owed: int
    criteria: tuple[Criterion, ...]
    history: tuple[Turn, ...]

    @property
    def unmet(self) -> tuple[Criterion, ...]:
        """The criteria that keep the workspace from going on."""
        return tuple(criterion for criterion in self.criteria if not criterion.met)


def status_of(link: Link) -> Status:
    """Return the status of a workspace."""
    state = link.state
    at = PHASES.index(state.phase)
    following = PHASES[at + 1] if at + 1 < len(PHASES) else None
    metrics = link.log.metrics(state.generation)
    with link.lock:
        criteria = tuple(criteria_of(link, metrics))
    owed = len(link.log.owed())
    return Status(state.phase, state.since, following, metrics, owed, criteria, state.history)


def criteria_of(link: Link, metrics: Metrics) -> Iterator[Criterion]:
    """Yield the criteria of the phase that a workspace is in."""
    match link.phase:
        case "json-only":
            yield from _before_dual_write(link)
        case "dual-write":
            yield _verified(link)
            yield _caught_up(link)
            yield _stable(link, metrics, "no errors in dual-write mode", ("error",))
        case "hybrid-read":
            yield _verified(link)
            yield _enough_reads(link, metrics)
            yield _all_hits(metrics)
            yield _stable(link, metrics, "no fallback, no discrepancy, no error", ("fallback", "discrepancy", "error"))
            yield _fast(link, metrics)
        case "sql-primary":
            yield _verified(link, every_document=True)
            yield _files_unchanged(link)
            yield _stable(link, metrics, "no fallback to a file, no error", ("fallback", "error"))
            yield _fast(link, metrics)
        case "sql-only":
            yield _verified(link, every_document=True)
            yield _no_files(link)


def _before_dual_write(link: Link) -> Iterator[Criterion]:
    members = link.files.all()
    fault = next((f"{m}: {d.message}" for m, d in members.broken.items()), "")
    yield Criterion("every file can be read", not members.broken, fault or f"{len(members.values)} files")
    fault = _misfit(link, members.values) if members.values else ""
    yield Criterion("the mapping takes the document exactly", not fault, fault or "round trip exact")
    folder = next(p for p in (link.database.parent, *link.database.parents) if p.exists())
    writable = os.access(folder, os.W_OK)
    yield Criterion("a database can be made", writable, str(link.database) if writable else f"{folder} is read-only")


def _misfit(link: Link, members: Mapping[str, Any]) -> str:
    """Return why the mapping would not take a document exactly, the empty text where it would."""
    try:
        with open_store(":memory:", compile(load(mapping_file(link.mapping)))) as store:
            outcome = store.put(dict(members), name_of(link.folder))
            difference = jsontext.first_difference(dict(members), store.get(outcome.key))
    except DocrelError as e:
        return str(e).splitlines()[0]
    return "" if difference is None else f"{difference[0]} would not come back as it is"


def _verified(link: Link, *, every_document: bool = False) -> Criterion:
    verification = verify(link, every_document=every_document)
    if every_document:
        wanted = "the database is whole, and every document comes back as it was"
        told = f"{verification.documents} documents"
    else:
        wanted = "all state is in files and database, and the same"
        told = f"{verification.members} files compared"
    return Criterion(wanted, verification.ok, told if verification.ok else verification.faults[0])


def _caught_up(link: Link) -> Criterion:
    owed = len(link.log.owed())
    return Criterion("the database has missed no write", not owed, f"{owed} to catch up" if owed else "none")


def _stable(link: Link, metrics: Metrics, what: str, kinds: tuple[str, ...]) -> Criterion:
    """No trouble of some kinds for the time that was set, and the phase at least as long."""
    last = max((metrics.last_trouble.get(kind, "") for kind in kinds), default="")
    lasted_s = max(0.0, _seconds_between(max(last, link.state.since), link.clock()))
    wanted_s = link.settings.stable_s
    times = sum(metrics.counts[kind] for kind in kinds)
    told = f"for {span(lasted_s)}" + (f"; {times} so far, the last at {last}" if times else "")
    return Criterion(f"{what} for {span(wanted_s)}", lasted_s >= wanted_s, told)


def _enough_reads(link: Link, metrics: Metrics) -> Criterion:
    reads, wanted = metrics.counts["hit"] + metrics.counts["fallback"], link.settings.min_reads
    return Criterion(f"at least {wanted} reads", reads >= wanted, f"{reads} reads")


def _all_hits(metrics: Metrics) -> Criterion:
    rate, fallbacks = metrics.hit_rate, metrics.counts["fallback"]
    told = "no reads yet" if rate is None else f"{rate:.2%}, {fallbacks} fallbacks"
    return Criterion("the database answers every read", not fallbacks, told)


def _fast(link: Link, metrics: Metrics) -> Criterion:
    slowest_ms, target = metrics.percentile_ms(0.99), link.settings.target_ms
    told = "no queries yet" if slowest_ms is None else f"99 % within {slowest_ms:g} ms"
    return Criterion(f"queries within {target:g} ms", slowest_ms is None or slowest_ms <= target, told)


def _files_unchanged(link: Link) -> Criterion:
    wanted = "no program writes the files any more"
    try:
        agreed = read_current(link.store()).agreed
    except DocrelError as e:
        return Criterion(wanted, False, str(e))
    members = link.files.all()
    now = etags(members.values)
    odd = [m for m in link.files.paths if m in members.broken or now.get(m, NOTHING) != agreed.get(m, NOTHING)]
    return Criterion(wanted, not odd, f"changed: {', '.join(odd)}" if odd else f"{len(now)} files unchanged")


def _no_files(link: Link) -> Criterion:
    odd = [str(path.relative_to(link.folder)) for path in link.files.paths.values() if path.exists()]
    return Criterion("no state is left in JSON files", not odd, ", ".join(odd) if odd else "none")


def _seconds_between(a: str, b: str) -> float:
    try:
        return (datetime.fromisoformat(b) - datetime.fromisoformat(a)).total_seconds()
    except (TypeError, ValueError):
        return 0.0

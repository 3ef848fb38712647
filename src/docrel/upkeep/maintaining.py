"""Maintaining: what a database needs from time to time, done where it pays.

In: an open store. Out: what was done and what somebody should look at. Documents stay as they are.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docrel.store import Store

ALERT_BYTES = 100_000_000
WORTH_BYTES, WORTH_SHARE = 1_000_000, 0.2


@dataclass(slots=True)
class Maintenance:
    """What was done: space given back, shapes nobody uses collected; and what to look at."""

    bytes_before: int = 0
    bytes_after: int = 0
    shapes: int = 0
    vacuumed: bool = False
    alerts: list[str] = field(default_factory=list)


def maintain(store: Store, *, alert_bytes: float = ALERT_BYTES, vacuum: bool = False) -> Maintenance:
    """Collect what is left over, refresh the planner's statistics, and give space back where that is worth it."""
    report = Maintenance(bytes_before=store.backend.size().bytes)
    with store.transaction():
        for table in store.plan.tables:
            store.backend.execute(store.dml.delete_stale(table))
        report.shapes = store.backend.execute(store.dml.count_shapes)[0][0]
        store.backend.execute(store.dml.delete_shapes)
    free = store.backend.size().free
    report.vacuumed = vacuum or (free >= WORTH_BYTES and free >= WORTH_SHARE * report.bytes_before)
    store.backend.tidy(vacuum=report.vacuumed)
    report.bytes_after = store.backend.size().bytes
    if report.bytes_after > alert_bytes:
        report.alerts.append(
            f"the database has {report.bytes_after / 1e6:,.0f} MB, more than {alert_bytes / 1e6:,.0f} MB: "
            "move what is over and done with away: `docrel archive`"
        )
    return report

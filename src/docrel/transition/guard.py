"""The guard: the alarms that take a workspace back to its files without anybody asking.

In: work to do with the database. Out: its result; and, where the database turned out to be damaged, to lose
data or to be too slow again and again, a rollback that is logged with its reason.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeVar

from docrel.diagnostics import DamagedError, DocrelError, StoreError
from docrel.store import MigratedError
from docrel.transition import moves
from docrel.transition.link import SQL_LEADS, Link
from docrel.transition.state import Phase

WATCHED = 20  # queries
MIGRATIONS = 10  # that may come in between before a caller hears of it
_T = TypeVar("_T")


class Guard:
    """Watches over what one program does with the database of a workspace."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._slow: deque[bool] = deque(maxlen=WATCHED)

    def guarded(self, work: Callable[[], _T]) -> _T:
        """Do some work; go back to files where the database that leads turns out to be no good, and do it again."""
        generation = self.link.state.generation
        try:
            result = following(work)
        except StoreError as e:
            if self.link.phase in SQL_LEADS and isinstance(e, DamagedError) and self.link.settings.automatic:
                self._go_back("json-only", told(e))
            elif self.link.state.generation == generation:
                raise
            return work()
        self._look_at_the_times()
        return result

    def alarm(self, e: Exception) -> None:
        """Stop using a database that is damaged or loses data, while files lead."""
        if isinstance(e, DamagedError) and self.link.settings.automatic:
            self._go_back("json-only", told(e))

    def _look_at_the_times(self) -> None:
        slow, settings = sum(self._slow), self.link.settings
        if not slow or slow < settings.slow_queries:
            return
        self._slow.clear()
        if settings.automatic and self.link.phase in {"hybrid-read", *SQL_LEADS}:
            self._go_back("dual-write", f"{slow} of the last {WATCHED} queries took over {settings.limit_ms:g} ms")

    def _go_back(self, target: Phase, reason: str) -> None:
        with self.link.lock:
            if self.link.phase in {"json-only", target}:
                return
            self._slow.clear()
            moves.rollback(self.link, target, reason=f"automatic: {reason}")

    def timed(self, work: Callable[[], _T]) -> _T:
        """Do some work, and count how long it took."""
        began = self.link.timer()
        try:
            return following(work)
        finally:
            took_ms = (self.link.timer() - began) * 1000
            self._slow.append(took_ms > self.link.settings.limit_ms)
            self.link.count("query", took_ms)


def following(work: Callable[[], _T]) -> _T:
    """Do some work, and again where a migration came in between: by the new plan, which the link follows."""
    for _ in range(MIGRATIONS):
        try:
            return work()
        except MigratedError:
            pass
    return work()


def told(e: Exception) -> str:
    """Return what an error says, in one line."""
    return e.diagnostics[0].message if isinstance(e, DocrelError) else f"{type(e).__name__}: {e}"

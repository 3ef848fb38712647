"""The mission store: missions with the verbs of their trade, without configuration.

In: a database file or a workspace folder. Out: missions and what was recorded on them, as typed rows. Thin:
every verb is a change to a mission *document* (or one row of it), so that documents and rows always say the
same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self, Unpack

from docrel.diagnostics import Diagnostic, DocrelError, StoreError
from docrel.documents import WHOLE, member_of
from docrel.files import FileLock
from docrel.missions import legacy
from docrel.missions.fields import BudgetFields, MissionFields
from docrel.missions.ledger import Mission
from docrel.missions.memory import Memory
from docrel.missions.places import document_of, set_status, write_at
from docrel.missions.questions import Questions
from docrel.missions.records import Records
from docrel.store import Record, open_or_make
from docrel.transition import DATABASE, STATE_FILE
from docrel.upkeep import check_on_opening
from docrel.values import utc_now

LOCK = Path(".vibe/state/missions.lock")


class MissionStore(Records, Memory, Questions):
    """Missions in one database. Use it as a context manager, or `close` it.

    Attributes:
        notices: What opening found that somebody should look at.
    """

    def __init__(
        self, path: str | Path = ":memory:", *, timeout_s: float = 30.0, clock: Callable[[], str] = utc_now
    ) -> None:
        if str(path) != ":memory:":
            with _usable(path):
                Path(path).parent.mkdir(parents=True, exist_ok=True)
        self._store = open_or_make(path, "missions", timeout_s=timeout_s, clock=clock)
        self.notices: tuple[Diagnostic, ...] = ()
        try:
            check_on_opening(self._store)
        except BaseException:
            self._store.close()
            raise

    @classmethod
    def open(cls, workspace: str | Path, *, clock: Callable[[], str] = utc_now) -> Self:
        """Open or make the database of a workspace, and import the JSON state that lies there, once.

        Where a transition is under way (`docrel.transition`) the files are its own and left alone.
        """
        folder = Path(workspace)
        with _usable(folder), FileLock(folder / LOCK):
            missions = cls(folder / DATABASE, clock=clock)
            if not (folder / STATE_FILE).exists():
                missions.notices = legacy.import_workspace(missions.store, folder)
        return missions

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, e: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the database."""
        self._store.close()

    def insert_mission(
        self,
        mission_uuid: str,
        phase: str,
        status: str,
        created_at: str | None = None,
        *,
        metadata: Mapping[str, Any] | None = None,
        **columns: Unpack[MissionFields],
    ) -> int:
        """Store a new mission and return its id; `metadata` is what its active_mission file holds besides.

        Raises:
            DocumentError: A constraint forbids it.
            StoreError: S433, there is one with this mission_uuid.
        """
        values = {"mission_uuid": mission_uuid, "phase": phase, "status": status, **columns}
        values["created_at"] = created_at or self._store.clock()
        document = document_of(values, metadata)
        with self.writing() as store:
            if mission_uuid in store:
                message = f"there is a mission {mission_uuid!r} already"
                advice = "give another mission_uuid, or change the one that is there"
                raise StoreError.one("S433", message, subject=store.backend.name, help=advice)
            store.put(document)
            return self._id(mission_uuid)

    def get_mission(self, mission: Mission) -> Record:
        """Return a mission's row, None where there is none."""
        column = "id" if isinstance(mission, int) else "mission_uuid"
        with self.reading() as store:
            rows = store.rows_where("missions", f"{column} = ?", [mission])
        return rows[0] if rows else None

    def get_document(self, mission: Mission) -> Any:
        """Return a mission's whole document."""
        with self.reading() as store:
            return store.get(self._key(mission))

    def update_mission_status(self, mission: Mission, status: str, completed_at: str | None = None) -> None:
        """Set a mission's status, and when it was completed."""

        def change(document: dict[str, Any]) -> dict[str, Any]:
            set_status(document, status)
            if completed_at is not None:
                write_at(document, ("manifest", "status", "completedAt"), completed_at)
            return document

        with self.writing() as store:
            store.edit(self._key(mission), change)

    def update_mission_budget(self, mission: Mission, **values: Unpack[BudgetFields]) -> None:
        """Set some of `max_cost_usd`, `current_cost_usd`, `alert_threshold`, `cost_breakdown`."""
        unknown = [name for name in values if name not in _BUDGET]
        if unknown:
            raise TypeError(f"a budget has no {unknown[0]!r}; it has {', '.join(_BUDGET)}")
        self._set(mission, {("manifest", "budget", name): value for name, value in values.items()})

    def delete_mission(self, mission: Mission) -> None:
        """Delete a mission and everything recorded on it."""
        with self.writing() as store:
            store.delete(self._key(mission))

    def import_legacy_mission(self, content: Mapping[str, Any], *, key: str | None = None) -> int:
        """Store the content of a legacy JSON file, or a whole mission document, and return the mission's id.

        `key` names a mission that does not name itself. What is stored of the mission's other files stays.
        """
        if not isinstance(content, Mapping):
            raise TypeError(f"the content of a mission's file is an object, no {type(content).__name__}")
        with self.writing() as store:
            member = member_of(store.plan, None, content) or "active_mission"
            document = dict(content) if member == WHOLE else {member: dict(content)}
            name = store.key_of(document, key)
            if name in store:
                document = {**store.get(name), **document}
            return self._id(store.put(document, key).key)


@contextmanager
def _usable(path: str | Path) -> Iterator[None]:
    """Use a path within; what the system has against it is S407."""
    try:
        yield
    except DocrelError:
        raise
    except (OSError, ValueError) as e:
        message = f"it cannot be used: {getattr(e, 'strerror', None) or e}"
        advice = "name a file or folder that may be written, in a folder that is there or can be made"
        raise StoreError.one("S407", message, subject=path, help=advice) from e


_BUDGET = ("max_cost_usd", "current_cost_usd", "alert_threshold", "cost_breakdown")

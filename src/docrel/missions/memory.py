"""Memory: what agents remember on a mission, for a time or for good.

In: a mission, a key, a value. Out: the value, until it expires. The session handoff is one such memory.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from docrel.missions.ledger import Ledger, Mission
from docrel.store import Store

_HANDOFF = "session_handoff"


class Memory(Ledger):
    """The verbs that remember and recall."""

    def set_memory(self, mission: Mission, key: str, value: Any, ttl: int | None = None) -> None:
        """Remember a value, in the place of the one that has this key; `ttl` is in seconds."""
        item = {"key": key, "value": value, "timestamp": self._store.clock()} | ({} if ttl is None else {"ttl": ttl})
        with self.writing() as store:
            name = self._key(mission)
            if key == _HANDOFF:
                store.put_part(name, _HANDOFF, value)
            elif not store.rows_where("agent_memory", "mission_id = ? AND key = ?", [self._id(name), key]):
                self._append(name, "agent_memory", item)
            else:
                store.edit(name, lambda document: _remembered(document, item))

    def get_memory(self, mission: Mission, key: str, default: Any = None) -> Any:
        """Return what is remembered under a key, the default where there is nothing or it has expired."""
        with self.reading() as store:
            memories = store.rows_where(
                "agent_memory", "mission_id = (SELECT id FROM missions WHERE mission_uuid = ?) AND key = ?",
                [self._key(mission), key],
            )  # fmt: skip
        if not memories or _is_past(memories[0].expires_at, self._store.clock()):
            return default
        return memories[0].value

    def expire_memory(self) -> int:
        """Forget what has expired, and return how many memories that was."""
        with self.writing() as store:
            return expire(store)


def expire(store: Store) -> int:
    """Forget the expired memories of all missions, and return how many there were."""
    select = (
        "SELECT a.id, m.mission_uuid FROM agent_memory a JOIN missions m ON m.id = a.mission_id"
        " WHERE a.expires_at IS NOT NULL AND julianday(a.expires_at) <= julianday(?)"
    )
    with store.transaction():
        expired = store.backend.execute(select, [store.clock()])
        store.backend.execute_many("DELETE FROM agent_memory WHERE id = ?", [(row,) for row, _ in expired])
        for key in dict.fromkeys(key for _, key in expired):
            store.put(store.get(key), key)  # so that no note on a row is left behind
    return len(expired)


def _remembered(document: dict[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    memories = document["records"]["agent_memory"]
    for n, memory in enumerate(memories):
        if isinstance(memory, dict) and memory.get("key") == item["key"]:
            memories[n] = item
    return document


def _is_past(time: Any, now: str) -> bool:
    try:
        at, clock = datetime.fromisoformat(time), datetime.fromisoformat(now)
    except (TypeError, ValueError):
        return False
    if at.tzinfo is None:
        at = at.replace(tzinfo=clock.tzinfo)
    return at - clock <= timedelta(0)

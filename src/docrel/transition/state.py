"""The state of a transition: its phase and how it got there, kept in the workspace.

In: a workspace folder. Out: a frozen `State`, and the file `.vibe/state/transition.json`, written
atomically. Nothing here acts on documents.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from docrel.diagnostics import StoreError
from docrel.documents import write_file
from docrel.values import seconds

Phase = Literal["json-only", "dual-write", "hybrid-read", "sql-primary", "sql-only"]
PHASES: tuple[Phase, ...] = get_args(Phase)
STATE_FILE = Path(".vibe/state/transition.json")
_VERSION = 1


@dataclass(frozen=True, slots=True)
class Settings:
    """What may be set for one workspace (`docrel transition set NAME=VALUE`).

    Attributes:
        stable_s: How long a phase has to run without trouble before the next one.
        min_reads: How many reads have to be counted before reads can be called reliable.
        target_ms: What 99 of 100 queries have to stay below for the next phase.
        limit_ms: A query above this is a reason to go back, when it happens `slow_queries` times in 20.
        slow_queries: See `limit_ms`.
        automatic: Go back without being asked when the database that leads is damaged, or too slow again and again.
        verify_writes: Read every write back before it is committed.
    """

    stable_s: float = 7 * 86_400
    min_reads: int = 100
    target_ms: float = 100.0
    limit_ms: float = 500.0
    slow_queries: int = 3
    automatic: bool = True
    verify_writes: bool = True

    def with_text(self, name: str, text: str) -> Settings:
        """Return the settings with one set from text; `7d`, `12h`, `30m`, `10s` for times.

        Raises:
            ValueError: There is no such setting, or the text is not what it takes.
        """
        known = {f.name: f for f in fields(self)}
        if name not in known:
            raise ValueError(f"{name!r} is none of {', '.join(known)}")
        if name in {"automatic", "verify_writes"}:
            if text not in {"true", "false"}:
                raise ValueError(f"{name} is true or false")
            return replace(self, **{name: text == "true"})
        number = seconds(text) if name == "stable_s" else float(text)
        if number < 0:
            raise ValueError(f"{name} cannot be negative")
        whole = name in {"min_reads", "slow_queries"}
        changed: dict[str, Any] = {name: int(number) if whole else number}
        return replace(self, **changed)


@dataclass(frozen=True, slots=True)
class Turn:
    """One change of phase: when, from where to where, why, and which criteria it went over by force."""

    at: str
    source: Phase
    target: Phase
    reason: str = ""
    forced: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class State:
    """Where a workspace is in its transition.

    Attributes:
        phase: The phase it is in.
        since: When it came there.
        generation: Counts the changes of phase; measurements carry it.
        finish: What is still to be done to complete the last change, if a crash cut it short.
        set_aside: The database file that a rollback to JSON put aside, in `.vibe/state`.
    """

    phase: Phase = "json-only"
    since: str = ""
    generation: int = 0
    finish: Literal["", "set-database-aside", "archive-files"] = ""
    set_aside: str = ""
    settings: Settings = field(default_factory=Settings)
    history: tuple[Turn, ...] = ()

    def turned(self, target: Phase, at: str, reason: str = "", forced: tuple[str, ...] = ()) -> State:
        """Return the state after a change of phase."""
        turn = Turn(at, self.phase, target, reason, forced)
        return replace(self, phase=target, since=at, generation=self.generation + 1, history=(*self.history, turn))


def load(folder: Path) -> State | None:
    """Return the state of a workspace, None where no transition was begun.

    Raises:
        StoreError: T602, the file is not one that this program wrote.
    """
    path = folder / STATE_FILE
    try:
        text = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as e:
        raise _unreadable(path, str(e)) from e
    try:
        return _from_json(json.loads(text))
    except (ValueError, KeyError, TypeError, AttributeError) as e:
        raise _unreadable(path, str(e)) from e


def save(folder: Path, state: State) -> None:
    """Write the state of a workspace: the old one or the new one, also after a crash."""
    path = folder / STATE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, [json.dumps({"version": _VERSION, **asdict(state)}, indent=2).encode() + b"\n"])


def _from_json(content: Mapping[str, Any]) -> State:
    if content["version"] != _VERSION or content["phase"] not in PHASES:
        raise ValueError(f"version {content['version']!r}, phase {content['phase']!r}")
    known = {f.name for f in fields(Settings)}
    return State(
        content["phase"],
        content["since"],
        content["generation"],
        content["finish"],
        content["set_aside"],
        Settings(**{name: value for name, value in content["settings"].items() if name in known}),
        tuple(Turn(t["at"], t["source"], t["target"], t["reason"], tuple(t["forced"])) for t in content["history"]),
    )


def _unreadable(path: Path, message: str) -> StoreError:
    advice = "restore the file from a copy; the phase decides whether files or the database lead"
    return StoreError.one("T602", f"the state of the transition cannot be read: {message}", subject=path, help=advice)

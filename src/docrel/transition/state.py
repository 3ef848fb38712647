"""The state of a transition: its phase and how it got there, kept in the workspace.

In: a workspace folder. Out: a frozen `State`, and the file `.vibe/state/transition.json`, written
atomically. Nothing here acts on documents.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal, get_args

from docrel.diagnostics import DocumentError, StoreError, shortened
from docrel.documents import write_file
from docrel.values import jsontext, seconds

Phase = Literal["json-only", "dual-write", "hybrid-read", "sql-primary", "sql-only"]
PHASES: tuple[Phase, ...] = get_args(Phase)
Finish = Literal["", "set-database-aside", "archive-files"]
STATE_FILE = Path(".vibe/state/transition.json")
_VERSION = 1
_FINISHED_IN: dict[Finish, Phase] = {"set-database-aside": "json-only", "archive-files": "sql-only"}
"""The phase that what is still to be done completes the change to."""
_SET_ASIDE = re.compile(r"missions_rollback_[0-9]+(_[0-9]+)?\.db")


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
        if not _is_amount(number):
            raise ValueError(f"{name} cannot be negative, nor without end")
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
    finish: Finish = ""
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
        content = jsontext.loads(path.read_bytes(), file=str(path))
    except FileNotFoundError:
        return None
    except OSError as e:
        raise _unreadable(path, str(e)) from e
    except DocumentError as e:
        raise _unreadable(path, e.diagnostics[0].message) from e
    try:
        return _from_json(content)
    except ValueError as e:
        raise _unreadable(path, str(e)) from e


def save(folder: Path, state: State) -> None:
    """Write the state of a workspace: the old one or the new one, also after a crash."""
    path = folder / STATE_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_file(path, [json.dumps({"version": _VERSION, **asdict(state)}, indent=2).encode() + b"\n"])


def _from_json(content: Any) -> State:
    """Return the state that a file says; ValueError, by the name of the member, for what `save` never writes."""
    members = _checked(content, {"version": lambda v: type(v) is int and v == _VERSION, **_STATE}, "the state")
    known = {name: value for name, value in members["settings"].items() if name in _SETTINGS}
    settings = Settings(**_checked(known, {name: _SETTINGS[name] for name in known}, "the settings"))
    history = [_checked(turn, _TURN, "the history") for turn in members["history"]]
    turns = tuple(Turn(**{**turn, "forced": tuple(turn["forced"])}) for turn in history)
    state = State(**{**members, "settings": settings, "history": turns})
    if state.finish and state.phase != _FINISHED_IN[state.finish]:
        raise ValueError(f"{state.finish} is nothing to be done in {state.phase}")
    if state.finish == "set-database-aside" and not state.set_aside:
        raise ValueError("set-database-aside without a name")
    return state


def _checked(content: Any, wanted: dict[str, Callable[[Any], bool]], what: str) -> dict[str, Any]:
    """Return the members of an object that are wanted, each of its type."""
    if not isinstance(content, dict):
        raise ValueError(f"{what}: {_shown(content)} is no object")
    for name, fits in wanted.items():
        if name not in content:
            raise ValueError(f"{what}: there is no {name}")
        if not fits(content[name]):
            raise ValueError(f"{what}: {name} cannot be {_shown(content[name])}")
    return {name: content[name] for name in wanted if name != "version"}


def _shown(value: Any) -> str:
    return shortened(ascii(value), 80)


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_phase(value: Any) -> bool:
    return value in PHASES


def _is_amount(value: Any) -> bool:
    return type(value) in {int, float} and 0 <= value <= sys.float_info.max


def _is_count(value: Any) -> bool:
    return type(value) is int and _is_amount(value)


def _is_switch(value: Any) -> bool:
    return isinstance(value, bool)


_SETTINGS: dict[str, Callable[[Any], bool]] = {
    "stable_s": _is_amount, "min_reads": _is_count, "target_ms": _is_amount, "limit_ms": _is_amount,
    "slow_queries": _is_count, "automatic": _is_switch, "verify_writes": _is_switch,
}  # fmt: skip
_TURN: dict[str, Callable[[Any], bool]] = {
    "at": _is_text, "source": _is_phase, "target": _is_phase, "reason": _is_text,
    "forced": lambda v: isinstance(v, list) and all(map(_is_text, v)),
}  # fmt: skip
_STATE: dict[str, Callable[[Any], bool]] = {
    "phase": _is_phase, "since": _is_text, "generation": _is_count,
    "finish": lambda v: v in get_args(Finish),
    "set_aside": lambda v: v == "" or (_is_text(v) and _SET_ASIDE.fullmatch(v) is not None),
    "settings": lambda v: isinstance(v, dict), "history": lambda v: isinstance(v, list),
}  # fmt: skip


def _unreadable(path: Path, message: str) -> StoreError:
    advice = "restore the file from a copy; the phase decides whether files or the database lead"
    return StoreError.one("T602", f"the state of the transition cannot be read: {message}", subject=path, help=advice)

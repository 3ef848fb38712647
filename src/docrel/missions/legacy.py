"""Legacy: JSON files of a workspace brought into the database once, and kept under a new name.

In: a workspace folder and a store. Out: what was imported, and what could not be. A file is renamed only
after its content is committed; a crash in between repeats the import, which then changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docrel.diagnostics import Diagnostic, DocumentError
from docrel.documents import part_path, parts_folder_in, pretty, read_bytes, write_new
from docrel.files import move_new
from docrel.plan import Plan
from docrel.store import Store
from docrel.values import compact, jsontext

CONFIGURATION = ".vibe/config/"  # these stay JSON: they are read along and left where they are


def import_workspace(store: Store, folder: Path) -> tuple[Diagnostic, ...]:
    """Import the JSON state of a workspace and rename its files to `<name>_migrated_<time>.json`.

    A mission that is stored already gets the members that the files have; as it was it is kept in
    `.vibe/archive`.

    Returns:
        What could not be imported and why; those files stay as they are.
    """
    files = dict(_state_files(folder, store.plan))
    if not files:
        return ()
    members, faults = _read({**dict(_configuration(folder, store.plan)), **files})
    if not any(member in files for member in members):
        return tuple(faults)
    try:
        _bring_in(store, members, folder)
    except DocumentError as e:
        return (*faults, *e.diagnostics)
    for member, path in files.items():
        if member in members:
            move_new(path, path.with_name(f"{path.stem}_migrated_{compact(store.clock())}{path.suffix}"))
    return tuple(faults)


def _bring_in(store: Store, members: dict[str, Any], folder: Path) -> None:
    with store.transaction():
        key = store.key_of(members, folder.resolve().name)
        if key not in store:
            store.put(members, str(key))
            return
        before = store.get(key)
        after = {**before, **members}
        if not jsontext.same(before, after):
            name = f"mission_before_import_{compact(store.clock())}.json"
            archive = folder / ".vibe" / "archive"
            archive.mkdir(parents=True, exist_ok=True)
            write_new(archive / name, [pretty(before)])
            store.put(after, str(key))


def _read(files: dict[str, Path]) -> tuple[dict[str, Any], list[Diagnostic]]:
    members: dict[str, Any] = {}
    faults: list[Diagnostic] = []
    for member, path in files.items():
        try:
            members[member] = jsontext.loads(read_bytes(path), file=str(path))
        except DocumentError as e:
            faults.extend(e.diagnostics)
    return members, faults


def _state_files(folder: Path, plan: Plan) -> Iterator[tuple[str, Path]]:
    parts = parts_folder_in(folder, plan)
    for member, path in parts.files if parts is not None else ():
        if member not in dict(_configuration(folder, plan)):
            yield member, path


def _configuration(folder: Path, plan: Plan) -> Iterator[tuple[str, Path]]:
    for part in plan.parts:
        if part.file.startswith(CONFIGURATION) and part_path(folder, part).exists():
            yield part.member, part_path(folder, part)

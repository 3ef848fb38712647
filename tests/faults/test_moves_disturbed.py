"""Moves of documents that refer to each other, disturbed at any statement: killed there, or by another program.

Small random graphs lie in two databases, and some of their nodes are moved from the one to the other. In the end no
node is lost, each is in one place or the same in both, and a move that is run again does what it can do at all, or says
what is in its way and changes nothing.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from forked import TRIALS

from docrel import compile, spec
from docrel.backends.sqlite.backend import SQLite
from docrel.diagnostics import DocrelError, DocumentError
from docrel.store import Store, open_store
from docrel.upkeep import archiving, move

MAPPING = """
mapping: graph
version: 1
document: {key: k}
tables:
  node:
    columns:
      k: {type: text, required: true, unique: true}
      v: integer
    tables:
      link: {each: 'to[*]', columns: {k: {from: '@', type: text, references: node.k}}}
"""
NAMES = "abcdefg"
Nodes = dict[str, dict[str, Any]]
Act = Callable[[], None]
Mover = Callable[[list[str], Store, Store], Any]


def node(k: str, v: int, to: list[str]) -> dict[str, Any]:
    return {"k": k, "v": v, "to": sorted(to)}


def dangling(nodes: Nodes) -> bool:
    return any(k not in nodes for found in nodes.values() for k in found["to"])


class KilledError(BaseException):
    """Ends a move at a statement, as a kill does: nobody else catches it, and SQLite undoes what is open."""


class World:
    """Two databases, what they hold, and other programs that write to them.

    Attributes:
        latest: What was acknowledged last, by key.
        deleted: What another program has deleted somewhere; it may be gone.
        twice: What was in both while no move was under way; another program may have changed one of them.
    """

    def __init__(self, folder: Path) -> None:
        plan = compile.compile(spec.loads(MAPPING))
        self.stores = [open_store(folder / f"{name}.db", plan) for name in ("one", "two")]
        self.others = [open_store(folder / f"{name}.db", timeout_s=0) for name in ("one", "two")]
        self.latest: Nodes = {}
        self.deleted: set[str] = set()
        self.twice: set[str] = set()

    def close(self) -> None:
        for store in (*self.stores, *self.others):
            store.close()

    def fill(self, chance: random.Random) -> None:
        """Begin anew: some nodes here, some there, some of those that refer to nothing in both."""
        names = NAMES[: chance.randint(3, len(NAMES))]
        sides: list[Nodes] = [{}, {}]
        homes = {k: chance.random() < 0.25 for k in names}
        for k, home in homes.items():
            near = [n for n in names if homes[n] == home]
            sides[home][k] = node(k, 0, chance.sample(near, min(len(near), chance.choice([0, 1, 1, 2]))))
        lone = [k for k, found in sides[0].items() if not found["to"]]
        sides[1].update({k: sides[0][k] for k in lone if chance.random() < 0.2})
        if chance.random() < 0.5:
            sides.reverse()
        for store, nodes in zip(self.stores, sides, strict=True):
            with store.transaction():
                for k in list(store.keys()):
                    store.delete(k)
                for found in nodes.values():
                    store.put(found)
        self.latest, self.deleted, self.twice = {**sides[0], **sides[1]}, set(), {*sides[0]} & {*sides[1]}

    def nodes(self) -> list[Nodes]:
        return [dict(store.scan()) for store in self.stores]

    def disturb(self, chance: random.Random) -> None:
        """Let another program do something, for which the databases may be busy, and which they may refuse."""
        side = chance.randrange(2)
        store, k = self.others[side], chance.choice(NAMES)
        to = chance.sample(NAMES, chance.randint(0, 2))
        action = chance.choice(["edit", "edit", "put", "delete", "move"])
        with suppress(DocrelError):
            if action == "move":
                move([k, *to], store, self.others[1 - side])
            elif action == "delete":
                store.delete(k)
                self.deleted.add(k)
            elif action == "edit" or k not in self.latest:
                changed = node(k, self.latest[k]["v"] + 1 if k in self.latest else 0, to)
                store.edit(k, lambda _: changed) if action == "edit" else store.put(changed)
                self.latest[k] = changed

    def mend(self) -> None:
        """Bring the right one of two forms into the other database, as S438 says; that may refuse it."""
        for store in self.stores:
            with suppress(DocumentError):
                store.import_([found for k, found in self.latest.items() if k in self.twice and k in store])

    def check(self) -> None:
        """Nothing that was acknowledged is lost, and no node is in two forms."""
        here, there = self.nodes()
        assert not dangling(here), here
        assert not dangling(there), there
        for k, found in self.latest.items():
            assert k in self.deleted or found in (here.get(k), there.get(k)), f"{k} is lost"
            same = k not in here or k not in there or here[k] == there[k]
            assert same or k in self.twice, f"{k} is there in two forms"


@contextmanager
def at_statement(stores: list[Store], number: int, act: Act, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Let something happen before one of the statements of some stores; gives those statements."""
    backends: list[object] = [store.backend for store in stores]
    statements: list[str] = []
    busy: list[SQLite] = []

    def watched(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(backend: SQLite, sql: Any, *arguments: Any) -> Any:
            if backend in backends and not busy:
                busy.append(backend)
                if len(statements) == number:
                    act()
                statements.append(str(sql))
                busy.clear()
            return real(backend, sql, *arguments)

        return call

    with monkeypatch.context() as patched:
        for name in ("execute", "execute_many", "load"):
            patched.setattr(SQLite, name, watched(getattr(SQLite, name)))
        yield statements


def expected(keys: list[str], source: Nodes, target: Nodes) -> tuple[str, list[Nodes]]:
    """Return what a move that nobody disturbs has to do: the code of its refusal, and what is where then."""
    moving = [k for k in keys if k in source]
    after = [{k: v for k, v in source.items() if k not in moving}, target | {k: source[k] for k in moving}]
    if any(k not in source and k not in target for k in keys):
        return "S420", [source, target]
    if any(target.get(k, source[k]) != source[k] for k in moving):
        return "S438", [source, target]
    if dangling(after[0]) or dangling(after[1]):
        return "D320", [source, target]
    return "", after


def run(mover: Mover, keys: list[str], source: Store, target: Store) -> str:
    """Move, and return how it ended."""
    try:
        mover(keys, source, target)
    except DocrelError as e:
        return e.diagnostics[0].code
    except KilledError:
        return "killed"
    return ""


def chosen(nodes: Nodes, chance: random.Random) -> list[str]:
    """Return nodes to move: any, or such that refer to no others, and to which no others refer."""
    keys = set(chance.sample(sorted(nodes), chance.randint(1, len(nodes)))) if nodes else set()
    while chance.random() < 0.7:
        near = {n for k in keys for n in nodes[k]["to"]} | {k for k, found in nodes.items() if keys & {*found["to"]}}
        if near <= keys:
            break
        keys |= near
    return chance.sample(sorted(keys), len(keys))


def trial(seed: int, world: World, mover: Mover, monkeypatch: pytest.MonkeyPatch) -> str:
    """Move some nodes, disturbed at one statement; then let another program go on, and move them again."""
    side = seed % 2
    source, target = world.stores[side], world.stores[1 - side]

    def filled() -> list[str]:
        chance = random.Random(seed)
        world.fill(chance)
        return chosen(world.nodes()[side], chance)

    def again() -> str:
        before = world.nodes()
        code, after = expected(keys, before[side], before[1 - side])
        assert run(mover, keys, source, target) == code
        assert [dict(source.scan()), dict(target.scan())] == after
        return code

    keys = filled()
    with at_statement(world.stores, -1, lambda: None, monkeypatch) as statements:
        run(mover, keys, source, target)
    commits = [n + m for n, sql in enumerate(statements) if sql == "COMMIT" for m in (0, 1)]
    chance = random.Random(-1 - seed)
    number = chance.choice(commits if commits and chance.random() < 0.4 else range(len(statements) + 1))
    kill = chance.random() < 0.4

    def act() -> None:
        if kill:
            raise KilledError
        for _ in range(chance.randint(1, 6)):
            world.disturb(chance)

    keys = filled()
    with at_statement(world.stores, number, act, monkeypatch):
        ending = run(mover, keys, source, target)
    both_at_once = ending == "S438" and world.deleted  # copies were changed and deleted between the two commits
    if ending == "killed" or both_at_once:
        here, there = world.nodes()
        world.twice |= {*here} & {*there}
    for _ in range(chance.randint(0, 3)):
        world.check()
        world.disturb(chance)
    world.check()
    if again() == "S438":
        world.mend()
        again()
    world.check()
    return ending or "moved"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    found = World(tmp_path)
    yield found
    found.close()


def test_a_move_that_is_disturbed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    endings = Counter(trial(seed, world, move, monkeypatch) for seed in range(10 * TRIALS))
    print(f"\n{dict(endings)}: 0 nodes lost")


def deletes_first(keys: list[str], source: Store, target: Store) -> None:
    with source.transaction():
        found = [source.get(k) for k in keys if k in source]
        for document in found:
            source.delete(document["k"])
    with target.transaction():
        for document in found:
            target.put(document)


def holds_nobody_off(keys: list[str], source: Store, target: Store) -> None:
    with target.transaction():
        for document in [source.get(k) for k in keys if k in source]:
            target.put(document)
    with source.transaction():
        for k in keys:
            if k in source:
                source.delete(k)


@pytest.mark.parametrize("mover", [deletes_first, holds_nobody_off])
def test_a_move_that_loses_or_leaves_something_is_seen(
    mover: Mover, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(AssertionError):
        for seed in range(10 * TRIALS):
            trial(seed, world, mover, monkeypatch)


def test_a_move_that_does_not_look_ahead_is_seen(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The source refuses it when the target has committed copies already."""
    monkeypatch.setattr(archiving, "_dangling", lambda _: Counter())
    with pytest.raises(AssertionError):
        for seed in range(10 * TRIALS):
            trial(seed, world, move, monkeypatch)

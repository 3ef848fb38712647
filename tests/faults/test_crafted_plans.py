"""Crafted plans: a database whose plan somebody has changed is refused with one error, or works; it never runs code.

Every value of the plans of all shipped mappings, of some random ones, and of every construct of the language is
changed into what is hostile. By default a sample is tried, the same in each run; DOCREL_FAULTS=all tries everything.
"""

from __future__ import annotations

import copy
import json
import os
import shutil
import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import pytest

from docrel import compile, spec
from docrel import plan as plans
from docrel.compile import load_plan
from docrel.diagnostics import DocrelError, DocumentError, StoreError
from docrel.mapping import load
from docrel.plan import Plan
from docrel.spec import shipped
from docrel.store import open_store
from docrel.testing.documents import Documents

ALL = os.environ.get("DOCREL_FAULTS") == "all"
CODE = "__import__('sys').modules.update(docrel_ran=1)"
HOSTILE: tuple[Any, ...] = (
    CODE, f"'+{CODE}+'", f'"""\n{CODE}\n"""', f"0]\n{CODE}\n#", "{0.__class__}", "%s", "\\", "'", '"', "\n", "",
    '"; DROP TABLE t; --', "'); ATTACH 'x.db' AS x; --", "\0", "\ud800", "x" * 100_000, "id", "rest", "json",
    0, 1, -1, 2**31, 2**53, 2**63, 10**400, 1.5, -0.0, float("nan"), float("inf"), True, False, None,
    [], [[]], {}, ["a", "b"], [["a", "b"]], {"is": "Name", "name": CODE}, {"is": "Index", "index": CODE},
    {"is": "Index", "index": 10**12}, {"is": "Index", "index": True}, {"is": "Plan"}, {"is": "Elements"},
    {"is": "Members"}, {"is": "Surrogate"}, {"is": "Rest"}, {"is": "Position"}, {"is": "Unsourced"}, {"is": "EdgeName"},
    {"is": "MemberKey"}, {"is": "Derived", "selector": f"$[?@.a == '{CODE}'"}, {"is": "JoinedKey", "separator": ""},
    {"is": "Code"}, {"is": ["Name"]}, {"is": "Value", "paths": []}, {"is": "Value", "paths": [[]]},
)  # fmt: skip
Pointer = tuple[str | int, ...]

FEATURES = """\
mapping: features
document: {key: k, parts: {p: {file: p.json, any_of: [a.b]}}, forget: []}
tables:
  t:
    columns:
      k: {type: text, required: true, unique: true}
      num: {from: [a.num, 'b[2]'], type: integer, min: 0, max: 9, otherwise: rest}
      s:
        {from: s, one_of: [x, yy], map: {ex: x},
        default: {cases: [{when: {s0: [1, two]}, then: x}, {then: yy}]}}
      d: {derived: '$..deep', type: json}
      at: {from: at, type: timestamp, default: {now: true}}
      secs: {from: secs, type: integer}
      ends: {from: ends, type: text, default: {time: at, plus_seconds: secs}}
      copy: {from: copy, default: {from: ['a.num', s]}}
      r: {rest: true}
    unique: [[num, s]]
    indexes: {i: [s]}
    checks: {c: num >= 0}
    key_order: {'@': [k, s]}
    tables:
      items:
        each: items[*]
        repeat: sub[*]
        otherwise: rest
        columns:
          position: {position: true}
          name: {from: name, type: text, required: true, unique: true}
      tree:
        each: tree.*
        repeat: '*'
        row_if: [ref]
        columns:
          top: {key: each}
          path: {key: repeat, join: '.'}
          ref: {type: text}
      members:
        each: members.*
        primary_key: [t_id, key]
        columns:
          key: {key: each}
          v: {from: '@', type: text}
          of: {unsourced: true, references: t.k}
      ways:
        sources:
          one: {each: 'one[*]', columns: {kind: {value: first}}}
          two: {each: 'two[*]', when: {type: b}, columns: {v: {from: w}}}
          three: {each: 'two[*]', when: {type: c}}
        columns:
          way: {edge: true}
          kind: {unsourced: true, one_of: [first, other], default: other}
          v: {from: v, type: scalar}
views: {all_s: SELECT s FROM t}
statements: {trig: CREATE TRIGGER trig AFTER DELETE ON t BEGIN SELECT 1; END}
"""


@cache
def plans_to_change() -> dict[str, Plan]:
    found = {"features": compile.compile(spec.loads(FEATURES))}
    found |= {f"{name}@{v}": load(f"{name}@{v}").plan for name, versions in shipped().items() for v in versions}
    return found


def places(value: Any, at: Pointer = (), kind: str = "") -> Iterator[tuple[Pointer, str]]:
    """Yield where each value stands, with the class and field that it is of."""
    yield at, kind
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*at, name), f"{value['is']}.{name}")
    elif isinstance(value, list):
        for n, inner in enumerate(value):
            yield from places(inner, (*at, n), f"{kind}[]")


def changed(plan: Any, at: Pointer, change: Any) -> Any:
    """Return plan JSON with the value at a place replaced, removed, doubled, or with one more beside it."""
    plan = copy.deepcopy(plan)
    if not at:
        return change
    inner = plan
    for step in at[:-1]:
        inner = inner[step]
    last: Any = at[-1]
    match change:
        case "removed":
            del inner[last]
        case "another field" if isinstance(inner, dict):
            inner["odd"] = inner[last]
        case "another field":
            inner.append(inner[last])
        case "first":
            inner[last] = inner[last][:1] if isinstance(inner[last], list | str) else inner[last]
        case "reversed":
            inner[last] = inner[last][::-1] if isinstance(inner[last], list | str) else inner[last]
        case _:
            inner[last] = change
    return plan


CHANGES = (*HOSTILE, "removed", "another field", "first", "reversed")


def every_change(plan: Any) -> Iterator[Any]:
    for at, _ in places(plan):
        for change in CHANGES:
            yield changed(plan, at, change)


def some_changes(plan: Any, random: Random, *, each: int) -> Iterator[Any]:
    """Yield some changes of each field of each class that the plan has."""
    by_kind: dict[str, list[Pointer]] = {}
    for at, kind in places(plan):
        by_kind.setdefault(kind, []).append(at)
    for kind in sorted(by_kind):
        for change in random.sample(CHANGES, min(each, len(CHANGES))):
            yield changed(plan, random.choice(by_kind[kind]), change)


def swaps(plan: Any, random: Random, count: int) -> Iterator[Any]:
    """Yield plans in which a value is another one of the same field: right in kind, wrong in place."""
    by_kind: dict[str, list[Pointer]] = {}
    for at, kind in places(plan):
        if at and kind != "":
            by_kind.setdefault(kind, []).append(at)
    several = [kind for kind in sorted(by_kind) if len(by_kind[kind]) > 1]
    for _ in range(count):
        one, other = random.sample(by_kind[random.choice(several)], 2)
        value = plan
        for step in other:
            value = value[step]
        yield changed(plan, one, copy.deepcopy(value))


def fresh(plan: Plan, document: Any) -> None:
    """Use a new database of a plan, whatever the plan is."""
    with suppress(DocrelError), open_store(":memory:", plan) as store:
        key = store.put(document, "d").key
        list(store.scan())
        store.put(document, "d")
        store.delete(key)


class Trials:
    """A database of one plan, which each trial finds as it was, with a changed plan in it."""

    def __init__(self, plan: Plan, folder: Path, *, most: int) -> None:
        self.most = most  # so many plans are used that could be read: large ones take a second each
        self.whole, self.path = folder / "whole.db", folder / "crafted.db"
        self.documents: list[Any] = []
        self.counts: Counter[str] = Counter()
        with open_store(self.whole, plan) as store:
            for n in range(3):
                with suppress(DocumentError):
                    document = Documents(plan).one(Random(n))
                    store.put(document, f"d{n}")
                    self.documents.append(document)

    def try_text(self, text: str) -> None:
        """Hold a changed plan against the rule: one error, or it works."""
        try:
            plan = load_plan(text)
        except ValueError:
            self.counts["refused when read"] += 1
        else:
            if self.counts["opened"] < self.most:
                self._use(plan, text)
        assert "docrel_ran" not in sys.modules, text

    def _use(self, plan: Plan, text: str) -> None:
        fresh(plan, self.documents[0])
        self.craft(text, plans.checksum(plan))
        try:
            with open_store(self.path) as store:
                keys = list(store.keys())
                for work in (
                    lambda: [*store.scan()],
                    lambda: [store.get(key) for key in keys],
                    lambda: [store.put(document, "d0") for document in self.documents],
                    lambda: [store.append(key, "$.items", {"name": "z"}) for key in keys],
                ):
                    with suppress(DocrelError):
                        work()
                with suppress(DocrelError):
                    store.delete(keys[0])
            self.counts["opened"] += 1
        except StoreError:
            self.counts["refused when opened"] += 1

    def craft(self, text: Any, checksum: str = "") -> None:
        shutil.copy(self.whole, self.path)
        for leftover in ("-wal", "-shm"):
            Path(f"{self.path}{leftover}").unlink(missing_ok=True)
        connection = sqlite3.connect(self.path)
        with connection:
            connection.execute("UPDATE _docrel SET value = ? WHERE name = 'plan'", [text])
            connection.execute("UPDATE _docrel SET value = ? WHERE name = 'checksum'", [checksum])
        connection.close()


@pytest.mark.parametrize("name", plans_to_change())
def test_a_changed_plan_is_refused_or_works(name: str, tmp_path: Path) -> None:
    plan = plans_to_change()[name]
    content, random = json.loads(plans.dump(plan)), Random(name)
    small = name == "features"
    trials = Trials(plan, tmp_path, most=10**9 if ALL else 60 if small else 1)
    if ALL:
        changes = chain(every_change(content), swaps(content, random, 5000))
    else:
        each, count, wrong_place = (4, 1000, 50) if small else (1, 30, 9)
        some = list(some_changes(content, random, each=each))
        changes = chain(random.sample(some, min(len(some), count)), swaps(content, random, wrong_place))
    for change in changes:
        trials.try_text(json.dumps(change))
    print(name, dict(trials.counts))
    assert trials.counts["refused when read"] > 10

"""Document to rows: a Python function generated from the plan.

In: a plan. Out: a `Flattener`, whose `add` appends the rows of one document to `FreshRows` and notes in
complements what the columns cannot hold. Never touches a database; names of a mapping enter the code only through
`repr` or as bound values. Law: GetPut, `tests/laws/test_getput.py`.

The generated function of a source handles a run of nodes. For each it binds the objects that the claims take apart,
fills the columns, checks the constraints, hands nested arrays on, and keeps the residue from the inside out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

import orjson

from docrel.engine import flattening
from docrel.engine.asides import Aside
from docrel.engine.flatten_columns import write_choices, write_columns
from docrel.engine.flatten_constraints import write_guards
from docrel.engine.flatten_nested import write_nested
from docrel.engine.flatten_scope import INDENTED, FlattenModule, Scope
from docrel.engine.flattening import Flattening
from docrel.engine.fresh_rows import Flattened, FreshRows, Problem, refused
from docrel.engine.names import Names
from docrel.engine.switch import Split, Switch
from docrel.layout import Claim, Code, Feed, Inexact, held, join_names, layout_of, literal, natural_key
from docrel.plan import Plan
from docrel.rows import Edge, Empty, Filled, Order, Override, Rest, RowComplement, Spelling, Strays, Via
from docrel.values import NOTHING, clean_text, encode_text, jsontext

EMPTY_OBJECT: dict[str, Any] = {}  # stand for what is not there; told apart by identity
EMPTY_ARRAY: list[Any] = []


class Flattener:
    """The compiled flatten side of a plan.

    Attributes:
        plan: The plan it was made from.
        layout: The plan resolved.
        source: The generated Python text.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.layout = layout_of(plan)
        module = FlattenModule(self.layout, Code(), Names(self.layout))
        _write_module(module)
        self.source = module.code.source
        scope = module.code.compile(f"flatten {plan.name}")
        self._nothing = [NOTHING] * len(module.shared_defaults)
        self._conditional = any(root.sources[0].when for root in plan.roots)
        self._switch = Switch([root.sources[0].when for root in plan.roots])
        roots = [table.number for table in self.layout.tables if table.parent is None]
        self._roots = [(number, scope[module.function(number, 0)]) for number in roots]

    def start(self, next_ids: list[int] | None = None) -> FreshRows:
        """Return no rows yet; `next_ids` has the next surrogate id of each sequence (default: from 1)."""
        count = len(self.plan.tables)
        return FreshRows([[] for _ in range(count)], next_ids or [1] * count)

    def add(
        self, document: Any, to: FreshRows, *, given: str | None = None, clean: bool = False, now: str
    ) -> Flattened:
        """Append the rows of `document`, if its constraints do not forbid it.

        `given` names a document that does not name itself. `clean`: it is known to hold no U+0000 and no lone
        surrogate. `now` is the time for defaults that need one, ISO 8601.

        Law: GetPut, `tests/laws/test_getput.py`.
        """
        number = self._switch(document) if self._conditional else 0
        if number < 0:
            return refused([Problem("", "", (), "when", document)])
        root, function = self._roots[number]
        starts, ids = tuple(map(len, to.rows)), to.next_ids.copy()
        work = Flattening(document, to.rows, to.next_ids, self._nothing.copy(), given, clean, now)
        row, key = function(document, work)
        if work.left:
            work.work_off()
        if work.problems:
            for rows, start in zip(to.rows, starts, strict=True):
                del rows[start:]
            to.next_ids[:] = ids
            return refused(work.problems)
        told = work.asides, work.unnamed
        found = Flattened((), root, row, key, work.given_used, starts, work.notes, *told)
        to.documents.append(found)
        return found


def _write_module(module: FlattenModule) -> None:
    """Write: the functions of all sources, and what hands nodes on between them."""
    code = module.code
    code.bound.update(
        M=NOTHING, E=EMPTY_OBJECT, A=EMPTY_ARRAY, C=(dict, list), Split=Split, Aside=Aside,
        Notes=RowComplement, Override=Override, Spelling=Spelling, Filled=Filled, Via=Via, Order=Order, Empty=Empty,
        Strays=Strays,
        Rest=Rest, Inexact=Inexact, held=held,
        clean_text=clean_text, encode_text=encode_text, join_names=join_names,
        natural_key=natural_key, dumps=orjson.dumps, dump_json=jsontext.dumps_known, strays=flattening.strays,
        has_more=flattening.has_more, put_at=flattening.put_at,
        later_elements=flattening.later_elements, later_members=flattening.later_members,
        later_single=flattening.later_single, later_tree=flattening.later_tree,
    )  # fmt: skip
    for table in module.layout.tables:
        for source in table.sources:
            _write_function(Scope(module, table, source))
    for name, made in module.splits:
        code.line(f"{name} = {made}")


def _write_function(scope: Scope) -> None:
    """Write a source's function, `(items, to, loc, keys…) -> refused`; a root's is `(n, to) -> (primary key, key)`."""
    code, layout = scope.code, scope.layout
    code.line("")
    arguments = "n, to" if scope.is_root else ", ".join(["items", "to", "loc", *scope.keys_given])
    name = scope.module.function(scope.number, scope.source.number)
    with code.block(f"def {name}({arguments}):"), code.binding(_KNOWN):
        code.line(f"append = to.rows[{scope.number}].append")
        if _owns_sequence(scope):
            code.line(f"next_id = next_ids[{layout.sequence}]")
        if scope.is_root:
            _write_row(scope)
        else:
            _write_loop(scope)
        if _owns_sequence(scope):
            code.line(f"next_ids[{layout.sequence}] = next_id")
        code.line(f"return {_identity(scope)}" if scope.is_root else "return refused")


_KNOWN = {name: f"to.{name}" for name in ("clean", "document", "defaults", "next_ids", "notes")}
"""What the document's flattening knows, as functions of sources name it."""


def _write_loop(scope: Scope) -> None:
    """Write: each node of a run in turn becomes a row or is refused."""
    code, position = scope.code, scope.layout.position
    code.line("refused = key = None")
    if position is not None:
        code.line("position = -1")
    with code.block("for i, n in items:"):
        if position is not None:
            code.line(f"position = {_position(scope)}")
        _write_row(scope)
    if _is_shared(scope):
        code.line("to.last = key")


def _identity(scope: Scope) -> str:
    """The expression for the primary key of a root row and the key of its document."""
    row = "".join(f"c{scope.on(column)}, " for column in scope.layout.key)
    key = [f"c{scope.on(scope.table.index_of(name))}" for name in scope.plan.key_of(scope.table)]
    return f"({row}), " + (key[0] if len(key) == 1 else f"({', '.join(key)})")


def _owns_sequence(scope: Scope) -> bool:
    """Say whether nobody else draws surrogate ids while this source's nodes are worked off."""
    if scope.layout.surrogate is None:
        return False
    pending, seen = [scope.claim], set[Feed]()
    while pending:
        for feed in (feed for claim in pending.pop().walk() for group in claim.groups for feed in group):
            if feed.deferred or feed in seen:
                continue
            seen.add(feed)
            table, source = scope.module.layout.fed(feed)
            if table.sequence == scope.layout.sequence:
                return False
            pending.append(source.claim)
    return True


def _position(scope: Scope) -> str:
    """The expression for the place of a row among its siblings."""
    if scope.is_split:
        return "to.place"
    return "position + 1" if scope.source.by_name or scope.is_tree or scope.is_single else "i"


def _is_shared(scope: Scope) -> bool:
    """Say whether a `Split` may have to know the last row of this source."""
    return bool(scope.source.when) or any(source.when for table in scope.plan.tables for source in table.sources)


def _write_row(scope: Scope) -> None:
    """One node: to its row, or to the refused."""
    code, claim = scope.code, scope.claim
    left = [f"r{scope.at(inner)}" for inner in claim.walk() if inner is claim or inner.is_object or inner.indexes]
    code.line(f"{' = '.join(['x', 'f', *left])} = None")
    _write_kinds(scope)
    code.line("v_node = n")
    _write_objects(scope, claim)
    write_choices(scope)
    write_columns(scope)
    write_guards(scope)
    _write_identity(scope)
    write_nested(scope)
    _write_end(scope)


def _write_kinds(scope: Scope) -> None:
    """Refuse a node of a kind that no claim can take; at the root all of it goes to the rest."""
    if scope.kinds == {"dict"}:
        condition = "n.__class__ is not dict"
    else:
        condition = " or ".join(test for kind, test in _KINDS.items() if kind not in scope.kinds)
    if condition:
        with scope.code.block(f"if {condition}:"):
            scope.refuse(scope.tell("'kind'", "n", row=True), unless_empty=scope.is_single)


_KINDS = {"dict": "n.__class__ is dict", "list": "n.__class__ is list", "scalar": "n.__class__ not in C"}


def _write_objects(scope: Scope, claim: Claim) -> None:
    """Bind `v_…` to each claimed value (M: not there), `o_…` and `a_…` to what is taken apart (E, A: not there)."""
    code, ending = scope.code, scope.at(claim)
    value = f"v{ending}"
    if claim.is_object:
        known = not claim.pointer and scope.kinds == {"dict"}
        code.line(f"o{ending} = {value}" if known else f"o{ending} = {value} if {value}.__class__ is dict else E")
        _write_binding(
            scope, claim, claim.members, f"o{ending} is E", lambda name: f"o{ending}.get({literal(name)}, M)"
        )
    if claim.indexes:
        known = not claim.pointer and scope.kinds == {"list"}
        code.line(f"a{ending} = {value}" if known else f"a{ending} = {value} if {value}.__class__ is list else A")
        _write_binding(
            scope, claim, claim.indexes, f"a{ending} is A",
            lambda index: f"a{ending}[{literal(index)}] if len(a{ending}) > {literal(index)} else M",
        )  # fmt: skip


def _write_binding(
    scope: Scope, claim: Claim, inner: Mapping[Any, Claim], absent: str, get: Callable[[Any], str]
) -> None:
    """Bind what lies in an object or array, and all below it; where that is absent, at once to nothing."""
    code = scope.code
    if not inner:
        return
    is_always_read = len(claim.pointer) > INDENTED or not claim.pointer
    if not is_always_read:
        below = [deeper for member in inner.values() for deeper in member.walk()]
        with code.block(f"if {absent}:"):
            code.line(" = ".join(f"v{scope.at(deeper)}" for deeper in below) + " = M")
            for letter, there, empty in (("o", "is_object", "E"), ("a", "indexes", "A")):
                names = [f"{letter}{scope.at(deeper)} = " for deeper in below if getattr(deeper, there)]
                if names:
                    code.line("".join(names) + empty)
    with nullcontext() if is_always_read else code.block("else:"):
        for step, member in inner.items():
            code.line(f"v{scope.at(member)} = {get(step)}")
            _write_objects(scope, member)


def _write_identity(scope: Scope) -> None:
    """Give the row its key: the surrogate, or the complement's name for it."""
    code, layout = scope.code, scope.layout
    if layout.surrogate is None:
        code.line(f"key = natural_key(({', '.join(f'c{scope.on(column)}' for column in layout.key)},))")
    elif _owns_sequence(scope):
        code.line(f"key = c{scope.on(layout.surrogate)} = next_id; next_id += 1")
    else:
        ids = f"next_ids[{layout.sequence}]"
        code.line(f"key = c{scope.on(layout.surrogate)} = {ids}; {ids} = key + 1")


def _write_end(scope: Scope) -> None:
    """Write: keep what is left of the node, put the notes down, and append the row."""
    code, rest = scope.code, scope.layout.rest
    leaves = _write_whole_residue(scope)
    if rest is not None:
        text = "None if r_node is None else dump_json(r_node)" if leaves else "None"
        code.line(f"c{scope.on(rest)} = {text}")
    elif leaves:
        code.line(f"if r_node is not {'M' if scope.is_root else 'None'}: {scope.note('Rest(r_node)')}")
    if scope.source.told_by == "note":
        code.line(f"{scope.note(scope.known(Edge(scope.source.name)))}; notes[{scope.number}, key] = x")
    elif scope.takes_notes:
        code.line(f"if x is not None: notes[{scope.number}, key] = x")
    code.line(f"append(({', '.join(f'c{scope.on(column)}' for column in range(len(scope.columns)))},))")


def _write_whole_residue(scope: Scope) -> bool:
    """What stays of the node itself where nobody takes its kind; that of an array is noted if it is unusual.

    Returns whether anything of the node may stay.
    """
    code, claim = scope.code, scope.claim
    noted = scope.layout.rest is None  # else it would be in a rest column, and columns could not take its place
    if scope.is_root and noted:
        code.line("if r_node is None: r_node = M")  # null is a document too
    unusual = {
        "dict": "" if claim.is_object else _KINDS["dict"] + " and n" * (claim.usual == "object"),
        "list": "" if claim.is_array else _KINDS["list"],
        "scalar": "" if claim.scalar is not None else _KINDS["scalar"],
    }
    nobody = not (noted or claim.is_mixed or claim.scalar or claim.whole)
    if nobody:  # then no column could take its place
        code.line(f"if {_KINDS['dict']} and n: r_node = n")
        unusual["dict"] = ""
    kept = [unusual[kind] for kind in _KINDS if kind in scope.kinds and unusual[kind] and claim.whole is None]
    if kept:
        with code.block(f"if {' or '.join(kept)}:"):
            code.line("r_node = n" if noted else scope.note("Rest(n)"))
            code.line(scope.tell("'kind'", "n"))
    if claim.is_array and claim.usual != "array" and claim.whole is None:
        scope.leave_empty(claim, _KINDS["list"], [])  # the last of its rows may go
    return nobody or (noted and (scope.is_root or bool(kept))) or scope.leaves(claim)

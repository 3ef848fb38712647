"""Nested tables and the residue: generated code that hands arrays and objects on and keeps what nobody takes.

In: a scope, after the row's columns and key are bound. Out: code that works from the inside out; in the end `r_node` is
what is left of the row's node (None: nothing), and `x` has strays and unusual orders of members.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext

from docrel.engine.flatten_scope import INDENTED, Scope
from docrel.engine.flattening import Reporter
from docrel.engine.levels import Level, run
from docrel.engine.member_order import MapOrder, MemberNames
from docrel.engine.switch import Switch
from docrel.engine.tree_walk import TreeWalk
from docrel.layout import Claim, Feed, Feeds, Leaf, literal
from docrel.plan import MemberKey
from docrel.rows import Empty
from docrel.values import same_scalar


def write_nested(scope: Scope) -> None:
    """Write: hand on and collect for the whole node."""
    claim = scope.claim
    run(_write_inside(scope, claim))
    if claim.elements:
        with scope.code.block("if n.__class__ is list and n:"):
            _write_elements(scope, claim)


def _write_inside(scope: Scope, claim: Claim) -> Level:
    """What lies below a claim, then what is left of the object or array itself."""
    ending = scope.at(claim)
    if claim.is_object:
        with _unless_deep(scope, claim, f"if o{ending}:"):
            for inner in claim.members.values():
                yield _write_member(scope, inner)
            if claim.tree is not None:
                _write_tree(scope, claim, claim.tree)
            else:
                _write_members(scope, claim)
        if claim.pointer:
            scope.leave_empty(claim, f"not o{ending} and o{ending} is not E", {})
    if claim.indexes:
        with _unless_deep(scope, claim, f"if a{ending}:"):
            for inner in claim.indexes.values():
                yield _write_member(scope, inner)
            _write_array(scope, claim)
        if claim.pointer:
            scope.leave_empty(claim, f"not a{ending} and a{ending} is not A", [])


def _unless_deep(scope: Scope, claim: Claim, condition: str) -> AbstractContextManager[None]:
    """Indent what follows below `condition`, which only saves time: not at a depth that Python cannot indent."""
    return scope.code.block(condition) if len(claim.pointer) <= INDENTED else nullcontext()


def _write_member(scope: Scope, claim: Claim) -> Level:
    """One member or element: its inside, then what of the value itself stays."""
    code, ending, value = scope.code, scope.at(claim), f"v{scope.at(claim)}"
    if claim.is_object or claim.indexes:
        yield _write_inside(scope, claim)
        if scope.leaves(claim):
            with code.block(f"if r{ending} is not None:"):
                scope.keep(claim, f"r{ending}")
    taken = _taken(scope, claim)
    if taken is None:
        return
    if claim.elements:
        with code.block(f"if {value}.__class__ is list:"):
            with code.block(f"if {value}:"):
                _write_elements(scope, claim)
            code.line(f"else: {scope.note(scope.known(Empty(claim.pointer, [])))}")
    with code.block(f"if {' and '.join([f'{value} is not M', *taken])}:"):
        if claim.singles:
            _write_single(scope, claim)
        elif claim.is_object or claim.is_array:
            _write_kept(scope, claim)
        else:
            scope.keep(claim, value)


def _write_kept(scope: Scope, claim: Claim) -> None:
    """Write: a value where columns or rows would have something else stays; null and what is empty are noted."""
    value = f"v{scope.at(claim)}"
    note = scope.note(f"Empty({literal(claim.pointer)}, {value})")
    scope.code.line(f"if {value} is None or ({value}.__class__ in C and not {value}): {note}")
    with scope.code.block("else:"):
        scope.put_aside(claim, value)
        if not claim.singles:  # else the rows' own function has told
            scope.code.line(_misplaced(scope, claim))


def _misplaced(scope: Scope, claim: Claim) -> str:
    """The statement that tells a value where the mapping looks into an object or array, for columns or rows."""
    value, at = f"v{scope.at(claim)}", scope.location(claim.pointer)
    columns = sorted({leaf.column for leaf in _leaves(claim)})
    feed = next((feed for inner in claim.walk() for feeds in inner.groups for feed in feeds), None)
    if claim.groups or (feed is not None and not columns):
        assert feed is not None
        return scope.tell("'place'", value, "()", at, feed.table, row=True)
    return scope.tell("'place'", value, literal(tuple(columns)), at)


def _leaves(claim: Claim) -> Iterator[Leaf]:
    return (taker for inner in claim.walk() for taker in inner.takers if isinstance(taker, Leaf))


def _taken(scope: Scope, claim: Claim) -> list[str] | None:
    """Conditions that nobody but a single row takes the value; None: a column has seen to all of it."""
    value_name = f"v{scope.at(claim)}"
    structured = claim.is_object or claim.is_array or claim.singles or claim.fixed is not None
    if claim.whole is not None or (claim.scalar is not None and not structured):
        return None
    taken = []
    if claim.fixed is not None:
        wanted = claim.fixed[0]
        fixed = scope.code.bind(lambda value: same_scalar(value, wanted), "fixed")
        taken.append(f"not {fixed}({value_name})")
    if claim.is_object:
        taken.append(f"{value_name}.__class__ is not dict")
    if claim.indexes:
        taken.append(f"{value_name}.__class__ is not list")
    if claim.scalar is not None:
        taken.append(f"{value_name}.__class__ in C")
    if claim.elements:
        taken.append(f"{value_name}.__class__ is not list")
    return taken


def _write_members(scope: Scope, claim: Claim) -> None:
    """What nobody names is a row of a map, or stays; an unusual order is noted."""
    code, ending = scope.code, scope.at(claim)
    ordered = scope.ordered and not claim.maps
    names = code.bind(MemberNames(claim.known, claim.members, ordered=ordered), "names")
    code.line(f"s = {names}[tuple(o{ending})]")
    if claim.maps:
        code.line("extra = s and s[0]")
        _write_map(scope, claim)
        return
    with code.block("if s is not None:"):
        code.line("extra, order = s")
        with code.block("if extra is not None:"):
            scope.leave(claim, "{}")
            code.line(f"for name in extra: r{ending}[name] = o{ending}[name]")
            place = code.bind((scope.number, claim.pointer), "place")
            code.line(f"to.unnamed.append(({place}, extra, {scope.location(claim.pointer)}))")
        if ordered:
            with code.block("if order is not None:"):
                code.line(scope.note(f"Order({literal(claim.pointer)}, order)"))


def _write_map(scope: Scope, claim: Claim) -> None:
    """Write: members that nobody names are rows; those that become none stay, an unusual order is noted."""
    code, ending, feeds = scope.code, scope.at(claim), claim.maps
    items = f"[(name, o{ending}[name]) for name in extra]"
    deferred = any(feed.deferred for feed in feeds)
    with code.block("if extra is not None:"):
        if deferred:
            names = f"list(o{ending})" if scope.ordered else "None"
            code.line(_later(scope, "later_members", feeds, claim, items, names))
        else:
            code.line(f"bad = {_call(scope, feeds, claim, items)}")
            with code.block("if bad:"):
                scope.leave(claim, "{}")
                code.line(f"for _, name, node in bad: r{ending}[name] = node")
    if scope.ordered:
        code.line(f"order = {_order(scope, claim, feeds)}(o{ending}, r{ending} or ())")
        code.line(f"if order is not None: {scope.note(f'Order({literal(claim.pointer)}, order)')}")


def _order(scope: Scope, claim: Claim, feeds: Feeds) -> str:
    """The bound function that tells the order of an object's members where it has to be noted."""
    by_name = scope.module.layout.order_of_rows(feeds) == "name"
    return scope.code.bind(MapOrder(claim.known, claim.members, by_name=by_name), "map_order")


def _write_tree(scope: Scope, claim: Claim, feed: Feed) -> None:
    """Write: objects below this one are rows of a tree; what becomes none stays, unusual orders are noted."""
    code, ending = scope.code, scope.at(claim)
    layout, source = scope.module.layout.fed(feed)
    table = scope.plan.tables[layout.number]
    by_key = source.by_name and any(isinstance(column.role, MemberKey) for column in table.columns)
    by_name = not layout.order
    row_if = table.sources[source.number].row_if
    walk = code.bind(TreeWalk(row_if, claim.members, by_key=by_key, by_name=by_name), "walk")
    order = _order(scope, claim, (feed,)) if scope.ordered else "None"
    if feed.deferred:
        code.line(_later(scope, "later_tree", (feed,), claim, f"{walk}, o{ending}", order))
        return
    function, keys = _target(scope, (feed,))
    arguments = [f"o{ending}", function, "to", scope.location(claim.pointer), *keys]
    code.line(f"left, orders = {walk}({', '.join(arguments)})")
    with code.block("if left:"):
        scope.leave(claim, "{}")
        code.line(f"r{ending}.update(left)")
    if scope.ordered:
        code.line(f"order = {order}(o{ending}, r{ending} or ())")
        code.line(f"if order is not None: {scope.note(f'Order({literal(claim.pointer)}, order)')}")
        with code.block("for path, names in orders:"):
            code.line(scope.note(f"Order({literal(claim.pointer)} + path, names)"))


def _write_single(scope: Scope, claim: Claim) -> None:
    """Write: the value is one row; it stays where it becomes none."""
    code, value, feeds = scope.code, f"v{scope.at(claim)}", claim.singles
    if any(feed.deferred for feed in feeds):
        code.line(_later(scope, "later_single", feeds, claim, value))
        return
    with code.block(f"if {_call(scope, feeds, claim, f'((None, {value}),)')}:"):
        _write_kept(scope, claim)


def _write_elements(scope: Scope, claim: Claim) -> None:
    """Write: elements are rows; those that become none are noted as strays."""
    code, value, feeds = scope.code, f"v{scope.at(claim)}", claim.elements
    if any(feed.deferred for feed in feeds):
        code.line(_later(scope, "later_elements", feeds, claim, value))
        return
    code.line(f"bad = {_call(scope, feeds, claim, f'enumerate({value})')}")
    with code.block("if bad:"):
        code.line(scope.note(f"Strays({literal(claim.pointer)}, strays(bad))"))


def _write_array(scope: Scope, claim: Claim) -> None:
    """Elements that no index takes, with null in the place of those before them that one takes or that are null.

    An array has null wherever nobody says something, so that what the rest has of it ends with its last element.
    """
    code, ending, count = scope.code, scope.at(claim), len(claim.indexes)
    taken = code.bind(frozenset(claim.indexes), "taken")
    gaps = max(claim.indexes) + 1 > count
    with (
        code.block(f"if has_more(a{ending}, {taken}):" if gaps else f"if len(a{ending}) > {count}:"),
        code.block(f"for at in range(len(a{ending})):"),
    ):
        code.line(f"if at in {taken} or (a{ending}[at] is None and at + 1 < len(a{ending})): continue")
        scope.leave(claim, "[]", again=True)
        code.line(f"put_at(r{ending}, at, a{ending}[at])")


# -- calls of the functions of nested sources ---------------------------------------------------------------


def _target(scope: Scope, feeds: Feeds) -> tuple[str, list[str]]:
    """Return the function that takes the items, and the expressions of its keys."""
    module = scope.module
    functions = [module.function(feed.table, feed.source) for feed in feeds]
    cases = [scope.plan.tables[feed.table].sources[feed.source].when for feed in feeds]
    if len(feeds) == 1 and not cases[0]:
        return functions[0], scope.keys(feeds[0])
    switch = scope.code.bind(Switch(cases), "switch")
    table = module.layout.tables[feeds[0].table].name
    reporter = scope.code.bind(Reporter(table, (), (), "node" if feeds[0].kind == "single" else "place"), "report")
    name = f"split_{len(module.splits)}"
    module.splits.append((name, f"Split({switch}, ({', '.join(functions)},), {feeds[0].table}, {reporter})"))
    return name, [f"({''.join(f'{key}, ' for key in scope.keys(feed))})" for feed in feeds]


def _call(scope: Scope, feeds: Feeds, claim: Claim, items: str) -> str:
    """The call that hands `items` on at once and returns those that become no row."""
    function, keys = _target(scope, feeds)
    return f"{function}({', '.join([items, 'to', scope.location(claim.pointer), *keys])})"


def _later(scope: Scope, run: str, feeds: Feeds, claim: Claim, value: str, *more: str) -> str:
    """The statement that leaves `run` to be worked off when the row of the root is made."""
    function, keys = _target(scope, feeds)
    arguments = [
        run, function, value, scope.location(claim.pointer), f"({''.join(f'{key}, ' for key in keys)})",
        f"({scope.number}, key)", literal(claim.pointer), *more,
    ]  # fmt: skip
    return f"to.left.append(({', '.join(arguments)}))"

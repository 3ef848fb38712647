"""What a row's node is: generated code that asks, place by place, who says something there.

In: the rows of a source. Out: code that sets `node`. At a place a column is asked first, then the elements of an array
or the members of an object, then the rest; where rows will come, the object or array that they go to is kept for them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import nullcontext
from functools import partial

from docrel.engine.levels import Level, run
from docrel.engine.rebuild_columns import (
    decoded,
    no_null,
    write_broken_silence,
    write_choice_checks,
    write_elsewhere,
    write_leaf,
    write_name,
    write_unwriting,
)
from docrel.engine.rebuild_scope import Scope
from docrel.layout import NODE_KINDS, Claim, Feeds, Leaf, literal, takes_all
from docrel.values import CODECS, jsontext


def write_node(scope: Scope) -> None:
    """Write the code that sets `node`."""
    code, claim = scope.code, scope.source.claim
    if scope.contested:
        code.line(f"{' = '.join(f'contested{scope.at(inner)}' for inner in scope.contested)} = None")
    write_elsewhere(scope)
    if claim.is_object and not (claim.scalar or claim.whole or claim.is_array):
        run(_write_object(scope, claim, "rest"))
        code.line(f"node = object{scope.at(claim)}")
        if scope.has_rest:
            there = " or ".join(_there(scope, claim))
            code.line(f"if rest is not M and rest.__class__ is not dict and not ({there}): node = rest")
    else:
        usual = {"object": "{}", "array": "[]", "null": "None"}[claim.usual]
        said = run(_write_value(scope, claim, "node", "rest"))
        if claim.whole is not None and len(scope.source.uses[claim.whole.column]) == 1:
            code.line(f"if node is M: {no_null(scope, claim.whole.column)}")
        else:
            code.line(f"{'if node is M: ' if said else ''}node = {usual}")
    write_unwriting(scope)
    _write_contest(scope)
    write_broken_silence(scope)
    write_name(scope)
    write_choice_checks(scope)
    if scope.has_rest and scope.layout.rest is not None:
        _write_whole_rest(scope, claim)


def _write_contest(scope: Scope) -> None:
    """Write: see that an object whose place a value has is empty, once what its defaults say is taken out of it."""
    for claim in scope.contested:
        contested = f"contested{scope.at(claim)}"
        awaited = "".join(f" or key in parents{slot}" for slot in scope.slots(claim))
        scope.code.line(f"if {contested} is not None and ({contested}{awaited}): clash({literal(_twice(claim))})")


def _write_whole_rest(scope: Scope, claim: Claim) -> None:
    """Write: see that all that the rest column holds is in the node, and that such a node becomes a row."""
    own = "own" if scope.noted else "rest"
    claimed = scope.code.bind(frozenset(claim.members), "claimed")
    apart = f"{own}.__class__ is node.__class__ is dict and {claimed}.isdisjoint({own})"  # nothing else is where it is
    unless = f"{own} is not M and " if scope.noted else ""
    places = scope.code.bind(claim, "claim")
    scope.code.line(f"if {unless}not ({apart}): see_all({own}, node); see_places({own}, {places})")
    other = " or ".join(test for kind, test in _KINDS.items() if kind not in scope.source.kinds)
    if other:
        scope.code.line(f"if {other}: clash('its rest is of a kind that no such row has')")


_KINDS = {
    "dict": "node.__class__ is dict",
    "list": "node.__class__ is list",
    "scalar": "node.__class__ not in C",
}


def _leaf(scope: Scope, claim: Claim) -> Leaf | None:
    """The column that may say something at a place: without notes, only at the first one of its places."""
    leaf = claim.whole or claim.scalar
    return leaf if leaf is not None and (scope.noted or leaf.alternative == 0) else None


def _write_value(scope: Scope, claim: Claim, target: str, beside: str) -> Level:
    """Write: set `target` to the value at a claim, M where there is none; False: nothing, there never is one.

    Of a column, an object and an array only one may say something, but that a null gives way to the others; `beside`
    is what the rest has, which is seen where nobody else says anything.
    """
    code, leaf = scope.code, _leaf(scope, claim)
    asked: list[Callable[[], Level | None]] = []
    if leaf is not None:
        asked.append(lambda: write_leaf(scope, claim, leaf, target))
    if claim.indexes:
        is_alone = not asked
        asked.append(lambda: _write_array(scope, claim, target, beside, alone=is_alone))
    if claim.elements:
        is_first = not asked
        asked.append(lambda: _write_elements(scope, claim, target, alone=is_first))
    if claim.is_object:  # after arrays, for it may be there only for what is taken out of it again
        alone = not asked
        asked.append(lambda: _write_object_at(scope, claim, target, beside, alone=alone))
    if scope.has_rest and claim.indexes:  # an array that only the rest has
        asked.append(partial(code.line, f"{_unless(target, asked)}{target} = array{scope.at(claim)}"))
    if scope.has_rest:
        asked.append(partial(_write_rest, scope, claim, leaf, target, beside, _unless(target, asked)))
    if claim.fixed is not None:
        fixed = code.bind(claim.fixed[0], "fixed")
        asked.append(partial(code.line, f"{_unless(target, asked)}{target} = {fixed}"))
    preset = leaf is not None or (claim.is_object and not claim.is_array)
    if preset and not _sets_always(scope, leaf):
        code.line(f"{target} = M")
    for write in asked:
        level = write()
        if level is not None:
            yield level
    return bool(asked)


def _write_rest(scope: Scope, claim: Claim, leaf: Leaf | None, target: str, beside: str, unless: str) -> None:
    """Write: what the rest has stands where nobody else says anything."""
    _write_belongs(scope, claim, leaf, beside)
    scope.code.line(f"{unless}{target} = {beside}")


def _unless(target: str, asked: Sequence[object]) -> str:
    """The condition that none of those asked before said anything."""
    return f"if {target} is M: " if asked else ""


def _sets_always(scope: Scope, leaf: Leaf | None) -> bool:
    """Say whether the code of a column sets its target whatever the column says."""
    return leaf is not None and scope.noted and len(scope.source.uses[leaf.column]) == 1


def _write_found(scope: Scope, claim: Claim, target: str, found: str, beside: str = "") -> None:
    """Write: `target` is what was found, unless something else stands there; `beside`: what gives way to it."""
    reason = literal(_twice(claim))
    unless = f" and {target} is not {beside}" if beside else ""
    taken = f"{target} is not M" + f" and {target} is not None" * _null_gives_way(scope, claim)
    scope.code.line(f"if {taken}{unless}: clash({reason})")
    scope.code.line(f"{target} = {found}")


def _null_gives_way(scope: Scope, claim: Claim) -> bool:
    """Say whether a null at a claim is only how a document spells the NULL of a column, which others take the place of.

    Not so where NULL is told from silence, which would give another value.
    """
    leaf = _leaf(scope, claim)
    column = None if leaf is None else scope.table.columns[leaf.column]
    return column is not None and column.default is None and not CODECS[column.type].container


def _twice(claim: Claim) -> str:
    return f"what stands at {_place(claim)} is said twice, by columns, rows or the rest"


def _place(claim: Claim) -> str:
    """A claim's place below the node of its row."""
    return f"@{jsontext.json_path(claim.pointer)[1:]}"


# -- objects ----------------------------------------------------------------------------------------------------


def _write_object_at(scope: Scope, claim: Claim, target: str, beside: str, *, alone: bool) -> Level:
    """Write: set `target` to the object, if anything is in it; `alone`: no column is at its place."""
    code, made = scope.code, f"object{scope.at(claim)}"
    yield _write_object(scope, claim, beside)
    with code.block(f"if {' or '.join(_there(scope, claim))}:"):
        if alone:
            code.line(f"{target} = {made}")
        elif claim in scope.contested:
            code.line(f"if {target} is M: {target} = {made}")
            code.line(f"else: contested{scope.at(claim)} = {made}")
        else:
            _write_found(scope, claim, target, made)


def _there(scope: Scope, claim: Claim) -> list[str]:
    """The conditions that there is an object: it has members, or rows will come to it."""
    return [f"object{scope.at(claim)}"] + [f"awaits{scope.at(claim)}"] * bool(scope.slots(claim))


def _write_object(scope: Scope, claim: Claim, beside: str) -> Level:
    """Write: make the object with all members that are there but rows, and say whether rows will come."""
    code, ending, slots = scope.code, scope.at(claim), scope.slots(claim)
    code.line(f"object{ending} = {{}}")
    if scope.has_rest:
        code.line(f"members{ending} = {beside} if {beside}.__class__ is dict else E")
    for known in claim.known:
        inner, name = claim.members.get(known), literal(known)
        if inner is not None:
            yield _write_member(scope, claim, inner, name)
        elif scope.has_rest:
            code.line(f"if {name} in members{ending}: object{ending}[{name}] = members{ending}[{name}]")
    if scope.has_rest:
        _write_map_belongs(scope, claim)
        code.line(f"if not members{ending}.keys() <= object{ending}.keys(): leftovers(object{ending}, members{ending})")
    if slots:
        code.line(f"awaits{ending} = False")
    for slot in slots:
        code.line(f"if key in parents{slot}: places{slot}[key] = object{ending}; awaits{ending} = True")


def _write_member(scope: Scope, claim: Claim, inner: Claim, name: str) -> Level:
    """Write: put one member into the object under way, where anything says something of it."""
    code, ending, inner_ending = scope.code, scope.at(claim), scope.at(inner)
    member = f"object{ending}[{name}]"
    if (inner.scalar or inner.whole) and not scope.noted and not inner.is_mixed and inner.fixed is None:
        _write_column_member(scope, claim, inner, name)
        return
    if scope.has_rest:
        code.line(f"beside{inner_ending} = members{ending}.get({name}, M)")
    said = yield _write_value(scope, inner, f"value{inner_ending}", f"beside{inner_ending}")
    if inner.singles:
        slot = scope.slot(inner.singles)
        with code.block(f"if key in parents{slot}:"):
            code.line(f"places{slot}[key] = (object{ending}, {name})")
            if said:
                _write_found(scope, inner, f"value{inner_ending}", "E", f"beside{inner_ending}" * scope.has_rest)
            else:
                code.line(f"{member} = E  # stands for the row: there, and not null")
    if said:
        code.line(f"if value{inner_ending} is not M: {member} = value{inner_ending}")


def _write_column_member(scope: Scope, claim: Claim, inner: Claim, name: str) -> None:
    """Write: a member that only a column and the rest may have; as most are, so it takes no variable."""
    ending, leaf, unless = scope.at(claim), _leaf(scope, inner), ""
    if leaf is not None:
        write_leaf(scope, inner, leaf, f"object{ending}[{name}]")
        unless = f"{name} not in object{ending} and "
    if not scope.has_rest:
        return
    with scope.code.block(f"if {unless}{name} in members{ending}:"):
        _write_belongs(scope, inner, leaf, f"members{ending}[{name}]")
        scope.code.line(f"object{ending}[{name}] = members{ending}[{name}]")


def _write_belongs(scope: Scope, claim: Claim, leaf: Leaf | None, beside: str) -> None:
    """Write: see that the rest has nothing at a place which a column or rows would take."""
    if scope.layout.rest is None:
        return
    if leaf is not None and len(scope.source.uses[leaf.column]) == 1 and leaf.column not in scope.source.after:
        kinds = NODE_KINDS if leaf.whole else ("scalar",)
        _write_taken(claim, scope, kinds, beside, f"column {scope.table.columns[leaf.column].name}")
    if _all_taken(scope, claim.singles):
        _write_taken(claim, scope, _kinds(scope, claim.singles), beside, _tables(scope, claim.singles))
    if claim.elements:
        reason = literal(f"the rest has {_place(claim)}, which belongs into {_tables(scope, claim.elements)}")
        scope.code.line(f"if {beside}.__class__ is list and {beside}: clash({reason})")


def _write_taken(claim: Claim, scope: Scope, kinds: Collection[str], beside: str, into: str) -> None:
    tests = " or ".join(_KINDS[kind].replace("node", beside) for kind in _KINDS if kind in kinds)
    taken = "" if len(kinds) == len(_KINDS) else f" and ({tests})"
    reason = literal(f"the rest has {_place(claim)}, which belongs into {into}")
    scope.code.line(f"if {beside} is not M{taken}: clash({reason})")


def _all_taken(scope: Scope, feeds: Feeds) -> bool:
    """Say whether these feeds leave nothing of the kinds that they take to the rest."""
    return bool(feeds) and all(takes_all(scope.module.layout, feed) for feed in feeds)


def _kinds(scope: Scope, feeds: Feeds) -> frozenset[str]:
    return frozenset[str]().union(*(scope.module.layout.fed(feed)[1].kinds for feed in feeds))


def _tables(scope: Scope, feeds: Feeds) -> str:
    return "table " + " or ".join(dict.fromkeys(scope.module.layout.tables[feed.table].name for feed in feeds))


def _write_map_belongs(scope: Scope, claim: Claim) -> None:
    """Write: see that no member of the rest is one that rows of a map would take."""
    if scope.layout.rest is None or not _all_taken(scope, claim.maps):
        return
    ending, kinds = scope.at(claim), _kinds(scope, claim.maps)
    claimed = scope.code.bind(frozenset(claim.members), "claimed")
    tests = " or ".join(_KINDS[kind].replace("node", "value") for kind in _KINDS if kind in kinds)
    taken = "" if len(kinds) == len(_KINDS) else f" and ({tests})"
    reason = literal(f"the rest has members of {_place(claim)} that belong into {_tables(scope, claim.maps)}")
    scope.code.line(f"if any(name not in {claimed}{taken} for name, value in members{ending}.items()): clash({reason})")


# -- arrays -----------------------------------------------------------------------------------------------------


def _write_array(scope: Scope, claim: Claim, target: str, beside: str, *, alone: bool) -> Level:
    """Write: the array whose elements are claimed by their index; `alone`: no column is at its place."""
    code, ending = scope.code, scope.at(claim)
    code.line(f"items{ending} = []; fillers{ending} = []")
    if scope.has_rest:
        code.line(f"elements{ending} = {beside} if {beside}.__class__ is list else []")
    for index, inner in sorted(claim.indexes.items()):
        yield _write_element(scope, ending, inner, literal(index))
    rest = beside if scope.has_rest else "M"
    code.line(f"array{ending} = indexed(items{ending}, fillers{ending}, {rest})")
    if alone:
        code.line(f"{target} = array{ending} if items{ending} else M")
    else:
        with code.block(f"if items{ending}:"):
            _write_found(scope, claim, target, f"array{ending}")
    for index, inner in sorted(claim.indexes.items()):
        if inner.whole is not None and len(scope.source.uses[inner.whole.column]) == 1:
            silent = f"value{scope.at(inner)} is M and {scope.cell(inner.whole.column)} is None"
            there = f"array{ending} is not M and len(array{ending}) > {literal(index)}"
            code.line(f"if {silent} and {there}: {no_null(scope, inner.whole.column)}")
    for index, inner in sorted(claim.indexes.items()):
        if inner.singles:
            slot = scope.slot(inner.singles)
            code.line(f"if key in parents{slot}: places{slot}[key] = (array{ending}, {literal(index)})")


def _write_element(scope: Scope, ending: str, inner: Claim, at: str) -> Level:
    """Write: put one element by its index, and what stands for it where it is not there."""
    code, value, beside = scope.code, f"value{scope.at(inner)}", f"beside{scope.at(inner)}"
    if scope.has_rest:
        there = f"len(elements{ending}) > {at} and elements{ending}[{at}] is not None"
        code.line(f"{beside} = elements{ending}[{at}] if {there} else M")
    said = yield _write_value(scope, inner, value, beside)
    if inner.singles:
        row = f"key in parents{scope.slot(inner.singles)}"
        if said:
            with code.block(f"if {row}:"):
                _write_found(scope, inner, value, "E", beside * scope.has_rest)
        else:
            code.line(f"{value} = E if {row} else M")
    if said or inner.singles:
        code.line(f"if {value} is not M: items{ending}.append(({at}, {value}))")
    leaf = inner.scalar or inner.whole
    if leaf is not None and leaf.alternative == 0:
        number = leaf.column
        filler = f"fillers{ending}.append(({at}, {decoded(scope, number, said=False)}))"
        code.line(f"elif {scope.cell(number)} is not None: {filler}")


def _write_elements(scope: Scope, claim: Claim, target: str, *, alone: bool) -> None:
    """Write: the array where rows and strays will go, if any will."""
    code, slot = scope.code, scope.slot(claim.elements)
    gone = f"({target} is M or {target} is None)" if _null_gives_way(scope, claim) else f"{target} is M"
    free = "" if alone else f" and {gone}"
    code.line(f"if key in places{slot}{free}: {target} = places{slot}[key]; taken{slot}.add(key)")
    if alone:
        code.line(f"else: {target} = M")
    if scope.noted:
        with nullcontext() if alone else code.block(f"if {gone} or key in taken{slot}:"):
            code.line(f"strays = strays_at.get({literal(claim.pointer)})")
            with code.block("if strays is not None:"):
                code.line(f"if {target}.__class__ is not list: {target} = []")
                code.line(f"strays{slot}[key] = ({target}, strays)")

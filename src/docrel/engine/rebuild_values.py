"""What a row's node is: generated code that asks, place by place, who says something there.

In: the rows of a source. Out: code that sets `node`. At a place a column is asked first, then the elements of an array
or the members of an object, then the rest; where rows will come, the object or array that they go to is kept for them.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from docrel.engine.rebuild_columns import decoded, write_broken_silence, write_elsewhere, write_leaf, write_unwriting
from docrel.engine.rebuild_scope import Scope
from docrel.layout import Claim, Leaf, literal


def write_node(scope: Scope) -> None:
    """Write the code that sets `node`."""
    code, claim = scope.code, scope.source.claim
    write_elsewhere(scope)
    if claim.is_object and not (claim.scalar or claim.whole or claim.is_array):
        _write_object(scope, claim, "rest")
        made = f"object{scope.at(claim)}"
        code.line(f"node = {made}")
        if scope.has_rest:
            awaits = f"awaits{scope.at(claim)}"
            code.line(f"if not {made} and rest is not M and rest.__class__ is not dict and not {awaits}: node = rest")
    else:
        usual = {"object": "{}", "array": "[]", "null": "None"}[claim.usual]
        said = _write_value(scope, claim, "node", "rest")
        code.line(f"{'if node is M: ' if said else ''}node = {usual}")
    write_unwriting(scope)
    write_broken_silence(scope)


def _leaf(scope: Scope, claim: Claim) -> Leaf | None:
    """The column that may say something at a place: without notes, only at the first one of its places."""
    leaf = claim.whole or claim.scalar
    return leaf if leaf is not None and (scope.noted or leaf.alternative == 0) else None


def _write_value(scope: Scope, claim: Claim, target: str, beside: str) -> bool:
    """Write: set `target` to the value at a claim, M where there is none; False: nothing, there never is one.

    Each in turn is asked where those before say nothing; `beside` is what the rest has.
    """
    code, leaf = scope.code, _leaf(scope, claim)
    asked: list[tuple[str, Callable[[], None]]] = []  # when else it is asked, what writes the code
    if leaf is not None:
        asked.append(("", lambda: write_leaf(scope, claim, leaf, target)))
    if claim.indexes:
        asked.append(("", lambda: _write_array(scope, claim, target, beside)))
    if claim.elements:
        otherwise = target if asked else "M"
        asked.append((f" or {target} is None", lambda: _write_elements(scope, claim, target, otherwise)))
    if claim.is_object:  # after arrays, for it may be there only for what is taken out of it again
        asked.append((_gives_way(scope, claim, target), lambda: _write_object_at(scope, claim, target, beside)))
    if scope.has_rest:
        asked.append(("", lambda: code.line(f"{target} = {beside}")))
    if claim.fixed is not None:
        fixed = code.bind(claim.fixed[0], "fixed")
        asked.append(("", lambda: code.line(f"{target} = {fixed}")))
    if (leaf is not None or (claim.is_object and not claim.is_array)) and not _sets_always(scope, leaf):
        code.line(f"{target} = M")
    for place, (when_else, write) in enumerate(asked):
        with code.block(f"if {target} is M{when_else}:") if place else nullcontext():
            write()
    return bool(asked)


def _sets_always(scope: Scope, leaf: Leaf | None) -> bool:
    """Say whether the code of a column sets its target whatever the column says."""
    return leaf is not None and scope.noted and len(scope.source.uses[leaf.column]) == 1


def _gives_way(scope: Scope, claim: Claim, target: str) -> str:
    """The condition, to be or-ed, that a null stands where rows will come: it gives way to them."""
    if claim.scalar is None and claim.whole is None:
        return ""
    terms = []
    for inner in claim.walk():
        for feeds in inner.groups:
            terms.append(f"key in {'places' if feeds == inner.elements else 'parents'}{scope.slot(feeds)}")
    return f" or {target} is None and ({' or '.join(terms)})" if terms else ""


# -- objects ----------------------------------------------------------------------------------------------------


def _write_object_at(scope: Scope, claim: Claim, target: str, beside: str) -> None:
    """Write: set `target` to the object at a claim, where it is there or rows will come to it."""
    _write_object(scope, claim, beside)
    ending = scope.at(claim)
    scope.code.line(f"if object{ending} or awaits{ending}: {target} = object{ending}")


def _write_object(scope: Scope, claim: Claim, beside: str) -> None:
    """Write: make the object with all members that are there but rows, and say whether rows will come."""
    code, ending = scope.code, scope.at(claim)
    code.line(f"object{ending} = {{}}")
    if scope.has_rest:
        code.line(f"members{ending} = {beside} if {beside}.__class__ is dict else E")
    for known in claim.known:
        inner, name = claim.members.get(known), literal(known)
        if inner is not None:
            _write_member(scope, claim, inner, name)
        elif scope.has_rest:
            code.line(f"if {name} in members{ending}: object{ending}[{name}] = members{ending}[{name}]")
    if scope.has_rest:
        code.line(f"if members{ending}: leftovers(object{ending}, members{ending})")
    code.line(f"awaits{ending} = False")
    for slot in scope.slots(claim):
        code.line(f"if key in parents{slot}: places{slot}[key] = object{ending}; awaits{ending} = True")


def _write_member(scope: Scope, claim: Claim, inner: Claim, name: str) -> None:
    """Write: put one member into the object under way, where anything says something of it."""
    code, ending, inner_ending = scope.code, scope.at(claim), scope.at(inner)
    member = f"object{ending}[{name}]"
    if (inner.scalar or inner.whole) and not scope.noted and not inner.is_mixed and inner.fixed is None:
        _write_column_member(scope, claim, inner, name)
        return
    if scope.has_rest:
        code.line(f"beside{inner_ending} = members{ending}.get({name}, M)")
    said = _write_value(scope, inner, f"value{inner_ending}", f"beside{inner_ending}")
    if inner.singles:
        slot = scope.slot(inner.singles)
        with code.block(f"if key in parents{slot}:"):
            code.line(f"places{slot}[key] = (object{ending}, {name})")
            stands = f"if value{inner_ending} is M: value{inner_ending} = E" if said else f"{member} = E"
            code.line(f"{stands}  # stands for the row: there, and not null")
    if said:
        code.line(f"if value{inner_ending} is not M: {member} = value{inner_ending}")


def _write_column_member(scope: Scope, claim: Claim, inner: Claim, name: str) -> None:
    """Write: a member that only a column and the rest may have; as most are, so it takes no variable."""
    ending, leaf, unless = scope.at(claim), _leaf(scope, inner), ""
    if leaf is not None:
        write_leaf(scope, inner, leaf, f"object{ending}[{name}]")
        unless = f"{name} not in object{ending} and "
    if scope.has_rest:
        scope.code.line(f"if {unless}{name} in members{ending}: object{ending}[{name}] = members{ending}[{name}]")


# -- arrays -----------------------------------------------------------------------------------------------------


def _write_array(scope: Scope, claim: Claim, target: str, beside: str) -> None:
    """Write: the array whose elements are claimed by their index."""
    code, ending = scope.code, scope.at(claim)
    code.line(f"items{ending} = []; fillers{ending} = []")
    if scope.has_rest:
        code.line(f"elements{ending} = {beside} if {beside}.__class__ is list else []")
    for index, inner in sorted(claim.indexes.items()):
        _write_element(scope, ending, inner, literal(index))
    code.line(f"{target} = indexed(items{ending}, fillers{ending}, {beside if scope.has_rest else 'M'})")
    for index, inner in sorted(claim.indexes.items()):
        if inner.singles:
            slot = scope.slot(inner.singles)
            code.line(f"if key in parents{slot}: places{slot}[key] = ({target}, {literal(index)})")


def _write_element(scope: Scope, ending: str, inner: Claim, at: str) -> None:
    """Write: put one element by its index, and what stands for it where it is not there."""
    code, value, beside = scope.code, f"value{scope.at(inner)}", f"beside{scope.at(inner)}"
    if scope.has_rest:
        there = f"len(elements{ending}) > {at} and elements{ending}[{at}] is not None"
        code.line(f"{beside} = elements{ending}[{at}] if {there} else M")
    said = _write_value(scope, inner, value, beside)
    if inner.singles:
        row = f"key in parents{scope.slot(inner.singles)}"
        code.line(f"if {value} is M and {row}: {value} = E" if said else f"{value} = E if {row} else M")
    if said or inner.singles:
        code.line(f"if {value} is not M: items{ending}.append(({at}, {value}))")
    if inner.scalar is not None and inner.scalar.alternative == 0:
        number = inner.scalar.column
        filler = f"fillers{ending}.append(({at}, {decoded(scope, number, said=False)}))"
        code.line(f"elif {scope.cell(number)} is not None: {filler}")


def _write_elements(scope: Scope, claim: Claim, target: str, otherwise: str) -> None:
    """Write: the array where rows and strays will go, `otherwise` where none will."""
    code, slot = scope.code, scope.slot(claim.elements)
    code.line(f"{target} = places{slot}.get(key, {otherwise})")
    if scope.noted:
        code.line(f"strays = complement.strays({literal(claim.pointer)})")
        with code.block("if strays is not None:"):
            code.line(f"if {target}.__class__ is not list: {target} = []")
            code.line(f"strays{slot}[key] = ({target}, strays)")

"""What a column says: generated code that tells from its content, its default and its notes what the document has.

In: the rows of a source. Out: code that sets a variable, or a member, to what the column says; and, where the default
is told from the node itself, that takes a value out again which silence says as well.
"""

from __future__ import annotations

from docrel.engine.misfits import fitting
from docrel.engine.rebuild_scope import RebuildModule, Scope
from docrel.engine.rebuilding import noted_decoder
from docrel.layout import (
    Claim,
    Leaf,
    Pointer,
    TableLayout,
    Uses,
    column_decoder,
    computed_default,
    constant_of,
    counted,
    exact_decoder,
    from_own_node,
    is_computed,
    is_constant,
    literal,
    null_is_said,
)
from docrel.plan import Column, Value
from docrel.values import CODECS

NONE, LATER = "None", "LATER"
"""The expressions for no default, and for one that is told from the node when it is there."""


def write_document_defaults(module: RebuildModule, layout: TableLayout) -> None:
    """Write: bind the defaults that are the same for all rows of a document, ahead of the loops that use them."""
    table = module.layout.plan.tables[layout.number]
    for column in table.columns:
        if isinstance(column.role, Value) and is_computed(column) and not from_own_node(table, column):
            module.document_default(layout, column)


def write_defaults(scope: Scope) -> None:
    """Write: the defaults that can be told before the node is there, and that no other was written yet."""
    for number, column in enumerate(scope.table.columns):
        default = column.default
        if number in scope.source.after:
            scope.code.line(f"written{scope.on(number)} = None")
        elif default is None or number not in scope.source.ahead or is_constant(column):
            continue
        elif default.elapsed is not None:
            time, seconds = (scope.table.index_of(name) for name in (default.elapsed.time, default.elapsed.seconds))
            count = scope.code.bind(counted(column), "elapsed")
            scope.code.line(f"default{scope.on(number)} = {count}({scope.cell(time)}, {scope.cell(seconds)})")
        elif is_computed(column):
            values = scope.module.document_default(scope.layout, column)
            scope.code.line(f"default{scope.on(number)} = {values}[root]")


def write_elsewhere(scope: Scope) -> None:
    """Write: whether the rest has something at the other places of a column, which its default would hide."""
    for number in sorted(scope.source.uses):
        if _may_be_elsewhere(scope, number):
            pointers = tuple(claim.pointer for _, claim in scope.source.uses[number])
            some = " or ".join(f"({_rest_has(pointer)})" for pointer in pointers)
            said = f"({some}) and said_elsewhere(rest, {literal(pointers)})"
            scope.code.line(f"elsewhere{scope.on(number)} = {said}")


def _may_be_elsewhere(scope: Scope, number: int) -> bool:
    """Say whether the rest may have a value at another place of the column, which its default would hide."""
    return scope.has_rest and len(scope.source.uses[number]) > 1 and scope.source.is_recomputed(number)


def decoded(scope: Scope, number: int, *, said: bool = True) -> str:
    """Return the expression for what the content of a column stands for; it raises where the type cannot hold that.

    `said`: also where a document that says so is held otherwise.
    """
    column, fit = scope.table.columns[number], _fit(scope, number, said=said)
    if CODECS[column.type].container:
        return fit
    return f"({fit} if {fitting(column).format(scope.cell(number))} else {_unfit(scope, number)})"


def _fit(scope: Scope, number: int, *, said: bool) -> str:
    """The expression for what the content of a column stands for, where its type can hold that."""
    column, cell = scope.table.columns[number], scope.cell(number)
    if column.type == "json":
        return f"loads({literal(column.name)}, {cell})"
    if _is_decoded(column):
        decode = exact_decoder(column) if said else column_decoder(column)
        return f"{scope.code.bind(decode, 'decode')}({cell})"
    return f"{cell} == 1" if column.type == "boolean" else cell


def _unfit(scope: Scope, number: int) -> str:
    column = scope.table.columns[number]
    return f"unfit({literal(column.name)}, {literal(column.type)}, {scope.cell(number)})"


def _is_decoded(column: Column) -> bool:
    """Say whether it takes the codec, or the value map, to tell what a column's content stands for."""
    codec = CODECS[column.type]
    spelled = column.quoted is not None or column.scale is not None
    return bool(column.map) or spelled or not (codec.native or codec.container)


def _default(scope: Scope, number: int) -> str:
    """Return the expression for a column's default."""
    column = scope.table.columns[number]
    if number in scope.source.after:
        return LATER
    if column.default is None or number not in scope.source.ahead:
        return NONE
    if is_constant(column):
        return scope.code.bind(constant_of(column), "constant")
    return f"default{scope.on(number)}" if column.default.elapsed or is_computed(column) else NONE


def write_leaf(scope: Scope, claim: Claim, leaf: Leaf, target: str) -> None:
    """Write: set `target` where the column says something; where the row has notes, to M where it does not."""
    code, number = scope.code, leaf.column
    later = number in scope.source.after
    if scope.noted:
        _write_noted(scope, leaf, target)
        if later:
            code.line(f"if {target} is not M: written{scope.on(number)} = {literal(claim.pointer)}")
        return
    written = f"; written{scope.on(number)} = {literal(claim.pointer)}" if later else ""
    null, value = _said(scope, number)
    if null and _is_told_null(scope, number, later=later):
        code.line(f"if {null}: {no_null(scope, number)}")
    elif null:
        code.line(f"if {null}: {target} = None{written}")
    if value == f"{scope.cell(number)} is not None":  # one test for both, as most columns are like this
        fits = fitting(scope.table.columns[number]).format(scope.cell(number))
        code.line(f"if {fits}: {target} = {_fit(scope, number, said=not later)}{written}")
        if fits != value:
            code.line(f"elif {value}: {_unfit(scope, number)}")
        return
    head = f"{'elif' if null else 'if'} {value}" if value else "else"
    code.line(f"{head}: {target} = {decoded(scope, number, said=not later)}{written}")


def _is_told_null(scope: Scope, number: int, *, later: bool) -> bool:
    """Say whether a column tells null from silence by itself, so that its NULL never means that the document says so.

    `later`: whether it is silent is told when the node is there.
    """
    return CODECS[scope.table.columns[number].type].container and not later


def no_null(scope: Scope, number: int) -> str:
    """The expression that raises: a column is NULL, which no document says here."""
    name = scope.table.columns[number].name
    reason = f"column {name} is NULL, but silence means something else there, and a document's null is the JSON null"
    return f"clash({literal(reason)})"


def _said(scope: Scope, number: int) -> tuple[str, str]:
    """Return when a column without notes says null (empty: never), and when else a value (empty: always)."""
    cell, default, null_said = scope.cell(number), _default(scope, number), null_is_said(scope.table.columns[number])
    if default == LATER or (default == NONE and null_said):
        return f"{cell} is None", ""
    if default == NONE:
        return "", f"{cell} is not None"
    differs = f"{cell} != {default}"
    if _may_be_elsewhere(scope, number):
        differs = f"({differs} or elsewhere{scope.on(number)})"
    if null_said:
        return f"{cell} is None", differs
    return f"{cell} is None and {default} is not None", f"{cell} is not None and {differs}"


def _write_noted(scope: Scope, leaf: Leaf, target: str) -> None:
    """Write: set `target` by what the notes say of the column."""
    code, number = scope.code, leaf.column
    column, default = scope.table.columns[number], _default(scope, number)
    if _may_be_elsewhere(scope, number):
        default = f"NEVER if elsewhere{scope.on(number)} else {default}"
    decoder = noted_decoder(
        column,
        null_is_said=null_is_said(column),
        told_later=number in scope.source.after,
        identifies=scope.identifies(column),
    )
    name, give = literal(column.name), code.bind(decoder, "give")
    value = f"{give}({scope.cell(number)}, said.get({name}, ()), {default})"
    if default == NONE or number in scope.source.after:  # as most columns are, of which mostly nothing is noted
        noted = f"{give}({scope.cell(number)}, said[{name}], {default})"
        value = f"{noted} if {name} in said else {_unnoted(scope, number)}"
    chosen = f"if via.get({name}, 0) == {leaf.alternative}: "
    code.line(f"{chosen if len(scope.source.uses[number]) > 1 else ''}{target} = {value}")


def _unnoted(scope: Scope, number: int) -> str:
    """The expression for what a column without notes says, M for nothing; no default is told ahead of the node."""
    column, later = scope.table.columns[number], number in scope.source.after
    silent = "None" if later or null_is_said(column) else "M"
    if silent == "None" and _is_told_null(scope, number, later=later):
        silent = no_null(scope, number)
    return f"{silent} if {scope.cell(number)} is None else {decoded(scope, number, said=not later)}"


def write_unwriting(scope: Scope) -> None:
    """Write: take each value that equals the default computed from the rebuilt node out of it again."""
    for number in scope.source.after:
        _write_unwriting(scope, number)
    if scope.source.after and scope.has_rest:
        scope.code.line("if not node and rest is not M: node = rest")


def _write_unwriting(scope: Scope, number: int) -> None:
    """Write: take the value of one column out of the node where its default says as much."""
    code, column = scope.code, scope.table.columns[number]
    compute = code.bind(computed_default(column), "compute")
    cell, written = scope.cell(number), f"written{scope.on(number)}"
    terms = [f"{written} is not None", f"{cell} == {compute}(node, {_document(scope)})"]
    if null_is_said(column):
        terms.insert(1, f"{cell} is not None")
    if _may_be_elsewhere(scope, number):
        terms.append(f"not elsewhere{scope.on(number)}")
    head = "if"
    for claim in scope.contested:
        contested, length = f"contested{scope.at(claim)}", len(claim.pointer)
        if any(inner.pointer[:length] == claim.pointer for _, inner in scope.source.uses[number]):
            inside = f"{contested} is not None and {written} is not None"
            inside += f" and {written}[:{length}] == {literal(claim.pointer)}"
            with code.block(f"{head} {inside}:"):
                code.line(f"if {' and '.join(terms)}: unwrite({contested}, {written}[{length}:], M)")
            head = "elif"
    if scope.noted:
        terms.append(f"not stays_written({cell}, said.get({literal(column.name)}, ()))")
    arguments = ["node", written, "rest" if scope.has_rest else "M", *_awaiting(scope, number)]
    code.line(f"{head} {' and '.join(terms)}: unwrite({', '.join(arguments)})")
    there = [f"{written} is not None"]
    if scope.noted:
        there.append(f"not said.get({literal(column.name)})")
    if CODECS[column.type].container:
        code.line(f"elif {' and '.join(there)} and {cell} is None: {no_null(scope, number)}")
    elif _is_decoded(column):  # what stays must be exact
        code.line(f"elif {' and '.join(there)} and {cell} is not None: {decoded(scope, number)}")


def write_choice_checks(scope: Scope) -> None:
    """Write: see that the rest has nothing at the places of a column which `flatten` would rather take.

    It takes none where the column has a value of its first place, and nothing is noted of it or added to the rest.
    """
    for number, uses in sorted(scope.source.uses.items()):
        if len(uses) < 2 or not scope.has_rest:
            continue
        pointers = tuple(claim.pointer for _, claim in uses)
        column = scope.table.columns[number]
        if_rest = " or ".join(_has(scope, pointer) for pointer in pointers)
        if_open = f"{scope.cell(number)} is None"
        if scope.noted:
            if_open = f"({if_open} or added or {literal(column.name)} in said or {literal(column.name)} in via)"
        if_rest = f"{if_open} and ({if_rest})"
        whole = CODECS[column.type].container
        see = f"see_choice({literal(column.name)}, rest, node, {literal(pointers)}, whole={whole})"
        scope.code.line(f"if {if_rest}: {see}")


def _has(scope: Scope, pointer: Pointer) -> str:
    """The condition that the rest may have something at a place, when the object around it is there."""
    if not pointer or any(isinstance(step, int) for step in pointer):
        return f"({_rest_has(pointer)})"
    return f"{literal(pointer[-1])} in members{scope.at(scope.claim_at(pointer[:-1]))}"


def _rest_has(pointer: Pointer) -> str:
    """The condition that the rest may have something at a place; mostly it has not, which is soon seen."""
    around, terms = "rest", ["rest is not M"]
    for number, step in enumerate(pointer):
        if isinstance(step, int):
            break
        terms.append(f"{around}.__class__ is dict and {literal(step)} in {around}")
        if number + 1 < len(pointer):
            terms[-1] = f"{around}.__class__ is dict and (step := {around}.get({literal(step)}, M)) is not M"
            around = "step"
    return " and ".join(terms)


def write_broken_silence(scope: Scope) -> None:
    """Write: say what a column holds where silence would give it another default, as far as only the node tells that.

    So it is with a NULL, and with what filled the column before an edit of what its default looks at.
    """
    for number, uses in sorted(scope.source.uses.items()):
        column, source = scope.table.columns[number], scope.source
        default = column.default
        if default is None or not (is_computed(column) or default.elapsed) or number in source.ahead:
            continue
        is_null_said = null_is_said(column) or number in source.after
        if not scope.noted and is_null_said:
            continue
        if default.elapsed is not None:
            a, b = (scope.table.index_of(name) for name in (default.elapsed.time, default.elapsed.seconds))
            told = f"{scope.code.bind(counted(column), 'elapsed')}({scope.cell(a)}, {scope.cell(b)})"
        else:
            told = f"{scope.code.bind(computed_default(column), 'compute')}(node, {_document(scope)})"
        cell, condition = scope.cell(number), f"{told} is not None"
        if scope.noted:
            unless = f"{cell} is not None and " if is_null_said else ""
            condition = f"{unless}breaks_silence(said.get({literal(column.name)}, ()), {cell}, {told})"
        else:
            condition = f"{cell} is None and {condition}"
        null = no_null(scope, number) if CODECS[column.type].container else "None"
        value = f"{null} if {cell} is None else {decoded(scope, number)}" if scope.noted else null
        scope.code.line(f"if {condition}: node = say(node, {_steps(scope, uses)}, {value})")


def write_name(scope: Scope) -> None:
    """Write: say the new name of a document that has been silent of its name."""
    for number, uses in sorted(scope.source.uses.items()):
        column = scope.table.columns[number]
        if scope.noted and scope.identifies(column):
            renamed = f"is_renamed(said.get({literal(column.name)}, ()), {scope.cell(number)})"
            value = decoded(scope, number)
            scope.code.line(f"if {renamed}: node = name_anew(node, {_steps(scope, uses)}, {value})")


def _steps(scope: Scope, uses: Uses) -> str:
    """The expression for the way to the first place of a column."""
    _, claim = uses[0]
    return literal(tuple((step, scope.claim_at(claim.pointer[:n]).known) for n, step in enumerate(claim.pointer)))


def _document(scope: Scope) -> str:
    """The expression for the document that the row at hand belongs to, as far as it is there."""
    if scope.table.parent is None:
        return "node"
    return f"documents{scope.module.names.tables[scope.layout.root]}.get(root, M)"


def _awaiting(scope: Scope, number: int) -> list[str]:
    """The expression for the objects around a column's places that rows will come to; nothing if none can."""
    pointers = [claim.pointer for _, claim in scope.source.uses.get(number, ())]
    slots = [
        slot
        for claim in scope.source.claim.walk()
        if any(pointer[: len(claim.pointer)] == claim.pointer for pointer in pointers)
        for slot in scope.slots(claim)
    ]
    return [f"({''.join(f'places{slot}.get(key), ' for slot in slots)})"] if slots else []

"""The columns of a row: generated code that fills them.

In: a scope. Out: code that sets `c<column>` for each column, with notes in `x` for what the columns cannot say.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Any, Literal

from docrel.engine.flatten_constraints import write_constraints, write_inexact_key, write_limits, write_required
from docrel.engine.flatten_scope import Nullness, Scope, other_kinds, teller
from docrel.layout import (
    Claim,
    Inexact,
    Uses,
    column_decoder,
    constant_of,
    counted,
    exact,
    is_computed,
    is_constant,
    is_volatile,
    literal,
    mapped,
    null_is_said,
    reads_only_document,
    scalar_encoder,
    separator_of,
    unlike,
)
from docrel.plan import (
    Column,
    Derived,
    EdgeName,
    JoinedKey,
    MemberKey,
    ParentKey,
    Position,
    Rest,
    Surrogate,
    Unsourced,
    Value,
)
from docrel.rows import Explicit, Filled, Filler, Integer, Null
from docrel.values import CODECS, INTEGER_MAX, INTEGER_MIN


def write_choices(scope: Scope) -> None:
    """Write: bind `y<column>` to the value of the alternative that is present; note one that is not the first."""
    for column in scope.choices:
        uses = scope.uses(column)
        first, *others = (f"v{scope.at(claim)}" for _, claim in uses)
        usual = " and ".join([f"{first}.__class__ is str", *(f"{other} is M" for other in others)])
        with scope.code.block(f"if {usual}:"):
            scope.code.line(f"y{scope.on(column)} = {first}")
        with scope.code.block("else:"):
            _write_choice(scope, column, uses)


def _write_choice(scope: Scope, column: int, uses: Uses) -> None:
    """Write: look at each alternative in turn; what is not chosen is kept."""
    code = scope.code
    present = "{value} is not M and {value} is not None"
    if not scope.is_whole(column):
        present += " and {value}.__class__ not in C"
    word = "if"
    for condition in (present, "{value} is None"):
        for alternative, claim in uses:
            value = f"v{scope.at(claim)}"
            code.line(f"{word} {condition.format(value=value)}: w = {alternative}; y{scope.on(column)} = {value}")
            word = "elif"
    code.line(f"else: w = -1; y{scope.on(column)} = M")
    with code.block("if w > 0:"):
        code.line(scope.note(f"Via({literal(scope.columns[column].name)}, w)"))
    for alternative, claim in uses:
        if claim.pointer:
            with code.block(f"if {' and '.join([*_unclaimed(scope, claim), f'w != {alternative}'])}:"):
                _write_not_chosen(scope, column, claim)


def _write_not_chosen(scope: Scope, column: int, claim: Claim) -> None:
    """Write: keep what is at an alternative; only a scalar tells something that the column could as well."""
    value = f"v{scope.at(claim)}"
    told = scope.tell("'type'", value, f"({column},)", scope.location(claim.pointer))
    if scope.is_whole(column) or scope.layout.rest is None or claim.giving_way <= {"scalar"}:
        scope.keep(claim, value)
        if not scope.is_whole(column):
            scope.code.line(f"if {value}.__class__ in C: {told}")
        return
    with scope.code.block(f"if {value}.__class__ in C:"):
        scope.put_aside(claim, value)
        scope.code.line(told)
    with scope.code.block("else:"):
        scope.keep(claim, value)


def _unclaimed(scope: Scope, claim: Claim, *, is_there: bool = False) -> list[str]:
    """The conditions that a value is there, of a kind that nobody else takes at this place."""
    value = f"v{scope.at(claim)}"
    return [f"{value} is not M"] * (not is_there) + [f"{value}.__class__ is not {kind}" for kind in other_kinds(claim)]


def write_columns(scope: Scope) -> None:
    """Write: fill each column; those that count from others come last."""
    late = []
    for number, column in enumerate(scope.columns):
        if column.default is not None and column.default.elapsed is not None:
            late.append(number)
        else:
            _write_column(scope, number, column)
    for number in late:
        _write_column(scope, number, scope.columns[number])


def _write_column(scope: Scope, number: int, column: Column) -> None:
    """Write: fill one column, as its role says, and check its constraints."""
    code, cell = scope.code, f"c{scope.on(number)}"
    holds: Nullness = "either"
    match column.role:
        case Value() | Unsourced() if number in scope.constants:
            code.line(f"{cell} = {code.bind(scope.constants[number], 'constant')}")
            return
        case Value() if scope.uses(number):
            _write_value(scope, number, column)
            return
        case Value() | Unsourced():
            holds = _write_default(scope, number, column, "unread")
        case ParentKey():
            code.line(f"{cell} = k{scope.on(number)}")
            return
        case Position():
            code.line(f"{cell} = {'None' if scope.is_root else 'position'}")
            return
        case MemberKey():
            named = "i[0]" if scope.is_tree else "i"
            holds = _write_name(scope, number, column, named if scope.source.by_name else None)
        case JoinedKey():
            names = f"join_names(i[1], {literal(separator_of(column))})"
            holds = _write_name(scope, number, column, names if scope.is_tree else None)
        case EdgeName():
            code.line(f"{cell} = {literal(scope.source.name)}")
            holds = "value"
        case Derived(selector):
            code.line(f"{cell} = {code.bind(deriver(column, selector), 'derive')}(n, document)")
            with code.block(f"if {cell}.__class__ is Inexact:"):
                code.line(scope.tell("'type'", f"{cell}.value", f"({number},)"))
                code.line(f"{cell} = None")
        case Surrogate() | Rest():
            return
    write_constraints(scope, number, column, holds)


def _write_name(scope: Scope, number: int, column: Column, name: str | None) -> Nullness:
    """A member's name as a key: if no backend can hold it, the column gets a stand-in and an override."""
    cell = f"c{scope.on(number)}"
    scope.code.line(f"{cell} = {name}")
    if name is None:
        return "null"
    with scope.code.block(f"if not clean and not clean_text({cell}):"):
        scope.code.line(f"k = encode_text({cell})")
        scope.code.line(scope.tell("'inexact'", cell, f"({number},)"))
        scope.code.line(f"{scope.note(f'Override({literal(column.name)}, k, {cell})')}; {cell} = k")
    return "value"


def _write_value(scope: Scope, number: int, column: Column) -> None:
    """Write: fill a column from the values of its places."""
    code, cell, value = scope.code, f"c{scope.on(number)}", scope.value(number)
    if scope.is_whole(number):
        with code.block(f"if {value} is not M:"):
            code.line(f"try: {cell} = dumps({value}).decode()")
            code.line(f"except TypeError: {cell} = dump_json({value})")
            _write_explicit(scope, number, column)
        with code.block("else:"):
            _write_default(scope, number, column)
        write_constraints(scope, number, column)
        return
    taken = _exact(column, value, identifies=scope.identifies(column))
    if taken is None:
        _write_inexact(scope, number, column, value)
        write_constraints(scope, number, column)
        return
    with code.block(f"if {taken}:"):
        code.line(f"{cell} = {value}" if column.type != "boolean" else f"{cell} = 1 if {value} else 0")
        _write_explicit(scope, number, column)
    with code.block("else:"):
        _write_inexact(scope, number, column, value)
        if column.required:
            write_required(scope, number)
    write_limits(scope, number, column)


def _exact(column: Column, value: str, *, identifies: bool = False) -> str | None:
    """The condition under which the column takes the value unchanged; None: always ask the codec."""
    if column.map or column.quoted or column.scale is not None:
        return None
    match column.type:
        case "text":
            return f"{value}.__class__ is str and (clean or clean_text({value}))"
        case "integer":
            return f"{value}.__class__ is int and {INTEGER_MIN} <= {value} <= {INTEGER_MAX}"
        case "real":
            return f"{value}.__class__ is float and {value}"
        case "boolean":
            return f"{value}.__class__ is bool"
        case "scalar":
            number = f"{value}.__class__ is int and {INTEGER_MIN} <= {value} <= {INTEGER_MAX}"
            real = "" if identifies else f" or {value}.__class__ is float and {value}"
            return f"{value}.__class__ is str and (clean or clean_text({value})) or {number}{real}"
    return None


def _write_inexact(scope: Scope, number: int, column: Column, value: str) -> None:
    """Absent, null, or a scalar that only the codec knows how to hold."""
    code, cell, uses = scope.code, f"c{scope.on(number)}", scope.uses(number)
    has_default = column.default is not None or scope.identifies(column)
    if len(uses) > 1:  # of several places one is chosen, where no array or object is
        with code.block(f"if {value} is M:"):
            _write_default(scope, number, column)
    else:
        if not has_default:
            code.line(f"if {value} is M: {cell} = None")
        container = f"{value}.__class__ in C"
        with code.block(f"if {value} is M or {container}:" if has_default else f"elif {container}:"):
            _write_default(scope, number, column)
            conditions = _unclaimed(scope, uses[0][1], is_there=not has_default)
            if uses[0][1].pointer:
                with code.block(f"if {' and '.join(conditions)}:") if conditions else nullcontext():
                    scope.put_aside(uses[0][1], value)
                    code.line(scope.tell_column(number, "'type'", value))
    with code.block(f"elif {value} is None:"):
        _write_null(scope, number, column)
    with code.block("else:"):
        code.line(f"{cell}, k = {code.bind(scalar_encoder(column), 'store')}({value})")
        if scope.identifies(column):
            tell = code.bind(exact(mapped(column), column_decoder(column)), "exact")
            write_inexact_key(scope, number, f"{tell}({value}).__class__ is Inexact", value)
        _write_note(scope, column)
        code.line(f"u = k and {code.bind(unlike(column), 'unlike')}({cell}, {value})")
        code.line(f"if u: {scope.tell_column(number, 'u', value)}")
        _write_explicit(scope, number, column)


def _write_note(scope: Scope, column: Column) -> None:
    """Write: note `k`, what the encoder has found that the column does not say."""
    code, name, kept = scope.code, literal(column.name), "k is not None"
    if column.type == "real":
        code.line(f"if k == (): {scope.note(scope.known(Integer(column.name)))}")
        kept = "k"
    if CODECS[column.type].form is None or column.map:
        code.line(f"if {kept}: {scope.note(f'Override({name}, *k)')}")
        return
    with code.block(f"if {kept}:"):
        code.line(f"if len(k) != 2: {scope.note(f'Spelling({name}, k[0])')}")
        code.line(f"if len(k) > 1: {scope.note(f'Override({name}, *k[-2:])')}")


# -- defaults ---------------------------------------------------------------------------------------------


def _default_of_document(scope: Scope, number: int, column: Column) -> str | None:
    """Write what `d` needs and return the expression for what the document tells of the default; None: nothing."""
    default = column.default
    if default is None:
        return None
    if default.elapsed is not None:
        time, seconds = (scope.table.index_of(name) for name in (default.elapsed.time, default.elapsed.seconds))
        return f"{scope.code.bind(counted(column), 'elapsed')}(c{scope.on(time)}, c{scope.on(seconds)})"
    if is_constant(column) and constant_of(column) is not None:
        return scope.code.bind(constant_of(column), "constant")
    if not is_computed(column):
        return None
    if reads_only_document(column):
        slot, function = scope.module.shared_default(column, identifies=scope.identifies(column))
        scope.code.line(f"d = defaults[{slot}]")
        scope.code.line(f"if d is M: d = defaults[{slot}] = {function}(None, document)")
        return "d"
    return f"{scope.computed(number)}(n, document)"


Says = Literal["silence", "null", "unread"]
"""What the document says where a column takes its default; `unread`: nobody will ask."""


def _write_default(scope: Scope, number: int, column: Column, says: Says = "silence") -> Nullness:
    """Write: the column holds its default. What filled it is noted: for silence where it is not computed again."""
    code, cell = scope.code, f"c{scope.on(number)}"
    told = _default_of_document(scope, number, column)
    fillers = _fallbacks(scope, column)
    if told is not None or not fillers:
        code.line(f"{cell} = {told}")
    if told is not None and (says == "null" or (says == "silence" and not scope.source.is_recomputed(number))):
        _write_told(scope, number, column, null=says == "null")
    if told is not None and is_constant(column):
        return "value"
    holds: Nullness = "null" if told is None else "either"
    if fillers:
        with nullcontext() if told is None else code.block(f"if {cell} is None:"):
            holds = _write_fallback(scope, number, column, fillers, says)
    if scope.identifies(column):
        write_inexact_key(scope, number, f"{cell}.__class__ is Inexact", f"{cell}.value")
        code.line(f"{cell} = held({cell})")
    return holds


def _write_told(scope: Scope, number: int, column: Column, *, null: bool) -> None:
    """Write: note what the document and the mapping tell of the default."""
    if is_constant(column):
        scope.code.line(scope.note(scope.known(Filled(column.name, constant_of(column), "constant", null))))
    else:
        cell = f"c{scope.on(number)}"
        scope.code.line(f"if {cell} is not None: {scope.note(_filled(column, cell, repr(teller(column)), null=null))}")


def _filled(column: Column, held: str, by: str, *, null: bool) -> str:
    """Return the expression for the note on what filled a column."""
    return f"Filled({literal(column.name)}, {held}, {by}{', True' * null})"


def _fallbacks(scope: Scope, column: Column) -> list[tuple[Filler, str]]:
    """Return what fills a column of which the document does not tell, in order, each with its expression."""
    default, codec, found = column.default, CODECS[column.type], list[tuple[Filler, str]]()
    if scope.is_key(column) or (default is not None and default.given):
        encode = exact(codec.encode, codec.decode) if scope.identifies(column) else codec.encode
        found.append(("given", f"None if to.given is None else {scope.code.bind(encode, 'encode')}(to.given)"))
    if default is not None and default.now:
        time = "to.now" if column.type == "text" else f"{scope.code.bind(codec.encode, 'encode')}(to.now)"
        found.append(("clock", time))
    constant = constant_of(column) if is_volatile(column) else None
    if constant is not None and not _is_sure(column, found):
        found.append(("constant", scope.code.bind(constant, "constant")))
    return found


def _is_sure(column: Column, fillers: Sequence[tuple[Filler, str]]) -> bool:
    """Say whether the last filler never leaves the column NULL."""
    return bool(fillers) and (fillers[-1][0] == "constant" or (fillers[-1][0] == "clock" and column.type == "text"))


def _write_fallback(
    scope: Scope, number: int, column: Column, fillers: Sequence[tuple[Filler, str]], says: Says
) -> Nullness:
    """Write: the column, of which nothing tells, holds the given name, the time, or the constant; which is noted."""
    code, cell, several = scope.code, f"c{scope.on(number)}", len(fillers) > 1
    for place, (by, value) in enumerate(fillers):
        with code.block(f"if {cell} is None:") if place else nullcontext():
            code.line(f"{cell} = {value}{f'; by = {by!r}' * several}")
        if by == "given" and scope.is_root and (column.name,) == scope.plan.key_of(scope.table):
            code.line(f"to.given_used = {cell} is not None")
    if says != "unread":
        by_whom = "by" if several else repr(fillers[0][0])
        code.line(scope.note(_filled(column, cell, by_whom, null=says == "null")))
    return "value" if _is_sure(column, fillers) else "either"


def _write_null(scope: Scope, number: int, column: Column) -> None:
    """The document says null."""
    code, cell, name = scope.code, f"c{scope.on(number)}", column.name
    if column.required and (column.default is not None or scope.identifies(column)):
        _write_default(scope, number, column, "null")
    elif column.default is not None and column.default.elapsed is not None:
        # NULL would be filled again by a trigger that does for SQL what this default does here
        _write_default(scope, number, column, "null")
        code.line(f"if {cell} is None: {scope.note(scope.known(Null(name)))}")
    elif null_is_said(column) and (scope.source.is_recomputed(number) or (column.default and column.default.written)):
        code.line(f"{cell} = None")
    else:
        code.line(f"{cell} = None; {scope.note(scope.known(Null(name)))}")


def _write_explicit(scope: Scope, number: int, column: Column) -> None:
    """Note a value that equals the default and is written all the same."""
    default = _default_of_document(scope, number, column) if scope.source.is_recomputed(number) else None
    if default is not None:
        default = f"held({default})" if scope.identifies(column) else default
        scope.code.line(f"if c{scope.on(number)} == {default}: {scope.note(scope.known(Explicit(column.name)))}")


def deriver(column: Column, selector: str) -> Callable[[Any, Any], Any]:
    """Return the function of a derived column: the first result, or for JSON all of them (the one, if single).

    What the column cannot hold comes as `Inexact`.
    """
    from docrel import selectors
    from docrel.values import jsontext

    parsed = selectors.parse(selector)
    codec = CODECS[column.type]

    def derive(node: Any, document: Any) -> Any:
        found = selectors.evaluate(parsed, node, document)
        if codec.container:
            if parsed.single:
                return jsontext.dumps(found[0]) if found else None
            return jsontext.dumps(found)
        value = found[0] if found else None
        stored = None if value is None or isinstance(value, (dict, list)) else codec.encode(value)
        return Inexact(None, value) if stored is None and value is not None else stored

    return derive

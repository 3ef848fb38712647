"""Document to rows: a Python function generated from the plan.

In: a plan. Out: a `Flattener`, whose `add` appends the rows of one document to a `Flattening` and notes in
complements what the columns cannot hold. Never touches a database; names of a mapping enter the code only through
`repr` or as bound values. Law: GetPut, `tests/laws/test_getput.py`.

The generated function of a source handles a run of nodes. For each it binds the objects that the claims take apart,
fills the columns, checks the constraints, hands nested arrays on, and keeps the residue from the inside out.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

from docrel.claimtree import Claim, Feed, claims
from docrel.codecs import CODECS, INTEGER_MAX, INTEGER_MIN, clean_text
from docrel.codegen import Code
from docrel.complement import NOTHING, RowComplement
from docrel.defaults import computed_default, elapsed, is_constant, reads_only_document, same_scalar
from docrel.flattening import (
    EMPTY,
    Flattening,
    Problem,
    Shapes,
    Switch,
    dump_json,
    join_names,
    joined,
    map_order,
    natural_key,
    scalar_encoder,
    sequences,
    strays,
    walk_tree,
)
from docrel.plan import (
    Column,
    Derived,
    EdgeName,
    Elements,
    JoinedKey,
    MemberKey,
    Members,
    ParentKey,
    Plan,
    Position,
    Rest,
    Source,
    Surrogate,
    Table,
    Unsourced,
    Value,
)

Explain = Callable[[list[Problem]], Exception]


class Flattener:
    """The compiled flatten side of a plan.

    Attributes:
        plan: The plan it was made from.
        sequence_of: Per table, in plan order, the number of the sequence that its surrogate ids are drawn from.
        source: The generated Python text.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.sequence_of = sequences(plan.tables, _sharing(plan))
        code = _generate(plan, self.sequence_of)
        self.source = code.source
        scope = code.compile(f"flatten {plan.name}")
        self._roots = [
            (scope[_function(plan, t, t.sources[0])], Switch([t.sources[0].when]), bool(t.sources[0].when))
            for t in plan.roots
        ]

    def start(self, next_ids: list[int] | None = None) -> Flattening:
        """Return an empty flattening; `next_ids` has the next surrogate id of each sequence (default: from 1)."""
        count = len(self.plan.tables)
        return Flattening(rows=[[] for _ in range(count)], next_ids=next_ids or [1] * count)

    def add(self, document: Any, to: Flattening) -> list[Problem]:
        """Append the rows of `document`; returns what its constraints forbid, and then appends nothing.

        Law: GetPut, `tests/laws/test_getput.py`.
        """
        lengths = [len(rows) for rows in to.rows]
        ids = list(to.next_ids)
        notes = len(to.complements)
        to.document = document
        to.problems = []
        to.seen.clear()
        for function, switch, conditional in self._roots:
            if not conditional or switch(document) == 0:
                function(((None, document),), (), to, (), None)
                break
        else:
            to.problems.append(Problem("", "", (), "when", document))
        if to.work:
            to.work_off()
        if to.problems:
            for rows, length in zip(to.rows, lengths, strict=True):
                del rows[length:]
            to.next_ids[:] = ids
            for key in list(itertools.islice(to.complements, notes, None)):
                del to.complements[key]
        return to.problems


def _sharing(plan: Plan) -> list[frozenset[str]]:
    """Return the groups of tables that share an array and tell its order by their ids."""
    groups = []
    for table in plan.tables:
        for source in table.sources:
            for claim in claims(plan, table, source).walk():
                names = frozenset(feed.table.name for feed in claim.elements)
                if len(names) > 1 and not all(f.table.position for f in claim.elements):
                    groups.append(names)
    return groups


def _function(plan: Plan, table: Table, source: Source) -> str:
    return f"rows_{plan.tables.index(table)}_{table.sources.index(source)}"


def _generate(plan: Plan, sequence_of: list[int]) -> Code:
    code = Code()
    code.bound.update(
        M=NOTHING, E=EMPTY, RC=RowComplement, Problem=Problem, clean_text=clean_text, elapsed=elapsed,
        strays=strays, map_order=map_order, natural_key=natural_key, dump_json=dump_json,
        join_names=join_names, walk_tree=walk_tree, C=(dict, list),
    )  # fmt: skip
    for number, table in enumerate(plan.tables):
        for source in table.sources:
            _Function(plan, code, number, table, source, sequence_of[number]).emit()
    return code


class _Function:
    """Writes the function for the rows of one source."""

    def __init__(
        self, plan: Plan, code: Code, number: int, table: Table, source: Source, sequence: int
    ) -> None:
        self.plan, self.code, self.number = plan, code, number
        self.table, self.source, self.sequence = table, source, sequence
        self.claim = claims(plan, table, source)
        self.variables = {id(c): n for n, c in enumerate(self.claim.walk())}
        self.rest = next((n for n, c in enumerate(table.columns) if isinstance(c.role, Rest)), None)
        self.constants = dict(source.constants)
        last = source.each[-1] if source.each else None
        self.single = table.parent is not None and not isinstance(last, (Elements, Members)) and not source.tree
        self.hoisted: set[int] = set()

    def n(self, claim: Claim) -> int:
        return self.variables[id(claim)]

    def emit(self) -> None:
        """Write the whole function: `(items, keys, to, loc, last) -> (refused, last key)`."""
        code, name = self.code, _function(self.plan, self.table, self.source)
        code.line("")
        with code.block(f"def {name}(items, keys, to, loc, last):"):
            code.line(f"out = to.rows[{self.number}]; clean = to.clean; document = to.document; refused = None")
            for number, column in enumerate(self.table.columns):
                if self._hoists(column):
                    self.hoisted.add(number)
                    code.line(f"d{number} = {self._computed(column)}(None, document)")
            has_position = any(isinstance(c.role, Position) for c in self.table.columns)
            if has_position:
                code.line("position = -1")
            with code.block("for i, n in items:"):
                if has_position:
                    code.line("position = i if i.__class__ is int else position + 1")
                code.line("x = f = None; v0 = n")
                self._kinds()
                self._objects(self.claim, "n")
                self._choices()
                self._columns()
                self._guards()
                self._identity()
                self._nested(self.claim)
                self._row()
            code.line("return refused, last")

    def _hoists(self, column: Column) -> bool:
        default = column.default
        return (
            self.table.parent is not None
            and default is not None
            and not is_constant(default)
            and computed_default(column) is not None
            and reads_only_document(default)
        )

    def _computed(self, column: Column) -> str:
        return self.code.bind(computed_default(column), "default")

    # -- the node ---------------------------------------------------------------------------------

    def _kinds(self) -> None:
        """Refuse a node of a kind that no claim can take; at the root all of it goes to the rest."""
        code, claim = self.code, self.claim
        if self.table.parent is None or claim.whole is not None:
            return
        accepted = []
        if claim.is_object or not (claim.scalar or claim.elements or claim.indexes):
            accepted.append("n.__class__ is dict" + (" and n" if self.single else ""))
        if claim.elements or claim.indexes:
            accepted.append("n.__class__ is list" + (" and n" if self.single else ""))
        if claim.scalar is not None:
            accepted.append("n.__class__ not in C")
        with code.block(f"if not ({' or '.join(f'({a})' for a in accepted)}):"):
            self._refuse()

    def _refuse(self) -> None:
        self.code.line("if refused is None: refused = []")
        self.code.line("refused.append((last, i, n)); continue")

    def _objects(self, claim: Claim, variable: str) -> None:
        """Bind `o<k>` to each object that is taken apart (EMPTY: not there), `v<k>` to each claimed value."""
        code, k = self.code, self.n(claim)
        code.line(f"r{k} = None")
        if claim.is_object:
            code.line(f"o{k} = {variable} if {variable}.__class__ is dict else E")
            for name, inner in claim.members.items():
                v = f"v{self.n(inner)}"
                code.line(f"{v} = o{k}.get({name!r}, M)")
                self._objects(inner, v)
        if claim.indexes:
            code.line(f"a{k} = {variable} if {variable}.__class__ is list else ()")
            for index, inner in claim.indexes.items():
                v = f"v{self.n(inner)}"
                code.line(f"{v} = a{k}[{index}] if len(a{k}) > {index} else M")
                self._objects(inner, v)

    def _leaves(self) -> dict[int, list[tuple[int, Claim]]]:
        found: dict[int, list[tuple[int, Claim]]] = {}
        for claim in self.claim.walk():
            for leaf in (claim.scalar, claim.whole):
                if leaf is not None:
                    found.setdefault(leaf.column, []).append((leaf.alternative, claim))
        return {column: sorted(uses, key=lambda use: use[0]) for column, uses in found.items()}

    def _choices(self) -> None:
        """Bind `y<column>` to the value and `w<column>` to the number of the alternative that is present."""
        code = self.code
        for column, uses in self._leaves().items():
            if len(uses) == 1:
                continue
            whole = CODECS[self.table.columns[column].type].container
            word = "if"
            present = "{v} is not M and {v} is not None" + ("" if whole else " and {v}.__class__ not in C")
            for condition in (present, "{v} is None"):
                for alternative, claim in uses:
                    v = f"v{self.n(claim)}"
                    code.line(f"{word} {condition.format(v=v)}: w{column} = {alternative}; y{column} = {v}")
                    word = "elif"
            code.line(f"else: w{column} = -1; y{column} = M")
            code.line(f"if w{column} > 0:")
            code.line(f"    x = x or RC(); x.via[{self.table.columns[column].name!r}] = w{column}")
            for alternative, claim in uses:
                if not claim.pointer:
                    continue
                parent = self._parent(claim)
                v = f"v{self.n(claim)}"
                others = self._other_kinds(claim)
                with code.block(f"if w{column} != {alternative} and {v} is not M{others}:"):
                    self._keep(parent, claim.pointer[-1], v)

    def _parent(self, claim: Claim) -> Claim:
        inner = self.claim
        for step in claim.pointer[:-1]:
            inner = inner.members[step] if isinstance(step, str) else inner.indexes[step]
        return inner

    def _other_kinds(self, claim: Claim) -> str:
        """A condition, to be and-ed: the value is not of a kind that another claim at the same place takes."""
        v = f"v{self.n(claim)}"
        text = ""
        if claim.is_object or claim.single:
            text += f" and {v}.__class__ is not dict"
        if claim.elements or claim.indexes or claim.single:
            text += f" and {v}.__class__ is not list"
        return text

    def _keep(self, parent: Claim, step: str | int, value: str) -> None:
        """Put `value` into the residue of the parent object or array."""
        k = self.n(parent)
        if isinstance(step, str):
            self.code.line(f"if r{k} is None: r{k} = {{}}")
            self.code.line(f"r{k}[{step!r}] = {value}")
        else:
            self.code.line(f"if r{k} is None: r{k} = [None] * len(a{k})")
            self.code.line(f"r{k}[{step}] = {value}")

    # -- columns ----------------------------------------------------------------------------------

    def _columns(self) -> None:
        leaves = self._leaves()
        late = []
        parents = [c for c in self.table.columns if isinstance(c.role, ParentKey)]
        for number, column in enumerate(self.table.columns):
            c = f"c{number}"
            match column.role:
                case Value() if column.name in self.constants:
                    self.code.line(f"{c} = {self.code.bind(self.constants[column.name])}")
                case Value():
                    if column.default is not None and column.default.elapsed is not None:
                        late.append(number)
                    else:
                        self._value(number, column, leaves.get(number, []))
                case ParentKey():
                    self.code.line(f"{c} = keys[{parents.index(column)}]")
                case Position():
                    self.code.line(f"{c} = position")
                case MemberKey():
                    named = "i" if self._by_key(self.source) else "None"
                    self._text_key(number, column, "i[0]" if self.source.tree else named)
                case JoinedKey():
                    joined_text = f"join_names(i[1], {joined(column)!r})" if self.source.tree else "None"
                    self._text_key(number, column, joined_text)
                case EdgeName():
                    self.code.line(f"{c} = {self.source.name!r}")
                case Derived(selector):
                    self.code.line(f"{c} = {self.code.bind(_deriver(column, selector))}(n, document)")
                case Unsourced():
                    self._unsourced(number, column)
                case Surrogate() | Rest():
                    pass
            if number not in late and not isinstance(column.role, (Surrogate, Rest, ParentKey, Position)):
                self._constraints(number, column)
        for number in late:
            self._value(number, self.table.columns[number], leaves.get(number, []))
            self._constraints(number, self.table.columns[number])

    def _text_key(self, number: int, column: Column, value: str) -> None:
        """A member's name as a key: if no backend can hold it, the column gets a stand-in and an override."""
        c = f"c{number}"
        self.code.line(f"{c} = {value}")
        with self.code.block(f"if not clean and {c}.__class__ is str and not clean_text({c}):"):
            encode = self.code.bind(CODECS["text"].encode)
            self.code.line("x = x or RC()")
            self.code.line(f"k = {encode}({c}); x.overrides[{column.name!r}] = (k, {c}); {c} = k")

    def _unsourced(self, number: int, column: Column) -> None:
        c = f"c{number}"
        if column.name in self.constants:
            self.code.line(f"{c} = {self.code.bind(self.constants[column.name])}")
        else:
            self._default(number, column, note=False)

    def _default(self, number: int, column: Column, *, note: bool = True) -> None:
        """Set the column to its default; `note`: what cannot be computed again is noted in the complement."""
        code, c, default = self.code, f"c{number}", column.default
        if default is None:
            code.line(f"{c} = None")
        elif is_constant(default):
            code.line(f"{c} = {code.bind(CODECS[column.type].encode(default.constant))}")
        elif default.elapsed is not None:
            a, b = (self.table.index_of(n) for n in (default.elapsed.time, default.elapsed.seconds))
            code.line(f"{c} = elapsed(c{a}, c{b})")
        elif number in self.hoisted:
            code.line(f"{c} = d{number}")
        elif computed_default(column) is not None:
            code.line(f"{c} = {self._computed(column)}(n, document)")
        else:
            code.line(f"{c} = None")
        absent = f"x = x or RC(); x.overrides[{column.name!r}] = ({c},)" if note else "pass"
        if default is not None and default.given:
            code.line(f"if {c} is None and to.given is not None: {c} = to.given; {absent}")
        elif self.table.parent is None and column.name == self.plan.key:
            code.line(f"if {c} is None and to.given is not None: {c} = to.given; {absent}")
        if default is not None and default.now:
            code.line(f"if {c} is None: {c} = to.now; {absent}")

    def _value(self, number: int, column: Column, uses: list[tuple[int, Claim]]) -> None:
        code, c = self.code, f"c{number}"
        if not uses:
            self._default(number, column)
            return
        claim = uses[0][1]
        v = f"v{self.n(claim)}" if len(uses) == 1 else f"y{number}"
        if CODECS[column.type].container:
            with code.block(f"if {v} is not M:"):
                code.line(f"{c} = dump_json({v})")
                self._explicit(number, column)
            with code.block("else:"):
                self._default(number, column)
            return
        word = "if"
        if (fast := self._exact(column, v)) is not None:
            with code.block(f"if {fast}:"):
                code.line(f"{c} = {v}" if column.type != "boolean" else f"{c} = 1 if {v} else 0")
                self._explicit(number, column)
            word = "elif"
        with code.block(f"{word} {v} is M or {v}.__class__ in C:"):
            self._default(number, column)
            if len(uses) == 1 and claim.pointer:
                with code.block(f"if {v} is not M{self._other_kinds(claim)}:"):
                    self._keep(self._parent(claim), claim.pointer[-1], v)
        with code.block(f"elif {v} is None:"):
            self._null(number, column)
        with code.block("else:"):
            code.line(f"{c}, k = {code.bind(scalar_encoder(column), 'store')}({v})")
            with code.block("if k is not None:"):
                code.line("x = x or RC()")
                code.line(f"if k: x.overrides[{column.name!r}] = k")
                code.line(f"else: x.integers.append({column.name!r})")
            self._explicit(number, column)

    def _exact(self, column: Column, v: str) -> str | None:
        """The condition under which the column takes the value unchanged; None: always ask the codec."""
        if column.map:
            return None
        match column.type:
            case "text":
                return f"{v}.__class__ is str and (clean or clean_text({v}))"
            case "integer":
                return f"{v}.__class__ is int and {INTEGER_MIN} <= {v} <= {INTEGER_MAX}"
            case "real":
                return f"{v}.__class__ is float and {v}"
            case "boolean":
                return f"{v}.__class__ is bool"
        return None

    def _null(self, number: int, column: Column) -> None:
        code, c = self.code, f"c{number}"
        name = column.name
        if column.required and column.default is not None:
            self._default(number, column, note=False)
            code.line(f"x = x or RC(); x.overrides[{name!r}] = ({c}, None)")
        elif column.default is not None and column.default.elapsed is not None:
            # NULL would be filled again by a trigger that does for SQL what this default does here
            self._default(number, column, note=False)
            code.line("x = x or RC()")
            code.line(f"if {c} is None: x.nulls.append({name!r})")
            code.line(f"else: x.overrides[{name!r}] = ({c}, None)")
        elif column.default is not None and is_constant(column.default):
            code.line(f"{c} = None")
        else:
            code.line(f"{c} = None; x = x or RC(); x.nulls.append({name!r})")

    def _explicit(self, number: int, column: Column) -> None:
        """Note a value that equals the default and is written all the same."""
        code, c, default = self.code, f"c{number}", column.default
        if default is None:
            return
        if is_constant(default):
            equal = f"{c} == {code.bind(CODECS[column.type].encode(default.constant))}"
        elif default.elapsed is not None:
            a, b = (self.table.index_of(n) for n in (default.elapsed.time, default.elapsed.seconds))
            equal = f"{c} == elapsed(c{a}, c{b})"
        elif number in self.hoisted:
            equal = f"{c} == d{number}"
        elif computed_default(column) is not None:
            equal = f"{c} == {self._computed(column)}(n, document)"
        else:
            return
        code.line(f"if {equal}: x = x or RC(); x.explicit.append({column.name!r})")

    # -- constraints ------------------------------------------------------------------------------

    def _constraints(self, number: int, column: Column) -> None:
        code, c = self.code, f"c{number}"
        broken: list[tuple[str, str]] = []
        if column.one_of is not None:
            allowed = frozenset(CODECS[column.type].encode(v) for v in column.one_of)
            broken.append((f"{c} not in {code.bind(allowed)}", "one_of"))
        if column.minimum is not None:
            broken.append((f"{c} < {column.minimum!r}", "minimum"))
        if column.maximum is not None:
            broken.append((f"{c} > {column.maximum!r}", "maximum"))
        if column.required:
            code.line(f"if {c} is None: {self._problem(number, 'required')}")
        if broken:
            with code.block(f"if {c} is not None:"):
                for word, (condition, rule) in zip(("if", *["elif"] * 9), broken, strict=False):
                    with code.block(f"{word} {condition}:"):
                        if column.soft:
                            self._set_aside(number, column)
                        else:
                            code.line(self._problem(number, rule))

    def _set_aside(self, number: int, column: Column) -> None:
        v = self._document_value(number)
        self.code.line("x = x or RC()")
        self.code.line(f"x.overrides[{column.name!r}] = (None, {v}) if {v} is not M else (None,)")
        self.code.line(f"c{number} = None")

    def _document_value(self, number: int) -> str:
        uses = self._leaves().get(number, [])
        if not uses:
            return "M"
        return f"v{self.n(uses[0][1])}" if len(uses) == 1 else f"y{number}"

    def _problem(self, number: int, rule: str) -> str:
        return f"f = f or []; f.append(({number}, {rule!r}, {self._document_value(number)}))"

    def _guards(self) -> None:
        """Refuse or report a row that its constraints, or the constants of another source, forbid."""
        code = self.code
        for other in self.table.sources:
            if other is not self.source and other.constants and not self.source.constants:
                terms = [
                    f"c{self.table.index_of(name)} == {code.bind(value)}" for name, value in other.constants
                ]
                with code.block(f"if {' and '.join(terms)}:"):
                    self._refuse()
        with code.block("if f is not None:"):
            if self.table.otherwise == "rest" and self.table.parent is not None:
                self._refuse()
            else:
                paths = code.bind([self._paths(n) for n in range(len(self.table.columns))])
                names = code.bind([c.name for c in self.table.columns])
                code.line(
                    f"to.problems.extend(Problem({self.table.name!r}, {names}[k], ({self._here()}, *{paths}[k]), "
                    "rule, value) for k, rule, value in f)"
                )
        self._uniqueness()

    def _uniqueness(self) -> None:
        """Refuse a row whose values under a UNIQUE an earlier row of the document has."""
        code, keys = self.code, []
        if self.table.parent is None:
            return
        for columns in self._unique_sets():
            terms = [f"c{self.table.index_of(name)}" for name in columns]
            key = f"u{len(keys)}"
            keys.append(key)
            nulls = " or ".join(f"{t} is None" for t in terms)
            code.line(f"{key} = None if {nulls} else ({self.number}, {columns!r}, {', '.join(terms)},)")
            with code.block(f"if {key} in to.seen:"):
                self._refuse()
        for key in keys:
            code.line(f"if {key} is not None: to.seen.add({key})")

    def _paths(self, number: int) -> tuple[str | int, ...]:
        uses = self._leaves().get(number, [])
        return uses[0][1].pointer if uses else ()

    def _unique_sets(self) -> list[tuple[str, ...]]:
        table = self.table
        sets = [(c.name,) for c in table.columns if c.unique and not isinstance(c.role, Surrogate)]
        sets += [u for u in table.unique]
        sets += [i.columns for i in table.indexes if i.unique]
        if table.surrogate is None:
            sets.append(table.primary_key)
        surrogate = table.surrogate
        return [s for s in dict.fromkeys(sets) if surrogate not in s]

    def _identity(self) -> None:
        """Give the row its key, `key` for the complement, `own` as the tuple that nested tables refer to."""
        code, surrogate = self.code, self.table.surrogate
        if surrogate is not None:
            code.line(f"key = to.next_ids[{self.sequence}]; to.next_ids[{self.sequence}] = key + 1")
            code.line(f"c{self.table.index_of(surrogate)} = key")
        else:
            terms = ", ".join(f"c{self.table.index_of(n)}" for n in self.table.primary_key)
            code.line(f"key = natural_key(({terms},))")

    # -- nested tables and the residue --------------------------------------------------------------

    def _nested(self, claim: Claim) -> None:
        """From the inside out: hand arrays and maps on, and collect in `r<k>` what nobody takes."""
        for inner in claim.members.values():
            self._nested(inner)
            self._member_residue(claim, inner)
        for inner in claim.indexes.values():
            self._nested(inner)
            self._member_residue(claim, inner)
        if claim.is_object:
            self._object_residue(claim)
        if claim.indexes:
            self._array_residue(claim)
        if not claim.pointer and claim.elements:
            with self.code.block("if n.__class__ is list and n:"):
                self._elements(claim)

    def _member_residue(self, parent: Claim, claim: Claim) -> None:
        """After the inside of a member is done: what of the member itself stays."""
        code, k, v = self.code, self.n(claim), f"v{self.n(claim)}"
        step = claim.pointer[-1]
        if claim.is_object or claim.indexes:
            with code.block(f"if r{k} is not None:"):
                self._keep(parent, step, f"r{k}")
        if claim.whole is not None or (claim.scalar is not None and not self._structured(claim)):
            return
        taken: list[str] = []
        if claim.fixed is not None:
            fixed = code.bind(lambda value, wanted=claim.fixed[0]: same_scalar(value, wanted), "fixed")
            taken.append(f"not {fixed}({v})")
        if claim.is_object:
            taken.append(f"{v}.__class__ is not dict")
        if claim.indexes:
            taken.append(f"{v}.__class__ is not list")
        if claim.scalar is not None:
            taken.append(f"{v}.__class__ in C")
        if claim.elements:
            with code.block(f"if {v}.__class__ is list and {v}:"):
                self._elements(claim)
            taken.append(f"({v}.__class__ is not list or not {v})")
        condition = " and ".join([f"{v} is not M", *taken])
        with code.block(f"if {condition}:"):
            if claim.single is not None:
                call = self._call(claim.single, f"(('', {v}),)", claim.pointer)
                with code.block(f"if {call}[0]:"):
                    self._keep(parent, step, v)
            else:
                self._keep(parent, step, v)

    def _structured(self, claim: Claim) -> bool:
        return bool(
            claim.is_object or claim.indexes or claim.elements or claim.single is not None or claim.fixed
        )

    def _object_residue(self, claim: Claim) -> None:
        code, k = self.code, self.n(claim)
        taking = claim.map is not None or claim.tree is not None
        shapes = code.bind(
            Shapes(claim.known, claim.members, ordered=not taking and "key-order" not in self.plan.forget),
            "shapes",
        )
        with code.block(f"if o{k}:"):
            if claim.tree is not None:
                self._tree(claim)
            else:
                code.line(f"extra, order = {shapes}[tuple(o{k})]")
                if claim.map is not None:
                    self._map(claim)
                else:
                    with code.block("if extra is not None:"):
                        code.line(f"if r{k} is None: r{k} = {{}}")
                        code.line(f"for name in extra: r{k}[name] = o{k}[name]")
                with code.block("if order is not None:"):
                    code.line(f"x = x or RC(); x.order.append(({claim.pointer!r}, order))")
        with code.block(f"elif o{k} is not E:"):
            code.line(f"r{k} = {{}}")

    def _map(self, claim: Claim) -> None:
        """Named members are done; every other one is a row, or stays."""
        code, k, feed = self.code, self.n(claim), claim.map
        assert feed is not None
        rank = code.bind({name: n for n, name in enumerate(claim.known)})
        with code.block("if extra is not None:"):
            if feed.deferred:
                keys, location = self._keys(feed), self._location(claim.pointer)
                code.line(f"inner = {{name: o{k}[name] for name in extra}}")
                function = _function(self.plan, feed.table, feed.source)
                code.line(
                    f"to.work.append(({function}, inner, True, {keys}, {location}, "
                    f"{self.number}, key, {claim.pointer!r}))"
                )
                code.line("bad = None")
            else:
                items = f"[(name, o{k}[name]) for name in extra]"
                code.line(f"bad, _ = {self._call(feed, items, claim.pointer)}")
            with code.block("if bad:"):
                code.line(f"if r{k} is None: r{k} = {{}}")
                code.line(f"for _, name, node in bad: r{k}[name] = node")
        if "key-order" not in self.plan.forget:
            code.line(f"order = map_order(list(o{k}), {rank}, r{k} or ())")

    def _tree(self, claim: Claim) -> None:
        code, k, feed = self.code, self.n(claim), claim.tree
        assert feed is not None
        by_key = self._by_key(feed.source)
        row_if = code.bind(frozenset(feed.source.row_if))
        call = self._call(feed, "((place, node),)", claim.pointer)
        code.line("orders = []")
        code.line(
            f"left = walk_tree(o{k}, {by_key}, {row_if}, lambda place, node: not {call}[0], "
            "lambda path, names: orders.append((path, names)))"
        )
        with code.block("if left is not M:"):
            code.line(f"r{k} = left")
        with code.block("for path, names in orders:"):
            code.line("x = x or RC()")
            code.line(f"x.order.append((({', '.join(map(repr, claim.pointer))}{',' if claim.pointer else ''}*path,), names))")

    def _elements(self, claim: Claim) -> None:
        code, v = self.code, f"v{self.n(claim)}"
        feeds = claim.elements
        if len(feeds) == 1 and not feeds[0].source.when:
            feed = feeds[0]
            if feed.deferred:
                code.line(self._defer(feed, v, claim))
                return
            code.line(f"bad, _ = {self._call(feed, f'enumerate({v})', claim.pointer)}")
        else:
            switch = code.bind(Switch([f.source.when for f in feeds]), "switch")
            code.line("bad = None; before = None")
            with code.block(f"for at, node in enumerate({v}):"):
                code.line(f"which = {switch}(node)")
                for number, feed in enumerate(feeds):
                    call = self._call(feed, "((at, node),)", claim.pointer, last="before")
                    code.line(f"{'elif' if number else 'if'} which == {number}: worse, before = {call}")
                code.line("else: worse = [(before, at, node)]")
                code.line("if worse: bad = worse if bad is None else bad + worse")
        with code.block("if bad:"):
            code.line(f"x = x or RC(); x.strays.append(({claim.pointer!r}, strays(bad)))")

    def _defer(self, feed: Feed, value: str, claim: Claim) -> str:
        return (
            f"to.work.append(({_function(self.plan, feed.table, feed.source)}, {value}, False, {self._keys(feed)}, "
            f"{self._location(claim.pointer)}, {self.number}, key, {claim.pointer!r}))"
        )

    def _call(self, feed: Feed, items: str, pointer: tuple[str | int, ...], last: str = "None") -> str:
        function = _function(self.plan, feed.table, feed.source)
        return f"{function}({items}, {self._keys(feed)}, to, {self._location(pointer)}, {last})"

    def _here(self) -> str:
        """The steps from the document to the row's node, as items of a tuple."""
        if self.table.parent is None or self.single:
            return "*loc"
        if self.source.tree:
            return "*loc, i[0], *i[1]" if self._by_key(self.source) else "*loc, *i[1]"
        return "*loc, i"

    def _by_key(self, source: Source) -> bool:
        return bool(source.each) and isinstance(source.each[-1], Members)

    def _location(self, pointer: tuple[str | int, ...]) -> str:
        return f"({', '.join([self._here(), *map(repr, pointer)])},)"

    def _keys(self, feed: Feed) -> str:
        """The values of the fed table's parent columns: this row's key, what it inherits, or NULL."""
        terms = []
        for column in feed.table.columns:
            if not isinstance(column.role, ParentKey):
                continue
            if column.role.table == self.table.name:
                terms.append(f"c{self.table.index_of(column.role.column)}")
            else:
                own = next((n for n, c in enumerate(self.table.columns) if c.role == column.role), None)
                terms.append("None" if own is None or not self._inherits(feed, column.role) else f"c{own}")
        return f"({', '.join(terms)},)" if terms else "()"

    def _inherits(self, feed: Feed, role: ParentKey) -> bool:
        """Whether a key of an ancestor is handed down: that of the enclosing tables is, a recursion's link is not."""
        enclosing = feed.table.parent
        while enclosing is not None:
            if enclosing == role.table:
                return True
            enclosing = self.plan.table(enclosing).parent
        return False

    def _array_residue(self, claim: Claim) -> None:
        """Elements that no index takes, with null in the place of those that one takes."""
        code, k = self.code, self.n(claim)
        taken = code.bind(frozenset(claim.indexes))
        with code.block(f"if a{k}:"):
            with code.block(f"if len(a{k}) > {len(claim.indexes)} or {max(claim.indexes) + 1} > {len(claim.indexes)}:"):
                with code.block(f"for at, node in enumerate(a{k}):"):
                    with code.block(f"if at not in {taken}:"):
                        code.line(f"if r{k} is None: r{k} = [None] * len(a{k})")
                        code.line(f"r{k}[at] = node")
        with code.block(f"elif a{k} == []:"):
            code.line(f"r{k} = []")

    # -- the row ------------------------------------------------------------------------------------

    def _row(self) -> None:
        code = self.code
        residue = "residue"
        code.line("residue = M if r0 is None else r0")
        self._node_residue(residue)
        siblings = [s for s in self.table.sources if s.parent == self.source.parent and not s.constants]
        told = any(isinstance(c.role, EdgeName) for c in self.table.columns) or self.source.constants
        if not told and siblings.index(self.source) > 0:
            code.line(f"x = x or RC(); x.edge = {self.source.name!r}")
        if self.rest is not None:
            code.line(f"c{self.rest} = None if {residue} is M else dump_json({residue})")
        else:
            with code.block(f"if {residue} is not M:"):
                code.line(f"x = x or RC(); x.keep((), {residue})")
        code.line(f"if x is not None: to.complements[{self.number}, key] = x")
        code.line(f"out.append(({', '.join(f'c{n}' for n in range(len(self.table.columns)))},)); last = key")

    def _node_residue(self, residue: str) -> None:
        """What stays of the node itself: all of it where nobody takes its kind, nothing where it looks as usual."""
        claim, code = self.claim, self.code
        if claim.whole is not None:
            return
        kept = []
        if not claim.is_object:
            kept.append("n.__class__ is dict")
        if not (claim.elements or claim.indexes):
            kept.append("n.__class__ is list")
        if claim.elements and not claim.indexes:
            kept.append("n.__class__ is list and not n")
        if claim.scalar is None:
            kept.append("n.__class__ not in C")
        code.line(f"if {' or '.join(f'({k})' for k in kept)}: {residue} = n")
        usual = {"object": "{}", "array": "[]"}.get(usual_node(claim))
        if usual is not None:
            code.line(f"if {residue} == {usual} and n.__class__ is {usual}.__class__: {residue} = M")


def usual_node(claim: Claim) -> str:
    """Return what a row's node is where its columns say nothing: an object, an array, or null."""
    if claim.is_object or not (claim.scalar or claim.whole or claim.elements or claim.indexes):
        return "object"
    return "array" if claim.elements or claim.indexes else "null"


def _deriver(column: Column, selector: str) -> Callable[[Any, Any], Any]:
    """Return the function of a derived column: the first result, or for JSON all of them (the one, if single)."""
    from docrel import selectors

    parsed = selectors.parse(selector)
    codec = CODECS[column.type]

    def derive(node: Any, document: Any) -> Any:
        found = selectors.evaluate(parsed, node, document)
        if codec.container:
            if parsed.single:
                return dump_json(found[0]) if found else None
            return dump_json(found)
        value = found[0] if found else None
        return None if value is None or isinstance(value, (dict, list)) else codec.encode(value)

    return derive

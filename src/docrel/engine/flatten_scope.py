"""What the parts of the flatten generator share while they write the function of one source.

In: a plan and one source of one of its tables. Out: names of variables and expressions for generated code. Variables
of claims tell the claim's place: `v_cost` a value, `o_cost` an object taken apart, `a_cost` an array taken apart,
`r_cost` what nobody takes of it; `c_cost` is the content of a column, `x` the row's notes (None: there are none).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

from docrel.engine.flattening import Reporter
from docrel.engine.names import Names, claim_endings
from docrel.layout import (
    Claim,
    Code,
    Feed,
    Key,
    Layout,
    Pointer,
    SourceLayout,
    TableLayout,
    Uses,
    computed_default,
    is_constant,
    literal,
)
from docrel.plan import Column, MemberKey
from docrel.rows import Empty, Filler, RowNote
from docrel.values import CODECS

Nullness = Literal["null", "value", "either"]
"""What is known of a column before any document is seen."""

INDENTED = 12
"""How deep claims are followed by indented code."""


@dataclass
class FlattenModule:
    """What all functions of a plan share: the code, and defaults that are the same for all rows of a document."""

    layout: Layout
    code: Code
    names: Names
    shared_defaults: dict[str, int] = field(default_factory=dict)
    splits: list[tuple[str, str]] = field(default_factory=list)  # made when all functions are there

    def function(self, table: int, source: int) -> str:
        """Return the name of a source's function."""
        return f"rows{self.names.source(table, source)}"

    def shared_default(self, column: Column, *, identifies: bool) -> tuple[int, str]:
        """Return the slot of a document-wide default and the name of the function that computes it."""
        what = repr((column.default, column.type, column.map, identifies))
        slot = self.shared_defaults.setdefault(what, len(self.shared_defaults))
        name = f"default_{slot}"
        if name not in self.code.bound:
            self.code.bound[name] = computed_default(column, identifies=identifies)
        return slot, name


class Scope:
    """One source: its claims, and how generated code names things."""

    def __init__(self, module: FlattenModule, layout: TableLayout, source: SourceLayout) -> None:
        self.module, self.code, self.plan = module, module.code, module.layout.plan
        self.layout, self.source, self.claim = layout, source, source.claim
        self.number = layout.number
        self.table = self.plan.tables[layout.number]
        self.columns = self.table.columns
        self.constants = dict(source.constants)
        self.ordered = self.plan.ordered
        self.parents = [key.column for key in layout.keys_above]
        self.is_root = layout.parent is None
        self.is_tree = source.kind == "tree"
        self.has_key = any(isinstance(column.role, MemberKey) for column in self.columns)
        self.is_split = source.by_name and bool(source.when)
        self.is_single = not self.is_root and source.kind == "single"
        self.place = "None, None" if self.is_root else "loc, i"
        self.kinds = source.kinds
        self.reports = self.takes_notes = False
        self._left: set[int] = set()
        self._places = claim_endings(source.claim)
        self._computed: dict[int, str] = {}
        self._reporter: str | None = None

    def at(self, claim: Claim) -> str:
        """Return the ending of the names of variables for a claim."""
        return self._places[claim.number]

    def on(self, column: int) -> str:
        """Return the ending of the names of variables for a column."""
        return self.module.names.column(self.number, column)

    @property
    def keys_given(self) -> list[str]:
        """The arguments that hold keys of rows above: those of columns, then those that are handed down only."""
        held = [f"k{self.on(key.column)}" for key in self.layout.keys_above]
        return held + [f"key_{number}" for number in range(len(self.layout.carried))]

    def uses(self, column: int) -> Uses:
        """Return the places that a column is read from, in the order of alternatives."""
        return self.source.uses.get(column, ())

    @property
    def choices(self) -> list[int]:
        """The columns with more than one place."""
        return [column for column, uses in self.source.uses.items() if len(uses) > 1]

    def computed(self, column: int) -> str:
        """Return the name of the function that computes a column's default."""
        if column not in self._computed:
            found = self.columns[column]
            computed = computed_default(found, identifies=self.identifies(found))
            self._computed[column] = self.code.bind(computed, "default")
        return self._computed[column]

    def value(self, column: int) -> str:
        """Return the variable that holds what the document says for a column, M: nothing."""
        uses = self.uses(column)
        if not uses:
            return "M"
        return f"v{self.at(uses[0][1])}" if len(uses) == 1 else f"y{self.on(column)}"

    def identifies(self, column: Column) -> bool:
        """Say whether a column is what identifies a document, or a part of it."""
        return self.is_root and column.name in self.plan.key_names

    def is_key(self, column: Column) -> bool:
        """Say whether a column alone identifies a document, so that a name can be given for it."""
        return self.is_root and column.name == self.plan.key

    def is_whole(self, column: int) -> bool:
        """Say whether the column takes arrays and objects too."""
        return CODECS[self.columns[column].type].container

    def parent_of(self, claim: Claim) -> Claim:
        """Return the claim of the object or array that a claim is a member or element of."""
        inner = self.claim
        for step in claim.pointer[:-1]:
            inner = inner.members[step] if isinstance(step, str) else inner.indexes[step]
        return inner

    def keep(self, claim: Claim, value: str) -> None:
        """Write: put `value` into what is left of the object or array around a claim."""
        around, step = self.parent_of(claim), claim.pointer[-1]
        if isinstance(step, str):
            self.leave(around, "{}")
            self.code.line(f"r{self.at(around)}[{literal(step)}] = {value}")
        else:
            self.leave(around, "[]")
            self.code.line(f"put_at(r{self.at(around)}, {literal(step)}, {value})")

    def put_aside(self, claim: Claim, value: str) -> None:
        """Write: keep `value`, which stands where columns or rows would have something, so that it gives way to them.

        So it is never in a rest column, where an edit of these would leave it behind.
        """
        if self.layout.rest is None:
            self.keep(claim, value)
        else:
            self.takes_notes = True
            self.code.line(f"x = x or Notes(); x.keep({literal(claim.pointer)}, {value})")

    def leaves(self, claim: Claim) -> bool:
        """Say whether something may be left of the object or array at a claim, as far as is written."""
        return claim.number in self._left

    def leave(self, claim: Claim, made: str, *, again: bool = False) -> None:
        """Write: something is left of the object or array at a claim, which is `made` if nothing was so far.

        `again`: the line is run several times.
        """
        unless = f"if r{self.at(claim)} is None: " if again or claim.number in self._left else ""
        self.code.line(f"{unless}r{self.at(claim)} = {made}")
        self._left.add(claim.number)

    def leave_empty(self, claim: Claim, condition: str, value: dict[str, Any] | list[Any]) -> None:
        """Write: where a condition holds, an empty object or array stands at a claim."""
        self.code.line(f"if {condition}: {self.note(self.known(Empty(claim.pointer, value)))}")

    def note(self, note: str) -> str:
        """Return the statement that takes a note on the row."""
        self.takes_notes = True
        return f"x = x or Notes(); x.append({note})"

    def set_aside(self, column: int, said: str) -> str:
        """Return the statement that notes what the document says of a column that is NULL for its rules."""
        self.takes_notes = True
        found = self.columns[column]
        return f"x = x or Notes(); x.set_aside({literal(found.name)}, {said}, {teller(found)!r})"

    def known(self, note: RowNote) -> str:
        """Return the name of a note that is the same for all rows."""
        return self.code.bind(note, type(note).__name__.lower())

    def refuse(self) -> None:
        """Write: this node becomes no row. `key` is still that of the row before."""
        self.code.line("if refused is None: refused = []")
        self.code.line("refused.append((key, i, n)); continue")

    def reporter(self) -> str:
        """Return the name of the source's reporter of problems."""
        if self._reporter is None:
            pointers: list[Pointer] = []
            for number in range(len(self.columns)):
                uses = self.uses(number)
                pointers.append(uses[0][1].pointer if uses else ())
            place = "node" if self.is_root or self.is_single else "place"
            if self.is_tree:
                place = "key and names" if self.source.by_name and self.has_key else "names"
            names = [column.name for column in self.columns]
            self._reporter = self.code.bind(Reporter(self.table.name, names, pointers, place), "report")
        return self._reporter

    def location(self, pointer: Pointer) -> str:
        """Return the expression for the location of what lies at `pointer` of this row's node."""
        reporter = self.reporter()
        if self.is_root:
            return self.code.bind((None, None, self.code.bound[reporter], pointer), "at")
        return f"(loc, i, {reporter}, {literal(pointer)})"

    def keys(self, feed: Feed) -> list[str]:
        """Return the values of the fed table's parent columns: this row's key, what it inherits, or NULL."""
        table, _ = self.module.layout.fed(feed)
        held = [self._key(key.of, inherited=key.inherited) for key in table.keys_above]
        return held + [self._key(key, inherited=True) for key in table.carried]

    def _key(self, key: Key, *, inherited: bool) -> str:
        """The expression for one key, of this row or of one above; None where this source has none."""
        table, column = key
        if table == self.number:
            return f"c{self.on(column)}"
        if not inherited:
            return "None"
        own = [held.of for held in self.layout.keys_above]
        if key in own:
            return f"c{self.on(self.parents[own.index(key)])}"
        carried = self.layout.carried
        return self.keys_given[len(own) + carried.index(key)] if key in carried else "None"


def teller(column: Column) -> Filler:
    """Return what fills a column where the document and the mapping alone tell its default."""
    if is_constant(column):
        return "constant"
    return "case" if column.default is not None and column.default.cases else "computed"


def other_kinds(claim: Claim) -> list[str]:
    """Return the kinds of values that others than a scalar column take at a claim."""
    kinds = []
    if claim.is_object or claim.singles:
        kinds.append("dict")
    if claim.is_array or claim.singles:
        kinds.append("list")
    return kinds

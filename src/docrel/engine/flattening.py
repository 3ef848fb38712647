"""One document on its way to rows: what its generated code knows of it, and the work that recursions leave for later.

In: rows, notes and problems as generated code finds them. Out: a `Flattening`, which ends with the document.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from docrel.engine.asides import Aside, Location, Unnamed, path_of
from docrel.engine.fresh_rows import Notes, Problem, Row
from docrel.engine.member_order import MapOrder
from docrel.layout import Pointer, RowKey
from docrel.rows import Empty, Order, RowComplement, Strays

Items = Iterable[tuple[Any, Any]]  # (place, node): an index, a member's name, or names on the way down
Refused = list[tuple[RowKey | None, Any, Any]]  # (key of the row before, place, node) of what became no row


@dataclass(slots=True)
class Flattening:
    """The flattening of one document.

    Attributes:
        rows: Per table, in plan order, the rows that its own are appended to.
        next_ids: The next surrogate number of each sequence.
        defaults: Defaults that are the same for all rows of the document, once computed.
        given: The document's name as the caller gives it, None: it has to name itself.
        clean: The document is known to hold no U+0000 and no lone surrogate.
        now: The clock, ISO 8601; the same object for every row that takes it.
        given_used: The document's key is the given name.
        notes: Notes on its rows.
        problems: What its constraints forbid.
        asides: What is not where the mapping puts it.
        unnamed: Members that the mapping does not name.
        seen: Values under a UNIQUE.
        place: The 0-based place of a node whose name does not tell it.
        last: The key of the row that a source shared by several tables made last.
        left: What recursions left to do.
    """

    document: Any
    rows: list[list[Row]]
    next_ids: list[int]
    defaults: list[Any]
    given: str | None
    clean: bool
    now: str
    given_used: bool = False
    notes: Notes = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    asides: list[Aside] = field(default_factory=list)
    unnamed: list[Unnamed] = field(default_factory=list)
    seen: set[tuple[Any, ...]] = field(default_factory=set)
    place: int = 0
    last: RowKey | None = None
    left: list[tuple[Any, ...]] = field(default_factory=list)

    def complement(self, table: int, key: RowKey) -> RowComplement:
        """Return the notes on a row, made now if there are none."""
        found = self.notes.get((table, key))
        if found is None:
            found = self.notes[table, key] = RowComplement()
        return found

    def work_off(self) -> None:
        """Flatten what recursions left to do, first come first served, so that siblings keep their order."""
        for run, *arguments in self.left:  # grows on the way
            run(self, *arguments)


def strays(refused: Refused) -> list[tuple[RowKey | None, Any]]:
    """Return refused elements with the key of the row that each follows."""
    return [(anchor, node) for anchor, _, node in refused]


def has_more(array: list[Any], taken: Collection[int]) -> bool:
    """Say whether an array has more than what is taken by index, and null where it has no gaps."""
    return len(array) - 1 not in taken or any(value is not None and at not in taken for at, value in enumerate(array))


def put_at(array: list[Any], at: int, value: Any) -> None:
    """Set an element, with null where no element is before it."""
    array.extend([None] * (at + 1 - len(array)))
    array[at] = value


Function = Callable[..., Refused | None]
Row_ = tuple[int, RowKey]


def later_elements(
    to: Flattening, function: Function, value: list[Any], loc: Location, keys: Row, row: Row_, pointer: Pointer
) -> None:
    """Flatten an array of a recursion."""
    if refused := function(enumerate(value), to, loc, *keys):
        to.complement(*row).append(Strays(pointer, strays(refused)))


def later_members(
    to: Flattening,
    function: Function,
    items: Items,
    loc: Location,
    keys: Row,
    row: Row_,
    pointer: Pointer,
    names: list[str] | None,
) -> None:
    """Flatten members of an object of a recursion; `names` has all of them in order, None: forget it."""
    if refused := function(items, to, loc, *keys):
        notes = to.complement(*row)
        for _, name, node in refused:
            notes.keep((*pointer, name), node)
        if names is not None:
            notes.set_order(pointer, names)


def later_single(
    to: Flattening, function: Function, value: Any, loc: Location, keys: Row, row: Row_, pointer: Pointer
) -> None:
    """Flatten a single node of a recursion."""
    if function((("", value),), to, loc, *keys):
        notes = to.complement(*row)
        if value is None or (isinstance(value, (dict, list)) and not value):
            notes.append(Empty(pointer, value))
        else:
            notes.keep(pointer, value)


def later_tree(
    to: Flattening,
    function: Function,
    walk: Callable[..., Any],
    value: dict[str, Any],
    loc: Location,
    keys: Row,
    row: Row_,
    pointer: Pointer,
    order_of: MapOrder | None,
) -> None:
    """Flatten a tree of a recursion."""
    left, orders = walk(value, function, to, loc, *keys)
    for name, node in left.items():
        to.complement(*row).keep((*pointer, name), node)
    if order_of is not None:
        order = order_of(value, left)
        if order is not None:
            to.complement(*row).set_order(pointer, order)
        for names, members in orders:
            to.complement(*row).append(Order((*pointer, *names), members))


class Reporter:
    """Turns broken constraints of a row into problems with their JSON paths; one for each source.

    `place` says what a place of the source's items means: nothing, an index or name, or names.
    """

    def __init__(self, table: str, columns: Sequence[str], pointers: Sequence[Pointer], place: str) -> None:
        self._table, self._columns, self._pointers, self._place = table, columns, pointers, place

    def __call__(self, to: Flattening, loc: Location, place: Any, broken: list[tuple[int, str, Any]]) -> None:
        """Note the problems of the row at `place`."""
        here = path_of((loc, place, self, ()))
        for column, rule, value in broken:
            path = (*here, *self._pointers[column])
            to.problems.append(Problem(self._table, self._columns[column], path, rule, value))

    @property
    def is_single(self) -> bool:
        """Whether the source has one node at most."""
        return self._place == "node"

    def steps(self, place: Any) -> tuple[str | int, ...]:
        """Return the steps from the pointer of the source to the node at a place."""
        match self._place:
            case "node":
                return ()
            case "names":
                return tuple(place[1])
            case "key and names":
                return (place[0], *place[1])
        return (place,)

"""Shapes: what was seen at each place of many documents.

In: what an observer sees. Out: a graph of `Shape`s that starts at the document: counts, candidate types,
the few values of a member, the usual order of members. Places that turn out to be alike are united, and
then are one node.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

FORMATS = ("timestamp", "date", "uuid")
MAX_VALUES = 16
MAX_VALUE_LENGTH = 48
MAX_ORDERS = 64
MARKS = 512
DISCRIMINATORS = ("type", "kind", "@type", "resourceType", "_type", "objectType", "event", "class", "category")
MAX_VARIANTS = 32
MAX_SLOTS = 16

_COUNTS = (
    "nulls", "booleans", "integers", "reals", "texts", "objects", "arrays", "large", "inexact", "spelled", "fractions",
    "long", "wide",
)  # fmt: skip


@dataclass(slots=True, eq=False)
class Shape:
    """What was seen at one place. `same`: the place turned out to be alike another one, which knows all.

    Attributes:
        documents: In how many documents; about so, once shapes were united.
        marks: A bit for each of these documents, by its number modulo `MARKS`.
        large: Whole numbers beyond 64 bits, in texts too.
        inexact: Numbers and texts that no column of their type holds exactly.
        spelled: Texts that spell a JSON number.
        fractions: Those of them that have a fraction or an exponent.
        long: Those of them that are whole numbers beyond 64 bits.
        wide: Those of them that are beyond the whole numbers which a double tells apart.
        decimals: How many decimals those have that have the fewest, and the most, and the most that end with a 0.
        widths: Their lengths, 0 for those that are not digits only; at most two lengths.
        formats: How many texts are of each text type.
        values: How often each text was seen, None where there are too many.
        members: By name, what objects here hold.
        others: What the members of objects here hold whose names are data.
        elements: What arrays here hold.
        lengths: How often arrays had a length, those with none aside, at most two lengths.
        slots: What the first elements of arrays hold, each by itself, if it is a scalar.
        orders: How often members came in an order.
        variants: By a member that may tell kinds apart, and by its value: how often each member is there.
    """

    documents: int = 0
    marks: int = 0
    last: int = -1
    nulls: int = 0
    booleans: int = 0
    integers: int = 0
    reals: int = 0
    texts: int = 0
    objects: int = 0
    arrays: int = 0
    large: int = 0
    inexact: int = 0
    spelled: int = 0
    fractions: int = 0
    long: int = 0
    wide: int = 0
    decimals: tuple[int, int, int] | None = None
    widths: tuple[int, ...] = ()
    formats: dict[str, int] = field(default_factory=dict)
    values: dict[str, int] | None = field(default_factory=dict)
    members: dict[str, Shape] = field(default_factory=dict)
    others: Shape | None = None
    elements: Shape | None = None
    lengths: dict[int, int] = field(default_factory=dict)
    slots: list[Shape] = field(default_factory=list)
    orders: dict[tuple[str, ...], int] = field(default_factory=dict)
    variants: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)
    same: Shape | None = None

    @property
    def numbers(self) -> int:
        """How many numbers."""
        return self.integers + self.reals

    @property
    def scalars(self) -> int:
        """How many scalars, null included."""
        return self.nulls + self.booleans + self.integers + self.reals + self.texts

    @property
    def seen(self) -> int:
        """How many values."""
        return self.scalars + self.objects + self.arrays

    def links(self) -> Iterator[Shape]:
        """Yield the shapes of what objects and arrays here hold."""
        yield from (resolved(inner) for inner in self.members.values())
        if self.others is not None:
            yield resolved(self.others)
        if self.elements is not None:
            yield resolved(self.elements)


def resolved(shape: Shape) -> Shape:
    """Return the shape that knows all about the place."""
    while shape.same is not None:
        shape = shape.same
    return shape


def reachable(root: Shape) -> Iterator[Shape]:
    """Yield every shape of the graph, parents first."""
    pending, seen = [resolved(root)], {id(resolved(root))}
    while pending:
        shape = pending.pop()
        yield shape
        for inner in shape.links():
            if id(inner) not in seen:
                seen.add(id(inner))
                pending.append(inner)


def unite(one: Shape, other: Shape) -> int:
    """Make two places one, and all that then fall together; returns how many shapes less there are.

    Members that one side has by name and the other does not go to `others` where there is such.
    """
    fewer = 0
    pending = [(one, other)]
    while pending:
        into, out = map(resolved, pending.pop())
        if into is out:
            continue
        fewer += 1
        _add_counts(into, out)
        out.same = into
        for name, inner in out.members.items():
            mine = into.members.get(name)
            if mine is not None:
                pending.append((mine, inner))
            elif into.others is not None:
                pending.append((into.others, inner))
            else:
                into.members[name] = inner
        for part in ("others", "elements"):
            theirs, mine = getattr(out, part), getattr(into, part)
            if theirs is not None and mine is not None:
                pending.append((mine, theirs))
            elif theirs is not None:
                setattr(into, part, theirs)
        out.members, out.orders, out.others, out.elements = {}, {}, None, None
    return fewer


def _add_counts(into: Shape, out: Shape) -> None:
    most = into.documents + out.documents
    into.marks |= out.marks
    bits = into.marks.bit_count()
    # linear counting (Whang 1990) of the documents that either was seen in
    about = round(-MARKS * math.log1p(-bits / MARKS)) if bits < 0.95 * MARKS else most
    into.documents = min(most, max(into.documents, out.documents, bits if most <= MARKS else about))
    into.last = max(into.last, out.last)
    for name in _COUNTS:
        setattr(into, name, getattr(into, name) + getattr(out, name))
    if out.decimals is not None:
        note_decimals(into, *out.decimals)
    into.widths = tuple(dict.fromkeys((*into.widths, *out.widths)))[:2]
    for length, count in out.lengths.items():
        note_length(into, length, count)
    for slot, theirs in zip(_slots(into, len(out.slots)), out.slots, strict=True):
        _add_counts(slot, theirs)
    for text_type, count in out.formats.items():
        note_format(into, text_type, count)
    if into.values is not None and out.values is not None:
        for value, count in out.values.items():
            into.values[value] = into.values.get(value, 0) + count
    if into.values is None or out.values is None or len(into.values) > MAX_VALUES:
        into.values = None
    for order, count in out.orders.items():
        note_order(into, order, count)
    for name, by_value in out.variants.items():
        for value, counts in by_value.items():
            note_variant(into, name, value, counts)


def _slots(shape: Shape, wide: int) -> list[Shape]:
    """Return the first `wide` slots of a shape; there are that many from now on."""
    shape.slots += [Shape() for _ in range(wide - len(shape.slots))]
    return shape.slots[:wide]


def note_decimals(shape: Shape, fewest: int, most: int, ending_with_0: int) -> None:
    """Note how many decimals numbers in texts have."""
    known = shape.decimals or (fewest, most, ending_with_0)
    shape.decimals = (min(known[0], fewest), max(known[1], most), max(known[2], ending_with_0))


def note_format(shape: Shape, name: str, count: int = 1) -> None:
    """Count texts of a type."""
    shape.formats[name] = shape.formats.get(name, 0) + count


def note_length(shape: Shape, length: int, count: int = 1) -> None:
    """Count arrays of a length; that there are two lengths is all that has to be known."""
    if length in shape.lengths or len(shape.lengths) < 2:
        shape.lengths[length] = shape.lengths.get(length, 0) + count


def slots_for(shape: Shape, array: list[object]) -> list[Shape]:
    """Return the slots of an array's elements, none where it is no record: too long, or not of scalars only."""
    if not 2 <= len(array) <= MAX_SLOTS or len(shape.lengths) > 1:
        return []
    return [] if any(isinstance(element, (dict, list)) for element in array) else _slots(shape, len(array))


def note_variant(shape: Shape, name: str, value: str, counts: Mapping[str, int]) -> None:
    """Count the members of objects whose member `name` is `value`, unless there are too many values."""
    by_value = shape.variants.setdefault(name, {})
    known = by_value.get(value)
    if known is None:
        if len(by_value) >= MAX_VARIANTS:
            return
        known = by_value[value] = {}
    for member, count in counts.items():
        known[member] = known.get(member, 0) + count


def collapse(shape: Shape, names: list[str]) -> int:
    """Take these members' names as data: what they hold falls together; returns how many shapes less.

    In a recursion that may be the object itself, which then is another shape or has lost some members already.
    """
    fewer = 0
    for name in names:
        shape = resolved(shape)
        if name not in shape.members:
            continue
        inner = resolved(shape.members.pop(name))
        if shape.others is None:
            shape.others = inner
        else:
            fewer += unite(shape.others, inner)
    gone = set(names)
    shape = resolved(shape)
    orders, shape.orders = shape.orders, {}
    for order, count in orders.items():
        note_order(shape, tuple(n for n in order if n not in gone), count)
    return fewer


def note_order(shape: Shape, order: tuple[str, ...], count: int = 1) -> None:
    """Count an order of members, unless there are too many orders."""
    if order in shape.orders:
        shape.orders[order] += count
    elif 0 < len(order) <= 128 and len(shape.orders) < MAX_ORDERS:
        shape.orders[order] = count

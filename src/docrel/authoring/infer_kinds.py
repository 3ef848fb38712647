"""Kinds: arrays whose objects say by a member which kind they are.

In: the shape of such objects. Out: the kinds that are worth a table each, and one more for the kinds that
are not; nothing where the kinds have so much in common that one table says more.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from docrel.authoring import infer_limits as limits
from docrel.authoring.infer_shapes import Shape, reachable, resolved


@dataclass(slots=True)
class Kind:
    """The objects for which the member `member` is one of `values`.

    Attributes:
        shape: As if only these objects had been seen; what their members hold is shared with the other kinds.
        presence: In how many of these objects each member is.
    """

    member: str
    values: tuple[str, ...]
    shape: Shape
    presence: dict[str, int] = field(default_factory=dict)


def kinds_in(shape: Shape) -> list[Kind]:
    """Return the kinds that deserve tables, or nothing."""
    if shape.scalars or shape.arrays or shape.others is not None or _recursive(shape):
        return []
    for member, by_value in shape.variants.items():
        told = sum(counts[member] for counts in by_value.values())
        if 2 <= len(by_value) <= limits.KINDS and told >= limits.KIND_TOLD * shape.objects:
            own = [v for v, counts in by_value.items() if _stands_alone(member, v, by_value)]
            rows = sum(by_value[v][member] for v in own)
            if len(own) >= 2 and rows >= limits.KIND_SHARE * told:
                return _kinds(member, own, by_value, shape)
    return []


def _recursive(shape: Shape) -> bool:
    return any(inner is shape for link in shape.links() for inner in reachable(link))


def _stands_alone(member: str, value: str, by_value: dict[str, dict[str, int]]) -> bool:
    counts = by_value[value]
    rows = counts[member]
    usual = [n for n, c in counts.items() if n != member and c >= limits.KIND_USUAL * rows]
    elsewhere = [other for v, other in by_value.items() if v != value]
    own = [n for n in usual if sum(o.get(n, 0) for o in elsewhere) <= limits.KIND_ELSEWHERE * counts[n]]
    enough = len(own) >= limits.KIND_OWN_MEMBERS and len(own) >= limits.KIND_OWN * len(usual)
    return rows >= limits.KIND_ROWS and enough


def _kinds(member: str, own: list[str], by_value: dict[str, dict[str, int]], shape: Shape) -> list[Kind]:
    groups = [(value,) for value in own]
    others = tuple(value for value in by_value if value not in own)
    return [_kind(member, values, by_value, shape) for values in (*groups, others) if values]


def _kind(member: str, values: tuple[str, ...], by_value: dict[str, dict[str, int]], shape: Shape) -> Kind:
    presence: dict[str, int] = {}
    for value in values:
        for name, count in by_value[value].items():
            presence[name] = presence.get(name, 0) + count
    single = len(values) == 1
    members = {n: resolved(m) for n, m in shape.members.items() if n in presence and not (single and n == member)}
    rows = presence[member]
    orders = {order: count for order, count in shape.orders.items() if members.keys() & set(order)}
    return Kind(member, values, Shape(objects=rows, members=members, orders=orders), presence)

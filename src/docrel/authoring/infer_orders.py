"""Orders: in which order objects usually have their members.

In: a shape. Out: all its members' names. Where no two objects contradict each other, each object has its members in
this order; where some do, the most count.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from itertools import pairwise

from docrel.authoring.infer_shapes import Shape


def usual_order(shape: Shape) -> list[str]:
    """Return the names of an object's members in the order that most objects have them in.

    >>> usual_order(learnt({"id": 1, "city": 2}, {"zip": 3, "mail": 4}, {"city": 5, "zip": 6}, {"id": 7, "zip": 8}))
    ['id', 'city', 'zip', 'mail']
    """
    said: dict[tuple[str, str], int] = {}
    for order, count in shape.orders.items():
        for pair in pairwise(name for name in order if name in shape.members):
            said[pair] = said.get(pair, 0) + count
    after: dict[str, list[str]] = {name: [] for name in shape.members}
    waits = dict.fromkeys(shape.members, 0)
    for (one, other), count in said.items():
        if count > said.get((other, one), 0):
            after[one].append(other)
            waits[other] += 1
    return _sorted(after, waits, _places(shape))


def _sorted(after: dict[str, list[str]], waits: dict[str, int], places: dict[str, tuple[float, int]]) -> list[str]:
    """Return the names, each when it waits for no other; in a circle, the one whose usual place is first."""
    free = [(places[name], name) for name, others in waits.items() if not others]
    heapify(free)
    waiting = {name: None for name in sorted(waits, key=places.__getitem__) if waits[name]}
    usual: list[str] = []
    while free or waiting:
        name = heappop(free)[1] if free else next(iter(waiting))
        waiting.pop(name, None)
        usual.append(name)
        for other in after[name]:
            waits[other] -= 1
            if not waits[other] and other in waiting:
                del waiting[other]
                heappush(free, (places[other], other))
    return usual


def _places(shape: Shape) -> dict[str, tuple[float, int]]:
    """Return where in its objects each member stands on average, from 0 to 1, and its number."""
    sums: dict[str, tuple[float, int]] = {}
    for order, count in shape.orders.items():
        for number, name in enumerate(order):
            place, times = sums.get(name, (0.0, 0))
            sums[name] = place + count * number / len(order), times + count
    means = {name: place / times for name, (place, times) in sums.items()}
    return {name: (means.get(name, 1.0), number) for number, name in enumerate(shape.members)}

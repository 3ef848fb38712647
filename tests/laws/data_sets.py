"""Random data sets: documents of one kind, as people and programs write them, for mappings that are inferred.

In: a `random.Random`. Out: a list of documents. What is at a place is of one kind in most of them: objects, arrays,
maps whose keys are data, values of a type, in one spelling or in several; members are there always, often or seldom;
here and there is something else.
"""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

Make = Callable[[Random], Any]
NAMES = (
    "name", "title", "kind", "size", "price", "rating", "code", "at", "created_at", "count", "items", "tags", "owner",
    "children", "meta", "a.b", "it's", "größe", "value", "id", "by-day", "position", "rest", "x", "y", "Total Amount",
)  # fmt: skip
WORDS = ("red", "green", "blue", "", "Ärger", "日本", "it's", "10", "true", "null", "N/A", "a\nb", "Z", "zebra", "😀")
HEX = "0123456789abcdef"


def _pick(*values: Any) -> Make:
    return lambda random: random.choice(values)


def _day(random: Random) -> str:
    return f"20{random.randint(10, 29)}-{random.randint(1, 12):02}-{random.randint(1, 28):02}"


def _clock(random: Random) -> str:
    return f"{random.randint(0, 23):02}:{random.randint(0, 59):02}:{random.randint(0, 59):02}"


def _offset_time(random: Random) -> str:
    fraction = random.choice(("", "", ".5", ".123", ".000", ".123456789"))
    return f"{_day(random)}T{_clock(random)}{fraction}{random.choice(('Z', '+02:00', '-0700', '+05:30'))}"


SCALARS: dict[str, Make] = {
    "word": lambda random: random.choice(WORDS),
    "text": lambda random: "".join(random.choice("ab é日") for _ in range(random.randint(0, 30))),
    "whole": lambda random: random.randint(-20, 1000),
    "large": lambda random: random.choice((random.randint(0, 2**64), 2**53 + random.randint(0, 3), -(2**63))),
    "real": lambda random: round(random.uniform(-50, 50), random.randint(0, 5)),
    "number": lambda random: random.choice((random.randint(0, 9), random.randint(0, 9) + 0.5)),
    "mostly whole": lambda random: (
        random.randint(0, 99) if random.random() < 0.93 else random.choice((0.5, "n/a", "7"))
    ),
    "boolean": _pick(True, False),
    "flag": _pick(True, False, "yes", 1),
    "money": lambda random: f"{random.randint(0, 10**5) / 100:.2f}",
    "spelled whole": lambda random: str(random.randint(0, 10**5)),
    "spelled number": lambda random: random.choice(("7", "7.0", "0.50", "1e3", "-3", "12.125")),
    "amount": lambda random: random.choice((random.randint(0, 99), f"{random.randint(0, 99)}.50")),
    "digits": lambda random: f"{random.randint(0, 99999):05}",
    "either": lambda random: random.choice((random.randint(0, 9), str(random.randint(0, 9)), "many")),
    "day": _day,
    "utc": lambda random: f"{_day(random)}T{_clock(random)}Z",
    "time": _offset_time,
    "local time": lambda random: f"{_day(random)} {_clock(random)}",
    "uuid": lambda random: "-".join("".join(random.choice(HEX) for _ in range(n)) for n in (8, 4, 4, 4, 12)),
    "empty": _pick(None, "", [], {}),
}
STRAY: tuple[Any, ...] = (None, "", "x", 7, -0.0, 1e300, 2**70, True, [], {}, [1], {"x": 1}, "5", [[]], [{"x": None}])


class DataSet:
    """Makes a data set: what is at each place is drawn once, then each document."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.places = 0
        self.stray = random.choice((0.0, 0.0, 0.01, 0.05))

    def documents(self) -> list[Any]:
        """Return the documents."""
        random, make = self.random, self._object(0)
        key = random.choice(("id", "id", "uuid", None))
        documents = []
        for number in range(random.choice((3, 8, 8, 25, 60))):
            document = make(random)
            if key is not None:
                document = {key: f"k{number}" if key == "id" else SCALARS["uuid"](random)} | document
            documents.append(document)
        return documents

    def _any(self, depth: int) -> Make:
        self.places += 1
        random = self.random
        if depth > 4 or self.places > 40 or random.random() < 0.5:
            make = SCALARS[random.choice(list(SCALARS))]
        else:
            make = random.choice((self._object, self._array, self._array, self._map, self._record, self._tree))(depth)
        if random.random() < 0.1:
            other, share = self._any(depth + 2), random.choice((0.03, 0.3))
            first = make
            make = lambda random: other(random) if random.random() < share else first(random)  # noqa: E731
        stray = self.stray
        return lambda random: random.choice(STRAY) if random.random() < stray else make(random)

    def _object(self, depth: int) -> Make:
        names = self.random.sample(NAMES, self.random.randint(1, 7 if depth == 0 else 4))
        members = [(name, self.random.choice((1, 1, 1, 0.9, 0.5, 0.1)), self._any(depth + 1)) for name in names]
        return lambda random: {name: make(random) for name, share, make in members if random.random() < share}

    def _array(self, depth: int) -> Make:
        make, most = self._any(depth + 1), self.random.choice((1, 3, 6))
        return lambda random: [make(random) for _ in range(random.randint(0, most))]

    def _record(self, depth: int) -> Make:
        makes = [
            SCALARS[self.random.choice(("real", "whole", "word", "number"))] for _ in range(self.random.randint(2, 3))
        ]
        return lambda random: [make(random) for make in makes]

    def _map(self, depth: int) -> Make:
        make, name = self._any(depth + 1), self.random.choice(("id", "uuid", "day", "word"))
        named: dict[str, Make] = {"id": lambda random: f"u{random.randint(0, 10**6)}"} | SCALARS
        return lambda random: {named[name](random): make(random) for _ in range(random.randint(0, 8))}

    def _tree(self, depth: int) -> Make:
        make, below = self._object(max(depth, 3)), self.random.choice(("children", "items"))

        def node(random: Random, level: int = 0) -> Any:
            inner = [node(random, level + 1) for _ in range(random.randint(0, 2 if level < 3 else 0))]
            return make(random) | ({below: inner} if inner or random.random() < 0.5 else {})

        return node

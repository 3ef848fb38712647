"""Mappings made hostile: the texts of cases, of shipped and of random mappings, with some of what they say changed.

In: a `random.Random`. Out: the text of a mapping, which may be none any more. What it says is changed as a tree (a
value is replaced, moved, said twice, renamed, removed, added), or its text is (lines and characters).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml
from mappings import Mappings

ROOT = Path(__file__).parents[2]
HUNDRED = ".".join(f"n{n}" for n in range(100))
LONG = "x" * 10_000


def nested(value: Any, levels: int) -> Any:
    for _ in range(levels):
        value = [value]
    return value


HOSTILE: tuple[Any, ...] = (
    "", " ", "\ud800", "a\ud800", "\udc00b", "\0", "a\0", "\\", "a\\b", "'", '"', "`", ";", "--", "/*", "%s", "{}",
    "x" * 70, "x" * 300, LONG, "é" * 40, ".", "./", "..", "../a", "/a", "a/../b", "a/./b", "a//b", "C:\\a", "@", "$",
    "*", ".*", "[*]", "a.b", "@.a", "$.a", "['a']", "a[0]", "[1000000]", "a[-1]", "..a", "a[?@.b]", "\x1b[31m", "\r\n",
    "\u202e", "\u2028", "\x7f", "\ufeff", "ä", "a\u0308", "K", "sqlite_a", "SQLITE_SEQUENCE", "_docrel", "id", "rest",
    "ID", "ctid", "rowid", "oid", "text", "integer", "real", "boolean", "json", "scalar", "timestamp", "base64", "uuid",
    "decimal", "select", "SELECT", "null", "NULL", "true", "1", "1e400", "a > 1", "a > 1 /* \ud800 */", "SELECT 1",
    "SELECT 1 -- \ud800", "SELECT '\0'", "CREATE TRIGGER t \ud800", "t.k", "SELECT (SELECT 1", "SELECT 1)", "SELECT",
    "SELECT * FROM nowhere", "SELECT 1; DROP TABLE t", "WITH x AS (SELECT 1) DELETE FROM t", "[", "]", "(", ")",
    HUNDRED, f"{HUNDRED}[*]", f"{HUNDRED}.*", f"$.{HUNDRED}", ".".join(["a"] * 257), ".".join(["a"] * 257) + "[*]",
    "a" + "[*]" * 100, "a" + ".*" * 100, "a" + "[0]" * 100, "(" * 1000, "[" * 1000, "$" * 1000, "a." * 5000, "[?" * 500,
    f"$.a[?(@.{HUNDRED} == 1)]", "$.a[?(@.b == '\ud800')].c", "$..*", "$..a[*]..b", "a[1:2:0]", "a[::-1]", "a[9" * 3,
    0, 1, -1, -0.0, 0.0, 1.0, 1.5, 1e308, 1.5e308, -1.7e308, 10**308, 10**400, -(10**309), 10**4000, 2**31, 2**53,
    2**63, 2**64, -(2**63), -(2**63) - 1, True, False, None, [], {}, [[]], [""], ["a", "a"], [None], [{}], [LONG],
    [f"a{n}" for n in range(300)], {f"a{n}": f"b{n}" for n in range(300)}, nested("a", 20), nested({}, 90),
    nested(1, 300), [1, 1.0, True], {"a": 1}, {"": ""}, {"A": "x", "a": "x"}, {"value": 1}, {"value": True},
    {"value": None}, {"value": []}, {"from": []}, {"from": HUNDRED}, {"from": [HUNDRED, "a"]}, {"key": "each"},
    {"key": "repeat", "join": ""}, {"key": "repeat", "join": "/"}, {"rest": True}, {"surrogate": True},
    {"position": True}, {"edge": True}, {"unsourced": True}, {"derived": "$..a"}, {"derived": f"$.{HUNDRED}"},
    {"derived": "$.a[?@.b > 1e400]"}, {"parent": "t"}, {"from": "@", "type": "json"}, {"type": "real", "min": 1e309},
    {"now": True}, {"cases": []}, {"cases": [{"then": 1}]}, {"time": "k", "plus_seconds": "k"}, {"from": "k"},
)  # fmt: skip
MORE: tuple[tuple[str, Any], ...] = (
    *((key, ...) for key in ("min", "max", "one_of", "default", "map", "type", "join", "references", "description")),
    *((key, ...) for key in ("renamed_from", "each", "repeat", "row_if", "primary_key", "unique", "otherwise", "row")),
    *((key, ...) for key in ("when", "sources", "columns", "tables", "from", "within", "checks", "views", "forget")),
    ("required", True), ("unique", True), ("otherwise", "rest"), ("soft", True),
    ("when", {"kind": "a", "@.kind": "b"}), ("key_order", {"a": ["x"], "@.a": ["y"]}),
    ("checks", {"c": "1 > 0 /* \ud800 */"}), ("checks", {"c": "nowhere > 0"}), ("checks", {"c": "1 >"}),
    ("checks", {"c": "sum(1) > 0"}), ("checks", {"c": "(SELECT 1)"}), ("checks", {"c": "k > ?"}),
    ("min", 1.5e308), ("max", -1e308), ("one_of", [1, True, 1.0]), ("one_of", []), ("one_of", [10**400, LONG]),
    ("one_of", ["a", "\ud800"]), ("map", {"a": "\ud800"}), ("map", {"a": "b", "b": "a"}), ("default", "\ud800"),
    ("default", {"value": 10**400}), ("default", {"now": True}), ("default", {"value": "a", "written": True}),
    ("default", {"time": "k", "plus_seconds": "k"}), ("views", {"v": "SELECT 1 /* \ud800 */"}),
    ("views", {"v": "SELECT (SELECT 1"}), ("views", {"v": "SELECT FROM WHERE"}), ("views", {"v": "SELECT * FROM no"}),
    ("views", {"v": "SELECT ?"}), ("views", {"v": "WITH x AS (SELECT 1)"}), ("views", {"\ud800": "SELECT 1"}),
    ("views", {"sqlite_v": "SELECT 1"}), ("views", {"v": "SELECT 1 AS a, 2 AS a"}), ("views", {"V": "SELECT 1",
    "v": "SELECT 1"}), ("statements", {"s": "CREATE TRIGGER s AFTER DELETE ON t BEGIN SELECT '\ud800'; END"}),
    ("statements", {"s": "CREATE INDEX s ON nowhere(x)"}), ("statements", {"s": "CREATE VIEW s AS nonsense"}),
    ("statements", {"s": "CREATE UNIQUE INDEX s ON t(k) WHERE"}), ("statements", {"s": "CREATE VIEW s AS SELECT ("}),
    ("parts", {"a": "./", "b": "."}), ("parts", {"a": "x\ud800"}),
    ("parts", {"a": {"file": "a", "any_of": ["a", "@.a"]}}), ("parts", {"a": "x/y", "b": "x//y"}),
    ("parts", {"\ud800": "x"}), ("indexes", {"\ud800": ["k"]}), ("indexes", {"i": ["k", "k"]}), ("indexes",
    {"T": ["k"]}), ("unique", [["k"], ["k"]]), ("unique", [[]]),
    ("default", {"cases": [{"when": {"a": ["\ud800", 1, True]}, "then": "\ud800"}]}), ("description", "a\ud800b\0"),
    ("from", HUNDRED), ("each", f"{HUNDRED}[*]"), ("columns", {"k": {"from": HUNDRED}}), ("repeat", f"{HUNDRED}[*]"),
    ("columns", {f"c{n}": f"n{n}" for n in range(40)}), ("columns", {"c": {"from": f"{HUNDRED}[0]"}}),
    ("tables", {"deep": {"each": f"{HUNDRED}.*", "columns": {"n": {"key": "each"}, "v": {"from": "@"}}}}),
    ("tables", {"wide": {"each": "w[*]", "columns": {"c": {"from": HUNDRED}, "d": {"from": f"{HUNDRED}2"}}}}),
)  # fmt: skip
Pointer = tuple[str | int, ...]


@cache
def bases() -> list[str]:
    """Return the texts that are changed, as they are written."""
    cases = [case for case in sorted(ROOT.glob("tests/cases/*")) if not (case / "error.txt").exists()]
    files = [*(case / "mapping.yaml" for case in cases), *sorted(ROOT.glob("mappings/*/v*.yaml"))]
    texts = [file.read_text() for file in files if file.exists()]
    return [text for text in texts if len(text) < 30_000]


def a_text(random: Random) -> str:
    """Return the text of a mapping that nothing is done to yet."""
    if random.random() < 0.4:
        text = Mappings(random).text()
        return text if random.random() < 0.7 else yaml.safe_dump(json.loads(text), sort_keys=False, allow_unicode=True)
    return random.choice(bases())


# -- the tree ------------------------------------------------------------------------------------------------------


def places(value: Any, at: Pointer = ()) -> Iterator[Pointer]:
    if at:
        yield at
    for step, inner in (
        value.items() if isinstance(value, dict) else enumerate(value if isinstance(value, list) else ())
    ):
        yield from places(inner, (*at, step))


def at(content: Any, pointer: Pointer) -> Any:
    for step in pointer:
        content = content[step]
    return content


def _copy(value: Any) -> Any:
    return json.loads(json.dumps(value))


def replaced(content: Any, pointer: Pointer, random: Random) -> None:
    at(content, pointer[:-1])[pointer[-1]] = _copy(random.choice(HOSTILE))


def swapped(content: Any, pointer: Pointer, random: Random) -> None:
    """Put a value of the same key from elsewhere here."""
    others = [other for other in places(content) if other[-1] == pointer[-1]]
    at(content, pointer[:-1])[pointer[-1]] = _copy(at(content, random.choice(others)))


def moved(content: Any, pointer: Pointer, random: Random) -> None:
    """Put any other value here."""
    at(content, pointer[:-1])[pointer[-1]] = _copy(at(content, random.choice(list(places(content)))))


def renamed(content: Any, pointer: Pointer, random: Random) -> None:
    """Give a key another name: a hostile one, another one's, or the same path spelt otherwise."""
    among = at(content, pointer[:-1])
    if isinstance(among, dict):
        key = str(pointer[-1])
        names = [name for name in HOSTILE if isinstance(name, str)]
        known = [str(other[-1]) for other in places(content)]
        new = random.choice(
            [f"@.{key}", f"['{key}']", key.upper(), random.choice(known), random.choice(names), random.choice(names)]
        )
        items = [(new if name == key else name, value) for name, value in among.items()]
        among.clear()
        among.update(items)


def said_twice(content: Any, pointer: Pointer, random: Random) -> None:
    among, last = at(content, pointer[:-1]), pointer[-1]
    if isinstance(among, list):
        among.append(among[int(last)])
    else:
        among[random.choice([f"@.{last}", f"['{last}']", f"{last}2", str(last).upper()])] = _copy(among[last])


def removed(content: Any, pointer: Pointer, random: Random) -> None:
    del at(content, pointer[:-1])[pointer[-1]]


def shuffled(content: Any, pointer: Pointer, random: Random) -> None:
    """Change the order of what stands in a place."""
    among = at(content, pointer)
    if isinstance(among, dict):
        items = random.sample(list(among.items()), len(among))
        among.clear()
        among.update(items)
    elif isinstance(among, list):
        random.shuffle(among)


def added(content: Any, pointer: Pointer, random: Random) -> None:
    """Say more of a table or a column."""
    among = at(content, pointer)
    if isinstance(among, dict):
        key, value = random.choice(MORE)
        among[key] = _copy(value if value is not ... else random.choice(HOSTILE))


CHANGES: tuple[Callable[[Any, Pointer, Random], None], ...] = (
    replaced, replaced, swapped, moved, renamed, said_twice, removed, shuffled, added, added,
)  # fmt: skip


def changed_tree(text: str, random: Random) -> str:
    """Return the text of a mapping with one or two changes to what it says, as JSON."""
    content = yaml.safe_load(text)
    for _ in range(random.choice((1, 1, 2, 3))):
        pointers = list(places(content))
        if pointers:
            random.choice(CHANGES)(content, random.choice(pointers), random)
    return json.dumps(content)


# -- the text ------------------------------------------------------------------------------------------------------


ODD_TEXT = (
    "\t", "\n", "\r", "\0", "\x1b", "\ufeff", "\u2028", "\u0085", "\ud800", "'", '"', "{", "}", "[", "]", ":", ": ",
    "- ", "#", " #", "&a", "*a", "!!str ", "!!python/object:os.system ", "? ", "| ", "> ", "<<: ", "%", "@", "`",
    "---\n", "...\n", "no", "1:30", "0x1f", "1_000", "2025-11-23", ".inf", ".nan", "~", "null", "1e999", "9" * 400,
    "9" * 5000, "[" * 200, "{a: " * 120, "\\U0010FFFF", '"\\UFFFFFFFF"', '"\\x00"', "é", "😀", LONG,
)  # fmt: skip


def changed_text(text: str, random: Random) -> str:
    """Return a text with one or two changes to its lines and characters."""
    for _ in range(random.choice((1, 1, 2))):
        text = random.choice(TEXT_CHANGES)(text, random)
    return text


def _lines(change: Callable[[list[str], Random], None]) -> Callable[[str, Random], str]:
    def of_text(text: str, random: Random) -> str:
        lines = text.splitlines(keepends=True) or [""]
        change(lines, random)
        return "".join(lines)

    return of_text


@_lines
def _line_gone(lines: list[str], random: Random) -> None:
    del lines[random.randrange(len(lines))]


@_lines
def _line_twice(lines: list[str], random: Random) -> None:
    lines.insert(random.randrange(len(lines) + 1), random.choice(lines))


@_lines
def _lines_swapped(lines: list[str], random: Random) -> None:
    a, b = (random.randrange(len(lines)) for _ in range(2))
    lines[a], lines[b] = lines[b], lines[a]


@_lines
def _line_indented(lines: list[str], random: Random) -> None:
    n = random.randrange(len(lines))
    lines[n] = random.choice((" ", "  ", "    ", "\t")) + lines[n] if random.random() < 0.6 else lines[n][2:]


def _cut(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] if random.random() < 0.3 else text[:start] + text[start + random.randint(1, 12) :]


def _put_in(text: str, random: Random) -> str:
    start = random.randrange(len(text) + 1)
    return text[:start] + random.choice(ODD_TEXT) + text[start + random.choice((0, 0, 1, 3)) :]


TEXT_CHANGES = (_line_gone, _line_twice, _lines_swapped, _line_indented, _cut, _put_in, _put_in)


def hostile(random: Random) -> str:
    """Return the text of a mapping with some changes."""
    change = changed_tree if random.random() < 0.75 else changed_text
    return change(a_text(random), random)

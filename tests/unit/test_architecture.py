"""The house: packages in the order of the pipeline. Every arrow points down, and enters by the door."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from docrel.backends import Backend, FileBackend

SOURCE = Path(__file__).parents[2] / "src" / "docrel"
PACKAGES = (
    "diagnostics",
    "values",
    "files",
    "selectors",
    "plan",
    "spec",
    "layout",
    "sql",
    "compile",
    "rows",
    "engine",
    "diff",
    "backends",
    "documents",
    "store",
    "upkeep",
    "migrate",
    "pages",
    "mapping",
    "authoring",
    "transition",
    "missions",
    "testing",
    "cli",
)
"""The packages from the ground up; a module imports from its own package, and from those before it."""
LOOSE = {"__init__.py", "__main__.py", "py.typed"}
APART = (
    ("engine/flatten", ("engine/rebuild", "sql/", "diff/")),
    ("engine/rebuild", ("engine/flatten", "sql/", "diff/")),
    ("sql/", ("engine/", "diff/")),
    ("diff/", ("engine/", "sql/")),
)
"""What stands side by side and never imports each other."""
ONE_DATABASE = re.compile(
    r"\bsqlite3\b|\bSQLite\(|pragma|sqlite_master|sqlite_sequence|\btemp\.|\btemp table|without rowid|"
    r"\binsert or\b|select changes\(\)|journal|-wal\b",
    re.IGNORECASE,
)
"""What only one database has, or has under such a name: its driver, its class, its catalogue, its words, its files."""
KNOW_DATABASES = ("backends/", "sql/dialect.py")

Import = tuple[str, str]
"""The module that is imported from, with dots, and the name that is imported (empty: the module itself)."""


def modules() -> dict[str, str]:
    """Return the text of each module, by its path below the package."""
    return {str(path.relative_to(SOURCE)): path.read_text() for path in sorted(SOURCE.rglob("*.py"))}


def imports(text: str) -> Iterator[Import]:
    """Yield what a module imports of docrel: at its top, inside functions, and for types only."""
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "docrel":
            yield from ((f"docrel.{alias.name}", "") for alias in node.names if (SOURCE / alias.name).is_dir())
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("docrel."):
            yield from ((str(node.module), alias.name) for alias in node.names)
        elif isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.startswith("docrel."))


def package_of(module: str) -> str:
    """Return the package of a module, given with dots (`docrel.sql.schema`) or as a path (`sql/schema.py`)."""
    return module.removeprefix("docrel.").replace("/", ".").split(".")[0]


def doors() -> dict[str, set[str]]:
    """Return what stands in the door of each package."""
    found = {}
    for package in PACKAGES:
        tree = ast.parse((SOURCE / package / "__init__.py").read_text())
        named = [n.value for n in tree.body if isinstance(n, ast.Assign) and ast.unparse(n.targets[0]) == "__all__"]
        found[package] = set(ast.literal_eval(named[0])) if named else set()
    return found


def faults(texts: dict[str, str]) -> list[str]:
    """Return each arrow that points up, or passes a door by, in words."""
    found, entries = [], doors()
    for path, text in texts.items():
        own = package_of(path)
        for module, name in imports(text):
            other = package_of(module)
            if own == other or path in LOOSE:
                continue
            if PACKAGES.index(other) > PACKAGES.index(own):
                found.append(f"{path} imports {module}, which stands above it")
            elif module.count(".") > 1 or (name and name not in entries[other]):
                found.append(f"{path} imports {name or module} of {module}, not by the door of {other}")
    return found


def test_nothing_lies_loose() -> None:
    assert {p.name for p in SOURCE.iterdir() if p.is_file()} <= LOOSE
    assert {p.name for p in SOURCE.iterdir() if p.is_dir() and p.name != "__pycache__"} == set(PACKAGES)


def test_every_arrow_points_down_and_enters_by_the_door() -> None:
    assert not faults(modules())


def test_the_readme_names_the_packages_in_this_order() -> None:
    text = (SOURCE.parents[1] / "README.md").read_text().split("The packages of `src/docrel/`")[1]
    named = [
        name
        for line in text.splitlines()
        if line.startswith("| `")
        for name in re.findall("`([a-z]+)`", line.split("|")[1])
    ]
    assert tuple(named) == PACKAGES


def test_the_readme_names_modules_that_are_there() -> None:
    text = (SOURCE.parents[1] / "README.md").read_text().split("Where a thing is decided")[1]
    named = re.findall(r"`([a-z_/]+\.py)`", text)
    assert (
        len(named) > 20
        and [path for path in named if path not in modules() and not (SOURCE.parents[1] / path).exists()] == []
    )


@pytest.mark.parametrize("package", ["store", "compile", "engine", "migrate", "authoring", "sql", "backends"])
def test_the_door_of_a_big_package_says_its_modules_in_reading_order(package: str) -> None:
    door = ast.parse((SOURCE / package / "__init__.py").read_text())
    words = str(ast.get_docstring(door)).split("In reading order")[1]
    inner = {p.stem for p in (SOURCE / package).iterdir() if not p.stem.startswith("__")}
    assert inner - set(re.findall("`([a-z_]+)`", words)) == set()


def test_every_door_has_only_what_others_use() -> None:
    used = {(package_of(module), name) for path, text in modules().items() for module, name in imports(text)}
    public = {name for _, name in imports((SOURCE / "__init__.py").read_text())}
    outside = {
        (package_of(module), name)
        for folder in ("tests", "bench", "examples", "docs")
        for path in (SOURCE.parents[1] / folder).rglob("*.py")
        for module, name in imports(path.read_text())
    }
    assert [
        f"{package}.{name}"
        for package, names in doors().items()
        for name in sorted(names)
        if (package, name) not in used | outside and name not in public
    ] == []


@pytest.mark.parametrize("side", APART, ids=lambda side: side[0])
def test_the_sides_never_meet(side: tuple[str, tuple[str, ...]]) -> None:
    own, others = side
    for path, text in modules().items():
        if path.startswith(own):
            places = [f"{module}.{name}".removeprefix("docrel.").replace(".", "/") for module, name in imports(text)]
            assert not [place for place in places if place.startswith(others)], path


def knowing(texts: dict[str, str]) -> list[str]:
    """Return the modules that speak of one database in particular, and are none of those that do."""
    return [path for path, text in texts.items() if ONE_DATABASE.search(text) and not path.startswith(KNOW_DATABASES)]


def test_no_module_knows_one_database_but_the_backends() -> None:
    assert not knowing(modules())


def test_whatever_is_asked_of_a_backend_is_asked_by_somebody() -> None:
    above = [text for path, text in modules().items() if not path.startswith("backends/")]
    said = "\n".join([*above, *(path.read_text() for path in (SOURCE / "diagnostics/messages").glob("*.md"))])
    asked = [name for protocol in (Backend, FileBackend) for name in {**vars(protocol), **protocol.__annotations__}]
    unused = [name for name in asked if not name.startswith("_") and not re.search(rf"\.{name}\b", said)]
    assert len(asked) > 25 and not unused


def test_an_arrow_that_is_not_allowed_would_be_seen() -> None:
    assert faults({"plan/model.py": "def f():\n    from docrel.store import Store\n"})
    assert faults({"store/store.py": "from docrel.plan.model import Plan\n"})
    assert faults({"store/store.py": "from docrel.plan import _to_json\n"})
    assert not faults({"store/store.py": "from docrel.plan import Plan\n"})


@pytest.mark.parametrize(
    "text",
    ["import sqlite3", "SQLite(path)", "'PRAGMA x'", "FROM pragma_table_info", "FROM sqlite_master", "sqlite_sequence",
     "temp.docrel", "CREATE TEMP TABLE", "WITHOUT ROWID", "INSERT OR IGNORE", "SELECT changes()", "journal('WAL')",
     "f'{file}-wal'"],
)  # fmt: skip
def test_a_word_of_one_database_would_be_seen(text: str) -> None:
    assert knowing({"store/store.py": text, "backends/sqlite/file.py": text}) == ["store/store.py"]

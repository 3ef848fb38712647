"""The arrows of the pipeline: each stage imports only what stands before it; its sides never import each other."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "docrel"
ACTING = {"sqlite", "store", "reading", "writing", "opening", "importing", "migration", "cli", "transition", "missions"}
SIDES = {
    "ddl": {"flatten", "rebuild", "diff"},
    "flatten": {"ddl", "rebuild", "diff"},
    "rebuild": {"ddl", "flatten", "diff"},
    "diff": {"ddl", "flatten", "rebuild"},
    "plan": {"spec", "compile", "ddl", "flatten", "rebuild", "diff"},
    "spec": {"compile", "plan", "ddl", "flatten", "rebuild", "diff"},
    "compile": {"ddl", "flatten", "rebuild", "diff"},
}


def imports(name: str) -> set[str]:
    """Return the modules of docrel that a module imports when it is imported."""
    found: set[str] = set()
    for node in ast.parse((SOURCE / f"{name}.py").read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module == "docrel":
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("docrel."):
            found.add(str(node.module).split(".")[1])
    return found & {p.stem for p in SOURCE.iterdir()}


def reached(name: str) -> set[str]:
    """Return all modules that a module leads to."""
    found: set[str] = set()
    pending = [name]
    while pending:
        for module in imports(pending.pop()) - found:
            found.add(module)
            if (SOURCE / f"{module}.py").exists():
                pending.append(module)
    return found


@pytest.mark.parametrize("stage", SIDES)
def test_a_stage_leads_only_to_what_stands_before_it(stage: str) -> None:
    assert reached(stage) & (SIDES[stage] | ACTING) == set()


def test_an_arrow_that_is_not_allowed_would_be_seen() -> None:
    assert {"flatten", "rebuild", "sqlite"} <= reached("store")

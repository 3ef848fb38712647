"""Paths: the selectors of a mapping, as the paths of a plan.

In: a selector's text and where it stands. Out: its path, or a finding that says why it cannot stand
there.
"""

from __future__ import annotations

from docrel.plan import Elements, Members, Name, Path, Read, path_fault
from docrel.selectors import Selector, SelectorError, nodes, parse
from docrel.spec import Findings
from docrel.spec import Path as Place


def parsed(text: str, where: Place, findings: Findings) -> Selector | None:
    """Return the selector, or note its syntax error at the character where it is (M203)."""
    try:
        return parse(text)
    except SelectorError as error:
        findings.add("M203", where, error.message, error.help, offset=error.offset)
    return None


def steps_of(text: str) -> tuple[nodes.Step, ...]:
    """Return the steps of a selector; none where it cannot be read, which is noted elsewhere."""
    try:
        return parse(text).steps
    except SelectorError:
        return ()


def value_path(text: str, where: Place, findings: Findings, *, nested: bool, each: str) -> Path | None:
    """Return the path of one value within a row's node, as a column has it."""
    selector = parsed(text, where, findings)
    if selector is None or (path := _two_way(selector, text, where, findings, as_rows=False)) is None:
        return None
    if selector.root and nested:
        _document_selector(selector, text, where, findings, each)
        return None
    if not selector.single:
        step = "[*]" if Elements() in selector.steps else ".*"
        findings.add(
            "M213", where, f"`{text}` selects many values, a column holds one",
            f"nest a table with `each: '{_until_many(selector)}'`, or drop `{step}` and write `type: json`",
        )  # fmt: skip
        return None
    return path


def each_path(text: str, where: Place, findings: Findings, *, nested: bool, may_be_document: bool) -> Path | None:
    """Return the path of a table's rows from the enclosing row's node; one `[*]` or `.*` may end it."""
    selector = parsed(text, where, findings)
    if selector is None or (path := _two_way(selector, text, where, findings, as_rows=True)) is None:
        return None
    if not nested:
        if selector.steps:
            findings.add(
                "M214", where, f"a root table has one row a document, so its `each` cannot be `{text}`",
                f"write `each: $`, and nest a table with `each: '{text}'` in it",
            )  # fmt: skip
            return None
        return ()
    if selector.root and not may_be_document:
        findings.add(
            "M215", where, f"`{text}` starts at the document, but this table lies within rows of another",
            "write the path from the enclosing table's row, without `$.`",
        )  # fmt: skip
        return None
    if not selector.steps:
        findings.add(
            "M214", where, f"`{text}` is the very node of the enclosing table",
            "put these columns into the enclosing table, or name the member that holds the rows",
        )  # fmt: skip
        return None
    return path if _one_many_last(selector, text, where, findings) else None


def read_path(text: str, where: Place, findings: Findings) -> Read | None:
    """Return a path that is only looked at: names and indexes, from the document or from the row's node."""
    selector = parsed(text, where, findings)
    if selector is None:
        return None
    path = selector.path if selector.single else None
    if path is None:
        findings.add(
            "M205", where, f"`{text}` may select several values, a default looks at one",
            "use names and fixed indexes only, such as `status.phase` or `items[0].name`",
        )  # fmt: skip
        return None
    return Read(selector.root, path) if _within_reach(path, where, findings) else None


def names_path(text: str, where: Place, findings: Findings, code: str, what: str) -> tuple[str, ...] | None:
    """Return a path of member names only, from the node itself."""
    selector = parsed(text, where, findings)
    if selector is None:
        return None
    if selector.root and selector.steps:
        relative = Selector(False, selector.steps)
        findings.add(code, where, f"{what} starts at the node itself, not at the document", f"write `{relative}`")
        return None
    if (names := selector.names) is None:
        findings.add(
            code,
            where,
            f"`{text}` is not a path of names, which {what} needs",
            "write names joined by dots: `a.b`",
        )
        return None
    return names if _within_reach(tuple(map(Name, names)), where, findings) else None


def _two_way(selector: Selector, text: str, where: Place, findings: Findings, *, as_rows: bool) -> Path | None:
    path = selector.path
    if path is not None:
        return path if _within_reach(path, where, findings) else None
    step = next(step for step in selector.steps if Selector(False, (step,)).path is None)
    reason = _ONE_WAY[type(step).__name__]
    if as_rows and isinstance(step, nodes.Filter):
        head = str(Selector(selector.root, selector.steps[: selector.steps.index(step)]))
        help_ = f"write `each: '{head}[*]'` and, to take only some, `when: {{{_filtered(step)}}}`"
    elif as_rows:
        help_ = "write the array or object with `[*]` or `.*`; one-way selectors are for `derived:` columns"
    else:
        quoted = text.replace("'", "''")
        help_ = f"for a column that is only read, write `derived: '{quoted}'` in place of `from`"
    findings.add("M205", where, f"`{text}` can be read but not written back: it {reason}", help_)
    return None


def _within_reach(path: Path, where: Place, findings: Findings) -> bool:
    """Note a path that leads deeper, or further along an array, than a document may go."""
    fault = path_fault(path)
    if fault is not None:
        findings.add("M217", where, *fault)
    return fault is None


_ONE_WAY = {
    "Filter": "chooses by what the values are",
    "Descend": "looks at every depth (`..`)",
    "Slice": "takes a part of an array",
    "Names": "takes several members at once",
    "Indexes": "takes several elements at once",
    "Index": "counts from the end",
}


def _filtered(step: nodes.Filter) -> str:
    test = step.test
    if isinstance(test, nodes.Compare) and test.operator == "==":
        match test.left, test.right:
            case Selector(False, _) as selector, nodes.Literal(text):
                return f"{selector}: {text}"
            case nodes.Literal(text), Selector(False, _) as selector:
                return f"{selector}: {text}"
    return "selector: value"


def _document_selector(selector: Selector, text: str, where: Place, findings: Findings, each: str) -> None:
    above = steps_of(each)
    inside = selector.steps[len(above) :]
    if above and selector.steps[: len(above)] == above and inside:
        relative = Selector(False, inside)
        if relative.single:
            findings.add(
                "M215", where,
                f"`{text}` starts at the document, but a column starts at its row, one of `{each}`",
                f"write `{relative}`",
            )  # fmt: skip
            return
    relative = Selector(False, selector.steps)
    findings.add(
        "M215", where,
        f"`{text}` starts at the document (`$`), but a column of a nested table starts at its row",
        f"write `{relative}` if each row has it; for a copy of the document's own write `derived: {text}`",
    )  # fmt: skip


def _until_many(selector: Selector) -> str:
    many = next(i for i, s in enumerate(selector.steps) if isinstance(s, Elements | Members))
    return str(Selector(False, selector.steps[: many + 1]))


def _one_many_last(selector: Selector, text: str, where: Place, findings: Findings) -> bool:
    many = [i for i, s in enumerate(selector.steps) if isinstance(s, Elements | Members)]
    if not many or many == [len(selector.steps) - 1]:
        return True
    head = _until_many(selector)
    tail = Selector(False, selector.steps[many[0] + 1 :])
    if len(many) > 1:
        findings.add(
            "M214", where, f"`{text}` goes through two levels at once, one table can hold only one",
            f"nest two tables: one with `each: '{head}'`, and in it one with `each: '{tail}'`",
        )  # fmt: skip
    else:
        findings.add(
            "M214", where, f"`{text}` goes on behind the place where the rows are",
            f"write `each: '{head}'`, and `from: {tail}.…` in its columns",
        )  # fmt: skip
    return False

"""Mapping text: drafts written out as YAML that a person will want to edit.

In: named drafts of tables. Out: the text of a mapping, with comments that say what was seen. Decides no
structure.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from docrel.authoring.infer_columns import ColumnDraft
from docrel.authoring.infer_orders import usual_order
from docrel.authoring.infer_roots import APART
from docrel.authoring.infer_tables import Place, TableDraft, sayable
from docrel.diagnostics import counted, visible
from docrel.selectors import nodes
from docrel.spec import read_plain

WIDTH = 100


def mapping_text(
    name: str,
    tables: Sequence[TableDraft],
    key: Sequence[str],
    documents: int,
    *,
    inferred: bool,
    said: Sequence[str],
    strict: bool,
) -> str:
    """Return the mapping; `key` are the columns of the root table that identify a document, `inferred` or not.

    `said` is what a person should know at once. Where it is `strict`, what was seen is
    written as rules.
    """
    written = quoted(key[0]) if len(key) == 1 else f"[{', '.join(map(quoted, key))}]"
    asked = f"Does `{key[0]}`" if len(key) == 1 else f"Do {' and '.join(f'`{one}`' for one in key)} together"
    guess = [
        f"# {asked} identify a document? If so, write `document: {{key: {written}}}`. Until then a document",
        "# never replaces a different one.",
    ]
    lines = [
        "# yaml-language-server: $schema=mapping.schema.json",
        "# An editor completes and explains the keys by that file: `docrel schema --output mapping.schema.json`.",
        f"# Inferred by docrel from {counted(documents, 'document')}.",
        "# A comment says in how many rows of its table a value was seen. What has no column is in `rest`.",
        *(
            f"# {line}"
            for sentence in said
            for line in visible(sentence).replace(f" {APART}", f"\n{APART}").split("\n")
        ),
        *(guess if inferred else []),
        f"mapping: {quoted(name)}",
        f"document: {{key: {f'{{column: {written}, inferred: true}}' if inferred else written}}}",
        "tables:",
        *_table(tables[0], tables, key, "  ", strict=strict),
    ]
    return "\n".join(lines) + "\n"


def _table(
    table: TableDraft, tables: Sequence[TableDraft], key: Sequence[str], indent: str, *, strict: bool
) -> Iterator[str]:
    inside = indent + "  "
    yield f"{indent}{quoted(table.name)}:{_comment(counted(table.rows, 'row'))}"
    if table.enclosing is not None:
        yield from _places(table, inside)
    if table.row != table.name:
        yield f"{inside}row: {quoted(table.row)}"
    if table.enclosing is not None:
        yield f"{inside}otherwise: rest"
    yield f"{inside}columns:"
    yield from _aligned([(f"{inside}  {text}", comment) for text, comment in _columns(table, key, strict=strict)])
    yield from _key_order(table, tables, inside)
    inner = [t for t in tables if t.enclosing is table]
    if inner:
        yield f"{inside}tables:"
        for child in inner:
            yield from _table(child, tables, key, inside + "  ", strict=strict)


def _places(table: TableDraft, indent: str) -> Iterator[str]:
    only = table.places[0]
    if len(table.places) == 1 and only.parent is table.enclosing:
        yield f"{indent}each: {quoted(each_text(only))}"
        if only.when is not None:
            yield f"{indent}when: {{{_when(only.when)}}}"
    else:
        yield f"{indent}sources:"
        for place in table.places:
            within = "" if place.parent is table.enclosing else f", within: {quoted(place.parent.name)}"
            when = "" if place.when is None else f", when: {{{_when(place.when)}}}"
            yield f"{indent}  {quoted(place.name)}: {{each: {quoted(each_text(place))}{within}{when}}}"
    if table.repeats:
        texts = [quoted(each_text(place)) for place in table.repeats]
        yield f"{indent}repeat: {texts[0] if len(texts) == 1 else '[' + ', '.join(texts) + ']'}"


def _when(when: tuple[str, tuple[str, ...]]) -> str:
    member, values = when
    wanted = ", ".join(map(quoted, values))
    return f"{quoted(_selector((member,)))}: {wanted if len(values) == 1 else f'[{wanted}]'}"


def _columns(table: TableDraft, key: Sequence[str], *, strict: bool) -> Iterator[tuple[str, str]]:
    for other, name in table.links:
        yield f"{quoted(name)}: {{parent: {quoted(other.name)}}}", ""
    if table.position_column:
        yield f"{quoted(table.position_column)}: {{position: true}}", ""
    if table.key_column:
        yield f"{quoted(table.key_column)}: {{key: each}}", ""
    if table.edge_column:
        yield f"{quoted(table.edge_column)}: {{edge: true}}", "which place the row was found in"
    root = table.enclosing is None
    if root and not any(c.name in key for c in table.columns):
        given = "unsourced: true, type: text, required: true, unique: true, default: {given: true}"
        yield f"{quoted(key[0])}: {{{given}}}", "the name that the caller gives the document, such as its file's"
    for column in table.columns:
        rules = _rules(column, required=not root) if strict else ""
        is_key = root and column.name in key
        yield _column(column, rules, is_key=is_key, is_alone=len(key) == 1), column.comment
    if table.rest_column:
        yield f"{quoted(table.rest_column)}: {{rest: true}}", ""


def _rules(column: ColumnDraft, *, required: bool) -> str:
    """Return what was seen as rules of a column; a word set aside leaves NULL, so it cannot be required too."""
    if column.words:
        return f"one_of: [{', '.join(map(quoted, column.words))}], otherwise: rest"
    return "required: true" if required and column.always else ""


def _column(column: ColumnDraft, rules: str, *, is_key: bool, is_alone: bool) -> str:
    selector = _selector(column.path)
    parts = [] if column.path == (column.name,) else [f"from: {quoted(selector)}"]
    parts.append(f"type: {column.type}")
    if is_key:
        given = ", default: {given: true}" if column.type == "text" else ""
        parts.append(f"required: true, unique: true{given}" if is_alone else "required: true")
    if column.scale:
        parts.append(f"scale: {column.scale}")
    elif column.quoted != (column.type == "decimal"):  # which has strings unless it says otherwise
        parts.append(f"quoted: {'true' if column.quoted else 'false'}")
    if column.booleans:
        parts.append('map: {true: "true", false: "false"}')
    if rules and not is_key:
        parts.append(rules)
    if parts == [f"type: {column.type}"]:
        return f"{quoted(column.name)}: {column.type}"
    return f"{quoted(column.name)}: {{{', '.join(parts)}}}"


def _key_order(table: TableDraft, tables: Sequence[TableDraft], indent: str) -> Iterator[str]:
    """Write the usual order of members where the order of the columns does not say it."""
    orders = []
    below = [p.path for t in tables for p in (*t.places, *t.repeats) if p.parent is table]
    paths = [c.path for c in table.columns] + below
    for path, shape in sorted(table.objects.items(), key=lambda item: (len(item[0]), item[0])):
        told = list(dict.fromkeys(p[len(path)] for p in paths if p[: len(path)] == path and len(p) > len(path)))
        order = [n for n in usual_order(shape) if sayable(n) and (shape.others is None or n in told)]
        if len(order) > 1 and order != told and all(map(sayable, path)):
            orders.append((_selector(path), order))
    if orders:
        yield f"{indent}key_order:"
    for selector, order in orders:
        yield from _wrapped(f"{indent}  {quoted(selector)}: [", list(map(quoted, order)), indent)


def _wrapped(head: str, items: list[str], indent: str) -> Iterator[str]:
    line = head
    for number, item in enumerate(items):
        end = "]" if number == len(items) - 1 else ", "
        if len(line) + len(item) + 1 > WIDTH and line.strip():
            yield line.rstrip()
            line = f"{indent}      "
        line += item + end
    yield line


def _aligned(lines: list[tuple[str, str]]) -> Iterator[str]:
    width = max((len(text) for text, comment in lines if comment and len(text) <= 60), default=0)
    for text, comment in lines:
        yield f"{text:<{width}}{_comment(comment)}" if comment else text


def _comment(text: str) -> str:
    return f"  # {text}"


def each_text(place: Place) -> str:
    """Return the selector of a place."""
    last = nodes.Elements() if place.many == "[*]" else nodes.Members()
    if not place.path:
        return "@.*" if place.many == ".*" else "@[*]"
    return str(nodes.Selector(False, (*map(nodes.Name, place.path), last)))


def repeat_name(place: Place) -> str:
    """Return what the edge column holds for rows of a `repeat`: its selector without the last step."""
    return _selector(place.path)


def _selector(path: Sequence[str | int]) -> str:
    steps = tuple(nodes.Index(step) if isinstance(step, int) else nodes.Name(step) for step in path)
    return ("@" if isinstance(steps[0], nodes.Index) else "") + str(nodes.Selector(False, steps)) if steps else "@"


def quoted(text: str) -> str:
    """Return the text as a YAML scalar: plain where that means the text itself everywhere, else in quotes."""
    bare = text.replace(".", "").replace("-", "").replace("_", "").replace("/", "")
    if bare.isascii() and bare.isalnum() and text[0].isalpha() and read_plain(text) == text:
        return text
    if text.isprintable() and "'" not in text:
        return f"'{text}'"
    special = {"\\": "\\\\", '"': '\\"'}
    return '"' + "".join(special.get(c, c) if c.isprintable() else f"\\U{ord(c):08x}" for c in text) + '"'

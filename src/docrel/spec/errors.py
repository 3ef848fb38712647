"""Spec errors: what pydantic found, in the words of the mapping language.

In: pydantic's errors and the YAML text. Out: diagnostics with places and one action each. Pydantic's own
words never reach the user.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from docrel.diagnostics import Diagnostic, near
from docrel.spec.findings import Findings
from docrel.spec.short_forms import shown
from docrel.spec.synonyms import synonym_help
from docrel.spec.yaml_reader import Pairs, Path, YamlText
from docrel.values import CODECS

_EXPECTED: Mapping[str, tuple[str, str]] = {
    "string_type": ("a text", "write a text; put quotes around a number that is meant as text"),
    "int_type": ("a whole number", "write a whole number, without quotes"),
    "float_type": ("a number", "write a number, without quotes"),
    "bool_type": ("true or false", "write `true` or `false`"),
    "tuple_type": ("a list", "write a list: `[…]`, or one `- ` line for each entry"),
    "dict_type": ("a map of names", "write `name: …`, one line each, indented"),
    "model_type": ("a map of keys", "write `key: value`, one line each, indented"),
}
_NODE = {
    "MappingSpec": "a mapping", "DocumentSpec": "`document`", "KeySpec": "`key`", "PartSpec": "a part",
    "TableSpec": "a table",
    "ColumnSpec": "a column", "SourceSpec": "a source", "SourceColumnSpec": "a source's column",
    "IndexSpec": "an index", "DefaultSpec": "a default", "CaseSpec": "a case",
}  # fmt: skip
_EXAMPLE = {
    ("MappingSpec", "mapping"): "begin the file with a name: `mapping: orders`",
    ("MappingSpec", "tables"): "add `tables:` with one table whose `each` is `$`",
    ("SourceSpec", "each"): "say where the rows are: `each: lines[*]`",
    ("KeySpec", "column"): "name the column that identifies a document: `column: id`",
    ("IndexSpec", "columns"): "name the columns: `columns: [name]`",
    ("PartSpec", "file"): "name the file: `file: name.json`",
    ("CaseSpec", "then"): "say what the column then holds: `then: value`",
}


def reworded(error: ValidationError, text: YamlText, root: type[BaseModel]) -> list[Diagnostic]:
    """Return pydantic's errors as diagnostics, sorted by place; one for each place."""
    findings = Findings(text)
    done: set[Path] = set()
    for found in error.errors(include_url=False):
        path = tuple(part for part in found["loc"] if part != "[key]")
        if path not in done:
            done.add(path)
            _reword(found, path, findings, root)
    return findings.sorted()


def _reword(found: ErrorDetails, path: Path, findings: Findings, root: type[BaseModel]) -> None:
    kind, given = found["type"], found["input"]
    if kind == "docrel":
        context = found["ctx"]
        findings.add("M204", path, context["message"], context["help"])
    elif kind == "empty_column":
        _empty_column(path, findings)
    elif kind == "extra_forbidden":
        _unknown_key(path, given, findings, _model_at(root, path[:-1]))
    elif kind == "string_unicode":
        findings.add("M204", path, f"{shown(given)} holds a character that no database takes", "remove it")
    elif kind == "missing":
        model = _model_at(root, path[:-1])
        key = str(path[-1])
        owner = _owner(path[:-1], model)
        help_ = _EXAMPLE.get((model.__name__, key), f"add `{key}: …`")
        findings.add("M202", path[:-1], f"{owner} lacks the key `{key}`", help_, key=True)
    elif isinstance(given, Pairs):
        _keys_not_text(path, given, findings)
    else:
        _wrong_kind(found, path, findings)


def _wrong_kind(found: ErrorDetails, path: Path, findings: Findings) -> None:
    kind, given = found["type"], found["input"]
    name = next((f"`{part}`" for part in reversed(path) if isinstance(part, str)), "the file")
    if kind == "literal_error":
        expected = str(found["ctx"]["expected"]).replace(" or ", ", ").replace("'", "`")
        known = [part.strip("`") for part in expected.split(", ")]
        guess = near(str(given), known) or known[0]
        findings.add("M204", path, f"{name} is {shown(given)}, not one of {expected}", f"write `{guess}`")
    elif kind == "greater_than_equal":
        findings.add("M204", path, f"{name} is {shown(given)}, less than 1", "number versions from 1 upwards")
    elif kind == "less_than_equal":
        limit = found["ctx"]["le"]
        findings.add("M204", path, f"{name} is {shown(given)}, more than {limit}", "number versions one by one")
    elif kind == "too_short":
        findings.add("M202", path, f"{name} is empty", "add at least one entry")
    else:
        what, help_ = _EXPECTED.get(kind, ("another kind of value", "see the description of this key"))
        findings.add("M204", path, f"{name} is {shown(given)}, where {what} is expected", help_)


def _empty_column(path: Path, findings: Findings) -> None:
    from docrel.spec.columns import ColumnSpec

    name, beside = path[-1], _value_at(findings.text.value, path[:-1])
    keys = list(beside) if isinstance(beside, dict) else []
    after = keys[keys.index(name) + 1 :] if name in keys else []
    if after and after[0] in _keys_of(ColumnSpec):
        help_ = f"indent `{after[0]}` and what else belongs to `{name}` further than `{name}`"
    else:
        help_ = f"give it a type: `{name}: text`"
    findings.add("M229", path, f"the column `{name}` is empty", help_, key=True)


def _unknown_key(path: Path, given: Any, findings: Findings, model: type[BaseModel]) -> None:
    key, known = str(path[-1]), _keys_of(model)
    what = _NODE[model.__name__]
    message = f"`{key}` is not a key of {what}"
    guess = near(key, known)
    synonym = synonym_help(model.__name__, key)
    if synonym is not None and not (model.__name__ == "TableSpec" and _looks_like_column(given)):
        help_ = synonym
    elif guess:
        help_ = f"did you mean `{guess}`?"
    elif model.__name__ == "TableSpec" and _looks_like_column(given):
        help_ = f"if `{key}` is a column, indent it below `columns:`"
    elif model.__name__ == "ColumnSpec" and _looks_like_column(given):
        help_ = f"if `{key}` is a column of its own, indent it exactly like `{path[-2]}`"
    else:
        help_ = f"remove it, or use one of: {', '.join(known)}"
    findings.add("M201", path, message, help_, key=True)


def _looks_like_column(given: Any) -> bool:
    from docrel.spec.columns import ColumnSpec

    if isinstance(given, dict):
        return bool(given) and all(key in _keys_of(ColumnSpec) for key in given)
    return isinstance(given, str) and given in CODECS


def _keys_not_text(path: Path, given: Pairs, findings: Findings) -> None:
    for number, (key, _) in enumerate(given.entries):
        if not isinstance(key, str):
            findings.add(
                "M204",
                (*path, number),
                f"{shown(key)} stands where a name is expected",
                "put quotes around it",
                key=True,
            )


def _keys_of(model: type[BaseModel]) -> list[str]:
    return [field.alias or name for name, field in model.model_fields.items()]


def _owner(path: Path, model: type[BaseModel]) -> str:
    named = model.__name__ not in ("MappingSpec", "DocumentSpec", "DefaultSpec", "CaseSpec")
    what = _NODE[model.__name__].removeprefix("a ").removeprefix("an ")
    return f"the {what} `{path[-1]}`" if named and path else f"the {what}"


def _model_at(root: type[BaseModel], path: Path) -> type[BaseModel]:
    """Return the model of the node at `path`; a part is a key of a model, or a name in a map or list."""
    model: type[BaseModel] = root
    inside: type[BaseModel] | None = None
    for part in path:
        if inside is not None:
            model, inside = inside, None
            continue
        fields = {field.alias or name: field for name, field in model.model_fields.items()}
        annotation = fields[str(part)].annotation
        found = _model_in(annotation)
        if found is None:
            continue
        if _is_model(annotation):
            model = found
        else:
            inside = found
    return model


def _is_model(annotation: Any) -> bool:
    plain = [a for a in (annotation, *get_args(annotation)) if isinstance(a, type) and issubclass(a, BaseModel)]
    return bool(plain) and getattr(annotation, "__origin__", None) not in (dict, tuple)


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for part in get_args(annotation):
        if (found := _model_in(part)) is not None:
            return found
    return None


def _value_at(value: Any, path: Path) -> Any:
    for part in path:
        value = value[part]
    return value

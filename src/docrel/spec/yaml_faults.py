"""YAML faults: what breaks YAML's syntax, said in the user's words.

In: the text and PyYAML's exception. Out: a `Fault` with the index of the character it is about and, for an
unquoted JSONPath, the span that can be blanked so that reading can go on. Never raises, never reads a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from yaml.error import MarkedYAMLError

# What PyYAML's reader refuses, and further what is invisible or ends lines for some programs only.
FORBIDDEN_CHARACTER = re.compile(
    "[^\t\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
MAX_FAULTS = 200

_SHOWN_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """A problem at a character of the text; `mend` is the span (start, end) of an unquoted JSONPath."""

    code: str
    index: int
    message: str
    help: str = ""
    caret: str = ""
    mend: tuple[int, int] | None = None


def character_faults(text: str) -> Iterator[Fault]:
    """Yield a fault for each character that YAML text may not hold, at most `MAX_FAULTS`."""
    for found in islice(FORBIDDEN_CHARACTER.finditer(text), MAX_FAULTS):
        number = ord(found[0])
        escape = f"\\u{number:04x}" if number > 0xFF else f"\\x{number:02x}"
        yield Fault(
            "Y104",
            found.start(),
            f"the character U+{number:04X} may not stand in a YAML file",
            f'remove it, or write "{escape}" inside double quotes',
        )


def shown(text: str) -> str:
    """Return `text` for a message: on one line, shortened when long."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else line[: _SHOWN_CHARACTERS - 1] + "…"


def quoted(text: str) -> str:
    """Return `text` as a quoted YAML scalar, as one would write it."""
    if "'" in text and '"' not in text and "\\" not in text:
        return f'"{text}"'
    return "'" + text.replace("'", "''") + "'"


def syntax_fault(error: MarkedYAMLError, text: str, *, in_flow: bool) -> Fault:
    """Return what PyYAML's scanner or parser stopped at, `in_flow` when inside { } or [ ]."""
    problem, context = error.problem or "", error.context or ""
    index = error.problem_mark.index if error.problem_mark else 0
    opened = error.context_mark.index if error.context_mark else index
    if text[index : index + 1] == "\t" and "cannot start any token" in problem:
        return _tab_fault(text, index)
    never_closed = "<stream end>" in problem and "expected ','" in problem
    if not never_closed:
        found = _selector_fault(text, index, in_flow=in_flow or "expected ','" in problem)
        if found:
            return found
    if never_closed or "end of stream" in problem or "document separator" in problem:
        mark = text[opened]
        return Fault("Y109", opened, f"this {mark} is never closed", "close it, or quote the value", "opened here")
    for part, code, at, message, help_ in _KNOWN:
        if part in problem or part in context:
            sign = repr(text[index : index + 1])
            place = opened if at == "context" else index
            return Fault(code, place, message.format(sign=sign), help_.format(sign=sign), _opener(error, text))
    return Fault("Y106", index, f"this is not YAML: {problem}", "mend the syntax, or quote the value")


_QUOTE = "put quotes around the value where text is meant"

# (part of PyYAML's problem or context, code, which of its two marks, message, help)
_KNOWN: tuple[tuple[str, str, str, str, str], ...] = (
    (
        "scanning a directive", "Y115", "context", "a line that begins with % is a YAML directive",
        "remove the line",
    ),
    ("scanning an alias", "Y112", "context", "a value that begins with * is a YAML alias", _QUOTE),
    ("scanning an anchor", "Y112", "context", "a value that begins with & is a YAML anchor", _QUOTE),
    ("a tag", "Y113", "context", "a value that begins with ! is a YAML tag", _QUOTE),
    ("undefined tag handle", "Y113", "problem", "a value that begins with ! is a YAML tag", _QUOTE),
    (
        "scanning a block scalar", "Y106", "context", "a value that begins with | or > opens a block of text",
        _QUOTE,
    ),
    ("cannot start any token", "Y106", "problem", "a value cannot begin with {sign}", _QUOTE),
    (
        "unknown escape character", "Y106", "problem", "\\ followed by {sign} is no escape in double quotes",
        "use single quotes, or write the backslash twice",
    ),
    (
        "expected escape sequence", "Y106", "problem", "this escape has too few hexadecimal digits",
        "use single quotes, or write the backslash twice",
    ),
    (
        "no such character", "Y106", "problem", "this escape names no Unicode character",
        "the last one is \\U0010ffff",
    ),
    (
        "mapping values are not allowed here", "Y106", "problem", "a ':' stands where no key can be",
        "quote a value that holds ': ', or mend the indentation",
    ),
    (
        "could not find expected ':'", "Y106", "context", "a key without a ':'",
        "write `key: value`, or quote text that spans lines",
    ),
    (
        "sequence entries are not allowed here", "Y106", "problem", "a list cannot begin here",
        "begin the list on the next line, or quote the value",
    ),
    (
        "expected <block end>", "Y106", "problem", "this does not belong to what stands before it",
        "mend the indentation, or quote the whole value",
    ),
    (
        "expected ',' or '}'", "Y106", "problem", "a ',' or '}}' is missing before this",
        "close the {{, or quote the value",
    ),
    (
        "expected ',' or ']'", "Y106", "problem", "a ',' or ']' is missing before this",
        "close the [, or quote the value",
    ),
    (
        "expected '<document start>'", "Y106", "problem", "the file goes on after its value is complete",
        "mend the indentation, or quote the value",
    ),
)  # fmt: skip


def _opener(error: MarkedYAMLError, text: str) -> str:
    """Return where the bracket was opened that PyYAML misses the end of, when on another line."""
    opened, stopped = error.context_mark, error.problem_mark
    if "expected ','" not in (error.problem or "") or not opened or not stopped or opened.line == stopped.line:
        return ""
    return f"inside the {text[opened.index]} of line {opened.line + 1}"


def _tab_fault(text: str, index: int) -> Fault:
    if text[_line_start(text, index) : index].strip():
        return Fault("Y107", index, "a tab cannot stand here", "use spaces", "this is a tab")
    return Fault("Y107", index, "a tab cannot indent a line", "indent with spaces", "this is a tab")


def _line_start(text: str, index: int) -> int:
    return max(text.rfind("\n", 0, index), text.rfind("\r", 0, index)) + 1


def _selector_fault(text: str, index: int, *, in_flow: bool) -> Fault | None:
    """Return the fault of an unquoted JSONPath around `index`, if there is one."""
    start = _value_start(text, index, in_flow=in_flow)
    end, closed = _value_end(text, start, in_flow=in_flow)
    if text[start - 1 : start] == "[" and re.match(r"\][.\[]", text[end : end + 2]):  # as in `{each: [*].x}`
        start -= 1
        end, closed = _value_end(text, start, in_flow=in_flow)
    selector = text[start:end]
    looks = r"[@*]|\[[^\[\]]*\][.\[]" + (r"|[^\s\[\]{}'\"]+(?:\['[^']*'\]|\[\"[^\"]*\"\])*\[" if in_flow else "")
    if end < index or not re.match(looks, selector):
        return None
    mended = f": {quoted(selector)}" if closed and len(selector) <= _SHOWN_CHARACTERS else ""
    where = "must be quoted inside { } and [ ]" if selector[0] not in "@*[" else "must be quoted"
    return Fault(
        "Y108",
        start,
        f"the JSONPath {shown(selector)} {where}",
        f"put quotes around it{mended}",
        "begins here",
        (start, end) if closed else None,
    )


def _value_start(text: str, index: int, *, in_flow: bool) -> int:
    """Return where the value (or key) that holds `index` begins, on the same line."""
    line_start = _line_start(text, index)
    start = index
    while start > line_start:
        before, two = text[start - 1], text[max(0, start - 2) : start]
        if two == ": " or (two == "- " and not in_flow):
            break
        if in_flow and (before in ",{" or (before == "[" and text[start - 2 : start - 1] in " ,[{")):
            break
        opening = text.rfind(before, line_start, start - 1) if before in "'\"" else -1
        start = start - 1 if opening < 0 else opening
    while text[start : start + 1] == " ":
        start += 1
    return start


_STEP = re.compile(r"""'[^'\r\n]*'|"[^"\r\n]*"|: |:(?=[\r\n]|\Z)| #|.""")


def _value_end(text: str, start: int, *, in_flow: bool) -> tuple[int, bool]:
    """Return where the value that begins at `start` ends, and whether its brackets are closed there."""
    depth, end = 0, start
    for step in _STEP.finditer(text, start):
        if step.start() != end or step[0] in "\r\n" or step[0] == " #":
            break
        if depth == 0 and (step[0][0] == ":" and len(step[0]) == 2):
            break
        if depth == 0 and in_flow and step[0] in ",}]":
            break
        depth += (step[0] in "[(") - (step[0] in "])")
        end = step.end()
    return start + len(text[start:end].rstrip()), depth == 0

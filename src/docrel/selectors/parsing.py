"""JSONPath text into our own steps: jsonpath-ng parses the structure, its tree is lowered and forgotten.

In: a selector's text. Out: a `Selector`, or a `SelectorError` that points at the place. Each name, number and
literal is handed to jsonpath-ng as a numbered placeholder and must come back exactly once and in order; so a
tree that means something else than the text is refused, and no spelling of a name can confuse the parser.
Never calls jsonpath-ng's `find`.
"""

from __future__ import annotations

import re
from typing import Any, cast

from docrel.selectors.nodes import (
    Absent,
    AllOf,
    AnyOf,
    Comparand,
    Compare,
    Descend,
    Elements,
    Exists,
    Filter,
    Index,
    Indexes,
    Literal,
    Members,
    Name,
    Names,
    Operator,
    Reach,
    Selector,
    Slice,
    Step,
    Test,
)
from docrel.selectors.tokens import UNION, SelectorError, Token, tokenize

_NUMBERED = ("name", "key", "index", "literal", "*", "every")  # roles that the lowering meets one by one
_DESCEND = object()
_PLACE = re.compile(r"at \d+:(\d+)")


def read(text: str) -> Selector:
    """Return the selector that a text stands for.

    Raises:
        SelectorError: the text is no JSONPath, or one that has no certain meaning here.

    Example:
        >>> str(read("lines[*]['a b'].qty"))
        'lines[*]["a b"].qty'
    """
    tokens = tokenize(text)
    tree = _tree(tokens, text)
    lowering = _Lowering(tuple(token for token in tokens if token.role in _NUMBERED), text)
    selector = lowering.selector(tree)
    lowering.finish()
    return selector


def _tree(tokens: tuple[Token, ...], text: str) -> Any:
    """Return jsonpath-ng's tree of the tokens, placeholders in the place of names and values."""
    from jsonpath_ng.exceptions import JSONPathError
    from jsonpath_ng.ext.parser import ExtendedJsonPathParser

    normal, offsets = _normalised(tokens)
    try:
        return ExtendedJsonPathParser().parse(normal)
    except JSONPathError as error:
        place = _PLACE.search(str(error))
        offset = offsets.get(int(place.group(1)), len(text)) if place else len(text)
        raise _unparsed(tokens, text, offset) from error


def _normalised(tokens: tuple[Token, ...]) -> tuple[str, dict[int, int]]:
    """Return the text for jsonpath-ng, and for each place in it the offset of the token that stands there."""
    lead = {"$": "", "@": "", "[": "@ ", "..": "@ "}.get(tokens[0].role, "@ . ")
    normal, offsets, number = lead, {}, 0
    for token in tokens:
        offsets[len(normal)] = token.offset
        if token.role in ("name", "key"):
            normal += f"_{number} "
        elif token.role in ("index", "literal"):
            normal += f"{number} "
        else:
            normal += f"{token.text} "
        number += token.role in _NUMBERED
    return normal, offsets


def _unparsed(tokens: tuple[Token, ...], text: str, offset: int) -> SelectorError:
    before = [token for token in tokens if token.offset < offset]
    if offset >= len(text):
        unclosed = sum(t.text == "[" for t in tokens) > sum(t.text == "]" for t in tokens)
        hint = "close the bracket with `]`" if unclosed else f"finish what `{tokens[-1].text}` begins"
        return SelectorError(message="the selector ends too early", offset=offset, help=hint)
    token = next(token for token in tokens if token.offset == offset)
    message = f"`{token.text}` is not expected here"
    hint = "compare the text with RFC 9535; only paths, indexes, slices and filters are supported"
    if "," in (token.role, before[-1].role if before else "") or token.role == ":":
        message = UNION
        hint = "use one selector for each"
    elif any(token.role == "!" for token in before):
        hint = "`!` takes a path alone, `!@.a`; write `@.a != 1` for `!(@.a == 1)`"
    return SelectorError(message=message, offset=offset, help=hint)


class _Lowering:
    """One pass over a jsonpath-ng tree that consumes the numbered tokens in order."""

    def __init__(self, tokens: tuple[Token, ...], text: str) -> None:
        self._tokens = tokens
        self._text = text
        self._next = 0

    def finish(self) -> None:
        """Check that the tree held all of the text."""
        if self._next != len(self._tokens):
            raise self._refusal("the text is read in two ways")

    def selector(self, tree: Any) -> Selector:
        """Lower a path that begins with `$` or `@`."""
        from jsonpath_ng import Root, This

        first, *leaves = _leaves(tree)
        if not isinstance(first, Root | This):
            raise self._refusal("a path begins with `$` or `@`")
        steps: list[Step] = []
        descend = False
        for leaf in leaves:
            if leaf is _DESCEND:
                descend = True
                continue
            step = self._step(leaf)
            steps.append(Descend(step) if descend else step)
            descend = False
        return Selector(isinstance(first, Root), tuple(steps))

    def _step(self, leaf: Any) -> Reach:
        import jsonpath_ng as ng
        from jsonpath_ng.ext.filter import Filter as NgFilter

        if isinstance(leaf, ng.Fields):
            names = tuple(self._name(field) for field in leaf.fields)
            return Name(names[0]) if len(names) == 1 else Names(names)
        if isinstance(leaf, ng.Index):
            indexes = tuple(self._index(index) for index in leaf.indices)
            return Index(indexes[0]) if len(indexes) == 1 else Indexes(indexes)
        if isinstance(leaf, ng.jsonpath.Wildcard):
            return Elements() if self._take("every", "*").role == "every" else Members()
        if isinstance(leaf, ng.Slice):
            bounds = [None if b is None else self._index(b) for b in (leaf.start, leaf.end, leaf.step)]
            return Slice(*bounds)
        if isinstance(leaf, NgFilter):
            return Filter(self._all(leaf.expressions))
        raise self._refusal(f"`{type(leaf).__name__}` is not part of docrel's selectors")

    def _test(self, tree: Any) -> Test:
        from jsonpath_ng.ext.filter import And, Expression, Or

        if isinstance(tree, And):
            return self._all(tree.operands)
        if isinstance(tree, Or):
            tests = [self._test(operand) for operand in tree.operands]
            return AnyOf(tuple(t for test in tests for t in (test.tests if isinstance(test, AnyOf) else [test])))
        if not isinstance(tree, Expression):
            raise self._refusal(f"`{type(tree).__name__}` is not a test")
        if tree.op is None:
            return Exists(self.selector(tree.target))
        if tree.op == "!":
            return Absent(self.selector(tree.target))
        if tree.op not in ("==", "!=", "<", "<=", ">", ">="):
            raise self._refusal(f"`{tree.op}` is not a comparison of RFC 9535")
        left = self._comparand(tree.target)
        return Compare(left, cast(Operator, tree.op), self._comparand(tree.value))

    def _all(self, trees: list[Any]) -> Test:
        tests = [self._test(tree) for tree in trees]
        flat = tuple(t for test in tests for t in (test.tests if isinstance(test, AllOf) else [test]))
        return flat[0] if len(flat) == 1 else AllOf(flat)

    def _comparand(self, tree: Any) -> Comparand:
        from jsonpath_ng import Fields

        # jsonpath-ng reads a number on the left as a field, one on the right as itself: both placeholders.
        number = tree.fields[0] if isinstance(tree, Fields) and len(tree.fields) == 1 else tree
        if isinstance(number, int) or (isinstance(number, str) and number.isdigit()):
            return cast(Literal, self._take("literal", place=int(number)).value)
        begin = self._next
        selector = self.selector(tree)
        if not selector.single:
            self._next = begin
            raise self._refusal("a comparison needs a path to one value at most", "take `*`, `..`, `:` out of it")
        return selector

    def _name(self, placeholder: str) -> str:
        if not placeholder.startswith("_"):
            raise self._refusal(f"`{placeholder}` is not a name")
        return cast(str, self._take("name", "key", place=int(placeholder[1:])).value)

    def _index(self, placeholder: int) -> int:
        return cast(int, self._take("index", place=placeholder).value)

    def _take(self, *roles: str, place: int | None = None) -> Token:
        if self._next >= len(self._tokens) or place not in (None, self._next):
            raise self._refusal("the text is read in two ways")
        token = self._tokens[self._next]
        if token.role not in roles:
            raise self._refusal(f"`{token.text}` is not expected here")
        self._next += 1
        return token

    def _refusal(self, message: str, help: str = "write it as RFC 9535 does, or more simply") -> SelectorError:
        offset = self._tokens[min(self._next, len(self._tokens) - 1)].offset if self._tokens else 0
        return SelectorError(message=message, offset=offset, help=help)


def _leaves(tree: Any) -> list[Any]:
    """Return what a chain of jsonpath-ng's `Child` and `Descendants` holds, from left to right."""
    from jsonpath_ng import Child, Descendants

    found: list[Any] = []
    ahead = [tree]
    while ahead:
        node = ahead.pop()
        if isinstance(node, Child):
            ahead += [node.right, node.left]
        elif isinstance(node, Descendants):
            ahead += [node.right, _DESCEND, node.left]
        else:
            found.append(node)
    return found

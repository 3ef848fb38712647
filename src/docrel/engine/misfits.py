"""Misfits: rows that have no place of their own in a document, or hold what no document can say.

In: what generated rebuild code comes upon. Out: a `MisfitError` that names table, row and reason, for people who mend
it by SQL. Never mends anything itself.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, NoReturn

from docrel.diagnostics import shortened, visible
from docrel.layout import RowKey
from docrel.plan import Column, MemberKey, Plan
from docrel.values import CODECS, jsontext

Row = Sequence[Any]
CAUSES = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What code comes upon where a column holds what it cannot hold, beside what is looked for."""


class MisfitError(ValueError):
    """Stored rows make no document; `reason` says what is wrong with the row `row` of `table`."""

    def __init__(self, table: str, row: RowKey, reason: str) -> None:
        super().__init__(f"{table}, row {row}: {reason}")
        self.table, self.row, self.reason = table, row, reason


class ClashError(ValueError):
    """What is wrong with the row at hand."""


def clash(reason: str) -> NoReturn:
    """Raise what is wrong with the row at hand."""
    raise ClashError(reason)


def unfit(column: str, kind: str, stored: Any) -> NoReturn:
    """Raise that a column holds what its type cannot."""
    raise ClashError(f"{holding(column, stored)}, which is no {kind}")


def no_position(column: str, stored: Any) -> str:
    """Return that a column holds no position."""
    return f"its position is no number: {holding(column, stored)}"


def holding(column: str, stored: Any) -> str:
    """Return in words what a column holds."""
    return f"column {column} holds {_shown(stored)}"


def _shown(stored: Any) -> str:
    return "NULL" if stored is None else shortened(visible(repr(stored)), 40)


# -- values that a type has ------------------------------------------------------------------------------------

_CLASSES: dict[str, tuple[type, ...]] = {
    "text": (str,), "integer": (int,), "real": (float,), "number": (int, float), "any": (str, int, float),
    "blob": (bytes,),
}  # fmt: skip


def fitting(column: Column) -> str:
    """Return the condition, on `{0}`, that a column which is not NULL holds a value of its type."""
    codec = CODECS[column.type]
    if codec.name == "boolean":
        return "{0} in (0, 1)"
    if codec.container:
        return "{0} is not None"  # `decode_json` sees to the rest
    return " or ".join(
        f"{{0}}.__class__ is {kind.__name__}" + " and {0} - {0} == 0" * (kind is float)
        for kind in _CLASSES[codec.storage]
    )


def checked(column: Column, decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Return `decode`, but what the column's type cannot hold is a `ClashError`."""
    codec, kinds = CODECS[column.type], _CLASSES[CODECS[column.type].storage]
    if codec.container:
        return partial(decode_json, column.name)

    def give(stored: Any) -> Any:
        fits = stored in (0, 1) if codec.name == "boolean" else stored.__class__ in kinds
        if not fits or (stored.__class__ is float and stored - stored != 0):
            unfit(column.name, column.type, stored)
        return decode(stored)

    return give


def decode_json(column: str, stored: Any) -> Any:
    """Return the JSON value that a column holds; a number stands for itself."""
    if stored.__class__ is str:
        try:
            return jsontext.loads_text(stored)
        except ValueError as e:
            raise ClashError(f"{holding(column, stored)}, which is no JSON: {e}") from e
    if stored.__class__ is int or (stored.__class__ is float and stored - stored == 0):
        return stored
    return unfit(column, "JSON", stored)


# -- rows and places -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Feeding:
    """Rows of one table that go to one kind of place; `parent` and `key` read them from a row."""

    table: int
    rows: Iterable[Row]
    parent: Callable[[Row], Any]
    key: Callable[[Row], Any]


class Misfits:
    """Names the misfits of one plan's rows."""

    def __init__(self, plan: Plan) -> None:
        self._tables = plan.tables

    def __call__(self, table: int, key: RowKey, cause: Exception | str) -> MisfitError:
        """Return what is wrong with a row."""
        if isinstance(cause, MisfitError):
            return cause
        said = isinstance(cause, str | ValueError)
        reason = str(cause) if said else "a column holds a value of another kind than its own"
        return MisfitError(self._tables[table].name, key, reason)

    def column(self, table: int, column: int) -> str:
        """Return what a column is called."""
        return self._tables[table].columns[column].name

    def no_source(self, table: int, key: RowKey) -> MisfitError:
        """Return that no source of the mapping gives such a row."""
        return self(table, key, "no document gives such a row: what tells where it comes from names no place")

    def left_over(
        self, feeding: Sequence[Feeding], places: Collection[Any], above: int, keys_above: Iterable[RowKey]
    ) -> MisfitError:
        """Return which of the rows whose `places` nobody has made is the first; `keys_above`: of all rows above."""
        among = ((f.table, f.key(row), f.parent(row)) for f in feeding for row in f.rows if f.parent(row) in places)
        table, key, parent = next(among)
        name = self._tables[above].name
        if parent not in keys_above:
            return self(table, key, f"its row of {name}, {_shown(parent)}, is not there")
        reason = f"in row {parent} of {name} something else stands where it belongs: a column, the rest or other rows"
        return self(table, key, reason)

    def taken(self, table: int, key: RowKey, name: Any) -> MisfitError:
        """Return that a row's place, a member of this name or the only one (None), is another's."""
        what, where = "its place", ""
        if name is not None:
            what = f"the member {'.'.join(name) if isinstance(name, tuple) else repr(name)}"
            named = [column.name for column in self._tables[table].columns if isinstance(column.role, MemberKey)]
            where = f" (column {named[0]})" if named else ""
        return self(table, key, f"{what} is taken: by another row, a column or the rest{where}")

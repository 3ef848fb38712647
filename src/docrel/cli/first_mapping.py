"""What `infer` and `import` share: a first mapping for documents that have none.

In: paths and the options that say what it is to be like. Out: the mapping, with the progress on the way; and what a
person is told of it, and can do next.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.options import Decorator, stacked
from docrel.cli.session import Session
from docrel.diagnostics import command, counted

if TYPE_CHECKING:
    from docrel.authoring import FirstMapping
    from docrel.diagnostics import Diagnostic
    from docrel.documents import InputDocument, Meter
    from docrel.store import Store

_EXAMPLE_TABLES, _EXAMPLE_COLUMNS, _EXAMPLE_ROWS, _FEW_VALUES = 8, 40, 1000, 20
"""To show a query, in so many tables so many columns are looked at, in so many rows, for one of so few values."""


def shape_options() -> Decorator[Any]:
    """Return what adds the options that say what a first mapping is to be like; what is not said is None."""
    return stacked(
        click.option("--name", metavar="NAME", help="What the documents are, in the plural. Else from the PATH."),
        click.option("--max-tables", type=click.IntRange(1), help="At most so many tables; else 30."),
        click.option("--max-columns", type=click.IntRange(1), help="At most so many columns a table; else 120."),
        click.option("--max-depth", type=click.IntRange(1), help="Look no deeper into documents; else 48."),
        click.option(
            "--min-share",
            type=click.FloatRange(0, 1),
            metavar="SHARE",
            help="What is in a smaller share of its rows, such as 0.05, gets no column and no table.",
        ),
    )


SHAPE = ("name", "max_tables", "max_columns", "max_depth", "min_share")
"""These options, as they are passed on."""


def said(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the options that were said."""
    return {name: options[name] for name in SHAPE if options[name] is not None}


def name_of(paths: Sequence[str], otherwise: str = "documents") -> str:
    """Return what documents are called: as their file or folder, several files as the folder that they share.

    >>> name_of(["shop/users.jsonl.gz"]), name_of(["-"], "issues"), name_of(["shop/a.json", "shop/b.json"])
    ('users', 'issues', 'shop')
    """
    from docrel.documents import bare_name

    if any(path == "-" or path.startswith("/dev/fd/") for path in paths):
        return otherwise
    whole = [Path(path).absolute() for path in paths]
    if len(whole) > 1:
        return whole[0].parent.name if len({path.parent for path in whole}) == 1 else otherwise
    return whole[0].resolve().name if whole[0].is_dir() else bare_name(whole[0].name)


def infer_first(
    read: Callable[[Meter], Iterable[InputDocument]],
    session: Session,
    paths: Sequence[str],
    globs: Sequence[str],
    *,
    on_unreadable: Callable[[Sequence[Diagnostic]], None] = lambda _: None,
    members: Sequence[tuple[str, ...]],
    **options: Any,
) -> FirstMapping:
    """Infer a mapping from what `read` gives of the paths, and show a person how far that is.

    `members` are the key, as it is said.

    Raises:
        DocumentError: D361, no document can be read.
        BadParameter: None has the member that is said to be the key.
    """
    from docrel.authoring import NO_MAPPING, first_mapping

    with session.reading("looked at", paths, NO_MAPPING, globs) as (watch, meter):
        try:
            return first_mapping(read(meter), on_unreadable=on_unreadable, progress=watch, key=members, **options)
        except ValueError as error:
            raise click.BadParameter(f"{error} among those read", param_hint="--key") from error


@dataclass(frozen=True, slots=True)
class Made:
    """What to say of a database that was made by a first mapping.

    Attributes:
        name: What the mapping is called.
        file: Where it is written to; None: nothing is.
        documents: How many it was inferred from.
        key: The columns that identify a document.
        key_inferred: Whether nobody said so.
        sentences: All this for a person.
        next: Commands for what can be done next.
    """

    name: str
    file: Path | None
    documents: int
    key: tuple[str, ...]
    key_inferred: bool
    sentences: tuple[str, ...]
    next: tuple[str, ...]

    def lines(self) -> Iterator[str]:
        """Yield all of it in lines."""
        yield from self.sentences
        if self.next:
            *commands, migrate = self.next
            yield "Next:"
            yield from (f"  {command}" for command in commands)
            yield f"  {migrate}  # when you have edited {self.file}"


def told(mapping: FirstMapping, store: Store, db: Path, file: Path | None) -> Made:
    """Return what to say of a database that was made by a first mapping, and what can be done next."""
    plan = mapping.plan
    following = () if file is None else tuple(_next(store, db, file))
    sentences = (*(each.removesuffix(".") for each in mapping.sentences), *_sentences(mapping, db, file))
    return Made(plan.name, file, mapping.documents, plan.key_names, plan.key_inferred, sentences, following)


def _sentences(mapping: FirstMapping, db: Path, file: Path | None) -> Iterator[str]:
    from docrel.plan import Unsourced, key_claim

    plan = mapping.plan
    kept = "it would be kept" if file is None else f"it is kept in {db}, and written to {file}"
    yield f"The mapping {plan.name} was inferred from {counted(mapping.documents, 'document')}: {kept}"
    if plan.key_inferred:
        until = f"until {command('confirm-key', db)} says so, a document that differs from the stored one is refused"
        yield f"{key_claim(plan)}, as far as these documents tell: {until}"
    elif isinstance(plan.roots[0].column(plan.key_names[0]).role, Unsourced):
        yield "No member identifies a document: each is called as its file, and by its line there"


def _next(store: Store, db: Path, file: Path) -> Iterator[str]:
    """Yield commands for a database that is new."""
    quoted, mapping = shlex.quote(str(db)), shlex.quote(str(file))
    yield f"docrel tables {quoted}"
    yield f"docrel query {quoted} {shlex.quote(example_query(store))}"
    yield f"docrel export --db {quoted} --all --output again/"
    yield f"docrel migrate apply --db {quoted} --to {mapping}"


def example_query(store: Store) -> str:
    """Return a query that has an answer: how often a table has each of a few words, else some rows of the first."""
    from docrel.plan import Value

    quote, tables = store.backend.dialect.quote_identifier, store.plan.tables[:_EXAMPLE_TABLES]
    for table in (*store.plan.roots, *(table for table in tables if table.parent is not None)):
        for column in table.columns[:_EXAMPLE_COLUMNS]:
            if column.type == "text" and isinstance(column.role, Value) and _has_few(store, table.name, column.name):
                return f"SELECT {quote(column.name)}, count(*) FROM {quote(table.name)} GROUP BY 1 ORDER BY 2 DESC"
    return f"SELECT * FROM {quote(store.plan.roots[0].name)} LIMIT 5"


def _has_few(store: Store, table: str, column: str) -> bool:
    """Say whether a column has a few words, each in several rows, as far as the first rows tell."""
    quote = store.backend.dialect.quote_identifier
    some = f"SELECT {quote(column)} AS word FROM {quote(table)} LIMIT {_EXAMPLE_ROWS}"
    ((words, rows),) = store.backend.execute(f"SELECT count(DISTINCT word), count(word) FROM ({some})")
    return bool(1 < words <= _FEW_VALUES and 2 * words <= rows)

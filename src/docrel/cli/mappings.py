"""Commands that look at mappings: list, check, explain, ddl."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click
from click.exceptions import Exit

from docrel.cli.completing import mapping_names
from docrel.cli.root import Command
from docrel.cli.session import ERRORS, current_session, facts_of
from docrel.diagnostics import Diagnostic, MappingError, counted

if TYPE_CHECKING:
    from docrel.plan import Plan


@click.command("list", cls=Command)
def list_command() -> None:
    """List the mappings that come with docrel: their names, their versions, and what they are for.

    A name stands wherever a MAPPING is wanted: `osv` for its newest version, `osv@1` for one.

    Examples:
      $ docrel list
    """
    from docrel.spec import shipped_mappings

    found = list(shipped_mappings())
    named = [(each.name, ", ".join(f"@{version}" for version in each.versions)) for each in found]
    widths = [max(map(len, column)) for column in zip(*named, strict=True)]
    lines = [
        f"{name.ljust(widths[0])}  {versions.ljust(widths[1])}  {each.description.partition('. ')[0].rstrip('.')}"
        for (name, versions), each in zip(named, found, strict=True)
    ]
    current_session().result("\n".join(lines), {"mappings": [facts_of(each) for each in found]})


@click.command("check", cls=Command)
@click.argument("mappings", nargs=-1, required=True, metavar="MAPPING...", shell_complete=mapping_names)
def check_command(mappings: tuple[str, ...]) -> None:
    """Say what is wrong with mappings, and what to do about it.

    Prints every problem at once, each with its place in the file. A mapping that is good is summed up.

    Examples:
      $ docrel check orders.yaml
      $ docrel check osv cyclonedx@1
      $ docrel check - < orders.yaml
    """
    from docrel.mapping import load

    session = current_session()
    wrong, problems = 0, list[Diagnostic]()
    for name in mappings:
        try:
            plan = load(name).plan
        except MappingError as error:
            wrong += 1
            problems += error.diagnostics
            if session.format == "json":
                session.report("", {"mapping": name, "good": False, "problems": len(error.diagnostics)})
            continue
        ways = _ways(plan)
        facts = {"mapping": name, "good": True, "tables": len(plan.tables), "columns": ways}
        session.report(f"{name}: good. {_summary(plan, ways)}", facts)
    session.diagnose(problems)
    if wrong:
        session.remark(f"{counted(wrong, 'mapping')} of {len(mappings)} cannot be used as written")
        raise Exit(ERRORS)


@click.command("explain", cls=Command)
@click.argument("mapping", metavar="MAPPING", shell_complete=mapping_names)
def explain_command(mapping: str) -> None:
    """Tell a mapping in words: which way each column travels, and what would need the complement.

    Examples:
      $ docrel explain orders.yaml
    """
    from docrel.mapping import load

    loaded = load(mapping)
    text = loaded.explain()
    current_session().result(
        text.rstrip("\n"), {"mapping": loaded.plan.name, "version": loaded.plan.version, "text": text}
    )


@click.command("ddl", cls=Command)
@click.argument("mapping", metavar="MAPPING", shell_complete=mapping_names)
@click.option(
    "--dialect", type=click.Choice(["sqlite", "postgresql", "duckdb"]), default="sqlite", show_default=True,
    help="The database to write for.",
)  # fmt: skip
def ddl_command(mapping: str, dialect: str) -> None:
    """Print the SQL that makes an empty database.

    Examples:
      $ docrel ddl orders.yaml
      $ docrel ddl orders.yaml --dialect postgresql | grep TABLE
    """
    from docrel.mapping import load

    loaded = load(mapping)
    sql = loaded.ddl(dialect)
    current_session().result(sql.rstrip("\n"), {"mapping": loaded.plan.name, "dialect": dialect, "sql": sql})


def _ways(plan: Plan) -> dict[str, int]:
    from docrel.plan import way

    return dict(Counter(way(column) for table in plan.tables for column in table.columns))


def _summary(plan: Plan, ways: dict[str, int]) -> str:
    listed = ", ".join(f"{count} {word}" for word, count in sorted(ways.items(), key=lambda pair: -pair[1]))
    columns = counted(sum(ways.values()), "column")
    return f"{plan.name} version {plan.version}: {counted(len(plan.tables), 'table')}, {columns} ({listed})"

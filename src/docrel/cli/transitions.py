"""The commands of the transition from JSON files to the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.exceptions import Exit

from docrel.cli.options import workspace_option
from docrel.cli.root import Group
from docrel.cli.session import DIFFERENT, ERRORS, current_session, facts_of, tick

if TYPE_CHECKING:
    from docrel.transition import Phase, Status, Workspace

PHASES = ("json-only", "dual-write", "hybrid-read", "sql-primary", "sql-only")

reason_option = click.option("--reason", default="", metavar="TEXT", help="Why, for the history.")


@click.group("transition", cls=Group)
def transition_command() -> None:
    """Move live state from JSON files to the database, phase by phase, and back.

    json-only → dual-write (files lead) → hybrid-read (database first) → sql-primary → sql-only. Each phase
    has criteria that have to be met before the next one begins.

    Examples:
      $ docrel transition status
      $ docrel transition advance
    """


@transition_command.command("status")
@workspace_option
@click.option("--check", is_flag=True, help="Exit with 3 if a criterion for the next phase is unmet.")
def status_command(folder: Path, *, check: bool) -> None:
    """Show the phase, what was measured in it, and what the next one asks for.

    Examples:
      $ docrel transition status
    """
    with _workspace(folder) as workspace:
        status = workspace.status()
    current_session().result(_shown(status), _facts(status))
    if check and status.unmet:
        raise Exit(DIFFERENT)


@transition_command.command("advance")
@workspace_option
@click.option("--force", is_flag=True, help="Go on although a criterion is unmet; the history will say so.")
@reason_option
def advance_command(folder: Path, reason: str, *, force: bool) -> None:
    """Go on to the next phase, if all its criteria are met.

    Examples:
      $ docrel transition advance --reason 'the database is new'
    """
    with _workspace(folder) as workspace:
        state = workspace.advance(force=force, reason=reason)
    forced = state.history[-1].forced
    session = current_session()
    session.report(f"{state.phase} since {state.since}", {"phase": state.phase, "since": state.since, "forced": forced})
    for criterion in forced:
        session.remark(f"by force, unmet: {criterion}")


@transition_command.command("rollback")
@workspace_option
@click.option(
    "--to", "target", type=click.Choice(PHASES[:-1]), help="The phase to go back to; default: the one before."
)
@reason_option
def rollback_command(folder: Path, target: Phase | None, reason: str) -> None:
    """Bring the files back from the database, verify them, and go back to an earlier phase.

    Examples:
      $ docrel transition advance
      $ docrel transition rollback --to json-only
    """
    with _workspace(folder) as workspace:
        state = workspace.rollback(target, reason=reason)
    aside = f"; the database is now {state.set_aside}" if state.phase == "json-only" and state.set_aside else ""
    current_session().report(
        f"{state.phase} since {state.since}{aside}",
        {"phase": state.phase, "since": state.since, "set_aside": state.set_aside},
    )


@transition_command.command("verify")
@workspace_option
def verify_command(folder: Path) -> None:
    """Compare all that files and database say, and check the database.

    Examples:
      $ docrel transition advance
      $ docrel transition verify
    """
    with _workspace(folder) as workspace:
        verification = workspace.verify()
    good = f"{verification.members} files, {verification.documents} documents: no difference"
    text = "\n".join(f"{tick(False)} {fault}" for fault in verification.faults) or f"{tick(True)} {good}"
    facts = {"good": verification.ok, "members": verification.members, "faults": verification.faults}
    current_session().report(text, facts)
    if not verification.ok:
        raise Exit(ERRORS)


@transition_command.command("sync")
@workspace_option
def sync_command(folder: Path) -> None:
    """Bring files and database together now, and finish what a crash cut short.

    Examples:
      $ docrel transition advance
      $ docrel transition sync
    """
    with _workspace(folder) as workspace:
        workspace.sync()
        phase = workspace.phase
    current_session().report(f"{phase}: in step", {"phase": phase})


@transition_command.command("set")
@workspace_option
@click.argument("settings", nargs=-1, required=True, metavar="NAME=VALUE...")
def set_command(folder: Path, settings: tuple[str, ...]) -> None:
    """Set what the criteria ask for: `stable_s=7d`, `min_reads=100`, `target_ms=100`, `limit_ms=500`.

    Examples:
      $ docrel transition advance
      $ docrel transition set stable_s=7d min_reads=100
    """
    from dataclasses import replace

    with _workspace(folder) as workspace, workspace.link.lock:
        wanted = workspace.link.settings
        for setting in settings:
            name, sign, text = setting.partition("=")
            if not sign:
                raise click.UsageError(f"{setting!r} is no NAME=VALUE")
            try:
                wanted = wanted.with_text(name, text)
            except ValueError as e:
                raise click.UsageError(str(e)) from e
        workspace.link.save(replace(workspace.state, settings=wanted))
    facts = facts_of(wanted)
    current_session().report("\n".join(f"{name} = {value}" for name, value in facts.items()), facts)


def _workspace(folder: Path) -> Workspace:
    from docrel.transition import Workspace

    return Workspace(folder)


def _shown(status: Status) -> str:
    counts = status.metrics.counts
    rate = status.metrics.hit_rate
    lines = [
        f"phase          {status.phase}" + (f" since {status.since}" if status.since else ""),
        f"reads          {counts['hit'] + counts['fallback']}"
        + ("" if rate is None else f", {rate:.2%} from the database"),
        f"fallbacks      {counts['fallback']}",
        f"discrepancies  {counts['discrepancy']}",
        f"errors         {counts['error']}" + (f", {status.owed} writes to catch up" if status.owed else ""),
        f"writes         {counts['write']}",
        f"queries        {_latency(status)}",
    ]
    if status.next is not None:
        lines.append(f"for {status.next}:")
    lines += [f"  {tick(c.met)} {c.wanted}: {c.found}" for c in status.criteria]
    return "\n".join(lines)


def _latency(status: Status) -> str:
    half, most = status.metrics.percentile_ms(0.5), status.metrics.percentile_ms(0.99)
    return "none" if half is None else f"half within {half:g} ms, 99 % within {most:g} ms"


def _facts(status: Status) -> dict[str, Any]:
    metrics = status.metrics
    return {
        "phase": status.phase,
        "since": status.since,
        "next": status.next,
        "counts": dict(metrics.counts),
        "hit_rate": metrics.hit_rate,
        "p50_ms": metrics.percentile_ms(0.5),
        "p99_ms": metrics.percentile_ms(0.99),
        "owed": status.owed,
        "criteria": status.criteria,
        "history": [
            {"at": t.at, "from": t.source, "to": t.target, "reason": t.reason, "forced": t.forced}
            for t in status.history
        ],
    }

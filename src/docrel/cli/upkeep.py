"""Commands that look after a database: backup, archive, restore, maintain, doctor, validate, confirm-key."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from docrel.cli.options import archive_option, db_option, dry_run_option, opened, span
from docrel.cli.root import Command
from docrel.cli.session import current_session
from docrel.diagnostics import counted

if TYPE_CHECKING:
    from docrel.store import Store
    from docrel.upkeep import MoveReport


@click.command("backup", cls=Command)
@db_option
@click.option("--keep", default=7, show_default=True, type=click.IntRange(1), help="How many of such backups stay.")
@click.option(
    "--every", default="0", type=span, metavar="SPAN", help="Only where the newest is older: `1d` for a daily run."
)
def backup_command(db: Path, keep: int, every: float) -> None:
    """Copy the database, while others may write to it, and check the copy.

    Backups are in the folder `backups` beside the database, those before an import or a migration too. Of each
    kind the newest stay; of those before a migration all that `docrel migrate history` names.

    Examples:
      $ docrel backup --db orders.db
      $ docrel backup --db orders.db --every 1d --keep 30
    """
    from docrel.backends import as_file
    from docrel.store import backup, catalogue

    with current_session().leaving("no backup was made"), opened(db) as (backend, _):
        made = backup(backend, keep=keep, every_s=every)
        made = None if made is None else as_file(backend).as_written(made)
    kept = [backup.path for backup in catalogue(db) if backup.kind == "backup"]
    text = f"{made}: whole; {counted(len(kept), 'backup')} kept" if made else f"the newest is recent enough: {kept[-1]}"
    current_session().report(text, {"backup": made, "kept": kept})


@click.command("archive", cls=Command)
@db_option
@archive_option
@click.option("--where", metavar="SQL", help="Documents for whose root row this SQL condition holds.")
@click.option("--key", "keys", multiple=True, metavar="K", help="The document called K; may be repeated.")
@click.option("--list", "listed", is_flag=True, help="Show what the archive holds, and move nothing.")
@dry_run_option
def archive_command(
    db: Path, archive: Path | None, where: str | None, keys: tuple[str, ...], *, listed: bool, dry_run: bool
) -> None:
    """Move whole documents into the archive database, from which `restore` brings them back.

    A document leaves the database only where the archive is seen to have it; programs that would change either
    meanwhile wait.

    Examples:
      $ docrel archive --db orders.db --key A-1
      $ docrel archive --db orders.db --where "number LIKE 'A-%'" --dry-run
      $ docrel archive --db orders.db --list
    """
    from docrel.store import key_of_text, open_store, text_of_key
    from docrel.upkeep import keys_where, open_archive

    if listed + (where is not None) + bool(keys) != 1:
        raise click.UsageError("say which documents: --where or --key; or --list")
    with open_store(db, create=False) as store:
        if listed:
            with open_archive(store, archive, create=False) as old:
                archived = list(old.keys())
            texts = [text_of_key(store.plan, key) for key in archived]
            current_session().result("\n".join(texts) or "the archive is empty", {"archived": archived})
            return
        chosen = keys_where(store, where) if where is not None else [key_of_text(store, key) for key in keys]
        move_away(store, archive, chosen, dry_run=dry_run)


def move_away(store: Store, archive: Path | None, chosen: list[Any], *, dry_run: bool) -> None:
    """Move the documents of these keys into the archive, or only show them, and tell what was done."""
    from docrel.backends import as_file
    from docrel.store import text_of_key
    from docrel.upkeep import move, open_archive

    session = current_session()
    if dry_run or not chosen:
        texts = [text_of_key(store.plan, key) for key in chosen]
        would = f"{counted(len(chosen), 'document')} would move"
        session.result("\n".join([*texts, would]), {"would_move": chosen})
        return
    with open_archive(store, archive) as old:
        report = move(chosen, store, old)
        path = str(archive or as_file(store.backend).as_written(as_file(old.backend).path))
    session.report(
        f"{counted(len(report.moved), 'document')} moved to {path}{_not_moved(report)}",
        {"moved": report.moved, "gone": report.gone, "archive": path},
    )


def _not_moved(report: MoveReport) -> str:
    """Say which documents others were faster with."""
    return f"; {len(report.gone)} were moved by another program" if report.gone else ""


@click.command("restore", cls=Command)
@db_option
@archive_option
@click.option("--key", "keys", multiple=True, metavar="K", help="Bring this document back from the archive.")
@click.option(
    "--backup", "backup", is_flag=False, flag_value="newest", metavar="[FILE]",
    help="Give the database the content of a backup, the newest whole one or this; what was there is kept.",
)  # fmt: skip
def restore_command(db: Path, archive: Path | None, keys: tuple[str, ...], backup: str | None) -> None:
    """Bring archived documents back, or the whole database from a backup.

    Examples:
      $ docrel archive --db orders.db --key A-1
      $ docrel restore --db orders.db --key A-1
      $ docrel backup --db orders.db
      $ docrel restore --db orders.db --backup
    """
    from docrel.store import key_of_text, open_store
    from docrel.upkeep import move, open_archive

    if bool(keys) == (backup is not None):
        raise click.UsageError("--key brings documents back from the archive, --backup the whole database: say which")
    if backup is not None:
        _restore_backup(db, backup)
        return
    with open_store(db, create=False) as store, open_archive(store, archive, create=False) as old:
        report = move([key_of_text(old, key) for key in keys], old, store)
    text = f"{counted(len(report.moved), 'document')} restored{_not_moved(report)}"
    current_session().report(text, {"restored": report.moved, "gone": report.gone})


def _restore_backup(db: Path, wanted: str) -> None:
    from docrel.store import newest_whole, restore_backup

    source = newest_whole(db) if wanted == "newest" else Path(wanted)
    if source is None:
        raise click.ClickException(f"there is no whole backup of {db}")
    aside = restore_backup(db, source)
    kept = f"; what was there is kept in {aside}" if aside else ""
    current_session().report(f"{db} is as in {source}{kept}", {"restored": source, "aside": aside})


@click.command("maintain", cls=Command)
@db_option
@click.option("--vacuum", is_flag=True, help="Give unused space back even where it is little.")
@click.option(
    "--alert",
    type=click.FloatRange(min=0),
    default=100.0,
    show_default=True,
    metavar="MB",
    help="Warn above this size.",
)
def maintain_command(db: Path, alert: float, *, vacuum: bool) -> None:
    """Do what a database needs from time to time.

    Collect what is left over, refresh the planner's statistics, give unused space back where that pays, warn
    about the size.

    Examples:
      $ docrel maintain --db orders.db --alert 500
    """
    from docrel.store import open_store
    from docrel.upkeep import maintain

    with open_store(db, create=False) as store:
        report = maintain(store, alert_bytes=alert * 1e6, vacuum=vacuum)
    space = f"{report.bytes_before / 1e6:,.1f} MB → {report.bytes_after / 1e6:,.1f} MB"
    lines = [
        f"{counted(report.shapes, 'unused shape')} collected",
        f"vacuumed: {space}" if report.vacuumed else f"no need to vacuum: {report.bytes_after / 1e6:,.1f} MB",
    ]
    session = current_session()
    session.report("\n".join(lines), report)
    for text in report.alerts:
        session.remark(f"warning: {text}")


@click.command("doctor", cls=Command)
@db_option
@click.option(
    "--fix", is_flag=True,
    help="First mend what needs nobody's judgement, after a backup: rows whose row above is gone, notes of none, "
    "indexes and triggers of the mapping that somebody dropped.",
)  # fmt: skip
def doctor_command(db: Path, *, fix: bool) -> None:
    """Run every check, and say what to do about what is found.

    Examples:
      $ docrel backup --db orders.db
      $ docrel doctor --db orders.db
      $ docrel doctor --db orders.db --fix
    """
    from docrel.store import open_store
    from docrel.upkeep import Check, examine_database, mend

    mended: list[Check] = []
    if fix:
        with open_store(db, create=False) as store:
            done, backup = mend(store)
        mended = [Check(True, f"mended: {text}") for text in done]
        mended += [Check(True, f"the database as it was: {backup}" if backup else "there was nothing to mend")]
    current_session().checks([*mended, *examine_database(db)])


@click.command("confirm-key", cls=Command)
@db_option
def confirm_key_command(db: Path) -> None:
    """Say that the key which was inferred for a database's documents is their key.

    From then on a document replaces the stored one of its key, as a newer version of it. Until then one that
    differs is refused.

    Examples:
      $ docrel confirm-key --db orders.db
    """
    from docrel.migrate import confirm_key
    from docrel.plan import key_claim

    with opened(db) as (backend, _):
        plan, changed = confirm_key(backend)
    session = current_session()
    if changed:
        named = plan.key if isinstance(plan.key, str) else f"[{', '.join(plan.key_names)}]"
        session.remark(f"say so in the mapping file as well: `document: {{key: {named}}}`, without `inferred: true`")
    words = f"{key_claim(plan)} of its documents" + ("" if changed else " already: nobody inferred it")
    session.report(f"{db}: {words}", {"key": plan.key, "confirmed": changed})


@click.command("validate", cls=Command)
@db_option
def validate_command(db: Path) -> None:
    """Say whether a database is as its mapping says.

    Its version, each table with its columns, foreign keys, indexes, SQLite's own integrity check, and every
    difference to the plan that it was built with.

    Examples:
      $ docrel validate --db orders.db
    """
    from docrel.store import open_store
    from docrel.upkeep import validate

    with open_store(db, create=False) as store:
        checks = validate(store)
    current_session().checks(checks)

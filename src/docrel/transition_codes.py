"""The codes of the transition from files to the database: T6xx.

In: nothing. Out: `TRANSITION_CODES`, a part of the one table in `docrel.codes`.
"""

from __future__ import annotations

from docrel.code import Code

TRANSITION_CODES = (
    Code(
        "T601",
        "the next phase has to wait",
        "A criterion of the plan is unmet; the message says which, and what was found. `docrel\n"
        "transition status` shows all of them. `--force` goes on all the same, and the history keeps\n"
        "what was unmet.",
        "docrel transition advance --force --reason 'tested on a copy'",
    ),
    Code(
        "T602",
        "the state of the transition cannot be read",
        "`.vibe/state/transition.json` says which phase a workspace is in, and so whether files or\n"
        "the database lead. It is no longer what this program wrote. Restore it from a copy; do not\n"
        "guess.",
    ),
    Code(
        "T603",
        "this is the last phase",
        "The database has everything, and no file is left to do without. `docrel transition rollback`\ngoes back.",
    ),
    Code(
        "T604",
        "this is no earlier phase",
        "A rollback goes to a phase before the one that the workspace is in. `docrel transition\nstatus` shows it.",
    ),
    Code(
        "T605",
        "the files could not be brought back",
        "A rollback writes the files from the database and reads them again. That failed, or they\n"
        "were not the same, so the phase stays as it was. Where the database is damaged, bring the\n"
        "newest backup back first.",
        "docrel restore --backup",
    ),
    Code(
        "T606",
        "there is no such member",
        "A workspace keeps a document in several files, one member each. The message lists the\nmembers.",
        'workspace.read("mission")     # mended: "active_mission"',
    ),
    Code(
        "T610",
        "what was written is not what is read",
        "Every write is read back before it is committed. This one came back otherwise and was taken\n"
        "back: a trigger in the database changes rows, or docrel has a fault. With files in reach the\n"
        "workspace goes back to them by itself.",
    ),
    Code(
        "T611",
        "the database that leads is not there",
        "In sql-primary and sql-only the database has the state, and its file is gone or empty. Bring the\n"
        "newest backup back.",
        "docrel restore --backup",
    ),
    Code(
        "T612",
        "another database came between",
        "The database that a rollback had set aside was to be brought back, and another program made one in\n"
        "its place meanwhile. It is never replaced. Run the command again.",
    ),
)

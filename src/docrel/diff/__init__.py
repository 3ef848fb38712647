"""Diff: what changes between two plans, as a closed set of changes, and what each does to data.

In: two plans. Out: changes and their words.
"""

from __future__ import annotations

from docrel.diff.changes import (
    EFFECTS,
    AddColumn,
    AddIndex,
    AddStatement,
    AddTable,
    Change,
    ChangeConstraint,
    ChangeDefault,
    ChangeDescription,
    ChangeDocument,
    ChangeKeyOrder,
    ChangeStatement,
    ChangeVersion,
    DropColumn,
    DropIndex,
    DropStatement,
    DropTable,
    MoveColumn,
    MoveTable,
    RenameColumn,
    RenameTable,
    ReorderColumns,
    RetypeColumn,
)
from docrel.diff.comparison import Diff, diff, question_diagnostic
from docrel.diff.renames import Renames, renamed
from docrel.diff.wording import effect, on_data, question, sentence

__all__ = [
    "EFFECTS",
    "AddColumn",
    "AddIndex",
    "AddStatement",
    "AddTable",
    "Change",
    "ChangeConstraint",
    "ChangeDefault",
    "ChangeDescription",
    "ChangeDocument",
    "ChangeKeyOrder",
    "ChangeStatement",
    "ChangeVersion",
    "Diff",
    "DropColumn",
    "DropIndex",
    "DropStatement",
    "DropTable",
    "MoveColumn",
    "MoveTable",
    "RenameColumn",
    "RenameTable",
    "Renames",
    "ReorderColumns",
    "RetypeColumn",
    "diff",
    "effect",
    "on_data",
    "question",
    "question_diagnostic",
    "renamed",
    "sentence",
]

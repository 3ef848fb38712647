"""Upkeep: what keeps a database sound: archives, validation, maintenance, the doctor.

In: a store or a database file. Out: files beside it, and checks with advice.
"""

from __future__ import annotations

from docrel.upkeep.archiving import MoveReport, keys_where, move, open_archive
from docrel.upkeep.doctor import examine_database
from docrel.upkeep.maintaining import maintain
from docrel.upkeep.mending import mend
from docrel.upkeep.pruning import GoneDocument, Survey, prune, survey
from docrel.upkeep.soundness import check_on_opening, faults_of_store
from docrel.upkeep.validating import Check, RowFault, validate

__all__ = [
    "Check",
    "GoneDocument",
    "MoveReport",
    "RowFault",
    "Survey",
    "check_on_opening",
    "examine_database",
    "faults_of_store",
    "keys_where",
    "maintain",
    "mend",
    "move",
    "open_archive",
    "prune",
    "survey",
    "validate",
]

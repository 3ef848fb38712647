"""Upkeep: what keeps a database sound: backups, archives, validation, maintenance, the doctor.

In: a store or a database file. Out: files beside it, and findings with advice.
"""

from __future__ import annotations

from docrel.upkeep.archiving import keys_where, move, open_archive
from docrel.upkeep.backup_files import backup, backups, fault_of, restore_backup
from docrel.upkeep.doctor import Examined, examine_database
from docrel.upkeep.maintaining import maintain
from docrel.upkeep.soundness import check_on_opening, faults_of
from docrel.upkeep.validating import validate

__all__ = [
    "Examined",
    "backup",
    "backups",
    "check_on_opening",
    "examine_database",
    "fault_of",
    "faults_of",
    "keys_where",
    "maintain",
    "move",
    "open_archive",
    "restore_backup",
    "validate",
]

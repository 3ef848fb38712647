"""The transition: moving live state from JSON files to the database, in phases, and back."""

from docrel.transition.criteria import Status
from docrel.transition.examined import examine_workspace
from docrel.transition.link import DATABASE
from docrel.transition.state import PHASES, STATE_FILE, Phase, Settings, State
from docrel.transition.workspace import Workspace

__all__ = ["DATABASE", "PHASES", "STATE_FILE", "Phase", "Settings", "State", "Status", "Workspace", "examine_workspace"]

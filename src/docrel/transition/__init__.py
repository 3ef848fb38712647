"""The transition: moving live state from JSON files to the database, in phases, and back."""

from docrel.transition.state import PHASES, Phase, Settings, State
from docrel.transition.workspace import Workspace

__all__ = ["PHASES", "Phase", "Settings", "State", "Workspace"]

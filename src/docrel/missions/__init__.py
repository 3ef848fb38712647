"""Missions: the shipped mapping `missions` as a store with the verbs of its trade, and no configuration."""

from docrel.missions.completed import completed
from docrel.missions.memory import expire
from docrel.missions.store import MissionStore

__all__ = ["MissionStore", "completed", "expire"]

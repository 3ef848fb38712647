"""The transition: moving live state from JSON files to the database, in phases, and back."""

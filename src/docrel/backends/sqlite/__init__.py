"""SQLite: in a file, in memory, and what belongs to a database in a file beside it."""

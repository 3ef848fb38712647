"""Identifiers: which names things in a database can have, which of these are docrel's own, and which version.

In: a name. Out: what is wrong with it and what to do; whose it is. Knows no mapping and no plan.
"""

from __future__ import annotations

from docrel.values import clean_text

LIMIT_BYTES = 63  # PostgreSQL cuts longer names without a word
MAPPING_LIMIT_BYTES = LIMIT_BYTES - len("_complement")
LIMIT_VERSION = 2**31 - 1  # what SQLite keeps as `user_version`
OWN = "_docrel"
RESERVED = ("sqlite_", OWN)


def name_fault(what: str, name: str, limit: int = LIMIT_BYTES) -> tuple[str, str] | None:
    """Return why a thing cannot be called `name`, and what to do; None where it can."""
    if not name.strip():
        return f"a {what} without a name", f"give the {what} a name"
    if not clean_text(name):
        return f"the name of this {what} holds a character that no database takes", "remove it"
    length = len(name.encode())
    if length > limit:
        shorter = name.encode()[:limit].decode(errors="ignore")
        return (
            f"the name of this {what} has {length} bytes, PostgreSQL keeps {limit}",
            f"choose a name of at most {limit} bytes: `{shorter}`",
        )
    return None


def own_tables(mapping: str) -> tuple[str, str]:
    """Return the names that docrel keeps for itself beside the tables of a mapping: the complement, and its shapes."""
    return f"{mapping}_complement", f"{mapping}_shape"


def note_table(mapping: str) -> str:
    """Return what the table of notes is called, unless something of the mapping's is: the name is not reserved."""
    return f"{mapping}_note"


def is_own(name: str, mapping: str | None = None) -> bool:
    """Say whether a table, an index, a view or a trigger is docrel's own: it is in no count of what users have.

    Without a mapping: whether it is in a database of any mapping.
    """
    return name.lower().startswith(OWN) or (mapping is not None and name in (*own_tables(mapping), note_table(mapping)))


def reserved_prefix(name: str) -> str | None:
    """Return the prefix of `name` that only the engine and SQLite may use, if it has one."""
    return next((prefix for prefix in RESERVED if name.lower().startswith(prefix)), None)

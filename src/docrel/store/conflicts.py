"""Conflicts: a document comes under a key under which another one is stored.

In: the key, both documents, and how the key came about. Out: the diagnostic that refuses the newcomer. Whether it is
refused is decided by `Incoming._conflict` for imports, by `Writer.write` for puts, and by `Writer.alike` for both.
Never writes, and never decides by the documents' content which is right.
"""

from __future__ import annotations

from typing import Any, Literal

from docrel.diagnostics import Diagnostic, command
from docrel.documents import shown_key, shown_members
from docrel.plan import Plan, key_claim, key_words
from docrel.values import jsontext

OnConflict = Literal["refuse", "replace", "skip"]
"""What to do: refuse the newcomer, let it replace the stored one, or leave that and pass the newcomer over."""


Rule = Literal["name of a file", "repeated", "inferred", "said"]
"""Why a document is no newer version of the stored one: its key was made from where it was found; it was refused before
as that import had two of the key; nobody said what the key is; or the caller wants what is stored to stay."""


def guessed_key(key: Any, stored: Any, document: Any, origin: str, plan: Plan, rule: Rule, database: str) -> Diagnostic:
    """Return D325: a different document is stored under the key, which may be none, or is not to be replaced.

    `database` is what the help calls it.
    """
    why, advice = "", ""
    if rule == "name of a file":
        why, advice = (
            ", and that name was made from where it was found",
            ", or import it by itself with `--document-key NAME`",
        )
    elif rule == "repeated":
        why = ", and when this one was refused nobody had said which of both is to stay"
        advice = ", or give this one another key"
    elif rule == "inferred":
        why = f", and nobody has said yet that {key_claim(plan)}"
        advice = f", or say so for good, if {key_claim(plan)}: {command('confirm-key', database)}"
    message = f"another document is stored as {shown_key(key, plan)}{why}: {_shown(stored, document, plan)}"
    help_text = f"replace that one with `--on-conflict replace`{advice}"
    return Diagnostic("D325", message, subject=origin, help=help_text, facts={"rule": rule})


def repeated_key(key: Any, stored: Any, document: Any, origin: str, plan: Plan) -> Diagnostic:
    """Return D321: the same import brought another document of that key before."""
    key_text, shown = shown_key(key, plan), _shown(stored, document, plan)
    message = f"this import has another document with the key {key_text} before it: {shown}"
    help_text = "import only one of them, or let the last one win with `--on-conflict replace`"
    return Diagnostic("D321", message, subject=origin, help=help_text, facts={"rule": "repeated"})


def alike_key(key: Any, there: tuple[str, Any], here: tuple[str, Any], origin: str, plan: Plan) -> Diagnostic:
    """Return D326: a document of another root table is stored as `key`, and says another value as its key.

    `there` and `here` are the root tables of both, each with the value that its document says.
    """
    (other, said), (table, value) = there, here
    message = (
        f"its key {jsontext.dumps(value)} would be held as {shown_key(key, plan)}, as is the key "
        f"{jsontext.dumps(said)} of another document, in {other}; they are two keys, and could not be told apart"
    )
    help_text = (
        f"give {key_words(plan)} one type, and one `map`, in `{other}` and `{table}`: "
        "`type: json` tells all values apart; or choose another key for one of the documents"
    )
    return Diagnostic("D326", message, subject=origin, help=help_text, facts={"table": table, "rule": "alike"})


def difference(one: Any, other: Any, plan: Plan) -> tuple[str, Any, Any] | None:
    """Return the first difference of two documents, as `jsontext.first_difference`, but for what the plan forgets."""
    if not plan.ordered:
        one, other = jsontext.in_order(one), jsontext.in_order(other)
    return jsontext.first_difference(one, other)


def _shown(stored: Any, document: Any, plan: Plan) -> str:
    found = difference(stored, document, plan)
    if found is None:
        return "they are the same"
    path, before, after = found
    return f"{path} is {shown_members(before)} there, {shown_members(after)} here"

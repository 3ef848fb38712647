"""Words: what the keys of documents are called in SQL.

In: keys, of any kind. Out: names in snake case, which every dialect keeps whole, and singulars. The rule: letters and
digits of any script stay, a change of case or anything else is one `_`, all in lower case.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from docrel.plan import MAPPING_LIMIT_BYTES, own_tables, reserved_prefix

LIMIT_BYTES = 56  # of 63: leaves room for `_id` and a number

_ACRONYM_ENDS = re.compile(r"(?<=[A-Z]{2})(s(?![a-z])|v(?=[0-9]))")
"""What belongs to the capitals before it: the plural of `IPs`, the version of `IPv4`."""
_WORD_ENDS = (re.compile(r"([a-z0-9])([A-Z])"), re.compile(r"([A-Z]+)([A-Z][a-z])"))


def snake(key: str, empty: str = "member") -> str:
    """Return the key in snake case; `empty` where it has neither letter nor digit."""
    text = unicodedata.normalize("NFKC", key.encode("utf-8", "ignore").decode())
    text = _ACRONYM_ENDS.sub(lambda ending: ending[0].upper(), text)
    for ends in _WORD_ENDS:
        text = ends.sub(r"\1_\2", text)
    text = "".join(c if c.isalnum() else "_" for c in text.lower())
    text = re.sub("_+", "_", text).strip("_") or empty
    if text[0].isdigit():
        text = f"n_{text}"
    if text.startswith("sqlite_"):
        text = f"x_{text}"
    return text.encode()[:LIMIT_BYTES].decode("utf-8", "ignore")


def mapping_name(name: str) -> str:
    """Return what a mapping may be called, as docrel's own tables beside it have longer names.

    >>> mapping_name("Purchase Orders"), mapping_name("sqlite"), len(mapping_name("a" * 60)), mapping_name("-")
    ('purchase_orders', 'x_sqlite', 52, 'documents')
    """
    text = snake(name, "documents").encode()[:MAPPING_LIMIT_BYTES].decode("utf-8", "ignore")
    return f"x_{text}" if any(map(reserved_prefix, own_tables(text))) else text


_NO_PLURAL = re.compile(
    r"alias|always|atlas|basis|bias|bonus|canvas|chassis|css|data|dns|does|gas|gps|has|https|http|is|ios"
    r"|js|kubernetes|lens|media|metadata|ms|os|plus|redis|rss|series|sms|species|status|this|tls|us|was|yes"
)
"""Words of computing that end as plurals do, and plurals that are used as singulars."""
_SINGULARS = {"caches": "cache", "niches": "niche", "axes": "axis", "headaches": "headache"}
"""What the library gets wrong."""


@lru_cache(maxsize=1)
def _plurals() -> Any:
    """Return what knows the plurals of English, loaded when the first is asked for."""
    from pluralizer import Pluralizer

    return Pluralizer()  # type: ignore[no-untyped-call]


@lru_cache(maxsize=4096)
def singular(name: str) -> str:
    """Return what one row of the table `name` is called: its last word in the singular.

    >>> [singular(name) for name in ("entries", "https", "analyses", "old_people", "caches", "image_urls", "s")]
    ['entry', 'https', 'analysis', 'old_person', 'cache', 'image_url', 's']
    """
    before, _, last = name.rpartition("_")
    one = _SINGULARS.get(last, last)
    if one == last and last.isascii() and last.isalpha() and not _NO_PLURAL.fullmatch(last):
        one = str(_plurals().singular(last)) or last
    return f"{before}_{one}" if before else one


def joined(parts: Sequence[str]) -> str:
    """Join the parts of a name; a part that repeats the end of the one before it is said once."""
    text = ""
    for part in parts:
        words = part.split("_")
        before = text.split("_") if text else []
        shared = next((n for n in range(len(words) - 1, 0, -1) if before[-n:] == words[:n]), 0)
        if before == words or (before and before[-len(words) :] == words):
            shared = len(words)
        text = "_".join([*before, *words[shared:]])
    return text.encode()[:LIMIT_BYTES].decode("utf-8", "ignore")

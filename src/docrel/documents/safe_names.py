"""Safe names: a file name for any key.

In: any text. Out: a file name that every system takes, that stays in its folder, and that no other text has.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote

_MAX_LENGTH = 150
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|\Z)", re.IGNORECASE)


def safe_name(key: str) -> str:
    """Return the file name for a key; a long one is cut and told apart by a digest.

    >>> safe_name("../../etc/passwd")
    '%2E.%2F..%2Fetc%2Fpasswd'
    """
    name = quote(key, safe=" ", errors="surrogatepass").replace("~", "%7E")
    if name[:1] in {".", " ", "-", ""}:
        name = f"%{ord(name[0]):02X}{name[1:]}" if name else "%"
    elif _DEVICE.match(name):
        name = f"%{ord(name[0]):02X}{name[1:]}"
    if name[-1:] in {".", " "}:
        name = f"{name[:-1]}%{ord(name[-1]):02X}"
    return name if len(name) <= _MAX_LENGTH else told_apart(name[: _MAX_LENGTH - 20], key)


def joined_name(parts: Iterable[str], key: str) -> str:
    """Return the file name for a key of several parts, which is `key` as one text.

    >>> joined_name(["ACME", "2024-01-02"], '["ACME","2024-01-02"]')
    'ACME,2024-01-02'
    """
    name = ",".join(map(safe_name, parts))
    return name if len(name) <= _MAX_LENGTH else told_apart(name[: _MAX_LENGTH - 20], key)


def told_apart(name: str, key: str) -> str:
    """Return a name with a digest of its key, for names that a system would take for one (`A` and `a`)."""
    return f"{name}~{hashlib.blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"

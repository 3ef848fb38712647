"""Safe names: a file name for any key, and the key that such a name means.

In: any text. Out: a file name that every system takes, that stays in its folder, and that no other text has; back.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from urllib.parse import quote, unquote

_MAX_LENGTH = 150
_PIECE = 48
"""The longest piece of a name that is cut into several; as long as that also where each character is escaped."""
_CONTINUED = "~/"
_NO_CHARACTER = "%"
_DEVICE = re.compile(r"(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\.|\Z)", re.IGNORECASE)


def safe_name(key: str) -> str:
    """Return the file name for a key; a long one is cut and told apart by a digest.

    >>> safe_name("../../etc/passwd")
    '%2E.%2F..%2Fetc%2Fpasswd'
    """
    name = quote(key, safe=" ", errors="surrogatepass").replace("~", "%7E")
    if name[:1] in {".", " ", "-", ""}:
        name = f"%{ord(name[0]):02X}{name[1:]}" if name else _NO_CHARACTER
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
    """Return a name with a digest of its key, for names that are too long, or that a system would take for one."""
    return f"{name}~{hashlib.blake2b(key.encode('utf-8', 'surrogatepass'), digest_size=8).hexdigest()}"


def whole_names(key: str) -> tuple[str, str]:
    """Return the file names that `key_meant` reads back: the usual one, and one that no system takes for another key's.

    A long one has folders in it, which end with `~`. In the second each character is escaped: to some systems `A` and
    `a` are one name.
    """
    pieces = [""]
    for character in key:
        if len(quote(pieces[-1] + character, safe=" ", errors="surrogatepass")) > _PIECE:
            pieces.append("")
        pieces[-1] += character
    short = safe_name(key)
    usual = short if "~" not in short else _CONTINUED.join(map(safe_name, pieces))
    return usual, _CONTINUED.join(map(_escaped, pieces)) or _NO_CHARACTER


def key_meant(name: str) -> str:
    """Return the key that has this file name; the name itself where no key has it.

    >>> key_meant("%2E.%2Fa"), key_meant("%"), key_meant("100%")
    ('../a', '', '100%')
    """
    if name == _NO_CHARACTER:
        return ""
    try:
        key = unquote(name.replace(_CONTINUED, ""), errors="surrogatepass")
    except UnicodeDecodeError:  # one that was cut
        return name
    return key if name in whole_names(key) else name


def _escaped(key: str) -> str:
    return "".join(f"%{byte:02X}" for byte in key.encode("utf-8", "surrogatepass"))

"""How long a text is as Telegram counts, and where it may be cut."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

LIMIT = 4096  # UTF-16 units of one message, counted after its markup has become formatting
ENTITIES = 100  # of formatting in one message; what is beyond them loses its links and its bold type
_TAG = re.compile(r"<[^>]*>")
_START = re.compile(r"<[a-z]")
_JOINER = "\u200d"
_LONGEST = 40  # characters of what looks like one sign; a longer one is no sign that anybody means


def units(text: str) -> int:
    """The UTF-16 units of a text; an emoji beyond the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def bare(html: str) -> str:
    """The words of a message without its markup."""
    return unescape(_TAG.sub("", html))


def visible(html: str) -> int:
    """The UTF-16 units of a message as Telegram counts them: without its markup."""
    return units(bare(html))


def formats(html: str) -> int:
    """How many stretches of formatting a message has."""
    return len(_START.findall(html))


def head(text: str, room: int) -> str:
    """As much of the beginning as `room` UTF-16 units hold, never ending within a sign of several characters."""
    if units(text) <= room:
        return text
    end = min(len(text), max(room, 0))
    while end > 0 and units(text[:end]) > room:
        end -= max(1, (units(text[:end]) - room) // 2)
    whole = end
    while whole > 0 and end - whole < _LONGEST and _is_within(text, whole):
        whole -= 1
    return text[:end] if whole > 0 and _is_within(text, whole) else text[:whole]


def _is_within(text: str, at: int) -> bool:
    """Whether a cut before this character would go through an accented letter, an emoji family or a flag."""
    if at >= len(text):
        return False
    here, before = text[at], text[at - 1]
    if here == _JOINER or before == _JOINER or unicodedata.category(here) in ("Mn", "Me"):
        return True
    if (
        "\U0001f3fb" <= here <= "\U0001f3ff" or "\U000e0020" <= here <= "\U000e007f"
    ):  # skin, and parts of flags
        return True
    if not _is_indicator(here):
        return False
    begin = at
    while begin > 0 and _is_indicator(text[begin - 1]) and at - begin < _LONGEST:
        begin -= 1
    return (at - begin) % 2 == 1  # a flag is two of them


def _is_indicator(char: str) -> bool:
    return "\U0001f1e6" <= char <= "\U0001f1ff"

"""How long a text is as Telegram counts."""

from __future__ import annotations


def units(text: str) -> int:
    """The UTF-16 units of a text; an emoji beyond the basic plane counts two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2

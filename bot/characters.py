"""Text from outside as any database can keep it: cleaned where it comes in, by each source of posts."""

from __future__ import annotations


def clean(text: object) -> str:
    """Text that any database can keep: lone surrogates and NULs become U+FFFD; lengths in UTF-16 stay."""
    if not isinstance(text, str):
        return ""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\0", "\ufffd")

"""Which of Telegram's protocols is spoken here."""

from __future__ import annotations

from telethon.tl.alltlobjects import LAYER


def layer() -> int:
    """The number of the TL layer: what Telegram sends is written in it."""
    return int(LAYER)

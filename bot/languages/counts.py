"""So many of something, with the plural that the language asks for."""

from __future__ import annotations

from typing import Final

from bot.languages.words import ENGLISH, NN_, Words

THINGS: Final = {
    "area": NN_("{number:,} area", "{number:,} areas"),
    "byte": NN_("{number:,} byte", "{number:,} bytes"),
    "change": NN_("{number:,} change", "{number:,} changes"),
    "channel": NN_("{number:,} channel", "{number:,} channels"),
    "chat": NN_("{number:,} chat", "{number:,} chats"),
    "place": NN_("{number:,} place", "{number:,} places"),
    "post": NN_("{number:,} post", "{number:,} posts"),
    "revision": NN_("{number:,} revision", "{number:,} revisions"),
    "statement": NN_("{number:,} statement", "{number:,} statements"),
    "time": NN_("{number:,} time", "{number:,} times"),
}


def counted(number: int, what: str, *, t: Words = ENGLISH) -> str:
    """So many of something: "1 place", "2 places"."""
    return t.many(*THINGS[what], number)

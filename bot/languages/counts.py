"""So many of something, with the plural that the language asks for."""

from __future__ import annotations

from typing import Final

from bot.languages.words import ENGLISH, NN_, Words

THINGS: Final = {
    "byte": NN_("{number:,} byte", "{number:,} bytes"),
    "channel": NN_("{number:,} channel", "{number:,} channels"),
    "place": NN_("{number:,} place", "{number:,} places"),
    "post": NN_("{number:,} post", "{number:,} posts"),
    "revision": NN_("{number:,} revision", "{number:,} revisions"),
    "statement": NN_("{number:,} statement", "{number:,} statements"),
    "time": NN_("{number:,} time", "{number:,} times"),
}


def counted(number: int, what: str, *, t: Words = ENGLISH) -> str:
    """So many of something: "1 place", "2 places"."""
    return t.many(*THINGS[what], number)

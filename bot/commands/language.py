"""How /language reads."""

from __future__ import annotations

from bot.errors import Mendable
from bot.languages import ENGLISH, LANGUAGES, OWN_NAMES, Words, named


def asked(argument: str, *, t: Words = ENGLISH) -> str:
    """The language that was typed; Mendable where it is none of ours."""
    found = named(argument)
    if found is None:
        raise Mendable(
            t(
                "“{argument}” is none of the languages here. Write one of these: {commands}",
                argument=argument[:60],
                commands=", ".join(f"/language {code}" for code in LANGUAGES),
            )
        )
    return found


def state(code: str, *, t: Words = ENGLISH) -> str:
    """Which language a chat reads, and what that changes."""
    return t(
        "The language of this chat: <b>{language}</b>. New alerts, answers and digests come in it; what was sent stays "
        "as it was. Posts are quoted as they were written.",
        language=OWN_NAMES[code],
    )

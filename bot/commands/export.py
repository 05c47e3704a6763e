"""What is said where there is nothing to put into a file."""

from __future__ import annotations

from bot.languages import ENGLISH, Words


def nothing(about: str, *, t: Words = ENGLISH) -> str:
    """There is no statement to put into a file."""
    return t(
        "No statements about {about} are in the archive for that time. /channels says how far was read.",
        about=about,
    )

"""How /archive answers."""

from __future__ import annotations

from html import escape
from typing import Final

BUTTON: Final = "Get your link in private"


def no_address() -> str:
    """Nobody can reach the page from outside."""
    return (
        "The review page has no public address. Whoever runs placewatch opens it there with "
        "<code>placewatch web --open</code>, or sets PLACEWATCH_WEB__PUBLIC_URL."
    )


def link(address: str, minutes: int) -> str:
    """The link itself, for one person's eyes."""
    return (
        f"Your link to the archive:\n{escape(address)}\n\n"
        f"It works once, within {minutes} minutes. Press the button there, in the browser in which you want to read. "
        "Don't pass it on: whoever uses it is taken for you."
    )


def sent(*, in_private: bool) -> str:
    """What is said where the command was typed."""
    return (
        "That is your link. Earlier ones work no more." if in_private else "Your link is in our private chat."
    )


def write_first() -> str:
    """A bot can't be the first to write."""
    return "I can't write to you before you have written to me: press the button, then Start. The link comes there."


def anonymous() -> str:
    """An anonymous administrator can't be told apart from the others."""
    return "You write anonymously here, so I can't tell whose link it is. Ask me in private."


def not_allowed() -> str:
    """Whoever asks is in no chat of the team's, or is barred."""
    return "You may not see the archive: you are in none of the team's chats, or whoever runs placewatch has said so."


def just_now() -> str:
    """They were given one a few seconds ago."""
    return "I sent you a link just now, in private. If it is gone, ask again in half a minute."

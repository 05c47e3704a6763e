"""How /archive answers."""

from __future__ import annotations

from html import escape

from bot.languages import ENGLISH, Words


def button(t: Words = ENGLISH) -> str:
    """What leads to the bot's private chat."""
    return t("Get your link in private")


def no_address(t: Words = ENGLISH) -> str:
    """Nobody can reach the page from outside."""
    return t(
        "The review page has no public address. Whoever runs placewatch opens it there with "
        "<code>placewatch web --open</code>, or sets PLACEWATCH_WEB__PUBLIC_URL."
    )


def link(address: str, minutes: int, t: Words = ENGLISH) -> str:
    """The link itself, for one person's eyes."""
    return t(
        "Your link to the archive:\n{address}\n\n"
        "It works once, within {minutes} minutes. Press the button there, in the browser in which you want to read. "
        "Don't pass it on: whoever uses it is taken for you.",
        address=escape(address),
        minutes=minutes,
    )


def sent(*, in_private: bool, t: Words = ENGLISH) -> str:
    """What is said where the command was typed."""
    if in_private:
        return t("That is your link. Earlier ones work no more.")
    return t("Your link is in our private chat.")


def write_first(t: Words = ENGLISH) -> str:
    """A bot can't be the first to write."""
    return t(
        "I can't write to you before you have written to me: press the button, then Start. The link comes there."
    )


def anonymous(t: Words = ENGLISH) -> str:
    """An anonymous administrator can't be told apart from the others."""
    return t("You write anonymously here, so I can't tell whose link it is. Ask me in private.")


def not_allowed(t: Words = ENGLISH) -> str:
    """Whoever asks is in no chat of the team's, or is barred."""
    return t(
        "You may not see the archive: you are in none of the team's chats, or whoever runs placewatch has said so."
    )


def just_now(t: Words = ENGLISH) -> str:
    """They were given one a few seconds ago."""
    return t("I sent you a link just now, in private. If it is gone, ask again in half a minute.")

"""The ways in which something outside can fail, told apart by what to do about it."""

from __future__ import annotations

from bot.languages.said import Said, Text
from bot.languages.words import Words


class Mendable(Exception):
    """A person can put this right; the message says how. Shown without a traceback.

    `str` of it is English. A text that was marked by `N_` or `NN_`, with what fills it in, can be said in other
    languages: `Mendable(N_("There is no place {name}."), name=typed)`.
    """

    def __init__(self, text: Text | Said = "", /, **values: object) -> None:
        self.told = text if isinstance(text, Said) else Said(text, **values)
        super().__init__(str(self.told))

    def said(self, t: Words) -> str:
        """The problem in a language."""
        return self.told.by(t)


def said(problem: Exception, t: Words) -> str:
    """A problem in a language, as far as it can be said in that: what Telegram or the disk reports is English."""
    return problem.said(t) if isinstance(problem, Mendable) else str(problem)


class Busy(Exception):
    """Telegram named a time: try again after `wait` seconds, not earlier."""

    def __init__(self, method: str, wait: float) -> None:
        super().__init__(f"{method}: Telegram asks to wait {wait:g} s")
        self.method = method
        self.wait = wait


class Unavailable(Exception):
    """No answer: the network, a timeout or a fault at Telegram's side. What was asked may have been done."""


class NotUnderstood(Unavailable):
    """The answer holds something that this version can't read; asking for less may leave it out."""


class Refused(Exception):
    """Telegram said no, and will say no again until a person or the other side changes something."""


class BadMarkup(Refused):
    """Telegram could not read the formatting; the same words go as plain text."""


class NotEditable(Refused):
    """The message is gone or too old to be edited: say it in a reply instead."""


class NeverEditable(NotEditable):
    """Nothing can be edited in that place: only what is new is said in a message of its own."""


class SignedOut(Mendable):
    """The account is not signed in, or Telegram has ended its session: this part stops until a person logs in."""

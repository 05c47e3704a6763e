"""Answers, by the room of Telegram's schema that a request belongs to."""

from . import auth, bots, channels, dialogs, files, history, sending, state, users
from .registry import RULES, answer

__all__ = [
    "RULES",
    "answer",
    "auth",
    "bots",
    "channels",
    "dialogs",
    "files",
    "history",
    "sending",
    "state",
    "users",
]

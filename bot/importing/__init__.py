"""Exports of Telegram Desktop on their way into the archive, step by step.

Whoever wants one asks for the next step: nothing runs unasked, so a stop at any moment leaves what was taken, and
the same file again goes on from there, since what is held already changes nothing.
"""

from __future__ import annotations

from bot.importing.imports import Imports

__all__ = ["Imports"]

"""Carry out what people ask in the team's chats: typed commands, replies to questions, presses of buttons."""

from bot.desk.desk import Desk
from bot.desk.room import Outside

__all__ = ["Desk", "Outside"]

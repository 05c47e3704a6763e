"""What Telegram Desktop exports, read: which file, which messages, and what posts they are. Pure of storage and Telegram."""

from __future__ import annotations

from bot.exports.message import Refused, Service, Taken, read
from bot.exports.place import find
from bot.exports.reader import Broken, Chat, Damaged, Entry, Reader

__all__ = ["Broken", "Chat", "Damaged", "Entry", "Reader", "Refused", "Service", "Taken", "find", "read"]

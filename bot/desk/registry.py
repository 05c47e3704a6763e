"""Every command and every button, by name; each group in a module of its own."""

from __future__ import annotations

from typing import Final

from bot.desk import alerts, archive, channels, export, general, paging, places, post, status, timeline
from bot.desk.room import Button, Command

_GROUPS: Final = (alerts, places, channels, archive, timeline, post, export, status, general)

COMMANDS: Final[dict[str, Command]] = {
    name: command for group in _GROUPS for name, command in group.COMMANDS.items()
}
BUTTONS: Final[dict[str, Button]] = {
    verb: button for group in (*_GROUPS, paging) for verb, button in group.BUTTONS.items()
}

"""Every command, button and question, by name; each group in a module of its own."""

from __future__ import annotations

from typing import Final

from bot.desk import (
    alerts,
    archive,
    channel,
    channels,
    export,
    following,
    general,
    hours,
    language,
    page,
    paging,
    place,
    places,
    post,
    proof,
    status,
    timeline,
    watching,
)
from bot.desk.room import Button, Command, Question

_GROUPS: Final = (
    alerts,
    watching,
    places,
    place,
    following,
    channels,
    channel,
    archive,
    timeline,
    post,
    export,
    proof,
    hours,
    language,
    page,
    status,
    general,
)

COMMANDS: Final[dict[str, Command]] = {
    name: command for group in _GROUPS for name, command in group.COMMANDS.items()
}
BUTTONS: Final[dict[str, Button]] = {
    verb: button for group in (*_GROUPS, paging) for verb, button in group.BUTTONS.items()
}
QUESTIONS: Final[dict[str, Question]] = {**channel.QUESTIONS}

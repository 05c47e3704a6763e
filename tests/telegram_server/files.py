"""Files that hang on posts, with their bytes."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telethon.tl import types

if TYPE_CHECKING:
    from .chats import Message
    from .world import World


@dataclass
class StoredFile:
    """The bytes of a photo or document, the data centre that has them, and the reference that opens them now."""

    id: int
    data: bytes
    dc_id: int
    age: int = 0

    @property
    def reference(self) -> bytes:
        return b"reference %d" % self.age


def renewed(world: World, message: Message) -> Message:
    """The message with references that hold now, as getHistory and getMessages give them."""
    media = getattr(message, "media", None)
    name = {types.MessageMediaPhoto: "photo", types.MessageMediaDocument: "document"}.get(type(media))
    stored = world.files.get(getattr(media, name).id) if name else None
    if stored is None:
        return message
    message.media = copy.copy(media)
    file = copy.copy(getattr(media, name))
    file.file_reference = stored.reference
    setattr(message.media, name, file)
    return message

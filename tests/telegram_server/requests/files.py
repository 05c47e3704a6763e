"""Uploading files and sending them: what a bot needs for an export."""

from __future__ import annotations

from typing import TYPE_CHECKING

from telethon.tl import TLObject, functions, types

from tests.telegram_server.errors import Refused

from .registry import answers
from .sending import send

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call


@answers(functions.upload.SaveFilePartRequest, functions.upload.SaveBigFilePartRequest)
def save_part(call: Call, request: functions.upload.SaveFilePartRequest) -> bool:
    call.server.uploads.setdefault(request.file_id, {})[request.file_part] = request.bytes
    return True


@answers(functions.messages.SendMediaRequest)
def send_media(call: Call, request: functions.messages.SendMediaRequest) -> TLObject:
    """A file that was uploaded just before; its document takes the upload's id."""
    media = request.media
    if not isinstance(media, types.InputMediaUploadedDocument):
        raise Refused(400, f"UNHANDLED_{type(media).__name__.upper()}")
    parts = call.server.uploads.get(media.file.id, {})
    if len(parts) != media.file.parts:
        raise Refused(400, "FILE_PARTS_INVALID")
    document = types.Document(
        media.file.id,
        access_hash=1,
        file_reference=b"",
        date=call.server.date(),
        mime_type=media.mime_type,
        size=sum(map(len, parts.values())),
        dc_id=call.server.dc_id,
        attributes=media.attributes,
    )
    return send(call, request, types.MessageMediaDocument(document=document))

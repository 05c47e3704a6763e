"""Files: uploading and sending them, as a bot does with an export, and fetching those of posts."""

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


_STEP = 4096  # offset and limit are multiples of it (core.telegram.org/api/files)
_MOST = 1 << 20


@answers(functions.upload.GetFileRequest, bots=False)
def get_file(call: Call, request: functions.upload.GetFileRequest) -> TLObject:
    if request.limit % _STEP or not 0 < request.limit <= _MOST:
        raise Refused(400, "LIMIT_INVALID")
    if request.offset % _STEP or request.offset // _MOST != (request.offset + request.limit - 1) // _MOST:
        raise Refused(400, "OFFSET_INVALID")
    stored = call.server.files.get(request.location.id)
    if stored is None:
        raise Refused(400, "FILE_ID_INVALID")
    if stored.dc_id != (call.authorization.dc_id or call.server.dc_id):
        raise Refused(303, f"FILE_MIGRATE_{stored.dc_id}")
    if request.location.file_reference != stored.reference:
        raise Refused(400, "FILE_REFERENCE_EXPIRED")
    piece = stored.data[request.offset : request.offset + request.limit]
    return types.upload.File(types.storage.FileJpeg(), mtime=0, bytes=piece)


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

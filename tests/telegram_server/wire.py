"""What a byte on the wire means: TCP full framing and MTProto 2.0 encryption, seen from the server.

Sources: core.telegram.org/mtproto/mtproto-transports#full and core.telegram.org/mtproto/description.
"""

import asyncio
import os
import struct
from dataclasses import dataclass
from hashlib import sha256
from zlib import crc32

from telethon.crypto import AES, AuthKey
from telethon.network.mtprotostate import MTProtoState

FRAME_OVERHEAD = 12


class BadFrame(Exception):
    """What arrived is not MTProto: the connection is of no more use."""


@dataclass(frozen=True)
class Envelope:
    """One decrypted client message: which session it belongs to, its id and its body."""

    session_id: int
    message_id: int
    sequence: int
    body: bytes


async def read_frame(reader: asyncio.StreamReader) -> bytes:
    """Read one frame's payload; IncompleteReadError when the client has gone."""
    head = await reader.readexactly(8)
    length = int.from_bytes(head[:4], "little")
    if not FRAME_OVERHEAD < length <= 2**24:
        raise BadFrame(f"a frame of {length} bytes")
    rest = await reader.readexactly(length - 8)
    if crc32(head + rest[:-4]) != int.from_bytes(rest[-4:], "little"):
        raise BadFrame("wrong checksum")
    return rest[:-4]


def frame(payload: bytes, counter: int) -> bytes:
    """Wrap a payload; `counter` is the number of frames sent on this connection before."""
    data = struct.pack("<ii", len(payload) + FRAME_OVERHEAD, counter) + payload
    return data + struct.pack("<I", crc32(data))


def key_id_of(payload: bytes) -> int:
    """Zero means a plain handshake message."""
    return int.from_bytes(payload[:8], "little")


def read_plain(payload: bytes) -> bytes:
    """Body of an unencrypted message."""
    (length,) = struct.unpack("<i", payload[16:20])
    return payload[20 : 20 + length]


def plain(message_id: int, body: bytes) -> bytes:
    """An unencrypted message, as the handshake uses."""
    return struct.pack("<qqi", 0, message_id, len(body)) + body


def decrypt(key: AuthKey, payload: bytes) -> Envelope:
    """Open a client's message; BadFrame when it was not encrypted with this key."""
    message_key = payload[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key.key, message_key, True)
    data = AES.decrypt_ige(payload[24:], aes_key, aes_iv)
    if sha256(key.key[88:120] + data).digest()[8:24] != message_key:
        raise BadFrame("wrong message key")
    session_id, message_id, sequence, length = struct.unpack("<qqii", data[8:32])
    return Envelope(session_id, message_id, sequence, data[32 : 32 + length])


def encrypt(key: AuthKey, envelope: Envelope) -> bytes:
    """Seal a server's message."""
    data = struct.pack(
        "<qqqii",
        0,
        envelope.session_id,
        envelope.message_id,
        envelope.sequence,
        len(envelope.body),
    )
    data += envelope.body
    data += os.urandom(-(len(data) + 12) % 16 + 12)
    message_key = sha256(key.key[96:128] + data).digest()[8:24]
    aes_key, aes_iv = MTProtoState._calc_key(key.key, message_key, False)
    return struct.pack("<Q", key.key_id) + message_key + AES.encrypt_ige(data, aes_key, aes_iv)

"""One TCP connection: opens what the client sent, hands requests to the server, seals what goes back."""

from __future__ import annotations

import asyncio
import logging
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telethon.errors import TypeNotFoundError
from telethon.extensions import BinaryReader
from telethon.tl import TLObject, functions, types
from telethon.tl.core import GzipPacked, MessageContainer, RpcResult

from . import wire
from .accounts import Account, Authorization
from .errors import Refused
from .handshake import Handshake

if TYPE_CHECKING:
    from .server import TelegramServer

log = logging.getLogger("telegram_server")

ANSWER, PUSH = 1, 3  # the two lowest bits of a server's message id
GZIP_FROM = 4096  # bytes; Telegram packs long answers too
WRAPPERS = (
    functions.InvokeWithLayerRequest,
    functions.InitConnectionRequest,
    functions.InvokeWithoutUpdatesRequest,
    functions.InvokeAfterMsgRequest,
)
TRUE, FALSE = struct.pack("<I", 0x997275B5), struct.pack("<I", 0xBC799737)

Answer = TLObject | bool | bytes | list[TLObject]


@dataclass(frozen=True)
class Call:
    """A request as its handler sees it: who asks, and over which connection."""

    server: TelegramServer
    connection: Connection
    account: Account | None
    authorization: Authorization
    message_id: int


class Connection:
    """Serves one client until either side hangs up."""

    def __init__(
        self, server: TelegramServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.server = server
        self.authorization: Authorization | None = None
        self.wants_updates = False
        self._reader = reader
        self._writer = writer
        self._handshake = Handshake()
        self._session_id = 0
        self._frames = 0
        self._content = 0
        self._last_id = 0
        self._held: list[bytes] = []

    @property
    def account(self) -> Account | None:
        return self.authorization.account if self.authorization else None

    async def serve(self) -> None:
        """Read until the client goes; never raises because of what a client does."""
        try:
            while True:
                payload = await wire.read_frame(self._reader)
                await self.server.thawed.wait()
                if wire.key_id_of(payload):
                    self._open(payload)
                else:
                    self._shake_hands(payload)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the client went, or was cut off
        except wire.BadFrame as bad:
            self.server.complaints.append(f"bad frame: {bad}")
        except Exception as bug:  # garbage in a valid frame, or a bug of ours: seen, and the socket closed
            log.exception("telegram_server: a connection failed")
            self.server.complaints.append(f"connection: {bug!r}")
        finally:
            self.cut()

    def cut(self) -> None:
        """Reset the connection, at once and without a goodbye."""
        self._held.clear()
        self._writer.transport.abort()

    def push(self, updates: TLObject) -> None:
        """Send something that the client did not ask for."""
        self._send(bytes(updates), PUSH)

    def push_bytes(self, body: bytes) -> None:
        """Push raw TL bytes, such as a constructor that the layer does not know."""
        self._send(body, PUSH)

    def transport_error(self, code: int) -> None:
        """Four bytes instead of a message: 404 for an unknown key, 429 for too many connections."""
        if code == 429:  # seen without a frame around it, three times over (Telethon issue 4042)
            self._writer.write(struct.pack("<iii", -code, -code, -code))
        else:
            self._write(struct.pack("<i", -code))

    def answer(self, message_id: int, result: Answer | Refused) -> None:
        """Send the result of a request."""
        if isinstance(result, Refused):
            body = bytes(types.RpcError(result.code, result.text))
        elif isinstance(result, bool):
            body = TRUE if result else FALSE
        elif isinstance(result, list):
            body = struct.pack("<Ii", 0x1CB5C415, len(result)) + b"".join(map(bytes, result))
        else:
            body = bytes(result)
        if len(body) > GZIP_FROM:
            body = bytes(GzipPacked(body))
        self._send(struct.pack("<Iq", RpcResult.CONSTRUCTOR_ID, message_id) + body, ANSWER)

    def release(self) -> None:
        """Let out what was held back while the server was frozen."""
        held, self._held = self._held, []
        for data in held:
            self._write(data)

    def _shake_hands(self, payload: bytes) -> None:
        with BinaryReader(wire.read_plain(payload)) as reader:
            request = reader.tgread_object()
        try:
            answer = self._handshake.answer(request, int(self.server.now()))
        except OverflowError:
            raise wire.BadFrame("encrypted with another RSA key") from None
        if self._handshake.key:
            key = self._handshake.key
            self.server.authorizations[key.key_id] = Authorization(key)
            self._handshake = Handshake()
        self._write(wire.plain(self._next_id(ANSWER), bytes(answer)))

    def _open(self, payload: bytes) -> None:
        authorization = self.server.authorizations.get(wire.key_id_of(payload))
        if authorization is None:
            self.transport_error(404)  # "I don't know this key"
            return
        self.authorization = authorization
        envelope = wire.decrypt(authorization.key, payload)
        if envelope.session_id != self._session_id:
            self._session_id = envelope.session_id
            self._send(bytes(types.NewSessionCreated(envelope.message_id, 1, 0)), PUSH)
        try:
            with BinaryReader(envelope.body) as reader:
                body = reader.tgread_object()
        except TypeNotFoundError as unknown:
            self.server.complaints.append(f"unknown constructor {unknown.invalid_constructor_id:08x}")
            return
        self._take(envelope.message_id, envelope.sequence, body)

    def _take(self, message_id: int, sequence: int, body: TLObject) -> None:
        skew = (message_id >> 32) - self.server.now()
        if skew < -300 or skew > 30:
            self._send(bytes(types.BadMsgNotification(message_id, sequence, 16 if skew < 0 else 17)), ANSWER)
        elif isinstance(body, MessageContainer):
            for message in body.messages:
                self._take(message.msg_id, message.seq_no, message.obj)
        elif isinstance(body, GzipPacked):
            with BinaryReader(body.data) as reader:
                self._take(message_id, sequence, reader.tgread_object())
        elif not isinstance(body, types.MsgsAck):
            self._request(message_id, body)

    def _request(self, message_id: int, request: TLObject) -> None:
        """Answer what belongs to the protocol itself; pass the rest on."""
        if isinstance(request, functions.PingRequest | functions.PingDelayDisconnectRequest):
            self._send(bytes(types.Pong(message_id, request.ping_id)), ANSWER)
        elif isinstance(request, functions.GetFutureSaltsRequest):
            self._send(bytes(types.FutureSalts(message_id, int(self.server.now()), [])), ANSWER)
        elif isinstance(request, functions.DestroySessionRequest):
            self._send(bytes(types.DestroySessionNone(request.session_id)), ANSWER)
        else:
            quiet = False
            while isinstance(request, WRAPPERS):
                quiet = quiet or isinstance(request, functions.InvokeWithoutUpdatesRequest)
                request = request.query
            assert self.authorization is not None
            call = Call(self.server, self, self.account, self.authorization, message_id)
            self.server.take(call, request)
            if self.account and not quiet:
                self.wants_updates = True

    def _next_id(self, kind: int) -> int:
        now = self.server.now()
        self._last_id = max(self._last_id + 4, int(now) << 32 | int(now % 1 * 2**30) << 2)
        return self._last_id + kind

    def _send(self, body: bytes, kind: int) -> None:
        if self.authorization is None:
            return
        self._content += 1
        envelope = wire.Envelope(self._session_id, self._next_id(kind), self._content * 2 - 1, body)
        self._write(wire.encrypt(self.authorization.key, envelope))

    def _write(self, payload: bytes) -> None:
        if not self.server.thawed.is_set():
            self._held.append(payload)
        elif not self._writer.transport.is_closing():
            self._writer.write(wire.frame(payload, self._frames))
            self._frames += 1

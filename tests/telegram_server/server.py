"""The server itself: starts, stops, takes requests, tells accounts what happened."""

from __future__ import annotations

import asyncio
import inspect
import logging
import time
from collections.abc import Callable, Coroutine, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self

from telethon.tl import TLObject, types

from . import requests as answers
from . import rsa_key
from .accounts import Account, Authorization, Event
from .buttons import Press
from .chats import Chat
from .connection import Answer, Call, Connection
from .errors import Refused
from .faults import Effect, Fault
from .people import Cast
from .rooms import Group
from .world import World

log = logging.getLogger("telegram_server")


@dataclass(frozen=True)
class Request:
    """One request as it came in, wrappers taken off."""

    time: float
    account: Account | None
    request: TLObject


class TelegramServer(World):
    """A Telegram server on 127.0.0.1. The package's docstring shows how to use it."""

    def __init__(self, *, api_id: int = 12345, api_hash: str = "0123456789abcdef0123456789abcdef") -> None:
        super().__init__()
        self.host = "127.0.0.1"
        self.port = 0
        self.dc_id = 2
        self.key_path = rsa_key.PUBLIC_KEY_PATH
        self.api_id = api_id
        self.api_hash = api_hash
        self.authorizations: dict[int, Authorization] = {}
        self.connections: set[Connection] = set()
        self.requests: list[Request] = []
        self.complaints: list[str] = []  # requests that are not answered yet, and bugs: should stay empty
        self.thawed = asyncio.Event()
        self.thawed.set()
        self.clock_offset = 0.0  # seconds that the server's clock is ahead of the machine's
        self.too_long_after = 3000  # events; a client further behind gets a TooLong difference
        self.slice_size = 100  # events in one getDifference or getChannelDifference, at most
        self.mute_updates = False
        self.duplicate_updates = False
        self._faults: list[Fault] = []
        self._listener: asyncio.Server | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self, port: int = 0) -> None:
        """Listen. After `stop` it is the same port and the same world again."""
        self.port = port or self.port
        await self.accept()

    async def stop(self) -> None:
        """Go down: connections are reset and new ones refused; the world is kept."""
        self.refuse()
        self.drop_all()
        self.thaw()
        for task in list(self._tasks):
            task.cancel()
        for task in list(self._tasks):
            with suppress(asyncio.CancelledError):
                await task

    async def accept(self) -> None:
        """Take new connections (again)."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._welcome, self.host, self.port)
            self.port = self._listener.sockets[0].getsockname()[1]

    def refuse(self) -> None:
        """Refuse new connections; those that are open stay."""
        if self._listener:
            self._listener.close()
            self._listener = None

    def freeze(self) -> None:
        """Half-open: sockets stay open, nothing is read or answered."""
        self.thawed.clear()

    def thaw(self) -> None:
        """What arrived and what was to be sent while frozen goes through now."""
        self.thawed.set()
        for connection in self.connections:
            connection.release()

    def drop_all(self, account: Account | None = None) -> None:
        """Reset every connection, or one account's."""
        for connection in list(self.connections):
            if account is None or connection.account is account:
                connection.cut()

    def forget_keys(self) -> None:
        """Know no auth key any more: clients get the transport error -404 (AuthKeyNotFound)."""
        for authorization in self.authorizations.values():
            authorization.sign_out()
        self.authorizations.clear()

    def fault(
        self,
        request: type[TLObject] | None,
        effect: Effect,
        *,
        times: int | None = 1,
        account: Account | None = None,
        when: Callable[[TLObject], bool] | None = None,
    ) -> Fault:
        """Script a fault for the next `times` requests of this class (None: of any, and for ever).

        Faults are asked in the order in which they were scripted. Look at `.struck`, stop with `.lift()`.
        """
        fault = Fault(request, effect, times, account, when)
        self._faults.append(fault)
        return fault

    def now(self) -> float:
        """The server's clock, in Unix seconds."""
        return time.time() + self.clock_offset

    def date(self) -> datetime:
        """The server's clock as Telegram writes it: whole seconds, UTC."""
        return datetime.fromtimestamp(int(self.now()), UTC)

    def online(self, account: Account) -> bool:
        """Whether a session of the account is connected and asked for updates."""
        return bool(self._listening(account, None))

    def count(self, request: type[TLObject], account: Account | None = None) -> int:
        """How many requests of a class came in (from one account)."""
        return len(self.asked(request, account))

    def asked(self, request: type[TLObject], account: Account | None = None) -> list[TLObject]:
        """The requests of a class that came in (from one account), in order."""
        return [
            seen.request
            for seen in self.requests
            if isinstance(seen.request, request) and (account is None or seen.account is account)
        ]

    def take(self, call: Call, request: TLObject) -> None:
        """Carry out one request and answer it, unless a fault is scripted for it."""
        self.requests.append(Request(self.now(), call.account, request))
        for fault in self._faults:
            if fault.matches(call.account, request):
                fault.struck += 1
                self._spawn(fault.effect.strike(call, lambda: self._execute_now(call, request)))
                return
        result = self._execute(call, request)
        if inspect.iscoroutine(result):
            self._spawn(self._answer_later(call, result))
        else:
            call.connection.answer(call.message_id, result)

    def tell(self, accounts: Iterable[Account], event: Event, *, skip: Connection | None = None) -> None:
        """Push an event to the sessions of these accounts that asked for updates."""
        for account in accounts:
            cast = Cast(account, self)
            cast.add_chat(event.chat)
            cast.add_messages([event.message] if event.message else [])
            self.push(account, [event.chat.update(event, account)], cast, skip=skip)

    def push(
        self, account: Account, updates: list[TLObject], cast: Cast, *, skip: Connection | None = None
    ) -> None:
        """Push updates to one account's sessions."""
        if self.mute_updates:
            return
        for connection in self._listening(account, skip):
            for _ in range(2 if self.duplicate_updates else 1):
                connection.push(cast.updates(updates))

    def push_bytes(self, account: Account, body: bytes) -> None:
        """Push raw TL bytes to one account's sessions, such as a constructor that nobody knows."""
        for connection in self._listening(account, None):
            connection.push_bytes(body)

    def tell_membership(
        self,
        chat: Chat,
        account: Account,
        actor: Account,
        before: TLObject | None,
        after: TLObject | None,
    ) -> None:
        """An account learns that it is in, or out; a bot is told by whom."""
        updates: list[TLObject] = []
        basic = isinstance(chat, Group)
        updates.append(types.UpdateChat(chat.id) if basic else types.UpdateChannel(chat.id))
        if account.bot:
            kind = types.UpdateChatParticipant if basic else types.UpdateChannelParticipant
            update = kind(
                chat.id,
                self.date(),
                actor_id=actor.id,
                user_id=account.id,
                qts=account.qts + 1,
                prev_participant=before,
                new_participant=after,
            )
            account.qts_updates.append(update)
            updates.append(update)
        cast = Cast(account, self)
        cast.add_chat(chat)
        cast.add_accounts([account, actor])
        self.push(account, updates, cast)

    def press(self, chat: Chat, member: Account, message_id: int, data: bytes) -> Press:
        press = super().press(chat, member, message_id, data)
        cast = Cast(press.bot, self)
        cast.add_chat(chat)
        cast.add_accounts([member])
        update = types.UpdateBotCallbackQuery(
            press.query_id, member.id, chat.peer_for(press.bot), message_id, chat.id, data=data
        )
        self.push(press.bot, [update], cast)
        return press

    def _listening(self, account: Account, skip: Connection | None) -> list[Connection]:
        return [
            connection
            for connection in self.connections
            if connection.account is account
            and connection.wants_updates
            and not (connection.authorization and connection.authorization.dc_id)
            and connection is not skip
            and not (connection.authorization and connection.authorization.refusal)
        ]

    def _execute(self, call: Call, request: TLObject) -> Answer | Refused | Coroutine[Any, Any, Answer]:
        try:
            return answers.answer(call, request)
        except Refused as refused:
            if refused.text.startswith("UNHANDLED_"):
                self._complain(refused.text)
            return refused
        except Exception as bug:  # a handler's bug must be seen, and must not hang the client
            log.exception("telegram_server: %s failed", type(request).__name__)
            self._complain(f"{type(request).__name__}: {bug!r}")
            return Refused(500, "INTERNAL_SERVER_ERROR")

    def _execute_now(self, call: Call, request: TLObject) -> Answer | Refused:
        """For faults: an answer that would take its time is not waited for."""
        result = self._execute(call, request)
        if inspect.iscoroutine(result):
            result.close()
            return Refused(500, "INTERNAL_SERVER_ERROR")
        return result

    async def _answer_later(self, call: Call, result: Coroutine[Any, Any, Answer]) -> None:
        try:
            call.connection.answer(call.message_id, await result)
        except Refused as refused:
            call.connection.answer(call.message_id, refused)

    def _complain(self, complaint: str) -> None:
        log.warning("telegram_server: %s", complaint)
        self.complaints.append(complaint)

    def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._spawn(self._serve(Connection(self, reader, writer), writer))

    async def _serve(self, connection: Connection, writer: asyncio.StreamWriter) -> None:
        self.connections.add(connection)
        try:
            await connection.serve()
        finally:
            self.connections.discard(connection)
            with suppress(ConnectionError, TimeoutError):
                await writer.wait_closed()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

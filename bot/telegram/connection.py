"""One account's connection to Telegram, kept alive: heartbeat, fresh start, and a bounded wait around every call."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from telethon import errors, events
from telethon.tl import functions

from bot.errors import Busy, Mendable, Unavailable
from bot.socks import TROUBLE
from bot.telegram.client import Client, exclusive, make_client
from bot.telegram.refusals import ends_session, rpc_name, translate
from bot.telegram.signin import Lost, ended, sign_in, signs_in_again
from config.guard import OPEN, Guard
from config.sections import Telegram

log = logging.getLogger(__name__)

_CONNECT = 30.0  # seconds; with a wrong clock Telethon would wait for ever
_CALL = 30.0
_CLOSE = 1.5  # a clean goodbye; then the socket is cut
_LONGEST = 60.0  # between two attempts to connect
_STEADY = 5.0  # a connection that lived this long was a good one: start from the first delay again
_FORGOTTEN = 3  # times in a row that the server may say it does not know our key
_STUCK = 2 * (_CONNECT + _CALL + _LONGEST)  # longer than any turn of the supervisor, heartbeats aside


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionState:
    """What `/status` and `doctor` say about one account. Never a phone number."""

    name: str
    connected_since: datetime | None = None
    last_heartbeat: datetime | None = None
    problem: str | None = None
    account_id: int | None = None
    account_name: str | None = None  # username, or first name

    def describe(self, clock: Callable[[datetime], str]) -> str:
        """One line for people, with the time as their clock has it."""
        who = f"{self.account_name} ({self.account_id})" if self.account_id else "not known yet"
        if self.connected_since is None:
            return f"{who}: not connected. {self.problem or 'Connecting.'}"
        return f"{who}: connected since {clock(self.connected_since)}"


async def _nothing_to_do() -> None:
    """Until somebody asks to be told of connections."""


class Connection:
    """An account whose client is replaced whenever it dies; callers only ever wait a bounded time."""

    def __init__(
        self,
        settings: Telegram,
        session: Path,
        *,
        token: str | None,
        heartbeat: float,
        on_update: Callable[[object], None] = lambda _: None,
        on_connect: Callable[[], Awaitable[None]] = _nothing_to_do,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        first_delay: float = 1.0,
        guard: Guard = OPEN,
    ) -> None:
        """`token` signs a bot in; without it the account must have been signed in by `placewatch login`.

        `on_update` gets raw updates and must be quick. `on_connect` is called after every successful connection:
        whatever happened before it may have been missed. Both may be set until `run`.
        """
        self._settings = settings
        self._session = session
        self._token = token
        self._heartbeat = heartbeat
        self.on_update = on_update
        self.on_connect = on_connect
        self.settled: Callable[[], Awaitable[bool]] | None = None  # whether what was handed on is durable
        self._clock = clock
        self._first_delay = first_delay
        self._guard = guard
        self._client: Client | None = None
        self._newest: Client | None = None
        self._ahead = timedelta(0)
        self._up = asyncio.Event()
        self._gone: asyncio.Future[Any] | None = None
        self._alarm: asyncio.Future[Exception] | None = None
        self._stopped: str | None = None
        self._catch_up = True
        self._turn: float | None = None  # when the supervisor last did something, by the loop's clock
        self.updated_at: datetime | None = None  # when Telegram last pushed anything
        self.floods: Counter[str] = Counter()  # how often it named a wait, by method
        self.tried = asyncio.Event()  # connected once, failed once, or stopped
        self.state = ConnectionState(name=session.stem)

    @property
    def is_stopped(self) -> bool:
        """Whether it will not connect any more until a person acts."""
        return self._stopped is not None

    @property
    def is_stuck(self) -> bool:
        """Whether the supervisor has done nothing for longer than any of its turns may take."""
        if self._turn is None or self._stopped is not None:
            return False
        return asyncio.get_running_loop().time() - self._turn > _STUCK + 2 * self._heartbeat

    @property
    def ahead(self) -> timedelta:
        """By how much this machine's clock is ahead of Telegram's; near zero where they agree."""
        if self._newest is not None and self._newest.ahead:  # a fresh client learns it when it connects
            self._ahead = self._newest.ahead
        return self._ahead

    async def run(self) -> None:
        """Stay connected until cancelled. SignedOut or Mendable where only a person can help."""
        try:
            with exclusive(self._session):
                await self._stay()
        except Mendable as error:
            raise self._stop(error) from error.__cause__

    async def _stay(self) -> None:
        delay, forgotten = self._first_delay, 0
        while True:
            began = self._turn = asyncio.get_running_loop().time()
            try:
                await self._serve()
            except Mendable:
                raise
            except Exception as error:
                forgotten = forgotten + 1 if _is_forgotten(error) else 0
                # What Telethon can't read it would ask for again and again: start from now instead,
                # history has the posts.
                self._catch_up = not any(isinstance(e, errors.TypeNotFoundError) for e in _causes(error))
                if forgotten >= _FORGOTTEN:
                    unknown = errors.AuthKeyInvalidError(request=None)
                    raise ended(unknown, self._token, self._session) from error
                problem = _describe(error)
                self.state = replace(self.state, connected_since=None, problem=problem)
                log.warning("connection lost account=%s problem=%s", self.state.name, problem)
                self.tried.set()
            if asyncio.get_running_loop().time() - began > _STEADY:
                delay = self._first_delay
            await asyncio.sleep(delay * random.uniform(0.75, 1.25))  # noqa: S311 - not a secret
            delay = min(delay * 2, _LONGEST)

    def _stop(self, error: Mendable) -> Mendable:
        """Only a person can help: those who wait for a connection wait in vain."""
        self._stopped = str(error)
        self._up.set()
        self.tried.set()
        self.state = replace(self.state, connected_since=None, problem=str(error))
        return error

    async def call(self, request: Any, timeout: float = _CALL, *, keeps_waits: bool = False) -> Any:
        """Send one request and return its answer.

        Busy, Unavailable or Refused say what a failure means; after Unavailable it may have been done.
        A caller that `keeps_waits` never asks while one lasts, so that Telethon need not remember them.
        """

        def send(client: Client) -> Awaitable[Any]:
            if keeps_waits:
                client.forget_wait(request)
            return client(request)

        return await self._call(request, send, timeout)

    async def call_at(self, dc_id: int, request: Any, timeout: float = _CALL) -> Any:
        """Like `call`, to the data centre where a file lies."""
        return await self._call(request, lambda client: client.at(dc_id, request), timeout)

    async def _call(self, request: Any, send: Callable[[Client], Awaitable[Any]], timeout: float) -> Any:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + timeout
        method = _method(request)
        try:
            async with asyncio.timeout_at(deadline):
                client = await self._connected()
        except TimeoutError:
            problem = self.state.problem or "connecting"
            raise Unavailable(f"{method}: not connected to Telegram ({problem})") from None
        return await self._request(client, request, deadline - loop.time(), send)

    async def _connected(self) -> Client:
        """Wait for a client that is connected; Unavailable where there will be none."""
        while True:
            await self._up.wait()
            if self._client is None:
                raise Unavailable(self._stopped or "not connected to Telegram")
            if self._client.is_connected():
                return self._client
            self._up.clear()  # it has died, and the next one is on its way

    async def _request(
        self,
        client: Client,
        request: Any,
        timeout: float,
        send: Callable[[Client], Awaitable[Any]] | None = None,
    ) -> Any:
        method = _method(request)
        task = asyncio.ensure_future(client(request) if send is None else send(client))
        waiting: set[asyncio.Future[Any]] = {task}
        if self._gone is not None:
            waiting.add(self._gone)
        try:
            await asyncio.wait(waiting, timeout=timeout, return_when=asyncio.FIRST_COMPLETED)
        finally:
            unanswered = not task.done()
            if unanswered:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        # Telethon cancels what waits when it disconnects; that is not our own cancellation.
        if unanswered or task.cancelled():
            lost = self._gone is not None and self._gone.done()
            raise Unavailable(
                f"{method}: " + ("the connection was lost" if lost else f"no answer in {timeout:.0f} s")
            )
        error = task.exception()
        if error is None:
            return task.result()
        if ends_session(error):
            if self._alarm is not None and not self._alarm.done():
                self._alarm.set_result(error)  # type: ignore[arg-type]  # an RPCError
            raise Unavailable(f"{method}: the session was ended [{rpc_name(error)}]") from error  # type: ignore[arg-type]
        trouble = translate(error, method)
        if isinstance(trouble, Busy):
            self.floods[method] += 1
        raise trouble from error

    async def _serve(self) -> None:
        """One client's life, from its connection to its loss."""
        client = self._newest = make_client(
            self._settings, self._session, self._guard, catch_up=self._catch_up
        )
        client.on_untold, client.settled = self.on_update, self.settled
        client.add_event_handler(self._hand_on, events.Raw)
        greeting: asyncio.Task[None] | None = None
        try:
            async with asyncio.timeout(_CONNECT):
                me = await sign_in(client, self._token, self._session)
            self._ahead = client.ahead
            await client.save()  # from here we catch up, should we be killed before the first minute is over
            loop = asyncio.get_running_loop()
            self._gone, self._alarm = client.disconnected, loop.create_future()
            self._gone.add_done_callback(_retrieve)
            self._client = client
            now = self._clock()
            self.state = replace(
                self.state,
                connected_since=now,
                last_heartbeat=now,
                problem=None,
                account_id=me.id,
                account_name=me.username or me.first_name,
            )
            log.info("connected account=%s id=%s", self.state.name, self.state.account_id)
            self._up.set()
            self.tried.set()
            greeting = loop.create_task(self._greet(), name=f"{self.state.name}-on-connect")
            await self._watch(client)
        finally:
            self._up.clear()
            self._client = None
            if greeting is not None:
                greeting.cancel()
            await self._close(client)
            self._gone = None
            self.state = replace(self.state, connected_since=None)

    async def _watch(self, client: Client) -> None:
        """Return never; raise when the client is dead, whatever it claims."""
        assert self._gone is not None and self._alarm is not None  # noqa: S101, PT018 - set by the caller
        vital = {self._gone, self._alarm, client._updates_handle, client._keepalive_handle}
        pause = self._heartbeat
        while True:
            self._turn = asyncio.get_running_loop().time()
            done, _ = await asyncio.wait(vital, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            cause = client._updates_error
            if self._alarm in done:
                cause = self._alarm.result()
            if cause is not None and ends_session(cause):
                if signs_in_again(cause, self._token):
                    raise Lost("the bot's session was ended; signing in again") from cause
                raise ended(cause, self._token, self._session)
            if done:
                cause = cause or _outcome(done)
                raise Lost(_describe(cause or "Telegram closed the connection")) from cause
            try:
                await self._request(client, functions.updates.GetStateRequest(), min(self._heartbeat, _CALL))
            except Unavailable as error:
                if not self._alarm.done():
                    raise Lost(f"no heartbeat: {error}") from error
                continue
            except Exception as error:  # noqa: BLE001 - a refusal is an answer too: the connection is alive
                log.debug("heartbeat refused account=%s problem=%s", self.state.name, error)
            await client.save()
            self.state = replace(self.state, last_heartbeat=self._clock(), problem=None)

    async def _greet(self) -> None:
        try:
            await self.on_connect()
        except Exception:
            log.exception("after connecting failed account=%s", self.state.name)

    async def _hand_on(self, update: object) -> None:
        self.updated_at = self._clock()
        self.on_update(update)

    async def _close(self, client: Client) -> None:
        """Save the session and leave, politely but soon."""
        client.disconnected.add_done_callback(_retrieve)  # it may have died before anybody watched
        leaving = asyncio.ensure_future(client._disconnect_coro())
        leaving.add_done_callback(_retrieve)
        try:
            await asyncio.wait({leaving}, timeout=_CLOSE)
        finally:
            if not leaving.done():
                connection = client._sender._connection
                if connection is not None and connection._writer is not None:
                    connection._writer.transport.abort()
                await asyncio.wait({leaving}, timeout=_CLOSE)
            client.session.close()


def _method(request: Any) -> str:
    return type(request).__name__.removesuffix("Request")


def _retrieve(future: asyncio.Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _outcome(done: set[Any]) -> BaseException | None:
    for future in done:
        if not future.cancelled() and future.exception() is not None:
            error: BaseException = future.exception()
            return error
    return None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _is_forgotten(error: BaseException) -> bool:
    return any(
        isinstance(cause, errors.AuthKeyNotFound)
        or (isinstance(cause, errors.InvalidBufferError) and cause.code == 404)
        for cause in _causes(error)
    )


def _describe(error: object) -> str:
    if isinstance(error, TimeoutError):
        return "Telegram does not answer. Check the network, and that this machine's clock is right"
    if isinstance(error, errors.TypeNotFoundError):
        return f"Telegram sent something newer than this Telethon knows ({error.invalid_constructor_id:#x})"
    if isinstance(error, errors.AuthKeyNotFound):
        return "Telegram does not know this session's key just now"
    if isinstance(error, (*TROUBLE, EOFError)):
        return f"Telegram can't be reached: {error or type(error).__name__}"
    return str(error) or type(error).__name__

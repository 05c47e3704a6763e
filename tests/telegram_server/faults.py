"""What can go wrong with one request. Scripted by `server.fault(Request, effect, times=1)`."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from telethon.tl import TLObject

from .accounts import Account
from .errors import Refused

if TYPE_CHECKING:
    from .connection import Call


class Effect:
    """What happens instead of a plain answer."""

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        """`execute` carries the request out and gives what would have been answered."""
        raise NotImplementedError


@dataclass(frozen=True)
class RpcFault(Effect):
    """Not executed; answered with an error, such as `RpcFault(400, "CHANNEL_PRIVATE")`."""

    code: int
    text: str

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        call.connection.answer(call.message_id, Refused(self.code, self.text))


class FloodWait(RpcFault):
    """Not executed; Telegram names how many seconds to wait."""

    def __init__(self, seconds: int) -> None:
        super().__init__(420, f"FLOOD_WAIT_{seconds}")


@dataclass(frozen=True)
class ErrorAfterExecution(Effect):
    """Executed, and yet answered with an error, as when a server dies between the two."""

    code: int = 500
    text: str = "INTERNAL_SERVER_ERROR"

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        execute()
        call.connection.answer(call.message_id, Refused(self.code, self.text))


@dataclass(frozen=True)
class TransportError(Effect):
    """Not executed; the transport says 429 (too many connections): Telethon gives up for good."""

    code: int = 429

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        call.connection.transport_error(self.code)


class DropBeforeExecution(Effect):
    """The connection is cut and nothing was done."""

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        call.connection.cut()


class DropAfterExecution(Effect):
    """Executed, and the connection is cut before the answer leaves."""

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        execute()
        call.connection.cut()


@dataclass(frozen=True)
class Silence(Effect):
    """Never answered; the connection stays as it is."""

    executed: bool = False

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        if self.executed:
            execute()


@dataclass(frozen=True)
class Delay(Effect):
    """Executed at once, answered late."""

    seconds: float

    async def strike(self, call: Call, execute: Callable[[], object]) -> None:
        result = execute()
        await asyncio.sleep(self.seconds)
        call.connection.answer(call.message_id, result)  # type: ignore[arg-type]


@dataclass
class Fault:
    """An effect, and which requests it strikes: the next `times` that match (None: all)."""

    request: type[TLObject] | None
    effect: Effect
    times: int | None = 1
    account: Account | None = None
    when: Callable[[TLObject], bool] | None = None
    struck: int = 0

    def matches(self, account: Account | None, request: TLObject) -> bool:
        return (
            (self.times is None or self.struck < self.times)
            and (self.request is None or isinstance(request, self.request))
            and (self.account is None or self.account is account)
            and (self.when is None or self.when(request))
        )

    def lift(self) -> None:
        """Strike no more."""
        self.times = 0

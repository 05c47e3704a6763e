"""Which function answers which TL request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from telethon.tl import TLObject

from tests.telegram_server.accounts import Account
from tests.telegram_server.errors import Refused

if TYPE_CHECKING:
    from tests.telegram_server.connection import Call

Handler = Callable[..., Any]


@dataclass(frozen=True)
class Rule:
    handler: Handler
    signed_in: bool
    bots: bool
    users: bool


RULES: dict[type[TLObject], Rule] = {}


def answers(
    *requests: type[TLObject], signed_in: bool = True, bots: bool = True, users: bool = True
) -> Callable[[Handler], Handler]:
    """Register a handler `(call, request) -> answer`, and who may ask."""

    def register(handler: Handler) -> Handler:
        for request in requests:
            RULES[request] = Rule(handler, signed_in, bots, users)
        return handler

    return register


def answer(call: Call, request: TLObject) -> Any:
    """What Telegram would answer: a result, a coroutine that gives it, or Refused."""
    name = type(request).__name__.removesuffix("Request").upper()
    rule = RULES.get(type(request))
    refusal = call.authorization.refusal
    if refusal and (refusal.code == 406 or rule is None or rule.signed_in):
        raise refusal
    if rule is None:
        raise Refused(400, f"UNHANDLED_{name}")
    if rule.signed_in:
        if call.account is None:
            raise Refused(401, "AUTH_KEY_UNREGISTERED")
        if call.account.bot and not rule.bots:
            raise Refused(400, "BOT_METHOD_INVALID")
        if not call.account.bot and not rule.users:
            raise Refused(400, "USER_BOT_REQUIRED")
    return rule.handler(call, request)


def me(call: Call) -> Account:
    """The account that asks."""
    assert call.account is not None
    return call.account

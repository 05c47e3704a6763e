"""The first words of a connection: connect, and make sure that the account is the one that we mean."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable
from pathlib import Path
from typing import Any

from telethon import errors
from telethon.tl import functions

from bot.errors import Mendable, SignedOut
from bot.telegram.client import Client
from bot.telegram.refusals import ends_session, signed_out

log = logging.getLogger(__name__)

_DEACTIVATED = (errors.UserDeactivatedError, errors.UserDeactivatedBanError)


class Lost(Exception):
    """The client is of no use any more; a fresh one may be."""


async def sign_in(client: Client, token: str | None, session: Path) -> Any:
    """Connect, sign a bot in where it has to be, and return the account's own `User`.

    SignedOut where a person must act, Lost where a fresh client may do better.
    """
    try:
        await _step(client, client.connect())
        try:
            await _step(client, client(functions.updates.GetStateRequest()))
        except errors.UnauthorizedError as error:
            if not signs_in_again(error, token):
                raise
            if not client._message_box.is_empty():
                # Telethon disconnects by itself when an account that it knew is signed out.
                client.session.delete()
                raise Lost("the bot's session was ended; signing in again") from error
            assert token is not None  # noqa: S101 - it opens a new session
            await _sign_bot_in(client, token)
        me = await _step(client, client.get_me())
    except errors.RPCError as error:
        if ends_session(error):
            raise ended(error, token, session) from error
        raise
    if me is None:
        raise Lost("Telegram did not say who we are")
    if me.bot != (token is not None) or (token is not None and not token.startswith(f"{me.id}:")):
        meant = "bot of PLACEWATCH_TELEGRAM__BOT_TOKEN" if token else "user account that reads channels"
        raise Mendable(
            f"{session} is signed in as {me.username or me.id}, which is not the {meant}. "
            "Move the file away and sign in again."
        )
    return me


def signs_in_again(error: BaseException, token: str | None) -> bool:
    """Whether the token opens a new session where the old one was ended; a person need not act."""
    return bool(token) and isinstance(error, errors.UnauthorizedError) and not isinstance(error, _DEACTIVATED)


def ended(error: Exception, token: str | None, session: Path) -> SignedOut:
    """Say what ended the account's session, and what to type."""
    return signed_out(error, bot=token is not None, session=session)


async def _sign_bot_in(client: Client, token: str) -> None:
    for _ in range(3):
        try:
            await _step(client, client.sign_in(bot_token=token))
        except (errors.UserMigrateError, errors.NetworkMigrateError, errors.PhoneMigrateError):
            continue  # Telethon has moved to the account's data centre
        log.info("bot signed in")
        return
    raise Lost("Telegram keeps moving the bot between data centres")


async def _step(client: Client, work: Awaitable[Any]) -> Any:
    """Telethon cancels what waits when it disconnects; that must not look like our own cancellation."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.wait({task})
    finally:
        if not task.done():
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if task.cancelled():
        raise client._updates_error or Lost("Telegram closed the connection")
    return task.result()

"""Signing the watching account in: phone, code, password. Nothing secret is echoed or logged."""

from __future__ import annotations

import asyncio
import inspect
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from telethon import errors

from bot.errors import Mendable
from bot.socks import TROUBLE
from bot.telegram import former
from bot.telegram.client import Client, exclusive, make_client
from bot.telegram.refusals import ends_session, rpc_name, signed_out
from config.guard import OPEN, Guard
from config.sections import Telegram

Ask = Callable[
    [str, bool], Awaitable[str] | str
]  # (prompt, secret) -> the answer; EOFError where there is none

_ATTEMPTS = 3
_TIMEOUT = 30.0

_WORDS = {
    "PHONE_NUMBER_INVALID": "Telegram does not know that phone number. Write it with the country code: +380…",
    "PHONE_NUMBER_BANNED": "Telegram has banned that phone number; another account is needed.",
    "PHONE_NUMBER_UNOCCUPIED": "No Telegram account has that phone number. Sign up in Telegram's own app first.",
    "PHONE_NUMBER_FLOOD": "Too many attempts with that phone number. Try again tomorrow.",
    "PHONE_PASSWORD_FLOOD": "Too many attempts to sign in. Try again tomorrow.",
    "PHONE_CODE_EXPIRED": "The code has expired. Type `placewatch login` to get a new one. Never forward the code "
    "within Telegram: that makes it expire.",
    "PASSWORD_HASH_INVALID": "The password was wrong. Type `placewatch login` to try again.",
    "UPDATE_APP_TO_LOGIN": "Telegram asks for a newer version: update placewatch.",
}


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who has signed in."""

    telegram_id: int
    name: str | None  # username, or first name


async def login(
    settings: Telegram,
    session: Path,
    ask: Ask,
    say: Callable[[str], None],
    others: Mapping[int, str] = MappingProxyType({}),
    guard: Guard = OPEN,
) -> SignedIn:
    """Sign a user account in, and keep its session in that file. Mendable says what went wrong.

    `others` are the accounts that are signed in under other names, by Telegram's number of them: one account has no
    more to spend for being there twice.
    """
    with exclusive(session):
        new = not session.exists()  # noqa: ASYNC240 - one look
        client = make_client(settings, session, guard)
        try:
            await _patiently(client.connect())
            me = await _patiently(client.get_me())
            if me is not None:
                say(
                    f"Already signed in as {_who(me)}. To use another account, move {session} away first; to add one, "
                    "type `placewatch login --as NAME`."
                )
                new = False
                return _signed_in(me)
            me = await _enter(client, ask, say)
            if me.bot:
                raise Mendable("That is a bot. Channels are read by a user account.")
            if me.id in others:
                await _patiently(client.log_out())
                raise Mendable(
                    f"{_who(me)} reads already, as {others[me.id]}: it has no more to spend for being there twice. "
                    "Sign in to another account."
                )
            new = False
            say(
                f"Signed in as {_who(me)}. The session is kept in {session}; keep that file as you would a password."
            )
            return _signed_in(me)
        except errors.FloodWaitError as error:
            raise Mendable(
                f"Telegram asks to wait {_duration(error.seconds)} before signing in again."
            ) from error
        except errors.RPCError as error:
            name = rpc_name(error)
            if name in _WORDS:
                raise Mendable(f"{_WORDS[name]} [{name}]") from error
            if ends_session(error):
                raise signed_out(error, bot=False, session=session) from error
            raise Mendable(f"Telegram refuses to sign in [{name}].") from error
        except EOFError as error:
            raise Mendable(
                "The answers ended too early. `placewatch login` asks for the phone number, the code and, where one is "
                "set, the password: one line each."
            ) from error
        except TROUBLE as error:
            raise Mendable(
                f"Telegram can't be reached ({error or 'no answer'}). Check the network, and that this machine's clock "
                "is right."
            ) from error
        finally:
            await _close(client)
            if new:  # nobody has signed in: a file without an account would be taken for one
                session.unlink(missing_ok=True)  # noqa: ASYNC240 - one step
                former.forget(session)


async def logout(settings: Telegram, session: Path, guard: Guard = OPEN) -> bool:
    """End that session and delete its file; False where Telegram could not be told, so that it goes on there."""
    with exclusive(session):
        client = make_client(settings, session, guard)
        try:
            await _patiently(client.connect())
            told = await _patiently(client.log_out())
        except errors.UnauthorizedError:
            told = True  # it had ended before
        except (errors.RPCError, *TROUBLE):
            told = False
        finally:
            await _close(client)
        session.unlink(missing_ok=True)  # noqa: ASYNC240 - one step
        former.forget(session)
        session.with_name(f"{session.name}.lock").unlink(missing_ok=True)
    return bool(told)


async def _close(client: Client) -> None:
    if client.session is not None:  # Telethon drops it when it signs out
        await client.disconnect()
        client.session.close()


async def _patiently(work: Awaitable[Any]) -> Any:
    async with asyncio.timeout(_TIMEOUT):
        return await work


async def _answer(ask: Ask, prompt: str, *, secret: bool) -> str:
    answer = ask(prompt, secret)
    given = str(await answer if inspect.isawaitable(answer) else answer)
    return given if secret else given.strip()


async def _enter(client: Client, ask: Ask, say: Callable[[str], None]) -> Any:
    phone = re.sub(r"[\s()\-]", "", await _answer(ask, "Phone number, with country code: ", secret=False))
    if not re.fullmatch(r"\+?\d{5,16}", phone):
        raise Mendable(f"{_WORDS['PHONE_NUMBER_INVALID']} [PHONE_NUMBER_INVALID]")
    sent = await _moved(lambda: client.send_code_request(phone))
    say("Telegram has sent a code: look into Telegram on your other devices, or your text messages.")
    for left in reversed(range(_ATTEMPTS)):
        code = re.sub(r"\D", "", await _answer(ask, "Code: ", secret=True))
        try:
            if not code:
                raise errors.PhoneCodeEmptyError(request=None)
            return await _patiently(client.sign_in(phone, code, phone_code_hash=sent.phone_code_hash))
        except (errors.PhoneCodeInvalidError, errors.PhoneCodeEmptyError) as error:
            if not left:
                raise Mendable(
                    "The code was wrong three times. Type `placewatch login` to get a new one. [PHONE_CODE_INVALID]"
                ) from error
            say("That code is wrong; try again.")
        except errors.SessionPasswordNeededError:
            return await _password(client, ask, say)
    raise AssertionError  # pragma: no cover - the loop returns or raises


async def _password(client: Client, ask: Ask, say: Callable[[str], None]) -> Any:
    for left in reversed(range(_ATTEMPTS)):
        password = (await _answer(ask, "Password (two-step verification): ", secret=True)).rstrip("\r\n")
        try:
            return await _patiently(client.sign_in(password=password))
        except errors.PasswordHashInvalidError:
            if not left:
                raise
            say("That password is wrong; try again.")
        except ValueError as error:  # nothing was typed
            if not left:
                raise Mendable(f"{_WORDS['PASSWORD_HASH_INVALID']} [PASSWORD_HASH_INVALID]") from error
            say("A password is needed; try again.")
    raise AssertionError  # pragma: no cover - the loop returns or raises


async def _moved(send: Callable[[], Awaitable[Any]]) -> Any:
    """Ask again where Telethon has moved to the account's own data centre."""
    for _ in range(2):
        try:
            return await _patiently(send())
        except (errors.PhoneMigrateError, errors.NetworkMigrateError, errors.UserMigrateError):
            continue
    return await _patiently(send())


def _signed_in(me: Any) -> SignedIn:
    return SignedIn(me.id, me.username or me.first_name)


def _who(me: Any) -> str:
    return f"@{me.username}" if me.username else str(me.first_name or me.id)


def _duration(seconds: int) -> str:
    return (
        f"{seconds} s"
        if seconds < 120
        else f"{seconds // 60} min"
        if seconds < 7200
        else f"{seconds // 3600} h"
    )

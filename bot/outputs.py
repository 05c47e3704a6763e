"""Places outside Telegram to which alerts go: Slack, Discord, Matrix, e-mail, ntfy, webhooks …, through apprise.

They are told at least once: nothing there knows a message by its `random_id`, so a crash between sending and
settling repeats it. Each message carries its number, by which a reader can tell. What was sent can't be edited:
what changes later comes as a message of its own that names the first one's number.
"""

from __future__ import annotations

import asyncio
import importlib
import logging
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from typing import Any

from bot.alerts.elsewhere import Form, written
from bot.courier import Messenger
from bot.errors import Mendable, NeverEditable, Unavailable
from config.forms import OutputAddress
from config.problems import Problem, SettingsError
from config.settings import how, variable
from storage.records import Message

_FAR = 10**15
_PATIENCE = 60.0  # seconds for one message
_LONGEST_TITLE = 120  # characters; some services cut at 250


def number_of(name: str) -> int:
    """The chat number of an output: negative, the same for ever, and never one of Telegram's.

    Telegram's numbers, as bots see them, lie between -4 * 10**12 and 1.1 * 10**12 (core.telegram.org/api/bots/ids);
    ours between -1.0011 * 10**15 and -10**15. Of ten outputs two collide once in 20 thousand million teams.
    """
    return -(_FAR + int.from_bytes(sha256(name.encode()).digest()[:5]))


class Output:
    """One place outside Telegram."""

    def __init__(self, name: str, service: Any) -> None:
        """`service` is apprise's object for the one address."""
        self.name = name
        self._apprise = importlib.import_module("apprise").Apprise()
        self._apprise.add(service)
        resolve = getattr(service, "resolve_format", None)  # since apprise 2 a service may read several forms
        chosen = service.notify_format if resolve is None else resolve()
        self._form = Form(getattr(chosen, "value", chosen))

    async def send(self, _: int, message: Message, __: int) -> int:
        """Send once, and answer with the message's own number; after Unavailable it may have arrived all the same."""
        title, html = _title(message)
        try:
            async with asyncio.timeout(_PATIENCE):
                arrived = await self._apprise.async_notify(
                    body=written(html, message.buttons, self._form), title=title, body_format=str(self._form)
                )
        except TimeoutError:
            raise Unavailable(f"output {self.name} gave no answer in {_PATIENCE:.0f} s") from None
        except Exception as trouble:  # noqa: BLE001 - a service's own fault; its words may hold the address
            raise Unavailable(f"output {self.name}: {type(trouble).__name__}") from None
        if not arrived:
            raise Unavailable(f"output {self.name} did not take the message")
        return message.number

    async def edit(self, _: int, __: int, ___: Message) -> None:
        """Nothing can be edited here."""
        raise NeverEditable(f"output {self.name} can't be edited")


def _title(message: Message) -> tuple[str, str]:
    """The subject of an e-mail, elsewhere the first line; and the HTML that follows it."""
    update = f"Update of #{message.reply_to}: " if message.reply_to else ""
    first, _, rest = message.html.partition("\n")
    title = f"{update}{written(first, (), Form.TEXT)} — placewatch #{message.number}"
    if rest and len(title) <= _LONGEST_TITLE:
        return title, rest
    return f"{update}placewatch #{message.number}", message.html


class Switchboard:
    """Chooses who carries a message by the number of its chat: an output, else Telegram."""

    def __init__(self, telegram: Messenger | None, outputs: Mapping[int, Messenger]) -> None:
        """`telegram` is None where no bot speaks."""
        self._telegram = telegram
        self._outputs = outputs

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        """As `Messenger.send`."""
        return await self._carrier(chat_id).send(chat_id, message, random_id)

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        """As `Messenger.edit`."""
        await self._carrier(chat_id).edit(chat_id, message_id, message)

    def _carrier(self, chat_id: int) -> Messenger:
        carrier = self._outputs.get(chat_id, self._telegram)
        if carrier is None:
            raise Unavailable("no bot speaks in Telegram chats: PLACEWATCH_CHATS is not set")
        return carrier


def opened(addresses: Iterable[OutputAddress]) -> dict[int, Output]:
    """The outputs of the settings by their chat numbers.

    SettingsError where an address is none that apprise reads, with the output's name and never the address;
    Mendable where apprise is not installed.
    """
    wanted = list(addresses)
    if not wanted:
        return {}
    found, problems = {}, []
    for one in wanted:
        service = _service(one.url.get_secret_value())
        if service is None:
            problems.append(
                Problem(
                    variable("outputs"),
                    f"the address of {one.name} is none that apprise reads",
                    how("outputs"),
                )
            )
        else:
            found[number_of(one.name)] = Output(one.name, service)
    if problems:
        raise SettingsError(problems)
    return found


def _service(url: str) -> Any:
    try:
        apprise = importlib.import_module("apprise")
    except ModuleNotFoundError:
        raise Mendable(
            f"{variable('outputs')} needs apprise, which is not installed: pip install 'placewatch[outputs]'"
        ) from None
    with _quietly():
        # Off the main path `instantiate` takes exactly one address, where `add` would split at commas.
        return apprise.Apprise.instantiate(url)


@contextmanager
def _quietly() -> Iterator[None]:
    """Apprise logs an address that it can't read, and its plugins import what Python has deprecated."""
    log = logging.getLogger("apprise")
    before, log.disabled = log.disabled, True
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        log.disabled = before

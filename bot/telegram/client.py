"""A Telethon client that is ours alone: its session file, its lock, its server, and no retries of its own."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import ipaddress
import os
import sqlite3
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pydantic import SecretStr
from telethon import TelegramClient, errors
from telethon.crypto import rsa
from telethon.sessions.sqlite import CURRENT_VERSION
from telethon.tl import functions, types

from bot.errors import Mendable
from bot.telegram import former, proxy, sealed
from bot.telegram.session import SealedSession, Session
from config.guard import OPEN, Guard
from config.sections import Telegram

_PRIVATE = 0o600
# A disk or a process that is full for a while: to stop for good would be worse.
_PASSING = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EMFILE, errno.ENFILE})


class Client(TelegramClient):  # type: ignore[misc]  # Telethon ships no types
    """A client that also tells what Telethon keeps to itself of a difference.

    When one is too long, Telethon resets its state and emits nothing: every post between is gone unless history is
    read. Of any other it emits the new messages; edits and deletions it drops, because it moves its pts to the
    difference's end before it compares theirs. `on_untold` gets those very update objects.
    """

    on_untold: Callable[[object], None] | None = None
    settled: Callable[[], Awaitable[bool]] | None = None
    """Waits until the updates that were handed over are durable; False where they may not be."""

    async def __call__(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        result = await super().__call__(request, *args, **kwargs)
        if self.on_untold is not None:
            for update in _untold(request, result):
                self.on_untold(update)
        return result

    @property
    def ahead(self) -> timedelta:
        """By how much our clock is ahead of Telegram's, to a second or two.

        Telegram tells with a new key, and when the clocks are more than 30 s (ours fast) or 300 s apart.
        """
        return timedelta(seconds=-self._sender._state.time_offset)

    def forget_wait(self, request: Any) -> None:
        """Ask with this method although Telethon remembers a wait: it measures waits by the wall clock.

        Put that back an hour, and Telethon itself refuses for an hour longer than Telegram had named.
        """
        self._flood_waited_requests.pop(request.CONSTRUCTOR_ID, None)

    async def at(self, dc_id: int, request: Any) -> Any:
        """Ask the data centre where a file lies; it need not be the one that the account lives in."""
        try:
            return await self._at(dc_id, request)
        except errors.FileMigrateError as moved:
            return await self._at(moved.new_dc, request)

    async def _at(self, dc_id: int, request: Any) -> Any:
        if dc_id == self.session.dc_id:
            return await self(request)
        sender = await self._borrow_exported_sender(dc_id)
        try:
            return await self._call(sender, request)
        except OSError:
            # A dead connection would be lent again.
            self._borrowed_senders.pop(dc_id, None)
            await sender.disconnect()
            raise
        finally:
            if dc_id in self._borrowed_senders:
                await self._return_exported_sender(sender)

    async def _get_dc(self, dc_id: int, cdn: bool = False) -> Any:
        # Telethon keeps the list of addresses for the life of the process, for all servers alike.
        type(self)._config = None
        return await super()._get_dc(dc_id, cdn=cdn)

    async def _save_states_and_entities(self) -> None:
        # Telethon would save the state of a client that never connected, which is empty, over the one from which we
        # are to catch up; and a state that is ahead of what is kept: killed then, we would never be told of it again.
        if self._message_box.is_empty():
            return
        state, channels = self._message_box.session_state()
        if self.settled is not None and not await self.settled():
            return
        if self._mb_entity_cache.self_id:  # where Telethon itself looks for it
            us = types.InputPeerUser(0, self._mb_entity_cache.self_id)
            self.session.process_entities(types.contacts.ResolvedPeer(None, [us], []))
        self.session.set_update_state(0, types.updates.State(**state, unread_count=0))
        for channel_id, pts in channels.items():
            at = types.updates.State(
                pts, 0, datetime.now(UTC), 0, unread_count=0
            )  # a channel has only its pts
            self.session.set_update_state(channel_id, at)

    async def save(self) -> None:
        """Write down how far updates have come; Telethon itself does so once a minute."""
        await self._save_states_and_entities()
        self.session.save()


_DROPPED = (
    types.UpdateChannelTooLong,
    types.UpdateEditChannelMessage,
    types.UpdateDeleteChannelMessages,
)


def _untold(request: Any, result: Any) -> Iterator[object]:
    if isinstance(result, types.updates.ChannelDifferenceTooLong):
        if isinstance(request, functions.updates.GetChannelDifferenceRequest):
            yield types.UpdateChannelTooLong(request.channel.channel_id)
    elif isinstance(result, types.updates.DifferenceTooLong):
        yield types.UpdatesTooLong()
    elif isinstance(
        result, types.updates.ChannelDifference | types.updates.Difference | types.updates.DifferenceSlice
    ):
        yield from (update for update in result.other_updates if isinstance(update, _DROPPED))


@contextlib.contextmanager
def exclusive(session: Path) -> Iterator[None]:
    """Hold the session's lock file: one session used from two places is one that Telegram ends."""
    lock = session.with_name(session.name + ".lock")
    try:
        handle = os.open(lock, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _PRIVATE)
    except OSError as error:
        raise Mendable(
            f"{lock} can't be written: {error.strerror}. Check the data folder and who owns it."
        ) from error
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise Mendable(
                f"{session} is in use by another placewatch. Stop that one first (`placewatch run` holds it)."
            ) from error
        yield
    finally:
        os.close(handle)


def make_client(settings: Telegram, session: Path, guard: Guard = OPEN, **options: Any) -> Client:
    """A client on that session file, not yet connected. Every request is tried once; floods are raised at once.

    It goes through the proxy of `guard`, and nowhere where that is down.
    """
    if settings.api_id is None or settings.api_hash is None:
        raise Mendable(
            "PLACEWATCH_TELEGRAM__API_ID and PLACEWATCH_TELEGRAM__API_HASH are needed: get them from "
            "https://my.telegram.org/apps."
        )
    if settings.server_key is not None:
        _trust(settings.server_key)
    opened = _open(settings, session, guard)
    try:
        return Client(
            opened,
            settings.api_id,
            settings.api_hash.get_secret_value(),
            device_model="placewatch",
            app_version=version("telethon"),
            system_version="server",
            flood_sleep_threshold=0,
            request_retries=0,
            connection_retries=0,
            raise_last_call_error=True,
            retry_delay=0,
            auto_reconnect=False,
            sequential_updates=True,
            **proxy.options(guard.proxy),
            **options,
        )
    except BaseException:
        opened.close()
        raise


def _trust(key: Path) -> None:
    try:
        rsa.add_key(key.read_text(encoding="ascii"), old=False)
    except (OSError, ValueError) as error:
        raise Mendable(
            f"PLACEWATCH_TELEGRAM__SERVER_KEY: {key} is not a readable RSA public key (PEM, PKCS#1): {error}"
        ) from error


def _open(settings: Telegram, path: Path, guard: Guard) -> Session:
    _make(path)
    former.keep(path)
    if guard.passphrase is not None:
        session = _sealed(path, guard.passphrase)
    elif sealed.is_sealed(path):
        raise Mendable(
            f"{path} is sealed with a passphrase. Set PLACEWATCH_PASSPHRASE to it, or PLACEWATCH_PASSPHRASE_FILE to a "
            "file that holds it. To have a plain file again: placewatch accounts unseal"
        )
    else:
        _check(path)
        session = Session(str(path))
    try:
        _point(session, settings, path)
        session.save()
    except BaseException:
        session.close()
        raise
    return session


def _sealed(path: Path, passphrase: SecretStr) -> SealedSession:
    """The session, sealed from now on where it was plain."""
    vault = sealed.Vault(path, passphrase)
    if not sealed.is_sealed(path):
        _check(path)
        vault.seal()
        former.forget_plain(path)
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        image = vault.read()
        if image:
            db.deserialize(image)
        _refuse_newer(path, _version(db))
    return SealedSession(path, vault)


def _make(path: Path) -> None:
    """There is a file, and it is its owner's alone."""
    try:
        handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, _PRIVATE)
        try:
            os.fchmod(handle, _PRIVATE)
        finally:
            os.close(handle)
    except OSError as error:
        if error.errno in _PASSING:
            raise
        raise Mendable(
            f"{path} can't be used: {error.strerror}. Check the data folder and who owns it."
        ) from error


def _check(path: Path) -> None:
    """The file is a session, of a version that Telethon can read."""
    try:
        with contextlib.closing(sqlite3.connect(path)) as db:
            found = _version(db)
    except sqlite3.OperationalError:
        raise  # locked, or the disk is full: it passes
    except sqlite3.Error as error:
        raise Mendable(
            f"{path} is not a session that can be read ({error}). Move it away and sign in again."
        ) from error
    _refuse_newer(path, found)


def _version(db: sqlite3.Connection) -> int:
    tables = {row[0] for row in db.execute("SELECT name FROM sqlite_master")}
    found = db.execute("SELECT version FROM version").fetchone() if "version" in tables else None
    return int(found[0]) if found else 0


def _refuse_newer(path: Path, found: int) -> None:
    if found > CURRENT_VERSION:
        raise Mendable(
            f"{path} was written by a newer Telethon. Update placewatch, or move the file away and sign in."
        )


def _point(session: Any, settings: Telegram, path: Path) -> None:
    """Point the session at the server of the settings; refuse one that belongs to another."""
    signed = bool(session.auth_key and session.auth_key.key)
    here = (session.server_address, session.port)
    if settings.server is None:
        if signed and _is_private(session.server_address):
            raise Mendable(
                f"{path} belongs to the server {here[0]}:{here[1]}, not to Telegram. Set PLACEWATCH_TELEGRAM__SERVER "
                "as it was, or move the file away and sign in again."
            )
        return
    wanted = settings.address
    assert wanted is not None  # noqa: S101 - there is a server
    if signed and here != wanted:
        raise Mendable(
            f"{path} belongs to the server {here[0]}:{here[1]}, but PLACEWATCH_TELEGRAM__SERVER is {settings.server}. "
            "Set it back, or move the file away and sign in again."
        )
    if not signed:
        session.set_dc(settings.dc_id, *wanted)


def _is_private(address: str | None) -> bool:
    try:
        return not ipaddress.ip_address(address or "").is_global
    except ValueError:
        return address == "localhost"

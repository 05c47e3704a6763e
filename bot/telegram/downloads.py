"""Photos and other files of posts, fetched in the background where the operator asks for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.telegram.files import Files, TooLarge, digest, locate, prepare, settle
from bot.telegram.history import History
from bot.telegram.refusals import RpcRefused
from bot.telegram.sweep import Sweep
from storage import channels, media
from storage.database import StorageError
from storage.records import PostFile
from storage.store import Store

log = logging.getLogger(__name__)

_AT_ONCE = 50  # files whose messages are asked for together
_LOOK_EVERY = 1.0  # seconds
_TROUBLE_WAIT = 30.0  # seconds after the disk or the archive refused
_FIRST_RETRY, _LAST_RETRY = timedelta(seconds=5), timedelta(hours=6)
_NO_CONNECTION = timedelta(seconds=30)
_ATTEMPTS = 12  # about two days; what a channel refuses for longer is left
_MB = 1_000_000
_FAILED = "placewatch failed at this; its log says why"


class Downloads:
    """Fetches wanted files one after the other; a kill at any moment costs one piece of one file."""

    def __init__(
        self,
        files: Files,
        history: History,
        sweep: Sweep,
        store: Store,
        data: Path,
        *,
        account: str,
        clock: Callable[[], datetime],
        most: int,
    ) -> None:
        """`data` is the data folder; no file is larger than `most` bytes."""
        self._files = files
        self._history = history
        self._sweep = sweep
        self._store = store
        self._data = data
        self._account = account
        self._clock = clock
        self._most = most

    async def run(self) -> None:
        """Fetch whatever is wanted, for ever."""
        ready = False
        while True:
            try:
                if not ready:
                    await self._prepare()
                    ready = True
                wanted = await self._store.read(media.due, self._account, self._clock(), _AT_ONCE)
                if wanted:
                    await self._fetch_all(wanted)
                else:
                    await asyncio.sleep(_LOOK_EVERY)
            except (StorageError, OSError) as trouble:
                log.error("files not kept just now problem=%s", trouble)
                await asyncio.sleep(_TROUBLE_WAIT)

    async def _prepare(self) -> None:
        unfinished = await self._store.read(media.wanted)
        await asyncio.to_thread(prepare, self._data / media.FOLDER, unfinished)

    @property
    def _parts(self) -> Path:
        return self._data / media.FOLDER / "part"

    async def _fetch_all(self, wanted: Sequence[PostFile]) -> None:
        """Fetch files of one channel; one that Telegram does not give is put off, and the others go on."""
        try:
            messages = await self._messages(wanted)
        except Busy as busy:
            await self._wait(wanted, busy)
            return
        except (Unavailable, Mendable, Refused) as trouble:
            await self._put_off(wanted, str(trouble))
            return
        except (StorageError, OSError):
            raise
        except Exception:
            log.exception("posts with files not asked for channel_id=%d", wanted[0].channel_id)
            await self._put_off(wanted, _FAILED)
            return
        for number, file in enumerate(wanted):
            try:
                await self._fetch(file, messages.get(file.message_id))
            except Busy as busy:
                await self._wait(wanted[number:], busy)
                return
            except (Unavailable, Refused) as trouble:
                await self._put_off([file], str(trouble))
            except (StorageError, OSError):
                raise
            except Exception:
                log.exception("file not fetched post_id=%d", file.post_id)
                await self._put_off([file], _FAILED)

    async def _wait(self, files: Sequence[PostFile], busy: Busy) -> None:
        log.warning("asked to wait method=%s seconds=%g", busy.method, busy.wait)
        until = self._clock() + timedelta(seconds=busy.wait)
        await self._store.write(media.put_off, files, str(busy), until, failed=False)

    async def _put_off(self, files: Sequence[PostFile], reason: str) -> None:
        """Later, four times as long each time; those that failed too often are left.

        While there is no connection none fails: it says nothing of the files.
        """
        log.info("files put off channel_id=%d files=%d problem=%s", files[0].channel_id, len(files), reason)
        if not self._files.connected:
            await self._store.write(
                media.put_off, files, reason, self._clock() + _NO_CONNECTION, failed=False
            )
            return
        for file in files:
            if file.attempts >= _ATTEMPTS:
                await self._leave(file, reason)
                continue
            until = self._clock() + min(_LAST_RETRY, _FIRST_RETRY * 4**file.attempts)
            await self._store.write(media.put_off, [file], reason, until, failed=True)

    async def _messages(self, wanted: Sequence[PostFile]) -> dict[int, Any]:
        """The messages with fresh addresses of their files: those that were pushed hold for hours only."""
        channel = await self._store.read(channels.by_id, wanted[0].channel_id)
        address = await self._sweep.address(channel)
        _, there = await self._history.empty(address, sorted({file.message_id for file in wanted}))
        return {message.id: message for message in there}

    async def _fetch(self, file: PostFile, message: Any) -> None:
        """Keep one file, or say why not."""
        known = await self._store.read(media.known_as, file.file_id)
        if known is not None and await self._keep(file, known.sha256, known.size):
            return
        located = locate(message)
        if message is None:
            await self._leave(file, "the post was deleted before it could be fetched")
        elif located is None or located.file_id != file.file_id:
            await self._leave(file, "the post carried another file when it was to be fetched")
        elif located.size is not None and located.size > self._most:
            await self._leave(file, self._too_large(located.size))
        else:
            await self._bring(file, located)

    async def _bring(self, file: PostFile, located: Any, *, again: bool = True) -> None:
        part = self._parts / f"{file.file_id}.part"
        try:
            await self._files.fetch(located, part, self._most)
        except TooLarge:
            await asyncio.to_thread(part.unlink)
            await self._leave(file, self._too_large(None))
            return
        except RpcRefused as refusal:
            if not (again and refusal.name.startswith("FILE_REFERENCE_")):
                raise
            # Its address has expired while others were fetched: the message has a new one.
            message = (await self._messages([file])).get(file.message_id)
            fresh = locate(message)
            if fresh is None or fresh.file_id != file.file_id:
                await self._leave(file, "the post was changed or deleted while it was fetched")
                return
            await self._bring(file, fresh, again=False)
            return
        sha256, size = await asyncio.to_thread(digest, part)
        await asyncio.to_thread(settle, part, media.path(self._data, sha256))
        if await self._keep(file, sha256, size):
            log.info("file kept post_id=%d bytes=%d sha256=%s", file.post_id, size, sha256)

    async def _keep(self, file: PostFile, sha256: str, size: int) -> bool:
        return await self._store.write(media.keep, file, self._data, sha256, size, now=self._clock())

    async def _leave(self, file: PostFile, reason: str) -> None:
        log.info("file not kept post_id=%d reason=%s", file.post_id, reason)
        await self._store.write(media.leave, file, reason)

    def _too_large(self, size: int | None) -> str:
        is_ = "" if size is None else f" ({size / _MB:,.1f} MB)"
        return f"larger than {self._most / _MB:g} MB{is_}"

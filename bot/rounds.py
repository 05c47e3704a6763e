"""Once a minute: which digests and which bursts are due now. Asked of our own tables, so nothing is told twice."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bot import ledger
from bot.alerts import burst
from bot.alerts.digest import digest
from bot.alerts.hours import DigestDue, digest_due
from bot.claims import Table
from bot.commands.proof import attestation
from bot.languages import Languages, Words
from storage import chats, owed, places, proof, told
from storage import digest as figures
from storage.database import StorageError
from storage.records import Chat, Delivery, OwedKind, Wanted, Watch
from storage.store import Store

log = logging.getLogger(__name__)

DAY = timedelta(days=1)
_LONGEST = timedelta(days=7)  # a digest goes back to the last one, but no further than this


class Rounds:
    """What time alone makes due."""

    def __init__(
        self,
        store: Store,
        zone: ZoneInfo,
        on_owed: Callable[[], None],
        now: Callable[[], datetime],
        *,
        min_confidence: float,
        claims: Table | None = None,
        attest: bool = False,
        languages: Languages | None = None,
    ) -> None:
        self._store = store
        self._zone = zone
        self._on_owed = on_owed
        self._now = now
        self._min_confidence = min_confidence
        self._claims = claims
        self._attest = attest
        self._languages = languages or Languages()

    async def make(self) -> None:
        """Owe what is due; a chat's trouble does not keep the others waiting, and comes again in a minute."""
        now = self._now()
        try:
            known = await self._store.read(chats.every)
            told_of = await self._bursts(now)
        except StorageError as trouble:
            log.error("archive can't be read problem=%s", trouble)
            return
        for chat in known:
            try:
                told_of += await self._digest(chat, now)
                if self._attest:
                    told_of += await self._store.write(
                        _owe_head, chat, self._zone, self._languages.of(chat.language), now=now
                    )
            except Exception:
                log.exception("digest failed chat_id=%d", chat.id)
        if told_of:
            self._on_owed()

    async def _digest(self, chat: Chat, now: datetime) -> bool:
        if chat.digest_at is None:
            return False
        had = await self._store.read(told.digest_days, chat.id)
        due = digest_due(chat, had, now, self._zone)
        if due is None:
            return False
        messages = await self._store.read(self._compose, chat, due, now)
        return await self._store.write(_owe_digest, chat, due, messages, now=now)

    def _compose(self, db: sqlite3.Connection, chat: Chat, due: DigestDue, now: datetime) -> list[str]:
        last = [at for at in told.times(db, chat.id, told.DIGEST) if now - _LONGEST <= at < now]
        since = max(last, default=now - DAY)
        watches = [watch for watch in places.watches(db) if watch.chat_id == chat.id]
        t = self._languages.of(chat.language)
        found = figures.gather(db, watches, since, now, min_confidence=self._min_confidence)
        beside = ledger.read(
            db, watches, since, now, self._claims, self._zone, now, min_confidence=self._min_confidence, t=t
        )
        return digest(found, self._zone, late=due.late, beside=beside, t=t)

    async def _bursts(self, now: datetime) -> int:
        busy = await self._store.read(figures.busy_places, now - timedelta(hours=1), at_least=burst.FEWEST)
        told_of = 0
        for watch in await self._store.read(places.watches, busy) if busy else []:
            wanted = await self._store.read(self._burst, watch, now)
            if wanted is not None:
                told_of += await self._store.write(_owe_burst, wanted, _burst_of(watch), now=now)
        return told_of

    def _burst(self, db: sqlite3.Connection, watch: Watch, now: datetime) -> Wanted | None:
        if not burst.may_tell(watch, told.times(db, watch.chat_id, _burst_of(watch)), now):
            return None
        hour = figures.last_hour(db, watch, now, min_confidence=self._min_confidence)
        if hour is None or not burst.is_burst(hour):
            return None
        return Wanted(
            chat_id=watch.chat_id,
            subject=f"{_burst_of(watch)}:{now.isoformat(timespec='seconds')}",
            html=burst.notice(hour, now, self._zone, t=self._languages.of(chats.language(db, watch.chat_id))),
            kind=OwedKind.BURST,
            topic=watch.topic,
            silent=watch.delivery is Delivery.SILENT,
            urgent=watch.delivery is Delivery.URGENT,
        )


def _burst_of(watch: Watch) -> str:
    return f"burst:{watch.place_id}"


def _owe_burst(db: sqlite3.Connection, wanted: Wanted, what: str, *, now: datetime) -> bool:
    told.tell(db, wanted.chat_id, what, wanted.subject, now=now)
    return owed.owe(db, wanted, now=now) is not None


def _owe_head(db: sqlite3.Connection, chat: Chat, zone: ZoneInfo, t: Words, *, now: datetime) -> bool:
    """Owe the ledger's head once a local date, without a sound; False where it was told, or there is none."""
    day = now.astimezone(zone).date().isoformat()
    head = proof.head(db)
    if head is None or not told.tell(db, chat.id, "attest", day, now=now):
        return False
    html = attestation(head, zone, t=t)
    wanted = Wanted(chat_id=chat.id, subject=f"attest:{day}", html=html, kind=OwedKind.DIGEST, silent=True)
    return owed.owe(db, wanted, now=now) is not None


def _owe_digest(
    db: sqlite3.Connection, chat: Chat, due: DigestDue, messages: list[str], *, now: datetime
) -> bool:
    """Owe a local date's digest and write down that it is told, in one transaction; False where it was before."""
    if not told.tell(db, chat.id, told.DIGEST, due.day.isoformat(), now=now):
        return False
    for number, html in enumerate(messages):
        subject = f"digest:{due.day.isoformat()}:{number}"
        owed.owe(db, Wanted(chat_id=chat.id, subject=subject, html=html, kind=OwedKind.DIGEST), now=now)
    return True

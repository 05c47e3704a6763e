"""What a run of kills lost, repeated or left behind: the archive and the chats against what was said."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise

from telethon.tl import types
from telethon.utils import get_peer_id

from tests.service.talk import Said
from tests.service.world import World
from tests.telegram_server import Supergroup

_NUMBER = re.compile(r"Сводка (\d+):")
_DELETED = "🗑"
Key = tuple[int, int]


@dataclass
class Result:
    """What a run did, and what it lost, repeated or left behind."""

    said: dict[Key, Said]
    counts: Counter[str]
    kills: int = 0
    lost: list[Key] = field(default_factory=list)  # not kept, or not with their last words
    undeleted: list[Key] = field(default_factory=list)  # deleted, and not marked so
    untold: list[tuple[str, int]] = field(default_factory=list)
    repeated: list[tuple[str, int]] = field(default_factory=list)
    stale: list[tuple[str, int]] = field(default_factory=list)  # the chat does not show the last state
    disordered: list[tuple[str, int]] = field(default_factory=list)
    integrity: str = ""
    chain: str = ""
    errors: list[str] = field(default_factory=list)  # in the log of the last run
    seconds: float = 0

    @property
    def good(self) -> bool:
        """Nothing was lost, repeated or left behind."""
        return not any(self._troubles().values()) and self.integrity == "ok" and self.chain == "intact"

    def _troubles(self) -> dict[str, int]:
        return {
            "posts lost": len(self.lost),
            "deletions missed": len(self.undeleted),
            "alerts missing": len(self.untold),
            "repeated": len(self.repeated),
            "not up to date": len(self.stale),
            "out of order": len(self.disordered),
        }

    def __str__(self) -> str:
        did = ", ".join(f"{count} {name}" for name, count in sorted(self.counts.items()) if name != "posts")
        troubles = ", ".join(f"{name} {count}" for name, count in self._troubles().items())
        return (
            f"{self.counts['posts']} posts, {self.kills} kills, {did}: {troubles}, "
            f"integrity_check {self.integrity}, ledger {self.chain}, {self.seconds:.0f} s"
        )

    def details(self) -> list[str]:
        """A line on everything that is not as it should be."""
        found = {
            "lost": self.lost,
            "undeleted": self.undeleted,
            "untold": self.untold,
            "repeated": self.repeated,
            "stale": self.stale,
            "disordered": self.disordered,
            "error": self.errors,
        }
        return [f"{name}: {one}" for name, many in found.items() for one in many[:20]]


@dataclass
class _Archive:
    """The archive as it lies on the disk."""

    texts: dict[Key, str]
    deleted: set[Key]
    alerts: dict[
        int, list[int]
    ]  # chat -> ids of its alerts' messages, in the order in which they became owed
    due: int


def is_settled(world: World, result: Result, chats: list[Supergroup]) -> bool:
    """Whether all is kept and told as it stands now; a look that does not disturb the service."""
    archive = _read(world)
    if archive.due or _lost(archive, result.said) or _undeleted(archive, result.said):
        return False
    return not any(_missing(chat, result.said) or _stale(chat, result.said) for chat in chats)


async def count(world: World, result: Result, chats: list[Supergroup]) -> None:
    """Fill in what a run came to."""
    archive = _read(world)
    result.lost = _lost(archive, result.said)
    result.undeleted = _undeleted(archive, result.said)
    for chat in chats:
        shown = _alerts(chat)
        told = Counter(number for number, _ in shown.values())
        known = archive.alerts.get(get_peer_id(types.PeerChannel(chat.id)), [])
        result.untold += [(chat.title, n) for n in _missing(chat, result.said)]
        result.repeated += [(chat.title, n) for n, times in told.items() if times > 1]
        result.repeated += [(chat.title, shown[i][0]) for i in shown.keys() - set(known)]
        result.stale += [(chat.title, n) for n in _stale(chat, result.said)]
        result.disordered += [(chat.title, later) for earlier, later in pairwise(known) if later < earlier]
    result.integrity = _integrity(world)
    result.chain = await _chain(world)


async def _chain(world: World) -> str:
    """What `placewatch verify` says of the ledger: intact or broken."""
    process = await world.spawn("verify")
    await process.communicate()
    return "intact" if process.returncode == 0 else "broken"


def _read(world: World) -> _Archive:
    db = sqlite3.connect(f"file:{world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
    try:
        rows = db.execute(
            "SELECT channel.telegram_id, message_id, text, deleted_at FROM post "
            "JOIN channel ON channel.id = channel_id"
        ).fetchall()
        alerts: dict[int, list[int]] = {}
        for chat_id, message_id in db.execute(
            "SELECT chat_id, message_id FROM owed WHERE kind = 'alert' AND message_id > 0 ORDER BY id"
        ):
            alerts.setdefault(chat_id, []).append(message_id)
        (due,) = db.execute("SELECT count(*) FROM owed WHERE due = 1").fetchone()
    finally:
        db.close()
    return _Archive(
        {(channel, message): text for channel, message, text, _ in rows},
        {(channel, message) for channel, message, _, deleted_at in rows if deleted_at is not None},
        alerts,
        due,
    )


def _integrity(world: World) -> str:
    db = sqlite3.connect(world.folder / "data" / "placewatch.db")
    try:
        return str(db.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        db.close()


def _lost(archive: _Archive, said: dict[Key, Said]) -> list[Key]:
    return sorted(key for key, one in said.items() if archive.texts.get(key) != one.text)


def _undeleted(archive: _Archive, said: dict[Key, Said]) -> list[Key]:
    return sorted(key for key, one in said.items() if one.deleted and key not in archive.deleted)


def _alerts(chat: Supergroup) -> dict[int, tuple[int, str]]:
    """Message id -> (number of what was said, the alert's words)."""
    found = {}
    for message in chat.messages:
        if "A claim by the source; not verified." in message.message and (
            number := _NUMBER.search(message.message)
        ):
            found[message.id] = (int(number[1]), message.message)
    return found


def _missing(chat: Supergroup, said: dict[Key, Said]) -> list[int]:
    told = {number for number, _ in _alerts(chat).values()}
    return sorted({one.number for one in said.values() if one.told} - told)


def _stale(chat: Supergroup, said: dict[Key, Said]) -> list[int]:
    shown = dict(_alerts(chat).values())
    return sorted(
        one.number
        for one in said.values()
        if one.told
        and one.number in shown
        and (one.addition not in shown[one.number] or (one.deleted and _DELETED not in shown[one.number]))
    )

"""/status, /test: is everything running, and does it reach this chat?"""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.commands import status as texts
from bot.commands.sample import sample_alert
from bot.desk import paging
from bot.desk.post import address
from bot.desk.room import Button, Command, Effect, Reply, Room
from bot.incoming import Incoming
from storage import accounts, backup, channels, chats, examination, gaps, health, owed, places, reading
from storage.records import Button as Key
from storage.records import OwedKind, Wanted

_BLOCKS = 30  # a page


async def _status(room: Room, incoming: Incoming, _: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        chats.know(db, incoming.chat_id, now=room.now())
        return paging.show(room, db, incoming.chat_id, "status")

    return effect


@paging.view("status")
def _condition(room: Room, db: sqlite3.Connection, chat_id: int, _: str, page: int) -> tuple[Reply, int]:
    good, failed = backup.newest(db)
    condition = texts.Condition(
        here=chats.by_id(db, chat_id),
        chats=chats.every(db),
        channels=[(channel, health.lag(db, channel)) for channel in channels.followed(db)],
        accounts=room.outside.accounts(),
        waiting={i: texts.Backlog(*found) for i, found in health.waiting(db).items()},
        posts=reading.count(db),
        progress=examination.progress(db),
        alone=examination.waiting_alone(db),
        gaps=gaps.unread(db, room.now()),
        backup_at=None if good is None else good.began_at,
        backup_problem=None if failed is None else failed.problem,
        several=len(accounts.every(db)) > 1,
    )
    pages = paging.pages_of(
        texts.status_blocks(condition, room.zone, room.now(), t=room.t), _BLOCKS, t=room.t
    )
    return Reply(html=pages[min(page, len(pages) - 1)]), len(pages)


async def _test(room: Room, incoming: Incoming, _: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        now = room.now()
        chats.know(db, incoming.chat_id, now=now)
        link = address(incoming.chat_id, incoming.message_id)  # a sample has no post; this opens the command
        watched = places.watched_by(db, incoming.chat_id)
        sample = Wanted(
            chat_id=incoming.chat_id,
            subject=f"test:{incoming.message_id}",
            html=sample_alert(watched[0] if watched else None, room.zone, now, t=room.t),
            kind=OwedKind.NOTICE,
            topic=incoming.topic,
            buttons=((Key(room.t("Open post"), url=link),),) if link else (),
        )
        owed.owe(db, sample, now=now)
        return Reply(
            html=room.t(
                "A sample alert follows, by the way that real ones take. If it does not come: /status"
            )
        )

    return effect


COMMANDS: Final = {"status": Command(run=_status), "test": Command(run=_test)}
BUTTONS: Final[dict[str, Button]] = {}

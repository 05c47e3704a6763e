"""/follow: a look at the channels first, then they are read."""

from __future__ import annotations

import json
import re
import sqlite3
from dataclasses import asdict
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from bot.commands import channel_page, replies
from bot.desk import drafts
from bot.desk.channels import find
from bot.desk.room import Button, Changed, Command, Effect, Outcome, PressEffect, Reply, Room, data
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.incoming import Incoming, Press
from storage import channels
from storage.records import Button as Shown
from storage.records import Channel, Peer

_MOST = 5  # links in one message: looking up more at once earns waits of many hours
_PATIENCE = timedelta(days=1)


async def _follow(room: Room, incoming: Incoming, argument: str) -> Effect:
    links = list(dict.fromkeys(link for link in re.split(r"[\s,;]+", argument) if link))
    if not links:
        raise Mendable(room.t("Give a link: /follow https://t.me/name"))
    if len(links) > _MOST:
        raise Mendable(
            room.t(
                "Send at most {MOST} links at once: Telegram lets only a few names be looked up.", MOST=_MOST
            )
        )
    peers: list[Peer] = []
    known: list[Channel] = []
    problems: list[str] = []
    for link in links:
        followed = await room.store.read(find, link)
        if followed is not None and followed.problem is None:
            known.append(followed)
            continue
        try:
            peers.append(await room.outside.resolve(link))
        except Mendable as problem:
            problems.append(problem.said(room.t))
        except (Busy, Unavailable, Refused) as problem:
            problems.append(
                room.t(
                    "{link}: Telegram did not answer as hoped ({problem}). Try again later.",
                    link=link,
                    problem=problem,
                )
            )
    return lambda db: _look(room, db, incoming, peers, known, problems)


def _look(
    room: Room,
    db: sqlite3.Connection,
    incoming: Incoming,
    peers: list[Peer],
    known: list[Channel],
    problems: list[str],
) -> Reply:
    lines = [replies.following(channel, new=False, t=room.t) for channel in known]
    if peers or problems:
        lines.append(channel_page.preview(peers, problems, room.zone, t=room.t))
    if not peers:
        return Reply(html=replies.fit(lines, t=room.t))
    kept = json.dumps([_to_json(peer) for peer in peers], ensure_ascii=False)
    number = drafts.keep(db, incoming.chat_id, incoming.sender_id, "follow", kept, now=room.now())
    words = room.t("Follow") if len(peers) == 1 else room.t("Follow all {peers}", peers=len(peers))
    buttons = (
        (Shown(words, data("follow.yes", number)), Shown(room.t("Cancel"), data("follow.no", number))),
    )
    return Reply(html=replies.fit(lines, t=room.t), buttons=buttons)


def _to_json(peer: Peer) -> dict[str, object]:
    return {**asdict(peer), "posted_at": peer.posted_at.isoformat() if peer.posted_at else None}


def _peers(text: str) -> list[Peer]:
    return [
        Peer(
            **{
                **given,
                "posted_at": datetime.fromisoformat(given["posted_at"]) if given["posted_at"] else None,
            }
        )
        for given in json.loads(text)
    ]


def _opened(room: Room, db: sqlite3.Connection, press: Press, number: int) -> list[Peer]:
    """The channels that were looked at; they can be decided about once."""
    kept = drafts.read(db, press.chat_id, number, "follow", since=room.now() - _PATIENCE, t=room.t)
    drafts.drop(db, number)
    return _peers(kept)


async def _yes(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        lines = []
        peers = _opened(room, db, press, number)
        for peer in peers:
            channel, new = channels.follow(
                db, peer, account=peer.account, cursor=peer.newest, label=None, now=room.now()
            )
            lines.append(replies.following(channel, new=new, t=room.t))
        lines.append(room.t("Say who speaks there: /channels"))
        return Outcome(
            toast=room.t("Following {peers}", peers=", ".join(f"@{peer.username}" for peer in peers)),
            page=Reply(html=replies.fit(lines, t=room.t)),
            changed=Changed.CHANNELS,
        )

    return effect


async def _no(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    number = int(arguments[0])

    def effect(db: sqlite3.Connection) -> Outcome:
        peers = _opened(room, db, press, number)
        return Outcome(
            toast=room.t("Not followed."),
            page=Reply(html=channel_page.not_followed_after_all(peers, t=room.t)),
        )

    return effect


COMMANDS: Final = {"follow": Command(run=_follow, edits=True, question=partial(replies.missing, "follow"))}
BUTTONS: Final[dict[str, Button]] = {
    "follow.yes": Button(run=_yes, edits=True),
    "follow.no": Button(run=_no, edits=True),
}

"""A digest in the terminal, from the archive."""

from __future__ import annotations

import sqlite3
from datetime import datetime
from typing import Annotated, Any

import typer

from bot import claims, clock, terminal
from bot.alerts.digest import AT_A_PROMPT, silence
from bot.alerts.digest import digest as composed
from bot.cli.common import Json, out, read_archive, settings
from bot.errors import Mendable
from bot.ledger import Ledger, beside
from bot.ledger import gather as claimed
from storage import chats, places
from storage import digest as figures
from storage.records import Digest, Heard, PlaceNews, Tally, Watch

app = typer.Typer()


@app.command()
def digest(
    chat: Annotated[
        int | None,
        typer.Option("--chat", metavar="ID", help="What that chat watches, and how; else all places."),
    ] = None,
    since: Annotated[str, typer.Option("--since", metavar="24h", help="A span or a date.")] = "24h",
    as_json: Json = False,
) -> None:
    """What was said, place by place, against the usual; edits, deletions, silent channels and gaps."""
    chosen = settings()
    now = clock.now()
    begin = clock.since(since, chosen.timezone, now)

    table = claims.load(chosen.data / claims.FILE)

    def gather(db: sqlite3.Connection) -> tuple[Digest, Ledger]:
        watches = _watches_of(db, chat) if chat is not None else _all(db, now)
        sure = chosen.min_confidence
        return (
            figures.gather(db, watches, begin, now, min_confidence=sure),
            claimed(db, watches, begin, now, table, min_confidence=sure),
        )

    found, ledger = read_archive(chosen, lambda store: store.read(gather))
    if as_json:
        terminal.print_json(out, _as_json(found, ledger))
        return
    lines = beside(ledger, table, chosen.timezone, now)
    for message in composed(found, chosen.timezone, beside=lines, how=AT_A_PROMPT):
        out.print(terminal.from_html(message), soft_wrap=True)


def _watches_of(db: sqlite3.Connection, chat_id: int) -> list[Watch]:
    known = [chat.id for chat in chats.every(db)]
    if chat_id not in known:
        have = ", ".join(map(str, known)) or "none yet"
        raise Mendable(f"{chat_id} is no chat that the archive knows; known chats: {have}")
    return [watch for watch in places.watches(db) if watch.chat_id == chat_id]


def _all(db: sqlite3.Connection, now: datetime) -> list[Watch]:
    """As if one chat watched every place, each in the usual way."""
    return [Watch(chat_id=0, place_id=place.id, since=now) for place in places.tracked(db)]


def _as_json(found: Digest, ledger: Ledger) -> dict[str, Any]:
    return {
        "since": found.since.isoformat(),
        "until": found.until.isoformat(),
        "history_examined": found.unfinished is None,
        "posts_not_examined": found.unexamined,
        "places": [{**_place(news), "claims": _claims(news.place.id, ledger)} for news in found.places],
        "channels": [_channel(heard, found) for heard in found.channels],
        "not_read": [
            {
                "channel": gap.channel.name,
                "since": gap.since.isoformat(),
                "until": None if gap.until is None else gap.until.isoformat(),
                "message_ids": None if gap.low is None else [gap.low, gap.high],
                "why": gap.why,
            }
            for gap in found.unread
        ],
    }


def _place(news: PlaceNews) -> dict[str, Any]:
    return {
        "place": news.place.name,
        "region": news.place.region,
        **_tally(news.said),
        "usual": None if news.usual is None else _tally(news.usual),
        "mentioned_before": None if news.before is None else news.before.isoformat(),
        "read_late": news.read_late,
        "newest": [kept.link for kept in news.newest],
        "edited": [kept.link for kept in news.edited],
        "deleted": [kept.link for kept in news.deleted],
    }


def _claims(place_id: int, ledger: Ledger) -> list[dict[str, Any]]:
    about = ledger.places.get(place_id)
    return [
        {
            "claim": line.kind,
            "modality": line.modality,
            "sources": len(line.sources),
            "copies": len(line.copies),
            "sides": line.sides,
            "first": ledger.posts[line.first.post].link,
            "newest": ledger.posts[line.newest.post].link,
            "contradicted_by": [
                {"claim": kind, "modality": modality} for kind, modality in line.contradicted_by
            ],
        }
        for line in (about.lines if about else ())
    ]


def _tally(said: Tally) -> dict[str, float]:
    return {"statements": said.statements, "sources": said.sources}


def _channel(heard: Heard, found: Digest) -> dict[str, Any]:
    usual = silence(heard, found.until)
    channel = heard.channel
    return {
        "channel": channel.name,
        "problem": channel.problem,
        "read_at": None if channel.read_at is None else channel.read_at.isoformat(),
        "posted_at": heard.posts[0].isoformat() if heard.posts else None,
        "silent": usual is not None,
        "usual_pause_seconds": None if usual is None else usual.total_seconds(),
    }

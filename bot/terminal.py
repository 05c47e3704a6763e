"""How things are shown in a terminal: posts, lists, and chat messages as a chat would show them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from bot.alerts.compose import moment, speaker
from storage.records import Channel, Kept, Place

_TAG = re.compile(r'<(/?)(b|i|a|s)(?:\s+href="([^"]*)")?>')
_STYLES = {"b": "bold", "i": "italic dim", "a": "underline", "s": "strike"}


def from_html(html: str) -> Text:
    """Telegram's HTML as styled text, a link's address behind its words."""
    text = Text()
    open_tags: list[str] = []
    address = ""
    at = 0
    for tag in _TAG.finditer(html):
        text.append(unescape(html[at : tag.start()]), " ".join(_STYLES[t] for t in open_tags))
        at = tag.end()
        if not tag[1]:
            open_tags.append(tag[2])
            address = unescape(tag[3] or "")
        elif tag[2] in open_tags:
            open_tags.remove(tag[2])
            if tag[2] == "a":
                text.append(f" {address}", "dim")
    text.append(unescape(html[at:]))
    return text


def bubble(html: str, title: str) -> Panel:
    """A message as a chat shows it."""
    return Panel(from_html(html), title=title, title_align="left", border_style="cyan", expand=False)


def post_json(kept: Kept, places: Mapping[int, Place]) -> dict[str, Any]:
    """A post for programs: plain values, times in ISO 8601 (UTC)."""
    post = kept.post
    return {
        "link": kept.link,
        "channel": kept.channel.name,
        "speaker": speaker(kept.channel),
        "posted_at": post.posted_at.isoformat(),
        "received_at": kept.received_at.isoformat(),
        "edited_at": _iso(post.edited_at),
        "deleted_at": _iso(kept.deleted_at),
        "examined": kept.examined,
        "text": post.text,
        "preview": post.preview or None,
        "media": post.media.kind if post.media else None,
        "forwarded_from": post.forward.name if post.forward else None,
        "revisions": [
            {"seen_at": r.seen_at.isoformat(), "edited_at": _iso(r.edited_at), "text": r.text}
            for r in kept.revisions
        ],
        "mentions": [
            {
                "place": places[m.place_id].name,
                "name": m.name,
                "surface": m.surface,
                "start": m.start,
                "end": m.end,
                "kind": m.kind,
                "confidence": m.confidence,
                "why": m.why,
            }
            for m in kept.mentions
            if m.place_id in places
        ],
    }


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def print_json(console: Console, value: Any) -> None:
    """One JSON document, unstyled."""
    console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)


def posts(console: Console, found: Iterable[Kept], places: Mapping[int, Place], zone: ZoneInfo) -> None:
    """Posts in the words of their sources, newest first."""
    for kept in found:
        about = ", ".join(
            dict.fromkeys(places[m.place_id].name for m in kept.mentions if m.place_id in places)
        )
        head = Text.assemble(
            (moment(kept.post.posted_at, zone), "cyan"),
            "  ",
            (speaker(kept.channel), "bold"),
            ("  📍 " + about if about else "", "green"),
            ("  ✎ edited" if kept.revisions[-1].number else "", "yellow"),
            ("  🗑 deleted" if kept.deleted_at else "", "red"),
        )
        console.print(head)
        console.print(Text(kept.post.searchable or "[no text: not examined]"), style="default")
        console.print(Text(kept.link, style="dim"))
        console.print()


def one_post(console: Console, kept: Kept, places: Mapping[int, Place], zone: ZoneInfo) -> None:
    """A post with its revisions, and each mention with its why."""
    posts(console, [kept], places, zone)
    console.print(f"received {moment(kept.received_at, zone)}; text examined: {kept.examined}")
    if kept.deleted_at:
        console.print(f"deletion noticed {moment(kept.deleted_at, zone)}; the words are kept")
    for mention in kept.mentions:
        if mention.place_id in places:
            line = f"• {mention.surface} → {places[mention.place_id].name} ({mention.kind}, {mention.confidence:.2f}): {mention.why}"
            console.print(Text(line))
    for revision in kept.revisions[:-1]:
        console.print(Text(f"\nbefore, from {moment(revision.seen_at, zone)}:", style="yellow"))
        console.print(Text(revision.text))


def channels(console: Console, known: Iterable[Channel], zone: ZoneInfo) -> None:
    """Channels and how well each is read."""
    table = Table("channel", "who speaks", "state", "last read", "last post")
    for channel in known:
        table.add_row(
            channel.name,
            channel.label or channel.title,
            channel.problem or ("joined" if channel.joined else "polled"),
            moment(channel.read_at, zone) if channel.read_at else "not yet",
            moment(channel.posted_at, zone) if channel.posted_at else "none",
        )
    console.print(table)


def places(console: Console, known: Iterable[Place], watchers: Mapping[int, list[int]]) -> None:
    """Places, their names and the chats that watch them."""
    table = Table("place", "names", "region", "chats that watch")
    for place in known:
        names = ", ".join(n.text for n in place.names if n.active)
        chats = ", ".join(map(str, watchers.get(place.id, []))) or "none yet"
        table.add_row(place.name, names, place.region or "", chats)
    console.print(table)

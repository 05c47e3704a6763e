"""How things are shown in a terminal: posts, lists, and chat messages as a chat would show them."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.markup import escape
from rich.panel import Panel
from rich.table import Column, Table
from rich.text import Text

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import Stretch
from bot.commands.post import became_of
from bot.places.confidence import cues_of
from bot.places.gazetteer import Candidate
from storage import media
from storage.records import (
    Channel,
    Kept,
    Mention,
    Message,
    NameKind,
    Place,
    PostFile,
    Priority,
    Proven,
    Revision,
    Wish,
)

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


def bubble(message: Message, title: str) -> Panel:
    """A message as a chat shows it, its buttons below."""
    text = from_html(message.html)
    if message.attachment is not None:
        text.append(f"\n📎 {message.attachment.name}", "bold")
    for row in message.buttons:
        text.append("\n" + " ".join(f"[{button.words}]" for button in row), "bold blue")
    return Panel(text, title=title, title_align="left", border_style="cyan", expand=False)


def post_json(kept: Kept, places: Mapping[int, Place], proven: Proven | None) -> dict[str, Any]:
    """A post for programs: plain values, times in ISO 8601 (UTC), and where it stands in the ledger."""
    post = kept.post
    return {
        "id": kept.id,
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
            {
                "number": r.number,
                "seen_at": r.seen_at.isoformat(),
                "edited_at": _iso(r.edited_at),
                "text": r.text,
            }
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
        "ledger": None
        if proven is None
        else {"entries": list(proven.numbers), "digest": proven.digest, "head": str(proven.head)},
    }


def file_json(file: PostFile, data: Path) -> dict[str, Any]:
    """A post's file for programs; its path where it is kept."""
    return {
        "state": file.state,
        "reason": file.reason,
        "sha256": file.sha256,
        "size": file.size,
        "path": str(media.path(data, file.sha256)) if file.sha256 else None,
    }


def file_line(file: PostFile, data: Path) -> str:
    """What became of a post's file, and where it lies."""
    where = f"; {media.path(data, file.sha256)}" if file.sha256 else ""
    return f"file: {became_of(file)}{where}"


def _iso(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def print_json(console: Console, value: Any) -> None:
    """One JSON document, unstyled."""
    console.out(json.dumps(value, ensure_ascii=False, indent=2), highlight=False)


def posts(
    console: Console,
    found: Iterable[Kept],
    places: Mapping[int, Place],
    zone: ZoneInfo,
    least: float,
    mark: Callable[[str], Sequence[Stretch]] = lambda _: (),
    told: Callable[[Kept], Revision] = lambda kept: kept.revisions[-1],
) -> None:
    """Posts in the words of their sources; places less sure than `least` are marked possible.

    `mark` says what to stress, `told` which version to show.
    """
    for kept in found:
        revision = told(kept)
        best: dict[int, float] = {}
        for mention in kept.mentions:
            best[mention.place_id] = max(mention.confidence, best.get(mention.place_id, 0))
        about = ", ".join(
            places[i].name + ("" if sure >= least else f" (possible, {sure:.2f})")
            for i, sure in best.items()
            if i in places
        )
        head = Text.assemble(
            (moment(kept.post.posted_at, zone), "cyan"),
            "  ",
            (speaker(kept.channel), "bold"),
            ("  📍 " + about if about else "", "green"),
            ("  ✎ edited" if kept.revisions[-1].number else "", "yellow"),
            (", in an earlier version" if revision is not kept.revisions[-1] else "", "yellow"),
            ("  🗑 deleted" if kept.deleted_at else "", "red"),
        )
        console.print(head)
        words = Text(revision.searchable or "[no text: not examined]")
        for stretch in mark(revision.searchable):
            words.stylize("bold yellow", stretch.start, stretch.end)
        console.print(words, style="default")
        console.print(Text(kept.link, style="dim"))
        console.print()


def one_post(console: Console, kept: Kept, places: Mapping[int, Place], zone: ZoneInfo, least: float) -> None:
    """A post as it is said now, and each mention with its why."""
    posts(console, [kept], places, zone, least)
    console.print(f"received {moment(kept.received_at, zone)}; text examined: {kept.examined}")
    if kept.deleted_at:
        console.print(f"deletion noticed {moment(kept.deleted_at, zone)}; the words are kept")
    for mention in kept.mentions:
        if mention.place_id in places:
            line = f"• {mention.surface} → {places[mention.place_id].name} ({mention.kind}, {mention.confidence:.2f}): {mention.why}"
            console.print(Text(line))


def explanation(
    console: Console,
    text: str,
    mentions: Sequence[Mention],
    called: Callable[[int], str],
    min_confidence: float,
) -> None:
    """A text with its places highlighted, and for each what speaks for and against it."""
    sure = [m for m in mentions if m.confidence >= min_confidence]
    nearly = [m for m in mentions if m.confidence < min_confidence]
    shown = Text(text)
    for mention in nearly:
        shown.stylize("yellow", mention.start, mention.end)
    for mention in sure:
        shown.stylize("bold green", mention.start, mention.end)
    console.print(shown)
    console.print()
    if not sure:
        console.print("None of the places looked for is mentioned.")
    for mention in sure:
        _explain(console, mention, called, "green")
    if nearly:
        console.print(Text(f"Nearly a match (below {min_confidence:g}):", style="yellow"))
    for mention in nearly:
        _explain(console, mention, called, "yellow")


def _explain(console: Console, mention: Mention, called: Callable[[int], str], style: str) -> None:
    form = mention.why.partition("; ")[0]
    head = f"{mention.confidence:.2f}  {called(mention.place_id)} ({mention.kind}) at {mention.start}–{mention.end}: {form}"
    console.print(Text(head, style=style), soft_wrap=True)
    for cue, weight in cues_of(mention.why):
        console.print(Text(f"      {weight:+.1f}  {cue}"))
    for rival in mention.rivals:
        console.print(
            Text(f"      could also be {called(rival.place_id)} ({rival.confidence:.2f})", style="dim")
        )


def accounts(console: Console, listed: Iterable[Mapping[str, Any]], zone: ZoneInfo) -> None:
    """Reading accounts, as `bot.roster` lists them."""

    def at(text: str) -> str:
        return moment(datetime.fromisoformat(text), zone)

    table = Table("account", "signed in as", "connected", "channels", "requests a second", "trouble")
    for one in listed:
        trouble = [one["stopped"] or one["problem"] or ""]
        trouble += [f"no {method} until {at(until)}" for method, until in one["waits"].items()]
        who = one["signed_in_as"] or one["telegram_id"]
        table.add_row(
            one["account"],
            str(who) if who else "not known yet",
            f"since {at(one['connected_since'])}" if one["connected_since"] else "no",
            str(one["channels"]),
            f"{one['requests_a_second']:.2f} of {one['allowed_a_second']:.2f}"
            + ("" if one["fits"] else ", too few"),
            "; ".join(words for words in trouble if words),
        )
    console.print(table)


def channels(
    console: Console,
    known: Iterable[Channel],
    wishes: Mapping[int, Wish],
    zone: ZoneInfo,
    *,
    by_account: bool = False,
) -> None:
    """Channels and how well each is read, and by which account where there are several.

    What nobody has said of any of them has no column.
    """
    heads = [
        "channel",
        "who speaks",
        "side",
        "how official",
        "owner",
        "state",
        "last read",
        "last post",
        "read by",
    ]
    rows = [
        (
            channel.name,
            channel.label or channel.title,
            channel.side or "",
            channel.standing or "",
            channel.owner or "",
            channel.problem or _how_read(channel, wishes.get(channel.id)),
            moment(channel.read_at, zone) if channel.read_at else "not yet",
            moment(channel.posted_at, zone) if channel.posted_at else "none",
            channel.account if by_account else "",
        )
        for channel in known
    ]
    told = [at for at in range(len(heads)) if any(row[at] for row in rows) or not rows]
    table = Table(*(heads[at] for at in told))
    for row in rows:
        table.add_row(*(escape(row[at]) for at in told))
    console.print(table)


def _how_read(channel: Channel, wish: Wish | None) -> str:
    said = ["joined" if channel.joined else "polled"]
    said += [] if channel.priority is Priority.NORMAL else [f"{channel.priority} priority"]
    return ", ".join([*said, *([wish.words] if wish else [])])


def places(
    console: Console, known: Sequence[Place], watchers: Mapping[int, list[int]], *, every: bool = False
) -> None:
    """Places, their names and the chats that watch them; areas as one row each, unless `every` is asked for."""
    table = Table("no.", "place", "names", "region", "chats that watch")
    for place in known:
        if every or place.area is None:
            used = [n.text for n in place.names if n.active]
            shown = ", ".join(used[:12]) + (f" and {len(used) - 12} more" if len(used) > 12 else "")
            chats = ", ".join(map(str, watchers.get(place.id, []))) or "none yet"
            table.add_row(str(place.id), place.name, shown, place.region or "", chats)
    if table.row_count:
        console.print(table)
    if not every:
        for area, count in Counter(place.area for place in known if place.area).items():
            console.print(f"{area}: {count} places (--all lists them)", highlight=False)


def names(console: Console, place: Place) -> None:
    """A place's names, and where each comes from."""
    heads = ("name", "language", "kind", "used", "from", "looked for")
    table = Table(*(Column(head, overflow="fold") for head in heads), title=place.name, title_justify="left")
    for name in place.names:
        period = f"{name.since or ''}–{name.until or ''}" if name.since or name.until else ""
        looked_for = "yes" if name.active else "no"
        table.add_row(name.text, name.language, name.kind, period, name.source, looked_for)
    console.print(table)


def candidates(console: Console, found: Iterable[Candidate], *, numbered: bool = False) -> None:
    """Places of the gazetteer, the likeliest first, two lines each."""
    for number, candidate in enumerate(found, start=1):
        place = candidate.settlement
        how = "" if candidate.how == "exact" else f"  ({candidate.how}: {candidate.matched.text})"
        kind = candidate.matched.kind
        if not how and kind in (NameKind.FORMER, NameKind.ALIAS):
            how = f"  ({kind} name: {candidate.matched.text})"
        people = f", {place.population:,} people" if place.population else ""
        others = list(
            dict.fromkeys(n.text for n in place.names if n.text != place.name and n.language in ("uk", "ru"))
        )
        head = Text.assemble(
            (f"{number:>2}. " if numbered else "", "bold"),
            (place.name, "bold green"),
            (how, "yellow"),
            f"  {place.region or 'region unknown'}, {place.country}{people}",
            (f"  {place.latitude:.3f}, {place.longitude:.3f}  GeoNames {place.geonames_id}", "dim"),
        )
        console.print(head, soft_wrap=True)
        console.print(Text(f"    {', '.join(others[:8])}"), soft_wrap=True)

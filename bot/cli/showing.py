"""How a whole post and a place's history look in a terminal, and in JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from bot import terminal
from bot.alerts.compose import forwarded_from, moment, speaker
from bot.archive.differences import Kind, Piece, differences
from bot.archive.whole import Whole
from bot.commands import timeline
from bot.commands.timeline import Bar, History
from storage.records import Kept, Member

_STYLES = {Kind.KEPT: "", Kind.GONE: "red strike", Kind.NEW: "bold green"}
_AROUND = 12  # words shown on either side of a change
_WIDTH = 40  # characters of the longest bar
_NAMED = 12  # repeats named one by one


def print_whole(console: Console, whole: Whole, zone: ZoneInfo, least: float) -> None:
    """A post, its revisions as differences, each mention with its why, its story, and what came of it."""
    kept = whole.kept
    terminal.one_post(console, kept, whole.places, zone, least)
    for line in (
        *_origin(whole),
        *_edits(kept, zone),
        *_story(whole.story, kept, zone),
        *_outcome(whole, zone),
    ):
        console.print(line, soft_wrap=True)


def _origin(whole: Whole) -> Iterator[Text]:
    forward = whole.kept.post.forward
    if forward is not None:
        origin = next((m.origin for m in whole.story if m.lead.id == whole.kept.id), None)
        yield Text("forwarded from ").append_text(terminal.from_html(forwarded_from(forward, origin)))


def _edits(kept: Kept, zone: ZoneInfo) -> Iterator[Text]:
    for before, after in reversed(list(zip(kept.revisions, kept.revisions[1:], strict=False))):
        yield Text(f"\n✎ {moment(after.edited_at or after.seen_at, zone)}", "yellow")
        pieces = differences(before.text, after.text)
        if pieces is None:
            yield Text("Too long to compare. Before:", "dim")
            yield Text(before.text)
        elif all(piece.kind is Kind.KEPT for piece in pieces):
            yield Text("only its form or its media changed", "dim")
        else:
            yield _compared(pieces)


def _compared(pieces: Sequence[Piece]) -> Text:
    """What is gone struck through, what is new bold; of what was kept, the words beside a change."""
    text = Text()
    for number, piece in enumerate(pieces):
        words = piece.words
        if piece.kind is Kind.KEPT and len(words) > 2 * _AROUND:
            head = () if number == 0 else words[:_AROUND]
            tail = () if number == len(pieces) - 1 else words[-_AROUND:]
            words = (*head, "… ", *tail)
        text.append("".join(words), _STYLES[piece.kind])
    return text


def _story(story: Sequence[Member], kept: Kept, zone: ZoneInfo) -> Iterator[Text]:
    if len(story) < 2:
        return
    yield Text(f"\nStory: {len(story)} posts say this", "bold")
    for member in story[:_NAMED]:
        lead = member.lead
        how = (
            "said first, among the channels followed" if member.how is None else f"{member.how}: {member.why}"
        )
        here = " ← this post" if kept.id in [part.id for part in member.parts] else ""
        when = moment(lead.post.posted_at, zone)
        yield Text(f"  {when}  {speaker(lead.channel)} ({how}) {lead.link}{here}")
    if len(story) > _NAMED:
        yield Text(f"  and {len(story) - _NAMED} more")


def _outcome(whole: Whole, zone: ZoneInfo) -> Iterator[Text]:
    yield Text("\nAlerts: " + ("" if whole.alerts else "none was sent"), "bold")
    for sent in whole.alerts:
        message = f"message {sent.message_id}" if sent.message_id else "its message is not known"
        yield Text(f"  {moment(sent.at, zone)}  {sent.chat or 'chat'} ({sent.chat_id}), {message}")
    for review in whole.reviews:
        place = (
            whole.places[review.place_id].name
            if review.place_id in whole.places
            else f"place {review.place_id}"
        )
        reason = f" ({review.reason})" if review.reason else ""
        yield Text(
            f"Review: {place}: {review.verdict}{reason}, by {review.actor}, {moment(review.at, zone)}",
            "magenta",
        )
    if whole.proven is not None:
        yield Text(f"Ledger: entries {', '.join(map(str, whole.proven.numbers))}", "dim")


def whole_json(whole: Whole) -> dict[str, Any]:
    """A whole post for programs."""
    found = terminal.post_json(whole.kept, whole.places, whole.proven)
    pairs = zip(whole.kept.revisions, whole.kept.revisions[1:], strict=False)
    found["edits"] = [_edit_json(differences(before.text, after.text)) for before, after in pairs]
    found["story"] = [
        {
            "link": member.lead.link,
            "posted_at": member.lead.post.posted_at.isoformat(),
            "how": member.how,
            "why": member.why or None,
        }
        for member in whole.story
    ]
    found["alerts"] = [
        {"chat_id": sent.chat_id, "chat": sent.chat, "at": sent.at.isoformat(), "message_id": sent.message_id}
        for sent in whole.alerts
    ]
    found["reviews"] = [
        {
            "place": whole.places[review.place_id].name if review.place_id in whole.places else None,
            "verdict": review.verdict,
            "reason": review.reason,
            "actor": review.actor,
            "at": review.at.isoformat(),
        }
        for review in whole.reviews
    ]
    return found


def _edit_json(pieces: list[Piece] | None) -> list[list[str]] | None:
    """[what became of the words, the words] for each piece; None where the versions are too long to compare."""
    return None if pieces is None else [[piece.kind, piece.text] for piece in pieces]


def print_history(console: Console, history: History, zone: ZoneInfo, now: datetime) -> None:
    """What the chat's /timeline says, with bars as wide as a terminal has room for."""
    parts = timeline.parts(history, zone, now)
    for line in parts.above:
        console.print(terminal.from_html(line), soft_wrap=True)
    unread, bars = timeline.bars(history, zone, now)
    if unread:
        ends = dict.fromkeys((unread[0].label.strip(), unread[-1].label.strip()))
        console.print(Text(f"{' … '.join(ends)} not read", "dim"))
    most = max((bar.sure for bar in bars), default=0)
    grid = Grid.grid(padding=(0, 1))
    for bar in bars:
        possible = f"+{bar.possible}?" if bar.possible else ""
        grid.add_row(Text(bar.label, "cyan"), Text(_block(bar.sure, most), "green"), f"{bar.sure}{possible}")
    console.print(grid)
    for line in (*parts.below, *history.claims):
        console.print(terminal.from_html(line), soft_wrap=True)
    for gap in _gaps(parts.gaps):
        console.print(Text(gap, "yellow"), soft_wrap=True)


def _gaps(lines: Sequence[str]) -> list[str]:
    """What is left out, for a prompt."""
    return [terminal.from_html(line).plain.replace("/status", "placewatch doctor") for line in lines]


def _block(count: int, most: int) -> str:
    return "█" * max(1, round(count * _WIDTH / most)) if count else ""


def history_json(history: History, zone: ZoneInfo, now: datetime) -> dict[str, Any]:
    """A place's history for programs: what was not read is marked, and is no zero."""
    unread, bars = timeline.bars(history, zone, now)
    return {
        "place": history.place.name,
        "region": history.place.region,
        "since": history.window.start.isoformat(),
        "until": history.window.end.isoformat(),
        "unit": history.window.unit,
        "bars": [_bar_json(bar, read=False) for bar in unread] + [_bar_json(bar, read=True) for bar in bars],
        "first_here": history.first.link if history.first else None,
        "first_ever": history.ever.link if history.ever else None,
        "channels": [{"channel": channel.name, "statements": count} for channel, count in history.by_channel],
        "claims": [terminal.from_html(block).plain for block in history.claims],
        "remarks": [gap.removeprefix("ℹ ") for gap in _gaps(timeline.parts(history, zone, now).gaps)],
    }


def _bar_json(bar: Bar, *, read: bool) -> dict[str, Any]:
    return {
        "since": bar.start.isoformat(),
        "until": bar.end.isoformat(),
        "statements": bar.sure if read else None,
        "possibly": bar.possible if read else None,
    }

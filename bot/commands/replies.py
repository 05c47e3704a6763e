"""How answers read. HTML as Telegram understands it, everything escaped, within one message."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import shown
from bot.alerts.measure import units
from bot.commands.label import EXAMPLE
from bot.commands.menu import MENU
from storage.records import Channel, Place, Priority, Wish

LIMIT = 4096  # UTF-16 units of one message, as Telegram counts
_NAMES = 12  # of one place, on one line


def fit(lines: Iterable[str], limit: int = LIMIT) -> str:
    """As many whole lines as one message holds; says how many it leaves out.

    Counted with the markup, so at worst a little less is shown than would fit.
    """
    every = list(lines)
    shown: list[str] = []
    room = limit - 40
    for number, line in enumerate(every):
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*shown, f"… and {len(every) - number} more lines"])
        shown.append(line)
    return "\n".join(shown)


def archive_shut(problem: str) -> str:
    """Why a command could not be carried out, where its answer can't be kept either."""
    return f"⚠ Nothing can be kept just now, so this command has done nothing. {shown(problem)} Send it again then."


def counted(number: int, what: str) -> str:
    """So many of something: "1 place", "2 places"."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


SEARCHING: Final = (
    'Also: "these words exactly", begin*, (groups), channel:@name, side:Ukraine, to:2025-11-30, '
    "is:edited, deleted, forward, copy, relevant or unreviewed, has:photo, video or link, claim:capture, "
    "sort:oldest or relevance; -is:edited for the contrary."
)


def help_text() -> str:
    """All commands."""
    lines = ["<b>placewatch</b> tells you when followed channels mention your places."]
    # What takes an argument has its colon in the menu's line.
    lines += [f"/{name}{' ' if ': ' in words else ': '}{shown(words)}" for name, words in MENU]
    lines.append("")
    lines.append("Several places: /watch Pokrovsk, Bakhmut")
    lines.append("More names of one place: /watch Pokrovsk = Покровськ = Красноармейск")
    lines.append(f"Who speaks in a channel: {shown(EXAMPLE)}")
    lines.append("Searching: /search обстрел OR удар -учения place:Pokrovsk from:7d")
    lines.append(
        f"Words are found in all their forms, and in what was said before an edit. {shown(SEARCHING)}"
    )
    return "\n".join(lines)


def unknown(name: str) -> str:
    """No such command."""
    return f"I don't know /{shown(name[:40])}. /help lists what I can do."


def failed() -> str:
    """A fault of our own."""
    return "⚠ That failed, and it is our fault; nothing was changed. The log of placewatch says why."


def not_allowed() -> str:
    """A member asks for a change that only administrators may make."""
    return "Only administrators of this chat may change what is watched and read. Everybody may ask: /help"


def missing(name: str) -> str:
    """A command came without what it needs: the question that a reply answers."""
    which, example = {
        "watch": ("which place", "/watch Pokrovsk"),
        "follow": ("which channel", "/follow https://t.me/name"),
        "search": ("which words", "/search evacuation"),
    }[name]
    asked = f"/{name}: {which}? Reply to this message, or send it in one line: {shown(example)} · /cancel"
    return f"{asked}\n{shown(SEARCHING)}" if name == "search" else asked


def watching(place: Place, *, new: bool, added: Sequence[str] = ()) -> str:
    """A place is watched now, under these names; of one that was watched before, those that are new to it."""
    if added and not new:
        return f"Already watching 📍 <b>{shown(place.name)}</b>, now also named: {shown(', '.join(added))}"
    verb = "Watching" if new else "Already watching"
    return f"{verb} 📍 <b>{shown(place.name)}</b>, named: {named(place)}"


def named(place: Place) -> str:
    """The names that are looked for, on one line; not all of very many."""
    used = [n.text for n in place.names if n.active]
    rest = f" and {len(used) - _NAMES} more" if len(used) > _NAMES else ""
    return shown(", ".join(used[:_NAMES])) + rest if used else "none"


def unwatched(place: Place) -> str:
    """A chat is told no more about a place."""
    return (
        f"No more alerts here about <b>{shown(place.name)}</b>. What was said about it stays in the archive."
    )


def not_watched(name: str, known: Sequence[Place]) -> str:
    """A place is asked for that is not watched."""
    have = ", ".join(shown(p.name) for p in known) or "none yet"
    return f"“{shown(name)}” is not among the places watched here ({have})."


def no_places() -> str:
    """A chat watches nothing yet."""
    return "No places are watched here yet. Add one: /watch Pokrovsk"


def following(channel: Channel, *, new: bool) -> str:
    """A channel is read now."""
    verb = "Following" if new else "Already following"
    how = (
        "pushed live"
        if channel.joined
        else "polled, every minute or so where there is enough for all: the account has not joined it"
    )
    return f"{verb} <b>{shown(speaker(channel))}</b>, {how}."


def unfollowed(channel: Channel) -> str:
    """A channel is read no more."""
    return f"Stopped reading <b>{shown(speaker(channel))}</b>. What it said stays in the archive."


def not_followed(name: str, known: Sequence[Channel]) -> str:
    """A channel is asked for that is not followed."""
    have = ", ".join(shown(c.name) for c in known) or "none yet"
    return f"“{shown(name)}” is not among the channels followed ({have})."


def channels_list(
    known: Sequence[Channel],
    zone: ZoneInfo,
    now: datetime,
    *,
    of: int | None = None,
    wishes: Mapping[int, Wish] = MappingProxyType({}),
) -> str:
    """Which channels are read, and how well: all of them, or a page of so many."""
    if not known:
        return no_channels()
    return fit(
        [
            f"<b>{counted(of or len(known), 'channel')} followed</b>",
            *(channel_line(c, zone, now, wishes.get(c.id)) for c in known),
        ]
    )


def no_channels() -> str:
    """Nothing is read yet."""
    return "No channels are followed yet. Add one: /follow https://t.me/name"


def channel_line(channel: Channel, zone: ZoneInfo, now: datetime, wish: Wish | None = None) -> str:
    """How well a channel is read, and what was wished about it beyond that."""
    return f"• {shown(speaker(channel))}: {_how_read(channel, zone, now)}{_wished(channel, wish)}"


def _wished(channel: Channel, wish: Wish | None) -> str:
    said = [] if channel.priority is Priority.NORMAL else [f"{channel.priority} priority"]
    said += [shown(wish.words)] if wish else []
    return "".join(f", {words}" for words in said)


def _how_read(channel: Channel, zone: ZoneInfo, now: datetime) -> str:
    if channel.problem:
        return f"⚠ not readable: {shown(channel.problem)}"
    if channel.read_at is None:
        return "not read yet"
    posted = f"last post {moment(channel.posted_at, zone, than=now)}" if channel.posted_at else "no post seen"
    return f"read {moment(channel.read_at, zone, than=now)}, {posted}"

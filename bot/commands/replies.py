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
from bot.commands.menu import menu
from bot.languages import ENGLISH, N_, Words
from bot.languages.counts import counted as counted
from bot.languages.places import called
from storage.records import Channel, Place, Priority, Wish

LIMIT = 4096  # UTF-16 units of one message, as Telegram counts
_NAMES = 12  # of one place, on one line


def fit(lines: Iterable[str], limit: int = LIMIT, *, t: Words = ENGLISH) -> str:
    """As many whole lines as one message holds; says how many it leaves out.

    Counted with the markup, so at worst a little less is shown than would fit.
    """
    every = list(lines)
    shown: list[str] = []
    room = limit - 40
    for number, line in enumerate(every):
        room -= units(line) + 1
        if room < 0:
            return "\n".join([*shown, t("… and {more} more lines", more=len(every) - number)])
        shown.append(line)
    return "\n".join(shown)


def archive_shut(problem: str, *, t: Words = ENGLISH) -> str:
    """Why a command could not be carried out, where its answer can't be kept either."""
    return t(
        "⚠ Nothing can be kept just now, so this command has done nothing. {problem} Send it again then.",
        problem=shown(problem),
    )


SEARCHING: Final = N_(
    'Also: "these words exactly", begin*, (groups), channel:@name, side:Ukraine, to:2025-11-30, '
    "is:edited, deleted, forward, copy, relevant or unreviewed, has:photo, video or link, claim:capture, "
    "sort:oldest or relevance; -is:edited for the contrary."
)


def help_text(*, t: Words = ENGLISH) -> str:
    """All commands."""
    lines = [t("<b>placewatch</b> tells you when followed channels mention your places.")]
    # What takes an argument has its colon in the menu's line.
    lines += [f"/{name}{' ' if ': ' in words else ': '}{shown(words)}" for name, words in menu(t.code)]
    lines.append("")
    lines.append(t("Several places: /watch Pokrovsk, Bakhmut"))
    lines.append(t("More names of one place: /watch Pokrovsk = Покровськ = Красноармейск"))
    lines.append(t("Who speaks in a channel: {EXAMPLE}", EXAMPLE=shown(EXAMPLE)))
    lines.append(t("Searching: /search обстрел OR удар -учения place:Pokrovsk from:7d"))
    lines.append(
        t(
            "Words are found in all their forms, and in what was said before an edit. {SEARCHING}",
            SEARCHING=shown(t(SEARCHING)),
        )
    )
    return "\n".join(lines)


def unknown(name: str, *, t: Words = ENGLISH) -> str:
    """No such command."""
    return t("I don't know /{name}. /help lists what I can do.", name=shown(name[:40]))


def failed(*, t: Words = ENGLISH) -> str:
    """A fault of our own."""
    return t("⚠ That failed, and it is our fault; nothing was changed. The log of placewatch says why.")


def not_allowed(*, t: Words = ENGLISH) -> str:
    """A member asks for a change that only administrators may make."""
    return t("Only administrators of this chat may change what is watched and read. Everybody may ask: /help")


def missing(name: str, t: Words = ENGLISH) -> str:
    """A command came without what it needs: the question that a reply answers."""
    which, example = {
        "watch": (t("which place"), "/watch Pokrovsk"),
        "follow": (t("which channel"), "/follow https://t.me/name"),
        "search": (t("which words"), "/search evacuation"),
    }[name]
    asked = t(
        "/{name}: {which}? Reply to this message, or send it in one line: {example} · /cancel",
        name=name,
        which=which,
        example=shown(example),
    )
    return f"{asked}\n{shown(t(SEARCHING))}" if name == "search" else asked


def watching(place: Place, *, new: bool, added: Sequence[str] = (), t: Words = ENGLISH) -> str:
    """A place is watched now, under these names; of one that was watched before, those that are new to it."""
    if added and not new:
        return t(
            "Already watching 📍 <b>{place}</b>, now also named: {added}",
            place=shown(called(place, t).name),
            added=shown(", ".join(added)),
        )
    verb = t("Watching") if new else t("Already watching")
    return t(
        "{verb} 📍 <b>{place}</b>, named: {named}",
        verb=verb,
        place=shown(called(place, t).name),
        named=named(place, t=t),
    )


def named(place: Place, *, t: Words = ENGLISH) -> str:
    """The names that are looked for, on one line; not all of very many."""
    used = [n.text for n in place.names if n.active]
    rest = t(" and {more} more", more=len(used) - _NAMES) if len(used) > _NAMES else ""
    return shown(", ".join(used[:_NAMES])) + rest if used else t("none")


def unwatched(place: Place, *, t: Words = ENGLISH) -> str:
    """A chat is told no more about a place."""
    return t(
        "No more alerts here about <b>{place}</b>. What was said about it stays in the archive.",
        place=shown(called(place, t).name),
    )


def not_watched(name: str, known: Sequence[Place], *, t: Words = ENGLISH) -> str:
    """A place is asked for that is not watched."""
    have = ", ".join(shown(called(p, t).name) for p in known) or t("none yet")
    return t("“{name}” is not among the places watched here ({have}).", name=shown(name), have=have)


def no_places(*, t: Words = ENGLISH) -> str:
    """A chat watches nothing yet."""
    return t("No places are watched here yet. Add one: /watch Pokrovsk")


def following(channel: Channel, *, new: bool, t: Words = ENGLISH) -> str:
    """A channel is read now."""
    verb = t("Following") if new else t("Already following")
    how = (
        t("pushed live")
        if channel.joined
        else t("polled, every minute or so where there is enough for all: the account has not joined it")
    )
    return f"{verb} <b>{shown(speaker(channel))}</b>, {how}."


def unfollowed(channel: Channel, *, t: Words = ENGLISH) -> str:
    """A channel is read no more."""
    return t(
        "Stopped reading <b>{channel}</b>. What it said stays in the archive.",
        channel=shown(speaker(channel)),
    )


def not_followed(name: str, known: Sequence[Channel], *, t: Words = ENGLISH) -> str:
    """A channel is asked for that is not followed."""
    have = ", ".join(shown(c.name) for c in known) or t("none yet")
    return t("“{name}” is not among the channels followed ({have}).", name=shown(name), have=have)


def channels_list(
    known: Sequence[Channel],
    zone: ZoneInfo,
    now: datetime,
    *,
    of: int | None = None,
    wishes: Mapping[int, Wish] = MappingProxyType({}),
    t: Words = ENGLISH,
) -> str:
    """Which channels are read, and how well: all of them, or a page of so many."""
    if not known:
        return no_channels(t=t)
    return fit(
        [
            t("<b>{counted} followed</b>", counted=counted(of or len(known), "channel", t=t)),
            *(channel_line(c, zone, now, wishes.get(c.id), t=t) for c in known),
        ],
        t=t,
    )


def no_channels(*, t: Words = ENGLISH) -> str:
    """Nothing is read yet."""
    return t("No channels are followed yet. Add one: /follow https://t.me/name")


def channel_line(
    channel: Channel, zone: ZoneInfo, now: datetime, wish: Wish | None = None, *, t: Words = ENGLISH
) -> str:
    """How well a channel is read, and what was wished about it beyond that."""
    return f"• {shown(speaker(channel))}: {_how_read(channel, zone, now, t=t)}{_wished(channel, wish, t=t)}"


def _wished(channel: Channel, wish: Wish | None, *, t: Words = ENGLISH) -> str:
    said = (
        [] if channel.priority is Priority.NORMAL else [t("{priority} priority", priority=channel.priority)]
    )
    said += [shown(wish.words)] if wish else []
    return "".join(f", {words}" for words in said)


def _how_read(channel: Channel, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    if channel.problem:
        return t("⚠ not readable: {problem}", problem=shown(channel.problem))
    if channel.read_at is None:
        return t("not read yet")
    posted = (
        t("last post {when}", when=moment(channel.posted_at, zone, than=now, t=t))
        if channel.posted_at
        else t("no post seen")
    )
    return t("read {when}, {posted}", when=moment(channel.read_at, zone, than=now, t=t), posted=posted)

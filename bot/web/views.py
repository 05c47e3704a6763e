"""Statements as templates need them: the words in pieces, the places with their why, who repeats them, who decided what."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.archive.hits import Hit
from bot.archive.stream import Shown
from bot.web.marking import ROOM, Quote, quote
from storage import channels, places
from storage.records import Channel, Gap, Kept, Mention, Place, Review, Verdict
from storage.repeats import Repeat

_COLOURS = 6  # of sides, in style.css
_LISTED = 4  # channels of a gap


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A place that a statement mentions."""

    place: Place
    mention: Mention  # the surest
    sure: bool
    review: Review | None


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A statement on a page."""

    shown: Shown
    quote: Quote
    about: tuple[About, ...]  # the surest first
    others: tuple[tuple[Repeat, Channel], ...]  # the rest of its story
    side: int  # the number of its side's colour; 0 for none
    names: dict[int, str]  # of every place that is mentioned or was decided on

    @property
    def kept(self) -> Kept:
        """The post."""
        return self.shown.kept

    @property
    def counted(self) -> tuple[About, ...]:
        """The places that count."""
        return tuple(one for one in self.about if one.sure)

    @property
    def verdict(self) -> Verdict | None:
        """What was decided, where that is the same for every place that counts."""
        verdicts = {one.review.verdict if one.review else None for one in self.counted}
        return verdicts.pop() if len(verdicts) == 1 else None

    @property
    def settled(self) -> Review | None:
        """The decision, where one member decided the same about every place, and gave no reason."""
        reviews = self.shown.handling.reviews
        alike = {(review.verdict, review.actor, review.reason) for review in reviews}
        counted = {one.place.id for one in self.counted}
        whole = len(alike) == 1 and counted == {review.place_id for review in reviews}
        return (
            max(reviews, key=lambda r: r.at)
            if whole and (len(reviews) > 1 or reviews[0].verdict is not Verdict.WRONG)
            else None
        )


@dataclass(frozen=True, slots=True)
class Unread:
    """What was not read of several channels, for the same reason."""

    gap: Gap
    names: tuple[str, ...]
    more: int  # channels besides


def views(
    db: sqlite3.Connection,
    shown: Sequence[Shown],
    mark: Callable[[str], list[Hit]],
    *,
    sure: float,
    room: int = ROOM,
) -> list[View]:
    """Statements, for a page."""
    known = {channel.id: channel for channel in channels.known(db)}
    colours = side_colours(known.values())
    named = {m.place_id for one in shown for m in one.told.mentions}
    named |= {review.place_id for one in shown for review in one.handling.reviews}
    tracked = places.by_ids(db, named)
    found = []
    for one in shown:
        others = tuple(
            (repeat, known[repeat.channel_id])
            for repeat in one.repeats
            if repeat.post_id != one.kept.id and repeat.channel_id in known
        )
        found.append(
            View(
                shown=one,
                quote=quote(one.told, mark(one.told.text), sure=sure, room=room),
                about=about(one, tracked, sure),
                others=others,
                side=colours.get(one.kept.channel.side or "", 0),
                names={number: place.name for number, place in tracked.items()},
            )
        )
    return found


def about(shown: Shown, known: Mapping[int, Place], sure: float) -> tuple[About, ...]:
    """The places of a statement, the surest first."""
    best: dict[int, Mention] = {}
    for mention in shown.told.mentions:
        if mention.place_id not in best or mention.confidence > best[mention.place_id].confidence:
            best[mention.place_id] = mention
    decided = {review.place_id: review for review in shown.handling.reviews}
    return tuple(
        About(
            place=known[mention.place_id],
            mention=mention,
            sure=mention.confidence >= sure,
            review=decided.get(mention.place_id),
        )
        for mention in sorted(best.values(), key=lambda m: (-m.confidence, m.start))
        if mention.place_id in known
    )


def side_colours(known: Iterable[Channel]) -> dict[str, int]:
    """A colour's number for each side, the same on every page; sides beyond the colours there are share the last one."""
    sides = sorted({channel.side for channel in known if channel.side})
    return {side: min(number, _COLOURS) for number, side in enumerate(sides, start=1)}


def unread(gaps: Iterable[Gap]) -> list[Unread]:
    """Gaps of the same time and reason together, in the order in which they came."""
    alike: dict[object, list[Gap]] = {}
    for gap in gaps:
        minute = (gap.since.replace(second=0), gap.until and gap.until.replace(second=0))
        alike.setdefault((minute, gap.why, gap.low and gap), []).append(gap)
    return [
        Unread(every[0], tuple(gap.channel.name for gap in every[:_LISTED]), max(0, len(every) - _LISTED))
        for every in alike.values()
    ]


def speaker(channel: Channel) -> str:
    """What a channel is called on the page: the team's label, else its title."""
    return channel.label or channel.title or channel.name


def where(channel: Channel) -> str:
    """How a channel stands in an address of ours."""
    return channel.username or str(channel.telegram_id or channel.id)

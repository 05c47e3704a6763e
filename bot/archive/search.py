"""From a query as it was typed to a search in this archive: names resolved, times read, words in all their forms."""

from __future__ import annotations

import difflib
import sqlite3
from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot import clock
from bot.archive.claimed import cues, wanted_claims
from bot.archive.here import Here
from bot.archive.match import Forms, matching, unwanted
from bot.archive.parser import parse
from bot.archive.query import Filter, Query, Word
from bot.claims import Table
from bot.errors import Mendable
from bot.languages import N_, Said
from bot.languages.said import either, some
from storage import channels, places
from storage import search as index
from storage.records import Channel, Order, Search

_NAMED: Final = 12  # names that an error lists
_ORDERS: Final = {"newest": Order.NEWEST, "oldest": Order.OLDEST, "relevance": Order.RELEVANCE}


def prepared(
    db: sqlite3.Connection,
    typed: str,
    *,
    now: datetime,
    zone: ZoneInfo,
    min_confidence: float,
    table: Table | None = None,
) -> Search:
    """The search that a query asks for; QueryError says what can't be read or is not known here.

    Mentions below `min_confidence` don't count for `place:`; `table` tells the kinds of claims.
    """
    query = parse(typed)
    if not query.text.wanted and not query.text.unwanted and not query.filters:
        raise Mendable(N_("Say what to look for: /search обстрел place:Pokrovsk from:7d"))
    order = next((_ORDERS[one.values[0]] for one in query.of("sort")), Order.NEWEST)
    here = Here.of(db)
    text = here.read(query.text)
    of_word = _standing(db, here)
    match = matching(text, of_word)
    claims = wanted_claims(query, table)
    if table is not None and not query.of("place"):
        match = " AND ".join(f"({one})" for one in (match, cues(claims, table)) if one is not None) or None
    return Search(
        match=match,
        unmatched=unwanted(text, of_word) if match is None else None,
        claims=claims,
        places=tuple(_places(db, query, one) for one in query.of("place") if not one.negated),
        no_places=_union(_places(db, query, one) for one in query.of("place") if one.negated),
        channels=_channels(db, query),
        no_channels=_union(
            _of_channels(db, query, one)
            for one in query.filters
            if one.negated and one.field in ("channel", "side")
        ),
        since=_time(query, "from", zone, now),
        until=_time(query, "to", zone, now),
        states=_holding(query, "is"),
        media=_holding(query, "has"),
        min_confidence=min_confidence,
        order=order,
    )


def _standing(db: sqlite3.Connection, here: Here) -> Forms:
    def standing(word: Word) -> frozenset[str]:
        return frozenset({word.text}) if word.prefix else index.standing(db, here.forms(word)) | {word.text}

    return standing


def _union(sets: Iterable[frozenset[int]]) -> frozenset[int]:
    return frozenset().union(*sets)


def _holding(query: Query, field: str) -> tuple[tuple[str, bool], ...]:
    return tuple((value, not one.negated) for one in query.of(field) for value in one.values)


def _places(db: sqlite3.Connection, query: Query, one: Filter) -> frozenset[int]:
    found: set[int] = set()
    for value in one.values:
        meant = places.find(db, value)
        if not meant:
            known = [name.text for place in places.tracked(db) for name in place.names]
            problem = Said(N_("no tracked place is called {value}"), value=value)
            raise query.error(one, _unknown(problem, value, known))
        found |= {place.id for place in meant}
    return frozenset(found)


def _channels(db: sqlite3.Connection, query: Query) -> frozenset[int] | None:
    wanted = [one for one in query.filters if not one.negated and one.field in ("channel", "side")]
    if not wanted:
        return None
    first, *rest = [_of_channels(db, query, one) for one in wanted]
    return first.intersection(*rest)


def _of_channels(db: sqlite3.Connection, query: Query, one: Filter) -> frozenset[int]:
    known = channels.known(db)
    found: set[int] = set()
    for value in one.values:
        meant = {c.id for c in known if _is_meant(c, one.field, value.casefold())}
        if not meant:
            have = [c.side or "" for c in known] if one.field == "side" else [c.name for c in known]
            problem = (
                Said(N_("no channel is on the side {value}"), value=value)
                if one.field == "side"
                else Said(N_("no channel is called {value}"), value=value)
            )
            raise query.error(one, _unknown(problem, value, have))
        found |= meant
    return frozenset(found)


def _is_meant(channel: Channel, field: str, value: str) -> bool:
    if field == "side":
        return (channel.side or "").casefold() == value
    names = (channel.username or "", channel.title, channel.label or "")
    return value.removeprefix("@").removeprefix("https://t.me/") in [name.casefold() for name in names]


def _unknown(problem: Said, value: str, known: Iterable[str]) -> Said:
    have = sorted({name for name in known if name})
    near = difflib.get_close_matches(value, have, 3, 0.6)
    if near:
        return Said(N_("{problem}; did you mean {near}?"), problem=problem, near=either(near))
    return Said(N_("{problem}; known: {have}"), problem=problem, have=some(have, _NAMED))


def _time(query: Query, field: str, zone: ZoneInfo, now: datetime) -> datetime | None:
    """The moment of `from:` or `to:`; a bare date as the end means to the end of that day."""
    for one in query.of(field):
        (value,) = one.values
        try:
            if field == "to" and (day := _day(value)) is not None:
                return datetime.combine(day + timedelta(days=1), time(), tzinfo=zone)
            return clock.since(value, zone, now)
        except Mendable as problem:
            raise query.error(one, problem.told) from None
    return None


def _day(value: str) -> date | None:
    try:
        return date.fromisoformat(value)
    except ValueError:
        return None

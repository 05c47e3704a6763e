"""How much was said about the places of a chat, beside what is usual; and how well the channels were read."""

from __future__ import annotations

import sqlite3
from collections.abc import Hashable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from storage import channels, examination, gaps, places
from storage.reading import kept_by_ids
from storage.records import Channel, Digest, Heard, Hour, Joined, Kept, Place, PlaceNews, Tally, Watch
from storage.times import first_id, posted_at, to_ms

_LOOK_BACK = timedelta(days=14)  # what is usual is the mean over these
_FEWEST = 3  # periods, or days, without which nothing is usual
_LATE = timedelta(days=7)  # statements older than this that are read now are history, no news
_QUOTED = 3
_PAUSES = 50
_ALBUM_PARTS = 4  # of an album, on the average: more only shorten what is looked at


class _Said(NamedTuple):
    """One post about a place: which statement it is or repeats, and whose words they are."""

    post_id: int
    statement: Hashable
    source: Hashable | None  # None: it repeats what somebody else said


def gather(
    db: sqlite3.Connection,
    watches: Iterable[Watch],
    since: datetime,
    until: datetime,
    *,
    min_confidence: float,
) -> Digest:
    """What became of the watched places between two times; each watch says what counts."""
    wanted = {watch.place_id: watch for watch in watches}
    known = places.by_ids(db, wanted)
    (oldest,) = db.execute("SELECT min(id) FROM post").fetchone()
    archive_from = None if oldest is None else posted_at(oldest)
    return Digest(
        since=since,
        until=until,
        places=tuple(
            _news(db, known[i], _Counting(watch, min_confidence), since, until, archive_from)
            for i, watch in wanted.items()
        ),
        channels=tuple(
            Heard(channel=channel, posts=_posts(db, channel, until)) for channel in channels.followed(db)
        ),
        archive_from=archive_from,
        unfinished=examination.unfinished_for(db, wanted) if wanted else None,
        unexamined=examination.waiting_alone(db),
        unread=tuple(gaps.unread(db, until, since=since, until=until)),
    )


def busy_places(db: sqlite3.Connection, since: datetime, *, at_least: int) -> set[int]:
    """Places that so many posts and more have mentioned since a time, however unsure."""
    rows = db.execute(
        "SELECT place_id FROM post_place WHERE post_id >= ? GROUP BY place_id HAVING count(*) >= ?",
        (first_id(since), at_least),
    )
    return {place_id for (place_id,) in rows}


def last_hour(db: sqlite3.Connection, watch: Watch, now: datetime, *, min_confidence: float) -> Hour | None:
    """The last hour of a watched place; None where nothing was said, or too little is known of the days before."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    counting = _Counting(watch, min_confidence)
    said = counting.said(db, now - hour, now)
    own = [one.post_id for one in said if one.source is not None]
    (oldest,) = db.execute("SELECT min(id) FROM post").fetchone()
    if not own or examination.unfinished_for(db, [watch.place_id]) is not None:
        return None
    days = min(_LOOK_BACK, now - hour - posted_at(oldest)) // day
    if days < _FEWEST:
        return None
    before = [
        _tally(counting.said(db, now - hour - back * day, now - back * day)).statements
        for back in range(1, days + 1)
    ]
    return Hour(
        place=places.by_ids(db, [watch.place_id])[watch.place_id],
        said=_tally(said),
        before=tuple(before),
        first=kept_by_ids(db, own[:1])[0],
    )


def newest(
    db: sqlite3.Connection,
    watch: Watch,
    since: datetime,
    until: datetime,
    *,
    min_confidence: float,
    limit: int,
) -> list[tuple[int, bool]]:
    """Row ids of the newest posts about a watched place, oldest first; and whether each only repeats another one.

    What people found to mean something else is left out.
    """
    said = _Counting(watch, min_confidence).said(db, since, until, newest=limit)
    return [(one.post_id, one.source is None) for one in said]


class _Counting:
    """The posts that count for one watch."""

    def __init__(self, watch: Watch, min_confidence: float) -> None:
        self.place_id = watch.place_id
        least = min_confidence if watch.min_confidence is None else watch.min_confidence
        conditions = ["pp.place_id = ?", "pp.confidence >= ?"]
        values: list[object] = [watch.place_id, least]
        if watch.channels is not None:
            conditions.append(f"p.channel_id IN ({','.join('?' * len(watch.channels))})")
            values += sorted(watch.channels)
        if watch.kinds is not None:
            conditions.append(
                "EXISTS (SELECT 1 FROM mention m WHERE m.post_id = p.id AND m.place_id = pp.place_id "
                f"AND m.confidence >= ? AND m.kind IN ({','.join('?' * len(watch.kinds))}))"
            )
            values += [least, *sorted(watch.kinds)]
        self._condition = " AND ".join(conditions)
        self._values = values

    def changed(self, db: sqlite3.Connection, what: str, since: datetime, until: datetime) -> list[int]:
        """Row ids of the posts that count and were "revised" or "deleted" between two times, oldest first."""
        became = {
            "revised": "p.rev > 0 AND p.deleted_at IS NULL AND p.seen_at >= ? AND p.seen_at < ?",
            "deleted": "p.deleted_at >= ? AND p.deleted_at < ?",
        }[what]
        # Few posts change: to begin with them is a hundred times faster than with all that mention the place.
        rows = db.execute(
            f"SELECT p.id FROM post p INDEXED BY post_{what} CROSS JOIN post_place pp ON pp.post_id = p.id "
            f"WHERE {became} AND {self._condition} ORDER BY p.id",
            (to_ms(since), to_ms(until), *self._values),
        )
        return [i for (i,) in rows]

    def before(self, db: sqlite3.Connection, since: datetime) -> datetime | None:
        """When the place was last mentioned before a time."""
        row = db.execute(
            "SELECT pp.post_id FROM post_place pp JOIN post p ON p.id = pp.post_id "
            f"WHERE {self._condition} AND pp.post_id < ? ORDER BY pp.post_id DESC LIMIT 1",
            (*self._values, first_id(since)),
        ).fetchone()
        return None if row is None else posted_at(row[0])

    def said(
        self,
        db: sqlite3.Connection,
        since: datetime,
        until: datetime,
        *,
        received_from: datetime | None = None,
        newest: int = -1,
    ) -> list[_Said]:
        """The posts between two times, oldest first, without those that people found to mean something else.

        `newest` of them at most; all where it is negative.
        """
        wrong = self._wrong(db)
        rows = db.execute(
            "SELECT p.id, p.channel_id, p.grouped_id, s.how, f.id, f.channel_id, f.grouped_id, "
            "trim(c.owner), p.forward_telegram_id, p.forward_name, o.id, trim(o.owner) "
            "FROM post_place pp JOIN post p ON p.id = pp.post_id JOIN channel c ON c.id = p.channel_id "
            "LEFT JOIN story_member s ON s.post_id = p.id LEFT JOIN post f ON f.id = s.first_id "
            "LEFT JOIN channel o ON o.telegram_id = p.forward_telegram_id "
            f"WHERE {self._condition} AND pp.post_id >= ? AND pp.post_id < ? AND (? IS NULL OR p.received_at >= ?) "
            "ORDER BY pp.post_id DESC LIMIT ?",
            (
                *self._values,
                first_id(since),
                first_id(until),
                to_ms(received_from),
                to_ms(received_from),
                newest,
            ),
        )
        found = []
        for id_, channel, album, how, f_id, f_channel, f_album, owner, *forward in rows:
            own = _statement(id_, channel, album)
            statement = own if f_id is None else _statement(f_id, f_channel, f_album)
            if own in wrong or statement in wrong:
                continue
            repeats = how is not None and how != Joined.ORIGINAL
            source = None if repeats else _source(channel, owner, *forward)
            found.append(_Said(id_, statement, source))
        return found[::-1]

    def _wrong(self, db: sqlite3.Connection) -> set[Hashable]:
        rows = db.execute(
            "SELECT p.id, p.channel_id, p.grouped_id FROM review r JOIN post p ON p.id = r.post_id "
            "WHERE r.place_id = ? AND r.state = 'wrong'",
            (self.place_id,),
        )
        return {_statement(*row) for row in rows}


def _statement(post_id: int, channel_id: int, grouped_id: int | None) -> Hashable:
    return post_id if grouped_id is None else (channel_id, grouped_id)


def _source(
    channel: int,
    owner: str | None,
    origin_id: int | None,
    origin_name: str | None,
    origin: int | None,
    origin_owner: str | None,
) -> Hashable:
    """Whose words they are: of a forward those of the account that it comes from, known to us or not."""
    if origin is not None:
        channel, owner = origin, origin_owner
    elif origin_id is not None or origin_name is not None:
        return ("account", origin_id or origin_name)
    return ("owner", owner.casefold()) if owner else ("channel", channel)


def _tally(said: Sequence[_Said]) -> Tally:
    own = [one for one in said if one.source is not None]
    return Tally(len({one.statement for one in own}), len({one.source for one in own}))


def _news(
    db: sqlite3.Connection,
    place: Place,
    counting: _Counting,
    since: datetime,
    until: datetime,
    archive_from: datetime | None,
) -> PlaceNews:
    said = counting.said(db, since, until)
    newest = {one.statement: one.post_id for one in said if one.source is not None}
    deleted = counting.changed(db, "deleted", since, until)
    edited = counting.changed(db, "revised", since, until)
    late = counting.said(db, since - _LATE, since, received_from=since)
    whole = examination.unfinished_for(db, [place.id]) is None
    return PlaceNews(
        place=place,
        said=_tally(said),
        usual=_usual(db, counting, since, until, archive_from) if whole else None,
        before=counting.before(db, since),
        newest=tuple(_kept(db, sorted(newest.values(), reverse=True)[:_QUOTED])),
        read_late=int(_tally(late).statements),
        edited=tuple(_kept(db, edited)),
        deleted=tuple(_kept(db, deleted)),
    )


def _kept(db: sqlite3.Connection, ids: Sequence[int]) -> list[Kept]:
    return kept_by_ids(db, ids) if ids else []


def _usual(
    db: sqlite3.Connection,
    counting: _Counting,
    since: datetime,
    until: datetime,
    archive_from: datetime | None,
) -> Tally | None:
    """The mean of the periods of the same length before, as far as the archive goes."""
    length = until - since
    if archive_from is None or length <= timedelta(0):
        return None
    periods = min(_LOOK_BACK, since - archive_from) // length
    if periods < min(_FEWEST, max(2, _LOOK_BACK // length)):
        return None
    begin = since - periods * length
    by_period: list[list[_Said]] = [[] for _ in range(periods)]
    for one in counting.said(db, begin, since):
        number = (posted_at(one.post_id) - begin) // length
        by_period[min(number, periods - 1)].append(one)
    tallies = [_tally(said) for said in by_period]
    return Tally(
        sum(tally.statements for tally in tallies) / periods,
        sum(tally.sources for tally in tallies) / periods,
    )


def _posts(db: sqlite3.Connection, channel: Channel, until: datetime) -> tuple[datetime, ...]:
    rows = db.execute(
        "SELECT id, grouped_id FROM post WHERE channel_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
        (channel.id, first_id(until), (_PAUSES + 1) * _ALBUM_PARTS),
    )
    by_statement = {_statement(i, channel.id, grouped): i for i, grouped in rows}
    return tuple(posted_at(i) for i in list(by_statement.values())[: _PAUSES + 1])

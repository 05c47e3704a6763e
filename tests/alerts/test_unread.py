"""How what was not read is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.alerts import unread
from storage.records import Channel, Gap
from tests.making import NOW, RULES, minutes

HEAD = Channel(id=1, telegram_id=5, username="head", title="Head <DPR>", added_at=NOW)
MAYOR = replace(HEAD, id=2, username=None, title="Mayor")
ZONE = RULES.zone  # NOW is 14:00 there


def gap(channel: Channel = HEAD, since: float = 2, until: float | None = None, **fields: object) -> Gap:
    end = None if until is None else minutes(until)
    return Gap(**{"channel": channel, "since": minutes(since), "until": end, "why": "private.", **fields})  # type: ignore[arg-type]


def test_nothing_lacks_nothing_is_said() -> None:
    assert unread.note([], ZONE, NOW) is None


def test_times_are_those_of_the_team_and_channels_with_the_same_times_stand_together() -> None:
    said = unread.note([gap(), gap(MAYOR, 2.4), gap(since=2, until=30.5)], ZONE, NOW)
    assert said == "not read: @head, Mayor since 14:02, @head from 14:02 to 14:31"


def test_a_stop_is_never_said_to_be_shorter_than_it_was() -> None:
    assert unread.note([gap(since=2.9, until=30.1)], ZONE, NOW) == "not read: @head from 14:02 to 14:31"


def test_many_channels_are_counted() -> None:
    many = [gap(replace(HEAD, id=n, username=f"c{n}")) for n in range(7)]
    assert unread.note(many, ZONE, NOW) == "not read: @c0, @c1, @c2, @c3 and 3 more since 14:02"
    apart = [gap(since=n) for n in range(6)]
    assert (unread.note(apart, ZONE, NOW) or "").endswith("and 2 more: /status")


def test_a_post_that_was_lost_is_named_with_its_link_and_reason() -> None:
    lost = gap(low=7, high=7, until=2, why="it could not be kept (ValueError)")
    assert unread.note([lost], ZONE, NOW) == "not read: 1 post of @head at 14:02"
    assert unread.line(lost, ZONE, NOW) == (
        "1 post at 14:02 could not be kept (https://t.me/head/7): it could not be kept (ValueError)"
    )


def test_a_stretch_is_said_with_its_reason() -> None:
    assert unread.line(gap(), ZONE, NOW) == "not read since 14:02: private"


def test_news_escape_what_others_have_written() -> None:
    assert "Head &lt;DPR&gt;" in unread.renamed(HEAD, "neu", "Neu")
    assert "Head &lt;DPR&gt;" in unread.name_lost(HEAD, "head")
    assert "no posts of that time" in unread.readable(gap(until=9), 0, 0, ZONE)
    assert "1 post could not be kept" in unread.readable(gap(until=9), 3, 1, ZONE)


def test_an_interruption_says_when_it_was_made_up_for() -> None:
    stop = minutes(0), minutes(29), "the machine slept", ZONE
    assert unread.interrupted(*stop, None) == (
        "ℹ Nothing was read from 2 Nov 2025 14:00 Kyiv to 14:29 (29 min): the machine slept. "
        "What was said meanwhile is being read now."
    )
    assert unread.interrupted(*stop, minutes(31)).endswith("had been read by 14:31.")


def test_a_clock_is_said_to_be_put_forward_or_back() -> None:
    assert "put forward by 1 h;" in unread.clock_jumped(timedelta(hours=1), NOW, ZONE)
    assert "put back by 90 s;" in unread.clock_jumped(timedelta(seconds=-90), NOW, ZONE)

"""A digest says what was said about each place against the usual, and what it can't know; within Telegram's limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.burst import is_burst, may_tell, notice
from bot.alerts.digest import digest, silence
from bot.alerts.measure import units
from storage.records import (
    Channel,
    Delivery,
    Digest,
    Examined,
    Gap,
    Heard,
    Hour,
    Kept,
    Mention,
    Place,
    PlaceNews,
    Post,
    PostKey,
    Progress,
    Revision,
    Tally,
    Watch,
)
from tests.making import NOW, RULES, minutes

DAY = timedelta(days=1)
CHANNEL = Channel(id=1, telegram_id=5, username="head", title="Head", added_at=NOW - DAY, read_at=NOW)
POKROVSK = Place(id=1, name="Pokrovsk", region="Donetsk Oblast")


def kept(text: str = "Бои в Покровске.", at: datetime = NOW - timedelta(hours=1), **fields: Any) -> Kept:
    start = text.find("Покровск")
    mention = Mention(
        start=start,
        end=start + 9,
        surface=text[start : start + 9],
        place_id=1,
        name="Покровск",
        confidence=1,
        why="",
    )
    return Kept(
        id=1,
        post=Post(key=PostKey(1, 7), posted_at=at, text=text),
        channel=fields.pop("channel", CHANNEL),
        received_at=at,
        deleted_at=None,
        examined=Examined.YES,
        revisions=(Revision(number=0, seen_at=at, edited_at=None, text=text, mentions=(mention,)),),
    )


def news(place: Place = POKROVSK, **fields: Any) -> PlaceNews:
    given_ = {
        "said": Tally(14, 5),
        "usual": Tally(2.6, 1.6),
        "before": NOW - 2 * DAY,
        "newest": (kept(),),
        "read_late": 0,
        "edited": (),
        "deleted": (),
    }
    return PlaceNews(place=place, **{**given_, **fields})


def found(*about: PlaceNews, **fields: Any) -> Digest:
    given_ = {
        "since": NOW - DAY,
        "until": NOW,
        "channels": (Heard(channel=CHANNEL, posts=(NOW,)),),
        "archive_from": NOW - 60 * DAY,
        "unfinished": None,
        "unexamined": 0,
    }
    return Digest(places=about, **{**given_, **fields})


def nothing(name: str, **fields: Any) -> PlaceNews:
    about = Place(id=abs(hash(name)), name=name)
    return news(about, **{"said": Tally(0, 0), "newest": (), "usual": Tally(0, 0), **fields})


def lines(*about: PlaceNews, **fields: Any) -> list[str]:
    (message,) = digest(found(*about, **fields), RULES.zone)
    return message.splitlines()


def test_a_place_stands_with_its_figures_the_usual_and_its_newest_statements() -> None:
    assert lines(news()) == [
        "📋 <b>Digest</b> · 1 Nov 2025 14:00 Kyiv – 2 Nov 2025 14:00 Kyiv",
        "",
        "📍 <b>Pokrovsk</b> · Donetsk Oblast: 14 statements by 5 sources (usually 3 by 2)",
        '• <a href="https://t.me/head/7">13:00 @head</a>: «Бои в <b>Покровске</b>.»',
        "<i>Claims by the sources; not verified.</i>",
    ]


def test_places_without_mentions_are_one_line() -> None:
    assert lines(nothing("Toretsk"), nothing("Lyman", usual=Tally(4, 2)), nothing("a <b>"))[1:] == [
        "nothing about: a &lt;b&gt;, Lyman (usually 4), Toretsk"
    ]


def test_what_is_new_is_said_only_where_the_archive_can_tell() -> None:
    long_ago = {"before": NOW - 31 * DAY}
    assert "first mention in 30 days" in lines(news(**long_ago))[2]
    assert "first mention" not in lines(news(before=NOW - 29 * DAY))[2]
    assert "first mention" not in lines(news(before=None, usual=None))[2]
    young = lines(news(before=None), archive_from=NOW - 8 * DAY)[2]
    assert young.endswith("first mention since 25 Oct 2025 15:00 Kyiv, where the archive begins")


def test_edits_deletions_and_what_was_read_late_are_told() -> None:
    told = lines(news(edited=(kept(),) * 7, deleted=(kept(),), read_late=2))
    assert told[4] == "+ 2 statements from before, read only now"
    assert told[5].startswith("✎ edited: ")
    assert told[5].endswith("13:00 @head</a> and 2 more")
    assert told[6] == '🗑 deleted: <a href="https://t.me/head/7">13:00 @head</a>'


def test_channels_that_fell_silent_or_are_not_read_are_told() -> None:
    hourly = tuple(NOW - 3 * DAY - n * timedelta(hours=1) for n in range(51))
    channels = (
        Heard(channel=replace(CHANNEL, username="silent"), posts=hourly),
        Heard(channel=replace(CHANNEL, problem="it is private now"), posts=hourly),
        Heard(channel=replace(CHANNEL, read_at=NOW - timedelta(hours=2)), posts=hourly),
        Heard(channel=replace(CHANNEL, read_at=None), posts=()),
    )
    assert lines(news(), channels=channels)[4:8] == [
        "",
        "🔇 Head (@silent) last posted 3 days ago, usually hourly",
        "⚠ Head (@head): can't be read: it is private now; last read 2 Nov 2025 14:00 Kyiv",
        "⚠ Head (@head): not read since 2 Nov 2025 12:00 Kyiv",
    ]
    assert lines(news(), channels=channels)[8] == "⚠ Head (@head): not read yet"


@pytest.mark.parametrize(
    ("pauses_hours", "silent_hours", "is_silent"),
    [
        ([1] * 50, 23, False),  # a day at least
        ([1] * 50, 24, True),
        ([1, 9] * 25, 24, False),  # not five times its usual pause
        ([24] * 50, 5 * 24 - 1, False),
        ([24] * 50, 5 * 24, True),
        ([1] * 3, 100, False),  # too few to know what is usual
    ],
)
def test_a_channel_is_silent_by_its_own_habits(
    pauses_hours: list[int], silent_hours: int, is_silent: bool
) -> None:
    posts = [NOW - timedelta(hours=silent_hours)]
    for pause in pauses_hours:
        posts.append(posts[-1] - timedelta(hours=pause))
    assert (silence(Heard(channel=CHANNEL, posts=tuple(posts)), NOW) is not None) is is_silent


def test_history_that_is_still_examined_is_told() -> None:
    progress = Progress(generation=2, started_at=NOW, since=NOW - DAY, examined=5, total=10, finished_at=None)
    told = lines(news(usual=None), unfinished=progress, unexamined=1)
    assert "usually" not in told[2]
    assert "older posts follow (5 of 10 posts)" in told[5]
    assert told[6] == "ℹ 1 post could not be examined yet"


def test_a_late_digest_says_so_and_lines_of_others_stand_below_their_place() -> None:
    (message,) = digest(found(news()), RULES.zone, late=True, beside={1: ["claim: shelled"], 2: ["x"]})
    assert "· late" in message.splitlines()[0]
    assert message.splitlines()[4] == "claim: shelled"


@given(
    st.lists(st.tuples(st.text(max_size=400), st.integers(0, 9)), max_size=40),
    st.integers(0, 300),
)
def test_a_digest_is_as_many_messages_as_it_needs_each_within_the_limit(
    said: list[tuple[str, int]], silent: int
) -> None:
    about = [
        news(
            Place(id=n + 2, name=text or "x", region=text),
            newest=(kept(text + " Покровске"),) * (number % 4),
            edited=(kept(channel=replace(CHANNEL, title=text, username=None)),) * number,
        )
        for n, (text, number) in enumerate(said)
    ]
    about += [nothing(f"Place & {n}") for n in range(silent)]
    messages = digest(found(*about), RULES.zone)
    assert all(units(message) <= 4096 for message in messages)
    assert "".join(messages).count("📍") >= len(said)
    whole = "".join(messages)
    assert all(f"Place &amp; {n}" in whole for n in range(silent))


HOUR = Hour(place=POKROVSK, said=Tally(14, 3), before=(1, 2, 0, 1), first=kept())


def test_a_burst_is_five_statements_by_two_sources_and_five_times_the_usual() -> None:
    assert is_burst(HOUR)
    assert not is_burst(replace(HOUR, said=Tally(4, 3), before=(0, 0, 0)))
    assert not is_burst(replace(HOUR, said=Tally(14, 1)))
    assert not is_burst(replace(HOUR, before=(3, 3, 3)))
    assert is_burst(replace(HOUR, said=Tally(15, 2), before=(3, 3, 3)))


def test_a_burst_is_told_in_one_line_without_words_of_our_own() -> None:
    assert notice(HOUR, NOW, RULES.zone) == (
        "📈 <b>Pokrovsk</b>: 14 statements in the last hour, usually 1. "
        'First: <a href="https://t.me/head/7">@head</a> · 2 Nov 2025 14:00 Kyiv'
    )


def test_a_burst_is_told_once_in_six_hours_to_those_who_want_it() -> None:
    watch = Watch(chat_id=-1, place_id=1, since=NOW)
    assert may_tell(watch, [], NOW)
    assert not may_tell(watch, [minutes(-359)], NOW)
    assert may_tell(watch, [minutes(-360)], NOW)
    assert may_tell(watch, [NOW + 365 * DAY], NOW)  # told by a clock that was wrong
    assert not may_tell(replace(watch, delivery=Delivery.DIGEST), [], NOW)
    assert not may_tell(replace(watch, muted_until=minutes(1)), [], NOW)


def test_a_digest_names_what_was_not_read_once_a_channel_and_what_was_lost() -> None:
    broken = replace(CHANNEL, id=2, username="mayor", problem="private")
    stretch = Gap(channel=CHANNEL, since=minutes(-58), until=minutes(-29), why="the machine slept")
    lost = Gap(channel=CHANNEL, low=7, high=7, since=minutes(-20), until=minutes(-20), why="odd")
    theirs = Gap(channel=broken, since=minutes(-90), until=None, why="private")
    heard = tuple(Heard(channel=channel, posts=()) for channel in (CHANNEL, broken))
    said = lines(news(), channels=heard, unread=(theirs, stretch, lost))
    assert [line for line in said if line.startswith("⚠")] == [
        "⚠ Head (@mayor): can't be read: private; last read 2 Nov 2025 14:00 Kyiv",
        "⚠ Head (@head): not read from 13:02 to 13:31: the machine slept",
        "⚠ Head (@head): 1 post at 13:40 could not be kept (https://t.me/head/7): odd",
    ]

"""/timeline in a chat, and the bars by themselves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.measure import units
from bot.commands.period import place_and_span, read_span, window
from bot.commands.timeline import History, timeline
from bot.errors import Mendable
from bot.incoming import Press
from storage.records import Channel
from tests.desk.asked import Asked
from tests.making import NOW, follow, minutes, place, post

KYIV = ZoneInfo("Europe/Kyiv")


def days(n: float) -> datetime:
    return NOW + timedelta(days=n)


async def test_bars_first_mentions_channels_and_gaps_are_shown(asked: Asked) -> None:
    await asked.tracks("Покровск")
    head, governor = await asked.write(follow, 1), await asked.write(follow, 2)
    await asked.keeps(post(head, 1, "Покровск был тих", posted_at=days(-40)))
    await asked.keeps(post(governor, 2, "Первые бои в Покровске", posted_at=days(-3)))
    for n in range(6):
        await asked.keeps(post(head, 10 + n, "Бои в Покровске", posted_at=minutes(-n)))
    answer = await asked.says("/timeline Покровске 7d")
    assert answer.splitlines()[:9] == [
        "📍 <b>Pokrovsk</b>",
        "27 Oct 2025 to 2 Nov 2025, by day: 7 statements",
        "<code>Mon 27 Oct 0",
        "Tue 28 Oct 0",
        "Wed 29 Oct 0",
        "Thu 30 Oct ██ 1",
        "Fri 31 Oct 0",
        "Sat 01 Nov 0",
        "Sun 02 Nov ████████████ 6</code>",
    ]
    first = '<a href="https://t.me/channel2/2">30 Oct 2025 14:00 Kyiv</a>'
    assert f"First here, among the channels followed: Channel 2 (@channel2) · {first}" in answer
    assert "First ever: Channel 1 (@channel1)" in answer
    assert "By channel: @channel1 6 · @channel2 1" in answer
    assert "read only since: @channel2 30 Oct 2025" in answer
    assert "not read yet: @channel1, @channel2" in answer


async def test_days_before_any_channel_was_followed_are_unknown_and_not_zero(asked: Asked) -> None:
    await asked.tracks("Покровск")
    await asked.write(follow)
    answer = await asked.says("/timeline Pokrovsk 2w")
    assert "<code>Mon 20 Oct … Sat 01 Nov not read\nSun 02 Nov 0</code>" in answer
    assert "Never mentioned in what was read so far." in answer


async def test_buttons_move_and_zoom_within_one_message(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Бои в Покровске", posted_at=days(-9)))
    week = await asked.answer("/timeline Pokrovsk")
    assert [[b.words for b in row] for row in week.buttons] == [["◀ earlier"], ["1d", "· 7d ·", "30d", "1y"]]
    before = await asked.press(week, "◀ earlier")
    assert "20 Oct 2025 to 26 Oct 2025, by day: 1 statement\n" in before.wanted
    again = await asked.press(before, "later ▶")
    assert again.wanted == week.wanted
    assert "by week: 1 statement" in (await asked.press(again, "1y")).wanted
    assert "by hour: 0 statements" in (await asked.press(again, "1d")).wanted


async def test_a_button_whose_place_is_gone_or_that_is_made_up_does_nothing(asked: Asked) -> None:
    await asked.tracks("Покровск")
    shown = await asked.answer("/timeline Pokrovsk")
    for data in (
        "tl|99|7d|now",
        "tl|1|7x|now",
        "tl|1",
        "tl|1|7d|soon",
        f"tl|{10**30}|7d|now",
        f"tl|1|7d|-{10**11}",
    ):
        await asked.desk.press(Press(hash(data), shown.chat_id, shown.message_id or 0, 7, "O", data, NOW))
    assert set(asked.toasts) == {"This button has nothing to act on any more."}


@pytest.mark.parametrize("days", [2, 90, 548, 2190])
def test_the_fullest_bars_stay_whole_within_one_message(days: int) -> None:
    shown = window(timedelta(days=days), NOW, KYIV)
    history = History(
        place=place(region="<Oblast>" * 10),
        window=shown,
        counts=[(123_456, 12_345)] * (len(shown.edges) - 1),
        first=None,
        ever=None,
        by_channel=[],
        counted=5000,
        read_since=[
            (Channel(id=n, telegram_id=n, username=None, title="<&>" * 40, added_at=NOW), NOW)
            for n in range(9)
        ],
        unfinished=None,
    )
    html = timeline(history, KYIV, NOW)
    assert units(html) <= 4096
    assert html.count("<code>") == html.count("</code>") == 1


async def test_a_name_of_several_places_asks_which(asked: Asked) -> None:
    await asked.tracks("Лиман", name="Lyman", region="Donetsk Oblast")
    await asked.tracks("Лиман", name="Lyman", region="Kharkiv Oblast")
    assert "/timeline Lyman (Kharkiv Oblast)" in await asked.says("/timeline Лиман")
    assert "Kharkiv Oblast" in (await asked.says("/timeline Lyman (Kharkiv Oblast)")).splitlines()[0]
    assert "of which place?" in await asked.says("/timeline")


def test_lengths_are_read_after_names_of_several_words() -> None:
    usual = timedelta(days=1)
    assert place_and_span("Stara Zburivka 12h", usual) == ("Stara Zburivka", timedelta(hours=12))
    assert place_and_span("Stara Zburivka", usual) == ("Stara Zburivka", usual)
    assert place_and_span("7d", usual) == ("", timedelta(days=7))
    assert read_span("0d") is None
    for unread in ("Pokrovsk 0d", "Pokrovsk 7 days", "Pokrovsk 12x"):
        with pytest.raises(Mendable, match="12h, 7d, 2w"):
            place_and_span(unread, usual)
    assert read_span("99999y") == timedelta(days=2190)


@pytest.mark.parametrize(
    ("day", "hours"), [("2025-10-26", 25), ("2026-03-29", 23), ("2025-11-02", 24)], ids=str
)
def test_a_local_day_is_whole_when_the_clock_is_put_back_or_forward(day: str, hours: int) -> None:
    noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=KYIV)
    bars = window(timedelta(days=7), noon, KYIV).edges
    assert (bars[-1] - bars[-2]) == timedelta(hours=hours)
    assert all(f"{edge.astimezone(KYIV):%H:%M}" == "00:00" for edge in bars)


def test_hours_are_real_hours_and_the_one_that_comes_twice_is_two() -> None:
    night = datetime(2025, 10, 26, 3, 30, tzinfo=UTC)  # 05:30 in Kyiv, after the clock was put back
    bars = window(timedelta(hours=6), night, KYIV).edges
    assert [f"{edge.astimezone(KYIV):%H:%M}" for edge in bars] == [
        "01:00", "02:00", "03:00", "03:00", "04:00", "05:00", "06:00",
    ]  # fmt: skip


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made UTC below
    st.integers(1, 2190 * 24),
    st.sampled_from(["Europe/Kyiv", "Asia/Kathmandu", "America/St_Johns", "UTC"]),
)
def test_any_window_holds_its_end_and_its_length_in_few_bars(end: datetime, hours: int, zone: str) -> None:
    end, span = end.replace(tzinfo=UTC), timedelta(hours=hours)
    found = window(span, end, ZoneInfo(zone))
    assert found.start < end < found.end or found.start <= end < found.end
    assert list(found.edges) == sorted(set(found.edges))
    assert len(found.edges) <= 92
    assert found.end - found.start >= span - timedelta(hours=2)  # a local day may be an hour shorter


@given(
    st.datetimes(datetime(2015, 1, 1), datetime(2035, 1, 1)),  # noqa: DTZ001 - made UTC below
    st.sampled_from(["6h", "1d", "7d", "30d", "1y"]),
    st.sampled_from(["Europe/Kyiv", "Asia/Kathmandu", "America/St_Johns"]),
)
def test_one_step_later_and_one_earlier_is_where_one_began(end: datetime, length: str, zone: str) -> None:
    span = read_span(length)
    assert span is not None
    here = window(span, end.replace(tzinfo=UTC), ZoneInfo(zone))
    assert window(span, window(span, here.after, ZoneInfo(zone)).before, ZoneInfo(zone)) == here
    assert window(span, here.before, ZoneInfo(zone)).end == here.start

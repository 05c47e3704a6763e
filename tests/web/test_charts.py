"""Bars over time, as shapes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.commands.period import window
from bot.web import charts
from storage.records import Channel, Gap
from tests.making import NOW

KYIV = ZoneInfo("Europe/Kyiv")
CHANNEL = Channel(id=1, telegram_id=1, username="a", title="A", added_at=NOW)


def test_bars_are_as_high_as_their_numbers_with_sides_on_top_of_each_other() -> None:
    week = window(timedelta(days=7), NOW, KYIV)
    counts = [{}, {"B": 1, "A": 3}, {"A": 2}, {}, {}, {}, {"": 1}]
    bars = charts.bars(week, counts, {"A": 1, "B": 2}, KYIV)
    assert [bar.total for bar in bars] == [0, 4, 2, 0, 0, 0, 1]
    lower, upper = bars[1].blocks
    assert (lower.side, upper.side) == (1, 2)
    assert upper.y == 0
    assert upper.height + lower.height == charts.HEIGHT
    assert lower.y == upper.y + upper.height
    assert all(bar.x >= 0 and bar.x + bar.width <= 100 for bar in bars)


def test_the_hour_that_comes_twice_is_told_apart() -> None:
    night = datetime(2025, 10, 26, 4, 30, tzinfo=UTC)
    hours = window(timedelta(hours=8), night, KYIV)
    labels = [charts.label(start, "hour", KYIV) for start in hours.edges[:-1]]
    assert len(set(labels)) == len(labels) == 8
    assert any("(EET)" in label for label in labels)


def test_what_was_not_read_is_one_strip_where_it_overlaps() -> None:
    week = window(timedelta(days=7), NOW, KYIV)

    def gap(since: float, until: float | None) -> Gap:
        ends = None if until is None else week.start + timedelta(days=until)
        return Gap(channel=CHANNEL, since=week.start + timedelta(days=since), until=ends, why="stopped")

    first, last = charts.strips(week, [gap(-3, 1), gap(0.5, 2), gap(6, None)], NOW)
    assert first.x == 0
    assert 28 <= first.width <= 29
    assert last.x > 85
    assert last.x + last.width <= 100


def test_there_are_few_words_under_many_bars() -> None:
    for days in (1, 7, 30, 365, 2000):
        assert 2 <= len(charts.ticks(window(timedelta(days=days), NOW, KYIV), KYIV)) <= 6


def test_small_bars_leave_out_what_is_nothing() -> None:
    assert charts.spark([0, 4, 0, 1]).count("M") == 2
    assert charts.spark([]) == charts.spark([0]) == ""

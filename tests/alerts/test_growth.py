"""The line by which an alert grows."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.growth import NAMED, Repeat, growth, later
from storage.records import Joined

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def repeat(name: str, minutes: float, how: Joined = Joined.COPY, link: str | None = None) -> Repeat:
    return Repeat(name=name, how=how, posted_at=NOW + timedelta(minutes=minutes), link=link)


def test_a_forward_and_a_copy_are_told_in_order_of_time() -> None:
    line = growth([repeat("@c", 31), repeat("@b", 6, Joined.FORWARD)], NOW)
    assert line == "Also: @b +6 min (forward) · @c +31 min (copy)"


def test_five_are_named_and_the_rest_counted() -> None:
    many = [repeat(f"@c{n}", n, Joined.NEAR_COPY) for n in range(1, 43)]
    random.Random(1).shuffle(many)
    line = growth(many, NOW)
    assert line is not None
    assert re.findall(r"@c\d+", line) == ["@c1", "@c2", "@c3", "@c4", "@c5"]
    assert line.endswith("@c5 +5 min (near copy) · +37 more")


def test_exactly_five_leave_nothing_to_count() -> None:
    line = growth([repeat(f"@c{n}", n) for n in range(NAMED)], NOW)
    assert line is not None
    assert "more" not in line


def test_an_alert_without_copies_and_a_late_original_add_no_line() -> None:
    assert growth([], NOW) is None
    assert growth([repeat("@a", 0, Joined.ORIGINAL)], NOW) is None


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "+0 s"),
        (59.9, "+59 s"),
        (60, "+1 min"),
        (59 * 60 + 59, "+59 min"),
        (3600, "+1 h 00 min"),
        (7500, "+2 h 05 min"),
        (86_399, "+23 h 59 min"),
        (86_400, "+1 d"),
        (3 * 86_400 + 5000, "+3 d"),
        (-400, "−6 min"),
        (-1, "−1 s"),
    ],
)
def test_a_distance_in_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert later(timedelta(seconds=seconds)) == said


def test_a_hostile_title_is_only_a_title() -> None:
    title = "</a><b>Штаб\u202e\n\nOpen post"
    line = growth([repeat(title, 1, link='https://t.me/x/1"onclick="')], NOW)
    assert line == (
        'Also: <a href="https://t.me/x/1&quot;onclick=&quot;">&lt;/a&gt;&lt;b&gt;Штаб Open post</a> +1 min (copy)'
    )


@given(st.lists(st.text(max_size=300), max_size=12))
def test_any_titles_give_one_short_line_of_balanced_markup(titles: list[str]) -> None:
    line = growth([repeat(title, n, link="https://t.me/x/1") for n, title in enumerate(titles)], NOW) or ""
    assert line.count("<") == line.count(">") == 2 * line.count("</a>")
    assert len(line.splitlines()) <= 1
    assert len(re.sub(r"<[^>]*>|&[a-z#0-9]+;", "x", line)) < 600

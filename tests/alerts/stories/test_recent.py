"""What was posted lately is found again, within its reach in time and no further."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.stories import Fingerprint, Kind, Recent, compare, fingerprint, reach
from tests.alerts.stories.changes import COPIES
from tests.alerts.stories.test_changes import posts

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
LONG = posts(random.Random(1))[0]
ALARM = "Повітряна тривога в Сумській області! Пройдіть до найближчого укриття та залишайтеся там до відбою."
SHORT = "Взрывы в Харькове!"


def test_a_copy_is_found_days_later_with_the_reason() -> None:
    recent = Recent()
    recent.add(7, fingerprint(LONG), NOW)
    found = recent.nearest(fingerprint(COPIES["cut to 70%"](LONG, random.Random(1))), NOW + timedelta(days=6))
    assert found is not None
    post_id, likeness = found
    assert post_id == 7
    assert likeness.kind is Kind.COPY
    assert "words the same, in order" in likeness.reason


def test_an_equal_text_is_the_same_text() -> None:
    recent = Recent()
    recent.add(7, fingerprint(LONG), NOW)
    found = recent.nearest(fingerprint(f"❗️ {LONG}".upper()), NOW + timedelta(hours=1))
    assert found is not None
    assert found[1].kind is Kind.SAME


def test_an_alarm_in_the_same_words_is_another_alarm_two_hours_later() -> None:
    recent = Recent()
    recent.add(1, fingerprint(ALARM), NOW)
    assert recent.nearest(fingerprint(ALARM), NOW + timedelta(minutes=2)) is not None
    assert recent.nearest(fingerprint(ALARM), NOW + timedelta(hours=2)) is None


def test_the_nearest_of_many_equal_alarms_is_the_one_within_reach() -> None:
    recent = Recent()
    for hour in range(20):
        recent.add(hour, fingerprint(ALARM), NOW + timedelta(hours=3 * hour))
    found = recent.nearest(fingerprint(ALARM), NOW + timedelta(hours=21, minutes=3))
    assert found is not None
    assert found[0] == 7


def test_two_short_reports_are_never_one_however_equal() -> None:
    recent = Recent()
    recent.add(1, fingerprint(SHORT), NOW)
    assert recent.nearest(fingerprint(SHORT), NOW) is None


def test_a_post_read_late_is_found_as_well_as_one_read_in_order() -> None:
    recent = Recent()
    recent.add(2, fingerprint(LONG), NOW)
    found = recent.nearest(fingerprint(LONG), NOW - timedelta(days=2))
    assert found is not None
    assert found[0] == 2


def test_of_equal_posts_the_one_nearest_in_time_is_given() -> None:
    recent = Recent()
    for post_id, hours in ((1, -48), (2, 0), (3, -47)):
        recent.add(post_id, fingerprint(LONG), NOW + timedelta(hours=hours))
    found = recent.nearest(fingerprint(LONG), NOW + timedelta(minutes=1))
    assert found is not None
    assert found[0] == 2


def test_days_that_have_passed_are_forgotten() -> None:
    recent = Recent()
    recent.add(1, fingerprint(LONG), NOW - timedelta(days=9))
    recent.add(2, fingerprint(LONG + " Подробности ниже."), NOW)
    assert recent.nearest(fingerprint(LONG), NOW - timedelta(days=8)) is not None
    recent.expire(NOW - timedelta(days=7))
    assert len(recent) == 1
    assert recent.candidates(fingerprint(LONG)) == [2]


def test_a_post_without_words_is_not_kept() -> None:
    recent = Recent()
    recent.add(1, fingerprint("🔥🔥🔥"), NOW)
    assert len(recent) == 0
    assert recent.nearest(fingerprint("🔥🔥🔥"), NOW) is None


def test_a_copy_is_found_among_thousands_of_one_template() -> None:
    recent = Recent()
    for number in range(3000):
        text = f"Перехоплено {number} цілей. {LONG[:200]}"
        recent.add(number, fingerprint(text), NOW + timedelta(seconds=number))
    copy = fingerprint(f"Перехоплено 1200 цілей. {LONG[:200]}\n👉 Підписатися")
    found = recent.nearest(copy, NOW + timedelta(hours=1))
    assert found is not None
    assert found[0] == 1200


def test_the_longer_a_text_the_further_it_reaches() -> None:
    assert reach(fingerprint(ALARM)) == timedelta(hours=1)
    assert reach(fingerprint(f"{ALARM} {LONG[:90]}")) == timedelta(hours=6)
    assert reach(fingerprint(LONG)) == timedelta(days=7)


def test_bytes_of_another_version_are_refused() -> None:
    packed = fingerprint(LONG).to_bytes()
    with pytest.raises(ValueError, match="another version"):
        Fingerprint.from_bytes(b"\x63" + packed[1:])
    with pytest.raises(ValueError, match="another version"):
        Fingerprint.from_bytes(b"")


@given(st.text(max_size=400), st.text(max_size=400))
def test_any_two_texts_can_be_compared(one: str, other: str) -> None:
    for text in (one, other):
        taken = fingerprint(text, places=[other], signatures=[one])
        assert Fingerprint.from_bytes(taken.to_bytes()) == taken
        assert len(taken.words) == len(taken.marks)
    assert 0 <= compare(one, other).score <= 1


@pytest.mark.parametrize(
    "post", ["." * 4096, "!?" * 2048, "а " * 2048, "@" * 4096, "https://" * 512, "1 " * 2048]
)
def test_hostile_posts_are_quick(post: str) -> None:
    assert not compare(post, post + " Ещё слово").joins or len(fingerprint(post).words) > 7

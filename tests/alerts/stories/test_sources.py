"""Who counts as a source of a statement."""

from __future__ import annotations

from datetime import UTC, datetime

from bot.alerts.stories import Count, How, Member, sources

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


def member(channel_id: int, owner: str | None, how: How) -> Member:
    return Member(channel_id=channel_id, owner=owner, how=how, posted_at=NOW)


def test_forwards_and_copies_confirm_nothing() -> None:
    story = [
        member(1, "Ministry", How.FIRST),
        member(2, "Agency", How.FORWARD),
        member(3, None, How.COPY),
        member(4, None, How.NEAR_COPY),
    ]
    assert sources(story) == Count(independent=1, repeating=3, channels=4, posts=4)


def test_two_channels_of_one_owner_are_one_source() -> None:
    story = [member(1, "Ministry", How.FIRST), member(2, " ministry", How.FIRST)]
    assert sources(story) == Count(independent=1, repeating=0, channels=2, posts=2)


def test_channels_without_a_known_owner_are_sources_of_their_own() -> None:
    story = [member(1, None, How.FIRST), member(2, "", How.FIRST), member(3, "Agency", How.FIRST)]
    assert sources(story).independent == 3


def test_who_spoke_first_and_repeats_himself_is_counted_once() -> None:
    story = [member(1, "A", How.FIRST), member(1, "A", How.COPY), member(2, "A", How.FORWARD)]
    assert sources(story) == Count(independent=1, repeating=0, channels=2, posts=3)


def test_the_parts_of_an_album_are_one_post() -> None:
    story = [member(1, "A", How.FIRST), member(1, "A", How.SAME_ALBUM), member(1, "A", How.SAME_ALBUM)]
    assert sources(story) == Count(independent=1, repeating=0, channels=1, posts=1)


def test_a_story_without_posts_has_no_sources() -> None:
    assert sources([]) == Count(independent=0, repeating=0, channels=0, posts=0)

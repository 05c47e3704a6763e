"""The figures of a digest: statements and independent sources, what is usual, and what the archive can't know."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from storage import channels, digest, examination, places, posts, reviews
from storage.records import Digest, Forward, MentionKind, Place, PlaceNews, Review, Tally, Verdict, Watch
from storage.store import Store
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, post, track

DAY = timedelta(days=1)


async def gathered(store: Store, since: datetime = NOW, until: datetime = NOW + DAY) -> Digest:
    watches = await store.read(places.watches)
    return await store.read(digest.gather, watches, since, until, min_confidence=RULES.min_confidence)


async def news(store: Store, since: datetime = NOW, until: datetime = NOW + DAY) -> PlaceNews:
    (only,) = (await gathered(store, since, until)).places
    return only


async def test_statements_are_counted_once_and_sources_by_owner(store: Store) -> None:
    await store.write(track, "Покровск")
    first, second, third = [await store.write(follow, n) for n in (1, 2, 3)]
    for channel in (first, second):
        await store.write(
            channels.describe, channel.id, label=None, side=None, standing=None, owner=" Ministry "
        )
    said = "Утром колонна вошла в Покровск со стороны вокзала, идут бои"
    await store.write(keep, post(first, 1, said, posted_at=minutes(1)))
    await store.write(keep, post(second, 1, "Под Покровском сбит беспилотник", posted_at=minutes(2)))
    forward = Forward(telegram_id=501, message_id=1)
    await store.write(keep, post(third, 1, said, posted_at=minutes(3), forward=forward))
    for part in (2, 3):
        await store.write(keep, post(third, part, "Кадры из Покровска", posted_at=minutes(4), grouped_id=9))
    found = await news(store)
    assert found.said == Tally(3, 2)
    assert [kept.post.key.channel_id for kept in found.newest] == [third.id, second.id, first.id]


async def test_a_forward_from_a_stranger_is_that_strangers_word(store: Store) -> None:
    await store.write(track, "Покровск")
    for n in (1, 2):
        channel = await store.write(follow, n)
        said = ("Взрывы в Покровске этой ночью", "Эвакуация из Покровска идёт вторые сутки")[n - 1]
        forward = Forward(telegram_id=999, message_id=n)
        await store.write(keep, post(channel, 1, said, posted_at=minutes(n), forward=forward))
    assert (await news(store)).said == Tally(2, 1)


async def test_what_people_found_to_mean_something_else_does_not_count(store: Store) -> None:
    place = await store.write(track, "Покровск")
    channel = await store.write(follow)
    await store.write(keep, post(channel, 1, "Бои в Покровске", posted_at=minutes(1)))
    (kept,) = (await news(store)).newest
    review = Review(post_id=kept.id, place_id=place.id, verdict=Verdict.WRONG, actor="Olena", at=NOW)
    await store.write(reviews.decide, [review])
    assert (await news(store)).said == Tally(0, 0)


async def test_a_watch_says_what_counts(store: Store) -> None:
    place = await store.write(track, "Покровск")
    first, second = [await store.write(follow, n) for n in (1, 2)]
    await store.write(keep, post(first, 1, "Бои в Покровске", posted_at=minutes(1)))
    await store.write(keep, post(second, 1, "Бои на Покровском направлении", posted_at=minutes(2)))
    watch = Watch(chat_id=CHAT, place_id=place.id, since=NOW)
    for changed, counted in (
        (watch, 2),
        (replace(watch, channels=frozenset({first.id})), 1),
        (replace(watch, kinds=frozenset({MentionKind.DIRECTION})), 1),
        (replace(watch, kinds=frozenset({MentionKind.DISTRICT})), 0),
    ):
        await store.write(places.change_watch, changed)
        assert (await news(store)).said.statements == counted


async def said_daily(store: Store, days: int, place: Place) -> None:
    channel = await store.write(follow)
    for day in range(days):
        for n in range(3):
            at = NOW - day * DAY - timedelta(hours=n + 1)
            told = f"Сводка {day}.{n}: в районе Покровска событие номер {day * 7 + n}"
            await store.write(keep, post(channel, 1000 - day * 10 - n, told, posted_at=at), at, [place])


async def test_the_usual_is_the_mean_of_the_days_before_and_unknown_in_a_young_archive(store: Store) -> None:
    place = await store.write(track, "Покровск")
    await said_daily(store, 2, place)
    assert (await news(store)).usual is None
    await said_daily(store, 20, place)
    found = await news(store)
    assert found.usual is not None
    assert found.usual.statements >= 2.9
    assert found.usual.sources == 1
    assert found.before == NOW - timedelta(hours=1)


async def test_nothing_is_usual_while_history_is_still_examined(store: Store) -> None:
    place = await store.write(track, "Покровск")
    await said_daily(store, 5, place)
    await store.write(examination.begin, 1, now=NOW)
    found = await gathered(store)
    assert found.unfinished is not None
    assert found.places[0].usual is None


async def test_edits_deletions_and_late_reading_belong_to_the_period_in_which_they_became_known(
    store: Store,
) -> None:
    await store.write(track, "Покровск")
    channel = await store.write(follow)
    old = NOW - 3 * DAY
    for number, said in ((1, "Бои в Покровске"), (2, "Тихо в Покровске"), (3, "Дым над Покровском")):
        await store.write(keep, post(channel, number, said, posted_at=old), old)
    changed = post(channel, 1, "Бои в Покровске и рядом", posted_at=old, edited_at=minutes(5))
    await store.write(keep, changed, minutes(5))
    await store.write(posts.delete, channel.id, [2], now=minutes(6), decide=lambda _: [])
    await store.write(keep, post(channel, 4, "Обстрел Покровска", posted_at=old), minutes(7))
    found = await news(store)
    assert [kept.post.key.message_id for kept in found.edited] == [1]
    assert [kept.post.key.message_id for kept in found.deleted] == [2]
    assert (found.said.statements, found.read_late) == (0, 1)
    later = await news(store, NOW + DAY, NOW + 2 * DAY)
    assert (later.edited, later.deleted, later.read_late) == ((), (), 0)


async def test_the_last_hour_is_set_beside_the_same_hour_of_the_days_before(store: Store) -> None:
    place = await store.write(track, "Покровск")
    await said_daily(store, 5, place)
    watch = Watch(chat_id=CHAT, place_id=place.id, since=NOW)
    hour = await store.read(digest.last_hour, watch, NOW, min_confidence=0.5)
    assert hour is not None
    assert (hour.said, hour.before) == (Tally(1, 1), (1, 1, 1, 1))
    assert await store.read(digest.busy_places, NOW - 5 * DAY, at_least=15) == {place.id}
    assert await store.read(digest.busy_places, NOW - 5 * DAY, at_least=16) == set()
    assert await store.read(digest.last_hour, watch, NOW + DAY, min_confidence=0.5) is None

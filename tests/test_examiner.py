"""A new place, an old archive: stored posts are examined again, and nothing is lost or told twice by it."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import pytest

from bot.copies import Copies
from bot.examiner import Examiner
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import examination, owed, places, pruning, reading
from storage.records import Channel, Examined, PlaceName, Progress
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, minutes, place, post, track


@dataclass
class Rooms:
    """The rooms that examine, on one archive, with a clock that a test sets."""

    store: Store
    channel: Channel
    now: datetime = NOW
    told: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.lookout = Lookout(self.store, lambda: self.now)
        copies = Copies()
        self.monitor = Monitor(self.store, self.lookout, RULES, lambda: self.told.append(1), copies)
        self.examiner = Examiner(
            self.store, self.lookout, RULES, lambda: self.told.append(1), copies, lambda: self.now
        )

    async def latest(self, name: str) -> list[int]:
        about = await self.store.read(places.find, name)
        found = await self.store.read(reading.latest, place_ids=[p.id for p in about], limit=10_000)
        return [k.post.key.message_id for k in found]

    async def alerts(self) -> int:
        return sum((await self.store.read(owed.waiting)).values())


@pytest.fixture
async def rooms(tmp_path: Path) -> AsyncIterator[Rooms]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    made = Rooms(store, await store.write(follow))
    await made.lookout.refresh()
    yield made
    await store.close()


async def test_a_new_place_is_found_in_old_posts_and_owes_nothing_for_them(rooms: Rooms) -> None:
    said = [post(rooms.channel, n, f"В Покровске {n}", posted_at=minutes(n)) for n in range(1, 501)]
    await rooms.monitor.take(said, NOW)
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    assert await rooms.latest("Pokrovsk") == []
    await rooms.examiner.catch_up()
    assert await rooms.latest("Pokrovsk") == list(range(500, 0, -1))
    assert await rooms.alerts() == 0


async def test_a_new_name_of_a_place_watched_long_ago_owes_nothing_for_what_was_said_since(
    rooms: Rooms,
) -> None:
    known = await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    await rooms.monitor.take([post(rooms.channel, 1, "Бои в Красноармейске", posted_at=minutes(1))], NOW)
    name = PlaceName(place_id=known.id, text="Красноармейск", language="ru")
    await rooms.store.write(places.add_names, known.id, [name])
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    assert await rooms.latest("Pokrovsk") == [1]
    await rooms.monitor.deleted(rooms.channel.id, [1], minutes(2))
    assert await rooms.alerts() == 0
    # But an edit says it anew.
    edited = post(rooms.channel, 1, "В Красноармейске тихо", posted_at=minutes(1), edited_at=minutes(9))
    await rooms.monitor.take([edited], minutes(9))
    assert await rooms.alerts() == 1


async def test_a_post_that_was_read_back_while_names_changed_owes_nothing_when_it_is_examined(
    rooms: Rooms,
) -> None:
    await rooms.store.write(track, "Покровск")  # the lookout does not know yet
    said = [post(rooms.channel, n, f"Бои в Покровске {n}", posted_at=minutes(n)) for n in (1, 2)]
    await rooms.monitor.take(said[:1], minutes(3), late=True)
    await rooms.monitor.take(said[1:], minutes(3))
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    assert await rooms.latest("Pokrovsk") == [2, 1]
    assert await rooms.alerts() == 1


async def test_every_revision_is_examined_again(rooms: Rooms) -> None:
    await rooms.monitor.take([post(rooms.channel, 1, "Бои в Покровске")], NOW)
    await rooms.monitor.take([post(rooms.channel, 1, "Бои", edited_at=minutes(1))], minutes(1))
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    (kept,) = await rooms.store.read(
        lambda db: reading.kept_by_ids(db, [i for (i,) in db.execute("SELECT id FROM post")])
    )
    assert [len(revision.mentions) for revision in kept.revisions] == [1, 0]
    assert await rooms.latest("Pokrovsk") == [1]


async def test_a_name_no_longer_used_is_no_longer_found_in_old_posts(rooms: Rooms) -> None:
    known = await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    await rooms.monitor.take([post(rooms.channel, 1, "Бои в Покровске")], NOW)
    assert await rooms.alerts() == 1
    name = next(n for n in known.names if n.text == "Покровск")
    await rooms.store.write(places.use_name, name.id, active=False)
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    assert await rooms.latest("Pokrovsk") == []


async def test_an_examination_that_was_cut_off_goes_on_where_it_stopped(rooms: Rooms) -> None:
    said = [post(rooms.channel, n, f"В Покровске {n}", posted_at=minutes(n)) for n in range(1, 1001)]
    await rooms.monitor.take(said, NOW)
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    seen: list[Progress] = []

    def stop(progress: Progress) -> None:
        seen.append(progress)
        if len(seen) == 2:
            raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        await rooms.examiner.catch_up(stop)
    assert [p.examined for p in seen] == [200, 400]
    half = await rooms.latest("Pokrovsk")
    assert half == list(range(1000, 600, -1))
    assert seen[-1].since == minutes(601)

    again = Rooms(rooms.store, rooms.channel)  # a new process
    await again.lookout.refresh()
    await again.examiner.catch_up(seen.append)
    assert [p.examined for p in seen[2:]] == [600, 800, 1000]
    assert await again.latest("Pokrovsk") == list(range(1000, 0, -1))
    assert await rooms.store.read(examination.unfinished_for, [1]) is None


async def test_history_says_since_when_it_was_examined_only_for_places_that_changed(rooms: Rooms) -> None:
    said = [post(rooms.channel, n, "В Покровске и Бахмуте", posted_at=minutes(n)) for n in range(300)]
    first = await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    await rooms.monitor.take(said, NOW)
    second = await rooms.store.write(track, "Бахмут", name="Bakhmut")
    await rooms.lookout.refresh()
    assert await rooms.store.read(examination.unfinished_for, [first.id]) is None
    waiting = await rooms.store.read(examination.unfinished_for, [first.id, second.id])
    assert waiting is not None
    assert waiting.since is None
    await rooms.examiner.catch_up()
    assert await rooms.store.read(examination.unfinished_for, [second.id]) is None


async def test_a_post_taken_while_names_changed_is_examined_again_and_alerts(rooms: Rooms) -> None:
    await rooms.store.write(track, "Покровск")  # the lookout has not heard of it yet
    await rooms.monitor.take([post(rooms.channel, 1, "Бои в Покровске", posted_at=minutes(1))], minutes(1))
    assert await rooms.alerts() == 0
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    assert await rooms.alerts() == 1
    await rooms.examiner.catch_up()
    assert await rooms.store.read(examination.waiting_alone) == 0


async def test_copies_taken_while_names_changed_are_one_alert(rooms: Rooms) -> None:
    await rooms.store.write(track, "Покровск")  # the lookout has not heard of it yet
    second = await rooms.store.write(follow, 2)
    said = (
        "По докладу командования, в Покровске ночью повреждены школа, больница и две линии электропередачи."
    )
    await rooms.monitor.take([post(rooms.channel, 1, said, posted_at=minutes(1))], minutes(1))
    await rooms.monitor.take([post(second, 1, said, posted_at=minutes(2))], minutes(2))
    await rooms.lookout.refresh()
    await rooms.examiner.catch_up()
    assert await rooms.alerts() == 1


async def test_a_post_whose_alert_broke_is_tried_again_and_its_alert_says_how_late_it_is(
    rooms: Rooms, caplog: pytest.LogCaptureFixture
) -> None:
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    # A name that is no UTF-8 makes reading the place fail within the transaction, as a bug of ours would.
    await rooms.store.write(lambda db: db.execute("UPDATE place SET name = CAST(X'FF' AS TEXT)"))
    with caplog.at_level(logging.CRITICAL):
        await rooms.monitor.take([post(rooms.channel, 1, "Бои в Покровске")], NOW)
        rooms.now = minutes(2)
        await rooms.examiner.catch_up()
        assert await rooms.alerts() == 0
        assert await rooms.store.read(examination.waiting_alone) == 1
    await rooms.store.write(lambda db: db.execute("UPDATE place SET name = 'Pokrovsk'"))
    rooms.now = minutes(47)
    await rooms.examiner.catch_up()
    alert = await rooms.store.read(owed.next_due, CHAT, now=minutes(60))
    assert alert is not None
    assert "⏱ delayed 47 min" in alert.wanted
    (row,) = await rooms.store.read(lambda db: db.execute("SELECT examined FROM post").fetchall())
    assert row == (Examined.YES,)


async def test_a_post_edited_while_its_page_is_examined_is_not_given_old_mentions(rooms: Rooms) -> None:
    await rooms.monitor.take([post(rooms.channel, 1, "Бои в Покровске")], NOW)
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    page = await rooms.store.read(examination.page, rooms.lookout.generation, 10)
    found = {page[0].post_id: {0: rooms.lookout.find(page[0].searchable, rooms.channel.id)}}
    late_preview = post(rooms.channel, 1, "Бои в Покровске", preview="Заголовок", changed_at=minutes(1))
    await rooms.monitor.take([late_preview], minutes(1))
    assert await rooms.store.write(
        examination.keep_page, rooms.lookout.generation, page, found, now=minutes(1)
    )
    assert await rooms.store.read(examination.waiting_alone) == 1
    rooms.now = minutes(1)
    await rooms.examiner.catch_up()
    assert await rooms.store.read(examination.waiting_alone) == 0


async def test_a_post_forgotten_while_its_page_is_examined_holds_up_no_other(rooms: Rooms) -> None:
    await rooms.monitor.take([post(rooms.channel, n, "Бои в Покровске") for n in (1, 2)], NOW)
    await rooms.store.write(track, "Покровск")
    await rooms.lookout.refresh()
    page = await rooms.store.read(examination.page, rooms.lookout.generation, 10)
    found = {text.post_id: {0: rooms.lookout.find(text.searchable, rooms.channel.id)} for text in page}
    await rooms.store.write(pruning.forget, [page[0].post_id], now=minutes(1))
    assert await rooms.store.write(
        examination.keep_page, rooms.lookout.generation, page, found, now=minutes(1)
    )
    assert len(await rooms.latest("Покровск")) == 1


async def test_two_changes_in_a_row_are_one_examination(rooms: Rooms) -> None:
    await rooms.monitor.take([post(rooms.channel, 1, "В Покровске и Бахмуте")], NOW)
    for name in ("Покровск", "Бахмут"):
        await rooms.store.write(track, name, name=name)
        await rooms.lookout.refresh()
    seen: list[Progress] = []
    await rooms.examiner.catch_up(seen.append)
    assert [p.examined for p in seen] == [1]
    assert await rooms.latest("Покровск") == await rooms.latest("Бахмут") == [1]


async def test_adding_many_places_at_once_is_looked_for_at_once(rooms: Rooms) -> None:
    def add(db: sqlite3.Connection) -> None:
        for name in ("Бахмут", "Лиман", "Торецьк"):
            places.add(db, place(name, name=name), everywhere=False, now=NOW)

    await rooms.store.write(add)
    before = rooms.lookout.generation
    await rooms.lookout.refresh()
    assert rooms.lookout.generation == before + 1
    assert {m.surface for m in rooms.lookout.find("Бахмут, Лиман, Торецьк", 1)} == {
        "Бахмут",
        "Лиман",
        "Торецьк",
    }


async def test_a_channels_usual_region_tells_places_of_one_name_apart(rooms: Rooms) -> None:
    def add(db: sqlite3.Connection) -> None:
        for name, region in (
            ("Лиман", "Donetsk Oblast"),
            ("Лиман", "Odesa Oblast"),
            ("Бахмут", "Donetsk Oblast"),
        ):
            places.add(db, place(name, name=name, region=region), everywhere=False, now=NOW)

    await rooms.store.write(add)
    await rooms.lookout.refresh()
    await rooms.monitor.take([post(rooms.channel, n, "Бої у Бахмуті") for n in range(1, 8)], NOW)
    before = rooms.lookout.find("Обстріляно Лиман.", rooms.channel.id)
    assert before[0].confidence == before[1].confidence
    await rooms.lookout.learn()
    after = rooms.lookout.find("Обстріляно Лиман.", rooms.channel.id)
    assert after[0].place_id == 1
    assert after[0].confidence > after[1].confidence
    assert rooms.lookout.find("Обстріляно Лиман.", 99) == before

"""An export in the archive: taken once, kept beside what was read live, and owing nothing."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.copies import Copies
from bot.errors import Mendable
from bot.importing import Imports
from bot.lookout import Lookout
from bot.monitor import Monitor
from storage import channels, gaps, known, owed, reading
from storage.database import StorageError
from storage.records import Channel, ChannelState, Media, Source
from storage.store import Store
from tests.blank import blank
from tests.exports.writing import CHANNEL, account, chat, many, message, service, written
from tests.making import NOW, RULES, follow, minutes, peer, post, searched, track


class Archive:
    """A store with everything that an import needs."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.folder = folder
        self.lookout = Lookout(store, lambda: NOW)
        self.monitor = Monitor(store, self.lookout, RULES, lambda: None, Copies())
        self.imports = Imports(store, self.monitor, self.lookout, zone=RULES.zone, clock=lambda: minutes(60))

    def write(self, export: Any, name: str = "result.json") -> str:
        path = self.folder / name
        path.write_text(export if isinstance(export, str) else written(export), encoding="utf-8")
        return str(path)

    async def take(self, export: Any, channel: str | None = None, dry_run: bool = False) -> dict[str, Any]:
        """Import to the end; the tally."""
        started = await self.imports.start(self.write(export), channel, dry_run)
        while True:
            tally = await self.imports.step(started["number"])
            if tally["done"]:
                return tally

    async def channel(self) -> Channel:
        found = await self.store.read(channels.by_telegram_id, CHANNEL)
        assert found is not None
        return found

    async def everything(self) -> list[Any]:
        """Every row that a second import could have changed."""
        tables = ("post", "revision", "known", "channel", "mention", "owed", "story_member")
        return await self.store.read(
            lambda db: [db.execute(f"SELECT * FROM {table} ORDER BY 1, 2").fetchall() for table in tables]
        )


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(track, "Покровск")
    made = Archive(store, tmp_path)
    await made.lookout.refresh()
    yield made
    await store.close()


def counts(tally: dict[str, Any]) -> tuple[int, int, int, int]:
    return tally["posts"], tally["known"], tally["revised"], tally["older"]


async def test_the_same_file_twice_changes_nothing(archive: Archive) -> None:
    export = chat([service(1), *many(250, start=2, text="В Покровске"), message(300, "", photo="a.jpg")])
    first = await archive.take(export)
    assert counts(first) == (251, 0, 0, 0)
    assert first["service"] == 1
    before = await archive.everything()
    assert counts(await archive.take(export)) == (0, 251, 0, 0)
    assert await archive.everything() == before


async def test_what_was_imported_is_examined_and_found_and_owes_nothing(archive: Archive) -> None:
    await archive.take(chat(many(3, text="В Покровске тихо")))
    found = await archive.store.read(searched, "Покровск", limit=10)
    assert [kept.post.key.message_id for kept in found] == [3, 2, 1]
    assert all(kept.mentions and kept.post.source is Source.EXPORT for kept in found)
    assert found[0].link == f"https://t.me/c/{CHANNEL}/3"
    assert await archive.store.read(owed.waiting) == {}


async def test_a_channel_that_is_not_followed_is_kept_as_such(archive: Archive) -> None:
    await archive.take(chat(many(3)))
    assert (await archive.channel()).state is ChannelState.REMOVED
    assert await archive.store.read(channels.followed) == []


async def test_a_channel_that_is_followed_afterwards_is_read_from_where_the_export_ended(
    archive: Archive,
) -> None:
    await archive.take(chat(many(30)))
    channel, _ = await archive.store.write(
        channels.follow, peer(), account="reader", cursor=50, label=None, now=minutes(60)
    )
    assert channel.state is ChannelState.ACTIVE
    assert channel.cursor == 30


async def test_an_export_after_live_reading_changes_nothing(archive: Archive) -> None:
    channel = await archive.store.write(follow)
    said = [
        post(channel, 1, "В Покровске"),
        post(channel, 2, "Фото из Покровска", media=Media(kind="photo", id=9), views=5),
        post(channel, 3, "Исправлено", edited_at=minutes(5), changed_at=minutes(9)),
    ]
    await archive.monitor.take(said, NOW)
    export = chat(
        [
            message(1, "В Покровске"),
            message(2, "Фото из Покровска", photo="photos/1.jpg"),
            message(3, "Исправлено", edited=minutes(5)),
        ]
    )
    before = (await archive.everything())[:2]
    assert counts(await archive.take(export)) == (0, 3, 0, 0)
    assert (await archive.everything())[:2] == before


async def test_a_later_edit_in_the_export_is_what_a_post_says_now_and_an_earlier_state_is_kept_before_ours(
    archive: Archive,
) -> None:
    channel = await archive.store.write(follow)
    await archive.monitor.take(
        [post(channel, 1, "Сначала"), post(channel, 2, "Потом", edited_at=minutes(9))], NOW
    )
    export = chat([message(1, "Затем", edited=minutes(5)), message(2, "Сначала", edited=minutes(5))])
    assert counts(await archive.take(export)) == (0, 0, 1, 1)
    first, second = await archive.store.read(reading.kept_by_ids, await _ids(archive))
    assert [r.text for r in first.revisions] == ["Сначала", "Затем"]
    assert [r.text for r in second.revisions] == ["Сначала", "Потом"]
    assert second.post.text == "Потом"


async def test_an_export_that_is_older_than_a_deletion_brings_nothing_back(archive: Archive) -> None:
    channel = await archive.store.write(follow)
    await archive.monitor.take([post(channel, 1, "Сказано"), post(channel, 2, "Сказано")], NOW)
    await archive.monitor.deleted(channel.id, [1, 2], minutes(3))
    await archive.take(chat([message(1, "Сказано"), message(2, "Иначе", edited=minutes(1))]))
    first, second = await archive.store.read(reading.kept_by_ids, await _ids(archive))
    assert first.deleted_at == second.deleted_at == minutes(3)
    assert [r.text for r in second.revisions] == ["Сказано", "Иначе"]


async def _ids(archive: Archive) -> list[int]:
    return await archive.store.read(
        lambda db: [row[0] for row in db.execute("SELECT id FROM post ORDER BY message_id")]
    )


async def test_what_a_followed_channel_said_and_reading_has_yet_to_reach_owes_what_it_would_have(
    archive: Archive,
) -> None:
    channel = await archive.store.write(follow)
    await archive.store.write(channels.read_through, channel.id, 1, NOW)
    late = [message(1, "В Покровске"), message(2, "В Покровске пожар", minutes(2))]
    await archive.take(chat(late))
    assert list((await archive.store.read(owed.waiting)).values()) == [1]
    # Reading it later changes nothing: had the import been silent, nobody would ever have been told.
    await archive.monitor.take([post(channel, 2, "В Покровске пожар", posted_at=minutes(2))], minutes(61))
    assert list((await archive.store.read(owed.waiting)).values()) == [1]


async def test_a_later_account_of_what_was_read_already_owes_nothing(archive: Archive) -> None:
    channel = await archive.store.write(follow)
    await archive.store.write(channels.read_through, channel.id, 50, NOW)
    await archive.take(chat(many(30, text="В Покровске")))
    assert await archive.store.read(owed.waiting) == {}


async def test_copies_within_an_export_are_one_story(archive: Archive) -> None:
    words = "В Покровске сегодня утром снова отключили воду во всех домах на проспекте"
    await archive.take(chat([message(1, words), message(2, words, minutes(3))]))
    found = await archive.store.read(lambda db: db.execute("SELECT how FROM story_member").fetchall())
    assert found == [("copy",)]


async def test_ids_are_known_between_what_is_listed_but_not_across_what_could_not_be_read(
    archive: Archive,
) -> None:
    export = chat(
        [service(3), message(7, "a"), {"id": 9, "type": "unsupported"}, message(12, "b"), message(20, "c")]
    )
    await archive.take(export)
    channel = await archive.channel()
    assert await archive.store.read(known.ranges, channel.id) == [(3, 7), (12, 20)]
    assert channel.cursor == 20


async def test_a_post_that_reading_could_not_keep_is_missed_no_more_once_a_file_has_brought_it(
    archive: Archive,
) -> None:
    channel = await archive.store.write(
        lambda db: channels.follow(
            db, peer(telegram_id=CHANNEL), account="reader", cursor=0, label=None, now=NOW
        )[0]
    )
    lost = dict.fromkeys((2, 3), ("odd", NOW))
    await archive.store.write(gaps.lose, channel.id, lost, now=NOW)
    await archive.take(chat([message(1, "a"), message(2, "b"), message(4, "d")]))
    assert list(await archive.store.read(gaps.lost_ids, channel.id)) == [3]


async def test_known_ids_grow_across_batches(archive: Archive) -> None:
    await archive.take(chat(many(350)))
    assert await archive.store.read(known.ranges, (await archive.channel()).id) == [(1, 350)]


async def test_an_account_export_proves_nothing_about_holes_and_gives_only_public_channels(
    archive: Archive,
) -> None:
    private = chat(many(5), name="Olena", type="personal_chat", id=7)
    tally = await archive.take(account(private, chat(many(3)), chat(many(2), id=None, name="X")))
    assert counts(tally) == (3, 0, 0, 0)
    assert tally["not_taken_named"] == ["Olena (personal_chat)", "X (without a number)"]
    assert await archive.store.read(known.ranges, (await archive.channel()).id) == []


async def test_a_single_chat_that_is_no_public_channel_is_refused(archive: Archive) -> None:
    with pytest.raises(Mendable, match="Olena, which is no public channel"):
        await archive.take(chat(many(5), name="Olena", type="personal_chat"))


async def test_a_channel_that_is_known_by_its_name_only_gets_its_number(archive: Archive) -> None:
    await archive.store.write(
        lambda db: db.execute(
            "INSERT INTO channel(username, title, added_at) VALUES ('channel1', 'Channel 1', 0)"
        )
    )
    await archive.take(chat(many(2)), channel="channel1")
    channel = await archive.channel()
    assert (channel.username, channel.state) == ("channel1", ChannelState.ACTIVE)


async def test_a_new_channel_gets_the_name_that_is_given(archive: Archive) -> None:
    await archive.take(chat(many(1)), channel="channel1")
    kept = await archive.store.read(reading.by_link, "channel1", 1)
    assert kept is not None
    assert kept.link == "https://t.me/channel1/1"


async def test_a_name_of_another_channel_is_refused(archive: Archive) -> None:
    await archive.store.write(lambda db: follow(db, 2))
    with pytest.raises(StorageError, match="has the number 502"):
        await archive.take(chat(many(1)), channel="channel2")
    await archive.store.write(follow)
    with pytest.raises(StorageError, match="is another channel here"):
        await archive.take(chat(many(1)), channel="channel2")


async def test_an_export_without_a_number_needs_a_name(archive: Archive) -> None:
    with pytest.raises(Mendable, match="--channel"):
        await archive.take(chat(many(1), id=None))
    assert counts(await archive.take(chat(many(1), id=None), channel="channel1")) == (1, 0, 0, 0)
    assert counts(await archive.take(chat(many(1), id=None), channel="channel1")) == (0, 1, 0, 0)


async def test_a_dry_run_counts_and_keeps_nothing(archive: Archive) -> None:
    before = await archive.everything()
    assert counts(await archive.take(chat(many(5)), dry_run=True)) == (5, 0, 0, 0)
    assert await archive.everything() == before
    await archive.take(chat(many(3)))
    before = await archive.everything()
    export = chat([*many(2), message(3, "Иначе", edited=minutes(5)), message(4, "Новое")])
    assert counts(await archive.take(export, dry_run=True)) == (1, 2, 1, 0)
    assert await archive.everything() == before


async def test_an_import_that_was_stopped_goes_on_where_it_was(archive: Archive) -> None:
    export = chat(many(1000, text="В Покровске"))
    number = (await archive.imports.start(archive.write(export), None, False))["number"]
    await archive.imports.step(number)
    await archive.imports.end(number)
    with pytest.raises(Mendable, match="Start it again"):
        await archive.imports.step(number)
    held = await archive.store.read(reading.count)
    assert held > 0
    posts, was_known, *_ = counts(await archive.take(export))
    assert (posts, was_known) == (1000 - held, held)


async def test_one_import_at_a_time(archive: Archive) -> None:
    path = archive.write(chat(many(1)))
    first = await archive.imports.start(path, None, False)
    with pytest.raises(Mendable, match="under way"):
        await archive.imports.start(path, None, False)
    await archive.imports.end(first["number"])
    second = await archive.imports.start(path, None, False)
    await archive.imports.end(second["number"])


async def test_refusals_are_told_by_their_number_and_a_broken_end_with_its_place(archive: Archive) -> None:
    text = written(
        chat(
            [message(1, "a"), message(2, "MARK"), message(3) | {"text": 5}, message(4, "d"), message(5, "e")]
        )
    )
    tally = await archive.take(text.replace('"MARK"', "[x]", 1)[: text.index('"id": 5,') + 30])
    assert counts(tally) == (2, 0, 0, 0)
    assert [told.split(":")[0] for told in tally["refusals"]] == ["message 2", "message 3"]
    assert tally["broken"].startswith("from character ")


async def test_the_same_number_twice_in_a_file_is_one_post(archive: Archive) -> None:
    assert counts(await archive.take(chat([message(1, "a"), message(1, "a")]))) == (1, 1, 0, 0)
    assert await archive.store.read(reading.count) == 1


async def test_a_title_of_lone_surrogates_is_kept(archive: Archive) -> None:
    await archive.take(json.dumps(chat(many(1), name="\ud800 канал"), indent=1))
    assert (await archive.channel()).title == "\ufffd канал"


async def test_times_without_a_zone_are_counted(archive: Archive) -> None:
    old = message(1, "a")
    del old["date_unixtime"]
    assert (await archive.take(chat([old])))["without_zone"] == 1
    (kept,) = await archive.store.read(reading.kept_by_ids, await _ids(archive))
    assert kept.post.posted_at == NOW - timedelta(hours=2)  # Kyiv in November

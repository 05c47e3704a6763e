"""The accounts that read, and what is kept for each of them alone."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from storage import accounts, channels, database, holds, joining
from storage.accounts import Access
from storage.records import READER, Account, Joining
from storage.store import Store
from tests.making import NOW, follow, minutes, peer


async def test_an_account_is_known_as_it_was_when_it_last_connected_or_stopped(store: Store) -> None:
    await store.write(accounts.are, ["reader", "north"])
    await store.write(accounts.connected, "north", 7, "North")
    await store.write(accounts.stopped, "north", "banned")
    north = Account(name="north", telegram_id=7, telegram_name="North", problem="banned")
    assert await store.read(accounts.every) == [north, Account(name="reader")]
    await store.write(accounts.connected, "north", 8, None)
    await store.write(accounts.are, ["north"])
    assert await store.read(accounts.every) == [Account(name="north", telegram_id=8)]


async def test_a_membership_is_that_of_one_account_and_a_channel_shows_that_of_its_own(store: Store) -> None:
    channel = await store.write(follow, 1, joined=True)
    found = peer(1, access_hash=9, joined=False)
    await store.write(channels.readdress, channel.id, found, account="north")
    assert (await store.read(channels.by_id, channel.id)).joined
    assert await store.read(accounts.access) == {
        channel.id: Access(frozenset({"reader", "north"}), frozenset({"reader"}))
    }
    await store.write(accounts.give, {channel.id: "north"})
    given = await store.read(channels.by_id, channel.id)
    assert (given.account, given.joined) == ("north", False)
    assert await store.read(joining.memberships, "reader") == 1
    assert await store.read(joining.memberships, "north") == 0
    await store.write(channels.set_joined, channel.id, "north", True)
    assert (await store.read(channels.by_id, channel.id)).joined
    assert await store.read(joining.members, channel.id) == ["north", "reader"]
    await store.write(channels.set_joined, channel.id, "reader", False)
    assert (await store.read(channels.by_id, channel.id)).joined


async def test_what_waits_to_be_joined_goes_with_the_channel_and_what_is_to_be_left_stays(
    store: Store,
) -> None:
    one, two, three = [await store.write(follow, n, joined=n == 3) for n in (1, 2, 3)]
    await store.write(joining.ask, READER, one.id, Joining.TO_JOIN, now=NOW)
    await store.write(joining.ask, READER, two.id, Joining.TO_JOIN, now=minutes(1))
    await store.write(joining.say, READER, two.id, Joining.REFUSED, "full")
    await store.write(joining.ask, READER, three.id, Joining.TO_LEAVE, now=minutes(2))
    await store.write(accounts.give, dict.fromkeys((one.id, two.id, three.id), "north"))
    assert [wish.channel_id for wish in await store.read(joining.waiting, READER)] == [three.id]
    assert await store.read(joining.waiting, "north") == []  # it does not know them yet
    for number, channel in ((1, one), (2, two)):
        found = peer(number, access_hash=9, joined=False)
        await store.write(channels.readdress, channel.id, found, account="north")
    waiting = await store.read(joining.waiting, "north")
    assert [(wish.channel_id, wish.since) for wish in waiting] == [(one.id, NOW), (two.id, minutes(1))]


async def test_a_channel_that_is_followed_again_keeps_its_account_unless_it_had_ended(store: Store) -> None:
    channel = await store.write(follow, 1, joined=True)

    def again(db: sqlite3.Connection) -> tuple[str, bool]:
        found = peer(1, access_hash=9, joined=False)
        got, _ = channels.follow(db, found, account="north", cursor=0, label=None, now=NOW)
        return got.account, got.joined

    assert await store.write(again) == ("reader", True)
    await store.write(channels.unfollow, channel.id)
    assert await store.write(again) == ("north", False)


async def test_another_account_under_the_same_name_has_no_memberships_and_no_waits(store: Store) -> None:
    channel = await store.write(follow, 1, joined=True)
    await store.write(accounts.connected, READER, 7, "Reader")
    await store.write(holds.hold, READER, "GetHistory", seconds=3600, now=NOW)
    await store.write(accounts.connected, READER, 7, "renamed")
    assert await store.read(holds.holds, READER, NOW) == {"GetHistory": 3600}
    assert await store.read(joining.memberships, READER) == 1
    await store.write(accounts.connected, READER, 8, "Another")
    assert await store.read(holds.holds, READER, NOW) == {}
    assert await store.read(accounts.access) == {}
    assert not (await store.read(channels.by_id, channel.id)).joined


async def test_nothing_is_left_of_an_account_that_is_forgotten(store: Store) -> None:
    channel = await store.write(follow, 1, joined=True)
    await store.write(accounts.connected, READER, 7, "Reader")
    await store.write(joining.ask, READER, channel.id, Joining.TO_LEAVE, now=NOW)
    await store.write(accounts.forget, READER)
    assert await store.read(accounts.every) == []
    assert await store.read(accounts.access) == {}
    assert await store.read(joining.by_channel) == {}
    assert not (await store.read(channels.by_id, channel.id)).joined


def test_the_one_account_of_an_older_archive_stays_a_member_of_its_channels(tmp_path: Path) -> None:
    path = tmp_path / "old.db"
    [step] = [m for m in database.migrations() if m.name.endswith("_accounts.sql")]
    old = sqlite3.connect(path, isolation_level=None)
    for before in database.migrations():
        if before.version < step.version:
            old.executescript(before.sql)
    for number, joined in ((1, 1), (2, 0)):
        old.execute(
            "INSERT INTO channel(id, telegram_id, title, joined, added_at) VALUES (?, ?, 'x', ?, 0)",
            (number, number, joined),
        )
        old.execute("INSERT INTO channel_access VALUES ('reader', ?, 5)", (number,))
    old.executescript(step.sql)
    assert accounts.access(old)[1] == Access(frozenset({"reader"}), frozenset({"reader"}))
    assert accounts.access(old)[2].members == frozenset()
    assert [row[0] for row in old.execute("SELECT account FROM channel")] == ["reader", "reader"]
    old.close()

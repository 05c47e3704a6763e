"""Several accounts read, as the operator and the team see it."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

from tests.service.world import World, eventually
from tests.telegram_server import Account


async def sign_in_north(world: World) -> Account:
    north = world.server.add_user("North", phone="+380500000003", code="12345")
    signed = await world.type("login", "--as", "North", answers=f"{north.phone}\n{north.code}\n")
    assert "reader-north.session" in "".join(signed.split())
    return north


async def test_one_account_is_ended_while_two_read_and_every_post_still_comes_once(world: World) -> None:
    world.settings["PLACEWATCH_READING__POLL_SECONDS"] = "1"
    world.settings["PLACEWATCH_READING__REQUESTS_PER_SECOND"] = "100"
    await world.login()
    north = await sign_in_north(world)
    await world.track("Pokrovsk", "Покровск")
    sources = [world.channel, *(world.server.add_channel(f"source_{n}") for n in range(3))]
    async with world.running() as service:
        await service.ready()
        await eventually(lambda: world.server.online(north))
        for source in sources:
            await world.follow(str(source.username))
        shared = {c["channel"]: c["account"] for c in await world.json("channels", "list")}
        assert sorted(shared.values()) == ["north", "north", "reader", "reader"]
        for number, source in enumerate(sources):
            source.post(f"Обстрел Покровска, номер {number}, улица {number}{number}")
        await eventually(lambda: len(world.alerts) == 4)

        world.reader.revoke()
        for number, source in enumerate(sources, 4):
            source.post(f"В Покровске пожар на складе {number}, горит {number * 111} метров")
        await eventually(lambda: len(world.alerts) == 8, 20)
        await eventually(lambda: world.says("The account reader has stopped"))
        listed = {one["account"]: one for one in await world.json("accounts", "list")}
        assert (listed["north"]["channels"], listed["reader"]["channels"]) == (4, 0)
        assert listed["north"]["signed_in_as"] == "North"
        assert "`placewatch login`" in listed["reader"]["stopped"]
        world.team.say(world.olena, "/status")
        await eventually(lambda: world.says("reading account north: North"))
        assert world.says(", by north")
        printed = await world.type("doctor", status=1)
        assert "✗ reading account reader:" in printed
        assert "✓ reading account north: signed in as North" in printed
        assert "requests of north: reading 4 channels" in printed
        assert ", by the account north" in printed
    told = [m.message for m in world.team.messages if "has stopped" in m.message]
    assert len(told) == 1
    assert "its channels are read by the other accounts" in told[0]
    assert "`placewatch login`" in told[0]
    kept = {post["text"] for post in await world.json("latest")}
    assert len(kept) == len(world.alerts) == 8
    assert "read by" in await world.type("channels", "list")


async def test_an_account_is_signed_out_and_its_channels_are_read_by_the_other(world: World) -> None:
    world.settings["PLACEWATCH_READING__POLL_SECONDS"] = "1"
    await world.login()
    assert "reader" in await world.type("accounts", "list")
    await world.follow("dpr_head")
    north = await sign_in_north(world)
    assert "No account is signed in as west" in await world.type("accounts", "remove", "west", status=1)
    assert "reader is signed out." in await world.type("accounts", "remove", "reader")
    assert not (world.folder / "data" / "reader.session").exists()
    assert not any(one.account is world.reader for one in world.server.authorizations.values())
    [listed] = await world.json("accounts", "list")
    assert (listed["account"], listed["signed_in_as"], listed["channels"]) == ("north", "North", 1)
    [channel] = await world.json("channels", "list")
    assert (channel["account"], channel["joined"]) == ("north", False)
    async with world.running():
        await eventually(lambda: world.server.online(north))
        world.channel.post("one")
        await eventually(lambda: _kept(world))
    await world.type("accounts", "remove", "north")
    assert "placewatch login" in await world.type("run", status=1)


def _kept(world: World) -> bool:
    db = sqlite3.connect(f"file:{world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
    try:
        return bool(db.execute("SELECT 1 FROM post").fetchone())
    finally:
        db.close()


async def test_the_same_account_is_not_signed_in_twice_and_a_name_is_checked(world: World) -> None:
    await world.login()
    answers = f"{world.reader.phone}\n{world.reader.code}\n"
    assert "reads already, as reader" in await world.type("login", "--as", "again", answers=answers, status=1)
    assert [p.name for p in (world.folder / "data").glob("*.session")] == ["reader.session"]
    assert "can't be the name" in await world.type("login", "--as", "../x", answers=answers, status=1)
    assert "Already signed in as Reader" in await world.type_login()


async def test_a_channel_is_joined_by_the_account_that_has_a_place_left(world: World) -> None:
    world.settings["PLACEWATCH_READING__MOST_JOINED"] = "1"
    await world.login()
    await sign_in_north(world)
    for name in ("one_channel", "two_channel", "three_channel"):
        world.server.add_channel(name)
        await world.follow(name)
    by_account = defaultdict(list)
    for listed in await world.json("channels", "list"):
        by_account[listed["account"]].append(listed["channel"])
    # Who is connected first looks a name up: of three channels at least two are read by the same account.
    full, (first, second, *_) = max(by_account.items(), key=lambda item: len(item[1]))
    (other,) = {"reader", "north"} - {full}
    await world.type("channels", "set", first, "--join", "yes")
    await world.type("channels", "set", second, "--join", "yes")
    now = {c["channel"]: (c["account"], c["membership"]) for c in await world.json("channels", "list")}
    assert now[first] == (full, "to join")
    assert now[second] == (other, "to join")
    (third,) = now.keys() - {first, second}
    refused = await world.type("channels", "set", third, "--join", "yes", status=1)
    assert "PLACEWATCH_READING__MOST_JOINED" in refused

"""How channels are read, as the operator types it."""

from __future__ import annotations

from tests.service.world import World, eventually


async def test_a_channel_is_joined_on_request_and_its_priority_is_shown(world: World) -> None:
    await world.login()
    other = world.server.add_channel("ministry", title="Ministry")
    added = await world.type("channels", "add", "ministry", "--join")
    assert "polled: the account has not joined it; waits to join" in added
    [listed] = await world.json("channels", "list")
    assert (listed["joined"], listed["membership"], listed["priority"]) == (False, "to join", "normal")
    async with world.running() as service:
        await service.ready()
        await eventually(lambda: world.reader in other.members)
        said = await world.type("channels", "set", "@ministry", "--priority", "high")
        assert "@ministry: high priority" in said
        assert "reading 1 channel takes 0.02 requests a second" in await world.type("doctor")
        left = await world.type("channels", "set", "@ministry", "--join", "no")
        assert "waits to leave" in left
        await eventually(lambda: world.reader not in other.members)
    assert "high priority" in " ".join((await world.type("channels", "list")).split())
    refused = await world.type("channels", "set", "@ministry", status=1)
    assert "--priority high, normal or low" in refused


async def test_no_more_joins_are_taken_than_there_are_places(world: World) -> None:
    world.settings["PLACEWATCH_READING__MOST_JOINED"] = "1"
    await world.login()
    for name in ("one_channel", "two_channel"):
        world.server.add_channel(name)
        await world.follow(name)
    await world.type("channels", "set", "@one_channel", "--join", "yes")
    refused = await world.type("channels", "set", "@two_channel", "--join", "yes", status=1)
    assert "PLACEWATCH_READING__MOST_JOINED" in refused
    assert "@one_channel: normal priority, not joined" in await world.type(
        "channels", "set", "@one_channel", "--join", "no"
    )

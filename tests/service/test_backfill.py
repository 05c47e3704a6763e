"""`placewatch backfill`, with the real service beside it and without, killed in the middle: nothing lost, nothing told."""

from __future__ import annotations

import signal
import sqlite3
from datetime import UTC, datetime, timedelta

from tests.service.world import World, eventually

START = datetime(2025, 11, 1, tzinfo=UTC)


def post_past(world: World, count: int) -> None:
    """Old posts, each about the place that the team watches."""
    for number in range(1, count + 1):
        world.channel.post(
            f"Сводка {number}: бои в Покровске", at=START + timedelta(hours=number), push=False
        )


def kept(world: World) -> int:
    db = sqlite3.connect(f"file:{world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
    try:
        return int(db.execute("SELECT count(DISTINCT message_id) FROM post").fetchone()[0])
    finally:
        db.close()


async def prepare(world: World, posts: int) -> None:
    await world.login()
    await world.track("Pokrovsk", "Покровск")
    post_past(world, posts)
    await world.follow("dpr_head")


async def test_a_killed_service_goes_on_with_a_backfill_and_tells_only_what_is_new(world: World) -> None:
    await prepare(world, 420)
    async with world.running() as service:
        await service.ready()
        command = await world.spawn("backfill", "dpr_head", "--since", "2025-11-01")
        await eventually(lambda: 0 < kept(world) < 420, 20)
        await service.stop(signal.SIGKILL)
        _, err = await command.communicate()
        assert command.returncode == 1
        assert "has stopped" in err.decode()
        assert 0 < kept(world) < 420

    left = await world.json("backfill")
    assert [job["state"] for job in left] == ["waiting"]
    async with world.running() as service:
        await service.ready()
        world.channel.post("Новое: взрывы в Покровске")
        await eventually(lambda: world.alerts)
        done = await world.json("backfill", "--resume")
        assert [job["state"] for job in done if job["channel"] == "@dpr_head"] in (["finished"], [])
        await eventually(lambda: kept(world) == 421, 20)
        await eventually(lambda: world.settled)
    assert len(world.alerts) == 1
    assert "Новое" in world.alerts[0]
    assert "No backfill is unfinished" in await world.type("backfill")
    found = await world.json("search", "сводка", "--limit", "1000")
    assert len(found) == 420
    assert all(post["mentions"] for post in found)


async def test_without_a_service_the_command_reads_and_ctrl_c_stops_it_politely(world: World) -> None:
    await prepare(world, 420)
    command = await world.spawn("backfill", "dpr_head")
    await eventually(lambda: 0 < kept(world) < 420, 20)
    command.send_signal(signal.SIGINT)
    out, err = await command.communicate()
    assert command.returncode == 130, out.decode() + err.decode()
    assert "Go on with: placewatch backfill --resume" in err.decode()
    told = await world.type("backfill")
    assert "@dpr_head: stopped" in told
    assert "@dpr_head: 420 posts read" in await world.type("backfill", "--resume")
    assert kept(world) == 420


async def test_wrong_names_times_and_channels_are_told_before_anything_is_read(world: World) -> None:
    assert "Of which channels?" in await world.type("backfill", "--since", "30d", status=1)
    await world.login()
    none = await world.type("backfill", "dpr_head", status=1)
    assert "No channels are followed yet" in none
    await world.follow("dpr_head")
    assert "Not followed: nobody" in await world.type("backfill", "nobody", status=1)
    assert "is not a time I can read" in await world.type("backfill", "dpr_head", "--since", "x", status=1)
    both = await world.type("backfill", "dpr_head", "--since", "3d", "--until", "4d", status=1)
    assert "no time between" in both
    assert "nothing that was not known" in await world.type("backfill", "--all")
    assert await world.json("backfill", "--all", "--dry-run") == [
        {"channel": "@dpr_head", "messages": 0, "minutes": 0.0}
    ]

"""Photos of posts, kept by the real service, killed while it fetches."""

from __future__ import annotations

import hashlib
import random
import signal
import sqlite3

from telethon import functions

from tests.service.world import World, eventually
from tests.telegram_server import Delay

GET = functions.upload.GetFileRequest
PIECE = 512 * 1024


def kept(world: World) -> list[str]:
    db = sqlite3.connect(f"file:{world.folder / 'data' / 'placewatch.db'}?mode=ro", uri=True)
    try:
        return [
            row[0] for row in db.execute("SELECT sha256 FROM media WHERE state = 'kept' ORDER BY post_id")
        ]
    finally:
        db.close()


async def test_photos_are_kept_whole_after_a_kill_in_the_middle(world: World) -> None:
    world.settings["PLACEWATCH_MEDIA"] = "photos"
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    contents = [random.Random(seed).randbytes(2 * PIECE + seed) for seed in range(3)]
    pace = world.server.fault(GET, Delay(0.5), times=None)
    async with world.running() as service:
        await service.ready()
        for number, content in enumerate(contents):
            world.channel.post(f"В Покровске, фото {number}", media=world.server.add_photo(content))
        await eventually(lambda: world.server.count(GET) >= 5, 20)
        assert len(world.alerts) == 3  # text does not wait for photos
        await service.stop(signal.SIGKILL)
    assert len(kept(world)) < 3

    pace.lift()
    async with world.running() as service:
        await eventually(lambda: len(kept(world)) == 3, 20)
        await eventually(lambda: world.settled)
    hashes = kept(world)
    assert hashes == [hashlib.sha256(content).hexdigest() for content in contents]
    folder = world.folder / "data" / "media"
    for sha256, content in zip(hashes, contents, strict=True):
        assert (folder / sha256[:2] / sha256).read_bytes() == content
    assert list((folder / "part").iterdir()) == []
    shown = await world.json("show", "https://t.me/dpr_head/1")
    assert [file["sha256"] for file in shown["files"]] == hashes[:1]
    told = await world.type("show", "https://t.me/dpr_head/1")
    assert f"file: kept, 1.0 MB, SHA-256 {hashes[0]}" in told
    # Of what was there before the kill, nothing was asked for again but the piece under way.
    assert world.server.count(GET) <= 3 * 3 + 2
    assert len(world.alerts) == 3

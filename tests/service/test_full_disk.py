"""The real program on a disk that is full for a while: the kernel refuses every write beyond a few bytes of a file."""

from __future__ import annotations

import resource

import pytest

from tests.service.world import World, eventually

pytestmark = pytest.mark.slow


async def test_a_disk_that_is_full_for_a_while_costs_no_post_and_ends_nothing(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    async with world.running() as service:
        await service.ready()
        world.channel.post("Первая сводка: в Покровске тихо.")
        await eventually(lambda: len(world.alerts) == 1)
        assert service._process is not None
        pid = service._process.pid
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
        world.channel.post("Вторая сводка: бои под Покровском.")
        world.channel.post("Третья сводка: обстрел Покровска.", push=False)
        await eventually(lambda: world.says("nothing can be kept"), 40)
        assert len(world.alerts) == 1
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        world.channel.post("Четвёртая сводка: Покровск, вечер.")
        await eventually(lambda: len(world.alerts) == 4, 60)
        await eventually(lambda: world.says("the archive is written again"), 40)
        assert sum("nothing can be kept" in m.message for m in world.team.messages) == 1
        await eventually(lambda: world.settled)
    assert service._process.returncode == 0

"""`placewatch healthcheck` and the port, of the real program."""

from __future__ import annotations

import socket

import httpx

from tests.service.world import World, eventually


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


async def test_the_command_and_the_port_tell_how_the_service_is_and_a_signal_still_ends_it(
    world: World,
) -> None:
    assert "No service runs on" in await world.type("healthcheck", status=1)
    await world.login()
    port = free_port()
    world.settings |= {
        "PLACEWATCH_HEALTH__ENABLED": "true",
        "PLACEWATCH_HEALTH__METRICS": "true",
        "PLACEWATCH_HEALTH__PORT": str(port),
    }
    async with world.running() as service:
        await service.ready()
        await eventually(lambda: world.server.online(world.bot), 20)
        async with httpx.AsyncClient(
            base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=30
        ) as client:
            assert (await client.get("/healthz")).json()["status"] == "ok"
            assert 'placewatch_account_connected{account="bot"} 1.0' in (await client.get("/metrics")).text
        assert (await world.type("healthcheck")).startswith("well: last update ")
        assert await service.stop(seconds=30) == 0
    assert "No service runs on" in await world.type("healthcheck", status=1)

"""A member asks for the archive in the team's chat, and reads it in a browser."""

from __future__ import annotations

import re
import socket

import httpx2

from tests.service.world import World, eventually


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_a_member_asks_in_the_chat_gets_a_link_in_private_and_is_let_in_once(world: World) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    world.settings |= {
        "PLACEWATCH_WEB__ENABLED": "true",
        "PLACEWATCH_WEB__PORT": str(port),
        "PLACEWATCH_WEB__PUBLIC_URL": address,
    }
    await world.login()
    private = world.server.private_chat(world.olena, world.bot)
    stranger = world.server.add_user("Stranger", phone="+380500000057")
    foreign = world.server.private_chat(stranger, world.bot)
    async with world.running() as service, httpx2.AsyncClient(base_url=address) as browser:
        await service.ready()
        foreign.say(stranger, "/archive")
        world.team.say(world.olena, "/archive")
        await eventually(lambda: any("/enter/" in m.message for m in private.messages))
        await eventually(lambda: any("in our private chat" in m.message for m in world.team.messages))
        link = next(m.message for m in private.messages if "/enter/" in m.message)
        path = re.search(r"/enter/[\w-]+", link)
        assert path is not None
        assert not any(path[0] in m.message for m in world.team.messages)
        assert (await browser.get("/")).status_code == 303
        assert (await browser.get(path[0])).status_code == 200  # a preview looks at it
        answer = await browser.post(path[0], headers={"Origin": address})
        assert answer.status_code == 303
        assert (await browser.get("/api/v1/me")).json() == {"name": "Olena", "role": "admin"}
        assert (await browser.post(path[0], headers={"Origin": address})).status_code == 403
        await world.type("users", "set", str(world.olena.id), "none")
        assert (await browser.get("/")).status_code == 303
        assert [m.message for m in foreign.messages] == ["/archive"]
        assert path[0].removeprefix("/enter/") not in service.log

"""Public pages read without an account, and a bot that speaks in the team's chat."""

from __future__ import annotations

from tests.preview_server import PreviewServer
from tests.service.world import World, eventually


async def test_a_bot_tells_the_team_what_public_pages_say_and_follows_channels_by_name(world: World) -> None:
    async with PreviewServer() as pages:
        world.settings |= {
            "PLACEWATCH_SOURCE": "preview",
            "PLACEWATCH_PREVIEW__ADDRESS": pages.address,
            "PLACEWATCH_PREVIEW__PAGE_SECONDS": "0.01",
            "PLACEWATCH_READING__POLL_SECONDS": "1",
        }
        shown = pages.add_channel("public_news", title="Public news")
        await world.follow("@public_news")
        await world.track("Pokrovsk", "Покровск")
        async with world.running() as service:
            await eventually(lambda: world.server.online(world.bot), 40)
            shown.post("Бои в Покровске")
            await eventually(lambda: world.alerts, 30)
            world.team.say(world.olena, "/status")
            await eventually(lambda: world.says("public pages: 1 channel, asked every 1 s"), 30)
            pages.add_channel("second_news", title="Second")
            world.team.say(world.olena, "/follow https://t.me/second_news")
            await eventually(lambda: world.says("Second"), 30)
            assert "Traceback" not in service.log
        assert len(world.alerts) == 1
        assert not world.server.online(world.reader)

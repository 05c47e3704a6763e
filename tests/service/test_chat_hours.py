"""Hours of the team's chat through the real service: digest, quiet hours, mute and pause, typed and pressed."""

from __future__ import annotations

import asyncio

from telethon.tl import types

from tests.service.world import World, eventually


def data(message: types.Message, words: str) -> bytes:
    """What the button with these words sends."""
    buttons = [b for row in message.reply_markup.rows for b in row.buttons]
    found: bytes = next(b.type.data for b in buttons if words in b.text)
    return found


async def shown(world: World, words: str) -> types.Message:
    """The newest message of the group with these words, once it is there."""
    await eventually(lambda: world.says(words))
    return [m for m in world.team.messages if words in m.message][-1]


async def test_a_chat_says_when_it_wants_to_be_told(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    for name in ("Pokrovsk", "Myrnohrad"):
        await world.track(name)
    taras = world.server.add_user("Taras", phone="+380500000055")
    world.team.admit(taras)
    stranger = world.server.add_user("Stranger", phone="+380500000056")
    elsewhere = world.server.add_supergroup("Elsewhere", members=[world.bot, stranger], admins=[stranger])

    async with world.running() as service:
        await service.ready()

        # Anybody in the chat may look; only administrators change, typing or pressing.
        world.team.say(taras, "/quiet")
        state = await shown(world, "No quiet hours here")
        press = world.server.press(world.team, taras, state.id, data(state, "23:00"))
        assert "Only administrators" in str((await press.answered()).message)
        press = world.server.press(world.team, world.olena, state.id, data(state, "23:00"))
        assert (await press.answered()).message == "Done."
        await shown(world, "Quiet hours here: 23:00–07:00")
        world.team.say(world.olena, "/quiet at night")
        await shown(world, "Write them so: /quiet 23:00-07:00")
        world.team.say(world.olena, "/quiet off")
        await eventually(lambda: sum("No quiet hours here" in m.message for m in world.team.messages) == 1)

        # A mute holds, and its end brings one summary that names each.
        world.team.say(world.olena, "/mute 2h")
        muted = await shown(world, "🔇 Muted until")
        world.channel.post("Взрывы в Покровске.")
        world.channel.post("Колонна идёт к Мирнограду.")
        while not world.says("Колонна идёт"):  # answers come all the same
            world.team.say(world.olena, "/latest")
            await asyncio.sleep(0.3)
        assert world.alerts == []
        press = world.server.press(world.team, world.olena, muted.id, data(muted, "Off"))
        await press.answered()
        summary = await shown(world, "2 statements that waited")
        assert "Взрывы в Покровске" in summary.message
        assert "Колонна идёт к Мирнограду" in summary.message

        # One alert that waited for the end of a pause comes as itself.
        world.team.say(taras, "/pause")
        await shown(world, "Only administrators")
        world.team.say(world.olena, "/pause")
        await shown(world, "⏸ Paused")
        world.channel.post("Снова взрывы в Покровске, слышно далеко за городом.")
        await asyncio.sleep(0.5)
        assert world.alerts == []
        world.team.say(world.olena, "/resume")
        await eventually(lambda: len(world.alerts) == 1)

        # The digest of the last day, now, with its daily brother's time set by a button.
        world.team.say(taras, "/digest now")
        digest = await shown(world, "📋 Digest")
        assert "Pokrovsk · Donetsk Oblast: 2 statements by 1 source" in digest.message
        world.team.say(world.olena, "/digest")
        state = await shown(world, "No daily digest is sent here")
        press = world.server.press(world.team, world.olena, state.id, data(state, "Daily 08:00"))
        await press.answered()
        await shown(world, "A digest is sent here daily at 08:00")

        # A stranger elsewhere gets no answer.
        elsewhere.say(stranger, "/pause")
        elsewhere.say(stranger, "/digest now")
        world.team.say(world.olena, "/mute")
        await shown(world, "This chat is not muted")
        await asyncio.sleep(0.3)
        assert len(elsewhere.messages) == 2
    assert "Traceback" not in service.log, service.log

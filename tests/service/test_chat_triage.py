"""The life of a statement in the team's group: told, grown, judged, edited, deleted; through the real service."""

from __future__ import annotations

from telethon.tl import types

from tests.service.world import World, eventually

LONG = (
    "По докладу командования, в Красноармейске ночью повреждены школа, больница и две линии электропередачи, бригады "
    "выехали на место, отключений воды в городе нет, пострадавшим оказывают помощь."
)


def data(message: types.Message, words: str) -> bytes:
    """What the button with these words sends."""
    buttons = [b for row in message.reply_markup.rows for b in row.buttons]
    found: bytes = next(b.type.data for b in buttons if words in b.text)
    return found


async def test_a_statement_is_told_grows_and_is_judged(world: World) -> None:
    await world.login()
    second = world.server.add_channel("ministry", title="Ministry", members=[world.reader])
    await world.follow("dpr_head", "ministry")
    await world.track("Pokrovsk")
    taras = world.server.add_user("Taras", phone="+380500000055")
    world.team.admit(taras)
    stranger = world.server.add_user("Stranger", phone="+380500000056")
    elsewhere = world.server.add_supergroup("Elsewhere", members=[world.bot, stranger], admins=[stranger])

    async with world.running() as service:
        await service.ready()
        post = world.channel.post("Доброе утро. " + LONG)
        await eventually(lambda: world.alerts)
        assert "named as: Красноармейск (former name)" in world.alerts[0]
        [alert] = [m for m in world.team.messages if m.message in world.alerts]

        # It grows by a forward and a copy; nothing new is said.
        second.post(LONG, forward_from=(world.channel, post))
        await eventually(lambda: "(forward)" in world.alerts[0])
        assert len(world.alerts) == 1

        # Any member may judge; who did is shown.
        press = world.server.press(world.team, taras, alert.id, data(alert, "Relevant"))
        assert (await press.answered()).message == "Marked as relevant."
        await eventually(lambda: "✅ relevant — Taras" in world.alerts[0])

        # ❌ asks what the words mean instead, and the alert says what was decided.
        press = world.server.press(world.team, world.olena, alert.id, data(alert, "Not this place"))
        await press.answered()
        await eventually(lambda: world.says("what do the words mean instead?"))
        [question] = [m for m in world.team.messages if "what do the words mean instead?" in m.message]
        press = world.server.press(world.team, world.olena, question.id, data(question, "A person's name"))
        assert "Marked" in str((await press.answered()).message)
        await eventually(lambda: "❌ not Pokrovsk: a person's name — Olena" in world.alerts[0])
        assert "✅" not in world.alerts[0]

        # More: a menu that says who asked, and in it why.
        press = world.server.press(world.team, taras, alert.id, data(alert, "More"))
        await press.answered()
        await eventually(lambda: world.says("more, asked for by Taras"))
        [menu] = [m for m in world.team.messages if "more, asked for by Taras" in m.message]
        press = world.server.press(world.team, world.olena, menu.id, data(menu, "Why"))
        await press.answered()
        await eventually(lambda: world.says("locative of “Красноармейск”"))

        # An edit and a deletion come in reply, the alert follows.
        world.channel.edit(post, "Доброе утро. " + LONG.replace("две линии", "три линии"))
        await eventually(lambda: world.says("edited this"))
        [update] = [m for m in world.team.messages if "edited this" in m.message]
        assert update.reply_to.reply_to_msg_id == alert.id
        await eventually(lambda: "три линии" in world.alerts[0])
        world.channel.delete(post)
        await eventually(lambda: world.says("deleted this"))

        # Mute: nothing for an hour.
        press = world.server.press(world.team, world.olena, alert.id, data(alert, "1 h"))
        assert "No alerts about Pokrovsk until" in str((await press.answered()).message)
        world.channel.post("Снова бои в Покровске.")
        world.team.say(world.olena, "/latest Pokrovsk")
        await eventually(lambda: world.says("Снова бои"))
        assert len(world.alerts) == 1

        # A missing argument is asked for, and the reply to the question is the argument; a stranger's is not.
        world.team.say(world.olena, "/search")
        await eventually(lambda: world.says("/search: which words?"))
        [question] = [m for m in world.team.messages if "/search: which words?" in m.message]
        assert question.reply_markup.selective
        world.team.say(taras, "школа", reply_to=question.id)
        world.team.say(world.olena, "Снова бои", reply_to=question.id)
        await eventually(lambda: sum("Снова бои" in m.message for m in world.team.messages) > 2)

        # What changes things is for administrators; strangers are not heard.
        world.team.say(taras, "/watch Bakhmut")
        await eventually(lambda: world.says("Only administrators"))
        elsewhere.say(stranger, "/latest")
        world.team.say(world.olena, "/help")
        await eventually(lambda: world.says("all commands"))
        assert [m.message for m in elsewhere.messages] == ["/latest"]


async def test_a_group_that_becomes_a_supergroup_is_served_on(world: World) -> None:
    group = world.server.add_group("Small team", members=[world.bot, world.olena], admins=[world.olena])
    world.settings["PLACEWATCH_CHATS"] = str(-group.id)
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk")
    async with world.running() as service:
        await service.ready()
        world.channel.post("Бои в Покровске, первое сообщение.")
        await eventually(lambda: any("not verified" in m.message for m in group.messages))
        new = group.migrate()
        await eventually(lambda: "chat moved" in service.log)
        world.channel.post("Бои в Покровске, второе сообщение.")
        await eventually(lambda: any("второе" in m.message for m in new.messages))
        new.say(world.olena, "/places")
        await eventually(lambda: any("Pokrovsk" in m.message for m in new.messages))
        assert sum("первое" in m.message for m in new.messages) == 0
        world.channel.edit(1, "Бои в Покровске, первое сообщение, дополненное.")
        await eventually(lambda: any("дополненное" in m.message for m in new.messages))
    # The setting still has the old number: the service goes on with the new one.
    async with world.running() as service:
        await service.ready()
        world.channel.post("Бои в Покровске, третье сообщение.")
        await eventually(lambda: any("третье" in m.message for m in new.messages))


async def test_an_administrator_watches_in_private_and_a_stranger_is_not_heard(world: World) -> None:
    world.settings["PLACEWATCH_ADMINS"] = str(world.olena.id)
    stranger = world.server.add_user("Stranger", phone="+380500000057")
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk")
    private = world.server.private_chat(world.olena, world.bot)
    foreign = world.server.private_chat(stranger, world.bot)
    async with world.running() as service:
        await service.ready()
        foreign.say(stranger, "/watch Pokrovsk")
        private.say(world.olena, "/watch Bakhmut")
        await eventually(lambda: any("Watching 📍 Bakhmut" in m.message for m in private.messages))
        world.channel.post("Бои в Бахмуте и в Покровске.")
        await eventually(lambda: world.alerts)
        await eventually(lambda: any("not verified" in m.message for m in private.messages))
        [alert] = [m.message for m in private.messages if "not verified" in m.message]
        assert alert.startswith("📍 Bakhmut")  # of Pokrovsk only the group is told
        assert world.alerts[0].startswith("📍 Pokrovsk")
        assert [m.message for m in foreign.messages] == ["/watch Pokrovsk"]

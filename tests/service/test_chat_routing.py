"""Who is told what, and where: forum topics, several chats, places outside Telegram; through the real service."""

from __future__ import annotations

import asyncio

from telethon.tl import types
from telethon.utils import get_peer_id

from tests.elsewhere import Webhook, needs_apprise
from tests.service.world import World, eventually
from tests.telegram_server import Supergroup


def told(chat: Supergroup, words: str) -> list[types.Message]:
    """The alerts of a chat with these words."""
    return [m for m in chat.messages if words in m.message and "not verified" in m.message]


def topic_of(message: types.Message) -> int | None:
    reply = message.reply_to
    if reply is None or not reply.forum_topic:
        return None
    return int(reply.reply_to_top_id or reply.reply_to_msg_id)


async def watch(world: World, chat: Supergroup, name: str, topic: int | None = None) -> types.Message:
    """Olena has the chat watch a place; the answer to her command."""
    asked = chat.say(world.olena, f"/watch {name}", topic=topic)

    def answer() -> types.Message | None:
        return next((m for m in chat.messages if m.reply_to and m.reply_to.reply_to_msg_id == asked.id), None)

    await eventually(answer)
    found = answer()
    assert found is not None
    for button in (b for row in getattr(found.reply_markup, "rows", ()) for b in row.buttons):
        if button.text == "Watch":
            await world.server.press(chat, world.olena, found.id, button.type.data).answered()
    await eventually(lambda: any("Watching" in m.message and name in m.message for m in chat.messages))
    return found


async def test_alerts_and_answers_keep_to_the_topic_in_which_the_watch_was_made(world: World) -> None:
    forum = world.server.add_supergroup(
        "Forum", members=[world.bot, world.olena], admins=[world.olena], forum=True
    )
    world.settings["PLACEWATCH_CHATS"] = str(get_peer_id(types.PeerChannel(forum.id)))
    east, west = forum.add_topic("East", world.olena), forum.add_topic("West", world.olena)
    await world.login()
    await world.follow("dpr_head")

    def says(words: str) -> types.Message | None:
        return next((m for m in forum.messages if words in m.message), None)

    async with world.running() as service:
        await service.ready()
        for name, topic in (("Мирноград", east), ("Бахмут", west), ("Торецк", None)):
            answer = await watch(world, forum, name, topic=topic)
            assert topic_of(answer) == topic

        first = world.channel.post("Колонна идёт в Мирноград.")
        world.channel.post("Тихо стало в городе Бахмут.")
        world.channel.post("Снова бои за город Торецк.")
        await eventually(lambda: len(told(forum, "")) == 3)
        assert [topic_of(told(forum, w)[0]) for w in ("Колонна", "Тихо", "Снова")] == [east, west, None]

        # What is said in reply to an alert stands in its topic; so does what a button asks.
        world.channel.edit(first, "Колонна ушла из города Мирноград.")
        await eventually(lambda: says("edited this"))
        assert topic_of(says("edited this")) == east
        await eventually(lambda: told(forum, "ушла"))
        alert = told(forum, "ушла")[0]
        wrong = next(
            b.type.data for row in alert.reply_markup.rows for b in row.buttons if "Not this" in b.text
        )
        world.server.press(forum, world.olena, alert.id, wrong)
        await eventually(lambda: says("what do the words mean instead?"))
        assert topic_of(says("what do the words mean instead?")) == east

        # A closed topic and a deleted one: the alert comes without it, once; so it is said, once a day for each.
        forum.closed_topics.add(east)
        forum.delete(west)
        for n in range(2):
            world.channel.post(f"Взрыв {n}: дым видел весь Мирноград.")
            world.channel.post(f"Пожар {n}: огонь видел весь Бахмут.")
        await eventually(lambda: len(told(forum, "видел весь")) == 4)
        await eventually(lambda: sum("closed or deleted" in m.message for m in forum.messages) == 2)
        await asyncio.sleep(0.3)
        assert [topic_of(m) for m in told(forum, "видел весь")] == [None] * 4
        notices = [m for m in forum.messages if "closed or deleted" in m.message]
        assert [topic_of(m) for m in notices] == [None, None]


async def test_each_chat_is_told_only_of_what_it_watches(world: World) -> None:
    other = world.server.add_supergroup("Other", members=[world.bot, world.olena], admins=[world.olena])
    numbers = [str(get_peer_id(types.PeerChannel(chat.id))) for chat in (world.team, other)]
    world.settings["PLACEWATCH_CHATS"] = ",".join(numbers)
    await world.login()
    await world.follow("dpr_head")
    async with world.running() as service:
        await service.ready()
        await watch(world, world.team, "Мирноград")
        await watch(world, other, "Бахмут")
        world.channel.post("Первое: тихо в городе Мирноград.")
        world.channel.post("Второе: тихо в городе Бахмут.")
        world.channel.post("Третье: Мирноград и Бахмут без света.")
        await eventually(lambda: told(world.team, "Третье") and told(other, "Третье"))
        assert [m.message.split(":")[0].rpartition("«")[2] for m in told(world.team, "")] == [
            "Первое",
            "Третье",
        ]
        assert [m.message.split(":")[0].rpartition("«")[2] for m in told(other, "")] == ["Второе", "Третье"]

        other.say(world.olena, "/places")
        await eventually(lambda: any("watched here" in m.message for m in other.messages))
        [places] = [m.message for m in other.messages if "watched here" in m.message]
        assert "Бахмут" in places
        assert "Мирноград" not in places
        # One chat's end of a watch is not the other's.
        await watch(world, other, "Мирноград")
        other.say(world.olena, "/unwatch Мирноград")
        await eventually(lambda: any("No more alerts" in m.message for m in other.messages))
        world.channel.post("Четвёртое: дым над городом Мирноград.")
        await eventually(lambda: told(world.team, "Четвёртое"))
        assert told(other, "Четвёртое") == []


@needs_apprise
async def test_a_place_outside_telegram_is_told_the_same_and_of_changes_by_number(
    world: World,
) -> None:
    async with Webhook() as hook:
        world.settings["PLACEWATCH_OUTPUTS"] = f"desk=json://user:pa55word@127.0.0.1:{hook.port}/tokentoken"
        world.settings["PLACEWATCH_LOG_LEVEL"] = "DEBUG"
        await world.login()
        await world.follow("dpr_head")
        await world.track("Pokrovsk", "Покровск")
        async with world.running() as service:
            await service.ready()
            post = world.channel.post("Бои в Покровске.")
            await eventually(lambda: hook.texts and world.alerts)
            first = hook.texts[0]
            assert "«Бои в Покровске.»" in first
            assert f"https://t.me/dpr_head/{post}" in first
            number = first.partition("placewatch #")[2].partition("\n")[0]
            # An edit from before we know that the first message has arrived changes that message only.
            await eventually(lambda: world.settled)
            world.channel.edit(post, "Бои в Покровске закончены.")
            await eventually(lambda: len(hook.texts) == 2)
            assert hook.texts[1].startswith(f"Update of #{number}: ✎")
            world.channel.delete(post)
            await eventually(lambda: len(hook.texts) == 3)
            assert "deleted this" in hook.texts[2]

            # A failing place is asked again; the team's group does not wait for it.
            hook.failing = True
            world.channel.post("Снова бои в Покровске.")
            await eventually(lambda: len(world.alerts) == 2 and "delivery delayed" in service.log)
            hook.failing = False
            await eventually(lambda: any("Снова" in text for text in hook.texts))
            log = service.log
        assert "tokentoken" not in log
        assert "pa55word" not in log

        assert "desk: sent" in await world.type("outputs", "test")
        assert "A test message" in hook.texts[-1]
        assert "no output attic" in await world.type("outputs", "test", "attic", status=1)

        # A place that is named no more is told nothing; its rows stay, and it is told again when it is named again.
        count = len(hook.texts)
        outputs = world.settings.pop("PLACEWATCH_OUTPUTS")
        async with world.running() as service:
            await service.ready()
            world.channel.post("Тихо в Покровске.")
            await eventually(lambda: len(world.alerts) == 3)
            await asyncio.sleep(0.5)
        world.settings["PLACEWATCH_OUTPUTS"] = outputs
        async with world.running() as service:
            await service.ready()
            await asyncio.sleep(1.1)  # Telegram's times are whole seconds
            world.channel.post("Громко в Покровске.")
            await eventually(lambda: len(hook.texts) > count)
            assert "Громко" in hook.texts[-1]
            assert len(hook.texts) == count + 1

"""The team asks the archive in its chat: the real service, with a real client against the local Telegram."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

from telethon.tl import functions

from tests.service.world import World, eventually
from tests.telegram_server import DropAfterExecution

_SAID = (
    "Открыта новая пекарня",
    "Завтра отключат воду",
    "Губернатор встретился с учителями",
    "Сбит беспилотник",
    "Эвакуированы сорок семей",
    "Мост закрыт на ремонт",
)


async def test_members_ask_page_press_and_get_files_and_strangers_get_nothing(world: World) -> None:
    member = world.server.add_user("Petro", phone="+380500000003", code="12345")  # no administrator
    world.team.admit(member)
    stranger_chat = world.server.add_supergroup("Strangers", members=[world.bot, member])
    await world.login()
    await world.type("channels", "add", "dpr_head", "--label", "DPR head")
    await world.track("Pokrovsk", "Покровск")

    async def says(text: str, words: str, **fields: Any) -> Any:
        """A member types; the message that answers with these words."""
        before = {m.id for m in world.team.messages}
        world.team.say(member, text, **fields)

        def answers() -> list[Any]:
            return [m for m in world.team.messages if m.id not in before and words in m.message]

        await eventually(answers)
        return answers()[0]

    async with world.running() as service:
        await service.ready()
        said = world.channel.post("Доброе утро. Идут бои в Покровске.")
        await eventually(lambda: world.alerts)
        alert = next(m for m in world.team.messages if "not verified" in m.message)
        for said_of in _SAID:
            world.channel.post(f"{said_of} в Покровске")
        await eventually(lambda: len(world.alerts) == 7)

        why = await says("/why", "Покровске → Pokrovsk", reply_to=alert.id)
        assert "sure enough for an alert" in why.message
        assert "claim about Pokrovsk: fighting" in why.message
        await says("/why", "Reply with /why to an alert")
        world.channel.edit(said, "Доброе утро. Идут бои за Покровск.")
        await eventually(lambda: "✎ edited" in world.alerts[0])
        whole = await says("/post https://t.me/dpr_head/1", "Why it was found")
        assert "As it was said first" in whole.message
        assert "Alerts given here" in whole.message
        await says("/post https://t.me/dpr_head/99", "is not in the archive")

        page = await says("/latest Покровске", "7 statements about Pokrovsk")
        press = world.team.press(member, page.id, b"page|latest|1|1")
        await press.answered()
        await eventually(lambda: "Идут бои за" in world.team.message(page.id).message)

        bars = await says("/timeline Покровск", "7 statements")
        assert "First here, and ever, among the channels followed: DPR head (@dpr_head)" in bars.message
        claims = bars.message.partition("Claims, side by side; not verified:")[2]
        assert "• fighting — @dpr_head" in claims
        await world.team.press(member, bars.id, b"tl|1|1d|now").answered()
        await eventually(lambda: "by hour" in world.team.message(bars.id).message)
        await says("/timeline", "of which place?")
        await says("/latest Миргород", "is not tracked")

        status = await says("/status", "7 posts kept of 1 channels followed")
        assert "after posting" in status.message
        await says("/test", "This is a test. Nobody said anything.")

        exported = await says("/export 7d", "7 statements about the places watched here")
        rows = list(csv.DictReader(io.StringIO(world.server.file_of(exported).decode("utf-8-sig"))))
        assert [row["link"] for row in rows][-1] == "https://t.me/dpr_head/1"
        [button] = [b for row in exported.reply_markup.rows for b in row.buttons]
        before = len(world.team.messages)
        await world.team.press(member, exported.id, button.type.data).answered()
        await eventually(lambda: len(world.team.messages) == before + 1)
        lines = world.server.file_of(world.team.messages[-1]).decode().splitlines()
        assert [json.loads(line)["text"] for line in lines] == [row["text"] for row in rows]

        world.server.fault(functions.messages.SendMediaRequest, DropAfterExecution())
        await says("/export 1d", "the last 24 hours")
        await eventually(lambda: "sending again" in service.log)
        await says("/test", "This is a test. Nobody said anything.")
        assert sum("the last 24 hours" in m.message for m in world.team.messages) == 1

        stranger_chat.say(member, "/export")
        stranger_chat.say(member, "/status")
        await says("/help", "/timeline")
    assert len(stranger_chat.messages) == 2

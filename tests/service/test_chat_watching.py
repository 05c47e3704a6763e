"""A member types, presses and reads; the real service, against the local Telegram server."""

from __future__ import annotations

from telethon.tl import types

from tests.service.world import World, eventually
from tests.telegram_server import Press, Supergroup


def _words(message: types.Message) -> list[str]:
    markup = message.reply_markup
    rows = markup.rows if isinstance(markup, types.ReplyInlineMarkup) else []
    return [button.text for row in rows for button in row.buttons]


class _Member:
    """One member of the group, and what she sees."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.team: Supergroup = world.team
        self.account = world.olena
        if name != "Olena":
            self.account = world.server.add_user(name, phone="+380500000007", code="12345")
            self.team.admit(self.account)

    async def read(self, words: str) -> types.Message:
        """The newest message of the bot's with these words, once it is there."""

        def found() -> list[types.Message]:
            return [m for m in self.team.messages if words in m.message and self._of_bot(m)]

        await eventually(found)
        return found()[-1]

    def _of_bot(self, message: types.Message) -> bool:
        return self.team.author_of(message) is self.world.bot

    def say(self, text: str, reply_to: int | None = None) -> None:
        self.team.say(self.account, text, reply_to=reply_to)

    async def press(self, words: str, on: types.Message) -> str | None:
        """Press a button of that message as it is now; what the bot told the presser."""
        message = self.team.message(on.id)
        assert isinstance(message, types.Message)
        markup = message.reply_markup
        assert isinstance(markup, types.ReplyInlineMarkup), message.message
        button = next(b for row in markup.rows for b in row.buttons if words in b.text)
        pressed: Press = self.team.press(self.account, message.id, button.type.data)
        told = (await pressed.answered()).message
        return str(told) if told else None


async def test_a_team_follows_watches_tunes_and_ends_by_typing_and_pressing(world: World) -> None:
    await world.login()
    await world.type("channels", "add", "dpr_head", "--since", "7d")
    world.server.add_channel("staff", title="General Staff").post("Обстановка без изменений.")
    olena, petro = _Member(world, "Olena"), _Member(world, "Petro")
    async with world.running() as service:
        await service.ready()

        # A channel is looked at before it is followed; who speaks there is asked for and answered.
        olena.say("/follow https://t.me/staff")
        look = await olena.read("General Staff (@staff, 0 members)")
        assert "«Обстановка без изменений.»" in look.message
        assert await petro.press("Follow", look) == "Only administrators of this chat may do that."
        assert await olena.press("Follow", look) == "Following @staff"
        await olena.read("Following General Staff")
        olena.say("/channels")
        channels = await olena.read("2 channels followed")
        assert await olena.press("✏️ @staff", channels) is None
        await olena.read("Who speaks: not said")
        assert await olena.press("Who speaks…", channels) == "Reply to my question below."
        question = await olena.read("Who speaks in @staff?")
        assert isinstance(question.reply_markup, types.ReplyKeyboardForceReply)
        assert question.message.startswith("Olena: ")
        petro.say("Nonsense", reply_to=question.id)
        olena.say("General Staff, official", reply_to=question.id)
        await olena.read("@staff: General Staff, official")
        olena.say("/label @dpr_head | DPR head | side: Russia | official")
        await olena.read("@dpr_head: DPR head · Russia · official")

        # A place is chosen, tried on what was said, and watched.
        before = world.kept
        world.channel.post("Бои за Лиман продолжаются.")
        await eventually(lambda: world.kept > before)
        olena.say("/search Лиман")
        await olena.read("Бои за Лиман продолжаются.")
        petro.say("/watch Lyman")
        await petro.read("Only administrators of this chat may change")
        olena.say("/watch Lyman")
        step = await olena.read("“Lyman” is the name of several places")
        assert await olena.press("Lyman, Donetsk Oblast", step) == "Lyman it is."
        await eventually(lambda: "mentioned in 1 post" in world.team.message(step.id).message)
        assert await olena.press("Watch", step) == "Watching Lyman"
        await eventually(lambda: "Watching 📍 Lyman" in world.team.message(step.id).message)
        world.channel.post("Взрывы в Лимане.")
        await eventually(lambda: len(world.alerts) == 1)

        # What it is told is tuned on its page, and it ends after a question.
        olena.say("/places")
        listed = await olena.read("1 place watched here")
        assert _words(listed) == ["✏️ Lyman", "❌"]
        await olena.press("✏️ Lyman", listed)
        await eventually(lambda: "🔕 8 h" in _words(world.team.message(listed.id)))
        assert await olena.press("📰 digest", listed) == "Lyman: digest"
        assert await olena.press("Names", listed) is None
        await eventually(lambda: "✅ Лиман" in _words(world.team.message(listed.id)))
        assert await olena.press("✅ Лиман", listed) == "Лиман: off"
        olena.say("/unwatch")
        ending = await olena.read("Stop alerts here about which place?")
        await olena.press("❌ Lyman", ending)
        await eventually(lambda: "Yes, stop" in _words(world.team.message(ending.id)))
        assert await olena.press("Yes, stop", ending) == "No more alerts here about Lyman"
        await eventually(lambda: "No places are watched here" in world.team.message(ending.id).message)

        # Strangers get no answer, whatever they type.
        strangers = world.server.add_supergroup("Strangers", members=[world.bot, world.olena])
        for text in ("/watch Lyman", "/places", "/label @staff | Mine", "/follow @staff"):
            strangers.say(world.olena, text)
        olena.say("/unfollow @staff")
        await olena.read("Stopped reading")
        assert len(strangers.messages) == 4
        assert not world.says("Nonsense · ")
    listed_json = await world.json("channels", "list")
    assert [(c["channel"], c["label"], c["side"], c["standing"]) for c in listed_json] == [
        ("@dpr_head", "DPR head", "Russia", "official")
    ]
    printed = await world.type("channels", "label", "@dpr_head", "--owner", "DPR", "--side", "-")
    assert "@dpr_head: label: DPR head, standing: official, owner: DPR" in printed
    await world.type("channels", "label", "@nobody", "--side", "x", status=1)

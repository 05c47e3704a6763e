"""/language: a chat chooses its own."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.languages import spoken
from bot.telegram.links import parse_channel_link
from storage.records import Peer
from tests.desk.asked import Asked
from tests.making import CHAT


def _bilingual(asked: Asked) -> None:
    asked.room = replace(asked.room, languages=spoken("en"))
    asked.desk = Desk(asked.room, everyone_may_edit=True)


async def test_a_chat_is_answered_in_the_language_that_it_chose(asked: Asked) -> None:
    _bilingual(asked)
    said = await asked.says("/language uk")
    assert "Мова цього чату: <b>Українська</b>" in said
    assert await asked.says("/places") == "Тут ще не стежать за жодним місцем. Додати: /watch Покровськ"
    assert (await asked.says("/places", chat_id=CHAT - 1)).startswith("No places are watched here yet.")


async def test_a_button_changes_the_language_and_the_message_says_so_in_it(asked: Asked) -> None:
    _bilingual(asked)
    message = await asked.answer("/language")
    shown = await asked.press(message, "Русский")
    assert "Язык этого чата: <b>Русский</b>" in shown.wanted
    assert [b.words for row in shown.buttons for b in row] == ["English", "Українська"]


async def test_a_language_that_is_none_of_ours_is_refused_with_those_that_are(asked: Asked) -> None:
    _bilingual(asked)
    assert "/language uk" in await asked.says("/language de")


async def test_what_can_not_be_done_is_said_in_the_chats_language(asked: Asked) -> None:
    _bilingual(asked)
    await asked.tracks("Покровськ")
    await asked.says("/language uk")
    assert await asked.says("/search place:Нема{}") == (
        "⚠ Не можу прочитати запит на «place:Нема{}»: серед місць, за якими стежимо, немає Нема{}; "
        "відомі: Pokrovsk, Покровськ"
    )
    assert "може, place:?" in await asked.says("/search plase:Покровськ")
    assert "у майбутньому" in await asked.says("/search школа from:2999-01-01")
    assert "закоротке для назви місця" in await asked.says("/watch {")
    english = await asked.says("/search place:Нема", chat_id=CHAT - 1)
    assert "no tracked place is called Нема; known: Pokrovsk, Покровськ" in english


async def test_a_link_that_can_not_be_followed_is_refused_in_the_chats_language(asked: Asked) -> None:
    _bilingual(asked)

    async def resolve(link: str) -> Peer:
        raise AssertionError(parse_channel_link(link))

    outside = replace(asked.room.outside, resolve=resolve)
    asked.desk = Desk(replace(asked.room, outside=outside), everyone_may_edit=True)
    await asked.says("/language ru")
    assert await asked.says("/follow https://t.me/+abc{0}") == (
        "⚠ «https://t.me/+abc{0}» — приглашение в закрытый канал. Читать можно только публичные каналы, "
        "то есть те, у которых есть название."
    )

"""/language: a chat chooses its own."""

from __future__ import annotations

from dataclasses import replace

from bot.desk import Desk
from bot.languages import spoken
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

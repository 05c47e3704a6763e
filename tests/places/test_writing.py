"""Texts as people and programs write them: each oddity in a line, with the places to be found as they stand there.

`\\uXXXX`, `\\n` and `\\r` are characters; ⇒ divides the text from the surfaces, & one surface from the next.
Whatever a text holds, the offsets of a mention point into it.
"""

from __future__ import annotations

import re

import pytest

from bot.places import Matcher
from storage.records import PlaceName

NAMES = """
Покровск ru|Покровськ uk|Pokrovsk en|Бахмут uk|Bakhmut en|Часів Яр uk|Часов Яр ru|Chasiv Yar en|Слов'янськ uk
Славянск ru|Sloviansk en|Куп’янськ uk|Kup'yansk en|Івано-Франківськ uk|Ивано-Франковск ru|Ivano-Frankivsk en
Артёмовск ru|Орёл ru|Харків uk|Харьков ru|Мирноград ru|Мирноград uk|Kherson en|Херсон uk|Нью-Йорк uk|Суми uk
Сумы ru|Київ uk|Киев ru|Kyiv en|Одеса uk|Одесса ru|Біла Церква uk
"""
TEXTS = r"""
ПОКРОВСК ⇒ ПОКРОВСК
В ПОКРОВСКЕ ВЗРЫВЫ ⇒ ПОКРОВСКЕ
в покровске взрывы ⇒ покровске
покровськ під ударом ⇒ покровськ
АРТЁМОВСК ⇒ АРТЁМОВСК
Артемовск взят ⇒ Артемовск
под Артёмовском ⇒ Артёмовском
в Орле и Орел ⇒ Орле & Орел
Слов'янськ ⇒ Слов'янськ
у Слов’янську ⇒ Слов’янську
у Словʼянську ⇒ Словʼянську
у Слов`янську ⇒ Слов`янську
у Словянську ⇒ Словянську
у Слов‘янську ⇒ Слов‘янську
у Слов′янську ⇒ Слов′янську
У СЛОВ’ЯНСЬКУ ⇒ СЛОВ’ЯНСЬКУ
у Куп'янську ⇒ Куп'янську
у Купянську ⇒ Купянську
near Kup’yansk ⇒ Kup’yansk
near Kupyansk ⇒ Kupyansk
Покро\u00adвск ⇒ Покро\u00adвск
По\u200bкровск ⇒ По\u200bкровск
\u200fПокровск\u200e взят ⇒ Покровск
Покро\u2060вск ⇒ Покро\u2060вск
\ufeffПокровск ⇒ Покровск
Покро́вск ⇒ Покро́вск
у Покро́вську бої ⇒ Покро́вську
Бахму́т ⇒ Бахму́т
Пoкрoвск ⇒ Пoкрoвск
Pоkrovsk ⇒ Pоkrovsk
Кhеrsоn ⇒ Кhеrsоn
Kиїв ⇒ Kиїв
у Kиєві ⇒ Kиєві
Xарків ⇒ Xарків
Xapків ⇒ Xapків
ХАPКІВ ⇒ ХАPКІВ
Oдеса ⇒ Oдеса
#Покровск ⇒ Покровск
#Покровськ_новини ⇒ Покровськ
#ПокровскНовости ⇒ Покровск
#новостиПокровск ⇒ Покровск
#вПокровске ⇒ Покровске
#в_Покровске ⇒ Покровске
#ЧасівЯр ⇒ ЧасівЯр
#Часів_Яр ⇒ Часів_Яр
#ЧасовЯр2024 ⇒ ЧасовЯр
#ІваноФранківськ ⇒ ІваноФранківськ
#Івано_Франківськ ⇒ Івано_Франківськ
#покровск ⇒ покровск
#Pokrovsk2025 ⇒ Pokrovsk
#PokrovskFront ⇒ Pokrovsk
#ChasivYar ⇒ ChasivYar
#chasivyar ⇒ chasivyar
#БілаЦеркваOnline ⇒ БілаЦерква
#StandWithKherson ⇒ Kherson
#харків #київ ⇒ харків & київ
**Покровск** взят ⇒ Покровск
__Покровск__ взят ⇒ Покровск
_Покровск_ взят ⇒ Покровск
~~Покровск~~ ⇒ Покровск
`Покровск` ⇒ Покровск
||Покровск|| ⇒ Покровск
[Покровск](https://t.me/abc/12) ⇒ Покровск
**Часів Яр**: ⇒ Часів Яр
*Часів* Яр ⇒ Часів* Яр
<b>Покровск</b> ⇒ Покровск
Часів\nЯр під вогнем ⇒ Часів\nЯр
у Часовому\nЯру ⇒ Часовому\nЯру
у Часовому \n Яру ⇒ Часовому \n Яру
у Часовому\r\nЯру ⇒ Часовому\r\nЯру
Покров-\nську ⇒ Покров-\nську
у Покров-\nську ⇒ Покров-\nську
у Покров\u00ad\nську ⇒ Покров\u00ad\nську
Івано-\nФранківськ ⇒ Івано-\nФранківськ
Івано‑Франківськ ⇒ Івано‑Франківськ
Івано‐Франківськ ⇒ Івано‐Франківськ
Івано–Франківськ ⇒ Івано–Франківськ
Івано—Франківськ ⇒ Івано—Франківськ
Івано - Франківськ ⇒ Івано - Франківськ
Івано-Франківськ ⇒ Івано-Франківськ
Івано Франківськ ⇒ Івано Франківськ
Івано−Франківськ ⇒ Івано−Франківськ
ІВАНО-ФРАНКІВСЬК ⇒ ІВАНО-ФРАНКІВСЬК
івано-франківськ ⇒ івано-франківськ
в ивано-франковске ⇒ ивано-франковске
Часів\u00a0Яр ⇒ Часів\u00a0Яр
Часів\u202fЯр ⇒ Часів\u202fЯр
Часів\u2009Яр ⇒ Часів\u2009Яр
у Часовому\u00a0Яру ⇒ Часовому\u00a0Яру
Нью‑Йорк ⇒ Нью‑Йорк
Нью Йорк ⇒ Нью Йорк
📍Покровск ⇒ Покровск
🔴Бахмут: ⇒ Бахмут
⚡️Бахмут⚡️ ⇒ Бахмут
🇺🇦Київ🇺🇦 ⇒ Київ
Київ🔥 ⇒ Київ
❗️❗️Харків❗️ ⇒ Харків
👨‍👩‍👧Одеса ⇒ Одеса
3️⃣Покровск ⇒ Покровск
Покровск2 ⇒ Покровск
12Покровск ⇒ Покровск
3Харків ⇒ Харків
Харків-3 ⇒ Харків
Харків1 ⇒ Харків
Покровск/Мирноград ⇒ Покровск & Мирноград
Покровск\\Мирноград ⇒ Покровск & Мирноград
Покровск|Мирноград ⇒ Покровск & Мирноград
Покровск,Мирноград ⇒ Покровск & Мирноград
Покровск;Мирноград ⇒ Покровск & Мирноград
Покровск+Мирноград ⇒ Покровск & Мирноград
Покровск→Мирноград ⇒ Покровск & Мирноград
Покровск.Мирноград ⇒ Покровск & Мирноград
Покровск&Мирноград ⇒ Покровск & Мирноград
Покровск>>Мирноград ⇒ Покровск & Мирноград
.Покровск ⇒ Покровск
взят.Покровск ⇒ Покровск
взрывы.Сумы и Харьков ⇒ Сумы & Харьков
(Покровск) ⇒ Покровск
«Покровск» ⇒ Покровск
"Покровск" ⇒ Покровск
'Pokrovsk' ⇒ Pokrovsk
“Pokrovsk” ⇒ Pokrovsk
Pokrovsk's ⇒ Pokrovsk's
Pokrovsk’s ⇒ Pokrovsk’s
POKROVSK'S ⇒ POKROVSK'S
Pokrovsk-based ⇒ Pokrovsk
Chasiv\nYar ⇒ Chasiv\nYar
CHASIV YAR ⇒ CHASIV YAR
Chasiv-Yar ⇒ Chasiv-Yar
Ivano-\nFrankivsk ⇒ Ivano-\nFrankivsk
Ivano Frankivsk ⇒ Ivano Frankivsk
Ивано-Франковск ⇒ Ивано-Франковск
Покровськ' ⇒ Покровськ
т.м.Покровськ ⇒ Покровськ
м.Покровськ ⇒ Покровськ
г.Покровск ⇒ Покровск
м.Київ ⇒ Київ
смт.Часів Яр ⇒ Часів Яр
@Pokrovsk ⇒
https://t.me/pokrovsk ⇒
https://pokrovsk.news/bakhmut-today ⇒
info@pokrovsk.ua ⇒
@bakhmut_live ⇒
t.me/kyiv_now ⇒
𝐏𝐨𝐤𝐫𝐨𝐯𝐬𝐤 ⇒ 𝐏𝐨𝐤𝐫𝐨𝐯𝐬𝐤
Ｐokrovsk ⇒ Ｐokrovsk
Покровск️ ⇒ Покровск
Xерсон і Хeрсoн ⇒ Xерсон & Хeрсoн
Оде́са ⇒ Оде́са
Київ ⇒ Київ
Київ ⇒ Київ
Ки\u0456\u0308в ⇒ Ки\u0456\u0308в
Артe\u0308мовск ⇒ Артe\u0308мовск
"""


def plain(text: str) -> str:
    """Put the characters in that the table spells."""
    spelled = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
    return spelled.replace("\\n", "\n").replace("\\r", "\r")


def lines() -> list[tuple[str, list[str]]]:
    """Give each text with the surfaces to be found."""
    made = []
    for line in TEXTS.strip().splitlines():
        text, _, surfaces = line.partition(" ⇒")
        made.append((plain(text), [plain(surface) for surface in surfaces.strip().split(" & ") if surface]))
    return made


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    entries = [entry.rsplit(" ", 1) for entry in NAMES.strip().replace("\n", "|").split("|")]
    return Matcher(
        PlaceName(place_id=number, text=text, language=language)
        for number, (text, language) in enumerate(entries, start=1)
    )


@pytest.mark.parametrize(("text", "surfaces"), lines())
def test_a_place_is_found_however_it_is_written(text: str, surfaces: list[str], matcher: Matcher) -> None:
    mentions = matcher.find(text, min_confidence=0.5)
    spans = sorted({(mention.start, mention.end) for mention in mentions})
    assert [text[start:end] for start, end in spans] == surfaces

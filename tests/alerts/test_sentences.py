"""Where a quotation may end: sentences in Russian, Ukrainian and English."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest

from bot.alerts.excerpt import sentences


@pytest.mark.parametrize(
    "text",
    [
        # Ukrainian
        "Бої біля м. Покровськ тривають. | Далі буде.",
        "Удар по с. Піски та смт. Гродівка. | Є поранені.",
        "На вул. Шевченка, 5 пожежа. | Рятувальники працюють.",
        "Це сталося у Донецькій обл. о 14.30. | Є загиблі.",
        "Покровський р-н. без світла. | Ремонт триває.",
        "Парк ім. Лесі Українки зруйновано. | Далі тихо.",
        "Загинув гр. Іваненко. | Слідство триває.",
        "Виїхало понад 5 тис. осіб і 3 млн. грн. витрачено. | Кінець.",
        "В. О. Зеленський прибув до м. Покровськ. | Він оглянув позиції.",
        "О 14.30 у Покровську вибух. | О 15.00 другий.",
        "З 24.11.2026 місто під контролем. | Так каже штаб.",
        "Відійшли на 500 м. | Бої тривають.",
        "Обстріл тривав 40 хв. | Покровськ без світла.",
        "Ген. Сирський був у Покровську. | Деталі згодом.",
        "Бої… у Покровську… тривають. | Тихо в Мирнограді.",
        # Russian
        "Бой у ст. Покровск и пос. Роза. | Потери уточняются.",
        "Удар по г. Покровск на ул. Ленина, д. 5, корп. 2. | Есть раненые.",
        "Завод им. Кирова в г. Покровск горит. | Тушат.",
        "Эвакуировано 5 тыс. человек. | Вывоз идёт.",
        "Там т. н. «серая зона» у Покровска. | Конец.",
        "Это было 5 нояб. 2026 в Покровске. | Подробности позже.",
        "Взяли Покровск! | Подробности позже.",
        "Вы в Покровске? | Отзовитесь!",
        "«Стой!» крикнул он. | «Тихо.»",
        # English
        "Gov. Smith and Gen. Lee met Lt. Col. Brown near Pokrovsk. | They spoke.",
        "Shelling at St. Nicholas in Pokrovsk. | No. 5 mine is closed.",
        "It is approx. 5 km from Pokrovsk, e.g. Hrodivka. | Done.",
        "The U.S. Army said so of Pokrovsk. | It was denied.",
        "Mr. J. R. Smith left Pokrovsk at 5 p.m. | He came back.",
        "Brigade No. 14 holds Pokrovsk. | Nothing else.",
        "See https://t.me/head/7?a=1.b on Pokrovsk. | More later.",
        # lists and lines
        "1. Бої у Покровську. | 2. Тихо в Мирнограді.",
        "• Покровськ: бої\n| • Мирноград: тихо\n| — Селидове: вибухи",
        "Покровськ\n|\n| Бої тривають\r\n| Далі буде",
    ],
)
def test_a_sentence_ends_where_a_reader_ends_it(text: str) -> None:
    expected = [part.strip() for part in text.split("|")]
    plain = text.replace("| ", "").replace("|", "")
    found = [plain[begin:end] for begin, end in sentences(plain)]
    assert found == [part for part in expected if part]


@pytest.mark.parametrize("text", ["", " \n ", "\u2028", "\n\n"])
def test_no_words_are_no_sentences(text: str) -> None:
    assert sentences(text) == []


@pytest.mark.parametrize("noise", [". ", "м. ", "А. ", "!? ", "…", "1. ", "\u0301", "слово "])
def test_noise_of_any_length_is_read_in_moments(noise: str) -> None:
    text = noise * (100_000 // len(noise))
    began = time.process_time()
    found = sentences(text)
    assert time.process_time() - began < 10
    assert all(a < b <= c < d for (a, b), (c, d) in pairwise(found))

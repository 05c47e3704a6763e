"""Our words, numbers and dates in each language, and which language a reader is given."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from jinja2 import Environment

from bot.languages import ENGLISH, chosen, known, named, spoken
from bot.languages.counts import counted
from bot.languages.page import page_words
from bot.languages.places import called
from storage.records import Place, PlaceName

KYIV = ZoneInfo("Europe/Kyiv")
NOON = datetime(2025, 11, 17, 12, 3, tzinfo=UTC)


def test_english_is_the_text_of_the_code() -> None:
    assert ENGLISH("no post seen") == "no post seen"
    assert ENGLISH("read {when}", when="today") == "read today"


@pytest.mark.parametrize(
    ("number", "uk", "ru"),
    [
        (1, "1 допис", "1 пост"),
        (3, "3 дописи", "3 поста"),
        (11, "11 дописів", "11 постов"),
        (22, "22 дописи", "22 поста"),
        (1234, "1\u00a0234 дописи", "1\u00a0234 поста"),
    ],
)
def test_a_number_takes_the_form_that_the_language_asks_for(number: int, uk: str, ru: str) -> None:
    assert counted(number, "post", t=known("uk")) == uk
    assert counted(number, "post", t=known("ru")) == ru


def test_a_time_is_written_in_the_language_with_the_zones_city() -> None:
    assert ENGLISH.moment(NOON, KYIV) == "17 Nov 2025 14:03 Kyiv"
    assert known("uk").moment(NOON, KYIV) == "17 лист. 2025 14:03 Київ"
    assert known("ru").moment(NOON, KYIV) == "17 нояб. 2025 14:03 Киев"


def test_english_dates_of_babel_are_those_that_were_written_before() -> None:
    for month in range(1, 13):
        day = datetime(2025, month, 3, 9, 5, tzinfo=UTC)
        assert ENGLISH.date(day, "EEE dd MMM") == f"{day:%a %d %b}"


def test_a_text_that_nobody_has_translated_stays_english() -> None:
    assert known("uk")("no such text {x}", x=1) == "no such text 1"


def test_a_chat_without_a_language_reads_the_operators() -> None:
    languages = spoken("uk")
    assert (languages.of(None).code, languages.of("ru").code) == ("uk", "ru")


@pytest.mark.parametrize(
    ("own", "header", "language"),
    [
        ("ru", "uk", "ru"),
        (None, "uk-UA,uk;q=0.9,en;q=0.8", "uk"),
        (None, "de;q=0.9, ru;q=0.7, uk;q=0.8", "uk"),
        (None, "de, fr;q=0.5", "en"),
        (None, "uk;q=many, *", "en"),
        (None, None, "en"),
    ],
)
def test_a_reader_of_the_page_has_their_own_language_else_the_browsers_else_the_operators(
    own: str | None, header: str | None, language: str
) -> None:
    assert chosen(own, header, "en") == language


def test_a_language_is_known_by_its_code_and_by_its_names() -> None:
    assert [named(text) for text in ("uk", "UA", "Українська", "Русский", "English", "de")] == [
        "uk", "uk", "uk", "ru", "en", None,
    ]  # fmt: skip


def test_a_place_is_called_by_its_name_in_the_language_and_by_the_teams_where_it_has_none() -> None:
    name = PlaceName(place_id=1, text="Покровськ", language="uk")
    place = Place(id=1, name="Pokrovsk", region="Donetsk Oblast", names=(name,))
    assert called(place, known("uk")).name == "Покровськ"
    assert called(place, known("uk")).region == "Донецька область"
    assert called(place, known("ru")).name == "Pokrovsk"
    assert called(place, ENGLISH) == place


def test_one_template_serves_readers_of_all_languages_and_escapes_what_is_filled_in() -> None:
    templates = Environment(autoescape=True, extensions=["jinja2.ext.i18n"])
    templates.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    page = templates.from_string('{{ _("Places") }} {% trans place=p %}Not {{ place }}{% endtrans %}')
    assert page.render(p="<b>", **page_words("uk")) == "Місця Не &lt;b&gt;"
    assert page.render(p="<b>", **page_words("en")) == "Places Not &lt;b&gt;"

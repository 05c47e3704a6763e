"""How alerts read, over friendly and hostile text."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.alerts.compose import alert, moment
from bot.alerts.excerpt import excerpt, sentence_at, sentences
from bot.alerts.statement import statement_of
from bot.places import Matcher
from storage.records import Channel, Examined, Kept, Member, Place, PlaceName, Post, PostKey, Revision
from tests.making import NOW, RULES

POKROVSK = Place(
    id=1,
    name="Pokrovsk",
    region="Donetsk Oblast",
    names=(
        PlaceName(place_id=1, text="Покровск", language="ru"),
        PlaceName(place_id=1, text="Pokrovsk", language="en"),
    ),
)
MATCHER = Matcher(POKROVSK.names)


def kept(text: str, title: str = "Head") -> Kept:
    channel = Channel(id=1, telegram_id=5, username="head", title=title, added_at=NOW)
    revision = Revision(number=0, seen_at=NOW, edited_at=None, text=text, mentions=MATCHER.find(text))
    said = Post(key=PostKey(1, 7), posted_at=NOW, text=text)
    return Kept(
        id=1,
        post=said,
        channel=channel,
        received_at=NOW,
        deleted_at=None,
        examined=Examined.YES,
        revisions=(revision,),
    )


def composed(text: str, title: str = "Head") -> str:
    lead = statement_of(Member(parts=(kept(text, title),)), lambda mention: True)
    assert lead is not None
    return alert(lead, [], [POKROVSK], [], RULES.zone)


def test_an_alert_names_place_words_source_time_and_link_and_says_that_it_is_a_claim() -> None:
    text = "Доброе утро. Идут бои в Покровске. Подробности позже."
    assert composed(text).splitlines() == [
        "📍 <b>Pokrovsk</b> · Donetsk Oblast",
        "«… Идут бои в <b>Покровске</b>. …»",
        '— Head (@head) · <a href="https://t.me/head/7">2 Nov 2025 14:00 Kyiv</a>',
        "named as: Покровск",
        "<i>A claim by the source; not verified.</i>",
    ]


def test_hostile_text_is_escaped_everywhere() -> None:
    html = composed('<a href="x">Покровск</a> & <b>', title='<script>"&')
    assert "<script>" not in html
    assert '<a href="x">' not in html
    assert "&lt;script&gt;" in html


def test_marks_that_turn_text_around_do_not_reach_the_message() -> None:
    html = composed("\u202eБои в Покровске\u2066", title="He\u202ead")
    assert not set(html) & set("\u202e\u2066")


def test_only_the_sentences_about_the_place_are_quoted() -> None:
    html = composed("Первое. В Покровске тихо. Третье. Под Покровском бой. Пятое.")
    assert "«… В <b>Покровске</b> тихо. … Под <b>Покровском</b> бой. …»" in html


def test_a_sentence_does_not_end_after_an_abbreviated_place_marker() -> None:
    text = "Бої біля м. Покровськ тривають. Далі буде."
    assert [text[a:b] for a, b in sentences(text)] == ["Бої біля м. Покровськ тривають.", "Далі буде."]


def test_a_post_without_sentence_ends_is_cut_around_the_name() -> None:
    text = "слово " * 20_000 + "Покровск" + " слово" * 20_000
    html = composed(text)
    assert len(html) < 1200
    assert "<b>Покровск</b>" in html


def test_the_date_is_left_out_where_it_is_known() -> None:
    assert moment(NOW, RULES.zone, than=NOW + timedelta(hours=1)) == "14:00"
    assert moment(NOW, RULES.zone, than=NOW + timedelta(days=1)) == "2 Nov 2025 14:00 Kyiv"


@given(st.text(max_size=300), st.text(max_size=300))
def test_any_text_around_a_name_gives_a_bounded_escaped_excerpt(before: str, after: str) -> None:
    text = f"{before} Покровск {after}"
    mentions = [m for m in MATCHER.find(text) if m.end <= len(text)]
    html = excerpt(Revision(number=0, seen_at=NOW, edited_at=None, text=text), mentions, 500)
    stripped = html.replace("<b>", "").replace("</b>", "")
    assert "<" not in stripped
    assert len(html) < 5 * 1000


def test_a_span_is_shown_in_its_sentence_and_a_long_one_is_cut_around_it() -> None:
    text = "Начало. Мы взяли <город>.\nКонец."
    assert sentence_at(text, 11, 16, 140) == "Мы <b>взяли</b> &lt;город&gt;."
    long = "слово " * 100 + "взяли " + "слово " * 100
    cut = sentence_at(long, 600, 605, 60)
    assert cut.startswith("… слово ")
    assert cut.endswith("слово …")
    assert "<b>взяли</b>" in cut
    assert len(cut) < 100


@given(st.text(max_size=300), st.integers(0, 300), st.integers(1, 300))
def test_any_span_of_any_text_gives_a_bounded_escaped_sentence(text: str, start: int, length: int) -> None:
    html = sentence_at(text, start, start + length, 100)
    stripped = html.replace("<b>", "").replace("</b>", "")
    assert "<" not in stripped
    assert len(html) < 5 * 250

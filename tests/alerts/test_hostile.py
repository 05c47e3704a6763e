"""Whatever the words, names and numbers: every message of ours is within Telegram's limits and says whose words they are."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telethon.extensions import html as telegram

from bot.alerts.compose import DISCLAIMER
from bot.alerts.measure import ENTITIES, LIMIT, bare, head, units, visible
from bot.alerts.owed import decide
from bot.alerts.summary import summaries
from bot.commands import triage
from storage.records import (
    Channel,
    Chat,
    Examined,
    Forward,
    Joined,
    Kept,
    Member,
    Mention,
    OwedKind,
    Place,
    Post,
    PostKey,
    Review,
    Revision,
    Situation,
    Told,
    Verdict,
    Waiting,
    Wanted,
    Watch,
)
from tests.making import CHAT, NOW, RULES, minutes

FAMILY, FLAG, ZALGO = "👨‍👩‍👧‍👦", "🇺🇦", "e" + "\u0301" * 60
SPECIMENS = [
    "",
    " ",
    "\u200b\u2060\ufeff",
    "\u202eдаеж",
    "\u2067\u200f",
    "שלום עולם",
    "مرحبا",
    ZALGO * 20,
    FAMILY * 60,
    FLAG * 90,
    "😀" * 500,
    '<b>bold</b> & <a href="tg://x">',
    "&amp;&lt;",
    "Head\n✅ relevant — Olena",
    "\ud83d",
    "\x00\x07",
    "a" * 3000,
    "Название " * 80,
    "»\n— Another (@other)",
]
WORDS = st.one_of(st.sampled_from(SPECIMENS), st.text(max_size=60))
TEXTS = st.lists(
    st.one_of(WORDS, st.sampled_from(["Бои. ", "м. ", "\n", "! ", "слово " * 40])), max_size=12
).map("".join)
TURNING = set("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067")


def channel(number: int, title: str, label: str | None = None) -> Channel:
    return Channel(
        id=number,
        telegram_id=500 + number,
        username=f"channel{number}",
        title=title,
        label=label,
        side=title if number % 2 else None,
        added_at=NOW,
    )


def said(number: int, of: Channel, texts: list[str], names: list[Place], deleted: bool = False) -> Kept:
    """A post with its edits; every text names each of the places once, the first place first."""
    revisions = []
    for at, text in enumerate(texts):
        found = []
        for place in names:
            text += " Місто"
            found.append(
                Mention(
                    start=len(text) - 5,
                    end=len(text),
                    surface="Місто",
                    place_id=place.id,
                    name=place.name,
                    confidence=0.9,
                    why="a test",
                )
            )
            text += "."
        seen = NOW + timedelta(minutes=at)
        revisions.append(
            Revision(
                number=at,
                seen_at=seen,
                edited_at=seen if at else None,
                text=text,
                mentions=tuple(found),
            )
        )
    post = Post(key=PostKey(of.id, number), posted_at=NOW, text=revisions[-1].text)
    return Kept(
        id=number,
        post=post,
        channel=of,
        received_at=NOW + timedelta(minutes=number),
        deleted_at=minutes(9) if deleted else None,
        examined=Examined.YES,
        revisions=tuple(revisions),
    )


def situation(
    places: list[Place],
    members: list[Member],
    reviews: tuple[Review, ...] = (),
    watched: int | None = None,
) -> Situation:
    return Situation(
        members=tuple(members),
        places={p.id: p for p in places},
        watches=tuple(Watch(chat_id=CHAT, place_id=p.id, since=NOW) for p in places[:watched]),
        chats={CHAT: Chat(id=CHAT, title=None, held_until=None, problem=None)},
        told={CHAT: Told(NOW, NOW)},
        reviews=reviews,
        at=minutes(30),
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    places = [
        Place(id=i + 1, name=draw(WORDS), region=draw(st.none() | WORDS))
        for i in range(draw(st.sampled_from([1, 2, 50])))
    ]
    number = draw(st.sampled_from([0, 1, 6, 30]))
    told = draw(st.lists(TEXTS, min_size=1, max_size=3))
    lead = said(1, channel(1, draw(WORDS), draw(st.none() | WORDS)), told, places, draw(st.booleans()))
    if draw(st.booleans()):
        forward = Forward(telegram_id=9, name=draw(st.none() | WORDS), posted_at=minutes(-3))
        lead = replace(lead, post=replace(lead.post, forward=forward))
    title, text = draw(WORDS), draw(TEXTS)
    others = [
        Member(parts=(said(n + 2, channel(n + 2, title), [text], places[:1]),), how=Joined.COPY)
        for n in range(number)
    ]
    actor = draw(WORDS)
    reviews = tuple(
        Review(
            post_id=1,
            place_id=p.id,
            verdict=Verdict.WRONG,
            reason="other place",
            other_place=title,
            actor=actor,
            at=NOW,
        )
        for p in places[: draw(st.sampled_from([0, 1, 50]))]
    )
    parts = (lead,)
    if draw(st.booleans()):
        parts = tuple(replace(lead, id=n, post=replace(lead.post, grouped_id=5)) for n in range(1, 11))
    return situation(places, [Member(parts=parts), *others], reviews, draw(st.sampled_from([None, 1])))


def check(html: str) -> str:
    """That Telegram takes a message as it is meant; its text."""
    text, entities = telegram.parse(html)
    assert text.strip()
    assert units(text) == visible(html) <= LIMIT
    assert bare(html) == text
    assert len(entities) <= ENTITIES
    assert all(e.offset >= 0 and e.length > 0 and e.offset + e.length <= units(text) for e in entities)
    assert not TURNING & set(text)
    assert text.count("\u2068") == text.count("\u2069")
    text.encode()  # no half of a sign
    return str(text)


def check_buttons(wanted: Wanted) -> None:
    for row in wanted.buttons:
        for button in row:
            assert button.words.strip()
            assert button.url or len((button.data or "").encode()) <= 64


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(situations())
def test_every_alert_update_and_brief_of_any_situation_is_within_limits_and_attributed(
    given_: Situation,
) -> None:
    wanted = decide(given_, RULES)
    alert = wanted[0]
    lines = check(alert.html).splitlines()
    assert lines[0].startswith("📍 ")
    assert lines[-1] == DISCLAIMER
    assert sum(line.startswith("— ") for line in lines) == 1
    assert '<a href="https://t.me/channel1/1">' in alert.html
    assert sum(line.startswith(("✅", "❌", "👀")) for line in lines) <= 5
    assert "«" in alert.html
    for one in wanted:
        check(one.html)
        check_buttons(one)
    assert alert.brief is not None
    assert len(check(alert.brief).splitlines()) == 1
    waiting = [
        Waiting(
            row_id=n,
            kind=OwedKind.ALERT,
            line=alert.brief,
            topic=None,
            silent=False,
            urgent=False,
            said_at=NOW,
            owed_at=NOW,
            answers=None,
        )
        for n in range(60)
    ]
    pages = summaries(waiting, NOW, RULES.zone)
    assert sum(page.lines for page in pages) == 60
    for page in pages:
        check(page.html)


@given(WORDS, WORDS, WORDS)
def test_what_triage_asks_says_and_shows_on_buttons_is_within_limits(
    name: str, region: str, actor: str
) -> None:
    place = Place(id=1, name=name, region=region)
    review = Review(
        post_id=1,
        place_id=1,
        verdict=Verdict.WRONG,
        reason="other place",
        other_place=triage.with_region(name, region),
        actor=actor,
        at=NOW,
    )
    for html in (
        triage.which_not([(review, place)] * 50),
        triage.what_instead(place, review),
        triage.which_other(place),
        triage.marked_wrong(place, review),
        triage.hushed_by([name] * 50, NOW, RULES.zone, actor),
        triage.more(said(1, channel(1, name), ["x"], [place]), [place] * 50, RULES.zone, actor),
        triage.which_place([place] * 50),
    ):
        check(html)
    for toast in (triage.already(review), triage.hushed([name] * 50, NOW, RULES.zone)):
        assert 0 < units(toast) <= 200
    assert triage.words(name).strip()
    assert units(triage.words(name)) <= 64


def test_a_post_of_a_hundred_thousand_characters_with_fifty_places_copies_and_reviews_is_one_alert() -> None:
    places = [Place(id=i, name=f"Place {i} " + "x" * 90, region=f"Region {i % 7}") for i in range(1, 51)]
    lead = said(1, channel(1, "T" * 300, "L" * 300), ["Длинное предложение без конца " * 3400], places)
    others = [
        Member(parts=(said(n, channel(n, "C" * 200), ["x"], places),), how=Joined.COPY) for n in range(2, 502)
    ]
    reviews = tuple(
        Review(post_id=1, place_id=p.id, verdict=Verdict.RELEVANT, actor="A" * 200, at=NOW) for p in places
    )
    (alert, *_) = decide(situation(places, [Member(parts=(lead,)), *others], reviews, 20), RULES)
    text = check(alert.html)
    assert "and 12 more" in text
    assert "also mentions: Place 21" in text
    assert "+495 more" in text
    assert text.endswith(DISCLAIMER)


def test_the_quotation_gives_way_at_a_sentence_end_and_nothing_else_does() -> None:
    (place,) = places = [Place(id=1, name="Місто", region="Region")]
    sentence = "Місто чує постріли увесь день і всю ніч до ранку."
    text = " ".join([sentence] * 100)
    found = tuple(
        Mention(
            start=at.start(),
            end=at.end(),
            surface="Місто",
            place_id=1,
            name=place.name,
            confidence=0.9,
            why="a test",
        )
        for at in re.finditer("Місто", text)
    )
    kept = said(1, channel(1, "Head"), ["x"], places)
    revision = replace(kept.revisions[0], text=text, mentions=found)
    (alert,) = decide(situation(places, [Member(parts=(replace(kept, revisions=(revision,)),))]), RULES)
    quote = next(line for line in check(alert.html).splitlines() if line.startswith("«"))
    assert quote.endswith("до ранку. …»")
    assert 1000 < units(quote) <= 1510
    assert alert.html.count("<b>Місто</b>") <= 41


@pytest.mark.parametrize("caption", ["", "\n", "\u200b"])
def test_a_name_that_only_the_preview_of_a_link_has_is_quoted_as_such(caption: str) -> None:
    places = [Place(id=1, name="Місто")]
    kept = said(1, channel(1, "Head"), ["x"], places)
    preview = "Заголовок\nБої за Місто тривають. Інше."
    at = len(caption) + 1 + preview.index("Місто")
    found = replace(kept.mentions[0], start=at, end=at + 5)
    revision = replace(kept.revisions[0], text=caption, preview=preview, mentions=(found,))
    post = replace(kept.post, text=caption, preview=preview)
    member = Member(parts=(replace(kept, post=post, revisions=(revision,)),))
    (alert,) = decide(situation(places, [member]), RULES)
    line = "«[in the preview of a linked page] … Бої за <b>Місто</b> тривають. …»"
    assert line in alert.html.splitlines()
    assert alert.brief is not None
    assert check(alert.brief).endswith("«[in the preview of a linked page] … Бої за Місто тривають. …»")


@pytest.mark.parametrize("sign", [FAMILY, FLAG, "👍🏽", "и\u0306", "🏴\U000e0067\U000e0062\U000e007f"])
def test_a_cut_never_goes_through_a_sign_of_several_characters(sign: str) -> None:
    text = sign * 12
    for room in range(units(text) + 2):
        kept = head(text, room)
        assert units(kept) <= room
        assert kept == sign * (len(kept) // len(sign))


def test_a_sign_that_never_ends_is_cut_all_the_same() -> None:
    assert units(head("e" + "\u0301" * 5000, 100)) == 100

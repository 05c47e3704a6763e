"""What is claimed about a place, side by side: in /timeline, in digests, and by which cue in /why."""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from bot import ledger
from bot.alerts.measure import units
from bot.claims import load
from bot.copies import Copies
from bot.desk import Desk
from storage import channels, reviews
from storage.records import Channel, Forward, Place, Review, Verdict, Watch
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, post

TABLE = load(None)
TAKEN = "Покровск взят нашими войсками. Бои продолжаются западнее."
HELD = "Покровськ під контролем Сил оборони. Ворога зупинено."


@pytest.fixture
async def place(asked: Asked) -> Place:
    asked.room = replace(asked.room, claims=TABLE)
    asked.desk = Desk(asked.room)
    return await asked.tracks("Покровск", "Покровськ")


async def speaking(asked: Asked, number: int, side: str | None, owner: str | None = None) -> Channel:
    channel: Channel = await asked.write(follow, number)
    await asked.write(channels.describe, channel.id, label=None, side=side, standing=None, owner=owner)
    return channel


def bare(html: str) -> str:
    return re.sub(r"<[^>]+>", "", html)


def claims_in(html: str) -> list[str]:
    """The lines of the claims, without markup."""
    return bare(html).partition("Claims, side by side; not verified:\n")[2].splitlines()


async def test_two_sides_that_contradict_each_other_stand_side_by_side(asked: Asked, place: Place) -> None:
    head, staff = await speaking(asked, 1, "RU"), await speaking(asked, 2, "UA")
    await asked.keeps(post(head, 1, TAKEN, posted_at=minutes(-120)))
    await asked.keeps(post(staff, 1, HELD, posted_at=minutes(-90)))
    expected = [
        "• held — UA: @channel2 12:30 first",
        "  ⇄ against it: capture, RU: @channel1 12:00",
        "  «Покровськ під контролем Сил оборони.»",
        "• capture — RU: @channel1 12:00 first",
        "  ⇄ against it: held, UA: @channel2 12:30",
        "  «Покровск взят нашими войсками.»",
    ]
    told = await asked.says("/timeline Pokrovsk 1d")
    assert claims_in(told)[:6] == expected
    assert '<a href="https://t.me/channel1/1">@channel1 12:00</a>' in told
    told = await asked.says("/digest now")
    assert claims_in(told)[:6] == expected


async def test_who_repeats_is_counted_by_source_and_the_latest_own_words_are_quoted(
    asked: Asked, place: Place
) -> None:
    first = await speaking(asked, 1, "RU", "Ministry")
    second = await speaking(asked, 2, "RU", " ministry ")
    third = await speaking(asked, 3, None)
    await asked.keeps(post(first, 1, TAKEN, posted_at=minutes(-26 * 60)))
    await asked.keeps(post(second, 1, "Взят Покровск, подтверждаем.", posted_at=minutes(-60)))
    await asked.keeps(post(third, 1, "Взят город Покровск & весь район.", posted_at=minutes(-50)))
    shown = claims_in(await asked.says("/timeline Pokrovsk 7d"))
    at = shown.index("• capture — RU: @channel1 1 Nov 12:00 first · @channel3 13:10")
    assert shown[at + 1] == "  «Взят город Покровск &amp; весь район.» — @channel3 13:10"


async def test_copies_and_forwards_speak_for_nobody(asked: Asked, place: Place) -> None:
    head, staff, other = [await speaking(asked, n, side) for n, side in ((1, "RU"), (2, "UA"), (3, "UA"))]

    def fill(db: sqlite3.Connection) -> None:
        copies = Copies()
        long = TAKEN + " Противник оставил позиции на окраинах и понёс потери, сообщили в штабе."
        origin = Forward(telegram_id=head.telegram_id, message_id=1, posted_at=minutes(-50))
        for said in (
            post(head, 1, long, posted_at=minutes(-50)),
            post(staff, 1, long, posted_at=minutes(-40)),
            post(other, 1, long, posted_at=minutes(-30), forward=origin),
        ):
            keep(db, said, said.posted_at, copies=copies)

    await asked.write(fill)
    shown = claims_in(await asked.says("/timeline Pokrovsk 1d"))
    assert "• capture — RU: @channel1 13:10 first · 2 copies" in shown
    assert not any("against it" in line for line in shown)


async def test_a_source_never_contradicts_itself_whichever_of_its_channels_speaks(
    asked: Asked, place: Place
) -> None:
    first, second = await speaking(asked, 1, None, "Ministry"), await speaking(asked, 2, None, "Ministry")
    await asked.keeps(post(first, 1, TAKEN, posted_at=minutes(-50)))
    await asked.keeps(post(second, 1, HELD, posted_at=minutes(-40)))
    shown = bare(await asked.says("/timeline Pokrovsk 1d"))
    assert "• capture — " in shown
    assert "• held — " in shown
    assert "against it" not in shown


async def test_plans_doubts_and_denials_are_told_apart(asked: Asked, place: Place) -> None:
    channel = await speaking(asked, 1, "RU")
    for number, text in enumerate(
        (
            "Готовимся взять Покровск.",
            "Покровск не взят.",
            "Сообщается о взятии Покровска, подтверждения нет.",
        )
    ):
        await asked.keeps(post(channel, number + 1, text, posted_at=minutes(-50 + number)))
    shown = bare(await asked.says("/timeline Pokrovsk 1d"))
    for title in ("capture (planned or possible)", "capture (negated)", "capture (unconfirmed)"):
        assert f"• {title} — RU: @channel1" in shown


async def test_why_shows_the_cue_and_the_sentence(asked: Asked, place: Place) -> None:
    channel = await speaking(asked, 1, "RU")
    await asked.keeps(post(channel, 1, "Доброе утро. Покровск <не> взят."))
    told = await asked.says("/post https://t.me/channel1/1")
    assert "claim about Pokrovsk: <b>capture (negated)</b>" in told
    assert "by the cue “" in told
    assert "of captured (ru); negated by “не”" in told
    assert "«Покровск &lt;не&gt; <b>взят</b>.»" in told


async def test_why_in_reply_to_an_alert_shows_what_it_claims(asked: Asked, place: Place) -> None:
    await asked.keeps(post(await speaking(asked, 1, "RU"), 1, TAKEN))
    await asked.deliver()
    alert = await asked.store.read(
        lambda db: db.execute("SELECT message_id FROM owed WHERE kind = 'alert'").fetchone()[0]
    )
    told = await asked.says("/why", reply_to=alert)
    assert "claim about Pokrovsk: <b>capture</b>\n  by the cue “" in told
    assert "  «Покровск <b>взят</b> нашими войсками.»" in told


async def test_without_a_table_nothing_is_said_about_claims(asked: Asked, place: Place) -> None:
    asked.desk = Desk(replace(asked.room, claims=None))
    await asked.keeps(post(await speaking(asked, 1, "RU"), 1, TAKEN))
    for command in ("/timeline Pokrovsk", "/digest now", "/post https://t.me/channel1/1"):
        assert "laims</b>" not in await asked.says(command)
        assert "claim about" not in await asked.says(command)


async def test_deleted_and_edited_words_stay_and_are_marked(asked: Asked, place: Place) -> None:
    channel = await speaking(asked, 1, "RU")
    await asked.keeps(post(channel, 1, TAKEN, posted_at=minutes(-50)))
    edited = post(channel, 1, "Уточняем данные.", posted_at=minutes(-50), edited_at=minutes(-40))
    await asked.keeps(edited, minutes(-40))
    shown = claims_in(await asked.says("/timeline Pokrovsk 1d"))
    assert "  «Покровск взят нашими войсками.» (as it was before an edit)" in shown


async def test_what_people_found_to_mean_something_else_claims_nothing(asked: Asked, place: Place) -> None:
    await asked.keeps(post(await speaking(asked, 1, "RU"), 1, TAKEN))
    assert claims_in(await asked.says("/timeline Pokrovsk 1d"))

    def wrong(db: sqlite3.Connection) -> None:
        (post_id,) = db.execute("SELECT id FROM post").fetchone()
        verdict = Review(post_id=post_id, place_id=place.id, verdict=Verdict.WRONG, actor="Olena", at=NOW)
        reviews.decide(db, [verdict])

    await asked.write(wrong)
    assert not claims_in(await asked.says("/timeline Pokrovsk 1d"))


async def test_more_posts_than_are_read_are_said_and_one_message_holds_it(asked: Asked, place: Place) -> None:
    many = [await speaking(asked, n, f"side <{n}> " + "&" * 60) for n in range(1, 8)]
    texts = (
        TAKEN,
        HELD,
        "Флаг над Покровском поднят.",
        "Покровск не взят.",
        "Эвакуация из Покровска началась.",
    )

    def fill(db: sqlite3.Connection) -> None:
        for n in range(ledger.NEWEST + 5):
            said = "<&>" * 60 + " " + texts[n % 5]
            keep(db, post(many[n % 7], n + 1, said, posted_at=minutes(-n)), NOW)

    await asked.write(fill)
    timeline = await asked.says("/timeline Pokrovsk 7d")
    assert units(timeline) <= 4096
    assert timeline.count("<a ") == timeline.count("</a>")
    watch = Watch(chat_id=CHAT, place_id=place.id, since=NOW)
    span = (NOW - timedelta(days=1), NOW + timedelta(hours=1))
    found = await asked.store.read(ledger.gather, [watch], *span, TABLE, min_confidence=0.5)
    assert len(found.posts) == ledger.NEWEST
    blocks = ledger.beside(found, TABLE, RULES.zone, NOW)[place.id]
    assert blocks[-1] == f"ℹ claims of the newest {ledger.NEWEST} posts only"

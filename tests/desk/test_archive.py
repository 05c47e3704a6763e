"""What the archive answers in a chat: /latest and /search."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import replace

from bot.alerts.measure import units
from bot.claims import load
from bot.desk import Desk
from bot.incoming import Incoming
from storage import channels, gaps, mentions, owed, reading
from storage.records import Kept
from tests.desk.asked import Asked
from tests.making import CHAT, follow, minutes, post


async def test_the_newest_come_first_with_their_number_and_pages_turn(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    for n in range(12):
        await asked.keeps(post(channel, n + 1, f"Сводка {n}: бои в Покровске", posted_at=minutes(n)))
    first = await asked.answer("/latest")
    assert first.wanted.startswith("<b>12 statements</b> about the places watched here")
    assert "Сводка 11" in first.wanted
    assert "Сводка 6" not in first.wanted
    assert [b.words for b in first.buttons[-1]] == ["1/3", "▶"]
    second = await asked.press(first, "▶")
    assert "Сводка 6" in second.wanted
    assert [b.words for b in second.buttons[-1]] == ["◀", "2/3", "▶"]


async def test_an_answer_says_what_it_can_not_know_until_history_has_been_read(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.write(channels.read_through, channel.id, 7, minutes(2))
    asked.now = minutes(40)
    questions = ("/latest Pokrovsk", "/search эвакуация", "/timeline Pokrovsk 1d")
    for question in questions:
        assert "not read:" not in await asked.says(question)
    read = await asked.store.read(channels.by_id, channel.id)
    await asked.write(gaps.begin, read, "the machine slept", now=minutes(31), until=minutes(31))
    for question in questions:
        answer = await asked.says(question)
        assert answer.splitlines()[-1] == "ℹ not read: @channel1 from 14:02 to 14:31", question
    await asked.write(channels.set_problem, channel.id, "private")
    await asked.write(gaps.begin, read, "private", now=minutes(39), told=True)
    assert "ℹ not read: @channel1 since 14:02" in await asked.says("/latest")
    await asked.write(gaps.end, channel.id, now=minutes(40))
    await asked.write(channels.read_through, channel.id, 7, minutes(40))
    for question in questions:
        assert "not read:" not in await asked.says(question)


async def test_a_place_may_be_asked_for_in_any_name_and_case_and_with_its_region(asked: Asked) -> None:
    await asked.tracks("Покровск", "Красноармейск", region="Donetsk Oblast")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Бои в Покровске"))
    for name in ("Pokrovsk", "покровск", "Красноармейск", "Покровске", "Покровском", "Pokrovsk (Donetsk)"):
        assert (await asked.says(f"/latest {name}")).startswith("<b>1 statement</b> about Pokrovsk"), name


async def test_a_place_that_nobody_tracks_says_how_to_watch_it(asked: Asked) -> None:
    await asked.tracks("Покровск")
    answer = await asked.says("/latest Миргород")
    assert "is not tracked" in answer
    assert "/watch 7" in answer
    assert "Poltava Oblast" in answer
    assert "knows no such place" in await asked.says("/latest Кккккккк")
    assert "knows no such place" in await asked.says("/latest Покровск (Харківська)")
    assert "If you mean one of these" in await asked.says("/latest Миргорот")


async def test_what_only_possibly_means_the_place_is_marked_so(asked: Asked) -> None:
    place = await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Бои в Покровске"))
    [kept] = await asked.store.read(_all)
    unsure = replace(kept.mentions[0], confidence=0.38)
    await asked.write(mentions.rewrite, kept.id, {0: [unsure]})
    answer = await asked.says("/latest")
    assert f"❔ {place.name} (possible, .38)" in answer


async def test_what_became_of_the_words_is_said_and_what_was_said_once_stays_quoted(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Бои в Покровске"))
    await asked.keeps(post(channel, 1, "Опечатка", edited_at=minutes(1), changed_at=minutes(1)), minutes(1))
    answer = await asked.says("/latest Pokrovsk")
    assert "Бои в <b>Покровске</b>" in answer
    assert "✎ edited, quoted as it was before" in answer


async def test_words_are_found_in_any_ending_and_nothing_is_said_where_there_is_nothing(asked: Asked) -> None:
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Объявлена эвакуация <b>"))
    assert "Объявлена <b>эвакуация</b> &lt;b&gt;" in await asked.says("/search эвакуации")
    assert "Nothing in the archive has “&lt;i&gt;”" in await asked.says("/search <i>")
    assert "/search: which words?" in await asked.says("/search")


async def test_long_and_hostile_statements_stay_within_one_message(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow, 1, title="<&>" * 60)
    for n in range(5):
        await asked.keeps(post(channel, n + 1, "Покровск <&😀" * 400, posted_at=minutes(n)))
    assert units(await asked.says("/latest")) <= 4096


def _all(db: sqlite3.Connection) -> list[Kept]:
    return reading.kept_by_ids(db, [row[0] for row in db.execute("SELECT id FROM post")])


async def test_a_reply_that_is_quicker_than_the_news_of_the_questions_arrival_is_waited_for(
    asked: Asked,
) -> None:
    await asked.desk.handle(Incoming(CHAT, 1, 7, "Olena", "/search", asked.now))
    (question,) = await asked.write(lambda db: db.execute("SELECT id FROM owed").fetchone())

    async def arrive_late() -> None:
        await asyncio.sleep(0.2)
        await asked.write(owed.arrived, question, message_id=55, text="", buttons=(), now=asked.now)

    late = asyncio.create_task(arrive_late())
    assert "“эвакуация”" in await asked.says("эвакуация", reply_to=55)
    await late


async def test_what_a_post_said_before_is_found_and_told_as_such(asked: Asked) -> None:
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Город взят"))
    await asked.keeps(post(channel, 1, "Город держится", edited_at=minutes(1)))
    answer = await asked.says("/search взяли город")
    assert "Город</b> <b>взят" in answer
    assert "✎ edited, found in an earlier version" in answer
    assert "earlier version" not in await asked.says("/search держится")


async def test_claims_are_found_and_an_unknown_one_says_what_there_is(asked: Asked) -> None:
    asked.desk = Desk(replace(asked.room, claims=load(None)))
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Покровск взят под контроль."))
    assert "взят под контроль" in await asked.says("/search claim:capture")
    assert "did you mean capture" in await asked.says("/search claim:captur")

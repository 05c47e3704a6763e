"""/post and /why in a chat: one statement, whole, and why it was told."""

from __future__ import annotations

import sqlite3
from dataclasses import replace

from bot.alerts.measure import units
from storage import chats, media, mentions, owed, reading
from storage.records import Forward, Media, OwedKind, Rival, Wanted
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, follow, minutes, post


async def _alert(asked: Asked, text: str = "Бои в Покровске.") -> int:
    """An alert that has arrived: its message."""
    await asked.tracks("Покровск", region="Donetsk Oblast")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 5, text))
    await asked.deliver()
    return int(await asked.store.read(_message_of_alert))


def _message_of_alert(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT message_id FROM owed WHERE kind = 'alert'").fetchone()[0])


async def test_why_in_reply_to_an_alert_gives_form_name_rule_cues_and_confidence(asked: Asked) -> None:
    answer = await asked.says("/why", reply_to=await _alert(asked))
    assert answer.startswith("<b>Покровске</b> → Pokrovsk · Donetsk Oblast\n")
    assert "of “Покровск”" in answer
    assert "sure enough for an alert" in answer
    assert "for it: " in answer


async def test_why_without_an_alert_says_how_to_ask(asked: Asked) -> None:
    await _alert(asked)
    assert "Reply with /why to an alert" in await asked.says("/why")
    assert "Reply with /why to an alert" in await asked.says("/why", reply_to=1)


async def test_why_names_the_places_that_the_words_could_also_mean_and_those_that_were_rejected(
    asked: Asked,
) -> None:
    kharkiv = await asked.tracks("Лиман", name="Lyman", region="Kharkiv Oblast")
    await asked.tracks("Лиман", name="Lyman", region="Donetsk Oblast")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 5, "Бои в Лимане Донецкой области."))
    await asked.deliver()
    message = await asked.store.read(_message_of_alert)
    assert "  could also be: Lyman · Kharkiv Oblast, .99" in await asked.says("/why", reply_to=message)
    [kept] = await asked.store.read(reading.latest, place_ids=[kharkiv.id], limit=1)
    [told] = [m for m in kept.mentions if m.place_id != kharkiv.id]
    sure = replace(told, rivals=(Rival(kharkiv.id, 0.12),))
    await asked.write(mentions.rewrite, kept.id, {0: [sure]})
    answer = await asked.says("/why", reply_to=message)
    assert "  rejected: Lyman · Kharkiv Oblast, .12" in answer
    assert "could also be" not in answer


async def test_a_summary_is_of_several_statements_so_why_says_how_to_ask_for_one(asked: Asked) -> None:
    await asked.write(chats.welcome, CHAT, now=NOW)
    summary = Wanted(chat_id=CHAT, subject="summary:1:0", html="much", kind=OwedKind.SUMMARY)
    row = await asked.write(owed.owe, summary, now=NOW)
    await asked.write(owed.arrived, row, message_id=5, text="much", buttons=(), now=NOW)
    for command in ("/why", "/post"):
        assert "/post LINK shows one" in await asked.says(command, reply_to=5)


async def test_why_tells_who_said_it_first_and_who_repeated_it(asked: Asked) -> None:
    message = await _alert(asked)
    other = await asked.write(follow, 2)
    await asked.keeps(post(other, 9, "Бои в Покровске!", posted_at=minutes(6)))
    await asked.write(_join)
    answer = await asked.says("/why", reply_to=message)
    assert "Said first, among the channels followed: Channel 1 (@channel1)" in answer
    assert '<a href="https://t.me/channel2/9">@channel2</a> +6 min (forward)' in answer


async def test_a_repeat_within_a_minute_is_told_to_the_second(asked: Asked) -> None:
    message = await _alert(asked)
    other = await asked.write(follow, 2)
    await asked.keeps(post(other, 9, "Бои в Покровске!", posted_at=minutes(0.1)))
    await asked.write(_join)
    assert "@channel2</a> +6 s (forward)" in await asked.says("/why", reply_to=message)


def _join(db: sqlite3.Connection) -> None:
    first, second = (row[0] for row in db.execute("SELECT id FROM post ORDER BY id"))
    db.execute("INSERT INTO story_member VALUES (?, ?, 'forward', 'a forward')", (second, first))


async def test_a_post_is_shown_whole_with_its_edits_deletion_origin_and_alerts(asked: Asked) -> None:
    message = await _alert(asked, "Доброе утро. Бои в Покровске.")
    channel = await asked.write(follow)
    origin = Forward(name="Somebody <else>")
    edit = post(
        channel,
        5,
        "Доброе утро. Тихо в Покровске.",
        forward=origin,
        edited_at=minutes(3),
        changed_at=minutes(3),
    )
    await asked.keeps(edit, minutes(3))
    for ask in ("/post https://t.me/channel1/5", "/post t.me/c/501/5", "/post"):
        answer = await asked.says(ask, reply_to=message)
        assert "Доброе утро. Тихо в Покровске." in answer
        assert "<s>Бои</s> <b>Тихо</b>" in answer
        assert "As it was said first" in answer
        assert "✎ edited 1 time, as far as we saw" in answer
        assert "confidence" in answer
        assert "Alerts given here: 2 Nov 2025 14:00 Kyiv" in answer
    assert "↪ forwarded from Somebody" not in answer  # forwards are as they were when the post was first kept


async def test_a_long_post_goes_on_over_pages_and_loses_nothing(asked: Asked) -> None:
    channel = await asked.write(follow)
    words = [f"слово{n}" for n in range(1500)]
    await asked.keeps(post(channel, 5, " ".join(words) + " 😀&<" * 300))
    page = await asked.answer("/post https://t.me/channel1/5")
    text = page.wanted
    while any(b.words == "▶" for row in page.buttons for b in row):
        page = await asked.press(page, "▶")
        assert units(page.wanted) <= 4096
        text += "\n" + page.wanted
    assert all(f"{word} " in text or f"{word}\n" in text for word in words)
    assert text.count("😀&amp;&lt;") == 300


async def test_a_post_that_is_not_there_or_no_link_says_so(asked: Asked) -> None:
    assert "is not in the archive" in await asked.says("/post https://t.me/channel1/77")
    assert "is not a link to a post" in await asked.says("/post https://t.me/channel1")
    question = await asked.answer("/post")
    assert question.ask
    assert "is not in the archive" in await asked.says(
        "https://t.me/channel1/78", reply_to=question.message_id
    )


async def test_an_alert_of_another_chat_is_not_answered_for(asked: Asked) -> None:
    message = await _alert(asked)
    assert "Reply with /why" in await asked.says("/why", reply_to=message, chat_id=CHAT - 1)


async def test_a_post_says_what_became_of_its_photo(asked: Asked) -> None:
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 5, "Фото", media=Media(kind="photo", id=7)))
    assert "with: photo (described, not kept)" in await asked.says("/post https://t.me/channel1/5")

    row = int(await asked.store.read(lambda db: db.execute("SELECT id FROM post").fetchone()[0]))
    await asked.write(media.want, row, 7, now=NOW)
    assert "with: photo (not kept yet)" in await asked.says("/post https://t.me/channel1/5")

    [file] = await asked.store.read(media.of_post, row)
    folder = asked.store.path.parent
    place = media.path(folder, "ab" * 32)
    assert not await asked.write(media.keep, file, folder, "ab" * 32, 240_000, now=NOW)
    place.parent.mkdir(parents=True)
    place.write_bytes(b"")
    assert await asked.write(media.keep, file, folder, "ab" * 32, 240_000, now=NOW)
    kept = await asked.says("/post https://t.me/channel1/5")
    assert f"with: photo (kept, 240 KB, SHA-256 {'ab' * 32})" in kept


async def test_a_post_says_why_its_file_is_not_kept(asked: Asked) -> None:
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 5, "Видео", media=Media(kind="video", id=7)))
    row = int(await asked.store.read(lambda db: db.execute("SELECT id FROM post").fetchone()[0]))
    await asked.write(media.want, row, 7, now=NOW)
    [file] = await asked.store.read(media.of_post, row)
    await asked.write(media.leave, file, "larger than 20 MB (31.0 MB)")
    answer = await asked.says("/post https://t.me/channel1/5")
    assert "with: video (not kept: larger than 20 MB (31.0 MB))" in answer

"""/post and /why in a chat: one statement, whole, and why it was told."""

from __future__ import annotations

import sqlite3

from bot.alerts.measure import units
from storage.records import Forward
from tests.desk.asked import Asked
from tests.making import CHAT, follow, minutes, post


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


async def test_why_tells_who_said_it_first_and_who_repeated_it(asked: Asked) -> None:
    message = await _alert(asked)
    other = await asked.write(follow, 2)
    await asked.keeps(post(other, 9, "Бои в Покровске!", posted_at=minutes(6)))
    await asked.write(_join)
    answer = await asked.says("/why", reply_to=message)
    assert "Said first, among the channels followed: Channel 1 (@channel1)" in answer
    assert '<a href="https://t.me/channel2/9">@channel2</a> +6 min (forward)' in answer


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

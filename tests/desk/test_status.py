"""/status and /test in a chat."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from bot import __version__
from storage import channels, chats, gaps, owed
from storage.records import OwedKind, Quiet, Wanted
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, follow, minutes, post


async def test_status_tells_of_accounts_channels_lag_waiting_and_this_chat(asked: Asked) -> None:
    await asked.tracks("Покровск")
    good, bad, new = [await asked.write(follow, n) for n in (1, 2, 3)]
    await asked.keeps(post(good, 1, "Старое", posted_at=minutes(-5)), NOW)
    await asked.keeps(post(good, 2, "Тихо", posted_at=minutes(2)), minutes(2) + timedelta(seconds=3))
    asked.now = minutes(4)
    await asked.write(channels.read_through, good.id, 1, minutes(3))
    await asked.write(channels.set_problem, bad.id, "it has become <private>")
    await asked.write(chats.change, CHAT, quiet_from="13:00", quiet_to="15:00", quiet_how=Quiet.HOLD)
    await asked.write(chats.pause, CHAT, now=minutes(-30))
    lines = (await asked.says("/status")).splitlines()
    assert lines[0].startswith(f"<b>placewatch {__version__}</b>")
    assert "reading account: connected" in lines
    assert any(
        "⏸ paused since 2 Nov 2025 13:30 Kyiv: /resume; 🌙 quiet now, 13:00–15:00" in line for line in lines
    )
    assert "✉ Nothing waits to go out." in lines
    assert "2 posts kept of 3 channels followed, 1 not readable, 1 not read yet" in lines
    channel_lines = [line for line in lines if line.startswith("•")]
    assert "⚠ not readable: it has become &lt;private&gt;" in channel_lines[0]
    assert channel_lines[1] == f"• {new.title} (@channel3): not read yet, no post seen"
    assert "read 14:03, last post 14:02, 3 s after posting" in channel_lines[2]


async def test_status_names_what_was_lost_and_what_is_still_to_be_read(asked: Asked) -> None:
    channel = await asked.write(follow)
    await asked.write(channels.read_through, channel.id, 7, minutes(2))
    asked.now = minutes(40)
    read = await asked.store.read(channels.by_id, channel.id)
    await asked.write(gaps.begin, read, "the machine slept", now=minutes(31), until=minutes(31))
    await asked.write(gaps.lose, channel.id, {5: ("odd <one>", minutes(1))}, now=minutes(2))
    lines = (await asked.says("/status")).splitlines()
    assert (
        "⚠ @channel1: 1 post at 14:01 could not be kept (https://t.me/channel1/5): odd &lt;one&gt;" in lines
    )
    assert "⚠ @channel1: not read from 14:02 to 14:31: the machine slept" in lines
    await asked.write(gaps.end, channel.id, now=minutes(40))
    await asked.write(gaps.settle, channel.id, [5], now=minutes(40))
    assert "not read from" not in await asked.says("/status")


async def test_what_waits_is_told_with_the_oldest(asked: Asked) -> None:
    await asked.write(chats.welcome, CHAT, now=NOW)
    await asked.write(chats.welcome, CHAT - 1, now=NOW)
    await asked.write(chats.set_title, CHAT - 1, "<Others>")
    wanted = Wanted(chat_id=CHAT - 1, subject="x", html="x", kind=OwedKind.ALERT)
    await asked.write(owed.owe, wanted, now=minutes(-90))
    answer = await asked.says("/status")
    assert "✉ 1 message waits for &lt;Others&gt;, the oldest for 1 h 30 min" in answer


async def test_many_channels_go_over_pages(asked: Asked) -> None:
    for n in range(70):
        await asked.write(follow, n)
    first = await asked.answer("/status")
    assert [b.words for b in first.buttons[-1]] == ["1/3", "▶"]
    assert "@channel" in (await asked.press(first, "▶")).wanted


async def test_a_sample_alert_goes_the_way_of_alerts_and_says_that_it_is_a_test(asked: Asked) -> None:
    await asked.tracks("Покровск")
    await asked.says("/test")
    [sample] = await asked.store.read(_notices)
    assert sample.startswith("🧪 <b>This is a test. Nobody said anything.</b>")
    assert "📍 <b>Pokrovsk</b>" in sample
    assert "not verified" in sample
    assert "— A test, by placewatch · " in sample


def _notices(db: sqlite3.Connection) -> list[str]:
    return [row[0] for row in db.execute("SELECT shown FROM owed WHERE kind = 'notice'")]

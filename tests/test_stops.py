"""An account's end is told once, and again only after it has worked."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telethon import errors

from bot import stops
from bot.languages import spoken
from bot.telegram.refusals import signed_out
from storage import chats, owed
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, NOW, minutes


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[Store]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    for chat_id in (CHAT, CHAT - 1):
        await opened.write(chats.welcome, chat_id, now=NOW)
    yield opened
    await opened.close()


async def _waiting(store: Store) -> int:
    return sum((await store.read(owed.waiting)).values())


async def test_each_chat_is_told_once_also_over_restarts(store: Store) -> None:
    for minute in range(3):
        await store.write(stops.tell, "reader", "<signed out>", [CHAT, CHAT - 1], now=minutes(minute))
    assert await store.read(owed.waiting) == {CHAT: 1, CHAT - 1: 1}
    message = await store.read(owed.next_due, CHAT, now=minutes(5))
    assert message is not None
    assert "The reading account has stopped" in message.wanted
    assert "&lt;signed out&gt;" in message.wanted


async def test_another_reason_is_news(store: Store) -> None:
    await store.write(stops.tell, "reader", "signed out", [CHAT], now=NOW)
    await store.write(stops.tell, "reader", "banned", [CHAT], now=minutes(1))
    assert await _waiting(store) == 2


async def test_after_the_account_has_worked_its_next_end_is_told(store: Store) -> None:
    await store.write(stops.tell, "reader", "signed out", [CHAT], now=NOW)
    await store.write(stops.over, "bot")
    await store.write(stops.tell, "reader", "signed out", [CHAT], now=minutes(1))
    assert await _waiting(store) == 1
    await store.write(stops.over, "reader")
    await store.write(stops.tell, "reader", "signed out", [CHAT], now=minutes(2))
    assert await _waiting(store) == 2


async def test_where_others_read_the_account_is_named_and_reading_goes_on(store: Store) -> None:
    for name in ("reader", "reader-north"):
        await store.write(stops.tell, name, "banned", [CHAT], now=NOW, others_read=True)
    rows = await store.read(lambda db: db.execute("SELECT wanted FROM owed ORDER BY id").fetchall())
    assert [row[0].split(": ")[1].split(":")[0] for row in rows] == [
        "The account reader has stopped",
        "The account north has stopped",
    ]
    assert all("read by the other accounts" in row[0] for row in rows)


async def test_each_chat_reads_in_its_language_what_ended_and_what_to_do(store: Store) -> None:
    end = signed_out(errors.SessionRevokedError(None), bot=False, session=Path("reader.session"))
    await store.write(chats.change, CHAT, language="uk")
    for minute in range(2):
        await store.write(
            stops.tell, "reader", end.told, [CHAT, CHAT - 1], now=minutes(minute), languages=spoken()
        )
    assert await store.read(owed.waiting) == {CHAT: 1, CHAT - 1: 1}
    own, other = [await store.read(owed.next_due, chat, now=minutes(5)) for chat in (CHAT, CHAT - 1)]
    assert own is not None
    assert other is not None
    assert "Сеанс (акаунт для читання) завершено з іншого пристрою: наберіть `placewatch" in own.wanted
    assert "session was ended from another device" in other.wanted

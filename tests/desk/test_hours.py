"""/digest, /quiet, /mute, /updates, /pause and /resume as members type and press them."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.desk import Desk, Outside
from bot.desk.room import Room
from bot.incoming import Incoming, Press
from bot.lookout import Lookout
from bot.tracking import Tracking
from storage import chats, owed
from storage.records import Chat, Owed, Peer, Quiet
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, post, track

OLENA, TARAS = 1, 2  # Olena is an administrator


@dataclass
class Team:
    """The chat's own clock, and its desk."""

    store: Store
    now: datetime = NOW  # 14:00 in Kyiv
    toasts: list[str | None] = field(default_factory=list)
    number: int = 0

    def desk(self) -> Desk:
        return Desk(
            Room(
                store=self.store,
                tracking=Tracking(self.store, Lookout(self.store, lambda: self.now), lambda: self.now),
                outside=Outside(
                    resolve=_no_peer,
                    start_of=_no_start,
                    changed_channels=_nothing,
                    accounts=list,
                    on_owed=lambda: None,
                    is_admin=self._is_admin,
                    answer_press=self._answer,
                ),
                zone=RULES.zone,
                now=lambda: self.now,
                decide=lambda _: [],
            )
        )

    async def _is_admin(self, chat_id: int, user_id: int) -> bool:
        return user_id == OLENA

    async def _answer(self, query_id: int, words: str | None) -> None:
        self.toasts.append(words)

    async def says(self, text: str, who: int = OLENA, chat_id: int = CHAT) -> Owed:
        self.number += 1
        incoming = Incoming(chat_id, self.number, who, "Somebody", text, self.now)
        await self.desk().handle(incoming)
        return await self.store.write(_said, chat_id, f"command:{self.number}")

    async def presses(self, said: Owed, words: str, who: int = OLENA) -> Owed:
        """Press a button; what the message shows then."""
        self.number += 1
        button = next(b for row in said.buttons for b in row if b.words == words)
        press = Press(self.number, CHAT, said.message_id or 0, who, "Somebody", str(button.data), self.now)
        await self.desk().press(press)
        shown = await self.store.read(owed.by_message, CHAT, said.message_id or 0)
        assert shown is not None
        return shown

    async def chat(self) -> Chat:
        return await self.store.read(chats.by_id, CHAT)


async def _no_peer(link: str) -> Peer:
    raise AssertionError(link)


async def _no_start(peer: Peer, since: datetime) -> int:
    raise AssertionError(peer)


async def _nothing() -> None:
    """Nothing is read here."""


def _said(db: sqlite3.Connection, chat_id: int, subject: str) -> Owed:
    """What we answered; it counts as arrived, so that its buttons can be pressed."""
    (row, wanted) = db.execute(
        "SELECT id, wanted FROM owed WHERE chat_id = ? AND subject = ?", (chat_id, subject)
    ).fetchone()
    owed.arrived(db, row, message_id=1000 + row, text=wanted, buttons=None, now=NOW)
    said = owed.by_message(db, chat_id, 1000 + row)
    assert said is not None
    return said


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    store = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await store.write(chats.welcome, CHAT, now=NOW)
    yield Team(store)
    await store.close()


def words(said: Owed) -> list[list[str]]:
    return [[button.words for button in row] for row in said.buttons]


async def test_a_daily_digest_is_set_moved_and_taken_off(team: Team) -> None:
    said = await team.says("/digest")
    assert "No daily digest" in said.wanted
    assert words(said) == [["Read one now"], ["Daily 08:00", "Daily 20:00"]]
    said = await team.presses(said, "Daily 20:00")
    assert said.wanted == (
        "A digest is sent here daily at <b>20:00</b> (Kyiv time), next 2 Nov 2025 20:00 Kyiv."
    )
    assert words(said) == [["Read one now"], ["Daily 08:00"], ["Off"]]
    assert team.toasts == ["Done."]
    said = await team.says("/digest daily 8.00")
    assert "next 3 Nov 2025 08:00 Kyiv" in said.wanted  # the time of today has passed
    assert (await team.chat()).digest_since == NOW
    assert "at <b>08:00</b>" in (await team.says("/digest daily")).wanted
    await team.says("/digest off")
    assert (await team.chat()).digest_at is None
    assert "Write it so: /digest daily 08:00" in (await team.says("/digest sometimes")).wanted


async def test_a_digest_is_read_at_once_by_any_member_and_moves_nothing(team: Team) -> None:
    await team.store.write(track, "Покровск")
    channel = await team.store.write(follow)
    await team.store.write(keep, post(channel, 1, "Бои в Покровске", posted_at=minutes(-5)))
    said = await team.says("/digest now", TARAS)
    assert "📍 <b>Pokrovsk</b>: 1 statement by 1 source" in said.wanted
    state = await team.says("/digest", TARAS)
    await team.presses(state, "Read one now", TARAS)
    again = await team.store.write(_said, CHAT, f"press:{team.number}")
    assert "📍 <b>Pokrovsk</b>: 1 statement by 1 source" in again.wanted
    assert await team.store.read(_told) == 0


def _told(db: sqlite3.Connection) -> int:
    return int(db.execute("SELECT count(*) FROM told").fetchone()[0])


async def test_a_long_digest_pages_and_stays_the_same_digest(team: Team) -> None:
    channel = await team.store.write(follow)
    names = "Покровск Лиман Торецк Купянск Бахмут Авдеевка Угледар Марьинка Изюм Орехов Гуляйполе Каховка"
    for n, name in enumerate(names.split()):
        tracked = await team.store.write(track, name=name, region="r" * 70)
        said = "слово " * 30 + name + " слово" * 30
        for k in range(3):
            told = post(channel, n * 10 + k, f"{k}{said}", posted_at=minutes(-9))
            await team.store.write(keep, told, NOW, [tracked])
    first = await team.says("/digest now")
    assert words(first)[-1][0] == "1/3"
    team.now += timedelta(hours=5)
    second = await team.presses(first, "▶")
    assert words(second)[-1] == ["◀", "2/3", "▶"]
    assert (await team.presses(second, "◀")).wanted == first.wanted


async def test_quiet_hours_are_set_in_many_spellings_and_say_what_happens_in_them(team: Team) -> None:
    said = await team.says("/quiet")
    assert words(said) == [["23:00–07:00", "22:00–08:00"]]
    said = await team.presses(said, "23:00–07:00")
    assert said.wanted == (
        "Quiet hours here: <b>23:00–07:00</b> (Kyiv time): everything waits and comes as one summary at 07:00; "
        "answers still come."
    )
    assert words(said) == [["Without a sound", "Urgent only"], ["Off"]]
    said = await team.presses(said, "Urgent only")
    assert (await team.chat()).quiet_how is Quiet.URGENT
    said = await team.says("/quiet 22-8")
    assert "<b>22:00–08:00</b> (Kyiv time): only what is marked urgent" in said.wanted  # as before
    said = await team.says("/quiet 13.00-15.00 silent")
    assert said.wanted.endswith("without a sound. It is quiet now.")
    assert "Write them so: /quiet 23:00-07:00" in (await team.says("/quiet at night")).wanted
    said = await team.says("/quiet off")
    assert said.wanted.startswith("No quiet hours here.")
    assert (await team.chat()).quiet_from is None


async def test_ending_quiet_hours_or_a_mute_early_releases_what_was_held(team: Team) -> None:
    await team.says("/quiet 13:00-15:00")
    team.now += timedelta(minutes=5)
    await team.says("/quiet off")
    assert (await team.chat()).released_at == team.now
    said = await team.says("/mute 2h")
    assert said.wanted.startswith("🔇 Muted until <b>2 Nov 2025 16:05 Kyiv</b>")
    team.now += timedelta(minutes=5)
    said = await team.presses(said, "Off")
    assert "not muted" in said.wanted
    assert (await team.chat()).released_at == team.now
    said = await team.presses(said, "Until 08:00")
    assert "3 Nov 2025 08:00 Kyiv" in said.wanted
    assert "/mute until 08:00" in (await team.says("/mute forever")).wanted


async def test_a_pause_lasts_until_it_is_resumed(team: Team) -> None:
    said = await team.says("/pause")
    assert said.wanted.startswith("⏸ Paused:")
    assert (await team.says("/pause")).wanted.startswith("⏸ Paused already:")
    assert "But the chat is paused" in (await team.says("/digest daily 20:00")).wanted
    said = await team.presses(said, "▶ Resume")
    assert said.wanted == "▶ Going on. Nothing was waiting."
    assert (await team.chat()).paused_at is None
    assert (await team.says("/resume")).wanted == "This chat was not paused."


@pytest.mark.parametrize(
    "typed",
    ["/digest daily 08:00", "/digest off", "/quiet 23-7", "/quiet off", "/mute 1h", "/pause", "/resume"],
)
async def test_who_is_no_administrator_may_look_and_change_nothing(team: Team, typed: str) -> None:
    before = await team.chat()
    assert "Only administrators" in (await team.says(typed, TARAS)).wanted
    state = await team.says("/quiet", TARAS)
    assert "No quiet hours" in state.wanted
    await team.presses(state, "23:00–07:00", TARAS)
    assert team.toasts == ["Only administrators of this chat may do that."]
    assert await team.chat() == before


async def test_a_button_with_senseless_data_does_nothing(team: Team) -> None:
    for number, data in enumerate(
        ("hours", "hours|how|loud", "hours|mute|x", "hours|quiet|7|7", "hours|x|y")
    ):
        await team.desk().press(Press(500 + number, CHAT, 9, OLENA, "Olena", data, NOW))
    assert len(team.toasts) == 5
    assert "Done." not in team.toasts


async def test_a_person_in_private_has_hours_too(team: Team) -> None:
    said = await team.says("/quiet 23-7", OLENA, chat_id=77)
    assert "23:00–07:00" in said.wanted
    assert (await team.store.read(chats.by_id, 77)).quiet_to == "07:00"


async def test_updates_come_without_a_sound_with_one_or_not_at_all(team: Team) -> None:
    said = await team.says("/updates", TARAS)
    assert "come in reply to alerts, <b>without a sound</b>" in said.wanted
    assert words(said) == [["With a sound", "Off"]]
    await team.presses(said, "Off", TARAS)
    assert team.toasts == ["Only administrators of this chat may do that."]
    said = await team.presses(said, "Off")
    assert said.wanted.startswith("Updates are off here")
    assert (await team.chat()).follow_ups == "off"
    assert "updates off: /updates" in (await team.says("/status")).wanted
    assert "<b>with a sound</b>" in (await team.says("/updates loud")).wanted
    assert "updates with a sound: /updates" in (await team.says("/status")).wanted
    assert "Only administrators" in (await team.says("/updates off", TARAS)).wanted
    assert "/updates silent, /updates loud, /updates off" in (await team.says("/updates <sometimes>")).wanted
    assert "<b>without a sound</b>" in (await team.says("/updates беззвучно")).wanted
    assert (await team.chat()).follow_ups == "silent"

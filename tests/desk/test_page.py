"""/archive: a personal link, in private, for members."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from bot.desk import Desk
from bot.desk.door import Door, Standing
from bot.desk.guests import Guests
from bot.desk.rollcall import Rollcall
from bot.errors import Refused, Unavailable
from bot.incoming import Incoming
from bot.web.access import secret
from storage import access, audit
from storage.store import Store
from tests.desk.conftest import ADMIN, MEMBER, Team
from tests.making import CHAT, NOW

STRANGER = 9
URL = "https://archive.example.org"


@dataclass
class House:
    """A team with a page, and what was sent in private."""

    team: Team
    door: Door
    standings: dict[int, Standing]
    sent: list[tuple[int, str]] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)  # who has never written to the bot

    async def tell_now(self, chat_id: int, html: str, _: int) -> None:
        if chat_id in self.closed:
            raise Refused("PEER_ID_INVALID")
        self.sent.append((chat_id, html))

    @property
    def link(self) -> str:
        """What the last link holds."""
        found = re.search(rf"{URL}/enter/(\S+)", self.sent[-1][1])
        assert found is not None
        return found[1]

    async def user(self, user_id: int) -> str | None:
        found = await self.team.store.read(access.user, user_id, NOW)
        return None if found is None else found.may


@pytest.fixture
def house(team: Team) -> House:
    standings = {ADMIN: Standing.ADMIN, MEMBER: Standing.MEMBER}

    async def standing(chat_id: int, user_id: int) -> Standing:
        assert chat_id == CHAT
        return standings.get(user_id, Standing.NOBODY)

    door = Door(
        url=URL,
        minutes=15,
        members="review",
        admins=frozenset({77}),
        chats=lambda: [CHAT],
        standing=standing,
        bot_name=lambda: "our_bot",
    )
    made = House(team, door, standings)
    open_door(made, door)
    return made


def open_door(house: House, door: Door) -> None:
    room = house.team.desk._room
    outside = replace(room.outside, tell_now=house.tell_now)
    house.team.desk = Desk(replace(room, door=door, outside=outside))
    house.door = door


async def test_a_member_gets_a_link_in_private_and_the_chat_does_not_see_it(house: House) -> None:
    answer = await house.team.ask("/archive", sender=MEMBER)
    assert answer.html == "Your link is in our private chat."
    assert [chat for chat, _ in house.sent] == [MEMBER]
    found = await house.team.store.read(access.link, secret.hashed(house.link))
    assert found is not None
    assert (found.user_id, found.expires_at) == (MEMBER, NOW + timedelta(minutes=15))


async def test_the_link_is_kept_nowhere(house: House) -> None:
    await house.team.ask("/archive", sender=MEMBER)

    def everything(db: sqlite3.Connection) -> str:
        return "\n".join(db.iterdump())

    assert house.link not in await house.team.store.read(everything)


async def test_members_and_administrators_get_what_the_setting_gives_them(house: House) -> None:
    for person in (MEMBER, ADMIN):
        await house.team.ask("/archive", sender=person)
    assert [await house.user(person) for person in (MEMBER, ADMIN)] == ["review", "admin"]
    open_door(house, replace(house.door, members="read"))
    house.team.now += timedelta(minutes=1)
    await house.team.ask("/archive", sender=MEMBER)
    assert await house.user(MEMBER) == "read"


async def test_whoever_never_wrote_to_the_bot_is_shown_the_way_and_may_ask_again_at_once(
    house: House,
) -> None:
    house.closed.add(MEMBER)
    answer = await house.team.ask("/archive", sender=MEMBER)
    assert "before you have written to me" in answer.html
    assert answer.button("Get your link in private").url == "https://t.me/our_bot?start=archive"
    house.closed.clear()
    said = await house.team.ask("/start archive", sender=MEMBER, chat=MEMBER)
    assert "That is your link" in said.html
    assert len(house.sent) == 1


async def test_an_anonymous_administrator_is_asked_to_come_in_private(house: House) -> None:
    answer = await house.team.ask("/archive", sender=CHAT)
    assert "anonymously" in answer.html
    assert answer.button("Get your link in private").url
    assert house.sent == []


async def test_links_do_not_pour(house: House) -> None:
    await house.team.ask("/archive", sender=MEMBER)
    assert "just now" in (await house.team.ask("/archive", sender=MEMBER)).html
    house.team.now += timedelta(seconds=30)
    await house.team.ask("/archive", sender=MEMBER)
    assert len(house.sent) == 2


async def test_who_has_left_the_chat_loses_the_page_at_the_next_link(house: House) -> None:
    await house.team.ask("/archive", sender=MEMBER)
    del house.standings[MEMBER]
    house.team.now += timedelta(minutes=1)
    answer = await house.team.ask("/archive", sender=MEMBER)
    assert "may not see the archive" in answer.html
    assert await house.user(MEMBER) is None


async def signed_in(house: House, person: int) -> bool:
    await house.team.ask("/archive", sender=person)
    session = secret.hashed(secret.new())
    link = secret.hashed(house.link)
    until = NOW + timedelta(days=7)
    await house.team.store.write(access.use_link, link, session, now=house.team.now, until=until)
    return await sessions(house, person) == 1


async def sessions(house: House, person: int) -> int:
    found = await house.team.store.read(access.user, person, house.team.now)
    assert found is not None
    return found.sessions


async def test_who_has_left_the_chat_is_signed_out(house: House) -> None:
    rollcall = Rollcall(house.team.store, house.door, lambda: house.team.now)
    assert await signed_in(house, MEMBER)
    assert await signed_in(house, ADMIN)
    await rollcall.call()
    assert [await sessions(house, person) for person in (MEMBER, ADMIN)] == [1, 1]
    del house.standings[MEMBER]
    await rollcall.call()
    assert [await sessions(house, person) for person in (MEMBER, ADMIN)] == [0, 1]
    assert await house.user(MEMBER) is None
    ((_, newest),) = await house.team.store.read(audit.newest, before=None, limit=1)
    assert (newest.command, newest.outcome) == ("web: member", "signed out")


async def test_who_is_an_administrator_no_more_may_do_less_at_once(house: House) -> None:
    assert await signed_in(house, ADMIN)
    house.standings[ADMIN] = Standing.MEMBER
    await Rollcall(house.team.store, house.door, lambda: house.team.now).call()
    assert (await house.user(ADMIN), await sessions(house, ADMIN)) == ("review", 1)


async def test_whom_the_operator_let_in_need_not_be_in_a_chat(house: House) -> None:
    assert await signed_in(house, MEMBER)
    await house.team.store.write(access.set_role, MEMBER, "read", name=None, now=NOW)
    del house.standings[MEMBER]
    await Rollcall(house.team.store, house.door, lambda: house.team.now).call()
    assert (await house.user(MEMBER), await sessions(house, MEMBER)) == ("read", 1)


async def test_nobody_is_signed_out_while_telegram_cannot_be_asked(house: House) -> None:
    async def standing(_: int, __: int) -> Standing:
        raise Unavailable("no connection")

    assert await signed_in(house, MEMBER)
    await Rollcall(house.team.store, replace(house.door, standing=standing), lambda: house.team.now).call()
    assert await sessions(house, MEMBER) == 1


async def test_whom_the_operator_bars_gets_no_link(house: House) -> None:
    await house.team.store.write(access.set_role, MEMBER, "none", name=None, now=NOW)
    assert "may not see the archive" in (await house.team.ask("/archive", sender=MEMBER)).html
    assert house.sent == []


async def test_without_a_public_address_the_chat_is_told_what_to_do(team: Team) -> None:
    assert "placewatch web --open" in (await team.ask("/archive", sender=MEMBER)).html


async def test_start_without_more_is_help(house: House) -> None:
    assert "/watch" in (await house.team.ask("/start", sender=ADMIN)).html


def whispers(house: House, store: Store) -> Callable[[int], Awaitable[int]]:
    """Somebody asks in private; how many answers there are then."""
    guests = Guests(house.team.desk, store, house.door, lambda: house.team.now)
    numbers = iter(range(1, 100))

    async def whisper(person: int) -> int:
        await guests.handle(Incoming(person, next(numbers), person, "Olena", "/archive", NOW))
        house.team.now += timedelta(seconds=30)
        return int(
            await store.read(
                lambda db: db.execute("SELECT count(*) FROM owed WHERE chat_id = ?", (person,)).fetchone()[0]
            )
        )

    return whisper


async def test_members_are_heard_in_private_and_strangers_leave_no_trace(house: House, store: Store) -> None:
    whisper = whispers(house, store)
    assert await whisper(MEMBER) == 1
    for _ in range(5):
        assert await whisper(STRANGER) == 0
    assert await house.user(STRANGER) is None
    house.standings[STRANGER] = Standing.MEMBER
    assert await whisper(STRANGER) == 0  # has asked too often; later
    house.team.now += timedelta(minutes=10)
    assert await whisper(STRANGER) == 1


async def test_somebody_of_whom_the_operator_has_spoken_is_heard_though_in_no_chat(
    house: House, store: Store
) -> None:
    await store.write(access.set_role, STRANGER, "read", name="Observer", now=NOW)
    assert await whispers(house, store)(STRANGER) == 1
    assert [chat for chat, _ in house.sent] == [STRANGER]

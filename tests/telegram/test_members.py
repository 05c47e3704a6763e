"""Who may change things in a chat, and which commands are offered to whom."""

from __future__ import annotations

import pytest
from telethon import types
from telethon.tl import functions
from telethon.utils import get_peer_id

from bot.commands.menu import menus
from bot.desk.door import Standing
from bot.telegram.connection import Connection
from bot.telegram.members import Members
from bot.telegram.messenger import Messenger
from tests.telegram_server import Account, Group, Supergroup, TelegramServer


def chat_id(chat: Group | Supergroup) -> int:
    return int(get_peer_id((types.PeerChat if isinstance(chat, Group) else types.PeerChannel)(chat.id)))


@pytest.fixture
def team(server: TelegramServer, bot: Account, olena: Account) -> Supergroup:
    return server.add_supergroup("Team", members=[bot, olena], admins=[olena])


@pytest.fixture
def members(speaking: Connection) -> Members:
    return Members(speaking, Messenger(speaking))


async def test_administrators_are_told_from_other_members_and_strangers(
    server: TelegramServer, team: Supergroup, members: Members, bot: Account, olena: Account
) -> None:
    taras = server.add_user("Taras", phone="+380500000077")
    team.admit(taras)
    stranger = server.add_user("Stranger", phone="+380500000078")
    assert await members.is_admin(chat_id(team), olena.id)
    assert not await members.is_admin(chat_id(team), taras.id)
    assert not await members.is_admin(chat_id(team), stranger.id)


async def test_an_anonymous_administrator_is_one(team: Supergroup, members: Members) -> None:
    assert await members.is_admin(chat_id(team), chat_id(team))


async def test_an_administrator_who_is_anonymous_is_known_to_want_no_name(
    team: Supergroup, members: Members, olena: Account, server: TelegramServer, bot: Account
) -> None:
    assert not await members.is_hidden(chat_id(team), olena.id)
    assert await members.is_hidden(chat_id(team), chat_id(team))
    iryna = server.add_user("Iryna", phone="+380500000079")
    team.admit(iryna)
    team.admins.append(iryna)
    team.anonymous.append(iryna)
    assert await members.is_admin(chat_id(team), iryna.id)
    assert await members.is_hidden(chat_id(team), iryna.id)


async def test_a_basic_groups_administrator_is_one(
    server: TelegramServer, members: Members, bot: Account, olena: Account
) -> None:
    taras = server.add_user("Taras", phone="+380500000077")
    group = server.add_group("Small team", members=[bot, olena, taras], admins=[olena])
    assert await members.is_admin(chat_id(group), olena.id)
    assert not await members.is_admin(chat_id(group), taras.id)


async def test_a_member_is_told_from_who_was_never_there_and_who_has_left(
    server: TelegramServer, team: Supergroup, members: Members, bot: Account, olena: Account
) -> None:
    taras = server.add_user("Taras", phone="+380500000077")
    stranger = server.add_user("Stranger", phone="+380500000078")
    team.admit(taras)
    group = server.add_group("Small team", members=[bot, taras], admins=[taras])
    found = [await members.standing(chat_id(team), one.id) for one in (olena, taras, stranger)]
    assert found == [Standing.ADMIN, Standing.MEMBER, Standing.NOBODY]
    found = [await members.standing(chat_id(group), one.id) for one in (taras, bot, olena)]
    assert found == [Standing.ADMIN, Standing.MEMBER, Standing.NOBODY]


async def test_an_answer_is_remembered(
    server: TelegramServer, team: Supergroup, members: Members, olena: Account
) -> None:
    for _ in range(3):
        await members.is_admin(chat_id(team), olena.id)
    assert server.count(functions.channels.GetParticipantRequest) == 1


async def test_commands_are_offered_in_the_chat_in_three_languages_and_nowhere_else(
    team: Supergroup, members: Members, bot: Account
) -> None:
    await members.offer([chat_id(team)], menus())
    assert bot.commands["BotCommandScopeDefault", ""] == []
    for language in ("", "uk", "ru"):
        admins = {c.command for c in bot.commands[f"BotCommandScopePeerAdmins({team.id})", language]}
        everybody = {c.command for c in bot.commands[f"BotCommandScopePeer({team.id})", language]}
        assert "watch" in admins - everybody
        assert "latest" in admins & everybody

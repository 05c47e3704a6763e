import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from telethon import types
from telethon.utils import get_peer_id

from bot.incoming import Incoming, Press
from bot.telegram.connection import Connection
from bot.telegram.console import Console
from tests.telegram.conftest import beat, running, telegram_settings
from tests.telegram_server import Account, Group, Supergroup, TelegramServer, eventually


class Heard:
    """A console at work, and what it passed on."""

    def __init__(self, connection: Connection, chats: set[int]) -> None:
        self.commands: list[Incoming] = []
        self.changes: list[tuple[int, str]] = []
        self.presses: list[Press] = []
        self.moves: list[tuple[int, int]] = []
        self.guests: list[Incoming] = []
        self.console = Console(
            connection,
            chats=chats,
            handle=self.handle,
            press=self.press,
            on_chat_change=self.change,
            on_move=self.move,
            guest=self.guest,
        )
        connection.on_update = self.console.on_update

    async def handle(self, incoming: Incoming) -> None:
        self.commands.append(incoming)
        if "explode" in incoming.text:
            raise RuntimeError("as asked")
        if "hang" in incoming.text:
            await asyncio.Event().wait()

    async def guest(self, incoming: Incoming) -> None:
        self.guests.append(incoming)

    async def change(self, chat_id: int, what: str) -> None:
        self.changes.append((chat_id, what))

    async def press(self, press: Press) -> None:
        self.presses.append(press)

    async def move(self, old: int, new: int) -> None:
        self.moves.append((old, new))

    @property
    def texts(self) -> list[str]:
        return [incoming.text for incoming in self.commands]


@pytest.fixture
def team(server: TelegramServer, bot: Account, olena: Account) -> Supergroup:
    return server.add_supergroup("Team", members=[bot, olena], admins=[olena])


@pytest.fixture
def group(server: TelegramServer, bot: Account, olena: Account) -> Group:
    return server.add_group("Small team", members=[bot, olena])


@pytest.fixture
async def heard(
    server: TelegramServer, bot: Account, team: Supergroup, group: Group, tmp_path: Path
) -> AsyncIterator[Heard]:
    connection = Connection(
        telegram_settings(server), tmp_path / "bot.session", token="1:TEST", heartbeat=5, first_delay=0.05
    )
    found = Heard(connection, {get_peer_id(types.PeerChannel(team.id)), -group.id})
    async with running(connection, found.console.run()):
        yield found


async def test_a_command_arrives_with_who_said_it_and_where(
    heard: Heard, team: Supergroup, olena: Account
) -> None:
    said = team.say(olena, "/watch Покровськ")
    await eventually(lambda: heard.commands)
    [incoming] = heard.commands
    assert incoming.chat_id == get_peer_id(types.PeerChannel(team.id))
    assert (incoming.message_id, incoming.text) == (said.id, "/watch Покровськ")
    assert (incoming.sender_id, incoming.sender_name, incoming.at) == (olena.id, "Olena", said.date)


async def test_commands_of_a_basic_group_arrive_too(heard: Heard, group: Group, olena: Account) -> None:
    group.say(olena, "/places")
    await eventually(lambda: heard.texts == ["/places"])
    assert heard.commands[0].chat_id == -group.id


async def test_our_name_is_taken_off_and_other_bots_commands_are_left_alone(
    heard: Heard, team: Supergroup, bot: Account, olena: Account
) -> None:
    bot.privacy = False
    team.say(olena, "/watch@other_bot Київ")
    team.say(olena, "just talking /watch")
    team.say(olena, "/watch@PlaceWatch_Bot Покровськ\nдругий рядок")
    await eventually(lambda: heard.texts)
    assert heard.texts == ["/watch Покровськ\nдругий рядок"]


async def test_edited_commands_are_not_carried_out_again(
    heard: Heard, team: Supergroup, olena: Account
) -> None:
    said = team.say(olena, "/watch One")
    team.edit(said.id, "/watch Two")
    team.say(olena, "/watch Three")
    await eventually(lambda: len(heard.texts) == 2)
    assert heard.texts == ["/watch One", "/watch Three"]


async def test_other_chats_are_not_listened_to(
    heard: Heard, server: TelegramServer, team: Supergroup, bot: Account, olena: Account
) -> None:
    stranger = server.add_user("Stranger", phone="+380500000009")
    server.add_supergroup("Strangers", members=[bot, stranger]).say(stranger, "/watch Київ")
    team.say(olena, "/places")
    await eventually(lambda: heard.texts == ["/places"])


async def test_an_anonymous_administrator_is_heard_as_the_group_itself(
    heard: Heard, team: Supergroup
) -> None:
    message = team.compose("/places")
    message.from_id = types.PeerChannel(team.id)
    team.publish(message)
    await eventually(lambda: heard.commands)
    assert heard.commands[0].sender_id == get_peer_id(types.PeerChannel(team.id))
    assert heard.commands[0].sender_name == "Team"


async def test_a_command_that_fails_does_not_stop_the_next(
    heard: Heard, team: Supergroup, olena: Account
) -> None:
    team.say(olena, "/explode")
    team.say(olena, "/places")
    await eventually(lambda: heard.texts == ["/explode", "/places"])


async def test_commands_said_while_away_are_caught_up_with(
    heard: Heard, server: TelegramServer, team: Supergroup, olena: Account
) -> None:
    team.say(olena, "/places")
    await eventually(lambda: heard.texts)
    server.refuse()
    server.drop_all()
    await asyncio.sleep(0.05)
    team.say(olena, "/channels")
    await server.accept()
    await eventually(lambda: heard.texts == ["/places", "/channels"])


async def test_a_command_that_was_not_carried_out_comes_again_after_the_next_start(
    server: TelegramServer, bot: Account, team: Supergroup, olena: Account, tmp_path: Path
) -> None:
    connection = Connection(telegram_settings(server), tmp_path / "bot.session", token="1:TEST", heartbeat=5)
    chats = {get_peer_id(types.PeerChannel(team.id))}
    first = Heard(connection, chats)
    async with running(connection, first.console.run()):
        team.say(olena, "/places")
        await eventually(lambda: first.texts)
        await beat(connection)
        team.say(olena, "/hang")
        await eventually(lambda: first.texts == ["/places", "/hang"])
        await beat(connection)
    again = Heard(connection, chats)
    async with running(connection, again.console.run()):
        await eventually(lambda: again.texts == ["/hang"])


async def test_leaving_joining_and_migrating_are_told(
    heard: Heard, team: Supergroup, group: Group, bot: Account, olena: Account
) -> None:
    team.remove(bot, olena)
    await eventually(lambda: any("removed" in what for _, what in heard.changes))
    team.add(bot, olena)
    await eventually(lambda: any("rights" in what or "added" in what for _, what in heard.changes))
    new = group.migrate()
    expected = get_peer_id(types.PeerChannel(new.id))
    await eventually(lambda: heard.moves == [(-group.id, expected)])


async def test_a_reply_to_us_is_heard_and_people_talking_are_not(
    heard: Heard, team: Supergroup, bot: Account, olena: Account
) -> None:
    bot.privacy = False
    question = team.say(bot, "Which place?")
    team.say(olena, "Pokrovsk, of course")
    team.say(olena, "Pokrovsk", reply_to=question.id)
    await eventually(lambda: heard.commands)
    assert [(i.text, i.reply_to) for i in heard.commands] == [("Pokrovsk", question.id)]


async def test_a_press_arrives_with_who_pressed_what(
    heard: Heard, server: TelegramServer, team: Supergroup, bot: Account, olena: Account
) -> None:
    button = types.KeyboardInlineButton("Yes", types.InlineButtonTypeCallback(b"yes|1"))
    markup = types.ReplyInlineMarkup([types.KeyboardInlineButtonRow([button])])
    message = team.compose("Sure?", author=bot, reply_markup=markup)
    team.publish(message)
    server.press(team, olena, message.id, b"yes|1")
    await eventually(lambda: heard.presses)
    [press] = heard.presses
    assert (press.data, press.message_id) == ("yes|1", message.id)
    assert (press.sender_id, press.sender_name) == (olena.id, "Olena")


async def test_in_private_strangers_are_heard_only_when_they_ask_for_the_archive(
    server: TelegramServer, heard: Heard, bot: Account, olena: Account
) -> None:
    private = server.private_chat(olena, bot)
    for words in ("/watch Покровськ", "/archive now", "/start", "hello", "/archive", "/start archive"):
        private.say(olena, words)
    await eventually(lambda: len(heard.guests) == 2)
    assert [(one.text, one.chat_id, one.sender_id) for one in heard.guests] == [
        ("/archive", olena.id, olena.id),
        ("/start archive", olena.id, olena.id),
    ]
    assert heard.commands == []

import asyncio
from pathlib import Path

import pytest
from telethon import TelegramClient, errors, events, functions, types
from telethon.sessions import SQLiteSession

from tests.telegram_server import Account, RpcFault, TelegramServer, eventually, signed_in, telethon_client


class Listener:
    """Remembers the texts that a client's NewMessage handler was given, and all raw updates."""

    def __init__(self, client: TelegramClient) -> None:
        self.texts: list[str] = []
        self.updates: list[types.TypeUpdate] = []
        client.add_event_handler(self._message, events.NewMessage)
        client.add_event_handler(self._raw, events.Raw)

    async def _message(self, event: events.NewMessage.Event) -> None:
        self.texts.append(event.raw_text)

    async def _raw(self, update: types.TypeUpdate) -> None:
        self.updates.append(update)


@pytest.fixture
def session(tmp_path: Path) -> Path:
    return tmp_path / "reader.session"


async def test_posts_missed_while_offline_come_by_difference(
    server: TelegramServer, reader: Account, session: Path
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    channel.post("before")
    async with signed_in(server, reader, session) as client:
        await client.get_dialogs()  # gives Telethon the channel's pts
    for number in range(250):
        channel.post(f"missed {number}")
    client = telethon_client(server, session, catch_up=True)
    listener = Listener(client)
    await client.connect()
    try:
        await eventually(lambda: len(listener.texts) == 250)
        channel.post("live again")
        await eventually(lambda: listener.texts[-1] == "live again")
    finally:
        await client.disconnect()
    assert listener.texts[:250] == [f"missed {number}" for number in range(250)]
    assert server.count(functions.updates.GetChannelDifferenceRequest) == 3


async def test_a_difference_shows_messages_as_they_are_now(server: TelegramServer, reader: Account) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    old = channel.post("old")
    async with signed_in(server, reader) as client:
        peer = await client.get_input_entity("dpr_head")
        ask = functions.updates.GetChannelDifferenceRequest(
            types.InputChannel(channel.id, peer.access_hash),
            types.ChannelMessagesFilterEmpty(),
            pts=2,
            limit=100,
        )
        assert isinstance(await client(ask), types.updates.ChannelDifferenceEmpty)
        new, gone = channel.post("new", push=False), channel.post("gone", push=False)
        channel.edit(new, "newer", push=False)
        channel.edit(old, "older", push=False)
        channel.edit(old, "oldest", push=False)
        channel.delete(gone, push=False)
        difference = await client(ask)
    assert [message.message for message in difference.new_messages] == ["newer"]
    assert [type(update) for update in difference.other_updates] == [
        types.UpdateEditChannelMessage,
        types.UpdateDeleteChannelMessages,
    ]
    assert difference.other_updates[0].message.message == "oldest"
    assert difference.final
    assert difference.pts == 8


async def test_telethon_gives_nobody_the_edits_and_deletions_of_a_difference(
    server: TelegramServer, reader: Account, session: Path
) -> None:
    """It sets pts from the difference first, and then takes what is in it for handled already."""
    channel = server.add_channel("dpr_head", members=[reader])
    edited, deleted = channel.post("to edit"), channel.post("to delete")
    async with signed_in(server, reader, session) as client:
        await client.get_dialogs()
    channel.edit(edited, "edited")
    channel.delete(deleted)
    channel.post("new")
    client = telethon_client(server, session, catch_up=True)
    listener = Listener(client)
    await client.connect()
    try:
        await eventually(lambda: listener.texts == ["new"])
    finally:
        await client.disconnect()
    assert [type(update) for update in listener.updates] == [types.UpdateNewChannelMessage]


@pytest.mark.parametrize("scripted", [True, False])
async def test_a_difference_that_is_too_long_brings_nothing_but_the_present_pts(
    server: TelegramServer, reader: Account, session: Path, scripted: bool
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    channel.post("before")
    async with signed_in(server, reader, session) as client:
        await client.get_dialogs()
    for number in range(5):
        channel.post(f"missed {number}")
    if scripted:
        channel.too_long = True
    else:
        server.too_long_after = 4
    client = telethon_client(server, session, catch_up=True)
    listener = Listener(client)
    await client.connect()
    try:
        # Telethon asks once more from the new pts, and is told that there is nothing.
        await eventually(lambda: server.count(functions.updates.GetChannelDifferenceRequest) == 2)
        channel.post("after")
        await eventually(lambda: listener.texts)
    finally:
        await client.disconnect()
    assert listener.texts == ["after"]


async def test_a_post_that_was_never_pushed_comes_with_the_next_one(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        listener = Listener(client)
        channel.post("first")
        await eventually(lambda: listener.texts == ["first"])
        silent = channel.post("never pushed", push=False)
        channel.post("next")  # leaves a hole in pts: Telethon waits half a second, then asks
        await eventually(lambda: len(listener.texts) == 3)
        assert listener.texts == ["first", "never pushed", "next"]
        channel.push(silent)  # late, and known by now
        channel.post("last")
        await eventually(lambda: len(listener.texts) == 4)
    assert listener.texts[-1] == "last"


async def test_duplicated_updates_are_handled_once_and_muted_ones_never_come(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        listener = Listener(client)
        server.duplicate_updates = True
        channel.post("one")
        channel.post("two")
        await eventually(lambda: len(listener.texts) == 2)
        server.mute_updates = True
        channel.post("three")
        await client.get_me()
    assert listener.texts == ["one", "two"]


async def test_only_who_asked_for_updates_is_pushed_to(server: TelegramServer, reader: Account) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader, receive_updates=False) as client:
        listener = Listener(client)
        channel.post("unheard")
        await client.get_me()
        assert listener.updates == []


async def test_a_constructor_that_the_layer_does_not_know_is_dropped_when_pushed(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        listener = Listener(client)
        server.push_bytes(reader, b"\xef\xbe\xad\xde" + bytes(8))
        channel.post("after it")
        await eventually(lambda: listener.texts == ["after it"])


async def test_one_account_on_two_devices_hears_everything_twice(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as one, signed_in(server, reader) as two:
        first, second = Listener(one), Listener(two)
        channel.post("hello")
        await eventually(lambda: first.texts == second.texts == ["hello"])


async def test_a_pts_from_the_future_is_refused(server: TelegramServer, reader: Account) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    channel.post("only one")
    async with signed_in(server, reader) as client:
        where = await client.get_input_entity("dpr_head")
        with pytest.raises(errors.PersistentTimestampInvalidError):
            await client(
                functions.updates.GetChannelDifferenceRequest(
                    types.InputChannel(channel.id, where.access_hash),
                    types.ChannelMessagesFilterEmpty(),
                    pts=99,
                    limit=100,
                )
            )


async def test_messages_of_private_chats_and_basic_groups_come_by_the_accounts_difference(
    server: TelegramServer, bot: Account, olena: Account, tmp_path: Path
) -> None:
    session = tmp_path / "bot.session"
    group = server.add_group("Team", members=[bot, olena])
    private = server.private_chat(olena, bot)
    async with signed_in(server, bot, session):
        pass
    group.say(olena, "/watch Покровськ")
    private.say(olena, "hello, bot")
    client = telethon_client(server, session, catch_up=True)
    listener = Listener(client)
    await client.connect()
    try:
        await eventually(lambda: len(listener.texts) == 2)
        private.say(olena, "live")
        await eventually(lambda: listener.texts[2:] == ["live"])
    finally:
        await client.disconnect()
    assert sorted(listener.texts[:2]) == ["/watch Покровськ", "hello, bot"]


async def test_a_session_that_kept_no_state_catches_up_with_nothing(
    server: TelegramServer, reader: Account, session: Path
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader, session):
        pass  # never saw the dialogs: Telethon knows no pts of the channel
    channel.post("missed")
    client = telethon_client(server, session, catch_up=True)
    listener = Listener(client)
    await client.connect()
    try:
        await client.get_dialogs()
        channel.post("live")
        await eventually(lambda: listener.texts)
    finally:
        await client.disconnect()
    assert listener.texts == ["live"]


async def test_being_signed_out_while_catching_up_ends_the_client(
    server: TelegramServer, reader: Account, session: Path
) -> None:
    async with signed_in(server, reader, session) as client:
        assert isinstance(client.session, SQLiteSession)
    server.fault(functions.updates.GetDifferenceRequest, RpcFault(401, "SESSION_REVOKED"))
    client = telethon_client(server, session, catch_up=True)
    await client.connect()
    with pytest.raises(errors.SessionRevokedError):
        await client.run_until_disconnected()


async def test_an_unknown_post_is_dropped_live_and_ends_the_client_inside_a_difference(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        listener = Listener(client)
        channel.post("known")
        await eventually(lambda: listener.texts == ["known"])
        channel.post_unknown()
        channel.post("after it")  # its pts leaves a hole, so Telethon asks for the difference
        with pytest.raises(errors.TypeNotFoundError):
            await asyncio.wait_for(client.run_until_disconnected(), 5)
    assert listener.texts == ["known"]

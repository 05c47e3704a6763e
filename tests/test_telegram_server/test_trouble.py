import asyncio
import time

import pytest
from telethon import TelegramClient, errors, events, functions, types
from telethon.sessions import MemorySession

from tests.telegram_server import (
    Account,
    Delay,
    DropAfterExecution,
    DropBeforeExecution,
    ErrorAfterExecution,
    FloodWait,
    RpcFault,
    Silence,
    Supergroup,
    TelegramServer,
    TransportError,
    eventually,
    sign_in,
    signed_in,
    telethon_client,
)

SEND = functions.messages.SendMessageRequest


@pytest.fixture
def team(server: TelegramServer, bot: Account, olena: Account) -> Supergroup:
    return server.add_supergroup("Team", members=[bot, olena])


def send(team: Supergroup, text: str = "hello", random_id: int = 1) -> functions.messages.SendMessageRequest:
    return SEND(types.InputPeerChannel(team.id, 0), text, random_id=random_id)


def heard_by(client: TelegramClient) -> list[str]:
    texts: list[str] = []

    async def note(event: events.NewMessage.Event) -> None:
        texts.append(event.raw_text)

    client.add_event_handler(note, events.NewMessage)
    return texts


async def test_a_flood_wait_names_its_seconds_and_nothing_is_sent(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    fault = server.fault(SEND, FloodWait(31))
    async with signed_in(server, bot) as client:
        with pytest.raises(errors.FloodWaitError) as caught:
            await client(send(team))
        assert (caught.value.seconds, team.messages, fault.struck) == (31, [], 1)
        with pytest.raises(errors.FloodWaitError):  # Telethon remembers it, for all chats
            await client(send(team))
    assert server.count(SEND) == 1


async def test_a_fault_strikes_as_often_as_it_was_told_and_whom_it_was_told(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    server.fault(SEND, RpcFault(400, "CHAT_RESTRICTED"), times=2, account=olena)
    forever = server.fault(
        SEND, RpcFault(403, "CHAT_WRITE_FORBIDDEN"), times=None, when=lambda r: "x" in r.message
    )
    async with signed_in(server, bot) as client:
        await client(send(team, "plain"))
        for _ in range(3):
            with pytest.raises(errors.ChatWriteForbiddenError):
                await client(send(team, "with x", 2))
        forever.lift()
        await client(send(team, "with x", 2))
    assert [message.message for message in team.messages] == ["plain", "with x"]


async def test_a_connection_cut_before_execution_did_nothing(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    server.fault(SEND, DropBeforeExecution())
    async with signed_in(server, bot) as client:
        await client(send(team))  # Telethon reconnects and asks again by itself
    assert server.count(SEND) == 2
    assert len(team.sends) == 1


async def test_a_connection_cut_after_execution_is_asked_again_and_the_random_id_saves_the_day(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    server.fault(SEND, DropAfterExecution())
    async with signed_in(server, bot) as client:
        sent = await client(send(team))
    assert server.count(SEND) == 2
    assert [message.id for message in team.messages] == [sent.updates[0].id]


async def test_an_error_after_execution_leaves_the_message_sent(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    server.fault(SEND, ErrorAfterExecution(500, "RANDOM_ID_DUPLICATE"))
    async with signed_in(server, bot, request_retries=0, raise_last_call_error=True) as client:
        with pytest.raises(errors.RandomIdDuplicateError):
            await client(send(team))
        assert len(team.messages) == 1
        again = await client(send(team))
    assert [message.id for message in team.messages] == [again.updates[0].id]


@pytest.mark.parametrize("executed", [True, False])
async def test_silence_is_never_broken(
    server: TelegramServer, bot: Account, team: Supergroup, executed: bool
) -> None:
    server.fault(SEND, Silence(executed))
    async with signed_in(server, bot) as client:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(client(send(team)), 0.2)
        assert len(team.messages) == int(executed)
        assert (await client.get_me()).id == bot.id  # the connection itself is well


async def test_a_delayed_answer_holds_nothing_else_up(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    server.fault(SEND, Delay(0.2))
    async with signed_in(server, bot) as client:
        slow = asyncio.ensure_future(client(send(team)))
        await client.get_me()
        assert len(team.messages) == 1
        assert not slow.done()
        await slow


async def test_a_frozen_server_keeps_its_sockets_and_says_nothing_until_thawed(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        texts = heard_by(client)
        server.freeze()
        channel.post("while frozen")
        asking = asyncio.ensure_future(client.get_me())
        await asyncio.sleep(0.1)
        assert not asking.done()
        assert not texts
        assert client.is_connected()
        server.thaw()
        assert (await asking).id == reader.id
        await eventually(lambda: texts == ["while frozen"])


async def test_after_a_drop_telethon_comes_back_and_does_not_catch_up_by_itself(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    async with signed_in(server, reader) as client:
        texts = heard_by(client)
        channel.post("first")
        await eventually(lambda: texts == ["first"])
        before = server.count(functions.users.GetUsersRequest)
        server.drop_all()
        channel.post("while away")
        await eventually(lambda: server.count(functions.users.GetUsersRequest) > before)
        assert server.count(functions.updates.GetChannelDifferenceRequest) == 0
        channel.post("back")
        await eventually(lambda: len(texts) == 3)  # the hole in pts makes it ask
    assert texts == ["first", "while away", "back"]


async def test_a_server_that_is_down_refuses_and_keeps_its_world(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", members=[reader])
    channel.post("kept")
    port = server.port
    session = MemorySession()
    async with signed_in(server, reader, session):
        pass
    await server.stop()
    client = telethon_client(server, session, connection_retries=1)
    with pytest.raises(ConnectionError):
        await client.connect()
    await server.start()
    assert server.port == port
    async with signed_in(server, reader, session) as client:
        assert (await client.get_messages("dpr_head"))[0].message == "kept"


async def test_a_client_outlives_a_short_absence_of_the_server(
    server: TelegramServer, reader: Account
) -> None:
    async with signed_in(server, reader) as client:
        await server.stop()
        asking = asyncio.ensure_future(client.get_me())
        await asyncio.sleep(0.1)
        await server.start()
        assert (await asking).id == reader.id


async def test_refusing_leaves_open_connections_alone(server: TelegramServer, reader: Account) -> None:
    async with signed_in(server, reader) as client:
        server.refuse()
        await client.get_me()
        newcomer = telethon_client(server, connection_retries=1)
        with pytest.raises(ConnectionError):
            await newcomer.connect()
        await server.accept()
        await newcomer.connect()
        await newcomer.disconnect()


async def test_a_new_client_follows_the_servers_clock_and_an_old_key_does_not(
    server: TelegramServer, reader: Account
) -> None:
    server.clock_offset = 60
    session = MemorySession()
    client = telethon_client(server, session)
    try:
        async with asyncio.timeout(5):
            await sign_in(client, reader)
        assert (
            abs((await client(functions.updates.GetStateRequest())).date.timestamp() - time.time() - 60) < 5
        )
    finally:
        await client.disconnect()
    client = telethon_client(server, session)  # an hour's worth of waiting, were it not for the timeout
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(client.connect(), 0.3)
    await client.disconnect()


async def test_a_clock_that_is_far_off_is_corrected_by_the_server(
    server: TelegramServer, reader: Account
) -> None:
    session = MemorySession()
    async with signed_in(server, reader, session):
        pass
    server.clock_offset = 3600
    async with asyncio.timeout(5), signed_in(server, reader, session) as client:
        assert (await client.get_me()).id == reader.id


async def test_who_does_not_speak_mtproto_is_hung_up_on(server: TelegramServer) -> None:
    reader, writer = await asyncio.open_connection(server.host, server.port)
    writer.write(b"GET / HTTP/1.1\r\n\r\n")
    with pytest.raises((asyncio.IncompleteReadError, ConnectionError)):
        await reader.readexactly(1)
    writer.close()
    await eventually(lambda: server.complaints)
    server.complaints.clear()


async def test_a_transport_flood_ends_telethon_for_good(server: TelegramServer, reader: Account) -> None:
    async with signed_in(server, reader) as client:
        assert server.online(reader)
        server.fault(functions.updates.GetStateRequest, TransportError(429))
        with pytest.raises(errors.InvalidBufferError, match="429"):
            await asyncio.wait_for(client(functions.updates.GetStateRequest()), 5)
        assert not client.is_connected()
    await eventually(lambda: not server.online(reader))

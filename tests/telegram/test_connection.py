import asyncio
import sqlite3
import stat
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from telethon import functions, types
from telethon.tl import TLObject

from bot.errors import Busy, Mendable, Refused, SignedOut, Unavailable
from bot.telegram.connection import Connection
from tests.telegram.conftest import beat, running, telegram_settings
from tests.telegram_server import (
    Account,
    DropAfterExecution,
    Effect,
    ErrorAfterExecution,
    FloodWait,
    RpcFault,
    Silence,
    TelegramServer,
    eventually,
)

TOKEN = "1:TEST"
GET_USERS = functions.users.GetUsersRequest
ME = GET_USERS([types.InputUserSelf()])


def bot_connection(
    world: TelegramServer,
    path: Path,
    token: str = TOKEN,
    **changes: Any,
) -> Connection:
    return Connection(
        telegram_settings(world, **changes), path / "bot.session", token=token, heartbeat=5, first_delay=0.05
    )


async def test_a_bot_signs_in_with_its_token_and_says_who_it_is(speaking: Connection) -> None:
    assert speaking.state.account_id == 1
    assert speaking.state.account_name == "placewatch_bot"
    assert speaking.state.describe(lambda _: "noon") == "placewatch_bot (1): connected since noon"


async def test_a_bot_signs_in_once_and_not_again_after_a_restart(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    for _ in range(2):
        async with running(bot_connection(server, tmp_path)):
            pass
    assert server.count(functions.auth.ImportBotAuthorizationRequest) == 1


async def test_a_user_that_never_signed_in_is_told_what_to_type(
    server: TelegramServer, account: Account, tmp_path: Path
) -> None:
    connection = Connection(telegram_settings(server), tmp_path / "reader.session", token=None, heartbeat=5)
    with pytest.raises(SignedOut, match="placewatch login"):
        await connection.run()
    with pytest.raises(Unavailable, match="placewatch login"):  # at once, not after half a minute
        await connection.call(ME)


async def test_a_wrong_token_names_the_setting_and_where_to_get_it(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    with pytest.raises(SignedOut, match=r"@BotFather.*BOT_TOKEN"):
        await bot_connection(server, tmp_path, token="1:WRONG").run()


async def test_a_wrong_api_hash_names_both_settings(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    connection = bot_connection(server, tmp_path, api_hash=SecretStr("f" * 32))
    with pytest.raises(SignedOut, match=r"API_ID.*API_HASH.*my\.telegram\.org"):
        await connection.run()


async def test_a_session_ended_from_elsewhere_stops_the_reader_and_says_so(
    server: TelegramServer, account: Account, reading: Connection
) -> None:
    task = asyncio.create_task(reading.run())
    await eventually(lambda: reading.state.connected_since)
    account.revoke()
    with pytest.raises(Unavailable):
        await reading.call(ME)
    with pytest.raises(SignedOut, match=r"ended from another device.*placewatch login"):
        await asyncio.wait_for(task, 5)


@pytest.mark.parametrize(
    ("end", "words"),
    [(Account.ban, "banned"), (Account.duplicate_key, "two machines"), (Account.revoke, "placewatch login")],
)
async def test_what_ends_an_account_is_said_at_the_next_start(
    account: Account, reading: Connection, end: Any, words: str
) -> None:
    end(account)
    with pytest.raises(SignedOut, match=words):
        await asyncio.wait_for(reading.run(), 10)


async def test_a_bot_whose_session_was_ended_signs_in_again_by_itself(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    async with running(bot_connection(server, tmp_path)):
        pass
    bot.revoke()
    connection = bot_connection(server, tmp_path)
    async with running(connection):
        assert connection.state.account_id == 1


async def test_a_running_bot_whose_session_is_ended_signs_in_again_by_itself(
    server: TelegramServer, bot: Account, speaking: Connection
) -> None:
    first = speaking.state.connected_since
    bot.revoke()
    with pytest.raises(Unavailable):
        await speaking.call(ME)
    await eventually(lambda: speaking.state.connected_since not in (None, first), timeout=10)
    assert await speaking.call(ME)


async def test_a_session_that_another_process_holds_is_a_trouble_that_was_tried(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    async with running(bot_connection(server, tmp_path)):
        second = bot_connection(server, tmp_path)
        with pytest.raises(Mendable):
            await second.run()
        assert second.tried.is_set()
        assert second.is_stopped
        assert "in use by another placewatch" in (second.state.problem or "")


async def test_a_session_file_that_is_locked_for_a_while_is_tried_again(
    server: TelegramServer, reading: Connection, tmp_path: Path
) -> None:
    db = sqlite3.connect(tmp_path / "reader.session", isolation_level=None)
    db.execute("BEGIN EXCLUSIVE")
    task = asyncio.create_task(reading.run())
    try:
        await eventually(lambda: "locked" in (reading.state.problem or ""), timeout=20)
        db.execute("ROLLBACK")
        await eventually(lambda: reading.state.connected_since, timeout=20)
    finally:
        db.close()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_server_that_forgot_our_key_three_times_ends_in_a_sentence(
    server: TelegramServer, reading: Connection
) -> None:
    server.forget_keys()
    with pytest.raises(SignedOut, match="placewatch login"):
        await asyncio.wait_for(reading.run(), 15)


async def test_a_server_that_is_away_is_waited_for(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    server.refuse()
    connection = bot_connection(server, tmp_path)
    task = asyncio.create_task(connection.run())
    try:
        await eventually(lambda: connection.state.problem)
        assert "can't be reached" in (connection.state.problem or "")
        with pytest.raises(Unavailable, match="not connected"):
            await connection.call(ME, timeout=0.05)
        await server.accept()
        assert await connection.call(ME)
        assert connection.state.problem is None
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_every_connection_is_announced_also_after_a_drop(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    times = []

    async def note() -> None:
        times.append(1)

    connection = bot_connection(server, tmp_path)
    connection.on_connect = note
    async with running(connection):
        await eventually(lambda: len(times) == 1)
        server.drop_all()
        await eventually(lambda: len(times) == 2)
        await connection.call(ME)


async def test_a_half_open_connection_is_noticed_by_the_heartbeat(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    connection = Connection(
        telegram_settings(server), tmp_path / "bot.session", token="1:TEST", heartbeat=0.1, first_delay=0.05
    )
    async with running(connection):
        first = connection.state.connected_since
        server.freeze()
        await eventually(lambda: connection.state.connected_since is None, timeout=5)
        server.drop_all()
        server.thaw()
        await eventually(lambda: connection.state.connected_since not in (None, first), timeout=5)


@pytest.mark.parametrize("hours", [1, 0, -1])
async def test_a_clock_that_is_an_hour_off_is_noticed_when_connecting(
    server: TelegramServer, bot: Account, tmp_path: Path, hours: int
) -> None:
    async with running(bot_connection(server, tmp_path)) as connection:
        assert abs(connection.ahead) <= timedelta(seconds=2)
    server.clock_offset = -hours * 3600
    async with running(bot_connection(server, tmp_path)) as connection:
        assert abs(connection.ahead - timedelta(hours=hours)) <= timedelta(seconds=2)


async def test_updates_are_handed_on(server: TelegramServer, account: Account, reading: Connection) -> None:
    channel = server.add_channel("dpr_head", members=[account])
    seen: list[object] = []
    reading.on_update = seen.append
    async with running(reading):
        channel.post("hello")
        await eventually(lambda: any(isinstance(u, types.UpdateNewChannelMessage) for u in seen))


async def test_an_update_of_a_later_layer_does_not_end_the_connection(
    server: TelegramServer, account: Account, reading: Connection
) -> None:
    channel = server.add_channel("dpr_head", members=[account])
    seen: list[object] = []
    reading.on_update = seen.append
    async with running(reading):
        server.push_bytes(account, b"\xde\xad\xbe\xef" * 4)
        channel.post("hello")
        await eventually(lambda: any(isinstance(u, types.UpdateNewChannelMessage) for u in seen))


async def test_a_difference_that_is_too_long_is_told_as_a_gap(
    server: TelegramServer, account: Account, reading: Connection
) -> None:
    channel = server.add_channel("dpr_head", members=[account])
    seen: list[object] = []
    async with running(reading):
        channel.post("one")
        await asyncio.sleep(0.1)
    channel.post("two", push=False)
    channel.too_long = True
    again = replace_updates(reading, seen)
    async with running(again):
        await eventually(lambda: any(isinstance(u, types.UpdateChannelTooLong) for u in seen))


class Unreadable(Effect):
    """Answered with a constructor that no layer knows."""

    async def strike(self, call: Any, execute: Any) -> None:
        call.connection.answer(call.message_id, Strange())


class Strange(TLObject):
    CONSTRUCTOR_ID = 0xEFBEADDE
    SUBCLASS_OF_ID = 0x20482874

    def _bytes(self) -> bytes:
        return b"\xde\xad\xbe\xef"


async def test_a_difference_that_cannot_be_read_is_left_behind(
    server: TelegramServer, account: Account, reading: Connection
) -> None:
    channel = server.add_channel("dpr_head", members=[account])
    seen: list[object] = []
    reading.on_update = seen.append
    async with running(reading):
        channel.post("one")
        await eventually(lambda: seen)
        fault = server.fault(functions.updates.GetChannelDifferenceRequest, Unreadable(), times=None)
        channel.post("two", push=False)
        channel.post("three")  # a hole in pts
        await eventually(lambda: fault.struck == 1 and reading.state.connected_since is None)
        await eventually(lambda: reading.state.connected_since is not None)
        await asyncio.sleep(0.3)
        assert fault.struck == 1
        assert await reading.call(ME)


async def test_a_client_that_was_killed_catches_up_from_where_it_connected(
    server: TelegramServer, account: Account, reading: Connection, tmp_path: Path
) -> None:
    channel = server.add_channel("dpr_head", members=[account])
    async with running(reading):
        channel.post("one")
        await asyncio.sleep(0.1)
        await beat(reading)
        copied = tmp_path / "copied.session"  # as it lies on the disk when the process is killed
        copied.write_bytes((tmp_path / "reader.session").read_bytes())
    channel.post("two", push=False)
    seen: list[Any] = []
    again = Connection(telegram_settings(server), copied, token=None, heartbeat=5, on_update=seen.append)
    async with running(again):
        await eventually(lambda: [u for u in seen if isinstance(u, types.UpdateNewChannelMessage)])


def replace_updates(connection: Connection, seen: list[object]) -> Connection:
    connection.on_update = seen.append
    return connection


@pytest.mark.parametrize(
    ("fault", "error", "words"),
    [
        (FloodWait(7), Busy, "wait 7 s"),
        (RpcFault(420, "SLOWMODE_WAIT_9"), Busy, "wait 9 s"),
        (ErrorAfterExecution(), Unavailable, "fault of its own"),
        (DropAfterExecution(), Unavailable, "GetUsers"),
        (Silence(), Unavailable, "no answer"),
        (RpcFault(400, "CHANNEL_PRIVATE"), Refused, r"private.*\[CHANNEL_PRIVATE\]"),
        (RpcFault(400, "SOMETHING_NEW"), Refused, r"\[SOMETHING_NEW\]"),
        (RpcFault(406, "SOMETHING_NEW"), Refused, r"\[SOMETHING_NEW\]"),
    ],
)
async def test_each_failure_of_a_call_says_what_to_do_about_it(
    server: TelegramServer, speaking: Connection, fault: Any, error: type[Exception], words: str
) -> None:
    server.fault(GET_USERS, fault)
    with pytest.raises(error, match=words):
        await speaking.call(ME, timeout=0.3 if isinstance(fault, Silence) else 5)


async def test_cancelling_ends_soon_and_leaves_nothing_behind(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    before = asyncio.all_tasks()
    loop = asyncio.get_running_loop()
    for frozen in (False, True):
        connection = bot_connection(server, tmp_path)
        task = asyncio.create_task(connection.run())
        await eventually(lambda c=connection: c.state.connected_since)  # type: ignore[misc]
        if frozen:
            server.freeze()
        pending = asyncio.create_task(connection.call(functions.help.GetConfigRequest()))
        await asyncio.sleep(0.01)
        started = loop.time()
        task.cancel()
        await asyncio.gather(task, pending, return_exceptions=True)
        assert loop.time() - started < 2
        if frozen:
            server.drop_all()
            server.thaw()
    await eventually(lambda: not server.connections)
    await asyncio.sleep(0.01)
    ours = {
        t
        for t in asyncio.all_tasks() - before
        if "telethon" in repr(t.get_coro()) or "bot/" in repr(t.get_coro())
    }
    assert not ours


async def test_the_session_file_is_private_and_used_by_one_placewatch_only(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    async with running(bot_connection(server, tmp_path)):
        for name in ("bot.session", "bot.session.lock"):
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
        with pytest.raises(Mendable, match="in use by another placewatch"):
            await bot_connection(server, tmp_path).run()


async def test_a_session_of_another_server_is_refused(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    async with running(bot_connection(server, tmp_path)):
        pass
    for elsewhere in ("127.0.0.1:1", None):
        with pytest.raises(Mendable, match="belongs to the server"):
            await bot_connection(server, tmp_path, server=elsewhere).run()


async def test_a_bots_session_is_no_good_for_reading(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    async with running(bot_connection(server, tmp_path)):
        pass
    connection = Connection(telegram_settings(server), tmp_path / "bot.session", token=None, heartbeat=5)
    with pytest.raises(Mendable, match="not the user account"):
        await connection.run()


async def test_a_file_that_is_no_session_is_named(
    server: TelegramServer, bot: Account, tmp_path: Path
) -> None:
    (tmp_path / "bot.session").write_bytes(b"not a database, but long enough to be looked at as one" * 20)
    with pytest.raises(Mendable, match="not a session that can be read"):
        await bot_connection(server, tmp_path).run()


async def test_a_key_file_that_is_no_key_is_named(server: TelegramServer, tmp_path: Path) -> None:
    key = tmp_path / "key.pem"
    key.write_text("nonsense")
    settings = telegram_settings(server).model_copy(update={"server_key": key})
    with pytest.raises(Mendable, match="SERVER_KEY"):
        await Connection(settings, tmp_path / "bot.session", token="1:TEST", heartbeat=5).run()


async def test_waits_that_telegram_names_are_counted_and_pushes_are_timed(
    server: TelegramServer, bot: Account, olena: Account, speaking: Connection
) -> None:
    server.fault(GET_USERS, FloodWait(30))
    with pytest.raises(Busy):
        await speaking.call(ME)
    assert speaking.floods == {"GetUsers": 1}
    before = speaking.updated_at
    team = server.add_supergroup("Team", members=[bot, olena])
    team.say(olena, "/start")
    await eventually(lambda: speaking.updated_at != before)

import pytest
from telethon import errors, functions
from telethon.sessions import MemorySession

from tests.telegram_server import Account, TelegramServer, sign_in, signed_in, telethon_client


async def test_a_person_signs_in_with_phone_and_code(server: TelegramServer, reader: Account) -> None:
    async with signed_in(server, reader) as client:
        me = await client.get_me()
    assert (me.id, me.first_name, me.phone, me.bot) == (reader.id, "Reader", "380500000001", False)


async def test_a_password_is_asked_for_when_the_account_has_one(server: TelegramServer) -> None:
    guarded = server.add_user("Guarded", phone="+380500000009", password="correct horse")
    client = telethon_client(server)
    await client.connect()
    try:
        await client.send_code_request(guarded.phone)
        with pytest.raises(errors.SessionPasswordNeededError):
            await client.sign_in(guarded.phone, guarded.code)
        with pytest.raises(errors.PasswordHashInvalidError):
            await client.sign_in(password="battery staple")
        assert (await client.sign_in(password="correct horse")).id == guarded.id
    finally:
        await client.disconnect()


async def test_wrong_phone_code_token_and_application_are_refused(
    server: TelegramServer, reader: Account
) -> None:
    client = telethon_client(server)
    await client.connect()
    try:
        with pytest.raises(errors.PhoneNumberInvalidError):
            await client.send_code_request("+380999999999")
        await client.send_code_request(reader.phone)
        with pytest.raises(errors.PhoneCodeInvalidError):
            await client.sign_in(reader.phone, "00000")
        with pytest.raises(errors.AccessTokenInvalidError):
            await client.sign_in(bot_token="2:NOBODY")
        client.api_hash = "wrong"
        with pytest.raises(errors.ApiIdInvalidError):
            await client.sign_in(bot_token="1:TEST")
    finally:
        await client.disconnect()


async def test_a_bot_signs_in_with_its_token_and_may_not_read_history(
    server: TelegramServer, bot: Account
) -> None:
    channel = server.add_channel("news", members=[bot])
    channel.post("hello")
    async with signed_in(server, bot) as client:
        me = await client.get_me()
        assert (me.id, me.bot, me.username) == (1, True, "placewatch_bot")
        with pytest.raises(errors.BotMethodInvalidError):
            await client.get_messages("news")


async def test_a_session_outlives_its_connection_and_the_servers_restart(
    server: TelegramServer, reader: Account
) -> None:
    session = MemorySession()
    async with signed_in(server, reader, session):
        pass
    await server.stop()
    await server.start()
    client = telethon_client(server, session)
    await client.connect()
    try:
        assert await client.is_user_authorized()
    finally:
        await client.disconnect()


async def test_after_logging_out_the_account_is_gone_from_the_key(
    server: TelegramServer, reader: Account
) -> None:
    client = telethon_client(server)
    await sign_in(client, reader)
    await client.log_out()
    assert reader.authorizations == []
    await client.disconnect()


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("SESSION_REVOKED", errors.SessionRevokedError),
        ("AUTH_KEY_UNREGISTERED", errors.AuthKeyUnregisteredError),
        ("USER_DEACTIVATED_BAN", errors.UserDeactivatedBanError),
    ],
)
async def test_a_revoked_session_is_refused_and_can_sign_in_again(
    server: TelegramServer, reader: Account, text: str, error: type[Exception]
) -> None:
    async with signed_in(server, reader) as client:
        reader.revoke(text)
        with pytest.raises(error):
            await client(functions.updates.GetStateRequest())
        await client.send_code_request(reader.phone)
        await client(functions.auth.SignInRequest(reader.phone, "code-hash", reader.code))
        await client(functions.updates.GetStateRequest())


async def test_a_duplicated_key_is_refused_even_at_connecting(
    server: TelegramServer, reader: Account
) -> None:
    session = MemorySession()
    async with signed_in(server, reader, session):
        pass
    reader.duplicate_key()
    client = telethon_client(server, session)
    with pytest.raises(errors.AuthKeyDuplicatedError):
        await client.connect()
    await client.disconnect()


async def test_a_forgotten_key_is_a_transport_error(server: TelegramServer, reader: Account) -> None:
    session = MemorySession()
    async with signed_in(server, reader, session):
        pass
    server.forget_keys()
    client = telethon_client(server, session)
    with pytest.raises(errors.AuthKeyNotFound):
        await client.connect()
    await client.disconnect()

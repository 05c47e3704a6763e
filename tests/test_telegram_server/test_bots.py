import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from telethon import Button, TelegramClient, errors, events, functions, types

from tests.telegram_server import Account, Supergroup, TelegramServer, eventually, signed_in


@pytest.fixture
def team(server: TelegramServer, bot: Account, olena: Account) -> Supergroup:
    return server.add_supergroup("Team", members=[bot, olena], admins=[olena])


@asynccontextmanager
async def listening(
    server: TelegramServer, account: Account
) -> AsyncIterator[tuple[TelegramClient, list[str]]]:
    async with signed_in(server, account) as client:
        texts: list[str] = []

        async def note(event: events.NewMessage.Event) -> None:
            texts.append(event.raw_text)

        client.add_event_handler(note, events.NewMessage)
        yield client, texts


def send(
    chat: Supergroup, text: str, random_id: int, **more: object
) -> functions.messages.SendMessageRequest:
    peer = types.InputPeerChannel(chat.id, 0)  # a bot may leave the access hash out
    return functions.messages.SendMessageRequest(peer, text, random_id=random_id, **more)


async def test_a_bot_in_privacy_mode_is_told_of_commands_mentions_and_replies_only(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    other = server.add_bot("other_bot", token="2:OTHER")
    team.add(other)
    async with listening(server, bot) as (client, texts):
        team.say(olena, "good morning")
        team.say(olena, "/watch Покровськ")
        team.say(olena, "/watch@other_bot Бахмут")
        team.say(olena, "ask @PlaceWatch_bot")
        mine = await client.send_message(types.InputPeerChannel(team.id, 0), "which one?")
        team.say(olena, "that one", reply_to=mine.id)
        team.say(other, "/help")
        team.say(olena, "/list@placewatch_bot")
        await eventually(lambda: len(texts) == 4)
        assert texts == ["/watch Покровськ", "ask @PlaceWatch_bot", "that one", "/list@placewatch_bot"]
        bot.privacy = False
        team.say(olena, "now you hear me")
        await eventually(lambda: texts[-1] == "now you hear me")
    assert server.count(functions.updates.GetChannelDifferenceRequest) == 0


async def test_an_answer_reaches_the_others_and_is_kept(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    asked = team.say(olena, "/watch Покровськ")
    async with listening(server, bot) as (client, _), listening(server, olena) as (_, heard):
        sent = await client(
            send(
                team,
                "Покровськ",
                7,
                reply_to=types.InputReplyToMessage(asked.id),
                entities=[types.MessageEntityBold(0, 9)],
                reply_markup=types.ReplyKeyboardForceReply(selective=True),
                no_webpage=True,
            )
        )
        await eventually(lambda: heard == ["Покровськ"])
    assert [type(update) for update in sent.updates] == [
        types.UpdateMessageID,
        types.UpdateNewChannelMessage,
    ]
    answer = team.messages[-1]
    assert answer.reply_to.reply_to_msg_id == asked.id
    assert answer.entities == [types.MessageEntityBold(0, 9)]
    assert answer.reply_markup.selective
    assert (team.sends[0].message_id, team.sends[0].account) == (answer.id, bot)
    assert team.sends[0].request.no_webpage


async def test_a_random_id_that_was_used_gives_the_first_message_again(
    server: TelegramServer, bot: Account, team: Supergroup
) -> None:
    async with signed_in(server, bot) as client:
        first = await client(send(team, "first text", 7))
        second = await client(send(team, "another text", 7))
        third = await client(send(team, "another text", 8))
    assert first.updates[0].id == second.updates[0].id != third.updates[0].id
    assert second.updates[1].message.message == "first text"
    assert [message.message for message in team.messages] == ["first text", "another text"]
    assert len(team.sends) == 2


@pytest.mark.parametrize(
    ("text", "more", "error"),
    [
        ("", {}, errors.MessageEmptyError),
        ("𝕏" * 2049, {}, errors.MessageTooLongError),
        ("short", {"entities": [types.MessageEntityBold(3, 3)]}, errors.EntityBoundsInvalidError),
        ("short", {"reply_to": types.InputReplyToMessage(99)}, errors.MessageIdInvalidError),
    ],
)
async def test_a_message_that_is_not_right_is_refused(
    server: TelegramServer,
    bot: Account,
    team: Supergroup,
    text: str,
    more: dict[str, object],
    error: type[Exception],
) -> None:
    async with signed_in(server, bot) as client:
        with pytest.raises(error):
            await client(send(team, text, 1, **more))
        await client(send(team, "𝕏" * 2048, 1))
    assert len(team.sends) == 1


async def test_a_bot_edits_and_deletes_its_own_messages_only(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    hers = team.say(olena, "/mine")
    peer = types.InputPeerChannel(team.id, 0)
    async with signed_in(server, bot) as client:
        mine = await client.send_message(peer, "first")
        await client.edit_message(peer, mine.id, "second")
        with pytest.raises(errors.MessageNotModifiedError):
            await client.edit_message(peer, mine.id, "second")
        with pytest.raises(errors.MessageAuthorRequiredError):
            await client.edit_message(peer, hers.id, "hijacked")
        with pytest.raises(errors.MessageIdInvalidError):
            await client.edit_message(peer, 999, "nothing")
        with pytest.raises(errors.MessageDeleteForbiddenError):
            await client.delete_messages(peer, hers.id)
        assert [version.message for version in team.history_of(mine.id)] == ["first", "second"]
        await client.delete_messages(peer, mine.id)
    assert [message.message for message in team.messages] == ["/mine"]


async def test_a_pressed_button_reaches_the_bot_and_its_answer_the_presser(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    async with signed_in(server, bot) as client, signed_in(server, olena) as hers:

        async def answer(event: events.CallbackQuery.Event) -> None:
            await event.answer(f"{event.data.decode()} by {event.sender_id}", alert=True)

        client.add_event_handler(answer, events.CallbackQuery)
        peer = types.InputPeerChannel(team.id, 0)
        asked = await client.send_message(peer, "right?", buttons=[[Button.inline("Yes", b"yes")]])
        press = team.press(olena, asked.id, b"yes")
        told = await press.answered()
        assert (told.message, told.alert) == (f"yes by {olena.id}", True)

        message = (await hers.get_messages(await hers.get_input_entity(types.PeerChannel(team.id)), limit=1))[
            0
        ]
        assert (await message.click(0)).message == f"yes by {olena.id}"
    with pytest.raises(ValueError, match="no button"):
        team.press(olena, asked.id, b"no")
    assert len(team.presses) == 2


async def test_commands_are_kept_by_scope_and_language(server: TelegramServer, bot: Account) -> None:
    commands = [types.BotCommand("watch", "Watch a place")]
    scope = types.BotCommandScopeDefault()
    async with signed_in(server, bot) as client:
        await client(functions.bots.SetBotCommandsRequest(scope, "uk", commands))
        kept = await client(functions.bots.GetBotCommandsRequest(scope, "uk"))
        assert [(command.command, command.description) for command in kept] == [("watch", "Watch a place")]
        assert await client(functions.bots.GetBotCommandsRequest(scope, "")) == []
        assert list(bot.commands) == [("BotCommandScopeDefault", "uk")]
        await client(functions.bots.ResetBotCommandsRequest(scope, "uk"))
    assert bot.commands == {}


async def test_a_removed_bot_is_told_and_then_refused_until_it_is_added_again(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup
) -> None:
    async with signed_in(server, bot) as client:
        changes: list[types.UpdateChannelParticipant] = []

        async def note(update: types.TypeUpdate) -> None:
            if isinstance(update, types.UpdateChannelParticipant):
                changes.append(update)

        client.add_event_handler(note, events.Raw)
        team.remove(bot, olena)
        await eventually(lambda: changes)
        assert (changes[0].actor_id, changes[0].user_id) == (olena.id, bot.id)
        assert isinstance(changes[0].new_participant, types.ChannelParticipantBanned)
        with pytest.raises(errors.ChannelPrivateError):
            await client(send(team, "hello?", 1))
        team.add(bot, olena)
        await eventually(lambda: len(changes) == 2)
        assert isinstance(changes[1].new_participant, types.ChannelParticipant)
        await client(send(team, "hello!", 1))
        member = await client(
            functions.channels.GetParticipantRequest(
                types.InputChannel(team.id, 0), types.InputPeerUser(olena.id, 0)
            )
        )
        assert isinstance(member.participant, types.ChannelParticipantAdmin)
    assert [message.message for message in team.messages] == ["hello!"]


async def test_a_basic_group_works_by_the_accounts_own_pts(
    server: TelegramServer, bot: Account, olena: Account
) -> None:
    group = server.add_group("Old team", members=[bot, olena])
    async with listening(server, bot) as (client, texts), listening(server, olena) as (_, heard):
        group.say(olena, "/watch Покровськ")
        await eventually(lambda: texts == ["/watch Покровськ"])
        sent = await client.send_message(types.InputPeerChat(group.id), "watching")
        await eventually(lambda: heard == ["/watch Покровськ", "watching"])  # hers came from another device
        await client.edit_message(types.InputPeerChat(group.id), sent.id, "watching it")
        assert group.messages[-1].message == "watching it"
        group.remove(bot)
        with pytest.raises(errors.ChatWriteForbiddenError):
            await client.send_message(types.InputPeerChat(group.id), "hello?")
    assert server.count(functions.updates.GetDifferenceRequest) == 2  # at signing in, never for a gap


async def test_a_basic_group_that_migrates_is_closed_and_names_its_successor(
    server: TelegramServer, bot: Account, olena: Account
) -> None:
    group = server.add_group("Team", members=[bot, olena], admins=[olena])
    async with signed_in(server, bot) as client:
        actions: list[types.TypeMessageAction] = []

        async def note(event: events.ChatAction.Event | types.TypeUpdate) -> None:
            message = getattr(event, "message", None)
            if isinstance(message, types.MessageService):
                actions.append(message.action)

        client.add_event_handler(note, events.Raw)
        successor = group.migrate()
        await eventually(lambda: len(actions) == 2)
        assert actions == [
            types.MessageActionChatMigrateTo(successor.id),
            types.MessageActionChannelMigrateFrom("Team", group.id),
        ]
        with pytest.raises(errors.ChatIdInvalidError):
            await client.send_message(types.InputPeerChat(group.id), "hello?")
        await client(send(successor, "hello!", 1))
    assert successor.admins == [olena]


async def test_a_topic_is_answered_inside_it(server: TelegramServer, bot: Account, olena: Account) -> None:
    forum = server.add_supergroup("Forum", members=[bot, olena], forum=True)
    topic = forum.add_topic("Places", olena)
    asked = forum.say(olena, "/watch Покровськ", topic=topic)
    async with signed_in(server, bot) as client:
        await client(send(forum, "done", 1, reply_to=types.InputReplyToMessage(asked.id, top_msg_id=topic)))
        await client(send(forum, "news", 2, reply_to=types.InputReplyToMessage(topic)))
    done, news = forum.messages[-2:]
    assert (done.reply_to.reply_to_msg_id, done.reply_to.reply_to_top_id) == (asked.id, topic)
    assert (news.reply_to.reply_to_msg_id, news.reply_to.forum_topic) == (topic, True)


async def test_many_clients_talk_at_once(server: TelegramServer, bot: Account, team: Supergroup) -> None:
    async with signed_in(server, bot) as client:
        await asyncio.gather(*(client(send(team, f"message {number}", number + 1)) for number in range(50)))
    assert len(team.messages) == len({message.id for message in team.messages}) == 50


async def test_a_file_arrives_with_its_bytes(server: TelegramServer, bot: Account, team: Supergroup) -> None:
    content = b"place;said\n" * 20_000  # more than one part
    async with signed_in(server, bot) as client:
        await client.send_file(
            types.InputPeerChannel(team.id, 0),
            content,
            caption="Export",
            attributes=[types.DocumentAttributeFilename("export.csv")],
            force_document=True,
        )
        with pytest.raises(errors.MediaCaptionTooLongError):
            await client.send_file(types.InputPeerChannel(team.id, 0), b"x", caption="x" * 1025)
    message = team.messages[-1]
    assert message.message == "Export"
    assert message.file.name == "export.csv"
    assert server.file_of(message) == content

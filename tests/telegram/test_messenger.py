from typing import Any

import pytest
from telethon import functions, types
from telethon.utils import get_peer_id

from bot.errors import BadMarkup, Busy, NotEditable, Refused, Unavailable
from bot.telegram.connection import Connection
from bot.telegram.messenger import Messenger
from storage.records import Attachment, Button, Message
from tests.telegram_server import (
    Account,
    Chat,
    DropAfterExecution,
    FloodWait,
    Group,
    RpcFault,
    Supergroup,
    TelegramServer,
)

SEND = functions.messages.SendMessageRequest
EDIT = functions.messages.EditMessageRequest


def chat_id(chat: Chat) -> int:
    kind = types.PeerChat if isinstance(chat, Group) else types.PeerChannel
    return int(get_peer_id(kind(chat.id)))


@pytest.fixture
def team(server: TelegramServer, bot: Account, olena: Account) -> Supergroup:
    return server.add_supergroup("Team", members=[bot, olena], admins=[olena])


@pytest.fixture
def group(server: TelegramServer, bot: Account, olena: Account) -> Group:
    return server.add_group("Small team", members=[bot, olena])


@pytest.fixture
def messenger(speaking: Connection) -> Messenger:
    return Messenger(speaking)


async def send(
    messenger: Messenger, chat: Chat, html: str = "<b>Hi</b>", random_id: int = 1, **options: Any
) -> int | None:
    return await messenger.send(chat_id(chat), Message(html=html, **options), random_id)


async def test_a_message_arrives_with_its_formatting_and_its_id_is_known(
    team: Supergroup, messenger: Messenger
) -> None:
    message_id = await send(messenger, team, "<b>Покровськ</b> &lt;1&gt;")
    [message] = team.messages
    assert (message.id, message.message) == (message_id, "Покровськ <1>")
    assert [type(entity) for entity in message.entities] == [types.MessageEntityBold]


async def test_a_person_is_named_so_that_telegram_knows_whom_a_question_is_for(
    team: Supergroup, messenger: Messenger, olena: Account
) -> None:
    await send(
        messenger, team, f'<a href="tg://user?id={olena.id}">Olena</a>: which? <a href="https://a.b">c</a>'
    )
    mention, link = team.messages[0].entities
    assert isinstance(mention, types.InputMessageEntityMentionName)
    assert (mention.offset, mention.length, mention.user_id.user_id) == (0, 5, olena.id)
    assert link.url == "https://a.b"


async def test_it_arrives_in_a_basic_group_too(group: Group, messenger: Messenger) -> None:
    assert await send(messenger, group) == group.messages[0].id


async def test_no_link_preview_is_asked_for_and_silence_is_passed_on(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    await send(messenger, team, silent=True)
    [request] = server.asked(SEND)
    assert request.no_webpage
    assert request.silent


async def test_plain_means_the_bare_words(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    await send(messenger, team, "<b>Hi</b> &amp; <a href='https://x.org'>bye</a>", plain=True)
    assert team.messages[0].message == "Hi & bye"
    assert not server.asked(SEND)[0].entities


async def test_after_a_lost_answer_the_same_random_id_makes_no_second_message(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    server.fault(SEND, DropAfterExecution())
    with pytest.raises(Unavailable):
        await send(messenger, team, random_id=5)
    assert await send(messenger, team, random_id=5) == team.messages[0].id
    assert len(team.messages) == 1


async def test_a_send_that_is_under_way_is_asked_for_again(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    server.fault(SEND, RpcFault(500, "RANDOM_ID_DUPLICATE"))
    assert await send(messenger, team) == team.messages[0].id


async def test_a_flood_wait_names_its_time(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    server.fault(SEND, FloodWait(30))
    with pytest.raises(Busy) as busy:
        await send(messenger, team)
    assert busy.value.wait == 30


@pytest.mark.parametrize("name", ["ENTITY_BOUNDS_INVALID", "ENTITIES_TOO_LONG", "ENTITY_TEXTURL_INVALID"])
async def test_markup_that_telegram_cannot_read_is_told_apart(
    server: TelegramServer, team: Supergroup, messenger: Messenger, name: str
) -> None:
    server.fault(SEND, RpcFault(400, name))
    with pytest.raises(BadMarkup):
        await send(messenger, team)


async def test_a_chat_without_the_bot_says_to_add_it(
    server: TelegramServer, olena: Account, messenger: Messenger
) -> None:
    elsewhere = server.add_supergroup("Elsewhere", members=[olena])
    with pytest.raises(Refused, match=r"private|does not know|removed|add") as refusal:
        await send(messenger, elsewhere)
    assert not isinstance(refusal.value, BadMarkup)


async def test_a_bot_that_was_thrown_out_is_refused(
    bot: Account, team: Supergroup, messenger: Messenger
) -> None:
    await send(messenger, team)
    team.remove(bot)
    with pytest.raises(Refused):
        await send(messenger, team, random_id=2)


async def test_a_chat_where_the_bot_may_not_write_says_what_to_change(
    team: Supergroup, messenger: Messenger
) -> None:
    team.locked = True
    with pytest.raises(Refused, match="permissions"):
        await send(messenger, team)


async def test_a_group_that_became_a_supergroup_names_its_new_id(group: Group, messenger: Messenger) -> None:
    await send(messenger, group)
    new = group.migrate()
    with pytest.raises(Refused, match=str(chat_id(new))):
        await send(messenger, group, random_id=2)


async def test_a_reply_is_a_reply_and_one_to_a_message_that_is_gone_is_sent_without(
    team: Supergroup, olena: Account, messenger: Messenger
) -> None:
    said = team.say(olena, "/watch Покровськ")
    await send(messenger, team, reply_to=said.id)
    assert team.messages[-1].reply_to.reply_to_msg_id == said.id
    team.delete(said.id)
    assert await send(messenger, team, random_id=2, reply_to=said.id) == team.messages[-1].id
    assert team.messages[-1].reply_to is None


async def test_an_edit_changes_the_message_and_the_same_words_again_are_fine(
    team: Supergroup, messenger: Messenger
) -> None:
    message_id = await send(messenger, team)
    assert message_id is not None
    for _ in range(2):
        await messenger.edit(chat_id(team), message_id, Message(html="<i>Bye</i>"))
    assert team.messages[0].message == "Bye"
    await messenger.edit(chat_id(team), message_id, Message(html="<i>Bye</i> again", plain=True))
    assert not team.messages[0].entities


@pytest.mark.parametrize(
    "name", ["MESSAGE_ID_INVALID", "MESSAGE_AUTHOR_REQUIRED", "MESSAGE_EDIT_TIME_EXPIRED"]
)
async def test_a_message_that_cannot_be_edited_any_more_is_told_apart(
    server: TelegramServer, team: Supergroup, messenger: Messenger, name: str
) -> None:
    message_id = await send(messenger, team)
    assert message_id is not None
    server.fault(EDIT, RpcFault(400, name))
    with pytest.raises(NotEditable, match=name):
        await messenger.edit(chat_id(team), message_id, Message(html="new"))


async def test_editing_a_deleted_message_is_refused_as_not_editable(
    team: Supergroup, messenger: Messenger
) -> None:
    message_id = await send(messenger, team)
    assert message_id is not None
    team.delete(message_id)
    with pytest.raises(NotEditable):
        await messenger.edit(chat_id(team), message_id, Message(html="new"))


async def test_the_doctor_sees_each_kind_of_chat(
    server: TelegramServer, bot: Account, olena: Account, team: Supergroup, group: Group, messenger: Messenger
) -> None:
    found = await messenger.inspect(chat_id(team))
    assert (found.title, found.kind, found.member, found.can_write, found.problem) == (
        "Team",
        "supergroup",
        True,
        True,
        None,
    )
    assert (await messenger.inspect(chat_id(group))).kind == "group"
    elsewhere = await messenger.inspect(chat_id(server.add_supergroup("Elsewhere", members=[olena])))
    assert not elsewhere.member
    assert elsewhere.problem
    nowhere = await messenger.inspect(-1009999999999)
    assert nowhere.problem
    target = group.migrate()
    moved = await messenger.inspect(chat_id(group))
    assert moved.migrated_to == chat_id(target)
    assert str(chat_id(target)) in (moved.problem or "")


async def test_buttons_are_shown_and_change_with_an_edit(team: Supergroup, messenger: Messenger) -> None:
    buttons = ((Button("Open", url="https://t.me/x/1"), Button("Yes", data="yes")),)
    message_id = await send(messenger, team, buttons=buttons)
    assert message_id is not None
    [row] = team.messages[0].reply_markup.rows
    assert [b.text for b in row.buttons] == ["Open", "Yes"]
    await messenger.edit(chat_id(team), message_id, Message(html="<b>Hi</b>"))
    assert team.messages[0].reply_markup is None


async def test_a_member_is_asked_to_reply_and_nobody_else(team: Supergroup, messenger: Messenger) -> None:
    await send(messenger, team, ask=True)
    assert team.messages[0].reply_markup.selective


async def test_a_file_arrives_once_with_its_caption_however_often_it_is_tried(
    server: TelegramServer, team: Supergroup, messenger: Messenger
) -> None:
    data = bytes(range(256)) * 4096  # two parts
    file = Attachment(name="said.csv", mime="text/csv", data=data)
    server.fault(functions.messages.SendMediaRequest, DropAfterExecution())
    with pytest.raises(Unavailable):
        await send(messenger, team, "<b>All</b>", random_id=7, attachment=file)
    assert await send(messenger, team, "<b>All</b>", random_id=7, attachment=file) == team.messages[0].id
    [message] = team.messages
    assert message.message == "All"
    assert message.media.document.attributes[0].file_name == "said.csv"
    assert server.file_of(message) == data


@pytest.mark.parametrize("what", ["closed", "deleted"])
async def test_a_topic_that_is_gone_is_left_out_and_told_of(
    server: TelegramServer, speaking: Connection, bot: Account, olena: Account, what: str
) -> None:
    gone: list[tuple[int, int]] = []

    async def on_topic_gone(chat: int, topic: int) -> None:
        gone.append((chat, topic))

    forum = server.add_supergroup("Forum", members=[bot, olena], forum=True)
    topic = forum.add_topic("East", olena)
    if what == "closed":
        forum.closed_topics.add(topic)
    else:
        forum.delete(topic)
    await send(Messenger(speaking, on_topic_gone=on_topic_gone), forum, topic=topic)
    [message] = forum.messages
    assert message.reply_to is None
    assert gone == [(chat_id(forum), topic)]

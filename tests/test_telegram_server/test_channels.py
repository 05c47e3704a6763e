from datetime import UTC, datetime

import pytest
from telethon import errors, events, functions, types

from tests.telegram_server import Account, TelegramServer, eventually, media, signed_in


async def test_a_post_an_edit_a_reaction_and_a_deletion_arrive_as_they_happen(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", title="Head of DPR", members=[reader])
    seen: list[types.TypeUpdate] = []

    async def note(update: types.TypeUpdate) -> None:
        seen.append(update)

    async with signed_in(server, reader) as client:
        client.add_event_handler(note, events.Raw)
        post = channel.post("hello")
        channel.edit(post, "hello again")
        channel.react(post)
        channel.delete(post)
        await eventually(lambda: len(seen) == 4)
    assert [type(update) for update in seen] == [
        types.UpdateNewChannelMessage,
        types.UpdateEditChannelMessage,
        types.UpdateEditChannelMessage,
        types.UpdateDeleteChannelMessages,
    ]
    assert [update.pts for update in seen] == [2, 3, 4, 5]
    assert seen[0].message.message == "hello"
    assert seen[1].message.edit_date is not None
    assert seen[2].message.edit_hide
    assert seen[2].message.message == "hello again"
    assert seen[3].messages == [post]


async def test_a_post_carries_what_posts_carry(server: TelegramServer, reader: Account) -> None:
    source = server.add_channel("source", title="Source")
    original = source.post("original", at=datetime(2026, 1, 2, tzinfo=UTC))
    channel = server.add_channel("dpr_head", members=[reader])
    first = channel.post("Покровськ", entities=[types.MessageEntityBold(0, 9)])
    channel.post("said elsewhere", forward_from=(source, original))
    channel.post("said by somebody", forward_from="Hidden Name")
    channel.post("answer", reply_to=first, poll=("Where?", ["here", "there"]))
    channel.post("link", media=media.web_page("https://example.org", "Title", "Description"))
    album = channel.post_album(["caption", ""])
    async with signed_in(server, reader) as client:
        posts = await client.get_messages("dpr_head", limit=10, reverse=True)
    assert posts[0].entities == [types.MessageEntityBold(0, 9)]
    assert posts[1].fwd_from.from_id == types.PeerChannel(source.id)
    assert posts[1].fwd_from.channel_post == original
    assert posts[1].forward.chat.title == "Source"
    assert posts[2].fwd_from.from_name == "Hidden Name"
    assert posts[3].reply_to.reply_to_msg_id == first
    assert posts[3].poll.poll.question.text == "Where?"
    assert posts[4].web_preview.title == "Title"
    assert [post.id for post in posts[5:]] == album
    assert len({post.grouped_id for post in posts[5:]}) == 1


async def test_history_goes_down_from_the_offset_and_up_with_a_negative_one(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("busy", members=[reader])
    for number in range(1, 251):
        channel.post(f"post {number}", push=False)
    channel.delete(100, push=False)
    async with signed_in(server, reader) as client:
        peer = await client.get_input_entity("busy")

        async def page(offset_id: int, add_offset: int = 0, limit: int = 100, **more: int) -> list[int]:
            request = functions.messages.GetHistoryRequest(
                peer, offset_id, None, add_offset, limit, **{"max_id": 0, "min_id": 0, **more}, hash=0
            )
            result = await client(request)
            assert isinstance(result, types.messages.ChannelMessages)
            assert result.count == 249
            return [message.id for message in result.messages]

        assert await page(0) == list(range(250, 150, -1))
        assert await page(4) == [3, 2, 1]
        assert await page(1) == []
        # Reading upwards: the hundred next ones from an id on, that id included.
        assert await page(150, add_offset=-100) == list(range(249, 149, -1))
        assert await page(240, add_offset=-100) == list(range(250, 239, -1))
        assert await page(251, add_offset=-100) == []
        assert await page(102, limit=3) == [101, 99, 98]
        assert await page(0, limit=5, min_id=247, max_id=250) == [249, 248]
        assert await page(0, limit=1000) == list(range(250, 150, -1))
        everything = [message.id async for message in client.iter_messages(peer, reverse=True, wait_time=0)]
    assert everything == [number for number in range(1, 251) if number != 100]


async def test_reading_ids_says_which_of_them_are_empty(server: TelegramServer, reader: Account) -> None:
    channel = server.add_channel("news", members=[reader])
    kept, deleted = channel.post("kept"), channel.post("deleted")
    channel.skip_ids(2)
    last = channel.post("last")
    channel.delete(deleted)
    async with signed_in(server, reader) as client:
        found = await client.get_messages("news", ids=[kept, deleted, 3, 4, last])
    assert [message and message.message for message in found] == ["kept", None, None, None, "last"]
    assert [version.message for version in channel.history_of(deleted)] == ["deleted"]


async def test_a_username_leads_to_its_holder_or_to_a_refusal(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", title="Head of DPR")
    async with signed_in(server, reader) as client:
        entity = await client.get_entity("DPR_Head")
        assert (entity.id, entity.title, entity.left) == (channel.id, "Head of DPR", True)
        for name, error in (
            ("nobody_here", errors.UsernameNotOccupiedError),
            ("no!", errors.UsernameInvalidError),
        ):
            with pytest.raises(error):
                await client(functions.contacts.ResolveUsernameRequest(name))
    assert server.count(functions.contacts.ResolveUsernameRequest) == 3


async def test_a_private_channel_and_a_wrong_hash_are_refused(
    server: TelegramServer, reader: Account, olena: Account
) -> None:
    private = server.add_channel(None, title="Closed", members=[olena], private=True)
    public = server.add_channel("open_one")
    async with signed_in(server, reader) as client:
        hidden = types.InputPeerChannel(private.id, reader.hash_of(private.id))
        with pytest.raises(errors.ChannelPrivateError):
            await client.get_messages(hidden)
        somebody_elses = types.InputPeerChannel(public.id, olena.hash_of(public.id))
        with pytest.raises(errors.ChannelInvalidError):
            await client.get_messages(somebody_elses)


async def test_joining_brings_a_channel_into_the_dialogs_and_its_posts_in_live(
    server: TelegramServer, reader: Account
) -> None:
    channel = server.add_channel("dpr_head", title="Head of DPR")
    channel.post("before")
    seen: list[str] = []

    async def note(event: events.NewMessage.Event) -> None:
        seen.append(event.raw_text)

    async with signed_in(server, reader) as client:
        client.add_event_handler(note, events.NewMessage)
        assert await client.get_dialogs() == []
        await client(functions.channels.JoinChannelRequest("dpr_head"))
        dialogs = await client.get_dialogs()
        assert [(dialog.name, dialog.message.message) for dialog in dialogs] == [("Head of DPR", "before")]
        channel.post("after")
        await eventually(lambda: seen == ["after"])
        full = await client(functions.channels.GetFullChannelRequest("dpr_head"))
        assert (full.full_chat.pts, full.full_chat.participants_count) == (3, 1)


async def test_more_dialogs_than_fit_one_answer_are_all_listed(
    server: TelegramServer, reader: Account
) -> None:
    for number in range(130):
        server.add_channel(f"channel_{number}", members=[reader]).post("hello", push=False)
    async with signed_in(server, reader) as client:
        dialogs = await client.get_dialogs()
    assert len({dialog.id for dialog in dialogs}) == 130
    assert server.count(functions.messages.GetDialogsRequest) == 2


async def test_a_request_that_nobody_answers_is_refused_and_complained_about(
    server: TelegramServer, reader: Account
) -> None:
    async with signed_in(server, reader) as client:
        with pytest.raises(errors.RPCError, match="UNHANDLED_GETTOPPEERS"):
            await client(functions.contacts.GetTopPeersRequest(0, 1, 0, correspondents=True))
    assert server.complaints == ["UNHANDLED_GETTOPPEERS"]
    server.complaints.clear()


async def test_views_and_pts_can_be_asked_for_alone(server: TelegramServer, reader: Account) -> None:
    channel = server.add_channel("dpr_head")
    post = channel.post("seen by many", views=4850)
    async with signed_in(server, reader) as client:
        peer = await client.get_input_entity("dpr_head")
        views = await client(functions.messages.GetMessagesViewsRequest(peer, [post, 99], increment=False))
        assert [view.views for view in views.views] == [4850, None]
        answer = await client(functions.messages.GetPeerDialogsRequest([types.InputDialogPeer(peer)]))
        assert (answer.dialogs[0].pts, answer.messages[0].message) == (2, "seen by many")

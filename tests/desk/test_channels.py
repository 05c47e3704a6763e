"""/follow with a look first, /unfollow with a question, and who speaks in a channel."""

from __future__ import annotations

from datetime import timedelta

from storage import audit, channels, joining
from storage.records import Channel, Joining, Priority
from storage.store import Store
from tests import making
from tests.desk.conftest import ADMIN, MEMBER, Message, Team
from tests.making import CHAT, NOW


def _offer(team: Team, *names: str) -> None:
    for number, name in enumerate(names, start=1):
        team.peers[name] = making.peer(
            number,
            username=name,
            title=f"<{name}>",
            newest=7,
            members=12345,
            posted_at=NOW,
            opening="Доброе утро & <b>",
        )


async def _channel(store: Store) -> Channel:
    (found,) = await store.read(channels.followed)
    return found


async def test_a_channel_is_looked_at_before_it_is_followed(team: Team, store: Store) -> None:
    _offer(team, "head")
    asked = await team.ask("/follow https://t.me/head")
    assert "<b>&lt;head&gt;</b> (@head, 12,345 members)" in asked.html
    assert "Last post, 2 Nov 2025 14:00 Kyiv: «Доброе утро &amp; &lt;b&gt;»" in asked.html
    assert asked.words == ["Follow", "Cancel"]
    assert await store.read(channels.followed) == []
    done = await team.press(asked, "Follow")
    assert team.toasts[-1] == "Following @head"
    assert "Following <b>" in done.html
    assert (await _channel(store)).cursor == 7
    assert team.changed_channels == 1
    await team.press_data(done, "follow.yes|1")
    assert "nothing to act on" in (team.toasts[-1] or "")


async def test_several_links_are_looked_at_together_and_a_bad_one_says_what_to_do(
    team: Team, store: Store
) -> None:
    _offer(team, "head", "staff")
    asked = await team.ask("/follow @head, https://t.me/staff @nobody")
    assert "Nobody in Telegram has the name @nobody. Check the spelling." in asked.html
    await team.press(asked, "Follow all 2")
    assert [c.username for c in await store.read(channels.followed)] == ["head", "staff"]
    assert "Already following" in (await team.ask("/follow @head")).html
    assert "at most 5" in (await team.ask("/follow a1 b2 c3 d4 e5 f6")).html


async def test_a_look_that_is_cancelled_follows_nothing(team: Team, store: Store) -> None:
    _offer(team, "head")
    done = await team.press(await team.ask("/follow head"), "Cancel")
    assert "Not followed: @head." in done.html
    assert await store.read(channels.followed) == []


async def test_a_look_of_yesterday_is_too_old(team: Team, store: Store) -> None:
    _offer(team, "head")
    asked = await team.ask("/follow head")
    team.now += timedelta(days=2)
    await team.press(asked, "Follow")
    assert "Send /follow again" in (team.toasts[-1] or "")
    assert await store.read(channels.followed) == []


async def test_unfollow_alone_lists_and_asks_before_it_ends(team: Team, store: Store) -> None:
    for number in range(1, 11):
        await store.write(making.follow, number)
    page = await team.ask("/unfollow")
    page = await team.press(page, "▶")
    sure = await team.press(page, "❌ @channel9")
    assert "for every chat?" in sure.html
    page = await team.press(sure, "Yes, stop")
    assert team.toasts[-1] == "Stopped reading @channel9"
    assert len(await store.read(channels.followed)) == 9
    assert "Stopped reading" in (await team.ask("/unfollow @channel1")).html
    await team.press(page, "❌")
    assert team.toasts[-1] is None


async def _opened(team: Team, store: Store) -> Message:
    await store.write(making.follow, 1)
    return await team.press(await team.ask("/channels"), "✏️ @channel1")


async def test_how_official_a_channel_is_is_one_press_and_one_more_takes_it_away(
    team: Team, store: Store
) -> None:
    page = await team.press(await _opened(team, store), "official")
    assert team.toasts[-1] == "@channel1: official"
    assert "How official: official" in page.html
    assert (await _channel(store)).standing == "official"
    await team.press(page, "· official ·")
    assert (await _channel(store)).standing is None


async def test_a_button_asks_and_the_reply_of_the_one_who_pressed_answers(team: Team, store: Store) -> None:
    page = await _opened(team, store)
    await team.press(page, "Who speaks…")
    question = await team.asked_by_press()
    assert question.ask
    assert '<a href="tg://user?id=1">Olena</a>: Who speaks in @channel1?' in question.html
    team.admins.add((CHAT, MEMBER))
    assert await team.say("Somebody else", sender=MEMBER, reply_to=question.id) is None
    assert await team.say("talking, not replying") is None
    answer = await team.ask("Head of the <region>", reply_to=question.id)
    assert "<b>@channel1</b>: Head of the &lt;region&gt;" in answer.html
    assert (await _channel(store)).label == "Head of the <region>"
    assert await team.say("again", reply_to=question.id) is None


async def test_the_context_of_a_question_can_not_be_typed(team: Team, store: Store) -> None:
    await store.write(making.follow, 1)
    assert "I don't know /label:1|side" in (await team.ask("/label:1|side Ukraine")).html
    assert (await _channel(store)).side is None


async def test_a_question_is_no_way_in_for_who_is_no_administrator_any_more(team: Team, store: Store) -> None:
    await team.press(await _opened(team, store), "Side…")
    question = await team.asked_by_press()
    team.admins.clear()
    answer = await team.ask("Ukraine", reply_to=question.id)
    assert "Only administrators" in answer.html
    assert (await _channel(store)).side is None


async def test_a_question_ends_with_cancel_and_after_a_while(team: Team, store: Store) -> None:
    page = await _opened(team, store)
    await team.press(page, "Owner…")
    question = await team.asked_by_press()
    await team.ask("/cancel")
    assert await team.say("OVA", reply_to=question.id) is None
    await team.press(page, "Owner…")
    question = await team.asked_by_press()
    team.now += timedelta(minutes=16)
    assert await team.say("OVA", reply_to=question.id) is None
    assert (await _channel(store)).owner is None


async def test_an_anonymous_administrator_presses_as_a_person_and_answers_as_the_group(
    team: Team, store: Store
) -> None:
    page = await _opened(team, store)
    team.hidden.add(ADMIN)
    await team.press(page, "Owner…", sender=ADMIN)
    question = await team.asked_by_press()
    assert "Olena" not in question.html
    assert await team.say("not a reply", sender=CHAT) is None
    assert "owner: OVA" in (await team.ask("OVA", sender=CHAT, reply_to=question.id)).html
    assert await team.say("OVA again", sender=ADMIN, reply_to=question.id) is None


async def test_a_question_stays_in_the_topic_of_the_button(team: Team, store: Store) -> None:
    await store.write(making.follow, 1)
    page = await team.press(await team.ask("/channels", topic=9), "✏️")
    await team.press(page, "Side…")
    assert (await team.asked_by_press()).topic == 9


async def test_one_line_says_everything_about_a_channel(team: Team, store: Store) -> None:
    await store.write(making.follow, 1)
    answer = await team.ask("/label @channel1 | Head of the region | side: Ukraine | official | owner: OVA")
    assert "Head of the region · Ukraine · official · owner: OVA" in answer.html
    await team.ask("/label channel1 | side: -")
    found = await _channel(store)
    assert (found.label, found.side, found.standing, found.owner) == (
        "Head of the region",
        None,
        "official",
        "OVA",
    )
    assert "a second label" in (await team.ask("/label channel1 | One | Two")).html
    assert "not among the channels followed" in (await team.ask("/label nobody | One")).html
    assert "Who speaks: Head of the region" in (await team.ask("/label @channel1")).html
    assert "✏️ @channel1" in (await team.ask("/label")).words
    assert "Only administrators" in (await team.ask("/label channel1 | X", sender=MEMBER)).html


async def test_a_press_that_comes_twice_acts_once_and_is_written_down(team: Team, store: Store) -> None:
    page = await _opened(team, store)
    await team.press(page, "official")
    assert await store.read(audit.is_pressed, team.number)
    team.number -= 1
    await team.press(page, "official")
    assert (await _channel(store)).standing == "official"


async def test_the_team_says_on_a_channels_page_how_often_it_is_read(team: Team, store: Store) -> None:
    page = await _opened(team, store)
    assert "As often as others (normal priority), joined" in page.html
    changed = team.changed_channels
    page = await team.press(page, "high priority")
    assert "More often than others (high priority), joined" in page.html
    assert (await _channel(store)).priority is Priority.HIGH
    assert team.changed_channels == changed + 1
    assert ", high priority" in (await team.ask("/channels")).html
    await team.press(page, "low priority", sender=MEMBER)
    assert (await _channel(store)).priority is Priority.HIGH  # only administrators may


async def test_what_becomes_of_a_wish_to_join_stands_in_the_list(team: Team, store: Store) -> None:
    channel = await store.write(making.follow, 1, joined=False)
    await store.write(joining.ask, "reader", channel.id, Joining.TO_JOIN, now=NOW)
    assert ", waits to join" in (await team.ask("/channels")).html
    await store.write(joining.say, "reader", channel.id, Joining.REFUSED, "<no>")
    assert "joining refused: &lt;no&gt;" in (await team.ask("/channels")).html

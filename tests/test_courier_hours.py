"""A chat is told in its hours: quiet ones, pauses, mutes, and one summary of what was held meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.alerts.measure import visible
from bot.courier import Courier, Manners, Pace
from storage import chats, owed
from storage.records import Message, OwedKind, Quiet, Wanted
from storage.store import Store
from tests.blank import blank
from tests.making import CHAT, RULES

NIGHT = datetime(2025, 11, 2, 22, 0, tzinfo=UTC)  # midnight in Kyiv
MORNING = datetime(2025, 11, 3, 5, 0, tzinfo=UTC)  # 07:00
TEN = Manners(RULES.zone, edit_every=timedelta(0))


@dataclass
class Team:
    """A chat as it stands, its own clock, and a courier who can be stopped in the middle of a send."""

    store: Store
    now: datetime = NIGHT
    said: list[Message] = field(default_factory=list)
    by_random_id: dict[int, int] = field(default_factory=dict)
    stuck: asyncio.Event | None = None
    arrives_first: bool = False

    async def send(self, chat_id: int, message: Message, random_id: int) -> int | None:
        if self.stuck is not None and not self.arrives_first:
            self.stuck.set()
            await asyncio.Event().wait()
        if random_id not in self.by_random_id:
            self.said.append(message)
            self.by_random_id[random_id] = len(self.said)
        if self.stuck is not None:
            self.stuck.set()
            await asyncio.Event().wait()
        return self.by_random_id[random_id]

    async def edit(self, chat_id: int, message_id: int, message: Message) -> None:
        self.said[message_id - 1] = message

    def courier(self) -> Courier:
        return Courier(self.store, self, Pace(0.001, 10**6, 10**6), TEN, lambda: self.now)

    async def settle(self) -> list[str]:
        await self.courier().settle_all()
        return [message.html for message in self.said]

    async def owe(self, subject: str, kind: OwedKind = OwedKind.ALERT, **fields: object) -> None:
        given = {"html": f"all of {subject}", "brief": f"brief {subject}", "said_at": self.now, **fields}
        wanted = Wanted(chat_id=CHAT, subject=subject, kind=kind, **given)  # type: ignore[arg-type]
        await self.store.write(owed.owe, wanted, now=self.now)

    async def quiet(self, how: Quiet) -> None:
        await self.store.write(chats.change, CHAT, quiet_from="23:00", quiet_to="07:00", quiet_how=how)


@pytest.fixture
async def team(tmp_path: Path) -> AsyncIterator[Team]:
    opened = await Store.open(blank(tmp_path / "placewatch.db"), write=True)
    await opened.write(chats.welcome, CHAT, now=NIGHT)
    yield Team(opened)
    await opened.close()


async def test_quiet_hours_hold_all_but_answers_and_end_with_one_summary_that_names_each(team: Team) -> None:
    await team.quiet(Quiet.HOLD)
    await team.owe("a")
    await team.owe("b", urgent=True)
    await team.owe("📈", OwedKind.BURST)
    await team.owe("question", OwedKind.ANSWER)
    assert await team.settle() == ["all of question"]
    team.now = MORNING - timedelta(seconds=1)
    assert len(await team.settle()) == 1
    team.now = MORNING
    _, summary = await team.settle()
    assert summary.splitlines() == [
        "<b>3 statements</b> that waited, told 3 Nov 2025 07:00 Kyiv",
        "brief a",
        "brief b",
        "brief 📈",
    ]
    await team.owe("after")
    assert (await team.settle())[2:] == ["all of after"]


async def test_what_alone_was_held_comes_as_itself(team: Team) -> None:
    await team.quiet(Quiet.HOLD)
    await team.owe("a")
    assert await team.settle() == []
    team.now = MORNING
    assert await team.settle() == ["all of a"]


async def test_silent_hours_send_everything_without_a_sound(team: Team) -> None:
    await team.quiet(Quiet.SILENT)
    await team.owe("a")
    await team.owe("b", urgent=True)
    assert await team.settle() == ["all of a", "all of b"]
    assert [m.silent for m in team.said] == [True, True]
    team.now = MORNING
    await team.owe("c")
    await team.settle()
    assert not team.said[2].silent


async def test_two_alerts_of_the_last_silent_minute_are_no_summary(team: Team) -> None:
    await team.quiet(Quiet.SILENT)
    team.now = MORNING - timedelta(seconds=1)
    await team.owe("a")
    await team.owe("b")
    team.now = MORNING
    assert await team.settle() == ["all of a", "all of b"]


async def test_only_what_is_urgent_comes_in_urgent_hours_and_with_a_sound(team: Team) -> None:
    await team.quiet(Quiet.URGENT)
    await team.owe("a")
    await team.owe("b", urgent=True)
    await team.owe("c")
    assert await team.settle() == ["all of b"]
    assert not team.said[0].silent
    team.now = MORNING
    assert (await team.settle())[1].splitlines()[1:] == ["brief a", "brief c"]


async def test_a_pause_holds_until_it_is_resumed(team: Team) -> None:
    await team.store.write(chats.pause, CHAT, now=team.now)
    await team.owe("a")
    await team.owe("b")
    team.now += timedelta(days=2)
    assert await team.settle() == []
    await team.store.write(chats.resume, CHAT, now=team.now)
    (summary,) = await team.settle()
    assert summary.splitlines()[1:] == ["brief a", "brief b"]


async def test_a_resumed_chat_still_waits_for_the_end_of_its_quiet_hours(team: Team) -> None:
    await team.quiet(Quiet.HOLD)
    await team.store.write(chats.pause, CHAT, now=team.now)
    await team.owe("a")
    await team.store.write(chats.resume, CHAT, now=team.now + timedelta(hours=1))
    team.now += timedelta(hours=2)
    await team.owe("b")
    assert await team.settle() == []
    team.now = MORNING
    (summary,) = await team.settle()
    assert summary.splitlines()[1:] == ["brief a", "brief b"]


async def test_a_mute_ends_by_itself(team: Team) -> None:
    await team.store.write(chats.change, CHAT, muted_until=team.now + timedelta(hours=2))
    await team.owe("a")
    await team.owe("b")
    assert await team.settle() == []
    team.now += timedelta(hours=2)
    (summary,) = await team.settle()
    assert summary.splitlines()[1:] == ["brief a", "brief b"]


async def test_a_long_summary_is_several_messages_each_within_the_limit_and_replies_find_theirs(
    team: Team,
) -> None:
    await team.store.write(chats.pause, CHAT, now=team.now)
    for n in range(60):
        await team.owe(f"s{n}", brief=f"{n} " + "😀" * 100)
    await team.store.write(chats.resume, CHAT, now=team.now + timedelta(minutes=1))
    team.now += timedelta(minutes=1)
    pages = await team.settle()
    assert len(pages) == 4
    assert all(visible(page) <= 4096 for page in pages)
    lines = [line for page in pages for line in page.splitlines() if "😀" in line]
    assert [line.split()[0] for line in lines] == [str(n) for n in range(60)]

    await team.owe("s59#edit", OwedKind.UPDATE, answers="s59")
    await team.settle()
    assert team.said[-1].reply_to == 4


async def test_one_line_that_is_longer_than_a_message_loses_its_markup_and_its_end(team: Team) -> None:
    await team.store.write(chats.pause, CHAT, now=team.now)
    await team.owe("a", brief="<b>" + "&amp;😀 " * 1400 + "</b>")
    await team.owe("b")
    await team.store.write(chats.resume, CHAT, now=team.now + timedelta(minutes=1))
    team.now += timedelta(minutes=1)
    (summary,) = await team.settle()
    assert visible(summary) <= 4096
    assert summary.count("<b>") == 1
    assert summary.endswith("…\nbrief b")


async def test_a_reply_waits_for_the_summary_that_tells_of_its_alert(team: Team) -> None:
    await team.quiet(Quiet.HOLD)
    await team.owe("a")
    await team.owe("b")
    team.now = MORNING
    fold_only = team.courier()
    await fold_only._next(CHAT)
    assert team.said == []
    await team.owe("a#edit", OwedKind.UPDATE, answers="a")
    await team.settle()
    assert [m.reply_to for m in team.said] == [None, 1]
    assert team.said[1].html == "all of a#edit"


async def test_an_alert_in_a_summary_counts_as_told_since_the_summary_arrived(team: Team) -> None:
    await team.quiet(Quiet.HOLD)
    await team.owe("a")
    await team.owe("b")
    assert (await team.store.read(owed.told, "a"))[CHAT].sent_at is None
    team.now = MORNING
    await team.settle()
    assert (await team.store.read(owed.told, "a"))[CHAT].sent_at == MORNING


async def test_updates_that_were_held_are_named_in_the_summary_beside_their_alert(team: Team) -> None:
    team.now = NIGHT - timedelta(hours=3)
    await team.owe("a")
    await team.settle()
    await team.quiet(Quiet.HOLD)
    team.now = NIGHT
    await team.owe("a#edit", OwedKind.UPDATE, answers="a", brief=None)
    await team.owe("b")
    assert len(await team.settle()) == 1
    team.now = MORNING
    _, summary = await team.settle()
    assert summary.splitlines()[0].startswith("<b>2 messages</b>")
    assert summary.splitlines()[1:] == ["brief a", "↳ all of a#edit", "brief b"]


async def test_topics_have_summaries_of_their_own_and_a_lonely_alert_keeps_its_form(team: Team) -> None:
    await team.store.write(chats.pause, CHAT, now=team.now)
    for subject, topic in (("a", 7), ("b", 7), ("c", 9)):
        await team.owe(subject, topic=topic, silent=True)
    await team.store.write(chats.resume, CHAT, now=team.now + timedelta(minutes=1))
    team.now += timedelta(minutes=1)
    await team.settle()
    assert {(m.topic, m.html.splitlines()[-1], m.silent) for m in team.said} == {
        (7, "brief b", True),
        (9, "all of c", True),
    }


async def test_more_than_ten_that_wait_and_old_ones_come_as_one_summary(team: Team) -> None:
    for n in range(11):
        await team.owe(f"s{n}")
    assert len(await team.settle()) == 1
    for n in range(3):
        await team.owe(f"t{n}", said_at=team.now - timedelta(hours=6, minutes=n and 1))
    assert [html.splitlines()[-1] for html in await team.settle()][1:] == ["all of t0", "brief t2"]


@pytest.mark.parametrize("arrives", [False, True])
async def test_a_crash_between_fold_and_send_neither_repeats_nor_drops(team: Team, arrives: bool) -> None:
    await team.quiet(Quiet.HOLD)
    for subject in "abc":
        await team.owe(subject)
    team.now = MORNING
    team.stuck, team.arrives_first = asyncio.Event(), arrives
    dying = asyncio.create_task(team.courier().run())
    await asyncio.wait_for(team.stuck.wait(), 5)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    assert len(team.said) == arrives

    team.stuck = None
    (summary,) = await team.settle()
    assert summary.splitlines()[1:] == ["brief a", "brief b", "brief c"]
    assert await team.store.read(owed.waiting) == {}

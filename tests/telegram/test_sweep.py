"""Whatever happens to a channel between readings, what is kept is what it has, and nothing is claimed unasked.

The sweep reads a model of Telegram: pages of any size, holes, deletions, edits, answers that fail or leave posts out,
posts that can't be kept, and restarts.
"""

from __future__ import annotations

import asyncio
import contextlib
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from telethon.tl import types

from bot.copies import Copies
from bot.coverage.keeper import Coverage
from bot.errors import Unavailable
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.history import Address, Page
from bot.telegram.sweep import Sweep
from storage import channels, gaps, known
from storage.records import Channel, Post, PostKey
from storage.store import Store
from tests.blank import blank
from tests.making import NOW, RULES, peer

POISON = "poison"  # a post that can't be kept


@dataclass
class Telegram:
    """A channel as Telegram has it; also what was asked of it."""

    page: int
    posts: dict[int, str] = field(default_factory=dict)
    dates: dict[int, int] = field(default_factory=dict)  # of edits
    top: int = 0
    time: int = 0
    failing: int = 0  # the request with this number fails, and so does none after it
    forgetful: bool = False  # one page after the cursor comes empty
    asked: set[int] = field(default_factory=set)

    def message(self, message_id: int) -> Any:
        edited = self.dates.get(message_id)
        return types.Message(
            id=message_id,
            peer_id=types.PeerChannel(501),
            date=NOW + timedelta(seconds=message_id),
            message=self.posts[message_id],
            edit_date=None if edited is None else NOW + timedelta(hours=1, seconds=edited),
        )

    def _answer(self, ids: Sequence[int], *, entire: bool) -> Page:
        if self.failing:
            self.failing -= 1
            if not self.failing:
                raise Unavailable("no answer")
        there = types.Channel(
            id=501,
            title="Channel 1",
            photo=types.ChatPhotoEmpty(),
            date=NOW,
            access_hash=1,
            username="channel1",
        )
        return Page(tuple(self.message(i) for i in sorted(ids)), entire, there)

    async def newest(self, _: Address) -> Page:
        ids = sorted(self.posts)[-self.page :]
        found = self._answer(ids, entire=len(ids) == len(self.posts))
        self.asked |= set(range(1 if found.entire else min(ids), max([self.top, *ids]) + 1))
        return found

    async def after(self, _: Address, message_id: int) -> Page:
        ids = [i for i in sorted(self.posts) if i > message_id][: self.page]
        if self.forgetful:
            self.forgetful, ids = False, []
        found = self._answer(ids, entire=False)
        self.asked |= set(range(message_id + 1, max(ids, default=message_id) + 1))
        return found

    async def empty(self, _: Address, ids: Sequence[int]) -> tuple[list[int], list[Any]]:
        found = self._answer([i for i in ids if i in self.posts], entire=False)
        self.asked |= set(ids)
        return [i for i in ids if i not in self.posts], list(found.messages)


class Careful(Monitor):
    """A monitor that can't keep some posts."""

    poisoned = True

    async def take(self, posts: Sequence[Post], received_at: Any) -> dict[PostKey, str]:
        bad = {post.key: "poison" for post in posts if self.poisoned and post.text == POISON}
        return bad | await super().take([post for post in posts if post.key not in bad], received_at)


STEP = st.one_of(
    st.tuples(st.just("post"), st.integers(1, 12)),
    st.tuples(st.just("poison"), st.just(1)),
    st.tuples(st.just("skip"), st.sampled_from([1, 2, 7, 350])),
    st.tuples(st.just("delete"), st.integers(0, 30)),
    st.tuples(st.just("edit"), st.integers(0, 30)),
    st.tuples(st.just("fail"), st.integers(1, 6)),
    st.tuples(st.just("forget"), st.just(1)),
    *[st.tuples(st.just("read"), st.just(1))] * 3,
    st.tuples(st.just("restart"), st.just(1)),
)


def _happen(there: Telegram, what: str, how: int) -> None:
    there.time += 1
    if what in ("post", "poison"):
        for _ in range(how):
            there.top += 1
            there.posts[there.top] = POISON if what == "poison" else f"post {there.top}"
    elif what == "skip":
        there.top += how
    elif what in ("delete", "edit") and there.posts:
        message_id = sorted(there.posts)[-1 - how % len(there.posts)]
        if what == "delete":
            del there.posts[message_id]
        else:
            there.posts[message_id] = f"edited at {there.time}"
            there.dates[message_id] = there.time
    elif what == "fail":
        there.failing = how
    elif what == "forget":
        there.forgetful = True


class Desk:
    """An archive that reads the model, and is restarted now and then."""

    def __init__(self, store: Store, there: Telegram) -> None:
        self.store = store
        self.there = there
        self.monitor = Careful(store, Lookout(store, lambda: NOW), RULES, lambda: None, Copies())
        self.now = NOW
        self.restart()

    def restart(self) -> None:
        coverage = Coverage(
            self.store, clock=lambda: self.now, zone=RULES.zone, team=list, on_owed=lambda: None
        )
        self.sweep = Sweep(
            self.there,  # type: ignore[arg-type]  # a model of it
            None,  # type: ignore[arg-type]  # nobody asks for names here
            self.store,
            self.monitor,
            coverage,
            clock=lambda: self.now,
            account="reader",
            on_change=self._nothing,
        )

    async def _nothing(self) -> None: ...

    async def read(self, channel: Channel) -> None:
        self.now += timedelta(hours=2)
        await self.sweep.read(await self.store.read(channels.by_id, channel.id))


async def _check(there: Telegram, store: Store, channel: Channel, start: int) -> None:
    rows = await store.read(
        lambda db: db.execute("SELECT message_id, text, deleted_at FROM post ORDER BY message_id").fetchall()
    )
    held = {message_id: text for message_id, text, deleted in rows if deleted is None}
    claimed = {i for low, high in await store.read(known.ranges, channel.id) for i in range(low, high + 1)}
    lost = set(await store.read(gaps.lost_ids, channel.id))
    wanted = {i: text for i, text in there.posts.items() if i > start}
    assert claimed <= there.asked, "an id is claimed that nobody asked for"
    assert not claimed & lost
    assert claimed | lost >= set(range(start + 1, max(wanted, default=start) + 1))
    assert wanted.keys() - lost <= held.keys(), "a post is missing"
    assert not {i for i, _, deleted in rows if deleted} & wanted.keys(), (
        "a post was called deleted that is there"
    )
    newest = sorted(there.posts)[-there.page :]
    for message_id in newest:
        if message_id > start and message_id not in lost:
            assert held[message_id] == there.posts[message_id]
    oldest = min(newest, default=0)
    assert {i for i in held if i >= oldest} <= set(newest), "what is gone from the newest page is marked"


async def _live(steps: list[tuple[str, int]], page: int, earlier: int, folder: Path) -> None:
    there = Telegram(page=page)
    _happen(there, "post", earlier)
    store = await Store.open(blank(folder / "placewatch.db"), write=True, readers=1)
    try:
        channel, _ = await store.write(
            channels.follow, peer(), account="reader", cursor=earlier, label=None, now=NOW
        )
        desk = Desk(store, there)
        for what, how in steps:
            _happen(there, what, how)
            if what == "restart":
                desk.restart()
            if what in ("read", "fail", "forget"):
                with contextlib.suppress(Unavailable):
                    await desk.read(channel)
        there.failing, there.forgetful = 0, False
        await desk.read(channel)
        await _check(there, store, channel, earlier)
        desk.monitor.poisoned = False  # a newer version can keep them
        await desk.read(channel)
        assert await store.read(gaps.lost_ids, channel.id) == {}
        await _check(there, store, channel, earlier)
    finally:
        await store.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(steps=st.lists(STEP, max_size=25), page=st.sampled_from([1, 3, 10, 100]), earlier=st.integers(0, 20))
def test_what_is_kept_is_what_the_channel_has_and_nothing_is_claimed_that_was_not_asked_for(
    steps: list[tuple[str, int]], page: int, earlier: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_live(steps, page, earlier, Path(folder)))

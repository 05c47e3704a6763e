"""Messages of any shape: each is kept, or counted as refused with its reason; never a crash, never a hang.

    python -m tests.fuzz.messages --inputs 100000

Hypothesis chooses the text, the entities and the seed from which everything else of a message is made, out of the
types of Telethon's own constructors (tests/fuzz/shapes.py).
"""

from __future__ import annotations

import argparse
import asyncio
import faulthandler
import logging
import random
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from telethon.tl import types

from bot.copies import Copies
from bot.lookout import Lookout
from bot.monitor import Monitor
from bot.telegram.live import converted
from storage.store import Store
from tests.fuzz.shapes import Maker, nested
from tests.making import NOW, RULES, follow, track

_BATCH = 50  # messages a call of Monitor.take, as a page of history has them
_ARCHIVE = 10_000  # messages an archive: a larger one is only slower
_LONG = 1 / 500  # of the texts are as long as nobody's limit allows: Hypothesis would choose that more often
_HANG = 120.0  # seconds; then every stack is printed, and the process ends

_ENTITIES = (types.MessageEntityBold, types.MessageEntityHashtag, types.MessageEntitySpoiler)
_PLACES = st.integers(-(2**31), 2**31 - 1) | st.integers(-5, 60)
_PIECES = st.text(max_size=40) | st.sampled_from(
    ("в Покровске", "Покровськ", "\ud83d", "\0", "🇺🇦", "\u200d", "\n\n")
)
_TEXTS = st.one_of(
    st.none(),
    st.lists(_PIECES, max_size=8).map(" ".join),
    st.tuples(st.integers(0, 300), st.sampled_from("аЖ \n\ud83d")).map(lambda drawn: drawn[1] * drawn[0]),
)
_MESSAGES = st.fixed_dictionaries(
    {
        "seed": st.integers(0, 2**64 - 1),
        "objects": st.sampled_from((3, 20, 100)),
        "text": _TEXTS,
        "entities": st.lists(st.tuples(st.sampled_from(_ENTITIES), _PLACES, _PLACES), max_size=4),
        "kind": st.sampled_from(
            ("message",) * 12 + ("nested", "service", "empty", "edit", "edit", "huge id")
        ),
    }
)


@dataclass
class Count:
    """What became of the inputs."""

    inputs: int = 0
    kept: int = 0
    none: Counter[str] = field(default_factory=Counter)  # no posts: service messages and the like
    refused: Counter[str] = field(default_factory=Counter)  # by the kind of the error that the log names
    slowest: float = 0.0  # seconds for one batch

    def __str__(self) -> str:
        refused = ", ".join(f"{n:,} {name}" for name, n in self.refused.most_common()) or "none"
        none = ", ".join(f"{n:,} {name}" for name, n in self.none.most_common()) or "none"
        return (
            f"{self.inputs:,} messages: {self.kept:,} kept, no posts: {none}, refused: {refused}; "
            f"slowest batch of {_BATCH}: {self.slowest:.2f} s"
        )


class _Refusals(logging.Handler):
    """Counts what the log says was left out, and why."""

    def __init__(self, count: Count) -> None:
        super().__init__(logging.ERROR)
        self._count = count

    def emit(self, record: logging.LogRecord) -> None:
        if str(record.msg).startswith(("message not readable", "post not kept")):
            error = record.exc_info[1] if record.exc_info else None
            self._count.refused[type(error).__name__] += 1


class Archive:
    """A real archive that takes messages; checks after each batch that none has vanished."""

    def __init__(self, path: Path, count: Count) -> None:
        self._path = path
        self._count = count
        self._waiting: list[Any] = []
        self._taken = 0
        self.number = 0

    async def open(self) -> None:
        """Make the archive, with a channel and a place."""
        self._store = await Store.open(self._path, write=True)
        self._channel = (await self._store.write(follow)).id
        await self._store.write(track, "Покровск")
        lookout = Lookout(self._store, lambda: NOW)
        await lookout.refresh()
        self._monitor = Monitor(self._store, lookout, RULES, lambda: None, Copies())

    async def close(self) -> None:
        """Take what waits, and close."""
        await self.flush()
        await self._store.close()

    async def say(self, message: Any) -> None:
        """Take a message, with others once there are enough."""
        self._waiting.append(message)
        if len(self._waiting) >= _BATCH:
            await self.flush()

    async def flush(self) -> None:
        """Take what waits; AssertionError where one is neither kept nor counted."""
        batch, self._waiting = self._waiting, []
        began, refused = time.perf_counter(), self._count.refused.total()
        posts, lost = converted(batch, self._channel)
        unreadable = self._count.refused.total() - refused
        self._count.none.update(type(m).__name__ for m in batch if not isinstance(m, types.Message))
        messages = sum(isinstance(m, types.Message) for m in batch)
        assert len(lost) <= unreadable  # one id may be damaged twice
        assert len(posts) + unreadable == messages, "a message has vanished"
        # Posts of one id in one batch are revisions; a revision that is refused leaves the post as it was.
        await self._monitor.take(posts, NOW)
        refused_posts = self._count.refused.total() - refused - unreadable
        kept = len(posts) - refused_posts
        held = await self._store.read(
            lambda db: {row[0] for row in db.execute("SELECT message_id FROM post")}
        )
        missing = {post.key.message_id for post in posts} - held
        assert len(missing) <= refused_posts, "a post has vanished"
        self._count.kept += kept
        self._count.inputs += len(batch)
        self._count.slowest = max(self._count.slowest, time.perf_counter() - began)


def _message(drawn: dict[str, Any], number: int) -> Any:
    chance = random.Random(drawn["seed"])
    maker = Maker(chance, drawn["objects"])
    if drawn["kind"] == "service":
        return maker.make(types.MessageService, id=number)
    if drawn["kind"] == "empty":
        return maker.make(types.MessageEmpty, id=number)
    if drawn["kind"] == "huge id":  # what no database can keep: the way of what is refused
        number += 2**80
    text = drawn["text"]
    if text and chance.random() < _LONG:
        text = (text * 100_000)[:100_000]
    given: dict[str, Any] = {"id": number, "message": text}
    if drawn["entities"]:
        given["entities"] = [kind(offset, length) for kind, offset, length in drawn["entities"]]
    if drawn["kind"] == "nested":
        given["rich_message"] = nested(chance, chance.choice((10, 39, 41, 5000)))
    return maker.make(types.Message, **given)


def fuzz(inputs: int, chosen_seed: int) -> Count:
    """Make so many messages and have them taken; what became of them."""
    count = Count()
    refusals = _Refusals(count)
    loggers = [logging.getLogger(name) for name in ("bot.telegram.live", "bot.monitor")]
    for one in loggers:
        one.addHandler(refusals)
        one.propagate = False
    faulthandler.enable()
    try:
        with asyncio.Runner() as runner:
            for first in range(0, inputs, _ARCHIVE):
                _one_archive(runner, count, min(_ARCHIVE, inputs - first), chosen_seed + first)
    finally:
        faulthandler.cancel_dump_traceback_later()
        for one in loggers:
            one.removeHandler(refusals)
            one.propagate = True
    return count


def _one_archive(runner: asyncio.Runner, count: Count, inputs: int, chosen_seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        archive = Archive(Path(folder) / "placewatch.db", count)
        runner.run(archive.open())

        @seed(chosen_seed)
        @settings(
            max_examples=inputs,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(_MESSAGES)
        def take(drawn: dict[str, Any]) -> None:
            faulthandler.dump_traceback_later(_HANG, exit=True)
            if drawn["kind"] != "edit" or archive.number == 0:
                archive.number += 1
            runner.run(archive.say(_message(drawn, archive.number)))

        try:
            take()
        finally:
            runner.run(archive.close())


def main() -> None:
    """The long run, from the command line."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--inputs", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=1)
    chosen = options.parse_args()
    began = time.monotonic()
    print(fuzz(chosen.inputs, chosen.seed), f"(seed {chosen.seed}, {time.monotonic() - began:.0f} s)")
    sys.exit(0)


if __name__ == "__main__":
    main()

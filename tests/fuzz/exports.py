"""Export files damaged at random: no crash, no hang, and each message is kept or refused with its reason.

    python -m tests.fuzz.exports --inputs 100000      # some minutes

Every file is written from a seed that hypothesis draws, as Telegram Desktop would write it, then filled with odd
values, overwritten at a few places or cut off; what can be read of it is kept in a real archive and rolled back.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from bot.errors import Mendable
from bot.exports import Broken, Chat, Damaged, Entry, Reader, Refused, Service, Taken, read
from storage import posts
from storage.database import connect_writer
from storage.records import Channel, Examination, Examined, Situation, Wanted
from storage.stories import Joins
from tests.blank import blank
from tests.exports.writing import account, chat, message, service
from tests.making import NOW, RULES, follow

_SLOW = 5.0  # seconds; an input takes a millisecond, and other work at the machine must not look like a hang
_TOLD = 10_000  # inputs between two lines about how far it is

_WORDS = ("", "Покровск", "{", '"id": 7', "\\x0B", "\ud800", "😀", "\0", "\n  {", "a" * 5000, "ё" * 90)
_NUMBERS = (0, 1, -1, 7, 2**31, 2**63, 10**400, 1e308, float("nan"), float("inf"), True, None)
_FIELDS = [
    "id",
    "type",
    "date",
    "date_unixtime",
    "edited",
    "edited_unixtime",
    "author",
    "forwarded_from",
    "forwarded_from_id",
    "photo",
    "file",
    "media_type",
    "file_name",
    "file_size",
    "duration_seconds",
    "poll",
    "todo_list",
    "place_name",
    "invoice_information",
    "text",
    "text_entities",
    "reply_to_message_id",
    "location_information",
]
_LAYOUTS = ({"indent": 1}, {"indent": 1}, {"indent": 4}, {})
_BITS = (
    b'"',
    b"{",
    b"}",
    b"[",
    b"]",
    b",",
    b"\n",
    b"\\",
    b"\xff",
    b"\0",
    b"\\x0B",
    b"\\ud800",
    b"NaN",
    b"\n  {",
    b"\n ]",
    b"",
)


class Writer:
    """Files as they are written, and then as they are not; the same seed gives the same file."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)

    def file(self) -> bytes:
        """An export, perhaps with odd values in it, cut and overwritten at a few places."""
        rng = self.rng
        export = self._chat() if rng.random() < 0.6 else self._account()
        layout: Any = rng.choice(_LAYOUTS)
        text = json.dumps(export, ensure_ascii=rng.random() < 0.3, **layout)
        data = text.encode(errors="surrogatepass")
        for _ in range(rng.choice((0, 1, 1, 2, 4))):
            at = rng.randrange(len(data) + 1)
            bits = rng.choice(_BITS) if rng.random() < 0.7 else rng.randbytes(rng.randrange(8))
            data = data[:at] + bits + data[at + rng.choice((0, 1, 1, 5, 60, 500)) :]
        return data if rng.random() < 0.7 else data[: rng.randrange(len(data) + 1)]

    def _odd(self, depth: int = 0) -> Any:
        kind = self.rng.randrange(5 if depth < 3 else 2)
        if kind < 2:
            return self.rng.choice(_WORDS if kind else _NUMBERS)
        if kind < 4:
            return [self._odd(depth + 1) for _ in range(self.rng.randrange(3))]
        return {self.rng.choice(_FIELDS): self._odd(depth + 1) for _ in range(self.rng.randrange(3))}

    def _text(self) -> Any:
        if self.rng.random() < 0.5:
            return self.rng.choice(_WORDS)
        kinds = ("bold", "plain", "text_link", self._odd())
        return [
            {"type": self.rng.choice(kinds), "text": self.rng.choice(_WORDS)}
            if self.rng.random() < 0.6
            else self._odd()
            for _ in range(self.rng.randrange(4))
        ]

    def _message(self) -> Any:
        rng = self.rng
        number = rng.randrange(1, 1000)
        if rng.random() < 0.1:
            return self._odd()
        if rng.random() < 0.1:
            return service(number)
        odd = {rng.choice(_FIELDS): self._odd() for _ in range(rng.choice((0, 0, 1, 3)))}
        return message(number) | {"text": self._text()} | odd

    def _chat(self) -> Any:
        odd = {self.rng.choice(("name", "type", "id")): self._odd()} if self.rng.random() < 0.2 else {}
        return chat([self._message() for _ in range(self.rng.randrange(6))], **odd)

    def _account(self) -> Any:
        return account(*(self._chat() for _ in range(self.rng.randrange(4))), left=[self._chat()])


class Keeper:
    """A real archive that keeps every post, and forgets it again."""

    def __init__(self, folder: Path) -> None:
        self.db: sqlite3.Connection = connect_writer(blank(folder / "placewatch.db"))
        self.channel: Channel = follow(self.db)
        self.counted: Counter[str] = Counter()
        self.slowest = 0.0

    def take(self, data: bytes) -> None:
        """Read a file as an import would; AssertionError where a promise is broken."""
        started = time.perf_counter()
        self.counted["inputs"] += 1
        if not self.counted["inputs"] % _TOLD:
            print(f"{self.counted['inputs']:,} inputs", file=sys.stderr)
        try:
            items = list(Reader(io.BytesIO(data)))
        except Mendable as refused:
            assert str(refused)  # noqa: PT017 - a refusal is an outcome here
            self.counted["files refused"] += 1
            items = []
        assert all(not isinstance(item, Broken) for item in items[:-1])
        self.db.execute("BEGIN")
        for item in items:
            self.counted[self._one(item)] += 1
        self.db.execute("ROLLBACK")
        self.slowest = max(self.slowest, time.perf_counter() - started)
        assert self.slowest < _SLOW

    def _one(self, item: Chat | Entry | Damaged | Broken) -> str:
        if isinstance(item, Chat):
            return "chats"
        if isinstance(item, Damaged | Broken):
            assert item.reason
            return "damaged" if isinstance(item, Damaged) else "files broken off"
        found = read(item.raw, self.channel.id, zone=RULES.zone, until=NOW + timedelta(days=1))
        if isinstance(found, Service):
            return "service messages"
        if isinstance(found, Refused):
            assert found.reason
            found.reason.encode()
            return "refused"
        return self._keep(found)

    def _keep(self, taken: Taken) -> str:
        looked = Examination(state=Examined.YES, generation=0)
        posts.keep(self.db, taken.post, looked, now=NOW, decide=_nothing, find_copy=_none)
        return "kept"


def _nothing(situation: Situation) -> list[Wanted]:
    return []


def _none(*given: Any) -> Joins | None:
    return None


def run(inputs: int, folder: Path) -> Keeper:
    """So many damaged files; what came of them."""
    keeper = Keeper(folder)

    @settings(
        max_examples=inputs,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    @given(st.integers(0, 2**64))
    def damaged(seed: int) -> None:
        keeper.take(Writer(seed).file())

    try:
        damaged()
    finally:
        keeper.db.close()
    return keeper


def main() -> None:
    """Say what came of the inputs."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--inputs", type=int, default=100_000)
    started = time.perf_counter()
    with tempfile.TemporaryDirectory() as folder:
        keeper = run(options.parse_args().inputs, Path(folder))
    print(", ".join(f"{what}: {number:,}" for what, number in sorted(keeper.counted.items())))
    print(
        f"no crash, slowest input {keeper.slowest * 1000:.0f} ms, {time.perf_counter() - started:.0f} s in all"
    )


if __name__ == "__main__":
    main()

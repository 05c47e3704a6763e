"""How long the review page takes over HTTP while posts are written, and how much memory its process has.

    python -m tests.benchmarks.web_pages /tmp/bench --posts 1000000

The page is served by a process of its own, as `placewatch web` does, beside a writer of 50 posts a second. The archive
is made in the folder where it does not lie there yet (tests/benchmarks/archive.py).
"""

from __future__ import annotations

import argparse
import asyncio
import http.client
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from bot.web.server import run
from config.settings import Settings
from storage import examination, lock, posts
from storage.records import Examination, Examined, Mention, Post, PostKey
from storage.store import Store
from tests.benchmarks.archive import Size, generate, words_by_rank
from tests.web.signing_in import COOKIE, owner

_A_SECOND = 50
_WARM = 3  # requests that fill the caches


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--serve", action="store_true")
    chosen = parser.parse_args()
    if chosen.serve:
        asyncio.run(_serve(chosen.folder))
        return
    database = chosen.folder / lock.DATABASE
    if not database.exists():
        chosen.folder.mkdir(parents=True, exist_ok=True)
        generate(database, Size(posts=chosen.posts))
    asyncio.run(_migrated(database))
    server, address = serving(chosen.folder)
    try:
        asyncio.run(_measure(database, address, chosen.rounds, server.pid))
    finally:
        server.terminate()
        server.wait()


def serving(folder: Path) -> tuple[subprocess.Popen[str], str]:
    """The page in a process of its own, and its host and port."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.web_pages", str(folder), "--serve"],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert server.stdout is not None
    return server, urlsplit(server.stdout.readline().strip()).netloc


async def _serve(folder: Path) -> None:
    async def ask(_: str, __: dict[str, Any]) -> Any:
        raise RuntimeError("nothing is written here")

    settings = Settings.model_validate({"data": folder, "web": {"port": 0}})

    async def ready(address: str) -> None:
        print(address, flush=True)

    await run(settings, ask, ready)


async def _migrated(database: Path) -> None:
    await (await Store.open(database, write=True)).close()


async def _measure(database: Path, host: str, rounds: int, pid: int) -> None:
    store = await Store.open(database, write=True)
    stop = asyncio.Event()
    await store.write(owner, datetime.now(UTC))
    writing = asyncio.create_task(_write(store, stop))
    try:
        link = await store.read(
            lambda db: db.execute(
                "SELECT c.username, p.message_id FROM post p JOIN channel c ON c.id = p.channel_id "
                "WHERE p.rev > 0 ORDER BY p.id DESC LIMIT 1"
            ).fetchone()
        )
        common, usual, rare = (quote(word) for word in words_by_rank(Size(), 1, [5, 300, 15_000]))
        pages = {
            "stream": "/",
            "stream, everything": "/?all=1",
            "stream, one place": "/?place=1",
            "stream, a side's channel, unreviewed": "/?channel=3&state=unreviewed",
            "search, common word": f"/?q={common}",
            "search, usual word": f"/?q={usual}",
            "search, rare word": f"/?q={rare}",
            "search, by relevance": f"/?q={usual}%20sort:relevance",
            "post": f"/post/{link[0]}/{link[1]}",
            "new ones": "/api/v1/posts/fresh?newer=0&all=false",
        }
        print(f"{'page':40} {'p50 ms':>8} {'p95 ms':>8} {'CPU ms':>8} {'KB':>7}")
        for name, path in pages.items():
            before = _processor(pid)
            times, size = await asyncio.to_thread(fetch, host, path, rounds)
            used = (_processor(pid) - before) / (rounds + _WARM) * 1000
            times.sort()
            p50, p95 = (times[int(len(times) * share)] * 1000 for share in (0.5, 0.95))
            print(f"{name:40} {p50:8.1f} {p95:8.1f} {used:8.1f} {size / 1000:7.1f}", flush=True)
        print(f"memory of the page's process: {_memory(pid)}")
    finally:
        stop.set()
        print(f"written meanwhile: {await writing}")
        await store.close()


def fetch(host: str, path: str, rounds: int) -> tuple[list[float], int]:
    """Seconds of each request for a page after the first few, and its bytes."""
    connection = http.client.HTTPConnection(host, timeout=60)
    times, size = [], 0
    for number in range(rounds + _WARM):
        began = time.perf_counter()
        connection.request("GET", path, headers=COOKIE)
        answer = connection.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
        if number >= _WARM:
            times.append(time.perf_counter() - began)
    connection.close()
    return times, size


async def _write(store: Store, stop: asyncio.Event) -> str:
    """50 posts a second, a third of which mention a place."""
    rng = random.Random(2)
    texts = await store.read(
        lambda db: [row[0] for row in db.execute("SELECT text FROM post ORDER BY id DESC LIMIT 500")]
    )
    generation = await store.read(examination.generation_wanted)
    began, written, slowest = time.perf_counter(), 0, 0.0
    while not stop.is_set():
        at = time.perf_counter()
        await store.write(_keeping(rng, texts, generation, written))
        slowest = max(slowest, time.perf_counter() - at)
        written += 1
        await asyncio.sleep(max(0.0, began + written / _A_SECOND - time.perf_counter()))
    return f"{written} posts, {written / (time.perf_counter() - began):.0f} a second, the slowest in {slowest * 1000:.0f} ms"


def _keeping(rng: random.Random, texts: list[str], generation: int, number: int) -> Callable[[Any], bool]:
    text, now = rng.choice(texts), datetime.now(UTC)
    mentions: tuple[Mention, ...] = ()
    if rng.random() < 0.35:
        mentions = (
            Mention(
                start=0,
                end=5,
                surface=text[:5],
                place_id=rng.randint(1, 300),
                name="x",
                confidence=0.9,
                why="made up",
            ),
        )
    said = Post(
        key=PostKey(rng.randint(1, 100), 2_000_000_000 + number % 100_000_000), posted_at=now, text=text
    )
    looked = Examination(state=Examined.YES, mentions=mentions, generation=generation)

    def keep(db: Any) -> bool:
        return posts.keep(
            db,
            said,
            looked,
            now=now,
            decide=lambda _: [],
            find_copy=lambda *_: None,
            late=False,
            with_file=False,
        )

    return keep


def _processor(pid: int) -> float:
    """Seconds of processor time that a process has used: they say more than its clock where others are busy."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _memory(pid: int) -> str:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    found = {
        line.split(":")[0]: int(line.split()[1]) / 1000
        for line in lines
        if line.startswith(("VmRSS", "VmHWM"))
    }
    return f"{found['VmRSS']:.0f} MB now, {found['VmHWM']:.0f} MB at most"


if __name__ == "__main__":
    main()

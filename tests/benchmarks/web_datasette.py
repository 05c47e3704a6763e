"""The review page beside Datasette (datasette.io) over the same archive, for the pages that both have.

    pip install datasette                                       # into any environment
    python -m tests.benchmarks.web_datasette /tmp/bench --datasette /path/to/bin/datasette --posts 100000

Datasette serves what `placewatch export --to archive.db` writes of the archive. Each shows 30 statements a page; ours
has their places, stories and reviews and the counts of its filters, Datasette's the plain rows and their number. Both
are asked over HTTP in turn, in one run; nothing is written meanwhile.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import sqlite3
import statistics
import subprocess
import time
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote
from zoneinfo import ZoneInfo

from bot.archive.export import datasette
from bot.archive.export.selection import opened, selected
from storage import lock
from storage.store import Store
from tests.benchmarks.archive import END, Size, generate, words_by_rank
from tests.benchmarks.web_pages import fetch, serving
from tests.web.signing_in import owner

_SHOWN = "_size=30"


def export(archive: Path, to: Path) -> None:
    """As `placewatch export --to FILE.db` does."""
    to.touch()
    with opened(archive) as read:
        selection = read.read(
            selected, "", now=END, zone=ZoneInfo("Europe/Kyiv"), min_confidence=0.5, table=None
        )
        datasette.make(read, selection, to, lambda _, __: None)


def pages(database: Path) -> dict[str, tuple[str, str]]:
    """By what they show: our page and Datasette's."""
    with closing(sqlite3.connect(database)) as db:
        post_id, channel, message = db.execute(
            "SELECT p.id, c.username, p.message_id FROM post p JOIN channel c ON c.id = p.channel_id "
            "ORDER BY p.id DESC LIMIT 1"
        ).fetchone()
    common, rare = (quote(word) for word in words_by_rank(Size(), 1, [5, 15_000]))
    newest = f"_sort_desc=posted_at&{_SHOWN}"
    return {
        "newest statements": ("/?all=1", f"/archive/statements?{newest}"),
        "one place's": ("/?place=1", f"/archive/mentions?place_id=1&_sort_desc=statement_id&{_SHOWN}"),
        "a common word": (f"/?q={common}", f"/archive/statements?_search={common}&{newest}"),
        "a rare word": (f"/?q={rare}", f"/archive/statements?_search={rare}&{newest}"),
        "one statement": (f"/post/{channel}/{message}", f"/archive/statements/{post_id}"),
    }


async def _let_in(database: Path) -> None:
    store = await Store.open(database, write=True)
    await store.write(owner, datetime.now(UTC))
    await store.close()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            time.sleep(0.1)
        else:
            return


def main() -> None:
    """Measure, and print a table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--datasette", required=True, help="the program")
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=60)
    chosen = parser.parse_args()
    database, copy = chosen.folder / lock.DATABASE, chosen.folder / "archive.db"
    if not database.exists():
        chosen.folder.mkdir(parents=True, exist_ok=True)
        generate(database, Size(posts=chosen.posts))
    asyncio.run(_let_in(database))
    if not copy.exists():
        export(database, copy)
    port = _free_port()
    other = subprocess.Popen(
        [chosen.datasette, "serve", "-i", str(copy), "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    ours, address = serving(chosen.folder)
    try:
        _wait_for(port)
        print(f"{'p50 ms':20} {'placewatch':>10} {'Datasette':>10} {'ratio':>6}")
        for name, (mine, theirs) in pages(database).items():
            took = [
                statistics.median(fetch(host, path, chosen.rounds)[0]) * 1000
                for host, path in ((address, mine), (f"127.0.0.1:{port}", theirs))
            ]
            print(f"{name:20} {took[0]:10.1f} {took[1]:10.1f} {took[0] / took[1]:6.2f}", flush=True)
    finally:
        for server in (ours, other):
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()

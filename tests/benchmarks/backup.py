"""How long a backup takes beside writes, and what it costs those who write.

    python -m tests.benchmarks.backup --posts 1000000
    python -m tests.benchmarks.backup --archive /tmp/big.db     # made by tests.benchmarks.archive; posts are added to a copy

Beside it a plain copy of the file, read back and synced, on the same disk in the same run: what the disk can do.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sqlite3
import tempfile
import time
from contextlib import closing
from pathlib import Path

from storage import backup
from storage.store import Store
from tests.benchmarks.archive import Size, generate
from tests.benchmarks.ingest import Keeping, make, percentiles

_PER_SECOND = 200


def plain_copy(archive: Path, target: Path) -> float:
    """Seconds to copy the file and have it on the disk."""
    began = time.perf_counter()
    shutil.copyfile(archive, target)
    descriptor = os.open(target, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    return time.perf_counter() - began


async def beside_writes(archive: Path, target: Path, first: int) -> None:
    """Back up while posts come, and print both sides."""
    store = await Store.open(archive, write=True)
    keeping = Keeping(store, news=False)
    made = make(20_000, first, seed=3)
    try:
        alone = await keeping.latencies(made[:1000], _PER_SECOND)
        began = time.perf_counter()
        working = asyncio.create_task(asyncio.to_thread(backup.make, archive, target))
        took: list[float] = []
        at = 1000
        while not working.done() and at < len(made):
            took += await keeping.latencies(made[at : at + _PER_SECOND], _PER_SECOND)
            at += _PER_SECOND
        done = await working
        whole = time.perf_counter() - began
        size = done.size / 1e9
        print(
            f"backup of {size:.2f} GB beside {_PER_SECOND} posts/s: copied in {done.seconds:.1f} s ({done.seconds / size:.1f} s a GB), "
            f"read back and named after {whole:.1f} s ({whole / size:.1f} s a GB)"
        )
        print(f"call to durable, p50/p95/p99 ms: {percentiles(alone)} without, {percentiles(took)} beside it")
    finally:
        await store.close()


def main() -> None:
    """The benchmark, from the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--posts", type=int, default=1_000_000)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder) / "archive.db"
        if chosen.archive is None:
            generate(archive, Size(posts=chosen.posts))
        else:
            shutil.copyfile(chosen.archive, archive)
        with closing(sqlite3.connect(archive)) as db:
            (first,) = db.execute("SELECT max(message_id) + 1 FROM post").fetchone()
        size = archive.stat().st_size / 1e9
        seconds = plain_copy(archive, Path(folder) / "plain.db")
        print(f"plain copy: {seconds:.1f} s ({seconds / size:.1f} s a GB)")
        asyncio.run(beside_writes(archive, Path(folder) / "backup.db", first))


if __name__ == "__main__":
    main()

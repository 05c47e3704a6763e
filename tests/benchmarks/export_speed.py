"""How fast an archive is written as CSV, beside the csv module alone, in the same run.

    python -m tests.benchmarks.export_speed                          # makes an archive of 100,000 posts first
    python -m tests.benchmarks.export_speed --archive big.db         # one that this has made

Measured is `placewatch export --format csv` without the start of the program: everything that is found, with its
places, reviews, repetitions, ledger entries and digests, read from the database, made harmless for spreadsheets, and
written to a file. The alternatives write the same cells, 24 columns, to a file:

- csv alone: `csv.writer(file).writerows(rows)` of finished tuples that are in memory already;
- csv and its reading: the same after one plain `SELECT` (24 columns of a table that holds the finished cells) has put
  them there by `fetchall`, so that both read the database.

Counted is the time of the processor that the process takes, so that others on the machine disturb less; the best of
several rounds, each alternative once in every round. The peak of memory is that of a process of its own that only
exports.
"""

from __future__ import annotations

import argparse
import csv
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.archive.export import sheet
from bot.archive.export.fields import COLUMNS
from bot.archive.export.file import write
from bot.archive.export.selection import opened, selected, statements
from storage.database import begin_ledger, connect_writer
from tests.benchmarks.archive import END, Size, generate


def make(path: Path, posts: int, seed: int) -> None:
    """An archive with a ledger, which the generator leaves out."""
    generate(path, Size(posts=posts), seed=seed)
    with closing(connect_writer(path)) as db:
        db.execute("PRAGMA synchronous = OFF")
        db.execute("INSERT INTO proof_waiting(post_id) SELECT id FROM post ORDER BY received_at, id")
        begin_ledger(db)


def export(path: Path, to: Path) -> None:
    """As the command does it."""
    with opened(path) as archive:
        selection = archive.read(
            selected, "", now=END, zone=ZoneInfo("Europe/Kyiv"), min_confidence=0.5, table=None
        )
        write(to, sheet.written(selection.heading, statements(archive, selection)), force=True)


def measure(path: Path, folder: Path, rounds: int) -> None:
    """Print the best of each, and the ratios."""
    made, other, plain = folder / "said.csv", folder / "other.csv", folder / "plain.db"
    export(path, made)
    with made.open(encoding="utf-8-sig", newline="") as file:
        rows = [tuple(row) for row in csv.reader(file)][1:]
    with closing(sqlite3.connect(plain)) as db:
        db.execute(f"CREATE TABLE said({', '.join(f'c{n}' for n in range(len(COLUMNS)))})")
        db.executemany(f"INSERT INTO said VALUES ({','.join('?' * len(COLUMNS))})", rows)
        db.commit()

    def alone(cells: list[tuple[str, ...]]) -> None:
        with other.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows([COLUMNS, *cells])

    def with_reading() -> None:
        with closing(sqlite3.connect(plain)) as db:
            alone(db.execute("SELECT * FROM said").fetchall())

    ours: list[float] = []
    theirs: list[float] = []
    reading: list[float] = []
    for _ in range(rounds):
        theirs.append(_taken(lambda: alone(rows)))
        reading.append(_taken(with_reading))
        ours.append(_taken(lambda: export(path, made)))
    assert made.read_bytes() == other.read_bytes()
    best = min(ours)
    print(f"{len(rows):,} posts, {made.stat().st_size / 1e6:.0f} MB of CSV")
    print(f"export                 {best:6.2f} s  {len(rows) / best:9,.0f} posts/s")
    print(f"csv alone              {min(theirs):6.2f} s  ratio {min(theirs) / best:.2f}")
    print(f"csv and its reading    {min(reading):6.2f} s  ratio {min(reading) / best:.2f}")
    done = subprocess.run(
        [sys.executable, "-m", __name__ if __name__ != "__main__" else "tests.benchmarks.export_speed", "--only", str(path)],
        capture_output=True,
        text=True,
        check=True,
    )  # fmt: skip
    print(f"memory, peak           {done.stdout.strip()}")


def _taken(what: Callable[[], None]) -> float:
    began = time.process_time()
    what()
    return time.process_time() - began


def _peak() -> float:
    """The most memory that this process has had, in MB (Linux)."""
    status = Path("/proc/self/status").read_text("ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) / 1024


def main() -> None:
    """Measure an archive, made if none is given."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--archive", type=Path)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if chosen.only is not None:
            before = _peak()
            export(chosen.only, Path(folder) / "said.csv")
            print(f"{_peak():.0f} MB, {before:.0f} MB of it before the export began")
            return
        path = chosen.archive or Path(folder) / "placewatch.db"
        if chosen.archive is None:
            make(path, chosen.posts, chosen.seed)
        measure(path, Path(folder), chosen.rounds)


if __name__ == "__main__":
    main()

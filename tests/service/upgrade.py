"""An upgrade of a large archive from the oldest schema to the newest, by the program itself, with its figures.

python -m tests.service.upgrade --posts 100000
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from storage.database import migrations
from tests import upgrading

REPO = Path(__file__).parents[2]


def typed(data: Path, *arguments: str) -> tuple[str, float]:
    """What a command prints, and the seconds that it takes; it must end well."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PLACEWATCH_")}
    env = {**kept, "PYTHONPATH": str(REPO), "PLACEWATCH_DATA": str(data), "COLUMNS": "200"}
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "bot", *arguments], cwd=data.parent, env=env, capture_output=True, check=False
    )
    if done.returncode:
        raise SystemExit(
            f"{arguments} ended with {done.returncode}:\n{done.stdout.decode()}{done.stderr.decode()}"
        )
    return done.stdout.decode().strip(), time.perf_counter() - began


def main() -> None:
    """Make the archive, upgrade it by a command that writes, and compare."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=100_000)
    parser.add_argument("--schema", type=int, default=1, help="The schema to start from.")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder, "data")
        data.mkdir(mode=0o700)
        archive = data / "placewatch.db"
        upgrading.make(archive, chosen.schema, chosen.posts)
        before, size = upgrading.kept(archive), archive.stat().st_size
        print(f"schema {chosen.schema}: {before['post'][0]:,} posts, {size / 1e6:.0f} MB")
        spent = os.times()
        _, seconds = typed(data, "channels", "remove", "channel20")
        now = os.times()
        cpu = now.children_user - spent.children_user + now.children_system - spent.children_system
        backups = list((data / "backups").iterdir())
        print(
            f"upgraded to schema {migrations()[-1].version}, with a backup first: {seconds:.1f} s, {cpu:.1f} s of CPU"
        )
        print(
            f"now {archive.stat().st_size / 1e6:.0f} MB; the backup {backups[0].stat().st_size / 1e6:.0f} MB"
        )
        after = upgrading.kept(archive)
        changed = [table for table in before if before[table] != after[table] and table != "channel"]
        print("nothing lost" if not changed else f"LOST: {changed}")
        print(
            "the backup is as the archive was"
            if upgrading.kept(backups[0]) == before
            else "THE BACKUP DIFFERS"
        )
        for command in ("verify", "check"):
            said, seconds = typed(data, command)
            print(f"{command} ({seconds:.1f} s): {said.splitlines()[0]}")
        if changed:
            raise SystemExit(1)


if __name__ == "__main__":
    main()

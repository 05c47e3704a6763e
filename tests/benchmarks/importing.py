"""An export of 200,000 messages: how fast and in how much memory, beside `json.load` of the same file.

    python -m tests.benchmarks.importing              # some minutes; --messages

Each way runs in a process of its own, which tells its own peak of memory: `json.load`, our reader alone, reader and
posts, and the whole import into a fresh archive with 10 tracked places (as `placewatch import` without a service),
then the same file once more.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot import clock, process
from bot.exports import Entry, Reader, read
from config.loading import load
from tests.exports.writing import message
from tests.making import NOW, RULES

PLACES = (
    "Pokrovsk",
    "Kupiansk",
    "Myrnohrad",
    "Kramatorsk",
    "Sloviansk",
    "Toretsk",
    "Bakhmut",
    "Lyman",
    "Izium",
    "Kherson",
)
_NAMED = ("Покровск", "Покровске", "Купянска", "Мирноград", "Лимана", "Херсоне")
_SYLLABLES = [c + v for c in "бвгджзклмнпрстфхцчш" for v in "аеиоуыя"]


def _vocabulary(rng: random.Random) -> list[str]:
    return ["".join(rng.choices(_SYLLABLES, k=rng.randint(2, 4))) for _ in range(20_000)]


WAYS = ("load", "reader", "posts", "import", "again")


def write(path: Path, count: int) -> None:
    """An export of so many messages, of 5 to 60 words each, half with a link and bold words, a third with a place."""
    rng = random.Random(1)
    words = _vocabulary(rng)
    with path.open("w", encoding="utf-8") as file:
        file.write('{\n "name": "Channel",\n "type": "public_channel",\n "id": 777,\n "messages": [')
        for number in range(1, count + 1):
            text: Any = " ".join(rng.choices(words, k=rng.randint(5, 60)))
            if rng.random() < 0.35:
                text = f"{text} в {rng.choice(_NAMED)}"
            if number % 2:
                text = [
                    text,
                    {"type": "bold", "text": " Срочно. "},
                    {"type": "link", "text": "https://t.me/x"},
                ]
            said = message(number, text, NOW - timedelta(days=600) + timedelta(seconds=200 * number))
            body = json.dumps(said, ensure_ascii=False, indent=1).replace("\n", "\n  ")
            file.write(f"{',' if number > 1 else ''}\n  {body}")
        file.write("\n ]\n}")


def measure(way: str, path: Path) -> None:
    """Go one way through the file, and print what it took as JSON."""
    if way == "import":
        asyncio.run(_track())
    started = time.perf_counter()
    if way == "load":
        with path.open(encoding="utf-8") as file:
            json.load(file)
    elif way in ("reader", "posts"):
        with path.open("rb") as binary:
            for item in Reader(binary):
                if way == "posts" and isinstance(item, Entry):
                    read(item.raw, 1, zone=RULES.zone, until=NOW)
    else:
        asyncio.run(process.take_export(load(), str(path), None, False, lambda stand: None))
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took, "mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}))


async def _track() -> None:
    async with process.holding(load()) as service:
        add = service.operations()["places.add"]
        for name in PLACES:
            await add(name=name, aliases=[], geonames_id=None, position=None)


def main() -> None:
    """Measure each way, and print a table."""
    options = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else "")
    options.add_argument("--messages", type=int, default=200_000)
    options.add_argument("--way", choices=WAYS)
    options.add_argument("--file", type=Path)
    chosen = options.parse_args()
    if chosen.way:
        measure(chosen.way, chosen.file)
        return
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "result.json"
        write(file, chosen.messages)
        print(f"{clock.now():%d %B %Y}, {chosen.messages:,} messages, {file.stat().st_size / 2**20:.0f} MiB")
        print("| way | s | messages/s | peak MiB | time beside json.load |\n|---|---|---|---|---|")
        base = 0.0
        for way in WAYS:
            command = [sys.executable, "-m", "tests.benchmarks.importing", "--way", way, "--file", str(file)]
            given = {**os.environ, "PLACEWATCH_DATA": f"{folder}/data"}
            ran = subprocess.run(command, env=given, stdout=subprocess.PIPE, check=True)
            took = json.loads(ran.stdout)
            base = base or took["seconds"]
            rate, ratio = chosen.messages / took["seconds"], took["seconds"] / base
            print(f"| {way} | {took['seconds']:.1f} | {rate:,.0f} | {took['mib']:.0f} | {ratio:.1f} |")


if __name__ == "__main__":
    main()

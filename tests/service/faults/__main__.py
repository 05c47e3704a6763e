"""The command: plays every fault and makes the table."""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
import traceback
from pathlib import Path

from tests.service.faults import __doc__ as about
from tests.service.faults import accounts, machine, reading, sending
from tests.service.faults.stage import SCENARIOS, Outcome, Scenario, play

_MARKS = ("<!-- faults -->", "<!-- /faults -->")
_HEADING = "## Faults, one by one"
_HEAD = (
    "| fault | what happens | seconds to recover | posts lost | alerts repeated |\n|---|---|---:|---:|---:|"
)
ROOMS = (reading, sending, accounts, machine)  # their scenarios, in this order


def row(one: Scenario, outcome: Outcome) -> str:
    """A line of the table."""
    seconds = "–" if outcome.seconds is None else f"{outcome.seconds:.1f}"
    return f"| {one.name} | {outcome.words} | {seconds} | {outcome.lost} | {outcome.repeated} |"


def put(rows: list[str], document: Path) -> None:
    """Put the rows into the table between the marks; those of scenarios that were not played stay as they are.

    Where there are no marks, they come at the end under a heading.
    """
    text = document.read_text("utf-8")
    if _MARKS[0] not in text:
        text = f"{text.rstrip()}\n\n{_HEADING}\n\n{_MARKS[0]}\n{_MARKS[1]}\n"
    before, _, rest = text.partition(_MARKS[0])
    there, _, after = rest.partition(_MARKS[1])
    by_name = {line.split(" | ")[0]: line for line in [*there.splitlines(), *rows]}
    table = [by_name[name] for one in ordered() if (name := f"| {one.name}") in by_name]
    document.write_text("\n".join([f"{before}{_MARKS[0]}", _HEAD, *table, f"{_MARKS[1]}{after}"]), "utf-8")


def ordered() -> list[Scenario]:
    """All scenarios, as the table has them."""
    return [one for room in ROOMS for one in SCENARIOS if one.play.__module__ == room.__name__]


def main() -> None:
    """Play, print, and put the table where a document has room for it."""
    options = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--only", metavar="NAME", default="", help="those whose name holds this")
    options.add_argument("--into", type=Path, metavar="FILE")
    chosen = options.parse_args()
    rows, failed = [], 0
    for one in (s for s in ordered() if chosen.only.casefold() in s.name.casefold()):
        began = time.monotonic()
        try:
            with tempfile.TemporaryDirectory() as folder:
                rows.append(row(one, asyncio.run(play(one, Path(folder)))))
        except Exception:  # noqa: BLE001 - the others are played all the same
            failed += 1
            print(f"{one.name}: not as promised", file=sys.stderr)
            traceback.print_exc()
            continue
        print(f"{rows[-1]}  ({time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    print("\n".join([_HEAD, *rows]))
    if chosen.into is not None and not failed:
        put(rows, chosen.into)
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()

"""What loading the gazetteer costs: time and memory, Ukraine alone and with the neighbours.

    python tests/benchmarks/gazetteer_load.py

Each figure comes from fresh processes, the best of five for time; memory is the peak of a process that loads and
answers, above one that only imports.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import resource, sys, time
from bot.places.gazetteer import Gazetteer
countries = sys.argv[1].split(",") if sys.argv[1] else None
times = []
if sys.argv[2:]:
    started = time.perf_counter()
    def lap():
        global started
        now = time.perf_counter()
        times.append((now - started) * 1000)
        started = time.perf_counter()
    places = Gazetteer.load(countries=countries); lap()
    assert places.find("Pokrovsk"); lap()
    assert places.find("Красноармейск"); lap()
    assert places.find("Pokrovks"); lap()
    assert places.find("Pokrovks"); lap()
    assert places.inside("Donetsk Oblast"); lap()
    assert places.around(48.28, 37.18, 30); lap()
    times.append(len(places))
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, *times)
"""
WHAT = (
    "load",
    "first exact look-up",
    "exact look-up",
    "first misspelt look-up",
    "misspelt look-up",
    "inside a region (370 places)",
    "around a point, 30 km",
)


def run(*arguments: str) -> list[float]:
    """Peak memory in MB, then the times in ms."""
    command = [sys.executable, "-c", CODE, *arguments]
    return [float(word) for word in subprocess.check_output(command, cwd=ROOT).split()]


def main() -> None:
    """Print the figures."""
    for title, countries in (("Ukraine", "UA"), ("Ukraine and seven neighbours", "")):
        bare = min(run(countries)[0] for _ in range(3))
        runs = [run(countries, "load") for _ in range(5)]
        print(f"{title}: {runs[0][-1]:,.0f} places, {min(r[0] for r in runs) - bare:.1f} MB")
        for at, what in enumerate(WHAT, 1):
            print(f"  {what:32} {min(r[at] for r in runs):8.1f} ms")


if __name__ == "__main__":
    main()

"""How fast a near copy is found among 100,000 recent posts: ours beside others, on one core, in one run.

    python -m tests.benchmarks.near_copies [100000]

Posts are made up here: seven in ten of a vocabulary as skewed as speech, three in ten from forty templates that
differ in a place or a number, as alerts do. Half of the queries are changed copies, half are new. What is not
installed is left out (`pip install rapidfuzz`).
"""

from __future__ import annotations

import importlib
import random
import resource
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import accumulate

from bot.alerts.stories import Recent, fingerprint
from tests.alerts.stories.changes import COPIES
from tests.benchmarks.places_speed import ENDINGS, MIDDLES, ROOTS, SENTENCES, made_up

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
QUERIES = 2_000
RIVAL_QUERIES = 6  # each takes a good part of a second
CHANGES = ("4 words around", "3% of words", "8% of words", "cut to 70%", "+15%")


class Posts:
    """Posts of about 400 characters."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        syllables = (ROOTS + MIDDLES).split()
        words = {"".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(60_000)}
        self._words = ["и", "в", "на", "что", "с", "по", "не", "за", *sorted(words), *ENDINGS.split()]
        self._weights = list(accumulate(1 / (rank + 3) for rank in range(len(self._words))))
        self._names = made_up(300, chance)
        sentences = SENTENCES.splitlines()
        self._templates = [
            "{} " + " ".join(chance.sample(sentences, 5)) + " Зафіксовано {}." for _ in range(40)
        ]

    def one(self) -> str:
        """Give one post."""
        if self._chance.random() < 0.3:
            template = self._chance.choice(self._templates)
            return template.format(self._chance.choice(self._names) + ":", self._chance.randint(2, 90))
        words = self._chance.choices(self._words, cum_weights=self._weights, k=self._chance.randint(50, 70))
        for at in self._chance.sample(range(1, len(words)), 3):
            words[at] = self._chance.choice(self._names)
        words[self._chance.randrange(len(words))] = str(self._chance.randint(2, 500))
        return " ".join(words).capitalize() + "."


def percentiles(times: list[float]) -> str:
    """Give p50, p95, p99 and the worst in milliseconds."""
    ordered = sorted(times)
    return "  ".join(
        f"{name} {ordered[min(len(ordered) - 1, int(share * len(ordered)))] * 1000:9.3f}"
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("worst", 1.0))
    )


def timed(ask: Callable[[str], object], queries: list[str], passes: int = 1) -> list[float]:
    """Give the seconds that each query took, the best of the passes: others work on the machine too."""
    best = [float("inf")] * len(queries)
    for _ in range(passes):
        for at, query in enumerate(queries):
            began = time.perf_counter()
            ask(query)
            best[at] = min(best[at], time.perf_counter() - began)
    return best


def rivals(texts: list[str]) -> list[tuple[str, Callable[[str], object]]]:
    """Search the whole window with rapidfuzz, as monitors do that keep it in a list."""
    try:
        fuzz, process = (
            importlib.import_module("rapidfuzz.fuzz"),
            importlib.import_module("rapidfuzz.process"),
        )
    except ImportError:
        return []
    return [
        (f"rapidfuzz {name}", lambda text: process.extractOne(text, texts, scorer=scorer, score_cutoff=80))
        for name in ("ratio", "token_set_ratio")
        for scorer in [getattr(fuzz, name)]
    ]


def main() -> None:
    """Print what was measured."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    chance = random.Random(400)
    posts = Posts(chance)
    texts = [posts.one() for _ in range(count)]
    taking = min(sum(timed(fingerprint, texts[:1000])) for _ in range(3)) / 1000

    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    recent = Recent()
    began = time.perf_counter()
    times = [NOW - timedelta(days=7) * (1 - number / count) for number in range(count)]
    for number, text in enumerate(texts):
        recent.add(number, fingerprint(text), times[number])
    added = (time.perf_counter() - began) / count
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
    print(f"{count} posts of {sum(map(len, texts)) / count:.0f} characters; {memory / 1024:.0f} MB in memory")
    print(f"fingerprint {taking * 1e6:.0f} µs a post, with adding {added * 1e6:.0f} µs")

    own = [n for n in chance.sample(range(count), count) if "Зафіксовано" not in texts[n]][: QUERIES // 2]
    changed = {
        name: [(n, COPIES[name](texts[n], chance)) for n in own[at::5]] for at, name in enumerate(CHANGES)
    }
    copies = [query for pairs in changed.values() for _, query in pairs]
    fresh = [posts.one() for _ in range(QUERIES // 2)]
    ours = timed(lambda text: recent.nearest(fingerprint(text), NOW), copies + fresh, passes=4)
    print(f"\n{'ours, fingerprint and comparison':36} {percentiles(ours)}   1.0")
    for name, ask in rivals(texts):
        theirs = timed(ask, chance.sample(copies + fresh, RIVAL_QUERIES))
        ratio = sorted(theirs)[len(theirs) // 2] / sorted(ours)[len(ours) // 2]
        print(f"{name + ', the whole window':36} {percentiles(theirs)}   {ratio:,.0f}")

    print("\nfound, of changed copies")
    for name, pairs in changed.items():
        hits = [recent.nearest(fingerprint(query), NOW) for _, query in pairs]
        found = sum(hit is not None and hit[0] == n for hit, (n, _) in zip(hits, pairs, strict=True))
        print(f"  {name:16} {found / len(pairs):.3f} of {len(pairs)}")
    joined = sum(
        recent.nearest(fingerprint(text), NOW) is not None for text in fresh if "Зафіксовано" not in text
    )
    print(f"  new posts joined to something: {joined}")


if __name__ == "__main__":
    main()

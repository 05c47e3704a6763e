"""Copies made by rule join as STORAGE.md, "Near copies", measured; templates made by rule never do."""

from __future__ import annotations

import random

import pytest

from bot.alerts.stories import compare, fingerprint
from tests.alerts.stories.changes import COPIES, OTHERS
from tests.alerts.stories.test_pairs import PAIRS, Pair

RECALL = {
    "4 words around": 1.0,
    "3% of words": 0.99,
    "8% of words": 0.96,
    "15% of words": 0.74,
    "cut to 70%": 0.98,
    "+15%": 1.0,
}


def posts(chance: random.Random) -> list[str]:
    """Give posts of about 400 characters: two of the written texts after one another, in one language."""
    texts = [pair.earlier for pair in PAIRS if _usable(pair)]
    by_language: dict[str, list[str]] = {}
    for text in texts:
        language = "en" if text.isascii() else "uk" if set("іїє") & set(text) else "ru"
        by_language.setdefault(language, []).append(text)
    return [
        f"{one}\n{other}"
        for same in by_language.values()
        for one, other in zip(chance.sample(same, len(same)), same, strict=True)
        if one != other
    ] * 3


def _usable(pair: Pair) -> bool:
    return len(pair.earlier) > 120 and not pair.earlier.isupper() and "signature" not in pair.about


@pytest.mark.parametrize("name", COPIES)
def test_a_changed_copy_is_found_and_joins(name: str) -> None:
    chance = random.Random(7)
    failing = []
    made = posts(chance)
    for text in made:
        copy = COPIES[name](text, chance)
        likeness = compare(text, copy)
        found = set(fingerprint(text).bands) & set(fingerprint(copy).bands)
        if not (found and likeness.joins):
            failing.append(f"\n\n{likeness.reason} (found: {bool(found)})\n  {text}\n  {copy}")
    recall = 1 - len(failing) / len(made)
    assert recall >= RECALL[name], f"recall {recall:.3f} of {len(made)}" + "".join(failing[:10])


@pytest.mark.parametrize("name", OTHERS)
def test_a_template_with_one_telling_word_changed_never_joins(name: str) -> None:
    chance = random.Random(8)
    made = [(text, other) for text in posts(chance) if (other := OTHERS[name](text, chance)) is not None]
    failing = [
        f"\n\n{compare(*pair).reason}\n  {pair[0]}\n  {pair[1]}" for pair in made if compare(*pair).joins
    ]
    assert len(made) > 30
    assert not failing, f"{len(failing)} of {len(made)}" + "".join(failing[:10])

"""What happens to a text on its way through other channels, and what makes another statement of a template."""

from __future__ import annotations

import random
from collections.abc import Callable

from bot.alerts.stories import lexicon
from bot.alerts.stories.wording import NAME, wording

_ORDINARY = """обычно примерно снова заметно постепенно повторно регулярно вокруг участок картина техника колонна
квартал подвал станция запас линия дорога площадь подвоз расчёт помощник отряд довольно частично звичайно приблизно
помітно поступово ділянка підвал вулиця споруда допомога поруч повільно quite roughly again slowly partly around
crossing depot column garden corner road supply team"""
_ADDED = """Следим за развитием событий. Подробности появятся позднее, оставайтесь на связи и берегите близких людей.
Тем временем обсуждают, чем всё это обернётся для жителей и сколько времени займёт ремонт повреждённых сетей.
Слідкуємо за розвитком подій, подробиці згодом. Бережіть себе та своїх близьких, допомагайте сусідам.
More details will follow as soon as they are known; take care of yourselves and look after your neighbours."""
_PLACES = (
    "Харьковом Сумах Пологах Дергачах Крынках Ровеньках Тростянці Маріуполі Bakhmut Vuhledar Kostyantynivka"
)

ORDINARY, PLACES, ADDED = _ORDINARY.split(), _PLACES.split(), _ADDED.splitlines()

Change = Callable[[str, random.Random], str]


def _ordinary(words: list[str]) -> list[int]:
    """Positions of words that tell nothing: what a careless copyist may change."""
    free = []
    for at, word in enumerate(words):
        said = wording(word, ())
        telling = any(
            lexicon.figure(w) or lexicon.negates(w) or lexicon.opposed(w) or lexicon.denies(w)
            for w in said.words
        )
        if len(said.words) == 1 and not telling and word[0].islower():
            free.append(at)
    return free


def words_changed(share: float) -> Change:
    """Replace this share of the words, names and numbers left alone."""

    def change(text: str, chance: random.Random) -> str:
        words = text.split(" ")
        free = _ordinary(words)
        for at in chance.sample(free, min(len(free), max(1, round(share * len(words))))):
            words[at] = chance.choice(ORDINARY)
        return " ".join(words)

    return change


def around(text: str, chance: random.Random) -> str:
    """Change two words at the beginning and two at the end."""
    words = text.split(" ")
    free = _ordinary(words)
    for at in free[:2] + free[-2:]:
        words[at] = chance.choice(ORDINARY)
    return " ".join(words)


def cut(text: str, _: random.Random) -> str:
    """Keep the first 70% of the words."""
    words = text.split(" ")
    return " ".join(words[: round(0.7 * len(words))]) + "…"


def longer(text: str, chance: random.Random) -> str:
    """Add 15% at the end."""
    added = chance.choice(ADDED).split()
    return f"{text}\n{' '.join(added[: round(0.15 * len(text.split()))])}"


COPIES: dict[str, Change] = {
    "4 words around": around,
    "3% of words": words_changed(0.03),
    "8% of words": words_changed(0.08),
    "15% of words": words_changed(0.15),
    "cut to 70%": cut,
    "+15%": longer,
}


def another_place(text: str, chance: random.Random) -> str | None:
    """Put another place where a name stands within a sentence; None where there is none."""
    words = text.split(" ")
    named = [at for at in range(1, len(words)) if words[at][:1].isupper() and _names(words, at)]
    if not named:
        return None
    at = chance.choice(named)
    tail = words[at][len(words[at].rstrip(".,:;!?»…")) :]
    words[at] = chance.choice([place for place in PLACES if place[:3] != words[at][:3]]) + tail
    return " ".join(words)


def _names(words: list[str], at: int) -> bool:
    said = wording(" ".join(words[at - 1 : at + 1])) if words[at - 1][-1:].isalpha() else None
    return bool(
        said
        and len(said.words) == 2
        and said.marks[1] & NAME
        and not lexicon.speaks(said.words[1])
        and not lexicon.dates_or_nation(said.words[1])
    )


def another_number(text: str, chance: random.Random) -> str | None:
    """Count one or more up at one of the numbers; None where there is none."""
    words = text.split(" ")
    numbers = [at for at, word in enumerate(words) if word.strip(".,:;!?»…").isdigit()]
    if not numbers:
        return None
    at = chance.choice(numbers)
    bare = words[at].strip(".,:;!?»…")
    words[at] = words[at].replace(bare, str(int(bare) + chance.randint(1, 9)))
    return " ".join(words)


def negated(text: str, chance: random.Random) -> str | None:
    """Put "not" before a word within a sentence."""
    words = text.split(" ")
    within = [at for at in range(2, len(words) - 4) if words[at].islower() and words[at - 1].isalpha()]
    if not within:
        return None
    at = chance.choice(within)
    words.insert(at, "not" if words[at].isascii() else "не")
    return " ".join(words)


OTHERS: dict[str, Callable[[str, random.Random], str | None]] = {
    "another place": another_place,
    "another number": another_number,
    "a negation": negated,
}

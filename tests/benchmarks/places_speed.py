"""How fast places are found: ours beside what other monitors do, on one core, in one run.

    python tests/benchmarks/places_speed.py [300 3000 30000]

Names and posts are made up here, so that the figures can be repeated anywhere: posts of 437 characters from
everyday sentences, one in three with a place. Ours includes the confidence of every mention; the others only
match. What is not installed is left out (`pip install ahocorasick-rs flashtext2 toponym`).
"""

from __future__ import annotations

import importlib
import random
import re
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.places import Matcher
from bot.places.forms import forms_of
from storage.records import PlaceName

LENGTH, POSTS = 437, 2_000
ROOTS = "бар бер біл бор вар вел вир вод гор град дал дол дуб жит зел зор кал кам кар кир кол кон коп кор крас куз"
ROOTS += (
    " лаз лип лоз луг мал мар мед мир нив нов оль ост пав пет пол рад рог руд сад сав сел сер сід слав сос"
)
ENDINGS = "івка инка ове ине ськ град піль еве ичі івці янка ний Яр инці исте ани анка елі"
MIDDLES = " ан ар ен ер ил ин ир ол он ор ут уш ав ов ат"
SENTENCES = """Вночі ворог завдав ударів по енергетичних об'єктах, без світла залишилися тисячі родин.
Противник намагався прорвати оборону, але зазнав втрат і відійшов на вихідні позиції.
За добу зафіксовано сорок бойових зіткнень, найважче на сході.
Рятувальники гасять пожежу на складі, поранено двох цивільних.
Просимо не нехтувати сигналами тривоги та залишатися в укриттях.
Волонтери привезли генератори, воду й теплий одяг для переселенців.
У штабі повідомили, що ситуація контрольована, ротація пройшла без втрат.
Школи працюють дистанційно, рух транспорту обмежено до ранку."""


def made_up(count: int, chance: random.Random) -> list[str]:
    """Give `count` names that look like Ukrainian settlements."""
    names: dict[str, None] = {}
    while len(names) < count:
        root, middle = chance.choice(ROOTS.split()), chance.choice(MIDDLES.split(" "))
        ending = chance.choice(ENDINGS.split())
        name = (root + middle + (" " + ending if ending[0].isupper() else ending)).capitalize()
        if name.endswith(" яр"):
            name = name[:-3] + "ів Яр"
        if chance.random() < 0.12:
            name = chance.choice(["Нова ", "Велика ", "Стара ", "Мала "]) + name
        names[name] = None
    return list(names)


def posts(names: list[str], chance: random.Random) -> list[str]:
    """Give posts of 437 characters."""
    sentences = SENTENCES.splitlines()
    made = []
    for _ in range(POSTS):
        text = "".join(chance.choice(sentences) + " " for _ in range(9))
        if chance.random() < 1 / 3:
            text = f"Обстріл біля {chance.choice(names)}. " + text
        made.append(text[:LENGTH])
    return made


def rate(find: Callable[[str], object], texts: list[str], seconds: float = 2.0) -> float:
    """Give texts a second, the best of the passes that fit into the time (at least one)."""
    best, started = 0.0, time.perf_counter()
    while time.perf_counter() - started < seconds or not best:
        began = time.perf_counter()
        for text in texts:
            find(text)
        best = max(best, len(texts) / (time.perf_counter() - began))
    return best


def load(name: str) -> Any:
    """Import a rival, None where it is not installed."""
    try:
        return importlib.import_module(name)
    except ImportError:
        return None


def automaton(forms: list[str]) -> Callable[[str], object]:
    """ahocorasick_rs over all forms in small letters, leftmost-longest, with a check of the boundaries."""
    module = load("ahocorasick_rs")
    machine = module.AhoCorasick(forms, matchkind=module.MatchKind.LeftmostLongest)

    def find(text: str) -> object:
        low = text.lower()
        hits = machine.find_matches_as_indexes(low)
        return [h for h in hits if not (low[h[1] - 1 : h[1]].isalnum() or low[h[2] : h[2] + 1].isalnum())]

    return find


def keywords(forms: list[str]) -> Callable[[str], object]:
    """flashtext2 over all forms."""
    processor = load("flashtext2").KeywordProcessor(case_sensitive=False)
    processor.add_keywords_from_iter(forms)
    extract: Callable[[str], object] = processor.extract_keywords
    return extract


def declined(names: list[str]) -> list[str]:
    """The forms of the PyPI package `toponym`."""
    load("loguru").logger.remove()
    recipes = load("toponym.recipes").Recipes()
    recipes.load_from_language(language="ukrainian")
    forms: list[str] = []
    for name in names:
        toponym = load("toponym.toponym").Toponym(name.lower(), recipes)
        toponym.build()
        forms += toponym.list_toponyms()
    return forms


def main() -> None:
    chance = random.Random(437)
    for count in [int(argument) for argument in sys.argv[1:]] or [300, 3_000, 30_000]:
        names = made_up(count, chance)
        texts = posts(names, chance)
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        began = time.perf_counter()
        matcher = Matcher(PlaceName(place_id=n, text=name, language="uk") for n, name in enumerate(names))
        built = time.perf_counter() - began
        memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory
        began = time.perf_counter()
        matcher.with_names([PlaceName(place_id=-1, text="Нова Збруївка", language="uk")])
        added = time.perf_counter() - began
        ours = rate(matcher.find, texts)
        found = sum(len(matcher.find(text)) for text in texts)
        print(
            f"\n{count} places: built in {built:.2f} s, {memory / 1024:.0f} MB; one more in {added * 1000:.1f} ms"
        )
        print(f"  ours, confidence included      {ours:10,.0f} posts/s   1.00   ({found} mentions)")

        lower = [name.lower() for name in names]
        forms = sorted({form.decode("cp1251") for name in names for form in forms_of(name).nouns})
        rivals: list[tuple[str, Callable[[], Callable[[str], object]]]] = [
            ("substring loop", lambda: lambda text: [n for n in lower if n in text.lower()]),
        ]
        if count <= 300:
            patterns = [re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE) for name in names]
            rivals.append(("one regex a name", lambda: lambda text: [p for p in patterns if p.search(text)]))
        if load("ahocorasick_rs"):
            rivals.append(("ahocorasick_rs, our noun forms", lambda: automaton(forms)))
        if load("flashtext2"):
            rivals.append(("flashtext2, our noun forms", lambda: keywords(forms)))
            if load("toponym") and count <= 3_000:
                rivals.append(("flashtext2, forms of toponym", lambda: keywords(declined(names))))
        for label, build in rivals:
            sample = texts if count <= 300 and "regex" not in label else texts[:200]
            theirs = rate(build(), sample, 1.0)
            print(f"  {label:30} {theirs:10,.0f} posts/s   {theirs / ours:.2f}")


if __name__ == "__main__":
    main()

"""How fast places are found: ours beside what other monitors do, on one core, in one run.

    python tests/benchmarks/places_speed.py [300 3000 30000] [--news FOLDER]

Names and posts are made up here, so that the figures can be repeated anywhere: posts of 437 characters from
everyday sentences, one in three with a place. Ours includes the confidence of every mention; the others only
match. Seconds are of processor time, so that other work on the machine hardly counts. What is not installed is
left out (`pip install ahocorasick-rs flashtext2 toponym`).

`--news` reads `*.jsonl` with a `text` a line (and `*.tsv` with id, name, language) and adds a table over news
cut into pieces of the same length, for each of the lists of names.
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import json
import random
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from bot.places import Matcher, scan
from bot.places.engine import Index
from bot.places.extract import read_names
from bot.places.forms import forms_of
from bot.places.text import read
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


def news(folder: Path) -> list[str]:
    """Give real text in pieces of the same length."""
    texts = [
        json.loads(line)["text"]
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.open(encoding="utf-8")
    ]
    return [text[at : at + LENGTH] for text in texts for at in range(0, len(text) - LENGTH + 1, LENGTH)]


def resident() -> float:
    """Give the memory of this process in MB; 0 where the system does not tell it as Linux does."""
    status = Path("/proc/self/status")
    lines = status.read_text().splitlines() if status.exists() else []
    return sum(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


async def built_aside(tracked: list[PlaceName]) -> tuple[Matcher, float, float]:
    """Build in a thread as the service does; give the seconds of work, and how long the event loop stood still."""
    building = asyncio.create_task(asyncio.to_thread(Matcher, tracked))
    began, ticked = time.process_time(), time.perf_counter()
    lag = 0.0
    while not building.done():
        await asyncio.sleep(0.001)
        lag, ticked = max(lag, time.perf_counter() - ticked), time.perf_counter()
    return building.result(), time.process_time() - began, lag


def look_up(names: list[str], scanner: Any) -> Callable[[str], object]:
    """Our reading and look-up of forms alone, without any confidence."""
    index = Index(((number, forms_of(name)) for number, name in enumerate(names)), scanner)

    def find(text: str) -> object:
        reading = read(text)
        return index.hits(reading.raw, reading.low, small=False)

    return find


def rate(find: Callable[[str], object], texts: list[str], seconds: float = 2.0) -> float:
    """Give texts a second of processor time, the best of the passes that fit into the time (at least one)."""
    best, started = 0.0, time.perf_counter()
    while time.perf_counter() - started < seconds or not best:
        began = time.process_time()
        for text in texts:
            find(text)
        best = max(best, len(texts) / (time.process_time() - began))
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
    options = argparse.ArgumentParser()
    options.add_argument("counts", nargs="*", type=int, default=[300, 3_000, 30_000])
    options.add_argument("--news", type=Path)
    given = options.parse_args()
    chance = random.Random(437)
    for count in given.counts:
        compare(count, chance)
    if given.news:
        on_news(given.news)


def on_news(folder: Path) -> None:
    """Print a table over real text."""
    texts = news(folder)
    print(f"\nnews, {len(texts)} pieces of {LENGTH} characters:")
    for file in sorted(folder.glob("*.tsv")):
        with file.open(encoding="utf-8") as lines:
            matcher = Matcher(read_names(lines).names)
        found = sum(len(matcher.find(text)) for text in texts)
        print(f"  {file.stem:36} {rate(matcher.find, texts, 4.0):10,.0f} posts/s   ({found} mentions)")


def compare(count: int, chance: random.Random) -> None:
    """Print how ours does beside the others for one number of places."""
    names = made_up(count, chance)
    texts = posts(names, chance)
    tracked = [PlaceName(place_id=n, text=name, language="uk") for n, name in enumerate(names)]
    memory = resident()
    matcher, built, lag = asyncio.run(built_aside(tracked))
    memory = resident() - memory
    began = time.perf_counter()
    matcher.with_names([PlaceName(place_id=-1, text="Нова Збруївка", language="uk")])
    added = time.perf_counter() - began
    began = time.perf_counter()
    matcher.without_places([0])
    let_go = time.perf_counter() - began
    ours = rate(matcher.find, texts)
    found = sum(len(matcher.find(text)) for text in texts)
    print(
        f"\n{count} places: built in {built:.2f} s, {memory:.0f} MB, the event loop held for {lag * 1000:.0f} ms;"
        f" one more in {added * 1000:.1f} ms, one less in {let_go * 1000:.1f} ms"
    )
    print(f"  ours, confidence included            {ours:10,.0f} posts/s   1.00   ({found} mentions)")
    lower = [name.lower() for name in names]
    forms = sorted({form.decode("cp1251") for name in names for form in forms_of(name).nouns})
    rivals: list[tuple[str, Callable[[], Callable[[str], object]]]] = [
        ("our matching alone, in plain Python", lambda: look_up(names, scan.by_sets)),
        ("substring loop", lambda: lambda text: [n for n in lower if n in text.lower()]),
    ]
    if count <= 300:
        patterns = [re.compile(rf"\b{re.escape(name)}\b", re.IGNORECASE) for name in names]
        rivals.append(("one regex a name", lambda: lambda text: [p for p in patterns if p.search(text)]))
    if load("ahocorasick_rs"):
        rivals.insert(0, ("our matching alone", lambda: look_up(names, scan.by_automaton)))
        rivals.append(("ahocorasick_rs, our noun forms", lambda: automaton(forms)))
    if load("flashtext2"):
        rivals.append(("flashtext2, our noun forms", lambda: keywords(forms)))
        if load("toponym") and count <= 3_000:
            rivals.append(("flashtext2, forms of toponym", lambda: keywords(declined(names))))
    for label, build in rivals:
        sample = texts[:200] if "regex" in label or "substring" in label else texts
        theirs = rate(build(), sample, 1.0)
        print(f"  {label:36} {theirs:10,.0f} posts/s   {theirs / ours:.2f}")


if __name__ == "__main__":
    main()

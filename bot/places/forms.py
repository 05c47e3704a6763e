"""From a name in its nominative to every form in which people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

from bot.places import russian, russian_adjectives, ukrainian, ukrainian_adjectives
from bot.places.cases import ADJECTIVE, EN, FROZEN, RU, SMALL, UK, Form
from bot.places.morphology import more_forms
from bot.places.text import APOSTROPHES, fold

_UKRAINIAN_ONLY = re.compile(r"[іїєґ']|[сцз]ьк")
_RUSSIAN_ONLY = re.compile(r"[ыэъё]")
_CYRILLIC = re.compile(r"[а-яіїєґ]")
_LINKS = frozenset(
    [
        "на",
        "над",
        "под",
        "при",
        "у",
        "в",
        "во",
        "де",
        "ла",
        "ле",
        "эль",
        "ан",
        "ам",
        "дю",
        "дер",
        "ден",
        "о",
        "за",
    ]
)
_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—−", "-"))

Decline = Callable[[str], list[Form]]
# Endings that no common noun shares: such a name is recognised without its capital letter.
_UNMISTAKABLE = re.compile(r"(...[сц]ь?к|...град|...город|...поль|..піль|burg|vsk|ivka)$")
_MOST = 4  # words of one name that are declined
# Which of so many words are declined together, the others staying as they are: the last ones, or the first ones.
_STRETCHES = {
    count: [(at, count) for at in range(count)] + [(0, at) for at in range(1, count)]
    for count in range(1, _MOST + 1)
}
_HARD = ["ый", "ые", "ым", "ых", "ыми"]  # дальневосточный, where «-ский» has и
_REGULAR_STEM = re.compile(r"[сцз]ь?к$")


@dataclass(slots=True)
class Forms:
    """Every form of one name, folded, with its tag; adjectives by their stem («покровськ»), endings left off."""

    nouns: dict[bytes, int] = field(default_factory=dict)
    adjectives: dict[bytes, int] = field(default_factory=dict)


def plain(name: str) -> str:
    """Lower a name and unify its apostrophes and spaces, keeping ё and hyphens."""
    name = unicodedata.normalize("NFC", name).translate(_APOSTROPHES).translate(_DASHES)
    if not name.isprintable():
        name = "".join(c for c in name if c.isprintable() or c.isspace())
    return " ".join(name.lower().split())


def forms_of(name: str, *, morphology: bool = False) -> Forms:
    """Give each folded form of a name with its tag; a name without two letters of ours has none.

    A spelling that both languages share gets the paradigms of both: «Бахмут» is found in «під Бахмутом»
    and in «в Бахмуте». `morphology` adds what pymorphy3 knows, where it is installed.
    """
    lower = plain(name).strip("- ")
    forms = Forms()
    if len(fold(lower).translate(None, b" '")) < 2:
        return forms
    small = SMALL if name[:1].islower() or _UNMISTAKABLE.search(lower) else 0
    if not _CYRILLIC.search(lower):
        _english(lower, forms.nouns, EN | small)
        return forms
    if name.isupper() and len(name) <= 6:  # РФ, США, ОАЭ
        _add(forms.nouns, [lower], [FROZEN | 1 | RU | UK])
        return forms
    ukrainian_only, russian_only = _UKRAINIAN_ONLY.search(lower), _RUSSIAN_ONLY.search(lower)
    lower = lower.replace("ё", "е").replace("ґ", "г")
    if not russian_only or ukrainian_only:
        _paradigm(lower, forms.nouns, UK | small, ukrainian.decline, ukrainian.decline_first)
        _adjectives(
            lower, forms, UK, ukrainian_adjectives.adjective_stems, ukrainian_adjectives.ADJECTIVE_ENDINGS
        )
    if morphology:
        more = more_forms(lower)
        _add(forms.nouns, [form for form, _ in more], [tag | small for _, tag in more])
    if not ukrainian_only:
        _paradigm(lower, forms.nouns, RU | small, russian.decline, russian.decline_first)
        _adjectives(
            lower, forms, RU, russian_adjectives.adjective_stems, russian_adjectives.ADJECTIVE_ENDINGS
        )
    return forms


def _add(table: dict[bytes, int], forms: list[str], tags: list[int]) -> None:
    """Fold forms (lower case, one space or hyphen between words) all at once: a call for each takes as long."""
    joined = "\n".join(forms).replace("-", " ").encode("cp1251", "replace")
    for tag, form in zip(tags, joined.split(b"\n"), strict=False):
        table[form] = table.get(form, 0) | tag
    if b"'" in joined:
        for tag, form in zip(tags, joined.split(b"\n"), strict=False):
            without = _without_apostrophes(form)
            table[without] = table.get(without, 0) | tag


def _without_apostrophes(form: bytes) -> bytes:
    return b" ".join(form.replace(b"'", b"").split())


def _english(lower: str, table: dict[bytes, int], tag: int) -> None:
    form = fold(lower)
    table[form] = FROZEN | 1 | tag
    if b" " in form and len(form) > 7:
        table[form.replace(b" ", b"")] = FROZEN | 1 | tag | SMALL  # #chasivyar
    table[form + b"'s"] = 2 | tag
    if form.endswith(b"s"):
        table[form + b"'"] = 2 | tag
    if b"'" in form:
        table[_without_apostrophes(form)] = FROZEN | 1 | tag


def _paradigm(
    lower: str, table: dict[bytes, int], marks: int, decline: Decline, decline_first: Decline
) -> None:
    words = re.split(r"[\s-]+", lower.strip("- "))
    if len(words) == 1:
        declined = decline(words[0])
        _add(table, [form for _, form in declined], [case | marks for case, _ in declined])
        return
    tail = next((at for at, word in enumerate(words) if at and word in _LINKS), len(words))
    count = min(tail, _MOST)
    tables = [
        _by_case(decline if at == count - 1 and at else decline_first, word)
        for at, word in enumerate(words[:count])
    ]
    whole = " ".join(words)
    forms, tags = [whole], [FROZEN | 1 | marks]
    if len(whole) > 7:  # #часівяр
        forms.append("".join(words))
        tags.append(FROZEN | 1 | SMALL | marks)
    if tail == len(words) - 2:  # Порт-о-Пренс: Порт-о-Пренса
        fixed = " ".join(words[:-1])
        inflected_last = [pair for pair in decline(words[-1]) if pair[1] != words[-1]]
        forms += [f"{fixed} {form}" for _, form in inflected_last]
        tags += [case | marks for case, _ in inflected_last]
    rest = [" " + " ".join(words[last:]) if words[last:] else "" for last in range(count + 1)]
    before = ["".join(word + " " for word in words[:first]) for first in range(count)]
    for case in (1 << place for place in range(1, 6)):
        inflected = [by_case.get(case, [word]) for by_case, word in zip(tables, words, strict=False)]
        for first, last in _STRETCHES[count]:
            head, end = before[first], rest[last]
            middles = inflected[first] if last == first + 1 else _product(inflected[first:last])
            forms += [form for middle in middles if (form := head + middle + end) != whole]
        tags += [case | marks] * (len(forms) - len(tags))
    _add(table, forms, tags)


@lru_cache(maxsize=4096)
def _by_case(decline: Decline, word: str) -> dict[int, list[str]]:
    """Give the forms of one word of several by their case; the same words stand in many names."""
    table: dict[int, list[str]] = {}
    for case, form in decline(word):
        found = table.setdefault(case, [])
        if form not in found:
            found.append(form)
    return table


@lru_cache(maxsize=4096)
def _stems(stems_of: Callable[[str], list[str]], word: str) -> list[str]:
    return stems_of(word)


def _product(choices: list[list[str]]) -> list[str]:
    lines = choices[0]
    for more in choices[1:]:
        lines = [f"{line} {word}" for line in lines for word in more]
    return lines


def _adjectives(
    lower: str, forms: Forms, language: int, stems_of: Callable[[str], list[str]], endings: list[str]
) -> None:
    words = re.split(r"[\s-]+", lower.strip("- "))
    stems = stems_of(lower)
    if len(words) > 1 and (not stems or len(stems) > 1 or " " in lower):
        last = _stems(stems_of, words[-1])
        stems += [f"{' '.join(words[:-1])} {stem}" for stem in last]
        if len(words) == 2:  # Нова Каховка: новокаховський; Часів Яр: часовоярський
            bare = re.sub(r"(ий|ый|ой|ая|ое|ые|ие|а|е|і)$", "", re.sub(r"ів$", "ов", words[0]))
            stems += [f"{bare}о{stem}" for stem in last] + [f"{bare}о {stem}" for stem in last]
    tag = ADJECTIVE | SMALL | language
    regular = [stem for stem in stems if _REGULAR_STEM.search(stem)]
    if regular:
        _add(forms.adjectives, regular, [tag] * len(regular))
    if len(regular) < len(stems):
        if language == RU:
            endings = [*endings, *_HARD]
        written = [stem + ending for stem in stems if stem not in regular for ending in endings]
        _add(forms.nouns, written, [tag] * len(written))

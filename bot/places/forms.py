"""From a name in its nominative to every form in which people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

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
    return " ".join("".join(c for c in name if c.isprintable() or c.isspace()).lower().split())


def forms_of(name: str, *, morphology: bool = False) -> Forms:
    """Give each folded form of a name with its tag; a name without two letters of ours has none.

    A spelling that both languages share gets the paradigms of both: «Бахмут» is found in «під Бахмутом»
    and in «в Бахмуте». `morphology` adds what pymorphy3 knows, where it is installed.
    """
    lower = plain(name)
    forms = Forms()
    if len(fold(lower).translate(None, b" '")) < 2:
        return forms
    small = SMALL if name[:1].islower() or _UNMISTAKABLE.search(lower) else 0
    if not _CYRILLIC.search(lower):
        _english(lower, forms.nouns, EN | small)
        return forms
    if name.isupper() and len(name) <= 6:  # РФ, США, ОАЭ
        _add(forms.nouns, lower, FROZEN | 1 | RU | UK)
        return forms
    ukrainian_only, russian_only = _UKRAINIAN_ONLY.search(lower), _RUSSIAN_ONLY.search(lower)
    lower = lower.replace("ё", "е").replace("ґ", "г")
    if not russian_only or ukrainian_only:
        _paradigm(lower, forms.nouns, UK | small, ukrainian.decline, ukrainian.decline_first)
        _adjectives(
            lower, forms, UK, ukrainian_adjectives.adjective_stems, ukrainian_adjectives.ADJECTIVE_ENDINGS
        )
    if morphology:
        for form, tag in more_forms(lower):
            _add(forms.nouns, form, tag | small)
    if not ukrainian_only:
        _paradigm(lower, forms.nouns, RU | small, russian.decline, russian.decline_first)
        _adjectives(
            lower, forms, RU, russian_adjectives.adjective_stems, russian_adjectives.ADJECTIVE_ENDINGS
        )
    return forms


def _add(table: dict[bytes, int], form: str, tag: int) -> None:
    folded = (form.replace("-", " ") if "-" in form else form).encode("cp1251", "replace")
    table[folded] = table.get(folded, 0) | tag
    if b"'" in folded:
        without = folded.replace(b"'", b"").strip()
        table[without] = table.get(without, 0) | tag


def _english(lower: str, table: dict[bytes, int], tag: int) -> None:
    form = fold(lower)
    table[form] = FROZEN | 1 | tag
    if b" " in form and len(form) > 7:
        table[form.replace(b" ", b"")] = FROZEN | 1 | tag | SMALL  # #chasivyar
    table[form + b"'s"] = 2 | tag
    if form.endswith(b"s"):
        table[form + b"'"] = 2 | tag
    if b"'" in form:
        table[form.replace(b"'", b"").strip()] = FROZEN | 1 | tag


def _paradigm(
    lower: str, table: dict[bytes, int], marks: int, decline: Decline, decline_first: Decline
) -> None:
    words = re.split(r"[\s-]+", lower.strip("- "))
    if len(words) == 1:
        for case, form in decline(words[0]):
            _add(table, form, case | marks)
        return
    tail = next((at for at, word in enumerate(words) if at and word in _LINKS), len(words))
    count = min(tail, 4)
    tables = [
        _by_case(decline(word) if at == count - 1 and at else decline_first(word))
        for at, word in enumerate(words[:count])
    ]
    whole = " ".join(words)
    _add(table, whole, FROZEN | 1 | marks)
    if len(whole) > 7:
        _add(table, "".join(words), FROZEN | 1 | marks | SMALL)  # #часівяр
    if tail == len(words) - 2:  # Порт-о-Пренс: Порт-о-Пренса
        for case, form in decline(words[-1]):
            if form != words[-1]:
                _add(table, " ".join([*words[:-1], form]), case | marks)
    for case in (1 << place for place in range(1, 6)):
        inflected = [forms.get(case, [word]) for forms, word in zip(tables, words, strict=False)]
        for first, last in [(at, count) for at in range(count)] + [(0, at) for at in range(1, count)]:
            for middle in _product(inflected[first:last]):
                form = " ".join([*words[:first], middle, *words[last:]])
                if form != whole:
                    _add(table, form, case | marks)


def _by_case(pairs: list[Form]) -> dict[int, list[str]]:
    table: dict[int, list[str]] = {}
    for case, form in pairs:
        found = table.setdefault(case, [])
        if form not in found:
            found.append(form)
    return table


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
        last = stems_of(words[-1])
        stems += [f"{' '.join(words[:-1])} {stem}" for stem in last]
        if len(words) == 2:  # Нова Каховка: новокаховський; Часів Яр: часовоярський
            bare = re.sub(r"(ий|ый|ой|ая|ое|ые|ие|а|е|і)$", "", re.sub(r"ів$", "ов", words[0]))
            stems += [f"{bare}о{stem}" for stem in last] + [f"{bare}о {stem}" for stem in last]
    for stem in stems:
        if _REGULAR_STEM.search(stem):
            _add(forms.adjectives, stem, ADJECTIVE | SMALL | language)
        else:
            for ending in [*endings, *_HARD] if language == RU else endings:
                _add(forms.nouns, stem + ending, ADJECTIVE | SMALL | language)

"""From a name in its nominative to every form in which people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

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
_WORDS = re.compile(r"[\s-]+")
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
_CASES = (2, 4, 8, 16, 32)  # without the nominative
_HARD = ["ый", "ые", "ым", "ых", "ыми"]  # дальневосточный, where «-ский» has и
_REGULAR_STEMS = ("ск", "цк", "зк", "ськ", "цьк", "зьк")


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
    words = _WORDS.split(lower.strip("- "))
    if not russian_only or ukrainian_only:
        _paradigm(words, forms.nouns, UK | small, ukrainian.decline, ukrainian.decline_first)
        stems = _stems_of(lower, words, ukrainian_adjectives.adjective_stems)
        _adjectives(stems, forms, UK, ukrainian_adjectives.ADJECTIVE_ENDINGS)
    if morphology:
        more = more_forms(lower)
        _add(forms.nouns, [form for form, _ in more], [tag | small for _, tag in more])
    if not ukrainian_only:
        _paradigm(words, forms.nouns, RU | small, russian.decline, russian.decline_first)
        stems = _stems_of(lower, words, russian_adjectives.adjective_stems)
        _adjectives(stems, forms, RU, russian_adjectives.ADJECTIVE_ENDINGS)
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
    words: list[str], table: dict[bytes, int], marks: int, decline: Decline, decline_first: Decline
) -> None:
    if len(words) == 1:
        declined = decline(words[0])
        _add(table, [form for _, form in declined], [case | marks for case, _ in declined])
        return
    tail = next((at for at, word in enumerate(words) if at and word in _LINKS), len(words))
    count = min(tail, _MOST)
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
    _add(table, forms, tags)
    _inflect(
        words, table, marks, [decline if at == count - 1 and at else decline_first for at in range(count)]
    )


def _inflect(words: list[str], table: dict[bytes, int], marks: int, declines: list[Decline]) -> None:
    """Add the forms of a name of several words in which some of its first words are declined."""
    count = len(declines)
    whole = " ".join(words).encode("cp1251", "replace")
    folded = whole.split(b" ")
    inflected = [_inflected(decline, word) for decline, word in zip(declines, words, strict=False)]
    rest = [b" " + b" ".join(folded[last:]) if folded[last:] else b"" for last in range(count + 1)]
    before = [b"".join(word + b" " for word in folded[:first]) for first in range(count)]
    apostrophe = b"'" in whole
    made: dict[bytes, int] = {} if apostrophe else table
    for first, last in _STRETCHES[count]:
        head, end = before[first], rest[last]
        if last == first + 1:
            for form, cases in inflected[first].alone.items():
                form = head + form + end
                made[form] = made.get(form, 0) | cases | marks
            continue
        for case in _CASES:
            tag = case | marks
            lines = [head + form for form in inflected[first].by_case[case]]
            for one in inflected[first + 1 : last]:
                lines = [line + form for line in lines for form in one.after[case]]
            for form in lines:
                form += end
                if form != whole:
                    made[form] = made.get(form, 0) | tag
    if apostrophe:
        for form, tag in made.items():
            for written in (form, _without_apostrophes(form)):
                table[written] = table.get(written, 0) | tag


class _Inflected(NamedTuple):
    """The forms of one word of several, folded; of a case without any the word itself."""

    by_case: dict[int, list[bytes]]
    after: dict[int, list[bytes]]  # the same, with a space before
    alone: dict[bytes, int]  # those that differ from the word, with all their cases


@lru_cache(maxsize=4096)
def _inflected(decline: Decline, word: str) -> _Inflected:
    """Decline one word of several; the same words stand in many names."""
    declined = decline(word)
    folded, *forms = (
        "\n".join([word, *(form for _, form in declined)]).encode("cp1251", "replace").split(b"\n")
    )
    by_case: dict[int, list[bytes]] = {case: [] for case in _CASES}
    alone: dict[bytes, int] = {}
    for (case, _), form in zip(declined, forms, strict=True):
        found = by_case.get(case)
        if found is None or form in found:
            continue
        found.append(form)
        if form != folded:
            alone[form] = alone.get(form, 0) | case
    after: dict[int, list[bytes]] = {}
    for case, found in by_case.items():
        if not found:
            found.append(folded)
        after[case] = [b" " + form for form in found]
    return _Inflected(by_case, after, alone)


def _stems_of(lower: str, words: list[str], stems_of: Callable[[str], list[str]]) -> list[str]:
    stems = stems_of(lower)
    if len(words) > 1 and (not stems or len(stems) > 1 or " " in lower):
        last = _last_stems(stems_of, words[-1])
        stems += [f"{' '.join(words[:-1])} {stem}" for stem in last]
        if len(words) == 2:  # Нова Каховка: новокаховський; Часів Яр: часовоярський
            bare = _bare(words[0])
            stems += [f"{bare}о{stem}" for stem in last] + [f"{bare}о {stem}" for stem in last]
    return stems


@lru_cache(maxsize=4096)
def _last_stems(stems_of: Callable[[str], list[str]], word: str) -> list[str]:
    return stems_of(word)


@lru_cache(maxsize=4096)
def _bare(word: str) -> str:
    """Leave off the ending of a first word before «о»: «Нова», «Часів»."""
    return re.sub(r"(ий|ый|ой|ая|ое|ые|ие|а|е|і)$", "", re.sub(r"ів$", "ов", word))


def _adjectives(stems: list[str], forms: Forms, language: int, endings: list[str]) -> None:
    tag = ADJECTIVE | SMALL | language
    regular = [stem for stem in stems if stem.endswith(_REGULAR_STEMS)]
    if regular:
        _add(forms.adjectives, regular, [tag] * len(regular))
    if len(regular) < len(stems):
        if language == RU:
            endings = [*endings, *_HARD]
        written = [stem + ending for stem in stems if stem not in regular for ending in endings]
        _add(forms.nouns, written, [tag] * len(written))

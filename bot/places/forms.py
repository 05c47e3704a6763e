"""From a name in its nominative to every form in which people write it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

from bot.places import russian, ukrainian
from bot.places.cases import ADJECTIVE, EN, FROZEN, LINKED, RU, UK, Form
from bot.places.text import APOSTROPHES, fold

_UKRAINIAN_ONLY = re.compile(r"[іїєґ']|[сцз]ьк")
_RUSSIAN_ONLY = re.compile(r"[ыэъё]")
_CYRILLIC = re.compile(r"[а-яіїєґ]")
_LINKS = frozenset(["на", "над", "под", "при", "у", "в", "во", "де", "ла", "ле", "эль", "ан", "ам", "дю", "дер", "ден", "о", "за"])
_APOSTROPHES = str.maketrans(dict.fromkeys(APOSTROPHES, "'"))

Forms = dict[bytes, int]
Decline = Callable[[str], list[Form]]


def plain(name: str) -> str:
    """Lower a name and unify its apostrophes and spaces, keeping ё and hyphens."""
    name = unicodedata.normalize("NFC", name).translate(_APOSTROPHES)
    return " ".join("".join(c for c in name if c.isprintable() or c.isspace()).lower().split())


def forms_of(name: str) -> Forms:
    """Give each folded form of a name with its tag; a name without a letter of ours has none.

    A spelling that both languages share gets the paradigms of both: «Бахмут» is found in «під Бахмутом»
    and in «в Бахмуте».
    """
    lower = plain(name)
    forms: Forms = {}
    if len(fold(lower)) < 2:
        return forms
    if not _CYRILLIC.search(lower):
        _english(lower, forms)
        return forms
    if name.isupper() and len(name) <= 6:  # РФ, США, ОАЭ
        _add(forms, lower, FROZEN | 1 | RU | UK)
        return forms
    ukrainian_only, russian_only = _UKRAINIAN_ONLY.search(lower), _RUSSIAN_ONLY.search(lower)
    lower = lower.replace("ё", "е").replace("ґ", "г")
    if not russian_only or ukrainian_only:
        _paradigm(lower, forms, UK, ukrainian.decline, ukrainian.decline_first)
        _adjectives(lower, forms, UK, ukrainian.adjective_stems, ukrainian.ADJECTIVE_ENDINGS)
    if not ukrainian_only:
        _paradigm(lower, forms, RU, russian.decline, russian.decline_first)
        _adjectives(lower, forms, RU, russian.adjective_stems, russian.ADJECTIVE_ENDINGS)
    return forms


def _add(forms: Forms, form: str, tag: int) -> None:
    folded = form.replace("-", " ").encode("cp1251", "replace")
    forms[folded] = forms.get(folded, 0) | tag
    if b"'" in folded:
        without = folded.replace(b"'", b"")
        forms[without] = forms.get(without, 0) | tag


def _english(lower: str, forms: Forms) -> None:
    form = fold(lower).decode("cp1251")
    _add(forms, form, FROZEN | 1 | EN)
    own = form + ("'" if form.endswith("s") else "'s")
    forms[own.encode("cp1251", "replace")] = 2 | EN
    if form.endswith("s"):
        forms[(own + "s").encode("cp1251", "replace")] = 2 | EN
    if "'" in form:
        forms[form.replace("'", "").encode("cp1251", "replace")] = FROZEN | 1 | EN


def _paradigm(lower: str, forms: Forms, language: int, decline: Decline, decline_first: Decline) -> None:
    words = re.split(r"[\s-]+", lower.strip("- "))
    if len(words) == 1:
        for case, form in decline(words[0]):
            _add(forms, form, case | language)
        return
    tail = next((at for at, word in enumerate(words) if at and word in _LINKS), len(words))
    count = min(tail, 4)
    tables = [
        _by_case(decline(word) if at == count - 1 and at else decline_first(word))
        for at, word in enumerate(words[:count])
    ]
    frozen = [" ".join(words[at:]) for at in range(len(words))] + [""]
    _add(forms, " ".join(words), FROZEN | 1 | language)
    for case in (1 << place for place in range(1, 6)):
        inflected = [table.get(case, [word]) for table, word in zip(tables, words, strict=False)]
        for first in range(count):
            for last in range(first + 1, count + 1):
                if first and last < count:
                    continue
                for middle in _product(inflected[first:last]):
                    form = " ".join(filter(None, (" ".join(words[:first]), middle, frozen[last])))
                    _add(forms, form, case | language)


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
    if (len(words) > 1 and not stems) or (len(words) > 1 and " " in stems[0]):
        last = stems_of(words[-1])
        first = " ".join(words[:-1])
        stems = [f"{first} {stem}" for stem in last]
        if len(words) == 2:
            bare = re.sub(r"(ий|ый|ой|ая|ое|ые|ие|а|е|і|ів)$", "", words[0])
            joint = "ов" if words[0].endswith("ів") else ""
            stems += [f"{bare}{joint}о{stem}" for stem in last]
            stems += [f"{bare}{joint}о {stem}" for stem in last]
    linked = "о"
    for stem in stems:
        stem = stem.replace("-", " ")
        for ending in endings:
            form = (stem + ending).encode("cp1251", "replace")
            forms[form] = forms.get(form, 0) | ADJECTIVE | language
        form = (stem + linked).encode("cp1251", "replace")
        forms[form] = forms.get(form, 0) | LINKED | language

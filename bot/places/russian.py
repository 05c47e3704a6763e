"""How Russian place names are declined.

Written from the school grammar and usage in news; no dictionary is needed. Where the nominative does not
tell the type (Казань is feminine, Ярославль is not), every reading is given: a form that nobody writes
costs nothing, a missing one loses a place.
"""

from __future__ import annotations

import re

from bot.places.cases import FROZEN, Form, spread

VOWELS = "аеёиоуыэюя"
VELAR = "гкх"
HUSHING = "жшчщ"
IRREGULAR: dict[str, list[Form]] = {
    "лев": spread("льв", "-", "а", "у", "-", "ом", "е"),
    "ров": spread("рв", "-", "а", "у", "-", "ом", "е|у"),
    "церковь": spread("церкв", "-", "и", "и", "-", "-", "и"),
    "любовь": spread("любв", "-", "и", "и", "-", "-", "и"),
    "яр": spread("яр", "-", "а|у", "у", "-", "ом", "е|у"),
    "египет": spread("египт", "-", "а", "у", "-", "ом", "е"),
    "саки": [(2, "сак")],
    "кобеляки": [(2, "кобеляк")],
    **{
        plural: spread(plural[:-1], "-", "ов", "ам", "а", "ами", "ах")
        for plural in ("острова", "берега", "леса", "луга", "города")
    },
}


def decline(word: str) -> list[Form]:
    """Give every case form of a Russian place name of one word (lower case, ё as е), nominative included."""
    forms: list[Form] = [(1, word), (FROZEN, word)]
    forms += IRREGULAR.get(word, ())
    if len(word) > 2:
        last = word[-1]
        if last in "аяоеыи":
            forms += _VOWEL_TYPES[last](word)
        elif last in "ьй":
            forms += _soft(word)
        elif last not in VOWELS and last.isalpha():
            forms += _consonant(word)
    return forms


def _adjectival(word: str) -> list[Form]:
    stem, ending = word[:-2], word[-2:]
    soft = ending in ("яя", "ее") or (ending in ("ий", "ие") and stem[-1:] not in VELAR)
    y = "и" if soft or stem[-1:] in VELAR + HUSHING else "ы"
    o = "е" if soft else "о"
    if ending in ("ий", "ый", "ой"):
        return spread(stem, "-", o + "го", o + "му", o + "го|" + ending, y + "м", o + "м")
    if ending in ("ая", "яя"):
        u = "юю" if soft else "ую"
        return spread(stem, "-", o + "й", o + "й", u, f"{o}й|{o}ю", o + "й")
    if ending in ("ое", "ее"):
        return spread(stem, "-", o + "го", o + "му", ending, y + "м", o + "м")
    return spread(stem, "-", y + "х", y + "м", f"{ending}|{y}х", y + "ми", y + "х")


def _feminine_a(word: str) -> list[Form]:
    stem = word[:-1]
    if stem[-1] in VOWELS:  # Самоа, Никарагуа
        return []
    if stem.endswith("ищ"):  # Городища, as one and as several
        return spread(stem, "-", "и|", "е|ам", "у|а", "ей|ею|ами", "е|ах")
    i = "и" if stem[-1] in VELAR + HUSHING else "ы"
    o = "ей|ею|ой|ою" if stem[-1] in HUSHING + "ц" else "ой|ою"
    return spread(stem, "-", i, "е", "у", o, "е")


def _ends_in_ya(word: str) -> list[Form]:
    stem = word[:-1]
    forms = _adjectival(word) if word[-2] in "ая" else []
    if word[-2] == "и":
        return forms + spread(stem, "-", "и", "и", "ю", "ей|ею", "и")
    if word[-2] == "ь":  # Медвежья
        forms += spread(stem, "-", "ей", "ей", "-", "-", "ей")
    return forms + spread(stem, "-", "и", "е", "ю", "ей|ею", "е")


def _ends_in_o(word: str) -> list[Form]:
    if word[-2] in VOWELS:
        return []
    return spread(word[:-1], "-", "а", "у", "о", "ом", "е")


def _ends_in_e(word: str) -> list[Form]:
    stem, before = word[:-1], word[-2]
    if before in "оеы":
        return _adjectival(word)
    if before == "ь":
        adjective = spread(stem, "-", "его", "ему", "-", "им", "-")  # Лебяжье: Лебяжьего
        return spread(stem, "-", "я", "ю", "е", "ем", "е|и") + adjective
    if before == "и":
        return spread(stem, "-", "я", "ю", "е", "ем", "и") + _adjectival(word)
    if before in "цщ":
        return spread(stem, "-", "а", "у", "е", "ем|ом", "е")
    if before in "лр":
        return spread(stem, "-", "я", "ю", "е", "ем", "е")
    return []


def _plural(word: str) -> list[Form]:
    stem, last = word[:-1], word[-1]
    if stem[-1] == "ь" or (last == "и" and stem[-1] not in VELAR + HUSHING):
        forms = spread(stem, "-", "ев|ей", "ям", word[-1], "ями", "ях")
    else:
        forms = spread(stem, "-", "ов|ев|ей" if stem[-1] in HUSHING + "ц" else "ов", "ам", last, "ами", "ах")
    forms += [(2, bare) for bare in _bare_genitive(stem)]
    if last == "и" and stem[-1] in "лнр":
        forms.append((2, stem + "ь"))
    if last == "ы" and word[-2] == "ц":  # Черновцы: Черновиц
        forms.append((2, stem[:-1] + "иц"))
    return forms


def _bare_genitive(stem: str) -> list[str]:
    """The plural genitive without an ending: Сум, Горок, Люберец, Лубен."""
    if re.search(r"(ник|яр|[ая]к|ун|[аяи]ч|он|ш|чук|щук|юк)$", stem):  # people: Гончары, Гончаров
        return []
    cluster = stem[-2:] not in ("тр", "мр", "нн") and stem[-1] in "кнлрвм" and stem[-2] not in VOWELS + "ьй"
    bare = [] if len(stem) > 2 and cluster else [stem]
    if len(stem) > 2 and stem[-2] in "ьй":
        bare.append(stem[:-2] + "е" + stem[-1])
    elif len(stem) > 2 and stem[-2] not in VOWELS and stem[-1] not in VOWELS:
        bare += [stem[:-1] + vowel + stem[-1] for vowel in "ое"]
    return bare


def _ends_in_y(word: str) -> list[Form]:
    return _plural(word)


def _consonant(word: str) -> list[Form]:
    o = "ем|ом" if word[-1] in HUSHING + "ц" else "ом"
    forms = spread(word, "-", "а", "у", "", o, "е|у")
    for stem in _without_fleeting(word):
        forms += spread(stem, "-", "а", "у", "-", o, "е")
    return forms


def _without_fleeting(word: str) -> list[str]:
    """The stem before an ending where the last vowel drops out: Донец, Донца; Городок, Городка; Орел, Орла."""
    if len(word) < 4 or word[-2] not in "еоё":
        return []
    head, tail = word[:-2], word[-1]
    if not any(letter in VOWELS for letter in head):
        return []
    if tail == "ц":
        if head[-1] in VOWELS:
            return [head + "йц"]
        return [head + ("ьц" if head[-1] == "л" else "ц")]
    if tail == "к" and word[-2] == "о":
        return [head + "к"]
    if tail == "к":
        return [head + ("ьк" if head[-1] in "лн" else "йк" if head[-1] in VOWELS else "к")]
    if tail == "л" and re.search(r"(ор|ос|коз|кот|уз|уг)$", head):
        return [head + "л"]
    if tail == "р" and re.search(r"(буг|кост|шат|ков|вет)$", head):
        return [head + "р"]
    return []


def _soft(word: str) -> list[Form]:
    stem = word[:-1]
    if word[-1] == "й":
        forms = _adjectival(word) if word[-2] in "ыио" else []
        if word[-2] == "и":
            if word[-3] in HUSHING:  # Медвежий: Медвежьего
                forms += spread(word[:-2], "-", "ьего", "ьему", "-", "ьим", "ьем")
            noun = re.search(r"[сц]кий$", word) is None
            return forms + (spread(stem, "-", "я", "ю", "й", "ем", "и") if noun else [])
        return forms + (spread(stem, "-", "я", "ю", "й", "ем", "е") if word[-2] != "ы" else [])
    hushing = stem[-1] in HUSHING
    forms = spread(stem, "-", "и", "и", "ь", "ью", "и")
    if not hushing:
        forms += spread(stem, "-", "я", "ю", "ь", "ем", "е")
        if re.search(r"[^аеёиоуыэюя]ень$", word):
            forms += spread(stem[:-2] + stem[-1], "-", "я", "ю", "-", "ем", "е")
    return forms


_VOWEL_TYPES = {
    "а": _feminine_a,
    "я": _ends_in_ya,
    "о": _ends_in_o,
    "е": _ends_in_e,
    "ы": _ends_in_y,
    "и": _ends_in_y,
}


def decline_first(word: str) -> list[Form]:
    """Decline a word that stands before the main one: as a noun, and as a possessive «Часов», «Часового»."""
    forms = decline(word)
    if re.search(r"([оеё]в|ин)$", word):
        forms += spread(word, "-", "а|ого", "у|ому", "-", "ым", "ом")
    elif re.search(r"([оеё]в|ин)а$", word):
        forms += spread(word[:-1], "-", "ой", "ой", "у", "ой|ою", "ой")
    elif re.search(r"([оеё]в|ин)о$", word):
        forms += spread(word[:-1], "-", "а|ого", "у|ому", "о", "ым", "ом")
    elif re.search(r"([оеё]в|ин)ы$", word):
        forms += spread(word[:-1], "-", "ых", "ым", "ы", "ыми", "ых")
    return forms

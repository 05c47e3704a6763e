"""How Ukrainian place names are declined.

Written from the school grammar (правопис 2019) and usage in news; no dictionary is needed. Where the
nominative does not tell the type, every reading is given: Рівне is declined as an adjective, Єнакієве both ways.
"""

from __future__ import annotations

import re

from bot.places.cases import FROZEN, VOCATIVE, Form, spread

VOWELS = "аеєиіїоуюя"
HUSHING = "жшчщ"
SOFTENED = {"к": "ц", "г": "з", "х": "с"}
IRREGULAR: dict[str, list[Form]] = {
    "донець": spread("дінц", "-", "я", "ю", "-", "ем", "і"),
    "яр": spread("яр", "-", "у", "у", "-", "ом", "у|і"),
    "лев": spread("льв", "-", "а", "у", "-", "ом", "і"),
    "дніпро": spread("дніпр", "-", "а", "у|ові", "о", "ом", "і|ові"),
    "дністер": spread("дністр", "-", "а", "у|ові", "-", "ом", "і|у|ові"),
    "єгипет": spread("єгипт", "-", "у", "у|ові", "-", "ом", "і|ові"),
    "саки": [(2, "сак")],
    "кобеляки": [(2, "кобеляк")],
}


def decline(word: str) -> list[Form]:
    """Give every case form of a Ukrainian place name of one word (lower case), nominative included."""
    forms: list[Form] = [(1, word), (FROZEN, word)]
    forms += IRREGULAR.get(word, ())
    if len(word) > 2:
        last = word[-1]
        if last in "аяоеєиії":
            forms += _VOWEL_TYPES[last](word)
        elif last == "ь":
            forms += _soft_sign(word)
        elif last == "й":
            forms += _ends_in_short_i(word)
        elif last not in VOWELS and last.isalpha():
            forms += _consonant(word)
        if last in "ая":
            forms.append((VOCATIVE, word[:-1] + _vocative_ending(word)))
    return forms


def _vocative_ending(word: str) -> str:
    """Україно! Польще! Росіє!"""
    if word[-1] == "а":
        return "е" if word[-2] in HUSHING else "о"
    return "є" if word[-2] in VOWELS else "е"


def _softened(stem: str) -> str:
    if stem.endswith("кк"):  # Дакка: Дацці
        return stem[:-2] + "цц"
    return stem[:-1] + SOFTENED.get(stem[-1], stem[-1])


def _feminine_a(word: str) -> list[Form]:
    stem = word[:-1]
    if stem[-1] in VOWELS:  # Самоа, Нікарагуа
        return []
    if stem[-1] in HUSHING:
        forms = spread(stem, "-", "і", "і", "у", "ею", "і")
        if stem.endswith("ищ"):  # Будища, several
            forms += spread(stem, "-", "", "ам", "а", "ами", "ах")
    else:
        forms = spread(stem, "-", "и", "-", "у", "ою", "-")
        forms += [(4, _softened(stem) + "і"), (32, _softened(stem) + "і")]
    if re.search(r"([сцз]ьк|еньк|[нлртдхгшжб]|[оеєиі]в)$", stem):
        forms += _adjective_a(word)
    return forms


def _adjective_a(word: str) -> list[Form]:
    return spread(word[:-1], "-", "ої", "ій", "у", "ою", "ій")


def _ends_in_ya(word: str) -> list[Form]:
    stem, before = word[:-1], word[-2]
    if before == "'" or (len(word) > 3 and before == word[-3]):
        doubled = spread(stem, "-", "я", "ю", "я", "ям", "і|ю")
        if before == "'":
            doubled += spread(stem, "-", "я", "ю", "я", "ям", "ї|ю")
            doubled += spread(stem, "-", "ї", "ї", "ю", "єю", "ї")
        return doubled
    if before in VOWELS + "ьй":
        return spread(stem, "-", "ї", "ї", "ю", "єю", "ї")
    forms = spread(stem, "-", "і", "і", "ю", "ею", "і")
    if before == "н":  # Городня, Середня
        forms += spread(stem, "-", "ьої", "ій", "-", "ьою", "ій")
    if before in "рт":  # Підгір'я without its apostrophe
        forms += spread(stem, "-", "я", "ю", "я", "ям", "ї|і|ю")
    return forms


def _ends_in_o(word: str) -> list[Form]:
    stem = word[:-1]
    if stem[-1] in VOWELS:
        return []
    forms = spread(stem, "-", "а", "у", "о", "ом", "у")
    forms.append((32, _softened(stem) + "і"))
    return forms


def _ends_in_e(word: str) -> list[Form]:
    stem, before = word[:-1], word[-2]
    if before == "щ":
        return spread(stem, "-", "а", "у", "е", "ем", "і|у")
    if before == "ц":
        return spread(stem, "-", "я|а", "ю|у", "е", "ем", "і")
    forms = spread(stem, "-", "ого", "ому", "е", "им", "ому|ім")
    if before in "лр":
        forms += spread(stem, "-", "я", "ю", "е", "ем", "і|ю")
    if re.search(r"(ов|ев|єв|ин|їн)$", stem):  # Коблеве is Коблево as well
        forms += [(1, stem + "о"), (FROZEN, stem + "о")]
    if re.search(r"(ов|ев|єв|ин|їн|ськ|цьк)$", stem):
        forms += spread(stem, "-", "а", "у", "е", "ом", "і|у")
    if before in "жчш":
        forms += spread(stem, "-", "а", "у", "е", "ем", "і|у")
    return forms


def _ends_in_ye(word: str) -> list[Form]:
    stem = word[:-1]
    return spread(stem, "-", "ього|його", "ьому|йому", "є", "ім|їм", "ьому|йому|ім|їм")


def _plural(word: str) -> list[Form]:
    stem, last = word[:-1], word[-1]
    forms = [(2, bare) for bare in _bare_genitive(stem)] if last != "і" or stem[-1] in "цк" else []
    if last == "ї":
        return [(2, stem + "й"), *spread(stem, "-", "їв|їх", "ям|їм", "ї|їх", "ями|їми", "ях|їх")]
    if last == "и":
        forms += spread(stem, "-", "ів", "ам", "и", "ами", "ах")
        return forms
    hard = stem[-1] in HUSHING
    if stem[-1] in "нлтдзс":
        forms.append((2, stem + "ь"))
    forms += spread(
        stem, "-", "ів|ей", "ам" if hard else "ям", "і", "ами" if hard else "ями", "ах" if hard else "ях"
    )
    if re.search(r"(ськ|цьк|зьк|н|в|л|р|т|д)$", stem):  # Нові, Великі, Козацькі
        forms += _adjective_i(word)
    return forms


def _adjective_i(word: str) -> list[Form]:
    return spread(word[:-1], "-", "их", "им", "і|их", "ими", "их")


def _bare_genitive(stem: str) -> list[str]:
    """The plural genitive without an ending: Сум, Бірок, Лубен, Лисих Гір, Петрівець."""
    if re.search(
        r"(ник|[аяіи]р|[ая]к|ун|[аяиії]ч|он|ш|чук|щук|юк|ій|ин)$", stem
    ):  # people: Гончарі, Гончарів
        return []
    cluster = len(stem) > 2 and stem[-1] in "кнлрвм" and stem[-2] not in VOWELS + "ь"
    bare = [] if cluster else [stem]
    if stem[-1] == "ц":
        if stem[-2] in VOWELS:
            return [stem + "ь"]
        old = {"і": ("о", "е"), "ї": ("є",)}.get(stem[-3:-2], ()) if stem[-2] == "в" else ()
        return [stem[:-1] + "ець"] + [f"{stem[:-3]}{vowel}вець" for vowel in old]
    if len(stem) > 2 and stem[-2] in "ьй":
        bare += [stem[:-2] + "е" + stem[-1], stem[:-1] + "о" + stem[-1]]
    elif len(stem) > 2 and stem[-2] not in VOWELS and stem[-1] not in VOWELS:
        bare += [stem[:-1] + "о" + stem[-1], stem[:-1] + "е" + stem[-1]]
        if stem[-3] == "і":  # Піски: Пісок
            bare += [stem[:-3] + "і" + stem[-2] + "о" + stem[-1]]
    elif stem[-2:-1] in ("о", "е"):
        bare.append(stem[:-2] + "і" + stem[-1])
    return bare


def _masculine(stem: str) -> list[Form]:
    """The hard masculine type of a stem that is already in its oblique shape."""
    if stem[-1] in HUSHING:
        return spread(stem, "-", "а|у", "у|еві", "-", "ем", "і|у|еві")
    forms = spread(stem, "-", "а|у", "у|ові", "-", "ом", "у|ові")
    forms.append((32, _softened(stem) + "і"))
    if stem[-1] not in SOFTENED:  # Києве!
        forms.append((VOCATIVE, stem + "е"))
    return forms


def _soft_masculine(stem: str) -> list[Form]:
    return spread(stem, "-", "я|ю", "ю|еві", "-", "ем", "і|ю|еві")


def _consonant(word: str) -> list[Form]:
    forms = _masculine(word)
    if word[-2:] in ("ир", "ар", "яр"):  # Багатир, Монастир
        forms += _soft_masculine(word)
    if word[-1] in "чжш":  # Керч, Збруч: Керчі, Керчю
        forms += spread(word, "-", "і", "і", "", "ю", "і")
    for stem in _oblique_stems(word):
        forms += _masculine(stem)
        if word.endswith("ів"):  # Старокостянтинів is Старокостянтинов as well
            forms += [(1, stem), (8, stem)]
    return forms


def _oblique_stems(word: str) -> list[str]:
    """What stands before an ending where the last syllable changes: Харків, Харкова; Київ, Києва; Ріг, Рогу."""
    if len(word) < 3:
        return []
    head, vowel, tail = word[:-2], word[-2], word[-1]
    if vowel == "ї":
        return [head + "є" + tail]
    if vowel == "і" and tail in "влргджтмбсзкшчпхн":
        return [head + "о" + tail, head + "е" + tail]
    if tail == "к" and vowel == "о" and len(head) > 1:
        return [head + "к", head + "ьк"] if head[-1] in "лн" else [head + "к"]
    if tail == "л" and vowel == "е" and re.search(r"(ор|ос|коз|кот|вуз|пав)$", head):
        return [head + "л"]
    if tail == "р" and vowel == "о" and re.search(r"(буг|куп)$", head):
        return [head + "р"]
    return []


def _soft_sign(word: str) -> list[Form]:
    stem = word[:-1]
    head, vowel, tail = stem[:-2], stem[-2:-1], stem[-1]
    forms = spread(stem, "-", "і", "і", "ь", "ю", "і")
    forms.append((16, stem + stem[-1] + "ю"))  # Волинню
    if stem.endswith(("ст", "ус")):  # Білорусь: Білоруси
        forms.append((2, stem + "и"))
    forms += _soft_masculine(stem)
    if vowel == "і":
        for other in "ое":
            forms += _soft_masculine(head + other + tail)
            forms += spread(head + other + tail, "-", "і", "і", "-", "-", "і")
    if vowel in "еє" and tail == "ц":
        drop = head + ("йц" if vowel == "є" else "ьц" if head[-1:] == "л" else "ц")
        forms += _soft_masculine(drop)
        if head[-2:-1] in ("о", "е", "є"):  # Берестовець: Берестівця
            closed = "ї" if head[-2] == "є" else "і"
            forms += _soft_masculine(f"{head[:-2]}{closed}{head[-1]}ц")
    elif stem.endswith(("шел", "авел", "усел")):  # Перемишель: Перемишля
        forms += _soft_masculine(head + tail)
    elif vowel == "е" and tail == "н" and len(head) > 1:
        forms += _soft_masculine(head + tail)
        forms += _soft_masculine(head + "ь" + tail) if head[-1] == "л" else []
    return forms


def _ends_in_short_i(word: str) -> list[Form]:
    stem = word[:-1]
    if word[-2] == "и":
        base = word[:-2]
        return spread(base, "-", "ого", "ому", "ий|ого", "им", "ому|ім")
    if word[-2] == "і":
        base = word[:-2]
        soft = spread(base, "-", "ього|його", "ьому|йому", "ій", "ім|їм", "ьому|йому|ім|їм")
        return soft + spread(base, "-", "ія|ою", "ію|ієві|ою", "ій", "ієм|оєм", "ії|ієві|ої")
    return spread(stem, "-", "я|ю", "ю|єві", "й", "єм", "ї|ю|єві")


_VOWEL_TYPES = {
    "а": _feminine_a,
    "я": _ends_in_ya,
    "о": _ends_in_o,
    "е": _ends_in_e,
    "є": _ends_in_ye,
    "и": _plural,
    "і": _plural,
    "ї": _plural,
}


def decline_first(word: str) -> list[Form]:
    """Decline a word before the main one: as a noun, as an adjective, as a possessive «Часів», «Часового»."""
    forms = decline(word)
    if len(word) < 3:  # Боснія і Герцеговина
        return forms
    last = word[-1]
    if last == "а":
        forms += _adjective_a(word)
    elif last == "я":
        forms += spread(word[:-1], "-", "ьої|йої", "ій|їй", "ю", "ьою|йою", "ій|їй")
    elif last == "е":
        forms += spread(word[:-1], "-", "ого", "ому", "е", "им", "ому|ім")
    elif last == "і":
        forms += _adjective_i(word)
        if word[-2] == "н":  # Нижні
            forms += spread(word[:-1], "-", "іх", "ім", "-", "іми", "іх")
    elif re.search(r"([іїое]в|[иії]н)$", word):
        stems = [word]
        if word[-2] == "і":
            stems = [word[:-2] + "ов", word[:-2] + "ев"]
        elif word[-2] == "ї" and word[-1] == "в":
            stems = [word[:-2] + "єв"]
        for stem in stems:
            forms += spread(stem, "-", "ого|а", "ому|у", "-", "им", "ому|ім|у")
    return forms

"""What a name and the form that stands in the text say by themselves, whatever is around them."""

from __future__ import annotations

import re
from functools import lru_cache

from bot.places import cues
from bot.places.people import SURNAME_SHAPE, first_names, function_words
from bot.places.well_known import WORLD

SAFE = (("well known",), ("unmistakable ending",), ("several words",))

_PLAIN_ADJECTIVE = re.compile(
    r"(?:[вдлмнрт](?:е|ое|ый|ая)|[вднрм]ий|[кгх](?:ое|ая|е)|[сц]ь?кий|нє|ній|\w\w\w[ое]ва)$"
)
_RELATIVE_ADJECTIVE = re.compile(r"(?:[сцз]ь?к|[оеє]в|[иії]н)(?:е|ое|ый|ая)$")
_UNMISTAKABLE = re.compile(
    r"(?:[сц]ь?к(?:е|ое)?|град|город|поль|піль|[іїоеє]вка|[іїи]нка|ичі|ичи|івці|овцы|щина"
    r"|burg|hrad|grad|[bdghklmnprtv]sk|[oi]pol|[ieoy]vka|ivtsi|shchyna)$"
)
_FULL_ADJECTIVE = re.compile(r"(?:[сц]ьк(а|е|і)|[сц]к(ое|ая)|(?:[оеє]в|[иії]н)(е|ого|ому))$")
_FEMININE = re.compile(r"[аяь]$")
_NOT_FEMININE = re.compile(r"(ла|лася|сь|ться|тся|(?<!іс)(?<!ос)ть|на|та)$")
_NEUTER = re.compile(r"([еоя]|ство)$")
_NOT_NEUTER = re.compile(r"ло(ся|сь)?$")
_PLURAL = re.compile(r"[^л][иіїы](?<!они)$")
# «Сполученого королівства», «Чёрного Моря»: the last word says what it is, its capital is a matter of taste.
_KIND_OF_PLACE = re.compile(
    "корол|мор[еяюі]|острів|остров|штат|сх[іо]д|восто|захід|заход|запад|емірат|эмират|федерац|республ|област|кра[йяюї]"
    "|союз|океан|заток|залив|долин|півостр|полуостр|берег"
)
_RARE_NOUN = re.compile(r"[сц]ьк[аі]$")


@lru_cache(maxsize=65536)
def qualities(name: str) -> tuple[str, ...]:
    """Give the cue of a name: well known, unmistakable, an everyday word; () where it says nothing."""
    lower = name.lower().replace("ё", "е")
    acronym = name.isupper() and len(name) > 1
    if acronym or lower in WORLD or lower in cues.WELL_KNOWN or name.lower() in cues.WELL_KNOWN:
        everyday = lower in cues.COMMON_WORDS or lower in function_words()
        return ("well known, and an everyday word",) if everyday else ("well known",)
    words = re.split(r"[\s-]+", lower)
    if len(words) > 1:
        person = (
            "-" not in lower
            and words[0] in first_names()
            and (SURNAME_SHAPE.search(words[-1]) or words[-1][-3:] in ("ьке", "кое"))
        )
        return ("a first name",) if person else ("several words",)
    if lower in cues.COMMON_WORDS or name.lower() in cues.COMMON_WORDS:
        return ("a common word",)
    if _UNMISTAKABLE.search(lower):
        return ("unmistakable ending",)
    if _PLAIN_ADJECTIVE.search(lower) and not _RELATIVE_ADJECTIVE.search(lower):
        return ("like any adjective",)
    return ()


@lru_cache(maxsize=65536)
def written(surface: str, name: str) -> tuple[str, ...]:
    """Give the cues of the form itself: a pronoun, a first name, the shape of a surname."""
    of_name = qualities(name)
    plain = surface.lower().replace("ё", "е").replace("’", "'").replace("ʼ", "'")
    reasons = ["given in small letters"] if name[:1].islower() else []
    if (
        " " in surface
        and surface[0].isupper()
        and surface.split()[-1].islower()
        and not name.split()[-1].islower()
        and not _KIND_OF_PLACE.match(plain.split()[-1])
    ):
        reasons.append("capitals unlike the name's")
    if name.endswith(("ське", "цьке")) and _RARE_NOUN.search(plain):
        reasons.append("rarely declined so")
    if of_name == ("well known",):
        return tuple(reasons)
    if plain in function_words():
        reasons.append("a function word")
    elif of_name == ("well known, and an everyday word",):
        pass
    elif (" " not in plain and plain in first_names()) or (
        "-" in name and " " in plain and plain.split()[0] in first_names() and SURNAME_SHAPE.search(plain)
    ):
        reasons.append("a first name")
    elif plain.endswith(("ов", "ев", "єв")) and name.endswith(("ів", "їв")):
        reasons.append("looks like a surname")
    elif SURNAME_SHAPE.search(plain) and "-" not in plain:
        if of_name == ("unmistakable ending",):
            reasons.append("an ending of surnames too")
        reasons.append(
            "surely a surname"
            if "енк" in plain[-6:] and not name.endswith("енка")
            else "looks like a surname"
        )
    if surface.isupper() and len(surface) < 4 and not name.isupper():
        reasons.append("an abbreviation")
    return tuple(reasons)


@lru_cache(maxsize=65536)
def full_adjective(surface: str) -> str | None:
    """Give the ending of a form that may be a full adjective: «Харківська»; None of any other."""
    match = _FULL_ADJECTIVE.search(surface.lower())
    return match and (match[1] or match[2] or match[3])


def before_noun(surface: str, after: list[str], *, governed: bool) -> bool:
    """Whether «Харківська» stands before a noun that it agrees with, rather than being Харківськ, Харківське.

    `governed`: a word stands before it that takes the name of a place.
    """
    if governed or not after or not (ending := full_adjective(surface)):
        return False
    noun = after[0].lower()
    if not noun[0].isalpha():
        return False
    if ending == "ого":  # «Шевченкового слова»
        return bool(len(noun) > 3 and re.search(r"[ая]$", noun) and not _NOT_FEMININE.search(noun))
    if ending == "ому":
        return bool(len(noun) > 3 and re.search(r"[ую]$", noun))
    if ending in ("а", "ая"):
        return bool(_FEMININE.search(noun) and not _NOT_FEMININE.search(noun))
    if ending in ("е", "ое"):
        organisation = after[0].isupper() and len(noun) > 1
        return organisation or bool(len(noun) > 3 and _NEUTER.search(noun) and not _NOT_NEUTER.search(noun))
    return bool(len(noun) > 2 and _PLURAL.search(noun))

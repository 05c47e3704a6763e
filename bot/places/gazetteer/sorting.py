"""Which of a place's many spellings is what: language, and official, former, alias or romanised.

GeoNames' flat list says neither language nor kind. Letters and endings tell the language; the Latin main name
tells which Cyrillic name is the present one; our table of renamings tells the former ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from rapidfuzz.distance import Indel

from bot.places.gazetteer.evidence import russian_by_latin
from bot.places.gazetteer.folding import fold, language_of, skeleton
from bot.places.gazetteer.tables import Known
from bot.places.names import complete
from bot.places.romanisation import kmu, romanised_russian
from bot.places.russian_names import SOURCE as RULE
from bot.places.russian_names import russian_of
from storage.records import NameKind, PlaceName

SOURCE = "gazetteer"
_FAMOUS = 24  # Latin spellings
_FOREIGN_LATIN = re.compile(r"[^\x00-\x7f]|w|x|q|(?:as|is|us|o|ae|um)$")
CYRILLIC_COUNTRIES = ("UA", "RU", "BY")
_CYRILLIC_NAME = re.compile(r"[А-ЯІЇЄҐЁ№\d][а-яіїєґёА-ЯІЇЄҐЁ\d' ()/–-]*")
_LATIN_NAME = re.compile(
    r"[A-Z\u00c0-\u00de\u0100-\u017f\u0218-\u021b][A-Za-z\u00c0-\u017f\u0218-\u021b\d' .()/–-]*"
)
# What neither Russian nor Ukrainian spells: Belarusian above all.
_FOREIGN = re.compile(r"ы.*і|і.*ы|[шжч]ы|[бвгджзклмнпрстфхцчшщ]э")
# «Канив», «Васыливка»: a Ukrainian name in Russian letters, not what it is called in Russian.
_SPELT_BY_EAR = re.compile(r"[иы]в(?:ка|ци|цы|ськ|ск)?\b|[сц]кэ\b|[^аоуыэеияю]иця|ъ\b|еве\b|ове\b")
_NICKNAME = re.compile(r" (?:ош|мира|роз|моря|юмора|троянд|столица|столиця)\b|\bу моря", re.IGNORECASE)
_OTHER = re.compile(r"^[A-Z]{3}$| (?:osh|shaary|khot)$")  # airport codes; "city" in other languages


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelling:
    """One of a place's names as a source gives it."""

    text: str
    language: str = ""  # ISO 639 code where the source says it
    preferred: bool = False
    historic: bool = False
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """A settlement as a source gives it."""

    geonames_id: int
    name: str
    country: str
    admin1: str
    latitude: float
    longitude: float
    population: int
    spellings: tuple[Spelling, ...] = ()


@dataclass(slots=True)
class _Collected:
    """Names by language and folded text: the first to come stays."""

    names: dict[tuple[str, str], PlaceName] = field(default_factory=dict)

    def add(
        self,
        text: str,
        language: str,
        kind: NameKind,
        since: int | None = None,
        until: int | None = None,
        source: str = SOURCE,
    ) -> None:
        key = (language, fold(text))
        if text and key[1] and key not in self.names and ("", key[1]) not in self.names:
            self.names[key] = PlaceName(
                place_id=0,
                text=text,
                language=language,
                kind=kind,
                since=since,
                until=until,
                source=source,
            )

    def keep(self, names: Iterable[PlaceName]) -> None:
        """Add names that are already made."""
        for name in names:
            self.names.setdefault((name.language, fold(name.text)), name)

    @property
    def keys(self) -> set[str]:
        return {key for _, key in self.names}


def sort_names(raw: Raw, known: Known | None = None) -> tuple[PlaceName, ...]:
    """Give the place's names with language and kind, the neutral Latin one first; foreign spellings are left out."""
    known = known or Known()
    spellings = list(_readable(raw))
    cyrillic = [s for s in spellings if _CYRILLIC_NAME.fullmatch(s.text)]
    latin = [s for s in spellings if _LATIN_NAME.fullmatch(s.text) and not _OTHER.search(s.text)]
    formers = {fold(text) for former in known.former for text in (former.uk, former.ru)}
    present = [s for s in cyrillic if fold(s.text) not in formers and not s.historic]
    uk = known.uk or _ukrainian(raw, present)
    ru = known.ru or _russian(raw, present, uk, {fold(s.text) for s in latin} | {fold(raw.name)})

    collected = _Collected()
    main = kmu(uk) if raw.country == "UA" and uk else _plain(raw.name)
    if not fold(main):  # no letters at all: it still needs a name
        main = f"GeoNames {raw.geonames_id}"
    collected.add(main, "en", NameKind.OFFICIAL)
    collected.add(uk, "uk", NameKind.OFFICIAL)
    given = known.ru or any(spelling.text == ru for spelling in spellings)
    collected.add(ru, "ru", NameKind.OFFICIAL, source=SOURCE if given else RULE)
    for former in known.former:
        collected.add(former.uk, "uk", NameKind.FORMER, former.since, former.until)
        collected.add(former.ru, "ru", NameKind.FORMER, former.since, former.until)
    for spelling in cyrillic:
        _add_cyrillic(collected, spelling, uk, ru)
    if raw.country in CYRILLIC_COUNTRIES:
        collected.keep(complete(tuple(collected.names.values())))
    _add_latin(collected, [Spelling(text=_plain(raw.name)), *latin])
    order = list(NameKind)
    first, *rest = collected.names.values()
    return (first, *sorted(rest, key=lambda name: order.index(name.kind)))


def _readable(raw: Raw) -> Iterator[Spelling]:
    for spelling in raw.spellings:
        text = _plain(spelling.text)
        if len(text) > 1 and spelling.language in ("", "uk", "ru", "en"):
            yield Spelling(
                text=text,
                language=spelling.language,
                preferred=spelling.preferred,
                historic=spelling.historic,
                since=spelling.since,
                until=spelling.until,
            )


def _plain(text: str) -> str:
    """Drop stress marks and write one apostrophe."""
    text = unicodedata.normalize("NFC", text.replace("\u0301", "")) if "\u0301" in text else text
    return " ".join(re.sub("[’‘`ʼ‛′ʹ´＇]", "'", unicodedata.normalize("NFC", text)).split())


def likeness(one: str, other: str) -> float:
    """How alike two spellings of one script sound, 0 to 1."""
    return Indel.normalized_similarity(skeleton(one), skeleton(other))


def _ukrainian(raw: Raw, spellings: list[Spelling]) -> str:
    told = [s for s in spellings if s.language == "uk"]
    if told:
        return max(told, key=lambda s: (s.preferred, likeness(kmu(s.text), raw.name))).text
    best, most = "", 0.8 if raw.country == "UA" else 0.74
    for spelling in spellings:
        language = language_of(spelling.text)
        if spelling.language or language == "ru" or _FOREIGN.search(spelling.text.lower()):
            continue
        if raw.country != "UA" and language != "uk":
            continue  # there the Russian name has as good a claim to a spelling that both share
        score = likeness(kmu(spelling.text), raw.name) + (0.03 if language == "uk" else 0)
        if score > most:
            best, most = spelling.text, score
    return best


def _russian(raw: Raw, spellings: list[Spelling], uk: str, latin: set[str]) -> str:
    told = [s for s in spellings if s.language == "ru"]
    if told:
        return max(told, key=lambda s: (s.preferred, likeness(_latin(s.text), raw.name))).text
    best, most = "", 0.68
    made = next(iter(russian_of(uk)), "")
    given_away = russian_by_latin(uk, latin) if raw.country == "UA" and not made else ""
    for spelling in spellings:
        language = language_of(spelling.text)
        if spelling.language or language == "uk" or _FOREIGN.search(spelling.text.lower()):
            continue
        if uk and (_SPELT_BY_EAR.search(spelling.text) or _is_longer(spelling.text, uk)):
            continue
        if spelling.text == uk and (made or given_away or uk) != uk:
            continue
        if spelling.text == uk and not any(fold(text) in latin for text, _ in romanised_russian(uk)):
            continue  # a neutral spelling is Russian too only where somebody has romanised it so
        score = max(likeness(spelling.text, uk) if uk else 0, likeness(_latin(spelling.text), raw.name))
        score += 0.05 if language == "ru" else 0
        score += 0.01 if re.search(r"ь(?!ск)", spelling.text) else 0  # Bulgarian and Serbian have none
        score += 0.06 if any(fold(text) in latin for text, _ in romanised_russian(spelling.text)) else 0
        score += 0.25 if made and fold(made) == fold(spelling.text) else 0
        if score > most:
            best, most = spelling.text, score
    return best or given_away


def _is_longer(text: str, name: str) -> bool:
    """Whether a text is the name with an ending on it: «Мирнограду»."""
    return text.startswith(name) and 0 < len(text) - len(name) <= len("ами")


def _latin(russian: str) -> str:
    return romanised_russian(russian)[0][0] if romanised_russian(russian) else russian


def _add_cyrillic(collected: _Collected, spelling: Spelling, uk: str, ru: str) -> None:
    text = spelling.text
    if fold(text) in collected.keys:
        return
    language = spelling.language or language_of(text)
    if not spelling.language:
        if _NICKNAME.search(text) or _FOREIGN.search(text.lower()):
            return
        nearest = max((likeness(text, official) for official in (uk, ru) if official), default=0)
        if nearest >= 0.7:  # another language's spelling, or a case form: «Мірнаград», «Киевом»
            return
    kind = NameKind.FORMER if spelling.historic else NameKind.ALIAS
    collected.add(text, language, kind, spelling.since, spelling.until)


def _add_latin(collected: _Collected, spellings: list[Spelling]) -> None:
    """Sort the Latin spellings by the name that they are spellings of; an unlike one is an alias.

    Cities have dozens of names in other languages; of a place with so many only the spellings of names in our
    languages are kept, and those that English shares.
    """
    famous = len(spellings) > _FAMOUS
    kinds = {
        skeleton(name.text): name for name in reversed(collected.names.values()) if name.language == "en"
    }
    for spelling in spellings:
        if fold(spelling.text) in collected.keys:
            continue
        like = kinds.get(skeleton(spelling.text)) or _nearest(spelling.text, kinds)
        if like is None and not (famous and spelling.language != "en"):
            collected.add(spelling.text, "en", NameKind.FORMER if spelling.historic else NameKind.ALIAS)
        elif like is not None and not (famous and _FOREIGN_LATIN.search(spelling.text.lower())):
            kind = NameKind.ROMANISED if like.kind is NameKind.OFFICIAL else like.kind
            collected.add(spelling.text, "en", kind, like.since, like.until)


def _nearest(text: str, kinds: dict[str, PlaceName]) -> PlaceName | None:
    form = skeleton(text)
    scored = [(Indel.normalized_similarity(form, key), key) for key in kinds]
    best = max(scored, default=(0.0, ""))
    return kinds[best[1]] if best[0] >= 0.85 else None

"""A place's missing names, made by rule and marked with the rule that made them."""

from __future__ import annotations

from collections.abc import Sequence

from bot.places.romanisation import romanised, romanised_russian
from bot.places.russian_names import SOURCE as RULE
from bot.places.russian_names import russian_of
from storage.records import NameKind, PlaceName

__all__ = ["complete", "romanised", "romanised_russian", "russian_of"]


def complete(names: Sequence[PlaceName]) -> tuple[PlaceName, ...]:
    """Add the Russian and romanised names that are missing; what was given stays, first and unchanged.

    A Latin spelling of a present name is `romanised`; one of a former name is `former` too, of the same years.
    The Russian name is added by rule where the place has an official Ukrainian and no Russian one.
    """
    known = list(names)
    if not any(name.language == "ru" and name.kind is NameKind.OFFICIAL for name in known):
        present = [name for name in known if name.language == "uk" and name.kind is NameKind.OFFICIAL]
        by_rule: dict[str, tuple[PlaceName, str]] = {}
        for name in present:
            for text in russian_of(name.text):
                by_rule.setdefault(text.casefold(), (name, text))
        known += [_made(name, text, "ru", NameKind.OFFICIAL, RULE) for name, text in by_rule.values()]
    seen = {name.text.casefold() for name in known}
    for name in tuple(known):
        if name.kind is NameKind.ALIAS and name.source == "gazetteer":
            continue  # what an alias is worth is not known; its spellings would only add to the noise
        for text, source in _spellings(name):
            if text.casefold() not in seen:
                seen.add(text.casefold())
                kind = NameKind.FORMER if name.kind is NameKind.FORMER else NameKind.ROMANISED
                known.append(_made(name, text, "en", kind, source))
    return tuple(known)


def _spellings(name: PlaceName) -> list[tuple[str, str]]:
    if name.language == "uk":
        return romanised(name.text)
    if name.language == "ru":
        return romanised_russian(name.text)
    return []


def _made(name: PlaceName, text: str, language: str, kind: NameKind, source: str) -> PlaceName:
    return PlaceName(
        place_id=name.place_id,
        text=text,
        language=language,
        kind=kind,
        since=name.since,
        until=name.until,
        source=source,
    )

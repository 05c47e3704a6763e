"""Places, their names, what mentions them, and who wants to be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class NameKind(StrEnum):
    """What sort of name a place bears."""

    OFFICIAL = "official"
    FORMER = "former"
    ALIAS = "alias"
    ROMANISED = "romanised"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceName:
    """One name of one place, in its nominative."""

    place_id: int
    text: str
    language: str  # "uk", "ru", "en"; "" where unknown
    kind: NameKind = NameKind.OFFICIAL
    since: int | None = None  # first year of use, where known
    until: int | None = None  # last year of use, where known
    id: int = 0
    source: str = "given"  # "given" by a person, "gazetteer", or the rule that made it
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A place that the team tracks. `name` is the team's own, neutral name, used in our own voice."""

    id: int
    name: str
    region: str | None = None
    latitude: float | None = None  # degrees, WGS 84
    longitude: float | None = None
    geonames_id: int | None = None
    population: int | None = None
    area: str | None = None  # the area as a part of which it is tracked: "Donetsk Oblast"
    names: tuple[PlaceName, ...] = ()


class MentionKind(StrEnum):
    """What is named: the place itself, or something called after it."""

    NAME = "name"
    DIRECTION = "direction"  # «на Покровском направлении»
    DISTRICT = "district"  # «Покровський район»
    REGION = "region"  # «Донецкая область»
    ADJECTIVE = "adjective"  # «покровские позиции»


@dataclass(frozen=True, slots=True)
class Rival:
    """Another place that the same words could mean."""

    place_id: int
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A place named at a span of a post's `searchable` text, and why we think so."""

    start: int
    end: int
    surface: str  # the text at [start, end), as written
    place_id: int
    name: str  # the name whose form this is, in its nominative
    kind: MentionKind = MentionKind.NAME
    confidence: float  # 0 to 1
    why: str  # for people: form, rule and cues
    rivals: tuple[Rival, ...] = ()
    late: bool = False  # found when it was no news any more: shown, but owes no alert


class Delivery(StrEnum):
    """How a chat is told about a place."""

    ALERT = "alert"
    SILENT = "silent"  # without a sound
    URGENT = "urgent"  # in quiet hours too, where the chat wants that
    DIGEST = "digest"  # in digests only


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A chat's standing request to be told about a place."""

    chat_id: int
    place_id: int
    since: datetime  # posts older than this owe nothing
    min_confidence: float | None = None  # None: as everywhere
    kinds: frozenset[MentionKind] | None = None  # None: every kind of mention
    channels: frozenset[int] | None = None  # row ids; None: every channel
    topic: int | None = None  # of a forum
    delivery: Delivery = Delivery.ALERT
    muted_until: datetime | None = None

"""The claims about a place side by side: who said it first, who repeats it, who says the opposite."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from bot.claims.judge import Claim, Modality
from bot.claims.table import Table
from storage.records import PostKey


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One claim about one place, and who made it where and when."""

    claim: Claim
    place_id: int
    post: PostKey
    posted_at: datetime
    channel: str  # as people call it
    side: str | None = None  # which side the speaker is on, where the team has said so
    owner: str | None = None  # who stands behind the channel; channels of one owner are one source
    copied: bool = False  # a forward or copy of somebody else's statement: no source of its own

    @property
    def source(self) -> str:
        """What is counted as one source: the owner, or the channel where nobody named one."""
        return self.owner or self.channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One kind of claim about a place, made in one way."""

    kind: str
    modality: Modality
    first: Said
    newest: Said
    repeats: tuple[Said, ...]  # after the first, oldest first; copies are not among them
    copies: tuple[Said, ...]
    sources: tuple[str, ...]  # independent ones, in the order in which they spoke
    sides: tuple[str, ...]
    contradicted_by: tuple[tuple[str, Modality], ...]  # (kind, modality) of other lines of this place


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceClaims:
    """All claims about one place, the kind that was claimed first on top."""

    place_id: int
    lines: tuple[Line, ...]

    @property
    def disputed(self) -> bool:
        """Whether any two claims speak against each other."""
        return any(line.contradicted_by for line in self.lines)


_Key = tuple[str, Modality]


def side_by_side(said: Iterable[Said], table: Table) -> dict[int, PlaceClaims]:
    """Set claims side by side, by place; the order in which they are given doesn't matter.

    A claim made twice in one post counts once. Contradictions are between different sources: the same kind
    asserted and negated, or two kinds that the table says contradict each other, unless both are only known
    from one and the same side. What is only planned contradicts nothing, and a copy speaks for nobody.
    """
    places: dict[int, dict[_Key, dict[PostKey, Said]]] = {}
    for one in sorted(said, key=_order):
        lines = places.setdefault(one.place_id, {})
        lines.setdefault((one.claim.kind, one.claim.modality), {}).setdefault(one.post, one)
    return {
        place_id: PlaceClaims(
            place_id=place_id,
            lines=tuple(
                _line(key, list(posts.values()), tuple(_against(key, lines, table)))
                for key, posts in lines.items()
            ),
        )
        for place_id, lines in places.items()
    }


def _order(one: Said) -> tuple[datetime, PostKey, int, str, str]:
    return one.posted_at, one.post, one.claim.start, one.claim.kind, one.claim.modality


def _line(key: _Key, said: list[Said], against: tuple[_Key, ...]) -> Line:
    own = _own(said)
    first = own[0]
    return Line(
        kind=key[0],
        modality=key[1],
        first=first,
        newest=said[-1],
        repeats=tuple(own[1:]),
        copies=tuple(one for one in said if one.copied and one is not first),
        sources=tuple(dict.fromkeys(one.source for one in own)),
        sides=tuple(dict.fromkeys(one.side for one in own if one.side is not None)),
        contradicted_by=against,
    )


def _against(key: _Key, lines: dict[_Key, dict[PostKey, Said]], table: Table) -> Iterator[_Key]:
    for other, posts in lines.items():
        if other == key or not _opposed(key, other, table):
            continue
        mine, theirs = _own(lines[key].values()), _own(posts.values())
        if len({one.source for one in (*mine, *theirs)}) == 1:
            continue
        sides = {one.side for one in (*mine, *theirs)}
        if key[0] != other[0] and len(sides) == 1 and None not in sides:
            continue
        yield other


def _own(said: Collection[Said]) -> list[Said]:
    """What is no copy; where only copies are in our archive, the oldest of them is the first that we know of."""
    return [one for one in said if not one.copied] or list(said)[:1]


def _opposed(one: _Key, other: _Key, table: Table) -> bool:
    stated = (Modality.ASSERTED, Modality.UNCONFIRMED)
    if one[0] == other[0]:
        return (one[1] is Modality.NEGATED and other[1] in stated) or (
            other[1] is Modality.NEGATED and one[1] in stated
        )
    return one[1] in stated and other[1] in stated and table.contradict(one[0], other[0])

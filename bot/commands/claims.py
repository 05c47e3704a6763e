"""How the claims about a place read side by side: who said it first, who says the opposite, and in which words."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.excerpt import opening, sentence_at, sentences, shown
from bot.claims import Claim, Table, claims_about, spans_by_place, titled
from bot.claims.ledger import Line, PlaceClaims, Said
from bot.commands.archive import telling
from bot.languages import ENGLISH, N_, Words
from storage.records import Kept, PostKey, Revision

HEAD: Final = N_("<b>Claims</b>, side by side; not verified:")
_SIDES = 4  # of one claim
_AGAINST = 2
_QUOTE = 140  # characters
_NAME = 40


def section(
    about: PlaceClaims,
    posts: Mapping[PostKey, Kept],
    table: Table,
    zone: ZoneInfo,
    now: datetime,
    *,
    most: int,
    newest: int | None = None,
    t: Words = ENGLISH,
) -> list[str]:
    """A head, then each claim with its quote in a block of its own: disputed ones first, then the latest.

    `posts` are those that the claims were made in; `most` claims are shown, the others named. `newest` is how many
    posts were looked at where there are more.
    """
    page = _Page(about, posts, table, zone, now, t)
    ordered = _beside(about, page)
    blocks = [t(HEAD), *(page.block(line) for line in ordered[:most])]
    if len(ordered) > most:
        rest = dict.fromkeys(titled(line.kind, line.modality, table, t.code) for line in ordered[most:])
        blocks.append(t("also: {rest}", rest=shown(", ".join(rest))))
    if newest is not None:
        blocks.append(t("ℹ claims of the newest {newest:,} posts only", newest=newest))
    return blocks


def claims_of(revision: Revision, places: Collection[int], table: Table) -> dict[int, tuple[Claim, ...]]:
    """What the words of a revision claim about places; those of a linked page's preview are not its own."""
    mentions = [m for m in revision.mentions if m.end <= len(revision.text)]
    names = [(m.start, m.end) for m in mentions if m.place_id in places]
    # Only sentences that name one of the places count: the others need not be read.
    spans = [
        (begin, end)
        for begin, end in sentences(revision.text)
        if any(begin < stop and start < end for start, stop in names)
    ]
    found = claims_about(revision.text, spans, spans_by_place(mentions), table) if spans else {}
    return {place_id: claims for place_id, claims in found.items() if place_id in places}


def reasons(text: str, claims: Sequence[Claim], place: str, table: Table, *, t: Words = ENGLISH) -> list[str]:
    """Why we think that a text claims these things about a place: a block each, cue, marks and the sentence."""
    return [
        t(
            "claim about {place}: <b>{titled}</b>\n  by the cue {why}\n  «{sentence_at}»",
            place=shown(place),
            titled=shown(titled(claim.kind, claim.modality, table, t.code)),
            why=shown(claim.why),
            sentence_at=sentence_at(text, claim.start, claim.end, _QUOTE),
        )
        for claim in claims
    ]


def _beside(about: PlaceClaims, page: _Page) -> list[Line]:
    """Disputed claims first, then the latest; each followed by the one that another side sets against it."""
    latest = sorted(
        about.lines, key=lambda line: (bool(line.contradicted_by), line.newest.posted_at), reverse=True
    )
    ordered: list[Line] = []
    for line in latest:
        following = [line]
        while following and following[0] not in ordered:
            ordered.append(following[0])
            following = [other for other, _ in page.opponents(following[0])]
    return ordered


def _opponent(line: Line, other: Line) -> Said:
    everybody = (other.first, *other.repeats)
    abroad = (said for said in everybody if said.side is not None and said.side not in line.sides)
    elsewhere = (said for said in everybody if said.source not in line.sources)
    return next(abroad, None) or next(elsewhere, other.first)


class _Page:
    """One place's claims, with what it takes to write a line of them."""

    def __init__(
        self,
        about: PlaceClaims,
        posts: Mapping[PostKey, Kept],
        table: Table,
        zone: ZoneInfo,
        now: datetime,
        t: Words,
    ) -> None:
        self._lines = {(line.kind, line.modality): line for line in about.lines}
        self._place_id = about.place_id
        self._posts, self._table, self._zone, self._now = posts, table, zone, now
        self._t = t

    def block(self, line: Line) -> str:
        """The claim by side, what speaks against it, and the latest words of somebody's own."""
        rows = [f"• <b>{self._title(line)}</b> — {self._by_side(line)}"]
        if line.contradicted_by:
            rows.append(self._t("  ⇄ against it: {against}", against=self._against(line)))
        latest = line.repeats[-1] if line.repeats else line.first
        whose = "" if latest is line.first else f" — {self._link(latest)}"
        rows.append(f"  {self._quote(latest)}{whose}")
        return "\n".join(rows)

    def _title(self, line: Line) -> str:
        return shown(titled(line.kind, line.modality, self._table, self._t.code))

    def _by_side(self, line: Line) -> str:
        """«RU: @a 10:02 first, +2 more · UA: @b 11:40 · 3 copies»; sources are counted, not posts."""
        sides: dict[str | None, list[Said]] = {}
        for said in (line.first, *line.repeats):
            sides.setdefault(said.side, []).append(said)
        parts = []
        for side, all_said in list(sides.items())[:_SIDES]:
            begun = all_said[0]
            part = f"{self._side(side)}{self._link(begun)}"
            if begun is line.first:
                part += self._t(" first that we know of") if begun.copied else self._t(" first")
            if more := len({said.source for said in all_said} - {begun.source}):
                part += self._t(", +{more} more", more=more)
            parts.append(part)
        if len(sides) > _SIDES:
            parts.append(self._t("{more} more sides", more=len(sides) - _SIDES))
        if line.copies:
            parts.append(self._t.many("{number} copy", "{number} copies", len(line.copies)))
        return " · ".join(parts)

    def _against(self, line: Line) -> str:
        others = self.opponents(line)
        named = [
            f"{self._title(other)}, {self._side(said.side)}{self._link(said)}"
            for other, said in others[:_AGAINST]
        ]
        return " · ".join(named) + (
            self._t(" and {more} more", more=len(others) - _AGAINST) if len(others) > _AGAINST else ""
        )

    def opponents(self, line: Line) -> list[tuple[Line, Said]]:
        """The claims that contradict one, each with who says so; those of another side first."""
        others = [self._lines[key] for key in line.contradicted_by]
        named = [(other, _opponent(line, other)) for other in others]
        return sorted(named, key=lambda pair: pair[1].side is None or pair[1].side in line.sides)

    def _side(self, side: str | None) -> str:
        return f"{shown(opening(side, _NAME))}: " if side else ""

    def _link(self, said: Said) -> str:
        kept = self._posts[said.post]
        words = f"{shown(opening(said.channel, _NAME))} {self._when(said.posted_at)}"
        return f'<a href="{shown(kept.link)}">{words}</a>' + (" 🗑" if kept.deleted_at else "")

    def _when(self, at: datetime) -> str:
        """Brief: the message says elsewhere in which zone its times are."""
        local, today = at.astimezone(self._zone), self._now.astimezone(self._zone)
        if local.date() == today.date():
            return f"{local:%H:%M}"
        year = "" if local.year == today.year else f" {local.year}"
        return f"{self._t.date(local, 'd MMM')}{year} {local:%H:%M}"

    def _quote(self, said: Said) -> str:
        revision, _ = telling(self._posts[said.post], {self._place_id})
        before = (
            "" if revision is self._posts[said.post].revisions[-1] else self._t(" (as it was before an edit)")
        )
        return f"«{sentence_at(revision.text, said.claim.start, said.claim.end, _QUOTE)}»{before}"

"""What is said in reply to an alert: an edit that changes what was said about the place, a deletion, another side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import excerpt, shown, spans_about
from bot.alerts.statement import Statement, said_at
from storage.records import Kept, OwedKind, Revision, Situation, Wanted

_ROOM = 1200  # characters of each side of a difference


def updates(
    situation: Situation,
    statements: Sequence[Statement],
    chat_id: int,
    *,
    since: datetime,
    silent: bool,
    zone: ZoneInfo,
) -> list[Wanted]:
    """The replies that a chat is owed to an alert that it was sent at `since`. One for each event, for ever the same."""
    found = [*_edits(statements[0], since, zone), *_deletions(statements[0], since, zone)]
    found += _other_sides(statements, since, zone)
    return [
        Wanted(
            chat_id=chat_id,
            subject=f"{situation.subject}#{event}",
            html=html,
            kind=OwedKind.UPDATE,
            answers=situation.subject,
            silent=silent,
        )
        for event, html in found
    ]


def _edits(statement: Statement, since: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for part in statement.parts:
        for before, after in zip(part.revisions, part.revisions[1:], strict=False):
            if after.seen_at <= since:
                continue
            difference = _difference(about_of(statement, before), about_of(statement, after))
            if difference:
                head = (
                    f"✎ {shown(speaker(part.channel))} edited this at {moment(said_at(part, after), zone)}:"
                )
                yield f"edit:{part.post.key.message_id}:{after.number}", f"{head}\n{difference}"


def about_of(statement: Statement, revision: Revision) -> str:
    """What a revision says about the places that count, as plain words; "" where it says nothing about them."""
    mentions = [m for m in revision.mentions if statement.counts(m)]
    return " ".join(revision.text[a:b] for a, b in spans_about(revision.text, mentions))[:_ROOM]


def _difference(before: str, after: str) -> str | None:
    """The words that went, struck through, and those that came, in bold; None where the words are the same."""
    old, new = before.split(), after.split()
    if old == new:
        return None
    if not after:
        return f"no longer says: «<s>{shown(before)}</s>»"
    if not before:
        return f"says now: «<b>{shown(after)}</b>»"
    pieces = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        gone, come = shown(" ".join(old[a:b])), shown(" ".join(new[c:d]))
        if what == "equal":
            pieces.append(gone)
            continue
        pieces += [f"<s>{gone}</s>"] if gone else []
        pieces += [f"<b>{come}</b>"] if come else []
    return f"«{' '.join(pieces)}»"


def _deletions(statement: Statement, since: datetime, zone: ZoneInfo) -> Iterator[tuple[str, str]]:
    for part in statement.parts:
        if part.deleted_at is not None and part.deleted_at > since:
            who = shown(speaker(part.channel))
            yield (
                f"deleted:{part.post.key.message_id}",
                f"🗑 {who} deleted this; noticed {moment(part.deleted_at, zone)}. The words are kept.",
            )


def _other_sides(
    statements: Sequence[Statement], since: datetime, zone: ZoneInfo
) -> Iterator[tuple[str, str]]:
    """A channel of a side that had not said it before."""
    sides = {_side(statements[0].lead)} - {None}
    later = sorted(statements[1:], key=lambda s: (s.lead.post.posted_at, s.lead.id))
    for one in later:
        side = _side(one.lead)
        if side is None or side in sides:
            continue
        if sides and one.lead.received_at > since:
            revision, mentions = one.told[0]
            quote = excerpt(revision, mentions, 500)
            link = f'<a href="{shown(one.lead.link)}">{moment(one.lead.post.posted_at, zone)}</a>'
            yield (
                f"side:{side}",
                f"↔ now also on another side ({shown(side)}):\n«{quote}»\n— {shown(speaker(one.lead.channel))} · {link}",
            )
        sides.add(side)


def _side(kept: Kept) -> str | None:
    side = re.sub(r"\s+", " ", kept.channel.side or "").strip()
    return side or None

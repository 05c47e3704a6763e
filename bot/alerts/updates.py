"""What is said in reply to an alert: an edit that changes what was said about the place, a deletion, another side."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from bot.alerts.compose import DISCLAIMER, moment, spoken
from bot.alerts.excerpt import excerpt, in_line, on_one_line, spans_about
from bot.alerts.measure import formats, visible
from bot.alerts.statement import Statement, said_at
from bot.languages import ENGLISH, Words
from storage.records import Kept, OwedKind, Revision, Situation, Wanted

_ROOM = 2400  # UTF-16 units of a difference
_COMPARED = 2000  # words; longer changes are not compared word by word
_AROUND = 5  # words shown on either side of a change
_FORMATS = (
    60  # stretches struck through or bold: Telegram drops those beyond 100, and so would turn what is said
)


def updates(
    situation: Situation,
    statements: Sequence[Statement],
    chat_id: int,
    *,
    since: datetime,
    silent: bool,
    zone: ZoneInfo,
    t: Words = ENGLISH,
) -> list[Wanted]:
    """The replies that a chat is owed to an alert that it was sent at `since`. One for each event, for ever the same."""
    found = [*_edits(statements[0], since, zone, t=t), *_deletions(statements[0], since, zone, t=t)]
    found += _other_sides(statements, since, zone, t=t)
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


def _edits(
    statement: Statement, since: datetime, zone: ZoneInfo, *, t: Words = ENGLISH
) -> Iterator[tuple[str, str]]:
    for part in statement.parts:
        for before, after in zip(part.revisions, part.revisions[1:], strict=False):
            if after.seen_at <= since:
                continue
            difference = _difference(about_of(statement, before), about_of(statement, after), t=t)
            if difference:
                head = t(
                    "✎ {channel} edited this at {when}:",
                    channel=spoken(part.channel, t=t),
                    when=moment(said_at(part, after), zone, t=t),
                )
                yield f"edit:{part.post.key.message_id}:{after.number}", f"{head}\n{difference}"


def about_of(statement: Statement, revision: Revision) -> str:
    """What a revision says about the places that count, as plain words; "" where it says nothing about them."""
    mentions = [m for m in revision.mentions if statement.counts(m)]
    return " ".join(revision.text[a:b] for a, b in spans_about(revision.text, mentions))


def _difference(before: str, after: str, *, t: Words = ENGLISH) -> str | None:
    """The words that went, struck through, and those that came, in bold; None where the words are the same."""
    old, new = ([w for w in text.split() if on_one_line(w, _ROOM)] for text in (before, after))
    if old == new:
        return None
    if not old:
        return t("says now: «<b>{after}</b>»", after=in_line(after, _ROOM))
    if not new:
        return t("no longer says: «<s>{before}</s>»", before=in_line(before, _ROOM))
    same = _shared(old, new)
    back = _shared(old[same:][::-1], new[same:][::-1])
    gone, come = old[same : len(old) - back], new[same : len(new) - back]
    if len(gone) + len(come) > _COMPARED:
        pieces = _change(gone, come, _ROOM // 2)
    else:
        pieces = _word_by_word(gone, come)
        if visible(" ".join(pieces)) > _ROOM or formats(" ".join(pieces)) > _FORMATS:
            pieces = _change(gone, come, _ROOM // 2)
    first = ["…", *old[same - _AROUND : same]] if same > _AROUND else old[:same]
    rest = old[len(old) - back :]
    last = [*rest[:_AROUND], "…"] if back > _AROUND else rest
    around = [in_line(" ".join(words), _ROOM // 8) for words in (first, last)]
    return f"«{' '.join(piece for piece in (around[0], *pieces, around[1]) if piece)}»"


def _shared(old: Sequence[str], new: Sequence[str]) -> int:
    """How many words both begin with."""
    return next(
        (n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new))
    )


def _word_by_word(old: Sequence[str], new: Sequence[str]) -> list[str]:
    pieces: list[str] = []
    for what, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            kept = list(old[a:b])
            if len(kept) > 2 * _AROUND + 1:
                kept = [*kept[:_AROUND], "…", *kept[-_AROUND:]]
            pieces.append(in_line(" ".join(kept), _ROOM))
        else:
            pieces += _change(old[a:b], new[c:d], _ROOM)
    return pieces


def _change(gone: Sequence[str], come: Sequence[str], room: int) -> list[str]:
    pieces = [f"<s>{in_line(' '.join(gone), room)}</s>"] if gone else []
    return [*pieces, f"<b>{in_line(' '.join(come), room)}</b>"] if come else pieces


def _deletions(
    statement: Statement, since: datetime, zone: ZoneInfo, *, t: Words = ENGLISH
) -> Iterator[tuple[str, str]]:
    """One reply for what was deleted at once, be it the parts of an album."""
    parts = statement.parts
    for at in sorted({p.deleted_at for p in parts if p.deleted_at is not None and p.deleted_at > since}):
        gone = [p for p in parts if p.deleted_at == at]
        left = sum(p.deleted_at is None or p.deleted_at > at for p in parts)
        what = (
            t("deleted this")
            if not left
            else t("deleted {gone} of the {parts} parts of this", gone=len(gone), parts=len(parts))
        )
        yield (
            f"deleted:{gone[0].post.key.message_id}",
            t(
                "🗑 {channel} {what}; noticed {when}. The words are kept.",
                channel=spoken(gone[0].channel, t=t),
                what=what,
                when=moment(at, zone, t=t),
            ),
        )


def _other_sides(
    statements: Sequence[Statement], since: datetime, zone: ZoneInfo, *, t: Words = ENGLISH
) -> Iterator[tuple[str, str]]:
    """A channel of a side that had not said it before."""
    sides = {_side(statements[0].lead)} - {None}
    later = sorted(statements[1:], key=lambda s: (s.lead.post.posted_at, s.lead.id))
    for one in later:
        side = _side(one.lead)
        if side is None or side in sides:
            continue
        if sides and one.lead.received_at > since and not _is_late(one):
            revision, mentions = one.told[0]
            quote = excerpt(revision, mentions, 500)
            link = f'<a href="{escape(one.lead.link)}">{moment(one.lead.post.posted_at, zone, t=t)}</a>'
            head = t("↔ now also on another side ({side}):", side=in_line(side, 40))
            lines = [
                head,
                f"«{quote}»",
                f"— {spoken(one.lead.channel, t=t)} · {link}",
                f"<i>{t(DISCLAIMER)}</i>",
            ]
            yield f"side:{side}", "\n".join(lines)
        sides.add(side)


def _is_late(statement: Statement) -> bool:
    """Whether it was said before its channel was followed, or found when it was no news any more."""
    return all(mention.late for _, mentions in statement.told for mention in mentions)


def _side(kept: Kept) -> str | None:
    side = re.sub(r"\s+", " ", kept.channel.side or "").strip()
    return side or None

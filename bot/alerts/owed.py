"""What one statement owes to which chat."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.alerts import compose
from storage.records import Kept, Mention, Revision, Situation, Wanted

ALBUM_WAIT = 0.5  # seconds: the parts of an album arrive one by one
_CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator has set about alerts."""

    min_confidence: float
    zone: ZoneInfo


def decide(situation: Situation, rules: Rules) -> list[Wanted]:
    """The alert that each watching chat should show now.

    A post older than the watch owes nothing; a chat that has been told keeps its alert up to date, also after
    its watch has ended or the words have gone.
    """
    places_by_chat: dict[int, set[int]] = defaultdict(set)
    for watch in situation.watches:
        if (
            any(_is_news_for(part, watch.since) for part in situation.parts)
            or watch.chat_id in situation.told
        ):
            places_by_chat[watch.chat_id].add(watch.place_id)
    for chat_id in situation.told:
        places_by_chat.setdefault(chat_id, set(situation.places))
    wanted = []
    for chat_id, place_ids in sorted(places_by_chat.items()):
        since = situation.told.get(chat_id)
        counts = partial(_counts, place_ids=place_ids, rules=rules, told=since is not None)
        told = _told(situation.parts, counts)
        if not told:
            continue
        mentioned = {m.place_id for _, mentions in told for m in mentions}
        html = compose.alert(
            situation.parts,
            told,
            [p for i, p in sorted(situation.places.items()) if i in mentioned],
            situation.origin,
            rules.zone,
            delay=(since or situation.at) - _first_said(situation.parts, counts),
        )
        wait = ALBUM_WAIT if situation.parts[0].post.grouped_id is not None else 0
        wanted.append(Wanted(chat_id=chat_id, subject=situation.parts[0].post.subject, html=html, wait=wait))
    return wanted


def _is_news_for(part: Kept, since: datetime) -> bool:
    """Whether the post, or an edit of it, was made after the watch began and its channel was followed.

    Telegram's times are whole seconds, and its clock need not be ours.
    """
    said = part.post.edited_at or part.post.posted_at
    return said >= since.replace(microsecond=0) and said >= part.channel.added_at - _CLOCKS_APART


def _counts(mention: Mention, *, place_ids: set[int], rules: Rules, told: bool) -> bool:
    """Whether a mention is one to tell about; what was found late only adds to what was told."""
    return (
        mention.place_id in place_ids
        and mention.confidence >= rules.min_confidence
        and (told or not mention.late)
    )


def _told(parts: Sequence[Kept], counts: Callable[[Mention], bool]) -> list[tuple[Revision, list[Mention]]]:
    """For each part, the newest revision with a mention that counts."""
    told = []
    for part in parts:
        for revision in reversed(part.revisions):
            mentions = [m for m in revision.mentions if counts(m)]
            if mentions:
                told.append((revision, mentions))
                break
    return told


def _first_said(parts: Sequence[Kept], counts: Callable[[Mention], bool]) -> datetime:
    """When the first revision with a mention that counts was made."""
    return min(
        part.post.posted_at if revision.number == 0 else revision.edited_at or revision.seen_at
        for part in parts
        for revision in part.revisions
        if any(map(counts, revision.mentions))
    )

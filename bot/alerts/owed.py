"""What a story owes to whom. Pure: a situation in, wanted messages out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from bot.alerts import compose, updates
from bot.alerts.statement import Statement, statement_of
from bot.claims import Table
from bot.languages import Languages
from storage.records import Delivery, Kept, Member, Mention, Situation, Wanted, Watch

ALBUM_WAIT = 0.5  # seconds: the parts of an album arrive one by one
_CLOCKS_APART = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Rules:
    """What the operator has set about alerts."""

    min_confidence: float
    zone: ZoneInfo
    claims: Table | None = field(default=None, compare=False)  # None: claims are not marked
    languages: Languages = field(default_factory=Languages)


def decide(situation: Situation, rules: Rules, ahead: timedelta = timedelta(0)) -> list[Wanted]:
    """What each watching chat should show now: its alert, and replies to it where something has changed since.

    A post older than the watch owes nothing; a chat that has been told keeps its alert up to date, also after
    its watch has ended or the words have gone. An alert keeps the language that it began in. `ahead` is by how much our clock is ahead of the sources'.
    """
    wanted = []
    for chat_id, watches in _watches_by_chat(situation).items():
        told = situation.told.get(chat_id)
        statements = statements_for(situation.members, watches, rules.min_confidence, told=told is not None)
        if not statements:
            continue
        lead = statements[0]
        mentioned = {m.place_id for one in statements for _, mentions in one.told for m in mentions}
        about = [watch for place_id, watch in watches.items() if place_id in mentioned and watch is not None]
        if told is None and not _may_begin(situation, statements, about, ahead):
            continue
        places = [situation.places[i] for i in _in_order(lead)]
        elsewhere = [situation.places[i] for i in sorted(mentioned - {p.id for p in places})]
        t = rules.languages.of(situation.chats[chat_id].language if told is None else told.language)
        alert = compose.alert(
            lead,
            statements[1:],
            places,
            [situation.places[i] for i in _also(lead, mentioned, rules.min_confidence)],
            rules.zone,
            elsewhere=elsewhere,
            reviews=situation.reviews,
            delay=(told.owed_at if told else situation.at) - lead.first_said,
            claims=rules.claims,
            t=t,
        )
        first_id = situation.members[0].lead.id
        wanted.append(
            Wanted(
                chat_id=chat_id,
                subject=situation.subject,
                html=alert,
                buttons=compose.buttons(lead.lead, first_id, t=t),
                brief=compose.brief(lead, places, rules.zone, t=t),
                topic=next((watch.topic for watch in about if watch.topic is not None), None),
                silent=bool(about) and all(watch.delivery is Delivery.SILENT for watch in about),
                urgent=any(watch.delivery is Delivery.URGENT for watch in about),
                said_at=lead.first_said,
                wait=ALBUM_WAIT if lead.lead.post.grouped_id is not None else 0,
                language=t.code,
            )
        )
        chat = situation.chats.get(chat_id)
        if told is not None and told.sent_at is not None and chat is not None and chat.follow_ups != "off":
            wanted += updates.updates(
                situation,
                statements,
                chat_id,
                since=told.sent_at,
                silent=chat.follow_ups == "silent",
                zone=rules.zone,
                t=t,
            )
    return wanted


def statements_for(
    members: Sequence[Member], watches: Mapping[int, Watch | None], min_confidence: float, *, told: bool
) -> list[Statement]:
    """The statements of a story that a chat is told of; the first of them is the one that its alert quotes."""
    counts = partial(_counts, watches=watches, least=min_confidence, told=told)
    return [found for member in members if (found := statement_of(member, partial(counts, member)))]


def _in_order(lead: Statement) -> list[int]:
    """The places that count in what is quoted, as it names them."""
    return list(
        dict.fromkeys(
            m.place_id
            for _, mentions in lead.told
            for m in sorted(mentions, key=lambda m: (m.start, m.place_id))
        )
    )


def _also(lead: Statement, counted: Collection[int], least: float) -> list[int]:
    """What else the quoted words mention for sure, in their order."""
    every = [m for revision, _ in lead.told for m in sorted(revision.mentions, key=lambda m: m.start)]
    sure = (m.place_id for m in every if m.confidence >= least and m.place_id not in counted)
    return list(dict.fromkeys(sure))


def _watches_by_chat(situation: Situation) -> dict[int, dict[int, Watch | None]]:
    """By chat and place; None for a place about which a chat was told once and asks no longer."""
    found: dict[int, dict[int, Watch | None]] = defaultdict(dict)
    for watch in situation.watches:
        found[watch.chat_id][watch.place_id] = watch
    for chat_id in situation.told:
        if chat_id not in found:
            found[chat_id] = dict.fromkeys(situation.places)
    # A chat that has moved is told where it is now.
    return {chat_id: found[chat_id] for chat_id in sorted(found) if chat_id in situation.chats}


def _may_begin(
    situation: Situation, statements: Sequence[Statement], about: Sequence[Watch], ahead: timedelta
) -> bool:
    """Whether a chat that has not been told is to be: something is news for it, and it wants alerts just now."""
    wanted = [
        watch
        for watch in about
        if watch.delivery is not Delivery.DIGEST
        and (watch.muted_until is None or watch.muted_until <= situation.at)
    ]
    return any(
        _is_news_for(part, watch.since, ahead)
        for watch in wanted
        for one in statements
        if any(m.place_id == watch.place_id for _, mentions in one.told for m in mentions)
        for part in one.parts
    )


def _is_news_for(part: Kept, since: datetime, ahead: timedelta) -> bool:
    """Whether the post, or an edit of it, was made after the watch began and its channel was followed.

    Telegram's times are whole seconds, and its clock need not be ours: with ours an hour fast, nothing would be
    news in the hour after a watch began. With ours slow a little too much is news, which is the lesser harm.
    """
    said = (part.post.edited_at or part.post.posted_at) + max(ahead, timedelta(0))
    return said >= since.replace(microsecond=0) and said >= part.channel.added_at - _CLOCKS_APART


def _counts(
    member: Member, mention: Mention, *, watches: Mapping[int, Watch | None], least: float, told: bool
) -> bool:
    """Whether a chat is told of a mention; what was found late only adds to what was told."""
    if mention.place_id not in watches or (mention.late and not told):
        return False
    watch = watches[mention.place_id]
    if watch is not None:
        if watch.channels is not None and member.lead.channel.id not in watch.channels:
            return False
        if watch.kinds is not None and mention.kind not in watch.kinds:
            return False
        least = least if watch.min_confidence is None else watch.min_confidence
    return mention.confidence >= least

"""From the archive's records to what the API gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence

from bot.web.api import shapes
from storage import places, reviews, stories
from storage import records as kept_records
from storage.records import Handling, Kept, Member


def channel_ref(channel: kept_records.Channel) -> shapes.ChannelRef:
    """A channel by its number."""
    return shapes.ChannelRef(id=channel.id, name=channel.name, title=channel.title, side=channel.side)


def place_ref(place_id: int, known: Mapping[int, kept_records.Place]) -> shapes.PlaceRef:
    """A place by its number; one whose row is gone keeps that."""
    place = known.get(place_id)
    return shapes.PlaceRef(id=place_id, name=place.name if place else f"place {place_id}")


def mentions(
    found: Iterable[kept_records.Mention], known: Mapping[int, kept_records.Place]
) -> tuple[shapes.Mention, ...]:
    """The mentions of one version."""
    return tuple(
        shapes.Mention(
            place=place_ref(m.place_id, known),
            name=m.name,
            surface=m.surface,
            start=m.start,
            end=m.end,
            kind=m.kind,
            confidence=m.confidence,
            why=m.why,
        )
        for m in found
    )


def post(kept: Kept, known: Mapping[int, kept_records.Place]) -> shapes.Post:
    """A post as it stands now."""
    said = kept.post
    forward = said.forward
    return shapes.Post(
        id=kept.id,
        link=kept.link,
        channel=channel_ref(kept.channel),
        posted_at=said.posted_at,
        received_at=kept.received_at,
        edited_at=said.edited_at,
        deleted_at=kept.deleted_at,
        text=said.text,
        preview=said.preview or None,
        media=said.media.kind if said.media else None,
        forwarded_from=None
        if forward is None
        else shapes.Origin(
            name=forward.name,
            telegram_id=forward.telegram_id,
            message_id=forward.message_id,
            posted_at=forward.posted_at,
        ),
        revisions=len(kept.revisions),
        mentions=mentions(kept.mentions, known),
    )


def named(db: sqlite3.Connection, posts: Iterable[Kept]) -> dict[int, kept_records.Place]:
    """The places that posts mention, in any version."""
    return places.by_ids(db, {m.place_id for k in posts for r in k.revisions for m in r.mentions})


def statements(members: Sequence[Member]) -> tuple[shapes.Statement, ...]:
    """Those who say what a story says."""
    return tuple(
        shapes.Statement(
            id=member.lead.id,
            link=member.lead.link,
            channel=channel_ref(member.lead.channel),
            posted_at=member.lead.post.posted_at,
            how=member.how,
            why=member.why,
        )
        for member in members
    )


def review(handling: Handling, known: Mapping[int, kept_records.Place]) -> shapes.Review:
    """How far the team has come."""
    return shapes.Review(
        post=handling.post_id,
        version=handling.version,
        decisions=tuple(decision(one, known) for one in handling.reviews),
        assignee=handling.assignee,
        tags=handling.tags,
        notes=tuple(shapes.Note(text=n.text, actor=n.actor, at=n.at) for n in handling.notes),
    )


def decision(one: kept_records.Review, known: Mapping[int, kept_records.Place]) -> shapes.Decision:
    """What was decided about one place."""
    return shapes.Decision(
        post=one.post_id,
        place=place_ref(one.place_id, known),
        verdict=one.verdict,
        reason=one.reason,
        other_place=one.other_place,
        actor=one.actor,
        at=one.at,
    )


def review_of(db: sqlite3.Connection, first: int) -> shapes.Review:
    """How far the team has come with the story that began with a post."""
    handling = reviews.handling(db, [first])[first]
    return review(handling, places.by_ids(db, {one.place_id for one in handling.reviews}))


def story(db: sqlite3.Connection, first: int) -> shapes.Story:
    """The story that began with a post."""
    members = stories.members(db, first)
    known = named(db, [part for member in members for part in member.parts])
    return shapes.Story(
        id=first,
        places=tuple(place_ref(place_id, known) for place_id in sorted(known)),
        statements=statements(members),
        review=review_of(db, first),
    )


def gap(found: kept_records.Gap) -> shapes.Gap:
    """What was not read."""
    return shapes.Gap(
        channel=channel_ref(found.channel),
        since=found.since,
        until=found.until,
        why=found.why,
        posts=found.posts,
    )

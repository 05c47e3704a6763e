"""A sample alert, so that a team sees what one looks like; nobody can take it for a statement."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import alert
from bot.alerts.statement import Statement
from bot.languages import ENGLISH, N_, Words
from storage.records import Channel, Examined, Kept, Member, Mention, Place, Post, PostKey, Revision

HEAD = N_("🧪 <b>This is a test. Nobody said anything.</b> An alert looks like this:")
_EXAMPLE = Place(id=0, name="Exampleville", region="Example Oblast")


def sample_alert(place: Place | None, zone: ZoneInfo, now: datetime, *, t: Words = ENGLISH) -> str:
    """What an alert about a place looks like, under a head that says that it is a test."""
    about = place or _EXAMPLE
    text = t(
        "This sentence is no statement. A statement about {about} would be quoted here. This one is not.",
        about=about.name,
    )
    at = text.index(about.name)
    mention = Mention(
        start=at,
        end=at + len(about.name),
        surface=about.name,
        place_id=about.id,
        name=about.name,
        confidence=1.0,
        why=t("a test"),
    )
    revision = Revision(number=0, seen_at=now, edited_at=None, text=text, mentions=(mention,))
    kept = Kept(
        id=0,
        post=Post(key=PostKey(0, 0), posted_at=now, text=text),
        channel=Channel(id=0, telegram_id=0, username=None, title=t("A test, by placewatch"), added_at=now),
        received_at=now,
        deleted_at=None,
        examined=Examined.YES,
        revisions=(revision,),
    )
    statement = Statement(
        member=Member(parts=(kept,)),
        told=((revision, (mention,)),),
        first_said=now,
        counts=lambda _: True,
    )
    return f"{t(HEAD)}\n{alert(statement, [], [about], [], zone, t=t)}"

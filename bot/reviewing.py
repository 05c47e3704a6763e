"""What people decide about statements on the review page: kept, told in the alerts, and written into the audit."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

from bot.control import Operation
from bot.desk.room import Room
from bot.errors import Mendable
from bot.languages import N_, NN_
from bot.languages.said import Text
from storage import audit, places, posts, reading, reviews, stories
from storage.records import Handling, Kept, Place, Review, Verdict

LONGEST_NOTE: Final = 4_000  # characters
LONGEST_NAME: Final = 60  # characters of a tag or of who sees to something
_MOST_TAGS: Final = 20
REASONS: Final = ("person", "other place", "word")
_NAME: Final = NN_("A name has 1 to {number} character.", "A name has 1 to {number} characters.")
_TAG: Final = NN_("A tag has 1 to {number} character.", "A tag has 1 to {number} characters.")


@dataclass(frozen=True, slots=True)
class _Statement:
    """What is reviewed."""

    first: int
    subject: str
    handling: Handling
    counted: Mapping[int, str]  # the places that count, each with the name whose form was found
    places: Mapping[int, Place]


class Reviewing:
    """The operations of a review by the names under which `bot.control` carries them."""

    def __init__(self, room: Room) -> None:
        self._room = room

    def by_name(self) -> dict[str, Operation]:
        """Every operation."""
        return {
            "review.decide": self.decide,
            "review.assign": self.assign,
            "review.tag": self.tag,
            "review.note": self.note,
        }

    async def decide(
        self,
        post: int,
        version: int,
        actor: str,
        verdict: str,
        place: int | None = None,
        reason: str | None = None,
    ) -> dict[str, Any]:
        """Decide about a statement and one of its places, or all of them; JSON as of `_answer`."""
        if verdict not in set(Verdict):
            raise Mendable(
                N_("There is no verdict {verdict}; there are {have}."),
                verdict=verdict,
                have=", ".join(Verdict),
            )
        if reason is not None and reason not in REASONS:
            raise Mendable(
                N_("There is no reason {reason}; there are {have}."), reason=reason, have=", ".join(REASONS)
            )
        wanted = Verdict(verdict)
        return await self._change(post, version, actor, partial(self._decide, wanted, place, reason))

    def _decide(
        self,
        wanted: Verdict,
        place: int | None,
        reason: str | None,
        db: sqlite3.Connection,
        statement: _Statement,
        actor: str,
    ) -> Iterator[str]:
        about = list(statement.counted) if place is None else [place]
        if not about:
            raise Mendable(N_("This statement mentions no place, so there is nothing to decide about it."))
        decided = {review.place_id: review for review in statement.handling.reviews}
        for place_id in about:
            if place_id not in statement.places:
                raise Mendable(N_("This statement does not mention that place."))
            before = decided.get(place_id)
            if before is not None and (before.verdict, before.reason) == (wanted, reason):
                continue
            review = Review(
                post_id=statement.first,
                place_id=place_id,
                verdict=wanted,
                reason=reason,
                name=statement.counted.get(place_id),
                actor=actor,
                at=self._room.now(),
            )
            reviews.decide(db, [review])
            why = f" ({reason})" if reason else ""
            yield f"{statement.places[place_id].name}: {_called(wanted)}{why}"

    async def assign(self, post: int, version: int, actor: str, assignee: str | None) -> dict[str, Any]:
        """Say who sees to a statement; None for nobody."""
        name = None if assignee is None else _short(assignee, _NAME)

        def change(db: sqlite3.Connection, statement: _Statement, by: str) -> Iterator[str]:
            if statement.handling.assignee != name:
                reviews.assign(db, statement.first, name, actor=by, at=self._room.now())
                yield f"{name} sees to it" if name else "nobody sees to it"

        return await self._change(post, version, actor, change)

    async def tag(
        self, post: int, actor: str, add: str | None = None, drop: str | None = None
    ) -> dict[str, Any]:
        """Put a word of the team's on a statement, or take one off."""
        new = None if add is None else _short(add, _TAG).casefold()

        def change(db: sqlite3.Connection, statement: _Statement, by: str) -> Iterator[str]:
            if new is not None and new not in statement.handling.tags:
                if len(statement.handling.tags) >= _MOST_TAGS:
                    raise Mendable(
                        NN_(
                            "A statement bears {number} tag at most. Take one off first.",
                            "A statement bears {number} tags at most. Take one off first.",
                        ),
                        number=_MOST_TAGS,
                    )
                reviews.tag(db, statement.first, new, actor=by, at=self._room.now())
                yield f"tagged {new}"
            if drop in statement.handling.tags:
                reviews.untag(db, statement.first, drop)
                yield f"tag {drop} taken off"

        return await self._change(post, None, actor, change)

    async def note(self, post: int, actor: str, text: str) -> dict[str, Any]:
        """Write something beside a statement."""
        said = text.replace("\r\n", "\n").strip()
        if not said:
            raise Mendable(N_("The note is empty. Write something, then keep it."))
        if len(said) > LONGEST_NOTE:
            raise Mendable(
                NN_(
                    "A note has {number:,} character at most; this one has {length:,}.",
                    "A note has {number:,} characters at most; this one has {length:,}.",
                ),
                number=LONGEST_NOTE,
                length=len(said),
            )

        def change(db: sqlite3.Connection, statement: _Statement, by: str) -> Iterator[str]:
            reviews.note(db, statement.first, said, actor=by, at=self._room.now())
            yield "note: " + said[:200]

        return await self._change(post, None, actor, change)

    async def _change(
        self,
        post: int,
        version: int | None,
        actor: str,
        change: Callable[[sqlite3.Connection, _Statement, str], Iterator[str]],
    ) -> dict[str, Any]:
        found = await self._room.store.write(self._changed, post, version, actor, change)
        self._room.outside.on_owed()
        return found

    def _changed(
        self,
        db: sqlite3.Connection,
        post: int,
        version: int | None,
        actor: str,
        change: Callable[[sqlite3.Connection, _Statement, str], Iterator[str]],
    ) -> dict[str, Any]:
        """Change a statement, unless somebody has decided since `version` was shown."""
        statement = self._statement(db, post)
        stale = version is not None and version != statement.handling.version
        db.execute("SAVEPOINT change")
        done = list(change(db, statement, actor))
        if stale and done:
            db.execute("ROLLBACK TO change")
        db.execute("RELEASE change")
        if stale and done:
            return _answer(statement.first, statement.handling.version, conflict=True)
        for what in done:
            audit.record(
                db,
                at=self._room.now(),
                actor=actor,
                command=f"review {statement.subject} {what}"[:1000],
                outcome="done",
            )
        if done:
            posts.settle(db, statement.first, self._room.now(), self._room.decide)
        return _answer(statement.first, reviews.handling(db, [statement.first])[statement.first].version)

    def _statement(self, db: sqlite3.Connection, post: int) -> _Statement:
        if not reading.kept_by_ids(db, [post]):
            raise Mendable(N_("This post is not in the archive any more."))
        first = stories.first_of(db, post)
        parts = [part for member in stories.members(db, first) for part in member.parts]
        found = named(parts)
        handling = reviews.handling(db, [first])[first]
        sure = {place for place, (_, confidence) in found.items() if confidence >= self._room.min_confidence}
        return _Statement(
            first,
            stories.subject(db, first),
            handling,
            {place: name for place, (name, _) in found.items() if place in sure},
            places.by_ids(db, {*found, *(review.place_id for review in handling.reviews)}),
        )


def named(parts: Sequence[Kept]) -> dict[int, tuple[str, float]]:
    """By place: the name whose form was found in any revision, and the best confidence."""
    found: dict[int, tuple[str, float]] = {}
    for mention in (m for part in parts for revision in part.revisions for m in revision.mentions):
        if mention.confidence > found.get(mention.place_id, ("", -1.0))[1]:
            found[mention.place_id] = mention.name, mention.confidence
    return found


def _answer(post: int, version: int, *, conflict: bool = False) -> dict[str, Any]:
    """What came of it: nothing was changed where there is a conflict; `version` is what holds now."""
    return {"post": post, "version": version, "conflict": conflict}


def _called(verdict: Verdict) -> str:
    return "not this place" if verdict is Verdict.WRONG else str(verdict)


def _short(text: str, wrong: Text) -> str:
    said = " ".join(text.split())
    if not said or len(said) > LONGEST_NAME:
        raise Mendable(wrong, number=LONGEST_NAME)
    return said

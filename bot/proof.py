"""Verifying the ledger from end to end, and saying what that shows and what it can't."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.commands.proof import Attested
from bot.commands.replies import counted
from storage import proof, reading, verifying
from storage.database import StorageError
from storage.records import Break, EntryKind, Head
from storage.store import Store
from storage.times import from_ms

_AT_ONCE: Final = 5_000  # entries or posts in one snapshot: a long one lets the write-ahead log grow
_NO_HEAD: Final = (
    "Without a head that was noted outside this archive, a ledger that was rewritten as a whole can't be told from a true "
    "one."
)
_NOTE_ONE: Final = "Note one now (placewatch attest), keep it elsewhere, and give it next time: placewatch verify --head HASH@NUMBER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a verification found."""

    broken: Break | None
    head: Head | None  # the newest entry that was verified
    began: datetime | None  # when the ledger's first entry was made
    kinds: dict[str, int]
    posts: int
    heads: tuple[tuple[Attested, int | None, datetime | None], ...]  # where each was found in the chain

    @property
    def intact(self) -> bool:
        return self.broken is None and all(_fits(head, number) for head, number, _ in self.heads)


async def verify(store: Store, heads: Sequence[Attested], tell: Callable[[str, int, int], None]) -> Verdict:
    """Every entry against the one before and against the archive, up to the first break; `tell` hears how far it is.

    StorageError where the archive can't be read, or where posts from before the ledger wait to be entered.
    """
    if waiting := await store.read(proof.waiting):
        raise StorageError(
            f"{counted(waiting, 'post')} from before the ledger are not entered yet. Start `placewatch run` once: it goes on "
            "with that."
        )
    newest = await store.read(proof.head)
    walk, wanted = verifying.Walk(), frozenset(head.hash for head in heads)
    while await store.read(verifying.entries, walk, wanted, _AT_ONCE):
        tell("entries", walk.number, newest.number if newest else 0)
    number_of_posts = await store.read(reading.count)
    while walk.broken is None and await store.read(verifying.posts, walk, _AT_ONCE):
        tell("posts", walk.posts, number_of_posts)
    return Verdict(
        broken=walk.broken,
        head=Head(walk.number, walk.hash.hex(), from_ms(walk.at)) if walk.at is not None else None,
        began=from_ms(walk.began),
        kinds=dict(walk.kinds),
        posts=walk.posts,
        heads=tuple((head, *walk.met.get(head.hash, (None, None))) for head in heads),
    )


def lines(verdict: Verdict, zone: ZoneInfo) -> list[str]:
    """A verdict for people: ✓ or ✗ first, then what it does not show."""
    said = [_chain(verdict, zone)]
    kinds = verdict.kinds
    if adopted := kinds.get(EntryKind.ADOPTED, 0):
        said.append(
            f"ℹ {counted(adopted, 'revision')} “adopted”: found in the archive when the ledger began; what happened before "
            "that, it can't show."
        )
    if pruned := kinds.get(EntryKind.PRUNED, 0):
        said.append(
            f"ℹ {counted(pruned, 'post')} pruned: the content was removed on purpose, the entries stay."
        )
    said += [_head(head, number, at, verdict, zone) for head, number, at in verdict.heads]
    if not verdict.heads:
        said.append(
            f"! {_NO_HEAD}" + (f" {_NOTE_ONE}" if verdict.intact and verdict.head is not None else "")
        )
    return said


def _chain(verdict: Verdict, zone: ZoneInfo) -> str:
    if verdict.broken is not None:
        return f"✗ {_break(verdict.broken)}"
    if verdict.head is None or verdict.began is None:
        return "✓ The ledger and the archive are empty."
    period = f"{moment(verdict.began, zone)} to {moment(verdict.head.at, zone)}"
    return (
        f"✓ {verdict.head.number:,} entries, {period}: each follows from the one before it, and "
        f"{counted(verdict.posts, 'post')} with all revisions are as they were entered."
    )


def _break(broken: Break) -> str:
    where = [
        *([f"entry {broken.number}"] if broken.number is not None else []),
        *([broken.post] if broken.post else []),
        *([f"revision {broken.rev}"] if broken.rev is not None else []),
    ]
    return f"{broken.kind.capitalize()}: {', '.join(where) or 'a post'}: {broken.words}. What follows was not verified."


def _head(head: Attested, number: int | None, at: datetime | None, verdict: Verdict, zone: ZoneInfo) -> str:
    if number is not None and at is not None:
        if not _fits(head, number):
            return f"✗ Head {head}: it is in this chain, but as number {number}. Check how it was noted."
        return (
            f"✓ Head {head}: entry {number} of this chain, made {moment(at, zone)}. Nothing up to it was changed since it was "
            "noted."
        )
    if verdict.broken is not None and verdict.broken.number is not None:
        return f"✗ Head {head}: not met before the break."
    return (
        f"✗ Head {head}: this head isn't in this chain. The archive may have been restored from a backup made before it: then "
        "everything up to that backup is the same, and what was kept between is missing. Otherwise the ledger was "
        "rewritten after it was noted, or the head was copied wrongly. A head noted earlier shows up to where the chain is the same."
    )


def _fits(head: Attested, number: int | None) -> bool:
    return number is not None and head.number in (None, number)


def as_json(verdict: Verdict) -> dict[str, Any]:
    """A verdict for programs."""
    broken, head = verdict.broken, verdict.head
    return {
        "intact": verdict.intact,
        "entries": 0 if head is None else head.number,
        "head": None if head is None else str(head),
        "began_at": None if verdict.began is None else verdict.began.isoformat(),
        "newest_at": None if head is None else head.at.isoformat(),
        "kinds": verdict.kinds,
        "posts": verdict.posts,
        "break": None
        if broken is None
        else {
            "kind": broken.kind,
            "number": broken.number,
            "post": broken.post or None,
            "revision": broken.rev,
            "words": broken.words,
        },
        "heads": [
            {
                "head": str(head),
                "in_chain": _fits(head, number),
                "number": number,
                "at": None if at is None else at.isoformat(),
            }
            for head, number, at in verdict.heads
        ],
        "note": None if verdict.heads else _NO_HEAD,
    }

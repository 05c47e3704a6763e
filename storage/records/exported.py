"""A post as it leaves the archive: all that is said of it elsewhere, in one row."""

from __future__ import annotations

from typing import NamedTuple

from storage.records.channel import Channel
from storage.records.place import Place
from storage.records.post import Source
from storage.records.proof import Head
from storage.records.story import Verdict


# Named tuples rather than dataclasses: hundreds of thousands are made in a row, and a frozen dataclass takes four times
# as long to make.
class About(NamedTuple):
    """A place that a post mentions, over all its versions."""

    place: Place
    confidence: float  # the best of its mentions, 0 to 1
    names: tuple[str, ...]  # as they are written, each once
    why: str  # of the surest mention
    version: int  # the newest one that mentions it
    verdict: Verdict | None  # what the team decided about the statement and the place


class Version(NamedTuple):
    """What a post said before."""

    number: int
    seen_at: str  # ISO 8601, UTC
    edited_at: str | None
    text: str


class Statement(NamedTuple):
    """One post, with who says it, what became of it, what it is about, and where it stands in the ledger.

    Times are ISO 8601 to the second, in UTC: as nearly every format writes them.
    """

    id: int
    channel: Channel
    message_id: int
    posted_at: str
    received_at: str
    edited_at: str | None
    deleted_at: str | None
    rev: int  # the number of the version that stands in `text`
    text: str
    preview: str  # title and description of a linked page: not the source's words
    origin: str | None  # whose words it passes on, as far as that is known: @channel, a name or a number
    media: str | None  # the kind of what hangs on it
    protected: bool  # its channel does not let people copy it: only an excerpt is given away
    source: Source
    about: tuple[About, ...]
    earlier: tuple[Version, ...]  # oldest first
    repeats: str | None  # a link to the statement that was kept first, where this repeats it
    how: str | None  # "forward", "copy", …: in which way
    found_in: int  # the number of the version that was found
    spans: tuple[tuple[int, int], ...]  # where that version mentions places; beyond the text: in the preview
    entries: tuple[int, ...]  # of the ledger, since it was last pruned
    digest: str | None  # of what it says now, hexadecimal
    head: Head | None  # of the ledger when this was read

    @property
    def link(self) -> str:
        """Where anyone can read the post, as long as it is there."""
        return link_of(self.channel, self.message_id)

    @property
    def told(self) -> str:
        """The words of the version that was found."""
        return next((one.text for one in self.earlier if one.number == self.found_in), self.text)


def link_of(channel: Channel, message_id: int) -> str:
    """Where anyone can read a post."""
    return f"https://t.me/{channel.username or f'c/{channel.telegram_id}'}/{message_id}"

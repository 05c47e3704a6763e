"""How claims read side by side; nothing but records."""

from __future__ import annotations

import re
from datetime import datetime
from html.parser import HTMLParser

from hypothesis import given
from hypothesis import strategies as st

from bot.claims import Claim, Modality, load
from bot.claims.ledger import Said, side_by_side
from bot.commands.claims import HEAD, section
from storage.records import Channel, Examined, Kept, Post, PostKey, Revision
from tests.making import NOW, RULES, minutes

TABLE = load(None)


class Archive:
    """Posts, and what was said in them."""

    def __init__(self) -> None:
        self.posts: dict[PostKey, Kept] = {}
        self.said: list[Said] = []

    def say(
        self,
        kind: str,
        at: datetime,
        number: int,
        modality: Modality = Modality.ASSERTED,
        *,
        side: str | None = None,
        text: str = "Взят Покровск.",
        deleted: bool = False,
        copied: bool = False,
    ) -> None:
        channel = Channel(id=number, telegram_id=number, username=f"c{number}", title="T", added_at=NOW)
        post = Post(key=PostKey(number, len(self.posts) + 1), posted_at=at, text=text)
        self.posts[post.key] = Kept(
            id=len(self.posts) + 1,
            post=post,
            channel=channel,
            received_at=at,
            deleted_at=NOW if deleted else None,
            examined=Examined.YES,
            revisions=(Revision(number=0, seen_at=at, edited_at=None, text=text),),
        )
        claim = Claim(kind=kind, start=0, end=4, cue="x", modality=modality, reported=False, why="x")
        self.said.append(
            Said(
                claim=claim,
                place_id=1,
                post=post.key,
                posted_at=at,
                channel=channel.name,
                side=side,
                copied=copied,
            )
        )

    def shown(self, most: int = 6) -> list[str]:
        """The blocks without links and markup."""
        about = side_by_side(self.said, TABLE)[1]
        blocks = section(about, self.posts, TABLE, RULES.zone, NOW, most=most)
        return [re.sub(r"<[^>]+>", "", block) for block in blocks[1:]]


def test_sides_stand_beside_each_other_and_sources_are_counted_once() -> None:
    archive = Archive()
    archive.say("captured", minutes(-60), 1, side="RU")
    archive.say("captured", minutes(-50), 2, side="RU")
    archive.say("captured", minutes(-45), 2, side="RU")
    archive.say("captured", minutes(-40), 3, side="UA", text="Взят, увы, Покровск.", deleted=True)
    archive.say("captured", minutes(-30), 4, side="UA", copied=True)
    assert archive.shown() == [
        (
            "• capture — RU: @c1 13:00 first, +1 more · UA: @c3 13:20 🗑 · 1 copy\n"
            "  «Взят, увы, Покровск.» — @c3 13:20 🗑"
        )
    ]


def test_what_is_opposed_stands_on_top_beside_each_other_and_what_finds_no_room_is_named() -> None:
    archive = Archive()
    archive.say("captured", minutes(-60 * 24), 1, side="RU")
    archive.say("evacuation", minutes(-10), 3)
    archive.say("captured", minutes(-60), 2, Modality.NEGATED, side="UA")
    denied, taken, also = archive.shown(most=2)
    assert denied == (
        "• capture (negated) — UA: @c2 13:00 first\n"
        "  ⇄ against it: capture, RU: @c1 1 Nov 14:00\n"
        "  «Взят Покровск.»"
    )
    assert taken.startswith("• capture — RU: @c1 1 Nov 14:00 first\n  ⇄ against it: capture (negated), UA: ")
    assert also == "also: evacuation"


def test_where_only_copies_are_kept_nobody_is_called_the_first() -> None:
    archive = Archive()
    archive.say("captured", minutes(-60), 1, copied=True)
    assert archive.shown()[0].startswith("• capture — @c1 13:00 first that we know of\n")


class Tags(HTMLParser):
    """Opened and closed tags, in their order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        assert tag in ("a", "b")
        self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["captured", "held", "withdrawal"]),
            st.integers(1, 5),
            st.sampled_from(list(Modality)),
            st.one_of(st.none(), st.text(max_size=60)),
            st.text(min_size=1, max_size=400),
            st.booleans(),
        ),
        min_size=1,
        max_size=20,
    )
)
def test_any_words_and_sides_give_whole_markup_and_a_quote_to_each_claim(
    many: list[tuple[str, int, Modality, str | None, str, bool]],
) -> None:
    archive = Archive()
    for number, (kind, channel, modality, side, text, copied) in enumerate(many):
        archive.say(kind, minutes(-number), channel, modality, side=side, text=text, copied=copied)
    about = side_by_side(archive.said, TABLE)[1]
    blocks = section(about, archive.posts, TABLE, RULES.zone, NOW, most=6)
    assert blocks[0] == HEAD
    for block in blocks[1:]:
        tags = Tags()
        tags.feed(block)
        assert not tags.open
        if block.startswith("•"):
            assert "  «" in block
            assert len(block) < 4000

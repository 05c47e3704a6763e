"""A page of the public preview -> what it shows: posts, ids, and whether there are older ones. Pure.

The form is the one that TELEGRAM.md (20) describes. A page of another form is said to be one: it is never taken for
an empty channel.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from selectolax.lexbor import LexborHTMLParser, LexborNode, SelectolaxError

from bot.errors import Mendable, Unavailable
from bot.languages import N_, NN_, Said
from bot.languages.said import Text
from bot.preview.blocks import Unreadable, block_ids, to_post
from bot.preview.markup import classes, clean, words
from storage.records import Post

_LARGEST: Final = 8_000_000  # bytes; a page of 20 posts has about 150,000
_EFFORT: Final = 3_000_000  # open elements, summed over all tags; a page of 20 posts has about 50,000
_TAG: Final = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9-]*)")
_VOID: Final = frozenset(b"area base br col embed hr img input link meta param source track wbr".split())
_NAME: Final = re.compile(r"[A-Za-z]\w{3,31}", re.ASCII)
_END: Final = re.compile(rb"</html\s*>", re.IGNORECASE)
_TAIL: Final = 4096  # bytes after which a whole page must have ended
_CHANGED: Final = N_(
    "the form of its public page has changed, and placewatch can't read it: {what}. Update placewatch"
)


class ChangedForm(Mendable):
    """The page is none that we can read: the source's form has changed."""

    def __init__(self, what: Text, /, **values: object) -> None:
        super().__init__(_CHANGED, what=Said(what, **values))


class OtherName(Mendable):
    """The page shows the posts of a channel that goes by another name."""

    def __init__(self, owner: str) -> None:
        super().__init__(
            N_("its public page shows the posts of @{owner}: unfollow it, and follow that name"), owner=owner
        )


@dataclass(frozen=True, slots=True)
class Refused:
    """A block of the page that is no readable post, and why."""

    message_id: int | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a page shows."""

    title: str
    posts: tuple[Post, ...]  # by id, ascending
    ids: frozenset[int]  # that are explained: posts, further parts of albums, service messages
    refused: tuple[Refused, ...] = ()
    older: bool = False  # there are posts before these

    @property
    def span(self) -> tuple[int, int] | None:
        """The lowest and the highest id of the page, refused ones included; None where it shows none."""
        every = {*self.ids, *(one.message_id for one in self.refused if one.message_id is not None)}
        return (min(every), max(every)) if every else None


def read(body: bytes, name: str, channel_id: int, fetched_at: datetime) -> Page:
    """What a page of the channel `name` shows, as posts of our channel row.

    A channel without posts is a page with none. Unavailable where the page was cut short; OtherName where all posts
    are another channel's; ChangedForm where it is of another form than known.
    """
    if len(body) > _LARGEST:
        raise ChangedForm(NN_("it has {number:,} byte", "it has {number:,} bytes"), number=len(body))
    if not _END.search(body[-_TAIL:]):
        raise Unavailable("the page was cut short")
    if _effort(body) > _EFFORT:
        raise ChangedForm(N_("its elements are nested too deep"))
    try:
        tree = LexborHTMLParser(body.decode("utf-8", "replace"))
    except SelectolaxError:
        raise ChangedForm(N_("it is no HTML")) from None
    history = tree.css_first(".tgme_channel_history")
    if history is None:
        raise ChangedForm(N_("it shows no history"))
    posts: dict[int, Post] = {}
    ids: set[int] = set()
    refused: list[Refused] = []
    blocks = history.css(".tgme_widget_message")
    for block in blocks:
        message_id = None
        try:
            message_id, further = block_ids(block, name)
            post = to_post(block, message_id, name, channel_id, fetched_at)
        except Unreadable as reason:
            refused.append(Refused(message_id, str(reason)))
            continue
        ids |= {message_id, *further}
        if post is not None:
            posts[message_id] = post
    if not blocks and history.css_first(".tme_no_messages_found") is None:
        raise ChangedForm(N_("it shows neither posts nor that there are none"))
    if blocks and not ids:
        owners = {(block.attributes.get("data-post") or "").rpartition("/")[0] for block in blocks}
        if (
            len(owners) == 1
            and _NAME.fullmatch(owner := owners.pop())
            and owner.casefold() != name.casefold()
        ):
            raise OtherName(owner)
        raise ChangedForm(
            NN_(
                "none of its {number} posts is readable ({reason})",
                "none of its {number} posts is readable ({reason})",
            ),
            number=len(blocks),
            reason=refused[0].reason,
        )
    return Page(
        title=_title(tree),
        posts=tuple(posts[i] for i in sorted(posts)),
        ids=frozenset(ids),
        refused=tuple(refused),
        older=_has_older(tree),
    )


def _effort(body: bytes) -> int:
    """How much work a page's nesting makes for a parser that follows the HTML standard, in open elements a tag.

    Unclosed formatting is opened anew in every block after it: without this limit a page of 1 MB can take hours.
    """
    opened: Counter[bytes] = Counter()
    depth = effort = 0
    for closing, tag in _TAG.findall(body):
        tag = tag.lower()
        if closing:
            if opened[tag]:
                opened[tag] -= 1
                depth -= 1
        elif tag not in _VOID:
            opened[tag] += 1
            depth += 1
        effort += depth
        if effort > _EFFORT:
            break
    return effort


def _title(tree: LexborHTMLParser) -> str:
    for selector in (".tgme_channel_info_header_title", ".tgme_header_title"):
        found = tree.css_first(selector)
        if found is not None:
            title, _ = words(found)
            if title:
                return " ".join(title.split())[:200]
    meta = tree.css_first('meta[property="og:title"]')
    return clean(((meta.attributes.get("content") if meta else None) or "").strip())[:200]


def _has_older(tree: LexborHTMLParser) -> bool:
    return any(_leads_back(node) for node in tree.css("link[rel], a[data-before]"))


def _leads_back(node: LexborNode) -> bool:
    if node.tag == "a":
        return "tme_messages_more" in classes(node)
    return (node.attributes.get("rel") or "").lower() == "prev"

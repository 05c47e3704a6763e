"""A post's formatted words in a page -> text and entities, their offsets in UTF-16 units. Pure."""

from __future__ import annotations

import re
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from selectolax.lexbor import LexborNode

from storage.records import Entity

_KINDS: Final = {
    "b": "bold",
    "strong": "bold",
    "i": "italic",
    "em": "italic",
    "u": "underline",
    "ins": "underline",
    "s": "strike",
    "del": "strike",
    "strike": "strike",
    "code": "code",
    "pre": "pre",
    "blockquote": "blockquote",
    "tg-spoiler": "spoiler",
    "tg-emoji": "custom_emoji",
}
_BLOCKS: Final = frozenset({"blockquote", "pre", "div", "p"})
_UNSEEN: Final = frozenset({"script", "style", "template"})
_SCHEMES: Final = frozenset({"http", "https", "tg", "ton"})
_MOST = 4_000  # entities of one post; Telegram itself allows 100
_SURROGATE = re.compile("[\ud800-\udfff]")


def classes(node: LexborNode) -> frozenset[str]:
    """The classes of an element."""
    return frozenset((node.attributes.get("class") or "").split())


def walk(root: LexborNode) -> Generator[tuple[bool, LexborNode], bool | None, None]:
    """(True, node) when a node below `root` begins and (False, element) when an element ends, in page order.

    Whoever reads may send True after a beginning: then what is below that node is passed over. No recursion: how
    deep a page is nested is its author's choice.
    """
    node: LexborNode | None = root.first_child
    depth = 0
    while node is not None:
        passed_over = yield True, node
        below = None if passed_over or not node.is_element_node else node.first_child
        if below is not None:
            node, depth = below, depth + 1
            continue
        if node.is_element_node:
            yield False, node
        while node.next is None:
            if depth == 0:
                return
            parent = node.parent
            if parent is None:
                return
            node, depth = parent, depth - 1
            yield False, node
        node = node.next


def clean(text: str) -> str:
    """Text that any database can keep."""
    return _SURROGATE.sub("\ufffd", text).replace("\0", "\ufffd")


@dataclass(slots=True)
class _Writer:
    pieces: list[str] = field(default_factory=list)
    units: int = 0  # UTF-16
    last: str = "\n"  # the last character: at the start nothing need be parted
    breaks: bool = False  # a block has ended, or one begins: what comes stands on a line of its own

    def write(self, text: str) -> None:
        if not text:
            return
        if self.breaks and self.last != "\n" and not text.startswith("\n"):
            self._add("\n")
        self.breaks = False
        self._add(text)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        self.units += len(text) + sum(c > "\uffff" for c in text)
        self.last = text[-1]


def words(root: LexborNode) -> tuple[str, tuple[Entity, ...]]:
    """The text of an element as its author wrote it, and its formatting; white space at its ends is left out."""
    out = _Writer()
    opened: list[tuple[LexborNode, int, int]] = []  # element, where its text begins, its piece
    found: list[Entity] = []
    for begins, node in walk(root):
        tag = node.tag
        if not node.is_element_node:
            if begins and node.is_text_node and not _is_unseen(node):
                out.write(clean(node.text(deep=False) or ""))
            continue
        if begins:
            if tag == "br":
                out.write("\n")
            if tag in _BLOCKS:
                out.breaks = True
            if tag in _KINDS or tag == "a":
                if out.breaks and out.last != "\n":
                    out.write("\n")
                opened.append((node, out.units, len(out.pieces)))
        else:
            if opened and opened[-1][0].mem_id == node.mem_id:
                _, start, piece = opened.pop()
                entity = _entity(node, "".join(out.pieces[piece:]), start, out.units)
                if entity is not None and len(found) < _MOST:
                    found.append(entity)
            if tag in _BLOCKS:
                out.breaks = True
    return _trimmed("".join(out.pieces), found)


def _is_unseen(text: LexborNode) -> bool:
    parent = text.parent
    return parent is not None and parent.tag in _UNSEEN


def _entity(node: LexborNode, text: str, start: int, end: int) -> Entity | None:
    if not text.strip():
        return None
    tag = node.tag or ""
    if tag == "a":
        return _link(clean(node.attributes.get("href") or ""), text, start, end - start)
    # An emoji is drawn as <i class="emoji"><b>…</b></i>, which is no formatting of the author's.
    parent = node.parent
    if "emoji" in classes(node) or (parent is not None and "emoji" in classes(parent)):
        return None
    return Entity(_KINDS[tag], start, end - start)


def _link(address: str, text: str, start: int, length: int) -> Entity | None:
    if address.startswith("?q=") and unquote(address[3:]) == text:
        return Entity("hashtag" if text.startswith("#") else "cashtag", start, length)
    if address.startswith("mailto:"):
        return Entity("email", start, length)
    if address.startswith("tel:"):
        return Entity("phone", start, length)
    try:
        scheme = urlsplit(address).scheme
    except ValueError:
        return None
    if scheme not in _SCHEMES:
        return None
    if text.startswith("@") and address.rpartition("/")[2].casefold() == text[1:].casefold():
        return Entity("mention", start, length)
    bare = address.partition("://")[2].rstrip("/")
    if text.rstrip("/") in (address.rstrip("/"), bare, unquote(address.rstrip("/")), unquote(bare)):
        return Entity("url", start, length)
    return Entity("text_url", start, length, address)


def _trimmed(text: str, found: list[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """Without white space at the ends, as Telegram keeps a message; entities move and shrink with it."""
    bare = text.strip()
    before = len(text) - len(text.lstrip())
    units = len(bare) + sum(c > "\uffff" for c in bare)
    kept = []
    for entity in found:
        start = max(0, entity.offset - before)  # white space takes one unit each
        end = min(units, entity.offset + entity.length - before)
        if end > start:
            kept.append(Entity(entity.kind, start, end - start, entity.url))
    return bare, tuple(sorted(kept, key=lambda e: (e.offset, -e.length, e.kind)))

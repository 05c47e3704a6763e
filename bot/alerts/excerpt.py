"""The sentences about a place, not the whole post, with the names in bold; and how others' words are made safe."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from html import escape
from typing import Protocol

import razdel

from bot.alerts.measure import head, units
from storage.records import Revision

# razdel ends a sentence after these (DESIGN.md); what is named or numbered next belongs to it.
_BEFORE_NAME = re.compile(
    r"(?:^|[\s(«\"“])(?:м|с|смт|сел|вул|просп|пр|бул|пров|пл|г|н\.\s?п|ул|пос|пгт|р|ст|ім|им|гр|гр-н|д|корп|буд|кв|"
    r"Gov|Gen|Lt|Col|Maj|Capt|Sgt|Brig|Adm|Pres|Sen|Rep|Rev|Prof|St|Mt|Ft|Mr|Mrs|Ms|Dr|vs|approx|e\.\s?g|i\.\s?e|cf|"
    r"ген|полк|підполк|подполк|кап|лейт|проф|акад|т\. ?зв|т\. ?н|напр)\.$",
    re.IGNORECASE,
)
# After these a sentence may well end: what goes on with a number or a small letter belongs to it.
_AFTER_NUMBER = re.compile(
    r"(?:^|[\s(«\"“\d])(?:обл|р-н|р-ну|р-не|тис|тыс|млн|млрд|грн|руб|год|хв|мин|сек|км|кг|No|Nos|no|№|pp|"
    r"Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|янв|фев|февр|апр|авг|сент|окт|нояб|дек|січ|лют|бер|квіт|"
    r"трав|черв|лип|серп|вер|жовт|лист|груд|ca|c|a\.m|p\.m)\.$",
    re.IGNORECASE,
)
_MEASURE = re.compile(
    r"\d\s*(?:м|с|г|р|ст|д|кв)\.$", re.IGNORECASE
)  # metres, seconds, years: not what is named
_INITIAL = re.compile(r"(?:^|[\s(«\"“.])[A-ZА-ЯЁЄІЇҐ]\.$")
_NUMBER = re.compile(r"\d{1,3}[.)]")  # of an item in a list
_LAST = 24  # characters in which an abbreviation stands
_WIDTH = 400  # UTF-16 units around a name where one sentence alone is longer than the room
_NAMES = 40  # set in bold in one excerpt: Telegram takes 100 stretches of formatting in a message

# Marks that turn text around would turn the rest of the message too, link and disclaimer included.
_DIRECTION = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
_STACKED = re.compile("([\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]{3})"
                      "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]+")  # fmt: skip
_SURROGATE = re.compile("[\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_UNSEEN = re.compile(r"[\s\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f"
                     "\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufffc\U000e0000-\U000e0fff]+")  # fmt: skip


class Stretch(Protocol):
    """Part of a text that is looked for: a mention, or the hit of a search."""

    @property
    def start(self) -> int:
        """Its first code point."""

    @property
    def end(self) -> int:
        """The first code point after it."""


def shown(text: str) -> str:
    """Somebody's words, safe in our message: markup escaped, nothing that turns it around or covers its lines."""
    return _isolated(_safe(text))


def in_line(text: str, room: int, otherwise: str = "") -> str:
    """A name or title as part of a line of ours, as HTML; see `on_one_line`."""
    return _isolated(escape(on_one_line(text, room, otherwise)))


def on_one_line(text: str, room: int, otherwise: str = "") -> str:
    """Somebody's words on one line, cut to `room` UTF-16 units; `otherwise` where nothing of them can be seen."""
    flat = " ".join(_cleaned(text).split())
    if not _UNSEEN.sub("", flat):
        flat = otherwise
    return flat if units(flat) <= room else head(flat, room - 1).rstrip() + "…"


def _cleaned(text: str) -> str:
    text = _SURROGATE.sub("\ufffd", text)
    return _STACKED.sub(r"\1", _CONTROL.sub("", _DIRECTION.sub("", text)))


def _safe(text: str) -> str:
    return escape(_cleaned(text))


def _isolated(html: str) -> str:
    """Words written from right to left keep their own order and leave that of the rest of the line alone."""
    return f"\u2068{html}\u2069" if _RIGHT_TO_LEFT.search(html) else html


def sentences(text: str) -> list[tuple[int, int]]:
    """Spans of the sentences of a text, in order; a line's end always ends one."""
    return list(_spans(text))


@lru_cache(maxsize=32)  # a story is composed for many chats, and each time for several ends
def _spans(text: str) -> tuple[tuple[int, int], ...]:
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        pieces = [(start + s.start, start + s.stop) for s in razdel.sentenize(line)] if line.strip() else []
        for begin, end in pieces:
            if spans and spans[-1][0] >= start and _goes_on(text, spans[-1], begin):
                spans[-1] = (spans[-1][0], end)
            else:
                spans.append((begin, end))
        start += len(line)
    return tuple(spans)


def _goes_on(text: str, before: tuple[int, int], begin: int) -> bool:
    """Whether what stands before is no whole sentence yet."""
    last = text[max(before[0], before[1] - _LAST) : before[1]]
    following = text[begin : begin + 1]
    if following.islower() and last.endswith((".", "…")):
        return True
    if _AFTER_NUMBER.search(last):
        return following.isdigit()
    if before[1] - before[0] <= 4 and _NUMBER.fullmatch(last):
        return True
    if _INITIAL.search(last):
        return True
    return _BEFORE_NAME.search(last) is not None and not (_MEASURE.search(last) and following.isupper())


def excerpt(revision: Revision, mentions: Sequence[Stretch], room: int, *, bold: int = _NAMES) -> str:
    """The sentences with a mention, names in bold, escaped; at most `room` UTF-16 units of the source, or about it.

    What is left out is marked with an ellipsis. Words of a linked page are marked as such.
    """
    said = _quote(
        revision.text, [(m.start, m.end) for m in mentions if m.end <= len(revision.text)], room, bold
    )
    if said:
        return said
    offset = len(revision.text) + 1
    linked = [(m.start - offset, m.end - offset) for m in mentions if m.start >= offset]
    words = _quote(revision.preview, linked, room - len(_LINKED), bold)
    return f"{_LINKED}{words}" if words else ""


_LINKED = "[in the preview of a linked page] "


def sentence_at(text: str, start: int, end: int, room: int) -> str:
    """The sentence with `text[start:end]`, that in bold, escaped and on one line; about `room` characters at most.

    A longer sentence is cut to what stands around the span; what is left out of it is marked with an ellipsis.
    """
    spot = (start, min(end, start + room // 2))
    whole = next(((a, b) for a, b in sentences(text) if a <= start < b), spot)
    begin, stop = _around(text, *whole, [spot], room) if whole[1] - whole[0] > room else whole
    words, _ = _marked(text, begin, stop, [spot], 1)
    return ("… " if begin > whole[0] else "") + words + (" …" if stop < whole[1] else "")


def spans_about(text: str, mentions: Sequence[Stretch]) -> list[tuple[int, int]]:
    """Spans of the sentences of a text that mention a place; mentions beyond the text lie in a link's preview."""
    return _with_names(text, [(m.start, m.end) for m in mentions if m.end <= len(text)])


def _with_names(text: str, names: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    found, ordered, at = [], sorted(names), 0
    for begin, end in _spans(text) if names else ():
        while at < len(ordered) and ordered[at][1] <= begin:
            at += 1
        if at < len(ordered) and ordered[at][0] < end:
            found.append((begin, end))
    return found


def _quote(text: str, names: Sequence[tuple[int, int]], room: int, bold: int) -> str:
    """Whole sentences as long as there is room; one that alone is longer is cut around its first name."""
    pieces: list[str] = []
    end_before, left = 0, room - 4  # the ellipses at its ends
    for begin, end in _with_names(text, names):
        whole = units(text[begin:end])
        if whole + 3 > left:
            if pieces:
                break
            begin, end = _around(text, begin, end, names, min(left, _WIDTH))
        cut = text[end_before:begin].strip() != ""
        marked, used = _marked(text, begin, end, names, bold)
        bold -= used
        pieces.append(("… " if cut else "") + marked)
        left -= units(text[begin:end]) + 3
        end_before = end
    if not pieces:
        return ""
    return _isolated(" ".join(pieces) + (" …" if text[end_before:].strip() else ""))


def _around(text: str, begin: int, end: int, names: Sequence[tuple[int, int]], width: int) -> tuple[int, int]:
    """A window of a long sentence around its first name, cut between words where there are any."""
    name = min(span for span in names if begin < span[1] and span[0] < end)
    low = max(begin, name[0] - width // 4)
    if low > begin:
        space = text.find(" ", low, name[0])
        low = space + 1 if space != -1 else name[0]  # no words before it: the name begins the quotation
    kept = head(text[low:end], width)
    high = low + len(kept)
    if high < end and (space := text.rfind(" ", name[1], high)) != -1:
        high = space
    return low, high


def _marked(text: str, begin: int, end: int, names: Sequence[tuple[int, int]], most: int) -> tuple[str, int]:
    """A stretch of a text, escaped, with at most so many names in bold; and how many those are."""
    out: list[str] = []
    at, used = begin, 0
    for s, e in sorted(set(names)):
        if s < at or e > end or used >= most:
            continue
        out += [_safe(text[at:s]), "<b>", _safe(text[s:e]), "</b>"]
        at, used = e, used + 1
    out.append(_safe(text[at:end]))
    return " ".join("".join(out).split()), used


def opening(text: str, room: int) -> str:
    """The beginning of a text on one line, cut between words."""
    flat = " ".join(text.split())
    if units(flat) <= room:
        return flat
    kept = head(flat, room)
    return (kept.rpartition(" ")[0] or kept) + " …"

"""Feeds for readers: Atom (RFC 4287) and RSS 2.0, newest statements first.

An entry that is edited or deleted keeps its number and has a newer time, so that readers show it again.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from email.utils import format_datetime
from html import escape
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from bot.alerts.compose import moment, speaker
from bot.alerts.excerpt import on_one_line
from bot.archive.export.fields import at, became, iso, quoted
from bot.archive.export.heading import CAVEAT, Heading
from bot.archive.export.xml import Xml, legal
from storage.records.exported import Statement

ATOM_MIME: Final = "application/atom+xml; charset=utf-8"
RSS_MIME: Final = "application/rss+xml; charset=utf-8"
_ATOM: Final = "http://www.w3.org/2005/Atom"
_TITLE: Final = 140
_HOME: Final = "https://t.me/"


def changed_at(one: Statement) -> datetime:
    """When a statement last changed, as far as the archive knows."""
    known = (one.received_at, one.edited_at, one.deleted_at)
    return max(at(one) for one in known if one is not None)


def newest(statements: Sequence[Statement], otherwise: datetime) -> datetime:
    """When a feed of these statements last changed: that it is asked for again is no change."""
    return max(map(changed_at, statements), default=otherwise)


def atom(
    heading: Heading, statements: Iterable[Statement], updated: datetime | None = None
) -> Iterator[bytes]:
    """An Atom document."""
    xml = Xml()
    xml.open("feed", {"xmlns": _ATOM})
    xml.leaf("id", uuid5(NAMESPACE_URL, f"placewatch feed {legal(heading.query)}").urn)
    xml.leaf("title", heading.title)
    xml.leaf("subtitle", " ".join([CAVEAT, *heading.notes]))
    xml.leaf("updated", iso(updated or heading.made_at))
    xml.leaf("generator", "placewatch")
    xml.line()
    yield xml.taken()
    for one in statements:
        xml.open("entry")
        xml.leaf("id", _number(one))
        xml.leaf("title", _title(one))
        xml.leaf("link", None, {"href": one.link, "rel": "alternate"})
        xml.leaf("published", one.posted_at)
        xml.leaf("updated", iso(changed_at(one)))
        xml.open("author")
        xml.leaf("name", on_one_line(speaker(one.channel), _TITLE, "a channel"))
        xml.close("author")
        for place in one.about:
            xml.leaf("category", None, {"term": place.place.name})
        xml.leaf("content", _content(one, heading), {"type": "html"})
        xml.close("entry")
        xml.line()
        yield xml.taken()
    xml.close("feed")
    xml.line()
    yield xml.taken()


def rss(
    heading: Heading, statements: Iterable[Statement], updated: datetime | None = None
) -> Iterator[bytes]:
    """An RSS 2.0 document."""
    xml = Xml()
    xml.open("rss", {"version": "2.0"})
    xml.open("channel")
    xml.leaf("title", heading.title)
    xml.leaf("link", _HOME)
    xml.leaf("description", " ".join([CAVEAT, *heading.notes]))
    xml.leaf("lastBuildDate", format_datetime(updated or heading.made_at))
    xml.leaf("generator", "placewatch")
    xml.line()
    yield xml.taken()
    for one in statements:
        xml.open("item")
        xml.leaf("title", _title(one))
        xml.leaf("link", one.link)
        xml.leaf("guid", _number(one), {"isPermaLink": "false"})
        xml.leaf("pubDate", format_datetime(at(one.posted_at)))
        for place in one.about:
            xml.leaf("category", place.place.name)
        xml.leaf("description", _content(one, heading))
        xml.close("item")
        xml.line()
        yield xml.taken()
    xml.close("channel")
    xml.close("rss")
    xml.line()
    yield xml.taken()


def _number(one: Statement) -> str:
    """The same for ever, also when the channel goes by another name."""
    return uuid5(NAMESPACE_URL, f"placewatch post {one.id}").urn


def _title(one: Statement) -> str:
    mark = "[deleted] " if one.deleted_at else "[edited] " if one.earlier else ""
    words = on_one_line(quoted(one), _TITLE, f"[{one.media or 'no text'}]")
    return f"{mark}{on_one_line(speaker(one.channel), _TITLE // 2, 'a channel')}: «{words}»"


def _content(one: Statement, heading: Heading) -> str:
    """HTML of the quotation and what there is to say about it."""
    zone = heading.zone
    words = escape(quoted(one)).replace("\n", "<br>")
    side = f", {escape(one.channel.side)}" if one.channel.side else ""
    said = [f'<a href="{escape(one.link)}">{moment(at(one.posted_at), zone)}</a>']
    if one.repeats is not None:
        said.append(f'{one.how} of <a href="{escape(one.repeats)}">an earlier statement</a>')
    said += map(escape, became(one, zone))
    about = "".join(
        f"<li>{escape(a.place.name)}: confidence {a.confidence:.2f} ({escape(a.why)})"
        + (f", reviewed: {a.verdict}" if a.verdict else "")
        + "</li>"
        for a in one.about
    )
    proof = (
        f"<p>Ledger entries {', '.join(map(str, one.entries))}, digest {one.digest}</p>" if one.digest else ""
    )
    return (
        f"<blockquote>{words or '[no text]'}</blockquote>"
        f"<p>{escape(speaker(one.channel))}{side} · {' · '.join(said)}</p>"
        + (f"<ul>{about}</ul>" if about else "")
        + proof
    )

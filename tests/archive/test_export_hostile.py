"""Whatever a post holds, every format is a valid document that says it: read back by parsers that are not ours."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from bot.archive.export import feed, geojson, kml, lines, sheet
from bot.archive.export.fields import COLUMNS, values
from bot.archive.export.markdown import text as bound
from bot.archive.export.story import quotation
from storage.records.exported import Statement
from tests.archive.exported import channel, heading, statement

HOSTILE = (
    "]]><script>alert(1)</script>&amp;&#0;",
    "\x00\x01\x08\x0b\x0c\x1f\x7f\x85\ufffe\uffff",
    "\u202eобрати текст\u2066 \u200f",
    "\ud800 и \udfff",
    '=HYPERLINK("http://example.org","x")',
    'a,b;"c"\r\n=1+1\n\'',
    "слово " * 16_000 + "конец",
    "# head\n* item\n1. one\n> quote\n```\n<b>x</b> [a](http://example.org) ![i](x) http://example.org _x_ **y**",
    "",
)
ANY = st.one_of(st.text(st.characters(), max_size=60), st.sampled_from(HOSTILE))
XML_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def whole(pieces: Iterable[bytes]) -> bytes:
    return b"".join(pieces)


def said(text: str, title: str = "Channel") -> Statement:
    return statement(text, channel=channel(title, label=title, side=title), origin=title or None)


def kept(text: str) -> str:
    """What UTF-8 can hold of a text."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def legal(text: str) -> str:
    """What XML can hold of a text."""
    return XML_ILLEGAL.sub("\ufffd", text)


@settings(max_examples=30, deadline=None)
@given(text=ANY, title=ANY)
@example(HOSTILE[1], HOSTILE[1])
@example(HOSTILE[5], HOSTILE[4])
def test_a_table_gives_back_every_text_and_runs_none(text: str, title: str) -> None:
    one = said(text, title)
    data = whole(sheet.written(heading(), [one, one])).decode("utf-8-sig")
    # By the csv module's strict mode: a quotation mark out of its place is an error.
    first, *rows = csv.reader(io.StringIO(data, newline=""), strict=True)
    assert tuple(first) == COLUMNS
    assert len(rows) == 2
    for row in rows:
        assert not any(cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for cell in row)
        found = dict(zip(COLUMNS, row, strict=True))
        assert sheet.plain(found["text"]) == kept(text)
        assert sheet.plain(found["who_speaks"]) == kept(title or title)


@settings(max_examples=30, deadline=None)
@given(text=ANY, title=ANY)
def test_a_table_is_as_the_csv_module_would_write_it(text: str, title: str) -> None:
    one = said(kept(text), kept(title))
    out = io.StringIO()
    cells = [
        "" if v is None else sheet.safe("; ".join(map(str, v)) if isinstance(v, list) else str(v))
        for v in values(one)
    ]
    csv.writer(out).writerow(cells)
    [expected] = csv.reader(io.StringIO(out.getvalue(), newline=""))
    [written] = csv.reader(io.StringIO(sheet.line(one).decode(), newline=""))
    assert written == expected


@settings(max_examples=30, deadline=None)
@given(text=ANY, title=ANY)
def test_json_lines_are_one_object_a_line(text: str, title: str) -> None:
    data = whole(lines.written(heading(), [said(text, title)] * 2)).decode()
    found = [json.loads(line) for line in data.split("\n") if line]
    assert [one["text"] for one in found] == [kept(text)] * 2


@settings(max_examples=30, deadline=None)
@given(text=ANY, title=ANY)
def test_geojson_is_a_collection_with_its_notes(text: str, title: str) -> None:
    document = json.loads(whole(geojson.written(heading(query=title, notes=(title,)), [said(text, title)])))
    assert document["type"] == "FeatureCollection"
    assert document["notes"][-1] == kept(title)
    [feature] = document["features"]
    assert feature["geometry"] == {"type": "Point", "coordinates": [37.18, 48.28]}
    assert feature["properties"]["text"] == kept(text)


@settings(max_examples=30, deadline=None)
@given(text=ANY, title=ANY)
@example(HOSTILE[1], HOSTILE[1])
@example(HOSTILE[3], HOSTILE[3])
def test_kml_and_feeds_are_xml_that_says_the_same(text: str, title: str) -> None:
    frame, one = heading(query=title, notes=(title,)), said(text, title)
    for form in (kml.written, feed.atom, feed.rss):
        root = ET.fromstring(whole(form(frame, [one])))  # noqa: S314 - our own
        assert any(title == "" or legal(title) in (node.text or "") for node in root.iter())
    placemark = ET.fromstring(whole(kml.written(frame, [one])))  # noqa: S314 - our own
    space = "{http://www.opengis.net/kml/2.2}"
    data = {node.get("name"): node[0].text or "" for node in placemark.iter(f"{space}Data")}
    assert data["text"] == legal(text)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.text = ""

    def handle_starttag(self, tag: str, _: object) -> None:
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@settings(max_examples=40, deadline=None)
@given(text=ANY, spans=st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=4))
def test_a_quotation_is_html_of_nothing_but_bold_words(text: str, spans: list[tuple[int, int]]) -> None:
    one = statement(text, spans=tuple((a, a + n) for a, n in spans))
    reader = _Tags()
    reader.feed(quotation(one))
    reader.close()
    assert reader.tags <= {"b"}
    assert not re.search("[\u202a-\u202e\u2066\u2067]", reader.text)


@settings(max_examples=80, deadline=None)
@given(text=ANY)
@example(HOSTILE[7])
def test_markdown_shows_every_word_as_it_stands(text: str) -> None:
    flat = " ".join(kept(text).split())
    if not flat or any(
        unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co", "Zs", "Zl", "Zp") and c != " " for c in flat
    ):
        return  # CommonMark has rules of its own for these
    html = MarkdownIt("commonmark").render(bound(flat))
    reader = _Tags()
    reader.feed(html)
    reader.close()
    assert reader.tags == {"p"}
    assert reader.text.strip() == flat


@pytest.mark.parametrize("form", [feed.atom, feed.rss, kml.written])
def test_a_format_with_nothing_in_it_is_valid(form: Callable[..., Iterator[bytes]]) -> None:
    ET.fromstring(whole(form(heading(), [])))  # noqa: S314 - our own

"""Whatever is said in posts, names or addresses: it stays text, stays where it is, and asks nothing of the database."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import AsyncIterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
import pytest_asyncio

from bot.web.api.table import CALLS
from bot.web.routes import TABLE
from storage import reading
from tests import making
from tests.making import minutes
from tests.web.visiting import ADDRESS, Visit, once_more, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'><svg/onload=alert(3)>{{7*7}}${7*7}"
SQL = (
    "'",
    "';DROP TABLE post;--",
    '" OR 1=1 --',
    "1 UNION SELECT hash FROM web_session",
    ") OR (1",
    "post_fts MATCH 'x'",
    "NEAR(a b)",
    "*",
    '"',
    "place:'",
    "\x00",
    "%00",
    "😀" * 200,
    "-1",
    "9223372036854775808",
    "1e309",
)
TRAVERSALS = (
    "../app.py",
    "..%2f..%2fplacewatch.db",
    "%2e%2e/%2e%2e/placewatch.db",
    "....//placewatch.db",
    "/etc/passwd",
    "..\\placewatch.db",
    "style.css%00.png",
    "leaflet/../../app.py",
    "C:\\windows\\win.ini",
)


def fill(db: sqlite3.Connection) -> None:
    """An archive in which everything that somebody else writes is hostile."""
    making.track(db, "Покровськ", name=f"Pokrovsk {MARKUP}", region=MARKUP)
    channel = making.follow(db, 1, title=MARKUP)
    db.execute("UPDATE channel SET label = ?, side = ?, owner = ?", (MARKUP, MARKUP, MARKUP))
    for number, text in enumerate((f"Покровськ {MARKUP}", f"{MARKUP} Покровська"), 1):
        said = making.post(
            channel, number, text, posted_at=minutes(-60 + number), preview=MARKUP, author=MARKUP
        )
        making.keep(db, said, now=minutes(-60 + number))
    edited = making.post(
        channel, 1, f"Покровськ знову {MARKUP}", posted_at=minutes(-59), edited_at=minutes(-5)
    )
    making.keep(db, edited, now=minutes(-5))


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """One archive for all of this file."""
    async with visiting(tmp_path_factory.mktemp("hostile"), fill) as visit:
        yield visit


class Markup(HTMLParser):
    """What a browser would take for more than text."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "script" and not (given.get("src") or "").startswith("/static/"):
            self.bad.append(tag)
        if tag in ("iframe", "object", "embed", "base"):
            self.bad.append(tag)
        for name, value in attrs:
            if name.startswith("on") or name == "style":
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and re.match(
                r"\s*(javascript|data|vbscript):", value or "", re.IGNORECASE
            ):
                self.bad.append(f"{tag} {name}={value}")


def markup(page: str) -> list[str]:
    parser = Markup()
    parser.feed(page)
    return parser.bad


async def paths(visit: Visit) -> list[str]:
    """Every page that can be looked at, of things that are there."""
    channel, message, post = await visit.store.read(
        lambda db: db.execute("SELECT channel_id, message_id, id FROM post ORDER BY id").fetchone()
    )
    (kept,) = await visit.store.read(reading.kept_by_ids, [post])
    place = next(iter(kept.mentions)).place_id
    name = kept.channel.username
    there = {"message": message, "post": post, "number": post, "place": place, "channel": name, "id": channel}
    return [
        re.sub(r"\{(\w+)(?::\w+)?\}", lambda m: str(there.get(m[1], place)), entry.path)
        for entry in TABLE
        if "GET" in entry.methods and "{path:path}" not in entry.path and entry.name != "enter_link"
    ]


async def test_what_is_stored_is_shown_as_text_on_every_page(house: Visit) -> None:
    async with once_more(house) as visit:
        shown = 0
        assert (await visit.client.get("/")).status_code == 200
        for path in await paths(visit):
            answer = await visit.client.get(path)
            assert answer.status_code < 500, path
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert markup(answer.text) == [], path
                shown += "&lt;script&gt;alert(1)" in answer.text
                assert "49$" not in answer.text, path
            elif answer.status_code == 200:
                assert answer.headers["content-type"].partition(";")[0] in (
                    "application/json",
                    "text/javascript",
                    "text/css",
                ), path
        assert shown >= 2


async def test_what_is_sent_is_never_given_back_as_markup(house: Visit) -> None:
    async with once_more(house) as visit:
        for path in await paths(visit):
            for name in (
                "q",
                "place",
                "channel",
                "side",
                "from",
                "to",
                "after",
                "sort",
                "state",
                "claim",
                "is",
            ):
                answer = await visit.client.get(path, params={name: MARKUP})
                assert answer.status_code < 500, (path, name)
                if answer.headers.get("content-type", "").startswith("text/html"):
                    assert markup(answer.text) == [], (path, name)
        for path in (
            f"/{quote(MARKUP, safe='')}",
            f"/enter/{quote(MARKUP, safe='')}",
            f"/api/{quote(MARKUP, safe='')}",
        ):
            answer = await visit.client.get(path)
            assert not answer.headers["content-type"].startswith("text/html") or markup(answer.text) == []


async def test_sql_in_every_parameter_is_only_words(house: Visit) -> None:
    names = ("q", "place", "channel", "side", "from", "to", "after", "newer")
    fields = {f"/api/v1{call.path}": tuple(call.query.model_fields) for call in CALLS}
    async with once_more(house) as visit:
        before = await visit.store.read(_everything)
        for path in await paths(visit):
            of_path = (
                fields.get(re.sub(r"/\d+", "/{number}", path), ()) if path.startswith("/api/") else names
            )
            for at, name in enumerate(of_path):
                for value in SQL if name == "q" and path != "/" else SQL[at % 3 :: 3]:
                    answer = await visit.client.get(path, params={name: value})
                    assert answer.status_code < 500, (path, name, value)
                    for leak in ("sqlite", "syntax error", "no such", "Traceback"):
                        assert leak not in answer.text, (path, name, value)
        for entry in TABLE:
            if "{" in entry.path and "POST" not in entry.methods:
                for value in SQL:
                    filled = re.sub(r"\{[^}]+\}", quote(value, safe=""), entry.path)
                    assert (await visit.client.get(filled)).status_code < 500, filled
        assert await visit.store.read(_everything) == before


def _everything(db: sqlite3.Connection) -> list[int]:
    names = [
        row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    ]
    return [db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names]


async def test_no_path_leads_out_of_the_pages_own_files(house: Visit) -> None:
    async with once_more(house) as visit:
        for way in TRAVERSALS:
            for begin in ("/static/", "/media/", "/post/", "/api/"):
                answer = await visit.client.get(begin + way)
                assert answer.status_code in (303, 400, 404), (begin, way)
                assert b"SQLite format" not in answer.content
                assert b"root:" not in answer.content


async def test_forms_with_hostile_words_keep_them_as_text(house: Visit) -> None:
    async with once_more(house) as visit:
        post = (await visit.client.get("/api/v1/posts")).json()["posts"][0]["id"]
        for path, body in (
            ("notes", {"text": MARKUP}),
            ("tags", {"add": MARKUP[:50]}),
            ("assignee", {"version": 0, "assignee": MARKUP[:50]}),
        ):
            method = "PUT" if path == "assignee" else "POST"
            answer = await visit.client.request(
                method, f"/api/v1/posts/{post}/review/{path}", json=body, headers={"Origin": ADDRESS}
            )
            assert answer.status_code == 200, answer.text
        for path in await paths(visit):
            answer = await visit.client.get(path)
            if answer.headers.get("content-type", "").startswith("text/html"):
                assert markup(answer.text) == [], path

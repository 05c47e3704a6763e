"""The stream: what is shown, in which order, how it is narrowed, and what it says about what is missing."""

from __future__ import annotations

import re
import sqlite3
from pathlib import Path

from storage import channels, gaps, posts
from storage.records import Forward
from tests.making import NOW, follow, keep, minutes, post, track
from tests.web.visiting import visiting

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>\"'&{{ 7*7 }}</p> Покровск"


def _said(page: str) -> list[str]:
    return [
        re.sub(r"<[^>]+>", "", said).strip()
        for said in re.findall(r'<p class="said"[^>]*>(.*?)</p>', page, re.DOTALL)
    ]


def _two_sides(db: sqlite3.Connection) -> None:
    """Two channels, each with a statement about Pokrovsk, and one statement about nothing."""
    track(db, "Покровск")
    one, other = follow(db, 1), follow(db, 2)
    for channel, side in ((one, "Ukraine"), (other, "Russia")):
        channels.describe(db, channel.id, label=None, side=side, standing=None, owner=None)
    keep(db, post(one, 1, "В Покровске открыли школу", posted_at=minutes(-30)))
    keep(db, post(other, 2, "Под Покровском тихо", posted_at=minutes(-20)))
    keep(db, post(other, 3, "Погода хорошая", posted_at=minutes(-10)))


async def test_statements_about_places_come_newest_first_and_the_rest_on_request(tmp_path: Path) -> None:
    async with visiting(tmp_path, _two_sides) as visit:
        assert _said(await visit.get("/")) == ["Под Покровском тихо", "В Покровске открыли школу"]
        assert _said(await visit.get("/?all=1"))[0] == "Погода хорошая"


async def test_the_stream_is_narrowed(tmp_path: Path) -> None:
    found = {
        "place=1": 2,
        "channel=1": 1,
        "side=Russia": 1,
        "side=Russia&all=1": 2,
        "side=Russia&side=Ukraine": 2,
        "side=Russia&channel=1": 0,
        "state=unreviewed": 2,
        "state=relevant": 0,
        "q=школа": 1,
        "q=погода": 1,
        "q=side:Russia": 2,
        "from=2025-11-02&to=2025-11-02": 2,
        "to=2025-11-01": 0,
        "from=2025-11-02T13:35&to=2025-11-02T13:45": 1,
    }
    async with visiting(tmp_path, _two_sides) as visit:
        assert {narrowed: len(_said(await visit.get(f"/?{narrowed}"))) for narrowed in found} == found


async def test_filters_say_how_many_posts_they_leave_and_links_keep_them(tmp_path: Path) -> None:
    async with visiting(tmp_path, _two_sides) as visit:
        page = await visit.get("/?q=side:Russia&state=unreviewed")
        assert re.search(
            r'href="/\?q=side%3ARussia&amp;place=1&amp;state=unreviewed"[^>]*>.*?Pokrovsk.*?>1<', page
        )


async def test_what_was_looked_for_stands_out_in_every_form(tmp_path: Path) -> None:
    async with visiting(tmp_path, _two_sides) as visit:
        page = await visit.get("/?q=школы Покровск")
        assert "<mark>школу</mark>" in page
        assert "<mark>Покровске</mark>" in page


async def test_a_query_that_cannot_be_read_says_where_it_broke_and_what_was_meant(tmp_path: Path) -> None:
    async with visiting(tmp_path, _two_sides) as visit:
        page = await visit.get("/?q=школа place:Pokrovks")
        assert '<mark class="broken">place:Pokrovks</mark>' in page
        assert "did you mean Pokrovsk" in page


async def test_a_statement_and_its_copies_are_one(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        track(db, "Покровск")
        one, other = follow(db, 1), follow(db, 2)
        keep(db, post(one, 1, "В Покровске открыли школу", posted_at=minutes(-30)))
        forward = Forward(telegram_id=one.telegram_id, message_id=1)
        keep(db, post(other, 7, "В Покровске открыли школу", posted_at=minutes(-20), forward=forward))

    async with visiting(tmp_path, fill) as visit:
        page = await visit.get("/")
        assert len(_said(page)) == 1
        assert "1 other post says this" in page
        assert "/post/channel2/7" in page
        alone = await visit.get("/?channel=2")
        assert len(_said(alone)) == 1
        assert "said first" in alone


async def test_the_parts_of_an_album_are_one(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        track(db, "Покровск")
        channel = follow(db)
        for number in (1, 2, 3):
            text = "Покровск" if number == 1 else ""
            keep(db, post(channel, number, text, posted_at=minutes(-30), grouped_id=9))

    async with visiting(tmp_path, fill) as visit:
        assert len(_said(await visit.get("/?all=1"))) == 1


async def test_pages_lose_and_repeat_nothing(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        track(db, "Покровск")
        one, other = follow(db, 1), follow(db, 2)
        for number in range(1, 71):
            keep(db, post(one, number, f"Покровск, сообщение {number}", posted_at=minutes(-number)))
            if number % 3 == 0:
                forward = Forward(telegram_id=one.telegram_id, message_id=number)
                said = f"Покровск, сообщение {number}"
                keep(db, post(other, number, said, posted_at=minutes(1 - number), forward=forward))

    async with visiting(tmp_path, fill) as visit:
        for query in ("", "q=сообщение", "q=сообщение sort:oldest", "q=сообщение sort:relevance"):
            seen: list[str] = []
            path: str | None = f"/?{query}"
            while path is not None:
                page = await visit.get(path)
                seen += _said(page)
                turn = re.search(r'rel="next" href="([^"]+)"', page)
                path = turn[1].replace("&amp;", "&") if turn else None
            assert len(seen) == len(set(seen)) == 70, query


async def test_what_was_not_read_is_told_where_it_falls(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        _two_sides(db)
        for channel in channels.known(db):
            channels.read_through(db, channel.id, 100, minutes(-25) if channel.id == 1 else NOW)
        gaps.live(db, now=NOW)
        gaps.begin(db, channels.by_id(db, 1), "Telegram asked to wait", now=NOW, until=minutes(-22))

    async with visiting(tmp_path, fill) as visit:
        page = await visit.get("/")
        newer, gap, older = (
            page.index(words) for words in ("Под <mark", "Telegram asked to wait", "открыли школу")
        )
        assert newer < gap < older
        assert "from Sun 2 Nov, 13:35 to 13:38" in " ".join(page.split())
        assert "Telegram asked to wait" not in await visit.get("/?channel=2")


async def test_new_statements_are_counted_once_each(tmp_path: Path) -> None:
    async with visiting(tmp_path, _two_sides) as visit:
        found = re.search(r'data-new="([^"]+)"', await visit.get("/?side=Russia"))
        assert found is not None
        where = found[1].replace("&amp;", "&")
        assert (await visit.client.get(where)).json() == {"count": 0, "more": False}
        for number in (8, 9):
            await visit.store.write(
                lambda db, n=number: keep(db, post(channels.by_id(db, 2), n, f"Покровск {n}", posted_at=NOW))
            )  # type: ignore[misc]
        assert (await visit.client.get(where)).json() == {"count": 2, "more": False}


async def test_markup_in_posts_names_and_queries_is_shown_as_text(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        track(db, "Покровск", name="Pokrovsk<i>%(x)s{{1}}")
        channel = follow(db, 1, title=HOSTILE)
        channels.describe(
            db, channel.id, label=HOSTILE, side="<b>side", standing="<b>official", owner=HOSTILE
        )
        keep(
            db,
            post(channel, 1, HOSTILE, author=HOSTILE, forward=Forward(name=HOSTILE), posted_at=minutes(-9)),
        )
        keep(db, post(channel, 1, HOSTILE + " правка", edited_at=NOW, changed_at=NOW, posted_at=minutes(-9)))

    async with visiting(tmp_path, fill) as visit:
        for path in ("/", "/post/channel1/1", "/?q=%3Cscript%3E", "/?q=(%3Cb%3Ex", "/?side=%3Cb%3E&all=1"):
            page = await visit.get(path)
            for tag in ("<script>alert", "<img src=x", "<b>", "<i>", "49"):
                assert tag not in page.replace('width="49', ""), (path, tag)


async def test_an_address_that_cannot_be_read_is_answered_in_words(tmp_path: Path) -> None:
    unreadable = (
        "place=x",
        "place=1%20OR%201=1",
        "channel=99999999999999999999",
        "state=nonsense",
        "from=yesterday",
        "after=1'--",
        "after=1~x~2",
        "after=99999999999999999999999",
        "to=2025-13-01",
    )
    async with visiting(tmp_path, _two_sides) as visit:
        for asked in unreadable:
            page = await visit.get(f"/?{asked}", 400)
            assert 'class="narrow problem"' in page, asked


async def test_an_empty_archive_says_so(tmp_path: Path) -> None:
    async with visiting(tmp_path, lambda _: None) as visit:
        assert "Nothing has been kept yet" in await visit.get("/")


async def test_a_deleted_post_stays_and_says_so(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        _two_sides(db)
        posts.delete(db, 1, [1], now=NOW, decide=lambda _: [])

    async with visiting(tmp_path, fill) as visit:
        assert "deleted, seen" in await visit.get("/?state=deleted")

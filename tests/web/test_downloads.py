"""Files and feeds from the page."""

from __future__ import annotations

import csv
import io
import sqlite3
from pathlib import Path
from xml.etree import ElementTree as ET

from bot.feeds import NEWEST
from storage import feeds
from tests.making import NOW, follow, keep, minutes, post, track
from tests.web.visiting import Visit, visiting

ATOM = "{http://www.w3.org/2005/Atom}"


def fill(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    channel = follow(db)
    for number in range(1, 4):
        keep(db, post(channel, number, f"=Покровск {number}", posted_at=minutes(number)), minutes(number))
    keep(db, post(channel, 9, "Погода", posted_at=minutes(9)), minutes(9))


async def address(visit: Visit, typed: str) -> str:
    """The secret of a new feed."""
    made = await visit.site.ask("feeds.add", {"typed": typed})
    secret = made["secret"]
    assert isinstance(secret, str)
    return secret


async def test_what_is_found_comes_as_a_file_in_each_format(tmp_path: Path) -> None:
    async with visiting(tmp_path, fill) as visit:
        response = await visit.client.get("/export.csv", params={"q": "place:Pokrovsk sort:oldest"})
        assert response.headers["content-type"] == "text/csv; charset=utf-8"
        assert 'attachment; filename="placewatch-2025-11-02.csv"' in response.headers["content-disposition"]
        rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"), newline="")))
        assert [row["text"] for row in rows] == ["'=Покровск 1", "'=Покровск 2", "'=Покровск 3"]
        for form in ("jsonl", "geojson", "kml", "report", "html", "atom", "rss"):
            said = await visit.get(f"/export.{form}?q=Покровск")
            assert said.count("https://t.me/channel1/2") >= 1
            assert "Погода" not in said
        assert "did you mean place:?" in await visit.get("/export.csv?q=plase:Pokrovsk", 400)
        await visit.get("/export.exe?q=Покровск", 404)


async def test_a_feed_is_read_at_its_secret_address_until_it_is_closed(tmp_path: Path) -> None:
    async with visiting(tmp_path, fill) as visit:
        secret = await address(visit, "Pokrovsk")
        for form in ("atom", "rss"):
            root = ET.fromstring(await visit.get(f"/feeds/{secret}.{form}"))  # noqa: S314 - our own
            titles = [node.text or "" for node in root.iter() if node.tag in (f"{ATOM}title", "title")]
            assert titles == [
                "placewatch: place:Pokrovsk",
                *(f"Channel 1 (@channel1): «=Покровск {n}»" for n in (3, 2, 1)),
            ]
        await visit.get(f"/feeds/{secret[:-1]}.atom", 404)
        await visit.get(f"/feeds/{secret}.csv", 404)
        [feed] = await visit.store.read(feeds.in_use)
        await visit.site.ask("feeds.remove", {"number": feed.id})
        await visit.get(f"/feeds/{secret}.atom", 404)
        dump = await visit.store.read(lambda db: db.execute("SELECT * FROM feed").fetchall())
        assert secret not in str(dump)


async def test_a_reader_that_has_the_feed_already_is_sent_nothing(tmp_path: Path) -> None:
    async with visiting(tmp_path, fill) as visit:
        path = f"/feeds/{await address(visit, 'place:Pokrovsk')}.atom"
        first = await visit.client.get(path)
        tag, changed = first.headers["etag"], first.headers["last-modified"]
        assert changed == "Sun, 02 Nov 2025 12:03:00 GMT"
        assert first.headers["cache-control"] == "private, max-age=60"
        for headers in (
            {"If-None-Match": tag},
            {"If-None-Match": f'"x", W/{tag}'},
            {"If-Modified-Since": changed},
        ):
            again = await visit.client.get(path, headers=headers)
            assert (again.status_code, again.content) == (304, b"")
        for headers in (
            {"If-None-Match": '"x"', "If-Modified-Since": changed},
            {"If-Modified-Since": "nonsense"},
        ):
            assert (await visit.client.get(path, headers=headers)).status_code == 200
        await visit.store.write(_another)
        newer = await visit.client.get(path, headers={"If-None-Match": tag})
        assert newer.status_code == 200
        assert newer.headers["last-modified"] == "Sun, 02 Nov 2025 12:30:00 GMT"


def _another(db: sqlite3.Connection) -> None:
    channel = follow(db)
    for number in range(100, 100 + NEWEST):
        keep(db, post(channel, number, "В Покровске", posted_at=NOW), minutes(30))


async def test_an_empty_feed_is_the_same_each_time_and_one_of_claims_is_judged(tmp_path: Path) -> None:
    async with visiting(tmp_path, fill) as visit:
        secret = await address(visit, "claim:capture place:Pokrovsk")
        first = await visit.client.get(f"/feeds/{secret}.atom")
        assert first.headers["etag"] == (await visit.client.get(f"/feeds/{secret}.atom")).headers["etag"]
        assert list(ET.fromstring(first.content).iter(f"{ATOM}entry")) == []  # noqa: S314 - our own

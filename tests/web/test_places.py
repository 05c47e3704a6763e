"""The pages about a place, all places, the map and the channels."""

from __future__ import annotations

import html
import re
import sqlite3
from datetime import timedelta
from pathlib import Path

from storage import channels, gaps, places
from storage.records import Place, PlaceName, Review, Verdict
from storage.reviews import decide
from tests.making import NOW, follow, keep, minutes, post, track
from tests.web.visiting import visiting

HOSTILE = "<script>alert(1)</script>\"'&{{ 7*7 }}"


def _archive(db: sqlite3.Connection) -> None:
    """A place on the map of which two sides say opposite things, one of which has not been read for a while."""
    track(db, "Покровск", "Красноармейск")
    places.add(
        db,
        Place(
            id=0,
            name="Lyman",
            latitude=48.98,
            longitude=37.8,
            names=(PlaceName(place_id=0, text="Лиман", language="ru"),),
        ),
        everywhere=False,
        now=NOW,
    )
    db.execute("UPDATE place SET latitude = 48.28, longitude = 37.18, region = ? WHERE id = 1", (HOSTILE,))
    for number, side in ((1, "Ukraine"), (2, "Russia"), (3, HOSTILE)):
        channel = follow(db, number)
        channels.describe(db, channel.id, label=None, side=side, standing=None, owner=None)
    one, other, third = channels.known(db)
    keep(db, post(one, 1, "В Покровске открыли школу", posted_at=NOW - timedelta(days=40)))
    keep(db, post(other, 2, "Покровск взят под контроль", posted_at=minutes(-90)))
    keep(db, post(one, 3, "Покровск не взят под контроль", posted_at=minutes(-60)))
    keep(db, post(third, 4, "В Красноармейске и в Лимане тихо", posted_at=minutes(-30)))
    gaps.begin(db, one, HOSTILE, now=NOW, until=NOW)


def _words(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page.split("<main", 1)[1])).split())


async def test_a_place_shows_who_spoke_of_it_when_and_what_each_claims(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        page = await visit.get("/place/1")
        words = _words(page)
        assert "3 statements mention it" in words
        assert re.search(r"Sun 2 Nov 2025: 3 statements \([^)]*Russia 1[^)]*\)", words)
        assert "disputed" in words
        assert "against it:" in words
        assert "Not read" in words
        assert "not everything was read" in words
        assert "В Покровске открыли школу" in words.split("First mention")[1]
        assert re.search(r"Красноармейск .*?1", words)
        whole = _words(await visit.get("/place/1?from=2025-09-01"))
        assert "4 statements mention it" in whole


async def test_a_bar_leads_to_its_time_alone_and_keeps_the_filters(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        page = await visit.get("/place/1?side=Ukraine&from=2025-09-01")
        assert "2 statements mention it" in _words(page)
        svg = page.split("<svg", 1)[1].split("</svg>", 1)[0]
        first = html.unescape(re.findall(r'<a href="([^"]+)"', svg)[0])
        assert first.startswith("/place/1?")
        assert "side=Ukraine" in first
        day = await visit.get(first)
        assert "1 statement mentions it" in _words(day)
        hours = day.split("<svg", 1)[1].split("</svg>", 1)[0]
        hour = html.unescape(re.findall(r'<a href="([^"]+)"', hours)[0])
        assert hour.startswith("/?")
        assert "place=1" in hour
        assert "side=Ukraine" in hour
        assert "открыли школу" in await visit.get(hour)


async def test_nothing_of_what_others_wrote_is_markup(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        for path in ("/place/1", "/map", "/channels", "/places"):
            page = await visit.get(path)
            assert "<script>alert" not in page, path
            assert "49" not in _words(page).replace(HOSTILE, ""), path


ODD = (
    ("/place/99", 404),
    (f"/place/{1 << 70}", 404),
    ("/place/1?from=yesterday", 400),
    ("/place/1?from=2025-11-02&to=2025-11-01", 400),
    ("/place/1?from=0001-01-01", 400),
    ("/place/1?from=1970-01-01", 200),
    ("/place/1?to=9999-12-31", 400),
    ("/place/1?channel=1;DROP TABLE post", 400),
    ("/map?side=' OR 1=1 --", 200),
    ("/map/data?from=2025-11-02&to=2025-11-01", 400),
    ("/map/data?place=1&channel=2", 200),
    ("/channels?side=nobody", 200),
    ("/places?q=%25' OR&page=99999999999", 200),
    ("/places?page=-1", 200),
)


async def test_odd_addresses_are_answered_in_words(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        for path, status in ODD:
            assert (path, (await visit.client.get(path)).status_code) == (path, status)


async def test_the_map_says_the_same_to_people_and_to_its_script(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        words = _words(await visit.get("/map"))
        assert re.search(r"Pokrovsk .*? 3 Lyman 1", words)
        data = (await visit.client.get("/map/data")).json()
        assert {place["name"]: sum(place["posts"]) for place in data["places"]} == {"Pokrovsk": 3, "Lyman": 1}
        assert len(data["steps"]) == len(data["places"][0]["posts"]) == 7
        russia = (await visit.client.get("/map/data?side=Russia")).json()
        assert [place["name"] for place in russia["places"]] == ["Pokrovsk"]
        assert "side=Russia" in russia["places"][0]["href"]


async def test_a_long_time_has_few_steps(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        data = (await visit.client.get("/map/data?from=2025-08-10")).json()
        assert len(data["steps"]) <= 31
        assert sum(data["places"][0]["posts"]) == 4


async def test_channels_show_how_well_they_are_read(tmp_path: Path) -> None:
    async with visiting(tmp_path, _archive) as visit:
        words = _words(await visit.get("/channels"))
        assert "Channel 1" in words
        assert "Ukraine" in words
        assert HOSTILE in words
        assert "1 post in 30 days" in words
        assert "Read to its end" in words
        assert "Channel 2" not in _words(await visit.get("/channels?side=Ukraine"))


def _reviewed(db: sqlite3.Connection) -> None:
    _archive(db)
    channel = channels.by_id(db, 1)
    made = []
    for number in range(12):
        keep(db, post(channel, 100 + number, f"Покровск {number}", posted_at=minutes(number)))
        (last,) = db.execute("SELECT max(id) FROM post").fetchone()
        verdict = Verdict.WRONG if number < 3 else Verdict.RELEVANT
        made.append(Review(post_id=last, place_id=1, verdict=verdict, name="Покровск", actor="O", at=NOW))
        if number < 3:
            made.append(Review(post_id=last, place_id=2, verdict=verdict, name="Лиман", actor="O", at=NOW))
    decide(db, made)


async def test_places_tell_how_often_each_name_was_right_only_where_that_can_be_told(tmp_path: Path) -> None:
    async with visiting(tmp_path, _reviewed) as visit:
        page = await visit.get("/places")
        words = _words(page)
        assert "Покровск : 75% of 12 reviews; 3 wrong" in words
        assert "Лиман : too few to tell: 3 reviews, 3 wrong misfires" in words
        assert words.index("Lyman") < words.index("Pokrovsk")  # its name misfires: it comes first
        assert "Lyman" not in _words(await visit.get("/places?q=красноармейск"))
        assert "No tracked place bears such a name" in _words(await visit.get("/places?q=нигде"))


async def test_an_empty_archive_says_what_to_do(tmp_path: Path) -> None:
    async with visiting(tmp_path, lambda _: None) as visit:
        assert "placewatch places add" in _words(await visit.get("/places"))
        assert "placewatch channels add" in _words(await visit.get("/channels"))
        assert "Nobody who is read" in _words(await visit.get("/map"))

"""What every answer of the page has in common."""

from __future__ import annotations

from pathlib import Path

from bot.web.routes import TABLE
from tests.web.visiting import visiting


def nothing(_: object) -> None:
    """An empty archive."""


async def test_browsers_are_told_to_load_nothing_from_elsewhere(tmp_path: Path) -> None:
    async with visiting(tmp_path, nothing) as visit:
        for path in ("/", "/static/style.css", "/nowhere"):
            headers = (await visit.client.get(path)).headers
            policy = dict(
                part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";")
            )
            assert policy["default-src"] == "'none'"
            assert policy["script-src"] == policy["style-src"] == policy["img-src"] == "'self'"
            assert policy["frame-ancestors"] == "'none'"
            assert headers["x-content-type-options"] == "nosniff"


async def test_the_maps_background_is_the_only_other_host(tmp_path: Path) -> None:
    tiles = "https://{s}.tiles.example.org/{z}/{x}/{y}.png"
    async with visiting(tmp_path, nothing, tiles=tiles) as visit:
        policy = (await visit.client.get("/")).headers["content-security-policy"]
        assert "img-src 'self' https://*.tiles.example.org;" in policy


async def test_what_is_not_there_is_said_on_a_page(tmp_path: Path) -> None:
    async with visiting(tmp_path, nothing) as visit:
        assert "There is nothing here" in await visit.get("/nowhere", 404)


async def test_only_known_files_are_served(tmp_path: Path) -> None:
    async with visiting(tmp_path, nothing) as visit:
        for path in ("../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "style.css%00"):
            assert (await visit.client.get(f"/static/{path}")).status_code == 404


async def test_a_file_that_has_not_changed_is_not_sent_again(tmp_path: Path) -> None:
    async with visiting(tmp_path, nothing) as visit:
        first = await visit.client.get("/static/style.css")
        again = await visit.client.get("/static/style.css", headers={"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b"")


async def test_a_form_from_another_page_is_refused(tmp_path: Path) -> None:
    async with visiting(tmp_path, nothing) as visit:
        for headers in ({}, {"Origin": "null"}, {"Origin": "https://archive.test.example.org"}):
            assert (await visit.client.post("/", headers=headers)).status_code == 403


def test_every_route_has_a_name_of_its_own() -> None:
    assert len({entry.name for entry in TABLE}) == len(TABLE)

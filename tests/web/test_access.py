"""Who comes in, how, and who does not."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import httpx2
import pytest
import pytest_asyncio

from bot.web.access import secret
from bot.web.app import create
from bot.web.entry import Entry
from bot.web.routes import TABLE
from storage import access, audit
from tests.making import NOW
from tests.web.visiting import ADDRESS, Visit, once_more, sign_in, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

PUBLIC = "https://archive.example.org"


class Clock:
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def nothing(_: object) -> None:
    """An empty archive."""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """One archive for all of this file; each test has a page of its own."""
    async with visiting(tmp_path_factory.mktemp("access"), nothing, public_url=PUBLIC) as visit:
        yield visit


async def a_link(visit: Visit, user_id: int | None = None, minutes: float = 15) -> str:
    """A new link's path."""
    link = secret.new()
    now = visit.site.now()
    await visit.store.write(
        access.add_link, secret.hashed(link), user_id, now=now, until=now + timedelta(minutes=minutes)
    )
    return f"/enter/{link}"


def everything_in(folder: Path) -> bytes:
    return b"".join(file.read_bytes() for file in folder.iterdir() if file.is_file())


async def press(visit: Visit, path: str, **headers: str) -> httpx2.Response:
    return await visit.client.post(path, headers={"Origin": ADDRESS, **headers})


async def test_whoever_reaches_the_port_sees_only_how_to_get_a_link(house: Visit) -> None:
    async with once_more(house) as visit:
        visit.client.cookies.clear()
        answer = await visit.client.get("/")
        assert (answer.status_code, answer.headers["location"]) == (303, "/enter")
        assert "placewatch web --link" in await visit.get("/enter")


async def test_a_link_is_used_by_a_press_and_not_by_looking_at_it(house: Visit) -> None:
    async with once_more(house) as visit:
        visit.client.cookies.clear()
        path = await a_link(visit)
        for _ in range(3):  # a chat's preview, a proxy, a prefetch
            assert f'action="{path}"' in await visit.get(path)
        answer = await press(visit, path)
        assert (answer.status_code, answer.headers["location"]) == (303, "/")
        assert "owner" in await visit.get("/")


async def test_a_link_works_once(house: Visit) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        await press(visit, path)
        again = await press(visit, path)
        assert (again.status_code, "used already" in again.text) == (403, True)


async def test_an_expired_link_says_how_to_get_another(house: Visit) -> None:
    async with once_more(house) as visit:
        answer = await press(visit, await a_link(visit, minutes=-1))
        assert answer.status_code == 403
        assert "has expired" in answer.text
        assert "/archive" in answer.text


async def test_the_page_that_was_wanted_comes_after_signing_in_once(house: Visit) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        visit.client.cookies.clear()
        page = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
        await visit.client.get("/places?q=Покровськ&page=1", headers=page)
        await visit.client.get(
            "/map/data", headers={"Accept": "*/*"}
        )  # a script, in a page that is still open
        answer = await press(visit, path)
        assert (
            answer.headers["location"]
            == "/places?q=%D0%9F%D0%BE%D0%BA%D1%80%D0%BE%D0%B2%D1%81%D1%8C%D0%BA&page=1"
        )
        assert (await press(visit, await a_link(visit))).headers["location"] == "/"


@pytest.mark.parametrize(
    "strange",
    [
        "//evil.example.org",
        "https://evil.example.org/",
        "/\\evil.example.org",
        "%2F%2Fevil.example.org",
        "%2F%5Cevil.example.org",
        "/a%0d%0aSet-Cookie: x=1",
        "javascript:alert(1)",
        "/enter/x",
    ],
)
async def test_nobody_is_sent_to_another_host_after_signing_in(house: Visit, strange: str) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        answer = await press(visit, path, Cookie=f"placewatch-wanted={strange}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_the_audit_is_for_administrators_and_goes_back_page_by_page(house: Visit) -> None:
    async with once_more(house) as visit:

        def act(db: sqlite3.Connection) -> None:
            for number in range(130):
                audit.record(db, at=NOW, actor="Olena", command=f"/watch <b>{number}</b>", outcome="done")

        await visit.store.write(act)
        newest = await visit.get("/audit")
        assert "/watch &lt;b&gt;129&lt;/b&gt;" in newest
        assert "<b>129" not in newest
        older = re.search(r'href="(/audit\?before=\d+)"', newest)
        assert older is not None
        second = await visit.get(older[1])
        assert "/watch &lt;b&gt;29&lt;/b&gt;" in second
        assert "/watch &lt;b&gt;30&lt;" not in second
        assert "There is nothing older" in await visit.get("/audit?before=1")
        assert "129" in await visit.get("/audit?before=x")
        await visit.site.ask("users.set", {"user_id": 7, "role": "review", "name": "Olena"})
        await sign_in(visit.client, visit.store, NOW, user_id=7)
        assert "/audit" not in await visit.get("/")


async def test_a_newer_link_ends_the_older_one_of_the_same_person(house: Visit) -> None:
    async with once_more(house) as visit:
        older = await a_link(visit)
        newer = await a_link(visit)
        assert (await press(visit, older)).status_code == 403
        assert (await press(visit, newer)).status_code == 303


async def test_only_hashes_are_kept(house: Visit) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        await press(visit, path)
        token = secret.new(secret.TOKEN)
        await visit.site.ask(
            "tokens.add", {"name": "feed", "token": secret.hashed(token).hex(), "role": "read"}
        )
        session = visit.client.cookies["placewatch"]
        held = await asyncio.to_thread(everything_in, house.store.path.parent)
        for hidden in (path.rpartition("/")[2], session, token):
            assert hidden.encode() not in held


async def test_on_this_machine_the_cookie_is_strict_and_out_of_scripts_reach(house: Visit) -> None:
    async with once_more(house) as visit:
        set_ = (await press(visit, await a_link(visit))).headers["set-cookie"]
        assert set_.startswith("placewatch=")
        assert {"HttpOnly", "SameSite=strict", "Path=/"} <= {part.strip() for part in set_.split(";")}
        assert "Secure" not in set_


async def test_at_a_public_address_the_cookie_goes_over_https_alone(house: Visit) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        answer = await visit.client.post(
            path, headers={"Host": "archive.example.org", "Origin": PUBLIC, "X-Forwarded-For": "198.51.100.7"}
        )
        set_ = answer.headers["set-cookie"]
        assert set_.startswith("__Host-placewatch=")
        assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= {part.strip() for part in set_.split(";")}
        assert "Domain" not in set_


async def test_a_session_ends_by_itself(house: Visit) -> None:
    clock = Clock()
    async with once_more(house, clock) as visit:
        await visit.get("/")
        clock.now += timedelta(days=7, seconds=1)
        assert (await visit.client.get("/")).status_code == 303


async def test_signing_out_ends_the_session_and_not_only_the_cookie(house: Visit) -> None:
    async with once_more(house) as visit:
        session = visit.client.cookies["placewatch"]
        assert "placewatch=" in (await visit.post("/leave")).headers["set-cookie"]
        visit.client.cookies.set("placewatch", session, domain="127.0.0.1")
        assert (await visit.client.get("/")).status_code == 303


async def test_a_role_holds_from_the_next_click_on(house: Visit) -> None:
    async with once_more(house) as visit:
        await visit.site.ask("users.set", {"user_id": 7, "role": "read", "name": "Olena"})
        await sign_in(visit.client, visit.store, NOW, user_id=7)
        assert (await visit.client.get("/api/v1/me")).json() == {"name": "Olena", "role": "read"}
        await visit.site.ask("users.set", {"user_id": 7, "role": "admin", "name": None})
        assert (await visit.client.get("/api/v1/me")).json()["role"] == "admin"
        await visit.site.ask("users.set", {"user_id": 7, "role": "none", "name": None})
        assert (await visit.client.get("/")).status_code == 303


async def test_a_removed_user_is_signed_out_and_their_link_is_dead(house: Visit) -> None:
    async with once_more(house) as visit:
        await visit.site.ask("users.set", {"user_id": 7, "role": "read", "name": "Olena"})
        path = await a_link(visit, user_id=7)
        await sign_in(visit.client, visit.store, NOW, user_id=7)
        await visit.site.ask("users.remove", {"user_id": 7})
        assert (await visit.client.get("/")).status_code == 303
        assert (await press(visit, path)).status_code == 403


async def test_what_the_operator_says_comes_before_what_the_chat_says(house: Visit) -> None:
    async with once_more(house) as visit:

        def meet(db: sqlite3.Connection) -> str | None:
            return access.meet(db, 7, name="Olena", chat_role="review", chat_id=-1001, now=NOW).may

        assert await visit.store.write(meet) == "review"
        await visit.site.ask("users.set", {"user_id": 7, "role": "none", "name": None})
        assert await visit.store.write(meet) is None
        await visit.site.ask("users.set", {"user_id": 7, "role": None, "name": None})
        assert await visit.store.write(meet) == "review"


async def test_guesses_have_to_wait_by_address_and_others_do_not(house: Visit) -> None:
    async with once_more(house) as visit:
        path = await a_link(visit)
        for number in range(10):
            answer = await press(visit, f"/enter/guess{number}", **{"X-Forwarded-For": "198.51.100.7"})
            assert answer.status_code == 403
        waiting = await press(visit, path, **{"X-Forwarded-For": "198.51.100.7"})
        assert waiting.status_code == 429
        assert int(waiting.headers["retry-after"]) > 0
        assert (await press(visit, path, **{"X-Forwarded-For": "203.0.113.9"})).status_code == 303


FORGED: tuple[dict[str, str], ...] = (
    {},
    {"Origin": "null"},
    {"Origin": "https://evil.example.org"},
    {"Origin": "http://127.0.0.1:8421"},
    {"Origin": "https://127.0.0.1:8420"},
    {"Origin": "http://127.0.0.1:8420.evil.example.org"},
    {"Origin": "http://127.0.0.1:8420@evil.example.org"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "cross-site"},
    {"Origin": ADDRESS, "Sec-Fetch-Site": "same-site"},
)


async def test_no_route_that_writes_takes_a_form_of_a_strangers_page(house: Visit) -> None:
    async with once_more(house) as visit:
        for entry in TABLE:
            for method in {"POST", "PUT", "PATCH", "DELETE"} & set(entry.methods):
                for headers in FORGED:
                    answer = await visit.client.request(method, _filled(entry.path), headers=headers)
                    assert answer.status_code == 403, (entry.name, headers)
                    assert "was not sent by a page of this archive" in answer.text, entry.name


async def test_a_name_that_a_stranger_pointed_here_is_no_address_of_the_page(house: Visit) -> None:
    strange = (
        "evil.example.org",
        "127.0.0.1.evil.example.org",
        "archive.example.org:81",
        "",
        "localhost@evil",
    )
    own = ("localhost:8420", "[::1]:8420", "127.0.0.1", "archive.example.org", "ARCHIVE.example.org:443")
    async with once_more(house) as visit:
        for path in ("/", "/static/style.css", "/enter", "/api/v1/me"):
            for host in strange:
                assert (await visit.client.get(path, headers={"Host": host})).status_code == 400
        for host in own:
            assert (await visit.client.get("/enter", headers={"Host": host})).status_code == 200


def _filled(path: str) -> str:
    return re.sub(r"\{(\w+)(?::(\w+))?\}", lambda m: "1" if m[2] == "int" else "x", path)


# A table made from the routes: whoever adds one is asked here who may use it.

ROLES = {None: 0, "read": 1, "review": 2, "admin": 3}
ANYBODYS = {
    "static",
    "enter",
    "enter_link",
    "enter_redeem",
    "leave",
    "feed",
}  # a feed's address is its secret


async def test_only_the_way_in_is_for_anybody_and_what_writes_is_not_for_readers() -> None:
    for entry in TABLE:
        if entry.name in ANYBODYS:
            continue
        least = 1 if set(entry.methods) <= {"GET", "HEAD"} or entry.name == "api_nowhere" else 2
        assert entry.role >= least, entry.name


async def test_role_by_role_every_route_lets_in_whom_it_should_and_nobody_else(house: Visit) -> None:
    async with once_more(house) as visit:
        assert [route.name for route in create(visit.site).routes] == [e.name for e in TABLE]  # type: ignore[attr-defined]
        visit.client.cookies.clear()
        for role in ROLES:
            if role is not None:
                await visit.site.ask("users.set", {"user_id": 7, "role": role, "name": "Olena"})
                await sign_in(visit.client, visit.store, NOW, user_id=7)
            for entry in TABLE:
                if entry.name != "leave":
                    for method in entry.methods:
                        await ask(visit, entry, method, role)


async def ask(visit: Visit, entry: Entry, method: str, role: str | None) -> None:
    answer = await visit.client.request(method, _filled(entry.path), headers={"Origin": ADDRESS})
    sent_away = (answer.status_code, answer.headers.get("location")) == (303, "/enter")
    refused = sent_away or answer.status_code == 401 or "This needs the role" in answer.text
    assert refused == (ROLES[role] < entry.role), (role, entry.name, method, answer.status_code)
    assert not (sent_away and entry.path.startswith("/api/")), entry.name
    assert answer.status_code != 500, entry.name

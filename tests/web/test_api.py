"""The archive for programs: every answer is as the document says, and every problem says how to mend it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate

from bot.web.access import secret
from bot.web.api import openapi
from bot.web.api.posts import read_place, written_place
from bot.web.api.table import CALLS
from storage.records import Forward
from storage.search import After
from tests import making
from tests.making import minutes
from tests.web.visiting import ADDRESS, Visit, once_more, visiting

pytestmark = pytest.mark.asyncio(loop_scope="module")

TEXTS = ("Обстріл Покровська", "Ворог захопив Покровськ", "Дощ", "У Лимані спокійно", "Покровськ: евакуація")


def fill(db: sqlite3.Connection) -> None:
    """Two channels that speak of two places; one post is edited, one forwarded, one deleted in Telegram."""
    making.track(db, "Покровськ", name="Pokrovsk")
    making.track(db, "Лиман", name="Lyman")
    one, other = making.follow(db, 1), making.follow(db, 2)
    for number, text in enumerate(TEXTS, 1):
        said = making.post(one, number, text, posted_at=minutes(-60 + number), preview="<b>довга</b> назва")
        making.keep(db, said, now=minutes(-60 + number))
    edited = making.post(
        one, 1, "Обстріл Покровська, є поранені", posted_at=minutes(-59), edited_at=minutes(-5)
    )
    making.keep(db, edited, now=minutes(-5))
    forward = Forward(telegram_id=501, message_id=5, name="Channel 1", posted_at=minutes(-55))
    making.keep(
        db, making.post(other, 9, TEXTS[4], posted_at=minutes(-10), forward=forward), now=minutes(-10)
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def house(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Visit]:
    """One archive for all of this file."""
    async with visiting(tmp_path_factory.mktemp("api"), fill) as visit:
        yield visit


def errors(name: str, answer: Any) -> list[str]:
    """What in an answer is not as the document says."""
    schema = {"$ref": f"#/components/schemas/{name}", "components": openapi.document()["components"]}
    return [f"{list(e.path)}: {e.message}" for e in Draft202012Validator(schema).iter_errors(answer)]


async def ask(visit: Visit, path: str, status: int = 200, **query: object) -> Any:
    answer = await visit.client.get(f"/api/v1{path}", params=query)  # type: ignore[arg-type]
    assert answer.status_code == status, answer.text
    if status != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert errors("Problem", answer.json()) == []
    return answer.json()


async def change(visit: Visit, method: str, path: str, body: object, status: int = 200) -> Any:
    answer = await visit.client.request(method, f"/api/v1{path}", json=body, headers={"Origin": ADDRESS})
    assert answer.status_code == status, answer.text
    return answer.json()


async def test_the_document_is_valid_openapi(house: Visit) -> None:
    document = json.loads((await house.client.get("/api/v1/openapi.json")).text)
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert {f"/api/v1{path}" for path in document["paths"]} == {f"/api/v1{call.path}" for call in CALLS}


async def test_every_answer_is_as_the_document_says(house: Visit) -> None:
    async with once_more(house) as visit:
        found = await ask(visit, "/posts", q="place:Pokrovsk")
        post = found["posts"][-1]["id"]
        place = (await ask(visit, "/places"))["places"][1]["id"]
        channel = found["posts"][0]["channel"]["id"]
        about = {"version": 0, "verdict": "relevant"}
        asked: dict[str, tuple[str, dict[str, object]]] = {
            "posts": ("/posts", {"q": "Покровськ"}),
            "fresh": ("/posts/fresh", {"newer": 0}),
            "post": (f"/posts/{post}", {}),
            "review": (f"/posts/{post}/review", {}),
            "reviews": ("/reviews", {}),
            "stories": ("/stories", {}),
            "story": (f"/stories/{post}", {}),
            "places_list": ("/places", {}),
            "place_one": (f"/places/{place}", {}),
            "timeline": (f"/places/{place}/timeline", {"span": "1d"}),
            "claims": ("/claims", {"place": place}),
            "channels_list": ("/channels", {}),
            "channel_one": (f"/channels/{channel}", {}),
            "stats": ("/stats", {"q": "place:Pokrovsk"}),
            "me": ("/me", {}),
        }
        sent: dict[str, tuple[str, dict[str, object]]] = {
            "decide": (f"/posts/{post}/review/decision", about),
            "assign": (f"/posts/{post}/review/assignee", {"version": 1, "assignee": "Olena"}),
            "tag": (f"/posts/{post}/review/tags", {"add": "to check"}),
            "note": (f"/posts/{post}/review/notes", {"text": "Asked them."}),
        }
        assert asked.keys() | sent.keys() == {call.name for call in CALLS}
        for call in CALLS:
            if call.name in sent:
                answer = await change(visit, call.method, *sent[call.name])
            else:
                answer = await ask(visit, asked[call.name][0], **asked[call.name][1])
            assert errors(call.gives.__name__, answer) == [], call.name


async def test_a_whole_post_has_its_versions_mentions_story_and_proof(house: Visit) -> None:
    async with once_more(house) as visit:
        found = (await ask(visit, "/posts", q="поранені"))["posts"][0]
        whole = await ask(visit, f"/posts/{found['id']}")
        assert [one["number"] for one in whole["history"]] == [0, 1]
        assert ["new", "Покровська, є поранені"] in [
            [kind, words.strip()] for kind, words in whole["history"][1]["changed"]
        ] or "поранені" in json.dumps(whole["history"][1]["changed"], ensure_ascii=False)
        assert whole["mentions"][0]["place"]["name"] == "Pokrovsk"
        assert whole["mentions"][0]["surface"] == "Покровська"
        assert whole["proof"]["head"].partition("@")[2].isdigit()
        start, end = found["hits"][0]
        assert found["text"][start:end] == "поранені"


async def test_pages_follow_one_another_without_a_gap_or_a_repeat(house: Visit) -> None:
    async with once_more(house) as visit:
        for query in ("", "Покровськ sort:relevance", "place:Pokrovsk sort:oldest"):
            whole = [one["id"] for one in (await ask(visit, "/posts", q=query, limit=50))["posts"]]
            read: list[int] = []
            after: dict[str, object] = {}
            while True:
                page = await ask(visit, "/posts", q=query, limit=2, **after)
                read += [one["id"] for one in page["posts"]]
                if page["next"] is None:
                    break
                after = {"after": page["next"]}
            assert read == whole, query
            assert len(read) >= 3


async def test_stories_follow_one_another_and_fold_what_repeats(house: Visit) -> None:
    async with once_more(house) as visit:
        first = await ask(visit, "/stories", limit=2)
        rest = await ask(visit, "/stories", after=first["next"])
        every = [*first["stories"], *rest["stories"]]
        assert len({one["id"] for one in every}) == len(every) == 4
        assert max(len(one["statements"]) for one in every) == 2


async def test_statements_newer_than_a_post_are_counted_once_each(house: Visit) -> None:
    async with once_more(house) as visit:
        repeat, said, before, *_ = [one["id"] for one in (await ask(visit, "/posts", limit=4))["posts"]]
        for newer, count in ((before, 1), (said, 0), (repeat, 0)):
            found = await ask(visit, "/posts/fresh", newer=newer)
            assert (found["count"], found["capped"]) == (count, False)
        assert (await ask(visit, "/posts/fresh", newer=before))["newest"] == repeat


async def test_posts_are_narrowed_as_the_page_narrows_them(house: Visit) -> None:
    async with once_more(house) as visit:
        every = (await ask(visit, "/posts"))["posts"]
        one = await ask(visit, "/posts", channel=every[0]["channel"]["id"])
        assert [found["id"] for found in one["posts"]] == [every[0]["id"]]
        assert [found["text"] for found in (await ask(visit, "/posts", state="edited"))["posts"]] == [
            "Обстріл Покровська, є поранені"
        ]
        assert "There is no state odd" in (await ask(visit, "/posts", 400, state="odd"))["detail"]
        assert (await ask(visit, "/posts", **{"from": "2025-11-03"}))["posts"] == []


async def test_two_who_decide_at_once_do_not_overwrite_each_other(house: Visit) -> None:
    async with once_more(house) as visit:
        post = (await ask(visit, "/posts", q="Лимані"))["posts"][0]["id"]
        path = f"/posts/{post}/review/decision"
        done = await change(visit, "POST", path, {"version": 0, "verdict": "relevant"})
        assert (done["version"], done["decisions"][0]["verdict"]) == (1, "relevant")
        late = await change(visit, "POST", path, {"version": 0, "verdict": "wrong"}, 409)
        assert (late["version"], late["status"]) == (1, 409)
        assert (await ask(visit, f"/posts/{post}/review"))["decisions"][0]["verdict"] == "relevant"
        assert (await change(visit, "POST", path, {"version": 1, "verdict": "wrong"}))["version"] == 2


async def test_numbers_of_a_query_add_up(house: Visit) -> None:
    async with once_more(house) as visit:
        found = await ask(visit, "/stats")
        assert found["posts"] == sum(one["posts"] for one in found["channels"]) == 6
        assert {one["value"]: one["posts"] for one in found["places"]} == {"Pokrovsk": 4, "Lyman": 1}


async def test_a_timeline_tells_what_was_not_read_from_nothing_said(house: Visit) -> None:
    async with once_more(house) as visit:
        place = next(p for p in (await ask(visit, "/places"))["places"] if p["name"] == "Pokrovsk")
        found = await ask(visit, f"/places/{place['id']}/timeline", span="7d")
        assert [bar["read"] for bar in found["bars"]] == [False] * 6 + [True]
        assert found["bars"][-1]["statements"] == 4
        assert {gap["channel"]["name"] for gap in found["gaps"]} == {"@channel1", "@channel2"}


@pytest.mark.parametrize(
    ("path", "query", "status", "said"),
    [
        ("/posts", {"q": "place:Atlantis"}, 400, "no tracked place is called Atlantis"),
        ("/posts", {"q": "(Покровськ"}, 400, "can't read the query"),
        ("/posts", {"limit": "0"}, 400, "limit"),
        ("/posts", {"limit": "many"}, 400, "limit"),
        ("/posts", {"qq": "x"}, 400, "qq"),
        ("/posts", {"after": "WyJ4Il0"}, 400, "Leave it out"),
        ("/posts/1", {}, 404, "nothing by this number"),
        ("/posts/99999999999999999999999", {}, 404, "nothing by this number"),
        ("/places/77", {}, 404, "nothing by this number"),
        ("/places/77/timeline", {"span": "7x"}, 400, "span"),
        ("/channels/77", {}, 404, "nothing by this number"),
        ("/claims", {}, 400, "place"),
        ("/nothing", {}, 404, "openapi.json"),
    ],
)
async def test_a_problem_says_what_to_mend(
    house: Visit, path: str, query: dict[str, object], status: int, said: str
) -> None:
    async with once_more(house) as visit:
        assert said in (await ask(visit, path, status, **query))["detail"]


async def test_a_body_that_cannot_be_read_is_refused_in_words(house: Visit) -> None:
    async with once_more(house) as visit:
        post = (await ask(visit, "/posts"))["posts"][0]["id"]
        url = f"/api/v1/posts/{post}/review/decision"
        for body, kind, status in (
            ("{", "application/json", 400),
            ("[" * 100_000, "application/json", 400),
            ("version=0&verdict=relevant", "application/x-www-form-urlencoded", 415),
            ('{"version": 0, "verdict": "maybe"}', "application/json", 400),
            ('{"version": 0, "verdict": "wrong", "actor": "Taras"}', "application/json", 400),
        ):
            answer = await visit.client.post(
                url, content=body, headers={"Origin": ADDRESS, "Content-Type": kind}
            )
            assert answer.status_code == status, body[:50]
            assert answer.json()["detail"]


async def test_a_program_asks_with_its_token_and_does_what_its_role_allows(house: Visit) -> None:
    async with once_more(house) as visit:
        visit.client.cookies.clear()
        token = secret.new(secret.TOKEN)
        bearer = {"Authorization": f"Bearer {token}"}
        await visit.site.ask(
            "tokens.add", {"name": "feed", "token": secret.hashed(token).hex(), "role": "read"}
        )
        assert (await visit.client.get("/api/v1/me", headers=bearer)).json() == {
            "name": "feed (API)",
            "role": "read",
        }
        decision = {"version": 0, "verdict": "relevant"}
        refused = await visit.client.post("/api/v1/posts/1/review/decision", json=decision, headers=bearer)
        assert (refused.status_code, refused.json()["title"]) == (403, "Forbidden")
        assert (await visit.client.get("/", headers=bearer)).status_code == 303  # pages are for people
        await visit.site.ask("tokens.remove", {"name": "FEED"})
        gone = await visit.client.get("/api/v1/me", headers=bearer)
        assert (gone.status_code, gone.headers["www-authenticate"]) == (401, "Bearer")


async def test_guessing_tokens_ends_in_a_wait(house: Visit) -> None:
    async with once_more(house) as visit:
        for _ in range(10):
            await visit.client.get("/api/v1/me", headers={"Authorization": "Bearer pw_guess"})
        answer = await visit.client.get("/api/v1/me", headers={"Authorization": "Bearer pw_guess"})
        assert (answer.status_code, answer.json()["title"]) == (429, "Too Many Requests")


async def test_the_api_is_explained_to_people(house: Visit) -> None:
    async with once_more(house) as visit:
        page = await visit.get("/api")
        for call in CALLS:
            assert f"{call.method} /api/v1{call.path}" in page


@pytest.mark.parametrize("hit", [After(7), After(7, -3.25), After(0, 1e-9)])
async def test_where_a_page_ended_is_read_as_it_was_written(hit: After) -> None:
    assert read_place(written_place(hit)) == hit

"""The page of one post, and what members decide there."""

from __future__ import annotations

import hashlib
import re
import sqlite3
from pathlib import Path

from storage import media, reading, reviews
from storage.records import Forward, Media, Review, Verdict
from tests.making import CHAT, NOW, follow, keep, minutes, post, track
from tests.web.visiting import Visit, visiting


def _one(db: sqlite3.Connection) -> None:
    """A statement about two places, edited once, and a forward of it."""
    track(db, "Покровск")
    track(db, "Лиман", name="Lyman")
    one, other = follow(db, 1), follow(db, 2)
    keep(db, post(one, 5, "В Покровске и в Лимане открыли школу", posted_at=minutes(-30)))
    said = "В Покровске и в Лимане закрыли школу"
    keep(db, post(one, 5, said, posted_at=minutes(-30), edited_at=minutes(-9), changed_at=minutes(-9)))
    forward = Forward(telegram_id=one.telegram_id, message_id=5, posted_at=minutes(-30))
    keep(db, post(other, 7, said, posted_at=minutes(-5), forward=forward))


def _number(db: sqlite3.Connection) -> int:
    kept = reading.by_link(db, "channel1", 5)
    assert kept is not None
    return kept.id


async def _decisions(visit: Visit) -> dict[str, str]:
    """Verdict by place of the statement."""
    number = await visit.store.read(_number)
    names = {1: "Pokrovsk", 2: "Lyman"}
    return {names[r.place_id]: str(r.verdict) for r in await visit.store.read(reviews.of_post, number)}


def _version(page: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', page)
    assert found is not None
    return found[1]


async def test_a_post_shows_all_that_is_known_of_it(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        page = await visit.get("/post/channel1/5")
        assert "<del>открыли </del><ins>закрыли </ins>" in page
        assert '<mark class="place">Покровске</mark>' in page
        assert "2 posts say this" in page
        assert "https://t.me/channel1/5" in page
        assert re.search(r"Entries 1, 2 of the ledger", page)
        assert re.search(r'class="digest">[0-9a-f]{64}<', page)
        copy = await visit.get("/post/channel2/7")
        assert 'href="/post/channel1/5">that post</a>' in copy
        assert "a forward of the first post" in copy


async def test_the_words_that_led_to_a_post_stand_out_in_it(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        assert "<mark>школу</mark>" in await visit.get("/post/channel1/5?q=школа")
        assert "<mark>" not in await visit.get("/post/channel1/5?q=(((")


async def test_a_post_that_is_not_kept_is_not_found(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        for path in ("channel1/6", "nobody/5", "channel1/99999999999999999999", "channel1/x", "1'%20OR/5"):
            await visit.get(f"/post/{path}", 404)


async def test_a_decision_counts_for_every_place_and_comes_back_to_where_it_was_made(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        answer = await visit.post(
            f"/review/{number}", verdict="relevant", version=0, seen=number, back="/?q=школа"
        )
        assert answer.headers["location"].startswith("/?q=")
        assert answer.headers["location"].endswith(f"#p{number}")
        assert await _decisions(visit) == {"Pokrovsk": "relevant", "Lyman": "relevant"}
        page = await visit.get("/?state=relevant")
        assert "relevant" in page
        assert "<bdi>owner</bdi>" in page


async def test_the_way_back_leads_to_no_other_page(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        for back in (
            "https://elsewhere.example.org",
            "//elsewhere.example.org",
            "/\\elsewhere.example.org",
            "",
        ):
            answer = await visit.post(f"/review/{number}", tag=f"a{len(back)}", back=back)
            assert answer.headers["location"] == "/"


async def test_a_mention_is_not_this_place(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        await visit.post(f"/review/{number}", verdict="wrong:2", reason="person", version=0, back="/")
        assert await _decisions(visit) == {"Lyman": "wrong"}
        assert "not this place (person)" in await visit.get("/post/channel1/5")


async def test_two_members_at_once_never_overwrite_each_other_silently(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        seen = _version(await visit.get("/post/channel1/5"))
        await visit.post(f"/review/{number}", verdict="relevant", version=seen, back="/")
        late = await visit.post(f"/review/{number}", 409, verdict="wrong:1", version=seen, back="/")
        assert await _decisions(visit) == {"Pokrovsk": "relevant", "Lyman": "relevant"}
        assert "How it stands" in late.text
        assert "not this place: Pokrovsk" in " ".join(late.text.split())
        again = _version(late.text)
        await visit.post(f"/review/{number}", verdict="wrong:1", version=again, back="/")
        assert await _decisions(visit) == {"Pokrovsk": "wrong", "Lyman": "relevant"}


async def test_the_same_decision_twice_is_no_conflict(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        for _ in range(2):
            await visit.post(f"/review/{number}", verdict="second look", version=0, back="/")


async def test_a_decision_in_the_chat_meanwhile_is_a_conflict_too(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        seen = _version(await visit.get("/post/channel1/5"))

        def pressed(db: sqlite3.Connection) -> None:
            reviews.decide(
                db, [Review(post_id=number, place_id=1, verdict=Verdict.WRONG, actor="Olena", at=NOW)]
            )

        await visit.store.write(pressed)
        await visit.post(f"/review/{number}", 409, verdict="relevant", version=seen, back="/")


async def test_who_sees_to_it_tags_and_notes_are_kept_and_every_change_is_in_the_audit(
    tmp_path: Path,
) -> None:
    async with visiting(tmp_path, _one) as visit:
        where = f"/review/{await visit.store.read(_number)}"
        await visit.post(where, assignee="Taras", version=0, back="/")
        await visit.post(where, 409, assignee="Olena", version=0, back="/")
        await visit.post(where, assignee="", mine="1", version=1, back="/")
        await visit.post(where, tag="  To   CHECK ", back="/")
        await visit.post(where, tag="later", back="/")
        await visit.post(where, untag="later", back="/")
        await visit.post(where, note="<b>Asked</b> them", back="/")
        page = " ".join((await visit.get("/post/channel1/5")).split())
        assert "owner sees to it" in page
        assert "# to check" in page
        assert "&lt;b&gt;Asked&lt;/b&gt; them" in page
        for change in ("Taras sees to it", "tagged later", "tag later taken off", "note: &lt;b&gt;Asked"):
            assert change in page, change
        assert "6 changes, with who and when" in page


async def test_what_a_form_may_not_ask_is_said_in_words(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        for fields in (
            {},
            {"verdict": "splendid", "version": 0},
            {"verdict": "relevant"},
            {"verdict": "relevant", "version": "-1"},
            {"verdict": "wrong:77", "version": 0},
            {"verdict": "wrong:x", "version": 0},
            {"note": " "},
            {"note": "x" * 5_000},
            {"tag": "x" * 61},
        ):
            await visit.post(f"/review/{number}", 400, **fields)
        await visit.post("/review/12345", 400, verdict="relevant", version=0)
        await visit.post("/review/99999999999999999999", 404, verdict="relevant", version=0)
        await visit.post(f"/review/{number}", 413, note="x" * 2_000_000)
        assert await _decisions(visit) == {}


async def test_a_script_gets_the_statements_part_alone(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        number = await visit.store.read(_number)
        answer = await visit.client.post(
            f"/review/{number}",
            data={"verdict": "relevant", "version": 0, "seen": number, "back": "/"},
            headers={"Origin": str(visit.client.base_url).rstrip("/"), "X-Part": "1"},
        )
        assert answer.status_code == 200
        assert answer.text.strip().startswith('<div class="handled"')
        assert 'aria-pressed="true">Relevant' in answer.text


async def test_a_decision_is_told_in_the_alert(tmp_path: Path) -> None:
    def fill(db: sqlite3.Connection) -> None:
        track(db, "Покровск")
        keep(db, post(follow(db), 5, "В Покровске открыли школу"))

    async with visiting(tmp_path, fill) as visit:
        number = await visit.store.read(_number)
        await visit.post(f"/review/{number}", verdict="not relevant", version=0, back="/")
        (told,) = await visit.store.read(
            lambda db: db.execute(
                "SELECT wanted FROM owed WHERE chat_id = ? AND kind = 'alert'", (CHAT,)
            ).fetchone()
        )
        assert "➖ not relevant" in told
        assert "owner" in told


async def test_a_photo_is_shown_and_whatever_else_a_file_is_only_handed_over(tmp_path: Path) -> None:
    photo, page = b"\xff\xd8\xff\xe0 a photo", b"<html><script>alert(1)</script>"

    def fill(db: sqlite3.Connection) -> None:
        channel = follow(db)
        for number, body in enumerate((photo, page), start=1):
            keep(
                db,
                post(channel, number, "Покровск", media=Media(kind="photo", id=number)),
                with_file=True,
            )
            digest = hashlib.sha256(body).hexdigest()
            where = media.path(tmp_path, digest)
            where.parent.mkdir(parents=True, exist_ok=True)
            where.write_bytes(body)
            (file,) = media.of_post(db, reading.by_link(db, "channel1", number).id)  # type: ignore[union-attr]
            media.keep(db, file, tmp_path, digest, len(body), now=NOW)

    async with visiting(tmp_path, fill) as visit:
        digest = hashlib.sha256(photo).hexdigest()
        assert f'<img src="/media/{digest}"' in await visit.get("/post/channel1/1")
        shown = await visit.client.get(f"/media/{digest}")
        assert (shown.content, shown.headers["content-type"]) == (photo, "image/jpeg")
        other = await visit.client.get(f"/media/{hashlib.sha256(page).hexdigest()}")
        assert other.headers["content-type"] == "application/octet-stream"
        assert other.headers["content-disposition"].startswith("attachment")
        for name in ("0" * 64, "../placewatch.db", "A" * 64):
            assert (await visit.client.get(f"/media/{name}")).status_code == 404

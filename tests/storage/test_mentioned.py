"""How often places are mentioned and by which names, and that it stays right whatever becomes of the posts."""

from __future__ import annotations

from datetime import timedelta

from storage import mentioned, mentions, uses
from storage.records import Review, Verdict
from storage.reviews import decide
from storage.store import Store
from tests.making import NOW, follow, keep, minutes, post, track

EDGES = [NOW + timedelta(days=n) for n in range(-2, 2)]


async def test_posts_are_counted_between_the_edges_by_channel(store: Store) -> None:
    def fill(db):  # type: ignore[no-untyped-def]
        track(db, "Покровск")
        one, other = follow(db, 1), follow(db, 2)
        keep(db, post(one, 1, "В Покровске открыли школу", posted_at=NOW - timedelta(days=1)))
        keep(db, post(other, 2, "Под Покровском тихо", posted_at=NOW))
        keep(db, post(other, 3, "В Покровске школа", posted_at=minutes(5)))
        keep(db, post(other, 4, "Погода хорошая", posted_at=minutes(6)))

    await store.write(fill)
    bars = await store.read(mentioned.by_channel, 1, EDGES, sure=0.5)
    assert bars == [{}, {1: 1}, {2: 2}]
    assert await store.read(mentioned.by_place, [1, 9], EDGES, None, sure=0.5) == {1: [0, 1, 2]}
    assert await store.read(mentioned.by_place, [1], EDGES, {1}, sure=0.5) == {1: [0, 1, 0]}
    assert await store.read(mentioned.by_place, [1], (EDGES[0], EDGES[-1]), {2}, sure=0.5) == {1: [2]}
    assert await store.read(mentioned.posts_by_channel, [1, 2], EDGES) == {1: [0, 1, 0], 2: [0, 0, 3]}
    assert await store.read(mentioned.last, [1, 9], sure=0.5) == {1: minutes(5)}


async def test_a_name_is_counted_once_a_post_through_edits_and_examinations(store: Store) -> None:
    def used(db):  # type: ignore[no-untyped-def]
        return {(use.name, use.kind): use.posts for use in uses.of_place(db, 1)}

    def fill(db):  # type: ignore[no-untyped-def]
        track(db, "Покровск")
        channel = follow(db)
        keep(db, post(channel, 1, "В Покровске тихо. Покровск держится"))
        keep(
            db,
            post(channel, 1, "В Покровске снова тихо", edited_at=minutes(1), changed_at=minutes(1)),
            minutes(1),
        )
        keep(db, post(channel, 2, "Pokrovsk is quiet; Покровск"))

    await store.write(fill)
    assert await store.read(used) == {("Покровск", "name"): 2, ("Pokrovsk", "name"): 1}

    def again(db):  # type: ignore[no-untyped-def]
        for post_id, rev in db.execute("SELECT id, rev FROM post").fetchall():
            found = mentions.of_posts(db, [post_id])
            mentions.rewrite(db, post_id, {n: found[post_id, n] for n in range(rev + 1)})
        assert used(db) == {("Покровск", "name"): 2, ("Pokrovsk", "name"): 1}
        assert {row[0] for row in db.execute("SELECT channel_id FROM post_place")} == {1}
        (second,) = [row[0] for row in db.execute("SELECT id FROM post WHERE message_id = 2")]
        mentions.rewrite(db, second, {0: []})

    await store.write(again)
    assert await store.read(used) == {("Покровск", "name"): 1}


async def test_a_second_look_says_neither_right_nor_wrong(store: Store) -> None:
    def fill(db):  # type: ignore[no-untyped-def]
        track(db, "Покровск")
        channel = follow(db)
        verdicts = (Verdict.RELEVANT, Verdict.NOT_RELEVANT, Verdict.WRONG, Verdict.SECOND_LOOK)
        for number, verdict in enumerate(verdicts, start=1):
            keep(db, post(channel, number, f"Покровск {number}", posted_at=minutes(number)))
            (last,) = db.execute("SELECT max(id) FROM post").fetchone()
            decide(
                db,
                [Review(post_id=last, place_id=1, verdict=verdict, name="Покровск", actor="O", at=NOW)],
            )

    await store.write(fill)
    assert await store.read(uses.judged) == {1: [uses.Judged("Покровск", right=2, wrong=1)]}


async def test_a_post_that_names_a_place_twice_as_often_takes_twice_as_long_and_not_four_times(
    store: Store,
) -> None:
    def steps(db, number: int, times: int) -> int:  # type: ignore[no-untyped-def]
        """Of SQLite's machine, for keeping, editing and pruning such a post."""
        made = 0

        def step() -> None:
            nonlocal made
            made += 1

        channel = follow(db)
        db.set_progress_handler(step, 100)
        keep(db, post(channel, number, "в Покровске " * times))
        keep(db, post(channel, number, "под Покровском " * times, changed_at=minutes(1)), minutes(1))
        post_id = db.execute("SELECT id FROM post WHERE message_id = ?", (number,)).fetchone()[0]
        mentions.rewrite(db, post_id, {})
        mentions.clear(db, post_id, 0)
        mentions.clear(db, post_id, 1)
        db.set_progress_handler(None, 0)
        return made

    def twice(db) -> float:  # type: ignore[no-untyped-def]
        track(db, "Покровск")
        steps(db, 1, 1)
        return steps(db, 3, 1000) / steps(db, 2, 500)

    assert await store.write(twice) < 3

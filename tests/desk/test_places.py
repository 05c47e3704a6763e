"""/places and /unwatch: lists that page, a page for each place, and the end of a watch."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import timedelta

from storage import places
from storage.records import Delivery, MentionKind, Place, Watch
from storage.store import Store
from tests import making
from tests.desk.conftest import MEMBER, Message, Team, kept
from tests.making import CHAT, NOW


async def _track(store: Store, *names: str, name: str = "Pokrovsk", area: str | None = None) -> Place:
    def add(db: sqlite3.Connection) -> Place:
        wanted = replace(making.place(*names, name=name), area=area)
        added = places.add(db, wanted, everywhere=False, now=NOW)
        places.watch(db, CHAT, added.id, since=NOW)
        return added

    return await store.write(add)


async def _wish(store: Store, place: Place) -> Watch:
    found = await store.read(places.watch_of, CHAT, place.id)
    assert found is not None
    return found


async def _open(team: Team, name: str = "Pokrovsk") -> Message:
    return await team.press(await team.ask("/places"), f"✏️ {name}")


async def test_places_are_listed_eight_a_page_with_two_buttons_each(team: Team, store: Store) -> None:
    for letter in "abcdefghij":
        await _track(store, name=f"Place {letter}")
    page = await team.ask("/places")
    assert "10 places watched here" in page.html
    assert page.words.count("❌") == 8
    page = await team.press(page, "▶")
    assert page.words == ["✏️ Place i", "❌", "✏️ Place j", "❌", "◀", "2/2"]
    opened = await team.press(page, "✏️ Place j")
    assert (await team.press(opened, "Back")).words == page.words


async def test_a_watch_ends_after_one_more_press_and_the_list_shows_it(team: Team, store: Store) -> None:
    await _track(store, name="Bakhmut")
    await _track(store)
    page = await team.ask("/places")
    sure = await team.press_data(page, page.buttons[1][1].data or "")
    assert "Stop alerts here about 📍 <b>Pokrovsk</b>?" in sure.html
    assert (await team.press(sure, "Back")).html == page.html
    page = await team.press(sure, "Yes, stop")
    assert team.toasts[-1] == "No more alerts here about Pokrovsk"
    assert page.words == ["✏️ Bakhmut", "❌"]
    assert [p.name for p in await store.read(places.watched_by, CHAT)] == ["Bakhmut"]


async def test_unwatch_alone_lists_and_asks_before_it_ends(team: Team, store: Store) -> None:
    await _track(store)
    page = await team.ask("/unwatch")
    sure = await team.press(page, "❌ Pokrovsk")
    done = await team.press(sure, "Yes, stop")
    assert "No places are watched here yet" in done.html
    assert await store.read(places.watched_by, CHAT) == []


async def test_unwatch_with_a_name_ends_it_and_a_press_brings_it_back(team: Team, store: Store) -> None:
    await _track(store, "Покровск")
    done = await team.ask("/unwatch Покровск, Nowhere")
    assert "No more alerts here about <b>Pokrovsk</b>" in done.html
    assert "“Nowhere” is not among the places watched here" in done.html
    assert await store.read(places.watched_by, CHAT) == []
    await team.press(done, "again")
    assert [p.name for p in await store.read(places.watched_by, CHAT)] == ["Pokrovsk"]


async def test_unwatch_of_a_name_that_several_bear_asks_which(team: Team, store: Store) -> None:
    await _track(store, "Lyman", name="Lyman One")
    await _track(store, "Lyman", name="Lyman Two")
    asked = await team.ask("/unwatch Lyman")
    assert "Which one?" in asked.html
    assert asked.words == ["❌ Lyman One", "❌ Lyman Two"]
    assert len(await store.read(places.watched_by, CHAT)) == 2


async def test_an_area_is_one_row_and_ends_as_a_whole(team: Team, store: Store) -> None:
    for letter in "abc":
        await _track(store, name=f"Village {letter}", area="Donetsk Oblast")
    await _track(store)
    page = await team.ask("/places")
    assert "🗺 <b>Donetsk Oblast</b>: 3 places" in page.html
    inside = await team.press(page, "🗺 Donetsk Oblast")
    assert "✏️ Village b" in inside.words
    page = await team.press(inside, "Back")
    sure = await team.press(page, "❌")
    assert "all 3 places of <b>Donetsk Oblast</b>" in sure.html
    page = await team.press(sure, "Yes, stop")
    assert page.words == ["✏️ Pokrovsk", "❌"]


async def test_the_last_place_of_an_area_leads_back_to_the_list(team: Team, store: Store) -> None:
    await _track(store, name="Village", area="Donetsk Oblast")
    inside = await team.press(await team.ask("/places"), "🗺")
    done = await team.press(await team.press(inside, "❌"), "Yes, stop")
    assert "No places are watched here yet" in done.html


async def test_how_a_place_is_told_is_set_press_by_press(team: Team, store: Store) -> None:
    place = await _track(store)
    page = await _open(team)
    assert "Smallest confidence: 0.5, as everywhere" in page.html
    page = await team.press(page, "≥ .7")
    assert team.toasts[-1] == "Pokrovsk: smallest confidence 0.7"
    assert "· ≥ .7 ·" in page.words
    page = await team.press(page, "✅ adjective")
    assert team.toasts[-1] == "Pokrovsk: adjective no longer counts"
    page = await team.press(page, "📰 digest")
    wish = await _wish(store, place)
    assert wish.min_confidence == 0.7
    assert wish.kinds == frozenset(MentionKind) - {MentionKind.ADJECTIVE}
    assert wish.delivery is Delivery.DIGEST
    page = await team.press(page, "· ≥ .7 ·")
    page = await team.press(page, "⬜ adjective")
    wish = await _wish(store, place)
    assert (wish.min_confidence, wish.kinds) == (None, None)
    listed = await team.press(page, "Back")
    assert "(📰 digest)" in listed.html


async def test_one_kind_of_mention_must_stay(team: Team, store: Store) -> None:
    place = await _track(store)
    page = await _open(team)
    for kind in list(MentionKind)[:-1]:
        page = await team.press(page, f"✅ {kind}")
    await team.press(page, "✅ adjective")
    assert "One kind must stay" in (team.toasts[-1] or "")
    assert (await _wish(store, place)).kinds == {MentionKind.ADJECTIVE}


async def test_a_muted_place_says_until_when_and_can_be_unmuted(team: Team, store: Store) -> None:
    place = await _track(store)
    page = await team.press(await _open(team), "🔕 8 h")
    assert "Muted until 22:00" in page.html
    assert (await _wish(store, place)).muted_until == NOW + timedelta(hours=8)
    page = await team.press(page, "Unmute")
    assert (await _wish(store, place)).muted_until is None
    page = await team.press(page, "∞")
    assert "Muted until you unmute it" in page.html
    listed = await team.press(page, "Back")
    assert "muted until you unmute it" in listed.html


async def test_alerts_go_into_the_topic_in_which_the_list_was_asked_for(team: Team, store: Store) -> None:
    place = await _track(store)
    in_general = await _open(team)
    assert not any("topic" in words for words in in_general.words)
    page = await team.press(await team.ask("/places", topic=77), "✏️ Pokrovsk")
    page = await team.press(page, "Alerts into this topic")
    assert (await _wish(store, place)).topic == 77
    assert "Topic: this one" in page.html
    await team.press(page, "Alerts into General")
    assert (await _wish(store, place)).topic is None


async def test_names_are_switched_but_the_last_one_stays(team: Team, store: Store) -> None:
    place = await _track(store, "Покровск")
    names = await team.press(await _open(team), "Names 2/2")
    names = await team.press(names, "✅ Покровск")
    assert team.toasts[-1] == "Покровск: off"
    await team.press(names, "✅ Pokrovsk")
    assert "One name must stay on" in (team.toasts[-1] or "")
    (now,) = (await store.read(places.by_ids, [place.id])).values()
    assert [n.text for n in now.names if n.active] == ["Pokrovsk"]
    page = await team.press(names, "Back")
    assert "Names 1/2" in page.words


async def test_certain_channels_are_chosen_and_all_again(team: Team, store: Store) -> None:
    place = await _track(store)
    one = await store.write(making.follow, 1)
    await store.write(making.follow, 2)
    page = await team.press(await _open(team), "Channels: all")
    page = await team.press(page, "⬜ @channel1")
    assert (await _wish(store, place)).channels == {one.id}
    assert "come only from @channel1" in page.html
    page = await team.press(page, "Every channel")
    assert (await _wish(store, place)).channels is None
    assert "every channel" in page.html


async def test_a_name_that_was_often_marked_wrong_is_asked_about_and_dropped(
    team: Team, store: Store
) -> None:
    place = await _track(store, "Счастье", name="Shchastia")
    await kept(store, *(f"Текст {n}" for n in range(6)))

    def review(db: sqlite3.Connection) -> None:
        for number, (post_id,) in enumerate(db.execute("SELECT id FROM post").fetchall()):
            state = "wrong" if number < 4 else "relevant"
            db.execute(
                "INSERT INTO review(post_id, place_id, state, name, actor, at) VALUES (?, ?, ?, 'Счастье', 'x', 0)",
                (post_id, place.id, state),
            )

    await store.write(review)
    question = "“Счастье” was marked wrong 4 of 6 times. Stop using this name?"
    listed = await team.ask("/places")
    assert question in listed.html
    assert "Stop using «Счастье»" in listed.words
    page = await team.press(listed, "✏️ Shchastia")
    assert question in page.html
    page = await team.press(page, "Stop using «Счастье»")
    assert "marked wrong" not in page.html
    (now,) = (await store.read(places.by_ids, [place.id])).values()
    assert [n.text for n in now.names if n.active] == ["Shchastia"]


async def test_a_place_that_is_watched_no_more_can_not_be_changed(team: Team, store: Store) -> None:
    await _track(store)
    page = await _open(team)
    await team.ask("/unwatch Pokrovsk")
    await team.press(page, "🔕 1 h")
    assert "not watched here any more" in (team.toasts[-1] or "")


async def test_members_may_look_and_only_administrators_change(team: Team, store: Store) -> None:
    place = await _track(store)
    page = await team.ask("/places", sender=MEMBER)
    assert "Pokrovsk" in page.html
    await team.press(page, "❌", sender=MEMBER)
    assert "Only administrators" in (team.toasts[-1] or "")
    opened = await team.press(page, "✏️")
    await team.press(opened, "📰 digest", sender=MEMBER)
    assert (await _wish(store, place)).delivery is Delivery.ALERT

"""/watch: a name is chosen, tried on the archive, and watched when a member says so."""

from __future__ import annotations

import logging
from datetime import timedelta

import pytest

from storage import places
from storage.store import Store
from tests.desk.conftest import ADMIN, MEMBER, Team, kept
from tests.making import CHAT


async def _watched(store: Store) -> list[str]:
    return [place.name for place in await store.read(places.watched_by, CHAT)]


async def test_a_sole_place_that_nobody_mentioned_is_watched_at_once_and_that_is_said(
    team: Team, store: Store
) -> None:
    await kept(store, "Доброе утро.")
    answer = await team.ask("/watch Мирноград")
    assert "Watching 📍 <b>Мирноград</b>" in answer.html
    assert "Not mentioned in the last 30 days of the archive." in answer.html
    assert answer.buttons == ()
    assert await _watched(store) == ["Мирноград"]


async def test_an_empty_archive_is_not_passed_off_as_silence(team: Team) -> None:
    assert "could not be tried" in (await team.ask("/watch Мирноград")).html


async def test_names_that_were_mentioned_are_shown_before_anything_is_watched(
    team: Team, store: Store
) -> None:
    await kept(
        store, "Идут бои в Красноармейске.", "Тихо.", "Взрывы в Покровске. Ещё.", "Покровск", "Покровску"
    )
    asked = await team.ask("/watch Pokrovsk (Donetsk)")
    assert "mentioned in 4 posts of the last 30 days of the archive" in asked.html
    assert "here are the newest:" in asked.html
    assert "«… <b>Покровске</b>" not in asked.html
    assert asked.html.count("» — Channel 1") == 3
    assert 'href="https://t.me/channel1/5"' in asked.html
    assert asked.words == ["Watch", "Names…", "Cancel"]
    assert await _watched(store) == []
    done = await team.press(asked, "Watch")
    assert team.toasts[-1] == "Watching Pokrovsk"
    assert "Watching 📍 <b>Pokrovsk</b>" in done.html
    assert done.buttons == ()
    assert await _watched(store) == ["Pokrovsk"]


async def test_a_name_that_is_switched_off_before_is_neither_tried_again_nor_watched(
    team: Team, store: Store
) -> None:
    await kept(store, "Идут бои в Красноармейске.", "Взрывы в Покровске.")
    asked = await team.ask("/watch Pokrovsk (Donetsk)")
    page = await team.press(asked, "Names…")
    assert "✅ Pokrovsk: from the gazetteer" in page.html
    while not any("Красноармейск" in words for words in page.words):
        page = await team.press(page, "▶")
    assert "former name" in page.html
    page = await team.press(page, "✅ Красноармейск")
    assert team.toasts[-1] == "Красноармейск: off"
    assert "⬜ Красноармейск" in page.words
    again = await team.press(page, "Back")
    assert "mentioned in 1 post of" in again.html
    await team.press(again, "Watch")
    (place,) = await store.read(places.watched_by, CHAT)
    assert [n.text for n in place.names if not n.active] == ["Красноармейск"]


async def test_a_number_that_the_gazetteer_knows_names_its_place(team: Team, store: Store) -> None:
    answer = await team.ask("/watch 704422")
    assert "Watching 📍 <b>Pokrovsk</b>" in answer.html
    assert await _watched(store) == ["Pokrovsk"]
    assert "at least two letters" in (await team.ask("/watch 1")).html


async def test_names_that_are_given_to_a_watched_place_are_said_to_be_new(team: Team, store: Store) -> None:
    await team.ask("/watch Мирноград")
    assert "Already watching 📍" in (await team.ask("/watch Мирноград")).html
    answer = (await team.ask("/watch Мирноград = Мирик")).html
    assert answer == "Already watching 📍 <b>Мирноград</b>, now also named: Мирик"


async def test_several_bearers_of_a_name_are_a_picker_that_pages(team: Team, store: Store) -> None:
    asked = await team.ask("/watch Ivanivka")
    assert "is the name of several places" in asked.html
    assert asked.words[-2:] == ["None of these: Ivanivka", "Cancel"]
    assert any("Oblast" in words for words in asked.words)
    more = await team.press(asked, "▶")
    assert more.words != asked.words
    assert any(words.startswith("2/") for words in more.words)
    chosen = more.words[0]
    done = await team.press(more, chosen)
    assert "Watching 📍 <b>" in done.html
    (place,) = await store.read(places.watched_by, CHAT)
    assert place.region is not None
    assert place.region in chosen


async def test_none_of_these_watches_the_name_as_typed(team: Team, store: Store) -> None:
    asked = await team.ask("/watch Pokrovka")
    await team.press(asked, "None of these")
    (place,) = await store.read(places.watched_by, CHAT)
    assert (place.name, place.geonames_id) == ("Pokrovka", None)


async def test_a_name_that_the_gazetteer_does_not_know_is_watched_as_typed_and_that_is_said(
    team: Team, store: Store
) -> None:
    answer = await team.ask("/watch Абырвалгинск")
    assert "No place of the gazetteer: it is looked for by its name as typed." in answer.html
    assert await _watched(store) == ["Абырвалгинск"]


async def test_an_everyday_word_is_warned_about_with_how_often_it_was_found(team: Team, store: Store) -> None:
    await kept(store, "Желаем вам счастья!", "Бои под городом Счастье.")
    asked = await team.ask("/watch Счастье (Luhansk)")
    assert "⚠ “Счастье” is also an everyday word" in asked.html
    assert "“Счастье” is also an everyday word; it was found 1 time." in asked.html
    assert "[Names…]" in asked.html
    names = await team.press(asked, "Names…")
    assert "✅ Счастье: from the gazetteer, found 1 time; ⚠ is also an everyday word" in names.html


async def test_several_names_are_decided_one_after_another_in_one_message(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске и в Мирнограде.")
    asked = await team.ask(
        "/watch Pokrovsk (Donetsk), Селидово = Selydove, Мирноград, x, Pokrovka, Родинське, Lyman (Nowhere)"
    )
    assert (
        asked.html.count("Watching 📍 <b>") == 2
    )  # further names need no trial, nor does what nobody mentioned
    assert "“x” is too short" in asked.html
    assert "no region called “Nowhere”" in asked.html
    assert "Place 1 of 3 to decide; then: Мирноград, Pokrovka" in asked.html
    assert len(await _watched(store)) == 2
    first_watch = asked.button("Watch").data or ""
    asked = await team.press(asked, "Watch")
    assert "Place 2 of 3" in asked.html
    asked = await team.press(asked, "Cancel")
    assert "Not watched: Мирноград." in asked.html
    assert "Place 3 of 3" in asked.html
    unchanged = await team.press_data(asked, first_watch)
    assert team.toasts[-1] == "That was decided already."
    assert unchanged.html == asked.html
    done = await team.press(asked, "Cancel")
    assert done.buttons == ()
    assert done.html.count("Watching") == 3
    assert len(await _watched(store)) == 3


async def test_a_draft_older_than_a_day_says_so_and_does_nothing(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске.")
    asked = await team.ask("/watch Pokrovsk (Donetsk)")
    team.now += timedelta(days=1, minutes=1)
    await team.press(asked, "Watch")
    assert team.toasts[-1] == "This was asked too long ago. Send /watch again."
    assert await _watched(store) == []


async def test_a_place_that_was_added_meanwhile_is_watched_with_the_names_it_has_there(
    team: Team, store: Store
) -> None:
    await kept(store, "Взрывы в Покровске.")
    first = await team.ask("/watch Pokrovsk (Donetsk)")
    second = await team.ask("/watch Pokrovsk (Donetsk)")
    page = await team.press(first, "Names…")
    page = await team.press(page, page.words[1])
    await team.press(await team.press(page, "Back"), "Watch")
    done = await team.press(second, "Watch")
    assert "Already watching" in done.html
    assert "as the team has them" in done.html
    (place,) = await store.read(places.watched_by, CHAT)
    assert len([n for n in place.names if not n.active]) == 1


async def test_a_place_whose_names_are_all_off_is_not_watched(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске.")
    asked = page = await team.ask("/watch Pokrovsk (Donetsk)")
    page = await team.press(page, "Names…")
    while True:
        while any(words.startswith("✅") for words in page.words):
            page = await team.press(page, "✅")
        if "▶" not in page.words:
            break
        page = await team.press(page, "▶")
    page = await team.press(page, "Back")
    await team.press(page, "Watch")
    assert "Every name is off" in (team.toasts[-1] or "")
    assert await _watched(store) == []
    assert page.id == asked.id


async def test_a_member_who_is_no_administrator_is_told_why_not(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске.")
    assert "Only administrators" in (await team.ask("/watch Pokrovsk", sender=MEMBER)).html
    asked = await team.ask("/watch Pokrovsk (Donetsk)")
    same = await team.press(asked, "Watch", sender=MEMBER)
    assert "Only administrators" in (team.toasts[-1] or "")
    assert same.html == asked.html
    assert await _watched(store) == []


async def test_a_draft_is_of_no_use_in_another_chat(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске.")
    asked = await team.ask("/watch Pokrovsk (Donetsk)")
    team.admins.add((-2, ADMIN))
    await team.say("/places", chat=-2)
    await team.press(asked, "Watch", chat=-2)
    assert "nothing to act on" in (team.toasts[-1] or "")
    assert await store.read(places.tracked) == []


async def test_too_many_names_at_once_are_refused_with_the_number(team: Team) -> None:
    names = ", ".join(f"Place{'abcdefghijklmnopqrstuvwxyz'[n]}" for n in range(21))
    assert "at most 20" in (await team.ask(f"/watch {names}")).html


async def test_commas_alone_name_nothing(team: Team) -> None:
    assert "Give a name" in (await team.ask("/watch , =")).html
    assert "Give a link" in (await team.ask("/follow ,")).html
    assert "No places are watched" in (await team.ask("/unwatch ,")).html


async def test_a_question_is_whole_however_much_was_decided_before(team: Team, store: Store) -> None:
    await kept(store, "Взрывы в Покровске.")
    many = [f"{'Поселок' * 12} {chr(1072 + n)} = {'Selyshche' * 10} {chr(97 + n)}" for n in range(19)]
    asked = await team.ask(f"/watch {', '.join(many)}, Pokrovsk (Donetsk)")
    assert len(asked.html.encode("utf-16-le")) // 2 <= 4096
    assert "more lines" in asked.html
    assert "mentioned in 1 post" in asked.html
    assert asked.html.splitlines()[-1].startswith("Names: Pokrovsk")


async def test_a_person_watches_in_private(team: Team) -> None:
    answer = await team.say("/watch Bakhmut", chat=77, sender=77)
    assert answer is not None
    assert "Watching 📍" in answer.html


async def test_a_fault_of_ours_in_a_command_is_answered_and_keeps_nothing(
    team: Team, store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    await store.write(lambda db: db.execute("ALTER TABLE place_name RENAME TO misplaced"))
    with caplog.at_level(logging.ERROR):
        answer = await team.ask("/places")
    assert "it is our fault" in answer.html
    assert "command failed" in caplog.text


async def test_two_names_of_one_place_are_one_wish(team: Team, store: Store) -> None:
    await kept(store, "Доброе утро.")
    answer = await team.ask("/watch Мирноград, Myrnohrad")
    assert answer.html.count("Watching 📍") == 1
    assert "already" not in answer.html
    assert len(await _watched(store)) == 1

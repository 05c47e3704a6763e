"""The buttons below an alert: who decides what, what is asked, and what opens."""

from __future__ import annotations

import sqlite3

from bot.alerts.measure import units
from storage import owed, places
from storage.records import Owed
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, follow, minutes, post


async def alert_of(asked: Asked, text: str = "Бои в Покровске. Погода ясная.", **fields: object) -> Owed:
    """An alert that has arrived."""
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 5, text, **fields))
    await asked.deliver()
    return await newest(asked, "alert")


async def newest(asked: Asked, kind: str) -> Owed:
    def found(db: sqlite3.Connection) -> Owed | None:
        query = "SELECT message_id FROM owed WHERE kind = ? ORDER BY id DESC LIMIT 1"
        row = db.execute(query, (kind,)).fetchone()
        return owed.by_message(db, CHAT, row[0])

    message: Owed | None = await asked.store.read(found)
    assert message is not None
    return message


def words(message: Owed) -> list[str]:
    return [b.words for row in message.buttons for b in row]


async def audited(asked: Asked) -> list[tuple[str, str]]:
    return list(
        await asked.store.read(
            lambda db: db.execute("SELECT actor, outcome FROM audit ORDER BY id").fetchall()
        )
    )


async def test_who_judges_is_shown_and_a_second_press_is_told_so(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await asked.press(await alert_of(asked), "✅ Relevant")
    assert "✅ relevant — Olena" in alert.wanted
    again = await asked.press(alert, "✅ Relevant", by="Taras")
    assert asked.toasts == ["Marked as relevant.", "Decided already by Olena: relevant."]
    assert again.wanted == alert.wanted


async def test_another_verdict_replaces_the_first_and_the_audit_has_both(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked)
    await asked.press(alert, "❌ Not this place")
    question = await asked.press(await newest(asked, "answer"), "An ordinary word", by="Taras")
    assert question.wanted.startswith("❌ not Pokrovsk: an ordinary word — Taras\n")
    assert question.buttons == ()
    alert = await newest(asked, "alert")
    assert "❌ not Pokrovsk: an ordinary word — Taras" in alert.wanted
    alert = await asked.press(alert, "✅ Relevant")
    assert "✅ relevant — Olena" in alert.wanted
    assert "❌" not in alert.wanted
    decisions = [one for one in await audited(asked) if "arked" in one[1]]
    assert decisions == [
        ("Taras (8)", "Marked. The alert says so now."),
        ("Olena (7)", "Marked as relevant."),
    ]


async def test_a_question_that_another_has_answered_meanwhile_says_what_was_decided(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked)
    await asked.press(alert, "❌ Not this place")
    question = await newest(asked, "answer")
    await asked.press(alert, "❌ Not this place", by="Taras")
    other = await newest(asked, "answer")
    asked.now = minutes(1)
    await asked.press(question, "A person's name")
    for late in (question, other):  # the same question as an old screen shows it, and one of his own
        shown = await asked.press(late, "An ordinary word", by="Taras")
        assert asked.toasts[-1] == "Decided already by Olena: not this place but a person's name."
        assert shown.wanted.startswith("❌ not Pokrovsk: a person's name — Olena")
    asked.now = minutes(2)
    await asked.press(alert, "❌ Not this place", by="Taras")
    anew = await newest(asked, "answer")
    assert "So far: ❌ not Pokrovsk: a person's name — Olena" in anew.wanted
    await asked.press(anew, "An ordinary word", by="Taras")
    assert "❌ not Pokrovsk: an ordinary word — Taras" in (await newest(asked, "alert")).wanted


async def test_another_place_is_picked_from_all_that_bear_the_name(asked: Asked) -> None:
    await asked.tracks("Лиман", name="Lyman", region="Donetsk Oblast")
    alert = await alert_of(asked, "Бои в городе Лиман.")
    await asked.press(alert, "❌ Not this place")
    picker = await asked.press(await newest(asked, "answer"), "Another place")
    assert "which place is it?" in picker.wanted
    assert words(picker)[-1] == "One that is not listed"
    offered = words(picker)
    seen = set(offered)
    while "▶" in words(picker):
        picker = await asked.press(picker, "▶")
        seen |= set(words(picker))
    namesakes = [one for one in seen if "Lyman" in one and "Oblast" in one]
    assert len(namesakes) > 1
    last = next(one for one in words(picker) if "Oblast" in one)
    await asked.press(picker, last)
    assert f"❌ not Lyman: another place: {last} — Olena" in (await newest(asked, "alert")).wanted


async def test_another_one_says_only_that_it_is_another_place(asked: Asked) -> None:
    await asked.tracks("Покровск")
    await asked.press(await alert_of(asked), "❌ Not this place")
    picker = await asked.press(await newest(asked, "answer"), "Another place")
    await asked.press(picker, "One that is not listed")
    assert "❌ not Pokrovsk: another place — Olena" in (await newest(asked, "alert")).wanted


async def test_of_many_places_the_one_that_is_not_meant_is_picked_on_pages(asked: Asked) -> None:
    names = [f"Местность{letter}" for letter in "абвгдежзик"]
    for number, name in enumerate(names):
        await asked.tracks(name, name=f"Place {number}")
    alert = await alert_of(asked, " ".join(f"Бои: {name}." for name in names))
    assert "Place 9" not in alert.wanted
    assert "and 2 more" in alert.wanted
    await asked.press(alert, "❌ Not this place")
    question = await newest(asked, "answer")
    assert "Which place is not meant?" in question.wanted
    question = await asked.press(question, "▶")
    question = await asked.press(question, "Place 9")
    await asked.press(question, "A person's name")
    assert "❌ not Place 9: a person's name — Olena" in (await newest(asked, "alert")).wanted


async def test_more_opens_text_why_and_timeline_in_one_message_with_a_way_back(asked: Asked) -> None:
    place = await asked.tracks("Покровск", region="Donetsk Oblast")
    await asked.write(_put_on_map, place.id)
    await asked.press(await alert_of(asked), "⋯ More", by="Taras")
    menu = await newest(asked, "answer")
    assert "⋯ more, asked for by Taras" in menu.wanted
    assert words(menu) == ["Full text", "Why", "Timeline", "🗺 Map"]
    assert menu.buttons[1][1].url is not None
    for words_, content in (
        ("Full text", "Погода ясная."),
        ("Why", "for it: "),
        ("Timeline", "by day: 1 statement"),
    ):
        opened = await asked.press(menu, words_)
        assert opened.message_id == menu.message_id
        assert content in opened.wanted
        if words_ == "Timeline":
            opened = await asked.press(opened, "◀ earlier")
        assert words(opened)[-1] == "◀ Back"
        menu = await asked.press(opened, "◀ Back")
        assert words(menu) == ["Full text", "Why", "Timeline", "🗺 Map"]


def _put_on_map(db: sqlite3.Connection, place_id: int) -> None:
    db.execute("UPDATE place SET latitude = 48.28, longitude = 37.18 WHERE id = ?", (place_id,))


async def test_more_of_a_long_post_turns_pages_and_leads_back(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked, "Бои в Покровске. " + "Слово за словом. " * 700)
    await asked.press(alert, "⋯ More")
    text = await asked.press(await newest(asked, "answer"), "Full text")
    text = await asked.press(text, "▶")
    assert words(text)[-1] == "◀ Back"
    assert units(text.wanted) <= 4096


async def test_more_of_several_places_asks_of_which(asked: Asked) -> None:
    await asked.tracks("Покровск")
    await asked.tracks("Бахмут", name="Bakhmut")
    await asked.press(await alert_of(asked, "Бои в Покровске и в Бахмуте."), "⋯ More")
    which = await asked.press(await newest(asked, "answer"), "Timeline, 🗺 map…")
    assert words(which) == ["Pokrovsk", "Bakhmut", "◀ Back"]
    line = await asked.press(which, "Bakhmut")
    assert line.wanted.startswith("📍 <b>Bakhmut</b>")
    assert words(line)[-1] == "◀ Back"


async def test_of_a_protected_post_only_the_sentences_about_places_are_given(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked, "Бои в Покровске. Погода ясная.", protected=True)
    assert "Погода" not in alert.wanted
    await asked.press(alert, "⋯ More")
    text = await asked.press(await newest(asked, "answer"), "Full text")
    assert "🔒 protected by its channel" in text.wanted
    assert "«Бои в <b>Покровске</b>. …»" in text.wanted
    assert "https://t.me/channel1/5" in text.wanted
    assert "Погода" not in text.wanted
    assert "Погода" not in await asked.says("/post https://t.me/channel1/5")


async def test_a_mute_says_who_wanted_it_and_what_the_alert_told(asked: Asked) -> None:
    place = await asked.tracks("Покровск")
    other = await asked.tracks("Бахмут", name="Bakhmut")
    await asked.press(await alert_of(asked), "🔕 1 h", by="Taras")
    said = await newest(asked, "answer")
    assert said.wanted == "🔕 no alerts here about Pokrovsk until 15:00 — Taras"
    assert asked.toasts == ["No alerts about Pokrovsk until 15:00."]
    assert (await asked.store.read(places.watch_of, CHAT, place.id)).muted_until == minutes(60)
    assert (await asked.store.read(places.watch_of, CHAT, other.id)).muted_until is None


async def test_a_mute_that_is_pressed_twice_is_said_to_all_once(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked)
    for member in ("Taras", "Olena"):
        await asked.press(alert, "🔕 1 h", by=member)
    assert asked.toasts == ["No alerts about Pokrovsk until 15:00."] * 2
    said = await asked.store.read(
        lambda db: db.execute("SELECT count(*) FROM owed WHERE wanted LIKE '🔕%'").fetchone()
    )
    assert tuple(said) == (1,)


async def test_buttons_of_what_is_gone_or_forged_say_so(asked: Asked) -> None:
    await asked.tracks("Покровск")
    alert = await alert_of(asked)
    for data in (
        "ok|9",
        "open|1|menu|0",
        "open|x|menu|0",
        "in|1|page|text",
        "wrong|1|1|z",
        "which|9|9|0",
        "no",
    ):
        await asked.press_data(alert, data)
        assert asked.toasts[-1] == "This button has nothing to act on any more.", data
    assert asked.now == NOW


async def test_a_mute_of_an_hour_does_not_shorten_a_longer_one(asked: Asked) -> None:
    place = await asked.tracks("Покровск")
    alert = await alert_of(asked)
    watch = await asked.store.read(places.watch_of, CHAT, place.id)
    assert watch is not None
    await asked.write(places.mute, watch, minutes(480))
    await asked.press(alert, "🔕 1 h")
    after = await asked.store.read(places.watch_of, CHAT, place.id)
    assert after is not None
    assert after.muted_until == minutes(480)

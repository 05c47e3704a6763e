"""What a story owes: one alert that grows, replies for what changes, nothing for what nobody asked about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.compose import headline
from bot.alerts.owed import decide
from bot.copies import Copies
from storage import channels, chats, mentions, owed, places, posts, reading
from storage.database import connect_writer
from storage.records import Channel, Delivery, Forward, MentionKind, Owed, OwedKind, Place
from tests.blank import blank
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, place, post, track

LONG = (
    "По докладу командования, в Покровске ночью повреждены школа, больница и две линии электропередачи, бригады "
    "выехали на место, отключений воды в городе нет, пострадавшим оказывают помощь."
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(blank(tmp_path / "placewatch.db"))
    opened.execute("BEGIN")
    yield opened
    opened.execute("ROLLBACK")
    opened.close()


@pytest.fixture
def copies() -> Copies:
    return Copies()


@pytest.fixture
def pokrovsk(db: sqlite3.Connection) -> Place:
    return track(db, "Покровск")


def followed(db: sqlite3.Connection, number: int, **described: Any) -> Channel:
    channel = follow(db, number)
    channels.describe(
        db, channel.id, **{"label": None, "side": None, "standing": None, "owner": None, **described}
    )
    return channels.by_id(db, channel.id)


def due(db: sqlite3.Connection, kind: OwedKind = OwedKind.ALERT) -> list[Owed]:
    rows = db.execute("SELECT id FROM owed WHERE kind = ? ORDER BY id", (kind,)).fetchall()
    return [owed.begin(db, i) for (i,) in rows]


def deliver(db: sqlite3.Connection, at: float) -> None:
    """Everything that is owed has arrived."""
    for number, (i,) in enumerate(
        db.execute("SELECT id FROM owed WHERE due = 1 ORDER BY id").fetchall(), start=100
    ):
        row = owed.begin(db, i)
        owed.arrived(db, i, message_id=number, text=row.wanted, buttons=row.buttons, now=minutes(at))


@pytest.mark.usefixtures("pokrovsk")
def test_a_forward_joins_its_origin_and_the_alert_grows(db: sqlite3.Connection, copies: Copies) -> None:
    first, second = followed(db, 1), followed(db, 2)
    keep(db, post(first, 7, LONG), copies=copies)
    forward = Forward(telegram_id=first.telegram_id, message_id=7, posted_at=NOW)
    keep(db, post(second, 3, LONG, posted_at=minutes(6), forward=forward), minutes(6), copies=copies)
    (alert,) = due(db)
    assert 'Also: <a href="https://t.me/channel2/3">@channel2</a> +6 min (forward)' in alert.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_a_short_forward_joins_too_but_a_short_equal_text_does_not(
    db: sqlite3.Connection, copies: Copies
) -> None:
    first, second, third = (followed(db, n) for n in (1, 2, 3))
    keep(db, post(first, 7, "Взрывы в Покровске"), copies=copies)
    forward = Forward(telegram_id=first.telegram_id, message_id=7, posted_at=NOW)
    keep(db, post(second, 3, "Взрывы в Покровске", posted_at=minutes(1), forward=forward), copies=copies)
    keep(db, post(third, 4, "Взрывы в Покровске", posted_at=minutes(2)), copies=copies)
    assert len(due(db)) == 2


@pytest.mark.usefixtures("pokrovsk")
def test_a_near_copy_joins_and_one_with_another_number_does_not(
    db: sqlite3.Connection, copies: Copies
) -> None:
    first, second, third = (followed(db, n) for n in (1, 2, 3))
    keep(db, post(first, 7, LONG), copies=copies)
    keep(db, post(second, 3, "❗️Главное к этому часу. " + LONG, posted_at=minutes(31)), copies=copies)
    other = LONG.replace("две линии", "пять линий")
    keep(db, post(third, 4, other, posted_at=minutes(40)), copies=copies)
    alerts = due(db)
    assert len(alerts) == 2
    assert "+31 min (near copy)" in alerts[0].wanted


@pytest.mark.usefixtures("pokrovsk")
def test_an_original_that_comes_after_its_forward_is_named_as_first(
    db: sqlite3.Connection, copies: Copies
) -> None:
    first, second = followed(db, 1), followed(db, 2)
    forward = Forward(telegram_id=first.telegram_id, message_id=7, posted_at=NOW)
    keep(db, post(second, 3, LONG, posted_at=minutes(6), forward=forward), minutes(6), copies=copies)
    keep(db, post(first, 7, LONG), minutes(7), copies=copies)
    (alert,) = due(db)
    assert (
        'First among the channels followed: Channel 1 (@channel1) <a href="https://t.me/channel1/7">14:00</a>'
        in alert.wanted
    )


@pytest.mark.usefixtures("pokrovsk")
def test_two_copies_in_one_transaction_are_one_alert(db: sqlite3.Connection, copies: Copies) -> None:
    for number in range(1, 9):
        keep(db, post(followed(db, number), 1, LONG, posted_at=minutes(number)), copies=copies)
    (alert,) = due(db)
    assert "+2 more" in alert.wanted
    assert alert.wanted.count("(copy)") == 5


@pytest.mark.usefixtures("pokrovsk")
def test_stories_survive_a_restart(db: sqlite3.Connection, copies: Copies) -> None:
    keep(db, post(followed(db, 1), 7, LONG), copies=copies)
    restarted = Copies()
    restarted.load(db, now=minutes(10))
    keep(db, post(followed(db, 2), 3, LONG, posted_at=minutes(11)), minutes(11), copies=restarted)
    assert len(due(db)) == 1


def test_a_copy_that_names_a_place_which_the_first_did_not_alerts_those_who_watch_that(
    db: sqlite3.Connection, copies: Copies
) -> None:
    track(db, "Покровск")
    keep(db, post(followed(db, 1), 7, LONG), copies=copies)
    bakhmut = places.add(db, place("Бахмут", name="Bakhmut"), everywhere=False, now=NOW)
    db.execute("INSERT INTO chat(id, added_at) VALUES (-2, 0)")
    places.watch(db, -2, bakhmut.id, since=NOW)
    keep(db, post(followed(db, 2), 3, LONG + " То же в Бахмуте.", posted_at=minutes(2)), copies=copies)
    alerts = {alert.chat_id: alert for alert in due(db)}
    assert set(alerts) == {CHAT, -2}
    assert "Channel 2" in alerts[-2].wanted


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_about_the_place_is_told_in_reply_as_a_difference_once(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо. Погода ясная."), copies=copies)
    deliver(db, 1)
    edited = post(channel, 7, "В Покровске бои. Погода ясная.", edited_at=minutes(5))
    for _ in range(2):
        keep(db, edited, minutes(5), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert "«В Покровске <s>тихо.</s> <b>бои.</b>»" in update.wanted
    assert update.reply_to == 100
    assert update.silent


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_of_other_sentences_is_no_update(db: sqlite3.Connection, copies: Copies) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо. Погода ясная."), copies=copies)
    deliver(db, 1)
    keep(
        db,
        post(channel, 7, "В Покровске тихо. Погода пасмурная.", edited_at=minutes(5)),
        minutes(5),
        copies=copies,
    )
    assert due(db, OwedKind.UPDATE) == []


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_before_the_alert_was_sent_is_only_the_alert_itself(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо."), copies=copies)
    keep(db, post(channel, 7, "В Покровске бои.", edited_at=minutes(5)), minutes(5), copies=copies)
    deliver(db, 6)
    keep(
        db, post(channel, 7, "В Покровске бои. Позже тихо.", edited_at=minutes(7)), minutes(7), copies=copies
    )
    assert due(db, OwedKind.UPDATE) == []


@pytest.mark.usefixtures("pokrovsk")
def test_a_deletion_is_told_in_reply(db: sqlite3.Connection, copies: Copies) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо."), copies=copies)
    deliver(db, 1)
    posts.delete(db, channel.id, [7], now=minutes(3), decide=partial(decide, rules=RULES))
    (update,) = due(db, OwedKind.UPDATE)
    assert "🗑 Channel 1 (@channel1) deleted this" in update.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_another_side_is_told_in_reply_once_and_only_a_side_that_is_known(
    db: sqlite3.Connection, copies: Copies
) -> None:
    keep(db, post(followed(db, 1, side="Ukraine"), 7, LONG), copies=copies)
    deliver(db, 0.5)
    keep(db, post(followed(db, 2), 3, LONG, posted_at=minutes(1)), minutes(1), copies=copies)
    keep(db, post(followed(db, 3, side="Ukraine"), 3, LONG, posted_at=minutes(2)), minutes(2), copies=copies)
    assert due(db, OwedKind.UPDATE) == []
    keep(db, post(followed(db, 4, side="Russia"), 3, LONG, posted_at=minutes(3)), minutes(3), copies=copies)
    keep(db, post(followed(db, 5, side="Russia"), 3, LONG, posted_at=minutes(4)), minutes(4), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert "another side (Russia)" in update.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_another_side_that_was_read_back_is_named_in_the_alert_and_makes_no_reply(
    db: sqlite3.Connection, copies: Copies
) -> None:
    keep(db, post(followed(db, 1, side="Ukraine"), 7, LONG), copies=copies)
    deliver(db, 0.5)
    other = followed(db, 2, side="Russia")
    keep(db, post(other, 2, LONG, posted_at=minutes(-5)), minutes(2), copies=copies, late=True)
    assert not due(db, OwedKind.UPDATE)


@pytest.mark.parametrize(
    ("wish", "alerts"),
    [
        ({"min_confidence": 1.0}, 0),
        ({"kinds": frozenset({MentionKind.DIRECTION})}, 0),
        ({"kinds": frozenset({MentionKind.NAME})}, 1),
        ({"channels": frozenset({1})}, 1),
        ({"channels": frozenset({2})}, 0),
        ({"delivery": Delivery.DIGEST}, 0),
        ({"muted_until": minutes(60)}, 0),
        ({"muted_until": minutes(-60)}, 1),
    ],
)
def test_a_chats_wishes_about_a_place_are_kept(
    db: sqlite3.Connection, copies: Copies, pokrovsk: Place, wish: dict[str, Any], alerts: int
) -> None:
    watch = places.watch_of(db, CHAT, pokrovsk.id)
    assert watch is not None
    places.change_watch(db, replace(watch, **wish))
    keep(db, post(followed(db, 1), 7, "Бои в Покровске"), copies=copies)
    assert len(due(db)) == alerts


def test_silent_urgent_and_topic_go_with_the_alert(
    db: sqlite3.Connection, copies: Copies, pokrovsk: Place
) -> None:
    watch = places.watch_of(db, CHAT, pokrovsk.id)
    assert watch is not None
    places.change_watch(db, replace(watch, delivery=Delivery.SILENT, topic=12))
    keep(db, post(followed(db, 1), 7, "Бои в Покровске"), copies=copies)
    places.change_watch(db, replace(watch, delivery=Delivery.URGENT))
    keep(db, post(followed(db, 1), 8, "Вновь бои в Покровске"), copies=copies)
    first, second = due(db)
    assert (first.silent, first.topic, first.urgent) == (True, 12, False)
    assert (second.silent, second.topic, second.urgent) == (False, None, True)


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_about_places_that_the_chat_does_not_watch_is_no_update(
    db: sqlite3.Connection, copies: Copies
) -> None:
    bakhmut = places.add(db, place("Бахмут", name="Bakhmut"), everywhere=False, now=NOW)
    db.execute("INSERT INTO chat(id, added_at) VALUES (-2, 0)")
    places.watch(db, -2, bakhmut.id, since=NOW)
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо. В Бахмуте тихо."), copies=copies)
    deliver(db, 1)
    edited = post(channel, 7, "В Покровске тихо. В Бахмуте бои.", edited_at=minutes(5))
    keep(db, edited, minutes(5), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert update.chat_id == -2


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_that_takes_the_mention_away_says_what_is_no_longer_said(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске бои. Погода ясная."), copies=copies)
    deliver(db, 1)
    keep(db, post(channel, 7, "Погода ясная.", edited_at=minutes(5)), minutes(5), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert "no longer says: «<s>В Покровске бои.</s>»" in update.wanted
    (alert,) = due(db)
    assert "«В <b>Покровске</b> бои. …»" in alert.wanted
    assert "the present text no longer mentions it" in alert.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_a_long_edit_shows_the_words_that_changed_wherever_they_stand(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    words = "В Покровске " + "слово " * 500 + "{} в конце."
    keep(db, post(channel, 7, words.format("тихо")), copies=copies)
    deliver(db, 1)
    keep(db, post(channel, 7, words.format("бои"), edited_at=minutes(5)), minutes(5), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert "«… слово слово слово слово слово <s>тихо</s> <b>бои</b> в конце.»" in update.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_of_every_other_word_is_struck_through_as_a_whole(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске " + "да и " * 200), copies=copies)
    deliver(db, 1)
    keep(
        db, post(channel, 7, "В Покровске " + "нет и " * 200, edited_at=minutes(5)), minutes(5), copies=copies
    )
    (update,) = due(db, OwedKind.UPDATE)
    assert update.wanted.count("<s>") == update.wanted.count("<b>") == 1


@pytest.mark.usefixtures("pokrovsk")
def test_an_edit_of_one_part_of_an_album_is_told_once(db: sqlite3.Connection, copies: Copies) -> None:
    channel = followed(db, 1)
    for number, text in ((7, "В Покровске тихо."), (8, ""), (9, "")):
        keep(db, post(channel, number, text, grouped_id=5), copies=copies)
    deliver(db, 1)
    edited = post(channel, 7, "В Покровске бои.", grouped_id=5, edited_at=minutes(5))
    keep(db, edited, minutes(5), copies=copies)
    keep(db, post(channel, 8, "Фото.", grouped_id=5, edited_at=minutes(6)), minutes(6), copies=copies)
    (update,) = due(db, OwedKind.UPDATE)
    assert "<s>тихо.</s> <b>бои.</b>" in update.wanted
    assert len(due(db)) == 1


@pytest.mark.usefixtures("pokrovsk")
def test_parts_of_an_album_that_are_deleted_together_are_one_update(
    db: sqlite3.Connection, copies: Copies
) -> None:
    channel = followed(db, 1)
    for number, text in ((7, "В Покровске тихо."), (8, ""), (9, "")):
        keep(db, post(channel, number, text, grouped_id=5), copies=copies)
    deliver(db, 1)
    posts.delete(db, channel.id, [9], now=minutes(3), decide=partial(decide, rules=RULES))
    posts.delete(db, channel.id, [8, 7], now=minutes(4), decide=partial(decide, rules=RULES))
    first, second = due(db, OwedKind.UPDATE)
    assert "deleted 1 of the 3 parts of this" in first.wanted
    assert "deleted this" in second.wanted


@pytest.mark.usefixtures("pokrovsk")
def test_follow_ups_are_off_silent_or_loud_as_the_chat_wants(db: sqlite3.Connection, copies: Copies) -> None:
    channel = followed(db, 1)
    keep(db, post(channel, 7, "В Покровске тихо."), copies=copies)
    deliver(db, 1)
    for number, how in enumerate(("off", "silent", "loud"), start=1):
        chats.change(db, CHAT, follow_ups=how)
        edited = post(channel, 7, f"В Покровске {number}.", edited_at=minutes(5 + number))
        keep(db, edited, minutes(5 + number), copies=copies)
        deliver(db, 5.5 + number)
    rows = db.execute("SELECT subject, silent FROM owed WHERE kind = 'update' ORDER BY id").fetchall()
    assert [(subject[-1], silent) for subject, silent in rows][-1] == ("3", 0)
    assert ("2", 1) in [(subject[-1], silent) for subject, silent in rows]


def test_what_only_a_repeat_names_is_not_said_of_the_quoted_source(
    db: sqlite3.Connection, copies: Copies
) -> None:
    track(db, "Покровск", region="Donetsk Oblast")
    track(db, "Бахмут", name="Bakhmut", region="Donetsk Oblast")
    keep(db, post(followed(db, 1), 7, LONG), copies=copies)
    keep(db, post(followed(db, 2), 3, LONG + " То же в Бахмуте.", posted_at=minutes(2)), copies=copies)
    (alert,) = due(db)
    lines = alert.wanted.splitlines()
    assert lines[0] == "📍 <b>Pokrovsk</b> · Donetsk Oblast"
    assert "who repeats it also names: Bakhmut" in lines


def test_what_else_a_post_mentions_is_told_where_it_is_sure(db: sqlite3.Connection, copies: Copies) -> None:
    track(db, "Покровск")
    places.add(db, place("Бахмут", name="Bakhmut"), everywhere=False, now=NOW)
    keep(db, post(followed(db, 1), 7, "Бои в Покровске. Бои в Бахмуте."), copies=copies)
    (alert,) = due(db)
    assert alert.wanted.startswith("📍 <b>Pokrovsk</b>\n")
    assert "\nalso mentions: Bakhmut\n" in alert.wanted
    [first] = [row[0] for row in db.execute("SELECT id FROM post")]
    [bakhmut, pokrovsk] = sorted(
        reading.kept_by_ids(db, [first])[0].mentions, key=lambda m: m.start, reverse=True
    )
    mentions.rewrite(db, first, {0: [pokrovsk, replace(bakhmut, confidence=0.3)]})
    posts.settle(db, first, minutes(1), partial(decide, rules=RULES))
    (alert,) = due(db)
    assert "Bakhmut" not in alert.wanted


def test_a_delay_is_told_from_five_minutes_on(db: sqlite3.Connection, copies: Copies) -> None:
    track(db, "Покровск")
    channel = followed(db, 1)
    keep(db, post(channel, 7, "Бои в Покровске"), minutes(4), copies=copies)
    keep(db, post(channel, 8, "Вновь бои в Покровске"), minutes(47), copies=copies)
    prompt, late = due(db)
    assert "⏱" not in prompt.wanted
    assert "⏱ delayed 47 min" in late.wanted


@pytest.mark.parametrize(
    ("regions", "line"),
    [
        ((None,), "📍 <b>One</b>"),
        (("Donetsk Oblast",), "📍 <b>One</b> · Donetsk Oblast"),
        ((None, None), "📍 <b>One</b> · <b>Two</b>"),
        (("Donetsk Oblast", "Donetsk Oblast"), "📍 <b>One</b>, <b>Two</b> · Donetsk Oblast"),
        (("Donetsk Oblast", "Kharkiv Oblast"), "📍 <b>One</b> (Donetsk) · <b>Two</b> (Kharkiv)"),
        (("Donetsk Oblast", None), "📍 <b>One</b> (Donetsk) · <b>Two</b>"),
    ],
)
def test_the_first_line_shows_places_with_their_regions(regions: tuple[str | None, ...], line: str) -> None:
    known = [
        Place(id=n, name=name, region=region)
        for n, (name, region) in enumerate(zip(("One", "Two"), regions, strict=False))
    ]
    assert headline(known) == line


def test_a_forward_names_whose_words_it_passes_on(db: sqlite3.Connection, copies: Copies) -> None:
    track(db, "Покровск")
    channel = followed(db, 1)
    for number, forward in enumerate(
        (
            Forward(telegram_id=999, posted_at=minutes(-3)),
            Forward(posted_at=minutes(-3)),
            Forward(name="Штаб", posted_at=minutes(-3)),
        ),
        start=7,
    ):
        keep(db, post(channel, number, f"{number} бої в Покровске", forward=forward), copies=copies)
    unfollowed, hidden, named = (alert.wanted for alert in due(db))
    assert "↪ forwarded from a channel or account that is not followed, there 13:57" in unfollowed
    assert "↪ forwarded from an account that hides its name, there 13:57" in hidden
    assert "↪ forwarded from Штаб, there 13:57" in named

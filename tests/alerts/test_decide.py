"""What a story owes: one alert that grows, replies for what changes, nothing for what nobody asked about."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.alerts.owed import decide
from bot.copies import Copies
from storage import channels, owed, places, posts
from storage.database import connect_writer
from storage.records import Channel, Delivery, Forward, MentionKind, Owed, OwedKind, Place
from tests.making import CHAT, NOW, RULES, follow, keep, minutes, place, post, track

LONG = (
    "По докладу командования, в Покровске ночью повреждены школа, больница и две линии электропередачи, бригады "
    "выехали на место, отключений воды в городе нет, пострадавшим оказывают помощь."
)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    opened = connect_writer(tmp_path / "placewatch.db")
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

"""A message becomes the post that reading it from Telegram would have given, as far as the file tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.exports import Refused, Service, Taken
from bot.exports import read as read_message
from storage.records import Entity, Forward, Media, Post, Source
from tests.exports.writing import message, service
from tests.making import NOW

KYIV = ZoneInfo("Europe/Kyiv")


def read(raw: Any) -> Taken | Service | Refused:
    return read_message(raw, 1, zone=KYIV, until=NOW + timedelta(days=1))


def post(raw: Any) -> Post:
    found = read(raw)
    assert isinstance(found, Taken), found
    return found.post


def test_a_plain_message() -> None:
    said = post(message(77, "В Покровске", author="I. Petrov"))
    assert (said.key.channel_id, said.key.message_id) == (1, 77)
    assert said.text == "В Покровске"
    assert said.posted_at == NOW
    assert said.author == "I. Petrov"
    assert said.source is Source.EXPORT
    assert said.edited_at is said.forward is said.media is said.grouped_id is None


def test_offsets_are_counted_in_utf16_units() -> None:
    link = {"type": "text_link", "text": "Покровска", "href": "https://t.me/x"}
    said = post(message(1, ["😀 Из ", link, " ", {"type": "strikethrough", "text": "да"}]))
    assert said.text == "😀 Из Покровска да"
    assert said.entities == (
        Entity("text_url", 6, 9, "https://t.me/x"),
        Entity("strike", 16, 2),
    )


def test_an_old_export_without_a_list_of_entities_has_them_in_its_text() -> None:
    raw = message(1, ["a ", {"type": "bold", "text": "b"}])
    del raw["text_entities"]
    assert post(raw).entities == (Entity("bold", 2, 1),)


def test_entities_of_other_words_than_the_text_are_not_believed() -> None:
    raw = message(1, "Покровск") | {"text_entities": [{"type": "bold", "text": "Курахово"}]}
    assert post(raw).text == "Покровск"
    assert post(raw).entities == ()


def test_lone_surrogates_and_nuls_are_kept_as_replacement_characters() -> None:
    assert post(message(1, "a\ud800b\0c")).text == "a\ufffdb\ufffdc"
    halves = [{"type": "bold", "text": "\ud83d"}, "\ude00!"]
    assert post(message(1, halves)).text == "😀!"
    assert post(message(1, halves)).entities == (Entity("bold", 0, 1),)


def test_polls_and_places_speak_as_they_do_when_read_from_telegram() -> None:
    poll = {
        "question": "Где?",
        "answers": [{"text": "Покровск"}, {"text": ["Мир", {"type": "bold", "text": "ное"}]}],
    }
    assert post(message(1, "", poll=poll)).text == "Где?\nПокровск\nМирное"
    assert (
        post(message(1, "Тут", place_name="Покровск", address="ул. Мира")).text == "Тут\nПокровск\nул. Мира"
    )
    assert post(message(1, "", poll=poll)).media == Media(kind="poll")


def test_media_are_described_and_what_was_not_included_is_still_a_photo() -> None:
    photo = "(File not included. Change data exporting settings to download.)"
    assert post(message(1, "", photo=photo, photo_file_size=178404)).media == Media(kind="photo", size=178404)
    video = {"file": "video_files/a.mp4", "file_name": "a.mp4", "file_size": 5, "media_type": "video_file"}
    assert post(message(1, "", **video, mime_type="video/mp4", duration_seconds=12)).media == Media(
        kind="video", mime="video/mp4", name="a.mp4", size=5, duration=12.0
    )


def test_a_forward_keeps_what_is_told_of_its_origin() -> None:
    named = post(message(1, "a", forwarded_from="Head of DPR", forwarded_from_id="channel1234567"))
    assert named.forward == Forward(telegram_id=1234567, name="Head of DPR")
    assert post(message(1, "a", forwarded_from=None)).forward == Forward()


def test_a_reply_to_another_chat_is_no_reply_here() -> None:
    assert post(message(2, "a", reply_to_message_id=1)).reply_to == 1
    assert post(message(2, "a", reply_to_message_id=1, reply_to_peer_id="channel5")).reply_to is None


def test_a_time_without_a_zone_is_read_in_the_zone_of_the_settings() -> None:
    raw = message(1, "a")
    del raw["date_unixtime"]
    found = read(raw | {"date": "2024-07-01T12:00:00"})
    assert isinstance(found, Taken)
    assert found.local
    assert found.post.posted_at == datetime(2024, 7, 1, 9, tzinfo=UTC)


def test_the_edit_date_counts_and_that_of_1970_does_not() -> None:
    later = NOW + timedelta(minutes=5)
    assert post(message(1, "a", edited=later)).edited_at == later
    assert post(message(1, "a", edited=datetime(1970, 1, 1, tzinfo=UTC))).edited_at is None


def test_a_service_message_is_told_apart() -> None:
    assert read(service(3)) == Service(3)


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ([], "no message"),
        ({}, "no id"),
        ({"id": True}, "no message id"),
        ({"id": -5}, "-5 is no message id"),
        ({"id": 10**30}, "no message id"),
        ({"id": "7"}, "'7' is no message id"),
        ({"id": 7}, "None is a type"),
        ({"id": 7, "type": "unsupported"}, "could not export"),
        ({"id": 7, "type": ["message"]}, "list is a type"),
        (message(7, "a") | {"date_unixtime": "-1", "date": "x"}, "can't be its date"),
        (message(7, "a") | {"date_unixtime": "999999999999"}, "can't be its date"),
        (message(7, "a") | {"date_unixtime": "0"}, "can't be its date"),
        (
            message(7, "a") | {"date_unixtime": float("nan"), "date": "0001-01-01T00:00:00"},
            "can't be its date",
        ),
        (message(7, "a") | {"text": 5}, "shape"),
        (message(7, "a") | {"text": [["a"]]}, "shape"),
        (message(7, "a") | {"text": None}, "no field of text"),
        (message(7, "a" * 200_001), "200,001 characters"),
    ],
)
def test_what_can_not_be_kept_is_refused_with_its_reason(raw: Any, why: str) -> None:
    found = read(raw)
    assert isinstance(found, Refused)
    assert why in found.reason


def test_a_text_of_a_hundred_thousand_characters_is_kept() -> None:
    assert len(post(message(1, "я" * 100_000)).text) == 100_000


def test_wrong_types_in_fields_that_say_nothing_leave_the_words() -> None:
    odd = {"author": 5, "file": {}, "media_type": [], "file_size": "big", "poll": 7, "forwarded_from_id": {}}
    assert (
        post(message(1, "Покровск", **odd, duration_seconds=1e99, reply_to_message_id=[])).text == "Покровск"
    )

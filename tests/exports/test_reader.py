"""An export is read message by message, and damage costs what is damaged."""

from __future__ import annotations

import io
import json
import tracemalloc
from typing import Any

import pytest

from bot.errors import Mendable
from bot.exports import Broken, Chat, Damaged, Entry, Reader
from tests.exports.writing import account, chat, many, message, service, written


def read(text: str | bytes) -> list[Any]:
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return list(Reader(io.BytesIO(data)))


def ids(items: list[Any]) -> list[int]:
    return [item.raw["id"] for item in items if isinstance(item, Entry)]


def test_messages_come_after_their_chat_in_the_order_of_the_file() -> None:
    first, *rest = read(written(chat([service(1), *many(3, start=2)])))
    assert first == Chat("Channel 1", "public_channel", 501, alone=True)
    assert ids(rest) == [1, 2, 3, 4]
    assert len(rest) == 4


@pytest.mark.parametrize("layout", [{"indent": 1}, {"indent": 4}, {"separators": (",", ":")}, {}])
def test_any_layout_is_read(layout: dict[str, Any]) -> None:
    assert ids(read(json.dumps(chat(many(5)), **layout))) == [1, 2, 3, 4, 5]


def test_a_whole_account_gives_every_chat_and_passes_over_the_rest() -> None:
    other = chat(many(1), type="personal_chat", id=7, name="Olena")
    items = read(written(account(chat(many(2)), other, left=[chat(many(3), id=9)])))
    assert [(i.telegram_id, i.alone) for i in items if isinstance(i, Chat)] == [
        (501, False),
        (7, False),
        (9, False),
    ]
    assert ids(items) == [1, 2, 1, 1, 2, 3]


def test_a_control_character_as_telegram_desktop_writes_it_is_mended() -> None:
    text = written(chat([message(1, "строка@ и \\x0B"), message(2, "ещё")])).replace("@", "\\x0B")
    _, first, second = read(text)
    assert first.raw["text"] == "строка\x0b и \\x0B"
    assert second.raw["id"] == 2


def test_in_one_long_line_it_is_mended_too_even_in_the_last_message() -> None:
    text = json.dumps(chat([message(1, "a"), message(2, "b@")])).replace("@", "\\x0B")
    assert [item.raw["text"] for item in read(text)[1:]] == ["a", "b\x0b"]


@pytest.mark.parametrize("damage", ["[broken]", '"no end', "NaNa", "", '"a\nb"', "{" * 3, "1" * 5000])
def test_a_damaged_message_costs_itself_alone(damage: str) -> None:
    text = written(chat([message(1, "a"), message(2, "MARK"), message(3, "c")]))
    _, first, second, third = read(text.replace('"MARK"', damage, 1))
    assert (first.raw["id"], third.raw["id"]) == (1, 3)
    assert isinstance(second, Damaged)
    assert second.message_id == 2


def test_nesting_of_ten_thousand_levels_costs_one_message() -> None:
    deep = "[" * 10_000 + "]" * 10_000
    items = read(written(chat([message(1, "MARK"), message(2, "b")])).replace('"MARK"', deep, 1))
    assert ids(items)[-1] == 2
    assert not any(isinstance(item, Broken) for item in items)


def test_a_file_that_is_cut_off_gives_what_is_whole_and_says_where_it_broke() -> None:
    text = written(chat(many(10)))
    cut = text.index('"id": 8') + 60
    items = read(text[:cut])
    assert ids(items) == [1, 2, 3, 4, 5, 6, 7]
    assert isinstance(items[-1], Broken)
    assert 0 < items[-1].position <= cut


def test_wherever_it_is_cut_the_reader_ends_and_gives_no_half_message() -> None:
    text = written(account(chat(many(2)), chat(many(1), id=3)))
    whole = [item.raw for item in read(text) if isinstance(item, Entry)]
    for cut in range(1, len(text)):
        try:
            items = read(text[:cut])
        except Mendable:
            continue
        given = [item.raw for item in items if isinstance(item, Entry)]
        assert given == whole[: len(given)]


def test_damage_in_one_chat_never_gives_it_the_messages_of_the_next() -> None:
    text = written(account(chat([message(1, "a"), message(2, "MARK")]), chat(many(1, start=50), id=3)))
    items = read(text.replace('"MARK"', '"no end'))
    second = next(n for n, item in enumerate(items) if isinstance(item, Chat) and item.telegram_id == 3)
    assert ids(items[:second]) == [1]
    assert ids(items[second:]) == [50]


def test_damage_in_an_account_in_one_line_ends_it_since_chats_can_not_be_told_apart() -> None:
    text = json.dumps(account(chat([message(1, "a"), message(2, "MARK")]), chat(many(1, start=50), id=3)))
    items = read(text.replace('"MARK"', '"no end'))
    assert ids(items) == [1]
    assert isinstance(items[-1], Broken)


def test_a_byte_that_is_no_utf8_and_a_lone_surrogate_are_read() -> None:
    data = written(chat([message(1, "a@b"), message(2, "c")])).encode().replace(b"@", b"\xff")
    assert ids(read(data)) == [1, 2]
    escaped = json.dumps(chat([message(1, "\ud800")]), indent=1)
    assert read(escaped)[1].raw["text"] == "\ud800"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_that_was_saved_again_by_an_editor_is_read(encoding: str) -> None:
    assert ids(read(written(chat(many(2))).replace("\n", "\r\n").encode(encoding))) == [1, 2]


@pytest.mark.parametrize(
    "text", ["", "   ", "hello", "[1, 2]", "<!DOCTYPE html><html>", "{}", '{"about": "x"}', "\0"]
)
def test_what_is_no_export_is_told_with_how_to_make_one(text: str) -> None:
    with pytest.raises(Mendable, match="Machine-readable JSON"):
        read(text)


def test_a_message_longer_than_four_million_characters_is_refused_and_the_rest_read() -> None:
    text = written(chat([message(1, "x" * 9_000_000), message(2, "y")]))
    items = read(text.replace('"xxx', "xxx", 1))
    assert ids(items) == [2]
    assert isinstance(items[1], Damaged)


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(count: int) -> int:
        data = io.BytesIO(written(chat(many(count))).encode())
        tracemalloc.start()
        for _ in Reader(data):
            pass
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    peak(10)
    small, large = peak(6_000), peak(18_000)
    assert large < small * 2  # three times the file; the buffers vary

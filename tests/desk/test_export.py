"""/export in a chat: files for spreadsheets and programs."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from datetime import timedelta

from bot.alerts.measure import units
from bot.archive.export.fields import COLUMNS
from bot.archive.export.sheet import plain, safe
from bot.incoming import Incoming
from storage import proof
from storage.records import Attachment
from tests.desk.asked import Asked
from tests.making import CHAT, NOW, follow, minutes, post


def _files(db: sqlite3.Connection) -> list[Attachment]:
    rows = db.execute("SELECT name, mime, data FROM attachment ORDER BY owed_id")
    return [Attachment(name=name, mime=mime, data=data) for name, mime, data in rows]


async def test_statements_come_as_csv_that_no_spreadsheet_runs(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow, 1, title="+Head")
    await asked.keeps(post(channel, 1, "=cmd|' /C calc'!A0 в Покровске"))
    await asked.keeps(post(channel, 2, 'Бои, «в» "Покровске"\nи далее', posted_at=minutes(1)))
    await asked.keeps(post(channel, 3, "Старое о Покровске", posted_at=NOW - timedelta(days=8)))
    asked.arriving = False
    await asked.desk.handle(Incoming(CHAT, 1, 7, "Olena", "/export Покровске 7d", NOW))
    [file] = await asked.store.read(_files)
    assert file.name == "placewatch-2025-11-02-7d.csv"
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [row["text"] for row in rows] == [
        'Бои, «в» "Покровске"\nи далее',
        "'=cmd|' /C calc'!A0 в Покровске",
    ]
    assert tuple(rows[0]) == COLUMNS
    assert rows[1]["link"] == "https://t.me/channel1/1"
    assert rows[1]["channel"] == "'@channel1"
    assert rows[1]["who_speaks"] == "'+Head"
    assert rows[1]["posted_at"] == "2025-11-02T12:00:00+00:00"
    assert rows[1]["places"] == "Pokrovsk"
    assert 0.5 < float(rows[1]["confidence"]) <= 1
    head = await asked.store.read(proof.head)
    assert [(row["ledger_entries"], row["ledger_head"]) for row in rows] == [
        ("2", str(head)),
        ("1", str(head)),
    ]
    assert (
        rows[1]["digest"]
        == proof.digest("placewatch said 1", 1, 1762084800, 0, "=cmd|' /C calc'!A0 в Покровске").hex()
    )


async def test_of_a_protected_post_only_an_excerpt_is_exported_and_the_file_says_so(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "Погода ясная. Бои в Покровске. Конец.", protected=True))
    await asked.keeps(post(channel, 2, "Бои в Покровске. Конец.", posted_at=minutes(1)))
    asked.arriving = False
    await asked.desk.handle(Incoming(CHAT, 1, 7, "Olena", "/export", NOW))
    [file] = await asked.store.read(_files)
    rows = list(csv.DictReader(io.StringIO(file.data.decode("utf-8-sig"))))
    assert [(row["text"], row["protected"]) for row in rows] == [
        ("Бои в Покровске. Конец.", ""),
        ("Бои в Покровске.", "excerpt only: protected by its channel"),
    ]


async def test_a_button_gives_the_same_as_json_lines(asked: Asked) -> None:
    await asked.tracks("Покровск")
    channel = await asked.write(follow)
    await asked.keeps(post(channel, 1, "=Покровск"))
    caption = await asked.answer("/export")
    assert units(caption.wanted) <= 1024
    assert "1 statement about the places watched here" in caption.wanted
    asked.arriving = False
    await asked.press(caption, "The same as JSON Lines")
    [file] = await asked.store.read(_files)
    [said] = [json.loads(line) for line in file.data.decode().splitlines()]
    assert said["text"] == "=Покровск"
    assert said["places"] == ["Pokrovsk"]
    assert said["deleted_at"] is None
    assert said["ledger_entries"] == [1]
    assert f"The ledger's head then: <code>{said['ledger_head']}</code>" in caption.wanted


async def test_nothing_to_export_is_said_and_no_file_goes_out(asked: Asked) -> None:
    assert "No places are watched here" in await asked.says("/export")
    await asked.tracks("Покровск")
    answer = await asked.answer("/export 1d")
    assert "No statements about the places watched here" in answer.wanted
    assert await asked.store.read(_files) == []
    assert answer.buttons == ()


def test_cells_that_begin_like_a_formula_are_made_text_and_can_be_had_back() -> None:
    texts = ("=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "'1", "''=1", "1", "")
    assert [safe(text) for text in texts] == [
        "'=1", "'+1", "'-1", "'@x", "'\tx", "'\rx", "'\nx", "''1", "'''=1", "1", "",
    ]  # fmt: skip
    assert tuple(plain(safe(text)) for text in texts) == texts

"""What can't be shown or done is said on the page in the reader's language, and to programs in English."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from functools import partial
from pathlib import Path

from bot import control
from bot.reviewing import Reviewing
from tests.desk.asked import Asked
from tests.making import follow, keep, post, track
from tests.web.visiting import ADDRESS, Visit, once_more, visiting

UKRAINIAN = {"Accept-Language": "uk"}
RUSSIAN = {"Accept-Language": "ru-RU, en;q=0.5"}


def _one(db: sqlite3.Connection) -> None:
    track(db, "Покровск")
    keep(db, post(follow(db), 1, "В Покровске открыли школу"))


async def _page(visit: Visit, path: str, language: dict[str, str], status: int = 200) -> str:
    response = await visit.client.get(path, headers=language)
    assert response.status_code == status
    return response.text


async def test_a_broken_query_is_explained_in_the_readers_language(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        uk = await _page(visit, "/?q=школа {x} (", UKRAINIAN)
        assert "Не можу прочитати запит на «(»: цю дужку не закрито" in uk
        ru = await _page(visit, "/?q=place:Нет{}", RUSSIAN)
        assert "среди мест, за которыми следим, нет Нет{}; известны: " in ru
        assert "no tracked place is called" in await _page(visit, "/?q=place:Нет", {})


async def test_an_address_that_can_not_be_read_is_refused_in_the_readers_language(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        assert "В адресі цієї сторінки place — це число." in await _page(visit, "/?place=x", UKRAINIAN, 400)
        assert "Промежуток заканчивается раньше, чем начинается" in await _page(
            visit, "/place/1?from=2025-11-02&to=2025-11-01", RUSSIAN, 400
        )
        nowhere = await _page(visit, "/nowhere", UKRAINIAN, 404)
        assert "Тут нічого немає" in nowhere
        assert "прибрано з архіву" in nowhere
        assert "Такого поста в архиве нет." in await _page(visit, "/post/channel/9", RUSSIAN, 404)


async def test_a_link_that_does_not_work_is_refused_in_the_readers_language(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        headers = {"Origin": ADDRESS, **RUSSIAN}
        refused = await visit.client.post("/enter/mistyped", headers=headers)
        assert refused.status_code == 403
        assert "Эта ссылка не действует: в ней ошибка, или уже есть более новая." in refused.text
        assert "Получите новую: /archive в чате команды" in refused.text


async def test_programs_are_answered_in_english(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        response = await visit.client.get("/api/v1/posts", params={"q": "place:Нет"}, headers=UKRAINIAN)
        assert "no tracked place is called Нет" in response.json()["detail"]


async def test_what_the_running_service_refuses_is_said_in_the_readers_language(tmp_path: Path) -> None:
    async with visiting(tmp_path, _one) as visit:
        apart = replace(visit, site=replace(visit.site, ask=partial(control.ask, tmp_path)))
        async with once_more(apart) as other:
            form = {"note": " "}
            headers = {"Origin": ADDRESS, **UKRAINIAN}
            async with control.serving(tmp_path, Reviewing(Asked(visit.store).room).by_name()):
                refused = await other.client.post("/review/1", data=form, headers=headers)
            alone = await other.client.post("/review/1", data=form, headers=headers)
        assert refused.status_code == alone.status_code == 400
        assert "Нотатка порожня. Спершу щось напишіть, потім збережіть." in refused.text
        assert "тримає інший placewatch, але не відповідає" in alone.text

"""Lists that page within one message: ◀ 2/7 ▶."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from bot.alerts.measure import units
from bot.commands.replies import LIMIT, fit
from bot.desk.room import Button as Pressed
from bot.desk.room import Outcome, PressEffect, Reply, Room, data
from bot.incoming import Press
from bot.languages import ENGLISH, Words
from storage.records import Button, Buttons

# (room, connection, chat, argument, page from 0) -> what that page shows, and how many pages there are
View = Callable[[Room, sqlite3.Connection, int, str, int], tuple[Reply, int]]

T = TypeVar("T")

VIEWS: Final[dict[str, View]] = {}


def view(name: str) -> Callable[[View], View]:
    """Make a view known under a short name, which its buttons carry."""

    def register(function: View) -> View:
        VIEWS[name] = function
        return function

    return register


def show(
    room: Room, db: sqlite3.Connection, chat_id: int, name: str, argument: str = "", page: int = 0
) -> Reply:
    """A page of a view, with the buttons to turn it; the last page where there are fewer."""
    reply, pages = VIEWS[name](room, db, chat_id, argument, page)
    if page >= pages > 0:
        page = pages - 1
        reply, pages = VIEWS[name](room, db, chat_id, argument, page)
    return with_turn(reply, name, argument, page, pages)


def with_turn(reply: Reply, name: str, argument: str, page: int, pages: int) -> Reply:
    """A page of a view with the buttons to turn it, where there are others."""
    if pages < 2:
        return reply
    return Reply(html=reply.html, buttons=(*reply.buttons, _turn(name, argument, page, pages)))


def _turn(name: str, argument: str, page: int, pages: int) -> tuple[Button, ...]:
    return turn(page, pages, lambda at: data("page", name, at, argument))


def turn(page: int, pages: int, to: Callable[[int], str]) -> tuple[Button, ...]:
    """◀ 2/7 ▶: the buttons to the pages before and after; `to` gives the data of the button to a page."""
    here = Button(f"{page + 1}/{pages}", to(page))
    before = (Button("◀", to(page - 1)),) if page > 0 else ()
    after = (Button("▶", to(page + 1)),) if page + 1 < pages else ()
    return (*before, here, *after)


def part(items: Sequence[T], page: int, per_page: int) -> tuple[Sequence[T], int, int]:
    """What stands on a page of a list, that page's number, the last one at most, and how many pages there are."""
    pages = max(1, -(-len(items) // per_page))
    page = max(0, min(page, pages - 1))
    return items[page * per_page : (page + 1) * per_page], page, pages


def mark(name: str, page: int, argument: str = "") -> str:
    """A page of a view in a few letters, for a button that leads back to it."""
    return f"{name}.{page}.{argument}"


def marked(room: Room, db: sqlite3.Connection, chat_id: int, text: str) -> Reply:
    """The page that `mark` stands for."""
    name, page, argument = text.split(".", 2)
    return show(room, db, chat_id, name, argument, int(page))


async def _page(room: Room, press: Press, arguments: list[str]) -> PressEffect:
    name, page, *rest = arguments
    # Views only read, and some take a while: beside the writer nobody waits for them.
    turned = await room.store.read(lambda db: show(room, db, press.chat_id, name, "|".join(rest), int(page)))
    return lambda _: Outcome(page=turned)


BUTTONS: Final = {"page": Pressed(run=_page)}


def pages_of(blocks: Sequence[str], per_page: int, head: str = "", *, t: Words = ENGLISH) -> list[str]:
    """Blocks of text on pages of so many at most, each within one message."""
    pages: list[list[str]] = []
    room = 0
    for block in blocks:
        size = units(block) + 1
        if not pages or len(pages[-1]) >= per_page or size > room:
            pages.append([])
            room = LIMIT - units(head) - 2
        pages[-1].append(block)
        room -= size
    return [fit([line for line in (head, *page) if line], t=t) for page in pages]


def rows(buttons: Sequence[Button], width: int) -> Buttons:
    """Buttons in rows of that many."""
    return tuple(tuple(buttons[at : at + width]) for at in range(0, len(buttons), width))

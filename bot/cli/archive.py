"""Looking at what was said: latest, search, show."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from bot import clock, terminal
from bot.alerts.compose import examined_since
from bot.archive.forms import forms
from bot.archive.hits import Hit, hits
from bot.archive.parser import parse
from bot.archive.search import prepared
from bot.cli.common import Json, err, out, read_archive, settings
from bot.errors import Mendable
from config.settings import Settings
from storage import examination, places, proof, reading
from storage import search as finding
from storage.records import Kept, Place, Progress, Proven
from storage.store import Store

app = typer.Typer()

_Found = list[tuple[Kept, Proven | None]]


@app.command()
def latest(
    name: Annotated[str | None, typer.Argument(metavar="[PLACE]", help="Only about this place.")] = None,
    place: Annotated[str | None, typer.Option("--place", help="The same.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many posts.")] = 10,
    as_json: Json = False,
) -> None:
    """The newest posts that mention the tracked places."""
    chosen = settings()
    place = name or place

    async def look(store: Store) -> tuple[_Found, dict[int, Place], Progress | None]:
        about = await store.read(places.find, place) if place else await store.read(places.tracked)
        if not about:
            have = ", ".join(p.name for p in await store.read(places.tracked)) or "none yet"
            raise Mendable(f"{place or 'No place'} is not tracked; tracked places: {have}")
        ids = [p.id for p in about]
        found = await store.read(_proven, lambda db: reading.latest(db, place_ids=ids, limit=limit))
        unfinished = await store.read(examination.unfinished_for, ids)
        return found, await _mentioned(store, found), unfinished

    found, mentioned, unfinished = read_archive(chosen, look)
    _print_posts(found, mentioned, chosen, as_json)
    if unfinished is not None:
        err.print(examined_since(unfinished, chosen.timezone), highlight=False)


@app.command()
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY",
            help=(
                'Words in any form, "phrases", -minus, OR, prefix*, and fields: place:, channel:, side:, from:, to:, '
                "is:edited, has:photo, sort:relevance. After --, so that a minus is no option: search -- Покровск -учения"
            ),
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many posts.")] = 10,
    as_json: Json = False,
) -> None:
    """Posts that a query finds, newest first."""
    chosen = settings()
    typed = " ".join(words)

    def find(db: sqlite3.Connection) -> list[Kept]:
        wanted = prepared(
            db, typed, now=clock.now(), zone=chosen.timezone, min_confidence=chosen.min_confidence
        )
        return reading.kept_by_ids(db, finding.ids(db, wanted, limit=limit))

    async def look(store: Store) -> tuple[_Found, dict[int, Place]]:
        found = await store.read(_proven, find)
        return found, await _mentioned(store, found)

    found, mentioned = read_archive(chosen, look)
    text = parse(typed).text
    _print_posts(found, mentioned, chosen, as_json, mark=lambda said: hits(said, text, forms))


@app.command()
def show(
    link: Annotated[str, typer.Argument(help="https://t.me/name/123")],
    as_json: Json = False,
) -> None:
    """One post: its revisions, and each mention with its why."""
    from bot.telegram.links import parse_post_link

    chosen = settings()
    name, message_id = parse_post_link(link)

    def linked(db: sqlite3.Connection) -> list[Kept]:
        kept = reading.by_link(db, str(name), message_id)
        return [kept] if kept is not None else []

    async def look(store: Store) -> tuple[_Found, dict[int, Place]]:
        found = await store.read(_proven, linked)
        if not found:
            raise Mendable(f"{link} is not in the archive. Followed channels: placewatch channels list")
        return found, await _mentioned(store, found)

    ((kept, proven),), mentioned = read_archive(chosen, look)
    if as_json:
        terminal.print_json(out, terminal.post_json(kept, mentioned, proven))
    else:
        terminal.one_post(out, kept, mentioned, chosen.timezone, chosen.min_confidence)


def _proven(db: sqlite3.Connection, find: Callable[[sqlite3.Connection], list[Kept]]) -> _Found:
    """Posts, each with its place in the ledger as it was at the same moment."""
    found = find(db)
    known = proof.of_posts(db, [kept.id for kept in found])
    return [(kept, known.get(kept.id)) for kept in found]


async def _mentioned(store: Store, found: _Found) -> dict[int, Place]:
    return await store.read(places.by_ids, {m.place_id for kept, _ in found for m in kept.mentions})


def _print_posts(
    found: _Found,
    mentioned: dict[int, Place],
    chosen: Settings,
    as_json: bool,
    mark: Callable[[str], Sequence[Hit]] = lambda _: (),
) -> None:
    if as_json:
        terminal.print_json(out, [terminal.post_json(kept, mentioned, proven) for kept, proven in found])
    elif found:
        posts = [kept for kept, _ in found]
        terminal.posts(out, posts, mentioned, chosen.timezone, chosen.min_confidence, mark)
    else:
        out.print("Nothing found in what was read so far; `placewatch channels list` says how far that is.")

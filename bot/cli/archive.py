"""Looking at what was said: latest, search, timeline, show."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from datetime import timedelta
from enum import StrEnum
from typing import Annotated, Any, Final

import typer

from bot import clock, terminal
from bot.alerts import unread
from bot.alerts.compose import examined_since
from bot.archive.answer import Answer, answer, told
from bot.archive.history import of_place
from bot.archive.hits import Hit
from bot.archive.query import LANGUAGE
from bot.archive.whole import Whole, whole
from bot.claims import FILE, load
from bot.cli import showing
from bot.cli.common import Json, err, out, read_archive, settings
from bot.commands.period import place_and_span, window
from bot.commands.timeline import History
from bot.errors import Mendable
from config.settings import Settings
from storage import examination, gaps, places, proof, reading
from storage.records import Gap, Kept, Place, Progress, Proven, Revision
from storage.store import Store

app = typer.Typer()

_COUNTED: Final = 10_000  # posts found; what is more takes too long to count
_USUAL: Final = timedelta(days=7)
_NAMED: Final = 30  # places that an error lists
_DIGITS: Final = 19  # of a number that is too long for a row id
_LANGUAGE: Final = "\n\n".join(f"{sample} — {means}" for sample, means in LANGUAGE)

_Found = list[tuple[Kept, Proven | None]]


class Sort(StrEnum):
    """What `--sort` takes."""

    NEWEST = "newest"
    OLDEST = "oldest"
    RELEVANCE = "relevance"


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

    async def look(store: Store) -> tuple[_Found, dict[int, Place], Progress | None, list[Gap]]:
        about = await store.read(places.find, place) if place else await store.read(places.tracked)
        if not about:
            have = ", ".join(p.name for p in await store.read(places.tracked)) or "none yet"
            raise Mendable(f"{place or 'No place'} is not tracked; tracked places: {have}")
        ids = [p.id for p in about]
        found = await store.read(_proven, lambda db: reading.latest(db, place_ids=ids, limit=limit))
        unfinished = await store.read(examination.unfinished_for, ids)
        return found, await _mentioned(store, found), unfinished, await store.read(gaps.unread, clock.now())

    found, mentioned, unfinished, lacking = read_archive(chosen, look)
    _print_posts(found, mentioned, chosen, as_json)
    if unfinished is not None:
        err.print(examined_since(unfinished, chosen.timezone), highlight=False)
    _print_unread(lacking, chosen)


@app.command(epilog=_LANGUAGE)
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY",
            help="Words and fields, explained below. After --, so that a minus is no option: search -- Покровск -учения",
        ),
    ],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many posts.")] = 10,
    sort: Annotated[Sort | None, typer.Option("--sort", help="As sort: in the query.")] = None,
    as_json: Json = False,
) -> None:
    """Posts that a query finds, newest first, in what they say now or in what they said before."""
    chosen = settings()
    typed = " ".join(words) + (f" sort:{sort.value}" if sort else "")
    table = load(chosen.data / FILE)

    def find(db: sqlite3.Connection) -> tuple[_Found, dict[int, Place], Answer, list[Gap]]:
        answered = answer(
            db,
            typed,
            now=clock.now(),
            zone=chosen.timezone,
            min_confidence=chosen.min_confidence,
            table=table,
            limit=limit,
            counted=_COUNTED + 1,
        )
        ids = [hit.post_id for hit in answered.hits]
        found = _proven(db, lambda db: reading.kept_by_ids(db, ids))
        named = places.by_ids(db, {m.place_id for kept, _ in found for m in kept.mentions})
        return found, named, answered, gaps.unread(db, clock.now())

    found, mentioned, answered, lacking = read_archive(chosen, lambda store: store.read(find))
    versions = {hit.post_id: hit for hit in answered.hits}
    if as_json:
        terminal.print_json(
            out,
            [
                terminal.post_json(kept, mentioned, proven)
                | _hits_json(told(kept, versions[kept.id]), answered.mark)
                for kept, proven in found
            ],
        )
    else:
        _print_posts(
            found,
            mentioned,
            chosen,
            False,
            mark=answered.mark,
            version=lambda kept: told(kept, versions[kept.id]),
        )
        if found:
            out.print(_shown(len(found), answered.total), style="dim", highlight=False)
    for remark in answered.remarks:
        err.print(f"ℹ {remark}", markup=False, highlight=False, soft_wrap=True)
    _print_unread(lacking, chosen)


def _hits_json(revision: Revision, mark: Callable[[str], Sequence[Hit]]) -> dict[str, Any]:
    """The version that was found, and where in it the query's words stand: code points of text, line feed, preview."""
    return {
        "found_in_revision": revision.number,
        "hits": [[hit.start, hit.end] for hit in mark(revision.searchable)],
    }


def _shown(number: int, total: int | None) -> str:
    if total is None:
        return f"{number:,} shown, and there may be more: --limit"
    of = f"more than {_COUNTED:,}" if total > _COUNTED else f"{total:,}"
    return f"{number:,} of {of}" + (": --limit shows more" if total > number else "")


@app.command("timeline")
def timeline_(
    place: Annotated[
        list[str],
        typer.Argument(
            metavar="PLACE [30d]", help="A tracked place, then how far back: 12h, 7d, 2w, 3m, 1y."
        ),
    ],
    as_json: Json = False,
) -> None:
    """How often a place was mentioned, first by whom, what was claimed, and what was not read."""
    chosen = settings()
    name, span = place_and_span(" ".join(place), _USUAL)
    if not name:
        raise Mendable("Of which place? placewatch timeline Pokrovsk 30d")
    table = load(chosen.data / FILE)
    now = clock.now()

    def look(db: sqlite3.Connection) -> History:
        about = places.find(db, name)
        if len(about) != 1:
            have = about or places.tracked(db)
            named = ", ".join(
                f"{p.name} ({p.region})" if about and p.region else p.name for p in have[:_NAMED]
            )
            what = "may be several tracked places" if about else "is not tracked; tracked places"
            raise Mendable(f"{name} {what}: {named or 'none yet'}{', …' if len(have) > _NAMED else ''}")
        return of_place(
            db,
            about[0].id,
            window(span, now, chosen.timezone),
            now=now,
            zone=chosen.timezone,
            sure=chosen.min_confidence,
            table=table,
        )

    history = read_archive(chosen, lambda store: store.read(look))
    if as_json:
        terminal.print_json(out, showing.history_json(history, chosen.timezone, now))
    else:
        showing.print_history(out, history, chosen.timezone, now)


@app.command()
def show(
    link: Annotated[
        str, typer.Argument(metavar="LINK|ID", help="https://t.me/name/123, or the id that --json gives.")
    ],
    as_json: Json = False,
) -> None:
    """One post: what each edit changed, each mention with its why, who repeated it, and what came of it."""
    from bot.telegram.links import parse_post_link

    chosen = settings()

    def look(db: sqlite3.Connection) -> Whole | None:
        if link.isascii() and link.isdigit():
            post_id = int(link) if len(link) < _DIGITS else 0
        else:
            name, message_id = parse_post_link(link)
            kept = reading.by_link(db, str(name), message_id)
            post_id = kept.id if kept else 0
        try:
            return whole(db, post_id)
        except KeyError:
            return None

    found = read_archive(chosen, lambda store: store.read(look))
    if found is None:
        raise Mendable(f"{link} is not in the archive. Followed channels: placewatch channels list")
    if as_json:
        shown = [terminal.file_json(file, chosen.data) for file in found.files]
        terminal.print_json(out, showing.whole_json(found) | {"files": shown})
    else:
        showing.print_whole(out, found, chosen.timezone, chosen.min_confidence)
        for file in found.files:
            out.print(terminal.file_line(file, chosen.data), markup=False, highlight=False, soft_wrap=True)


def _proven(db: sqlite3.Connection, find: Callable[[sqlite3.Connection], list[Kept]]) -> _Found:
    """Posts, each with its place in the ledger as it was at the same moment."""
    found = find(db)
    known = proof.of_posts(db, [kept.id for kept in found])
    return [(kept, known.get(kept.id)) for kept in found]


async def _mentioned(store: Store, found: _Found) -> dict[int, Place]:
    return await store.read(places.by_ids, {m.place_id for kept, _ in found for m in kept.mentions})


def _print_unread(lacking: list[Gap], chosen: Settings) -> None:
    note = unread.note(lacking, chosen.timezone, clock.now())
    if note is not None:
        err.print(note.replace("/status", "placewatch doctor"), markup=False, highlight=False, soft_wrap=True)


def _print_posts(
    found: _Found,
    mentioned: dict[int, Place],
    chosen: Settings,
    as_json: bool,
    mark: Callable[[str], Sequence[Hit]] = lambda _: (),
    version: Callable[[Kept], Revision] = lambda kept: kept.revisions[-1],
) -> None:
    if as_json:
        terminal.print_json(out, [terminal.post_json(kept, mentioned, proven) for kept, proven in found])
    elif found:
        posts = [kept for kept, _ in found]
        terminal.posts(out, posts, mentioned, chosen.timezone, chosen.min_confidence, mark, version)
    else:
        out.print("Nothing found in what was read so far; `placewatch channels list` says how far that is.")

"""`placewatch places …`"""

from __future__ import annotations

from collections import defaultdict
from typing import Annotated, Any

import typer

from bot import terminal
from bot.cli.common import Json, ask, each, out, read_archive, settings
from bot.errors import Mendable
from storage import places
from storage.records import Place
from storage.store import Store

app = typer.Typer(help="The places that are looked for.", no_args_is_help=True)


@app.command("add")
def places_add(
    name: Annotated[str, typer.Argument(help="The name that alerts use.")],
    alias: Annotated[
        list[str] | None, typer.Option("--alias", help="Another name of the place; repeat it.")
    ] = None,
    lat: Annotated[float | None, typer.Option("--lat", min=-90, max=90, help="Latitude, degrees.")] = None,
    lon: Annotated[float | None, typer.Option("--lon", min=-180, max=180, help="Longitude, degrees.")] = None,
) -> None:
    """Track a place, under all its names, for every team chat."""
    if (lat is None) != (lon is None):
        raise Mendable("A position needs both --lat and --lon.")
    position = None if lat is None or lon is None else (lat, lon)
    answer = ask("places.add", {"name": name, "aliases": alias or [], "position": position}, telegram=False)
    out.print(
        f"Tracking {answer['place']}, named: {', '.join(answer['names'])}", markup=False, highlight=False
    )


@app.command("list")
def places_list(as_json: Json = False) -> None:
    """The places that are tracked, with their names."""
    chosen = settings()

    async def look(store: Store) -> tuple[list[Place], dict[int, list[int]]]:
        watchers: dict[int, list[int]] = defaultdict(list)
        for watch in await store.read(places.watches):
            watchers[watch.place_id].append(watch.chat_id)
        return await store.read(places.tracked), watchers

    known, watchers = read_archive(chosen, look)
    if as_json:
        terminal.print_json(out, [_place_json(p, watchers.get(p.id, [])) for p in known])
    elif known:
        terminal.places(out, known, watchers)
    else:
        out.print("No places are tracked yet: placewatch places add NAME, or /watch NAME in the chat")


def _place_json(place: Place, chats: list[int]) -> dict[str, Any]:
    return {
        "place": place.name,
        "names": [{"text": n.text, "kind": n.kind, "language": n.language} for n in place.names if n.active],
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "chats": chats,
    }


@app.command("remove")
def places_remove(names: Annotated[list[str], typer.Argument(help="Names of tracked places.")]) -> None:
    """Stop tracking places, for everybody; what was found stays in the archive."""
    each(
        names,
        lambda name: f"Stopped tracking {ask('places.remove', {'name': name}, telegram=False)['place']}",
    )

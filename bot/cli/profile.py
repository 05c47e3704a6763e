"""`placewatch profile …`"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.cli.common import ask, err, out, read_archive, settings
from bot.commands.replies import counted
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.places.gazetteer import Gazetteer
from bot.places.resolve import given, own_place, place_of, resolve
from bot.profiles import Change, PlaceEntry, Profile, changes, of_archive, read, written
from config.settings import Settings
from storage import channels, lock, places
from storage.database import StorageError
from storage.records import Channel, Place

app = typer.Typer(
    help="Sets of channels and places to share, as files: docs/profiles.md.", no_args_is_help=True
)

File = Annotated[
    Path, typer.Argument(metavar="FILE.yaml", help="The profile; docs/profiles.md has its format.")
]


@app.command("check")
def profile_check(file: File) -> None:
    """Say whether a profile can be imported, and what is in it; nothing is changed."""
    profile = read(file)
    resolver = Resolver(settings())
    for entry in profile.places:
        if entry.names is None or entry.aliases:
            resolver(entry, str(file))
    parts = [counted(len(profile.channels), "channel"), counted(len(profile.places), "place")]
    parts += [counted(len(profile.areas), "area")] if profile.areas else []
    out.print(f"{file} can be imported: {', '.join(parts)}.", markup=False, highlight=False, soft_wrap=True)


@app.command("export")
def profile_export(
    file: Annotated[Path, typer.Argument(metavar="FILE.yaml", help="Where to write it; - for the terminal.")],
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
) -> None:
    """Write the channels that are followed and the places that are tracked, to share them."""
    profile, nameless = read_archive(settings(), lambda store: store.read(of_archive))
    text = written(profile)
    if str(file) == "-":
        out.file.write(text)
    else:
        try:
            with file.open("w" if force else "x", encoding="utf-8") as to:
                to.write(text)
        except FileExistsError:
            raise Mendable(f"{file} is there already: name another file, or add --force.") from None
        except OSError as error:
            raise Mendable(f"{file} can't be written: {error.strerror}.") from error
        done = f"{counted(len(profile.channels), 'channel')} and {counted(len(profile.places), 'place')}"
        out.print(f"{file}: {done}.", markup=False, highlight=False, soft_wrap=True)
    for title in nameless:
        err.print(
            f"{title} is left out: it has no public name by which others could follow it.",
            markup=False,
            highlight=False,
        )


@app.command("import")
def profile_import(
    file: File,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
) -> None:
    """Follow a profile's channels and track its places; what is there stays, and nothing is removed."""
    planned = plan(settings(), read(file), str(file))
    if not planned:
        out.print("All of it is followed and tracked already.")
        return
    if dry_run:
        for change in planned:
            out.print(
                f"would {change.words}" if change.words.startswith(("follow", "track")) else change.words,
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
        out.print(f"{counted(len(planned), 'change')}; nothing was changed.")
        return
    if carry_out(planned, _say):
        raise typer.Exit(1)


def _say(words: str) -> None:
    out.print(words, markup=False, highlight=False, soft_wrap=True)


def plan(chosen: Settings, profile: Profile, source: str) -> list[Change]:
    """What importing would change in the archive as it is; an archive that is not there yet is an empty one."""
    followed: list[Channel] = []
    tracked: list[Place] = []
    if (chosen.data / lock.DATABASE).exists():
        followed, tracked = read_archive(
            chosen, lambda store: store.read(lambda db: (channels.followed(db), places.tracked(db)))
        )
    resolver = Resolver(chosen)
    return changes(profile, followed, tracked, lambda entry: resolver(entry, source))


def carry_out(planned: list[Change], say: Callable[[str], None]) -> int:
    """Make the changes one by one; how many could not be made, each told with its reason."""
    failed = 0
    refused: set[Any] = set()
    for change in planned:
        channel = change.arguments.get("link", change.arguments.get("name"))
        if channel in refused:
            continue  # its labels have no channel
        try:
            ask(change.operation, change.arguments, telegram=change.telegram)
            say(f"✓ {change.words}")
        except (Mendable, StorageError, Busy, Unavailable, Refused) as problem:
            failed += 1
            refused |= {channel} if change.telegram else set()
            say(f"✗ {change.words}: {problem}")
    if failed:
        say(f"{counted(failed, 'change')} could not be made; run the same again once that is mended.")
    return failed


class Resolver:
    """Finds the places that a profile gives without their names; reads the gazetteer when it is first needed."""

    def __init__(self, chosen: Settings) -> None:
        self._settings = chosen
        self._gazetteer: Gazetteer | None = None

    def __call__(self, entry: PlaceEntry, source: str) -> Place:
        """The place; ProfileError's words, a Mendable, where several may be meant."""
        further = [given(name) for name in entry.aliases]
        if entry.names is not None:
            return entry.as_place((*entry.names, *further))
        found = self._found(entry, source)
        if found is None:
            return replace(entry.as_place(()), names=own_place(entry.name, entry.aliases).names)
        return replace(found, area=entry.area)

    def _found(self, entry: PlaceEntry, source: str) -> Place | None:
        if self._gazetteer is None:
            self._gazetteer = Gazetteer.load(self._settings.data / "gazetteer", self._settings.countries)
        where = f"{source}:{entry.line}"
        if entry.geonames is not None:
            settlement = self._gazetteer.by_id(entry.geonames)
            if settlement is None:
                raise Mendable(
                    f"{where}: the gazetteer has no place number {entry.geonames}: give the place's names (names: …), "
                    "or take in every village: placewatch gazetteer import --help"
                )
            more = [n for n in (entry.name, *entry.aliases) if n.casefold() != settlement.name.casefold()]
            return place_of(settlement, more)
        meant = resolve(self._gazetteer, entry.name, region=entry.region)
        if meant.sole is not None:
            settlement = meant.sole.settlement
            more = [n for n in (entry.name, *entry.aliases) if n.casefold() != settlement.name.casefold()]
            return place_of(settlement, more)
        if meant.borne and entry.position is None:
            these = "; ".join(
                f"{c.settlement.name}, {c.settlement.region} (geonames: {c.settlement.geonames_id})"
                for c in meant.choices
            )
            raise Mendable(
                f"{where}: several places are called {entry.name}: say which, by its number: {these}"
            )
        return None

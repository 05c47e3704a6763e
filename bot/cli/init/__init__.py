"""`placewatch init`: from nothing to the first alert, step by step; run again, it mends what is missing or wrong."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import click
import typer

from bot.cli.init.book import Book
from bot.cli.init.person import Person
from bot.errors import Mendable
from config.loading import ENV_FILE
from config.problems import SettingsError
from storage import lock

app = typer.Typer()


@app.command()
def init(
    yes: Annotated[
        bool, typer.Option("--yes", help="Ask nothing: settings come from the environment and .env.")
    ] = False,
    source: Annotated[
        str | None, typer.Option("--source", help="telegram (an account) or preview (public pages).")
    ] = None,
    profile: Annotated[
        Path | None, typer.Option("--profile", help="Channels and places to begin with: docs/profiles.md.")
    ] = None,
    channel: Annotated[
        list[str] | None, typer.Option("--channel", help="A channel to begin with; repeat it.")
    ] = None,
    place: Annotated[
        list[str] | None, typer.Option("--place", help="A place to begin with; repeat it.")
    ] = None,
    seconds: Annotated[
        int, typer.Option("--seconds", min=1, max=3600, help="How long to listen for the group.")
    ] = 180,
) -> None:
    """Set up: accounts, group, first channels and places, a test alert. Run again, it mends."""
    person = Person(None if yes else Person.at_the_keyboard)
    try:
        set_up(person, Beginning(source, profile, tuple(channel or ()), tuple(place or ()), seconds))
    except (KeyboardInterrupt, click.Abort, click.exceptions.Exit):
        person.say(_GO_ON)
        raise typer.Exit(130) from None
    except (Mendable, SettingsError, lock.Held):
        person.say(_GO_ON)
        raise


@dataclass(frozen=True, slots=True)
class Beginning:
    """What was said on the command line."""

    source: str | None = None
    profile: Path | None = None
    channels: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    seconds: int = 180  # to listen for the group


def set_up(person: Person, given: Beginning) -> None:
    """Go through every step: what holds already is said, and only what is missing or wrong is asked for."""
    from bot.cli.init import accounts, first, group  # they load Telegram's client: only where it is needed

    book = Book(ENV_FILE, person.say)
    person.say("This sets placewatch up; every answer is kept at once, and Ctrl-C stops at any time.")
    book.take_environment()
    accounts.choose_source(person, book, given.source)
    if accounts.wants_bot(person, book):
        accounts.application(person, book)
        name = accounts.bot(person, book)
        group.find(person, book, name, given.seconds)
    accounts.reader(person, book)
    first.channels_and_places(person, book, given.profile, given.channels, given.places)
    first.test_alert(person, book)
    first.what_next(person, book)


_GO_ON = f"\nStopped. What was done so far is kept (settings in {ENV_FILE}). Go on with: placewatch init"

"""`placewatch init`: from nothing to the first alert, step by step; run again, it mends what is missing or wrong."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import click
import typer

from bot.cli.init import accounts, first, group
from bot.cli.init.book import Book
from bot.cli.init.person import Nobody, Person
from config.settings import ENV_FILE

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
    book = Book(ENV_FILE, person.say)
    try:
        person.say("This sets placewatch up; every answer is kept at once, and Ctrl-C stops at any time.")
        book.take_environment()
        chosen = accounts.choose_source(person, book, source)
        if chosen.speaks or chosen.source == "telegram":
            accounts.application(person, book)
        if accounts.wants_bot(person, book):
            name = accounts.bot(person, book)
            group.find(person, book, name, seconds)
        accounts.reader(person, book)
        first.channels_and_places(person, book, profile, channel or [], place or [])
        first.test_alert(person, book)
        first.what_next(person, book)
    except (KeyboardInterrupt, click.Abort, click.exceptions.Exit):
        person.say(_GO_ON)
        raise typer.Exit(130) from None
    except Nobody:
        person.say(_GO_ON)
        raise


_GO_ON = f"\nStopped. What was done so far is kept (settings in {ENV_FILE}). Go on with: placewatch init"

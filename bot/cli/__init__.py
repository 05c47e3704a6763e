"""What a person types: `placewatch …`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot.cli.common import err, out
from bot.cli.lazily import Lazily
from bot.errors import Busy, Mendable, Refused, Unavailable
from config.problems import SettingsError
from storage import lock
from storage.database import StorageError

app = typer.Typer(
    cls=Lazily,
    help="Tells a team in Telegram, once and in the source's own words, when an official channel mentions a place it watches.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)


def main() -> None:
    """Run the command line; problems a person can mend are told in words, never as a traceback."""
    try:
        app()
    except SettingsError as error:
        err.print(str(error), markup=False, highlight=False, soft_wrap=True)
        sys.exit(2)
    except (Mendable, StorageError, lock.Held, Busy, Unavailable, Refused) as error:
        err.print(f"placewatch: {error}", markup=False, highlight=False, soft_wrap=True)
        sys.exit(1)
    except BrokenPipeError:  # `placewatch latest | head`
        sys.stderr.close()
        sys.exit(141)


def version(value: bool) -> None:
    """Print what runs here and leave."""
    if value:
        from bot.versions import lines  # Telethon's protocol takes a moment to load

        for line in lines():
            out.print(line, markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit


@app.callback()
def common(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=version,
            is_eager=True,
            help="Print the versions of placewatch, its libraries and Telegram's protocol.",
        ),
    ] = False,
) -> None:
    """Options of every command."""

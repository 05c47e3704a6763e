"""What a person types: `placewatch …`."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from bot import __version__
from bot.cli import (
    accounts,
    archive,
    backfill,
    channels,
    claims,
    digest,
    finding,
    gazetteer,
    importing,
    keeping,
    outputs,
    places,
    proof,
    service,
    web,
)
from bot.cli.common import err, out
from bot.errors import Busy, Mendable, Refused, Unavailable
from config.settings import SettingsError
from storage import lock
from storage.database import StorageError

app = typer.Typer(
    help="Tells a team in Telegram, once and in the source's own words, when an official channel mentions a place it watches.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(service.app)
app.add_typer(archive.app)
app.add_typer(backfill.app)
app.add_typer(digest.app)
app.add_typer(finding.app)
app.add_typer(proof.app)
app.add_typer(importing.app)
app.add_typer(keeping.app)
app.add_typer(web.app)
app.add_typer(accounts.app, name="accounts")
app.add_typer(channels.app, name="channels")
app.add_typer(places.app, name="places")
app.add_typer(claims.app, name="claims")
app.add_typer(gazetteer.app, name="gazetteer")
app.add_typer(outputs.app, name="outputs")


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
    """Print the version and leave."""
    if value:
        out.print(f"placewatch {__version__}", highlight=False)
        raise typer.Exit


@app.callback()
def common(
    show_version: Annotated[
        bool, typer.Option("--version", callback=version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options of every command."""

"""`placewatch feeds …`"""

from __future__ import annotations

from typing import Annotated, Final

import typer

from bot import terminal
from bot.cli.common import Json, ask, out, read_archive, settings
from bot.errors import Mendable
from storage import feeds

app = typer.Typer(
    help="Feeds for readers, each at a secret address of the review page.", no_args_is_help=True
)

_LOCAL: Final = "http://127.0.0.1"


@app.command()
def add(
    query: Annotated[
        list[str], typer.Argument(metavar="PLACE|QUERY", help="A tracked place, or a query as for search.")
    ],
    as_json: Json = False,
) -> None:
    """Make a feed of what is said about a place, or of what a query finds; its address is told this once.

    Whoever has the address can read the feed without signing in: treat it like a password.
    """
    made = ask("feeds.add", {"typed": " ".join(query)}, telegram=False)
    web = settings().web
    base = web.public_url or f"{_LOCAL}:{web.port}"
    addresses = {form: f"{base}/feeds/{made['secret']}.{form}" for form in ("atom", "rss")}
    if as_json:
        terminal.print_json(out, {"number": made["number"], "query": made["query"], **addresses})
        return
    _say(f"Feed {made['number']}: {made['query']}")
    for address in addresses.values():
        _say(address)
    _say(
        "Keep the address: it can't be shown again. While the review page runs, whoever has it reads the feed."
    )


@app.command("list")
def list_(as_json: Json = False) -> None:
    """The feeds that can be read; their addresses are not kept."""
    chosen = settings()
    found = read_archive(chosen, lambda store: store.read(feeds.in_use))
    if as_json:
        rows = [{"number": one.id, "query": one.query, "added_at": one.added_at.isoformat()} for one in found]
        terminal.print_json(out, rows)
    elif not found:
        _say("No feeds yet: placewatch feeds add PLACE")
    else:
        for one in found:
            _say(f"{one.id}: {one.query} (since {one.added_at.astimezone(chosen.timezone):%Y-%m-%d %H:%M})")


@app.command()
def remove(number: Annotated[str, typer.Argument(metavar="NUMBER", help="As feeds list says it.")]) -> None:
    """Close a feed: its address leads nowhere from now on."""
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Mendable(f"“{number}” is not the number of a feed. See: placewatch feeds list")
    gone = ask("feeds.remove", {"number": int(number)}, telegram=False)
    _say(f"Feed {gone['number']} is closed: {gone['query']}")


def _say(words: str) -> None:
    out.print(words, markup=False, highlight=False, soft_wrap=True)

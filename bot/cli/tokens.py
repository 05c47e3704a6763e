"""`placewatch tokens …`: which programs may ask the API."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot import terminal
from bot.alerts.compose import moment
from bot.cli.common import Json, ask, each, out, read_archive, settings
from bot.web.access import secret
from storage import access

app = typer.Typer(help="Programs that may ask the JSON API.", no_args_is_help=True)


class Role(StrEnum):
    """What `--role` takes."""

    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"


@app.command("add")
def tokens_add(
    name: Annotated[str, typer.Argument(help="What the program is called.")],
    role: Annotated[Role, typer.Option("--role", help="What it may do.")] = Role.READ,
) -> None:
    """Make a token and show it, once."""
    token = secret.new(secret.TOKEN)
    ask(
        "tokens.add",
        {"name": name, "token": secret.hashed(token).hex(), "role": role.value},
        telegram=False,
    )
    out.print(token, markup=False, highlight=False, soft_wrap=True)
    out.print(
        "It is shown this once. A program sends it as: Authorization: Bearer pw_…",
        style="dim",
        soft_wrap=True,
    )


@app.command("list")
def tokens_list(as_json: Json = False) -> None:
    """The programs that may ask."""
    chosen = settings()
    found = read_archive(chosen, lambda store: store.read(access.tokens))
    if as_json:
        terminal.print_json(
            out,
            [{"name": one.name, "role": one.role, "made_at": one.made_at.isoformat()} for one in found],
        )
    elif not found:
        out.print("None yet: placewatch tokens add NAME --role read")
    else:
        grid = Table("Name", "May", "Made", box=None, pad_edge=False)
        for one in found:
            grid.add_row(Text(one.name), one.role, moment(one.made_at, chosen.timezone))
        out.print(grid)


@app.command("remove")
def tokens_remove(names: Annotated[list[str], typer.Argument(help="As tokens list names them.")]) -> None:
    """Programs may ask no more, from now on."""

    def remove(name: str) -> str:
        ask("tokens.remove", {"name": name}, telegram=False)
        return f"{name} may ask no more."

    each(names, remove)

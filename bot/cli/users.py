"""`placewatch users …`: who may see the review page."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from bot import clock, terminal
from bot.alerts.compose import moment
from bot.cli.common import Json, ask, out, read_archive, settings
from storage import access

app = typer.Typer(help="Who may see the review page, and what they may do.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="NUMBER", help="Their number at Telegram.")]


class Said(StrEnum):
    """What `placewatch users set` takes."""

    READ = "read"
    REVIEW = "review"
    ADMIN = "admin"
    NONE = "none"
    CHAT = "chat"


@app.command("list")
def users_list(as_json: Json = False) -> None:
    """Everybody who was given a link by /archive, or of whom you have spoken."""
    chosen = settings()
    now = clock.now()
    found = read_archive(chosen, lambda store: store.read(access.users, now))
    if as_json:
        terminal.print_json(
            out,
            [
                {
                    "user": one.user_id,
                    "name": one.name,
                    "role": one.may,
                    "set": one.role,
                    "from_chat": one.chat_role,
                    "chat": one.chat_id,
                    "link_at": one.link_at.isoformat() if one.link_at else None,
                    "sessions": one.sessions,
                }
                for one in found
            ],
        )
        return
    if not found:
        out.print(
            "Nobody yet: a member sends /archive in the team's chat, or: placewatch users set NUMBER read"
        )
        return
    grid = Table("Number", "Name", "May", "Said by", "Last link", "Signed in", box=None, pad_edge=False)
    for one in found:
        said = "you" if one.role else f"chat {one.chat_id}" if one.chat_role else ""
        last = moment(one.link_at, chosen.timezone) if one.link_at else "never"
        grid.add_row(
            str(one.user_id),
            Text(one.name),
            one.may or "nothing",
            said,
            last,
            f"{one.sessions}×" if one.sessions else "",
        )
    out.print(grid)


@app.command("set")
def users_set(
    number: Number,
    role: Annotated[Said, typer.Argument(help="none bars them; chat leaves it to the chat they are in.")],
    name: Annotated[str | None, typer.Option("--name", help="What they are called.")] = None,
) -> None:
    """Say what somebody may do, whatever the chat says; it holds from their next click on."""
    wanted = None if role is Said.CHAT else role.value
    ask("users.set", {"user_id": number, "role": wanted, "name": name}, telegram=False)
    words = {
        Said.NONE: "may not see the page, and is signed out",
        Said.CHAT: "may do what the chat gives them",
    }
    out.print(f"{number} {words.get(role, f'has the role {role.value}')}.", markup=False, highlight=False)


@app.command("remove")
def users_remove(number: Number) -> None:
    """Forget somebody and sign them out; a member of a chat can come again: placewatch users set NUMBER none."""
    ask("users.remove", {"user_id": number}, telegram=False)
    out.print(f"{number} is forgotten and signed out.", markup=False, highlight=False)

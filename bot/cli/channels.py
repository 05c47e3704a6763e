"""`placewatch channels …`"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

import typer

from bot import clock, terminal
from bot.cli.common import Json, ask, each, out, read_archive, settings
from bot.commands.label import FIELDS, STANDINGS
from bot.errors import Mendable
from storage import accounts, channels, joining
from storage.records import Channel, Priority, Wish


class YesNo(StrEnum):
    """An answer that is typed."""

    YES = "yes"
    NO = "no"


app = typer.Typer(help="The public channels that are read.", no_args_is_help=True)


@app.command("add")
def channels_add(
    links: Annotated[list[str], typer.Argument(help="Names or links: @name, https://t.me/name")],
    since: Annotated[str | None, typer.Option("--since", help="Read back: 7d, 12h or a date.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Who speaks there, as alerts name it.")] = None,
    join: Annotated[
        bool, typer.Option("--join", help="Have the account join them, in its turn: posts are then pushed.")
    ] = False,
) -> None:
    """Follow public channels, from their newest post on."""
    if since is not None:
        clock.since(since, settings().timezone, clock.now())  # a bad one is told before anything is done
    each(
        links,
        lambda link: _added(
            ask("channels.add", {"link": link, "since": since, "label": label, "join": join}, telegram=True)
        ),
    )


def _added(answer: dict[str, Any]) -> str:
    how = "pushed live" if answer["joined"] else "polled: the account has not joined it"
    if answer["public"]:
        how = "read by its public page"
    wish = "" if answer["joined"] or not answer["membership"] else f"; {answer['membership']}"
    verb = "Following" if answer["new"] else "Already following"
    return f"{verb} {answer['channel']}, {answer['title']} ({how}{wish})"


@app.command("list")
def channels_list(as_json: Json = False) -> None:
    """The channels that are followed, and how well each is read."""
    chosen = settings()
    known, wishes, several = read_archive(
        chosen,
        lambda store: store.read(
            lambda db: (channels.followed(db), joining.by_channel(db), len(accounts.every(db)) > 1)
        ),
    )
    if as_json:
        terminal.print_json(out, [_channel_json(c, wishes.get(c.id)) for c in known])
    elif known:
        terminal.channels(out, known, wishes, chosen.timezone, by_account=several)
    else:
        out.print("No channels are followed yet: placewatch channels add https://t.me/NAME")


def _channel_json(channel: Channel, wish: Wish | None) -> dict[str, Any]:
    return {
        "channel": channel.name,
        "telegram_id": channel.telegram_id,
        "title": channel.title,
        "label": channel.label,
        "side": channel.side,
        "standing": channel.standing,
        "owner": channel.owner,
        "state": channel.state,
        "problem": channel.problem,
        "priority": channel.priority,
        "account": channel.account,
        "joined": channel.joined,
        "membership": wish.state if wish else None,
        "membership_problem": wish.problem if wish else None,
        "cursor": channel.cursor,
        "read_at": channel.read_at.isoformat() if channel.read_at else None,
        "posted_at": channel.posted_at.isoformat() if channel.posted_at else None,
    }


@app.command("label")
def channels_label(
    name: Annotated[str, typer.Argument(help="@name or title")],
    label: Annotated[str | None, typer.Option("--label", help="Who speaks there, as alerts name it.")] = None,
    side: Annotated[str | None, typer.Option("--side", help="On which side, in your words.")] = None,
    standing: Annotated[
        str | None, typer.Option("--standing", help=f"How official: {', '.join(STANDINGS)}.")
    ] = None,
    owner: Annotated[
        str | None, typer.Option("--owner", help="Channels of one owner count as one source.")
    ] = None,
) -> None:
    """Say who speaks in a channel; "-" takes away what was said before."""
    given = {"label": label, "side": side, "standing": standing, "owner": owner}
    said = {field: text for field, text in given.items() if text is not None}
    if not said:
        raise Mendable("Say something about it: --label, --side, --standing or --owner.")
    answer = ask("channels.label", {"name": name, "said": said}, telegram=False)
    words = ", ".join(f"{field}: {answer[field]}" for field in FIELDS if answer[field])
    out.print(f"{answer['channel']}: {words or 'nothing is said about it'}", markup=False, highlight=False)


@app.command("set")
def channels_set(
    names: Annotated[list[str], typer.Argument(help="@name or title")],
    priority: Annotated[
        Priority | None, typer.Option("--priority", help="How often it is read, beside the others.")
    ] = None,
    join: Annotated[
        YesNo | None,
        typer.Option("--join", help="Whether the account is to be a member; joined in its turn."),
    ] = None,
) -> None:
    """Say how channels are read: how often, and as a member or not."""
    if priority is None and join is None:
        raise Mendable("Say how: --priority high, normal or low, or --join yes or no.")
    wanted = {"priority": priority, "join": None if join is None else join is YesNo.YES}
    each(names, lambda name: _set(ask("channels.set", {"name": name, **wanted}, telegram=False)))


def _set(answer: dict[str, Any]) -> str:
    wish = f", {answer['membership']}" if answer["membership"] else ""
    return f"{answer['channel']}: {answer['priority']} priority{wish}"


@app.command("remove")
def channels_remove(names: Annotated[list[str], typer.Argument(help="@name or title")]) -> None:
    """Stop reading channels; what they said stays in the archive."""
    each(
        names,
        lambda name: f"Stopped reading {ask('channels.remove', {'name': name}, telegram=False)['channel']}",
    )

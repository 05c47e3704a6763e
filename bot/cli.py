"""What a person types: `placewatch …`."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections import defaultdict
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot import __version__, clock, terminal
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.log import configure
from config.settings import ENV_FILE, Settings, SettingsError, load, unknown_variables
from storage import channels, lock, places, reading
from storage.database import StorageError
from storage.records import Channel, Kept, Place
from storage.store import Store

T = TypeVar("T")

app = typer.Typer(
    help="Tells a team in Telegram, once and in the source's own words, when an official channel mentions a place it watches.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
channels_app = typer.Typer(help="The public channels that are read.", no_args_is_help=True)
places_app = typer.Typer(help="The places that are looked for.", no_args_is_help=True)
app.add_typer(channels_app, name="channels")
app.add_typer(places_app, name="places")

out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
_ACCOUNT = ("telegram.api_id", "telegram.api_hash")


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


def settings(*required: str) -> Settings:
    """The settings, with those that the command needs; misspelt variables are pointed out."""
    for name, meant in unknown_variables():
        hint = f"; did you mean {meant}?" if meant else ""
        err.print(
            f"placewatch: there is no setting {name}{hint}", markup=False, highlight=False, style="yellow"
        )
    found = load()
    found.require(*required)
    return found


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end; Ctrl-C ends quietly."""
    try:
        return asyncio.run(work)
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def logging_for(chosen: Settings) -> None:
    """Log to standard error, with every secret of the settings redacted."""
    telegram = chosen.telegram
    secrets = [s.get_secret_value() for s in (telegram.api_hash, telegram.bot_token) if s is not None]
    configure(chosen.log_level, chosen.log_format, secrets)


def read_archive(chosen: Settings, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    """Look at the archive; a service beside us is not disturbed."""

    async def look() -> T:
        store = await Store.open(chosen.data / lock.DATABASE, write=False, readers=1)
        try:
            return await work(store)
        finally:
            await store.close()

    return run_async(look())


def ask(operation: str, arguments: dict[str, Any], *, telegram: bool) -> Any:
    """Have something done that writes, by the running service where there is one."""
    from bot.app import carry_out

    chosen = settings(*(_ACCOUNT if telegram else ()))
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    return run_async(carry_out(chosen, operation, arguments, telegram=telegram))


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


@app.command()
def run() -> None:
    """Watch the channels and tell the team, until stopped (Ctrl-C or SIGTERM)."""
    from bot import app as service

    chosen = settings(*_ACCOUNT, "telegram.bot_token", "chats")
    logging_for(chosen)
    if not (chosen.data / "reader.session").exists():
        raise Mendable("No reading account is signed in yet. Sign one in first: placewatch login")
    run_async(service.run(chosen))


@app.command()
def login() -> None:
    """Sign in the user account that reads the channels (phone, code, password)."""
    from bot.telegram.login import login as sign_in

    chosen = settings(*_ACCOUNT)
    logging_for(chosen)

    def answer(prompt: str, secret: bool) -> str:
        if sys.stdin.isatty():
            return getpass.getpass(f"{prompt}: ") if secret else input(f"{prompt}: ")
        err.print(f"{prompt}:", markup=False, highlight=False)
        line = sys.stdin.readline()
        if not line:
            raise Mendable(f"The input ended where an answer was needed: {prompt}")
        return line.rstrip("\n")

    with lock.hold(chosen.data):
        run_async(
            sign_in(
                chosen.telegram,
                chosen.data / "reader.session",
                answer,
                lambda line: out.print(line, markup=False),
            )
        )


@app.command()
def demo(
    slow: Annotated[bool, typer.Option("--slow", help="Pace it like live.")] = False,
) -> None:
    """Show the main job on sample statements: no account, no network."""
    from bot.demo import play

    run_async(play(load().data / "demo", out, slow=slow))


@app.command()
def doctor(as_json: Json = False) -> None:
    """Check everything that must be right: settings, data folder, archive, clock, accounts, chats, channels."""
    from bot.doctor import examine

    findings = run_async(examine(ENV_FILE))
    if as_json:
        terminal.print_json(out, [f.as_json() for f in findings])
    else:
        for finding in findings:
            out.print(finding.line(), markup=False, highlight=False, soft_wrap=True)
    if any(f.bad for f in findings):
        raise typer.Exit(1)


@app.command()
def chats(
    seconds: Annotated[int, typer.Option("--seconds", min=1, max=3600, help="How long to listen.")] = 60,
) -> None:
    """Learn a group's number for PLACEWATCH_CHATS: add the bot to it, and send /start there meanwhile."""
    from bot.app import hear_chats

    chosen = settings(*_ACCOUNT, "telegram.bot_token")
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    heard: list[int] = []

    def tell(chat_id: int, title: str) -> None:
        heard.append(chat_id)
        out.print(f"{chat_id}  {title}".rstrip(), markup=False, highlight=False)

    err.print(f"Listening for {seconds} s. Send /start in the group to which you have added the bot.")
    run_async(hear_chats(chosen, seconds, tell))
    if not heard:
        raise Mendable(
            "No chat made itself heard. Is the bot in the group? Send /start there while this runs."
        )
    err.print("Put the number into PLACEWATCH_CHATS.")


@app.command()
def latest(
    place: Annotated[str | None, typer.Option("--place", help="Only about this place.")] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many posts.")] = 10,
    as_json: Json = False,
) -> None:
    """The newest posts that mention the tracked places."""
    chosen = settings()

    async def look(store: Store) -> tuple[list[Kept], dict[int, Place]]:
        about = await store.read(places.find, place) if place else await store.read(places.tracked)
        if not about:
            have = ", ".join(p.name for p in await store.read(places.tracked)) or "none yet"
            raise Mendable(f"{place or 'No place'} is not tracked; tracked places: {have}")
        found = await store.read(reading.latest, place_ids=[p.id for p in about], limit=limit)
        return found, await _mentioned(store, found)

    found, mentioned = read_archive(chosen, look)
    _print_posts(found, mentioned, chosen, as_json)


@app.command()
def search(
    words: Annotated[list[str], typer.Argument(help="Words to find, in any ending.")],
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000, help="How many posts.")] = 10,
    as_json: Json = False,
) -> None:
    """The newest posts that contain all the words."""
    chosen = settings()

    async def look(store: Store) -> tuple[list[Kept], dict[int, Place]]:
        found = await store.read(reading.search, " ".join(words), limit=limit)
        return found, await _mentioned(store, found)

    found, mentioned = read_archive(chosen, look)
    _print_posts(found, mentioned, chosen, as_json)


@app.command()
def show(
    link: Annotated[str, typer.Argument(help="https://t.me/name/123")],
    as_json: Json = False,
) -> None:
    """One post: its revisions, and each mention with its why."""
    from bot.telegram.links import parse_post_link

    chosen = settings()
    name, message_id = parse_post_link(link)

    async def look(store: Store) -> tuple[Kept, dict[int, Place]]:
        kept = await store.read(reading.by_link, str(name), message_id)
        if kept is None:
            raise Mendable(f"{link} is not in the archive. Followed channels: placewatch channels list")
        return kept, await _mentioned(store, [kept])

    kept, mentioned = read_archive(chosen, look)
    if as_json:
        terminal.print_json(out, terminal.post_json(kept, mentioned))
    else:
        terminal.one_post(out, kept, mentioned, chosen.timezone)


async def _mentioned(store: Store, found: list[Kept]) -> dict[int, Place]:
    return await store.read(places.by_ids, {m.place_id for kept in found for m in kept.mentions})


def _print_posts(found: list[Kept], mentioned: dict[int, Place], chosen: Settings, as_json: bool) -> None:
    if as_json:
        terminal.print_json(out, [terminal.post_json(kept, mentioned) for kept in found])
    elif found:
        terminal.posts(out, found, mentioned, chosen.timezone)
    else:
        out.print("Nothing found in what was read so far; `placewatch channels list` says how far that is.")


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}
)
def extract(context: typer.Context) -> None:
    """Find places in posts, a JSON line each, for dry runs and pipelines; --help lists its options."""
    from bot.places.extract import main as find

    raise typer.Exit(find(context.args))


@channels_app.command("add")
def channels_add(
    links: Annotated[list[str], typer.Argument(help="Names or links: @name, https://t.me/name")],
    since: Annotated[str | None, typer.Option("--since", help="Read back: 7d, 12h or a date.")] = None,
    label: Annotated[str | None, typer.Option("--label", help="Who speaks there, as alerts name it.")] = None,
) -> None:
    """Follow public channels, from their newest post on."""
    if since is not None:
        clock.since(since, settings().timezone, clock.now())  # a bad one is told before anything is done
    _each(
        links,
        lambda link: _added(
            ask("channels.add", {"link": link, "since": since, "label": label}, telegram=True)
        ),
    )


def _added(answer: dict[str, Any]) -> str:
    how = "pushed live" if answer["joined"] else "polled: the account has not joined it"
    return f"{'Following' if answer['new'] else 'Already following'} {answer['channel']}, {answer['title']} ({how})"


@channels_app.command("list")
def channels_list(as_json: Json = False) -> None:
    """The channels that are followed, and how well each is read."""
    chosen = settings()
    known = read_archive(chosen, lambda store: store.read(channels.followed))
    if as_json:
        terminal.print_json(out, [_channel_json(c) for c in known])
    elif known:
        terminal.channels(out, known, chosen.timezone)
    else:
        out.print("No channels are followed yet: placewatch channels add https://t.me/NAME")


def _channel_json(channel: Channel) -> dict[str, Any]:
    return {
        "channel": channel.name,
        "telegram_id": channel.telegram_id,
        "title": channel.title,
        "label": channel.label,
        "state": channel.state,
        "problem": channel.problem,
        "joined": channel.joined,
        "cursor": channel.cursor,
        "read_at": channel.read_at.isoformat() if channel.read_at else None,
        "posted_at": channel.posted_at.isoformat() if channel.posted_at else None,
    }


@channels_app.command("remove")
def channels_remove(names: Annotated[list[str], typer.Argument(help="@name or title")]) -> None:
    """Stop reading channels; what they said stays in the archive."""
    _each(
        names,
        lambda name: f"Stopped reading {ask('channels.remove', {'name': name}, telegram=False)['channel']}",
    )


@places_app.command("add")
def places_add(
    name: Annotated[str, typer.Argument(help="The name that alerts use.")],
    alias: Annotated[
        list[str] | None, typer.Option("--alias", help="Another name of the place; repeat it.")
    ] = None,
    lat: Annotated[float | None, typer.Option("--lat", min=-90, max=90, help="Latitude, degrees.")] = None,
    lon: Annotated[float | None, typer.Option("--lon", min=-180, max=180, help="Longitude, degrees.")] = None,
) -> None:
    """Track a place, under all its names, for every team chat."""
    if (lat is None) != (lon is None):
        raise Mendable("A position needs both --lat and --lon.")
    position = None if lat is None or lon is None else (lat, lon)
    answer = ask("places.add", {"name": name, "aliases": alias or [], "position": position}, telegram=False)
    out.print(
        f"Tracking {answer['place']}, named: {', '.join(answer['names'])}", markup=False, highlight=False
    )


@places_app.command("list")
def places_list(as_json: Json = False) -> None:
    """The places that are tracked, with their names."""
    chosen = settings()

    async def look(store: Store) -> tuple[list[Place], dict[int, list[int]]]:
        watchers: dict[int, list[int]] = defaultdict(list)
        for watch in await store.read(places.watches):
            watchers[watch.place_id].append(watch.chat_id)
        return await store.read(places.tracked), watchers

    known, watchers = read_archive(chosen, look)
    if as_json:
        terminal.print_json(out, [_place_json(p, watchers.get(p.id, [])) for p in known])
    elif known:
        terminal.places(out, known, watchers)
    else:
        out.print("No places are tracked yet: placewatch places add NAME, or /watch NAME in the chat")


def _place_json(place: Place, chats: list[int]) -> dict[str, Any]:
    return {
        "place": place.name,
        "names": [{"text": n.text, "kind": n.kind, "language": n.language} for n in place.names if n.active],
        "region": place.region,
        "latitude": place.latitude,
        "longitude": place.longitude,
        "chats": chats,
    }


@places_app.command("remove")
def places_remove(names: Annotated[list[str], typer.Argument(help="Names of tracked places.")]) -> None:
    """Stop tracking places, for everybody; what was found stays in the archive."""
    _each(
        names,
        lambda name: f"Stopped tracking {ask('places.remove', {'name': name}, telegram=False)['place']}",
    )


def _each(names: list[str], act: Callable[[str], str]) -> None:
    """Do one thing to each name; one that fails is told, and the rest goes on."""
    failed = False
    for name in names:
        try:
            out.print(act(name), markup=False, highlight=False, soft_wrap=True)
        except (Mendable, StorageError, Busy, Unavailable, Refused) as problem:
            failed = True
            err.print(f"{name}: {problem}", markup=False, highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)

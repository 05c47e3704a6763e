"""The service and its two accounts: run, login, chats, doctor; and the demo."""

from __future__ import annotations

from typing import Annotated

import typer

from bot import sessions, terminal
from bot.cli.common import ACCOUNT, Json, err, logging_for, out, run_async, settings, typed
from bot.errors import Mendable
from config.loading import ENV_FILE, load
from storage.records import READER

app = typer.Typer()


@app.command()
def run() -> None:
    """Watch the channels and tell the team, until stopped (Ctrl-C or SIGTERM)."""
    from bot import process as service

    chosen = settings()
    chosen.require(*chosen.to_run)
    logging_for(chosen)
    if chosen.source == "telegram" and not sessions.signed_in(chosen.data):
        raise Mendable(
            "No reading account is signed in yet. Sign one in first: placewatch login. Without an account, public "
            "channels can be read by their web pages: PLACEWATCH_SOURCE=preview"
        )
    run_async(service.run(chosen))


@app.command()
def login(
    name: Annotated[
        str | None,
        typer.Option("--as", help="A name for a further account: it takes a share of the channels."),
    ] = None,
) -> None:
    """Sign in a user account that reads the channels (phone, code, password)."""
    from bot.process import sign_in

    chosen = settings(*ACCOUNT)
    logging_for(chosen)
    account = READER if name is None else sessions.checked(name)

    run_async(sign_in(chosen, account, typed, lambda line: out.print(line, markup=False)))


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
    from bot.process import hear_chats

    chosen = settings(*ACCOUNT, "telegram.bot_token")
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

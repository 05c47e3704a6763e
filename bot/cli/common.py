"""What every command needs: settings, output, the archive, and the running service."""

from __future__ import annotations

import asyncio
import getpass
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from bot import control
from bot.control import PATIENCE
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.log import configure, hide, secrets_of
from config.guard import secret_values
from config.loading import load, unknown_variables
from config.settings import Settings
from storage import lock
from storage.database import StorageError
from storage.store import Store

T = TypeVar("T")

out = Console()
err = Console(stderr=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ACCOUNT = ("telegram.api_id", "telegram.api_hash")


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
    secrets = set(chosen.secrets)
    for secret in chosen.secrets:
        if "://" in secret:
            secrets |= secrets_of(secret)
    if chosen.guard.proxy is not None:
        secrets |= {secret.get_secret_value() for secret in secret_values(chosen.guard)}
    configure(chosen.log_level, chosen.log_format, secrets)


def typed(prompt: str, secret: bool) -> str:
    """What a person types at a prompt, or the next line where input comes from elsewhere; a secret is not shown.

    Phone numbers, codes and passwords are typed here, so nothing that is typed reaches this process's log.
    """
    given = _given(prompt, secret)
    hide(given)
    return given


def _given(prompt: str, secret: bool) -> str:
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ") if secret else input(f"{prompt}: ")
    err.print(f"{prompt}:", markup=False, highlight=False)
    line = sys.stdin.readline()
    if not line:
        raise Mendable(f"The input ended where an answer was needed: {prompt}")
    return line.rstrip("\n")


def read_archive(chosen: Settings, work: Callable[[Store], Coroutine[Any, Any, T]]) -> T:
    """Look at the archive; a service beside us is not disturbed."""

    async def look() -> T:
        store = await Store.open(chosen.data / lock.DATABASE, write=False, readers=1)
        try:
            return await work(store)
        finally:
            await store.close()

    return run_async(look())


def ask(operation: str, arguments: dict[str, Any], *, telegram: bool, patience: float = PATIENCE) -> Any:
    """Have something done that writes, by the running service where there is one, within `patience` seconds."""
    chosen = settings()
    if telegram:
        chosen.require(*chosen.to_read)
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    with suppress(control.NotServed):
        return run_async(control.ask(chosen.data, operation, arguments, patience=patience))
    from bot.process import carry_out  # all that a service is made of takes a second or two to import

    return run_async(carry_out(chosen, operation, arguments, telegram=telegram, patience=patience))


def each(names: list[str], act: Callable[[str], str]) -> None:
    """Do one thing to each name; one that fails is told, and the rest goes on."""
    failed = False
    for name in names:
        try:
            out.print(act(name), markup=False, highlight=False, soft_wrap=True)
        except (Mendable, StorageError, Busy, Unavailable, Refused) as problem:
            failed = True
            words = str(problem)
            told = words if name in words else f"{name}: {words}"
            err.print(told, markup=False, highlight=False, soft_wrap=True)
    if failed:
        raise typer.Exit(1)

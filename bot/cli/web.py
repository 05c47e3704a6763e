"""`placewatch web`: the review page on this machine."""

from __future__ import annotations

import webbrowser
from typing import Annotated, Any

import typer

from bot.cli.common import ask as have_done
from bot.cli.common import logging_for, out, run_async, settings
from bot.web.access import secret
from config.settings import Settings
from storage import lock

app = typer.Typer()


@app.command()
def web(
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Listen there; 0 takes a free port.")
    ] = None,
    host: Annotated[
        str | None, typer.Option("--host", help="Listen on this address of the machine, not on 127.0.0.1.")
    ] = None,
    show: Annotated[bool, typer.Option("--open", help="Show it in the browser at once.")] = False,
    only_link: Annotated[
        bool, typer.Option("--link", help="Only print a link to the page that is being served already.")
    ] = False,
) -> None:
    """Serve the review page until stopped (Ctrl-C); placewatch run does so too with PLACEWATCH_WEB__ENABLED=true.

    The link that is printed works once. Whoever else reaches the port sees how to get one, and nothing more.
    """
    from bot.process import carry_out
    from bot.web.server import run

    chosen = settings()
    given = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    chosen = chosen.model_copy(update={"web": chosen.web.model_copy(update=given)})
    if only_link:
        link = secret.new()
        have_done("access.link", {"link": secret.hashed(link).hex()}, telegram=False)
        _tell(f"http://{_host(chosen)}:{chosen.web.port}", chosen, link, show=show)
        return
    logging_for(chosen.model_copy(update={"log_level": "WARNING"}))

    async def ask(operation: str, arguments: dict[str, Any]) -> Any:
        return await carry_out(chosen, operation, arguments, telegram=False)

    async def ready(address: str) -> None:
        out.print(
            f"The archive in {chosen.data / lock.DATABASE} is at {address} (Ctrl-C stops it)",
            soft_wrap=True,
            markup=False,
            highlight=False,
        )
        link = secret.new()
        await ask("access.link", {"link": secret.hashed(link).hex()})
        _tell(f"http://{_host(chosen)}:{address.rpartition(':')[2]}", chosen, link, show=show)

    run_async(run(chosen, ask, ready))


def _host(chosen: Settings) -> str:
    """The name by which this machine's browser finds the page."""
    host = chosen.web.host
    if host in ("0.0.0.0", "::"):  # noqa: S104 - only compared: that is every address, and none to go to
        return "127.0.0.1"
    return f"[{host}]" if ":" in host else host


def _tell(address: str, chosen: Settings, link: str, *, show: bool) -> None:
    place = f"{chosen.web.public_url or address}/enter/{link}"
    out.print(
        f"Your link, which works once, within {chosen.web.link_minutes} minutes:\n{place}",
        soft_wrap=True,
        markup=False,
        highlight=False,
    )
    if show:
        webbrowser.open(place)

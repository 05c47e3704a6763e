"""`placewatch web`: the review page on this machine."""

from __future__ import annotations

import webbrowser
from typing import Annotated, Any

import typer

from bot.cli.common import logging_for, out, run_async, settings
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
) -> None:
    """Serve the review page until stopped (Ctrl-C); placewatch run does so too with PLACEWATCH_WEB__ENABLED=true."""
    from bot.process import carry_out
    from bot.web.server import run

    chosen = settings()
    given = {name: value for name, value in (("port", port), ("host", host)) if value is not None}
    chosen = chosen.model_copy(update={"web": chosen.web.model_copy(update=given)})
    logging_for(chosen.model_copy(update={"log_level": "WARNING"}))

    async def ask(operation: str, arguments: dict[str, Any]) -> Any:
        return await carry_out(chosen, operation, arguments, telegram=False)

    async def ready(address: str) -> None:
        out.print(
            f"The archive in {chosen.data / lock.DATABASE} is at {address} (Ctrl-C stops it)", soft_wrap=True
        )
        if show:
            webbrowser.open(address)

    run_async(run(chosen, ask, ready))

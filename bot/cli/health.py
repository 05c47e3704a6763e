"""`placewatch healthcheck`"""

from __future__ import annotations

import typer

from bot import control, terminal
from bot.cli.common import Json, out, run_async
from bot.errors import Mendable
from bot.health.judge import line
from config.loading import load

app = typer.Typer()

_PATIENCE = 8.0  # seconds: less than a container's usual timeout of a check


@app.command()
def healthcheck(as_json: Json = False) -> None:
    """Ask the running service how it is: one line, and status 0 where it does its work, else 1."""
    data = load().data
    try:
        report = run_async(control.ask(data, "health", {}, patience=_PATIENCE))
    except Mendable as problem:
        if isinstance(problem.__cause__, FileNotFoundError | ConnectionRefusedError):
            raise Mendable(f"No service runs on {data}. Start it: placewatch run") from problem
        raise
    if as_json:
        terminal.print_json(out, report)
    else:
        out.print(line(report), markup=False, highlight=False, soft_wrap=True)
    if report["problems"]:
        raise typer.Exit(1)

"""`placewatch outputs …`"""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.common import each, logging_for, run_async, settings
from bot.errors import Mendable
from bot.outputs import number_of, opened
from storage.records import Message

app = typer.Typer(help="Places outside Telegram that are told too.", no_args_is_help=True)


@app.callback()
def outputs() -> None:
    """Places outside Telegram that are told too: PLACEWATCH_OUTPUTS."""


@app.command("test")
def send_test(name: Annotated[str | None, typer.Argument(help="One output; all without it.")] = None) -> None:
    """Send a test message to each output, or to the one that is named."""
    chosen = settings("outputs")
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    wanted = [one for one in chosen.outputs if name in (None, one.name)]
    if not wanted:
        have = ", ".join(one.name for one in chosen.outputs)
        raise Mendable(f"There is no output {name}. PLACEWATCH_OUTPUTS has: {have}")
    found = opened(wanted)

    def send(one: str) -> str:
        message = Message(html="<b>A test message</b>\nThis is where placewatch will tell of your places.")
        run_async(found[number_of(one)].send(0, message, 0))
        return f"{one}: sent; look whether it has arrived"

    each([one.name for one in wanted], send)

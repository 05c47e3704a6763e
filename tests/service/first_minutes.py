"""Play somebody's first minutes: from an empty folder to the first alert in the group, and print them with times.

    python -m tests.service.first_minutes              # git clone, python3 start.py init, python3 start.py run
    python -m tests.service.first_minutes --installed  # the same with the installed program

Telegram is tests/telegram_server; what a person does there (adding the bot, /start) is said by it at once. The
clone is of this working copy's commits; installing takes what the package index and the machine take.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from tests.service.keyboard import Terminal, at_terminal
from tests.service.world import REPO, World, eventually
from tests.telegram_server import TelegramServer

PASSWORD = "a password of two words"
_SETTING_UP = 600  # seconds: a clone installs itself first
STATEMENT = "Подразделения продвигаются на Покровском направлении, бои идут на окраинах Покровска."


@dataclass
class Minutes:
    """What is shown, with the time since the beginning."""

    say: Callable[[str], None]
    began: float = field(default_factory=time.monotonic)
    marks: list[tuple[str, float]] = field(default_factory=list)

    def mark(self, words: str) -> None:
        """Something has come about."""
        passed = time.monotonic() - self.began
        self.marks.append((words, passed))
        self.say(f"[{passed:5.1f} s] {words}")


def environment(world: World) -> dict[str, str]:
    """The environment of somebody with a server of their own, which stands for Telegram's; no account is in it."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PLACEWATCH_")}
    kept.pop("VIRTUAL_ENV", None)
    server = world.server
    return {
        **kept,
        "PLACEWATCH_TELEGRAM__SERVER": f"{server.host}:{server.port}",
        "PLACEWATCH_TELEGRAM__SERVER_KEY": str(server.key_path),
    }


async def converse(world: World, terminal: Terminal, chat: Callable[[], None]) -> None:
    """Answer what init asks, as somebody does who has nothing yet."""
    await terminal.until("How should channels be read?", _SETTING_UP)
    terminal.type("1")
    await terminal.answer("App api_id:", str(world.server.api_id))
    await terminal.answer("App api_hash:", world.server.api_hash)
    await terminal.answer("Bot token:", str(world.bot.token))
    await terminal.until("Listening")
    chat()
    await terminal.answer("Tell the group Team?", "")
    await terminal.answer("Phone number", world.reader.phone or "")
    await terminal.answer("Code", world.reader.code or "")
    await terminal.answer("Password", PASSWORD)
    await terminal.answer("Channels:", "@dpr_head")
    await terminal.answer("Places:", "Pokrovsk")
    await terminal.until("a test alert was sent")
    status = await terminal.ended()
    assert status == 0, terminal.shown


async def play(folder: Path, program: list[str], minutes: Minutes, world: World) -> str:
    """From init to the first alert; what init showed."""
    given = environment(world)
    async with at_terminal(*program, "init", folder=folder, environment=given) as terminal:

        def start() -> None:
            minutes.mark("the bot is in the group, and somebody says /start there")
            world.team.say(world.olena, "/start")

        await converse(world, terminal, start)
        minutes.mark(
            "placewatch init has ended; the group shows: " + world.team.messages[-1].message.splitlines()[0]
        )
        shown = terminal.shown
    async with at_terminal(*program, "run", folder=folder, environment=given):
        await eventually(lambda: world.server.online(world.reader) and world.server.online(world.bot), 60)
        minutes.mark("placewatch run watches")
        world.channel.post(STATEMENT)
        minutes.mark("@dpr_head posts")
        await eventually(lambda: world.alerts, 60)
        minutes.mark("the group shows the first alert")
    return shown


async def _main(installed: bool) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with TelegramServer() as server:
            world = World(server, folder)
            world.reader.password = PASSWORD
            minutes = Minutes(print)
            program = [sys.executable, "-m", "bot"]
            if not installed:
                minutes.mark("an empty folder; git clone")
                command = ("git", "clone", "--quiet", str(REPO), str(folder / "placewatch"))
                clone = await asyncio.create_subprocess_exec(*command)
                assert await clone.wait() == 0
                minutes.mark("cd placewatch; python3 start.py init")
                folder, program = folder / "placewatch", ["python3", "start.py"]
            else:
                os.environ["PYTHONPATH"] = str(REPO)
                minutes.mark("placewatch init")
            shown = await play(folder, program, minutes, world)
            print("\nWhat init showed:\n")
            print("\n".join(f"  {line}".rstrip() for line in shown.splitlines()))
            print("\nThe alert:\n")
            print("\n".join(f"  {line}".rstrip() for line in world.alerts[0].splitlines()))


def main() -> None:
    """Print the minutes."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--installed", action="store_true", help="not through a clone")
    asyncio.run(_main(options.parse_args().installed))


if __name__ == "__main__":
    main()

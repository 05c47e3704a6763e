"""Commands are loaded when they are typed, and all of them are found."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import typer

from bot import cli, control
from bot.cli.lazily import Commands

REPO = Path(__file__).parents[2]


def test_every_command_of_every_module_is_known() -> None:
    known = Commands()
    modules = {
        command.callback.__module__.split(".")[2]
        for command in known.values()
        if getattr(command, "callback", None) is not None
    }
    groups = {name for name, command in known.items() if hasattr(command, "commands")}
    with_app = {
        path.stem if path.is_file() else path.name
        for path in Path(cli.__path__[0]).iterdir()
        if "typer.Typer(" in _text(path) and path.name != "__init__.py"
    }
    assert with_app == modules | groups
    assert all(command.name == name for name, command in known.items())


def test_no_command_of_a_module_is_forgotten() -> None:
    known = Commands()
    for name, command in known.items():
        if hasattr(command, "commands"):
            continue
        module = sys.modules[f"bot.cli.{command.callback.__module__.split('.')[2]}"]
        assert set(typer.main.get_group(module.app).commands) <= set(known), name


def test_a_command_loads_no_other() -> None:
    code = (
        "import sys; from bot.cli import app\n"
        "try: app(['users', '--help'])\n"
        "except SystemExit: print(*sorted(m for m in sys.modules if m.startswith('bot.cli.')))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=REPO, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1].split() == ["bot.cli.common", "bot.cli.lazily", "bot.cli.users"]


async def test_a_command_beside_a_running_service_loads_nothing_of_it(tmp_path: Path) -> None:
    async def remove(name: str) -> dict[str, object]:
        return {"places": [name]}

    code = (
        "import sys; from bot.cli import app\n"
        "try: app(['places', 'remove', 'Pokrovsk'])\n"
        "except SystemExit as end: print(end.code, *sorted({m.split('.')[0] for m in sys.modules}))"
    )
    async with control.serving(tmp_path, {"places.remove": remove}):
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", code),
            cwd=REPO,
            env={**os.environ, "PLACEWATCH_DATA": str(tmp_path)},
            stdout=asyncio.subprocess.PIPE,
        )
        out, _ = await process.communicate()
    status, *loaded = out.decode().splitlines()[-1].split()
    assert status == "0", out.decode()
    assert {"telethon", "starlette", "apscheduler"}.isdisjoint(loaded)


def _text(path: Path) -> str:
    files = [path] if path.suffix == ".py" else list(path.glob("__init__.py"))
    return "".join(file.read_text() for file in files)

"""Writes docs/commands.md and docs/settings.md from the program itself: `python docs/reference.py`.

`tests/test_docs.py` fails where they no longer say what the program does.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from enum import Enum
from pathlib import Path
from typing import Any, Final, get_args
from zoneinfo import ZoneInfo

import typer
from pydantic import SecretStr

HERE: Final = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

from bot.cli import app  # noqa: E402 - the repository's own code, whatever is installed
from bot.commands.menu import menus  # noqa: E402
from config.sections import How  # noqa: E402
from config.settings import FIELDS, variable  # noqa: E402

_KINDS: Final = {int: "N", float: "N", str: "TEXT", Path: "FILE"}
_MADE: Final = "<!-- Made by `python docs/reference.py`; change the program, not this page. -->\n"


def commands() -> str:
    """Every command with its arguments and options, as `--help` tells them, then those of the chat."""
    lines = ["# Commands\n", _MADE, "What `placewatch` takes (`python3 start.py …` is the same):\n"]
    for path, command in _walk("placewatch", typer.main.get_command(app)):
        lines.append(f"## `{path}`\n")
        lines.append(_plain(command.help or "") + "\n")
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            lines += ["| | |", "|---|---|", *rows, ""]
    everybody = {name for name, _ in menus()[""][1]}
    lines += ["# In the chat\n", "Commands marked * are for administrators.\n", "| | |", "|---|---|"]
    for name, words in menus()[""][0]:
        lines.append(f"| `/{name}`{'' if name in everybody else ' *'} | {_cell(words)} |")
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Every setting with its meaning and its default."""
    lines = ["# Settings\n", _MADE]
    lines.append("Variables of the environment, or lines of `.env`; the environment comes first.\n")
    lines += ["| setting | default | meaning |", "|---|---|---|"]
    for path, field in FIELDS.items():
        more = [how.text for how in field.metadata if isinstance(how, How)]
        meaning = " ".join([field.description or "", *more])
        lines.append(f"| `{variable(path)}` | {_default(field.default)} | {_cell(meaning)} |")
    return "\n".join(lines) + "\n"


def _walk(path: str, command: Any) -> Iterator[tuple[str, Any]]:
    inner = getattr(command, "commands", None)
    if inner is None:
        yield path, command
        return
    for name, one in inner.items():
        if not one.hidden:
            yield from _walk(f"{path} {name}", one)


def _parameter(parameter: Any) -> str | None:
    if getattr(parameter, "hidden", False) or "--help" in parameter.opts:
        return None
    told = f"{_cell(parameter.help or '')}{_preset(parameter)}"
    if isinstance(parameter, typer.core.TyperArgument):
        name = parameter.metavar or str(parameter.name).upper()
        return f"| `{name}{'…' if parameter.nargs == -1 else ''}` | {told} |"
    names = ", ".join([*parameter.opts, *parameter.secondary_opts])
    return f"| `{names}{'' if parameter.is_flag else ' ' + _value(parameter)}` | {told} |"


def _value(parameter: Any) -> str:
    if parameter.metavar:
        return str(parameter.metavar)
    kinds = get_args(parameter.type_descriptor.annotation) or (parameter.type_descriptor.annotation,)
    kind = next(kind for kind in kinds if kind is not type(None))
    if isinstance(kind, type) and issubclass(kind, Enum):
        return "\\|".join(str(choice.value) for choice in kind)
    return _KINDS[kind]


def _preset(parameter: Any) -> str:
    value = parameter.default
    if value is None or isinstance(value, bool | list | tuple) or callable(value):
        return ""
    return f" (default {getattr(value, 'value', value)})"


def _default(value: object) -> str:
    if value is None or value == () or isinstance(value, SecretStr):
        return ""
    if isinstance(value, ZoneInfo):
        return f"`{value.key}`"
    return f"`{','.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _plain(text: str) -> str:
    return " ".join(text.replace("\b", "").split())


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|").replace("<", "&lt;")


PAGES: Final = {"commands.md": commands, "settings.md": settings}

if __name__ == "__main__":
    for name, make in PAGES.items():
        (HERE / name).write_text(make(), encoding="utf-8")

"""Commands that are loaded when they are typed: the others, and what they import, cost no start."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, MutableMapping
from typing import Any, Final

import typer
from typer.core import TyperGroup

# A module of this folder and the commands of its `app`, in the order in which `--help` lists them.
_COMMANDS: Final = {
    "init": ["init"],
    "service": ["run", "login", "demo", "doctor", "chats"],
    "health": ["healthcheck"],
    "archive": ["latest", "search", "timeline", "show"],
    "backfill": ["backfill"],
    "digest": ["digest"],
    "exporting": ["export"],
    "finding": ["extract", "explain", "examine"],
    "proof": ["attest", "verify"],
    "importing": ["import"],
    "keeping": ["backup", "restore", "check", "prune"],
    "web": ["web"],
}
# Modules whose `app` is a group of commands, under the module's own name.
_GROUPS: Final = [
    "accounts",
    "channels",
    "places",
    "profile",
    "claims",
    "feeds",
    "gazetteer",
    "outputs",
    "users",
    "tokens",
]
_HOME: Final = {name: module for module, names in _COMMANDS.items() for name in names} | {
    n: n for n in _GROUPS
}


class Commands(MutableMapping[str, Any]):
    """Names with their commands; looking one up imports it."""

    def __init__(self) -> None:
        self._loaded: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._loaded:
            group = typer.main.get_group(importlib.import_module(f"bot.cli.{_HOME[name]}").app)
            self._loaded[name] = group if name in _GROUPS else group.commands[name]
            self._loaded[name].name = name
        return self._loaded[name]

    def __setitem__(self, name: str, command: Any) -> None:
        self._loaded[name] = command

    def __delitem__(self, name: str) -> None:
        del self._loaded[name]

    def __contains__(self, name: object) -> bool:
        return name in _HOME

    def __iter__(self) -> Iterator[str]:
        return iter(_HOME)

    def __len__(self) -> int:
        return len(_HOME)


class Lazily(TyperGroup):
    """The group of all commands."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.commands = Commands()

    def list_commands(self, ctx: Any) -> list[str]:
        """All names, in order; nothing is imported."""
        return list(self.commands)

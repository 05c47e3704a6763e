"""The settings while they are being made: read as the service will read them, written as soon as they are known."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from bot.errors import Mendable
from config import envfile, envwriting
from config.loading import load
from config.problems import SettingsError
from config.settings import VARIABLES, Settings


class Book:
    """`.env` and the environment, of which the latter comes first."""

    def __init__(self, path: Path, say: Callable[[str], None]) -> None:
        self.path = path
        self._say = say
        self.new: set[str] = set()  # the variables that were written

    def settings(self) -> Settings:
        """The settings as they are now; SettingsError where one is wrong."""
        return load(self.path)

    def value(self, name: str) -> str:
        """A variable's text, "" where it is not set."""
        found = {**envfile.read(self.path)[0], **os.environ}
        return next((t.strip() for n, t in reversed(found.items()) if n.upper() == name and t.strip()), "")

    def trouble(self, name: str, text: str) -> str | None:
        """What is wrong with that text as that variable's; None where nothing is."""
        if not text:
            return "An answer is needed."
        try:
            load(None, {name: text})
        except SettingsError as error:
            return next((str(problem) for problem in error.problems if problem.name == name), None)
        return None

    def holds(self, *names: str) -> bool:
        """Whether those variables are set, and right."""
        return all(self.value(name) and self.trouble(name, self.value(name)) is None for name in names)

    def keep(self, values: dict[str, str]) -> None:
        """Write them down at once. What the environment says otherwise would come first: it is told, and left aside."""
        try:
            envwriting.write(self.path, values)
        except OSError as error:
            raise Mendable(f"{self.path} can't be written: {error.strerror}.") from error
        self.new |= values.keys()
        for name in [n for n in os.environ if n.upper() in values]:
            if os.environ[name].strip() != values[name.upper()]:
                del os.environ[name]
                self._say(
                    f"! {name} is set in the environment too and would come before {self.path}: unset it there."
                )

    def take_environment(self) -> None:
        """Write down what the environment says about placewatch, so that the next shell knows it too."""
        said = {n.upper(): t.strip() for n, t in os.environ.items() if n.upper() in VARIABLES and t.strip()}
        there, problems = envfile.read(self.path)
        if problems:
            raise SettingsError(problems)
        written = {n.upper(): t.strip() for n, t in there.items()}
        news = {n: t for n, t in said.items() if written.get(n) != t}
        if news:
            self.keep(news)
            self._say(f"✓ {self.path}: {len(news)} settings taken from the environment")

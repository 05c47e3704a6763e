"""YAML as a tree whose parts know where they stand: bounded, and without anything but maps, lists and plain values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, Final, NoReturn

import yaml

from bot.errors import Mendable

_DEEPEST: Final = 8  # a profile itself needs 5
_MOST_NODES: Final = 1_000_000
_LONGEST_TEXT: Final = 1000  # characters of one value
# Both make only plain values; the one in C is ten times faster.
_Loader: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_NULL: Final = "tag:yaml.org,2002:null"


class ProfileError(Mendable):
    """A profile can't be used as it is; says where, and what to write instead."""


def tree(text: str, source: str) -> Part:
    """The whole file as its outermost part; ProfileError where it is no YAML, too deep, or uses aliases or tags."""
    try:
        depth = 0
        for nodes, event in enumerate(yaml.parse(text, Loader=_Loader)):
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None) is not None:
                _fail(
                    source, event.start_mark, "anchors and aliases (&name, *name) are not read: write it out"
                )
            if getattr(event, "tag", None) is not None:
                _fail(source, event.start_mark, "tags (!name) are not read: leave it out")
            if depth > _DEEPEST:
                _fail(source, event.start_mark, f"nested deeper than {_DEEPEST} levels; see docs/profiles.md")
            if nodes > _MOST_NODES:
                _fail(source, event.start_mark, "too much for one profile: share it in several files")
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        said = ", ".join(filter(None, (error.problem, error.context)))
        hint = "look at the indentation, and put text with a colon or a leading @ into quotation marks"
        _fail(source, error.problem_mark, f"this is not YAML ({said}): {hint}")
    except yaml.YAMLError as error:  # a character that no YAML may hold
        raise ProfileError(f"{source}: this is not YAML ({' '.join(str(error).split())}).") from None
    if root is None:
        raise ProfileError(f"{source}: the file is empty. It begins with: placewatch: 1")
    return Part(root, source, "the profile")


def _fail(source: str, mark: Any, words: str) -> NoReturn:
    where = "" if mark is None else f":{mark.line + 1}:{mark.column + 1}"
    raise ProfileError(f"{source}{where}: {words}")


class Part:
    """One value of the file, read as what it should be; ProfileError with its line and column where it is not."""

    def __init__(self, node: yaml.Node, source: str, what: str) -> None:
        self._node = node
        self._source = source
        self.what = what
        self.line = node.start_mark.line + 1

    def fail(self, words: str) -> NoReturn:
        """This part can't be used, because."""
        _fail(self._source, self._node.start_mark, words)

    @property
    def is_text(self) -> bool:
        """Whether it is a single value."""
        return isinstance(self._node, yaml.ScalarNode)

    def fields(self, known: Sequence[str], example: str) -> dict[str, Part]:
        """A map's values by their names; what is there twice or is not known is refused."""
        if not isinstance(self._node, yaml.MappingNode):
            self.fail(f"{self.what} should be fields and their values, such as: {example}")
        found: dict[str, Part] = {}
        for key, value in self._node.value:
            name = Part(key, self._source, "a field's name")
            text = name.text()
            if text not in known:
                near = get_close_matches(text, known, 1)
                meant = f"write {near[0]} instead" if near else f"it has: {', '.join(known)}"
                name.fail(f"{self.what} has no field “{text[:40]}”; {meant}")
            if text in found:
                name.fail(f"{text} is given twice: leave one of them out")
            if not (isinstance(value, yaml.ScalarNode) and value.tag == _NULL):
                found[text] = Part(value, self._source, text)
        return found

    def items(self, example: str) -> Iterator[Part]:
        """A list's values."""
        if not isinstance(self._node, yaml.SequenceNode):
            self.fail(f"{self.what} should be a list, each line of it such as: {example}")
        for item in self._node.value:
            yield Part(item, self._source, f"an entry of {self.what}")

    def text(self) -> str:
        """A text, as it is written: yes, no and 2014 are words here."""
        if not isinstance(self._node, yaml.ScalarNode):
            self.fail(f"{self.what} should be a text")
        value = str(self._node.value)
        if not value.strip():
            self.fail(f"{self.what} is empty: write it, or leave the line out")
        if len(value) > _LONGEST_TEXT:
            self.fail(f"{self.what} is longer than {_LONGEST_TEXT} characters")
        return value

    def whole(self, least: int, most: int) -> int:
        """A whole number within limits."""
        text = self.text()
        digits = text.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 12 and least <= int(text) <= most):
            self.fail(f"{self.what} should be a whole number from {least} to {most}")
        return int(text)

    def number(self, least: float, most: float) -> float:
        """A number within limits."""
        try:
            value = float(self.text())
        except ValueError:
            self.fail(f"{self.what} should be a number; the decimal sign is a point")
        if not least <= value <= most:
            self.fail(f"{self.what} should be from {least:g} to {most:g}")
        return value

    def truth(self) -> bool:
        """Yes or no."""
        text = self.text().casefold()
        if text not in ("true", "false", "yes", "no"):
            self.fail(f"{self.what} should be yes or no")
        return text in ("true", "yes")

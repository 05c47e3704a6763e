"""TL objects of any shape that the layer allows, made from the constructors' own types."""

from __future__ import annotations

import random
import typing
from datetime import UTC, datetime
from functools import cache
from math import inf
from types import NoneType, UnionType
from typing import Any

from telethon.tl import TLObject, types

_INTEGERS = (0, 1, -1, 7, 2**31 - 1, -(2**31), 2**63 - 1, -(2**63), 2**80)
_TIMES = (
    datetime(1970, 1, 1, tzinfo=UTC),
    datetime(2025, 11, 2, 12, tzinfo=UTC),
    datetime(2038, 1, 19, 3, 14, 7, tzinfo=UTC),
    datetime.max.replace(tzinfo=UTC),
    datetime(1, 1, 1),  # noqa: DTZ001 - without a zone, as nobody should send it
)
_WORDS = (
    "",
    "Покровск",
    "в Покровске",
    "\ud83d",
    "a\0b",
    "🇺🇦" * 3,
    "\u202e" + "абв",
    " \n\t\n ",
    "Сводка: бои",
)


class _Names(dict[str, Any]):
    """The layer's types by name; a few that Telethon names and does not have are None."""

    def __missing__(self, _: str) -> type:
        return NoneType


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = typing.get_type_hints(kind.__init__, vars(types), _Names(vars(types)))
    return {name: hint for name, hint in hints.items() if name != "return"}


def _choices(hint: Any) -> tuple[Any, ...]:
    return typing.get_args(hint) if typing.get_origin(hint) in (typing.Union, UnionType) else (hint,)


@cache
def _heights() -> dict[type, float]:
    """How deep the flattest object of each constructor is."""
    kinds = [k for k in vars(types).values() if _is_tl(k)]
    heights = dict.fromkeys(kinds, inf)
    changed = True
    while changed:
        changed = False
        for kind in kinds:
            height = 1 + max((_height(hint, heights) for hint in _hints(kind).values()), default=0)
            if height < heights[kind]:
                heights[kind], changed = height, True
    return heights


def _height(hint: Any, heights: dict[type, float]) -> float:
    return min(heights.get(one, inf) if _is_tl(one) else 0 for one in _choices(hint))


def _is_tl(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, TLObject)


@cache
def _flattest(hint: Any) -> Any:
    return min(_choices(hint), key=lambda one: _height(one, _heights()))


class Maker:
    """Makes objects until it has made so many; from then on as little as the types allow."""

    def __init__(self, chance: random.Random, objects: int) -> None:
        self._chance = chance
        self._left = objects

    def make(self, kind: type, **given: Any) -> Any:
        """An object of that constructor, its optional fields there or not; `given` are as they are."""
        self._left -= 1
        fields = {name: self._value(hint) for name, hint in _hints(kind).items() if name not in given}
        return kind(**fields, **given)

    def _value(self, hint: Any) -> Any:
        chance = self._chance
        choices = [one for one in _choices(hint) if one is not NoneType]
        optional = len(choices) < len(_choices(hint))
        if not choices or (optional and (self._left <= 0 or chance.random() < 0.5)):
            return None
        one = chance.choice(choices) if self._left > 0 else _flattest(hint)
        if typing.get_origin(one) is list:
            (inner,) = typing.get_args(one)
            return [self._value(inner) for _ in range(chance.randint(0, 4) if self._left > 0 else 0)]
        if _is_tl(one):
            return self.make(one)
        return self._plain(one)

    def _plain(self, kind: Any) -> Any:
        chance = self._chance
        if kind is bool:
            return chance.random() < 0.5
        if kind is int:
            return chance.choice(_INTEGERS) if chance.random() < 0.3 else chance.randint(0, 200)
        if kind is str:
            return chance.choice(_WORDS)
        if kind is bytes:
            return chance.randbytes(chance.randint(0, 8))
        if kind is float:
            return chance.choice((0.0, -1.5, 48.28, float("inf"), float("nan")))
        if kind is datetime:
            return chance.choice(_TIMES)
        return None  # a type that says nothing about its values


def nested(chance: random.Random, depth: int) -> Any:
    """A rich message nested deeper than anybody reads."""
    text: Any = types.TextPlain("Покровск")
    for _ in range(depth):
        text = types.TextBold(text) if chance.random() < 0.7 else types.TextConcat([text])
    block: Any = types.PageBlockParagraph(text)
    for _ in range(depth):
        block = types.PageBlockCover(block)
    return types.RichMessage([block], [], [])

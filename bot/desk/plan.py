"""What one /watch still has to decide, as it lies in a draft between two presses."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from storage.records import NameKind, Place, PlaceName


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The names of one command, decided one after another."""

    step: int = 1  # goes up with each decision: a button of an earlier step does nothing
    total: int = 1
    topic: int | None = None  # of the forum, in which the command was given
    done: tuple[str, ...] = ()  # HTML: what came of the names before
    waiting: tuple[tuple[str, ...], ...] = ()  # names still to be looked at, each with its further names
    typed: str = ""
    others: tuple[str, ...] = ()  # further names of the place in question, as typed
    choices: tuple[tuple[int, str], ...] = ()  # which place is meant: GeoNames numbers and descriptions
    borne: bool = True  # whether the choices bear the very name
    place: Place | None = None  # on trial
    fired: dict[str, int] = field(default_factory=dict)  # how often each of its names was found

    @property
    def open(self) -> bool:
        """Whether a member has something to decide."""
        return self.place is not None or bool(self.choices)

    def settled(self, *lines: str) -> Plan:
        """The place in question is decided, with these words."""
        return replace(
            self, step=self.step + 1, done=(*self.done, *lines), choices=(), place=None, fired={}, others=()
        )

    def use_name(self, text: str, *, active: bool) -> Plan:
        """One name of the place on trial, on or off."""
        if self.place is None:
            raise KeyError(text)
        names = tuple(
            replace(name, active=active) if name.text == text else name for name in self.place.names
        )
        return replace(self, place=replace(self.place, names=names))

    def to_json(self) -> str:
        """As text for a draft."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Plan:
        """As it was before `to_json`."""
        given = json.loads(text)
        return cls(
            **{
                **given,
                "done": tuple(given["done"]),
                "waiting": tuple(tuple(names) for names in given["waiting"]),
                "others": tuple(given["others"]),
                "choices": tuple((number, words) for number, words in given["choices"]),
                "place": None if given["place"] is None else _place(given["place"]),
            }
        )


def _place(given: dict[str, Any]) -> Place:
    names = tuple(PlaceName(**{**name, "kind": NameKind(name["kind"])}) for name in given["names"])
    return Place(**{**given, "names": names})

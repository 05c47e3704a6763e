"""Words that are said later, to a reader whose language is known only then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

from bot.languages.words import ENGLISH, N_, Words

Text = str | tuple[str, str]
"""A text marked by `N_`, or one with a number marked by `NN_`."""

Value = Union[str, int, float, "Said"]


@dataclass(frozen=True, slots=True, init=False)
class Said:
    """A text and what fills it in, `number` the plural of one marked by `NN_`; `str` of it is English.

    A value that is `Said` itself is said in the reader's language too; any other is filled in as it is, braces and
    all. A text without values is never formatted.
    """

    text: Text
    values: Mapping[str, Value]

    def __init__(self, text: Text, /, **values: object) -> None:
        object.__setattr__(self, "text", text)
        object.__setattr__(self, "values", {name: _value(value) for name, value in values.items()})

    def by(self, t: Words) -> str:
        """It in a language."""
        if not self.text:
            return ""  # a catalogue has its own head under the empty text
        values = {
            name: value.by(t) if isinstance(value, Said) else value for name, value in self.values.items()
        }
        if isinstance(self.text, str):
            return t(self.text, **values)
        return t.many(*self.text, float(self.values["number"]), **values)  # type: ignore[arg-type]  # a plural has its number

    def __str__(self) -> str:
        return self.by(ENGLISH)

    def as_json(self) -> dict[str, Any]:
        """As it crosses to another program of ours; `of_json` reads it."""
        values = {
            name: value.as_json() if isinstance(value, Said) else value for name, value in self.values.items()
        }
        return {"text": self.text, "values": values}

    @classmethod
    def of_json(cls, given: dict[str, Any]) -> Said:
        """As `as_json` wrote it."""
        text = given["text"]
        values = {
            name: cls.of_json(value) if isinstance(value, dict) else value
            for name, value in given["values"].items()
        }
        return cls(text if isinstance(text, str) else (text[0], text[1]), **values)


def some(names: Sequence[str], most: int) -> Value:
    """The first of some names, and how many more there are; "none yet" where there is none."""
    if not names:
        return Said(N_("none yet"))
    named = ", ".join(names[:most])
    left = len(names) - most
    return named if left <= 0 else Said(N_("{named} and {left} more"), named=named, left=left)


def either(names: Sequence[str]) -> Value:
    """Names of which one may be meant: "Lyman or Lymanske"."""
    found: Value = names[0]
    for name in names[1:]:
        found = Said(N_("{first} or {second}"), first=found, second=name)
    return found


def _value(value: object) -> Value:
    """What can be told again in another program."""
    return value if isinstance(value, str | int | float | Said) else str(value)

"""What is wrong with the settings, said so that a person can mend it and no secret is shown."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pydantic_core import ErrorDetails

_LIKE_A_SECRET = re.compile(r"\d+:[A-Za-z0-9_-]{20,}|[0-9A-Fa-f]{32,}|.{80,}", re.DOTALL)
_LIMITS = {"ge": "less than {}", "gt": "not more than {}", "le": "more than {}", "lt": "not less than {}"}


@dataclass(frozen=True, slots=True)
class Problem:
    """One setting that needs a person: which variable, what was found in it, how to get the right value."""

    name: str
    found: str
    how: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.found}" + (f"\n    {self.how}" if self.how else "")


class SettingsError(Exception):
    """Everything that is wrong with the settings, at once. Its text is meant for the person at the keyboard."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = list(problems)


def shown(value: object, secret: bool = False) -> str:
    """The value for a message: in quotation marks, or only its length where it is or may be a secret."""
    text = str(value)
    if secret or _LIKE_A_SECRET.search(text):
        return f"a value of {len(text)} character{'' if len(text) == 1 else 's'}"
    return f'"{text}"'


def phrase(error: ErrorDetails, value: object, secret: bool = False) -> str:
    """What was found (`value`, as it was typed; None where nothing was) and why it does not do.

    A `ValueError` of our own validators says the reason itself, as the end of "…, which is …"; it must not
    quote the value.
    """
    kind, context = error["type"], error.get("ctx", {})
    if kind == "value_error":
        reason = str(context["error"])
    elif kind.startswith("int_"):
        reason = "not a whole number"
    elif kind.startswith(("float_", "finite_")):
        comma = "," in str(value)
        reason = "not a number" + (" (the decimal sign is a point)" if comma else "")
    elif kind == "literal_error":
        reason = f"none of {context['expected']}".replace("'", "").replace(" or ", ", ")
    else:
        limit = next((key for key in _LIMITS if key in context), None)
        reason = _LIMITS[limit].format(f"{context[limit]:g}") if limit else error["msg"]
    return reason if value is None else f"found {shown(value, secret)}, which is {reason}"

"""Who speaks in a channel, as a member types it: "@name | Head of the region | side: Ukraine | official | owner: OVA"."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from bot.errors import Mendable
from bot.languages import ENGLISH, Words

STANDINGS: Final = ("official", "affiliated", "media", "observer")
FIELDS: Final = ("label", "side", "standing", "owner")
NOTHING: Final = "-"  # takes away what was said before
_LONGEST = 80  # characters


@dataclass(frozen=True, slots=True)
class Labels:
    """A channel as typed, and what is said about it: fields of `Channel`, None to take one away."""

    channel: str
    said: dict[str, str | None] = field(default_factory=dict)


def parse_labels(text: str, *, t: Words = ENGLISH) -> Labels:
    """Read the line; Mendable where a part can't be read."""
    channel, *parts = (part.strip() for part in text.split("|"))
    said: dict[str, str | None] = {}
    for part in parts:
        if not part:
            continue
        name, colon, value = part.partition(":")
        if colon and name.strip().casefold() in FIELDS:
            name = name.strip().casefold()
        elif part.casefold() in STANDINGS:
            name, value = "standing", part
        else:
            name, value = "label", part
        if name in said:
            raise Mendable(
                t(
                    "“{part}” gives a second {name}. Write it as: {EXAMPLE}",
                    part=part,
                    name=name,
                    EXAMPLE=EXAMPLE,
                )
            )
        said[name] = checked(name, value, t=t)
    return Labels(channel, said)


EXAMPLE: Final = "/label @name | Head of the region | side: Ukraine | official | owner: OVA"


def checked(name: str, text: str, *, t: Words = ENGLISH) -> str | None:
    """One field's value, tidied; None for "-". Mendable where it can't be one."""
    tidy = " ".join(text.split())
    if tidy == NOTHING:
        return None
    if not tidy:
        raise Mendable(t("Say what the {name} is, or {NOTHING} for none.", name=name, NOTHING=NOTHING))
    if len(tidy) > _LONGEST:
        raise Mendable(
            t("“{tidy}…” is too long: {LONGEST} characters at most.", tidy=tidy[:40], LONGEST=_LONGEST)
        )
    if name == "standing":
        if tidy.casefold() not in STANDINGS:
            raise Mendable(t("“{tidy}” is none of: {STANDINGS}.", tidy=tidy, STANDINGS=", ".join(STANDINGS)))
        return tidy.casefold()
    return tidy

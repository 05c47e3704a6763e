"""What a member types, read as a command."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """A command's name, without slash, and everything after it."""

    name: str
    argument: str


def parse(text: str) -> Command:
    """Read "/name argument…"; the name in lower case, any "@bot" taken off."""
    head, _, rest = text.strip().removeprefix("/").partition(" ")
    if "\n" in head:  # the argument may begin on the next line
        head, _, rest = text.strip().removeprefix("/").partition("\n")
    return Command(name=head.partition("@")[0].lower(), argument=" ".join(rest.split()))


def place_names(argument: str) -> list[list[str]]:
    """Commas separate places, "=" further names of the same place: "Pokrovsk = Красноармейск, Bakhmut"."""
    wanted = []
    for one in argument.split(","):
        names = list(dict.fromkeys(name.strip() for name in one.split("=") if name.strip()))
        if names:
            wanted.append(names)
    return wanted

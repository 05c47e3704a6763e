"""What a member types, read as a command."""

from __future__ import annotations

from dataclasses import dataclass

# In the order of the menu; the words after the dash are what the menu shows.
MENU: tuple[tuple[str, str], ...] = (
    ("watch", "NAME: tell us when a place is mentioned"),
    ("unwatch", "NAME: stop telling us about a place"),
    ("places", "what we watch"),
    ("follow", "LINK: read a public channel"),
    ("unfollow", "NAME: stop reading a channel"),
    ("channels", "which channels are read, and how well"),
    ("latest", "[PLACE]: newest statements about our places"),
    ("search", "WORDS: newest posts with these words, in any ending"),
    ("status", "is everything running?"),
    ("help", "all commands"),
)
NAMES = frozenset(name for name, _ in MENU)


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

"""The first channels and places, a test alert, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bot import terminal
from bot.cli import profile as profiles
from bot.cli.common import ask, out, read_archive, run_async
from bot.cli.init.book import Book
from bot.cli.init.person import Person
from bot.commands.replies import counted
from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.places.gazetteer import Gazetteer
from bot.places.resolve import resolve, with_region
from bot.process import say_once
from bot.profiles import read
from config.settings import Settings
from storage import channels, lock, places
from storage.database import StorageError
from storage.records import Message

_TROUBLE: Final = (Mendable, StorageError, Busy, Unavailable, Refused)
_TEST: Final = (
    "🧪 <b>Test</b> of placewatch: this is no alert.\n"
    "Alerts will appear here like this: who speaks, the very words, and a link to the post. Try /help and /places."
)


def channels_and_places(
    person: Person, book: Book, profile: Path | None, links: Sequence[str], names: Sequence[str]
) -> None:
    """Follow and track what was given; where there is nothing yet, ask for the first ones."""
    chosen = book.settings()
    if profile is not None:
        _import(person, chosen, str(profile))
    for link in links:
        _follow(person, link)
    for name in names:
        _track(person, chosen, name)
    followed, tracked = _counts(chosen)
    if followed:
        person.ok(f"{counted(followed, 'channel')} followed")
    else:
        _ask_for(person, chosen, "\nWhich public channels should be read? @names or links, separated by spaces, or "
                 "a profile's FILE.yaml; Enter for none now.", "Channels")  # fmt: skip
        tracked = _counts(chosen)[1]
    if tracked:
        person.ok(f"{counted(tracked, 'place')} tracked")
    else:
        _ask_for(person, chosen, "\nWhich places do you care about? Names in any language, separated by commas; "
                 "a region where several are called so: Lyman (Donetsk); Enter for none now.", "Places")  # fmt: skip


def _counts(chosen: Settings) -> tuple[int, int]:
    if not (chosen.data / lock.DATABASE).exists():
        return 0, 0
    return read_archive(
        chosen, lambda store: store.read(lambda db: (len(channels.followed(db)), len(places.tracked(db))))
    )


def _ask_for(person: Person, chosen: Settings, words: str, prompt: str) -> None:
    if not person.there:
        person.say(f"! no {prompt.lower()} yet: placewatch {prompt.lower()} add NAME")
        return
    person.say(words)
    answer = person.hear(prompt, False, "")
    if answer.endswith((".yaml", ".yml")):
        _import(person, chosen, answer)
    elif prompt == "Channels":
        for link in answer.replace(",", " ").split():
            _follow(person, link)
    else:
        for name in filter(None, map(str.strip, answer.split(","))):
            _track(person, chosen, name)


def _import(person: Person, chosen: Settings, file: str) -> None:
    try:
        planned = profiles.plan(chosen, read(Path(file).expanduser()), file)
    except Mendable as problem:
        person.say(f"✗ {problem}")
        return
    if not planned:
        person.ok(f"{file}: all of it is followed and tracked already")
    else:
        profiles.carry_out(planned, person.say)


def _follow(person: Person, link: str) -> None:
    """One channel; one that can't be followed is told, and the rest goes on."""
    try:
        answer = ask(
            "channels.add", {"link": link, "since": None, "label": None, "join": False}, telegram=True
        )
    except _TROUBLE as problem:
        words = str(problem)
        person.say(f"✗ {words if link in words else f'{link}: {words}'}")
    else:
        person.ok(f"following {answer['channel']}, {answer['title']}")


def _track(person: Person, chosen: Settings, typed: str) -> None:
    """One place, asked about where several may be meant."""
    name, region = with_region(typed)
    try:
        gazetteer = Gazetteer.load(chosen.data / "gazetteer", chosen.countries)
        meant = resolve(gazetteer, name, region=region)
        found = meant.sole
        if found is None and meant.choices:
            person.say(
                f"“{name}” may be:"
                if meant.borne
                else f"The gazetteer knows no “{name}”. Is it one of these?"
            )
            if not person.there:
                person.say(f"! {typed} is left out: placewatch places add {name!r} asks which is meant")
                return
            terminal.candidates(out, meant.choices, numbered=True)
            number = person.ask(
                "Which one? 0 for none of them: the name as given",
                otherwise="",
                check=lambda a: None if a.isascii() and a.isdigit() and int(a) <= len(meant.choices)
                else f"Type a number from 0 to {len(meant.choices)}.",
            )  # fmt: skip
            found = meant.choices[int(number) - 1] if int(number) else None
        answer = ask(
            "places.add",
            {
                "name": name,
                "aliases": [],
                "geonames_id": found.settlement.geonames_id if found else None,
                "position": None,
            },
            telegram=False,
        )
    except _TROUBLE as problem:
        person.say(f"✗ {typed}: {problem}")
        return
    where = f" ({answer['region']})" if answer["region"] else ""
    shown = ", ".join(n["text"] for n in answer["names"][:6])
    person.ok(f"tracking {answer['place']}{where}: {shown}{', …' if len(answer['names']) > 6 else ''}")


def test_alert(person: Person, book: Book) -> None:
    """Show what an alert's place looks like, marked as a test; sent again only where the person wants it."""
    chosen = book.settings()
    message = Message(html=_TEST)
    if not chosen.chats:
        out.print(terminal.bubble(message, "placewatch · test"))
        return
    if "PLACEWATCH_CHATS" not in book.new and not person.agrees(
        "Send a test alert to the group?", usual=False
    ):
        return
    try:
        run_async(say_once(chosen, chosen.chats, message))
    except _TROUBLE as problem:
        person.say(f"✗ The test alert could not be sent: {problem}")
    else:
        person.ok(f"a test alert was sent to {counted(len(chosen.chats), 'chat')}")


def what_next(person: Person, book: Book) -> None:
    """What to type from here."""
    chosen = book.settings()
    followed, tracked = _counts(chosen)
    person.say("\nAll is set up. Next:" if followed and tracked else "\nNearly there. Next:")
    steps = []
    if not followed:
        steps.append(("placewatch channels add @NAME", "follow a public channel"))
    if not tracked:
        steps.append(("placewatch places add NAME", "track a place"))
    steps.append(("placewatch run", "watch and tell, until Ctrl-C"))
    steps.append(("placewatch doctor", "check everything"))
    steps.append(("placewatch init", "change or mend this"))
    for command, why in steps:
        person.say(f"  {command:<32}{why}")
    if chosen.chats:
        person.say("In the group: /places, /watch NAME, /channels, /help. Where placewatch was started by start.py, type\n"
                   "python3 start.py instead of placewatch.")  # fmt: skip

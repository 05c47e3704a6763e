"""How channels are read, the application at Telegram, the bot, and the account that reads."""

from __future__ import annotations

from functools import partial

from bot import sessions
from bot.cli.common import logging_for, run_async
from bot.cli.init.book import Book
from bot.cli.init.person import Nobody, Person
from bot.errors import Mendable
from bot.findings import Finding
from bot.process import look_at_bot, look_at_readers, sign_in
from config.settings import Settings
from storage.records import READER

_SOURCE = "PLACEWATCH_SOURCE"
_API_ID, _API_HASH = "PLACEWATCH_TELEGRAM__API_ID", "PLACEWATCH_TELEGRAM__API_HASH"
_TOKEN = "PLACEWATCH_TELEGRAM__BOT_TOKEN"  # noqa: S105 - a variable's name
_ATTEMPTS = 5

_APPLICATION = """
An application of your own at Telegram (two minutes, once):
  1. Open https://my.telegram.org and sign in with your phone number; the code comes into your Telegram app.
  2. API development tools: fill in any title and short name. It shows App api_id and App api_hash."""
_BOT = """
A bot that speaks in your group:
  1. In Telegram, write to @BotFather: /newbot, a name, and a user name that ends with bot. It answers with a token.
  2. Leave its privacy mode on: the bot then sees only commands and replies to itself, and that is all it needs."""
_READER = """
The account that reads the channels: best one of its own, on a real number, not your private one.
Code and password are not shown, and not kept."""


def choose_source(person: Person, book: Book, wanted: str | None) -> None:
    """Through an account, or by public pages without one."""
    if wanted is not None:
        trouble = book.trouble(_SOURCE, wanted)
        if trouble is not None:
            raise Mendable(trouble)
        book.keep({_SOURCE: wanted.lower()})
    elif not book.holds(_SOURCE) and not book.holds(_API_ID, _API_HASH):
        number = person.choose(
            "How should channels be read?",
            [
                "by a Telegram account: posts arrive within a second",
                "by their public web pages, without any account: they arrive about a minute later",
            ],
            usual=0,
            otherwise="",
        )
        book.keep({_SOURCE: ("telegram", "preview")[number]})
    how = "a Telegram account" if _is_telegram(book) else "public web pages, without an account"
    person.ok(f"channels are read by {how}")


def wants_bot(person: Person, book: Book) -> bool:
    """Whether alerts go to a Telegram group; where pages are read, the terminal will do."""
    if _is_telegram(book) or book.value("PLACEWATCH_CHATS"):
        return True
    if book.holds(_TOKEN) or not person.there or _SOURCE not in book.new:
        return book.holds(_TOKEN)
    number = person.choose(
        "Where should alerts appear?",
        [
            "in this terminal, while placewatch runs",
            "in a Telegram group, by a bot (needs an api id and a token)",
        ],
        usual=0,
        otherwise="",
    )
    return number == 1


def _is_telegram(book: Book) -> bool:
    return (book.value(_SOURCE).lower() or "telegram") == "telegram"


def application(person: Person, book: Book) -> None:
    """The api id and its hash."""
    if book.holds(_API_ID, _API_HASH):
        person.ok("api id and api hash are set")
        return
    person.say(_APPLICATION)
    _ask_for(person, book, _API_ID, "App api_id", secret=False)
    _ask_for(person, book, _API_HASH, "App api_hash", secret=True)


def _ask_for(person: Person, book: Book, name: str, prompt: str, *, secret: bool) -> None:
    if not book.holds(name):
        _replace(person, book, name, prompt, secret=secret)


def _replace(person: Person, book: Book, name: str, prompt: str, *, secret: bool) -> None:
    text = person.ask(
        prompt,
        secret=secret,
        otherwise=f"{name} is missing or wrong: set it in the environment or in {book.path}.",
        check=partial(book.trouble, name),
    )
    book.keep({name: text})


def bot(person: Person, book: Book) -> str:
    """The token of a bot that can sign in; the bot's name."""
    if not book.holds(_TOKEN):
        person.say(_BOT)
    for _ in range(_ATTEMPTS):
        before = book.value(_TOKEN)
        _ask_for(person, book, _TOKEN, "Bot token", secret=True)
        _forget_other_bot(book, before)
        found, needs_person = _looked_at(book.settings())
        first = next(one for one in found if one.area == "bot")
        if not first.bad:
            person.ok(f"bot: {first.words}")
            return first.words.removeprefix("signed in as ")
        person.say(first.line())
        if not needs_person:
            raise Mendable("Telegram could not be asked about the bot. Try again once the network is there.")
        if not person.there:
            raise Nobody(f"The bot can't sign in: mend {_TOKEN}, {_API_ID} and {_API_HASH}.")
        _ask_again(person, book, first.words)
    raise Nobody("The bot could not sign in.")


def _looked_at(chosen: Settings) -> tuple[list[Finding], bool]:
    logging_for(chosen.model_copy(update={"log_level": "CRITICAL"}))
    return run_async(look_at_bot(chosen))


def _ask_again(person: Person, book: Book, words: str) -> None:
    """The application where Telegram does not know it, else the token."""
    if "API_ID" in words:
        person.say(_APPLICATION)
        _replace(person, book, _API_ID, "App api_id", secret=False)
        _replace(person, book, _API_HASH, "App api_hash", secret=True)
        return
    person.say(_BOT)
    before = book.value(_TOKEN)
    _replace(person, book, _TOKEN, "Bot token", secret=True)
    _forget_other_bot(book, before)


def _forget_other_bot(book: Book, before: str) -> None:
    """The session of another bot is of no use, and would keep this one from signing in."""
    if before and before.partition(":")[0] != book.value(_TOKEN).partition(":")[0]:
        (book.settings().data / "bot.session").unlink(missing_ok=True)


def reader(person: Person, book: Book) -> None:
    """An account that reads, signed in; one whose session has ended signs in anew."""
    if not _is_telegram(book):
        return
    chosen = book.settings()
    logging_for(chosen.model_copy(update={"log_level": "CRITICAL"}))
    found, ended = run_async(look_at_readers(chosen))
    for one in found:
        person.say(one.line())
    if found and not any(one.bad for one in found):
        return
    if found and not ended:
        raise Mendable(
            "Telegram could not be asked about the reading account. Try again once the network is there."
        )
    person.say(_READER)
    for name in ended or [READER]:
        if not person.there:
            person.ask_in_login("", True)  # says what to type
        if name in ended:
            sessions.file_of(chosen.data, name).unlink(missing_ok=True)
        run_async(sign_in(chosen, name, person.ask_in_login, person.say))

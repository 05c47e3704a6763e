"""The group that is told: found by what is said in it, and looked at again on every run."""

from __future__ import annotations

from bot.cli.common import logging_for, run_async
from bot.cli.init.book import Book
from bot.cli.init.person import Nobody, Person
from bot.process import hear_chats, look_at_bot

_CHATS = "PLACEWATCH_CHATS"
_LINGER = 1.0  # seconds in which another group may make itself heard after the first


def find(person: Person, book: Book, bot_name: str, seconds: int) -> None:
    """Chats in which the bot may write; those that are gone are left out, if the person says so."""
    good: list[int] = []
    if book.holds(_CHATS):
        chosen = book.settings()
        found, _ = run_async(look_at_bot(chosen))
        about = {one.area: one for one in found if one.area.startswith("chat ")}
        for chat_id in chosen.chats:
            one = about.get(f"chat {chat_id}")
            person.say(one.line() if one is not None else f"! chat {chat_id}: not looked at")
            good += [chat_id] if one is None or not one.bad else []
        if len(good) == len(chosen.chats):
            return
        if not person.there:
            raise Nobody(f"A chat can't be told: mend that in Telegram, or change {_CHATS}.")
        if not person.agrees("Find the group anew? (n: keep it as it is)", usual=True):
            return
    while True:
        heard = _listen(person, book, bot_name, seconds)
        groups = {number: title for number, title in heard.items() if number not in good}
        if groups:
            break
        person.say("✗ No group made itself heard. Is the bot in the group, and was /start sent there?")
        if not person.there:
            raise Nobody(f"No group made itself heard: send /start there meanwhile, or set {_CHATS}.")
        if not person.agrees("Listen again?", usual=True):
            raise Nobody("Without a group there is nobody to tell.")
    number = _choose(person, groups)
    book.keep({_CHATS: ",".join(map(str, [*good, number]))})
    person.ok(f"alerts go to {groups[number] or number} ({number})")


def _listen(person: Person, book: Book, bot_name: str, seconds: int) -> dict[int, str]:
    heard: dict[int, str] = {}

    def tell(chat_id: int, title: str) -> None:
        if chat_id < 0:
            heard[chat_id] = title
            person.say(f"  heard: {title or 'a group'} ({chat_id})")
        else:
            person.say(f"  heard {title or chat_id} in private; send /start in the group")

    def begun() -> None:
        person.say(
            f"\nNow add {bot_name if bot_name.startswith('@') else '@' + bot_name} to your group as a member, and send "
            f"/start in the group. Listening ({seconds} s); what was said in the last minutes is heard too."
        )

    # An earlier listening may have left the chats out that no longer hold: the settings are read without them.
    chosen = book.settings()
    logging_for(chosen.model_copy(update={"log_level": "CRITICAL"}))
    run_async(hear_chats(chosen, seconds, tell, begun=begun, linger=_LINGER))
    return heard


def _choose(person: Person, groups: dict[int, str]) -> int:
    numbers = list(groups)
    if len(numbers) == 1:
        number = numbers[0]
        if person.agrees(f"Tell the group {groups[number] or number}?", usual=True):
            return number
        raise Nobody("Without a group there is nobody to tell.")
    options = [f"{groups[number] or 'a group'} ({number})" for number in numbers]
    otherwise = f"Several groups made themselves heard: set {_CHATS} to the number of the one that is meant."
    return numbers[person.choose("Which group is to be told?", options, usual=None, otherwise=otherwise)]

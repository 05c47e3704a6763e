"""Play the demo's story in a chat, with the real service and a real Telethon client, and print what the group shows.

    python -m tests.service.transcript                    # about 20 seconds
    python -m tests.service.transcript --into README.md   # between its <!-- transcript --> marks

The statements are the demo's own (bot/sample.toml), said now; members type and press as they would.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import io
import sqlite3
import tempfile
import tomllib
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

from telethon.helpers import add_surrogate, del_surrogate
from telethon.tl import types

from tests.service.world import World, eventually
from tests.telegram_server import Account, Channel, TelegramServer

# What members do after a step of the sample, by its number: who, and which button of which alert or which words.
_PRESSES = {2: ("Olena", "Relevant"), 5: ("Taras", "More")}
_COMMANDS = ("/timeline Pokrovsk 1d", "/digest now", "/places")
_MARKS = ("<!-- transcript -->", "<!-- /transcript -->")
_QUIET = 0.7  # seconds without anything owed: the chat has come to rest


class Transcript:
    """The group as it is read from above: each new message, and each that changed."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._shown: dict[int, str] = {}

    async def settle(self) -> None:
        """Wait until nothing is owed, then print what has changed."""
        quiet = 0.0
        while quiet < _QUIET:
            await asyncio.sleep(0.1)
            quiet = 0.0 if self._due() else quiet + 0.1
        for message in self.world.team.messages:
            if not isinstance(message, types.Message) or self._shown.get(message.id) == self._seen(message):
                continue
            changed = message.id in self._shown
            self._shown[message.id] = self._seen(message)
            self._print(message, changed)

    def _due(self) -> bool:
        db = sqlite3.connect(self.world.folder / "data" / "placewatch.db")
        try:
            return bool(db.execute("SELECT count(*) FROM owed WHERE due = 1").fetchone()[0])
        finally:
            db.close()

    def _seen(self, message: types.Message) -> str:
        return "\n".join([_words(message), *_buttons(message)])

    def _print(self, message: types.Message, changed: bool) -> None:
        author = message.from_id.user_id if isinstance(message.from_id, types.PeerUser) else 0
        who = next((a.name for a in self.world.team.members if a.id == author), "?")
        reply = message.reply_to.reply_to_msg_id if message.reply_to else None
        note = ", edited" if changed else f", in reply to {reply}" if reply else ""
        print(f"\n{who} (message {message.id}{note})")
        for line in self._seen(message).splitlines():
            print(f"  {line}")


def _words(message: types.Message) -> str:
    """The text; where words are struck through, these and the new ones are marked as in Markdown."""
    marks = {types.MessageEntityStrike: "~~", types.MessageEntityBold: "**"}
    entities = [e for e in message.entities or () if type(e) in marks]
    if not any(isinstance(e, types.MessageEntityStrike) for e in entities):
        return str(message.message)
    text = add_surrogate(message.message)
    for entity in sorted(entities, key=lambda e: -e.offset):
        mark, end = marks[type(entity)], entity.offset + entity.length
        text = text[: entity.offset] + mark + text[entity.offset : end] + mark + text[end:]
    return str(del_surrogate(text))


def _buttons(message: types.Message) -> list[str]:
    if not isinstance(message.reply_markup, types.ReplyInlineMarkup):
        return []
    return [" ".join(f"[{button.text}]" for button in row.buttons) for row in message.reply_markup.rows]


def _note(text: str) -> None:
    print(f"\n— {text}")


async def play() -> None:
    """The whole story, printed as it happens."""
    sample = tomllib.loads(resources.files("bot").joinpath("sample.toml").read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        async with TelegramServer() as server:
            world = World(server, Path(folder))
            taras = server.add_user("Taras", phone="+380500000055")
            world.team.admit(taras)
            people = {"Olena": world.olena, "Taras": taras}
            sources = {
                one["username"]: server.add_channel(
                    one["username"], title=one["title"], members=[world.reader]
                )
                for one in sample["channel"]
            }
            await world.login()
            for one in sample["channel"]:
                await world.type("channels", "add", one["username"], "--label", one["label"])
            async with world.running() as service:
                await service.ready()
                await _story(world, sample, sources, people)


async def _story(
    world: World, sample: Mapping[str, Any], sources: Mapping[str, Channel], people: Mapping[str, Account]
) -> None:
    transcript = Transcript(world)
    ids: dict[tuple[str, int], int] = {}
    for number, step in enumerate(sample["step"], start=1):
        if "says" in step:
            await _ask(world, step["says"])
        else:
            _speak(step, sources, ids)
        await transcript.settle()
        if number in _PRESSES:
            who, words = _PRESSES[number]
            await _press(world, people[who], words)
            await transcript.settle()
    for command in _COMMANDS:
        await _ask(world, command)
        await transcript.settle()


async def _ask(world: World, text: str) -> None:
    before = len(world.team.messages)
    world.team.say(world.olena, text)
    await eventually(lambda: len(world.team.messages) > before + 1)


def _speak(step: Mapping[str, Any], sources: Mapping[str, Channel], ids: dict[tuple[str, int], int]) -> None:
    name, source = step["channel"], sources[step["channel"]]
    key = (name, step["id"])
    if step.get("deleted"):
        _note(f"@{name} deletes post {step['id']}")
        source.delete(ids[key])
    elif step.get("edited"):
        _note(f"@{name} edits post {step['id']}")
        source.edit(ids[key], step["text"].strip())
    else:
        forward = None
        if "forwards" in step:
            origin, message = step["forwards"]
            forward = (sources[origin], ids[origin, message])
        note = f" ({step['note']})" if "note" in step else ""
        _note(f"@{name} {'forwards' if forward else 'posts'}{note}")
        ids[key] = source.post(step["text"].strip(), forward_from=forward)


async def _press(world: World, member: Account, words: str) -> None:
    message = next(
        m
        for m in reversed(world.team.messages)
        if isinstance(m, types.Message) and any(words in line for line in _buttons(m))
    )
    button = next(b for row in message.reply_markup.rows for b in row.buttons if words in b.text)
    _note(f"{member.name} presses [{button.text}] below message {message.id}")
    pressed = world.server.press(world.team, member, message.id, button.type.data)
    answer = await pressed.answered()
    if answer.message:
        print(f"  ({member.name} sees: {answer.message})")


def main() -> None:
    """Print the transcript, or put it where a document has room for it."""
    options = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    options.add_argument("--into", type=Path, metavar="FILE")
    chosen = options.parse_args()
    if chosen.into is None:
        asyncio.run(play())
        return
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        asyncio.run(play())
    document = chosen.into.read_text("utf-8")
    before, rest = document.split(_MARKS[0])
    after = rest.split(_MARKS[1])[1]
    story = "\n".join(line.rstrip() for line in printed.getvalue().strip().splitlines())
    chosen.into.write_text(f"{before}{_MARKS[0]}\n```\n{story}\n```\n{_MARKS[1]}{after}", "utf-8")


if __name__ == "__main__":
    main()

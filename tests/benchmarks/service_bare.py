"""The alternative that `service_latency` names: bare Telethon, one handler, no storage.

Run by `service_latency` as a process of its own. A user account reads, a bot account sends, as placewatch
does; whatever is lost on the way stays lost, and a restart forgets everything. Imports nothing of ours, so
that its memory is Telethon's.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from telethon import TelegramClient, events
from telethon.crypto import rsa
from telethon.sessions import MemorySession


def client(told: dict[str, Any]) -> TelegramClient:
    session = MemorySession()
    session.set_dc(told["dc_id"], told["host"], told["port"])
    return TelegramClient(session, told["api_id"], told["api_hash"])


async def main(told: dict[str, Any]) -> None:
    reader, bot = client(told), client(told)
    await bot.start(bot_token=told["token"])
    chat = await bot.get_input_entity(told["chat"])

    async def on_post(event: Any) -> None:
        if told["word"] in event.raw_text:
            await bot.send_message(chat, event.raw_text, link_preview=False)

    reader.add_event_handler(on_post, events.NewMessage(incoming=True))
    await reader.start(phone=told["phone"], code_callback=lambda: str(told["code"]))
    print("ready", file=sys.stderr, flush=True)
    await reader.run_until_disconnected()


if __name__ == "__main__":
    given: dict[str, Any] = json.loads(sys.argv[1])
    rsa.add_key(Path(given["key"]).read_text(), old=False)
    asyncio.run(main(given))

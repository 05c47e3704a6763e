"""A small Telegram server on loopback, for tests with real Telethon clients and without Telegram.

It speaks MTProto (the real key exchange, encryption, containers, gzip), keeps a world of accounts and chats
in memory with honest `pts`, pushes updates, answers the requests that a channel monitor and its bot make, and
fails on demand. It is built on Telethon's own TL classes, so it always speaks the installed layer.

    async with TelegramServer() as server:
        reader = server.add_user("Reader", phone="+380500000001", code="12345", password=None)
        bot = server.add_bot("placewatch_bot", token="1:TEST")
        olena = server.add_user("Olena", phone="+380500000002")
        channel = server.add_channel("dpr_head", title="Head of DPR", members=[reader])
        team = server.add_supergroup("Team", members=[bot, olena], admins=[olena])

        async with signed_in(server, reader) as client:          # or point any client at it, see below
            post = channel.post("text", reply_to=None, forward_from=(other, 7), push=True)
            channel.edit(post, "new text")
            channel.react(post)                                  # an edit that changes nothing
            channel.delete(post)
            channel.post_album(["caption", ""])
            channel.post("", media=server.add_photo(b"...", dc_id=4))  # with bytes; `server.expire_references()`
            team.say(olena, "/watch Покровськ")                  # a bot in privacy mode is told of commands,
            team.say(olena, "good morning")                      # mentions and replies to it, not of this
            await eventually(lambda: team.messages)              # what everybody sees now
            press = team.press(olena, message_id, b"yes")        # the bot gets a callback query
            answer = await press.answered()

Point a client at it with `session.set_dc(server.dc_id, server.host, server.port)` and
`telethon.crypto.rsa.add_key(server.key_path.read_text(), old=False)`; `server.api_id` and `server.api_hash`
are the only application it knows.

`server.online(account)` says whether a session of an account is connected and listens to updates. What
happened is in `server.requests` (see `count`, `asked`), `chat.sends`, `chat.messages`,
`chat.history_of(id)`, `bot.commands`. `server.complaints` should stay empty: it names requests that nobody
answers yet (they get `400 UNHANDLED_...`), and bugs.

Trouble, of one request: `server.fault(functions.messages.SendMessageRequest, FloodWait(30), times=1)`, or `RpcFault`,
`DropBeforeExecution`, `DropAfterExecution`, `ErrorAfterExecution`, `Silence`, `Delay`,
`TransportError`. Of the whole server:
`freeze`/`thaw`, `refuse`/`accept`, `drop_all`, `stop`/`start`, `forget_keys`, `clock_offset`,
`mute_updates`, `duplicate_updates`, `too_long_after`. Of an account: `revoke`, `ban`, `duplicate_key`,
`too_long`. Of a chat: `too_long`, `skip_ids`, `locked`, `anonymous`, `counted`, `remove`/`add`, `migrate`, `push=False` and later
`push(id)`.

Known limits: message ids of basic groups and private chats come from one sequence for all accounts; salts are
not checked; media carries bytes only where `server.add_photo` or `add_document` made it; a bot reads its own pts of a supergroup, in which what privacy mode hides
leaves no hole; unread counts are always 0.
"""

from . import media
from .accounts import Account
from .buttons import Press
from .chats import Chat, Send
from .client import eventually, sign_in, signed_in, telethon_client
from .errors import Refused
from .faults import (
    Delay,
    DropAfterExecution,
    DropBeforeExecution,
    Effect,
    ErrorAfterExecution,
    Fault,
    FloodWait,
    RpcFault,
    Silence,
    TransportError,
)
from .rooms import Channel, Group, PrivateChat, Supergroup
from .server import Request, TelegramServer

__all__ = [
    "Account",
    "Channel",
    "Chat",
    "Delay",
    "DropAfterExecution",
    "DropBeforeExecution",
    "Effect",
    "ErrorAfterExecution",
    "Fault",
    "FloodWait",
    "Group",
    "Press",
    "PrivateChat",
    "Refused",
    "Request",
    "RpcFault",
    "Send",
    "Silence",
    "Supergroup",
    "TelegramServer",
    "TransportError",
    "eventually",
    "media",
    "sign_in",
    "signed_in",
    "telethon_client",
]

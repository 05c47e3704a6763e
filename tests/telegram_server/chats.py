"""What every conversation has: members, messages with all their versions, and somebody to tell."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from telethon.tl import TLObject, types

from . import media as kinds
from .accounts import Account, Box, Event

if TYPE_CHECKING:
    from .buttons import Press
    from .connection import Connection
    from .server import TelegramServer

Message = types.Message | types.MessageService


@dataclass(frozen=True)
class Send:
    """An accepted messages.sendMessage: when, by whom, what was asked, and the message it became."""

    time: float
    account: Account
    request: TLObject
    message_id: int


class Chat:
    """A conversation. Subclasses say who has which peer for it, and whose pts its events count."""

    def __init__(
        self, server: TelegramServer, chat_id: int, title: str, members: Iterable[Account] = ()
    ) -> None:
        self.server = server
        self.id = chat_id
        self.title = title
        self.created = server.date()
        self.members: list[Account] = []
        self.admins: list[Account] = []
        self.sends: list[Send] = []
        self.presses: list[Press] = []
        self._versions: dict[int, list[Message]] = {}
        self.locked = False  # nobody but admins may write: CHAT_WRITE_FORBIDDEN
        self.random_ids: dict[tuple[int, int], int] = {}  # (account id, random_id) -> message id
        self._deleted: set[int] = set()
        for member in members:
            self.admit(member)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.id} {self.title}>"

    # What a subclass answers.

    def peer_for(self, viewer: Account) -> types.PeerUser | types.PeerChat | types.PeerChannel:
        raise NotImplementedError

    def as_seen_by(self, viewer: Account) -> TLObject | None:
        """The chat's own TL object, or None for a private conversation."""
        raise NotImplementedError

    def boxes(self) -> Iterator[tuple[Box, list[Account]]]:
        """The boxes that count this chat's events, each with the accounts that read it."""
        raise NotImplementedError

    def next_id(self) -> int:
        raise NotImplementedError

    def update(self, event: Event, viewer: Account) -> TLObject:
        """The update that tells one account of one event."""
        if event.kind == "delete":
            return types.UpdateDeleteMessages(list(event.ids), event.pts, event.count)
        kind = types.UpdateNewMessage if event.kind == "new" else types.UpdateEditMessage
        return kind(self.seen_by(viewer, event.message), event.pts, event.count)

    # Reading.

    @property
    def messages(self) -> list[types.Message]:
        """What a member sees now, oldest first: edits applied, deletions gone, no service messages."""
        return [message for message in self.everything if isinstance(message, types.Message)]

    @property
    def everything(self) -> list[Message]:
        """Like `messages`, service messages included."""
        return [versions[-1] for key, versions in sorted(self._versions.items()) if key not in self._deleted]

    def message(self, message_id: int) -> Message | None:
        """The present version of a message; None when it was deleted or never there."""
        versions = self._versions.get(message_id)
        return versions[-1] if versions and message_id not in self._deleted else None

    def history_of(self, message_id: int) -> list[Message]:
        """All versions of a message, the first one first, even when it is deleted by now."""
        return list(self._versions.get(message_id, ()))

    def visible_to(self, viewer: Account, message: Message) -> bool:
        """Whether an account is told of a message: a bot in privacy mode isn't told of most."""
        if not viewer.bot or not viewer.privacy or viewer in self.admins:
            return True
        if isinstance(message, types.MessageService):
            return True
        author = self.author_of(message)
        return author is viewer or (not (author and author.bot) and self._meant_for(viewer, message))

    def author_of(self, message: Message) -> Account | None:
        peer = message.from_id
        return self.server.accounts.get(peer.user_id) if isinstance(peer, types.PeerUser) else None

    def seen_by(self, viewer: Account, message: Message) -> Message:
        """A message as it goes to one account: its own peer, and whether it is its own."""
        seen = copy.copy(message)
        seen.peer_id = self.peer_for(viewer)
        seen.out = self.author_of(message) is viewer
        return seen

    # What happens.

    def admit(self, account: Account) -> None:
        """Make a member, without telling anybody."""
        if account not in self.members:
            self.members.append(account)
            account.chats.append(self)

    def say(self, author: Account, text: str, **fields: Any) -> types.Message:
        """A member writes; everybody who may know is told. Fields as in `compose`."""
        return self.publish(self.compose(text, author=author, **fields))

    def publish(self, message: Message, *, push: bool = True, skip: Connection | None = None) -> Message:
        """Put a composed message into the history."""
        self._versions[message.id] = [message]
        self._record("new", (message.id,), message, push=push, skip=skip)
        return message

    def compose(
        self,
        text: str = "",
        *,
        author: Account | None = None,
        at: datetime | None = None,
        forward_from: tuple[Chat, int] | Account | str | None = None,
        reply_to: int | None = None,
        topic: int | None = None,
        poll: tuple[str, list[str]] | None = None,
        **fields: Any,
    ) -> types.Message:
        """Make a message with the next id. `fields` are any of `types.Message`, by their TL names."""
        if poll:
            fields["media"] = kinds.poll(*poll)
        if reply_to or topic:
            fields["reply_to"] = types.MessageReplyHeader(
                reply_to_msg_id=reply_to or topic,
                reply_to_top_id=topic if reply_to else None,
                forum_topic=bool(topic),
            )
        date = at or self.server.date()
        if forward_from:
            fields["fwd_from"] = _forward_header(forward_from, date)
        if author:
            fields["from_id"] = types.PeerUser(author.id)
        return types.Message(id=self.next_id(), peer_id=None, date=date, message=text, **fields)

    def service(
        self, action: TLObject, author: Account | None = None, *, push: bool = True
    ) -> types.MessageService:
        """A service message ("joined", "pinned" ...); it takes an id like any other."""
        sender = types.PeerUser(author.id) if author else None
        message = types.MessageService(
            id=self.next_id(), peer_id=None, date=self.server.date(), action=action, from_id=sender
        )
        return self.publish(message, push=push)

    def edit(
        self,
        message_id: int,
        text: str | None = None,
        *,
        push: bool = True,
        at: datetime | None = None,
        skip: Connection | None = None,
        **fields: Any,
    ) -> Message:
        """Change a message; everything that isn't given stays."""
        changed = copy.copy(self._versions[message_id][-1])
        if text is not None:
            changed.message = text
        changed.edit_date = at or self.server.date()
        for name, value in fields.items():
            setattr(changed, name, value)
        self._versions[message_id].append(changed)
        self._record("edit", (message_id,), changed, push=push, skip=skip)
        return changed

    def react(self, message_id: int, emoji: str = "👍", count: int = 1, *, push: bool = True) -> Message:
        """Somebody reacts: that arrives as an edit (`edit_hide`) which changes nothing else."""
        results = [types.ReactionCount(types.ReactionEmoji(emoji), count)]
        return self.edit(message_id, push=push, edit_hide=True, reactions=types.MessageReactions(results))

    def delete(self, *message_ids: int, push: bool = True, skip: Connection | None = None) -> None:
        """Remove messages for everybody."""
        gone = tuple(key for key in message_ids if self.message(key))
        self._deleted.update(gone)
        if gone:
            self._record("delete", gone, None, push=push, skip=skip)

    def press(self, member: Account, message_id: int, data: bytes) -> Press:
        """A member presses a button of a bot's message. ValueError when there is no such button."""
        return self.server.press(self, member, message_id, data)

    def push(self, message_id: int) -> None:
        """Push late what was kept back with `push=False`: the newest event about the message."""
        for box, accounts in self.boxes():
            event = next((e for e in reversed(box.events) if e.chat is self and message_id in e.ids), None)
            if event:
                self.server.tell(accounts, event)

    def _record(
        self,
        kind: str,
        ids: tuple[int, ...],
        message: Message | None,
        *,
        push: bool,
        skip: Connection | None,
    ) -> None:
        for box, accounts in self.boxes():
            told = [account for account in accounts if message is None or self.visible_to(account, message)]
            if told or not accounts:
                event = box.record(kind, self, ids, message, self.server.now())
                if push:
                    self.server.tell(told, event, skip=skip)

    def _meant_for(self, bot: Account, message: types.Message) -> bool:
        text, name = message.message or "", f"@{bot.username}".lower()
        header = message.reply_to
        if header and header.reply_to_msg_id:
            original = self._versions.get(header.reply_to_msg_id)
            if original and self.author_of(original[0]) is bot:
                return True
        if name in text.lower():
            return True
        # A command that names no bot goes to the one that spoke last, or to all while none has.
        if not text.startswith("/") or "@" in text.split()[0]:
            return False
        speakers = [a for m in self.messages if (a := self.author_of(m)) and a.bot]
        return not speakers or speakers[-1] is bot


def _forward_header(origin: tuple[Chat, int] | Account | str, date: datetime) -> types.MessageFwdHeader:
    if isinstance(origin, str):
        return types.MessageFwdHeader(date, from_name=origin)
    if isinstance(origin, Account):
        return types.MessageFwdHeader(date, from_id=types.PeerUser(origin.id))
    chat, message_id = origin
    versions = chat.history_of(message_id)
    then = versions[0].date if versions else datetime.fromtimestamp(0, UTC)
    return types.MessageFwdHeader(then, from_id=types.PeerChannel(chat.id), channel_post=message_id)

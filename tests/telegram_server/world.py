"""Everybody and everything that the server knows of, and how a test adds to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import count

from telethon.tl import types

from . import media as kinds
from .accounts import Account
from .buttons import Press, has_button
from .chats import Chat
from .files import StoredFile
from .rooms import Channel, ChannelChat, Group, PrivateChat, Supergroup


class World:
    """Accounts and chats. The `add_...` methods are the way in."""

    def __init__(self) -> None:
        self.accounts: dict[int, Account] = {}
        self.chats: dict[int, Chat] = {}  # all but private ones, by bare id
        self.presses: dict[int, Press] = {}
        self.uploads: dict[int, dict[int, bytes]] = {}  # file id -> part number -> bytes
        self.files: dict[int, StoredFile] = {}  # of posts, by file id
        self.exported: dict[int, tuple[bytes, Account, int]] = {}  # id -> (proof, account, data centre)
        self.other_dcs = (4,)  # data centres with files of their own, at the same address
        self._private: dict[frozenset[int], PrivateChat] = {}
        self._numbers = count(1_000_001)
        self._account_messages = count(1)

    def now(self) -> float:
        raise NotImplementedError

    def date(self) -> datetime:
        raise NotImplementedError

    def number(self) -> int:
        """A number that was never given before."""
        return next(self._numbers)

    def next_account_message_id(self) -> int:
        return next(self._account_messages)

    def add_user(
        self,
        name: str,
        *,
        phone: str | None = None,
        code: str = "12345",
        password: str | None = None,
        username: str | None = None,
        user_id: int | None = None,
    ) -> Account:
        """A person. Signs in with phone and code, and with the password when there is one (2FA)."""
        account = Account(
            user_id or 5_000_000_000 + self.number(),
            name,
            username=username,
            phone=phone.lstrip("+") if phone else None,
            code=code,
            password=password,
        )
        return self._keep(account)

    def add_bot(self, username: str, *, token: str, privacy: bool = True, name: str | None = None) -> Account:
        """A bot; the number before the token's colon is its id. Not in privacy mode: it sees everything."""
        bot_id = int(token.partition(":")[0])
        return self._keep(Account(bot_id, name or username, username=username, token=token, privacy=privacy))

    def add_channel(
        self,
        username: str | None,
        *,
        title: str | None = None,
        members: Iterable[Account] = (),
        admins: Iterable[Account] = (),
        private: bool = False,
        channel_id: int | None = None,
    ) -> Channel:
        """A broadcast channel; `private=True`: only members may look (CHANNEL_PRIVATE)."""
        channel = Channel(
            self,  # type: ignore[arg-type]  # the server is the only World
            channel_id or 1_500_000_000 + self.number(),
            title or username or "Channel",
            members,
            username=None if private else username,
            private=private,
            admins=admins,
        )
        self.chats[channel.id] = channel
        return channel

    def add_supergroup(
        self,
        title: str,
        *,
        members: Iterable[Account] = (),
        admins: Iterable[Account] = (),
        username: str | None = None,
        forum: bool = False,
        channel_id: int | None = None,
    ) -> Supergroup:
        """A large group: message ids and pts are its own."""
        group = Supergroup(
            self,  # type: ignore[arg-type]  # the server is the only World
            channel_id or 1_700_000_000 + self.number(),
            title,
            members,
            username=username,
            private=username is None,
            forum=forum,
            admins=admins,
        )
        self.chats[group.id] = group
        return group

    def add_group(
        self, title: str, *, members: Iterable[Account] = (), admins: Iterable[Account] = ()
    ) -> Group:
        """A basic group: its messages count in each member's own pts."""
        group = Group(self, 4_000_000 + self.number(), title, members)  # type: ignore[arg-type]
        group.admins = list(admins)
        self.chats[group.id] = group
        return group

    def private_chat(self, one: Account, other: Account) -> PrivateChat:
        """The conversation of two accounts, made when it is first asked for."""
        key = frozenset((one.id, other.id))
        if key not in self._private:
            self._private[key] = PrivateChat(self, 0, other.name, (one, other))  # type: ignore[arg-type]
        return self._private[key]

    def named(self, username: str) -> Account | ChannelChat | None:
        """Who has a username now."""
        wanted = username.lower()
        for holder in (*self.accounts.values(), *self.chats.values()):
            if (getattr(holder, "username", None) or "").lower() == wanted:
                return holder  # type: ignore[return-value]
        return None

    def add_photo(self, data: bytes, *, dc_id: int = 2) -> types.MessageMediaPhoto:
        """A photo with bytes, for `media=` of a post."""
        file = self._store(data, dc_id)
        sizes = [types.PhotoSize("m", 320, 240, 10), types.PhotoSize("x", 800, 600, len(data))]
        photo = types.Photo(file.id, 1, file.reference, kinds.EPOCH, sizes, dc_id)
        return types.MessageMediaPhoto(photo=photo)

    def add_document(
        self, data: bytes, name: str = "report.pdf", mime_type: str = "application/pdf", *, dc_id: int = 2
    ) -> types.MessageMediaDocument:
        """A file with bytes, for `media=` of a post."""
        file = self._store(data, dc_id)
        document = types.Document(
            file.id,
            1,
            file.reference,
            kinds.EPOCH,
            mime_type,
            size=len(data),
            dc_id=dc_id,
            attributes=[types.DocumentAttributeFilename(name)],
        )
        return types.MessageMediaDocument(document=document)

    def expire_references(self) -> None:
        """Addresses of files that were given out hold no more; messages that are asked for have new ones."""
        for file in self.files.values():
            file.age += 1

    def _store(self, data: bytes, dc_id: int) -> StoredFile:
        file = StoredFile(self.number(), data, dc_id)
        self.files[file.id] = file
        return file

    def file_of(self, message: types.Message) -> bytes:
        """The bytes of a document that somebody uploaded and sent."""
        parts = self.uploads[message.media.document.id]
        return b"".join(parts[number] for number in sorted(parts))

    def press(self, chat: Chat, member: Account, message_id: int, data: bytes) -> Press:
        """Somebody presses a button of a bot's message."""
        message = chat.message(message_id)
        if message is None or not has_button(getattr(message, "reply_markup", None), data):
            raise ValueError(f"message {message_id} has no button with {data!r}")
        bot = chat.author_of(message)
        assert bot is not None
        press = Press(self.number(), bot, member, message_id, data)
        self.presses[press.query_id] = press
        chat.presses.append(press)
        return press

    def _keep(self, account: Account) -> Account:
        if account.id in self.accounts:
            raise ValueError(f"account {account.id} exists already")
        self.accounts[account.id] = account
        return account

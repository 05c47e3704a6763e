"""Users and bots, what each of them has been told (pts), and the auth keys that speak for them."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from telethon.crypto import AuthKey
from telethon.tl import TLObject, types

from .errors import Refused

if TYPE_CHECKING:
    from .chats import Chat


@dataclass(frozen=True)
class Event:
    """One thing that happened in a box; `pts` is the state after it."""

    pts: int
    count: int
    kind: str  # "new", "edit" or "delete"
    chat: Chat
    ids: tuple[int, ...]
    message: types.Message | types.MessageService | None
    time: float


@dataclass(repr=False)
class Box:
    """An event sequence with its own pts: an account has one, and so has every channel."""

    pts: int = 1
    events: list[Event] = field(default_factory=list)

    def record(
        self, kind: str, chat: Chat, ids: tuple[int, ...], message: types.Message | None, time: float
    ) -> Event:
        self.pts += len(ids)
        event = Event(self.pts, len(ids), kind, chat, ids, message, time)
        self.events.append(event)
        return event

    def since(self, pts: int) -> list[Event]:
        """What a client that stands at `pts` has not been told yet, oldest first."""
        return [event for event in self.events if event.pts > pts]


@dataclass(eq=False, repr=False)
class Account:
    """A user or a bot. Made by `TelegramServer.add_user` and `add_bot`."""

    id: int
    name: str
    username: str | None = None
    phone: str | None = None
    code: str = ""
    password: str | None = None
    token: str | None = None
    box: Box = field(default_factory=Box)
    chats: list[Chat] = field(default_factory=list)
    too_long: bool = False  # getDifference answers DifferenceTooLong, once
    privacy: bool = True  # of a bot: sees commands, mentions and replies only
    # What a bot is told of memberships, with a count of its own: update number n is [n - 1].
    qts_updates: list[TLObject] = field(default_factory=list)
    # Bot commands by (scope, language), as set by bots.setBotCommands.
    commands: dict[tuple[str, str], list[types.BotCommand]] = field(default_factory=dict)
    authorizations: list[Authorization] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<Account {self.id} {self.name}>"

    @property
    def bot(self) -> bool:
        return self.token is not None

    @property
    def qts(self) -> int:
        return len(self.qts_updates)

    def refuse(self, code: int, text: str) -> None:
        """From now on, every request of the account's sessions is refused; nothing is pushed to them.

        After a 401 the same key may sign in again; a 406 (AUTH_KEY_DUPLICATED) refuses even that.
        """
        for authorization in self.authorizations:
            authorization.refusal = Refused(code, text)

    def restore(self) -> None:
        """Take a refusal back, as if it had never been."""
        for authorization in self.authorizations:
            authorization.refusal = None

    def revoke(self, text: str = "SESSION_REVOKED") -> None:
        """The operator ended the sessions: 401 SESSION_REVOKED (or AUTH_KEY_UNREGISTERED)."""
        self.refuse(401, text)

    def ban(self) -> None:
        """Telegram deleted the account for breaking the rules: 401 USER_DEACTIVATED_BAN."""
        self.refuse(401, "USER_DEACTIVATED_BAN")

    def duplicate_key(self) -> None:
        """The session file was used from two places at once: 406 AUTH_KEY_DUPLICATED for ever."""
        self.refuse(406, "AUTH_KEY_DUPLICATED")

    def hash_of(self, other_id: int) -> int:
        """The access hash by which this account, and no other, may name a user or a channel."""
        digest = sha256(f"{self.id}:{other_id}".encode()).digest()
        return int.from_bytes(digest[:8], "little", signed=True)

    def as_seen_by(self, viewer: Account) -> types.User:
        mine = viewer is self
        return types.User(
            id=self.id,
            is_self=mine,
            access_hash=viewer.hash_of(self.id),
            first_name=self.name,
            username=self.username,
            phone=self.phone if mine else None,
            bot=self.bot,
            bot_chat_history=self.bot and not self.privacy,
            bot_info_version=1 if self.bot else None,
        )


@dataclass(eq=False, repr=False)
class Authorization:
    """An auth key, and the account that it is signed in to, kept while the server object lives."""

    key: AuthKey
    account: Account | None = None
    pending: Account | None = None  # a code was right, the password is still owed
    refusal: Refused | None = None
    dc_id: int | None = None  # made for files of another data centre: no updates go there
    srp: tuple[int, int, int] | None = None  # (id, private b, public B) of the password check under way

    def sign_in(self, account: Account) -> None:
        self.sign_out()
        self.account = account
        account.authorizations.append(self)

    def sign_out(self) -> None:
        if self.account:
            self.account.authorizations.remove(self)
        self.account = self.pending = self.refusal = None

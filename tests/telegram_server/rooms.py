"""The four kinds of conversation: broadcast channel, supergroup, basic group, private."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from telethon.tl import TLObject, types

from . import media as kinds
from .accounts import Account, Box, Event
from .chats import Chat

if TYPE_CHECKING:
    from .server import TelegramServer

ADMIN_RIGHTS = types.ChatAdminRights(
    change_info=True, post_messages=True, edit_messages=True, delete_messages=True, ban_users=True, other=True
)
ANONYMOUS_RIGHTS = types.ChatAdminRights(
    change_info=True, edit_messages=True, delete_messages=True, ban_users=True, anonymous=True
)
NO_RIGHTS = types.ChatBannedRights(until_date=None, view_messages=True)


class ChannelChat(Chat):
    """What broadcast channels and supergroups share: one id space and one pts for everybody.

    Bots read a box of their own, so that what privacy mode hides from them leaves no holes in pts.
    """

    broadcast = False

    def __init__(
        self,
        server: TelegramServer,
        chat_id: int,
        title: str,
        members: Iterable[Account] = (),
        *,
        username: str | None = None,
        private: bool = False,
        forum: bool = False,
        admins: Iterable[Account] = (),
    ) -> None:
        self.username = username
        self.private = private  # only members may even look
        self.forum = forum
        self.noforwards = False
        self.counted = True  # whether the number of members is told unasked
        self.closed_topics: set[int] = set()  # nobody but admins may write there: TOPIC_CLOSED
        self.too_long = False  # getChannelDifference answers TooLong, once
        self.box = Box()
        self.expelled: list[Account] = []
        self.anonymous: list[Account] = []  # administrators who write as the group
        self._bot_boxes: dict[int, Box] = {}
        self._last_id = 0
        super().__init__(server, chat_id, title, members)
        self.admins = list(admins)

    def box_of(self, viewer: Account) -> Box:
        return self._bot_boxes.setdefault(viewer.id, Box()) if viewer.bot else self.box

    def boxes(self) -> Iterator[tuple[Box, list[Account]]]:
        yield self.box, [member for member in self.members if not member.bot]
        for member in self.members:
            if member.bot:
                yield self.box_of(member), [member]

    def next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def skip_ids(self, count: int) -> None:
        """Leave a hole in the ids, as posts that were deleted before anybody looked do."""
        self._last_id += count

    def peer_for(self, viewer: Account) -> types.PeerChannel:
        return types.PeerChannel(self.id)

    def readable_by(self, viewer: Account) -> bool:
        if viewer in self.members:
            return True
        return not self.private and viewer not in self.expelled and not viewer.bot

    def update(self, event: Event, viewer: Account) -> TLObject:
        if event.kind == "delete":
            return types.UpdateDeleteChannelMessages(self.id, list(event.ids), event.pts, event.count)
        kind = types.UpdateNewChannelMessage if event.kind == "new" else types.UpdateEditChannelMessage
        return kind(self.seen_by(viewer, event.message), event.pts, event.count)

    def as_seen_by(self, viewer: Account) -> TLObject:
        access_hash = viewer.hash_of(self.id)
        if not self.readable_by(viewer):
            return types.ChannelForbidden(
                self.id, access_hash, self.title, broadcast=self.broadcast, megagroup=not self.broadcast
            )
        return types.Channel(
            id=self.id,
            title=self.title,
            photo=types.ChatPhotoEmpty(),
            date=self.created,
            access_hash=access_hash,
            username=self.username,
            broadcast=self.broadcast,
            megagroup=not self.broadcast,
            forum=self.forum,
            noforwards=self.noforwards,
            left=viewer not in self.members,
            admin_rights=ADMIN_RIGHTS if viewer in self.admins else None,
            participants_count=len(self.members) if self.counted else None,
        )

    def participant(self, account: Account) -> TLObject | None:
        """What getParticipant says of a member; None of anybody else."""
        if account not in self.members:
            return None
        if account in self.admins:
            rights = ANONYMOUS_RIGHTS if account in self.anonymous else ADMIN_RIGHTS
            return types.ChannelParticipantAdmin(account.id, account.id, self.created, rights)
        return types.ChannelParticipant(account.id, self.created)

    def add(self, account: Account, actor: Account | None = None) -> None:
        """Somebody brings an account in; it is told, and so is the group."""
        before = self.participant(account)
        self.admit(account)
        if account in self.expelled:
            self.expelled.remove(account)
        self.server.tell_membership(self, account, actor or account, before, self.participant(account))
        if not self.broadcast:
            self.service(types.MessageActionChatAddUser([account.id]), actor or account)

    def remove(self, account: Account, actor: Account | None = None) -> None:
        """Somebody throws an account out; from now on it gets CHANNEL_PRIVATE."""
        before = self.participant(account)
        self.members.remove(account)
        account.chats.remove(self)
        self.admins = [admin for admin in self.admins if admin is not account]
        self.expelled.append(account)
        after = types.ChannelParticipantBanned(
            types.PeerUser(account.id), (actor or account).id, self.server.date(), NO_RIGHTS, left=True
        )
        self.server.tell_membership(self, account, actor or account, before, after)
        if not self.broadcast:
            self.service(types.MessageActionChatDeleteUser(account.id), actor or account)


class Channel(ChannelChat):
    """A broadcast channel. Made by `TelegramServer.add_channel`."""

    broadcast = True

    def post(self, text: str = "", *, push: bool = True, **fields: Any) -> int:
        """Publish a post and give its id. Fields as in `Chat.compose`; `push=False`: nobody is told."""
        message = self.compose(text, **{"post": True, "views": 1, "forwards": 0, **fields})
        self.publish(message, push=push)
        return int(message.id)

    def post_album(self, captions: list[str], *, push: bool = True, **fields: Any) -> list[int]:
        """Photos that belong together: one message each, one `grouped_id`."""
        grouped = fields.pop("grouped_id", None) or self.server.number()
        return [
            self.post(text, push=push, **{"media": kinds.photo(), "grouped_id": grouped, **fields})
            for text in captions
        ]

    def post_unknown(self, *, push: bool = True) -> int:
        """Publish a post of a constructor that the client's layer does not have."""
        message = kinds.UnknownMessage(id=self.next_id(), peer_id=None, date=self.server.date(), message="")
        self.publish(message, push=push)
        return int(message.id)


class Supergroup(ChannelChat):
    """A large group. Made by `TelegramServer.add_supergroup`, or by `Group.migrate`."""

    def add_topic(self, title: str, author: Account | None = None) -> int:
        """Open a forum topic; its id is that of its first, service message."""
        return int(self.service(types.MessageActionTopicCreate(title, icon_color=0), author).id)


class AccountChat(Chat):
    """What basic groups and private chats share: events count in every member's own pts.

    Ids come from one sequence for all accounts: on Telegram each account has a sequence of its own.
    """

    def boxes(self) -> Iterator[tuple[Box, list[Account]]]:
        for member in self.members:
            yield member.box, [member]

    def next_id(self) -> int:
        return self.server.next_account_message_id()


class PrivateChat(AccountChat):
    """A conversation of two."""

    def peer_for(self, viewer: Account) -> types.PeerUser:
        other = next((member for member in self.members if member is not viewer), viewer)
        return types.PeerUser(other.id)

    def as_seen_by(self, viewer: Account) -> None:
        return None

    def visible_to(self, viewer: Account, message: types.Message) -> bool:
        return True


class Group(AccountChat):
    """A basic group. Made by `TelegramServer.add_group`."""

    migrated_to: Supergroup | None = None

    def peer_for(self, viewer: Account) -> types.PeerChat:
        return types.PeerChat(self.id)

    def as_seen_by(self, viewer: Account) -> TLObject:
        if viewer not in self.members:
            return types.ChatForbidden(self.id, self.title)
        target = self.migrated_to
        return types.Chat(
            id=self.id,
            title=self.title,
            photo=types.ChatPhotoEmpty(),
            participants_count=len(self.members),
            date=self.created,
            version=1,
            deactivated=bool(target),
            migrated_to=types.InputChannel(target.id, viewer.hash_of(target.id)) if target else None,
            admin_rights=ADMIN_RIGHTS if viewer in self.admins else None,
        )

    def participant(self, account: Account) -> TLObject | None:
        if account not in self.members:
            return None
        kind = types.ChatParticipantAdmin if account in self.admins else types.ChatParticipant
        return kind(account.id, account.id, self.created)

    def add(self, account: Account, actor: Account | None = None) -> None:
        """Somebody brings an account in; it is told, and so is the group."""
        before = self.participant(account)
        self.admit(account)
        self.server.tell_membership(self, account, actor or account, before, self.participant(account))
        self.service(types.MessageActionChatAddUser([account.id]), actor or account)

    def remove(self, account: Account, actor: Account | None = None) -> None:
        """Somebody throws an account out; from now on it may not write."""
        before = self.participant(account)
        self.service(types.MessageActionChatDeleteUser(account.id), actor or account)
        self.members.remove(account)
        account.chats.remove(self)
        self.server.tell_membership(self, account, actor or account, before, None)

    def migrate(self) -> Supergroup:
        """Telegram turns the group into a supergroup: another id, and CHAT_ID_INVALID here from now on."""
        target = self.server.add_supergroup(self.title, members=self.members, admins=self.admins)
        self.service(types.MessageActionChatMigrateTo(target.id))
        self.migrated_to = target
        target.service(types.MessageActionChannelMigrateFrom(self.title, self.id))
        return target

"""The words that everybody speaks: frozen records, no behaviour beyond what follows from their fields.

Times are timezone-aware `datetime` in UTC. Offsets into text are Python string indices (code points),
except in `Entity`, which keeps Telegram's UTF-16 units as they came.
"""

from storage.records.account import Account
from storage.records.backfill import Backfill, BackfillState
from storage.records.channel import READER, Channel, ChannelState, Peer
from storage.records.digest import Digest, Heard, Hour, PlaceNews, Tally
from storage.records.gap import Gap
from storage.records.media import KeptFile, MediaState, PostFile
from storage.records.message import (
    Attachment,
    Button,
    Buttons,
    Chat,
    Message,
    Owed,
    OwedKind,
    Quiet,
    Waiting,
    Wanted,
)
from storage.records.place import Delivery, Mention, MentionKind, NameKind, Place, PlaceName, Rival, Watch
from storage.records.post import (
    Entity,
    Examination,
    Examined,
    Forward,
    Kept,
    Media,
    Post,
    PostKey,
    Progress,
    Revision,
    Source,
    subject_of,
)
from storage.records.proof import Break, BreakKind, EntryKind, Head, Proven
from storage.records.reading import Joining, Pass, Priority, Wish
from storage.records.review import Handling, Note
from storage.records.search import Order, Search
from storage.records.story import AlertSent, Joined, Member, Review, Situation, Told, Verdict

__all__ = [
    "READER",
    "Account",
    "AlertSent",
    "Attachment",
    "Backfill",
    "BackfillState",
    "Break",
    "BreakKind",
    "Button",
    "Buttons",
    "Channel",
    "ChannelState",
    "Chat",
    "Delivery",
    "Digest",
    "Entity",
    "EntryKind",
    "Examination",
    "Examined",
    "Forward",
    "Gap",
    "Handling",
    "Head",
    "Heard",
    "Hour",
    "Joined",
    "Joining",
    "Kept",
    "KeptFile",
    "Media",
    "MediaState",
    "Member",
    "Mention",
    "MentionKind",
    "Message",
    "NameKind",
    "Note",
    "Order",
    "Owed",
    "OwedKind",
    "Pass",
    "Peer",
    "Place",
    "PlaceName",
    "PlaceNews",
    "Post",
    "PostFile",
    "PostKey",
    "Priority",
    "Progress",
    "Proven",
    "Quiet",
    "Review",
    "Revision",
    "Rival",
    "Search",
    "Situation",
    "Source",
    "Tally",
    "Told",
    "Verdict",
    "Waiting",
    "Wanted",
    "Watch",
    "Wish",
    "subject_of",
]

"""The ledger: everything that was kept is entered in the order of keeping, and can't be changed unseen afterwards.

Each entry stands in the table `proof` and holds the hash of the one before it, so that whoever has noted a head
(the newest entry's number and hash) can show later that nothing up to it was changed, left out or put in between.
An entry is written in the transaction that keeps what it is about. It holds hashes only, so it survives the removal
of the post, and that removal is an entry of its own.

Form 1, for anybody who wants to verify without this program (tests/storage/test_proof_elsewhere.py does it in
30 lines). H(…) is the SHA-256 of a JSON array in UTF-8: no spaces, integers in decimal, null, and strings in which
only `"`, `\\` and the control characters below U+0020 are escaped, the latter as \\b \\t \\n \\f \\r or \\u00xx in lower
case (as in RFC 8785; in Python: `json.dumps(values, ensure_ascii=False, separators=(",", ":"))`). Hashes within an
array are lower-case hexadecimal. Times are Unix milliseconds, but `posted`, which is in seconds and stands in the
upper bits of the post's row id (id >> 20).

    said    = H("placewatch said 1", message_id, posted, rev, text)
    details = H("placewatch details 1", received_at, seen_at, edited_at, preview, entities, media, author,
                forward_telegram_id, forward_message_id, forward_name, forward_posted_at, reply_to, grouped_id,
                protected, source)
    mark    = H("placewatch deletion 1", deleted_at)
    hash    = H("placewatch entry 1", number, previous, kind, at, post_id, channel_id, telegram_id, username,
                message_id, rev, said, details)

All names are columns of `post`; `rev`, `seen_at`, `edited_at`, `text`, `preview`, `entities` and `media` of an older
revision stand in `revision` (`number` is its rev). `entities` and `media` are JSON and hashed as the text that is
stored. `said` and `details` are null where an entry has none: "deleted" and "adopted deletion" have the mark in
`details` and no `said`, "returned" and "pruned" have neither. `previous` of the first entry is 32 zero bytes.

An entry's content is what the archive holds for that post and rev, unless a later entry took its place: a "detail"
of the same rev with the same `said`, "fuller" of the same rev (the same words in another form: what a fuller source
shows of them), or "pruned". A negative rev is what a post said before it came to us. Not covered, because it says nothing about what was said: figures
of views, what was found in a text, `changed_at` and `examined`.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from json.encoder import encode_basestring as _quoted
from typing import Any, Final

from storage.records import EntryKind, Head, Proven
from storage.times import NUMBER_BITS, from_ms, to_ms

NOTHING: Final = bytes(32)  # what the first entry follows
ENTRY: Final = "number, kind, at, post_id, channel_id, telegram_id, username, message_id, rev, said, details, previous, hash"
# What is the same for all revisions of a post, and what each has of its own.
FRAME: Final = (
    "received_at", "author", "forward_telegram_id", "forward_message_id", "forward_name", "forward_posted_at",
    "reply_to", "grouped_id", "protected", "source",
)  # fmt: skip
WORDS: Final = ("seen_at", "edited_at", "text", "preview", "entities", "media")
_OF_POST: Final = ", ".join(f"p.{name}" for name in (*FRAME, *WORDS))
_KEY: Final = "p.id, p.channel_id, c.telegram_id, c.username, p.message_id, p.rev"
_CONTENT: Final = "('kept', 'revised', 'detail', 'fuller', 'adopted')"

_INSERT: Final = f"INSERT INTO proof({ENTRY}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Row = Sequence[Any]  # STRICT tables hold the types


def digest(*values: object) -> bytes:
    """The SHA-256 of texts, whole numbers and None in canonical form."""
    parts = [_quoted(v) if isinstance(v, str) else "null" if v is None else str(v) for v in values]
    return sha256(f"[{','.join(parts)}]".encode()).digest()


def content(post_id: int, message_id: int, rev: int, frame: Row, words: Row) -> tuple[bytes, bytes]:
    """`said` and `details` of one revision."""
    received_at, author, f_id, f_message, f_name, f_at, reply_to, grouped_id, protected, source = frame
    seen_at, edited_at, text, preview, entities, media = words
    # These and `entry_hash` are written out: with `digest`, half of the time goes by asking what each value is.
    said = f'["placewatch said 1",{message_id},{post_id >> NUMBER_BITS},{rev},{_quoted(text)}]'
    details = (
        f'["placewatch details 1",{received_at},{seen_at},{_number(edited_at)},{_quoted(preview)},{_quoted(entities)},'
        f"{_text(media)},{_text(author)},{_number(f_id)},{_number(f_message)},{_text(f_name)},{_number(f_at)},"
        f"{_number(reply_to)},{_number(grouped_id)},{protected},{_quoted(source)}]"
    )
    return sha256(said.encode()).digest(), sha256(details.encode()).digest()


def _number(value: int | None) -> int | str:
    return "null" if value is None else value


def _text(value: str | None) -> str:
    return "null" if value is None else _quoted(value)


def mark(deleted_at: int | None) -> bytes:
    """The `details` of a deletion."""
    return digest("placewatch deletion 1", deleted_at)


def entry_hash(entry: Row) -> bytes:
    """The hash of an entry, given in the order of `ENTRY`, by all that stands before it."""
    number, kind, at, post_id, channel_id, telegram_id, username, message_id, rev = entry[:9]
    said, details, previous = entry[9:12]
    return sha256(
        f'["placewatch entry 1",{number},"{previous.hex()}","{kind}",{at},{post_id},{channel_id},'
        f"{_number(telegram_id)},{_text(username)},{message_id},{rev},{_hex(said)},{_hex(details)}]".encode()
    ).digest()


def _hex(hashed: bytes | None) -> str:
    return "null" if hashed is None else f'"{hashed.hex()}"'


def kept(
    db: sqlite3.Connection,
    post_id: int,
    channel_id: int,
    message_id: int,
    frame: Row,
    words: Row,
    *,
    now: datetime,
) -> None:
    """Enter a post that was just kept, given as it was written in its row: `FRAME` and `WORDS` name the columns.

    Reading the row back would take as long as the entry itself.
    """
    # With what `_append` looks up: a statement of its own costs more than what it finds.
    telegram_id, username, number, previous = db.execute(
        "SELECT c.telegram_id, c.username, p.number, p.hash FROM channel c LEFT JOIN proof p "
        "ON p.number = (SELECT max(number) FROM proof) WHERE c.id = ?",
        (channel_id,),
    ).fetchone()
    key = (post_id, channel_id, telegram_id, username, message_id, 0)
    entry = (EntryKind.KEPT, to_ms(now), key, *content(post_id, message_id, 0, frame, words))
    _append(db, [entry], (number or 0, previous or NOTHING))


def revised(db: sqlite3.Connection, post_id: int, *, now: datetime) -> None:
    """Enter a post's new revision; the old one stands in `revision` as it was entered before."""
    key, frame, words = _post(db, post_id)
    _append(db, [(EntryKind.REVISED, to_ms(now), key, *content(post_id, key[4], key[5], frame, words))])


def earlier(db: sqlite3.Connection, post_id: int, rev: int, *, now: datetime) -> None:
    """Enter a revision from before the post came to us; its number is below that of all others."""
    key, frame, _ = _post(db, post_id)
    (words,) = (words for number, words in _older(db, post_id) if number == rev)
    _append(
        db, [(EntryKind.REVISED, to_ms(now), (*key[:5], rev), *content(post_id, key[4], rev, frame, words))]
    )


def enriched(db: sqlite3.Connection, post_id: int, *, now: datetime, fuller: bool = False) -> int:
    """Enter what is known better now about the same words, for each revision that it changes; how many those are.

    With `fuller` the words have another form now, such as other white space, as a fuller source gives them. Otherwise
    changed words are a revision: entered here they are found by `verify`, but never stop a post from being kept.
    """
    key, frame, present = _post(db, post_id)
    entered = {
        row[0]: row[1:]
        for row in db.execute(
            "SELECT rev, said, details, channel_id, telegram_id FROM proof "
            f"WHERE post_id = ? AND kind IN {_CONTENT} ORDER BY number",
            (post_id,),
        )
    }
    changed = 0
    for rev, words in [*_older(db, post_id), (key[5], present)]:
        said, details = content(post_id, key[4], rev, frame, words)
        before = entered.get(rev)
        if before != (said, details, *key[1:3]):
            reworded = fuller and before is not None and before[0] != said
            kind = EntryKind.FULLER if reworded else EntryKind.DETAIL
            _append(db, [(kind, to_ms(now), (*key[:5], rev), said, details)])
            changed += 1
    return changed


def deleted(db: sqlite3.Connection, post_id: int, *, now: datetime) -> None:
    """Enter the mark of deletion that the post's row bears now."""
    key, deleted_at = _marked(db, post_id)
    _append(db, [(EntryKind.DELETED, to_ms(now), key, None, mark(deleted_at))])


def returned(db: sqlite3.Connection, post_id: int, *, now: datetime) -> None:
    """Enter that a post which was marked as deleted is not."""
    key, _ = _marked(db, post_id)
    _append(db, [(EntryKind.RETURNED, to_ms(now), key, None, None)])


def pruned(db: sqlite3.Connection, post_ids: Iterable[int], *, now: datetime) -> None:
    """Enter that posts are removed; called in the transaction that removes their rows, before it does."""
    for post_id in post_ids:
        key, _ = _marked(db, post_id)
        _append(db, [(EntryKind.PRUNED, to_ms(now), key, None, None)])


def was_pruned(db: sqlite3.Connection, channel_id: int, message_id: int) -> bool:
    """Whether a post of that channel was removed."""
    found = db.execute(
        "SELECT 1 FROM proof WHERE kind = 'pruned' AND channel_id = ? AND message_id = ? LIMIT 1",
        (channel_id, message_id),
    )
    return found.fetchone() is not None


def head(db: sqlite3.Connection) -> Head | None:
    """The newest entry; None in a ledger without any."""
    row = db.execute("SELECT number, hash, at FROM proof ORDER BY number DESC LIMIT 1").fetchone()
    return None if row is None else Head(row[0], row[1].hex(), from_ms(row[2]))


def of_posts(db: sqlite3.Connection, post_ids: Iterable[int]) -> dict[int, Proven]:
    """Where each post stands in the ledger; posts that were never entered are left out."""
    newest = head(db)
    found: dict[int, Proven] = {}
    for post_id in post_ids if newest is not None else ():
        numbers: list[int] = []
        said: dict[int, bytes] = {}
        for number, kind, rev, of_entry in db.execute(
            "SELECT number, kind, rev, said FROM proof WHERE post_id = ? ORDER BY number", (post_id,)
        ):
            if kind == EntryKind.PRUNED:
                numbers, said = [], {}
                continue
            numbers.append(number)
            if of_entry is not None:
                said[rev] = of_entry
        if said and newest is not None:
            found[post_id] = Proven(tuple(numbers), said[max(said)].hex(), newest)
    return found


_Entering = tuple[EntryKind, int, Row, bytes | None, bytes | None]  # kind, at, key and rev, said, details


def _append(
    db: sqlite3.Connection, entries: Iterable[_Entering], after: tuple[int, bytes] | None = None
) -> None:
    if after is None:
        after = db.execute("SELECT number, hash FROM proof ORDER BY number DESC LIMIT 1").fetchone()
    number, previous = after or (0, NOTHING)
    for kind, at, key, said, details in entries:
        number += 1
        row = (number, kind, at, *key, said, details, previous)
        previous = entry_hash(row)
        db.execute(_INSERT, (*row, previous))


def _post(db: sqlite3.Connection, post_id: int) -> tuple[Row, Row, Row]:
    """A post's key, what all its revisions share, and what it says now."""
    row = db.execute(
        f"SELECT {_KEY}, {_OF_POST} FROM post p JOIN channel c ON c.id = p.channel_id WHERE p.id = ?",
        (post_id,),
    ).fetchone()
    return row[:6], row[6:16], row[16:]


def _older(db: sqlite3.Connection, post_id: int) -> list[tuple[int, Row]]:
    rows = db.execute(
        f"SELECT number, {', '.join(WORDS)} FROM revision WHERE post_id = ? ORDER BY number", (post_id,)
    )
    return [(row[0], row[1:]) for row in rows]


def _marked(db: sqlite3.Connection, post_id: int) -> tuple[Row, int | None]:
    row = db.execute(
        f"SELECT {_KEY}, p.deleted_at FROM post p JOIN channel c ON c.id = p.channel_id WHERE p.id = ?",
        (post_id,),
    ).fetchone()
    return row[:6], row[6]


def waiting(db: sqlite3.Connection) -> int:
    """How many posts from before the ledger are still to be entered."""
    return int(db.execute("SELECT count(*) FROM proof_waiting").fetchone()[0])


def adopt(db: sqlite3.Connection, limit: int, *, now: datetime) -> int:
    """Enter the next posts from before the ledger, oldest in the archive first; how many, 0 once all are.

    Nothing else may be entered before that. The caller commits.
    """
    found = db.execute(
        "SELECT number, post_id FROM proof_waiting ORDER BY number LIMIT ?", (limit,)
    ).fetchall()
    if found:
        at = to_ms(now)
        _append(db, (entry for _, post_id in found for entry in _found(db, post_id, at)))
        db.execute("DELETE FROM proof_waiting WHERE number <= ?", (found[-1][0],))
    return len(found)


def _found(db: sqlite3.Connection, post_id: int, at: int) -> Iterable[_Entering]:
    key, frame, present = _post(db, post_id)
    for rev, words in [*_older(db, post_id), (key[5], present)]:
        yield (
            EntryKind.ADOPTED,
            at,
            (*key[:5], rev),
            *content(post_id, key[4], rev, frame, words),
        )
    (deleted_at,) = db.execute("SELECT deleted_at FROM post WHERE id = ?", (post_id,)).fetchone()
    if deleted_at is not None:
        yield EntryKind.ADOPTED_DELETION, at, key, None, mark(deleted_at)

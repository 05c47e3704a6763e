"""What the ledger of everything kept says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EntryKind(StrEnum):
    """What happened to a post when an entry was made."""

    KEPT = "kept"
    REVISED = "revised"
    DETAIL = "detail"  # the same words, known better: a preview that loaded late, a fuller source
    FULLER = "fuller"  # the same words in the form of a fuller source
    DELETED = "deleted"  # a mark; the words stay
    RETURNED = "returned"  # seen alive after it was marked
    PRUNED = "pruned"  # its content was removed from the archive on purpose
    ADOPTED = "adopted"  # found in the archive when the ledger began
    ADOPTED_DELETION = "adopted deletion"  # the mark was found then


@dataclass(frozen=True, slots=True)
class Head:
    """The newest entry: who knows its hash knows everything before it."""

    number: int
    hash: str  # hexadecimal
    at: datetime  # when that entry was made

    def __str__(self) -> str:
        return f"{self.hash}@{self.number}"


@dataclass(frozen=True, slots=True)
class Proven:
    """Where a post stands in the ledger."""

    numbers: tuple[int, ...]  # its entries, since it was last pruned
    digest: str  # of what it says now, hexadecimal
    head: Head  # of the ledger when that was read


class BreakKind(StrEnum):
    """In which way a ledger and the archive do not fit."""

    MISSING = "entry missing"
    ORDER = "order changed"
    CHAIN = "hash chain broken"
    ENTRY = "entry changed"
    CONTENT = "content changed"
    POST = "post missing though not pruned"
    REVISION = "revision missing"
    UNPRUNED = "pruned, but still there"
    UNENTERED = "post without entry"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """The first place where they do not."""

    kind: BreakKind
    number: int | None  # of the entry; None where there is none
    post: str  # "t.me/name/7", as far as the entry or the archive still says it; "" where nothing does
    rev: int | None
    words: str  # for people: what differs

"""What an edit changed, word by word."""

from __future__ import annotations

import difflib
import re
from enum import StrEnum
from typing import Final, NamedTuple

COMPARED: Final = 2_000  # words of both versions together; longer ones take too long
_WORD: Final = re.compile(r"\S+\s*|\s+")


class Kind(StrEnum):
    """What became of some words."""

    KEPT = "kept"
    GONE = "gone"
    NEW = "new"


class Piece(NamedTuple):
    """Words in a row of which the same became, with the spaces after them."""

    kind: Kind
    words: tuple[str, ...]

    @property
    def text(self) -> str:
        """The words as they stand."""
        return "".join(self.words)


def differences(before: str, after: str) -> list[Piece] | None:
    """The words of two versions in their order, what is gone before what is new in its place; None where they are too long.

    What differs in spaces only counts as kept. Between two pieces there is a space always, as between words.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > COMPARED:
        return None
    pieces: list[Piece] = []
    bare_old, bare_new = [word.strip() for word in old], [word.strip() for word in new]
    for what, a, b, c, d in difflib.SequenceMatcher(None, bare_old, bare_new, autojunk=False).get_opcodes():
        if what == "equal":
            pieces.append(Piece(Kind.KEPT, tuple(new[c:d])))
            continue
        if b > a:
            pieces.append(Piece(Kind.GONE, tuple(old[a:b])))
        if d > c:
            pieces.append(Piece(Kind.NEW, tuple(new[c:d])))
    return [_spaced(piece) for piece in pieces[:-1]] + pieces[-1:]


def _spaced(piece: Piece) -> Piece:
    """Where a version ended, the other may go on."""
    *words, last = piece.words
    return piece if last[-1].isspace() else Piece(piece.kind, (*words, f"{last} "))

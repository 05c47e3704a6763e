"""What is remembered of a post in order to know its copies: a hash, bands to find it by, and its words."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b

from bot.alerts.stories.wording import NAME, wording

# STORAGE.md, "Near copies": 12 bands of 2 find 96% of copies with 8% of the words changed.
BANDS = 12
_FORMAT = 1  # of the packed bytes; a change of what words or bands are is a new one
_SEED = random.Random(12)  # noqa: S311 - fixed for ever: stored bands must stay comparable
_MASKS = [(_SEED.getrandbits(32), _SEED.getrandbits(32)) for _ in range(BANDS)]
_HEAD = struct.Struct(f"<B16s{BANDS}IHH")


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A text as copies are known by: equal `exact` is the same words; one equal band makes it worth comparing.

    `words` are in order and in plain letters, `marks` has a byte of `wording.START`, `NAME`, `MAYBE` for each.
    """

    exact: bytes  # 16
    bands: tuple[int, ...]  # BANDS numbers of 32 bits; none where there are no words
    words: tuple[str, ...]
    marks: bytes
    content: int  # words that say something: of four letters or more, numbers, names

    def to_bytes(self) -> bytes:
        """Pack into about 60% of the size of the text in UTF-8, for a BLOB."""
        said = zlib.compress(self.marks + " ".join(self.words).encode(), 1)
        return (
            _HEAD.pack(_FORMAT, self.exact, *(self.bands or (0,) * BANDS), len(self.words), self.content)
            + said
        )

    @classmethod
    def from_bytes(cls, packed: bytes) -> Fingerprint:
        """Read what `to_bytes` gave; ValueError where another version wrote it: take the fingerprint again."""
        if len(packed) < _HEAD.size or packed[0] != _FORMAT:
            raise ValueError("a fingerprint of another version: take it again from the text")
        _, exact, *bands, count, content = _HEAD.unpack_from(packed)
        said = zlib.decompress(packed[_HEAD.size :])
        words = tuple(said[count:].decode().split(" ")) if count else ()
        return cls(exact, tuple(bands) if count else (), words, said[:count], content)


_MOST = 4000  # words: Telegram's longest post has 4,096 characters, a rich one more


def fingerprint(text: str, places: Iterable[str] = (), signatures: Iterable[str] = ()) -> Fingerprint:
    """Take the fingerprint of a post's text; any string has one.

    `places` are the surfaces of its tracked mentions, which tell a place at a sentence's beginning from an
    ordinary word. `signatures` are what its channel puts under every post: title, label.
    """
    said = wording(text, places, signatures)
    words = said.words[:_MOST]
    exact = blake2b(" ".join(words).encode("utf-8", "replace"), digest_size=16).digest()
    marks = said.marks[:_MOST]
    content = sum(
        len(word) > 3 or mark & NAME > 0 or word.isdigit() for word, mark in zip(words, marks, strict=True)
    )
    return Fingerprint(exact, _bands(words), words, marks, content)


def _bands(words: tuple[str, ...]) -> tuple[int, ...]:
    """MinHash over pairs of neighbouring words; by xor with a mask, the smallest, two masks a band."""
    if not words:
        return ()
    pairs = zip(words, words[1:] or words, strict=False)
    hashes = {
        zlib.crc32(f"{one} {two}".encode("utf-8", "replace")) * 0x9E3779B1 & 0xFFFFFFFF for one, two in pairs
    }
    bands = []
    for number, (first, second) in enumerate(_MASKS):
        one = min([value ^ first for value in hashes]) ^ first
        two = min([value ^ second for value in hashes]) ^ second
        bands.append((one * 0x85EBCA6B + two * 0xC2B2AE35 + number * 0x27D4EB2F) & 0xFFFFFFFF)
    return tuple(bands)

"""A post as the matcher reads it, with every place in it traceable to the text as it was written.

Bytes of code page 1251 hold every letter of the three languages, one byte a character: lower-casing, folding
ё to е and turning punctuation into spaces is then one table look-up for the whole post, several times faster
than the same on `str`. Letters that the code page lacks become spaces.
"""

from __future__ import annotations

import re
import unicodedata
from typing import NamedTuple

APOSTROPHES = "'’‘`ʼ‛′ʹ´＇"
INVISIBLE = "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"

# Latin letters that look like Cyrillic ones, and the reverse.
_LATIN_LOOKS = "aAeEoOpPcCxXyYiIkKMHTBj"
_CYRILLIC_LOOKS = "аАеЕоОрРсСхХуУіІкКМНТВј"
TO_CYRILLIC = dict(zip(_LATIN_LOOKS, _CYRILLIC_LOOKS, strict=True)) | {"ï": "ї", "Ï": "Ї", "ë": "ё", "Ë": "Ё"}
TO_LATIN = {cyrillic: latin for latin, cyrillic in TO_CYRILLIC.items()}
_FLAT = {"ł": "l", "Ł": "L", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ı": "i", "æ": "ae", "ß": "ss"}


def _lower() -> bytes:
    lower = bytearray()
    for code in range(256):
        letter = bytes([code]).decode("cp1251", "replace").lower()
        letter = {"ё": "е", "ґ": "г"}.get(letter, letter)
        if letter in APOSTROPHES:
            letter = "'"
        elif not letter.isalnum():
            letter = " "
        lower += letter.encode("cp1251", "replace")
    return bytes(lower)


LOWER = _lower()
_SCRIPT = bytes(
    ord("L" if chr(code).isascii() else "C") if letter.isalpha() else 32
    for code in range(256)
    for letter in [bytes([code]).decode("cp1251", "replace")]
)
_RUNS = bytes(
    ord("D" if letter.isdecimal() else "C") if letter.isalnum() else 32
    for code in range(256)
    for letter in [bytes([code]).decode("cp1251", "replace")]
)
_LETTER = ord("C")
_LETTERS_1251 = bytes(code for code in range(256) if _RUNS[code] == _LETTER)
_NO_DIGIT = bytes(code for code in range(256) if not 48 <= code < 58)
_GLUED = re.compile(rb"(?<=[%s]{4})\d+|\d+(?=[%s]{4})" % (_LETTERS_1251, _LETTERS_1251))
_NO_LATIN = bytes(code for code in range(256) if not chr(code).isascii() or not chr(code).isalpha())
_UNUSUAL = b"#@/?\n\xad" + bytes(code for code in range(128) if chr(code).isalnum())
_ORDINARY = bytes(code for code in range(256) if code not in _UNUSUAL)
_SPACES = "\u2000-\u200a\u202f\u205f\u3000"
_STYLED = "\uff21-\uff3a\uff41-\uff5a\U0001d400-\U0001d7ff"  # full width, mathematical bold and the like
_ACCENTS = "\u00c0-\u024f\u1e00-\u1eff" + _STYLED
_HYPHENS = "\u2010\u2011\u2012\u2212"
_MARKS = "\u0300-\u036f\u02bc\u02b9\u2032\uff07" + _HYPHENS + _SPACES + _ACCENTS
# A mark that changes letters, or an invisible one at a letter: those inside emoji change nothing.
_STRANGE = re.compile(f"[{_MARKS}{INVISIBLE}](?:(?<=[{_MARKS}])|(?<=\\w.)|(?=\\w))")
_INVISIBLE = re.compile(f"[\u0300-\u036f{INVISIBLE}]")
_UNLIKE = re.compile(f"([{APOSTROPHES}])|([{_HYPHENS}])|[{_SPACES}]")
_ACCENTED = re.compile(f"[{_ACCENTS}]")
# Names of accounts and addresses on the web are no statements about a place. Each pattern begins with letters
# to look for, which is ten times quicker than one pattern for all.
_ADDRESSES = {
    b"@": re.compile(r"@\w[\w.-]*"),
    b"://": re.compile(r"://[^\s)\]>]+"),
    b".me/": re.compile(r"\.me/[^\s)\]>]+"),
}
_HASHTAG = re.compile(r"#(\w+)")
_HUMP = re.compile(r"(?<=[a-zа-яёіїєґ0-9])(?=[A-ZА-ЯЁІЇЄҐ])|(?<=[^\W\d_])(?=\d)")
_LETTERS = re.compile(r"[^\W\d_]+")
_MIXED = re.compile(r"[A-Za-zïë](?:(?=[А-яЁёІіЇїЄєҐґ])|(?<=[А-яЁёІіЇїЄєҐґ].))")
_BROKEN = re.compile(r"[-‐\u00ad](?<=[^\W\d_].)\s*\n\s*(?=[a-zа-яёіїєґ])")


class Reading(NamedTuple):
    """A text made plain: `text` for people's eyes and cues, `raw` and `low` one byte a character of it.

    `low` has a space before and after, so its index is one more than that of `text`.
    `origins[i]` is where character i stood in the post; None where nothing moved.
    """

    text: str
    raw: bytes
    low: bytes
    origins: list[int] | None

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Translate a span of `text` into one of the post."""
        if self.origins is None:
            return start, end
        return self.origins[start], self.origins[end - 1] + 1


def fold(word: str) -> bytes:
    """Bring a name or a form to the shape in which words are compared."""
    plain = unicodedata.normalize("NFC", word).replace("ʼ", "'")
    plain = _ACCENTED.sub(lambda match: _flatten(match[0]), plain)
    return b" ".join(plain.encode("cp1251", "replace").translate(LOWER).split())


def read(post: str) -> Reading:
    """Make a post plain: invisible marks dropped, look-alikes and joined hashtags told apart.

    Any string is read, lone surrogates and other scripts included; what is no letter of ours separates words.
    """
    text, origins = post, None
    raw = text.encode("cp1251", "replace")
    unusual = raw.translate(None, _ORDINARY)
    if b"@" in unusual or b"/" in unusual:
        for sign, address in _ADDRESSES.items():
            if sign in raw:
                text = post = address.sub(_blank, post)
        raw = text.encode("cp1251", "replace")
        unusual = raw.translate(None, _ORDINARY)
    if unusual and _needs_care(post, raw, unusual):
        text, origins = _plain(post)
        raw = text.encode("cp1251", "replace")
    low = b" " + raw.translate(LOWER) + b" "
    if unusual.translate(None, _NO_DIGIT) and _glued(raw):
        low = _GLUED.sub(lambda digits: b" " * len(digits[0]), low)
    if b"'" in low and _quotes(low):
        for _ in range(3):  # three deep is enough
            low = low.replace(b" '", b"  ").replace(b"' ", b"  ")
    return Reading(text, raw, low, origins)


def _quotes(low: bytes) -> bool:
    """Whether an apostrophe stands beside a space, as a quote around a word does."""
    at = low.find(b"'")
    while at > 0:
        if low[at - 1] == 32 or low[at + 1] == 32:
            return True
        at = low.find(b"'", at + 1)
    return False


def _blank(match: re.Match[str]) -> str:
    return " " * len(match[0])


def _glued(raw: bytes) -> bool:
    """Whether a number is written to a word: «12Покровск»."""
    runs = b" " + raw.translate(_RUNS) + b" "
    at = runs.find(b"D")  # one letter at a time: a search for «CD» takes three times as long
    while at > 0:
        end = runs.index(b" ", at)
        if runs[at - 1] == _LETTER or runs.find(b"C", at, end) > 0:
            return True
        at = runs.find(b"D", end)
    return False


def _needs_care(post: str, raw: bytes, unusual: bytes) -> bool:
    """Whether anything but plain letters may be part of a word."""
    if b"#" in unusual or b"\xad" in unusual or (b"\n" in unusual and b"-\n" in raw):
        return True
    if b"?" in unusual and unusual.count(b"?") != post.count("?") and _STRANGE.search(post):
        return True
    if unusual.translate(None, _NO_LATIN):
        script = raw.translate(_SCRIPT)
        return b"LC" in script or b"CL" in script
    return False


def _flatten(letter: str) -> str:
    if "\uff21" <= letter <= "\uff5a" or "\U0001d400" <= letter <= "\U0001d7ff":
        plain = unicodedata.normalize("NFKC", letter)
        return plain if plain.isascii() and len(plain) == 1 else letter
    if "\u00c0" <= letter <= "\u024f" or "\u1e00" <= letter <= "\u1eff":
        flat = _FLAT.get(letter) or unicodedata.normalize("NFKD", letter)[0]
        return flat[0] if flat.isascii() else letter
    return letter


def _plain(post: str) -> tuple[str, list[int] | None]:
    plain = _UNLIKE.sub(lambda match: "'" if match[1] else "-" if match[2] else " ", post)
    edits = [match.span() for match in _INVISIBLE.finditer(post)]
    edits += [match.span() for match in _BROKEN.finditer(post)]
    for match in _HASHTAG.finditer(post):
        edits += [(match.start(1) + hump.start(),) * 2 for hump in _HUMP.finditer(match[1])]
    text, origins = _edited(plain, sorted(edits)) if edits else (plain, None)
    if _MIXED.search(text):
        text = _LETTERS.sub(_one_script, text)
    return _ACCENTED.sub(lambda match: _flatten(match[0]), text), origins


def _edited(text: str, edits: list[tuple[int, int]]) -> tuple[str, list[int]]:
    """Leave out spans; an empty one becomes a space, a combining mark joins the letter before it."""
    letters: list[str] = []
    origins: list[int] = []
    done = 0
    for start, end in edits:
        letters += text[done:start]
        origins += range(done, start)
        if start == end:
            letters.append(" ")
            origins.append(start)
        elif letters and "\u0300" <= text[start] <= "\u036f":
            joined = unicodedata.normalize("NFC", letters[-1] + text[start])
            if len(joined) == 1:
                letters[-1] = joined
        done = max(done, end)
    letters += text[done:]
    origins += range(done, len(text))
    return "".join(letters), origins


def _one_script(match: re.Match[str]) -> str:
    """Write a word of mixed letters in one script: in Cyrillic where that can be, else in Latin."""
    word = match[0]
    if not _MIXED.search(word):
        return word
    cyrillic = "".join(TO_CYRILLIC.get(letter, letter) for letter in word)
    if not any("a" <= letter.lower() <= "z" for letter in cyrillic):
        return cyrillic
    latin = "".join(TO_LATIN.get(letter, letter) for letter in word)
    return latin if latin.isascii() else word

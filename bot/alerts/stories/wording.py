"""The words of a post without its dress: case, marks, links, emoji, and the channel's own signature.

Every word carries what its spelling told: whether it begins a sentence, and whether it is a name.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from bot.alerts.stories.lexicon import opens
from bot.places.text import APOSTROPHES, INVISIBLE, TO_CYRILLIC

START = 1  # the first word of a sentence or line
NAME = 2  # capitalised where only names are, or named as a tracked place
MAYBE = 4  # capitalised where everything is: a sentence's first word, a headline in capitals

_DROPPED = re.compile(f"[\u0300-\u036f{INVISIBLE}\ufe0f]")
_APOSTROPHE = re.compile(rf"[{re.escape(APOSTROPHES)}](?<=[^\W\d_].)(?=[^\W\d_])")
_THOUSANDS = re.compile(r"(?<=\d)[ \u202f,](?=\d{3}(?!\d))")
_MIXED = re.compile(r"[A-Za-z][А-яЁёІіЇїЄєҐґ]|[А-яЁёІіЇїЄєҐґ][A-Za-z]")
_LOOKS = str.maketrans({k: v for k, v in TO_CYRILLIC.items() if len(v) == 1})

_LINK = re.compile(r"(?:[Hh]ttps?://|[Ww]ww\.|\b[Tt]\.me/)[^\s)\]>]+|@(?<![\w.]@)\w+")
_WORD = re.compile(r"\d+|[^\W\d_]+")
# A sentence ends at a line's end or a mark, but not after «м.», «ул.», «обл.».
_SENTENCE = re.compile(
    r"(?:\n|[!?…](?<![!?…]{2})[!?…]*+[»\"”)*_]*+\s"
    r"|\.(?<!\.\.)(?<![\s(][a-zа-яіїєґ]\.)(?<![\s(][a-zа-яіїєґ]{2}\.)(?<!\s(?:обл|вул|смт|тис|тыс)\.)\.*+[»\"”)*_]*+\s)\s*"
)
# What only a signature says: «подписал указ», «прислали резервы», «рекламный щит» are news.
_SIGNED = re.compile(
    r"\b(?:подписаться|подписывай|подпишись|подпишитесь|подписка$|підписатис[ья]|підписуй|підпишись|підпишіться)"
    r"|\b(?:прислать|предложить|сообщить|надіслати|запропонувати|повідомити) (?:новост|новин|инфо|інфо|фото)"
    r"|\b(?:на )?(?:наш|наша|нашем|нашому) (?:канал|чат|бот)\w*$|^(?:наш|наша) (?:канал|чат|бот|сайт)"
    r"|^(?:реклама|обратная связь|зворотний звязок|бот для связи)$|\bделитесь с друзьями"
    r"|\b(?:subscribe|follow us|join us|send (?:us )?news)\b"
)
_ARROW = re.compile(r"^\W*[👉➡➤▶►🔗📲🔔✅➖👇☝]")
_FEW = 4  # words beside a link in a line that only leads elsewhere
_SIGNATURE = 14  # words at most in a channel's signature


class Wording(NamedTuple):
    """Words in plain letters, and for each a byte of START, NAME and MAYBE."""

    words: tuple[str, ...]
    marks: bytes


def wording(text: str, places: Iterable[str] = (), signatures: Iterable[str] = ()) -> Wording:
    """Give the words of a post and what their spelling told.

    `places` are surfaces of tracked mentions, `signatures` the channel's own title and the like, which some
    channels put below every post. A post that is nothing but a signature keeps its words.
    """
    plain = unicodedata.normalize("NFKC", text)
    plain = _APOSTROPHE.sub("", _DROPPED.sub("", plain))
    if _MIXED.search(plain):
        plain = _WORD.sub(lambda m: m[0].translate(_LOOKS) if _MIXED.search(m[0]) else m[0], plain)
    sentences = [s for s in _SENTENCE.split(_THOUSANDS.sub("", plain)) if s]
    kept = _unsigned(sentences, {_flat(title) for title in signatures})
    words: list[str] = []
    marks = bytearray()
    small = not any(map(str.isupper, plain))
    for sentence in kept:
        said = _WORD.findall(_LINK.sub(" ", sentence))
        if said:
            words += _small(" ".join(said)).split(" ")
            marks += _marks(said, small=small)
    _mark_places(words, marks, places)
    return Wording(tuple(words), bytes(marks))


def _flat(text: str) -> str:
    return _small(" ".join(_WORD.findall(_LINK.sub(" ", text))))


def _small(text: str) -> str:
    return text.lower().replace("ё", "е").replace("ґ", "г")


def _unsigned(sentences: Sequence[str], titles: set[str]) -> Sequence[str]:
    """Take the signature off the end, and a bare title off the beginning."""
    end = len(sentences)
    while end > 0 and _signs(sentences[end - 1], titles):
        end -= 1
    begin = 0
    while begin < end and (not (flat := _flat(sentences[begin])) or flat in titles):
        begin += 1
    return sentences[begin:end] or sentences


def _signs(sentence: str, titles: set[str]) -> bool:
    flat = _flat(sentence)
    if not flat or flat in titles:
        return True
    count = flat.count(" ") + 1
    if count > _SIGNATURE:
        return False
    if _SIGNED.search(flat):
        return True
    if any(letter.isdigit() for letter in flat):
        return False
    # An arrow alone is as often a list's bullet, a link alone stands behind the last words of a statement.
    leads = _LINK.search(sentence) is not None and _ARROW.search(sentence) is not None
    return (leads and count <= _FEW) or ("|" in sentence and count <= 2 * _FEW)


def _marks(said: Sequence[str], *, small: bool) -> bytearray:
    """One byte for each word of a sentence. Capitals tell nothing where all words have them, or none in the post."""
    marks = bytearray(len(said))
    capitals = [at for at, word in enumerate(said) if word[0].isupper()]
    shouted = len(said) > 1 and sum(said[at].isupper() for at in capitals) >= 0.7 * len(said)
    if shouted or small:
        for at, word in enumerate(said):
            marks[at] = MAYBE if len(word) > 3 and not opens(_small(word)) else 0
    else:
        for at in capitals:
            marks[at] = NAME
        if marks[0] and (len(said[0]) == 1 or not said[0].isupper()):
            marks[0] = 0 if opens(_small(said[0])) else MAYBE
    marks[0] |= START
    return marks


def _mark_places(words: Sequence[str], marks: bytearray, places: Iterable[str]) -> None:
    named = {word for place in places for word in _flat(_APOSTROPHE.sub("", place)).split()}
    if named:
        for at, word in enumerate(words):
            if word in named:
                marks[at] = (marks[at] | NAME) & ~MAYBE

"""Whether two different spellings are one word: another case ending, or a slip of the hand."""

from __future__ import annotations

from bot.alerts.stories.lexicon import words_of

_ENDINGS = words_of(
    "а у е ом ой ы и і ів ов ах ам ами ою ею я ю ь ем ии ию ия ої ій ый ий ого ому им их ым ых ая ую яя юю s es"
) | {""}
_LONG = 7  # letters of a name in which a slip can be told from another name


def same_word(one: str, other: str) -> bool:
    """Tell whether an ordinary word was retyped: at most one letter in five differs, or only the ending."""
    return one == other or _slip(one, other, least=4) or _declined(one, other)


def same_name(one: str, other: str) -> bool:
    """Tell whether two names are surely one: declined, or with letters swapped or one lost inside a long name.

    «Покровськ» and «Покровське», «Орехов» and «Орехово», «Ямполь» and «Ямпіль» are different here: a copy less
    is a second alert, a copy too many is a statement that nobody sees.
    """
    if one == other or _declined(one, other):
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _LONG or short[-3:] != long[-3:]:
        return False
    return _swapped(short, long) or (len(long) == len(short) + 1 and _one_lost(short, long))


def _declined(one: str, other: str) -> bool:
    stem = 0
    while stem < min(len(one), len(other)) and one[stem] == other[stem]:
        stem += 1
    ends = {one[stem:], other[stem:]}
    if stem < 3 or not ends <= _ENDINGS or len(one[:stem]) < len(max(ends, key=len)) * 2:
        return False
    return not (ends == {"", "е"} and one[:stem].endswith(("ськ", "цьк")))


def _swapped(one: str, other: str) -> bool:
    """Whether two neighbouring letters changed places."""
    if len(one) != len(other):
        return False
    at = [i for i, (x, y) in enumerate(zip(one, other, strict=True)) if x != y]
    return len(at) == 2 and at[1] == at[0] + 1 and one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]


def _one_lost(short: str, long: str) -> bool:
    at = 0
    while at < len(short) and short[at] == long[at]:
        at += 1
    return short[at:] == long[at + 1 :]


def _slip(one: str, other: str, least: int) -> bool:
    short, long = sorted((one, other), key=len)
    if len(short) < least or short.isdigit() or long.isdigit():
        return False
    if len(short) == len(long):
        return _swapped(short, long) or sum(x != y for x, y in zip(short, long, strict=True)) == 1
    return len(long) == len(short) + 1 and _one_lost(short, long)

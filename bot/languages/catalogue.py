"""The translations, read from the catalogues that lie beside this file."""

from __future__ import annotations

from functools import lru_cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from io import BytesIO

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from bot.languages.choice import LANGUAGES
from bot.languages.words import ENGLISH, Languages, Words


def spoken(default: str = "en") -> Languages:
    """Every language of the interface; `default` is the one of who has chosen none."""
    return Languages(default, {code: known(code) for code in LANGUAGES})


def known(code: str) -> Words:
    """Our words in that language of ours."""
    return ENGLISH if code == "en" else Words(code, _texts(code))


def texts(code: str) -> NullTranslations:
    """The translations into that language; into English nothing is translated."""
    return NullTranslations() if code == "en" else _texts(code)


@lru_cache(maxsize=len(LANGUAGES))
def _texts(code: str) -> GNUTranslations:
    """Read once in the life of the program: it takes some tens of milliseconds."""
    text = files("bot.languages").joinpath(f"{code}.po").read_bytes()
    compiled = BytesIO()
    write_mo(compiled, read_po(BytesIO(text), locale=code))
    compiled.seek(0)
    return GNUTranslations(compiled)

"""The languages of the interface: English, Ukrainian, Russian. No global state: whoever writes is given a `Words`.

English is the source text; `uk.po` and `ru.po` have the translations. What people and channels have said is never
translated.
"""

from bot.languages.catalogue import known, spoken
from bot.languages.choice import LANGUAGES, OWN_NAMES, chosen, named
from bot.languages.said import Said
from bot.languages.words import ENGLISH, N_, NN_, Languages, Words

__all__ = [
    "ENGLISH", "LANGUAGES", "NN_", "N_", "OWN_NAMES", "Languages", "Said", "Words", "chosen", "known", "named", "spoken",
]  # fmt: skip

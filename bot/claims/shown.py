"""A claim in a word or two, in the reader's language."""

from __future__ import annotations

from typing import Final

from bot.claims.judge import Claim, Modality
from bot.claims.table import Table

_MODALITIES: Final = {
    Modality.NEGATED: {"en": "negated", "uk": "заперечується", "ru": "отрицается"},
    Modality.UNCONFIRMED: {"en": "unconfirmed", "uk": "не підтверджено", "ru": "не подтверждено"},
    Modality.PLANNED: {
        "en": "planned or possible",
        "uk": "план або можливість",
        "ru": "план или возможность",
    },
}
_REPORTED: Final = {"en": "as reported", "uk": "з чужих слів", "ru": "с чужих слов"}


def shown(claim: Claim, table: Table, language: str = "en") -> str:
    """What stands after "claim:": "withdrawal", "відхід (заперечується)", "capture (planned or possible, as reported)"."""
    remarks = [_MODALITIES[claim.modality][language]] if claim.modality in _MODALITIES else []
    if claim.reported and claim.modality is not Modality.UNCONFIRMED:
        remarks.append(_REPORTED[language])
    label = table.label(claim.kind, language)
    return f"{label} ({', '.join(remarks)})" if remarks else label

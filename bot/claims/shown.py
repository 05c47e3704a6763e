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
    reported = claim.reported and claim.modality is not Modality.UNCONFIRMED
    return _remarked(claim.kind, claim.modality, table, language, [_REPORTED[language]] if reported else [])


def titled(kind: str, modality: Modality, table: Table, language: str = "en") -> str:
    """A sort of claim, made in one way: "withdrawal", "capture (negated)"."""
    return _remarked(kind, modality, table, language, [])


def _remarked(kind: str, modality: Modality, table: Table, language: str, remarks: list[str]) -> str:
    if modality in _MODALITIES:
        remarks = [_MODALITIES[modality][language], *remarks]
    label = table.label(kind, language)
    return f"{label} ({', '.join(remarks)})" if remarks else label

"""What do officials claim about a place? Cues, negation and attribution; a reading aid beside the quote."""

from bot.claims.about import claims_about, spans_by_place
from bot.claims.find import find_claims
from bot.claims.judge import Claim, Modality
from bot.claims.shown import shown, titled
from bot.claims.source import FILE, load, load_or_embedded
from bot.claims.table import Table, TableError

__all__ = [
    "FILE",
    "Claim",
    "Modality",
    "Table",
    "TableError",
    "claims_about",
    "find_claims",
    "load",
    "load_or_embedded",
    "shown",
    "spans_by_place",
    "titled",
]

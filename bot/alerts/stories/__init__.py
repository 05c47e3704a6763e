"""Which posts are one statement: fingerprints, likeness, an index of what is recent, and who counts. Pure."""

from bot.alerts.stories.fingerprint import Fingerprint, fingerprint
from bot.alerts.stories.likeness import Kind, Likeness, compare, reach
from bot.alerts.stories.recent import Recent
from bot.alerts.stories.sources import Count, How, Member, sources

__all__ = [
    "Count",
    "Fingerprint",
    "How",
    "Kind",
    "Likeness",
    "Member",
    "Recent",
    "compare",
    "fingerprint",
    "reach",
    "sources",
]

"""Which posts are one statement: fingerprints, likeness, and an index of what is recent. Pure."""

from bot.alerts.stories.fingerprint import Fingerprint, fingerprint
from bot.alerts.stories.likeness import Kind, Likeness, compare, reach
from bot.alerts.stories.recent import Recent

__all__ = [
    "Fingerprint",
    "Kind",
    "Likeness",
    "Recent",
    "compare",
    "fingerprint",
    "reach",
]

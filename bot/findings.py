"""What a check-up found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do where it is not well."""

    area: str
    state: str  # "ok", "warning" or "bad"
    words: str

    @property
    def bad(self) -> bool:
        return self.state == "bad"

    def line(self) -> str:
        """For people: ✓, ! or ✗ first."""
        mark = {"ok": "✓", "warning": "!", "bad": "✗"}[self.state]
        return f"{mark} {self.area}: {self.words}"

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return asdict(self)

"""What has come of an import so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

_TOLD = 20  # refusals and chats that are told in words; the rest are counted


@dataclass(slots=True)
class Tally:
    """What has come of a file so far; the fields are what `--json` prints."""

    file: str
    dry_run: bool
    bytes_read: int = 0
    bytes_total: int = 0
    posts: int = 0  # taken: new to the archive
    known: int = 0  # held already
    revised: int = 0  # held with other words; the export's are newer
    older: int = 0  # held with other words that are newer than the export's
    service: int = 0
    refused: int = 0
    refusals: list[str] = field(default_factory=list)
    channels: list[str] = field(default_factory=list)
    not_taken: int = 0  # chats that are no public channels
    not_taken_named: list[str] = field(default_factory=list)
    without_zone: int = 0  # posts whose time was read in our own zone
    with_media: int = 0
    broken: str | None = None
    done: bool = False

    def refuse(self, what: str, why: str) -> None:
        self.refused += 1
        if len(self.refusals) < _TOLD:
            self.refusals.append(f"{what}: {why}")

    def as_json(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in Tally.__slots__}

    def leave(self, chat: str) -> None:
        """A chat is not taken."""
        self.not_taken += 1
        if len(self.not_taken_named) < _TOLD:
            self.not_taken_named.append(chat)

"""What every page needs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request

from bot.claims import Table
from config.settings import Settings
from storage.store import Store

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]
"""Have whoever holds the data folder carry out an operation of `bot.operations`; Mendable says why it did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The archive that is shown, how it is written, and how the operator wants it."""

    store: Store  # for reading
    ask: Ask
    settings: Settings
    claims: Table | None
    now: Callable[[], datetime]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the times that are shown."""
        return self.settings.timezone

    @property
    def sure(self) -> float:
        """The confidence from which a mention counts."""
        return self.settings.min_confidence


def of(request: Request) -> Site:
    """The site that was asked."""
    site = request.app.state.site
    assert isinstance(site, Site)  # noqa: S101 - set where the app is made
    return site

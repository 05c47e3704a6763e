"""Accounts that read."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An account that reads channels, as it was when it last connected or stopped. Never a phone number."""

    name: str  # ours for it
    telegram_id: int | None = None  # None: it has not connected yet
    telegram_name: str | None = None  # username, or first name
    problem: str | None = None  # why it has stopped; only a person can help

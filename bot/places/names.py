"""A place's missing names, made by rule and marked with the rule that made them."""

from __future__ import annotations

from collections.abc import Sequence

from storage.records import PlaceName


def complete(names: Sequence[PlaceName]) -> tuple[PlaceName, ...]:
    """Add the Russian and romanised names that are missing; what was given stays, first and unchanged."""
    raise NotImplementedError

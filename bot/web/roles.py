"""Who may use what."""

from __future__ import annotations

from enum import IntEnum


class Role(IntEnum):
    """What a member may do at most; each includes those before it."""

    PUBLIC = 0  # nobody in particular: the way in, and what it needs to look right
    READ = 1
    REVIEW = 2
    ADMIN = 3

"""What is said where there is nothing to put into a file."""

from __future__ import annotations


def nothing(about: str) -> str:
    """There is no statement to put into a file."""
    return f"No statements about {about} are in the archive for that time. /channels says how far was read."

"""An answer other than a page, with its reason in words that can be said in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.exceptions import HTTPException

from bot.languages import Said


class Declined(HTTPException):
    """Something can't be shown or done; a program is told the reason in English."""

    def __init__(self, status: int, told: Said, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(status, str(told), headers)
        self.told = told

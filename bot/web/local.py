"""Addresses of pages of this archive, as a browser is sent back to them."""

from __future__ import annotations

import re
from typing import Final

from starlette.requests import Request

_LOCAL: Final = re.compile(r"/(?![/\\])[^\x00-\x20\\]*")


def is_local(address: str) -> bool:
    """Whether it leads to this host and to no other: what a browser sends may come from anybody."""
    return _LOCAL.fullmatch(address) is not None


def asked_for(request: Request) -> str:
    """The address that a request is for, without the host."""
    return request.url.path + (f"?{request.url.query}" if request.url.query else "")

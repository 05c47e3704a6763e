"""The review page as one application."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from starlette.applications import Starlette
from starlette.middleware import Middleware

from bot.web.access import Guard
from bot.web.entry import Entry
from bot.web.headers import Headers, policy
from bot.web.problems import HANDLERS
from bot.web.routes import TABLE
from bot.web.site import Site

MOST_SENT: Final = 1 << 20
"""Bytes that a form may have."""


def create(site: Site, table: Sequence[Entry] = TABLE) -> Starlette:
    """The page for an archive."""
    app = Starlette(
        routes=[entry.route for entry in table],
        middleware=[
            Middleware(Headers, headers=policy(site.settings.web.tiles)),
            Middleware(Guard, table=table),
        ],
        exception_handlers=HANDLERS,
        max_body_size=MOST_SENT,
    )
    app.state.site = site
    return app

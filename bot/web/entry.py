"""A route, and the least role that may use it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match, Route
from starlette.types import Scope

from bot.web.roles import Role

Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Entry:
    """One route."""

    path: str
    name: str
    endpoint: Endpoint
    role: Role
    methods: tuple[str, ...] = ("GET",)

    @cached_property
    def route(self) -> Route:
        """As Starlette knows it."""
        return Route(self.path, self.endpoint, methods=self.methods, name=self.name)


def least(table: Sequence[Entry], scope: Scope) -> Role:
    """The least role that may use what is asked for; what does not exist anybody may learn not to exist."""
    for entry in table:
        match, _ = entry.route.matches(scope)
        if match is Match.FULL:
            return entry.role
    return Role.PUBLIC

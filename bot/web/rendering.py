"""From what was read to a page: templates, and the words and addresses that all of them use."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import cache
from typing import Any, Final
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from bot.languages import N_, Words, chosen, known
from bot.languages.page import page_words
from bot.web import assets, site
from bot.web.local import asked_for
from bot.web.roles import Role
from bot.web.views import where

NAVIGATION: Final = (
    ("stream", N_("Stream"), Role.READ),
    ("places", N_("Places"), Role.READ),
    ("map", N_("Map"), Role.READ),
    ("channels", N_("Channels"), Role.READ),
    ("audit", N_("Audit"), Role.ADMIN),
)
"""Routes by name that every page leads to, what they are called, and whom they are shown to."""


@cache
def environment() -> Environment:
    """The templates; whatever stands in a post is shown as text, and a name that is missing is an error."""
    found = Environment(
        loader=PackageLoader("bot.web"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    found.globals |= {"static": assets.address, "Role": Role}
    return found


async def show(
    request: Request,
    template: str,
    read: Callable[[sqlite3.Connection], Mapping[str, Any]],
    status: int = 200,
) -> HTMLResponse:
    """A page of what is read in one snapshot of the archive."""
    return render(request, template, await site.of(request).store.read(read), status)


def words(request: Request) -> Words:
    """Our words in the language of who has asked: their own setting, else the browser's, else the operator's."""
    return known(
        chosen(
            getattr(getattr(request.state, "member", None), "language", None),
            request.headers.get("accept-language"),
            site.of(request).settings.language,
        )
    )


def render(request: Request, template: str, context: Mapping[str, Any], status: int = 200) -> HTMLResponse:
    """A page."""
    zone = site.of(request).zone
    now = site.of(request).now()

    def local(at: datetime) -> datetime:
        return at.astimezone(zone)

    t = words(request)
    this_year = local(now).year

    @cache  # most of what a page shows is of a few days
    def dated(when: date, pattern: str = "EEE d MMM") -> str:
        year = "" if when.year == this_year else f" {when.year}"
        return t.date(datetime.combine(when, time()), pattern) + year

    def day(at: datetime) -> str:
        return dated(local(at).date())

    def moment(at: datetime) -> str:
        said = local(at)
        return f"{dated(said.date())}, {said:%H:%M}"

    member = getattr(request.state, "member", None)
    role = Role.PUBLIC if member is None else member.role
    everywhere = {
        "member": member,
        "path": request.url.path,
        "url": lambda name, **given: address(request, name, **given),
        "navigation": [(name, called) for name, called, least in NAVIGATION if role >= least],
        "local": local,
        "day": day,
        "clock": lambda at: f"{local(at):%H:%M}",
        "moment": moment,
        "long_day": lambda when: dated(when, "EEEE d MMMM"),
        "zone": zone.key,
        "back": asked_for(request),
        "where": where,
        "post_url": lambda kept: address(
            request,
            "post",
            channel=where(kept.channel),
            message=kept.post.key.message_id,
            q=request.query_params.get("q"),  # what led to it stands out there too
        ),
        **page_words(t.code),
    }
    html = environment().get_template(template).render({**everywhere, **context})
    return HTMLResponse(html, status)


def address(request: Request, name: str, **given: Any) -> str:
    """Where a route is: what its path names stands there, what else is given and not None or "" is asked for."""
    path, parts = _paths(request.app)[name]
    for part in parts:
        path = path.replace(f"{{{part}}}", quote(str(given.pop(part)), safe=""))
    asked = []
    for key, value in given.items():
        if isinstance(value, list | tuple):
            asked += [(key, one) for one in value]
        elif value is not None and value != "":
            asked.append((key, value))
    return f"{path}?{urlencode(asked)}" if asked else path


def _paths(app: Starlette) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By the names of all routes: their paths, in which {part} stands for each of the parts that vary."""
    found: dict[str, tuple[str, tuple[str, ...]]] | None = getattr(app.state, "paths", None)
    if found is None:
        found = app.state.paths = {
            route.name: (route.path_format, tuple(route.param_convertors))
            for route in app.routes
            if isinstance(route, Route)
        }
    return found

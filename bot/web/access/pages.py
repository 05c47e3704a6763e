"""The way in and out: how to get a link, the press that uses it, and signing out."""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.errors import Mendable
from bot.languages import N_, Said
from bot.web import site
from bot.web.access import cookie, secret
from bot.web.access.addresses import Addresses
from bot.web.access.attempts import Attempts
from bot.web.access.guard import client_of
from bot.web.declined import Declined
from bot.web.rendering import render


def _is_secure(request: Request) -> bool:
    web = site.of(request).settings.web
    return Addresses(web.host, web.public_url).is_secure(request.headers.get("host", ""))


async def enter(request: Request) -> Response:
    """How to get a link, for whoever has none."""
    web = site.of(request).settings.web
    public = Addresses(web.host, web.public_url).is_public(request.headers.get("host", ""))
    return render(request, "enter.html", {"public": public, "minutes": web.link_minutes, "link": None})


async def link(request: Request) -> Response:
    """What a link shows: a button. Programs that look where links lead don't press it, so that they use none up."""
    web = site.of(request).settings.web
    found = render(
        request, "enter.html", {"public": False, "minutes": web.link_minutes, "link": request.url.path}
    )
    found.headers.update({"Cache-Control": "no-store", "X-Robots-Tag": "noindex"})
    return found


async def redeem(request: Request) -> Response:
    """The press: the link works no more, and the browser is signed in."""
    here = site.of(request)
    attempts: Attempts = request.state.attempts
    address = client_of(request)
    wait = attempts.wait(address, here.now())
    if wait:
        seconds = round(wait.total_seconds()) + 1
        told = Said(
            N_("Too many links from here did not work. Try again in {minutes} min."),
            minutes=max(1, round(seconds / 60)),
        )
        raise Declined(429, told, {"Retry-After": str(seconds)})
    session = secret.new()
    try:
        await here.ask(
            "access.redeem",
            {
                "link": secret.hashed(request.path_params["link"]).hex(),
                "session": secret.hashed(session).hex(),
            },
        )
    except Mendable as problem:
        attempts.failed(address, here.now())
        raise Declined(403, problem.told) from problem
    secure = _is_secure(request)
    response = RedirectResponse(cookie.wanted(request), 303)
    cookie.give(response, session, timedelta(hours=here.settings.web.session_hours), secure=secure)
    cookie.forget_wanted(request, response, secure=secure)
    return response


async def leave(request: Request) -> Response:
    """Sign this browser out."""
    secure = _is_secure(request)
    found = request.cookies.get(cookie.name(secure=secure))
    if found:
        await site.of(request).ask("access.leave", {"session": secret.hashed(found).hex()})
    response = RedirectResponse("/", 303)
    cookie.take(response, secure=secure)
    return response

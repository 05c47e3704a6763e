"""What members decide: sent as plain forms, carried out by whoever holds the archive."""

from __future__ import annotations

import re
import sqlite3
from typing import Any, Final

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.archive import stream
from bot.languages import N_, Said
from bot.web import site
from bot.web.access import Member
from bot.web.declined import Declined
from bot.web.local import is_local
from bot.web.rendering import render, show
from bot.web.views import views
from storage import channels
from storage.records import Channel

_PART: Final = "x-part"  # a script asks for the statement's part of the page alone
_NUMBER: Final = re.compile(r"[0-9]{1,18}")


async def decide(request: Request) -> Response:
    """A decision, who sees to a statement, a tag or a note; 409 where somebody has decided since the page was made."""
    form = await request.form()
    post = request.path_params["post"]
    if post >= 1 << 62:
        raise HTTPException(404)
    operation, arguments = _asked(form, _member(request))
    done = await site.of(request).ask(operation, {"post": post, **arguments})
    if done["conflict"]:
        return await _conflict(request, form, done)
    if request.headers.get(_PART):
        return await _part(request, form)
    back = _text(form, "back")
    anchor = f"#p{_number(form, 'seen')}" if _text(form, "seen") else ""
    return RedirectResponse((back if is_local(back) else "/") + anchor, 303)


def _known(db: sqlite3.Connection) -> dict[int, Channel]:
    return {channel.id: channel for channel in channels.known(db)}


def _member(request: Request) -> Member:
    member = request.state.member
    assert isinstance(member, Member)  # noqa: S101 - the guard lets nobody else through
    return member


def _asked(form: FormData, member: Member) -> tuple[str, dict[str, Any]]:
    """The operation that a form asks for, with its arguments but the post."""
    actor = {"actor": member.name}
    if verdict := _text(form, "verdict"):
        wanted, _, place = verdict.partition(":")
        given: dict[str, Any] = {"verdict": wanted, "version": _number(form, "version")}
        if place:
            if not _NUMBER.fullmatch(place):
                raise Declined(400, Said(N_("A place is a number in a form of this page.")))
            given["place"] = int(place)
        if reason := _text(form, "reason"):
            given["reason"] = reason
        return "review.decide", {**given, **actor}
    if "assignee" in form:
        name = member.name if "mine" in form else _text(form, "assignee").strip()
        return "review.assign", {"assignee": name or None, "version": _number(form, "version"), **actor}
    if "note" in form:
        return "review.note", {"text": _text(form, "note"), **actor}
    if add := _text(form, "tag"):
        return "review.tag", {"add": add, **actor}
    if drop := _text(form, "untag"):
        return "review.tag", {"drop": drop, **actor}
    raise Declined(400, Said(N_("This form asks for nothing.")))


def _text(form: FormData, name: str) -> str:
    value = form.get(name, "")
    return value if isinstance(value, str) else ""


def _number(form: FormData, name: str) -> int:
    value = _text(form, name)
    if not _NUMBER.fullmatch(value):
        raise Declined(400, Said(N_("{name} is a number in a form of this page."), name=name))
    return int(value)


async def _conflict(request: Request, form: FormData, done: dict[str, Any]) -> Response:
    """What was wanted beside what somebody else has decided meanwhile; nothing was changed."""
    here = site.of(request)
    sent = [
        (name, value) for name, value in form.multi_items() if isinstance(value, str) and name != "version"
    ]

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        (view,) = views(db, [stream.shown(db, done["post"])], lambda _: [], _known(db), sure=here.sure)
        return {"view": view, "sent": sent, "version": done["version"], "wanted": _wanted(form, view.names)}

    return await show(request, "conflict.html", look, 409)


def _wanted(form: FormData, names: dict[int, str]) -> tuple[str, str]:
    """(what, about which place or person)."""
    if verdict := _text(form, "verdict"):
        what, _, place = verdict.partition(":")
        return what, names.get(int(place), "") if place else ""
    return "assignee", _text(form, "assignee")


async def _part(request: Request, form: FormData) -> Response:
    """What a script puts in place of the statement's decisions and buttons."""
    here = site.of(request)
    seen = _number(form, "seen")

    def look(db: sqlite3.Connection) -> dict[str, Any]:
        try:
            shown = stream.shown(db, seen)
        except KeyError:
            raise HTTPException(404) from None
        (view,) = views(db, [shown], lambda _: [], _known(db), sure=here.sure)
        return {"view": view, "back": _text(form, "back")}

    return render(request, "part.html", await here.store.read(look))

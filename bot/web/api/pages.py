"""The API explained to people, its document for programs, and the answer where nothing is."""

from __future__ import annotations

from typing import Any, Final

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from bot.web.api import openapi, problems
from bot.web.api.call import Call
from bot.web.api.table import CALLS
from bot.web.entry import Entry
from bot.web.rendering import render
from bot.web.roles import Role

_EVERY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


async def explained(request: Request) -> Response:
    """A page of everything that the API does."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for call in CALLS:
        groups.setdefault(call.group, []).append(_shown(call))
    return render(request, "api.html", {"groups": groups, "address": str(request.base_url).rstrip("/")})


def _shown(call: Call) -> dict[str, Any]:
    return {
        "method": call.method,
        "path": f"/api/v1{call.path}",
        "about": call.about,
        "role": None if call.role is Role.READ else call.role.name.lower(),
        "fields": _fields(call.query) + ([] if call.body is None else _fields(call.body)),
    }


def _fields(model: type[BaseModel]) -> list[tuple[str, str, bool]]:
    return [
        (field.alias or name, field.description or "", field.is_required())
        for name, field in model.model_fields.items()
    ]


async def document(request: Request) -> Response:
    """The OpenAPI document."""
    return JSONResponse(openapi.document())


async def nowhere(request: Request) -> Response:
    """What is not there, as a program expects to be told."""
    path = request.url.path
    return problems.answer(
        HTTPException(404, f"There is no {path[:200]}. What there is: /api/v1/openapi.json")
    )


ENTRIES: Final[tuple[Entry, ...]] = (
    Entry("/api", "api", explained, Role.READ),
    Entry("/api/v1/openapi.json", "api_document", document, Role.READ),
    *(call.entry for call in CALLS),
    Entry("/api/{path:path}", "api_nowhere", nowhere, Role.READ, _EVERY_METHOD),
)
"""The API's routes; the last one answers for whatever the others do not."""

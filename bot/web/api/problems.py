"""What a program is told where its request can't be answered: problem details (RFC 9457), with how to mend it."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final

from pydantic import ValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

KIND: Final = "application/problem+json"


def answer(error: HTTPException, more: Mapping[str, Any] | None = None) -> Response:
    """A problem; `more` are members besides the usual ones."""
    title = HTTPStatus(error.status_code).phrase
    said = {"type": "about:blank", "title": title, "status": error.status_code, "detail": error.detail}
    return JSONResponse({**said, **(more or {})}, error.status_code, error.headers, media_type=KIND)


def invalid(error: ValidationError, where: str) -> Response:
    """What is wrong with a request, field by field."""
    wrong = [
        {"where": ".".join(map(str, one["loc"])) or where, "problem": one["msg"]}
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]
    told = "; ".join(f"{one['where']}: {one['problem']}" for one in wrong)
    return answer(
        HTTPException(
            400, f"The {where} can't be read: {told}. The fields are described in /api/v1/openapi.json"
        ),
        {"errors": wrong},
    )

"""The OpenAPI document: made from the table of calls, so that it says what is so."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot import __version__
from bot.web.api.call import Call
from bot.web.api.problems import KIND
from bot.web.api.shapes import Problem
from bot.web.api.table import CALLS
from bot.web.roles import Role

_REF: Final = "#/components/schemas/{model}"
_ABOUT: Final = (
    "What official channels said about the places of a team, as it was said. What is quoted are claims by the sources; "
    "nothing here is verified. A program sends a token: placewatch tokens add NAME --role read."
)


@cache
def document() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    models: list[type[BaseModel]] = [Problem]
    models += [model for call in CALLS for model in (call.gives, call.body) if model is not None]
    unique = list(dict.fromkeys(models))
    _, schemas = models_json_schema([(model, "serialization") for model in unique], ref_template=_REF)
    paths: dict[str, dict[str, Any]] = {}
    for call in CALLS:
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call)
    return {
        "openapi": "3.1.0",
        "info": {"title": "placewatch", "version": __version__, "description": _ABOUT},
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}, {"session": []}],
        "paths": paths,
        "components": {
            "schemas": schemas["$defs"],
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "placewatch"},
            },
        },
    }


def _operation(call: Call) -> dict[str, Any]:
    problems = [400, 401, 403, 429, 503]
    if "{number}" in call.path:
        problems.append(404)
    if call.body is not None:
        problems += [415, *([409] if "version" in call.body.model_fields else [])]
    found: dict[str, Any] = {
        "operationId": call.name,
        "summary": call.about,
        "tags": [call.group],
        "parameters": [*_in_path(call), *_in_query(call)],
        "responses": {
            "200": {"description": call.about, "content": {"application/json": {"schema": _ref(call.gives)}}},
            **{
                str(status): {"description": "A problem", "content": {KIND: {"schema": _ref(Problem)}}}
                for status in sorted(problems)
            },
        },
    }
    if call.role is not Role.READ:
        found["description"] = f"Needs the role {call.role.name.lower()}."
    if call.body is not None:
        found["requestBody"] = {
            "required": True,
            "content": {"application/json": {"schema": _ref(call.body)}},
        }
    return found


def _ref(model: type[BaseModel]) -> dict[str, str]:
    return {"$ref": _REF.format(model=model.__name__)}


def _in_path(call: Call) -> list[dict[str, Any]]:
    if "{number}" not in call.path:
        return []
    schema = {"type": "integer", "minimum": 0, "maximum": (1 << 63) - 1}
    return [{"name": "number", "in": "path", "required": True, "schema": schema}]


def _in_query(call: Call) -> list[dict[str, Any]]:
    schema = call.query.model_json_schema(ref_template=_REF)
    required = schema.get("required", [])
    return [
        {
            "name": name,
            "in": "query",
            "required": name in required,
            "description": field.get("description", ""),
            "schema": {key: value for key, value in field.items() if key not in ("description", "title")},
        }
        for name, field in schema.get("properties", {}).items()
    ]

"""One thing that the API does: what it takes, what it gives, and who may ask; and how it is asked over HTTP."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.web import site
from bot.web.access.member import Member
from bot.web.api import problems
from bot.web.entry import Entry
from bot.web.roles import Role
from bot.web.site import Site
from storage.database import StorageError

log = logging.getLogger(__name__)

_BIGGEST: Final = (1 << 63) - 1  # of a row's number


class Conflict(Exception):
    """Somebody else was faster; `version` is what holds now."""

    def __init__(self, version: int) -> None:
        super().__init__("Somebody has changed this since you read it. Read it again, and decide anew.")
        self.version = version


class Shape(BaseModel):
    """What is given: exactly these fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Nothing(Shape):
    """No fields at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """A request that could be read."""

    site: Site
    member: Member
    number: int  # of the post, place, channel … in the path; 0 where it names none
    query: Any  # of the call's `query`
    body: Any  # of the call's `body`


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One thing that the API does."""

    path: str  # below /api/v1; `{number}` in it is a row's number
    name: str
    about: str  # a sentence for people
    run: Callable[[Given], Awaitable[BaseModel]]
    gives: type[BaseModel]
    group: str
    method: str = "GET"
    role: Role = Role.READ
    query: type[Shape] = Nothing
    body: type[Shape] | None = None

    @property
    def entry(self) -> Entry:
        """As a route."""
        path = f"/api/v1{self.path}".replace("{number}", "{number:int}")
        return Entry(path, f"api_{self.name}", self._answer, self.role, (self.method,))

    async def _answer(self, request: Request) -> Response:
        where = "query"
        try:
            number = request.path_params.get("number", 0)
            if number > _BIGGEST:
                raise KeyError(number)
            asked = self.query.model_validate(_query(request, self.query))
            where = "body"
            body = None if self.body is None else self.body.model_validate(await _json(request))
            given = Given(
                site=site.of(request), member=request.state.member, number=number, query=asked, body=body
            )
            found = await self.run(given)
        except ValidationError as error:
            return problems.invalid(error, where)
        except KeyError:
            return problems.answer(HTTPException(404, "There is nothing by this number in the archive."))
        except Conflict as conflict:
            return problems.answer(HTTPException(409, str(conflict)), {"version": conflict.version})
        except (Mendable, Refused) as problem:
            return problems.answer(HTTPException(400, str(problem)))
        except (StorageError, Busy, Unavailable) as problem:
            return problems.answer(HTTPException(503, str(problem)))
        except HTTPException as error:
            return problems.answer(error)
        except Exception:
            log.exception("API call failed name=%s", self.name)
            return problems.answer(
                HTTPException(500, "This is a fault of placewatch. Its log says what happened.")
            )
        return Response(
            found.model_dump_json(), media_type="application/json", headers={"Cache-Control": "no-store"}
        )


def _query(request: Request, model: type[Shape]) -> dict[str, str | list[str]]:
    """The fields of the address; only some may come several times."""
    several = {name for name, field in model.model_fields.items() if field.default == ()}
    found: dict[str, str | list[str]] = {}
    for name, value in request.query_params.multi_items():
        if name in several:
            found[name] = [*found.get(name, ()), value]
        elif name in found:
            raise Mendable(f"{name} is given twice. Give it once.")
        else:
            found[name] = value
    return found


async def _json(request: Request) -> Any:
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise HTTPException(415, "Send JSON, with Content-Type: application/json")
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Mendable(f"The body is no JSON ({error}).") from error

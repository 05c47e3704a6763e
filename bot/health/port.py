"""The small port on which /healthz and /metrics are asked for; `placewatch healthcheck` does without it."""

from __future__ import annotations

import socket

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from bot.errors import Mendable
from bot.health import figures
from bot.health.look import Health
from bot.serving import Server, listening
from config.sections import Health as Chosen
from config.settings import variable
from storage.database import StorageError

_CLOSE = 2  # seconds for answers under way when the service stops


class Port:
    """Listens from the moment it is made, so that a port that is taken is told before anything starts."""

    def __init__(self, chosen: Chosen) -> None:
        """Mendable where the port is taken, the address is none of this machine, or the figures' library is missing."""
        if chosen.metrics:
            figures.library()
        self._metrics = chosen.metrics
        self._socket = _listening(chosen.host, chosen.port)

    @property
    def number(self) -> int:
        """The port's number."""
        return int(self._socket.getsockname()[1])

    async def run(self, health: Health) -> None:
        """Answer until cancelled."""
        config = uvicorn.Config(
            create(health, metrics=self._metrics),
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_CLOSE,
            limit_concurrency=20,
        )
        await Server(config).serve(sockets=[self._socket])

    def close(self) -> None:
        """Give the port back."""
        self._socket.close()


def create(health: Health, *, metrics: bool) -> Starlette:
    """The two pages: GET only, nothing that changes anything."""

    async def healthz(_: Request) -> Response:
        report = await health.report()
        return JSONResponse(report.as_json(), 200 if report.ok else 503, {"Cache-Control": "no-store"})

    async def prometheus(_: Request) -> Response:
        try:
            return Response(figures.exposed(await health.figures()), media_type=figures.TYPE)
        except (StorageError, TimeoutError):
            return PlainTextResponse("The archive does not answer.\n", 503)

    routes = [Route("/healthz", healthz, methods=["GET"])]
    if metrics:
        routes.append(Route("/metrics", prometheus, methods=["GET"]))
    return Starlette(routes=routes)


def _listening(host: str, port: int) -> socket.socket:
    try:
        return listening(host, port)
    except OSError as error:
        raise Mendable(
            f"{variable('health.host')} and {variable('health.port')}: {host}:{port} can't be listened on "
            f"({error.strerror}). Choose another port, or {variable('health.enabled')}=false"
        ) from error

"""Commands for a running service, through `data/control.sock`: one line of JSON each way.

Only the owner of the data folder may connect (mode 0600). Whoever holds the folder carries out what writes
or needs Telegram, so that a change takes effect without a restart.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bot.errors import Busy, Mendable, Refused, Unavailable
from bot.languages import N_, Said
from storage.database import StorageError

log = logging.getLogger(__name__)

Operation = Callable[..., Awaitable[Any]]  # keyword arguments and result are JSON

_LONGEST = 1 << 20  # bytes of one request or answer
PATIENCE = 120.0  # seconds: resolving a channel may have to wait for its turn
_UNKNOWN = Said(N_("The running placewatch does not know this request; are both of the same version?"))
_FAILED = Said(N_("The running placewatch failed at this; its log says why."))
_LONGEST_PATH = 100  # bytes; the kernel takes 104 to 108 for a socket's path


@asynccontextmanager
async def serving(folder: Path, operations: Mapping[str, Operation]) -> AsyncIterator[None]:
    """Answer requests while the context lasts."""
    path = folder / "control.sock"
    if len(os.fsencode(path.absolute())) > _LONGEST_PATH:
        raise Mendable(
            N_("The path {path} is too long for a socket. Set PLACEWATCH_DATA to a shorter path."),
            path=path.absolute(),
        )
    path.unlink(missing_ok=True)  # we hold the folder's lock, so a socket that lies here is a dead one's

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            writer.write(json.dumps(await _carry_out(line, operations)).encode() + b"\n")
            await writer.drain()
        except (ConnectionError, ValueError) as error:
            log.warning("control request dropped problem=%s", error)
        finally:
            writer.close()

    old = os.umask(0o177)
    try:
        server = await asyncio.start_unix_server(answer, path, limit=_LONGEST)
    finally:
        os.umask(old)
    try:
        yield
    finally:
        server.close()
        path.unlink(missing_ok=True)


async def _carry_out(line: bytes, operations: Mapping[str, Operation]) -> dict[str, Any]:
    try:
        request = json.loads(line)
        operation = operations[request["do"]]
    except (ValueError, KeyError, TypeError):
        return _problem(_UNKNOWN)
    try:
        return {"result": await operation(**request["with"])}
    except Mendable as problem:
        return _problem(problem.told)
    except (StorageError, Busy, Unavailable, Refused) as problem:
        return {"problem": str(problem)}
    except Exception:
        log.exception("control request failed operation=%s", request["do"])
        return _problem(_FAILED)


def _problem(told: Said) -> dict[str, Any]:
    """The problem in English, and as who has asked can say it in another language."""
    return {"problem": str(told), "told": told.as_json()}


class NotServed(Mendable):
    """Nobody answers for that data folder."""


async def ask(
    folder: Path, operation: str, arguments: Mapping[str, Any], *, patience: float = PATIENCE
) -> Any:
    """Have the running service carry out an operation; Mendable says what went wrong, NotServed that there is none."""
    try:
        reader, writer = await asyncio.open_unix_connection(folder / "control.sock", limit=_LONGEST)
    except OSError as error:
        raise NotServed(
            N_(
                "Another placewatch holds {folder} but does not answer ({error}). "
                "It may just be starting or stopping: try again in a moment."
            ),
            folder=folder,
            error=error,
        ) from error
    try:
        writer.write(json.dumps({"do": operation, "with": dict(arguments)}).encode() + b"\n")
        async with asyncio.timeout(patience):
            line = await reader.readline()
    except TimeoutError as error:
        raise Mendable(
            N_("The running placewatch did not answer within {patience:.0f} s; its log says why."),
            patience=patience,
        ) from error
    except ConnectionError:
        line = b""  # it was killed
    finally:
        writer.close()
    if not line:
        raise Mendable(N_("The running placewatch stopped before it answered. Try again."))
    response = json.loads(line)
    if "problem" in response:
        told = response.get("told")
        raise Mendable(response["problem"] if told is None else Said.of_json(told))
    return response["result"]

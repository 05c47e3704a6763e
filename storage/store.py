"""Writing and reading the archive from the event loop.

Writers hand in whole-transaction functions, which run on the connection's own thread; functions that wait
together are committed together, each in a savepoint of its own, and the first waits for nobody (measured in
tests/benchmarks/README.md).
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from itertools import islice
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar, cast

import aiosqlite

from storage import index
from storage.database import (
    BeforeUpgrade,
    StorageError,
    connect_reader,
    connect_writer,
    explain,
    explained,
)

P = ParamSpec("P")
T = TypeVar("T")

_BATCH = 500  # functions a commit; more only lengthens the wait of the first


async def _on_thread(db: aiosqlite.Connection, function: Callable[[sqlite3.Connection], T]) -> T:
    """Run a whole function on the connection's thread.

    aiosqlite 0.22 offers this only as a private method; a contract test holds it, and the version is pinned.
    """
    result: T = await db._execute(function, db._conn)  # type: ignore[no-untyped-call]
    return result


async def _connect(connector: Callable[[], sqlite3.Connection]) -> aiosqlite.Connection:
    connection = aiosqlite.Connection(connector, 64)
    try:
        return await connection
    except BaseException:
        # Its thread is ending, and must not find the event loop closed.
        connection._thread.join()
        raise


_Outcome = tuple[Any, Exception | None]


class _Call:
    """Functions that wait, and the promise of their outcomes: one for all, since each costs the event loop time."""

    __slots__ = ("functions", "future")

    def __init__(self, functions: Sequence[Callable[[sqlite3.Connection], Any]]) -> None:
        self.functions = functions
        self.future: asyncio.Future[list[_Outcome]] = asyncio.get_running_loop().create_future()


def _commit(
    db: sqlite3.Connection, functions: Sequence[Callable[[sqlite3.Connection], Any]]
) -> list[_Outcome]:
    """Run all functions in one transaction; one that fails is undone alone."""
    assert isinstance(db, index.Writer)  # noqa: S101 - made by connect_writer
    outcomes: list[_Outcome] = []
    db.execute("BEGIN IMMEDIATE")
    later: list[tuple[str, int, str]] = []
    db.later = later
    try:
        for function in functions:
            db.execute("SAVEPOINT call")
            before = len(later)
            try:
                outcomes.append((function(db), None))
            except Exception as error:  # the edge of one item of many: its caller gets it
                if not db.in_transaction:  # SQLite has undone everything: full disk, I/O error
                    raise
                db.execute("ROLLBACK TO call")
                del later[before:]
                outcomes.append((None, error))
            db.execute("RELEASE call")
        index.write_all(db)
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
    finally:
        db.later = None
    return outcomes


class Store:
    """One writer with group commit, and a few readers that never block it.

    What is written and read stands in the modules beside this one, as plain functions of a connection:
    `await store.write(posts.keep, post, …)`, `await store.read(places.tracked)`.
    """

    def __init__(
        self, path: Path, writer: aiosqlite.Connection | None, readers: list[aiosqlite.Connection]
    ) -> None:
        self.path = path
        self._writer = writer
        self._all_readers = readers
        self._readers: asyncio.Queue[aiosqlite.Connection] = asyncio.Queue()
        for reader in readers:
            self._readers.put_nowait(reader)
        self._waiting: list[_Call] = []
        self._committer: asyncio.Task[None] | None = None
        self.trouble: str | None = None
        """Why the last commit kept nothing, and what to do about it; None once one has succeeded."""

    @classmethod
    async def open(
        cls, path: Path, *, write: bool, readers: int = 2, before_upgrade: BeforeUpgrade | None = None
    ) -> Store:
        """Open the file; with `write`, make or migrate it first. StorageError says what is wrong."""
        opened: list[aiosqlite.Connection] = []
        try:
            writer = None
            if write:
                writer = await _connect(lambda: connect_writer(path, before_upgrade))
                opened.append(writer)
            for _ in range(readers):
                opened.append(await _connect(lambda: connect_reader(path)))  # noqa: PERF401 - all are closed if one fails
        except BaseException as error:
            for connection in opened:
                await connection.close()
            if isinstance(error, sqlite3.Error):
                raise StorageError(explain(error, path) or f"{path}: {error}") from error
            raise
        return cls(path, writer, opened[1:] if write else opened)

    async def write(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function in the writer's transaction and return its result once that is durable."""
        ((result, problem),) = await self._write([lambda db: function(db, *args, **kwargs)])
        if problem is not None:
            raise problem
        return cast("T", result)

    async def write_each(
        self, functions: Sequence[Callable[[sqlite3.Connection], T]]
    ) -> list[tuple[T | None, Exception | None]]:
        """Run functions in order, each as `write` does; what each gave, or the problem for which it left no trace."""
        pieces = [functions[at : at + _BATCH] for at in range(0, len(functions), _BATCH)]
        outcomes = await asyncio.gather(*map(self._write, pieces))
        return [outcome for piece in outcomes for outcome in piece]

    async def _write(self, functions: Sequence[Callable[[sqlite3.Connection], Any]]) -> list[_Outcome]:
        if self._writer is None:
            raise StorageError(f"{self.path} was opened for reading only.")
        call = _Call(functions)
        self._waiting.append(call)
        if self._committer is None or self._committer.done():
            self._committer = asyncio.create_task(self._commit_all(self._writer), name="committer")
        # A caller that is cancelled leaves; the commit goes on.
        return await asyncio.shield(call.future)

    async def _commit_all(self, writer: aiosqlite.Connection) -> None:
        while self._waiting:
            calls = self._next()
            functions = [function for call in calls for function in call.functions]
            try:
                outcomes = await _on_thread(writer, lambda db, functions=functions: _commit(db, functions))  # type: ignore[misc]
            except Exception as error:  # noqa: BLE001 - nothing of the batch was kept: every caller must know
                outcomes = [(None, error)] * len(functions)
            # A full disk may undo one statement and leave the transaction: that is no fault of the caller's either.
            outcomes = [(result, self._said(problem)) for result, problem in outcomes]
            troubles = [str(problem) for _, problem in outcomes if isinstance(problem, StorageError)]
            self.trouble = troubles[0] if troubles else None
            left = iter(outcomes)
            for call in calls:
                found = list(islice(left, len(call.functions)))
                if not call.future.done():
                    call.future.set_result(found)

    def _next(self) -> list[_Call]:
        """The calls that the next commit carries out: the first, and those after it while they are few enough."""
        number, size = 0, 0
        for call in self._waiting:
            size += len(call.functions)
            if number and size > _BATCH:
                break
            number += 1
        calls, self._waiting = self._waiting[:number], self._waiting[number:]
        return calls

    def _said(self, problem: Exception | None) -> Exception | None:
        """What the caller is told: in words where the file is to blame."""
        if isinstance(problem, sqlite3.Error) and (words := explain(problem, self.path)):
            said = StorageError(words)
            said.__cause__ = problem
            return said
        return problem

    async def read(
        self, function: Callable[Concatenate[sqlite3.Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run a function on a reader, in one snapshot; keep it short, an open snapshot lets the WAL grow."""
        reader = await self._readers.get()
        try:
            with explained(self.path):
                return await _on_thread(
                    reader, lambda db: _snapshot(db, lambda: function(db, *args, **kwargs))
                )
        finally:
            self._readers.put_nowait(reader)

    async def close(self) -> None:
        """Finish what waits, then close every connection: an open one would hang the exit."""
        if self._committer is not None:
            await self._committer
        for reader in self._all_readers:
            await reader.close()
        if self._writer is not None:
            await self._writer.close()


def _snapshot(db: sqlite3.Connection, function: Callable[[], T]) -> T:
    db.execute("BEGIN")
    try:
        return function()
    finally:
        db.execute("ROLLBACK")

"""Proof of what was said: attest, verify."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot import terminal
from bot.cli.common import Json, err, out, read_archive, settings
from bot.commands import proof as texts
from bot.errors import Mendable
from bot.proof import Verdict, as_json, lines, verify
from storage import proof
from storage.database import StorageError

app = typer.Typer()

_BROKEN, _UNREADABLE = 1, 2


@app.command()
def attest(as_json: Json = False) -> None:
    """The ledger's head, in a line to be timestamped, sent elsewhere or printed."""
    head = read_archive(settings(), lambda store: store.read(proof.head))
    if head is None:
        raise Mendable(texts.nothing_entered())
    if as_json:
        known = {
            "entries": head.number,
            "head": str(head),
            "hash": head.hash,
            "newest_at": head.at.isoformat(),
        }
        terminal.print_json(out, known)
    else:
        out.print(texts.line(head), markup=False, highlight=False, soft_wrap=True)


@app.command("verify")
def verify_ledger(
    head: Annotated[
        list[str] | None,
        typer.Option("--head", metavar="HASH[@NUMBER]", help="A head noted earlier; repeat it."),
    ] = None,
    heads: Annotated[
        Path | None,
        typer.Option("--heads", metavar="FILE", help="A file with such heads, or lines of attest."),
    ] = None,
    json_: Json = False,
) -> None:
    """Check every entry of the ledger against the one before it and against the archive.

    A running service goes on meanwhile. Exit status: 0 intact, 1 broken or a head that is not in the chain, 2 can't
    be read.
    """
    with _unreadable():
        verdict = _verdict([*_given(head or []), *(_in_file(heads) if heads is not None else [])])
        zone = settings().timezone
    if json_:
        terminal.print_json(out, as_json(verdict))
    else:
        for line in lines(verdict, zone):
            out.print(line, markup=False, highlight=False, soft_wrap=True)
    if not verdict.intact:
        raise typer.Exit(_BROKEN)


def _verdict(attested: list[texts.Attested]) -> Verdict:
    columns = (
        TextColumn("verifying {task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("entries", total=None)

        def tell(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        return read_archive(settings(), lambda store: verify(store, attested, tell))


def _given(texts_: list[str]) -> list[texts.Attested]:
    found = []
    for text in texts_:
        heads = texts.heads_in(text)
        if len(heads) != 1:
            raise Mendable(
                f"“{text}” is no head. A head is 64 digits of hexadecimal, then @ and its number: HASH@12"
            )
        found += heads
    return found


def _in_file(path: Path) -> list[texts.Attested]:
    try:
        found = texts.heads_in(path.read_text(encoding="utf-8", errors="replace"))
    except OSError as problem:
        raise Mendable(f"{path} can't be read ({problem.strerror}).") from problem
    if not found:
        raise Mendable(f"{path} has no head in it. One looks like HASH@12, as `placewatch attest` prints it.")
    return found


@contextmanager
def _unreadable() -> Iterator[None]:
    """What keeps the ledger from being read at all is told apart from a broken one by the exit status."""
    try:
        yield
    except (Mendable, StorageError, sqlite3.DatabaseError) as problem:
        err.print(f"placewatch: {problem}", markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(_UNREADABLE) from None

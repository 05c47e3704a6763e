"""Taking what was said out of the archive: export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from bot import clock
from bot.archive.export import datasette
from bot.archive.export.file import beside, free, write
from bot.archive.export.formats import DATASETTE, FORMATS, NAMES, guessed
from bot.archive.export.selection import Archive, Selection, Tell, count, opened, selected
from bot.archive.query import LANGUAGE
from bot.claims import FILE, load
from bot.cli.common import err, settings
from bot.errors import Mendable
from storage import lock

app = typer.Typer()

_STANDARD: Final = "-"
_WHAT: Final = "; ".join(
    [*(f"{one.name}: {one.what}" for one in FORMATS.values()), f"{DATASETTE}: an SQLite file for Datasette"]
)
_LANGUAGE: Final = "\n\n".join(f"{sample} — {means}" for sample, means in LANGUAGE)

Kind = StrEnum("Kind", {name.upper(): name for name in NAMES})  # type: ignore[misc]  # the names are known at start


@app.command(epilog=_LANGUAGE)
def export(
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY]", help="As for search; everything where it is left out."),
    ] = None,
    to: Annotated[str, typer.Option("--to", metavar="FILE", help="- for standard output.")] = _STANDARD,
    kind: Annotated[
        Kind | None, typer.Option("--format", help=f"Told by the file's name where it is left out. {_WHAT}.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file of that name.")] = False,
) -> None:
    """What a query finds as a file: a table, JSON, a map, a report with its sources, a feed, or a database.

    Nothing is changed, and a running service goes on meanwhile. The file is there whole or not at all. A CSV cell that
    a spreadsheet would run has an apostrophe put before it: take one off every cell that begins with one.
    """
    if kind is None and to == _STANDARD:
        raise Mendable(f"Say in which format, or into which file: --format {NAMES[0]}, --to said.csv")
    form = guessed(Path(to)) if kind is None else kind.value
    if form == DATASETTE and to == _STANDARD:
        raise Mendable("A database can't be written to standard output. Name a file: --to archive.db")
    chosen = settings()
    path = Path(to)
    if to != _STANDARD:
        free(path, force=force)
    with opened(chosen.data / lock.DATABASE) as archive:
        selection = archive.read(
            selected,
            " ".join(query or []),
            now=clock.now(),
            zone=chosen.timezone,
            min_confidence=chosen.min_confidence,
            table=load(chosen.data / FILE),
        )
        found = 0

        def tell(looked_at: int, told: int) -> None:
            nonlocal found
            found = told
            bar(looked_at)

        with _progress(archive, selection, to) as bar:
            if form == DATASETTE:
                _database(archive, selection, path, tell, force=force)
            else:
                pieces = FORMATS[form].written(archive, selection, tell)
                if to == _STANDARD:
                    _print(pieces)
                else:
                    write(path, pieces, force=force)
    where = "" if to == _STANDARD else f" in {path}"
    _say(f"{found:,} {'statement' if found == 1 else 'statements'}{where}")
    for note in selection.heading.notes:
        _say(f"ℹ {note}")


def _database(archive: Archive, selection: Selection, path: Path, tell: Tell, *, force: bool) -> None:
    """The database, and beside it what Datasette shows of it."""
    described = path.with_name(f"{path.stem}.metadata.json")
    free(described, force=force)
    with beside(path, force=force) as part:
        datasette.make(archive, selection, part, tell)
    write(described, [datasette.metadata(selection.heading, path.stem)], force=force)
    _say(f"To look at it: datasette {path} -m {described}")


def _print(pieces: Iterator[bytes]) -> None:
    for piece in pieces:
        sys.stdout.buffer.write(piece)
    sys.stdout.buffer.flush()


@contextmanager
def _progress(archive: Archive, selection: Selection, to: str) -> Iterator[Callable[[int], None]]:
    """A bar where a person is watching and the output goes elsewhere."""
    if not err.is_terminal or (to == _STANDARD and sys.stdout.isatty()):
        yield lambda _: None
        return
    columns = (TextColumn("exporting"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=count(archive, selection))
        yield lambda looked_at: bar.update(task, completed=looked_at)


def _say(words: str) -> None:
    err.print(words, markup=False, highlight=False, soft_wrap=True)

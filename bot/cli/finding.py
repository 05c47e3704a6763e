"""Finding places in any text: extract for pipelines, explain for people; and examine for the archive."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from io import TextIOWrapper
from pathlib import Path
from typing import Annotated, TextIO

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot import terminal
from bot.cli.common import Json, err, out, read_archive, run_async, settings
from bot.errors import Mendable
from bot.places.extract import (
    DEFAULT_CONFIDENCE,
    BrokenLineError,
    NameTable,
    extract_lines,
    names_given,
    names_of,
    names_of_settlements,
    read_names,
)
from bot.places.gazetteer import Gazetteer
from config.loading import load
from storage import places

app = typer.Typer()

Names = Annotated[
    Path | None, typer.Option("--names", metavar="FILE", help="A table, id<TAB>name<TAB>language a line.")
]
Given = Annotated[
    list[str] | None, typer.Option("--place", metavar="NAME", help="A name to look for; repeat it.")
]
Tracked = Annotated[bool, typer.Option("--tracked", help="Look for the places that are tracked.")]
Countries = Annotated[
    str | None,
    typer.Option("--countries", metavar="UA,PL", help="Look for every place of these countries (gazetteer)."),
]
Least = Annotated[
    float, typer.Option("--min-confidence", min=0, max=1, help="Leave out what is less sure than this.")
]
Morphology = Annotated[
    bool, typer.Option("--morphology/--no-morphology", help="Let pymorphy3 add forms, where it is installed.")
]


@app.command()
def extract(
    posts: Annotated[str, typer.Argument(metavar="[POSTS.jsonl | -]", help="- for standard input.")] = "-",
    names: Names = None,
    place: Given = None,
    tracked: Tracked = False,
    countries: Countries = None,
    min_confidence: Least = DEFAULT_CONFIDENCE,
    morphology: Morphology = True,
) -> None:
    """Find places in posts, for dry runs and pipelines: JSON lines in, JSON lines out, nothing kept.

    In: {"id": …, "text": "…"} a line. Out, in the same order: {"id": …, "mentions": [{"start", "end", "surface",
    "place", "name", "kind", "confidence", "why", "rivals"}]}; offsets are in characters. A line that can't be read
    is reported on standard error with its number, and the rest goes on; the exit status is 1 then.
    """
    for stream, errors in ((sys.stdin, "surrogateescape"), (sys.stdout, "strict")):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors=errors)
    table = _table(names, place, tracked, countries)
    matcher = table.matcher(morphology=morphology)
    failed = False

    def broken(problem: BrokenLineError) -> None:
        nonlocal failed
        failed = True
        err.print(str(problem), markup=False, highlight=False, soft_wrap=True)

    with ExitStack() as stack:
        lines: Iterator[str] = iter(sys.stdin)
        if posts != "-":
            try:
                file = stack.enter_context(Path(posts).open(encoding="utf-8", errors="surrogateescape"))
            except OSError as problem:
                raise Mendable(f"{posts} can't be read ({problem.strerror}).") from problem
            lines = stack.enter_context(_progress(file, Path(posts).stat().st_size))
        for line in extract_lines(lines, matcher, table, min_confidence=min_confidence, broken=broken):
            sys.stdout.write(line + "\n")
    if failed:
        raise typer.Exit(1)


@contextmanager
def _progress(file: TextIO, size: int) -> Iterator[Iterator[str]]:
    """A file's lines, with a bar where a person is watching and the output goes elsewhere."""
    if not err.is_terminal or sys.stdout.isatty():
        yield iter(file)
        return
    columns = (TextColumn("finding places"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True) as bar:
        task = bar.add_task("", total=size)

        def counted() -> Iterator[str]:
            for line in file:
                bar.advance(task, len(line.encode("utf-8", "surrogateescape")))
                yield line

        yield counted()


@app.command()
def explain(
    text: Annotated[str, typer.Argument(help="Any text, in quotes; - for standard input.")],
    names: Names = None,
    place: Given = None,
    tracked: Tracked = False,
    countries: Countries = None,
    min_confidence: Least = DEFAULT_CONFIDENCE,
    morphology: Morphology = True,
    as_json: Json = False,
) -> None:
    """Show which places a text mentions, why, and what was nearly a match.

    Without --place, --names or --countries the tracked places are looked for.
    """
    table = _table(names, place, tracked or not (names or place or countries), countries)
    said = sys.stdin.read() if text == "-" else text
    mentions = table.matcher(morphology=morphology).find(said, min_confidence=0.01)
    if as_json:
        terminal.print_json(out, [table.as_json(m) for m in mentions])
    else:
        terminal.explanation(out, said, mentions, table.place, min_confidence)


def _table(names: Path | None, place: list[str] | None, tracked: bool, countries: str | None) -> NameTable:
    """The names to look for, from exactly one source."""
    if sum(map(bool, (names, place, tracked, countries))) != 1:
        raise Mendable(
            "Say what to look for, in one way: --names FILE, --place NAME (repeated), --tracked, or --countries UA."
        )
    if place:
        return names_given(place)
    if countries:
        codes = [code.strip().upper() for code in countries.split(",") if code.strip()]
        gazetteer = Gazetteer.load(load().data / "gazetteer", codes)
        return names_of_settlements(gazetteer)
    if tracked:
        known = read_archive(settings(), lambda store: store.read(places.tracked))
        if not known:
            raise Mendable("No places are tracked yet: placewatch places add NAME")
        return names_of(known)
    assert names is not None  # noqa: S101 - one of four
    try:
        with names.open(encoding="utf-8", errors="replace") as lines:
            return read_names(lines)
    except OSError as problem:
        raise Mendable(f"{names} can't be read ({problem.strerror}).") from problem
    except BrokenLineError as problem:
        raise Mendable(f"{names}, {problem}") from problem


@app.command()
def examine(as_json: Json = False) -> None:
    """Examine stored posts again where names or the matcher have changed; a running service does so by itself."""
    from bot.process import examine_archive

    chosen = settings()
    columns = (TextColumn("examining posts"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task("", total=None)
        done = run_async(
            examine_archive(chosen, lambda examined, total: bar.update(task, completed=examined, total=total))
        )
    if as_json:
        terminal.print_json(out, done)
    else:
        out.print(
            f"Every stored post has been examined with the names as they are now; {done['alone']} are tried again later."
            if done["alone"]
            else "Every stored post has been examined with the names as they are now."
        )

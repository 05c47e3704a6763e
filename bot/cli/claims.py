"""`placewatch claims …`"""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table as Grid
from rich.text import Text

from bot.alerts.excerpt import sentences
from bot.claims import Table, find_claims, load
from bot.claims.review import warnings
from bot.claims.shown import shown
from bot.claims.source import FILE, embedded_text
from bot.claims.table import LANGUAGES, rows
from bot.cli.common import Json, err, out, settings
from bot.errors import Mendable
from bot.terminal import print_json

app = typer.Typer(
    help="The words by which claims about places are recognised: captured, withdrawn, denied …",
    no_args_is_help=True,
)


@app.command("check")
def claims_check(
    file: Annotated[
        Path | None, typer.Argument(help="A table; without it the team's own, or the one that comes along.")
    ] = None,
    text: Annotated[
        str | None, typer.Option("--text", help="Show what is found in this text, and why.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Print the whole table, too.")] = False,
    as_json: Json = False,
) -> None:
    """Say what is wrong with the table of claims; or try it on a text."""
    if file is not None and not file.exists():
        raise Mendable(f"There is no file {file}.")
    table = load(file or team_file())
    if text is not None:
        _show_claims(text, table, as_json=as_json)
        return
    doubts = warnings(table)
    if as_json:
        print_json(
            out,
            {
                "table": table.source,
                "kinds": {
                    kind.key: {"label": kind.label, "contradicts": kind.contradicts, "cues": kind.cues}
                    for kind in table.kinds.values()
                },
                "warnings": doubts,
            },
        )
        return
    if every:
        out.print(_grid(table))
    for doubt in doubts:
        err.print(f"! {doubt}", markup=False, highlight=False, soft_wrap=True, style="yellow")
    out.print(
        f"{table.source}: {len(table.kinds)} kinds, {len(table.rules)} phrases, {len(doubts)} warnings",
        markup=False,
        highlight=False,
        soft_wrap=True,
    )


@app.command("edit")
def claims_edit() -> None:
    """Open the team's own table in an editor, made from the one that comes along where there is none yet."""
    path = team_file()
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(embedded_text(), encoding="utf-8")
        out.print(f"Copied the table to {path}", markup=False, highlight=False, soft_wrap=True)
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR")
    if not editor:
        out.print(
            f"Edit {path} with any text editor, then run: placewatch claims check\n"
            "(Set EDITOR to have it opened from here.)",
            markup=False,
            highlight=False,
            soft_wrap=True,
        )
        return
    try:
        # The person's own command, split as a shell would: "code --wait".
        done = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603
    except (OSError, ValueError) as error:
        raise Mendable(f"The editor “{editor}” can't be started ({error}); set EDITOR to another.") from None
    if done.returncode:
        raise Mendable(f"The editor ended with an error ({done.returncode}); {path} was left as it is.")
    try:
        table = load(path)
    except Mendable as error:
        raise Mendable(
            f"{error}\nYour edit is kept in {path}. Until it is mended the table that comes with placewatch is used: "
            "placewatch claims edit"
        ) from None
    for doubt in warnings(table):
        err.print(f"! {doubt}", markup=False, highlight=False, soft_wrap=True, style="yellow")
    out.print(f"{path}: {len(table.kinds)} kinds of claims", markup=False, highlight=False, soft_wrap=True)


def team_file() -> Path:
    """Where the team's own table lies, if it has one."""
    return settings().data / FILE


def _grid(table: Table) -> Grid:
    grid = Grid(show_lines=True)
    grid.add_column("kind", style="bold")
    grid.add_column("in words")
    for language in LANGUAGES:
        grid.add_column(language, overflow="fold", ratio=1)
    grid.add_column("contradicts")
    for row in rows(table):
        cells = (row.kind, row.labels, *(row.cues[language] for language in LANGUAGES), row.contradicts)
        grid.add_row(*map(Text, cells))  # a team's words are no markup
    return grid


def _show_claims(text: str, table: Table, *, as_json: bool) -> None:
    claims = find_claims(text, table, sentences(text))
    if as_json:
        print_json(
            out,
            [
                {
                    "kind": claim.kind,
                    "start": claim.start,
                    "end": claim.end,
                    "cue": claim.cue,
                    "modality": claim.modality,
                    "reported": claim.reported,
                    "why": claim.why,
                }
                for claim in claims
            ],
        )
    elif not claims:
        out.print("No claim is found in this text.")
    for claim in claims if not as_json else ():
        out.print(f"claim: {shown(claim, table)}", style="bold", markup=False, highlight=False)
        out.print(f"  “{claim.cue}”: {claim.why}", markup=False, highlight=False, soft_wrap=True)

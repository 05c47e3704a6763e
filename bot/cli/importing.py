"""`placewatch import …`: what Telegram Desktop exported, into the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from bot import terminal
from bot.cli.common import Json, err, logging_for, out, run_async, settings
from bot.exports import find

app = typer.Typer()

_STOPPED = "Stopped before its end. What was taken stays; the same command again goes on from there."


@app.command("import")
def import_export(
    path: Annotated[
        Path, typer.Argument(metavar="FOLDER|result.json", help="What Telegram Desktop exported as JSON.")
    ],
    channel: Annotated[
        str | None, typer.Option("--channel", help="The channel's @name, where the file can't say it.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what it would bring; keep nothing.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Take an export of Telegram Desktop into the archive; the same file twice changes nothing."""
    from bot.process import take_export
    from bot.telegram.links import parse_channel_link

    chosen = settings()
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    file = find(path.expanduser()).resolve()  # what is wrong with it is told before anybody is asked
    name = None if channel is None else parse_channel_link(channel)
    last: dict[str, Any] = {}
    try:
        with _progress() as progress:
            bar = progress.add_task("Checking" if dry_run else "Importing", total=None, posts="")

            def tell(stand: dict[str, Any]) -> None:
                last.update(stand)
                posts = stand["posts"] + stand["known"] + stand["revised"] + stand["older"]
                far, total = stand["bytes_read"], stand["bytes_total"]
                progress.update(bar, total=total, completed=far, posts=f"{posts:,} posts")

            run_async(take_export(chosen, str(file), name, dry_run, tell))
    except Exception as end:
        if last:  # some of it was taken before it ended
            _tell(last, as_json, stopped=True)
        elif isinstance(end, typer.Exit):
            err.print(_STOPPED, soft_wrap=True)
        raise
    _tell(last, as_json, stopped=False)
    if last["broken"]:
        raise typer.Exit(1)


def _tell(stand: dict[str, Any], as_json: bool, *, stopped: bool) -> None:
    if as_json:
        terminal.print_json(out, stand)
        return
    for line in summary(stand, stopped=stopped):
        out.print(line, markup=False, highlight=False, soft_wrap=True)


def summary(stand: dict[str, Any], *, stopped: bool) -> list[str]:
    """What came of an import, in words."""
    would = " would be" if stand["dry_run"] else ""
    counted = [
        _count(stand["posts"], "post", f"{would} taken"),
        f"{stand['known']:,} already known",
        stand["revised"] and f"{stand['revised']:,}{would} revised",
        stand["older"] and f"{stand['older']:,} in an older state than ours",
        stand["service"] and _count(stand["service"], "service message", ""),
        stand["refused"] and f"{stand['refused']:,} refused",
    ]
    lines = [f"{', '.join(stand['channels'][:3]) or 'No public channel'}: {', '.join(filter(None, counted))}"]
    if len(stand["channels"]) > 3:
        lines[0] = f"{len(stand['channels'])} channels: {', '.join(filter(None, counted))}"
        lines += [f"  channel: {name}" for name in stand["channels"]]
    lines += [f"  refused: {told}" for told in stand["refusals"]]
    if stand["refused"] > len(stand["refusals"]):
        lines.append(f"  and {stand['refused'] - len(stand['refusals']):,} more")
    if stand["not_taken"]:
        lines.append(f"{_count(stand['not_taken'], 'chat', '')} not taken, being no public channels:")
        lines += [f"  {name}" for name in stand["not_taken_named"]]
    if stand["without_zone"]:
        posts = _count(stand["without_zone"], "post", "")
        lines.append(f"{posts} had times without a zone; they were read in PLACEWATCH_TIMEZONE.")
    if stand["with_media"]:
        posts = _count(stand["with_media"], "post", "")
        lines.append(f"{posts} had photos or files: described, but the files themselves are not taken.")
    if stand["broken"]:
        lines.append(f"The file can't be read {stand['broken']}. What stands before that was read.")
    if stopped:
        lines.append(
            "Stopped before its end. What was taken stays; the same command again goes on from there."
        )
    return lines


def _count(number: int, what: str, then: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}{then}"


def _progress() -> Progress:
    """A bar on a terminal, nothing in a pipe."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TextColumn("{task.fields[posts]}"),
        TimeRemainingColumn(),
        console=err,
        disable=not err.is_terminal,
        transient=True,
    )

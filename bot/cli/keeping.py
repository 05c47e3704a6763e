"""Keeping the archive: backup, restore, check, prune."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from bot import clock, terminal
from bot.alerts.compose import moment
from bot.cli.common import Json, ask, err, out, read_archive, run_async, settings
from bot.errors import Mendable
from bot.restoring import lines, put_back
from config.settings import Settings
from storage import backup as backups
from storage import checking, lock
from storage.backup_folder import asked_name
from storage.checking import Broken

app = typer.Typer()

_LONG = 6 * 3600.0  # seconds: a slow disk may take its time, and the running service does the work


def _say(line: str) -> None:
    out.print(line, markup=False, highlight=False, soft_wrap=True)


@app.command()
def backup(
    target: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]", help="The file, or a folder in which it gets a name; data/backups unless given."
        ),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace a file that is there.")] = False,
    with_sessions: Annotated[
        bool,
        typer.Option("--with-sessions", help="The accounts' sessions too; who has them has the accounts."),
    ] = False,
    as_json: Json = False,
) -> None:
    """Copy the archive, beside a running service too, and read the copy back before it gets its name."""
    chosen = settings()
    if not (chosen.data / lock.DATABASE).exists():
        raise Mendable(f"There is no archive in {chosen.data} yet.")
    path = (target or chosen.backup_folder).expanduser().absolute()
    if path.is_dir() or target is None:
        path /= asked_name(clock.now())
    made = ask(
        "backup",
        {"path": str(path), "force": force, "sessions": with_sessions},
        telegram=False,
        patience=_LONG,
    )
    if as_json:
        terminal.print_json(out, made)
        return
    files = f" and {made['media']:,} media files" if made["media"] else ""
    _say(f"{made['path']}: {made['posts']:,} posts{files}, {_size(made['bytes'])}, read back and whole.")
    _say(
        "The accounts' sessions lie beside it: keep them from others' eyes."
        if with_sessions
        else "The accounts' sessions are not in it; after a restore elsewhere: placewatch login"
    )


@app.command()
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    with_sessions: Annotated[
        bool, typer.Option("--with-sessions", help="The sessions beside it too, where there are none here.")
    ] = False,
    as_json: Json = False,
) -> None:
    """Put a backup in the archive's place; the present archive is kept aside."""
    chosen = settings()
    done = put_back(chosen, file.expanduser())
    sessions = backups.copy_sessions(backups.sessions_of(file), chosen.data) if with_sessions else 0
    former = done.former
    if as_json:
        terminal.print_json(
            out,
            {
                "until": done.until.isoformat(),
                "posts": done.posts,
                "media": done.media,
                "aside": str(done.aside) if done.aside else None,
                "told_known": former.told,
                "messages": former.messages,
                "channels": list(former.channels),
                "places_gone": list(former.places),
                "decisions_gone": former.decisions,
                "sessions": sessions,
            },
        )
        return
    _say(f"Restored: {done.posts:,} posts, as of {moment(done.until, chosen.timezone)}.")
    if done.aside is not None:
        _say(f"What was here before is kept in {done.aside}; delete it when you are sure.")
    for line in lines(done):
        _say(line)
    _say("What was said since is read again when the service runs: placewatch run")


@app.command()
def check(as_json: Json = False) -> None:
    """Check that the archive is whole: SQLite's own checks, and what must hold between posts, mentions and alerts."""
    broken: list[Broken] = []
    chosen = settings()

    def look(db: sqlite3.Connection) -> None:
        for words, found in checking.check(db, chosen.data):
            if found is not None:
                broken.append(found)
            if not as_json:
                _say(f"{'✗' if found else '✓'} {words}" + (_where(found) if found else ""))

    read_archive(chosen, lambda store: store.read(look))
    if as_json:
        terminal.print_json(
            out,
            [
                {"rule": b.rule, "count": b.count, "examples": list(b.examples), "advice": b.advice}
                for b in broken
            ],
        )
    if broken:
        raise typer.Exit(1)


def _where(found: Broken) -> str:
    more = ", …" if found.count > len(found.examples) else ""
    return f": {found.count:,} broken ({', '.join(found.examples)}{more}). {found.advice}"


@app.command()
def prune(
    older_than: Annotated[str, typer.Option("--older-than", metavar="365d", help="A span or a date.")],
    channel: Annotated[
        str | None, typer.Option("--channel", metavar="NAME", help="Only of this channel.")
    ] = None,
    reviewed: Annotated[
        bool, typer.Option("--reviewed", help="Also what people marked as relevant, or for a second look.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Say what would go, and forget nothing.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Don't ask.")] = False,
) -> None:
    """Forget old posts for good, with their revisions and mentions; beside a running service too."""
    chosen = settings()
    before = clock.since(older_than, chosen.timezone, clock.now())
    asked = {"before": before.isoformat(), "channel": channel, "reviewed": reviewed}
    found = ask("prune.count", asked, telegram=False)
    _say(
        f"{_posts(found['posts'])} from before {moment(before, chosen.timezone)} {'would go' if dry_run else 'to forget'}."
    )
    for number, why in (
        (found["decided"], "people decided on them (--reviewed forgets them too)"),
        (found["repeated"], "posts that stay repeat them"),
        (found["waiting"], "a chat still waits for their alert"),
    ):
        if number:
            _say(f"{number:,} stay: {why}.")
    if dry_run or not found["posts"]:
        return
    if not yes and not typer.confirm("They can't be had back, unless from a backup. Forget them?", err=True):
        raise typer.Exit(1)
    gone, size = _forget(chosen, asked, found["posts"])
    freed = max(0, found["bytes"] - size)
    _say(
        f"{gone:,} posts forgotten, {_size(freed)} given back; their ids stay known, so they are not read again."
    )


def _forget(chosen: Settings, asked: dict[str, Any], total: int) -> tuple[int, int]:
    """Forget piece by piece; interrupted, the same command goes on where this one ended."""
    from bot.process import asking

    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())

    async def work(bar: Progress) -> tuple[int, int]:
        task = bar.add_task("forgetting", total=total)
        gone, left, size = 0, 1, 0
        after: int | None = 0
        async with asking(chosen) as have:
            while after is not None:
                done = await have("prune", {**asked, "after": after})
                gone, after = gone + done["gone"], done["after"]
                bar.update(task, completed=gone)
            bar.update(task, description="giving space back", total=None)
            while left:
                done = await have("prune.give back", {})
                left, size = done["left"], done["bytes"]
        return gone, size

    with Progress(*columns, console=err, transient=True, disable=not err.is_terminal) as bar:
        return run_async(work(bar))


def _size(number: float) -> str:
    return f"{number / 1e9:.1f} GB" if number >= 1e9 else f"{number / 1e6:.1f} MB"


def _posts(number: int) -> str:
    return "1 post" if number == 1 else f"{number:,} posts"

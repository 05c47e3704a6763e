"""`placewatch backfill`: the past of followed channels, with a bar while it is read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from typing import Annotated, Any

import typer
from rich.progress import (
    BarColumn,
    Progress,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)

from bot import clock, terminal
from bot.alerts.compose import moment
from bot.cli.common import ACCOUNT, Json, err, logging_for, out, read_archive, run_async, settings
from bot.commands.replies import counted
from bot.errors import Mendable
from config.settings import Settings
from storage import backfills

app = typer.Typer()

_LOOK_EVERY = 0.3  # seconds
_TYPED = "placewatch backfill --resume"

Ask = Callable[[str, dict[str, Any]], Awaitable[Any]]


@app.command()
def backfill(
    names: Annotated[
        list[str] | None, typer.Argument(help="@name, link or title", metavar="[CHANNEL]…")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--since", help="Posts from then on: 90d or a date; all without.")
    ] = None,
    until: Annotated[
        str | None, typer.Option("--until", help="Posts before then: 30d or a date; all without.")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every channel that is followed.")] = False,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with all that is not finished.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much that is.")] = False,
    as_json: Json = False,
) -> None:
    """Read what channels posted before they were followed; it can be searched, and never alerts.

    Ctrl-C stops it, and the same command or --resume goes on. Without a channel: what is not finished.
    """
    wanted = {"names": names or [], "every": every, "since": since, "until": until}
    if resume and (names or every or since or until or dry_run):
        raise Mendable("--resume goes on with all that is not finished; it takes no channels and no times.")
    if names and every:
        raise Mendable("Name channels or give --all, not both.")
    if not (names or every or resume):
        if since or until or dry_run:
            raise Mendable("Of which channels? Name them, or give --all.")
        _unfinished(settings(), as_json)
        return
    if settings().source == "preview":
        raise Mendable(
            "Reading back needs an account, and PLACEWATCH_SOURCE=preview has none. Give --since to placewatch channels "
            "add, take in an export (placewatch import), or set PLACEWATCH_SOURCE=telegram."
        )
    from bot.backfills import times  # loads Telegram's client: only where it is needed

    chosen = settings(*ACCOUNT)
    times(since, until, chosen.timezone, clock.now())  # a bad one is told before anything is done
    if not (chosen.data / "reader.session").exists():
        raise Mendable("No reading account is signed in yet. Sign one in first: placewatch login")
    logging_for(chosen.model_copy(update={"log_level": "ERROR"}))
    if dry_run:
        _show_plan(run_async(_planned(chosen, names or [], every, since, until)), as_json)
        return
    request = ("backfill.resume", {}) if resume else ("backfill.start", wanted)
    found = run_async(_watched(chosen, *request))
    if as_json:
        terminal.print_json(out, found)
    else:
        for job in found:
            (err if job["state"] == "failed" else out).print(
                _line(job), markup=False, highlight=False, soft_wrap=True
            )
        if not found:
            out.print("Nothing is left to be read.")
    if any(job["state"] != "finished" for job in found):
        raise typer.Exit(1)


async def _planned(
    chosen: Settings, names: list[str], every: bool, since: str | None, until: str | None
) -> list[dict[str, Any]]:
    """How much each channel's would be; asked one by one, for each asks Telegram."""
    from bot.process import reaching

    async with reaching(chosen) as ask:
        meant = await ask("backfill.named", {"names": names, "every": every})
        return [await ask("backfill.plan", {"name": name, "since": since, "until": until}) for name in meant]


async def _watched(chosen: Settings, operation: str, arguments: dict[str, Any]) -> list[dict[str, Any]]:
    """Start it, and show how it goes until all is read; Ctrl-C stops it."""
    from bot.process import reaching

    async with reaching(chosen) as ask:
        jobs: list[dict[str, Any]] = await ask(operation, arguments)
        ids = [job["id"] for job in jobs]
        try:
            return await _followed(ask, ids, jobs, chosen)
        except asyncio.CancelledError:
            left = [job for job in await ask("backfill.stop", {"channel_ids": ids}) if not _is_finished(job)]
            if left:
                err.print(f"Stopped; what was read is kept. Go on with: {_TYPED}", highlight=False)
            raise


async def _followed(
    ask: Ask, ids: list[int], jobs: list[dict[str, Any]], chosen: Settings
) -> list[dict[str, Any]]:
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[note]}", markup=False),
        _Left(),
    )
    with Progress(
        *columns, console=err, transient=True, disable=not err.is_terminal, speed_estimate_period=120
    ) as bar:
        shown = {i: bar.add_task("", total=None, note="", start=False) for i in ids}
        while True:
            for job in jobs:
                _show(bar, shown[job["id"]], job, chosen)
            if all(job["done"] for job in jobs):
                return jobs
            await asyncio.sleep(_LOOK_EVERY)
            try:
                jobs = await ask("backfill.progress", {"channel_ids": ids})
            except Mendable as gone:
                raise Mendable(
                    f"The placewatch that reads has stopped ({gone}). What was read is kept; the rest goes on when it "
                    f"runs again, or with: {_TYPED}"
                ) from gone


class _Left(TimeRemainingColumn):
    """Time left, without a guess before anything was read."""

    def render(self, task: Task) -> Any:
        return super().render(task) if task.completed else ""


def _show(bar: Progress, task: TaskID, job: dict[str, Any], chosen: Settings) -> None:
    state = bar.tasks[bar.task_ids.index(task)]
    if job["ids"] is not None and not state.started:
        bar.start_task(task)
    note = counted(job["posts"], "post")
    if state.speed and not job["done"]:
        note += f", {state.speed:,.0f} ids/s"
    if job["wait"]:
        again = moment(clock.now() + timedelta(seconds=job["wait"]), chosen.timezone)
        note = f"Telegram asks to wait until {again}"
    elif job["problem"]:
        note = job["problem"]
    done = None if job["ids"] is None else job["ids"] - (job["left"] or 0)
    bar.update(task, description=job["channel"], total=job["ids"], completed=done, note=note)


def _is_finished(job: dict[str, Any]) -> bool:
    return bool(job["state"] == "finished")


def _line(job: dict[str, Any]) -> str:
    """One channel in words."""
    posts = counted(job["posts"], "post")
    if job["state"] == "finished":
        return (
            f"{job['channel']}: {posts} read"
            if job["posts"]
            else f"{job['channel']}: nothing that was not known"
        )
    so_far = f"{posts} read so far"
    if job["ids"]:
        so_far += f", {100 * (job['ids'] - job['left']) // job['ids']}%"
    reason = f": {job['problem']}" if job["problem"] else ""
    return f"{job['channel']}: {job['state']}{reason} ({so_far})"


def _unfinished(chosen: Settings, json: bool) -> None:
    from bot.backfills import as_json  # loads Telegram's client: only where it is needed

    jobs = [as_json(job) for job in read_archive(chosen, lambda store: store.read(backfills.unfinished))]
    if json:
        terminal.print_json(out, jobs)
        return
    for job in jobs:
        out.print(_line(job), markup=False, highlight=False, soft_wrap=True)
    if jobs:
        out.print(f"Go on: {_TYPED}", highlight=False)
    else:
        out.print(
            "No backfill is unfinished. Start one: placewatch backfill CHANNEL --since 2025-11-01",
            highlight=False,
        )


def _show_plan(plan: Sequence[dict[str, Any]], json: bool) -> None:
    if json:
        terminal.print_json(out, plan)
        return
    for one in plan:
        out.print(
            f"{one['channel']}: at most {one['messages']:,} messages, about {one['minutes']:g} min",
            markup=False,
            highlight=False,
        )

"""Check everything that must be right, and say a line on each."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

from bot import clock, disk, guarding
from bot.errors import Mendable
from bot.findings import Finding
from bot.outputs import opened
from bot.printed import TERMINAL, outside
from config.loading import load, unknown_variables
from config.problems import SettingsError
from config.settings import Settings
from storage import lock, private
from storage.database import StorageError, migrations
from storage.store import Store


async def examine(env_file: Path) -> list[Finding]:
    """Look at everything; never raises for what it finds."""
    findings = [
        Finding(
            "settings",
            "warning",
            f"there is no setting {name}" + (f"; did you mean {meant}?" if meant else ""),
        )
        for name, meant in unknown_variables(env_file)
    ]
    try:
        settings = load(env_file)
    except SettingsError as error:
        return [*findings, *(Finding("settings", "bad", str(problem)) for problem in error.problems)]
    try:
        settings.require(*settings.to_run)
        findings.append(Finding("settings", "ok", "complete"))
    except SettingsError as error:
        findings += [Finding("settings", "bad", str(problem)) for problem in error.problems]
    if settings.source == "preview" and settings.media != "none":
        words = "PLACEWATCH_MEDIA has no effect: only an account can fetch files, and public pages are read"
        findings.append(Finding("settings", "warning", words))
    findings += _outputs(settings)
    findings += _folder(settings.data)
    findings += disk.look(settings.data)
    findings += [finding async for finding in guarding.look(settings)]
    findings += await _archive(settings)
    if all(not f.bad or f.area != "settings" for f in findings):
        findings += await _telegram(settings)
    return findings


def _outputs(settings: Settings) -> Iterator[Finding]:
    """Whether each address is one that can be sent to; nothing is sent."""
    if TERMINAL in outside(settings):
        words = "neither chats nor outputs are set: `placewatch run` prints alerts to standard output"
        yield Finding("alerts", "ok", words)
    for one in settings.outputs:
        area = f"output {one.name}"
        try:
            opened([one])
        except (Mendable, SettingsError) as problem:
            yield Finding(area, "bad", str(problem))
        else:
            yield Finding(area, "ok", f"its address can be read; try it: placewatch outputs test {one.name}")


def _folder(folder: Path) -> Iterator[Finding]:
    try:
        lock.make_folder(folder)
    except StorageError as error:
        yield Finding("data folder", "bad", str(error))
        return
    loose = list(private.loose(folder))
    for path in loose:
        yield Finding("data folder", "bad", f"others may read {path}. Close it: {private.mend(path)}")
    if not loose:
        yield Finding("data folder", "ok", f"{folder} is writable, and for its owner only")


async def _archive(settings: Settings) -> list[Finding]:
    path = settings.data / lock.DATABASE
    if not path.exists():
        return [Finding("archive", "ok", f"none yet at {path}; `placewatch run` makes it")]
    try:
        store = await Store.open(path, write=False, readers=1)
    except StorageError as error:
        return [Finding("archive", "bad", str(error))]
    try:
        problems = await store.read(_integrity)
        backups = await store.read(disk.backups, settings, clock.now())
    except StorageError as error:
        problems, backups = [str(error)], []
    finally:
        await store.close()
    if problems:
        words = f"damaged: {'; '.join(problems[:3])}. Put your newest backup in its place: placewatch restore FILE"
        return [Finding("archive", "bad", words), *backups]
    return [Finding("archive", "ok", f"schema {migrations()[-1].version}, intact"), *backups]


def _integrity(db: sqlite3.Connection) -> list[str]:
    rows = [row[0] for row in db.execute("PRAGMA integrity_check(5)")]
    broken = [
        f"{table} row {row} misses its {parent}"
        for table, row, parent, _ in db.execute("PRAGMA foreign_key_check")
    ]
    return [*(r for r in rows if r != "ok"), *broken]


async def _telegram(settings: Settings) -> list[Finding]:
    """The accounts, chats and channels: asked of the running service, or looked at by ourselves."""
    from bot.process import carry_out  # the wiring is needed only here

    try:
        found = await carry_out(settings, "examine", {}, telegram=False)
    except (Mendable, StorageError) as problem:
        return [Finding("telegram", "bad", str(problem))]
    return [Finding(**one) for one in found]

"""Whether the service does its work, judged by when it last did: a process that lives may have been deaf for hours."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from storage.vitals import Vitals

_STARTING = timedelta(
    minutes=2
)  # until then nobody expects an account to be connected, or anything to be read
_APART = timedelta(minutes=2)  # without a connection; a lost one is usually back within a minute
_UNWRITTEN = timedelta(minutes=3)  # a write for its own sake comes every minute
_UNREAD = timedelta(minutes=30)  # a channel's history is read again every few minutes
_UNDELIVERED = timedelta(minutes=10)  # an outage of Telegram's that is no more than that is shorter


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountSeen:
    """One account's connection, as it is now."""

    name: str
    connected: bool
    heartbeat_at: datetime | None = None
    updated_at: datetime | None = None  # when Telegram last pushed anything
    problem: str | None = None
    stopped: bool = False  # only a person can help


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """Everything that a judgement rests on."""

    now: datetime
    started_at: datetime
    accounts: tuple[AccountSeen, ...] = ()
    vitals: Vitals | None = None  # None where the archive can't be read
    archive: str | None = None  # what is wrong with it
    delivered_at: datetime | None = None
    down: tuple[str, ...] = ()  # parts that wait for their next start
    stopped: tuple[tuple[str, str], ...] = ()  # parts that will not start again by themselves, and why
    unread_after: timedelta = _UNREAD


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How the service is: seconds since things last happened (None: never), and what is wrong."""

    last_update: (
        float | None
    )  # pushed by Telegram to a reading account, or read from a channel's history or page
    last_write: float | None
    last_delivery: float | None
    problems: tuple[str, ...]

    @property
    def ok(self) -> bool:
        return not self.problems

    def as_json(self) -> dict[str, Any]:
        """For /healthz and the command line."""
        ages = {
            "last_update_seconds": self.last_update,
            "last_write_seconds": self.last_write,
            "last_delivery_seconds": self.last_delivery,
        }
        rounded = {name: None if age is None else round(age, 1) for name, age in ages.items()}
        return {"status": "ok" if self.ok else "unwell", **rounded, "problems": list(self.problems)}


def line(report: dict[str, Any]) -> str:
    """A report of `Report.as_json` in one line for people."""
    if report["problems"]:
        return "unwell: " + "; ".join(report["problems"])
    names = {
        "update": "last_update_seconds",
        "write": "last_write_seconds",
        "delivery": "last_delivery_seconds",
    }
    ages = [f"last {what} {_age(report[key])}" for what, key in names.items()]
    return "well: " + ", ".join(ages)


def judge(seen: Seen) -> Report:
    """What is wrong, and how old everything is."""
    vitals = seen.vitals
    updates = [a.updated_at for a in seen.accounts if a.name != "bot"] + [vitals.read_at if vitals else None]
    problems = [*_accounts(seen), *_parts(seen), *_archive(seen)]
    if vitals is not None:
        problems += [*_reading(seen, vitals), *_telling(seen, vitals)]
    return Report(
        last_update=_since(seen.now, *updates),
        last_write=_since(seen.now, vitals.written_at if vitals else None),
        last_delivery=_since(seen.now, seen.delivered_at),
        problems=tuple(problems),
    )


def _accounts(seen: Seen) -> Iterator[str]:
    for one in seen.accounts:
        if one.stopped:
            yield f"{one.name}: has stopped: {one.problem or 'it needs a person'}"
        elif not one.connected:
            last = one.heartbeat_at or seen.started_at
            if seen.now - max(last, seen.started_at) > _APART:
                yield f"{one.name}: not connected for {_words(seen.now - last)}: {one.problem or 'connecting'}"


def _parts(seen: Seen) -> Iterator[str]:
    accounts = {one.name for one in seen.accounts}
    yield from (f"{name}: has stopped: {why}" for name, why in seen.stopped if name not in accounts)
    yield from (f"{name}: failed, and starts again by itself" for name in seen.down)


def _archive(seen: Seen) -> Iterator[str]:
    if seen.archive is not None:
        yield f"archive: {seen.archive}"
    elif seen.vitals is not None:
        written = max(seen.vitals.written_at or seen.started_at, seen.started_at)
        if seen.now - written > _UNWRITTEN:
            yield f"archive: nothing was written for {_words(seen.now - written)}"


def _reading(seen: Seen, vitals: Vitals) -> Iterator[str]:
    read = max(vitals.read_at or seen.started_at, seen.started_at)
    if vitals.followed and seen.now - read > max(seen.unread_after, _STARTING):
        yield f"channels: none was read for {_words(seen.now - read)}"


def _telling(seen: Seen, vitals: Vitals) -> Iterator[str]:
    for chat, problem in vitals.blocked.items():
        yield f"chat {chat}: refuses: {problem}"
    for chat, since in vitals.overdue.items():
        waited = seen.now - max(since, seen.started_at)
        if waited > _UNDELIVERED:
            yield f"chat {chat}: a message waits for {_words(waited)}"


def _since(now: datetime, *times: datetime | None) -> float | None:
    known = [at for at in times if at is not None]
    return max(0.0, (now - max(known)).total_seconds()) if known else None


def _words(age: timedelta) -> str:
    minutes = round(age.total_seconds() / 60)
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h"


def _age(seconds: float | None) -> str:
    return "never" if seconds is None else f"{seconds:.0f} s ago"

"""A backup in the archive's place, and what the team is told of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from zoneinfo import ZoneInfo

from bot import clock
from bot.alerts.compose import moment
from bot.languages import ENGLISH, Words, spoken
from config.settings import Settings
from storage import chats, lock, owed
from storage.records import OwedKind, Wanted
from storage.restoring import Restored, restore


def put_back(settings: Settings, file: Path) -> Restored:
    """Restore a backup into the data folder, which no service may hold; the team hears of it once."""
    now = clock.now()
    languages = spoken(settings.language)

    def announce(db: sqlite3.Connection, done: Restored) -> None:
        for chat in chats.every(db):
            if chat.id in settings.chats or chat.output is not None:
                subject = f"restored {now:%Y-%m-%dT%H:%M:%S}"
                html = _announced(done, settings.timezone, languages.of(chat.language))
                notice = Wanted(chat_id=chat.id, subject=subject, html=html, kind=OwedKind.NOTICE)
                owed.owe(db, notice, now=now)

    with lock.hold(settings.data):
        return restore(settings.data / lock.DATABASE, file, now=now, announce=announce)


def _announced(done: Restored, zone: ZoneInfo, t: Words) -> str:
    return t(
        "⚠ placewatch: the archive was restored from a backup, as of {when}. What was said since is read again from "
        "the channels. Edits and deletions of that time are looked for among the posts of the month before, where an "
        "account reads; others are missing. {alerts}",
        when=moment(done.until, zone, t=t),
        alerts=_of_alerts(done, t),
    )


def _of_alerts(done: Restored, t: Words = ENGLISH) -> str:
    if done.former.told and done.aside is not None:
        return t("Alerts that were sent since are known, and not sent again.")
    return t("Alerts that were sent since may come a second time: nothing here remembers them.")


def lines(done: Restored) -> list[str]:
    """What a person who restores should know of what was here before."""
    former = done.former
    if done.aside is None:
        return [_of_alerts(done)]
    if former.damage is not None:
        return [f"The former archive can't be read ({former.damage}).", _of_alerts(done)]
    found = [_of_alerts(done)]
    if former.channels:
        found.append(f"Followed since, and followed on: {', '.join(former.channels)}.")
    if former.places:
        found.append(f"Tracked since, and not any more; add them again: {', '.join(former.places)}.")
    if former.decisions:
        found.append(
            f"{former.decisions} decisions about posts that came since are only in the archive kept aside."
        )
    return found

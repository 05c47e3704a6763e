"""When a chat is told: how times are typed, and how answers about digests, quiet hours, mutes and pauses read."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.hours import is_quiet, next_clock, next_digest
from bot.errors import Mendable
from bot.languages import ENGLISH, N_, Words
from storage.records import Chat, Quiet

DAILY: Final = "08:00"
NIGHT: Final = ("23:00", "07:00")
OFF: Final = frozenset({"off", "no", "none", "вимк", "вимкнути", "ні", "выкл", "выключить", "нет"})
FOLLOW_UPS: Final = {
    "silent": N_("Without a sound"),
    "loud": N_("With a sound"),
    "off": N_("Off"),
}  # by setting: on its button
_LOUD: Final = frozenset({"loud", "on", "sound", "зі звуком", "со звуком", "увімк", "вкл"})
_SILENT: Final = frozenset({"silent", "silently", "quiet", "тихо", "беззвучно", "без звуку", "без звука"})
NOW: Final = frozenset({"now", "зараз", "сейчас"})
_DAILY_WORDS: Final = frozenset({"daily", "on", "at", "о", "об", "в", "щодня", "ежедневно"})
_UNTIL: Final = re.compile(r"(?:until|till|to|до)\s+(.+)")
_CLOCK: Final = re.compile(r"(\d{1,2})(?:[:.\s]?(\d{2}))?\s*(am|pm)?")
_RANGE: Final = re.compile(r"\s*(?:-|–|—|\bto\b|\buntil\b|\btill\b|\bдо\b|\bпо\b)\s*")
_SPAN: Final = re.compile(
    r"(?:(\d{1,4})\s*(?:d|day|days|д|дн|день|дня|днів|дней))?\s*"
    r"(?:(\d{1,4})\s*(?:h|hour|hours|год|годину|години|годин|ч|час|часа|часов))?\s*"
    r"(?:(\d{1,5})\s*(?:m|min|mins|minutes|хв|мин|минут))?"
)
_LONGEST_MUTE: Final = timedelta(days=365)
_MODES: Final = {
    "hold": Quiet.HOLD,
    "silent": Quiet.SILENT,
    "silently": Quiet.SILENT,
    "urgent": Quiet.URGENT,
}


def clock(text: str) -> str | None:
    """A time of day as people type it ("8:00", "08.00", "8", "0800", "8 pm") as "08:00"; None where it is none."""
    found = _CLOCK.fullmatch(text.strip().lower())
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    if found[3]:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + 12 * (found[3] == "pm")
    if hour == 24 and minute == 0:
        hour = 0
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else None


def digest_time(argument: str, *, t: Words = ENGLISH) -> str | None:
    """The time of a daily digest; None where none is named. Mendable where it can't be read."""
    words = argument.casefold().split()
    while words and words[0] in _DAILY_WORDS:
        words.pop(0)
    if not words:
        return None
    found = clock(" ".join(words))
    if found is None:
        raise Mendable(
            t(
                "“{argument}” is not a time I can read. Write it so: /digest daily 08:00, or "
                "/digest now, or /digest off",
                argument=argument[:60],
            )
        )
    return found


def quiet_hours(argument: str, *, t: Words = ENGLISH) -> tuple[str, str, Quiet | None]:
    """(from, to, how, where named) of quiet hours; Mendable where they can't be read."""
    words = argument.casefold().split()
    modes = [_MODES[word] for word in words if word in _MODES]
    rest = " ".join(word for word in words if word not in _MODES)
    parts = _RANGE.split(re.sub(r"^(?:from|з|із|с|со)\s+", "", rest))
    ends = [clock(end) for end in (parts if len(parts) > 1 else rest.split())]
    if len(ends) != 2 or None in ends or len(modes) > 1:
        raise Mendable(
            t(
                "“{argument}” are no hours I can read. Write them so: /quiet 23:00-07:00, and "
                "after them hold, silent or urgent if you like; or /quiet off",
                argument=argument[:60],
            )
        )
    begin, end = (str(one) for one in ends)
    if begin == end:
        raise Mendable(
            t(
                "Quiet hours from {begin} to {end} would never end or never begin. Write them "
                "so: /quiet 23:00-07:00; for the whole day: /pause",
                begin=begin,
                end=end,
            )
        )
    return begin, end, modes[0] if modes else None


def mute_until(argument: str, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> datetime:
    """When a mute ends: "2h", "1h 30m", "until 08:00"; Mendable where it can't be read."""
    text = argument.strip().casefold()
    until = _UNTIL.fullmatch(text)
    at = clock(until[1] if until else text) if until or re.search("[:.]", text) else None
    if at is not None:
        return next_clock(at, now, zone)
    span = _SPAN.fullmatch(text)
    if until is None and span is not None and any(span.groups()):
        days, hours, minutes = (int(number or 0) for number in span.groups())
        length = timedelta(days=days, hours=hours, minutes=minutes)
        if timedelta(0) < length <= _LONGEST_MUTE:
            return now + length
    raise Mendable(
        t(
            "“{argument}” is not a time I can read. Write it so: /mute 2h, or /mute until "
            "08:00, or /mute off; for longer than a year: /pause",
            argument=argument[:60],
        )
    )


def zone_name(zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """«Kyiv time»."""
    return t("{city} time", city=t.city(zone))


def digest_state(
    chat: Chat, told: Collection[date], now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH
) -> str:
    """Whether and when the chat has a daily digest."""
    coming = next_digest(chat, told, now, zone)
    if chat.digest_at is None or coming is None:
        return t("No daily digest is sent here. Set one: /digest daily 08:00 · Read one now: /digest now")
    line = t(
        "A digest is sent here daily at <b>{digest_at}</b> ({zone_name}), next {when}.",
        digest_at=chat.digest_at,
        zone_name=zone_name(zone, t=t),
        when=moment(coming, zone, t=t),
    )
    return line + _waiting(chat, now, zone, t=t)


def quiet_state(chat: Chat, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """The chat's quiet hours, and what happens in them."""
    if chat.quiet_from is None or chat.quiet_to is None:
        return t("No quiet hours here. Set them: /quiet 23:00-07:00")
    at_end = t("comes as one summary at {quiet_to}", quiet_to=chat.quiet_to)
    how = {
        Quiet.HOLD: t("everything waits and {at_end}; answers still come", at_end=at_end),
        Quiet.SILENT: t("everything comes, without a sound"),
        Quiet.URGENT: t(
            "only what is marked urgent comes, the rest waits and {at_end}; answers still come", at_end=at_end
        ),
    }[chat.quiet_how or Quiet.HOLD]
    now_quiet = t(" It is quiet now.") if is_quiet(chat, now, zone) else ""
    hours = f"<b>{chat.quiet_from}–{chat.quiet_to}</b>"
    return t(
        "Quiet hours here: {hours} ({zone_name}): {how}.{now_quiet}",
        hours=hours,
        zone_name=zone_name(zone, t=t),
        how=how,
        now_quiet=now_quiet,
    )


def follow_ups(argument: str, *, t: Words = ENGLISH) -> str:
    """How updates of alerts come: "off", "silent" or "loud"; Mendable where it can't be read."""
    asked = argument.strip().casefold()
    for how, accepted in (("off", OFF), ("silent", _SILENT), ("loud", _LOUD)):
        if asked in accepted:
            return how
    raise Mendable(
        t(
            "“{argument}” is none of these: /updates silent, /updates loud, /updates off",
            argument=argument[:60],
        )
    )


def updates_state(chat: Chat, *, t: Words = ENGLISH) -> str:
    """Whether edits, deletions and further sides are told in reply to alerts."""
    if chat.follow_ups == "off":
        return t("Updates are off here: alerts still show edits and deletions, but nothing is said in reply.")
    how = t("with a sound") if chat.follow_ups == "loud" else t("without a sound")
    return t(
        "Updates come in reply to alerts, <b>{how}</b>: edits about the place, deletions, another side.",
        how=how,
    )


def mute_state(chat: Chat, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """Until when the chat is muted."""
    if chat.muted_until is None or chat.muted_until <= now:
        return t("This chat is not muted. Mute it: /mute 2h, or /mute until 08:00")
    until = moment(chat.muted_until, zone, t=t)
    return t(
        "🔇 Muted until <b>{until}</b>: everything waits and then comes as one summary; answers still come.",
        until=until,
    )


def paused(*, news: bool, t: Words = ENGLISH) -> str:
    """Nothing is told any more."""
    first = t("⏸ Paused") if news else t("⏸ Paused already")
    return t(
        "{first}: everything waits until /resume and then comes as one summary; answers still come.",
        first=first,
    )


def resumed(chat: Chat, now: datetime, zone: ZoneInfo, *, news: bool, waited: int, t: Words = ENGLISH) -> str:
    """The chat is told again; `waited` messages were held back until now."""
    if not news:
        return t("This chat was not paused.") + _waiting(chat, now, zone, t=t)
    then = t(": what waited comes as one summary.") if waited else t(". Nothing was waiting.")
    return t("▶ Going on{then}{waiting}", then=then, waiting=_waiting(chat, now, zone, t=t))


def _waiting(chat: Chat, now: datetime, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """What else keeps the chat from being told just now."""
    if chat.paused_at is not None:
        return t(" But the chat is paused: /resume")
    if chat.muted_until is not None and now < chat.muted_until:
        return t(" But the chat is muted until {when}: /mute off", when=moment(chat.muted_until, zone, t=t))
    if is_quiet(chat, now, zone) and chat.quiet_how is not Quiet.SILENT:
        return t(
            " But it is quiet here until {quiet_to} ({zone_name}): /quiet off",
            quiet_to=chat.quiet_to,
            zone_name=zone_name(zone, t=t),
        )
    return ""

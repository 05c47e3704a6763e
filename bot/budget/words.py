"""What people are told of an account's budget: what Telegram holds back, and where the requests don't suffice."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta

from bot.alerts.compose import span
from bot.budget.plan import Plan
from bot.commands.replies import counted
from bot.findings import Finding
from storage.records import Channel, Joining, Wish

_METHODS = {
    "GetHistory": "no channel is read",
    "GetMessages": "deletions and silent edits of older posts are not looked for",
    "ResolveUsername": "no new channel can be looked up",
    "JoinChannel": "no channel is joined",
    "LeaveChannel": "no channel is left",
}
_MENDS = (
    "Follow fewer channels, set some to --priority low, add an account (placewatch login --as NAME), or set longer "
    "PLACEWATCH_READING__POLL_SECONDS and PLACEWATCH_READING__SWEEP_SECONDS"
)


def holds(waits: Mapping[str, datetime], clock: Callable[[datetime], str]) -> list[str]:
    """A line on each method with which Telegram asks to wait, and until when, as people's clock has it."""
    return [
        f"Telegram asks for no {method} until {clock(until)}"
        + (f": {_METHODS[method]}" if method in _METHODS else "")
        for method, until in sorted(waits.items())
    ]


def shortage(plan: Plan) -> str | None:
    """One line where channels are read more rarely than wished; None where there is enough for all."""
    if plan.fits:
        return None
    slowest = timedelta(seconds=round(max(plan.intervals.values())))
    return (
        f"too many channels for one account: reading them as often as wished takes {plan.wanted:.2f} requests a "
        f"second, {plan.wanted / plan.allowed:.1f} times what there is for it; the rarest is read every {span(slowest)}"
    )


def lines(plan: Plan, waits: Mapping[str, datetime], clock: Callable[[datetime], str]) -> list[str]:
    """What `/status` says: nothing where nothing is held back and everything fits."""
    short = shortage(plan)
    return [*holds(waits, clock), *([f"⚠ {short}: placewatch doctor"] if short else [])]


def findings(
    plan: Plan,
    waits: Mapping[str, datetime],
    clock: Callable[[datetime], str],
    *,
    area: str = "requests",
) -> list[Finding]:
    """What the doctor says of an account."""
    found = [Finding(area, "warning", line) for line in holds(waits, clock)]
    short = shortage(plan)
    if short is not None:
        found.append(Finding(area, "warning", f"{short}. {_MENDS}"))
    elif plan.intervals:
        found.append(
            Finding(
                area,
                "ok",
                f"reading {counted(len(plan.intervals), 'channel')} takes {plan.spent:.2f} requests a second; "
                f"there are {plan.allowed:.2f} for it",
            )
        )
    return found


def wished(wishes: Sequence[tuple[Channel, Wish]]) -> list[Finding]:
    """What the doctor says of channels that are to be joined or left."""
    found = []
    for channel, wish in wishes:
        refused = wish.state is Joining.REFUSED
        words = f"{wish.words}. Try again: placewatch channels set {channel.name} --join yes"
        found.append(
            Finding(
                f"channel {channel.name}",
                "warning" if refused else "ok",
                words if refused else wish.words,
            )
        )
    return found

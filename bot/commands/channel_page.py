"""How a channel's page and the look before following read: who speaks there, on which side, how official."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.alerts.excerpt import shown
from bot.commands.label import EXAMPLE, NOTHING
from bot.commands.replies import fit
from storage.records import Channel, Peer, Priority, Wish

_QUESTIONS: Final = {
    "label": "Who speaks in {name}? For example: Head of the region",
    "side": "On which side is {name}? For example: Ukraine",
    "owner": "Who owns {name}? Channels of one owner count as one source. For example: OVA",
}


def page(channel: Channel, zone: ZoneInfo, now: datetime, wish: Wish | None = None) -> str:
    """All that the team says about a channel, and how well it is read."""
    name = f"@{channel.username}" if channel.username else "no public name"
    read = "not read yet" if channel.read_at is None else f"read {moment(channel.read_at, zone, than=now)}"
    posted = f"last post {moment(channel.posted_at, zone, than=now)}" if channel.posted_at else "no post seen"
    lines = [
        f"<b>{shown(channel.title)}</b> ({shown(name)})",
        f"Who speaks: {_said(channel.label)}",
        f"Side: {_said(channel.side)}",
        f"How official: {_said(channel.standing)}",
        f"Owner: {_said(channel.owner)}",
        f"⚠ not readable: {shown(channel.problem)}" if channel.problem else f"{read}, {posted}",
        how_read(channel, wish),
        f"<i>In one line: {shown(EXAMPLE)}</i>",
    ]
    return fit(lines)


def how_read(channel: Channel, wish: Wish | None) -> str:
    """How often the channel is read beside the others, and whether the account is a member."""
    often = {
        Priority.HIGH: "More often than others",
        Priority.NORMAL: "As often as others",
        Priority.LOW: "More rarely than others",
    }[channel.priority]
    how = "joined" if channel.joined else "not joined"
    return f"{often} ({channel.priority} priority), {how}" + (f"; {shown(wish.words)}" if wish else "")


def _said(text: str | None) -> str:
    return "not said" if text is None else shown(text)


def question(field: str, channel: Channel) -> str:
    """Asks for one thing about a channel; a reply answers."""
    asked = _QUESTIONS[field].format(name=shown(channel.name))
    return f"{asked}\nReply to this message; {NOTHING} for none · /cancel"


def labelled(channel: Channel) -> str:
    """What is said about a channel from now on."""
    said = (channel.label, channel.side, channel.standing, channel.owner and f"owner: {channel.owner}")
    words = " · ".join(shown(text) for text in said if text) or "nothing is said about it"
    return f"<b>{shown(channel.name)}</b>: {words}"


def preview(peers: Sequence[Peer], problems: Sequence[str], zone: ZoneInfo) -> str:
    """Channels as they are, before they are followed; and what is wrong with the other links."""
    lines: list[str] = []
    for peer in peers:
        members = "" if peer.members is None else f", {peer.members:,} members"
        lines.append(f"<b>{shown(peer.title)}</b> (@{shown(peer.username or '')}{members})")
        if peer.posted_at is None:
            lines.append("No posts yet.")
        else:
            words = f"«{shown(peer.opening)}»" if peer.opening else "[no text]"
            lines.append(f"Last post, {moment(peer.posted_at, zone)}: {words}")
        if not peer.joined:
            lines.append("Read every minute or so: the account has not joined it.")
        lines.append("")
    lines += [f"⚠ {shown(problem)}" for problem in problems]
    return fit(lines).rstrip()


def not_followed_after_all(peers: Sequence[Peer]) -> str:
    """A member looked, and decided against it."""
    return f"Not followed: {shown(', '.join(f'@{peer.username}' for peer in peers))}."


def end(channel: Channel) -> str:
    """The question before a channel is read no more."""
    return (
        f"Stop reading <b>{shown(channel.title)}</b> ({shown(channel.name)}), for every chat? "
        "What it said stays in the archive."
    )

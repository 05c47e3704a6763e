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
from bot.languages import ENGLISH, N_, Words
from storage.records import Channel, Peer, Priority, Wish

_QUESTIONS: Final = {
    "label": N_("Who speaks in {name}? For example: Head of the region"),
    "side": N_("On which side is {name}? For example: Ukraine"),
    "owner": N_("Who owns {name}? Channels of one owner count as one source. For example: OVA"),
}


def page(
    channel: Channel, zone: ZoneInfo, now: datetime, wish: Wish | None = None, *, t: Words = ENGLISH
) -> str:
    """All that the team says about a channel, and how well it is read."""
    name = f"@{channel.username}" if channel.username else t("no public name")
    read = (
        t("not read yet")
        if channel.read_at is None
        else t("read {when}", when=moment(channel.read_at, zone, than=now, t=t))
    )
    posted = (
        t("last post {when}", when=moment(channel.posted_at, zone, than=now, t=t))
        if channel.posted_at
        else t("no post seen")
    )
    lines = [
        f"<b>{shown(channel.title)}</b> ({shown(name)})",
        t("Who speaks: {said}", said=_said(channel.label, t=t)),
        t("Side: {said}", said=_said(channel.side, t=t)),
        t("How official: {said}", said=_said(channel.standing and t(channel.standing), t=t)),
        t("Owner: {said}", said=_said(channel.owner, t=t)),
        t("⚠ not readable: {problem}", problem=shown(channel.problem))
        if channel.problem
        else f"{read}, {posted}",
        how_read(channel, wish, t=t),
        t("<i>In one line: {EXAMPLE}</i>", EXAMPLE=shown(EXAMPLE)),
    ]
    return fit(lines, t=t)


def how_read(channel: Channel, wish: Wish | None, *, t: Words = ENGLISH) -> str:
    """How often the channel is read beside the others, and whether the account is a member."""
    often = {
        Priority.HIGH: t("More often than others"),
        Priority.NORMAL: t("As often as others"),
        Priority.LOW: t("More rarely than others"),
    }[channel.priority]
    how = t("joined") if channel.joined else t("not joined")
    return t(
        "{often} ({priority} priority), {how}", often=often, priority=t(channel.priority.value), how=how
    ) + (f"; {shown(wish.words)}" if wish else "")


def _said(text: str | None, *, t: Words = ENGLISH) -> str:
    return t("not said") if text is None else shown(text)


def question(field: str, channel: Channel, *, t: Words = ENGLISH) -> str:
    """Asks for one thing about a channel; a reply answers."""
    asked = t(_QUESTIONS[field], name=shown(channel.name))
    return t("{asked}\nReply to this message; {NOTHING} for none · /cancel", asked=asked, NOTHING=NOTHING)


def labelled(channel: Channel, *, t: Words = ENGLISH) -> str:
    """What is said about a channel from now on."""
    said = (
        channel.label,
        channel.side,
        channel.standing and t(channel.standing),
        channel.owner and t("owner: {owner}", owner=channel.owner),
    )
    words = " · ".join(shown(text) for text in said if text) or t("nothing is said about it")
    return f"<b>{shown(channel.name)}</b>: {words}"


def preview(peers: Sequence[Peer], problems: Sequence[str], zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """Channels as they are, before they are followed; and what is wrong with the other links."""
    lines: list[str] = []
    for peer in peers:
        members = "" if peer.members is None else t(", {members:,} members", members=peer.members)
        lines.append(f"<b>{shown(peer.title)}</b> (@{shown(peer.username or '')}{members})")
        if peer.posted_at is None:
            lines.append(t("No posts yet."))
        else:
            words = f"«{shown(peer.opening)}»" if peer.opening else t("[no text]")
            lines.append(t("Last post, {when}: {words}", when=moment(peer.posted_at, zone, t=t), words=words))
        if not peer.joined:
            lines.append(t("Read every minute or so: the account has not joined it."))
        lines.append("")
    lines += [f"⚠ {shown(problem)}" for problem in problems]
    return fit(lines, t=t).rstrip()


def not_followed_after_all(peers: Sequence[Peer], *, t: Words = ENGLISH) -> str:
    """A member looked, and decided against it."""
    return t("Not followed: {peers}.", peers=shown(", ".join(f"@{peer.username}" for peer in peers)))


def end(channel: Channel, *, t: Words = ENGLISH) -> str:
    """The question before a channel is read no more."""
    return t(
        "Stop reading <b>{channel}</b> ({name}), for every chat? What it said stays in the archive.",
        channel=shown(channel.title),
        name=shown(channel.name),
    )

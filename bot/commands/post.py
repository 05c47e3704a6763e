"""How one whole post reads: its text, what was changed in it, where it comes from, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.alerts.compose import forwarded_from, moment, speaker
from bot.alerts.excerpt import excerpt, shown
from bot.alerts.measure import units
from bot.archive.differences import Kind, differences
from bot.claims import Table
from bot.commands.replies import counted
from bot.commands.why import Repeat, why_blocks
from bot.languages import ENGLISH, Words
from storage.records import Channel, Kept, MediaState, Place, PostFile, Revision

_CHUNK = 1500  # UTF-16 units of a text in one block; pages are made of whole blocks
_AROUND = 5  # words shown on either side of a change


def how_to_ask(*, t: Words = ENGLISH) -> str:
    """The command came without a post to be about."""
    return t(
        "/post: which one? Reply to this message with the post's link, such as "
        "https://t.me/name/12, or reply with /post to an alert of mine. · /cancel"
    )


def unknown(link: str, *, t: Words = ENGLISH) -> str:
    """A post is asked for that is not in the archive."""
    return t(
        "{link} is not in the archive: its channel is not followed, or it was posted "
        "before that. /channels lists what is read.",
        link=shown(link),
    )


def post_blocks(
    kept: Kept,
    places: Mapping[int, Place],
    story: Sequence[Repeat],
    origin: Channel | None,
    told: Sequence[tuple[datetime, str | None]],
    zone: ZoneInfo,
    *,
    sure: float,
    parts: int = 1,
    claims: Table | None = None,
    files: Sequence[PostFile] = (),
    t: Words = ENGLISH,
) -> list[str]:
    """A post as it is kept, in blocks that fit into messages.

    `told` are the alerts that this chat was given about it: when, and the message's address; `parts` are those of
    its album, and `files` what became of the files that it carried.
    """
    blocks = ["\n".join(_head(kept, origin, zone, parts, files, t=t))]
    if kept.post.protected:
        blocks += _protected(kept, zone, t=t)
    else:
        blocks += chunks(kept.post.text) or [t("[no text]")]
        if kept.post.preview:
            blocks += [
                t("[preview of a linked page] {chunk}", chunk=chunk) for chunk in chunks(kept.post.preview)
            ]
        blocks += _edits(kept, zone, t=t)
    if any(revision.mentions for revision in kept.revisions):
        blocks.append(t("<b>Why it was found</b>"))
    blocks += why_blocks([kept], places, story, zone, sure=sure, claims=claims, t=t)
    blocks.append(_alerts(told, zone, t=t))
    return blocks


def _head(
    kept: Kept,
    origin: Channel | None,
    zone: ZoneInfo,
    parts: int,
    files: Sequence[PostFile],
    *,
    t: Words = ENGLISH,
) -> list[str]:
    post = kept.post
    said = moment(post.posted_at, zone, t=t)
    lines = [f'<b>{shown(speaker(kept.channel))}</b> · <a href="{shown(kept.link)}">{said}</a>']
    if post.author:
        lines.append(t("signed: {author}", author=shown(post.author)))
    if post.forward is not None:
        when = f", {moment(post.forward.posted_at, zone, t=t)}" if post.forward.posted_at else ""
        lines.append(
            t(
                "↪ forwarded from {forwarded_from}{when}",
                forwarded_from=forwarded_from(post.forward, origin, t=t),
                when=when,
            )
        )
    if post.media is not None:
        name = f" {shown(post.media.name)}" if post.media.name else ""
        become = [shown(became_of(file, t=t)) for file in files] or [t("described, not kept")]
        lines.append(
            t(
                "with: {kind}{name} ({become})",
                kind=shown(post.media.kind),
                name=name,
                become="; ".join(become),
            )
        )
    if parts > 1:
        lines.append(t("one of {parts} parts of an album", parts=parts))
    if post.protected:
        lines.append(
            t(
                "🔒 protected by its channel: only what it says about places is quoted here, "
                "the rest is behind its link"
            )
        )
    if edits := kept.revisions[-1].number:
        lines.append(t("✎ edited {counted}, as far as we saw", counted=counted(edits, "time", t=t)))
    if kept.deleted_at is not None:
        lines.append(
            t("🗑 deleted, noticed {when}; the words are kept", when=moment(kept.deleted_at, zone, t=t))
        )
    return lines


def became_of(file: PostFile, *, t: Words = ENGLISH) -> str:
    """Whether a post's file is kept, and if not, why."""
    if file.state is MediaState.KEPT:
        return t(
            "kept, {in_bytes}, SHA-256 {sha256}", in_bytes=in_bytes(file.size or 0, t=t), sha256=file.sha256
        )
    if file.state is MediaState.LEFT:
        return t("not kept: {reason}", reason=file.reason)
    return t("not kept yet") + (f": {file.reason}" if file.reason else "")


def in_bytes(size: int, *, t: Words = ENGLISH) -> str:
    """A file's size as people read it."""
    if size < 1000:
        return counted(size, "byte", t=t)
    return (
        t("{size:,.0f} KB", size=size / 1000)
        if size < 1_000_000
        else t("{size:,.1f} MB", size=size / 1000000)
    )


def _protected(kept: Kept, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    """Of a post that its channel does not let people copy: the sentences about the places, and when it was edited."""
    revision = next((r for r in reversed(kept.revisions) if r.mentions), kept.revisions[-1])
    quote = excerpt(revision, revision.mentions, _CHUNK)
    edits = [
        t("✎ edited {when}", when=moment(r.edited_at or r.seen_at, zone, t=t))
        for r in kept.revisions
        if r.number
    ]
    return [f"«{quote}»" if quote else t("[nothing of it is about places]"), *edits]


def _edits(kept: Kept, zone: ZoneInfo, *, t: Words = ENGLISH) -> list[str]:
    """What each edit changed, the newest first."""
    blocks = []
    pairs = list(zip(kept.revisions, kept.revisions[1:], strict=False))
    for before, after in reversed(pairs):
        head = f"<b>✎ {moment(after.edited_at or after.seen_at, zone, t=t)}</b>"
        blocks += [head, *difference(before, after, t=t)]
    if kept.revisions[0].number == 0 and len(kept.revisions) > 1:
        blocks += [t("<b>As it was said first</b>"), *(chunks(kept.revisions[0].text) or [t("[no text]")])]
    return blocks


def difference(before: Revision, after: Revision, *, t: Words = ENGLISH) -> list[str]:
    """What an edit took away (struck through) and added (bold), with a few words around."""
    changes = differences(before.text, after.text)
    if changes is None:
        return [
            t(
                "too long to compare: {units} → {units2} characters",
                units=units(before.text),
                units2=units(after.text),
            )
        ]
    if all(piece.kind is Kind.KEPT for piece in changes):
        return [t("only its form or its media changed")]
    pieces: list[str] = []
    for number, piece in enumerate(changes):
        if piece.kind is Kind.KEPT:
            pieces.append(_kept_words(piece.words, first=number == 0, last=number == len(changes) - 1))
        else:
            tag = "s" if piece.kind is Kind.GONE else "b"
            pieces += [f"<{tag}>{shown(chunk)}</{tag}> " for chunk in _cut(piece.text.strip())]
    return _joined(pieces)


def _kept_words(words: Sequence[str], *, first: bool, last: bool) -> str:
    """What did not change: only the words beside a change."""
    if len(words) <= 2 * _AROUND:
        return shown("".join(words))
    head = "" if first else shown("".join(words[:_AROUND]))
    tail = "" if last else shown("".join(words[-_AROUND:]))
    return f"{head}… {tail}"


def _joined(pieces: Sequence[str]) -> list[str]:
    blocks = [""]
    for piece in pieces:
        if blocks[-1] and units(blocks[-1]) + units(piece) > 2 * _CHUNK:
            blocks.append("")
        blocks[-1] += piece
    return [block.strip() for block in blocks]


def _alerts(told: Sequence[tuple[datetime, str | None]], zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    if not told:
        return t("No alert about it was given here.")
    links = [
        f'<a href="{shown(link)}">{moment(at, zone, t=t)}</a>' if link else moment(at, zone, t=t)
        for at, link in told
    ]
    return t("Alerts given here: {links}", links=", ".join(links))


def chunks(text: str) -> list[str]:
    """A text escaped, in blocks of a message's size at most, cut between lines or words where there are any."""
    return [shown(chunk) for chunk in _cut(text.strip())]


def _cut(text: str) -> list[str]:
    found = []
    while text:
        end = min(len(text), _CHUNK)
        while units(shown(text[:end])) > _CHUNK and end > 1:  # markup and emoji take more
            end = end * 3 // 4
        if end < len(text):
            end = max(text.rfind("\n", 0, end), text.rfind(" ", 0, end)) + 1 or end
        found.append(text[:end].rstrip("\n"))
        text = text[end:]
    return found

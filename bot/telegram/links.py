"""What people paste to name a channel or a post, read without asking Telegram."""

from __future__ import annotations

import re

from bot.errors import Mendable
from bot.languages import N_

_HOST = r"(?:https?://)?(?:www\.)?(?:t\.me|telegram\.me|telegram\.dog)"
_SITE = re.compile(rf"^{_HOST}/(?P<path>.*)$", re.IGNORECASE)
_SUBDOMAIN = re.compile(
    r"^(?:https?://)?(?P<name>[a-z]\w{3,31})\.t\.me(?:/(?P<rest>.*))?$", re.IGNORECASE | re.ASCII
)
_RESOLVE = re.compile(r"^tg://resolve\?(?:.*&)?domain=(?P<name>\w+)(?P<rest>.*)$", re.IGNORECASE | re.ASCII)
_NAME = re.compile(r"^[A-Za-z]\w{3,31}$", re.ASCII)

# Paths of t.me that are not names.
_NOT_NAMES = frozenset({
    "addemoji", "addlist", "addstickers", "addtheme", "bg", "boost", "c", "call", "confirmphone", "contact", "giftcode",
    "invoice", "iv", "joinchat", "login", "m", "nft", "proxy", "setlanguage", "share", "socks", "stargift",
})  # fmt: skip


def parse_channel_link(text: str) -> str:
    """The username in a name, @name, or any t.me link to a channel or one of its posts.

    Mendable says why something else can't be followed.
    """
    given = text.strip().strip("<>")
    name, _ = _split(given)
    return name


def parse_post_link(text: str) -> tuple[str | int, int]:
    """Channel and message id of a link to one post; the channel is a username, or Telegram's id in t.me/c/…"""
    given = text.strip().strip("<>")
    private = re.match(rf"^{_HOST}/c/(\d+)/(?:\d+/)?(\d+)(?:[/?#].*)?$", given, re.IGNORECASE)
    if private:
        return int(private[1]), int(private[2])
    name, rest = _split(given)
    numbers = [part for part in re.split(r"[/?#]", rest, maxsplit=2) if part.isascii() and part.isdigit()]
    if not numbers:
        raise Mendable(
            N_("“{given}” is not a link to a post. It should look like https://t.me/name/123."),
            given=_short(given),
        )
    return name, int(numbers[-1])


def _split(given: str) -> tuple[str, str]:
    """Username and what follows it."""
    if found := _RESOLVE.match(given):
        post = re.search(r"[&?]post=(\d+)", found["rest"])
        return _checked(found["name"], given), post[1] if post else ""
    if found := _SITE.match(given):
        path = found["path"].lstrip("/")
        first, _, rest = path.partition("/")
        first = re.split(r"[?#]", first, maxsplit=1)[0]
        if first.lower() == "s" and rest:
            first, _, rest = rest.partition("/")
            first = re.split(r"[?#]", first, maxsplit=1)[0]
        if first.startswith("+") or first.lower() == "joinchat":
            raise Mendable(
                N_(
                    "“{given}” is an invitation to a private channel. Only public channels, those with a name, can be "
                    "followed."
                ),
                given=_short(given),
            )
        if first.lower() == "c":
            raise Mendable(
                N_(
                    "“{given}” is a link that only members can open. Give the channel's public name, such as @name."
                ),
                given=_short(given),
            )
        if first.lower() in _NOT_NAMES:
            raise Mendable(
                N_("“{given}” is not a link to a channel. It should look like https://t.me/name."),
                given=_short(given),
            )
        return _checked(first, given), rest
    if found := _SUBDOMAIN.match(given):
        return _checked(found["name"], given), found["rest"] or ""
    return _checked(given.removeprefix("@"), given), ""


def _short(given: str) -> str:
    return given if len(given) <= 100 else given[:99] + "…"


def _checked(name: str, given: str) -> str:
    if not _NAME.match(name):
        raise Mendable(
            N_(
                "“{given}” is not a name of a channel. Names have 4 to 32 Latin letters, digits and underscores; "
                "write @name or https://t.me/name."
            ),
            given=_short(given),
        )
    return name

"""The forms of single values. Each function answers the value, or raises `ValueError` with what it is instead.

The reason ends the sentence "found …, which is …" and never quotes the value, which may be a secret.
"""

from __future__ import annotations

import difflib
import os
import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from pydantic import SecretStr


def api_hash(value: SecretStr | None) -> SecretStr | None:
    """The secret of an application at Telegram."""
    if value and not re.fullmatch(r"[0-9A-Fa-f]{32}", value.get_secret_value()):
        raise ValueError("not 32 characters 0-9 and a-f")
    return value


def bot_token(value: SecretStr | None) -> SecretStr | None:
    """A bot's token; Telegram's own have 35 characters after the colon, a test server's may have fewer."""
    if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]{10,}", value.get_secret_value()):
        raise ValueError("not digits, a colon, and letters, digits, - or _")
    return value


def address(value: str) -> tuple[str, int]:
    """(host, port) of "host:port" or "[IPv6]:port"."""
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):(\d{1,5})", value)
    if not found or not 0 < int(found[3]) < 65536:
        raise ValueError("not host:port")
    return found[1] or found[2], int(found[3])


def server(value: str | None) -> str | None:
    """A server's "host:port", as it was typed."""
    if value is not None:
        address(value)
    return value


def page_address(value: str) -> str:
    """An address of pages, as it was typed."""
    if not re.fullmatch(r"https?://[^\s/?#]+/(?:[^\s?#]*/)?", value):
        raise ValueError("not https:// … / with a slash at its end")
    return value


def site_address(value: str | None) -> str | None:
    """https://host, or http://host on this machine, without a path."""
    if value is None:
        return None
    parts = urlsplit(value)
    near = parts.hostname in ("localhost", "127.0.0.1", "::1")
    if parts.scheme != "https" and not (near and parts.scheme == "http"):
        raise ValueError("no address that starts with https://")
    if not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        raise ValueError("not only https:// and a host")
    return f"{parts.scheme}://{parts.netloc}"


def tiles(value: str | None) -> str | None:
    """A template of addresses with {z}, {x} and {y}; its host must not vary but by {s} in front."""
    if value is None:
        return None
    host = re.match(r"https?://(?:\{s\}\.)?[A-Za-z0-9.-]+(?::\d{1,5})?/", value)
    if host is None or any(part not in value[host.end() :] for part in ("{z}", "{x}", "{y}")):
        raise ValueError("no address with {z}, {x} and {y} in its path")
    return value


def public_key(value: Path) -> Path:
    """The path of a readable RSA public key, PEM in PKCS1 form: the only one that Telethon reads."""
    value = value.expanduser()
    try:
        text = value.read_text("ascii", "replace")
    except FileNotFoundError:
        raise ValueError("not there") from None
    except OSError as error:
        raise ValueError(f"not readable ({error.strerror})") from None
    if "PRIVATE KEY-----" in text:
        raise ValueError("a private key, which does not belong here")
    if "-----BEGIN RSA PUBLIC KEY-----" not in text:
        raise ValueError("not an RSA public key in PEM form")
    return value


def folder(value: Path) -> Path:
    """The path of a folder that exists or can still be made."""
    value = value.expanduser()
    if os.path.lexists(value) and not value.is_dir():
        raise ValueError("not a folder")
    return value


def countries(value: object) -> object:
    """Country codes separated by commas."""
    if isinstance(value, str):
        codes = tuple(code.strip().upper() for code in value.split(",") if code.strip())
        if not codes or not all(re.fullmatch("[A-Z]{2}", code) for code in codes):
            raise ValueError("not codes of two letters")
        return codes
    return value


def chat_numbers(value: object) -> object:
    """Chat numbers separated by commas. A minus sign as word processors write it is a minus sign."""
    if isinstance(value, str):
        parts = [part.strip().replace("\u2212", "-").replace("\u2013", "-") for part in value.split(",")]
        parts = [part for part in parts if part]
        if any(part.startswith("@") or "t.me" in part for part in parts):
            raise ValueError("a name or link, not a number")
        if not all(re.fullmatch(r"[-+]?\d{1,19}", part) for part in parts):
            raise ValueError("not numbers and commas")
        value = tuple(int(part) for part in parts)
    return value


def people(value: tuple[int, ...]) -> tuple[int, ...]:
    """People by their numbers, which are positive."""
    if any(number <= 0 for number in value):
        raise ValueError("a chat's number, not a person's")
    return tuple(dict.fromkeys(value))


def chats(value: tuple[int, ...]) -> tuple[int, ...]:
    """Each chat once, none of them 0."""
    if 0 in value:
        raise ValueError("no list of chats: none has the number 0")
    return tuple(dict.fromkeys(value))


def zone(value: object) -> object:
    """The time zone of an IANA name; a slip is answered with the name that was probably meant."""
    if not isinstance(value, str):
        return value
    names = available_timezones()
    if value in names:
        return ZoneInfo(value)
    near = _near_zone(value, names)
    raise ValueError("not a time zone" + (f" (did you mean {near}?)" if near else ""))


def _near_zone(value: str, names: set[str]) -> str | None:
    """Letters' case, spaces, a missing region and a wrong letter are the usual slips."""
    whole = {name.casefold(): name for name in sorted(names)}
    city = {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(names)}
    wanted = value.replace(" ", "_").casefold()
    for table in (whole, city):
        near = difflib.get_close_matches(wanted, table, 1, 0.75)
        if near:
            return table[near[0]]
    return None


@dataclass(frozen=True, slots=True)
class OutputAddress:
    """A place outside Telegram: the team's name for it, and its address, which holds tokens."""

    name: str
    url: SecretStr


# An address may hold commas: only one before another name=scheme:// ends it.
_OUTPUT = re.compile(r"\s*([A-Za-z][\w-]{0,31})\s*=\s*([A-Za-z][A-Za-z0-9+.-]*://\S+?)\s*")
_BETWEEN_OUTPUTS = re.compile(r",(?=\s*[A-Za-z][\w-]*\s*=\s*[A-Za-z][A-Za-z0-9+.-]*://)")


def outputs(value: object) -> object:
    """ "name=URL, name2=URL2", each name once."""
    if not isinstance(value, str):
        return value
    found = [_OUTPUT.fullmatch(part) for part in _BETWEEN_OUTPUTS.split(value.rstrip(", "))]
    addresses = tuple(OutputAddress(one[1], SecretStr(one[2])) for one in found if one is not None)
    if len(addresses) < len(found):
        raise ValueError("not name=URL, name2=URL2")
    if len({one.name for one in addresses}) < len(addresses):
        raise ValueError("no list in which each name stands once")
    return addresses


def upper(value: object) -> object:
    """Text in capitals."""
    return value.upper() if isinstance(value, str) else value


def lower(value: object) -> object:
    """Text in small letters."""
    return value.lower() if isinstance(value, str) else value

"""Log lines of a fixed message and key=value pairs, for people or for machines, without a secret in them.

The convention is the standard library's own, with the pairs at the end:

    log.info("catching up channel_id=%d newest=%d", channel.id, newest)

As text this reads `2026-11-24T05:00:00Z INFO bot.telegram.reader catching up channel_id=7 newest=120`, a value with
spaces in quotation marks; as JSON the message is "catching up" and the pairs are members of their own. What comes in
`extra={…}` is added as pairs. A record is one line, except for a traceback in text.
"""

from __future__ import annotations

import json
import logging
import math
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final, Literal
from urllib.parse import quote, quote_plus, unquote

_PAIR: Final = re.compile(r"(?:^|\s)(\w+)=(%[-#0 +]*\d*(?:\.\d+)?[a-zA-Z])(?=\s|$)")
_OWN: Final = {*vars(logging.makeLogRecord({})), "message", "asctime", "taskName"}
_TOKEN: Final = re.compile(r"\d{1,20}:[A-Za-z0-9_-]{30,}")
# Telethon's session as text, and keys in hexadecimal: both are the account itself.
_SESSION: Final = re.compile(r"\b1[A-Za-z0-9_-]{300,}={0,2}|\b[0-9A-Fa-f]{128,}\b")
_LOGIN: Final = re.compile(r"(?<=://)[^\s/@\"']+(?=@)")
_PHONE: Final = re.compile(r"\+\d(?:[ ()-]{0,2}\d){6,14}(?!\d)")
_PLAIN: Final = re.compile(r"[^\s\"=]+")
# Shorter ones would black out half of every line, and nothing that is worth hiding is as short.
_SHORTEST: Final = 5
_SHORTEST_PART: Final = 8  # of an address: shorter parts are names of rooms and options

Value = str | int | float | bool | None


class Redactor:
    """Takes secrets out of text: the ones it was given, and what looks like a token, a session or a phone number."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: set[str] = set()
        self._secrets: re.Pattern[str] | None = None
        self.hide(secrets)

    def hide(self, secrets: Iterable[str]) -> None:
        """From now on these are secrets, too."""
        whole = {secret for secret in secrets if len(secret) >= _SHORTEST}
        # A bot's token is secret without the number before its colon, too.
        whole |= {secret.partition(":")[2] for secret in whole if _TOKEN.fullmatch(secret)}
        self._known |= {form for secret in whole for form in _forms(secret)}
        longest_first = sorted(self._known, key=lambda secret: (-len(secret), secret))
        self._secrets = re.compile("|".join(map(re.escape, longest_first))) if longest_first else None

    def __call__(self, text: str) -> str:
        """The text with [secret], [token], [session] and [phone] in place of them."""
        if self._secrets:
            text = self._secrets.sub("[secret]", text)
        text = _SESSION.sub("[session]", _LOGIN.sub("[secret]", _TOKEN.sub("[token]", text)))
        return _PHONE.sub("[phone]", text)


def secrets_of(url: str) -> set[str]:
    """What must not be logged of an address: all of it, and each part that may be a token."""
    _, _, rest = url.partition("://")
    parts = {part for part in re.split(r"[/?&=@:#,]", rest) if len(part) >= _SHORTEST_PART}
    hosts = {part for part in parts if re.fullmatch(r"[\w-]+(\.[\w-]+)+", part)}
    parts -= hosts
    return {url, *parts, *map(unquote, parts)}


def _forms(secret: str) -> set[str]:
    """A secret as it is, and as lists, JSON, bytes and addresses show it."""
    shown = {
        secret,
        repr(secret)[1:-1],
        json.dumps(secret)[1:-1],
        json.dumps(secret, ensure_ascii=False)[1:-1],
    }
    return shown | {repr(secret.encode())[2:-1], quote(secret), quote(secret, safe=""), quote_plus(secret)}


class _Formatter(logging.Formatter):
    """What the two formats share: the parts of a record, each without secrets."""

    def __init__(self, redact: Redactor) -> None:
        super().__init__()
        self._redact = redact

    def hide(self, secret: str) -> None:
        """From now on this is a secret, too."""
        self._redact.hide([secret])

    def parts(self, record: logging.LogRecord) -> tuple[str, dict[str, Value]]:
        """The fixed message and its pairs."""
        message, pairs = _split(record)
        pairs |= {key: _simple(value) for key, value in vars(record).items() if key not in _OWN}
        return self._redact(message), {self._redact(key): self._clean(value) for key, value in pairs.items()}

    def trouble(self, record: logging.LogRecord) -> str:
        """The traceback and the stack, if any."""
        texts = [self.formatException(record.exc_info)] if record.exc_info else []
        texts += [self.formatStack(record.stack_info)] if record.stack_info else []
        return self._redact("\n".join(texts))

    def _clean(self, value: Value) -> Value:
        return self._redact(value) if isinstance(value, str) else value


class TextFormatter(_Formatter):
    """`time level logger message key=value …`, the time in UTC."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line for people, with its traceback below."""
        message, pairs = self.parts(record)
        time = datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        line = " ".join([time, record.levelname, record.name, _one_line(message)])
        line += "".join(f" {key}={_quoted(value)}" for key, value in pairs.items())
        trouble = self.trouble(record)
        return f"{line}\n{trouble}" if trouble else line


class JsonFormatter(_Formatter):
    """One JSON object a line: time, level, logger, message, the pairs, and traceback if there is one."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line for machines."""
        message, pairs = self.parts(record)
        time = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Value] = pairs | {
            "time": time.replace("+00:00", "Z"),
            "level": record.levelname,
            "logger": record.name,
            "message": message,
        }
        trouble = self.trouble(record)
        if trouble:
            line["traceback"] = trouble
        return json.dumps(line, ensure_ascii=False)


def configure(level: str, format: Literal["text", "json"], secrets: Iterable[str] = ()) -> None:  # noqa: A002
    """From now on everything is logged to standard error in this format, and no secret with it.

    Calling it again replaces what it set before. Telethon, APScheduler and httpx are heard from WARNING on, and at
    every level when `level` is DEBUG.
    """
    redact = Redactor(secrets)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter(redact) if format == "json" else TextFormatter(redact))
    root = logging.getLogger()
    for old in root.handlers[:]:
        if isinstance(old.formatter, _Formatter):
            root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for library in ("telethon", "apscheduler", "pymorphy3", "httpx", "httpcore"):
        logging.getLogger(library).setLevel(logging.NOTSET if level == "DEBUG" else logging.WARNING)
    # At DEBUG they repeat every statement with its values, every message, and addresses with their tokens.
    for library in ("aiosqlite", "apprise", "urllib3"):
        logging.getLogger(library).setLevel(logging.WARNING)


def hide(secret: str) -> None:
    """Keep what was learnt only now, such as a phone number or a password that was typed, out of the log."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, _Formatter):
            handler.formatter.hide(secret)


def _split(record: logging.LogRecord) -> tuple[str, dict[str, Value]]:
    """The fixed message and the pairs of the convention; the whole message and none if it was not followed."""
    template, arguments = str(record.msg), record.args
    try:
        found = list(_PAIR.finditer(template))
        if found and isinstance(arguments, tuple) and len(found) == len(arguments):
            start = found[0].start()
            if not _PAIR.sub("", template[start:]).strip():
                values = zip(found, arguments, strict=True)
                return template[:start] % (), {pair[1]: _value(pair[2], value) for pair, value in values}
        return record.getMessage(), {}
    except (TypeError, ValueError):
        # Arguments that don't fit are a slip in the program; the line must not be lost for it.
        return f"{template} {arguments!r}", {}


def _value(spec: str, value: object) -> Value:
    if value is None or isinstance(value, bool):
        return value
    text = spec % (value,)
    if isinstance(value, int | float):
        try:
            number: int | float = json.loads(text)
        except ValueError:
            return text
        return _simple(number)
    return text


def _simple(value: object) -> Value:
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def _one_line(text: str) -> str:
    return text.replace("\r", "\\r").replace("\n", "\\n")


def _quoted(value: Value) -> str:
    text = str(value)
    return text if _PLAIN.fullmatch(text) else json.dumps(text, ensure_ascii=False)

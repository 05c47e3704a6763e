"""No secret of the settings, and none that is typed or carried in an address, is in any shape of log record."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot.cli.common import logging_for
from bot.log import JsonFormatter, Redactor, TextFormatter, hide
from config.loading import load
from config.settings import FIELDS, Settings, variable

TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345678"
VALUES = {
    "telegram.api_hash": "0123456789abcdef0123456789abcdef",
    "telegram.bot_token": TOKEN,
    "outputs": "ops=slack://TokenAlpha1/TokenBeta22/TokenGamma333",
    "proxy": "socks5://anna:p%40ss%2Fword-of-anna@127.0.0.1:1080",
    "passphrase": 'it\'s "quoted" \\ and long, із словами',
}
# What must be seen nowhere, whatever of it was put into the record.
HIDDEN = [
    VALUES["telegram.api_hash"],
    TOKEN,
    TOKEN.partition(":")[2],
    "TokenAlpha1",
    "TokenBeta22",
    "TokenGamma333",
    "p@ss/word-of-anna",
    "p%40ss%2Fword-of-anna",
    VALUES["passphrase"],
]
SESSION = "1" + "AbC_dEf-" * 44 + "="
Shape = Callable[[str], logging.LogRecord]


@pytest.fixture
def chosen(tmp_path: Path) -> Settings:
    """All of them at once, although outputs are refused beside a proxy."""
    secret = {variable(path): text for path, text in VALUES.items() if path != "outputs"}
    settings = load(None, {**secret, "PLACEWATCH_DATA": str(tmp_path)})
    outputs = load(None, {"PLACEWATCH_OUTPUTS": VALUES["outputs"]}).outputs
    return settings.model_copy(update={"outputs": outputs})


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was, after a test that sets it up."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    names = ("telethon", "apscheduler", "pymorphy3", "httpx", "httpcore", "aiosqlite", "apprise", "urllib3")
    levels = {name: logging.getLogger(name).level for name in names}
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


def record(message: object, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(extra)
    made.name, made.levelno, made.levelname = "bot.reader", logging.INFO, "INFO"
    made.msg, made.args = message, args
    return made


def failed(secret: str) -> logging.LogRecord:
    made = record("broken")
    try:
        try:
            raise OSError(secret)
        except OSError as cause:
            raise ValueError({"address": secret}) from cause
    except ValueError:
        made.exc_info = sys.exc_info()
    return made


def by_name(secret: str) -> logging.LogRecord:
    made = record("%(who)s came")
    made.args = {"who": secret}
    return made


def stacked(secret: str) -> logging.LogRecord:
    made = record("here")
    made.stack_info = f"Stack:\n  connect({secret!r})"
    return made


SHAPES: dict[str, Shape] = {
    "the message": lambda secret: record(f"password {secret}"),
    "a message that is no text": lambda secret: record(ValueError(secret)),
    "an argument": lambda secret: record("password %s", secret),
    "an argument's repr": lambda secret: record("password %r", secret),
    "a pair": lambda secret: record("seen word=%s", secret),
    "arguments by name": by_name,
    "an argument that does not fit": lambda secret: record("posts=%d", secret),
    "an exception as an argument": lambda secret: record("seen problem=%s", ValueError(secret)),
    "a list": lambda secret: record("seen words=%s", [secret]),
    "bytes": lambda secret: record("seen data=%r", secret.encode()),
    "JSON": lambda secret: record("seen data=%s", json.dumps({"a": [secret]})),
    "an extra": lambda secret: record("seen", word=secret),
    "an extra that is a mapping": lambda secret: record("seen", words={secret: [secret]}),
    "an extra's name": lambda secret: record("seen", **{secret: 1}),
    "an address": lambda secret: record(f"GET https://api.telegram.org/bot{secret}/getMe"),
    "a traceback": failed,
    "a stack": stacked,
}


def lines(made: logging.LogRecord) -> list[str]:
    """The record in both formats, as the root's formatter redacts it; JSON also as a reader decodes it."""
    formatter = logging.getLogger().handlers[-1].formatter
    assert isinstance(formatter, TextFormatter)
    as_json = JsonFormatter(formatter._redact).format(made)
    return [formatter.format(made), as_json, str(json.loads(as_json))]


def test_every_secret_of_the_settings_is_tried() -> None:
    secret = {
        path for path, field in FIELDS.items() if "Secret" in str(field.annotation) or path == "outputs"
    }
    assert secret == set(VALUES)


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("shape", SHAPES)
def test_no_secret_of_the_settings_is_in_a_record_of_any_shape(chosen: Settings, shape: str) -> None:
    logging_for(chosen)
    for secret in [*chosen.secrets, *HIDDEN]:
        for line in lines(SHAPES[shape](secret)):
            for hidden in HIDDEN:
                assert hidden not in line
                assert repr(hidden)[1:-1] not in line
                assert json.dumps(hidden)[1:-1] not in line


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("typed", ["380501234567", "my two-step password"])
def test_what_was_typed_to_sign_in_is_in_no_record(chosen: Settings, shape: str, typed: str) -> None:
    logging_for(chosen)
    hide(typed)
    assert [line for line in lines(SHAPES[shape](typed)) if typed in line] == []


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (f"session {SESSION}", "session [session]"),
        ("key " + "ab" * 256, "key [session]"),
        ("socks5://anna:hunter2@host:1080", "socks5://[secret]@host:1080"),
        ("+380 50 123 45 67", "[phone]"),
        (f"https://api.telegram.org/bot{TOKEN}/getMe", "https://api.telegram.org/bot[token]/getMe"),
    ],
)
def test_what_looks_like_a_secret_is_one_although_nobody_named_it(text: str, shown: str) -> None:
    assert Redactor()(text) == shown


@pytest.mark.parametrize("text", ["head " + "ab" * 32, "https://t.me/dpr_head/7", "mail to anna@example.org"])
def test_what_is_no_secret_stays(text: str) -> None:
    assert Redactor()(text) == text

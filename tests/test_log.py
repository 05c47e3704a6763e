"""A log line is one line with a fixed message and pairs, and nothing secret is ever in it."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator

import pytest

from bot.log import JsonFormatter, Redactor, TextFormatter, configure

TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345678"
MOMENT = 1795496400.25  # 2026-11-24T05:00:00.25Z


def record(message: str, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.makeLogRecord(extra)
    made.name, made.levelno, made.levelname = "bot.reader", logging.INFO, "INFO"
    made.msg, made.args, made.created = message, args, MOMENT
    return made


def as_text(made: logging.LogRecord, *secrets: str) -> str:
    return TextFormatter(Redactor(secrets)).format(made)


def as_json(made: logging.LogRecord, *secrets: str) -> dict[str, object]:
    line = JsonFormatter(Redactor(secrets)).format(made)
    assert "\n" not in line
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def raised(text: str) -> logging.LogRecord:
    made = record("broken")
    try:
        raise ValueError(text)
    except ValueError:
        made.exc_info = sys.exc_info()
    return made


@pytest.fixture
def restored() -> Iterator[None]:
    """Logging as it was, after a test that sets it up."""
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in ("telethon", "apscheduler", "aiosqlite")}
    yield
    root.setLevel(level)
    root.handlers[:] = handlers
    for name, old in levels.items():
        logging.getLogger(name).setLevel(old)


# Form


def test_a_text_line_has_the_time_in_utc_level_logger_message_and_pairs() -> None:
    made = record("caught up channel=%s posts=%d", "@x", 12)
    assert as_text(made) == "2026-11-24T05:00:00Z INFO bot.reader caught up channel=@x posts=12"


def test_a_json_line_has_the_same_as_members_with_their_types() -> None:
    made = record("caught up channel=%s posts=%d late=%.1f done=%s none=%s", "@x", 12, 0.25, True, None)
    assert as_json(made) == {
        "time": "2026-11-24T05:00:00.250Z",
        "level": "INFO",
        "logger": "bot.reader",
        "message": "caught up",
        "channel": "@x",
        "posts": 12,
        "late": 0.2,
        "done": True,
        "none": None,
    }


def test_extras_are_pairs() -> None:
    assert as_text(record("caught up", channel="@x")).endswith("caught up channel=@x")
    assert as_json(record("caught up", channel="@x"))["channel"] == "@x"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("two words", '"two words"'),
        ('a"b', '"a\\"b"'),
        ("", '""'),
        ("a\nb", '"a\\nb"'),
        ("Покровськ", "Покровськ"),
        (5.0, "5"),
        (float("nan"), "nan"),
    ],
)
def test_a_value_that_could_be_misread_is_in_quotation_marks(value: object, shown: str) -> None:
    template = "seen value=%.0f" if isinstance(value, float) else "seen value=%s"
    assert as_text(record(template, value)).endswith(f" seen value={shown}")


def test_a_message_of_several_lines_is_one_line() -> None:
    assert "\n" not in as_text(record("first\nsecond %s", "third\nfourth"))


@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_json_has_no_number_that_json_lacks(number: float) -> None:
    assert as_json(record("seen value=%s", number))["value"] == str(number)
    assert as_json(record("seen", value=number))["value"] == str(number)


def test_a_pair_does_not_replace_what_every_line_has() -> None:
    assert as_json(record("seen level=%s", "mine"))["level"] == "INFO"


def test_a_message_without_pairs_is_written_as_it_is() -> None:
    assert as_json(record("100 % sure"))["message"] == "100 % sure"
    assert as_json(record("%d of %d posts", 1, 2))["message"] == "1 of 2 posts"
    assert as_json(record("x=%d of %d", 1, 2))["message"] == "x=1 of 2"


def test_arguments_that_do_not_fit_do_not_lose_the_line() -> None:
    line = as_text(record("posts=%d", TOKEN), TOKEN)
    assert "posts=%d" in line
    assert TOKEN not in line


def test_a_traceback_follows_in_text_and_is_a_member_in_json() -> None:
    assert as_text(raised("no")).endswith("ValueError: no")
    assert "Traceback" in str(as_json(raised("no"))["traceback"])


# Secrets


@pytest.mark.parametrize(
    "made",
    [
        record("password hunter2-x"),
        record("password %s", "hunter2-x"),
        record("seen word=%s", "hunter2-x"),
        record("seen word=%s", ValueError("hunter2-x")),
        record("seen words=%s", ["hunter2-x"]),
        record("seen", word="hunter2-x"),
        record("seen", words={"a": ["hunter2-x"]}),
        raised("hunter2-x"),
    ],
)
def test_a_configured_secret_is_nowhere(made: logging.LogRecord) -> None:
    for line in (as_text(made, "hunter2-x"), str(as_json(made, "hunter2-x"))):
        assert "hunter2-x" not in line
        assert "[secret]" in line


def test_a_secret_with_letters_that_json_escapes_is_nowhere() -> None:
    assert "quo" not in str(as_json(record("seen word=%s", 'quo"te\\x'), 'quo"te\\x'))


def test_the_second_half_of_a_configured_token_is_as_secret() -> None:
    assert TOKEN[10:] not in as_text(record("half %s", TOKEN[10:]), TOKEN)


def test_any_bots_token_is_hidden() -> None:
    line = as_text(record("GET https://api.telegram.org/bot%s/getMe", TOKEN))
    assert line.endswith("GET https://api.telegram.org/bot[token]/getMe")


@pytest.mark.parametrize("phone", ["+380501234567", "+1234567", "+380 50 123-45-67", "+1 (555) 010-0199"])
def test_a_phone_number_is_hidden(phone: str) -> None:
    assert as_text(record("signing in %s now", phone)).endswith("signing in [phone] now")


@pytest.mark.parametrize("text", ["+02:00", "+123456", "chat_id -1001234567890", "12:30", "1+1"])
def test_what_is_no_phone_number_stays(text: str) -> None:
    assert as_text(record(text)).endswith(text)


def test_empty_and_tiny_secrets_do_not_black_out_the_log() -> None:
    assert as_text(record("all is well"), "", "l").endswith("all is well")


def test_the_longer_of_two_secrets_is_taken_out_whole() -> None:
    assert as_text(record("key abcdefgh"), "abcdef", "abcdefgh").endswith("key [secret]")


# Set-up


@pytest.mark.usefixtures("restored")
def test_the_log_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    configure("INFO", "text", ["hunter2-x"])
    logging.getLogger("bot.reader").info("caught up by=%s", "hunter2-x")
    logging.getLogger("bot.reader").debug("not said")
    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.endswith("INFO bot.reader caught up by=[secret]\n")
    assert shown.err.count("\n") == 1


@pytest.mark.usefixtures("restored")
def test_a_second_set_up_replaces_the_first(capsys: pytest.CaptureFixture[str]) -> None:
    configure("DEBUG", "text")
    configure("INFO", "json")
    logging.getLogger("bot.reader").info("once")
    assert json.loads(capsys.readouterr().err)["message"] == "once"


@pytest.mark.usefixtures("restored")
@pytest.mark.parametrize(("level", "heard"), [("INFO", False), ("DEBUG", True)])
def test_telethon_is_heard_from_warning_on_unless_everything_is(
    level: str, heard: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure(level, "text")
    logging.getLogger("telethon.network").info("connecting")
    logging.getLogger("telethon.network").warning("lost")
    said = capsys.readouterr().err
    assert ("connecting" in said) is heard
    assert "lost" in said

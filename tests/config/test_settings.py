"""A wrong setting is named, with what was found and how to mend it; no secret is ever shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from config.example import NEEDED, render
from config.loading import load, unknown_variables
from config.problems import Problem, SettingsError
from config.settings import FIELDS, VARIABLES, Settings

ROOT = Path(__file__).parents[2]
API_HASH = "0123456789abcdef0123456789abcdef"
BOT_TOKEN = "123456789:" + "AbCdEfGhIjKlMnOpQrStUvWxYz012345678"
GOOD = {
    "PLACEWATCH_TELEGRAM__API_ID": "12345",
    "PLACEWATCH_TELEGRAM__API_HASH": API_HASH,
    "PLACEWATCH_TELEGRAM__BOT_TOKEN": BOT_TOKEN,
    "PLACEWATCH_CHATS": "-1001234567890, -123456",
}


@pytest.fixture
def public_key() -> Path:
    return ROOT / "tests" / "telegram_server" / "test_key.pem"


def problems(environ: dict[str, str], env_file: Path | None = None, **overrides: object) -> list[Problem]:
    with pytest.raises(SettingsError) as caught:
        load(env_file, environ, **overrides)
    return caught.value.problems


def only_problem(name: str, value: str) -> Problem:
    (problem,) = problems({name: value})
    assert problem.name == name
    return problem


# What is right


def test_nothing_set_gives_the_defaults() -> None:
    settings = load(None, {})
    assert settings.telegram.api_id is None
    assert settings.chats == ()
    assert settings.data == Path("data")
    assert settings.timezone.key == "Europe/Kyiv"
    assert (settings.min_confidence, settings.log_level, settings.log_format) == (0.5, "INFO", "text")
    assert (settings.pace.per_chat_seconds, settings.pace.group_per_minute, settings.pace.per_second) == (
        1,
        20,
        30,
    )
    assert settings.reading.sweep_seconds == 300


def test_the_environment_is_read() -> None:
    settings = load(None, GOOD)
    assert settings.telegram.api_id == 12345
    assert settings.telegram.api_hash is not None
    assert settings.telegram.api_hash.get_secret_value() == API_HASH
    assert settings.telegram.bot_token is not None
    assert settings.telegram.bot_token.get_secret_value() == BOT_TOKEN
    assert settings.chats == (-1001234567890, -123456)


def test_the_environment_of_the_process_is_read_when_none_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACEWATCH_LOG_FORMAT", "json")
    assert load(None).log_format == "json"


def test_the_environment_comes_before_the_file_and_overrides_before_both(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PLACEWATCH_LOG_LEVEL=ERROR\nPLACEWATCH_LOG_FORMAT=json\nPLACEWATCH_DATA=file\n")
    settings = load(
        env_file, {"PLACEWATCH_LOG_LEVEL": "DEBUG", "PLACEWATCH_DATA": "environment"}, data=tmp_path / "typed"
    )
    assert (settings.log_format, settings.log_level, settings.data) == ("json", "DEBUG", tmp_path / "typed")


def test_an_override_of_none_is_not_given() -> None:
    assert load(None, {"PLACEWATCH_DATA": "there"}, data=None, telegram__dc_id=None).data == Path("there")


def test_a_right_override_heals_a_wrong_variable() -> None:
    settings = load(None, {"PLACEWATCH_TELEGRAM__DC_ID": "x"}, telegram__dc_id=4, chats=(1, 2))
    assert (settings.telegram.dc_id, settings.chats) == (4, (1, 2))


def test_an_override_of_no_setting_is_a_mistake_in_the_program() -> None:
    with pytest.raises(TypeError, match="no setting 'colour'"):
        load(None, {}, colour="red")


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_value_counts_as_not_set(empty: str) -> None:
    assert load(None, dict.fromkeys(VARIABLES, empty)) == load(None, {})


def test_an_empty_variable_does_not_hide_the_files_value(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PLACEWATCH_LOG_LEVEL=ERROR\n")
    assert load(env_file, {"PLACEWATCH_LOG_LEVEL": ""}).log_level == "ERROR"


def test_settings_built_directly_read_nothing_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLACEWATCH_LOG_LEVEL", "ERROR")
    assert Settings().log_level == "INFO"


def test_settings_are_frozen() -> None:
    with pytest.raises(ValidationError):
        load(None, {}).chats = (1,)


@pytest.mark.parametrize(
    ("text", "chats"),
    [("5", (5,)), ("1,,2,", (1, 2)), ("\u22125, \u20136", (-5, -6)), ("1,2,1", (1, 2)), ("+7", (7,))],
)
def test_chat_numbers_are_read_as_people_type_them(text: str, chats: tuple[int, ...]) -> None:
    assert load(None, {"PLACEWATCH_CHATS": text}).chats == chats


@pytest.mark.parametrize(
    ("text", "address"),
    [("127.0.0.1:443", ("127.0.0.1", 443)), ("[::1]:80", ("::1", 80)), ("localhost:1", ("localhost", 1))],
)
def test_the_servers_address_is_a_host_and_a_port(
    text: str, address: tuple[str, int], public_key: Path
) -> None:
    telegram = load(None, {}, telegram__server=text, telegram__server_key=public_key).telegram
    assert telegram.address == address


def test_telegrams_own_server_has_no_address() -> None:
    assert load(None, {}).telegram.address is None


def test_letters_case_does_not_matter_where_there_is_a_choice() -> None:
    settings = load(None, {"placewatch_log_level": "debug", "PLACEWATCH_LOG_FORMAT": "JSON"})
    assert (settings.log_level, settings.log_format) == ("DEBUG", "json")


# What is wrong


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("TELEGRAM__API_ID", "abc", 'found "abc", which is not a whole number'),
        ("TELEGRAM__API_ID", "0", "not more than 0"),
        (
            "TELEGRAM__API_HASH",
            "hello",
            "found a value of 5 characters, which is not 32 characters 0-9 and a-f",
        ),
        ("TELEGRAM__BOT_TOKEN", "x", "found a value of 1 character, which is not digits, a colon"),
        ("TELEGRAM__DC_ID", "999", "more than 255"),
        ("TELEGRAM__SERVER_KEY", "no/such.pem", 'found "no/such.pem", which is not there'),
        ("CHATS", "@team", "a name or link, not a number"),
        ("CHATS", "https://t.me/team", "a name or link, not a number"),
        ("CHATS", "12;13", "not numbers and commas"),
        ("CHATS", "0", "none has the number 0"),
        ("TIMEZONE", "Europe/Kyv", "not a time zone (did you mean Europe/Kyiv?)"),
        ("TIMEZONE", "kyiv", "did you mean Europe/Kyiv?"),
        ("TIMEZONE", "new york", "did you mean America/New_York?"),
        ("TIMEZONE", "/etc/passwd", "not a time zone"),
        ("TIMEZONE", "../UTC", "not a time zone"),
        ("MIN_CONFIDENCE", "0,5", "not a number (the decimal sign is a point)"),
        ("MIN_CONFIDENCE", "1.5", "more than 1"),
        ("MIN_CONFIDENCE", "-1", "less than 0"),
        ("MIN_CONFIDENCE", "nan", "not a number"),
        ("LOG_LEVEL", "loud", 'found "loud", which is none of DEBUG, INFO, WARNING, ERROR'),
        ("LOG_FORMAT", "xml", "none of text, json"),
        ("PACE__PER_CHAT_SECONDS", "-1", "less than 0"),
        ("PACE__GROUP_PER_MINUTE", "0", "less than 1"),
        ("PACE__PER_SECOND", "many", "not a whole number"),
        ("READING__SWEEP_SECONDS", "0", "less than 1"),
        ("READING__POLL_SECONDS", "1.5", "not a whole number"),
        ("READING__HEARTBEAT_SECONDS", "99999", "more than 3600"),
    ],
)
def test_a_wrong_value_is_named_with_what_was_found_and_how_to_mend_it(
    name: str, value: str, found: str
) -> None:
    problem = only_problem("PLACEWATCH_" + name, value)
    assert found in problem.found
    assert problem.how


@pytest.mark.parametrize(
    "server", ["localhost", "host:", ":443", "host:0", "host:65536", "http://host:1", "a b:1"]
)
def test_a_server_that_is_not_host_and_port_is_named(server: str) -> None:
    names = {problem.name: problem.found for problem in problems({"PLACEWATCH_TELEGRAM__SERVER": server})}
    assert "not host:port" in names["PLACEWATCH_TELEGRAM__SERVER"]


def test_a_server_of_ones_own_needs_its_key() -> None:
    (problem,) = problems({"PLACEWATCH_TELEGRAM__SERVER": "127.0.0.1:1"})
    assert problem.name == "PLACEWATCH_TELEGRAM__SERVER_KEY"
    assert "not set" in problem.found
    assert "BEGIN RSA PUBLIC KEY" in problem.how


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("-----BEGIN RSA PRIVATE KEY-----", "a private key"),
        ("-----BEGIN PUBLIC KEY-----", "not an RSA public key"),
        ("", "not an RSA public key"),
    ],
)
def test_a_key_file_of_another_kind_is_named(tmp_path: Path, text: str, found: str) -> None:
    key = tmp_path / "key.pem"
    key.write_text(text)
    assert found in only_problem("PLACEWATCH_TELEGRAM__SERVER_KEY", str(key)).found


def test_a_folder_in_place_of_the_key_is_named(tmp_path: Path) -> None:
    assert "not readable" in only_problem("PLACEWATCH_TELEGRAM__SERVER_KEY", str(tmp_path)).found


def test_a_file_in_place_of_the_data_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    assert "not a folder" in only_problem("PLACEWATCH_DATA", str(tmp_path / "data")).found


def test_all_problems_are_said_at_once(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PLACEWATCH_LOG_LEVEL=loud\nthis is not a line\n")
    environ = {
        "PLACEWATCH_TELEGRAM__API_ID": "x",
        "PLACEWATCH_TELEGRAM__SERVER": "h:1",
        "PLACEWATCH_CHATS": "y",
    }
    found = problems(environ, env_file, min_confidence=2)
    assert {problem.name for problem in found} == {
        str(env_file),
        "PLACEWATCH_TELEGRAM__API_ID",
        "PLACEWATCH_TELEGRAM__SERVER_KEY",
        "PLACEWATCH_CHATS",
        "PLACEWATCH_LOG_LEVEL",
        "PLACEWATCH_MIN_CONFIDENCE",
    }


def test_a_variable_is_named_as_it_was_typed() -> None:
    assert only_problem("Placewatch_Chats", "x").name == "Placewatch_Chats"


def test_every_setting_says_what_it_is() -> None:
    assert all(field.description for field in FIELDS.values())


# What is needed and missing


def test_everything_that_is_needed_and_missing_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as caught:
        load(None, {"PLACEWATCH_TELEGRAM__API_ID": "5"}).require(*NEEDED)
    text = str(caught.value)
    assert [problem.name for problem in caught.value.problems] == [
        "PLACEWATCH_TELEGRAM__API_HASH",
        "PLACEWATCH_TELEGRAM__BOT_TOKEN",
        "PLACEWATCH_CHATS",
    ]
    assert "my.telegram.org" in text
    assert "@BotFather" in text
    assert "placewatch chats" in text


def test_nothing_is_missing_when_all_that_is_needed_is_set() -> None:
    load(None, GOOD).require(*NEEDED)


# Secrets


def test_a_secret_is_in_no_text_of_the_settings() -> None:
    settings = load(None, GOOD)
    for text in (repr(settings), str(settings), repr(settings.telegram), str(settings.model_dump())):
        assert API_HASH not in text
        assert BOT_TOKEN not in text


@pytest.mark.parametrize("variable", VARIABLES)
@pytest.mark.parametrize("secret", [API_HASH, BOT_TOKEN, "my wrong " + API_HASH, BOT_TOKEN + "!"])
def test_a_secret_in_any_variable_is_in_no_message(variable: str, secret: str) -> None:
    error: SettingsError | None = None
    try:
        load(None, {variable: secret})
    except SettingsError as caught:
        error = caught
    text = str(error) + repr(error)
    assert API_HASH not in text
    assert BOT_TOKEN not in text
    assert error is None or error.__context__ is None


def test_a_bad_line_of_the_file_is_not_quoted(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text(f"\nPLACEWATCH_TELEGRAM__API_HASH='{API_HASH}\n")
    (problem,) = problems({}, env_file)
    assert problem.found == "line 2 is not NAME=value"


# The file


def test_a_missing_file_is_no_problem(tmp_path: Path) -> None:
    assert load(tmp_path / ".env", {}) == load(None, {})


def test_the_file_may_have_a_mark_of_byte_order_quotes_comments_and_dollars(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(
        b'\xef\xbb\xbfPLACEWATCH_LOG_LEVEL="DEBUG" # much\r\nexport PLACEWATCH_DATA=a$HOME\r\nPLACEWATCH_CHATS\r\n'
    )
    settings = load(env_file, {})
    assert (settings.log_level, settings.data) == ("DEBUG", Path("a$HOME"))


@pytest.mark.parametrize("content", [b"\xff\xfeP\x00L\x00", "PLACEWATCH_DATA=дані".encode("cp1251")])
def test_a_file_in_another_encoding_is_a_problem(tmp_path: Path, content: bytes) -> None:
    env_file = tmp_path / ".env"
    env_file.write_bytes(content)
    (problem,) = problems({}, env_file)
    assert (problem.name, problem.found) == (str(env_file), "is not text in UTF-8")


def test_a_file_that_is_a_folder_is_a_problem(tmp_path: Path) -> None:
    (problem,) = problems({}, tmp_path)
    assert "can't be read" in problem.found


def test_the_example_shows_every_setting_as_it_is() -> None:
    assert (ROOT / ".env.example").read_text("utf-8") == render()
    assert all(f"{name}=" in render() for name in VARIABLES)


def test_the_example_as_it_is_changes_nothing() -> None:
    assert load(ROOT / ".env.example", {}) == load(None, {})


def test_the_examples_defaults_are_the_defaults(tmp_path: Path, public_key: Path) -> None:
    examples = ("TELEGRAM__SERVER", "PLACEWATCH_PROXY", "PLACEWATCH_PASSPHRASE")  # they have no default
    shown = [line for line in render().splitlines() if not any(name in line for name in examples)]
    lines = [line.removeprefix("# ") for line in shown]
    env_file = tmp_path / ".env"
    env_file.write_text("\n".join(line for line in lines if line.startswith("PLACEWATCH_")))
    assert load(env_file, {}) == load(None, {})


# Misspelt names


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("PLACEWATCH_TELEGRAM_API_ID", "PLACEWATCH_TELEGRAM__API_ID"),
        ("PLACEWATCH_CHAT", "PLACEWATCH_CHATS"),
        ("PLACEWATH_TIMEZONE", "PLACEWATCH_TIMEZONE"),
        ("PLACEWATCH_WEATHER", None),
        ("placewatch_loglevel", "PLACEWATCH_LOG_LEVEL"),
    ],
)
def test_a_misspelt_variable_is_reported_with_the_one_that_was_meant(name: str, meant: str | None) -> None:
    assert unknown_variables(None, {name: "x"}) == [(name, meant)]


def test_other_programs_variables_are_not_reported() -> None:
    assert unknown_variables(None, {"PATH": "", "LOG_LEVEL": "", "DATA": "", "CHATS": "", **GOOD}) == []


def test_a_missing_prefix_is_reported_in_the_file(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("TELEGRAM__API_ID=1\nOTHER=1\nPLACEWATCH_CHATS=1\n")
    assert unknown_variables(env_file, {}) == [("TELEGRAM__API_ID", "PLACEWATCH_TELEGRAM__API_ID")]


# Outputs


def test_outputs_are_names_and_addresses_which_may_hold_commas() -> None:
    text = "desk=slack://T1/B2/x3/#a,#b , mail = mailto://u:p@example.com?to=a@example.com,cc=b@example.com,"
    found = load(None, {"PLACEWATCH_OUTPUTS": text}).outputs
    assert [(one.name, one.url.get_secret_value()) for one in found] == [
        ("desk", "slack://T1/B2/x3/#a,#b"),
        ("mail", "mailto://u:p@example.com?to=a@example.com,cc=b@example.com"),
    ]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("slack://T1/B2/x3", "not name=URL"),
        ("desk=T1/B2/x3", "not name=URL"),
        ("desk=json://a b", "not name=URL"),
        ("desk=json://a,desk=json://b", "no list in which each name stands once"),
    ],
)
def test_a_wrong_list_of_outputs_is_named_and_not_shown(value: str, found: str) -> None:
    problem = only_problem("PLACEWATCH_OUTPUTS", value)
    assert found in problem.found
    assert value not in str(problem)


def test_an_outputs_address_is_in_no_text_of_the_settings() -> None:
    settings = load(None, {"PLACEWATCH_OUTPUTS": "desk=json://host/hushhush"})
    for text in (repr(settings), str(settings), str(settings.model_dump())):
        assert "hushhush" not in text


def test_what_is_needed_depends_on_how_channels_are_read_and_who_is_told() -> None:
    four = ("telegram.api_id", "telegram.api_hash", "telegram.bot_token", "chats")
    assert Settings().to_run == four
    assert Settings().to_read == four[:2]
    public = load(None, {"PLACEWATCH_SOURCE": "Preview"})
    assert (public.to_run, public.to_read, public.speaks) == ((), (), False)
    both = load(None, {"PLACEWATCH_SOURCE": "preview", "PLACEWATCH_CHATS": "-1001"})
    assert (both.to_run, both.to_read, both.speaks) == (four, (), True)


@pytest.mark.parametrize(
    "address", ["t.me/s/", "https://t.me/s", "https://t.me/s/?a=", "ftp://t.me/s/", "https://t me/"]
)
def test_an_address_of_pages_that_is_none_is_named(address: str) -> None:
    problem = only_problem("PLACEWATCH_PREVIEW__ADDRESS", address)
    assert "slash at its end" in str(problem)

"""One frozen `Settings`, read from the environment and `.env`; whatever is wrong is said all at once.

Each field carries what it is (`description`) and how a person gets its value (`How`): messages, `.env.example`
and the documentation are made from these. A `Settings` built directly reads nothing from outside; `load` does.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo, available_timezones

from dotenv.parser import parse_stream
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, ValidationInfo, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config.problems import Problem, SettingsError, phrase

__all__ = ["VARIABLES", "How", "Problem", "Settings", "SettingsError", "load", "unknown_variables"]

PREFIX: Final = "PLACEWATCH_"
ENV_FILE: Final = Path(".env")
LogLevel = Literal["DEBUG", "INFO", "WARNING", "ERROR"]
LogFormat = Literal["text", "json"]


@dataclass(frozen=True, slots=True)
class How:
    """How a person gets the right value, and one as an example."""

    text: str
    example: str = ""


_APP = "my.telegram.org, sign in, API development tools: "


class Telegram(BaseModel):
    """The two accounts: a user's, which reads channels, and a bot's, which speaks in the team's chats."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    api_id: Annotated[int | None, How(f"{_APP}App api_id, digits only.", "1234567")] = Field(
        default=None, gt=0, lt=2**31, description="The number of your own application at Telegram."
    )
    api_hash: Annotated[SecretStr | None, How(f"{_APP}App api_hash, 32 characters 0-9 and a-f.")] = Field(
        default=None, description="The secret that belongs to the api id."
    )
    bot_token: Annotated[
        SecretStr | None, How("@BotFather in Telegram: /newbot, or /token for a bot that you have.")
    ] = Field(default=None, description="The token of the bot that speaks: digits, a colon, 35 characters.")
    server: Annotated[str | None, How("Leave it out to use Telegram's own.", "127.0.0.1:4430")] = Field(
        default=None, description="A server other than Telegram's own, as host:port."
    )
    dc_id: Annotated[int, How("The number that the server gives itself.")] = Field(
        default=2, ge=1, le=255, description="The data centre's number, used only with a server of your own."
    )
    server_key: Annotated[
        Path | None,
        How(
            "A file that starts with -----BEGIN RSA PUBLIC KEY-----. From another form: "
            "openssl rsa -pubin -in key.pem -RSAPublicKey_out -out public.pem",
            "public.pem",
        ),
    ] = Field(
        default=None,
        validate_default=True,
        description="The RSA public key (PEM file) of a server of your own.",
    )

    @field_validator("api_hash")
    @classmethod
    def _hash_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"[0-9A-Fa-f]{32}", value.get_secret_value()):
            raise ValueError("not 32 characters 0-9 and a-f")
        return value

    @field_validator("bot_token")
    @classmethod
    def _token_form(cls, value: SecretStr | None) -> SecretStr | None:
        if value and not re.fullmatch(r"\d+:[A-Za-z0-9_-]{10,}", value.get_secret_value()):
            raise ValueError("not digits, a colon, and letters, digits, - or _")
        return value

    @field_validator("server")
    @classmethod
    def _server_form(cls, value: str | None) -> str | None:
        if value is not None:
            _address(value)
        return value

    @field_validator("server_key")
    @classmethod
    def _key_form(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is None:
            if info.data.get("server"):
                raise ValueError("not set, and a server of your own needs it")
            return None
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

    @property
    def address(self) -> tuple[str, int] | None:
        """(host, port) of the server of your own; None for Telegram's."""
        return None if self.server is None else _address(self.server)


class Pace(BaseModel):
    """Telegram's limits for bots (core.telegram.org/bots/faq); raise them only for a server of your own."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    per_chat_seconds: float = Field(
        default=1.0,
        ge=0,
        le=3600,
        allow_inf_nan=False,
        description="Least time between two messages to one chat, in seconds.",
    )
    group_per_minute: int = Field(default=20, ge=1, description="Most messages a minute to one group.")
    per_second: int = Field(default=30, ge=1, description="Most messages a second, all chats together.")


class Reading(BaseModel):
    """How often channels are read; posts of joined channels are pushed as well, and usually arrive at once."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sweep_seconds: int = Field(
        default=300,
        ge=1,
        le=86400,
        description="Each joined channel's history is read again at least this often, whatever was pushed.",
    )
    poll_seconds: int = Field(
        default=60, ge=1, le=86400, description="Each channel that is not joined is read this often."
    )
    heartbeat_seconds: int = Field(
        default=30, ge=1, le=3600, description="Telegram is asked this often whether the connection lives."
    )


class Settings(BaseSettings):
    """What the operator chose. Frozen; its text and repr never show a secret."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_nested_delimiter="__",
        frozen=True,
        extra="forbid",
        hide_input_in_errors=True,
    )

    telegram: Telegram = Field(default_factory=Telegram)
    chats: Annotated[
        tuple[int, ...],
        NoDecode,
        How(
            "Add the bot to the group, send /start there, and run: placewatch doctor. It shows the number: "
            "-1001234567890 for a supergroup, -123456 for a basic group.",
            "-1001234567890,-123456",
        ),
    ] = Field(default=(), description="Chats that receive alerts, by number, separated by commas.")
    data: Annotated[Path, How("A folder on a local disk that only this account can read.")] = Field(
        default=Path("data"), description="The folder of the database and the sessions."
    )
    timezone: Annotated[ZoneInfo, How("A name of the IANA time zone database, such as Europe/Kyiv.")] = Field(
        default=ZoneInfo("Europe/Kyiv"), description="The zone of the times in alerts and of local days."
    )
    min_confidence: Annotated[float, How("A number from 0 (everything) to 1 (only the certain).")] = Field(
        default=0.5,
        ge=0,
        le=1,
        allow_inf_nan=False,
        description="Mentions below this confidence are kept and don't alert.",
    )
    log_level: Annotated[LogLevel, How("DEBUG, INFO, WARNING or ERROR.")] = Field(
        default="INFO", description="How much is logged: DEBUG, INFO, WARNING or ERROR."
    )
    log_format: Annotated[LogFormat, How("text or json.")] = Field(
        default="text", description="Log lines for people (text) or for machines (json)."
    )
    pace: Pace = Field(default_factory=Pace)
    reading: Reading = Field(default_factory=Reading)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Only what the constructor was given: `load` gathers the rest itself, to name each variable."""
        return (init_settings,)

    @field_validator("chats", mode="before")
    @classmethod
    def _chat_numbers(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        parts = [part.strip().replace("\u2212", "-").replace("\u2013", "-") for part in value.split(",")]
        for part in filter(None, parts):
            if not re.fullmatch(r"[-+]?\d{1,19}", part):
                named = part.startswith("@") or "t.me" in part
                raise ValueError("a name or link, not a number" if named else "not numbers and commas")
        return tuple(int(part) for part in parts if part)

    @field_validator("chats")
    @classmethod
    def _chats_once(cls, value: tuple[int, ...]) -> tuple[int, ...]:
        if 0 in value:
            raise ValueError("0, which is no chat's number")
        return tuple(dict.fromkeys(value))

    @field_validator("data")
    @classmethod
    def _data_folder(cls, value: Path) -> Path:
        value = value.expanduser()
        if os.path.lexists(value) and not value.is_dir():
            raise ValueError("not a folder")
        return value

    @field_validator("timezone", mode="before")
    @classmethod
    def _zone(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        names = available_timezones()
        if value not in names:
            near = _near_zone(value, names)
            raise ValueError("not a time zone" + (f". Did you mean {near}?" if near else ""))
        return ZoneInfo(value)

    @field_validator("log_level", mode="before")
    @classmethod
    def _upper(cls, value: object) -> object:
        return value.upper() if isinstance(value, str) else value

    @field_validator("log_format", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    def require(self, *paths: str) -> None:
        """Every named setting ("telegram.api_id", "chats") is set, or `SettingsError` names all that are not."""
        missing = []
        for path in paths:
            value: object = self
            for part in path.split("."):
                value = getattr(value, part)
            if value is None or value == ():
                missing.append(_problem(path, "not set"))
        if missing:
            raise SettingsError(missing)


def _address(value: str) -> tuple[str, int]:
    found = re.fullmatch(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\s:/\[\]]+)):(\d{1,5})", value)
    if not found or not 0 < int(found[3]) < 65536:
        raise ValueError("not host:port")
    return found[1] or found[2], int(found[3])


def _near_zone(value: str, names: set[str]) -> str | None:
    """The zone that was probably meant: letters' case and a missing region are the usual slips."""
    plain = {name.casefold(): name for name in sorted(names)}
    cities = {name.rsplit("/", 1)[-1].casefold(): name for name in sorted(names)}
    wanted = value.strip().replace(" ", "_").casefold()
    for table in (plain, cities):
        near = difflib.get_close_matches(wanted, table, 1, 0.75)
        if near:
            return table[near[0]]
    return None


def _leaves(model: type[BaseModel], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _leaves(kind, (*parents, name))
        else:
            yield ".".join((*parents, name)), field


FIELDS: Final = dict(_leaves(Settings))
"""Every setting by its path ("telegram.api_id"), in the order in which they are explained."""


def variable(path: str) -> str:
    """The environment variable of a setting: "telegram.api_id" is PLACEWATCH_TELEGRAM__API_ID."""
    return PREFIX + path.replace(".", "__").upper()


VARIABLES: Final = {variable(path): path for path in FIELDS}


def how(path: str) -> How:
    """How a person gets the value of the setting at `path`; empty where its description says all."""
    return next((item for item in FIELDS[path].metadata if isinstance(item, How)), How(""))


def is_secret(path: str) -> bool:
    """True if the value of the setting at `path` must never be shown."""
    return FIELDS[path].annotation == SecretStr | None


def _problem(path: str, found: str, name: str | None = None) -> Problem:
    return Problem(name or variable(path), found, how(path).text or FIELDS[path].description or "")


def _read(path: Path | None, problems: list[Problem]) -> dict[str, str]:
    """The variables of the file; a missing file has none, whatever can't be read becomes a problem."""
    if path is None:
        return {}
    again = f"Write it again: copy .env.example to {path} and fill it in, as plain text in UTF-8."
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return {}
    except UnicodeDecodeError:
        problems.append(Problem(str(path), "is not text in UTF-8", again))
        return {}
    except OSError as error:
        mend = "Make it a file that this account can read, or remove it."
        problems.append(Problem(str(path), f"can't be read ({error.strerror})", mend))
        return {}
    values = {}
    for binding in parse_stream(StringIO(text)):
        line = (
            binding.original.line + len(binding.original.string) - len(binding.original.string.lstrip("\n"))
        )
        if binding.error:
            problems.append(Problem(str(path), f"line {line} is not NAME=value", again))
        elif binding.key is not None and binding.value is not None:
            values[binding.key] = binding.value
    return values


def load(
    env_file: Path | None = ENV_FILE, environ: Mapping[str, str] | None = None, **overrides: object
) -> Settings:
    """The settings, or `SettingsError` with everything that is wrong.

    `overrides` come before `environ` (the process's own by default), which comes before `env_file`. They are
    named like the variables without their prefix, `data`, `telegram__api_id`; None means not given, as an empty
    text does everywhere. A missing `env_file` is no problem.
    """
    problems: list[Problem] = []
    typed: dict[str, str] = {}
    given: dict[str, str | None] = {}
    for source in (_read(env_file, problems), os.environ if environ is None else environ):
        for name, value in source.items():
            if name.upper() in VARIABLES and value.strip():
                typed[VARIABLES[name.upper()]] = name
                given[name.lower()] = value.strip()
    reader = EnvSettingsSource(Settings)
    reader.env_vars = given
    values: dict[str, Any] = reader()
    for key, override in overrides.items():
        path = key.replace("__", ".")
        if path not in FIELDS:
            raise TypeError(f"no setting {key!r}")
        if override is not None and override != "":
            *parents, leaf = path.split(".")
            place = values
            for parent in parents:
                place = place.setdefault(parent, {})
            place[leaf] = override
            typed.pop(path, None)
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        settings = None
        for detail in error.errors(include_url=False):
            path = next(p for p in FIELDS if p.split(".") == [*map(str, detail["loc"])][: p.count(".") + 1])
            problems.append(_problem(path, phrase(detail, is_secret(path)), typed.get(path)))
    if settings is None or problems:
        raise SettingsError(problems)
    return settings


def unknown_variables(
    env_file: Path | None = ENV_FILE, environ: Mapping[str, str] | None = None
) -> list[tuple[str, str | None]]:
    """Variables that look meant for placewatch and are not its own, each with the one that was probably meant.

    Whatever starts with PLACEWATCH_ counts, and names so near to a variable that it must be a slip.
    """
    found: dict[str, str | None] = {}
    for source in (_read(env_file, []), os.environ if environ is None else environ):
        for name in source:
            upper = name.upper()
            if upper in VARIABLES:
                continue
            prefixed = upper if upper.startswith(PREFIX) else PREFIX + upper
            near = difflib.get_close_matches(upper, VARIABLES, 1, 0.8)
            if not near and source is not os.environ:
                near = difflib.get_close_matches(prefixed, VARIABLES, 1, 0.95)
            if near or upper.startswith(PREFIX):
                found[name] = near[0] if near else None
    return sorted(found.items())

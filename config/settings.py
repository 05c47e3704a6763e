"""One frozen `Settings`, read from the environment and `.env`; whatever is wrong is said all at once.

Each field carries what it is (`description`) and how a person gets its value (`How`): messages, `.env.example`
and the documentation are made from these. A `Settings` built directly reads nothing from outside; `load` does.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config import envfile, forms, proxies, secretfiles
from config.guard import Guard, secret_values
from config.problems import Problem, SettingsError, phrase
from config.proxies import Proxy

__all__ = ["FIELDS", "VARIABLES", "How", "Problem", "Settings", "SettingsError", "load", "unknown_variables"]

PREFIX: Final = "PLACEWATCH_"
ENV_FILE: Final = Path(".env")


@dataclass(frozen=True, slots=True)
class How:
    """How a person gets the right value, and an example of one where there is no default."""

    text: str
    example: str = ""


_APP = "my.telegram.org, sign in, API development tools: "


class Telegram(BaseModel):
    """The two accounts: a user's, which reads channels, and a bot's, which speaks in the team's chats."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    api_id: Annotated[
        int | None,
        Field(gt=0, lt=2**31, description="The number of your own application at Telegram."),
        How(f"{_APP}App api_id, digits only."),
    ] = None
    api_hash: Annotated[
        SecretStr | None,
        Field(description="The secret that belongs to the api id."),
        AfterValidator(forms.api_hash),
        How(f"{_APP}App api_hash, 32 characters 0-9 and a-f."),
    ] = None
    bot_token: Annotated[
        SecretStr | None,
        Field(description="The token of the bot that speaks: digits, a colon, 35 characters."),
        AfterValidator(forms.bot_token),
        How("@BotFather in Telegram: /newbot, or /token for a bot that you have."),
    ] = None
    server: Annotated[
        str | None,
        Field(description="A server other than Telegram's own, as host:port."),
        AfterValidator(forms.server),
        How("Leave it out to use Telegram's own.", "127.0.0.1:4430"),
    ] = None
    dc_id: Annotated[
        int,
        Field(ge=1, le=255, description="The data centre's number, used only with a server of your own."),
        How("The number that the server gives itself."),
    ] = 2
    server_key: Annotated[
        Path | None,
        Field(validate_default=True, description="The RSA public key (PEM file) of a server of your own."),
        How(
            "A file that starts with -----BEGIN RSA PUBLIC KEY-----. From another form: "
            "openssl rsa -pubin -in key.pem -RSAPublicKey_out -out public.pem",
            "public.pem",
        ),
    ] = None

    @field_validator("server_key")
    @classmethod
    def _key_for_own_server(cls, value: Path | None, info: ValidationInfo) -> Path | None:
        if value is not None:
            return forms.public_key(value)
        if info.data.get("server"):
            raise ValueError("not set, and a server of your own needs it")
        return None

    @property
    def address(self) -> tuple[str, int] | None:
        """(host, port) of the server of your own; None for Telegram's."""
        return None if self.server is None else forms.address(self.server)


class Pace(BaseModel):
    """Telegram's limits for bots (core.telegram.org/bots/faq); raise them only for a server of your own."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    per_chat_seconds: Annotated[
        float,
        Field(
            ge=0,
            le=3600,
            allow_inf_nan=False,
            description="Least time between two messages to one chat, in seconds.",
        ),
    ] = 1.0
    group_per_minute: Annotated[int, Field(ge=1, description="Most messages a minute to one group.")] = 20
    per_second: Annotated[int, Field(ge=1, description="Most messages a second, all chats together.")] = 30
    edit_seconds: Annotated[
        int, Field(ge=0, le=86_400, description="Least time between two edits of one alert, in seconds.")
    ] = 60
    summary_above: Annotated[
        int, Field(ge=1, description="More alerts than this that wait for a chat come as one summary.")
    ] = 10


class Reading(BaseModel):
    """How often channels are read; posts of joined channels are pushed as well, and usually arrive at once."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    sweep_seconds: Annotated[
        int,
        Field(
            ge=1,
            le=86400,
            description="Each joined channel's history is read again at least this often, whatever was pushed.",
        ),
    ] = 300
    poll_seconds: Annotated[
        int, Field(ge=1, le=86400, description="Each channel that is not joined is read this often.")
    ] = 60
    heartbeat_seconds: Annotated[
        int, Field(ge=1, le=3600, description="Telegram is asked this often whether the connection lives.")
    ] = 30
    requests_per_second: Annotated[
        float,
        Field(
            gt=0,
            le=1000,
            allow_inf_nan=False,
            description="Requests for history that each account makes, all its channels together; Telegram bears about one.",
        ),
    ] = 1.0
    join_minutes: Annotated[
        float,
        Field(
            gt=0,
            le=1440,
            allow_inf_nan=False,
            description="Usual time between two channels that each account joins where you ask it to, in minutes.",
        ),
    ] = 10.0
    most_joined: Annotated[
        int,
        Field(
            ge=0,
            le=1000,
            description="Most channels that each account joins: Telegram allows 500, or 1,000 with Premium.",
        ),
    ] = 500


class Preview(BaseModel):
    """Reading without an account, PLACEWATCH_SOURCE=preview: the public pages of channels, one after the other."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    address: Annotated[
        str,
        Field(description="What stands before a channel's name in the address of its public page."),
        AfterValidator(forms.page_address),
        How("An address that starts with https:// and ends with a slash."),
    ] = "https://t.me/s/"
    page_seconds: Annotated[
        float,
        Field(
            ge=0.001,
            le=3600,
            allow_inf_nan=False,
            description="Least time between two pages, all channels together, in seconds.",
        ),
    ] = 1.0
    pause_seconds: Annotated[
        int,
        Field(ge=1, le=3600, description="How long nothing is asked after the server wants a pause (429)."),
    ] = 300
    timeout_seconds: Annotated[
        float,
        Field(ge=0.1, le=300, allow_inf_nan=False, description="How long an answer is waited for."),
    ] = 30.0


class Backup(BaseModel):
    """Backups that are made without anybody asking, while the service runs; placewatch backup makes one at any time."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    every_hours: Annotated[
        int,
        Field(ge=0, le=8760, description="A backup is made this often; 0 for none."),
        How("A number of hours, such as 24."),
    ] = 24
    keep: Annotated[
        int, Field(ge=1, le=1000, description="How many backups that were made so are kept, the newest.")
    ] = 7
    folder: Annotated[
        Path | None,
        Field(description="Where they lie; the folder backups in the data folder unless set."),
        AfterValidator(forms.folder),
        How("A folder on another disk outlives this one's."),
    ] = None
    before_upgrade: Annotated[
        bool,
        Field(description="Whether a backup is made before a newer placewatch changes the archive's schema."),
        How("true or false."),
    ] = True


class WebSettings(BaseModel):
    """The review page, for people with a browser: placewatch web, or beside the watching where it is enabled."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    enabled: Annotated[
        bool,
        Field(description="Whether placewatch run serves the page too."),
        How("true or false."),
    ] = False
    host: Annotated[
        str,
        Field(
            min_length=1,
            description="The address on which the page listens; 127.0.0.1 is this machine alone.",
        ),
        How("127.0.0.1, or 0.0.0.0 behind a proxy that speaks HTTPS."),
    ] = "127.0.0.1"
    port: Annotated[
        int, Field(ge=0, le=65535, description="The port on which it listens; 0 takes a free one.")
    ] = 8420
    public_url: Annotated[
        str | None,
        Field(description="Where members reach the page; they get personal links to it by /archive."),
        AfterValidator(forms.site_address),
        How("What a browser shows, without a path: https://archive.example.org"),
    ] = None
    members: Annotated[
        Literal["none", "read", "review"],
        Field(
            description="What a member of the chats may do on the page: read, review or none; their administrators may all."
        ),
        BeforeValidator(forms.lower),
        How("none, read or review; placewatch users set says it for one person."),
    ] = "review"
    link_minutes: Annotated[
        int, Field(ge=1, le=1440, description="How long a personal link can be used, once, in minutes.")
    ] = 15
    session_hours: Annotated[
        int,
        Field(ge=1, le=2160, description="How long a browser that used a link stays signed in, in hours."),
    ] = 168
    tiles: Annotated[
        str | None,
        Field(
            description="Where the map's background comes from; without it nobody is asked, and no border is drawn."
        ),
        AfterValidator(forms.tiles),
        How("An address with {z}, {x} and {y}: https://tiles.example.org/{z}/{x}/{y}.png"),
    ] = None
    tiles_attribution: Annotated[
        str, Field(description="Whom the map names as the source of its background.")
    ] = ""


class Health(BaseModel):
    """A port that tells how the service is, /healthz and /metrics; placewatch healthcheck needs none."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    enabled: Annotated[bool, Field(description="Whether there is such a port."), How("true or false.")] = (
        False
    )
    host: Annotated[
        str,
        Field(min_length=1, description="The address on which it listens."),
        How("Leave it: from elsewhere anybody who reaches it could read what channels and chats there are."),
    ] = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535, description="Its number.")] = 9464
    metrics: Annotated[
        bool,
        Field(description="Whether figures for Prometheus are there too, at /metrics."),
        How("true or false. Needs: pip install 'placewatch[metrics]'"),
    ] = False


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
        Field(description="Chats that receive alerts, by number, separated by commas."),
        BeforeValidator(forms.chat_numbers),
        AfterValidator(forms.chats),
        How(
            "Add the bot to the group, run: placewatch chats, and send /start there. It shows the number: "
            "-1001234567890 for a supergroup, -123456 for a basic group."
        ),
    ] = ()
    admins: Annotated[
        tuple[int, ...],
        NoDecode,
        Field(
            description="People who may change things in every chat and in private, by number, separated by commas."
        ),
        BeforeValidator(forms.chat_numbers),
        AfterValidator(forms.people),
        How(
            "A person's number at Telegram, a positive one: send /start to the bot while placewatch chats runs."
        ),
    ] = ()
    everyone_may_edit: Annotated[
        bool,
        Field(
            description="Whether every member of the chats may change what is watched and read, not only administrators."
        ),
        How("true or false."),
    ] = False
    outputs: Annotated[
        tuple[forms.OutputAddress, ...],
        NoDecode,
        Field(
            description="Places outside Telegram that are told too: Slack, Discord, Matrix, e-mail, ntfy, webhooks …"
        ),
        BeforeValidator(forms.outputs),
        How(
            "name=URL, name2=URL2: names of your own, and addresses as apprise reads them (appriseit.com/services). "
            "Needs: pip install 'placewatch[outputs]'. Try it: placewatch outputs test"
        ),
    ] = ()
    source: Annotated[
        Literal["telegram", "preview"],
        Field(
            description="How channels are read: telegram (a reading account) or preview (public pages, no account)."
        ),
        BeforeValidator(forms.lower),
        How("telegram or preview."),
    ] = "telegram"
    data: Annotated[
        Path,
        Field(description="The folder of the database and the sessions."),
        AfterValidator(forms.folder),
        How("A folder on a local disk that only this account can read."),
    ] = Path("data")
    language: Annotated[
        Literal["en", "uk", "ru"],
        Field(
            description="The language of chats that have chosen none, and of the page where the browser says none."
        ),
        BeforeValidator(forms.lower),
        How("en (English), uk (Ukrainian) or ru (Russian). A chat chooses its own: /language"),
    ] = "en"
    timezone: Annotated[
        ZoneInfo,
        Field(description="The zone of the times in alerts and of local days."),
        BeforeValidator(forms.zone),
        How("A name of the IANA time zone database, such as Europe/Kyiv."),
    ] = ZoneInfo("Europe/Kyiv")
    countries: Annotated[
        tuple[str, ...],
        NoDecode,
        Field(
            description="Countries whose places people mean by a name, the gazetteer's, separated by commas."
        ),
        BeforeValidator(forms.countries),
        How("Codes of two letters (ISO 3166), such as UA or UA,PL,MD."),
    ] = ("UA",)
    min_confidence: Annotated[
        float,
        Field(
            ge=0,
            le=1,
            allow_inf_nan=False,
            description="Mentions below this confidence are kept and don't alert.",
        ),
        How("A number from 0 (everything) to 1 (only the certain)."),
    ] = 0.5
    attest: Annotated[
        Literal["off", "daily"],
        Field(
            description="Whether the ledger's head is told every day in the chats and outputs, as proof of what was kept."
        ),
        BeforeValidator(forms.lower),
        How("off or daily."),
    ] = "off"
    log_level: Annotated[
        Literal["DEBUG", "INFO", "WARNING", "ERROR"],
        Field(description="How much is logged: DEBUG, INFO, WARNING or ERROR."),
        BeforeValidator(forms.upper),
    ] = "INFO"
    log_format: Annotated[
        Literal["text", "json"],
        Field(description="Log lines for people (text) or for machines (json)."),
        BeforeValidator(forms.lower),
    ] = "text"
    media: Annotated[
        Literal["none", "photos", "all"],
        Field(
            description="Which files of posts are kept in the data folder: none, photos or all (videos, documents …)."
        ),
        BeforeValidator(forms.lower),
        How("none, photos or all; posts that are read from then on have their files fetched."),
    ] = "none"
    media_max_mb: Annotated[
        int,
        Field(ge=1, le=4000, description="Larger files are not kept, in megabytes (1,000,000 bytes)."),
    ] = 20
    pace: Pace = Field(default_factory=Pace)
    reading: Reading = Field(default_factory=Reading)
    preview: Preview = Field(default_factory=Preview)
    backup: Backup = Field(default_factory=Backup)
    web: WebSettings = Field(default_factory=WebSettings)
    health: Health = Field(default_factory=Health)
    proxy: Annotated[
        SecretStr | None,
        Field(
            description="The proxy through which all goes that leaves this machine; where it is down, nothing does."
        ),
        AfterValidator(proxies.checked),
        How(
            "The address of a SOCKS5 proxy, or of an MTProto proxy: mtproxy://SECRET@host:port",
            "socks5://user:password@host:1080",
        ),
    ] = None
    passphrase: Annotated[
        SecretStr | None,
        Field(
            min_length=12, description="Seals the session files on the disk; without it they can't be used."
        ),
        How(
            "12 characters or more, kept elsewhere than the disk. Needs: pip install 'placewatch[passphrase]'. "
            "To have plain files again: placewatch accounts unseal",
            "correct horse battery staple",
        ),
    ] = None

    @field_validator("proxy")
    @classmethod
    def _carries_everything(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        """Nothing may go past a proxy: what it can't carry is refused."""
        if value is not None and info.data.get("outputs"):
            raise ValueError(
                "no way for PLACEWATCH_OUTPUTS, which would go past it: leave one of the two out"
            )
        only_telegram = value is not None and Proxy.of(value).kind == "mtproxy"
        if only_telegram and info.data.get("source") == "preview":
            raise ValueError(
                "an MTProto proxy, which can't carry public pages: PLACEWATCH_SOURCE=preview needs SOCKS5"
            )
        return value

    @property
    def guard(self) -> Guard:
        """How connections are made and sessions kept."""
        return Guard(None if self.proxy is None else Proxy.of(self.proxy), self.passphrase)

    @property
    def secrets(self) -> list[str]:
        """Every secret value, for those who must keep them out of logs."""
        return [secret.get_secret_value() for secret in secret_values(self)]

    @property
    def backup_folder(self) -> Path:
        """Where automatic backups lie."""
        return self.backup.folder or self.data / "backups"

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

    @property
    def speaks(self) -> bool:
        """Whether a bot speaks in Telegram chats: always, but where public pages are read and no chats are set."""
        return self.source == "telegram" or bool(self.chats)

    @property
    def to_read(self) -> tuple[str, ...]:
        """The settings that reading needs, by path."""
        return ("telegram.api_id", "telegram.api_hash") if self.source == "telegram" else ()

    @property
    def to_run(self) -> tuple[str, ...]:
        """The settings that the service needs, by path."""
        if not self.speaks:
            return ()
        return ("telegram.api_id", "telegram.api_hash", "telegram.bot_token", "chats")

    @property
    def media_max_bytes(self) -> int:
        """The largest file that is kept."""
        return self.media_max_mb * 1_000_000

    def require(self, *paths: str) -> None:
        """Every named setting ("telegram.api_id", "chats") is set, or `SettingsError` names all that are not."""
        missing = []
        for path in paths:
            value: object = self
            for part in path.split("."):
                value = getattr(value, part)
            if value is None or value == ():
                missing.append(Problem(variable(path), "not set", how(path)))
        if missing:
            raise SettingsError(missing)


def _leaves(model: type[BaseModel], parents: tuple[str, ...] = ()) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        kind = field.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from _leaves(kind, (*parents, name))
        else:
            yield ".".join((*parents, name)), field


def variable(path: str) -> str:
    """The environment variable of a setting: "telegram.api_id" is PLACEWATCH_TELEGRAM__API_ID."""
    return PREFIX + path.replace(".", "__").upper()


FIELDS: Final = dict(_leaves(Settings))
"""Every setting by its path ("telegram.api_id"), in the order in which they are explained."""

VARIABLES: Final = {variable(path): path for path in FIELDS}
"""Every setting's path by its environment variable."""


def how(path: str) -> str:
    """How a person gets the value of the setting; its description where that says all."""
    found = [item.text for item in FIELDS[path].metadata if isinstance(item, How)]
    return found[0] if found else FIELDS[path].description or ""


def _is_secret(path: str) -> bool:
    return FIELDS[path].annotation in (SecretStr | None, tuple[forms.OutputAddress, ...])


def load(
    env_file: Path | None = ENV_FILE, environ: Mapping[str, str] | None = None, **overrides: object
) -> Settings:
    """The settings, or `SettingsError` with everything that is wrong.

    `overrides` come before `environ` (the process's own by default), which comes before `env_file`. They are
    named like the variables without their prefix, `data`, `telegram__api_id`; None means not given, as an empty
    text does everywhere. A missing `env_file` is no problem. NAME_FILE names a file that holds the value of NAME, and
    a service manager's credentials do so without being named (`config.secretfiles`).
    """
    in_file, problems = envfile.read(env_file)
    outside = os.environ if environ is None else environ
    from_files, unreadable = secretfiles.read({**in_file, **outside}, VARIABLES)
    problems += unreadable
    found: dict[str, tuple[str, object]] = {}
    for name, text in [*in_file.items(), *from_files.items(), *outside.items()]:
        if name.upper() in VARIABLES and text.strip():
            found[VARIABLES[name.upper()]] = name, text.strip()
    values = _nested({name: str(text) for name, text in found.values()})
    for key, value in overrides.items():
        path = key.replace("__", ".")
        if path not in FIELDS:
            raise TypeError(f"no setting {key!r}")
        if value is not None and value != "":
            found[path] = variable(path), value
            *parents, leaf = path.split(".")
            place = values
            for parent in parents:
                place = place.setdefault(parent, {})
            place[leaf] = value
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        details = error.errors(include_url=False)
    else:
        if not problems:
            return settings
        details = []
    for detail in details:
        location = [str(part) for part in detail["loc"]]
        path = next(path for path in FIELDS if path.split(".") == location[: path.count(".") + 1])
        name, value = found.get(path, (variable(path), None))
        problems.append(Problem(name, phrase(detail, value, _is_secret(path)), how(path)))
    raise SettingsError(problems)


def _nested(variables: Mapping[str, str]) -> dict[str, Any]:
    """The variables' texts by group and field, as pydantic-settings reads an environment."""
    source = EnvSettingsSource(Settings)
    source.env_vars = {name.lower(): text for name, text in variables.items()}
    return source()


def unknown_variables(
    env_file: Path | None = ENV_FILE, environ: Mapping[str, str] | None = None
) -> list[tuple[str, str | None]]:
    """Variables that seem meant for placewatch and are not its own, each with the one that was probably meant.

    Whatever starts with PLACEWATCH_ counts, a slip in that prefix, and in `env_file` a missing prefix too.
    """
    in_file, _ = envfile.read(env_file)
    bare = {name.removeprefix(PREFIX): name for name in VARIABLES}
    unknown: dict[str, str | None] = {}
    for name in [*(os.environ if environ is None else environ), *in_file]:
        upper = name.upper()
        if upper in VARIABLES or upper.removesuffix(secretfiles.SUFFIX) in VARIABLES:
            continue
        if upper.startswith(PREFIX):
            near = difflib.get_close_matches(upper.removeprefix(PREFIX), bare, 1, 0.7)
            unknown[name] = bare[near[0]] if near else None
        elif near := difflib.get_close_matches(upper, VARIABLES, 1, 0.85):
            unknown[name] = near[0]
        elif name in in_file and (near := difflib.get_close_matches(upper, bare, 1, 0.9)):
            unknown[name] = bare[near[0]]
    return sorted(unknown.items())

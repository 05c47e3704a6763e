"""The groups of settings: each field carries what it is (`description`) and how a person gets its value (`How`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)

from config import forms


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

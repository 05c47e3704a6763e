"""One frozen `Settings` of all groups, and the names of its fields as environment variables.

Messages, `.env.example` and the documentation are made from what each field carries. A `Settings` built directly reads
nothing from outside; `config.loading.load` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)

from config import forms, proxies
from config.guard import Guard, secret_values
from config.problems import Problem, SettingsError
from config.proxies import Proxy
from config.sections import Backup, Health, How, Pace, Preview, Reading, Telegram, WebSettings

PREFIX: Final = "PLACEWATCH_"


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

"""How accounts are guarded, and where the secrets of the settings stand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from typing import Final

from pydantic import BaseModel, SecretStr

from config.proxies import Proxy


@dataclass(frozen=True, slots=True)
class Guard:
    """The way that connections take, and what seals the sessions on the disk; neither: directly, and plain files."""

    proxy: Proxy | None = None
    passphrase: SecretStr | None = None


OPEN: Final = Guard()


def secret_values(value: object) -> Iterator[SecretStr]:
    """Every secret below a value: in models, dataclasses and tuples, however deep."""
    if isinstance(value, SecretStr):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from secret_values(getattr(value, name))
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from secret_values(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for one in value:
            yield from secret_values(one)

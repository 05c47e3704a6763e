"""Settings from the environment and `.env`; whatever is wrong is said all at once."""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from pydantic import (
    SecretStr,
    ValidationError,
)
from pydantic_settings import (
    EnvSettingsSource,
)

from config import envfile, forms, secretfiles
from config.problems import Problem, SettingsError, phrase
from config.settings import FIELDS, PREFIX, VARIABLES, Settings, how, variable

ENV_FILE: Final = Path(".env")


def is_secret(path: str) -> bool:
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
        problems.append(Problem(name, phrase(detail, value, is_secret(path)), how(path)))
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

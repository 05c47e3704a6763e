"""Settings from files: NAME_FILE names one, and systemd's credentials are such files without being named."""

from __future__ import annotations

from collections.abc import Container, Mapping
from pathlib import Path
from typing import Final

from config.problems import Problem

SUFFIX: Final = "_FILE"
_MEND: Final = "Give the path of a file in UTF-8 that this account can read and that holds the value alone."


def read(environ: Mapping[str, str], variables: Container[str]) -> tuple[dict[str, str], list[Problem]]:
    """The variables that stand in files, and what is wrong with those files.

    `NAME_FILE=/run/secrets/token` gives NAME; a file in $CREDENTIALS_DIRECTORY (systemd.exec(5), LoadCredential)
    gives the variable that it is called by, whatever the case of its letters. NAME and NAME_FILE together are a
    problem: nobody could tell which one is meant.
    """
    found: dict[str, str] = {}
    problems: list[Problem] = []
    for path in _credentials(environ):
        if path.name.upper() in variables:
            _take(path.name.upper(), path.name, path, found, problems)
    given = {name.upper() for name, text in environ.items() if text.strip()}
    for name, text in environ.items():
        variable = name.upper().removesuffix(SUFFIX)
        if not name.upper().endswith(SUFFIX) or variable not in variables or not text.strip():
            continue
        if variable in given:
            problems.append(Problem(name, f"set together with {variable}", "Keep one of the two."))
            continue
        _take(variable, name, Path(text.strip()).expanduser(), found, problems)
    return found, problems


def _credentials(environ: Mapping[str, str]) -> list[Path]:
    folder = environ.get("CREDENTIALS_DIRECTORY", "")
    try:
        return sorted(Path(folder).iterdir()) if folder else []
    except OSError:
        return []


def _take(variable: str, name: str, path: Path, found: dict[str, str], problems: list[Problem]) -> None:
    try:
        text = path.read_text("utf-8-sig").strip()
    except OSError as error:
        problems.append(Problem(name, f"its file can't be read ({error.strerror})", _MEND))
    except UnicodeDecodeError:
        problems.append(Problem(name, "its file is not text in UTF-8", _MEND))
    else:
        if text:
            found[variable] = text
        else:
            problems.append(Problem(name, "its file is empty", _MEND))

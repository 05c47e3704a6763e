"""Locks the dependencies of pyproject.toml: every version pinned, every wheel's hash, no addresses.

    python requirements/compile.py              # after a change in pyproject.toml; keeps the pins that fit
    python requirements/compile.py --upgrade    # everything anew; other arguments go to uv too

Needs Python 3.11 and uv. The files hold for every platform and Python from 3.11 on. They come from the index that
uv is set to use; hashes make sure that another index or a mirror delivers the same files.
"""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Telethon needs pyaes, which comes as source only: setuptools builds it. `editables` is hatchling's for `-e`.
BUILDING = ["setuptools>=77", "editables>=0.5"]
OPTIONS = [
    "--universal",
    "--python-version=3.11",
    "--generate-hashes",
    "--no-annotate",
    "--no-config",
    "--quiet",
]
CLEAN = [
    "--no-emit-index-url",
    "--no-emit-find-links",
    "--custom-compile-command=python requirements/compile.py",
]


def main(arguments: list[str]) -> None:
    """Write one file a purpose; all that are installed together agree about every version."""
    pyproject = tomllib.loads((HERE.parent / "pyproject.toml").read_text("utf-8"))
    project = pyproject["project"]
    extras = project["optional-dependencies"]
    wanted = {
        "runtime": project["dependencies"],
        "build": pyproject["build-system"]["requires"] + BUILDING,
        "speed": extras["speed"],
        "morphology": extras["morphology"],
        "gazetteer": extras["gazetteer"],
        "outputs": extras["outputs"],
        "metrics": extras["metrics"],
        "passphrase": extras["passphrase"],
        "test": pyproject["dependency-groups"]["dev"],
    }
    made: list[str] = []
    for name, requirements in wanted.items():
        file = f"{name}.txt"
        agreed = [f"--constraint={other}" for other in made]
        output = [f"--output-file={file}", *agreed]
        command = ["uv", "pip", "compile", "-", *output, *OPTIONS, *CLEAN, *arguments]
        subprocess.run(command, input="\n".join(requirements), text=True, cwd=HERE, check=True)  # noqa: S603
        made.append(file)


if __name__ == "__main__":
    main(sys.argv[1:])

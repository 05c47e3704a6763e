"""Carries out a Dockerfile in a temporary folder, without a Docker engine.

Each stage is a folder that stands for its root. COPY copies what the .dockerignore lets through; `mkdir` is done;
`pip install .` builds the wheel with the tools of this environment and unpacks it where the stage's environment would
have it. Not done: FROM brings no operating system, `python -m venv` no interpreter, users and owners are only noted
(that takes root), and locked requirements are not installed but read: every entry must be pinned and have a hash. Any
other command is an error, so that a new step can't go by unseen.
"""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from fnmatch import fnmatch
from pathlib import Path, PurePosixPath

_PINNED = re.compile(r"[A-Za-z0-9._-]+==\S+( ;.*)? \\")


@dataclass
class Stage:
    """One FROM and what follows it."""

    base: str
    root: Path
    workdir: str = "/"
    user: str = "root"
    environment: dict[str, str] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    locks: list[str] = field(default_factory=list)
    users: dict[str, str] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)

    def inside(self, path: str) -> Path:
        """Where a path of the stage lies here."""
        return self.root / str(PurePosixPath(self.workdir, path)).lstrip("/")

    def json(self, instruction: str) -> list[str]:
        found = json.loads(self.words[instruction][self.words[instruction].index("[") :])
        assert isinstance(found, list)
        return found


def instructions(text: str) -> list[tuple[str, str]]:
    """(instruction, the rest), continued lines joined."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    joined = re.sub(r"\\\n", " ", "\n".join(lines))
    return [(line.split(None, 1)[0].upper(), line.split(None, 1)[1].strip()) for line in joined.splitlines()]


def ignored(path: PurePosixPath, rules: list[str]) -> bool:
    """Whether a .dockerignore keeps the path out: the last rule that fits decides."""
    out = False
    for rule in rules:
        pattern = rule.removeprefix("!").rstrip("/")
        names = [str(path), *(str(parent) for parent in path.parents)]
        fits = any(fnmatch(name, pattern) for name in names)
        fits |= pattern.startswith("**/") and any(fnmatch(part, pattern[3:]) for part in path.parts)
        if fits:
            out = not rule.startswith("!")
    return out


def context(repository: Path, dockerignore: Path, target: Path) -> Path:
    """What the engine would be handed: tracked files and those about to be, without what is ignored."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=repository, capture_output=True, check=True,
    )  # fmt: skip
    rules = [
        line for line in dockerignore.read_text("utf-8").splitlines() if line and not line.startswith("#")
    ]
    for name in filter(None, listed.stdout.decode().split("\0")):
        if not ignored(PurePosixPath(name), rules) and (repository / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(repository / name, target / name)
    return target


def carry_out(dockerfile: Path, files: Path, folder: Path) -> Stage:
    """The last stage, as it is in the end."""
    stages: dict[str, Stage] = {}
    stage: Stage | None = None
    for instruction, rest in instructions(dockerfile.read_text("utf-8")):
        if instruction == "FROM":
            base, *name = rest.split(" AS ")
            stage = Stage(base, folder / f"stage{len(stages)}")
            stage.root.mkdir()
            stages[name[0] if name else str(len(stages))] = stage
            continue
        assert stage is not None
        if instruction == "COPY":
            _copy(rest, files, stage, stages)
        elif instruction == "RUN":
            for command in rest.split("&&"):
                _run(shlex.split(command), stage)
        elif instruction == "ENV":
            stage.environment |= dict(pair.split("=", 1) for pair in shlex.split(rest))
        elif instruction == "WORKDIR":
            stage.workdir = rest
            stage.inside(".").mkdir(parents=True, exist_ok=True)
        elif instruction == "USER":
            stage.user = rest
        elif instruction in {"VOLUME", "STOPSIGNAL", "HEALTHCHECK", "ENTRYPOINT", "CMD"}:
            stage.words[instruction] = rest
        else:
            raise AssertionError(f"unknown instruction {instruction}")
    assert stage is not None
    return stage


def _copy(rest: str, files: Path, stage: Stage, stages: dict[str, Stage]) -> None:
    *sources, target = rest.split()
    origin = files
    if sources[0].startswith("--from="):
        origin = stages[sources.pop(0).removeprefix("--from=")].root
    for source in sources:
        found = origin / source.lstrip("/")
        assert found.exists(), f"COPY {source}: not there"
        to = stage.inside(target)
        if found.is_dir():
            shutil.copytree(found, to, dirs_exist_ok=True)
        else:
            to.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(found, to / found.name)


def _run(command: list[str], stage: Stage) -> None:
    program, *arguments = command
    if command[:3] == ["python", "-m", "venv"]:
        stage.inside(arguments[-1]).mkdir(parents=True)
    elif program.endswith("/bin/pip") and arguments[0] == "install":
        _install(program.removesuffix("/bin/pip"), arguments[1:], stage)
    elif program == "groupadd":
        assert arguments[-1] not in stage.users
    elif program == "useradd":
        stage.users[arguments[arguments.index("--uid") + 1]] = arguments[-1]
    elif program == "mkdir":
        assert arguments[0] == "-m"
        stage.inside(arguments[2]).mkdir(mode=int(arguments[1], 8))
    elif program == "chown":
        stage.owners[arguments[1]] = arguments[0]
    else:
        raise AssertionError(f"unknown command {shlex.join(command)}")


def _install(environment: str, arguments: list[str], stage: Stage) -> None:
    if "-r" not in arguments:
        assert arguments[-1] == "."
        assert "--no-deps" in arguments
        _build(stage.inside("."), stage.inside(environment) / "lib")
        return
    assert "--require-hashes" in arguments
    name = arguments[arguments.index("-r") + 1]
    text = stage.inside(name).read_text("utf-8")
    entries = [line for line in text.splitlines() if line and not line.startswith(("#", " "))]
    assert entries
    assert all(_PINNED.fullmatch(entry) for entry in entries), name
    assert text.count("--hash=sha256:") >= len(entries)
    stage.locks.append(name)


def _build(source: Path, target: Path) -> None:
    wheels = target.parent / "wheels"
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(wheels)]
    done = subprocess.run(build, cwd=source, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    [wheel] = wheels.glob("*.whl")
    with zipfile.ZipFile(wheel) as packed:
        packed.extractall(target)

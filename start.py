"""Runs placewatch on a machine that has only Python 3.11 or newer.

    python3 start.py demo           # any arguments are placewatch's own
    python3 start.py test           # what the tests need too, then ruff, mypy and pytest; more arguments go to pytest

Makes `.venv` next to this file, installs the locked requirements there (with uv where it is installed, else with
venv and pip), and installs again only when they change. The folder from which it is called stays the current one.

Standard library only, and no syntax newer than Python 3.6: an older Python must be able to say that it is too old.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Iterator  # noqa: UP035 - older Pythons must get as far as saying that they are too old

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / "python"
STAMP = VENV / "placewatch-installed.json"
LOCKS = ROOT / "requirements"
# What an operator's shell may say about other environments, and what must not reach ours.
FOREIGN = (
    "VIRTUAL_ENV",
    "UV_PYTHON",
    "UV_SYSTEM_PYTHON",
    "PIP_USER",
    "PIP_TARGET",
    "PIP_PREFIX",
    "PYTHONHOME",
)
# A process for each processor: with one more it ends sooner, but tests of the service may wait in vain. `-n0` after
# these brings back one, for a debugger.
PYTEST = ("-m", "pytest", "-n", "auto", "--maxprocesses", "4", "--dist", "worksteal")
CHECKS = (("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",))


class Stop(Exception):
    """Something that a person must put right; the text says how."""


def main(arguments: "list[str]") -> int:
    """Set up what is missing, then do what was asked; the exit status of that."""
    if sys.version_info < OLDEST:
        say(too_old())
        return 2
    try:
        testing = arguments[:1] == ["test"]
        with alone():
            prepare(["build", "runtime"] + (["test"] if testing else []))
        return test(arguments[1:]) if testing else run(arguments)
    except Stop as stop:
        say(str(stop))
        return 1
    except KeyboardInterrupt:
        say("interrupted; the next start sets up anew what is unfinished.")
        return 130


def say(text: str) -> None:
    """One message to the person at the keyboard; standard output belongs to placewatch."""
    print("start.py: " + text, file=sys.stderr, flush=True)


def too_old() -> str:
    """What to do about a Python that is too old."""
    this = ".".join(map(str, sys.version_info[:3]))
    newer = [name for name in ("python3.13", "python3.12", "python3.11") if shutil.which(name)]
    mend = f"Run it with {newer[0]}." if newer else "Get one from your system's packages or python.org."
    return f"placewatch needs Python {OLDEST[0]}.{OLDEST[1]} or newer, and this is {this}. {mend}"


def run(arguments: "list[str]") -> int:
    """Become placewatch, so that signals and the exit status are its own."""
    command = [str(BIN / "placewatch"), *arguments]
    if os.name == "posix":
        os.execv(command[0], command)  # noqa: S606 - a shell would catch the signals that are meant for placewatch
    return subprocess.call(command)


def test(arguments: "list[str]") -> int:
    """Run the checks, then the tests, all of them whatever fails; 0 only if every one passed.

    The summary of the checks comes before the tests, so that what pytest says at its end is the end.
    """
    outcomes = []
    for check in CHECKS:
        print("$ " + " ".join(check), flush=True)
        outcomes.append((" ".join(check), subprocess.call([str(BIN / check[0]), *check[1:]], cwd=str(ROOT))))
    told = [f"{name}: {'failed' if status else 'passed'}" for name, status in outcomes]
    print("\n" + "\n".join(told), flush=True)
    print("\n$ " + " ".join([*PYTEST[1:], *arguments]), flush=True)
    status = subprocess.call([str(PYTHON), *PYTEST, *arguments], cwd=str(ROOT))
    failed = [name for name, code in outcomes if code]
    if failed:
        say("failed before the tests: " + ", ".join(failed))
    return status or (1 if failed else 0)


@contextmanager
def alone() -> "Iterator[None]":
    """Only one start.py at a time sets up: others wait. Where folders can't be locked, nobody waits."""
    try:
        import fcntl
    except ImportError:
        yield
        return
    folder = os.open(str(ROOT), os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another start.py that is setting up.")
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:
            pass
        yield
    finally:
        os.close(folder)


def wanted_stamp(groups: "list[str]") -> "dict[str, Any]":
    """What must be installed, and where: equal to what was noted when it was, or it is installed again."""
    project = hashlib.sha256()
    for path in (ROOT / "pyproject.toml", LOCKS / "speed.txt", LOCKS / "morphology.txt"):
        project.update(path.read_bytes())
    locks = {name: hashlib.sha256((LOCKS / (name + ".txt")).read_bytes()).hexdigest() for name in groups}
    return {
        "place": str(ROOT),
        "python": "{} {}.{}".format(sys.implementation.cache_tag, *sys.version_info[:2]),
        "project": project.hexdigest(),
        "groups": locks,
    }


def noted_stamp() -> "dict[str, Any]":
    """What was installed by a set-up that came to its end; empty if none did, or another program made `.venv`."""
    try:
        stamp = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    whole = isinstance(stamp, dict) and PYTHON.exists() and shutil.which("placewatch", path=str(BIN))
    return stamp if whole else {}


def missing(wanted: "dict[str, Any]", noted: "dict[str, Any]") -> "list[str] | None":
    """The groups to install to get from the noted stamp to the wanted one; None if `.venv` must be made anew."""
    if any(noted.get(key) != wanted[key] for key in ("place", "python")):
        return None
    if noted.get("project") != wanted["project"]:
        return list(wanted["groups"])
    there = noted.get("groups", {})
    return [name for name, lock in wanted["groups"].items() if there.get(name) != lock]


def prepare(groups: "list[str]") -> None:
    """`.venv` has what the locks of these groups say, the project, and the native code that fits this machine."""
    wanted, noted = wanted_stamp(groups), noted_stamp()
    todo = missing(wanted, noted)
    if todo == []:
        return
    uv = find_uv()
    if todo is None or not (uv or (BIN / "pip").exists()):
        say("setting up .venv (once, a minute or so) …")
        make_venv(uv)
        todo, noted = groups, {"groups": {}}
    else:
        say("bringing .venv up to date …")
        STAMP.unlink()
    installer = [uv, "pip", "install", "--quiet", "--python", str(PYTHON)] if uv else pip()
    for name in todo:
        install(installer, name)
    if noted.get("project") != wanted["project"]:
        editable = ["--no-deps", "--no-build-isolation", "--editable", str(ROOT)]
        must("placewatch itself", [*installer, *editable])
        install_speed(installer)
        install_morphology(installer)
    # Groups that this start did not ask for are still as they were noted.
    wanted["groups"] = dict(noted["groups"], **wanted["groups"])
    STAMP.write_text(json.dumps(wanted, indent=1), "utf-8")


def environment() -> "dict[str, str]":
    """The environment for installers."""
    return {name: value for name, value in os.environ.items() if name not in FOREIGN}


def find_uv() -> "str | None":
    """The path of a uv that works; None where there is none."""
    uv = shutil.which("uv")
    if uv is None or subprocess.call(
        [uv, "--version"], env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ):
        return None
    return uv


def pip() -> "list[str]":
    """pip in `.venv`, without questions and without news of itself."""
    return [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]


def make_venv(uv: "str | None") -> None:
    """An empty `.venv`; one that is half made, moved or another program's is put away first."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    base = getattr(sys, "_base_executable", None) or sys.executable
    if uv:
        must("the virtual environment", [uv, "venv", "--quiet", "--python", base, str(VENV)])
        return
    if subprocess.call(
        [base, "-c", "import ensurepip, venv"],
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ):
        raise Stop(
            "this Python came without venv. On Debian and Ubuntu: apt install python3-venv "
            f"(the one for this Python: python{sys.version_info[0]}.{sys.version_info[1]}-venv), "
            "or install uv (docs.astral.sh/uv). Then run the same again."
        )
    must("the virtual environment", [base, "-m", "venv", str(VENV)])


def attempt(command: "list[str]") -> "tuple[bool, str]":
    """Run an installer; (True, "") or (False, the end of what it said)."""
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=str(ROOT),
        env=environment(),
        check=False,
    )
    lines = done.stdout.decode("utf-8", "replace").strip().splitlines()
    return done.returncode == 0, "\n".join("    " + line for line in lines[-12:])


def must(what: str, command: "list[str]") -> None:
    """Run an installer that has to succeed."""
    fine, said = attempt(command)
    if not fine:
        raise Stop(
            f"could not install {what}. The installer said:\n{said}\n"
            "If it could not reach the package index, look at the network and at HTTPS_PROXY, or name a mirror "
            "(PIP_INDEX_URL for pip, UV_DEFAULT_INDEX for uv). Then run the same again."
        )


def install(installer: "list[str]", name: str) -> None:
    """Install what a lock file says; its build tools are in `.venv` already, locked like all else."""
    lock = str(LOCKS / (name + ".txt"))
    locked = [*installer, "--no-build-isolation", "--require-hashes", "-r", lock]
    must(f"what requirements/{name}.txt says", locked)


def entries(lock: str) -> "list[str]":
    """The requirements of a lock file, each with its hashes."""
    found: list[str] = []
    for line in lock.splitlines(keepends=True):
        if line[:1].isspace():
            found[-1] += line
        elif not line.startswith("#"):
            found.append(line)
    return found


def install_speed(installer: "list[str]") -> None:
    """Native code, each piece where it is ready-made for this machine: without it placewatch is only slower."""
    ready_made = [*installer, "--only-binary", ":all:", "--no-deps", "--require-hashes", "-r"]
    lock = LOCKS / "speed.txt"
    if attempt([*ready_made, str(lock)])[0]:
        return
    for entry in entries(lock.read_text("utf-8")):
        with tempfile.TemporaryDirectory() as folder:
            one = Path(folder, "one.txt")
            one.write_text(entry, "utf-8")
            if not attempt([*ready_made, str(one)])[0]:
                name = entry.split("==")[0]
                say(f"no ready-made {name} for this machine; going on with the slower Python path.")


def install_morphology(installer: "list[str]") -> None:
    """The dictionary of Russian forms; without it the paradigms alone find names."""
    lock = str(LOCKS / "morphology.txt")
    if not attempt([*installer, "--only-binary", ":all:", "--require-hashes", "-r", lock])[0]:
        say("could not install pymorphy3; going on with the paradigms alone.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

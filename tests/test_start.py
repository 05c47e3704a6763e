"""`python3 start.py` sets up once, hands everything over, and says what to do when it can't."""

from __future__ import annotations

import ast
import importlib.util
import json
import os
import re
import shutil
import subprocess
import sys
import threading
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
LOCKS = sorted((ROOT / "requirements").glob("*.txt"))
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-ins for programs are shell scripts")


def canonical(requirement: str) -> str:
    """The name that a requirement asks for, as the index spells it."""
    name = re.match(r"[A-Za-z0-9._-]+", requirement)
    assert name, requirement
    return re.sub(r"[-_.]+", "-", name[0]).lower()


class Clone:
    """A copy of what start.py reads, with stand-ins for the programs that it calls."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "a clone"
        self.elsewhere = folder / "elsewhere"
        self.programs = folder / "programs"
        for made in (self.root, self.elsewhere, self.programs):
            made.mkdir()
        shutil.copytree(ROOT / "requirements", self.root / "requirements")
        for name in ("start.py", "pyproject.toml"):
            shutil.copy(ROOT / name, self.root)
        self.environ = {"PATH": f"{self.programs}:/usr/bin:/bin", "LOG": str(folder / "log")}
        self.log = folder / "log"

    def program(self, path: Path, script: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("#!/bin/sh\n" + script)
        path.chmod(0o755)

    def with_uv(self, fail_on: str = "no such argument") -> None:
        """A uv that notes what it is asked, makes a `.venv` of stand-ins, and fails where it is told to."""
        says = 'echo $0 $* >> $LOG.$(basename $0); echo $PWD; for a in "$@"; do echo "<$a>"; done'
        self.program(
            self.programs / "uv",
            f"""
            [ "$1" = --version ] && exit 0
            echo "$@" >> "$LOG"
            case "$*" in *"{fail_on}"*) echo "no route to the index"; exit 2;; esac
            if [ "$1" = venv ]; then
                mkdir -p .venv/bin
                for program in placewatch ruff mypy python; do
                    echo "#!/bin/sh" > .venv/bin/$program
                    echo '{says}; exit ${{STATUS:-0}}' >> .venv/bin/$program
                    chmod +x .venv/bin/$program
                done
            fi
            """,
        )

    def start(self, *arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, self.root / "start.py", *arguments],
            cwd=self.elsewhere,
            env=self.environ | environ,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def asked(self) -> list[str]:
        """What the stand-in uv was asked since the last look."""
        lines = self.log.read_text().splitlines() if self.log.exists() else []
        self.log.unlink(missing_ok=True)
        return lines


@pytest.fixture
def clone(tmp_path: Path) -> Clone:
    return Clone(tmp_path)


@pytest.fixture
def start() -> Any:
    spec = importlib.util.spec_from_file_location("start_py", ROOT / "start.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


# Handing over


def test_arguments_reach_placewatch_as_they_are_in_the_callers_folder(clone: Clone) -> None:
    clone.with_uv()
    done = clone.start("places", "add", "Кривий Ріг", "--alias=a b", "", "*")
    expected = [str(clone.elsewhere), "<places>", "<add>", "<Кривий Ріг>", "<--alias=a b>", "<>", "<*>"]
    assert done.stdout.splitlines() == expected


@pytest.mark.parametrize("status", [0, 1, 2, 130])
def test_placewatchs_exit_status_is_the_exit_status(clone: Clone, status: int) -> None:
    clone.with_uv()
    assert clone.start("demo", STATUS=str(status)).returncode == status


def test_test_runs_every_check_and_hands_the_rest_to_pytest(clone: Clone) -> None:
    clone.with_uv()
    done = clone.start("test", "-k", "a name")
    assert done.returncode == 0
    assert "ruff check .: passed\nruff format --check .: passed\nmypy: passed\n" in done.stdout
    assert done.stdout.endswith("\n<worksteal>\n<-k>\n<a name>\n")


def test_a_failed_check_fails_the_test_and_the_rest_is_run_all_the_same(clone: Clone) -> None:
    clone.with_uv()
    clone.start("test")
    clone.program(clone.root / ".venv" / "bin" / "mypy", "exit 1")
    done = clone.start("test")
    assert done.returncode == 1
    assert "mypy: failed" in done.stdout
    assert done.stdout.endswith("<--dist>\n<worksteal>\n")
    assert "failed before the tests: mypy" in done.stderr


def test_failed_tests_fail_the_test(clone: Clone) -> None:
    clone.with_uv()
    assert clone.start("test", STATUS="3").returncode == 3


# Setting up


def test_the_first_start_installs_what_the_locks_say(clone: Clone) -> None:
    clone.with_uv()
    clone.start("demo")
    asked = clone.asked()
    assert asked[0].startswith("venv ")
    installed = [name for line in asked for name in re.findall(r"requirements/(\w+)\.txt", line)]
    assert installed == ["build", "runtime", "speed", "morphology"]
    assert all("--require-hashes" in line for line in asked if "requirements/" in line)
    assert all("--only-binary :all:" in line for line in asked if "speed" in line or "morphology" in line)


def test_the_second_start_installs_nothing(clone: Clone) -> None:
    clone.with_uv()
    first = clone.start("demo")
    clone.asked()
    second = clone.start("demo")
    assert clone.asked() == []
    assert "setting up" in first.stderr
    assert second.stderr == ""


def test_test_adds_what_the_tests_need_and_the_next_demo_keeps_it(clone: Clone) -> None:
    clone.with_uv()
    clone.start("demo")
    clone.asked()
    clone.start("test")
    (added,) = clone.asked()
    assert "requirements/test.txt" in added
    clone.start("demo")
    clone.start("test")
    assert clone.asked() == []


@pytest.mark.parametrize("name", ["runtime", "build"])
def test_a_changed_lock_is_installed_again_and_nothing_else(clone: Clone, name: str) -> None:
    clone.with_uv()
    clone.start("test")
    clone.asked()
    with (clone.root / "requirements" / f"{name}.txt").open("a") as lock:
        lock.write("# changed\n")
    clone.start("demo")
    (again,) = clone.asked()
    assert f"requirements/{name}.txt" in again


def test_a_changed_pyproject_installs_the_project_again(clone: Clone) -> None:
    clone.with_uv()
    clone.start("demo")
    clone.asked()
    with (clone.root / "pyproject.toml").open("a") as pyproject:
        pyproject.write("# changed\n")
    clone.start("demo")
    assert any("--editable" in line for line in clone.asked())


def test_a_moved_clone_is_set_up_anew(clone: Clone) -> None:
    clone.with_uv()
    clone.start("demo")
    clone.asked()
    clone.root = clone.root.rename(clone.root.with_name("moved"))
    clone.start("demo")
    assert clone.asked()[0].startswith("venv ")


@pytest.mark.parametrize("step", ["build.txt", "runtime.txt", "--editable"])
def test_a_set_up_that_broke_off_is_made_anew(clone: Clone, step: str) -> None:
    clone.with_uv(fail_on=step)
    assert clone.start("demo").returncode == 1
    (clone.root / ".venv" / "half made").touch()
    clone.with_uv()
    clone.asked()
    assert clone.start("demo").returncode == 0
    assert clone.asked()[0].startswith("venv ")
    assert not (clone.root / ".venv" / "half made").exists()


@pytest.mark.parametrize("stamp", ["", "{", "[]", "{}"])
def test_a_broken_stamp_is_a_set_up_that_broke_off(clone: Clone, stamp: str) -> None:
    clone.with_uv()
    clone.start("demo")
    clone.asked()
    (clone.root / ".venv" / "placewatch-installed.json").write_text(stamp)
    clone.start("demo")
    assert clone.asked()[0].startswith("venv ")


def test_two_starts_at_once_set_up_once(clone: Clone) -> None:
    clone.with_uv()
    said: list[subprocess.CompletedProcess[str]] = []
    threads = [threading.Thread(target=lambda: said.append(clone.start("demo"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [done.returncode for done in said] == [0] * 4
    assert sum(line.startswith("venv ") for line in clone.asked()) == 1


def test_a_start_waits_for_another_that_is_setting_up(clone: Clone, start: Any) -> None:
    clone.with_uv()
    start.ROOT = clone.root
    with start.alone():
        waiting = subprocess.Popen(
            [sys.executable, clone.root / "start.py", "demo"],
            env=clone.environ,
            cwd=clone.elsewhere,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert waiting.stderr is not None
        assert "waiting for another" in waiting.stderr.readline()
        time.sleep(0.1)
        assert not (clone.root / ".venv").exists()
    waiting.communicate(timeout=30)
    assert waiting.returncode == 0


def test_an_environment_of_the_callers_own_does_not_lead_the_installer_astray(clone: Clone) -> None:
    clone.with_uv()
    clone.program(
        clone.programs / "uv",
        '[ -z "$VIRTUAL_ENV$PIP_USER$UV_PYTHON" ] || { echo astray; exit 1; }\n'
        + (clone.programs / "uv").read_text(),
    )
    assert clone.start("demo", VIRTUAL_ENV="/nowhere", PIP_USER="1", UV_PYTHON="2.7").returncode == 0


# When it can't


def test_a_python_without_venv_is_told_what_to_install(clone: Clone, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    (bare / "ensurepip.py").write_text("raise ModuleNotFoundError(\"No module named 'ensurepip'\")\n")
    done = clone.start("demo", PYTHONPATH=str(bare))
    assert done.returncode == 1
    assert "apt install python3-venv" in done.stderr
    assert f"python3.{sys.version_info[1]}-venv" in done.stderr
    assert "uv" in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


def test_a_uv_that_does_not_work_is_as_none(clone: Clone, tmp_path: Path) -> None:
    clone.program(clone.programs / "uv", "exit 127")
    (tmp_path / "ensurepip.py").write_text("raise ModuleNotFoundError\n")
    assert "apt install python3-venv" in clone.start("demo", PYTHONPATH=str(tmp_path)).stderr


def test_a_failing_network_says_what_failed_and_what_to_do(clone: Clone) -> None:
    clone.with_uv(fail_on="runtime.txt")
    done = clone.start("demo")
    assert done.returncode == 1
    assert "could not install what requirements/runtime.txt says" in done.stderr
    assert "no route to the index" in done.stderr
    assert "HTTPS_PROXY" in done.stderr
    assert "Traceback" not in done.stderr


def test_native_code_that_is_not_ready_made_costs_one_line_and_no_more(clone: Clone) -> None:
    clone.with_uv(fail_on="--only-binary")
    done = clone.start("demo")
    assert done.returncode == 0
    said = done.stderr.splitlines()[1:]
    assert len(said) == 4
    assert "start.py: no ready-made cryptg for this machine; going on with the slower Python path." in said
    assert sum("pymorphy3" in line for line in said) == 1
    assert clone.start("demo").stderr == ""


def test_each_native_part_is_tried_by_itself_when_one_is_not_ready_made(start: Any) -> None:
    lock = (ROOT / "requirements" / "speed.txt").read_text("utf-8")
    entries = start.entries(lock)
    assert {"ahocorasick-rs", "cryptg"} <= {canonical(entry) for entry in entries}
    assert all("--hash=sha256:" in entry for entry in entries)


def test_an_older_python_gets_as_far_as_saying_that_it_is_too_old() -> None:
    ast.parse((ROOT / "start.py").read_text("utf-8"), feature_version=(3, 6))


def test_a_too_old_python_is_told_which_one_is_needed(start: Any, capsys: pytest.CaptureFixture[str]) -> None:
    start.OLDEST = (4, 0)
    assert start.main(["demo"]) == 2
    assert "placewatch needs Python 4.0 or newer, and this is 3." in capsys.readouterr().err


def test_start_needs_the_standard_library_only() -> None:
    tree = ast.parse((ROOT / "start.py").read_text("utf-8"))
    names = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    names |= {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert names <= sys.stdlib_module_names


# The locks


def requirements(lock: Path, start: Any) -> list[str]:
    entries: list[str] = start.entries(lock.read_text("utf-8"))
    return entries


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_requirement_of_a_lock_is_pinned_and_hashed(lock: Path, start: Any) -> None:
    entries = requirements(lock, start)
    assert entries
    for entry in entries:
        assert re.match(r"[a-z0-9.-]+==[^\s;]+( ; [^\\]+)? \\\n", entry), entry
        assert re.findall(r"--hash=sha256:[0-9a-f]{64}\b", entry), entry


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_a_lock_has_no_addresses_and_no_paths(lock: Path) -> None:
    for line in lock.read_text("utf-8").splitlines():
        assert "://" not in line
        assert " @ " not in line
        assert not line.startswith("-")


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("runtime", PYPROJECT["project"]["dependencies"]),
        ("speed", PYPROJECT["project"]["optional-dependencies"]["speed"]),
        ("morphology", PYPROJECT["project"]["optional-dependencies"]["morphology"]),
        ("metrics", PYPROJECT["project"]["optional-dependencies"]["metrics"]),
        ("passphrase", PYPROJECT["project"]["optional-dependencies"]["passphrase"]),
        ("test", PYPROJECT["dependency-groups"]["dev"]),
        ("build", PYPROJECT["build-system"]["requires"]),
    ],
)
def test_a_lock_covers_what_pyproject_asks_for(name: str, wanted: list[str], start: Any) -> None:
    locked = {canonical(entry) for entry in requirements(ROOT / "requirements" / f"{name}.txt", start)}
    assert {canonical(requirement) for requirement in wanted} <= locked


def test_the_locks_agree_about_every_version(start: Any) -> None:
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        for entry in requirements(lock, start):
            name, _, rest = entry.partition("==")
            versions.setdefault(name, set()).add(rest.split()[0])
    assert {name: found for name, found in versions.items() if len(found) > 1} == {}


def test_the_stamp_names_the_place_the_python_and_the_locks(start: Any) -> None:
    stamp = start.wanted_stamp(["runtime", "test"])
    assert stamp == json.loads(json.dumps(stamp))
    assert stamp["place"] == str(ROOT)
    assert f"3.{sys.version_info[1]}" in stamp["python"]
    assert set(stamp["groups"]) == {"runtime", "test"}

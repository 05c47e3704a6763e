"""Container, compose file and unit: as far as they can be tried without an engine and without root."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.loading import load
from config.settings import VARIABLES
from tests.deploy import dockerfile
from tests.deploy.dockerfile import Stage

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "placewatch.service").read_text("utf-8")


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Stage:
    folder = tmp_path_factory.mktemp("image")
    files = dockerfile.context(ROOT, DEPLOY / "Dockerfile.dockerignore", folder / "context")
    return dockerfile.carry_out(DEPLOY / "Dockerfile", files, folder)


def test_the_context_has_no_secret_no_data_and_no_test(tmp_path: Path) -> None:
    rules = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    for name in (
        ".env",
        "data/reader.session",
        "bot/x.session",
        "tests/making.py",
        "deploy/secrets/api_hash",
    ):
        assert dockerfile.ignored(dockerfile.PurePosixPath(name), rules)
    assert not dockerfile.ignored(dockerfile.PurePosixPath("bot/app.py"), rules)


def test_the_image_runs_placewatch_as_a_user_without_rights(image: Stage) -> None:
    uid = image.user.partition(":")[0]
    assert uid.isdigit()
    assert int(uid) != 0
    assert image.users[uid] == "placewatch"
    assert image.owners["/data"] == image.user
    assert stat.S_IMODE(image.inside("/data").stat().st_mode) == 0o700
    assert image.words["VOLUME"] == image.environment["PLACEWATCH_DATA"] == "/data"
    assert image.json("ENTRYPOINT") + image.json("CMD") == ["placewatch", "run"]
    assert image.json("HEALTHCHECK") == ["placewatch", "healthcheck"]
    assert image.inside("/app/lib/bot/__main__.py").exists()


def test_every_lock_but_the_tests_and_the_gazetteers_is_installed() -> None:
    installed = re.findall(r"requirements/(\w+)\.txt", (DEPLOY / "Dockerfile").read_text("utf-8"))
    there = {path.stem for path in (ROOT / "requirements").glob("*.txt")}
    assert set(installed) == there - {"test", "gazetteer"}
    assert installed[0] == "build"  # what is built from source needs it


def run(image: Stage, folder: Path, *arguments: str, status: int = 0) -> str:
    """The program that is in the image, with this environment's libraries."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("PLACEWATCH_")}
    env = {**kept, "PYTHONPATH": str(image.inside("/app/lib")), "PLACEWATCH_DATA": str(folder / "data")}
    done = subprocess.run(
        [sys.executable, "-P", "-m", "bot", *arguments], cwd=folder, env=env, capture_output=True, check=False
    )
    printed = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == status, printed
    return " ".join(printed.split())


def test_what_is_in_the_image_works_on_a_root_that_is_read_only(image: Stage, tmp_path: Path) -> None:
    app = image.inside("/app")
    before = {path: path.stat().st_mtime_ns for path in app.rglob("*") if "__pycache__" not in path.parts}
    assert "No service runs on" in run(image, tmp_path, "healthcheck", status=1)
    run(image, tmp_path, "places", "add", "Покровськ")  # makes the archive: the migrations are in the wheel
    assert [p.name for p in tmp_path.iterdir()] == ["data"]
    assert {p: p.stat().st_mtime_ns for p in app.rglob("*") if "__pycache__" not in p.parts} == before


# Compose


def compose() -> dict[str, object]:
    found = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
    assert isinstance(found, dict)
    return found["services"]["placewatch"]  # type: ignore[no-any-return]


def test_the_compose_service_can_write_nothing_but_its_data_and_has_no_rights() -> None:
    service = compose()
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["data:/data"]
    assert "privileged" not in service
    assert "ports" not in service
    assert (DEPLOY / str(service["build"]["context"]) / str(service["build"]["dockerfile"])).is_file()  # type: ignore[index]


def test_the_compose_service_is_given_settings_that_exist_and_secrets_only_as_files(tmp_path: Path) -> None:
    service, environment = compose(), {}
    secrets = {"api_hash": "0" * 32, "bot_token": "1:" + "T" * 35, "passphrase": "long enough to seal"}
    for name, text in secrets.items():
        (tmp_path / name).write_text(f"{text}\n")
    assert service["secrets"] == list(secrets)
    for name, value in service["environment"].items():  # type: ignore[attr-defined]
        assert name.removesuffix("_FILE") in VARIABLES
        environment[name] = re.sub(r"^\$\{.*", "-100123", value).replace("/run/secrets", str(tmp_path))
    environment["PLACEWATCH_TELEGRAM__API_ID"] = "7"
    settings = load(None, environment)
    settings.require(*settings.to_run)
    assert set(settings.secrets) == set(secrets.values())


# systemd


def test_the_unit_is_confined() -> None:
    lines = UNIT.splitlines()
    for wanted in (
        "Type=notify", "StateDirectory=placewatch", "StateDirectoryMode=0700", "ProtectSystem=strict",
        "NoNewPrivileges=yes", "CapabilityBoundingSet=", "User=placewatch", "UMask=0077",
    ):  # fmt: skip
        assert wanted in lines
    assert any(line.startswith("WatchdogSec=") for line in lines)


def test_the_units_credentials_are_settings(tmp_path: Path) -> None:
    names = re.findall(r"^LoadCredential=(\w+):", UNIT, re.MULTILINE)
    values = ["0" * 32, "1:" + "T" * 35, "long enough to seal"]
    for name, value in zip(names, values, strict=True):
        (tmp_path / name).write_text(value)
    settings = load(None, {"CREDENTIALS_DIRECTORY": str(tmp_path)})
    assert settings.secrets == values
    set_here = re.findall(r"^Environment=(PLACEWATCH_\w+)=", UNIT, re.MULTILINE)
    assert set(set_here) <= set(VARIABLES)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")
def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    program = re.search(r"^ExecStart=(\S+)", UNIT, re.MULTILINE)
    assert program is not None
    unit = tmp_path / "placewatch.service"
    unit.write_text(UNIT.replace(f"ExecStart={program[1]}", f"ExecStart={sys.executable}"))
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(unit)], capture_output=True, check=False, timeout=60
    )
    said = [line for line in done.stderr.decode().splitlines() if "placewatch" in line]
    assert said == []

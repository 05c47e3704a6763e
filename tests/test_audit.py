"""The audit fails for a known vulnerability that nobody accepted, and for nothing else."""

from __future__ import annotations

import importlib.util
import json
import subprocess
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def audit() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def printed(answer: object, error: str = "") -> subprocess.CompletedProcess[str]:
    text = answer if isinstance(answer, str) else json.dumps(answer)
    return subprocess.CompletedProcess([], 1, text, error)


def answer(**vulnerability: Any) -> dict[str, Any]:
    known = [{"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], **vulnerability}]
    clean = {"name": "aiosqlite", "version": "0.22", "vulns": []}
    return {"dependencies": [clean, {"name": "httpx", "version": "1.0", "vulns": known}]}


def test_a_known_vulnerability_fails(audit: ModuleType) -> None:
    status, told = audit.verdict(printed(answer()), {})
    assert status == 1
    assert told == ["audited 2 pinned versions", "httpx 1.0: PYSEC-1 (CVE-1), mended in 2.0"]


@pytest.mark.parametrize("name", ["PYSEC-1", "CVE-1"])
def test_one_that_is_accepted_with_a_reason_does_not(audit: ModuleType, name: str) -> None:
    allowed = audit.accepted(f"# why\n\n{name} we never call it\n")
    assert audit.verdict(printed(answer()), allowed) == (
        0,
        ["audited 2 pinned versions", "no known vulnerability"],
    )
    with pytest.raises(SystemExit):
        audit.accepted(f"{name}\n")


@pytest.mark.parametrize("said", ["", "Traceback", "{}", "[]"])
def test_where_the_data_can_not_be_reached_it_says_so_and_does_not_fail(audit: ModuleType, said: str) -> None:
    status, told = audit.verdict(printed(said, "ConnectionError: no route\n"), {})
    assert status == 0
    assert told == ["not audited: unreachable (ConnectionError: no route)"]


def test_where_no_version_has_an_answer_nothing_was_audited(audit: ModuleType) -> None:
    skipped = {"dependencies": [{"name": "httpx", "skip_reason": "not found on PyPI"}]}
    assert audit.verdict(printed(skipped), {})[1] == [
        "not audited: unreachable (no advisories for any of 1 versions)"
    ]


def test_every_lock_is_audited_and_continuous_integration_does_it(audit: ModuleType) -> None:
    assert {path.name for path in audit.LOCKS} == {
        path.name for path in (ROOT / "requirements").glob("*.txt")
    }
    assert "\npython3 .ci/audit.py\n" in (ROOT / ".ci" / "run").read_text("utf-8")

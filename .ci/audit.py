"""Asks whether a locked dependency has a known vulnerability: `python3 .ci/audit.py`.

Installs pip-audit into a temporary environment and has it look up every pinned version of requirements/*.txt in the
advisories of the Python Packaging Authority. Status 1 where one has a known vulnerability; where the tool or the data
can't be reached it says "not audited" and ends well, so that a machine without a network can build.

A vulnerability that does not concern us is named in `.ci/accepted.txt`: its id, a space, and why.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LOCKS = sorted(HERE.parent.glob("requirements/*.txt"))
PATIENCE = 240  # seconds for the tool, and for the look-up
UNREACHABLE = "not audited: unreachable"


def run(command: list[str]) -> subprocess.CompletedProcess[str]:
    """A command's output; one that takes too long counts as failed."""
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=PATIENCE)  # noqa: S603
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", "no answer in time")


def accepted(text: str) -> dict[str, str]:
    """Ids that are accepted, each with the reason; a line without a reason is an error."""
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    found = dict(line.split(None, 1) if " " in line.strip() else (line, "") for line in lines)
    if "" in found.values():
        raise SystemExit(f"{HERE / 'accepted.txt'}: every line needs a reason after the id")
    return found


def problems(answer: dict[str, Any], allowed: dict[str, str]) -> list[str]:
    """A line for each known vulnerability that was not accepted, from pip-audit's JSON."""
    return [
        f"{one['name']} {one['version']}: {known['id']}"
        + (f" ({', '.join(known['aliases'])})" if known.get("aliases") else "")
        + (f", mended in {', '.join(known['fix_versions'])}" if known.get("fix_versions") else "")
        for one in answer["dependencies"]
        for known in one.get("vulns", [])
        if not {known["id"], *known.get("aliases", [])} & allowed.keys()
    ]


def verdict(done: subprocess.CompletedProcess[str], allowed: dict[str, str]) -> tuple[int, list[str]]:
    """The status and what to say, from what pip-audit printed."""
    try:
        answer = json.loads(done.stdout)
        found = problems(answer, allowed)
    except (ValueError, KeyError, TypeError):
        last = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        return 0, [f"{UNREACHABLE} ({last[:200]})"]
    skipped = [one["name"] for one in answer["dependencies"] if "skip_reason" in one]
    if len(skipped) == len(answer["dependencies"]):
        return 0, [f"{UNREACHABLE} (no advisories for any of {len(skipped)} versions)"]
    told = [f"audited {len(answer['dependencies']) - len(skipped)} pinned versions"]
    told += [f"not audited: {', '.join(skipped)}"] if skipped else []
    return (1, [*told, *found]) if found else (0, [*told, "no known vulnerability"])


def main() -> int:
    """Audit, and the status."""
    list_ = HERE / "accepted.txt"
    allowed = accepted(list_.read_text("utf-8") if list_.exists() else "")
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = str(Path(folder, "bin", "python"))
        installed = run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pip-audit>=2.7"]
        )
        if installed.returncode:
            sys.stdout.write(f"{UNREACHABLE} (pip-audit could not be installed)\n")
            return 0
        locks = [part for lock in LOCKS for part in ("-r", str(lock))]
        # The index's own answer first; a mirror may not have one.
        audit = [
            "-m",
            "pip_audit",
            "--no-deps",
            "--disable-pip",
            "--progress-spinner",
            "off",
            "--format",
            "json",
        ]
        for service in ("pypi", "osv"):
            status, told = verdict(run([python, *audit, "--vulnerability-service", service, *locks]), allowed)
            if not told[0].startswith(UNREACHABLE):
                break
    sys.stdout.write("\n".join(told) + "\n")
    return status


if __name__ == "__main__":
    sys.exit(main())

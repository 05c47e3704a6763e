"""The benchmarks are not run by the tests, but they have to start."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

NAMES = sorted(path.stem for path in (Path(__file__).parent / "benchmarks").glob("*.py"))


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_finds_all_that_it_needs(name: str) -> None:
    assert importlib.import_module(f"tests.benchmarks.{name}").main

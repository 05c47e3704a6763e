"""The dashboard and the alert rules ask for figures that exist, with labels that they have."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from bot.health.figures import METRICS, PREFIX

DEPLOY = Path(__file__).parents[2] / "deploy"
_NAME = re.compile(rf"\b{PREFIX}(\w+)")
_LABEL = re.compile(r"\{\{\s*(?:\$labels\.)?(\w+)\s*\}\}")


def panels() -> Iterator[tuple[str, str]]:
    for panel in json.loads((DEPLOY / "dashboard.json").read_text("utf-8"))["panels"]:
        for target in panel["targets"]:
            yield target["expr"], target["legendFormat"]


def rules() -> Iterator[tuple[str, str]]:
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text("utf-8"))["groups"]:
        for rule in group["rules"]:
            yield (
                rule["expr"],
                " ".join(rule["annotations"].values()).replace("{{ $value | humanizeDuration }}", ""),
            )


@pytest.mark.parametrize(("expression", "words"), [*panels(), *rules()])
def test_an_expression_names_figures_and_labels_that_exist(expression: str, words: str) -> None:
    names = _NAME.findall(expression)
    assert names or expression.startswith("up{")
    assert set(names) <= METRICS.keys()
    labels = {label for name in names for label in METRICS[name][2]}
    assert set(_LABEL.findall(words)) <= labels


def test_every_figure_is_on_the_dashboard() -> None:
    assert {name for expression, _ in panels() for name in _NAME.findall(expression)} == set(METRICS)


def test_no_two_panels_lie_on_each_other() -> None:
    taken: set[tuple[int, int]] = set()
    for panel in json.loads((DEPLOY / "dashboard.json").read_text("utf-8"))["panels"]:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert not taken & cells
        assert max(x for x, _ in cells) < 24
        taken |= cells

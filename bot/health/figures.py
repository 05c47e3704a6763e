"""The figures in the form that Prometheus reads."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from bot.errors import Mendable
from bot.health.observed import Figures

PREFIX: Final = "placewatch_"
TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

# name: (kind, what it says, labels)
METRICS: Final[dict[str, tuple[str, str, tuple[str, ...]]]] = {
    "healthy": ("gauge", "1 where /healthz finds nothing wrong.", ()),
    "last_update_age_seconds": ("gauge", "Since anything came from Telegram.", ()),
    "last_write_age_seconds": ("gauge", "Since the archive was last written for the sake of it.", ()),
    "last_delivery_age_seconds": ("gauge", "Since a message last arrived in a chat or output.", ()),
    "account_connected": ("gauge", "1 where the account is connected.", ("account",)),
    "account_heartbeat_age_seconds": ("gauge", "Since Telegram last answered the account.", ("account",)),
    "channel_lag_seconds": (
        "gauge",
        "Usual time from a post to our having it, of the newest five.",
        ("channel",),
    ),
    "channel_read_age_seconds": ("gauge", "Since the channel was last read to its end.", ("channel",)),
    "channel_unreadable": ("gauge", "1 where the channel can't be read.", ("channel",)),
    "unread_stretches": ("gauge", "Stretches of channels that were not read.", ()),
    "queue_messages": ("gauge", "Messages that a chat does not show yet, held ones too.", ("chat",)),
    "queue_oldest_seconds": ("gauge", "Since the oldest of them is owed.", ("chat",)),
    "chat_blocked": ("gauge", "1 for a chat that refuses.", ("chat",)),
    "floods_total": ("counter", "Waits that Telegram named.", ("account", "method")),
    "hold_seconds": ("gauge", "What is left of a wait that Telegram named.", ("account", "method")),
    "deliveries_total": (
        "counter",
        "Messages sent and edited, and how that went (arrived, held, refused, failed).",
        ("what", "outcome"),
    ),
    "posts": ("gauge", "Posts in the archive; counted once a minute.", ()),
    "mentions": ("gauge", "Places in posts, each once a post; counted once a minute.", ()),
    "ledger_entries_total": ("counter", "Entries of the ledger: posts, revisions, deletions.", ()),
    "part_failures_total": ("counter", "Failures of a part of the service since its start.", ("part",)),
    "backup_age_seconds": ("gauge", "Since the newest good backup was begun.", ()),
    "disk_free_bytes": ("gauge", "Free space under the data folder.", ()),
    "archive_bytes": ("gauge", "Size of the archive's file.", ()),
}

_Samples = Mapping[tuple[str, ...], float]


def library() -> Any:
    """prometheus_client; Mendable where it is not installed."""
    try:
        return importlib.import_module("prometheus_client")
    except ModuleNotFoundError:
        raise Mendable(
            "PLACEWATCH_HEALTH__METRICS needs prometheus-client, which is not installed: pip install 'placewatch[metrics]'"
        ) from None


def exposed(figures: Figures) -> bytes:
    """The page for Prometheus, in its text format 0.0.4."""
    client, core = library(), importlib.import_module("prometheus_client.core")
    families = {"gauge": core.GaugeMetricFamily, "counter": core.CounterMetricFamily}

    class Once:
        """What was measured, as a registry asks for it."""

        def collect(self) -> Iterator[Any]:
            for name, samples in _samples(figures).items():
                kind, says, labels = METRICS[name]
                family = families[kind](PREFIX + name, says, labels=labels)
                for values, number in samples.items():
                    family.add_metric(values, number)
                yield family

    registry = client.CollectorRegistry(auto_describe=False)
    registry.register(Once())
    page: bytes = client.generate_latest(registry)
    return page


def _samples(figures: Figures) -> dict[str, _Samples]:
    inside, report = figures.inside, figures.report
    return {
        "healthy": _one(report.ok),
        "last_update_age_seconds": _one(report.last_update),
        "last_write_age_seconds": _one(report.last_write),
        "last_delivery_age_seconds": _one(report.last_delivery),
        "account_connected": _by(figures.accounts),
        "account_heartbeat_age_seconds": _by(figures.heartbeats),
        "channel_lag_seconds": _by(inside.lag),
        "channel_read_age_seconds": _by(inside.read),
        "channel_unreadable": _by(inside.unreadable),
        "unread_stretches": _one(inside.gaps),
        "queue_messages": _by(inside.waiting),
        "queue_oldest_seconds": _by(inside.oldest),
        "chat_blocked": _by(inside.blocked),
        "floods_total": _by(figures.floods),
        "hold_seconds": _by(inside.holds),
        "deliveries_total": _by(figures.deliveries),
        "posts": _one(figures.counts.posts),
        "mentions": _one(figures.counts.mentions),
        "ledger_entries_total": _one(figures.counts.entries),
        "part_failures_total": _by(figures.failures),
        "backup_age_seconds": _one(inside.backup),
        "disk_free_bytes": _one(figures.disk_free),
        "archive_bytes": _one(figures.archive_bytes),
    }


def _one(number: float | None) -> _Samples:
    return {} if number is None else {(): float(number)}


def _by(numbers: Mapping[Any, float]) -> _Samples:
    """By one label, or by a tuple of them."""
    labels = {key: key if isinstance(key, tuple) else (str(key),) for key in numbers}
    return {labels[key]: float(number) for key, number in numbers.items()}

"""Heads of the ledger: as they are given to people, and as people give them back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from zoneinfo import ZoneInfo

from bot.alerts.compose import moment
from bot.languages import ENGLISH, Words
from storage.records import Head

_HEAD: Final = re.compile(r"(?<![0-9A-Za-z])([0-9a-f]{64})(?:@([0-9]{1,18}))?(?![0-9A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Attested:
    """A head that was noted earlier, outside the archive."""

    hash: bytes
    number: int | None  # where it was noted too

    def __str__(self) -> str:
        return self.hash.hex() + ("" if self.number is None else f"@{self.number}")


def heads_in(text: str) -> list[Attested]:
    """Every head in a text, each once: a line of `attest`, a saved chat, or bare HASH@NUMBER."""
    found = (
        Attested(bytes.fromhex(digits), int(number) if number else None)
        for digits, number in _HEAD.findall(text)
    )
    return list(dict.fromkeys(found))


def line(head: Head) -> str:
    """A head in one line, to be sent, printed or timestamped."""
    entries = "1 entry" if head.number == 1 else f"{head.number} entries"
    return f"placewatch ledger: {entries}, head {head}, newest entry {head.at:%Y-%m-%dT%H:%M:%SZ}"


def attestation(head: Head, zone: ZoneInfo, *, t: Words = ENGLISH) -> str:
    """A head for a chat: what it is for, and what to do with it. HTML."""
    return t(
        "🔏 The archive's ledger up to {when}: <code>{head}</code>\nKeep this message: "
        "with it anybody can show that nothing kept until then was changed, left out "
        "or put in later (placewatch verify --head).",
        when=moment(head.at, zone, t=t),
        head=head,
    )


def nothing_entered(*, t: Words = ENGLISH) -> str:
    """There is no head yet."""
    return t("Nothing has been kept yet, so the ledger has no entry to attest.")

"""/attest: the ledger's head, for whoever wants to hold the archive to it later."""

from __future__ import annotations

import sqlite3
from typing import Final

from bot.commands import proof as texts
from bot.desk.room import Button, Command, Effect, Reply, Room
from bot.incoming import Incoming
from storage import proof


async def _attest(room: Room, _: Incoming, __: str) -> Effect:
    def effect(db: sqlite3.Connection) -> Reply:
        head = proof.head(db)
        return Reply(
            html=texts.nothing_entered(t=room.t)
            if head is None
            else texts.attestation(head, room.zone, t=room.t)
        )

    return effect


COMMANDS: Final = {"attest": Command(run=_attest)}
BUTTONS: Final[dict[str, Button]] = {}

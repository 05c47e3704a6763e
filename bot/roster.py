"""The accounts that read, as people are told of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from bot.budget import words
from bot.commands.replies import counted
from bot.telegram.account import ReadingAccount
from bot.telegram.readers import Readers
from storage import accounts
from storage.records import Account
from storage.store import Store


def lines(readers: Readers, clock: Callable[[datetime], str]) -> list[str]:
    """What `/status` says: a line an account, and one on whatever is held back or too much."""
    found = []
    for one in readers.accounts:
        about = one.connection.state.describe(clock)
        more = words.lines(one.reader.plan, one.reader.asking.until(), clock)
        if readers.several:
            about += f"; {counted(len(one.reader.plan.intervals), 'channel')}"
            more = [f"{one.name}: {line}" for line in more]
        found += [f"{called(readers, one)}: {about}", *more]
    return found


def called(readers: Readers, one: ReadingAccount) -> str:
    """What people call the account: by its name where there are several."""
    return f"reading account {one.name}" if readers.several else "reading account"


async def listed(readers: Readers | None, store: Store) -> list[dict[str, Any]]:
    """Every account and how it is, for `placewatch accounts list`; JSON. None where no account reads."""
    if readers is None:
        return []
    await readers.refresh()
    known = {account.name: account for account in await store.read(accounts.every)}
    for one in readers.accounts:
        await one.reader.asking.load()
    return [_as_json(one, known.get(one.name, Account(name=one.name))) for one in readers.accounts]


def _as_json(one: ReadingAccount, known: Account) -> dict[str, Any]:
    state, plan = one.connection.state, one.reader.plan
    since = state.connected_since
    return {
        "account": one.name,
        "telegram_id": state.account_id or known.telegram_id,
        "signed_in_as": state.account_name or known.telegram_name,
        "connected_since": since.isoformat() if since else None,
        "channels": len(plan.intervals),
        "requests_a_second": round(plan.spent, 4),
        "allowed_a_second": round(plan.allowed, 4),
        "fits": plan.fits,
        "waits": {method: until.isoformat() for method, until in one.reader.asking.until().items()},
        "stopped": one.stopped or known.problem,
        "problem": state.problem,
    }

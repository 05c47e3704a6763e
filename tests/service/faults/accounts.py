"""What can happen to the accounts: each end stops its part alone, is told once, and is mended by what the words say."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tests.service.faults.stage import Outcome, Stage, scenario, until
from tests.telegram_server import Account

_STOPPED = "The reading account has stopped"


async def _reader_ends(
    stage: Stage, end: Callable[[Account], None], mend: Callable[[Stage], object], words: str
) -> Outcome:
    await stage.steady()
    end(stage.world.reader)
    await until(lambda: stage.notices(_STOPPED) == 1)
    await _answers(stage)
    stage.say(20)
    await _found(stage, words)
    for _ in range(2):
        await stage.stop()
        await _start_bot(stage)
        await _found(stage, words)
    assert stage.notices(_STOPPED) == 1, "told again after a restart"
    await stage.stop()
    mended = mend(stage)
    if asyncio.iscoroutine(mended):
        await mended
    await stage.start()
    seconds = await stage.well()
    return await stage.end(
        "reading stops and is told once; commands go on; all read once it is mended", seconds
    )


async def _answers(stage: Stage) -> None:
    before = stage.notices("Pokrovsk")
    stage.world.team.say(stage.world.olena, "/places")
    await until(lambda: stage.notices("Pokrovsk") > before)


async def _start_bot(stage: Stage) -> None:
    await stage.service.start()
    await until(lambda: stage.server.online(stage.world.bot))
    await stage.logged("reader has stopped")


async def _found(stage: Stage, words: str) -> None:
    found = await stage.world.json("doctor")
    assert any(f["state"] == "bad" and words in f["words"] for f in found), found


async def _login_anew(stage: Stage) -> None:
    (stage.world.folder / "data" / "reader.session").unlink()
    await stage.world.login()


@scenario("reading account signed out from elsewhere", short=True)
async def revoked(stage: Stage) -> Outcome:
    return await _reader_ends(stage, Account.revoke, lambda s: s.world.login(), "ended from another device")


@scenario("reading account banned")
async def banned(stage: Stage) -> Outcome:
    return await _reader_ends(stage, Account.ban, lambda s: s.world.reader.restore(), "banned")


@scenario("session file used twice")
async def used_twice(stage: Stage) -> Outcome:
    return await _reader_ends(stage, Account.duplicate_key, _login_anew, "two machines")


@scenario("bot banned")
async def bot_banned(stage: Stage) -> Outcome:
    await stage.steady()
    stage.world.bot.ban()
    await stage.logged("bot has stopped")
    stage.say(20)
    await until(lambda: stage.kept() == 21)
    await _found(stage, "banned")
    await stage.stop()
    stage.world.bot.restore()
    await stage.start()
    seconds = await stage.well()
    return await stage.end("reading goes on; all told once it is mended", seconds)

"""Each mistake gets one clear message that says how to mend it, no traceback, and loses nothing."""

from __future__ import annotations

import asyncio
import os
import sqlite3

import pytest

from tests.service.world import World, eventually


def _clear(printed: str, *words: str) -> None:
    assert "Traceback" not in printed, printed
    for word in words:
        assert word in printed, printed


async def test_missing_settings_are_all_named_at_once(world: World) -> None:
    world.settings = {"PLACEWATCH_DATA": str(world.folder / "data")}
    printed = await world.type("run", status=2)
    _clear(
        printed,
        "PLACEWATCH_TELEGRAM__API_ID",
        "PLACEWATCH_TELEGRAM__API_HASH",
        "PLACEWATCH_TELEGRAM__BOT_TOKEN",
        "PLACEWATCH_CHATS",
        "my.telegram.org",
    )


async def test_running_before_signing_in_says_so(world: World) -> None:
    _clear(await world.type("run", status=1), "placewatch login")


async def test_an_unknown_channel_is_named(world: World) -> None:
    await world.login()
    _clear(await world.type("channels", "add", "nobody_is_here", status=1), "@nobody_is_here", "spelling")


async def test_a_private_channel_is_explained(world: World) -> None:
    world.server.add_channel("secret_room", title="Secret", members=[], private=True)
    await world.login()
    _clear(await world.type("channels", "add", "secret_room", status=1), "secret_room")
    _clear(await world.type("channels", "add", "https://t.me/+AbCdEf123456", status=1), "public")


async def test_a_misspelt_token_is_told_by_doctor_and_by_run_without_showing_it(world: World) -> None:
    await world.login()
    token = "1000:WRONGWRONGWRONGWRONGWRONG"
    world.settings["PLACEWATCH_TELEGRAM__BOT_TOKEN"] = token
    printed = await world.type("doctor", status=1)
    _clear(printed, "✗ bot", "BotFather")
    assert token not in printed
    async with world.running() as service:
        await eventually(lambda: "BotFather" in service.log)
        assert token not in service.log


async def test_a_wrong_api_hash_is_told_at_login(world: World) -> None:
    world.settings["PLACEWATCH_TELEGRAM__API_HASH"] = "f" * 32
    printed = await world.type("login", answers=f"{world.reader.phone}\n{world.reader.code}\n", status=1)
    _clear(printed, "my.telegram.org")
    assert "f" * 32 not in printed


async def test_a_wrong_code_is_asked_for_again_and_never_shown(world: World) -> None:
    printed = await world.type("login", answers=f"{world.reader.phone}\n99999\n{world.reader.code}\n")
    assert "Signed in" in printed
    assert "99999" not in printed
    assert str(world.reader.phone) not in printed


async def test_login_whose_answers_end_too_early_says_what_was_needed(world: World) -> None:
    _clear(await world.type("login", answers=f"{world.reader.phone}\n", status=1), "code")


async def test_a_chat_without_the_bot_blocks_only_itself_and_is_tried_again_when_the_bot_comes_in(
    world: World,
) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    world.team.remove(world.bot)
    async with world.running() as service:
        await service.ready()
        world.channel.post("Бои в Покровске")
        await eventually(lambda: "chat refuses" in service.log)
        assert "✗ chat" in await world.type("doctor", status=1)
        world.team.add(world.bot)
        await eventually(lambda: world.alerts)
    assert len(world.alerts) == 1


async def test_a_second_run_on_the_same_folder_is_refused(world: World) -> None:
    await world.login()
    async with world.running() as service:
        await service.ready()
        _clear(await world.type("run", status=1), "Another placewatch", "PLACEWATCH_DATA")


async def test_an_archive_from_a_newer_version_is_refused(world: World) -> None:
    await world.login()
    await world.track("Pokrovsk")
    db = sqlite3.connect(world.folder / "data" / "placewatch.db")
    db.execute("PRAGMA user_version = 999")
    db.close()
    _clear(await world.type("run", status=1), "newer placewatch", "backup")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into read-only folders")
async def test_a_read_only_data_folder_says_how_to_open_it(world: World) -> None:
    data = world.folder / "data"
    data.mkdir(mode=0o500)
    _clear(await world.type("places", "add", "Pokrovsk", status=1), "can't be written", "chmod")


async def test_a_data_folder_that_can_not_be_made_is_told(world: World) -> None:
    world.settings["PLACEWATCH_DATA"] = "/proc/placewatch"
    _clear(await world.type("places", "add", "Pokrovsk", status=1), "can't be written", "PLACEWATCH_DATA")


async def test_a_groups_and_a_persons_number_are_learnt_by_listening(world: World) -> None:
    number = world.settings.pop("PLACEWATCH_CHATS")
    process = await world.spawn("chats", "--seconds", "5")
    await eventually(lambda: world.server.online(world.bot), 40)
    listening = asyncio.create_task(process.communicate())
    # What is said before the client has asked for its state is not pushed again; people send /start once more.
    while not listening.done():
        world.team.say(world.olena, "/start")
        world.server.private_chat(world.olena, world.bot).say(world.olena, "/start")
        await asyncio.wait({listening}, timeout=0.5)
    out, _ = await listening
    lines = sorted(out.decode().splitlines())
    assert lines == sorted([f"{number}  Team", f"{world.olena.id}  Olena"])
    assert process.returncode == 0


async def test_names_that_can_not_be_places_are_refused(world: World) -> None:
    _clear(await world.type("places", "add", "x", status=1), "too short")
    _clear(await world.type("places", "add", "Pokrovsk", "--lat", "48", status=1), "--lon")
    _clear(await world.type("places", "remove", "Nowhere", status=1), "not among the places tracked")


async def test_doctor_finds_everything_well_in_a_good_set_up(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    printed = await world.type("doctor", status=0)
    assert "✗" not in printed
    for area in (
        "settings",
        "data folder",
        "archive",
        "clock",
        "reading account",
        "bot",
        "chat",
        "channel @dpr_head",
    ):
        assert area in printed, printed
    async with world.running() as service:
        await service.ready()
        assert "✗" not in await world.type("doctor")


async def test_a_revoked_session_stops_reading_alone_and_the_team_is_told(world: World) -> None:
    await world.login()
    async with world.running() as service:
        await service.ready()
        world.reader.revoke()
        await eventually(lambda: world.says("placewatch login"), 15)
        world.team.say(world.olena, "/status")
        await eventually(lambda: world.says("not connected"))


async def test_a_hundred_thousand_characters_and_direction_marks_do_no_harm(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    async with world.running() as service:
        await service.ready()
        world.channel.post("слово " * 16_000 + "\u202eв По\u0301кровске\u202c <b>бой</b>" + "!" * 4000)
        await eventually(lambda: world.alerts)
        world.team.say(world.olena, "/watch " + "Я" * 3000)
        await eventually(lambda: world.says("too long"))
        world.team.say(world.olena, "/nonsense")
        await eventually(lambda: world.says("I don't know /nonsense"))
        await asyncio.sleep(0.2)
    assert "кровске" in world.alerts[0]
    assert "\u202e" not in world.alerts[0]
    assert len(world.alerts[0]) < 1500

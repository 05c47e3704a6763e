"""A statement about a tracked place reaches the team's group, exactly once: the real service, end to end."""

from __future__ import annotations

import asyncio

from tests.service.world import World, eventually


async def test_from_login_to_alert_edit_deletion_and_commands_with_restarts_between(world: World) -> None:
    assert "Signed in as" in await world.type_login()
    assert "Following @dpr_head" in await world.type(
        "channels", "add", "https://t.me/dpr_head", "--label", "DPR head"
    )
    assert "Tracking Pokrovsk" in await world.type(
        "places", "add", "Pokrovsk", "--alias", "Покровск", "--alias", "Красноармейск"
    )

    async with world.running() as service:
        await service.ready()
        post = world.channel.post("Доброе утро. Идут бои в Красноармейске.")
        await eventually(lambda: world.alerts)
        assert "«… Идут бои в Красноармейске.»" in world.alerts[0]
        assert "DPR head (@dpr_head)" in world.alerts[0]
        assert "not verified" in world.alerts[0]

    world.channel.edit(post, "Доброе утро. Бои в Красноармейске закончены.")
    async with world.running() as service:
        await eventually(lambda: "закончены" in world.alerts[0])
        assert "✎ edited" in world.alerts[0]
        assert len(world.alerts) == 1

    world.channel.delete(post)
    async with world.running() as service:
        await eventually(lambda: "🗑 deleted" in world.alerts[0])
        assert "закончены" in world.alerts[0]
        assert len(world.alerts) == 1

        world.team.say(world.olena, "/watch Мирноград")
        await eventually(lambda: world.says("Watching 📍 Мирноград"))
        world.channel.post("Колонна идёт к Мирнограду.")
        await eventually(lambda: len(world.alerts) == 2)
        assert "Мирнограду" in world.alerts[1]

        world.team.say(world.olena, "/latest")
        await eventually(lambda: any(m.message.count("— DPR head") == 2 for m in world.team.messages))
        assert await service.stop() == 0, service.log

    async with world.running() as service:
        await service.ready()
        await asyncio.sleep(1)
        assert len(world.alerts) == 2
    found = await world.json("latest")
    assert [p["deleted_at"] is not None for p in found] == [False, True]
    shown = await world.json("show", found[1]["link"])
    assert [r["text"] for r in shown["revisions"]] == [
        "Доброе утро. Идут бои в Красноармейске.",
        "Доброе утро. Бои в Красноармейске закончены.",
    ]


async def test_changes_on_the_command_line_reach_a_running_service(world: World) -> None:
    await world.login()
    async with world.running() as service:
        await service.ready()
        await world.type("channels", "add", "@dpr_head")
        await world.type("places", "add", "Pokrovsk", "--alias", "Покровск")
        world.channel.post("Взрывы в Покровске")
        await eventually(lambda: world.alerts)
        await world.type("places", "remove", "pokrovsk")
        world.channel.post("Снова взрывы в Покровске")
        await eventually(lambda: world.kept == 2)
        world.team.say(world.olena, "/search взрыв")
        await eventually(lambda: world.says("Снова взрывы"))
        assert len(world.alerts) == 1
        assert "already running" not in service.log


async def test_what_was_posted_while_away_arrives_after_the_start(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    for n in range(250):
        world.channel.post(f"Сводка {n}: в Покровске тихо" if n % 50 == 0 else f"Сводка {n}")
    async with world.running():
        await eventually(lambda: len(world.alerts) == 5, 20)
    assert [a.split("Сводка ")[1].split(":")[0] for a in world.alerts] == ["0", "50", "100", "150", "200"]


async def test_posts_from_before_the_channel_was_followed_stay_out(world: World) -> None:
    world.channel.post("Бои в Покровске")
    await world.login()
    await world.track("Pokrovsk", "Покровск")
    await world.follow("dpr_head")
    async with world.running() as service:
        await service.ready()
        world.channel.post("Снова бои в Покровске")
        await eventually(lambda: world.alerts)
        await asyncio.sleep(0.5)
    assert len(world.alerts) == 1
    assert len(await world.json("latest")) == 1


async def test_an_album_is_one_alert(world: World) -> None:
    await world.login()
    await world.follow("dpr_head")
    await world.track("Pokrovsk", "Покровск")
    async with world.running() as service:
        await service.ready()
        world.channel.post_album(["Кадры из Покровска", "", "ещё из Покровска"])
        await eventually(lambda: world.alerts)
        await asyncio.sleep(1)
    assert len(world.alerts) == 1
    assert "Кадры из Покровска" in world.alerts[0]
    assert "ещё из Покровска" in world.alerts[0]


async def test_a_stranger_gets_no_answer(world: World) -> None:
    other = world.server.add_supergroup("Strangers", members=[world.bot, world.olena])
    await world.login()
    async with world.running() as service:
        await service.ready()
        other.say(world.olena, "/places")
        world.team.say(world.olena, "/places")
        await eventually(lambda: world.says("No places are watched"))
        await asyncio.sleep(0.3)
    assert len(other.messages) == 1

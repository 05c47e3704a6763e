import asyncio

from bot.telegram.schedule import Schedule


async def test_what_is_due_first_comes_first() -> None:
    schedule = Schedule()
    schedule.ask(1, 0.02)
    schedule.ask(2, 0.01)
    assert [await schedule.next(), await schedule.next()] == [2, 1]


async def test_asking_later_never_puts_off_what_is_due_sooner() -> None:
    schedule = Schedule()
    schedule.ask(1)
    schedule.ask(1, 60)
    async with asyncio.timeout(1):
        assert await schedule.next() == 1


async def test_nothing_comes_up_twice_at_once_but_again_afterwards() -> None:
    schedule = Schedule()
    schedule.ask(1)
    assert await schedule.next() == 1
    schedule.ask(1)
    again = asyncio.create_task(schedule.next())
    await asyncio.sleep(0.02)
    assert not again.done()
    schedule.done(1)
    assert await again == 1


async def test_what_is_dropped_comes_up_no_more() -> None:
    schedule = Schedule()
    schedule.ask(1)
    schedule.ask(2, 0.01)
    schedule.drop(1)
    assert await schedule.next() == 2

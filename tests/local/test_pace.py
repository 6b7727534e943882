"""The pace of a scenario: what waits, for how long, and what ends a wait early."""

import asyncio

import pytest

from dev.pace import Pace, seconds_to_read

LONGER_THAN_ANY_TEST = 100_000.0


def test_without_a_speed_nobody_waits() -> None:
    asyncio.run(Pace(0).wait(LONGER_THAN_ANY_TEST))


def test_at_a_readers_speed_a_wait_ends_by_itself() -> None:
    asyncio.run(Pace(2).wait(0.01))


def test_a_longer_text_takes_longer() -> None:
    assert seconds_to_read("茉莉綠茶 36 盒") > seconds_to_read("好") > 1


def test_no_other_speed_is_taken() -> None:
    with pytest.raises(ValueError, match="not 3"):
        Pace(3)


def test_a_change_of_speed_reaches_a_wait_that_is_under_way() -> None:
    async def story() -> None:
        pace = Pace(1)
        waiting = asyncio.create_task(pace.wait(LONGER_THAN_ANY_TEST))
        await asyncio.sleep(0)
        pace.go_at(0)
        await waiting

    asyncio.run(story())


def test_who_holds_holds_everybody_until_it_goes_on() -> None:
    async def story() -> None:
        pace = Pace(0)
        pace.hold()
        waiting = [asyncio.create_task(pace.wait(seconds)) for seconds in (0.0, 1.0)]
        done, _ = await asyncio.wait(waiting, timeout=0.05)
        assert (done, pace.held) == (set(), True)
        pace.go_on()
        await asyncio.gather(*waiting)

    asyncio.run(story())

import asyncio
import time

from wardwatch.adapters.pacing import Pacer, sleep_unless


class Clock:
    """A clock that only sleeping moves, and that notes how long was slept."""

    def __init__(self) -> None:
        self.now_s = 50.0
        self.slept_s: list[float] = []

    def monotonic_s(self) -> float:
        return self.now_s

    async def sleep_s(self, seconds: float) -> None:
        self.slept_s.append(round(seconds, 6))
        self.now_s += seconds


async def waits(speed: float, instants_ms: list[int], clock: Clock | None = None) -> list[float]:
    clock = clock or Clock()
    pacer = Pacer(speed, monotonic_s=clock.monotonic_s, sleep_s=clock.sleep_s)
    for instant_ms in instants_ms:
        await pacer.until(instant_ms)
    return clock.slept_s


async def test_the_first_instant_is_due_at_once_and_the_others_at_the_recordings_pace() -> None:
    assert await waits(1.0, [7_000_000, 7_001_000, 7_001_000, 7_003_500]) == [1.0, 2.5]


async def test_a_speed_divides_the_time_between() -> None:
    assert await waits(60.0, [0, 60_000, 90_000]) == [1.0, 0.5]


async def test_without_a_speed_nothing_is_waited_for() -> None:
    assert await waits(float("inf"), [0, 60_000_000]) == []


async def test_what_comes_late_is_not_waited_for_and_delays_nothing_after_it() -> None:
    clock = Clock()
    pacer = Pacer(1.0, monotonic_s=clock.monotonic_s, sleep_s=clock.sleep_s)
    await pacer.until(0)
    clock.now_s += 5
    await pacer.until(3_000)
    assert pacer.late_s == 2.0
    await pacer.until(6_000)
    assert pacer.late_s == 0.0
    assert clock.slept_s == [1.0]


async def test_many_readings_of_one_moment_do_not_sleep_one_by_one() -> None:
    assert len(await waits(1.0, list(range(1000)))) < 250


async def test_who_is_to_stop_does_not_sleep_on() -> None:
    stopping = asyncio.Event()
    asyncio.get_running_loop().call_later(0.01, stopping.set)
    async with asyncio.timeout(20):
        await sleep_unless(stopping)(600)
    assert stopping.is_set()


async def test_who_is_not_to_stop_sleeps_to_the_end() -> None:
    began_s = time.monotonic()
    await sleep_unless(asyncio.Event())(0.05)
    assert time.monotonic() - began_s >= 0.05

"""The worker: Faust assigns partitions and hands over batches; each partition has a runner of its own."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from faust.types import TP

from wardwatch.adapters.checkpoint import IncompleteCheckpointError, UnreadableCheckpointError
from wardwatch.adapters.faust_app import GroupOptions, new_app, state_table
from wardwatch.adapters.faust_broker import FaustBroker
from wardwatch.adapters.faust_transport import batched_topic
from wardwatch.adapters.isolation import MonitorFailedError, Restore
from wardwatch.adapters.logs import place_of
from wardwatch.adapters.partition import SOURCES, Partition
from wardwatch.adapters.partition_runner import Pace, PartitionRunner
from wardwatch.adapters.progress import Progress, Watchdog
from wardwatch.adapters.pulses import Pulses
from wardwatch.core.calibration_watch import CalibrationWatch
from wardwatch.core.monitor import Monitor
from wardwatch.wire.topics import ALL, COMPACTED, READINGS, RETENTION_MS

logger = logging.getLogger(__name__)

EXIT_FAILED = 1

# While the checkpoint of one partition waits for the broker, others go on, which nearly doubled throughput.
# Batches of one partition keep their order, because its runner's lock is fair; were one overtaken, the runner
# would see the gap and fetch again.
_BATCHES_AT_ONCE = 4

_TURN_S = 0.25
_TICK_S = 1.0
_ASK_BROKER_S = 2.0
# A partition that stands still for so long, while records wait, is fetched again: well before the watchdog
# loses its patience.
_FETCH_AGAIN_AFTER_S = 3 * _ASK_BROKER_S
_SETTLE_S = 3.0
_STOP_S = 5.0


class TopicsDisagreeError(Exception):
    """The source topics don't have the same partitions, so a patient's records would go to two workers."""


_EXPLAINED = (IncompleteCheckpointError, MonitorFailedError, TopicsDisagreeError, UnreadableCheckpointError)


class FaustCrashedError(Exception):
    """A service of Faust's ended by itself."""


class FaustWorker:
    """One worker process of the group."""

    def __init__(
        self,
        client_options: Mapping[str, Any],
        *,
        group: GroupOptions,
        pace: Pace,
        stall_limit_s: float = 20.0,
        health_file: Path | None = None,
        restore: Callable[..., Monitor] = Monitor.restore,
        limit_bits: float | None = None,
    ) -> None:
        """``limit_bits`` is the limit of learned alarms; without it, nobody watches the calibration."""
        self._group = group
        self._pace = pace
        self._restore = restore
        self._limit_bits = limit_bits
        self._app: Any = new_app(client_options, group)
        self._table = state_table(self._app, group.partitions)
        self._table.on_recover(self._assigned)
        self._app.on_partitions_revoked.connect(self._revoked, weak=False)
        source = batched_topic(self._app, *SOURCES)
        self._app.agent(source, name="watch", concurrency=_BATCHES_AT_ONCE)(self._watch)
        self._runners: dict[int, PartitionRunner] = {}
        self._idling: dict[PartitionRunner, asyncio.Task[None]] = {}
        self._timers: list[asyncio.Task[None]] = []
        self._broker = FaustBroker(self._app)
        self._pulses = Pulses(self._broker)
        self._progress = Progress(stall_limit_s)
        self._watchdog = Watchdog(self._progress, health_file=health_file)
        self._ending = asyncio.Event()
        self._exit_status = 0

    async def run(self) -> int:
        """Work until :meth:`stop` or a failure; returns the exit status of the process."""
        self._progress.loop_turned(time.monotonic())
        self._watchdog.start()
        starting = asyncio.create_task(self._guarded(self._start()))
        tasks = [
            asyncio.create_task(self._guarded(work())) for work in (self._turn, self._ask_broker, self._tick)
        ]
        await self._ending.wait()
        for task in (*tasks, *self._idling.values()):
            task.cancel()
        await self._settle()
        self._set_runners({})
        # Stopped while it starts, Faust joins the group without its changelog topic, and spoils everybody's
        # assignment. Then it is better to be missed.
        if starting.done():
            await self._stop_faust()
        self._watchdog.stop()
        return self._exit_status

    def stop(self) -> None:
        """End :meth:`run` in order: checkpoint, commit, leave the group."""
        self._ending.set()

    async def _stop_faust(self) -> None:
        try:
            await asyncio.wait_for(self._app.stop(), _STOP_S)
        except Exception as error:  # noqa: BLE001 (we are leaving: the group will notice by itself)
            logger.warning("Faust did not stop in order: %s.", place_of(error))

    async def _start(self) -> None:
        if self._group.declare_topics:
            for name in ALL:
                kept_ms = RETENTION_MS.get(name)
                await self._app.topic(
                    name,
                    partitions=self._group.partitions,
                    compacting=name in COMPACTED or None,
                    config=None if kept_ms is None else {"retention.ms": str(kept_ms)},
                ).declare()
        await self._app.start()

    async def _watch(self, stream: Any) -> None:
        """The agent. Nothing may escape it: Faust would take the message for processed."""
        async for event in stream.events():
            runner = self._runners.get(event.message.partition)
            if runner is not None and not self._ending.is_set():
                await self._guarded(runner.take(event.message.topic, *event.value))

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Do ``work``; if it fails, end this worker with nothing committed: the next one does it again."""
        try:
            await work
        except Exception as error:  # noqa: BLE001 (fail stop, whatever it is)
            self._fail(error)

    def _fail(self, error: BaseException) -> None:
        logger.critical("This worker fails, and ends: %s. %s", place_of(error), _explanation(error))
        self._exit_status = EXIT_FAILED
        self._ending.set()

    async def _assigned(self) -> None:
        """Faust has assigned partitions and filled the table; nothing is fetched from them yet."""
        try:
            self._set_runners({number: await self._new_runner(number) for number in self._assigned_numbers()})
        except Exception as error:  # noqa: BLE001 (Faust would drop it without a word)
            self._fail(error)
        else:
            logger.info("Assigned %d of the partitions; their state is recovered.", len(self._runners))

    def _assigned_numbers(self) -> set[int]:
        numbers: dict[str, set[int]] = {topic: set() for topic in (*SOURCES, self._changelog)}
        for tp in self._app.consumer.assignment():
            numbers[tp.topic].add(tp.partition)
        if len({frozenset(each) for each in numbers.values()}) > 1:
            raise TopicsDisagreeError(
                f"The topics {', '.join(numbers)} must all exist and have the same number of partitions."
            )
        return numbers[self._changelog]

    async def _new_runner(self, number: int) -> PartitionRunner:
        calibration = None if self._limit_bits is None else CalibrationWatch(self._limit_bits)
        partition = Partition(
            number,
            generation=self._app.consumer_generation_id,
            changelog=self._table.data.data,
            restore=self._restore_for(calibration),
            readings_end=await self._broker.end(READINGS, number),
            calibration=calibration,
        )
        for topic, position in partition.positions.items():
            if position < (await self._app.consumer.committed(TP(topic, number)) or 0):
                raise IncompleteCheckpointError(
                    f"The group's offsets are ahead of the state in {self._changelog}. If that topic was "
                    "deleted on purpose, delete the consumer group's offsets too."
                )
        return PartitionRunner(partition, self._broker, changelog=self._changelog, pace=self._pace)

    def _restore_for(self, calibration: CalibrationWatch | None) -> Restore:
        return self._restore if calibration is None else partial(self._restore, listener=calibration.listen)

    @property
    def _changelog(self) -> str:
        name: str = self._table.changelog_topic.get_topic_name()
        return name

    async def _revoked(self, *_: Any, **__: Any) -> None:
        """The group is rebalancing: whoever gets the partitions now starts from their checkpoints."""
        await self._settle()
        self._set_runners({})

    def _set_runners(self, runners: dict[int, PartitionRunner]) -> None:
        """From now on these are ours; those before them have been settled: nothing of them is under way."""
        for timer in self._timers:
            timer.cancel()
        self._runners = runners
        self._timers = [
            asyncio.create_task(
                self._guarded(runner.keep_time(partial(self._is_caught_up, runner.partition)))
            )
            for runner in runners.values()
        ]

    async def _settle(self) -> None:
        settling = asyncio.gather(*(runner.settle() for runner in self._runners.values()))
        try:
            await asyncio.wait_for(settling, _SETTLE_S)
        except Exception as error:  # noqa: BLE001 (the checkpoint before this one counts, then)
            logger.warning("The last checkpoint was not finished: %s.", place_of(error))

    async def _turn(self) -> None:
        """Show that the event loop is alive, and notice when Faust is not."""
        while not self._app.crashed:
            self._progress.loop_turned(time.monotonic())
            await asyncio.sleep(_TURN_S)
        raise FaustCrashedError from self._app.crash_reason

    async def _tick(self) -> None:
        """Write what is to be written by now, in each partition alone: one that hangs holds up no other."""
        while True:
            await asyncio.sleep(_TICK_S)
            self._idling = {runner: task for runner, task in self._idling.items() if not task.done()}
            for runner in self._runners.values():
                if runner not in self._idling:
                    idling = runner.idle(caught_up=self._is_caught_up(runner.partition))
                    self._idling[runner] = asyncio.create_task(self._guarded(idling))

    def _is_caught_up(self, partition: Partition) -> bool:
        consumer = self._app.consumer
        tps = [TP(topic, partition.number) for topic in SOURCES]
        if not consumer.assignment().issuperset(tps):
            return False
        ends = {tp: consumer.highwater(tp) for tp in tps}
        return all(end is not None and partition.positions[tp.topic] >= end for tp, end in ends.items())

    async def _ask_broker(self) -> None:
        """Note for the watchdog where the partitions stand, and where the broker says that they end."""
        before = None
        while True:
            await asyncio.sleep(_ASK_BROKER_S)
            if self._runners:
                await self._observe_positions()
                continue
            recovered = self._app.tables.recovery.active_offsets
            now = (self._app.rebalancing_count, sum(offset or 0 for offset in recovered.values()))
            if now != before or not self._app.rebalancing:
                self._progress.idle(time.monotonic())
            before = now

    async def _observe_positions(self) -> None:
        positions = {
            TP(topic, number): runner.partition.positions[topic]
            for number, runner in self._runners.items()
            for topic in SOURCES
        }
        asked_at_s = time.monotonic()
        try:
            ends = await self._app.consumer.highwaters(*positions)
            begins = await self._app.consumer.earliest_offsets(*positions)
        except Exception as error:  # noqa: BLE001 (the watchdog will see that nothing was observed)
            logger.warning("The broker does not say where the partitions end: %s.", place_of(error))
            return
        # What the broker has dropped of old age is no lag.
        places = {(tp.topic, tp.partition): (max(at, begins[tp]), ends[tp]) for tp, at in positions.items()}
        self._progress.observe(time.monotonic(), places)
        self._pulses.beat(self._runners, places, asked_at_s)
        await self._fetch_what_never_came()

    async def _fetch_what_never_came(self) -> None:
        """What was fetched can be lost around a rebalance, and nobody would fetch it again."""
        for topic, number in self._progress.standing(time.monotonic(), _FETCH_AGAIN_AFTER_S):
            if number in self._runners:
                logger.warning(
                    "Records of %s, partition %d, did not come; fetching them again.", topic, number
                )
                with suppress(TimeoutError):  # where something hangs, the watchdog ends it
                    await asyncio.wait_for(self._runners[number].fetch_again(topic), _TURN_S)


def _explanation(error: BaseException) -> str:
    """The message of an error, where it is known to repeat nothing that was in a record."""
    ours = isinstance(error, _EXPLAINED)
    return str(error) if ours or type(error).__module__ == "aiokafka.errors" else ""

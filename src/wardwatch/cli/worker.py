"""`wardwatch worker`: one worker process."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
from typing import NoReturn

import click

from wardwatch.adapters.logs import log_to_standard_error
from wardwatch.adapters.memory import keep_freed_memory
from wardwatch.cli.configured import rules_or_exit, settings_or_exit
from wardwatch.composition import build_worker
from wardwatch.core.monitor import Rules
from wardwatch.settings import Settings

# A batch is thousands of short-lived objects without cycles. With Python's threshold of 700 the collector
# looks at all that there is several times a batch, which cost a fifth of the worker's throughput.
_COLLECT_AFTER_OBJECTS = 50_000


@click.command
def command() -> None:
    """Watch the patients of some partitions: readings in, alarms out.

    Start as many as you like, with the same settings: they share the partitions, and take over from one that
    dies. It is told what to do by environment variables (docs/settings.md). It ends in order on SIGTERM or
    Ctrl-C; with status 70 when it no longer got on, and with 1 on any other failure: let a supervisor start
    it again.

    \b
    Example:
      WARDWATCH_KAFKA_BOOTSTRAP_SERVERS=broker:9092 wardwatch worker
    """
    settings = settings_or_exit()
    rules = rules_or_exit(settings)
    log_to_standard_error()
    keep_freed_memory()
    click.echo(
        f"wardwatch worker of the group {settings.consumer_group} at {settings.kafka_bootstrap_servers}"
    )
    asyncio.run(_work(settings, rules))


async def _work(settings: Settings, rules: Rules) -> NoReturn:
    worker = build_worker(settings, rules)
    # What is there now stays: the libraries.
    gc.freeze()
    gc.set_threshold(_COLLECT_AFTER_OBJECTS)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, worker.stop)
    exit_status = await worker.run()
    # Faust's tasks and threads may outlive its stop, and Python would wait for them.
    logging.shutdown()
    os._exit(exit_status)

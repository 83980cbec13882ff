"""What users are told where a topic can't be read, or not all of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from wardwatch.adapters.kafka_topic import LogUnavailableError, TopicMissingError
from wardwatch.cli.errors import UsersError
from wardwatch.settings import Settings


@contextmanager
def told_where_unreadable(settings: Settings, topic: str) -> Iterator[None]:
    """Turns what goes wrong in reading ``topic`` into a sentence with a way out."""
    servers = settings.kafka_bootstrap_servers
    try:
        yield
    except TopicMissingError:
        raise UsersError(
            f"there is no topic {topic} at {servers} yet: start a worker, or name another broker in "
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
        ) from None
    except LogUnavailableError as error:
        raise UsersError(
            f"Kafka can't be read at {servers}: {error}. Start it, or name another broker in "
            "WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
        ) from None


def tell_left_out(topic: str, number: int) -> None:
    """Say on standard error how many records were left out because they can't be read, if there were any."""
    if number:
        records = "record" if number == 1 else "records"
        click.echo(f"wardwatch: left out {number} {records} of {topic} that can't be read.", err=True)

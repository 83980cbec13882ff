"""`wardwatch worker` as an operator sees it."""

from __future__ import annotations

from tests.support.commands import finished


async def test_without_a_broker_it_says_where_it_looked_and_ends_in_a_line() -> None:
    """aiokafka would log every attempt, at times a hundred a second."""
    environment = {"WARDWATCH_KAFKA_BOOTSTRAP_SERVERS": "127.0.0.1:1", "WARDWATCH_CONSUMER_GROUP": "night"}
    status, output, errors = await finished("worker", environment=environment)
    assert status == 1
    assert output == "wardwatch worker of the group night at 127.0.0.1:1\n"
    assert errors.count("\n") == 1
    assert "Traceback" not in errors

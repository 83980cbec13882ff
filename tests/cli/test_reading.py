from __future__ import annotations

import pytest

from wardwatch.adapters.kafka_topic import BrokerUnreachableError, TopicMissingError
from wardwatch.cli.errors import UsersError
from wardwatch.cli.reading import tell_left_out, told_where_unreadable
from wardwatch.settings import Settings

SETTINGS = Settings(kafka_bootstrap_servers="kafka.example:9092")


def test_a_topic_that_is_missing_and_a_broker_that_is_gone_are_told_with_a_way_out() -> None:
    with pytest.raises(UsersError) as missing, told_where_unreadable(SETTINGS, "vitals.alerts"):
        raise TopicMissingError("the topic does not exist")
    assert str(missing.value) == (
        "there is no topic vitals.alerts at kafka.example:9092 yet: start a worker, or name another "
        "broker in WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
    )
    with pytest.raises(UsersError) as gone, told_where_unreadable(SETTINGS, "vitals.alerts"):
        raise BrokerUnreachableError("it does not answer")
    assert str(gone.value) == (
        "Kafka can't be read at kafka.example:9092: it does not answer. Start it, or name another "
        "broker in WARDWATCH_KAFKA_BOOTSTRAP_SERVERS."
    )


def test_what_was_left_out_is_counted_and_nothing_is_said_of_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for number in (0, 1, 3):
        tell_left_out("vitals.roster", number)
    assert capsys.readouterr().err == (
        "wardwatch: left out 1 record of vitals.roster that can't be read.\n"
        "wardwatch: left out 3 records of vitals.roster that can't be read.\n"
    )

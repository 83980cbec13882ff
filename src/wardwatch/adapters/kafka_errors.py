"""aiokafka's errors in words."""

from __future__ import annotations

from aiokafka.errors import InvalidTimestampError, KafkaConnectionError, KafkaTimeoutError


def reason_of(error: BaseException) -> str:
    """What went wrong, to stand in a sentence. It holds addresses and error codes, never a record.

    >>> reason_of(TimeoutError())
    'no broker answers'
    """
    match error:
        case KafkaConnectionError():
            # aiokafka does not tell which: it tries the next broker, and then gives up.
            return "no broker answers, or none accepts the log-in"
        case KafkaTimeoutError() | TimeoutError():
            return "no broker answers"
        case InvalidTimestampError():
            return "its timestamp is too far from the broker's clock: see message.timestamp.after.max.ms"
        case _:
            return str(error) or type(error).__name__

"""What a feed and its consoles agree on: names, limits, and codes that say what is wrong."""

from __future__ import annotations

from enum import IntEnum, StrEnum

PROTOCOL = "wardwatch.v1"

# What a console may send: room for a hundred wards with the longest names many times over.
MAXIMUM_REQUEST_BYTES = 64 * 1024
MAXIMUM_WARDS = 100
MAXIMUM_PATIENTS = 100


class CloseCode(IntEnum):
    """Why the feed has ended a connection: codes 4000-4999 are for applications (RFC 6455, 7.4.2)."""

    TRY_AGAIN_LATER = 1013  # too many consoles; in the registry of websocket codes
    UNAUTHORIZED = 4001  # the token is not valid
    EXPIRED = 4002  # the token was valid until now
    REVOKED = 4003  # somebody has withdrawn the token
    LOGIN_TIMEOUT = 4004  # no token came in time
    SLOW_CONSUMER = 4008  # mirrors HTTP 408
    TOO_MANY_MESSAGES = 4029  # mirrors HTTP 429


class NotLive(StrEnum):
    """Why the feed can't vouch that it has told everything."""

    STARTING = "starting"
    NO_TOPIC = "no_topic"
    KAFKA_UNREACHABLE = "kafka_unreachable"
    CATCHING_UP = "catching_up"


class ErrorCode(StrEnum):
    """What was wrong with a console's message."""

    NOT_TEXT = "not_text"
    NOT_JSON = "not_json"
    UNKNOWN_TYPE = "unknown_type"
    BAD_REQUEST = "bad_request"
    TOO_MANY_WARDS = "too_many_wards"
    NOT_LOGGED_IN = "not_logged_in"
    BAD_TOKEN = "bad_token"  # noqa: S105 (no password)
    FORBIDDEN_WARD = "forbidden_ward"
    FORBIDDEN_ACTION = "forbidden_action"
    UNKNOWN_PATIENT = "unknown_patient"
    UNKNOWN_ALARM = "unknown_alarm"
    NOT_DELIVERED = "not_delivered"

"""The one error of this package: bytes that are not the record that they should be."""

from __future__ import annotations

from enum import StrEnum


class Fault(StrEnum):
    """What is wrong with a payload as a whole; :class:`~wardwatch.core.events.Reason` names the rest."""

    NO_PAYLOAD = "no_payload"
    TOO_LARGE = "too_large"
    NOT_UTF8 = "not_utf8"
    NOT_JSON = "not_json"
    UNKNOWN_VERSION = "unknown_version"
    MISSING_FIELD = "missing_field"
    WRONG_TYPE = "wrong_type"
    WRONG_VALUE = "wrong_value"
    WRONG_KEY = "wrong_key"
    UNKNOWN_FIELD = "unknown_field"


class Unreadable(ValueError):  # noqa: N818 - it reads as what it says of the payload
    """A payload that is not the record that it should be: the sender's fault, and final.

    The message is one sentence for the sender. It says which field is wrong and why, and never repeats what
    the payload holds.
    """

    def __init__(self, fault: Fault, detail: str) -> None:
        super().__init__(detail)
        self.fault = fault
        self.detail = detail

"""Settings, from environment variables that begin with ``WARDWATCH_``; docs/settings.md explains each."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    FilePath,
    Json,
    SecretStr,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "WARDWATCH_"

Seconds = Annotated[float, Field(gt=0, le=3600, allow_inf_nan=False)]
Port = Annotated[int, Field(ge=0, le=65535)]


def _with_ports(servers: str) -> str:
    if not re.fullmatch(r"[^\s,]+:\d+(,[^\s,]+:\d+)*", servers):
        raise ValueError("Input should be host:port, or several of them with commas between")
    return servers


Servers = Annotated[str, AfterValidator(_with_ports)]


def _as_browsers_send_them(origins: str) -> str:
    one = r"https?://([a-z0-9.-]+|\[[0-9a-f:.]+\])(:\d+)?"
    if not re.fullmatch(rf"({one}(,{one})*)?", origins):
        raise ValueError(
            "Input should be origins as browsers send them, such as https://ward.example:8765, "
            "with commas between"
        )
    return origins


Origins = Annotated[str, AfterValidator(_as_browsers_send_them)]


def _in_a_bar(notice: str) -> str:
    if len(notice) > _LONGEST_NOTICE or not notice.isprintable():
        raise ValueError(f"Input should be at most {_LONGEST_NOTICE} printable characters")
    return notice


# More does not fit into the bar of a console.
_LONGEST_NOTICE = 60
Notice = Annotated[str, AfterValidator(_in_a_bar)]


class SettingsError(Exception):
    """Settings that can't be used: one sentence each, which names the variable."""

    def __init__(self, sentences: list[str]) -> None:
        super().__init__("\n".join(sentences))
        self.sentences = sentences


class RiverDetector(BaseModel):
    """A detector of river; docs/river.md explains each field."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    detector: str
    parameters: dict[str, Any] = {}
    vitals: tuple[str, ...] = Field(min_length=1)
    threshold: float = Field(allow_inf_nan=False)


class Settings(BaseSettings):
    """All settings of all commands."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, frozen=True, extra="ignore")

    kafka_bootstrap_servers: Servers = "127.0.0.1:9092"
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = "PLAIN"
    kafka_sasl_username: str | None = None
    kafka_sasl_password: SecretStr | None = None
    kafka_ssl_cafile: FilePath | None = None
    kafka_ssl_certfile: FilePath | None = None
    kafka_ssl_keyfile: FilePath | None = None

    declare_topics: bool = True
    partitions: int = Field(default=4, ge=1, le=10_000)

    consumer_group: str = Field(default="wardwatch", pattern=r"^[A-Za-z0-9._-]{1,200}$")
    session_timeout_s: Seconds = 6.0
    rebalance_timeout_s: Seconds = 6.0
    batch_maximum_records: int = Field(default=4096, ge=1, le=1_000_000)
    checkpoint_interval_s: Seconds = 1.0
    status_interval_s: Seconds = 5.0
    stall_limit_s: Seconds = 20.0
    health_file: Path | None = None

    false_alarms_a_patient_day: float = Field(default=0.04, gt=0, le=24, allow_inf_nan=False)
    time_zone: str = "UTC"
    model: FilePath | None = None
    idle_days: float = Field(default=7.0, ge=1, le=365, allow_inf_nan=False)

    wards: FilePath | None = None

    # Json reads text, which this default is not.
    river_detectors: Json[tuple[RiverDetector, ...]] = Field(default=(), validate_default=False)

    feed_host: str = "127.0.0.1"
    feed_port: Port = 8765
    feed_queue_limit: int = Field(default=1000, ge=1)
    feed_history_events: int = Field(default=20_000, ge=1, le=10_000_000)
    # Not FilePath: `wardwatch token` makes them. The feed says which of them it can't use.
    feed_keys: Path | None = None
    feed_revoked: Path | None = None
    feed_names: FilePath | None = None
    feed_notice: Notice = ""
    feed_certfile: FilePath | None = None
    feed_keyfile: FilePath | None = None
    feed_origins: Origins = ""
    feed_maximum_consoles: int = Field(default=2000, ge=1, le=100_000)
    feed_trend_hours: float = Field(default=4.0, gt=0, le=24, allow_inf_nan=False)
    pulse_limit_s: Seconds = 22.0
    late_limit_s: Seconds = 30.0

    @model_validator(mode="after")
    def _log_in_is_complete(self) -> Self:
        wanted = self.kafka_security_protocol.startswith("SASL_")
        if wanted and not (self.kafka_sasl_username and self.kafka_sasl_password):
            raise ValueError(
                f"{PREFIX}KAFKA_SECURITY_PROTOCOL {self.kafka_security_protocol} also needs "
                f"{PREFIX}KAFKA_SASL_USERNAME and {PREFIX}KAFKA_SASL_PASSWORD"
            )
        if self.kafka_ssl_keyfile and not self.kafka_ssl_certfile:
            raise ValueError(f"{PREFIX}KAFKA_SSL_KEYFILE also needs {PREFIX}KAFKA_SSL_CERTFILE")
        if self.feed_keyfile and not self.feed_certfile:
            raise ValueError(f"{PREFIX}FEED_KEYFILE also needs {PREFIX}FEED_CERTFILE")
        return self

    @model_validator(mode="after")
    def _a_takeover_is_no_stall(self) -> Self:
        takeover_s = self.session_timeout_s + self.rebalance_timeout_s
        for name in ("stall_limit_s", "pulse_limit_s", "late_limit_s"):
            if getattr(self, name) <= takeover_s:
                raise ValueError(
                    f"{PREFIX}{name.upper()} must be more than {PREFIX}SESSION_TIMEOUT_S and "
                    f"{PREFIX}REBALANCE_TIMEOUT_S together ({takeover_s:g}): a takeover is no stall"
                )
        return self


def load_settings(**instead: Any) -> Settings:
    """The settings from the environment, but for those given; raises :class:`SettingsError`."""
    try:
        return Settings(**instead)
    except ValidationError as error:
        raise SettingsError([_sentence(problem) for problem in error.errors()]) from None


def unknown_variables(environment: Mapping[str, str] = os.environ) -> list[str]:
    """Variables with our prefix that are no setting: perhaps misspelt. Those of the tests are left out."""
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    return sorted(
        name
        for name in environment
        if name.upper().startswith(PREFIX) and name.upper() not in known and "_TEST_" not in name.upper()
    )


def _sentence(problem: Mapping[str, Any]) -> str:
    """pydantic's complaint with the variable's name; the value stays out, it may be a password."""
    message = str(problem["msg"]).removeprefix("Value error, ")
    if not problem["loc"]:
        return f"{message}."
    name, *inside = problem["loc"]
    # Inside of a list people count from 1.
    where = [str(place + 1) if isinstance(place, int) else str(place) for place in inside]
    return ": ".join([f"{PREFIX}{str(name).upper()}", *([", ".join(where)] if where else []), f"{message}."])

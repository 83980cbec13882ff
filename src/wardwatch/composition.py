"""Puts the parts together as the settings say. The only place that knows all of them."""

from __future__ import annotations

import ipaddress
import ssl
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

from wardwatch.settings import PREFIX, Settings, SettingsError

if TYPE_CHECKING:
    from collections.abc import Callable

    from wardwatch.adapters.faust_worker import FaustWorker
    from wardwatch.adapters.feed.audit import Audit
    from wardwatch.adapters.feed.certificate import Certificate
    from wardwatch.adapters.feed.names import NamesFile
    from wardwatch.adapters.feed.pulses import PulseLog
    from wardwatch.adapters.feed.service import Feed
    from wardwatch.adapters.kafka_topic import TopicReader
    from wardwatch.adapters.tokens import Gatekeeper
    from wardwatch.core.events import AlarmEvent
    from wardwatch.core.monitor import Rules
    from wardwatch.core.river_plugin import RiverPanel, RiverSpec
    from wardwatch.wards_file import Wards

# Adapters are imported where they are built: a command waits only for what it uses.
# ruff: noqa: PLC0415

# A day at the desk, or a shift: for whoever tries the feed out. Our own choice.
_TRIAL_MS = 12 * 3_600_000
_NEEDS_KEYS = (
    f"{PREFIX}FEED_HOST: without {PREFIX}FEED_KEYS nobody can say who may come in, and the feed listens on "
    "this machine alone, not at {host}: make keys with `wardwatch token key`, or leave the host out."
)


def kafka_client_options(settings: Settings) -> dict[str, Any]:
    """Where the broker is and how to log in, as keyword arguments of aiokafka's clients."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap_servers,
        "security_protocol": settings.kafka_security_protocol,
    }
    if settings.kafka_security_protocol in ("SSL", "SASL_SSL"):
        context = ssl.create_default_context(cafile=settings.kafka_ssl_cafile)
        if settings.kafka_ssl_certfile is not None:
            context.load_cert_chain(settings.kafka_ssl_certfile, settings.kafka_ssl_keyfile)
        options["ssl_context"] = context
    if settings.kafka_sasl_username is not None and settings.kafka_sasl_password is not None:
        options["sasl_mechanism"] = settings.kafka_sasl_mechanism
        options["sasl_plain_username"] = settings.kafka_sasl_username
        options["sasl_plain_password"] = settings.kafka_sasl_password.get_secret_value()
    return options


def build_rules(settings: Settings, wards: Wards | None = None) -> Rules:
    """What a monitor goes by; raises :class:`wardwatch.settings.SettingsError`.

    ``wards`` take the place of those in the file that the settings name.
    """
    from wardwatch.core.model import Model, ModelError, shipped_model
    from wardwatch.core.monitor import Rules
    from wardwatch.core.river_plugin import RiverError
    from wardwatch.time_zones import local_time_of

    wards = _wards(settings) if wards is None else wards
    try:
        return Rules(
            false_alarms_a_patient_day=settings.false_alarms_a_patient_day,
            idle_s=settings.idle_days * 86_400.0,
            local_time=local_time_of(settings.time_zone),
            model=Model.from_json(settings.model.read_bytes()) if settings.model else shipped_model(),
            river=_river(settings),
            policies=wards.policies,
            ward_limits=wards.limits,
            default_limits=wards.default_limits,
        )
    except RiverError as error:
        raise SettingsError([f"{PREFIX}RIVER_DETECTORS: {error}"]) from error
    except ModelError as error:
        raise SettingsError([f"{PREFIX}MODEL: {error}"]) from error
    except OSError as error:
        raise SettingsError([f"{PREFIX}MODEL: the file can't be read: {error.strerror or error}."]) from error
    except ValueError as error:
        raise SettingsError([f"{PREFIX}TIME_ZONE: {error}"]) from error


def _wards(settings: Settings) -> Wards:
    from wardwatch.wards_file import Wards, WardsError, load_wards

    if settings.wards is None:
        return Wards()
    try:
        return load_wards(settings.wards)
    except WardsError as error:
        raise SettingsError([f"{PREFIX}WARDS: {sentence}" for sentence in error.sentences]) from error
    except OSError as error:
        raise SettingsError([f"{PREFIX}WARDS: the file can't be read: {error.strerror or error}."]) from error


def _river(settings: Settings) -> RiverPanel | None:
    from wardwatch.core.river_plugin import RiverPanel, check_size

    if not settings.river_detectors:
        return None
    panel = RiverPanel(river_specs(settings))
    check_size(panel)
    return panel


def river_specs(settings: Settings) -> list[RiverSpec]:
    """The detectors of river that are configured."""
    from wardwatch.core.river_plugin import RiverSpec

    return [
        RiverSpec(each.detector, each.parameters, each.vitals, each.threshold)
        for each in settings.river_detectors
    ]


def build_worker(settings: Settings, rules: Rules) -> FaustWorker:
    """A worker of the consumer group; to be built where an event loop runs."""
    from wardwatch.adapters.faust_app import GroupOptions
    from wardwatch.adapters.faust_worker import FaustWorker
    from wardwatch.adapters.partition_runner import Pace
    from wardwatch.core.monitor import Monitor

    return FaustWorker(
        kafka_client_options(settings),
        group=GroupOptions(
            name=settings.consumer_group,
            session_timeout_s=settings.session_timeout_s,
            rebalance_timeout_s=settings.rebalance_timeout_s,
            batch_maximum_records=settings.batch_maximum_records,
            declare_topics=settings.declare_topics,
            partitions=settings.partitions,
        ),
        pace=Pace(
            checkpoint_interval_s=settings.checkpoint_interval_s,
            status_interval_s=settings.status_interval_s,
            lease_s=min(settings.session_timeout_s, settings.rebalance_timeout_s),
        ),
        stall_limit_s=settings.stall_limit_s,
        health_file=settings.health_file,
        restore=partial(Monitor.restore, rules=rules),
        limit_bits=rules.model.false_alarms.limit_for(rules.false_alarms_a_patient_day),
    )


def build_topic_reader(settings: Settings, topic: str) -> TopicReader:
    """A reader of all partitions of one topic."""
    from wardwatch.adapters.kafka_topic import TopicReader

    return TopicReader(topic, kafka_client_options(settings))


def build_feed(settings: Settings) -> Feed:
    """A feed for nurse-station consoles; raises :class:`wardwatch.settings.SettingsError`."""
    from wardwatch.adapters.feed.census import Census
    from wardwatch.adapters.feed.deliveries import DeliveryBook
    from wardwatch.adapters.feed.hub import FeedHub
    from wardwatch.adapters.feed.limits import Limits
    from wardwatch.adapters.feed.log import AlertLog
    from wardwatch.adapters.feed.orders import Orders
    from wardwatch.adapters.feed.receipt_log import ReceiptLog
    from wardwatch.adapters.feed.server import Address, FeedServer
    from wardwatch.adapters.feed.service import Feed
    from wardwatch.adapters.feed.services import Services
    from wardwatch.adapters.feed.status_log import StatusLog, TrendLog
    from wardwatch.wire.topics import ALERTS, RECEIPTS, STATUS, TRENDS

    def reader_of(topic: str) -> Callable[[], TopicReader]:
        return partial(build_topic_reader, settings, topic)

    gatekeeper, trial_token = _build_gatekeeper(settings)
    hub = FeedHub(history_events=settings.feed_history_events, queue_limit=settings.feed_queue_limit)
    services = Services(
        hub=hub,
        gatekeeper=gatekeeper,
        census=Census(hub, trend_hours=settings.feed_trend_hours),
        orders=Orders(kafka_client_options(settings), hub.send),
        deliveries=DeliveryBook(hub),
        audit=build_audit(settings),
        names=_names(settings),
        notice=settings.feed_notice,
    )
    pulses = build_pulse_log(settings, hub.announce)
    alerts = AlertLog(
        hub,
        reader_of(ALERTS),
        other_obstacle=pulses.blindness,
        watched_until_ms=pulses.watched_until_ms,
        heard=services.deliveries.take,
    )
    trends = TrendLog(services.census, reader_of(TRENDS), trend_hours=settings.feed_trend_hours)
    parts = [
        alerts.run,
        pulses.run,
        pulses.look,
        StatusLog(services.census, reader_of(STATUS), flush=hub.flush).run,
        trends.run,
        services.orders.run,
        ReceiptLog(services.orders, services.deliveries, hub.send, reader_of(RECEIPTS)).run,
        services.deliveries.run,
    ]
    origins = tuple(settings.feed_origins.split(",")) if settings.feed_origins else ()
    address = Address(
        host=settings.feed_host,
        port=settings.feed_port,
        certificate=_certificate(settings),
        origins=origins,
    )
    limits = Limits(consoles=settings.feed_maximum_consoles)
    server = FeedServer(services, alerts.heartbeat, address=address, limits=limits)
    return Feed(services, server, parts, trial_token=trial_token)


def _build_gatekeeper(settings: Settings) -> tuple[Gatekeeper, str | None]:
    """Who lets consoles in; and a token for trying out, where nobody has said whose tokens count."""
    import time

    from wardwatch.adapters.token_keys import SigningKey
    from wardwatch.adapters.tokens import Gatekeeper, issue
    from wardwatch.adapters.watched_file import UnusableFileError
    from wardwatch.core.permissions import EVERY_WARD, ConsoleRole, Grant

    try:
        if settings.feed_keys is not None:
            return Gatekeeper.of_files(settings.feed_keys, settings.feed_revoked), None
        if not is_loopback(settings.feed_host):
            raise SettingsError([_NEEDS_KEYS.format(host=settings.feed_host)])
        key = SigningKey.make()
        now_ms = time.time_ns() // 1_000_000
        grant = Grant(
            token_id="trial",  # noqa: S106 (its name)
            subject="trial",
            name="Trial",
            role=ConsoleRole.CHARGE_NURSE,
            wards=frozenset({EVERY_WARD}),
            expires_ms=now_ms + _TRIAL_MS,
        )
        return Gatekeeper.of_key(key, settings.feed_revoked), issue(key, grant, now_ms)
    except UnusableFileError as error:
        raise SettingsError([str(error)]) from error


def build_audit(settings: Settings) -> Audit:
    """What notes who saw what and who did what."""
    import wardwatch
    from wardwatch.adapters.feed.audit import Audit
    from wardwatch.wire.topics import AUDIT

    open_reader = partial(build_topic_reader, settings, AUDIT)
    return Audit(kafka_client_options(settings), open_reader, server=wardwatch.__version__)


def _names(settings: Settings) -> NamesFile | None:
    from wardwatch.adapters.feed.names import NamesFile
    from wardwatch.adapters.watched_file import UnusableFileError

    if settings.feed_names is None:
        return None
    setting = f"{PREFIX}FEED_NAMES"
    try:
        return NamesFile(settings.feed_names, setting)
    except UnusableFileError as error:
        raise SettingsError([f"{setting}: {error}"]) from error


def _certificate(settings: Settings) -> Certificate | None:
    from wardwatch.adapters.feed.certificate import Certificate, reason_of

    if settings.feed_certfile is None:
        return None
    try:
        return Certificate(settings.feed_certfile, settings.feed_keyfile)
    except OSError as error:
        names = f"{PREFIX}FEED_CERTFILE and {PREFIX}FEED_KEYFILE"
        raise SettingsError([f"{names} can't be used: {reason_of(error)}."]) from error


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach what listens there."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost"


def build_pulse_log(settings: Settings, announce: Callable[[AlarmEvent], None]) -> PulseLog:
    """What announces alarms about the monitoring itself."""
    from wardwatch.adapters.feed.pulses import PulseLog
    from wardwatch.adapters.feed.watch import MonitoringWatch, WatchLimits
    from wardwatch.wire.topics import PULSE

    limits = WatchLimits(silent_s=settings.pulse_limit_s, behind_s=settings.late_limit_s)
    return PulseLog(MonitoringWatch(announce, limits), lambda: build_topic_reader(settings, PULSE))

"""Records of ``vitals.quality``: what the alarms of a partition were worth, since its worker took it over.

The latest record of a partition is all that counts; it names no patient. What each field means is in
``docs/quality.md``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from wardwatch.core.alarming.commands import Label
from wardwatch.core.calibration_watch import Drift
from wardwatch.core.quality import WITHIN_S, RuleQuality
from wardwatch.core.shares import wilson
from wardwatch.wire.decoding import VERSION, Instant, Name, RecordDecoder, Version
from wardwatch.wire.drift import DriftV1, drift_fields, drift_of

_Count = Annotated[int, msgspec.Meta(ge=0)]
_LATER = "later"
_BUCKETS = (*map(str, WITHIN_S), _LATER)


class Quality(msgspec.Struct, kw_only=True, frozen=True):
    """One partition's. ``mean_p`` is that of ``p_values`` p values, ``None`` until a day of them was seen."""

    partition: int
    worker: str
    since_ms: int
    at_ms: int
    rules: Mapping[str, RuleQuality]
    p_values: int = 0
    mean_p: float | None = None
    drift: Drift | None = None


class _RuleV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    alarms: _Count
    acknowledged: _Count
    acknowledged_within_s: dict[str, _Count]
    labels: dict[Label, _Count]
    ppv: float | None = None
    ppv_interval: tuple[float, float] | None = None


class _QualityV1(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    v: Version
    partition: _Count
    worker: Name
    since_ms: Instant
    at_ms: Instant
    rules: dict[str, _RuleV1]
    p_values: _Count = 0
    mean_p: float | None = None
    drift: DriftV1 | None = None


_decoder: RecordDecoder[_QualityV1] = RecordDecoder(_QualityV1, frozenset(_QualityV1.__struct_fields__))
_encode = msgspec.json.Encoder().encode


def rule_fields(rule: RuleQuality) -> dict[str, Any]:
    """One condition's counts, and the share of labelled alarms that were actionable, with its interval."""
    labelled, actionable = sum(rule.labels.values()), rule.labels[Label.ACTIONABLE]
    interval = wilson(actionable, labelled)
    return {
        "alarms": rule.alarms,
        "acknowledged": rule.acknowledged,
        "acknowledged_within_s": dict(zip(_BUCKETS, rule.acknowledged_within, strict=True)),
        "labels": {label.value: rule.labels[label] for label in Label},
        "ppv": round(actionable / labelled, 4) if labelled else None,
        "ppv_interval": None if interval is None else [round(end, 4) for end in interval],
    }


def quality_fields(quality: Quality) -> dict[str, Any]:
    """``quality`` as the fields of its record, for JSON output."""
    fields = {name: getattr(quality, name) for name in Quality.__struct_fields__}
    rules = {name: rule_fields(rule) for name, rule in sorted(quality.rules.items())}
    mean_p = None if quality.mean_p is None else round(quality.mean_p, 4)
    told = {"rules": rules, "mean_p": mean_p, "drift": drift_fields(quality.drift)}
    return {"v": VERSION} | fields | told


def encode_quality(quality: Quality) -> bytes:
    """``quality`` as JSON."""
    return _encode(quality_fields(quality))


def decode_quality(payload: bytes | None) -> Quality:
    """The record in ``payload``; raises :class:`~wardwatch.wire.errors.Unreadable`."""
    record = _decoder.decode(payload)
    fields = {name: getattr(record, name) for name in Quality.__struct_fields__}
    rules = {name: _rule_of(rule) for name, rule in record.rules.items()}
    return Quality(**fields | {"rules": rules, "drift": drift_of(record.drift)})


def _rule_of(rule: _RuleV1) -> RuleQuality:
    within = [rule.acknowledged_within_s.get(bucket, 0) for bucket in _BUCKETS]
    return RuleQuality(rule.alarms, within, {label: rule.labels.get(label, 0) for label in Label})

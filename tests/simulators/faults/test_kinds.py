"""Each kind of fault does to a packet what its row says."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wardwatch.wire.errors import Unreadable
from wardwatch.wire.readings import ReadingDecoder
from wardwatch_simulators.faults.devices import restarts_at_s
from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.faults.packets import Moment, Packet
from wardwatch_simulators.payloads import encoded, prefix_of

README = (Path(__file__).parents[3] / "simulators/README.md").read_text()

SAID: dict[str, Any] = {
    "heart_rate": 72, "oxygen_saturation": 97, "respiratory_rate": 15, "body_temperature": 36.8,
    "skin_temperature": 32.5, "steps": 2, "signal_quality": 0.96, "worn": True, "battery": 80,
}  # fmt: skip


def packet(second: int = 100) -> Packet:
    return Packet(second, second, 1000 * second, 1000 * second, dict(SAID))


def moment(second: int = 100, **other: Any) -> Moment:
    usual: dict[str, Any] = {"severity": 1.0, "chances": [0.2, 0.3, 0.5, 0.7]}
    return Moment(from_s=50, until_s=150, second=second, midnight_ms=0, **(usual | other))


def befallen(kind: str, second: int = 100, **other: Any) -> list[Packet]:
    return FAULT_KINDS[kind].act(packet(second), moment(second, **other))


def only(kind: str, second: int = 100, **other: Any) -> Packet:
    (one,) = befallen(kind, second, **other)
    return one


def payload_of(one: Packet) -> bytes:
    return encoded(prefix_of("sim-0001", "simdev-0001"), one)


@given(
    kind=st.sampled_from(sorted(FAULT_KINDS)),
    second=st.integers(50, 149),
    severity=st.floats(0.01, 1),
    chances=st.lists(st.floats(0, 1, exclude_max=True), min_size=4, max_size=4),
)
def test_nothing_arrives_before_it_was_sent_and_what_is_not_mangled_can_be_read(
    kind: str, second: int, severity: float, chances: list[float]
) -> None:
    for one in befallen(kind, second, severity=severity, chances=chances):
        assert one.arrives_ms >= 1000 * second
        one.observed_ms += 3_600_000  # a clock ten minutes behind must not be before 1970
        assert one.mangle is not None or ReadingDecoder().decode(payload_of(one)).seq == second


@pytest.mark.parametrize("kind", FAULT_KINDS)
def test_a_kind_says_what_it_is_what_its_severity_means_and_where_its_sizes_come_from(kind: str) -> None:
    row = FAULT_KINDS[kind]
    assert row.name == kind
    assert row.description
    assert row.severity
    assert row.source
    assert row.a_day > 0
    alarm = f"`{row.alarm}`" if row.alarm else ""
    assert f"| `{kind}` | {row.description} | {row.a_day:g} | {alarm} |" in README


@pytest.mark.parametrize("kind", ["packet_loss", "duplicates", "reordering", "broken_payload", "wrong_unit"])
def test_a_severity_is_a_share_of_packets(kind: str) -> None:
    spared = only(kind, severity=0.2, chances=[0.2, 0.3, 0.5, 0.7])
    assert spared == packet()


def test_lost_packets_do_not_come_and_copies_come_later() -> None:
    assert befallen("packet_loss", severity=0.21) == []
    first, again = befallen("duplicates", severity=0.21)
    assert payload_of(first) == payload_of(again)
    assert first.arrives_ms < again.arrives_ms <= first.arrives_ms + 2001


def test_what_was_kept_comes_in_a_burst_in_its_order_once_the_link_is_back() -> None:
    arrivals = [only("store_and_forward", second).arrives_ms for second in range(50, 150)]
    assert arrivals == sorted(arrivals)
    assert arrivals[0] == 145_000  # away for 95 of 100 seconds
    assert arrivals[-1] - arrivals[0] < 5000
    assert arrivals[-1] < 150_000


def test_clocks_go_wrong_and_arrivals_do_not() -> None:
    for kind, off_ms in (("clock_ahead", 240_000), ("clock_behind", -600_000), ("clock_skew", 2500)):
        one = only(kind)
        assert one.observed_ms - 100_000 == off_ms
        assert one.arrives_ms == 100_000


def test_a_flat_line_holds_the_first_value_that_it_saw() -> None:
    kept: dict[str, Any] = {}
    first = FAULT_KINDS["flat_line"].act(packet(), moment(kept=kept))[0]
    later = replace(packet(), values=SAID | {"heart_rate": 90, "oxygen_saturation": 90})
    (held,) = FAULT_KINDS["flat_line"].act(later, moment(kept=kept))
    assert held.values["heart_rate"] == first.values["heart_rate"] == 72
    assert held.values["oxygen_saturation"] == 97
    mild = FAULT_KINDS["flat_line"].act(replace(packet(), values=dict(SAID)), moment(severity=0.4))[0]
    assert mild.values == SAID


def test_a_drift_begins_at_the_truth_and_goes_its_whole_way() -> None:
    assert only("drift", 50).values == SAID
    assert only("drift", 149).values["skin_temperature"] == pytest.approx(32.5 - 9.5 * 0.99)
    assert only("drift", 149, severity=0.5).values["skin_temperature"] == pytest.approx(32.5 - 9.5 * 0.495)


def test_without_a_thermistor_the_next_best_sensor_drifts() -> None:
    said: dict[str, int | float | bool | None] = {"heart_rate": 72, "oxygen_saturation": 97}
    (one,) = FAULT_KINDS["drift"].act(replace(packet(149), values=said), moment(149))
    assert one.values == {"heart_rate": 72, "oxygen_saturation": 95}


def test_a_spike_changes_one_value_far() -> None:
    values = only("spikes", chances=[0.01, 0.0, 0.5, 0.7]).values
    assert values == SAID | {"heart_rate": 142}
    assert only("spikes", chances=[0.06, 0.0, 0.5, 0.7]).values == SAID


def test_motion_is_told_by_a_poor_signal() -> None:
    values = only("motion_artefact").values
    assert values["signal_quality"] is not None
    assert values["signal_quality"] < 0.5
    assert values["heart_rate"] == 92  # the steps', not the heart's


def test_a_device_off_the_body_says_so_measures_no_vitals_and_cools() -> None:
    values = only("off_body").values
    assert values["worn"] is False
    assert values["signal_quality"] == 0
    assert {"heart_rate", "oxygen_saturation", "body_temperature"}.isdisjoint(values)
    assert values["skin_temperature"] == pytest.approx(32.5 - 9.5 * 50 / 900)


def test_wrong_units_are_those_that_sources_confuse() -> None:
    said = json.loads(payload_of(only("wrong_unit")))
    assert said["body_temperature"] == pytest.approx(98.2)
    assert said["oxygen_saturation"] == 0.97


def test_a_battery_empties_until_the_device_is_silent() -> None:
    assert only("battery_decay", 125).values["battery"] == 20
    assert befallen("battery_decay", 149) == []


def test_a_device_that_restarts_is_silent_for_the_severitys_share() -> None:
    assert restarts_at_s(50, 150, 0.5) == 100
    assert befallen("restart", 99, severity=0.5) == []
    assert only("restart", 100, severity=0.5) == packet()


@pytest.mark.parametrize("way", [0.0, 0.25, 0.45, 0.65, 0.85])
def test_a_broken_payload_can_not_be_read(way: float) -> None:
    with pytest.raises(Unreadable):
        ReadingDecoder().decode(payload_of(only("broken_payload", chances=[0.0, way, 0.0, 0.0])))

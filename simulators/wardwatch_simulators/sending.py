"""What some wearers' devices send, second by second: healthy ones all at once, failing ones one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Set
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from wardwatch_simulators.faults.devices import restarts_at_s
from wardwatch_simulators.faults.kinds import FAULT_KINDS
from wardwatch_simulators.faults.packets import Moment, Packet, Value
from wardwatch_simulators.faults.schedule import Fault, Schedule
from wardwatch_simulators.living.devices import DECIMALS, DeviceKind
from wardwatch_simulators.living.population import Population
from wardwatch_simulators.living.randomness import Float32s, Ints, Keys, purpose_keys, uniforms
from wardwatch_simulators.payloads import FIELDS, encoded, prefix_of, template_of

# When it is due, whose it is, its number (of several at the same instant), and the payload.
Due: TypeAlias = tuple[int, int, int, bytes]

# wardwatch's own choices. A battery is charged before it is low; it is counted in millionths of a %.
_BATTERY_LIFE_S = 48 * 3600
_CHARGED_AT, _FULL_LEAST, _FULL = (share * 1_000_000 for share in (30, 60, 100))
_QUALITY_AT_REST, _QUALITY_LOST_BY_WALKING = 0.96, 0.3
_LIFE, _MOMENT = 0, 1  # lanes of what is drawn for a device
_COPIES_A_SECOND = 8
_HOUR_S = 3600
_ORDER = list(FAULT_KINDS)


def patient_name(wearer: int) -> str:
    """The pseudonym of wearer number ``wearer``, from 0 on.

    >>> patient_name(0)
    'sim-0001'
    """
    return f"sim-{wearer + 1:04d}"


def device_name(wearer: int, number: int) -> str:
    """The name of a wearer's device, from 0 on.

    >>> device_name(0, 0), device_name(0, 1)
    ('simdev-0001', 'simdev-0001-2')
    """
    name = f"simdev-{wearer + 1:04d}"
    return f"{name}-{number + 1}" if number else name


def device_keys(wearers: Keys, number: int) -> Keys:
    """What chance goes by for these wearers' devices: each has a life, and faults, of its own."""
    return purpose_keys(wearers, f"device number {number}") if number else wearers


@dataclass(slots=True)
class _Failing:
    """A fault under way, and what chance says for each second of this piece."""

    fault: Fault
    kept: dict[str, Value]
    chances: list[list[float]]


class Devices:
    """The devices of a population, all of one kind, from ``first_s`` on; seconds count from ``midnight_ms``.

    ``second`` must be called for one second after the other. How many are worked on together (``at_once_s``)
    changes nothing but the time that it takes; the first piece has ``first_piece_s``.
    """

    def __init__(
        self,
        population: Population,
        kind: DeviceKind,
        schedule: Schedule,
        *,
        midnight_ms: int,
        first_s: int,
        at_once_s: int = 60,
        first_piece_s: int | None = None,
    ) -> None:
        self._population, self._kind, self._schedule = population, kind, schedule
        self._midnight_ms, self._first_s, self._at_once_s = midnight_ms, first_s, at_once_s
        numbers = population.wearers.tolist()
        self._first_wearer: int = numbers[0]
        self._prefixes = [
            prefix_of(patient_name(number), device_name(number, schedule.device)) for number in numbers
        ]
        draws = uniforms(purpose_keys(schedule.keys, "device"), np.zeros(1, dtype=np.int64))[:, 0]
        # Devices are not in step: each measures at a moment of its own within the second.
        self._moments_ms: Ints = (draws[:, _MOMENT] * np.float32(1000)).astype(np.int64)
        self._order: list[int] = np.argsort(self._moments_ms, kind="stable").tolist()
        self._full: Ints = _FULL_LEAST + (draws[:, _LIFE] * np.float32(1000)).astype(np.int64) * (
            (_FULL - _FULL_LEAST) // 1000
        )
        self._steady = [name for name in FIELDS if kind.every_s.get(name) == 1]
        self._template = template_of(self._steady)
        self._sent: Ints = np.zeros(len(numbers), dtype=np.int64)
        self._faults: list[Fault] = []
        self._kept: defaultdict[Fault, dict[str, Value]] = defaultdict(dict)
        self._next_hour = first_s // _HOUR_S
        self._load(first_s, first_piece_s or at_once_s)

    def second(self, second: int) -> list[Due]:
        """What is sent within a second; what is held up on its way may be due after it."""
        if second >= self._begin_s + len(self._columns[0]):
            self._load(second, self._at_once_s)
        at = second - self._begin_s
        seldom = self._seldom[at] if self._seldom else {}
        slow = self._failing.keys() | seldom.keys()
        self._sent += 1 if self._steady else np.isin(np.arange(len(self._sent)), list(seldom))
        for row in self._restarts.get(second, ()):
            self._sent[row] = bool(self._steady) or row in seldom
        rows = self._rows(second, at)
        due = self._all_at_once(second, rows, slow) if self._steady else []
        for i in slow:
            if self._steady or i in seldom:
                due += self._one_by_one(i, second, rows[i], seldom.get(i, {}))
        return due

    def _all_at_once(self, second: int, rows: list[tuple[Any, ...]], slow: Set[int]) -> list[Due]:
        number, first = second * _COPIES_A_SECOND, self._first_wearer
        prefixes, template = self._prefixes, self._template
        quick = [i for i in self._order if i not in slow] if slow else self._order
        return [(rows[i][0], first + i, number, prefixes[i] + template % rows[i]) for i in quick]

    def faults(self) -> list[Fault]:
        """All that have been drawn so far."""
        return self._faults

    def _rows(self, second: int, at: int) -> list[tuple[Any, ...]]:
        """Of each wearer what fills the template."""
        observed = self._midnight_ms + 1000 * second + self._moments_ms
        gone = (second - self._first_s) * (_FULL // _BATTERY_LIFE_S)
        battery = (_CHARGED_AT + (self._full - _CHARGED_AT - gone) % (_FULL - _CHARGED_AT)) // 1_000_000
        columns = [observed.tolist(), self._sent.tolist()]
        columns += [column[at] for column in self._columns]
        return list(zip(*columns, battery.tolist(), strict=True))

    def _one_by_one(
        self, i: int, second: int, row: tuple[Any, ...], seldom: dict[str, Value]
    ) -> Iterator[Due]:
        values: dict[str, Value] = dict(zip(self._steady, row[2:-2], strict=True)) | seldom
        values |= {"signal_quality": row[-2], "worn": True, "battery": row[-1]}
        sent = Packet(second, row[1], row[0], row[0], values)
        for copy, packet in enumerate(self._befallen(sent, i)):
            payload = encoded(self._prefixes[i], packet)
            yield packet.arrives_ms, self._first_wearer + i, second * _COPIES_A_SECOND + copy, payload

    def _befallen(self, sent: Packet, i: int) -> list[Packet]:
        packets, second = [sent], sent.second
        for failing in self._failing.get(i, ()):
            fault = failing.fault
            if fault.from_s <= second < fault.until_s:
                moment = Moment(
                    from_s=fault.from_s,
                    until_s=fault.until_s,
                    severity=fault.severity,
                    second=second,
                    midnight_ms=self._midnight_ms,
                    chances=failing.chances[second - self._begin_s],
                    kept=failing.kept,
                )
                act = FAULT_KINDS[fault.kind].act
                packets = [made for packet in packets for made in act(packet, moment)]
        return packets[:_COPIES_A_SECOND]

    def _load(self, second: int, count: int) -> None:
        """Work out the next piece."""
        self._begin_s = second
        measured = self._kind.measured(self._population, second, count)
        self._columns = [_written(name, measured[name].T) for name in self._steady]
        self._columns.append(self._quality(measured, count))
        self._seldom = _seldom(measured, [name for name in measured if name not in self._steady], count)
        self._fail(second, second + count)

    def _quality(self, measured: dict[str, Float32s], count: int) -> list[list[Any]]:
        walks = np.zeros((count, len(self._sent)), dtype=np.bool_)
        if "steps" in measured:
            walks |= np.nan_to_num(measured["steps"].T) > 0
        quality: list[list[Any]] = (_QUALITY_AT_REST - _QUALITY_LOST_BY_WALKING * walks).tolist()
        return quality

    def _fail(self, begin_s: int, end_s: int) -> None:
        """Find the faults of the piece from ``begin_s`` to before ``end_s``."""
        while self._next_hour * _HOUR_S < end_s:
            # What would have begun before the first second is not there.
            beginning = self._schedule.of_hour(self._next_hour)
            self._faults += [fault for fault in beginning if fault.from_s >= self._first_s]
            self._next_hour += 1
        self._failing: dict[int, list[_Failing]] = {}
        self._restarts: dict[int, list[int]] = {}
        times_s = np.arange(begin_s, end_s, dtype=np.int64)
        under_way = [f for f in self._faults if f.from_s < end_s and f.until_s > begin_s]
        for fault in sorted(under_way, key=lambda fault: (_ORDER.index(fault.kind), fault)):
            row = fault.wearer - self._first_wearer
            keys = purpose_keys(self._schedule.keys[row : row + 1], f"in fault {fault.kind}")
            chances: list[list[float]] = uniforms(keys, times_s)[0].tolist()
            self._failing.setdefault(row, []).append(_Failing(fault, self._kept[fault], chances))
            if fault.kind == "restart":
                at_s = restarts_at_s(fault.from_s, fault.until_s, fault.severity)
                self._restarts.setdefault(at_s, []).append(row)
        for over in [f for f in self._kept if f.until_s <= begin_s]:
            del self._kept[over]


def _written(name: str, values: Float32s) -> list[list[Any]]:
    """As numbers that a template takes."""
    factor = 10 ** DECIMALS.get(name, 0)
    whole = np.rint(values.astype(np.float64) * factor).astype(np.int64)
    written: list[list[Any]] = (whole / factor if factor > 1 else whole).tolist()
    return written


def _seldom(measured: dict[str, Float32s], names: list[str], count: int) -> list[dict[int, dict[str, Value]]]:
    """Of each second, by row, what is not measured each second."""
    found: list[dict[int, dict[str, Value]]] = [{} for _ in range(count)] if names else []
    for name in sorted(names):
        written = _written(name, np.nan_to_num(measured[name]))
        for row, at in np.argwhere(np.isfinite(measured[name])).tolist():
            found[at].setdefault(row, {})[name] = written[row][at]
    return found

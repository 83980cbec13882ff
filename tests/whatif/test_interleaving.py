from __future__ import annotations

from collections.abc import Iterable

from tests.support.told_alarms import MINUTE_MS, T0_MS, by_minute
from wardwatch.core.events import Placement
from wardwatch.core.monitor import Outcome
from wardwatch.core.reading import Batch
from wardwatch.core.roster import RosterEntry
from wardwatch.replaying import BATCH_READINGS
from wardwatch.whatif.interleaving import Interleaved


class Noting:
    """A watcher that notes what it is handed, in words."""

    def __init__(self) -> None:
        self.told: list[str] = []

    def receive(self, batch: Batch) -> None:
        self.told += [f"{name}@{(at - T0_MS) // MINUTE_MS}" for name, at in arrivals(batch)]

    def admit(self, placements: Iterable[Placement]) -> None:
        for line in placements:
            assert isinstance(line, RosterEntry)
            assert line.at_ms is not None
            ward = "gone" if line.discharged else line.ward
            self.told.append(f"{line.patient} in {ward}@{(line.at_ms - T0_MS) // MINUTE_MS}")

    def tick(self, now_ms: int) -> None:
        self.told.append(f"tick@{(now_ms - T0_MS) // MINUTE_MS}")

    def drain(self) -> Outcome:
        return Outcome()


def arrivals(batch: Batch) -> Iterable[tuple[str, int]]:
    return zip(batch.patients, batch.arrived_at_ms.tolist(), strict=True)


def line(at_min: int, ward: str, *, patient: str = "a", discharged: bool = False) -> tuple[int, RosterEntry]:
    entry = RosterEntry(patient=patient, ward=ward, bed="1", discharged=discharged)
    return T0_MS + at_min * MINUTE_MS, entry


def played(lines: Iterable[tuple[int, RosterEntry]], instants_min: Iterable[tuple[str, int]]) -> list[str]:
    noting = Noting()
    whole = Interleaved(noting, lines)
    for patient, at_min in instants_min:
        (reading,) = by_minute([80.0], patient=patient, from_ms=T0_MS + at_min * MINUTE_MS)
        whole.take(reading, reading.observed_at_ms)
    whole.finish()
    return noting.told


def test_a_line_stands_before_the_readings_that_came_after_it() -> None:
    told = played([line(-5, "4A"), line(3, "4B")], [("a", 0), ("b", 2), ("a", 3), ("a", 4)])
    assert told == ["a in 4A@0", "a in 4A@-5", "a@0", "b@2", "a in 4B@3", "a@3", "a@4", "tick@4"]


def test_the_first_line_that_is_known_holds_from_the_first_reading_on() -> None:
    assert played([line(9000, "4A")], [("a", 0)]) == ["a in 4A@0", "a@0", "tick@0"]


def test_who_is_discharged_later_was_there_before() -> None:
    lines = [line(2, "4A", discharged=True)]
    told = played(lines, [("a", 0), ("a", 1), ("b", 5)])
    assert told == ["a in 4A@0", "a@0", "a@1", "b@5", "a in gone@2", "tick@5"]


def test_who_sends_nothing_is_not_there() -> None:
    assert played([line(0, "4A", patient="c")], [("a", 0)]) == ["a@0", "tick@0"]


def test_an_empty_topic_lets_no_time_pass() -> None:
    assert played([line(0, "4A")], []) == []


def test_readings_are_handed_over_in_batches_with_their_places() -> None:
    batches: list[Batch] = []

    class Keeping(Noting):
        def receive(self, batch: Batch) -> None:
            batches.append(batch)

    whole = Interleaved(Keeping(), [])
    for reading in by_minute([80.0] * (BATCH_READINGS + 1)):
        whole.take(reading, reading.observed_at_ms + 7)
    whole.finish()
    assert [len(batch) for batch in batches] == [BATCH_READINGS, 1]
    assert batches[1].positions.tolist() == [BATCH_READINGS]
    assert (batches[0].arrived_at_ms - batches[0].observed_at_ms == 7).all()
